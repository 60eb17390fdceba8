# ---- units of packages: the preset file always, systemctl where there is one

_decide_all_units() {
    _find_former_units
    if _has_unit_tool; then
        _each _query _table_units
        _ask_queried
    fi
    _each _decide _table_units
}

# Sets before_N to what the unit of a row was when we first met it, `-` if nobody knows, and met_N
# if we did. Sets former_units to lines `UNIT tab VERB tab BEFORE` for those that nobody has a wish
# about any more and that are to become what they were. All of them in one pass.
_find_former_units() {
    former_units=
    case $nl$old_state$nl$old_journal in
    *"${nl}unit$tab"*) ;;
    *) return 0 ;;
    esac
    joined=$({
        _print_unit_lines 0 "$old_state"
        _print_unit_lines 0j "$old_journal"
        _each _named _table_units
    } | sort) || _end 1 'sort failed'
    unit=
    IFS=$nl
    for line in $joined; do
        if [ "${line%%"$tab"*}" != "$unit" ]; then
            [ -z "$unit" ] || _remember_unit
            unit=${line%%"$tab"*}
            row='' wish='' before=-
        fi
        line=${line#*"$tab"}
        case $line in
        0*)
            line=${line#*"$tab"}
            wish=${wish:-${line%%"$tab"*}}
            [ "$before" != - ] || before=${line#*"$tab"} ;;
        *) row=${line#*"$tab"} ;;
        esac
    done
    IFS=$blanks
    [ -z "$unit" ] || _remember_unit
}
_named_unit() { printf '%s\t1\t%s\n' "$2" "$1"; }

# Arguments: the field that tells where a line is from, and lines
_print_unit_lines() {
    IFS=$nl
    for line in $2; do
        case $line in
        "unit$tab"*"$tab"*"$tab"*)
            line=${line#*"$tab"}
            printf '%s\t%s\t%s\n' "${line%%"$tab"*}" "$1" "${line#*"$tab"}" ;;
        esac
    done
    IFS=$blanks
}

_remember_unit() {
    case $row:$wish:$before in
    :enable:disabled) former_units=$former_units$unit${tab}disable$tab$before$nl ;;
    :disable:enabled) former_units=$former_units$unit${tab}enable$tab$before$nl ;;
    :*) ;;
    *:?*:*) eval "before_$row=\$before met_$row=yes" ;;
    esac
}

# Arguments: N UNIT STATE [FILE]; masks are links of the plan. FILE is one of ours that says where
# the unit is to be installed.
_decide_unit() {
    eval "act_$1= before_$1=\${before_$1--} met=\${met_$1-no}"
    [ "$3" != mask ] && [ "$unit_tool" = yes ] || return 0
    eval "now=\$now_$1"
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

_has_unit_tool() {
    if [ "$unit_tool" = unknown ]; then
        unit_tool=no
        ! command -v systemctl >/dev/null 2>&1 || unit_tool=yes
    fi
    [ "$unit_tool" = yes ]
}

# Sets now to what systemctl says of a unit, if it is at hand.
_ask_unit() {
    now=
    _has_unit_tool || return 1
    now=$(systemctl --root="${root:-/}" is-enabled -- "$1" 2>/dev/null) || :
    case $now in
    *[!a-z-]*) now= ;;
    esac
}

# The same for many at once, as each call reads all directories of units. Arguments: N UNIT STATE;
# now_N is set by _ask_queried.
_query_unit() {
    [ "$3" != mask ] || return 0
    queried_rows="$queried_rows $1"
    queried=$queried$nl$2
    queried_count=$((queried_count + 1))
    [ "$queried_count" -lt 100 ] || _ask_queried
}

_ask_queried() {
    [ -n "$queried" ] || return 0
    IFS=$nl
    # shellcheck disable=SC2086 # one name per line, no globbing (set -f)
    set -- $queried
    # shellcheck disable=SC2046 # one word per line
    set -- $(systemctl --root="${root:-/}" is-enabled -- "$@" 2>/dev/null)
    IFS=$blanks
    if [ "$#" -ne "$queried_count" ]; then
        # of one that is not there it says nothing, nor of those after it
        _ask_each
    else
        for row in $queried_rows; do
            case $1 in
            *[!a-z-]*) eval "now_$row=" ;;
            *) eval "now_$row=\$1" ;;
            esac
            shift
        done
    fi
    queried='' queried_rows='' queried_count=0
}

_ask_each() {
    IFS=$nl
    for unit in $queried; do
        IFS=$blanks
        queried_rows=${queried_rows# }
        _ask_unit "$unit"
        eval "now_${queried_rows%% *}=\$now"
        queried_rows=${queried_rows#* }
    done
    IFS=$blanks
}

# Units that nobody has a wish about any more become what they were before us.
_find_units_back() {
    units_back=
    [ -n "$former_units" ] || return 0
    k=0
    IFS=$nl
    for line in $former_units; do
        IFS=$blanks
        k=$((k + 1))
        if _has_unit_tool; then _query_unit "f$k" "${line%%"$tab"*}" back; fi
    done
    _ask_queried
    k=0
    IFS=$nl
    for line in $former_units; do
        IFS=$blanks
        k=$((k + 1))
        _find_unit_back "f$k"
    done
    IFS=$blanks
}

# Argument: its number; line is what is known of the unit.
_find_unit_back() {
    unit=${line%%"$tab"*}
    verb=${line#*"$tab"}
    before=${verb#*"$tab"}
    verb=${verb%%"$tab"*}
    if [ "$unit_tool" = no ]; then
        _note "unit $unit was $before before; there is no systemctl here to make it so again"
        return 0
    fi
    eval "now=\$now_$1"
    case $verb:$now in
    disable:enabled | enable:disabled)
        units_back=$units_back$verb$tab$unit$nl
        _announce "give back: $verb unit $unit" ;;
    esac
}

_apply_unit() {
    eval "act=\$act_$1"
    [ -z "$act" ] || turning=$turning$act$tab$2$nl
}

# Many units at once. Argument: lines `VERB tab UNIT`
_turn_units() {
    turning=$1
    for verb in disable enable; do
        set --
        IFS=$nl
        for line in $turning; do
            case $line in
            "$verb$tab"*) set -- "$@" "${line#*"$tab"}" ;;
            esac
            [ "$#" -lt 100 ] || {
                IFS=$blanks
                _turn "$verb" "$@"
                set --
            }
        done
        IFS=$blanks
        [ "$#" -eq 0 ] || _turn "$verb" "$@"
    done
    turning=
}

# Where one of them fails nothing is done for the others, and each is tried for itself.
# Arguments: VERB UNIT...
_turn() {
    verb=$1
    shift
    # It makes directories for links.
    (umask 022 && systemctl --root="${root:-/}" --quiet "$verb" -- "$@") >/dev/null 2>&1 &&
        return 0
    if [ "$#" -eq 1 ]; then
        _failed "systemctl $verb $1"
        return 0
    fi
    for unit; do
        _turn "$verb" "$unit"
    done
}

_failed() {
    failures=$((failures + 1))
    _note "$*"
}
