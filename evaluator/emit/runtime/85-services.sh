# ---- services of a running system: what a change leads to
#
# Everything is decided while looking, from changed paths, and told as VERB UNIT, because REASON.
# Then, in this order: to_stop before its files go, the manager's reload, to_reload,
# to_cycle (stopped together, then started together), to_restart, to_start.

# Whether there is a service manager to speak to.
_find_manager() {
    manager=no
    [ "$target" = live ] && [ "$services" != none ] || return 0
    [ -d /run/systemd/system ] && command -v systemctl >/dev/null 2>&1 || return 0
    manager=yes
    cgroup=
    [ ! -r /proc/self/cgroup ] || cgroup=$(cat /proc/self/cgroup)
}

# Arguments: VERB ROW UNIT REASON; decided by _settle_due, when all wishes are known.
_owe() { due=$due${due:+$nl}"$1 $2 $3 $4"; }

# Arguments: N UNIT KEY WHEN-CHANGED REMOVAL GUARD CHECK LETTER:PATH...
_serve_service() {
    row=$1 unit=$2 key=$3 own=$4
    [ "$6" = open ] || guarded="$guarded$unit "
    [ "$7" = - ] || checked="$checked$1 "
    keys="$keys$unit=$key "
    news=$changed
    case $nl$old_journal$nl in
    # an interrupted run came as far as this unit
    *"${nl}served$tab$unit$nl"*) news=$news_now ;;
    esac
    [ -n "$news" ] || return 0
    shift 7
    verb='' reason=''
    for word; do
        watched=${word#?:}
        case $nl$news$nl in
        *"$nl$watched$nl"* | *"$nl$watched/"*) ;;
        *) continue ;;
        esac
        case $word in
        f:*) _weigh_unit_file ;;
        r:*) _prefer restart ;;
        l:*) _prefer reload ;;
        s:*) _owe start "$row" "$unit" 'it is enabled' ;;
        esac
    done
    [ -z "$verb" ] || _owe "$verb" "$row" "$unit" "$reason changes"
}

_prefer() {
    case $verb:$1 in
    :* | leave:* | reload:restart)
        verb=$1
        reason=$watched ;;
    esac
}

# A unit's own file changes: does the part of it that needs a restart?
_weigh_unit_file() {
    [ "$key" != - ] || return 0
    case $nl$old_state$nl in
    *"${nl}key$tab$unit$tab$key$nl"*)
        # What was edited by hand, or changed by a run that did not end, may be what runs.
        case $nl$edited$nl$old_journal$nl in
        *"$nl$watched$nl"* | *"${nl}changed$tab$watched$nl"*) ;;
        *)
            [ "$own" != remount ] || _prefer reload
            return 0 ;;
        esac ;;
    esac
    case $own in
    restart | reload) _prefer "$own" ;;
    leave | remount) _prefer leave ;;
    esac
}

# Arguments: N UNIT STATE; units of packages
_serve_unit() {
    eval "act=\${act_$1-}"
    [ -z "$act" ] || manager_reads=yes
    case $3:$act in
    enable:enable) _owe start - "$2" 'it is enabled' ;;
    mask:*)
        case $nl$changed$nl in
        *"$nl/etc/systemd/system/$2$nl"*) _owe stop - "$2" 'it is masked' ;;
        esac ;;
    esac
}

