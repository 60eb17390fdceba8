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

# ---- snippets

# Whether anything in a folder is to be done; rows of the others need no look.
_is_busy() { eval "busy=\${busy_$1-no}"; }

_changed_folder() { _is_busy "$2"; }
_changed_file() {
    [ "$busy" = yes ] || return 0
    eval "act=\${act_$1-}"
    [ -z "$act" ] || printf '%s\n' "${2%/}/$3"
}
_changed_link() { _changed_file "$@"; }

# Sets changed: what this run changes and what an interrupted one did, one path per line.
_find_changed() {
    changed=$(
        _each _changed _table_files
        k=0
        while [ "$k" -lt "$stale" ]; do
            k=$((k + 1))
            eval "path=\$stale_path_$k act=\${stale_act_$k-}"
            [ "$act" != take ] || printf '%s\n' "$path"
        done
        IFS=$nl
        for line in $old_journal; do
            case $line in
            "changed$tab"*) printf '%s\n' "${line#*"$tab"}" ;;
            esac
        done
    )
}

# A snippet without paths runs once in a root for each text it ever has, one with paths
# whenever one of them changed.
# Arguments: N NAME PHASE WHEN FAILURE SHA DESCRIPTION ON-CHANGE...
_decide_snippet() {
    eval "act_$1= finished_$1="
    case $4:$target in
    both:* | live:live | offline:root | offline:inside) ;;
    *) return 0 ;;
    esac
    number=$1
    name=$2
    title="run $2${7:+ ($7)}"
    if [ "$#" -eq 7 ]; then
        case $nl$old_state$nl in
        *"${nl}done$tab$2$tab$6$nl"*) eval "finished_$number=yes" ;;
        *) _will_run "$title" ;;
        esac
        return 0
    fi
    shift 7
    for path; do
        case $nl$changed$nl in
        *"$nl$path$nl"* | *"$nl$path/"*)
            _will_run "$title, because $path changes"
            return 0 ;;
        esac
    done
}

# A text that no shell can read is a reason to refuse, not a failure in the middle.
_will_run() {
    eval "act_$number=run"
    _announce "$1"
    "_text_$number" | sh -n || _object 3 "snippet $name is no shell script"
}

# For snippets: a program run inside the root.
in_root() {
    if [ -z "$VCFG_ROOT" ]; then
        "$@"
    else
        chroot "$VCFG_ROOT" "$@"
    fi
}

_run_snippet() {
    eval "act=\$act_$1"
    [ "$act:$3" = "run:$phase" ] || return 0
    _say "running $2"
    script=$("_text_$1" && printf .) || _fail "cannot read snippet $2"
    # eval runs code, never data; the subshell keeps what it does to itself, and nothing it
    # leaves running holds the lock.
    (
        trap - EXIT HUP INT TERM PIPE
        _each _forget _table_secrets
        umask 022
        VCFG_ROOT=$root
        VCFG_MODE=$target
        VCFG_CHANGED=$root$memory/changed
        export VCFG_ROOT VCFG_MODE VCFG_CHANGED
        cd / || exit 1
        set +f
        set -eu
        eval "${script%.}"
    ) </dev/null 9<&-
    code=$?
    if [ "$code" -eq 0 ]; then
        [ "$#" -gt 7 ] || eval "finished_$1=yes"
        return 0
    fi
    _failed "snippet $2 failed with code $code"
    [ "$5:$phase" = stop:post ] || [ "$5" = continue ] ||
        _fail "snippet $2 failed"
    [ "$5" = continue ] || phase=stopped
}

_run_phase() {
    phase=$1
    _each _run _table_snippets
}

_failed() {
    failures=$((failures + 1))
    _note "$*"
}
