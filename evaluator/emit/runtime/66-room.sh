# ---- room: what will be staged has to fit beside what is there
#
# Only what is certainly needed counts, and only what a file system is sure of: one that names
# no size, or may store less than is written, is believed to have room.

# Sets needs, for each mount `POINT tab BYTES tab PAGES tab ENTRIES tab PLACE`, PLACE being one
# of the directories on it.
_check_room() {
    needs=$nl
    copied=0
    remembered=0
    _each _size _table_files
    if [ "$accounts_changed" = yes ]; then
        _resolve /etc
        _need "$at" $((${#passwd_text} + ${#group_text})) 2 2
    fi
    if [ "$action:${script:+kept}" = apply:kept ] && _is_new_generation; then
        size=$(stat -L -c %s -- "$script") || size=0
        copied=$((copied + size))
    fi
    _resolve /var/lib/vcfg
    # a line for each entry, in the journal and in the state
    _need "$at" $((copied + remembered * 200)) 0 0
    IFS=$nl
    for line in $needs; do
        IFS=$tab
        # shellcheck disable=SC2086 # fields of a line, no globbing (set -f)
        set -- $line
        IFS=$blanks
        _has_room "$5" "$2" "$3" "$4"
    done
    IFS=$blanks
}

# Arguments: PLACE BYTES PAGES ENTRIES, to be added to what its mount has to hold
_need() {
    _find_mount_of "$root$1"
    case $needs in
    *"$nl$point$tab"*)
        line=${needs#*"$nl$point$tab"}
        line=$point$tab${line%%"$nl"*}
        IFS=$tab
        # shellcheck disable=SC2086
        set -- "$line" "$1" "$2" "$3" "$4" ${line#"$point$tab"}
        IFS=$blanks
        text=$point$tab$(($3 + $6))$tab$(($4 + $7))$tab$(($5 + $8))$tab$9
        needs=${needs%%"$nl$1$nl"*}$nl$text$nl${needs#*"$nl$1$nl"} ;;
    *) needs=$needs$point$tab$2$tab$3$tab$4$tab${1:-/}$nl ;;
    esac
}

_size_folder() {
    _is_busy "$2" || return 1
    _resolve "$1"
    size=0 pages=0 entries=0 owed=
    "_rows_$2"
    [ -z "$owed" ] || _size_copies
    _need "$at" "$size" "$pages" "$entries"
    remembered=$((remembered + entries))
    return 1
}
_size_file() {
    eval "act=\${act_$1-} keep=\${keep_$1-}"
    case $act:$9 in
    'put '*:secret) pages=$((pages + 1)) entries=$((entries + 1)) ;;
    'put '*)
        size=$((size + $9))
        pages=$((pages + ($9 + 4095) / 4096))
        entries=$((entries + 1)) ;;
    *) return 0 ;;
    esac
    case $keep in
    f:*) owed=$owed$nl$root$at/$3 ;;
    esac
}
_size_link() { :; }

# What is there and has to be copied, of one folder.
_size_copies() {
    IFS=$nl
    # shellcheck disable=SC2086 # one name per line, no globbing (set -f)
    for kept_size in $(stat -c %s -- $owed 2>/dev/null); do
        copied=$((copied + kept_size))
    done
    IFS=$blanks
}

# Arguments: PLACE BYTES PAGES ENTRIES
_has_room() {
    place=$1
    facts=$(stat -f -c '%f %a %S %b %d %c %T' -- "$root$1" 2>/dev/null) || return 0
    IFS=' ' read -r free allowed_free block total left inodes type <<VCFG_FACTS
$facts
VCFG_FACTS
    for number in "$free" "$allowed_free" "$block" "$total" "$left" "$inodes"; do
        case $number in
        '' | *[!0123456789]* | ????????????????*) return 0 ;;
        esac
    done
    [ "$(id -u)" = 0 ] || free=$allowed_free
    needed=$2
    case $type in
    btrfs | zfs | UNKNOWN*) return 0 ;;
    # whole blocks, of the usual size
    ext2/ext3 | xfs | tmpfs)
        if [ "$block" -ge 4096 ] && [ "$needed" -lt "$(($3 * 4096))" ]; then
            needed=$(($3 * 4096))
        fi ;;
    *) left=$4 ;;
    esac
    if [ "$total" -gt 0 ] && [ "$((free * block))" -lt "$needed" ]; then
        _object 3 "the file system of $place has $((free * block / 1024)) KiB left," \
            "and $(((needed + 1023) / 1024)) KiB are needed"
    elif [ "$inodes" -gt 0 ] && [ "$left" -lt "$4" ]; then
        _object 3 "the file system of $place has room for $left more files, and $4 are needed"
    fi
}
