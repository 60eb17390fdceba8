# ---- packages: looked up in dpkg's database; installed only where that was asked for

# Sets database to the text of dpkg's database and lacking to the wanted packages that are not
# installed in the root's architecture; torn, held and other say why, where there is more to say.
_read_packages() {
    lacking='' torn=' ' held=' ' other=' '
    _resolve /var/lib/dpkg
    [ -z "$missing$blocked" ] && _enter "$at" && [ -f ./status ] && [ ! -L ./status ] || return 1
    database=$(cat ./status) || _end 1 'cannot read the dpkg database'
    native=
    if [ -f ./arch ]; then IFS= read -r native <./arch || :; fi
    package=
    found=$nl
    IFS=$nl
    for line in $database; do
        case $line in
        'Package: '*)
            _close_stanza
            package=${line#Package: }
            state='' arch='' anywhere=no provides='' ;;
        'Status: '*) state=${line#Status: } ;;
        'Architecture: '*) arch=${line#Architecture: } ;;
        'Multi-Arch: foreign') anywhere=yes ;;
        'Provides: '*) provides=${line#Provides: } ;;
        esac
    done
    _close_stanza
    IFS=$blanks
    _find_lacking
}

# A package that is there, with what it provides: its architecture counts once all is read.
_close_stanza() {
    case $package in
    '') return 0 ;;
    dpkg) native=${native:-$arch} ;;
    esac
    case $state in
    *' ok installed' | *' ok triggers-'*)
        case "$provides: $package_list " in
        :*" $package "* | ?*:*) found="$found$arch $anywhere $package $provides$nl" ;;
        esac ;;
    hold*' not-installed' | hold*' config-files') held="$held$package " ;;
    *' not-installed' | *' config-files') ;;
    *) torn="$torn$package ${state##* } " ;;
    esac
}

# Another architecture's package counts where it says that it is as good as the root's own.
_find_lacking() {
    installed=' '
    IFS=$nl
    for line in $found; do
        arch=${line%% *}
        line=${line#* }
        case $native:$arch:$line in
        :* | *:all:* | "$arch:$arch:"* | *:yes*) installed="$installed${line#* } " ;;
        *)
            line=${line#* }
            other="$other${line%% *}:$arch " ;;
        esac
    done
    IFS=$blanks
    for package in $package_list; do
        case $installed in
        *" $package "* | *" $package,"*) ;;
        *) lacking="$lacking $package" ;;
        esac
    done
}

_check_packages() {
    [ "$packages" != skip ] && [ -n "$package_list" ] || return 0
    if ! _read_packages; then
        _object 3 "packages are wanted and $root has no dpkg database (--packages=skip leaves them out)"
        return 0
    fi
    [ -n "$lacking" ] || return 0
    if [ "$packages" = install ]; then
        # an applying run has installed them by now: this is what it would do
        awaiting=yes
        _announce "install packages:$lacking"
        return 0
    fi
    awaiting=refused plain=
    for package in $lacking; do
        _tell_why_lacking "$package"
    done
    [ -z "$plain" ] || _object 3 "packages are missing in the root:$plain" \
        '(--packages=install installs them)'
}

_tell_why_lacking() {
    case $torn in
    *" $1 "*)
        state=${torn#*" $1 "}
        _object 3 "package $1 is ${state%% *}; \`dpkg --configure -a\` in the root completes it"
        return 0 ;;
    esac
    case $held in
    *" $1 "*)
        _object 3 "package $1 is missing and on hold; \`apt-mark unhold $1\` lets it be installed"
        return 0 ;;
    esac
    case $other in
    *" $1:"*)
        arch=${other#*" $1:"}
        _object 3 "package $1 is there for ${arch%% *} only, and this root is of $native" ;;
    *) plain="$plain $1" ;;
    esac
}

# A name that nobody declares may come with a package that is missing, or that --check does
# not install.
_refuse_name() {
    case $awaiting in
    yes) _note "$* (packages that are to be installed may bring it)" ;;
    refused) _object 3 "$* (a missing package may bring it)" ;;
    *) _object 3 "$*" ;;
    esac
}

# ---- installing them: before the look, which is to see the users and files they bring

# All that can fail without a change to the system comes first, and is a refusal.
_install_packages() {
    [ "$mode:$packages" = apply:install ] && [ -n "$package_list" ] || return 0
    _read_packages && [ -n "$lacking" ] || return 0
    _may_install
    for package in $lacking; do
        case $held in
        *" $package "*) _end 3 "package $package is on hold; \`apt-mark unhold $package\` lets it be installed" ;;
        esac
    done
    _look_ahead
    _say "installing packages:$lacking"
    database_before=$database
    _forbid_services
    if [ "$torn" != ' ' ]; then
        _in_target dpkg --force-confdef --force-confold --configure -a >&2 ||
            _not_installed 'dpkg cannot complete what is half installed'
    fi
    _in_target apt-get -q update >&2 || _not_installed 'apt-get update failed'
    # shellcheck disable=SC2086 # names of packages
    {
        _apt --simulate $lacking >/dev/null || _not_installed 'apt-get finds no way to install them'
        _apt --download-only $lacking >&2 || _not_installed 'they cannot be fetched'
        _apt $lacking >&2 || _not_installed 'apt-get install failed'
    }
    _allow_services
    { _read_packages && [ -z "$lacking" ]; } || _not_installed "these are still missing:$lacking"
    nothing_else='nothing but packages was changed'
}

