# ---- outliving a connection: a unit of its own, and a way back unless somebody confirms
#
# /run/vcfg has the script that knows the way back (activate), the one that the timer starts
# (back), and one of: waiting, until somebody confirms; outcome, once it went back. Who renames
# waiting first has decided. A boot forgets all of it, as it does the timer.

# Whether this run could lose the terminal it was started from by what it does to services.
_may_lose_terminal() {
    [ "$target:$manager:$services" = live:yes:auto ] && [ "$in_unit" = no ] || return 1
    command -v systemd-run >/dev/null 2>&1 || return 1
    IFS=$nl
    for line in $cgroup; do
        case ${line##*/} in
        # what holds a login goes down with it
        ssh*.service | user@*.service | *getty@*.service) ;;
        *.service)
            IFS=$blanks
            return 1 ;;
        esac
    done
    IFS=$blanks
    [ -z "$confirm" ] || return 0
    case "$to_stop $to_reload $to_cycle $to_restart $to_start " in
    *[:\ ]ssh*.s* | *[:\ ]networking.service* | *[:\ ]systemd-networkd.s* | \
        *[:\ ]NetworkManager* | *[:\ ]ifup@* | *[:\ ]wpa_supplicant* | *[:\ ]dbus* | \
        *[:\ ]systemd-logind* | *[:\ ]nftables* | *[:\ ]firewalld* | *[:\ ]ufw.* | \
        *[:\ ]netfilter* | *[:\ ]systemd-resolved* | *[:\ ]openvpn* | *[:\ ]wg-quick@*) return 0 ;;
    esac
    return 1
}

# Runs the same once more, as a unit of systemd's that ends with nothing but itself; what it
# says and how it ends is still seen here. Arguments: those of this run
_move_to_unit() {
    _may_lose_terminal || return 0
    case $script in
    '')
        _note 'this script came through a pipe: it goes on here, whatever becomes of the terminal'
        return 0 ;;
    *[\$%]*) return 0 ;;
    esac
    # tried with nothing: afterwards its code and the run's could not be told apart
    systemd-run --quiet --collect --wait true >/dev/null 2>&1 9<&- || {
        _note 'systemd takes no unit for this run: it goes on here, whatever becomes of the terminal'
        return 0
    }
    set -- sh "$script" "$@" --in-unit
    for each in VCFG_SECRETS SOURCE_DATE_EPOCH NO_COLOR; do
        case $each in
        VCFG_SECRETS) value=$secret_folder ;;
        *) eval "value=\${$each-}" ;;
        esac
        [ -z "$value" ] || set -- "--setenv=$each=$value" "$@"
    done
    # the lock is taken again there, and the report made anew
    exec 9<&-
    reporting=no
    systemd-run --quiet --collect --pipe --wait --service-type=exec \
        --working-directory="$started_in" \
        --unit="vcfg-activate-$$" "$@"
    exit "$?"
}

# ---- --confirm

# Refuses what could not be taken back. Sets way_back to the words of the script that does.
_find_way_back() {
    [ -n "$confirm" ] || return 0
    if [ "$manager:$services" != yes:auto ] || ! command -v systemd-run >/dev/null 2>&1; then
        _end 3 '--confirm needs a running systemd, and --services=auto'
    fi
    [ "$unfinished" = no ] ||
        _end 3 'an earlier run was interrupted; finish that one first, without --confirm'
    way_back='' back_script=''
    if [ -z "$old_state" ]; then
        back_script=$script
        way_back=--uninstall
    else
        _read_generations
        _read_header "$old_state"
        there=$recorded_input
        [ -z "$current" ] || _read_state_of "$current"
        if [ -n "$current" ] && [ "$there" = "$recorded_input" ]; then
            _check_generation "$current"
            back_script=$root$memory/generations/$current/activate
            way_back=--generation=$current
        fi
    fi
    [ -n "$back_script" ] ||
        _end 3 'there is no way back: the script in force came through a pipe and was not kept; first run
activate: it from a file: ssh HOST "cat >/root/activate && sh /root/activate --live" <activate'
}

