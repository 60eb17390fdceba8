# ---- looking and deciding about files, links and directories; nothing is written here
#
# Leaves behind, only where there is something to say: act_N (for files and links `take` or
# `put LOOK`, LOOK being `link` or owner and mode), keep_N (what was there, a copy is owed),
# left_N (left as it is; any_left is yes then), made_N (a directory of ours), busy_N for a
# folder's first row.
# A variable per row would be slow: shells look names up in short tables.

# Arguments: what is to be done, and the path to which, if it is one
_announce() {
    pending=$((pending + 1))
    _plan "$*"
    [ "$reporting" = yes ] || return 0
    if [ "$#" -eq 2 ]; then
        _event change text "$*" action "$1" path "$2"
    else
        _event change text "$*"
    fi
}

# Adds a row's path to what is to be done, unless it is a mount point.
_will_do() {
    case $2 in
    make | dress | undress) ;;
    *)
        case $mounted in
        *"/${path##*/}$nl"*) ! _is_mounted "$path" || {
            _refuse_mounted "$path"
            eval "left_$1=mount keep_$1="
            any_left=yes
            return 0
        } ;;
        esac ;;
    esac
    busy=yes
    moving=$moving$path$nl
    eval "act_$1=\$2"
    _announce "$3" "$path"
}

# A copy of what is there is owed before it goes. Lists of copies are read by lines and tabs.
_owe_copy() {
    case $disk in
    l:*["$nl$tab"]*) _object 4 "$path is a link with a line end or tab in its target" ;;
    esac
    eval "keep_$1=\$disk"
    any_owed=yes
}

# Refuses where the existing directory $at cannot be changed. Sets disks, a line for each place
# below the root where a file system is mounted that has to be flushed.
_must_write() {
    if [ -w "$root$at/" ] && ! _is_read_only "$root$at"; then
        case $disks:$point in
        *"$nl$point$nl"*) ;;
        *:"$root"/?*) disks=$disks$point$nl ;;
        esac
        return 0
    fi
    case $nl$objected$nl in
    *"$nl${at:-/}$nl"*) ;;
    *) _object 3 "${at:-/} cannot be written" ;;
    esac
    objected=$objected$nl${at:-/}
}

# Something that is as it is wanted, and was so before us: remembered, and left so one day. What a
# tree of this configuration may have brought is taken for ours: all but secrets.
# Arguments: N, and for files how long they are or `secret`
_welcome() {
    [ "$unpacked:${2-}" = yes:secret ] || [ "$unpacked" = no ] || return 0
    if [ "$renamed" != "$nl" ]; then
        _split "$path"
        _resolve "${dir:-/}"
        case $renamed in
        *"$nl$at/$name$nl"*) return 0 ;;
        esac
    fi
    eval "found_$1=\$disk"
    any_found=yes
    _detail "$path was there before; it is left one day as it is now"
}

# Ours, and about to go: what was there before us may have the same content and no copy yet.
_owe_original() {
    eval "back=\${back_$1-}"
    case $back in
    "$kind$tab"*"$tab$value") _owe_copy "$1" ;;
    esac
}

# Decides about something that is there and is not what is wanted.
# Arguments: N LOOK RECORD VALUES-THAT-MAY-GO...
_displace_entry() {
    if _is_mounted "$path"; then
        _will_do "$1" "put $2" replace
        return 0
    fi
    number=$1
    put="put $2"
    kind=${disk%%:*}
    value=${disk#?:*:*:*:}
    _was "$1" "$3"
    shift 3
    case $kind in
    d)
        _displace_directory
        return 0 ;;
    o)
        _object 4 "$path is there and is neither a file nor a link"
        return 0 ;;
    esac
    case $nl$was$nl in
    *"$nl$kind$tab"*"$tab$value$nl"*)
        _owe_original "$number"
        _will_do "$number" "$put" replace
        return 0 ;;
    *"${nl}f$tab"* | *"${nl}l$tab"*)
        _displace_edited
        return 0 ;;
    esac
    for known; do
        if [ "$known" = "$value" ]; then
            _owe_copy "$number"
            _will_do "$number" "$put" replace
            return 0
        fi
    done
    case $adopt in
    fail) _object 4 "$path is there and is not ours (--adopt=backup keeps a copy)" ;;
    force) _will_do "$number" "$put" 'replace (was not ours)' ;;
    backup)
        _owe_copy "$number"
        _will_do "$number" "$put" 'replace (was not ours; a copy is kept)' ;;
    esac
}

