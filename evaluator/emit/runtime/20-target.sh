# ---- command line and target: no target, no change

_one_target() {
    [ -z "$target" ] || _usage 'exactly one of --root=DIR, --inside and --live'
    target=$1
}

_one_mode() {
    [ "$mode" = apply ] || _usage "--$mode and --$1 exclude each other"
    mode=$1
}

_later() { _usage "$1 comes with a later version of vcfg"; }

_arguments() {
    while [ "$#" -gt 0 ]; do
        case $1 in
        --root=)
            _usage '--root= is empty; is the variable in it set?' ;;
        --root=*)
            _one_target root
            given_root=${1#--root=} ;;
        --inside | --live)
            _one_target "${1#--}" ;;
        --check | --diff | --list | --version | --help)
            _one_mode "${1#--}" ;;
        --show=?*)
            _one_mode show
            shown=${1#--show=} ;;
        --show)
            _one_mode show
            shown=${2-}
            [ -n "$shown" ] || _usage '--show needs a path'
            shift ;;
        --verify | --uninstall | --rollback | --confirm=* | --confirm-now | --report=*)
            _later "$1" ;;
        --packages=install | --ownership=defer | --services=plan)
            _later "$1" ;;
        --adopt=fail | --adopt=backup | --adopt=force)
            adopt=${1#*=} ;;
        --drift=restore | --drift=keep | --drift=fail)
            drift=${1#*=} ;;
        --ownership=apply | --ownership=skip)
            ownership=${1#*=} ;;
        --packages=check | --packages=skip)
            packages=${1#*=} ;;
        --sync=auto | --sync=yes | --sync=no)
            flush=${1#*=} ;;
        --lock-wait=*[!0123456789]* | --lock-wait=)
            _usage '--lock-wait= wants a number of seconds' ;;
        --lock-wait=*)
            lock_wait=${1#*=} ;;
        --services=auto | --services=none | --no-color | --verbose) ;;
        --rename) rename=yes ;;
        --force-inside) force_inside=yes ;;
        --quiet) quiet=yes ;;
        *)
            _usage "unknown argument: $1" ;;
        esac
        shift
    done
}

_identity_of() { stat -L -c %d:%i -- "$1" 2>/dev/null; }

# Sets root: the physical path of the target without a final slash, empty for `/` itself.
_find_root() {
    case $target in
    '')
        _usage 'no target: one of --root=DIR, --inside and --live' ;;
    root)
        case $given_root in
        /*) root=$given_root ;;
        *) root=./$given_root ;;
        esac
        [ -d "$root" ] || _end 3 "not a directory: $given_root"
        here=$(_identity_of "$root") || _end 3 "cannot look at: $given_root"
        if [ "$here" = "$(_identity_of /)" ]; then
            _end 64 "$given_root is this system's own root; say --inside or --live"
        fi
        cd -P -- "$root" 2>/dev/null || _end 3 "cannot enter: $given_root"
        root=$PWD
        case $root in
        / | //) _end 64 'the target is /' ;;
        esac
        [ "${#root}" -le 1000 ] || _end 3 'the path of the root is too long' ;;
    inside)
        root=
        if [ -d /run/systemd/system ] && [ "$force_inside" = no ]; then
            first=$(_identity_of /proc/1/root) || first=unknown
            if [ "$first" = unknown ] || [ "$first" = "$(_identity_of /)" ]; then
                _end 3 'a running systemd owns this root: did a chroot not happen? (--force-inside)'
            fi
        fi ;;
    live)
        root= ;;
    esac
    case $target:$adopt in
    live:) adopt=fail ;;
    *:) adopt=backup ;;
    esac
    case $target:$flush in
    live:auto) flush=yes ;;
    *:auto) flush=no ;;
    esac
}

_check_tools() {
    for tool in mkdir rmdir mv rm ln chmod chown cat stat sha256sum sort sync touch readlink id; do
        command -v "$tool" >/dev/null 2>&1 || _end 69 "the tool $tool is missing"
    done
}

# Without flock the journal's own lock file decides (see _take_lock).
_lock() {
    locked=no
    command -v flock >/dev/null 2>&1 || return 0
    exec 9<"${root:-/}" || _end 1 'cannot open the root'
    if [ "$lock_wait" -gt 0 ]; then
        flock -w "$lock_wait" 9 2>/dev/null
    else
        flock -n 9 2>/dev/null
    fi
    case $? in
    0) locked=yes ;;
    1) _end 75 'another run is active on this root' ;;
    esac
}

# One line of /proc/self/uid_map that covers one id: no other owner can be set here.
_check_owner_rights() {
    [ "$ownership" = apply ] || return 0
    me=$(id -u)
    if [ "$me" != 0 ]; then
        for wanted in $owner_ids; do
            [ "$wanted" = "$me" ] ||
                _end 77 'nothing was changed: owners can only be set by root (--ownership=skip leaves them out)'
        done
    elif [ -r /proc/self/uid_map ]; then
        IFS=' ' read -r low _ many </proc/self/uid_map || return 0
        [ "$low $many" = '0 1' ] || return 0
        for wanted in $owner_ids $group_ids; do
            [ "$wanted" = 0 ] ||
                _end 3 "this user namespace has one id only (--ownership=skip leaves owners out)"
        done
    fi
}
