# ---- services of a running system: what was decided is done

_stop_services() {
    [ -n "$to_stop" ] && [ "$services" = auto ] || return 0
    # shellcheck disable=SC2086 # names of units
    systemctl stop -- $to_stop >&2 9<&- || _failed "cannot stop:$to_stop"
}

# After the state is written: all files are in place and known, and an end is no harm.
_settle_services() {
    [ "$manager:$services" = yes:auto ] || return 0
    trap '_interrupted 130' INT
    trap '_interrupted 143' TERM
    _run_services
    trap '' INT TERM
    [ "$failures" -eq 0 ] || _write_memory pending journal
    _enter "$memory" || _fail 'the state directory went away'
}

_run_services() {
    if [ "$manager_reads" = yes ]; then
        systemctl daemon-reload >&2 9<&- || {
            _failed 'systemctl daemon-reload failed'
            return 0
        }
    fi
    for each in $to_reload; do
        _reload_one "${each%%:*}" "${each#*:}"
    done
    _cycle_sockets
    _change_units try-restart "$to_restart"
    _change_units start "$to_start"
    _await_units
}

# Whether the check of a row lets its unit be touched.
_passes() {
    case $checked in
    *" $1 "*) ;;
    *) return 0 ;;
    esac
    (
        trap - EXIT HUP INT TERM PIPE
        _each _forget _table_secrets
        umask 022
        cd / || exit 1
        set +f
        "_check_$1"
    ) </dev/null >&2 9<&- && return 0
    _failed "$2 is left as it runs: its check failed"
    return 1
}

_reload_one() {
    _passes "$1" "$2" || return 0
    if systemctl reload -- "$2" >&2 9<&-; then
        served="$served $2"
    else
        _tell_failure "$2" 'was not reloaded'
    fi
}

_cycle_sockets() {
    [ -n "$to_cycle" ] || return 0
    # shellcheck disable=SC2086 # names of units
    systemctl stop -- $to_cycle >&2 9<&- || _failed "cannot stop:$to_cycle"
    for each in $to_cycle; do
        to_start="$to_start -:$each"
    done
    to_cycle=
}

# One call for many, so that systemd puts them in order; sockets first, since none opens for
# a service that runs. Arguments: VERB ROW:UNIT...
_change_units() {
    sockets=
    others=
    for each in $2; do
        _passes "${each%%:*}" "${each#*:}" || continue
        case $each in
        *.socket) sockets="$sockets ${each#*:}" ;;
        *) others="$others ${each#*:}" ;;
        esac
    done
    [ -n "$sockets$others" ] || return 0
    # a unit that failed too often is not started again otherwise
    # shellcheck disable=SC2086 # names of units
    [ "$1" != start ] || systemctl reset-failed -- $sockets $others >/dev/null 2>&1 9<&- || :
    for part in "$sockets" "$others"; do
        # shellcheck disable=SC2086
        [ -z "$part" ] || systemctl "$1" -- $part >&2 9<&- || trouble=yes
    done
    awaited="$awaited$sockets$others"
}

# Whether what was started has come to stay; one that ends at once needs a moment for it.
_await_units() {
    [ -n "$awaited" ] || return 0
    sleep 1
    for unit in $awaited; do
        facts=$(systemctl show -p ActiveState -p SubState -p Type -p ConditionResult -- "$unit" \
            2>/dev/null)
        case $nl$facts$nl in
        *"${nl}ActiveState=failed$nl"* | *"${nl}SubState=auto-restart"*)
            _tell_failure "$unit" 'has failed' ;;
        *"${nl}ActiveState=inactive$nl"*)
            case $nl$facts$nl in
            *"${nl}Type=oneshot$nl"* | *"${nl}ConditionResult=no$nl"*) served="$served $unit" ;;
            *) _tell_failure "$unit" 'does not run' ;;
            esac ;;
        *) served="$served $unit" ;;
        esac
    done
    [ "$trouble:$failures" != yes:0 ] || _failed 'systemctl reported a failure'
}

_tell_failure() {
    _failed "$1 $2"
    systemctl status --no-pager --full --lines=10 -- "$1" >&2 2>/dev/null 9<&- || :
}