# Only a directory we made, and with nothing in it that stays, makes room.
_displace_directory() {
    k=0
    case $nl$was$nl in
    *"$nl"[dp]"$tab"*"${tab}made$nl"*)
        if _enter "${at%/}/${path##*/}" && _all_is_going; then
            vacated=$vacated${vacated:+$nl}$path
            case $put in
            clear)
                leaving=$leaving$path$nl
                _will_do "$number" clear 'remove directory' ;;
            *) _will_do "$number" "$put" 'replace directory' ;;
            esac
            return 0
        fi ;;
    esac
    _object 4 "$path is there and is a directory"
}

_displace_edited() {
    eval "back=\${back_$number-}"
    case $back in
    "$kind$tab"*"$tab$value")
        # given back by a run that was interrupted, or by somebody
        _owe_copy "$number"
        _will_do "$number" "$put" replace
        return 0 ;;
    esac
    case $drift in
    restore)
        edited=$edited$nl$path
        _owe_copy "$number"
        _will_do "$number" "$put" 'restore (was edited; a copy is kept)' ;;
    keep)
        eval "left_$number=drift"
        any_left=yes
        _differs "left as edited: $path" ;;
    fail)
        _object 4 "$path was edited since it was written" ;;
    esac
}

# Arguments: N DIR NAME MODE OWNER GROUP MANAGE SHA BYTES REPLACES...
_decide_file() {
    path=${2%/}/$3
    eval "disk=\$disk_${1#"${1%??}"}"
    [ "$5:$6" = "$known_owner" ] || _owner_ids "$5" "$6"
    if [ "$disk:$7" = -:manage ]; then
        _will_do "$1" "put $uid:$gid $4" create
        return 0
    fi
    _decide_lying_file "$@"
}

# What is there is beside what is wanted.
_decide_lying_file() {
    seen=$disk
    if [ "$ownership" = skip ]; then
        case $disk in
        f:*)
            seen=${disk#f:}
            seen=f:${seen%%:*}:-:-:${disk##*:} ;;
        esac
    fi
    case $7:$seen in
    manage:"f:$4:$uid:$gid:$8")
        _was "$1" x
        [ -n "$was" ] || _welcome "$1" "$9"
        return 0 ;;
    absent:- | seed:[!-]*) return 0 ;;
    esac
    look="$uid:$gid $4"
    case $7:$seen in
    absent:[fl]:*)
        leaving=$leaving$path$nl
        _take_absent "$1" ;;
    absent:d:*)
        number=$1
        put=clear
        _was "$1" ''
        _displace_directory ;;
    *:-) _will_do "$1" "put $look" create ;;
    *:f:*:"$8")
        _was "$1" x
        [ -n "$was" ] || _welcome "$1" "$9"
        _will_do "$1" "put $look" 'owner or mode' ;;
    *)
        number=$1
        record=f$tab$4$tab$uid$tab$gid$tab$8
        shift 9
        _displace_entry "$number" "$look" "$record" "$@" ;;
    esac
}

# Arguments: N; what must not exist is ours, or a copy is kept.
_take_absent() {
    any_taken=yes
    _was "$1" ''
    kind=${disk%%:*}
    value=${disk#?:*:*:*:}
    case $nl$was$nl in
    *"$nl$kind$tab"*"$tab$value$nl"*)
        _owe_original "$1"
        _will_do "$1" take remove ;;
    *)
        _owe_copy "$1"
        _will_do "$1" take 'remove (a copy is kept)' ;;
    esac
}

# Arguments: N DIR NAME TARGET
_decide_link() {
    path=${2%/}/$3
    eval "disk=\$disk_${1#"${1%??}"}"
    case $disk in
    "l:-:-:-:$4")
        _was "$1" x
        [ -n "$was" ] || _welcome "$1" ;;
    -) _will_do "$1" 'put link' link ;;
    *) _displace_entry "$1" link "l$tab-$tab-$tab-$tab$4" ;;
    esac
}

# Arguments: N PATH MODE OWNER GROUP
_decide_dir() {
    path=$2
    eval "act_$1="
    _owner_ids "$4" "$5"
    _decide_place "$1" "$2"
    _will_hand_down "$3"
    [ -z "$missing$blocked" ] || return 0
    _enter "$at" || _end 1 "cannot enter $at"
    facts=$(stat -c %a:%u:%g -- .) || _end 1 "cannot look at $path"
    if [ -z "$was" ]; then
        disk=d:$facts:
        _welcome "$1"
    fi
    [ "$ownership" != skip ] || facts=${facts%%:*}:-:-
    [ "$facts" != "$3:$uid:$gid" ] || return 0
    # an ordinary user may lack the right to write that he is about to give
    [ "$(id -u)" != 0 ] || _must_write
    _will_do "$1" dress 'owner or mode'
}

