# ---- command line and target: no target, no change

# These tell what the script itself holds and look at no system.
_needs_no_target() {
    case $mode in
    list | show) _usage "--$mode takes no target: it tells what is in this script" ;;
    esac
}

_one_target() {
    _needs_no_target
    [ -z "$target" ] || _usage 'exactly one of --root=DIR, --inside and --live'
    target=$1
}

_one_mode() {
    [ "$mode" = apply ] || _usage "--$mode and --$1 exclude each other"
    mode=$1
}

_one_action() {
    [ "$action" = apply ] || _usage "--$action and --$1 exclude each other"
    action=$1
}

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
        --check | --diff | --verify | --generations | --list | --version | --help)
            _one_mode "${1#--}" ;;
        --uninstall | --rollback)
            _one_action "${1#--}" ;;
        --generation=*[!0123456789]* | --generation=)
            _usage '--generation= is for --rollback itself' ;;
        --generation=*)
            generation=${1#*=} ;;
        --show=?*)
            _one_mode show
            shown=${1#--show=} ;;
        --show)
            _one_mode show
            shown=${2-}
            [ -n "$shown" ] || _usage '--show needs a path'
            shift ;;
        --confirm=*[!0123456789]* | --confirm= | --confirm=0*)
            _usage '--confirm= wants a number of seconds' ;;
        --confirm=*)
            confirm=${1#*=} ;;
        --confirm-now)
            _one_mode "${1#--}" ;;
        --in-unit) in_unit=yes echoes=yes ;;
        --report=)
            _usage '--report= wants a file' ;;
        --report=*)
            report=${1#*=} ;;
        --adopt=fail | --adopt=backup | --adopt=force)
            adopt=${1#*=} ;;
        --drift=restore | --drift=keep | --drift=fail)
            drift=${1#*=}
            stale_drift=$drift ;;
        --ownership=auto | --ownership=apply | --ownership=defer | --ownership=skip)
            ownership=${1#*=} ;;
        --packages=check | --packages=skip | --packages=install)
            packages=${1#*=} ;;
        --sync=auto | --sync=yes | --sync=no)
            flush=${1#*=} ;;
        --lock-wait=*[!0123456789]* | --lock-wait=)
            _usage '--lock-wait= wants a number of seconds' ;;
        --lock-wait=*)
            lock_wait=${1#*=} ;;
        --services=auto | --services=plan | --services=none)
            services=${1#*=} ;;
        --restart=*[!0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ:_.@\\-]* | \
            --restart=-*)
            _usage '--restart= wants the full name of one unit, such as ssh.service' ;;
        --restart=*.*)
            allowed="$allowed ${1#*=}" ;;
        --restart=*)
            _usage '--restart= wants the full name of one unit, such as ssh.service' ;;
        --verbose) verbose=yes ;;
        # nothing is colored anyway
        --no-color) ;;
        --rename) rename=yes ;;
        --unpacked) unpacked=yes ;;
        --force-inside) force_inside=yes ;;
        --quiet) quiet=yes ;;
        --root | --confirm | --report | --adopt | --drift | --ownership | --packages | --sync | \
            --lock-wait | --services | --restart)
            _usage "$1 takes its value behind a =, as one word: $1=VALUE" ;;
        *)
            _usage "unknown argument: $1" ;;
        esac
        shift
    done
    [ -z "$target" ] || _needs_no_target
    case $action:$mode in
    apply:* | *:apply | *:check | *:diff) ;;
    *) _usage "--$action and --$mode exclude each other" ;;
    esac
    case $target:$mode:$confirm in
    live:* | *:apply: | *:check: | *:diff:) ;;
    *:confirm-now:* | *:*:?*) _usage '--confirm= and --confirm-now belong to --live' ;;
    esac
    [ -z "$confirm" ] || [ "$mode:$action" = apply:apply ] || [ "$mode:$action" = check:apply ] ||
        _usage '--confirm= is for a run that applies this configuration'
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
    1) _end 75 'another run is active on this root (--lock-wait=SECONDS waits for it)' ;;
    esac
}

# ---- owners: set, left to the first boot, or left out

# Sets ranges to the ids that can be given here, as `LOW MANY` and a blank for each range.
# Argument: uid or gid. Without /proc nothing is known, and all of them are taken for good.
_read_ranges() {
    ranges=
    [ -r "/proc/self/$1_map" ] || return 0
    while IFS=' ' read -r low _ many; do
        ranges="$ranges$low $many "
    done <"/proc/self/$1_map"
}

# In a user namespace of one id everything is root's, and owners are set when the image boots.
_settle_ownership() {
    if [ "$ownership" = auto ]; then
        ownership=apply
        _read_ranges uid
        if [ "$ranges" = '0 1 ' ]; then
            ownership=defer
            [ "$foreign" = no ] ||
                _note 'this user namespace has one id only: owners will be set when the image boots'
        fi
    fi
    case $ownership:$old_state$nl$old_journal$nl in
    # a run that leaves owners out keeps what one left to the boot
    defer:* | skip:*"$tab$deferred_owners$nl"*) deferring=yes ;;
    esac
    _modes
}

_check_owner_rights() {
    me=$(id -u)
    mine=$me:$(id -g)
    case $ownership in
    skip) return 0 ;;
    esac
    if [ "$me" = 0 ]; then
        [ "$ownership" = defer ] || {
            _check_ids uid "$owner_ids"
            _check_ids gid "$group_ids"
        }
        return 0
    fi
    [ "$ownership" = apply ] || set -- 0
    for wanted in "$@" $owner_ids; do
        [ "$wanted" = "$me" ] ||
            _end 77 'nothing was changed: owners can only be set by root' \
                '(unshare -r leaves them to the first boot, --ownership=skip leaves them out)'
    done
}

# Arguments: uid or gid, ids that will be set. A user namespace may lack some of them.
_check_ids() {
    _read_ranges "$1"
    [ -n "$ranges" ] || return 0
    kind=$1
    for wanted in $2; do
        # a name without a number was told already
        [ "$wanted" != - ] || continue
        # shellcheck disable=SC2086 # pairs of numbers
        _is_mapped $ranges || {
            _object 3 "$kind $wanted cannot be given in this user namespace" \
                '(--ownership=defer leaves owners to the first boot, skip leaves them out)'
            return 0
        }
    done
}

# Arguments: LOW MANY for each range
_is_mapped() {
    while [ "$#" -gt 1 ]; do
        [ "$wanted" -lt "$1" ] || [ "$((wanted - $1))" -ge "$2" ] || return 0
        shift 2
    done
    return 1
}

# Arguments: OWNER ENTRIES...; giving is set where one owner is an exception.
_give_to() {
    case ${giving:-$ownership} in
    skip) return 0 ;;
    defer)
        shift
        set -- 0:0 "$@" ;;
    esac
    chown -- "$@"
}
