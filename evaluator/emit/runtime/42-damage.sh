# ---- damage: what is in the memory and was not left there by a run is a reason to refuse
#
# State, journal and index of copies end with a line `end`: cut anywhere, and so with a path
# that may be the beginning of another, they are not read.

_check_memory() {
    for part in state pending backup.index changed lock state.tmp pending.tmp backup.index.tmp; do
        if [ -L "./$part" ]; then
            _end 3 "$memory/$part is a link"
        elif [ -e "./$part" ] && [ ! -f "./$part" ]; then
            _end 3 "$memory/$part is no file"
        fi
    done
    for part in backup generations; do
        if [ -L "./$part" ]; then
            _end 3 "$memory/$part is a link"
        elif [ -e "./$part" ] && [ ! -d "./$part" ]; then
            _end 3 "$memory/$part is no directory"
        fi
    done
    _check_generations
}

# A generation is a directory with three files; nothing is read or written through a link.
_check_generations() {
    [ -d ./generations ] || return 0
    set +f
    set -- ./generations/* ./generations/*/*
    set -f
    for part; do
        if [ -L "$part" ]; then
            _end 3 "$memory/${part#./} is a link"
        fi
        [ ! -e "$part" ] || case ${part#./generations/} in
        */* | current | current.tmp)
            [ -f "$part" ] || _end 3 "$memory/${part#./} is no file" ;;
        *)
            [ -d "$part" ] || _end 3 "$memory/${part#./} is no directory" ;;
        esac
    done
}

# Sets text to what a run wrote to a file of the working directory, which is $memory.
# Arguments: NAME FIRST-LINE WHAT-IT-IS-WITHOUT
_read_record() {
    text=$(cat "./$1" 2>/dev/null) || _end 3 "cannot read $memory/$1"
    case $text in
    "$2${nl}end" | "$2$nl"*"${nl}end") text=${text%"${nl}end"} ;;
    "$2" | "$2$nl"*) _end 3 "$memory/$1 is damaged; $3" ;;
    "${2%1}"*) _end 3 "$memory/$1 was written by another version of vcfg; $3" ;;
    *) _end 3 "$memory/$1 is damaged; $3" ;;
    esac
}

# Whether $1 is the name of a copy, and the copy what its name says.
_is_whole_copy() {
    case $1 in
    *[!0123456789abcdef]* | '') return 1 ;;
    esac
    copy=$root$memory/backup/$1
    [ ! -L "$copy" ] && [ -f "$copy" ] || return 1
    _holds "$copy" "$1"
}

# Whether a file has that content. Arguments: FILE SHA256
_holds() {
    sum=$(sha256sum <"$1" 2>/dev/null) || return 1
    [ "${sum%% *}" = "$2" ]
}
