# ---- mounts: what is mounted over a file cannot be replaced, and what is read-only not written

# Sets mounts, a line `PLACE rw` or `PLACE ro` for each mount, latest first, and mounted: the
# places below the root between line ends.
_find_mounts() {
    mounts=$nl
    mounted=$nl
    [ -r /proc/self/mountinfo ] || return 0
    while IFS=' ' read -r _ _ _ _ point options rest; do
        _decode_place
        case $options,${rest##* }, in
        ro,* | *,ro,*) mounts=$nl$point\ ro$mounts ;;
        *) mounts=$nl$point\ rw$mounts ;;
        esac
        case $point in
        "$root"/?*) mounted=$mounted$point$nl ;;
        esac
    done </proc/self/mountinfo
}

# The kernel writes a blank, a tab, a line end and a backslash as three digits.
_decode_place() {
    plain=
    while :; do
        case $point in
        *\\040*) _decode_one '\040' ' ' ;;
        *\\011*) _decode_one '\011' "$tab" ;;
        *\\012*) _decode_one '\012' '?' ;;
        *) break ;;
        esac
    done
    while :; do
        case $point in
        *\\134*)
            plain=$plain${point%%"\\134"*}\\
            point=${point#*"\\134"} ;;
        *) break ;;
        esac
    done
    point=$plain$point
}
_decode_one() { point=${point%%"$1"*}$2${point#*"$1"}; }

# Whether something is mounted at a path of the target, by whatever links it is reached.
_is_mounted() {
    case $mounted in
    *"/${1##*/}$nl"*) ;;
    *) return 1 ;;
    esac
    (
        _split "$1"
        _resolve "${dir:-/}"
        case $mounted in
        *"$nl$root$at/$name$nl"*) [ -z "$missing$blocked" ] ;;
        *) false ;;
        esac
    )
}

# Whether an existing directory is on a mount that is read-only: not every shell's `test -w`
# tells root so.
_is_read_only() {
    _find_mount_of "$1"
    case $mounts in
    *"$nl$point "*) rest=${mounts#*"$nl$point "} ;;
    *) return 1 ;;
    esac
    [ "${rest%%"$nl"*}" = ro ]
}

# Sets point to where the file system of an existing directory is mounted, as far as is known.
_find_mount_of() {
    point=$1
    while [ -n "$point" ]; do
        case $mounts in
        *"$nl$point "*) return 0 ;;
        esac
        point=${point%/*}
    done
    point=/
}

# A container's own /etc/hosts, say, is mounted over the image's and not part of it.
_refuse_mounted() {
    if [ "$target" = root ]; then
        _object 3 "$1 is a mount point; what is below it is part of the image: unmount it"
    else
        _note "$1 is a mount point and is left alone"
    fi
}

# The account databases are written whole, or not at all.
_check_database_mounts() {
    _resolve /etc
    for name in passwd group shadow gshadow; do
        ! _is_mounted "/etc/$name" || _object 3 "/etc/$name is a mount point and cannot be replaced"
        [ -L "$root$at/$name-" ] || [ ! -d "$root$at/$name-" ] ||
            _object 3 "/etc/$name- is a directory; the database before the last change is kept there"
    done
}