# What the run would refuse for other reasons is refused before they are installed. The look is
# in a process of its own: there is another when what they bring can be seen.
_look_ahead() {
    ( reporting=no log=''; _decide_everything ) >/dev/null 2>&1 && return 0
    _decide_everything
    _end 3 'the root, or a secret, changed between two looks; nothing was changed'
}

_may_install() {
    _read_ranges uid
    [ "$(id -u)" = 0 ] || _end 77 'nothing was changed: packages can only be installed by root'
    [ "$ranges" != '0 1 ' ] ||
        _end 3 'packages cannot be installed in a user namespace of one id; nothing was changed'
    _in_target apt-get --version >/dev/null 2>&1 ||
        _end 3 "apt-get does not run in the root (missing, or of another architecture); nothing was changed"
}

# Exactly what is missing, with what it depends on. Nothing else goes, and a configuration file
# that is there stays: it may be one of ours.
_apt() {
    _in_target apt-get install -q -y --no-install-recommends --no-remove \
        -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confdef \
        -o Dpkg::Options::=--force-confold "$@"
}

_not_installed() {
    _allow_services
    _read_packages || :
    [ "$database" = "$database_before" ] || _end 5 "incomplete: $1; run again to finish"
    _end 3 "$1; nothing was installed"
}

# Runs a program in the target. From outside that is a mount namespace of its own, which has
# what programs expect; it goes with the last of them.
_in_target() (
    trap - EXIT HUP INT TERM PIPE
    umask 022
    unset VCFG_SECRETS CREDENTIALS_DIRECTORY
    DEBIAN_FRONTEND=noninteractive DEBCONF_NONINTERACTIVE_SEEN=true
    APT_LISTCHANGES_FRONTEND=none UCF_FORCE_CONFFOLD=1 NEEDRESTART_MODE=l
    export DEBIAN_FRONTEND DEBCONF_NONINTERACTIVE_SEEN
    export APT_LISTCHANGES_FRONTEND UCF_FORCE_CONFFOLD NEEDRESTART_MODE
    cd "${root:-/}" || exit 1
    if [ -z "$root" ]; then
        :
    elif unshare -m true 2>/dev/null; then
        set -- unshare -m sh -c "$(_mounts_for_programs)" sh "$@"
    else
        set -- chroot . "$@"
    fi
    exec "$@" </dev/null 9<&-
)

# Nothing here is made in the root itself, and what is there already stays.
_mounts_for_programs() {
    cat <<'VCFG_MOUNTS'
if [ -d ./proc ] && [ ! -L ./proc ] && [ ! -e ./proc/self ]; then
    mount -t proc proc ./proc
fi
if [ -d ./dev ] && [ ! -L ./dev ] && [ ! -c ./dev/null ]; then
    mount -t tmpfs -o mode=755 tmpfs ./dev
    for node in null zero full random urandom tty; do
        : >"./dev/$node"
        mount --bind "/dev/$node" "./dev/$node"
    done
    ln -s /proc/self/fd ./dev/fd
fi
exec chroot . "$@"
VCFG_MOUNTS
}

# ---- policy-rc.d(8): nothing is started in an image while packages are installed

_policy() {
    cat <<'VCFG_POLICY'
#!/bin/sh
# Made by vcfg while it installs packages into an image: nothing is started there.
exit 101
VCFG_POLICY
}

# Whether the directory is there; it is the working directory then.
_reach_policy() {
    _resolve /usr/sbin
    [ -z "$missing$blocked" ] && _enter "$at"
}

# What is ours is known by its text, so that the next run knows it, too.
_is_our_policy() {
    [ -f ./policy-rc.d ] && [ ! -L ./policy-rc.d ] && [ "$(cat ./policy-rc.d)" = "$(_policy)" ]
}

_forbid_services() {
    [ "$target" != live ] || return 0
    _reach_policy || _end 3 'there is no /usr/sbin in the root; nothing was changed'
    policy=ours
    rm -f ./.vcfg-policy-rc.d
    # somebody else's decides where there is one: a link is made only where there is nothing
    { _policy >./.vcfg-policy-rc.d && chmod -- 755 ./.vcfg-policy-rc.d; } ||
        _end 3 'cannot write /usr/sbin'
    ln -- ./.vcfg-policy-rc.d ./policy-rc.d 2>/dev/null || :
    rm -f ./.vcfg-policy-rc.d
}

_allow_services() {
    [ "$policy" = ours ] || return 0
    _reach_policy || return 0
    ! _is_our_policy || rm -f ./policy-rc.d
    rm -f ./.vcfg-policy-rc.d
    policy=none
}

# A run that died while packages were installed left it.
_find_policy() {
    _reach_policy || return 0
    if [ -f ./.vcfg-policy-rc.d ] || _is_our_policy; then
        unfinished=yes
        left_policy=yes
    fi
}
