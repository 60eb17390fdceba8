# ---- what was there before us: contents by their SHA-256, and an index of two kinds of lines,
#
#   original KIND MODE UID GID VALUE PATH   one for a path: given back when we leave it; there
#                                           is no copy while that content still lies there
#   drift KIND MODE UID GID VALUE PATH      a copy for people: edited, or overtaken

# Who owns the directory may have put something else there since the look: a link, say, to what
# they cannot read. So a copy is one only if its content is what its name says.
# The entry is in the working directory. Arguments: NAME PATH DISK ORIGINAL, the last one `-`
# when there was nothing before us
_keep_copy() {
    rest=${3#?:}
    value=${rest#*:*:*:}
    rest=${rest%":$value"}
    ids=${rest#*:}
    here=$PWD
    case $3 in
    f:*)
        store=$root$memory/backup
        [ -d "$store" ] || mkdir -m 700 -- "$store" || _fail 'cannot keep a copy'
        # one that is not whole is of a run that ended with the power
        _is_whole_copy "$value" || {
            rm -f -- "$store/$value.tmp"
            cat <"./$1" >"$store/$value.tmp" || _fail "cannot keep a copy of $2"
            _holds "$store/$value.tmp" "$value" || {
                rm -f -- "$store/$value.tmp"
                _fail "$2 was changed while it was copied"
            }
            mv -f -- "$store/$value.tmp" "$store/$value" || _fail "cannot keep a copy of $2"
        } ;;
    esac
    case $4 in
    "${3%%:*}$tab"*"$tab$value") return 0 ;;
    '') kind=original ;;
    *) kind=drift ;;
    esac
    cd -P -- "$here" || _fail 'a directory went away'
    line=$kind$tab${3%%:*}$tab${rest%%:*}$tab${ids%%:*}$tab${ids#*:}$tab$value$tab$2
    new_copies=$new_copies$line$nl
}

# Adds the lines of copies that this run has kept. A text that was kept before may be so again.
_list_copies() {
    [ -n "$new_copies" ] || return 0
    kept=$(printf %s "${kept:+$kept$nl}$new_copies" | sort -u) || _fail 'cannot list the kept copies'
    new_copies=
}

_read_kept() {
    kept=
    [ -n "$memory" ] || return 0
    _enter "$memory" || return 0
    if [ -f ./backup.index ]; then
        _read_record backup.index 'vcfg-index 1' 'without it nothing is given back'
        kept=${text#*"$nl"}
    fi
    IFS=$nl
    for line in $old_journal; do
        case $line in
        "found$tab"*)
            # an interrupted run saw it first
            case $nl$kept$nl in
            *"${nl}original$tab"*"$tab${line##*"$tab"}$nl"*) ;;
            *) kept=$kept${kept:+$nl}original$tab${line#*"$tab"} ;;
            esac ;;
        esac
    done
    IFS=$blanks
}

_write_kept() {
    _list_copies
    _enter "$memory" || _fail 'the state directory went away'
    if [ -z "$kept" ]; then
        rm -f ./backup.index || _fail 'cannot list the kept copies'
        return 0
    fi
    printf 'vcfg-index 1\n%s\nend\n' "$kept" >./backup.index.tmp || _fail 'cannot list the kept copies'
    _flush
    mv -f ./backup.index.tmp ./backup.index || _fail 'cannot list the kept copies'
}

# Sets kept to the lines that stay. Argument: what becomes of originals, see _print_left_paths
_settle_kept() {
    kept=$({
        _print_kept_lines
        _print_left_paths "$1"
    } | sort -u | _print_kept_on) || _fail 'cannot list the kept copies'
}

_print_kept_lines() {
    IFS=$nl
    for line in $kept; do
        printf '%s\t1\t%s\n' "${line##*"$tab"}" "${line%"$tab"*}"
    done
    IFS=$blanks
}

# Before clean-up (`edited`) the original beside what somebody edited becomes a copy for people.
# After it (`left`), what we left is nobody's business; so is, at any time, what we do not own:
# a run that died had no time to say so.
_print_left_paths() {
    IFS=$nl
    case $1 in
    edited) mine=$orphans ;;
    *) mine=$former ;;
    esac
    for path in $mine; do
        printf '%s\t0\t-\n' "$path"
    done
    IFS=$blanks
    k=0
    while [ "$k" -lt "$stale" ]; do
        k=$((k + 1))
        _find_stale "$k"
        case $1:$act in
        edited:edited) printf '%s\t0\tdrift\n' "$path" ;;
        edited:* | left:hold | left:redress) ;;
        *) printf '%s\t0\t-\n' "$path" ;;
        esac
    done
}

_print_kept_on() {
    last=
    while IFS= read -r line; do
        path=${line%%"$tab"*}
        line=${line#*"$tab"}
        case $line in
        0*)
            last=$path
            kind=${line#*"$tab"}
            continue ;;
        esac
        line=${line#*"$tab"}
        case $line in
        "original$tab"*)
            [ "$path" != "$last" ] || line=$kind$tab${line#*"$tab"} ;;
        esac
        case $line in
        -*) ;;
        *) printf '%s\t%s\n' "$line" "$path" ;;
        esac
    done
}
