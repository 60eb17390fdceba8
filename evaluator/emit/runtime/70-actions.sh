# ---- units of packages: the preset file always, systemctl where there is one

# Arguments: N UNIT STATE [FILE]; masks are links of the plan. FILE is one of ours that says where
# the unit is to be installed.
_decide_unit() {
    _unit_before "$2"
    eval "act_$1= before_$1=\$before"
    [ "$3" != mask ] || return 0
    _ask_unit "$2" || return 0
    # what we have met before is by now what we made of it
    [ "$met" = yes ] || eval "before_$1=\${now:--}"
    file=${4-}
    case $3:$now in
    enable:disabled | disable:enabled) _will_turn "$@" ;;
    enable:masked*) _note "unit $2 is masked here, so it cannot start (systemctl unmask $2)" ;;
    enable:indirect) _is_enabled_by_us "$2" || _will_turn "$@" ;;
    enable: | enable:not-found | enable:static)
        case $nl$all_moving in
        *"$nl$file$nl"*) _will_turn "$@" ;;
        *) [ "$now" = static ] || unknown_units="$unknown_units $2" ;;
        esac ;;
    esac
}

# Without our file there was nothing to enable, so nothing is to stay enabled when it goes.
_will_turn() {
    eval "act_$1=\$3 before=\$before_$1"
    case $file:$before in
    /*:- | /*:not-found | /*:static) eval "before_$1=disabled" ;;
    esac
    _announce "$3 unit $2"
}

# What only says which other units to enable looks the same afterwards.
_is_enabled_by_us() {
    case $nl$old_state in
    *"${nl}unit$tab$1${tab}enable$tab"*) [ -z "$old_journal" ] ;;
    *) return 1 ;;
    esac
}

# Perhaps spelled wrong. Whoever skips packages knows that what they bring is not there.
_tell_unknown_units() {
    [ "$packages" = check ] || return 0
    linked=$nl
    for unit in $unknown_units; do
        claimed=no place=/etc/systemd/system name=$unit
        case $unit in
        *@*) name=${unit%%@*}@.${unit##*.} ;;
        esac
        _each _claim _table_files
        [ "$claimed" != no ] ||
            _note "there is no unit $unit here; it is enabled when its package brings it"
    done
}

# Sets now to what systemctl says of a unit, if it is at hand.
_ask_unit() {
    if [ "$unit_tool" = unknown ]; then
        unit_tool=no
        command -v systemctl >/dev/null 2>&1 && unit_tool=yes
    fi
    now=
    [ "$unit_tool" = yes ] || return 1
    now=$(systemctl --root="${root:-/}" is-enabled -- "$1" 2>/dev/null) || :
    case $now in
    *[!a-z-]*) now= ;;
    esac
}

# Sets before to what a unit was when we first met it, `-` if nobody knows; met to whether we did.
_unit_before() {
    before=- met=no
    IFS=$nl
    for line in $old_state $old_journal; do
        case $line in
        "unit$tab$1$tab"*)
            met=yes
            before=${line##*"$tab"}
            [ "$before" = - ] || break ;;
        esac
    done
    IFS=$blanks
}

# Units that nobody has a wish about any more become what they were before us.
_find_units_back() {
    units_back=
    seen=$nl
    IFS=$nl
    for line in $old_state $old_journal; do
        IFS=$blanks
        case $line in
        "unit$tab"*"$tab"*"$tab"*) ;;
        *) continue ;;
        esac
        unit=${line#*"$tab"}
        wish=${unit#*"$tab"}
        unit=${unit%%"$tab"*}
        case $seen in
        *"$nl$unit$nl"*) continue ;;
        esac
        seen=$seen$unit$nl
        claimed=no
        _each _wish _table_units
        [ "$claimed" = yes ] || _find_unit_back "${wish%%"$tab"*}"
    done
    IFS=$blanks
}
_wish_unit() { [ "$2" != "$unit" ] || claimed=yes; }

# Argument: what we had made of it
_find_unit_back() {
    _unit_before "$unit"
    case $1:$before in
    enable:disabled | disable:enabled) ;;
    *) return 0 ;;
    esac
    if ! _ask_unit "$unit"; then
        _note "unit $unit was $before before; there is no systemctl here to make it so again"
        return 0
    fi
    case $now in
    "$before") ;;
    enabled) _will_unit_back disable ;;
    disabled) _will_unit_back enable ;;
    esac
}
_will_unit_back() {
    units_back=$units_back$1$tab$unit$nl
    _announce "give back: $1 unit $unit"
}

_apply_unit() {
    eval "act=\$act_$1"
    [ -z "$act" ] || _turn_unit "$act" "$2"
}

_turn_unit() {
    # It makes directories for links.
    (umask 022 && systemctl --root="${root:-/}" --quiet "$1" -- "$2") >/dev/null 2>&1 ||
        _failed "systemctl $1 $2"
}

_give_units_back() {
    IFS=$nl
    for line in $units_back; do
        _turn_unit "${line%%"$tab"*}" "${line#*"$tab"}"
    done
    IFS=$blanks
}

_failed() {
    failures=$((failures + 1))
    _note "$*"
}