_decide_parent() {
    path=$2
    eval "act_$1="
    _decide_place "$1" "$2"
    [ -z "$missing$blocked" ] || return 0
    case $nl$was in
    *"${nl}d$tab"*) _decide_former_look "$1" ;;
    esac
}

# A directory that had an owner and a mode by an earlier configuration, and only holds something
# by this one: they are given back, or those of a directory that nobody speaks of. Argument: N
_decide_former_look() {
    eval "back=\${back_$1-}"
    case $back:$nl$was in
    d*) ;;
    :*"${nl}d$tab"*"${tab}made"*) back=d${tab}755${tab}0${tab}0$tab- ;;
    *) return 0 ;;
    esac
    _has_look_of_ours || return 0
    eval "former_$1=\$back"
    former=$former$path$nl
    look=${back#*"$tab"}
    _will_hand_down "${look%%"$tab"*}"
    _must_write
    _will_do "$1" undress 'give back owner and mode of'
}

# Whether the directory $at has not the look that back has, but one of was, or one on the way
# from there: a run that died set the mode first.
_has_look_of_ours() {
    _enter "$at" || _end 1 "cannot enter $at"
    facts=$(stat -c "%a$tab%u$tab%g" -- .) || _end 1 "cannot look at $path"
    look=${back#*"$tab"}
    look=${look%"$tab"*}
    if [ "$ownership" = skip ]; then
        [ "${look%%"$tab"*}" != "${facts%%"$tab"*}" ] || return 1
    else
        [ "$look" != "$facts" ] || return 1
    fi
    case $nl$was in
    *"${nl}d$tab$facts$tab"* | *"${nl}d$tab${facts%%"$tab"*}$tab-$tab-$tab"*) return 0 ;;
    esac
    [ -n "$old_journal" ]
}

# Whether a directory is there; a file of ours that is in its place may go.
_decide_place() {
    _was "$1" ''
    case $nl$was$nl in
    *"${nl}d$tab"*"${tab}made$nl"* | *"${nl}p$tab"*) eval "made_$1=made" ;;
    esac
    # beside it where a run died before it came to it
    case $nl$was$nl in
    *"${nl}l$tab"*)
        if _is_link_of_ours "$2"; then
            _blocked_place "$1" "$2"
            return 0
        fi ;;
    esac
    if [ "$stale" -gt 0 ] && _is_link_by_another_name "$2"; then
        _blocked_place "$1" "$2"
        return 0
    fi
    _resolve "$2"
    place=$at${missing:+/$missing}
    [ "$place" = "$2" ] || [ -n "$blocked" ] || linked_places=$linked_places$place$nl
    if [ -n "$blocked" ]; then
        _blocked_place "$1" "$2"
    elif [ -n "$missing" ]; then
        if [ "$place" = "$2" ]; then
            eval "made_$1=made"
        else
            _find_made_elsewhere "$1" "$2"
        fi
        _must_write
        _will_make "$at" "$missing"
        _will_do "$1" make 'make directory'
    fi
}

# The row's directory, found by _resolve, will have this mode when what comes after it is made.
_will_hand_down() {
    case $1 in
    *[2367]???) ;;
    *) return 0 ;;
    esac
    _place_by_then
    handing=$handing$place$nl
}

# Directories that are made one by one below an existing one: each is staged in the one above it
# if that hands down its group, now or by then. Arguments: EXISTING MISSING
_will_make() {
    upper=$1
    below=$2/
    while [ -n "$below" ]; do
        case $nl$handing in
        *"$nl$upper$nl"*) _will_stage_in "$upper" ;;
        *) [ ! -g "$root$upper/" ] || _will_stage_in "$upper" ;;
        esac
        upper=$upper/${below%%/*}
        below=${below#*/}
    done
}

# Where links lead to what is missing: a row stands for the directory that bears its name, all
# others are remembered by their places. Arguments: N PATH
_find_made_elsewhere() {
    rest=$missing/
    lacking=$missing
    existing=$at
    _split "$2"
    _resolve "${dir:-/}"
    if [ -z "$missing" ] && [ -L "$root$at/$name" ]; then own=no; else own=yes; fi
    at=$existing
    missing=$lacking
    part=$at
    upper=
    while [ -n "$rest" ]; do
        [ -z "$upper" ] || _make_elsewhere "$upper"
        part=$part/${rest%%/*}
        upper=$part
        rest=${rest#*/}
    done
    if [ "$own" = yes ]; then
        eval "made_$1=made"
        made_here=$made_here$part$nl
    else
        _make_elsewhere "$part"
    fi
}

_make_elsewhere() {
    case $made_here in
    *"$nl$1$nl"*) ;;
    *)
        made_here=$made_here$1$nl
        made_elsewhere=$made_elsewhere${made_elsewhere:+$nl}$1 ;;
    esac
}

