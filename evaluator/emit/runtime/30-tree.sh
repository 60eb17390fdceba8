# ---- the tree below the root: every step is taken by hand, no link leads outside

# Sets at (existing, physical, below the root), missing (what would have to be made), blocked
# (something there that is no directory) and todo (what comes after that). No part of them is
# empty or a dot. $1 is an absolute path in the target.
_resolve() {
    todo=${1#/}
    _tidy_todo
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
        if [ "$part" = .. ]; then
            at=${at%/*}
        elif [ -L "$root$at/$part" ]; then
            hops=$((hops + 1))
            if [ "$hops" -gt 40 ] || _is_going_away "$at/$part"; then
                blocked=$at/$part
                return 0
            fi
            _read_link "$root$at/$part"
            case $link in
            /*) at= ;;
            esac
            todo=$link/$todo
            _tidy_todo
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

# Leaves out the parts of todo that are empty or a dot.
_tidy_todo() {
    case /$todo/ in
    *//* | */./*) ;;
    *) return 0 ;;
    esac
    untidy=$todo/
    todo=
    while [ -n "$untidy" ]; do
        case ${untidy%%/*} in
        '' | .) ;;
        *) todo=$todo${todo:+/}${untidy%%/*} ;;
        esac
        untidy=${untidy#*/}
    done
}

# Links of ours that give way to directories lead nowhere any more.
_is_going_away() {
    case $nl$retyped$nl in
    *"$nl$1$nl"*) return 0 ;;
    esac
    return 1
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
        if [ -g . ] && [ "$journaled" = yes ]; then
            _make_apart "$part" || return 1
        else
            # busybox makes it by the umask first and sets the mode then; a kill may come between
            umask 022
            mkdir -m 755 -- "./$part" || {
                umask 077
                return 1
            }
            umask 077
        fi
        at=$at/$part
        _enter "$at" || return 1
    done
}

# A set-group-id directory hands down its group and that bit; nobody looks at what is made in it
# again, so it appears as it shall be.
_make_apart() {
    _open_stage
    mkdir -- "./.vcfg-stage/$1" && _give_to 0:0 "./.vcfg-stage/$1" || return 1
    # with five digits chmod clears the bit, too
    chmod 00755 "./.vcfg-stage/$1" && mv -f -- "./.vcfg-stage/$1" ./
}

_split() {
    dir=${1%/*}
    name=${1##*/}
}

# Looks at the named entries of one directory, at most 100, in one call of each tool: sets
# disk_NN, the last two characters of N, to `-` (absent), `f:MODE:UID:GID:SHA`,
# `l:-:-:-:TARGET`, `d:MODE:UID:GID:` or `o`. Arguments: directory, then pairs N NAME.
# No list of arguments is taken apart one by one: copying the rest each time takes longest.
_look_into() {
    there=yes
    _resolve "$1"
    if [ -n "$missing$blocked" ]; then
        there=no
    elif ! _enter "$at"; then
        there=no
        _object 3 "cannot enter $at"
    fi
    shift
    slot=
    slots=
    plain=
    for word; do
        if [ -z "$slot" ]; then
            slot=${word#"${word%??}"}
            continue
        fi
        if [ "$there" = no ]; then
            eval "disk_$slot=-"
        elif [ -L "./$word" ]; then
            _read_link "./$word"
            eval "disk_$slot=l:-:-:-:\$link"
        elif [ -f "./$word" ]; then
            slots="$slots $slot"
            plain=$plain$nl./$word
        elif [ -d "./$word" ]; then
            facts=$(stat -c %a:%u:%g -- "./$word") || _end 1 "cannot look at $at/$word"
            eval "disk_$slot=d:\$facts:"
        elif [ -e "./$word" ]; then
            eval "disk_$slot=o"
        else
            eval "disk_$slot=-"
        fi
        slot=
    done
    [ -z "$plain" ] || _read_answers
}

# Takes disk_NN from what the tools said of the files in plain: only hexadecimal digits are
# taken, never names.
_read_answers() {
    IFS=$nl
    # shellcheck disable=SC2086 # one record per line, no globbing (set -f)
    set -- $plain
    count=$#
    facts=$(stat -c %a:%u:%g -- "$@") || _end 1 "cannot look into $at"
    sums=$(sha256sum -- "$@" 2>/dev/null) || {
        _object 3 "cannot read a file in $at"
        sums=
    }
    # shellcheck disable=SC2086
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
