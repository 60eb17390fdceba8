# ---- --report and the log of live runs: one JSON object a line, see spec/report.schema.json
#
# Neither may change what a run does: once it is open, losing it is no reason for anything.

# The file is made anew here, or the run refused: before anything else is looked at, so what
# this configuration writes itself is told by its names alone.
_open_report() {
    [ -n "$report" ] || return 0
    case $report in
    /*) ;;
    *) report=$started_in/$report ;;
    esac
    case $report in
    /dev/stdout | /dev/stderr | /dev/fd/[0123456789]* | /proc/self/fd/[0123456789]*) ;;
    *)
        # a pipe that nobody reads would be waited for
        [ ! -e "$report" ] || [ -f "$report" ] || [ -c "$report" ] || [ -d "$report" ] ||
            _refuse_report ', which is no file'
        _find_reported
        [ "$reported" = no ] || _refuse_report ", which belongs to $reported" ;;
    esac
    # in a process of its own: a shell ends when this fails
    if [ -d "$report" ] || ! (: >"$report") 2>/dev/null; then _refuse_report ''; fi
    reporting=yes
}

_refuse_report() {
    refused=$report
    report=
    _end 3 "the report cannot be written: $refused$1; nothing was changed"
}

# Sets reported to whose the report's place is, `no` for nobody's: of the root's files only.
_find_reported() {
    reported=no
    folder=$(cd -P -- "${report%/*}/" 2>/dev/null && printf '%s.' "$PWD") || return 0
    folder=${folder%.}
    name=${report##*/}
    if [ "$target" = root ]; then
        case $given_root in
        /*) place=$given_root ;;
        *) place=./$given_root ;;
        esac
        place=$(cd -P -- "$place/" 2>/dev/null && printf '%s.' "$PWD") || return 0
        place=${place%.}
        case $folder in
        "$place" | "$place"/*) folder=${folder#"$place"} ;;
        *) return 0 ;;
        esac
    fi
    case $folder/ in
    /var/lib/vcfg/*) reported='what is recorded of this root' ;;
    esac
    folder=${folder:-/}
    _each _reported _table_files
}
_reported_folder() { [ "$1" = "$folder" ]; }
_reported_file() { [ "$3" != "$name" ] || reported='this configuration'; }
_reported_link() { _reported_file "$@"; }

# Lines go to the log once there is a place for it; until then they are kept.
_open_log() {
    [ "$target" = live ] && [ ! -L ./log ] || return 0
    size=0
    [ ! -f ./log ] || size=$(stat -c %s -- ./log) || size=0
    [ "$size" -lt 262144 ] || mv -f ./log ./log.old || :
    log=$root$memory/log
    { printf %s "$unlogged" >>"$log"; } 2>/dev/null || :
    unlogged=
}

# Arguments: what happened, then pairs NAME TEXT, or #NAME NUMBER
_event() {
    [ "$reporting" = yes ] || return 0
    record="{\"event\":\"$1\""
    shift
    while [ "$#" -gt 1 ]; do
        case $1 in
        '#'*) record="$record,\"${1#?}\":$2" ;;
        *)
            _as_json "$2"
            record="$record,\"$1\":$json" ;;
        esac
        shift 2
    done
    record="$record}$nl"
    [ -z "$report" ] || { printf %s "$record" >>"$report"; } 2>/dev/null || :
    if [ -n "$log" ]; then
        { printf %s "$record" >>"$log"; } 2>/dev/null || :
    elif [ "$target:$mode" = live:apply ]; then
        unlogged=$unlogged$record
    fi
}

_start_report() {
    case $target:$mode in
    live:apply) reporting=yes ;;
    esac
    [ "$reporting" = yes ] || return 0
    _know_characters
    _find_doing
    _event start '#format' 1 time "$(date -u +%Y-%m-%dT%H:%M:%SZ)" vcfg "$version" \
        host "$host" input "$input" target "$target" 'do' "$doing" look "$looking"
}

# Sets doing and looking to what this run is for.
_find_doing() {
    doing=$action
    [ -z "$generation" ] || doing=rollback
    looking=no
    case $mode in
    verify | generations | confirm-now) doing=$mode ;;
    check | diff) looking=$mode ;;
    esac
}

# Argument: the code with which the run ends
_finish_report() {
    [ "$reporting" = yes ] || return 0
    _event end time "$(date -u +%Y-%m-%dT%H:%M:%SZ)" '#code' "$1" \
        '#changes' "$pending" '#differences' "$differing" '#failures' "$failures" \
        text "$last_words"
    reporting=no
}

# ---- texts as JSON: no process is started for one

# Sets json to a text in quotes.
_as_json() {
    case $1 in
    *$special*) ;;
    *)
        json="\"$1\""
        return 0 ;;
    esac
    rest=$1
    json=
    while :; do
        # shellcheck disable=SC2295 # a pattern
        plain=${rest%%$special*}
        json=$json$plain
        [ "$plain" != "$rest" ] || break
        rest=${rest#"$plain"}
        char=${rest%"${rest#?}"}
        rest=${rest#?}
        case $char in
        [\"\\]) json=$json\\$char ;;
        "$nl") json=$json\\n ;;
        "$tab") json=$json\\t ;;
        *) _json_char ;;
        esac
    done
    json="\"$json\""
}

# What is special and has no short form: a control character, or (part of) one beyond ASCII.
_json_char() {
    head=${controls%%"$char"*}
    if [ "$head" != "$controls" ]; then
        json=$json$(printf '\\u%04x' "$((${#head} + 1))")
        return 0
    fi
    # a shell that takes characters, not bytes, cannot hold wrong ones; DEL may stand as it is
    if [ -n "${YASH_VERSION-}" ]; then
        json=$json$char
        return 0
    fi
    _byte_of "$char"
    low=128
    top=191
    case $byte in
    127) more=0 ;;
    19[4-9] | 20? | 21? | 22[0-3]) more=1 ;;
    22[4-9] | 23?) more=2 ;;
    24[0-4]) more=3 ;;
    *) more=-1 ;;
    esac
    # neither longer than needed, nor a half of a pair, nor beyond the last character
    case $byte in
    224) low=160 ;;
    237) top=159 ;;
    240) low=144 ;;
    244) top=143 ;;
    esac
    _take_bytes
}

# Sets byte to the number of a byte from 127 on, 0 for any other.
_byte_of() {
    head=${bytes%%"$1"*}
    byte=$((${#head} + 127))
    [ "$head" != "$bytes" ] || byte=0
}

# Adds char and the bytes that have to follow it, or the sign for what is no character.
_take_bytes() {
    whole=$char
    after=$rest
    while [ "$more" -gt 0 ]; do
        char=${after%"${after#?}"}
        after=${after#?}
        [ -n "$char" ] || break
        _byte_of "$char"
        if [ "$byte" -lt "$low" ] || [ "$byte" -gt "$top" ]; then break; fi
        low=128
        top=191
        whole=$whole$char
        more=$((more - 1))
    done
    if [ "$more" -eq 0 ]; then
        json=$json$whole
        rest=$after
    else
        json=$json\\ufffd
    fi
}

# What the above looks characters up in.
_know_characters() {
    special='[!] !#-[^-~]'
    controls=$(printf '\001\002\003\004\005\006\007\010\011\012\013\014\015\016\017\020.')
    controls=${controls%.}$(printf '\021\022\023\024\025\026\027\030\031\032\033\034\035\036\037')
    bytes=
    [ -z "${YASH_VERSION-}" ] || return 0
    code=127
    octals=
    while [ "$code" -lt 256 ]; do
        octals=$octals\\$((code / 64))$((code / 8 % 8))$((code % 8))
        code=$((code + 1))
    done
    # shellcheck disable=SC2059 # nothing but escapes
    bytes=$(printf "$octals")
}