# Units whose files an earlier configuration wrote and nobody wants now: by what is left of
# them they are stopped, or start again as what a package brings.
_serve_stale() {
    _find_former_watches
    k=0
    while [ "$k" -lt "$stale" ]; do
        k=$((k + 1))
        _find_stale "$k"
        case $path in
        /etc/systemd/system/*) ! _is_news || _serve_gone "${path#/etc/systemd/system/}" ;;
        esac
        [ -z "$watches" ] || _serve_former_watch
    done
}

# Whether $path is among what changes; asked last, since that may be long.
_is_news() {
    case $nl$changed$nl in
    *"$nl$path$nl"*) return 0 ;;
    esac
    return 1
}

# Sets watches to lines of VERB, UNIT and PATH, as they were recorded.
_find_former_watches() {
    watches=
    IFS=$nl
    for line in $old_state $old_journal; do
        case $line in
        "watch$tab"*) watches=$watches${line#*"$tab"}$nl ;;
        esac
    done
    IFS=$blanks
}

# Files go together with the wish that watched them.
_serve_former_watch() {
    IFS=$nl
    for line in $watches; do
        IFS=$blanks
        case $path/ in
        "${line#*"$tab"*"$tab"}"/*)
            _is_news || continue
            verb=${line%%"$tab"*}
            line=${line#*"$tab"}
            _owe "$verb" - "${line%%"$tab"*}" "$path goes" ;;
        esac
    done
    IFS=$blanks
}

_serve_gone() {
    case $1:$was in
    *.d/*.conf:f*)
        unit=${1%.d/*}
        _had_another_key || return 0
        _owe restart - "$unit" "$path goes" ;;
    */*) ;;
    *:f*)
        if [ -e "/usr/lib/systemd/system/$1" ] || [ -e "/lib/systemd/system/$1" ]; then
            _owe restart - "$1" "$path goes"
        elif ! _gives_back "$path"; then
            case $nl$old_state$nl$old_journal$nl in
            *"${nl}keep$tab$1$nl"*) _owe rest - "$1" "$path goes" ;;
            *) _owe stop - "$1" "$path goes" ;;
            esac
        fi ;;
    esac
}

# Whether what went with a drop-in of $unit needs a restart.
_had_another_key() {
    case $nl$old_state$nl$old_journal in
    *"${nl}key$tab$unit$tab"*) ;;
    *) return 1 ;;
    esac
    old=$nl$old_state$nl$old_journal$nl
    old=${old#*"${nl}key$tab$unit$tab"}
    case $keys in
    *" $unit=${old%%"$nl"*} "*) return 1 ;;
    esac
}

_gives_back() {
    case $nl$kept$nl in
    *"${nl}original$tab"*"$tab$1$nl"*) return 0 ;;
    esac
    return 1
}

# What an earlier run still owes: starts after a stop, restarts nobody had allowed.
_serve_debts() {
    IFS=$nl
    for line in $old_journal; do
        IFS=$blanks
        case $line in
        "start$tab"*) _owe start - "${line#*"$tab"}" 'an interrupted run did not' ;;
        esac
    done
    for line in $old_state; do
        IFS=$blanks
        case $line in
        "owed$tab"*) _serve_owed "${line#*"$tab"}" ;;
        esac
    done
    IFS=$blanks
}

# Argument: UNIT tab SINCE; it is settled when the unit has started another time since.
_serve_owed() {
    unit=${1%"$tab"*}
    _query "$unit"
    [ "$since" = "${1#*"$tab"}" ] || return 0
    _owe restart - "$unit" 'an earlier run left it'
}