# A link that leads to a directory is as good as one, but not if we made it and want the
# directory itself now.
_is_link_of_ours() {
    _split "$1"
    _resolve "${dir:-/}"
    [ -z "$missing$blocked" ] && [ -L "$root$at/$name" ] || return 1
    _read_link "$root$at/$name"
    blocked=$at/$name
    case $nl$was$nl in
    *"${nl}l$tab"*"$tab$link$nl"*) ;;
    *) return 1 ;;
    esac
}

# The same of one that the record calls otherwise, since another link leads to where it lies.
_is_link_by_another_name() {
    _resolve "$1"
    [ "$at${missing:+/$missing}" != "$1" ] || return 1
    _split "$1"
    _resolve "${dir:-/}"
    [ -z "$missing$blocked" ] && [ -L "$root$at/$name" ] || return 1
    existing=$at
    part=$name
    known=$was
    j=0
    while [ "$j" -lt "$stale" ]; do
        j=$((j + 1))
        _find_other "$j"
        was=$other_was
        case ${other##*/}:$nl$was in
        "$part:"*"${nl}l$tab"*) ;;
        *) continue ;;
        esac
        _split "$other"
        _resolve "${dir:-/}"
        if [ "$at$missing$blocked" = "$existing" ] && _is_link_of_ours "$1"; then return 0; fi
    done
    was=$known
    return 1
}

# Something that is no directory is on the way; blocked stays set.
_blocked_place() {
    case $nl$retyped$nl in
    *"$nl$blocked$nl"*)
        eval "made_$1=made"
        _will_make "${blocked%/*}" "${blocked##*/}${todo:+/$todo}"
        _will_do "$1" make 'make directory'
        return 0 ;;
    esac
    number=$1
    place=$2
    obstacle=$blocked
    _split "$place"
    _look_into "${dir:-/}" "$number" "$name"
    eval "disk=\$disk_${number#"${number%??}"}"
    kind=${disk%%:*}
    value=${disk#?:*:*:*:}
    case $nl$was$nl in
    *"$nl$kind$tab"*"$tab$value$nl"*)
        retyped=$retyped$nl$at/$name
        _owe_original "$number"
        eval "made_$number=made"
        _will_make "$at" "$name"
        _will_do "$number" make 'replace by a directory' ;;
    *)
        case $nl$objected$nl in
        *"$nl$obstacle$nl"*) ;;
        *) _object 4 "$place cannot be a directory: $obstacle is in the way" ;;
        esac
        objected=$objected$nl$obstacle ;;
    esac
    blocked=$obstacle
}

# Arguments: N PATH USER MODE; made when missing, never touched again.
_decide_home() {
    path=$2
    eval "act_$1="
    _resolve "$2"
    if [ -n "$blocked" ]; then
        _object 4 "$2 is there and is no directory"
    elif [ -n "$missing" ]; then
        _will_do "$1" make 'make home'
        _will_make "$at" "$missing"
        place=$at/$missing
        _will_stage_in "${place%/*}"
    fi
}

# Argument: a place below the root, empty for the root itself
_will_stage_in() {
    set -- "${1:-/}"
    case $nl$stage_plan$nl in
    *"$nl$1$nl"*) return 0 ;;
    esac
    stage_plan=$stage_plan${stage_plan:+$nl}$1
    _must_write
    [ -e "$root${1%/}/.vcfg-stage" ] || [ -L "$root${1%/}/.vcfg-stage" ] || return 0
    case $nl$old_journal$nl in
    # a link is never ours
    *"${nl}stage$tab$1$nl"*) [ -L "$root${1%/}/.vcfg-stage" ] || return 0 ;;
    esac
    _object 4 "${1%/}/.vcfg-stage is there, of no run that is known here; remove it"
}

# One look at all of a folder, its rows, and where they will be staged.
_decide_folder() {
    folder=$1
    chunk=$2
    busy=no
    moving=
    _detail "looking at $1"
    eval "same=\${same_$2-no}"
    if [ "$same" = yes ]; then
        _resolve "$1"
        _find_aliases "$@"
        return 1
    fi
    _look_into "$@"
    _find_aliases "$@"
    "_rows_$2"
    [ "$busy" = no ] || _settle_folder
    return 1
}

# Whether anything can be written in the folder.
_settle_folder() {
    eval "busy_$chunk=yes"
    all_moving=$all_moving$moving
    _resolve "$folder"
    _place_by_then
    _will_stage_in "$place"
}

# Sets place: where what _resolve found will be when directories have been made, one of them
# perhaps instead of a file of ours.
_place_by_then() {
    place=$at${missing:+/$missing}
    [ -z "$blocked" ] || place=$blocked${todo:+/$todo}
}
