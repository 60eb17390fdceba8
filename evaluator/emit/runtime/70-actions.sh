# ---- packages, units and snippets

_check_packages() {
    [ "$packages" = check ] && [ -n "$package_list" ] || return 0
    _resolve /var/lib/dpkg
    if [ -n "$missing$blocked" ] || ! _enter "$at" || [ ! -f ./status ] || [ -L ./status ]; then
        _object 3 "packages are wanted and $root has no dpkg database (--packages=skip leaves them out)"
        return 0
    fi
    database=$(cat ./status) || _end 1 'cannot read the dpkg database'
    installed=' '
    package=
    good=no
    IFS=$nl
    for line in $database; do
        case $line in
        'Package: '*)
            package=${line#Package: }
            good=no ;;
        'Status: '*' ok installed')
            good=yes
            case " $package_list " in
            *" $package "*) installed="$installed$package " ;;
            esac ;;
        'Provides: '*)
            [ "$good" = no ] || installed="$installed${line#Provides: } " ;;
        esac
    done
    IFS=$blanks
    lacking=
    for package in $package_list; do
        case $installed in
        *" $package "* | *" $package,"*) ;;
        *) lacking="$lacking $package" ;;
        esac
    done
    [ -z "$lacking" ] || _object 3 "packages are missing in the root:$lacking"
}

# ---- units of packages: the preset file always, systemctl where there is one

# Arguments: N UNIT STATE; masks are links of the plan.
_decide_unit() {
    eval "act_$1="
    [ "$3" != mask ] || return 0
    if [ "$unit_tool" = unknown ]; then
        unit_tool=no
        command -v systemctl >/dev/null 2>&1 && unit_tool=yes
    fi
    [ "$unit_tool" = yes ] || return 0
    now=$(systemctl --root="${root:-/}" is-enabled -- "$2" 2>/dev/null) || :
    case $3:$now in
    enable:disabled | enable:indirect | disable:enabled)
        eval "act_$1=$3"
        _announce "$3 unit $2" ;;
    esac
}

_apply_unit() {
    eval "act=\$act_$1"
    [ -n "$act" ] || return 0
    # It makes directories for links.
    (umask 022 && systemctl --root="${root:-/}" --quiet "$act" -- "$2") >/dev/null 2>&1 ||
        _failed "systemctl $act $2"
}

_failed() {
    failures=$((failures + 1))
    _note "$*"
}