# Whether systemd has to read its files again: units, and what its generators read.
_see_unit_news() {
    IFS=$nl
    for path in $changed; do
        case $path in
        /etc/systemd/system/* | /usr/lib/systemd/system/* | /lib/systemd/system/* | \
            /usr/local/lib/systemd/system/* | /etc/systemd/system.conf* | \
            /etc/systemd/system-generators/* | /etc/fstab | /etc/crypttab | /etc/veritytab | \
            /etc/init.d/* | /etc/rc.local | /etc/netplan/*) manager_reads=yes ;;
        esac
    done
    IFS=$blanks
}

_decide_services() {
    due='' guarded=' ' checked=' ' keys=' ' left_running=''
    to_stop='' to_reload='' to_restart='' to_cycle='' to_start='' awaited=''
    manager_reads=no served=''
    _find_manager
    [ "$manager" = yes ] || return 0
    _see_unit_news
    _each _serve _table_services
    _each _serve _table_units
    [ "$stale" -eq 0 ] || _serve_stale
    _serve_debts
    [ -z "$due" ] || _settle_due
}

# ---- what the manager says about it

# Sets active, can_reload and since of one unit.
_query() {
    active=inactive can_reload=no since=0
    kind=
    facts=$(systemctl show -p ActiveState -p SubState -p CanReload -p Type \
        -p ActiveEnterTimestampMonotonic -- "$1" 2>/dev/null) || return 0
    IFS=$nl
    for fact in $facts; do
        case $fact in
        # about to be started again after it has failed
        SubState=auto-restart*) active=failed ;;
        ActiveState=*) [ "$active" = failed ] || active=${fact#*=} ;;
        CanReload=*) can_reload=${fact#*=} ;;
        Active*) since=${fact#*=} ;;
        Type=*) kind=${fact#*=} ;;
        esac
    done
    IFS=$blanks
    [ "$kind:$active" != oneshot:activating ] || active=job
}

# Names of units that a property of others holds, on one line.
_related() {
    related=$(systemctl show --value "$@" 2>/dev/null) || related=
    # shellcheck disable=SC2086 # names of units have neither blanks nor wildcards
    set -- $related
    related=$*
}

# What is never stopped or restarted by itself: it holds sessions, the bus, the network,
# storage or other people's machines.
_is_guarded() {
    case $1 in
    dbus.* | dbus-broker.service | systemd-logind.service | *getty@*.service | \
        console-getty.service | autovt@*.service | display-manager.service | \
        gdm*.service | lightdm.service | sddm.service | lxdm.service | xdm.service | \
        user@*.service | session-*.scope | init.scope | \
        networking.service | ifup@*.service | systemd-networkd.s* | NetworkManager.service | \
        wpa_supplicant*.service | iscsid.s* | open-iscsi.service | multipathd.s* | \
        libvirt-guests.service | virtlockd*.s* | virtlogd*.s*) return 0 ;;
    esac
    case $guarded in
    *" $1 "*) return 0 ;;
    esac
    # the unit this run belongs to
    case $cgroup$nl in
    *"/$1$nl"* | *"/$1/"*) return 0 ;;
    esac
    return 1
}

# Whether a unit, or one that goes down with it, is guarded; sets guard to its name.
_is_barred() {
    guard=$1
    case " $allowed " in
    *" $1 "*) return 1 ;;
    esac
    ! _is_guarded "$1" || return 0
    seen=" $1 "
    waiting=$1
    while [ -n "$waiting" ]; do
        # shellcheck disable=SC2086 # names of units
        _related -p RequiredBy -p RequisiteOf -p BoundBy -p ConsistsOf -p PropagatesStopTo \
            -- $waiting
        waiting=
        for other in $related; do
            case "$seen $allowed " in
            *" $other "*) continue ;;
            esac
            guard=$other
            seen="$seen$guard "
            waiting="$waiting $guard"
            ! _is_guarded "$guard" || ! systemctl -q is-active -- "$guard" || return 0
        done
    done
    return 1
}

# ---- decisions

# Sockets before their services, which they take along.
_settle_due() {
    for part in stop sockets others; do
        IFS=$nl
        for line in $due; do
            IFS=$blanks
            _settle_line
        done
        IFS=$blanks
    done
}

_settle_line() {
    verb=${line%% *}
    line=${line#* }
    row=${line%% *}
    line=${line#* }
    unit=${line%% *}
    reason=${line#* }
    case $verb:$unit in
    stop:*) of=stop ;;
    *.socket) of=sockets ;;
    *) of=others ;;
    esac
    [ "$of" = "$part" ] || return 0
    case $unit in
    *@.*)
        _related -p Id -- "${unit%@.*}@*.${unit##*@.}"
        for unit in $related; do
            _settle_one
        done ;;
    *) _settle_one ;;
    esac
}

# Sets the lists of what to do to $unit.
_settle_one() {
    ! _is_listed "$unit" || return 0
    guard=
    _query "$unit"
    case $verb:$active in
    stop:active | stop:activating | stop:reloading | stop:job) _settle_stop ;;
    *:inactive | *:deactivating | stop:*) [ "$verb" != start ] || _settle_start ;;
    start:active | start:activating | start:reloading | start:job) ;;
    *:failed) _settle_start ;;
    # a job at work: the next one takes what is new
    *:job) ;;
    rest:*) _leave_running ;;
    leave:*)
        case " $allowed " in
        *" $unit "*) _settle_restart ;;
        *) _leave_running ;;
        esac ;;
    reload:*)
        if [ "$can_reload" = yes ]; then
            _will_serve reload "$unit"
            to_reload="$to_reload $row:$unit"
        else
            _settle_restart
        fi ;;
    restart:*) _settle_restart ;;
    esac
}

_is_listed() {
    case "$to_stop $to_cycle $to_reload $to_restart $to_start $left_running " in
    *" $1 "* | *":$1 "*) return 0 ;;
    esac
    return 1
}

_settle_stop() {
    case "$unit $allowed " in
    *.service\ * | *.socket\ * | *.timer\ * | *.path\ * | *" $unit "*) ;;
    *)
        # what is mounted, and what others are part of, may be in use
        _leave_running
        return 0 ;;
    esac
    if _is_barred "$unit"; then
        _leave_running
    else
        _will_serve stop "$unit"
        to_stop="$to_stop $unit"
    fi
}

_settle_restart() {
    if _is_barred "$unit"; then
        # a reload says less, and takes nothing down
        if [ "$can_reload:$verb" = yes:restart ] && [ "$guard" != "$unit" ]; then
            _will_serve reload "$unit"
            to_reload="$to_reload $row:$unit"
        else
            _leave_running
        fi
        return 0
    fi
    case $unit in
    *.socket) _settle_socket ;;
    *)
        _will_serve restart "$unit"
        to_restart="$to_restart $row:$unit" ;;
    esac
}

_settle_start() {
    case $unit:$active in
    *.socket:inactive) _settle_socket ;;
    *)
        _will_serve start "$unit"
        to_start="$to_start $row:$unit" ;;
    esac
}

# systemd opens no socket for a service that runs: both stop, with the other sockets of the
# service, and both start.
_settle_socket() {
    _related -p Triggers -- "$unit"
    for service in $related; do
        systemctl -q is-active -- "$service" || continue
        if _is_barred "$service"; then
            _leave_running
            return 0
        fi
        _will_serve restart "$unit with $service"
        _related -p TriggeredBy -- "$service"
        for other in $related $service; do
            if ! _is_listed "$other" && systemctl -q is-active -- "$other"; then
                to_cycle="$to_cycle $other"
            fi
        done
        _is_listed "$unit" || to_start="$to_start $row:$unit"
        return 0
    done
    if [ "$active" = active ]; then
        _will_serve restart "$unit"
        to_restart="$to_restart $row:$unit"
    else
        _will_serve start "$unit"
        to_start="$to_start $row:$unit"
    fi
}

# With --services=plan it is only told.
_will_serve() {
    case $services:$reason in
    plan:*) _plan "left to you: $1 $2, because $reason" ;;
    *) _announce "$1 $2, because $reason" ;;
    esac
}

_leave_running() {
    ! _is_listed "$unit" || return 0
    left_running="$left_running $unit"
    case $guard in
    "$unit" | '') _plan "left as it runs: $unit, although $reason (--restart=$unit)" ;;
    *) _plan "left as it runs: $unit, although $reason; $guard goes down with it (--restart=$unit)" ;;
    esac
    case $verb in
    restart | reload | leave) debts=$debts${debts:+$nl}owed$tab$unit$tab$since ;;
    esac
}

# ---- memory of it, see _print_state and _print_journal

_state_service() {
    [ "$3" = - ] || printf 'key\t%s\t%s\n' "$2" "$3"
    [ "$5" = stop ] && [ "$6" = open ] || printf 'keep\t%s\n' "$2"
    name=$2
    shift 7
    for word; do
        case $word in
        r:*) printf 'watch\trestart\t%s\t%s\n' "$name" "${word#r:}" ;;
        l:*) printf 'watch\treload\t%s\t%s\n' "$name" "${word#l:}" ;;
        esac
    done
}

_print_debts() { [ -z "$debts" ] || printf '%s\n' "$debts"; }

# What must not be forgotten between a stop and a start, and what is done already.
_print_service_journal() {
    for unit in $to_cycle $to_start; do
        printf 'start\t%s\n' "${unit#*:}"
    done
    for unit in $served; do
        printf 'served\t%s\n' "${unit#*:}"
    done
    IFS=$nl
    for line in $old_state $old_journal; do
        case $line in
        "key$tab"* | "watch$tab"*) printf '%s\n' "$line" ;;
        "served$tab"*) _is_listed "${line#*"$tab"}" || printf '%s\n' "$line" ;;
        esac
    done
    IFS=$blanks
}
