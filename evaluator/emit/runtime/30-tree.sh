# ---- the tree below the root: every step is taken by hand, no link leads outside

# Sets at (existing, physical, below the root), missing (what would have to be made) and
# blocked (something there that is no directory). $1 is an absolute path in the target.
_resolve() {
    todo=${1#/}
    at=
    missing=
    blocked=
    hops=0
    while [ -n "$todo" ]; do
        case $todo in
        */*)
            part=${todo%%/*}
            todo=${todo#*/} ;;
        *)
            part=$todo
            todo= ;;
        esac
        case $part in
        '' | .) continue ;;
        ..)
            at=${at%/*}
            continue ;;
        esac
        if [ -L "$root$at/$part" ]; then
            hops=$((hops + 1))
            if [ "$hops" -gt 40 ]; then
                blocked=$at/$part
                return 0
            fi
            _read_link "$root$at/$part"
            case $link in
            /*) at= ;;
            esac
            todo=$link/$todo
        elif [ -d "$root$at/$part" ]; then
            at=$at/$part
        elif [ -e "$root$at/$part" ]; then
            blocked=$at/$part
            return 0
        else
            missing=$part${todo:+/$todo}
            case /$missing/ in
            */../*) blocked=$at/$part ;;
            esac
            return 0
        fi
    done
}

_read_link() {
    link=$(readlink -- "$1" && printf .)
    link=${link%"$nl".}
}

# Makes an existing directory of the target the working directory and proves it is that one.
_enter() {
    cd -P -- "$root$1/" 2>/dev/null || return 1
    case $PWD in
    "$root$1" | "$root$1/") ;;
    *) return 1 ;;
    esac
}

# Makes the missing part of a resolved directory, root's and 0755.
_make_missing() {
    _enter "$at" || return 1
    while [ -n "$missing" ]; do
        case $missing in
        */*)
            part=${missing%%/*}
            missing=${missing#*/} ;;
        *)
            part=$missing
            missing= ;;
        esac
        case $part in
        '' | .) continue ;;
        esac
        # busybox makes it by the umask first and sets the mode then; a kill may come between
        umask 022
        mkdir -m 755 -- "./$part" || {
            umask 077
            return 1
        }
        umask 077
        at=$at/$part
        _enter "$at" || return 1
    done
}

_split() {
    dir=${1%/*}
    name=${1##*/}
}

# Looks at the named entries of one directory, at most 100, in one call of each tool:
# sets disk_NN, the last two characters of N, to `-` (absent), `f:MODE:UID:GID:SHA`, `l:-:-:-:TARGET`, `d:MODE:UID:GID:` or `o`.
# Arguments: directory, then pairs N NAME.
_look_into() {
    _resolve "$1"
    shift
    if [ -n "$missing$blocked" ] || ! _enter "$at"; then
        [ -n "$missing$blocked" ] || _object 3 "cannot enter $at"
        while [ "$#" -gt 0 ]; do
            eval "disk_${1#"${1%??}"}=-"
            shift 2
        done
        return 0
    fi
    slots=
    left=$(($# / 2))
    while [ "$left" -gt 0 ]; do
        left=$((left - 1))
        slot=${1#"${1%??}"}
        name=$2
        shift 2
        if [ -L "./$name" ]; then
            _read_link "./$name"
            eval "disk_$slot=l:-:-:-:\$link"
        elif [ -f "./$name" ]; then
            slots="$slots $slot"
            set -- "$@" "./$name"
        elif [ -d "./$name" ]; then
            facts=$(stat -c %a:%u:%g -- "./$name") || _end 1 "cannot look at $at/$name"
            eval "disk_$slot=d:\$facts:"
        elif [ -e "./$name" ]; then
            eval "disk_$slot=o"
        else
            eval "disk_$slot=-"
        fi
    done
    [ "$#" -gt 0 ] || return 0
    count=$#
    facts=$(stat -c %a:%u:%g -- "$@") || _end 1 "cannot look into $at"
    sums=$(sha256sum -- "$@" 2>/dev/null) || {
        _object 3 "cannot read a file in $at"
        sums=
    }
    # Only slots and hexadecimal digits are taken from what the tools say, never names.
    IFS=$nl
    # shellcheck disable=SC2086 # one record per line, no globbing (set -f)
    set -- $sums
    if [ "$#" -ne "$count" ]; then
        [ -z "$sums" ] || _end 1 "unexpected output of sha256sum in $at"
        # shellcheck disable=SC2086
        set -- $facts
    fi
    # shellcheck disable=SC2034 # read by eval
    for fact in $facts; do
        sum=${1#\\}
        sum=${sum%% *}
        shift
        slot=${slots# }
        slot=${slot%% *}
        slots=${slots# "$slot"}
        eval "disk_$slot=f:\$fact:\$sum"
    done
    IFS=$blanks
}