# Before the first change.
_arm() {
    [ -n "$confirm" ] || return 0
    {
        rm -rf "$confirming" && mkdir -m 700 "$confirming" &&
            cat <"$back_script" >"$confirming/activate" &&
            _print_way_back >"$confirming/back" &&
            printf '%s\n' "$input" >"$confirming/waiting"
    } || _end 3 "nothing was changed: cannot write the way back to $confirming"
    set -- sh "$confirming/back"
    [ -z "$secret_folder" ] || set -- "--setenv=VCFG_SECRETS=$secret_folder" "$@"
    systemctl reset-failed vcfg-confirm.service >/dev/null 2>&1 || :
    systemd-run --quiet --collect --unit=vcfg-confirm --on-active="$confirm" \
        --timer-property=AccuracySec=100ms --property=Type=oneshot "$@" 9<&- || {
        rm -rf "$confirming"
        _end 3 'nothing was changed: systemd takes no timer for the way back'
    }
    armed=yes
}

# The program of the timer.
_print_way_back() {
    words="$way_back --live --adopt=backup --packages=skip --lock-wait=600"
    [ "$rename" = no ] || words="$words --rename"
    for each in $allowed; do
        words="$words --restart=$each"
    done
    cat <<VCFG_BACK
# Written by vcfg: goes back to what was there before, as nobody has confirmed what came.
cd $confirming && mv waiting outcome || exit 0
printf '%s\n' "\${1:-was not confirmed in time}" >>outcome
sh $confirming/activate $words && exit 0
code=\$?
printf '%s\n' "failed with code \$code" >>outcome
exit "\$code"
VCFG_BACK
}

# The last word of a run that succeeded.
_ask_to_confirm() {
    [ "$armed" = yes ] || return 0
    armed=no
    [ -f "$confirming/waiting" ] ||
        _end 7 "it took longer than $confirm s, and nobody could confirm: going back"
    _say "within $confirm s, say --live --confirm-now, or this system goes back to what it was"
}

# At the end of a run that failed: back at once. Sets code.
_go_back() {
    [ "$armed" = yes ] || return 0
    armed=no
    [ "$code" -ne 0 ] || return 0
    _note "this failed with code $code: going back"
    systemctl stop vcfg-confirm.timer >/dev/null 2>&1 9<&-
    exec 9<&-
    sh "$confirming/back" "failed with code $code" </dev/null >&2
    case $? in
    0 | 6) code=7 ;;
    *) _note "going back has failed; see the journal of this run, and run again" ;;
    esac
}

# ---- what became of an earlier run

_confirm_now() {
    if mv "$confirming/waiting" "$confirming/confirmed" 2>/dev/null; then
        systemctl stop vcfg-confirm.timer >/dev/null 2>&1 || :
        rm -rf "$confirming"
        _say 'confirmed'
        return 0
    fi
    [ ! -f "$confirming/outcome" ] || _end 7 "too late: $(_outcome)"
    _end 3 'nothing waits to be confirmed'
}

# Says it if an earlier run went back, and refuses to change what waits to be confirmed.
_see_confirming() {
    went_back=no
    [ "$target" = live ] || return 0
    if [ -f "$confirming/outcome" ]; then
        went_back=yes
        [ -n "$generation" ] || [ "$action" != apply ] ||
            _note "$(_outcome)"
    elif [ -f "$confirming/waiting" ] && [ "$mode" = apply ] && [ "$in_unit" = no ]; then
        _end 3 'an earlier run waits to be confirmed: say --live --confirm-now first, or wait'
    fi
}

# Once something else is in place by somebody's own will.
_forget_outcome() {
    [ "$went_back:$action:$generation" != yes:apply: ] || rm -f "$confirming/outcome"
}

_outcome() {
    {
        IFS= read -r lost || lost='(unknown)'
        IFS= read -r cause || cause='was not kept'
        IFS= read -r trouble || trouble=
    } <"$confirming/outcome"
    printf %s "the configuration of input $lost $cause, and this system went back"
    [ -z "$trouble" ] || printf %s ", which $trouble"
}
