# ---- users and groups: the four databases are rewritten here, a minimal root has no useradd
#
# Each text is held with a line end before and after it, so that a line is found, kept and
# replaced whole; lines nobody asked about stay where they are.

_one_database() {
    text=
    present=no
    _resolve /etc
    [ -z "$missing$blocked" ] && _enter "$at" || return 0
    if [ -L "./$1" ]; then
        [ "$accounts" = no ] || _object 3 "/etc/$1 is a link"
        return 0
    fi
    if [ ! -f "./$1" ]; then
        [ "$accounts" = no ] || [ ! -e "./$1" ] || _object 3 "/etc/$1 is no file"
        return 0
    fi
    if [ ! -r "./$1" ]; then
        [ "$accounts" = no ] || _object 3 "cannot read /etc/$1"
        return 0
    fi
    present=yes
    text=$(cat "./$1" && printf .) || _object 3 "cannot read /etc/$1"
    text=${text%.}
    text=${text%"$nl"}
}

# The same, and mark_NAME is what tells this version of it from another. Bytes that this shell
# cannot hold are remembered: they would get lost in what is written.
_whole_database() {
    eval "mark_$1=-"
    tries=0
    while [ "$tries" -lt 5 ]; do
        tries=$((tries + 1))
        _one_database "$1"
        [ "$present" = yes ] || return 0
        _mark_database "$1"
        # shellcheck disable=SC2034 # read by eval
        last=${mark#*"$nl"}
        eval "mark_$1=\$mark"
        [ "$(printf '%s\n' "$text" | sha256sum)" != "$last" ] || return 0
        [ "$(printf %s "$text" | sha256sum)" != "$last" ] || return 0
    done
    unkept="$unkept /etc/$1"
}

# Sets day to what /etc/shadow has for a password that is set now.
_find_day() {
    day=
    case $epoch in
    '')
        [ "$target" != live ] || day=$(($(date +%s) / 86400)) ;;
    *)
        day=$((epoch / 86400))
        [ "$day" -gt 0 ] || day= ;;
    esac
}

_read_databases() {
    _find_day
    unkept=
    read=_whole_database
    [ "$accounts" = yes ] || read=_one_database
    "$read" group
    had_group=$present
    group_text=$nl$text$nl
    "$read" passwd
    had_passwd=$present
    passwd_text=$nl$text$nl
    gshadow_text=$nl
    shadow_text=$nl
    had_gshadow=no
    had_shadow=no
    [ "$accounts" = yes ] || return 0
    "$read" gshadow
    had_gshadow=$present
    gshadow_text=$nl$text$nl
    "$read" shadow
    had_shadow=$present
    shadow_text=$nl$text$nl
    [ "$had_group" = yes ] || group_text=${nl}root:x:0:$nl
    [ "$had_gshadow" = yes ] || _shadow_all_groups
    [ "$had_passwd" = yes ] || passwd_text=${nl}root:x:0:0:root:/root:/bin/sh$nl
    [ "$had_shadow" = yes ] || shadow_text="${nl}root:*:$day::::::$nl"
    before_group=$group_text
    before_gshadow=$gshadow_text
    before_passwd=$passwd_text
    before_shadow=$shadow_text
}

# A root without gshadow gets one that has all groups and their members, as grpconv(8) makes it.
_shadow_all_groups() {
    gshadow_text=$nl
    IFS=$nl
    for line in $group_text; do
        case $line in
        [+-]* | '#'*) ;;
        root:*:*:*) gshadow_text="${gshadow_text}root:*::${line##*:}$nl" ;;
        ?*:*:*:*) gshadow_text="$gshadow_text${line%%:*}:!::${line##*:}$nl" ;;
        esac
    done
    IFS=$blanks
}

# Sets line to the entry of a name, empty if there is none. It is gone through by lines: shells take
# the square of its length to cut a text at what stands in it, and ten lines are enough to feel it.
_entry() {
    line=
    case $1 in
    *"$nl$2:"*) ;;
    *) return 0 ;;
    esac
    separators=$IFS
    IFS=$nl
    for each in $1; do
        case $each in
        "$2:"*)
            line=$each
            break ;;
        esac
    done
    IFS=$separators
}

# Sets text to $1 with the line $2 replaced by $3, or $3 added when $2 is empty.
_replace_entry() {
    if [ -z "$2" ]; then
        # an empty database has no line, not an empty one
        text=$1$3$nl
        [ "$1" != "$nl$nl" ] || text=$nl$3$nl
    else
        _swap_line "$1" "$2" "$3$nl"
    fi
}

# Sets text to $1 with its first line that is $2 replaced by $3, which ends its line if it has
# one. Empty lines would get lost where a text is taken apart.
_swap_line() {
    case ${#1}:$1 in
    ???:* | ??:* | ?:* | [12]???:* | *"$nl$nl"*)
        text=${1%%"$nl$2$nl"*}$nl$3${1#*"$nl$2$nl"} ;;
    *)
        text=$nl$(
            IFS=$nl
            sought=$2
            for each in $1; do
                if [ "$each" = "$sought" ]; then
                    printf %s "$3"
                    sought=$nl
                else
                    printf '%s\n' "$each"
                fi
            done
            printf .
        )
        text=${text%.} ;;
    esac
}

# Sets id to the number in line, an entry of passwd or group; fails where there is none. Shells
# calculate with it, and some of them run what stands in a text that is none.
_number_in_line() {
    id=${line#*:*:}
    id=${id%%:*}
    case $id in
    '' | *[!0123456789]* | 0?* | ???????????*)
        id=
        return 1 ;;
    esac
}

# Sets used to the third fields of a database, each between blanks.
_used_ids() {
    used=' ' lowest='' lowest_system=''
    IFS=$nl
    for line in $1; do
        case $line in
        '#'* | [+-]* | '') continue ;;
        esac
        rest=${line#*:*:}
        used="$used${rest%%:*} "
    done
    IFS=$blanks
}

# Numbers are only ever taken, so each search goes on where the last one ended.
_free_id() {
    if [ "$1" = true ]; then
        _search_id "${lowest_system:-100}" 999
        lowest_system=$id
    else
        _search_id "${lowest:-1000}" 59999
        lowest=$id
    fi
}

# Arguments: FIRST LAST
_search_id() {
    id=$1
    while [ "$id" -le "$2" ]; do
        case $used in
        *" $id "*) ;;
        *) return 0 ;;
        esac
        id=$((id + 1))
    done
    _object 3 'no free id is left'
}

# Whoever looks a name up takes its first line, as is done here; somebody did not mean that.
# Arguments: TEXT KIND NAME FILE
_tell_twice() {
    case $1 in
    *"$nl$3:"*"$nl$3:"*) ;;
    *) return 0 ;;
    esac
    case $told_twice in
    *" $2:$3 "*) return 0 ;;
    esac
    told_twice="$told_twice$2:$3 "
    _note "$2 $3 stands more than once in /etc/$4; its first line counts"
}

# Arguments: N NAME GID SYSTEM
_settle_group() {
    _entry "$group_text" "$2"
    if [ -n "$line" ]; then
        _tell_twice "$group_text" group "$2" group
        _number_in_line || _object 3 "group $2 has no number in /etc/group"
        [ "$3" = - ] || [ "$id" = "$3" ] || _note "group $2 keeps its id $id"
        _shadow_group "$2"
        return 0
    fi
    id=$3
    if [ "$id" = - ]; then
        _free_id "$4"
    else
        case $used in
        *" $id "*)
            _object 3 "group id $id, wanted by $2, belongs to another group"
            return 0 ;;
        esac
    fi
    used="$used$id "
    _replace_entry "$group_text" '' "$2:x:$id:"
    group_text=$text
    made_accounts=${made_accounts}group$tab$2${tab}made$nl
    _shadow_group "$2"
    _announce "group $2 ($id)"
}

# An entry that is missing is added to old accounts too: a run may have died in between.
_shadow_group() {
    _entry "$gshadow_text" "$1"
    [ -z "$line" ] || return 0
    _replace_entry "$gshadow_text" '' "$1:!::"
    gshadow_text=$text
}

_shadow_user() {
    _entry "$shadow_text" "$1"
    [ -z "$line" ] || return 0
    # what a run that died had no time for, too: the initial password is set with this entry
    fresh=yes
    lockword='*'
    [ "$2" = false ] || lockword='!'
    _replace_entry "$shadow_text" '' "$1:$lockword:$day::::::"
    shadow_text=$text
}

# Arguments: N NAME UID GROUP SYSTEM HOME SHELL COMMENT PASSWORD WHEN; the last two, number
# of a secret and `always` or `once`, only where there is a password
_settle_user() {
    _entry "$group_text" "$4"
    if [ -z "$line" ]; then
        _refuse_name "user $2: its group $4 is neither declared nor in the root"
        return 0
    fi
    _number_in_line || {
        _object 3 "group $4, wanted for user $2, has no number in /etc/group"
        return 0
    }
    gid=$id
    _entry "$passwd_text" "$2"
    fresh=no
    if [ -n "$line" ]; then
        _tell_twice "$passwd_text" user "$2" passwd
        _unlock_user "$2"
        _update_user "$@"
    else
        _new_user "$@"
    fi
    case ${10-}:$fresh in
    always:* | once:yes) _settle_password "$2" "$9" ;;
    esac
}

# The id of an existing user stays; an empty field in the configuration keeps what is there.
_update_user() {
    _entry "$shadow_text" "$2"
    hidden=$line
    case $hidden in
    "$2:!"*:*:*:*:*:*:1:*) _note "user $2 is locked, not by this script; \`usermod -U -e '' $2\` opens it" ;;
    esac
    _entry "$passwd_text" "$2"
    open=$line
    _number_in_line || {
        _object 3 "user $2 has no number in /etc/passwd"
        return 0
    }
    rest=${line#*:*:}
    [ "$3" = - ] || [ "$id" = "$3" ] || _note "user $2 keeps its id $id"
    password=${line#*:}
    rest=${rest#*:}
    differs=
    _prefer_field group "$gid" "${rest%%:*}"
    rest=${rest#*:}
    _prefer_field comment "$8" "${rest%%:*}"
    comment=$field
    rest=${rest#*:}
    _prefer_field home "$6" "${rest%%:*}"
    home=$field
    _prefer_field shell "$7" "${rest#*:}"
    shell=$field
    new=$2:${password%%:*}:$id:$gid:$comment:$home:$shell
    case $hidden:$new in
    ":$2:x:"*) _shadow_user "$2" "$5" ;;
    esac
    [ "$new" != "$open" ] || return 0
    _replace_entry "$passwd_text" "$open" "$new"
    passwd_text=$text
    _announce "user $2 (${differs:-form of its line})"
}

# Sets field, and adds its name to differs where something else is wanted than there is.
# Arguments: NAME WANTED THERE
_prefer_field() {
    field=${2:-$3}
    [ "$field" = "$3" ] || differs=$differs${differs:+, }$1
}

_new_user() {
    id=$3
    if [ "$id" = - ]; then
        case $used in
        *" $gid "*) _free_id "$5" ;;
        *)
            if [ "$4" = "$2" ] && _in_range "$gid" "$5"; then id=$gid; else _free_id "$5"; fi ;;
        esac
    else
        case $used in
        *" $id "*)
            _object 3 "user id $id, wanted by $2, belongs to another user"
            return 0 ;;
        esac
    fi
    used="$used$id "
    _replace_entry "$passwd_text" '' "$2:x:$id:$gid:$8:${6:-/nonexistent}:${7:-/usr/sbin/nologin}"
    passwd_text=$text
    made_accounts=${made_accounts}user$tab$2${tab}made$nl
    _shadow_user "$2" "$5"
    _announce "user $2 ($id)"
}

_in_range() {
    if [ "$2" = true ]; then
        [ "$1" -ge 100 ] && [ "$1" -le 999 ]
    else
        [ "$1" -ge 1000 ] && [ "$1" -le 59999 ]
    fi
}

# Arguments: N GROUP USER; those of one group follow each other, and its entries are replaced once.
_settle_member() {
    [ "$2" = "$open_group" ] || {
        _close_group
        _open_group "$2"
        _tell_twice "$group_text" group "$2" group
    }
    if [ -z "$group_line" ]; then
        _refuse_name "group $2, wanted for $3, is neither declared nor in the root"
        return 0
    fi
    _entry "$passwd_text" "$3"
    [ -n "$line" ] || _refuse_name "user $3, member of $2, is neither declared nor in the root"
    line=$group_line
    _find_members
    case ,$members, in
    *,"$3",*) ;;
    *)
        _join "$3"
        group_line=$line
        added_members=$added_members$2$tab$3$nl
        _announce "member $3 of group $2" ;;
    esac
    [ -n "$gshadow_line" ] || return 0
    line=$gshadow_line
    _find_members
    case ,$members, in
    *,"$3",*) ;;
    *)
        _join "$3"
        gshadow_line=$line ;;
    esac
}

# Sets group_line and gshadow_line to the entries of a group, empty where there is none.
_open_group() {
    open_group=$1
    _entry "$gshadow_text" "$1"
    gshadow_line=$line gshadow_before=$line
    _entry "$group_text" "$1"
    group_line=$line group_before=$line
}

_close_group() {
    [ "$group_line" = "$group_before" ] || {
        _replace_entry "$group_text" "$group_before" "$group_line"
        group_text=$text
    }
    [ "$gshadow_line" = "$gshadow_before" ] || {
        _replace_entry "$gshadow_text" "$gshadow_before" "$gshadow_line"
        gshadow_text=$text
    }
    open_group='' group_line='' group_before='' gshadow_line='' gshadow_before=''
}

# Sets members to the last field of line; `##*:` takes the square of its length in some shells.
_find_members() {
    members=$line
    while :; do
        case $members in
        *:*) members=${members#*:} ;;
        *) return 0 ;;
        esac
    done
}

# Adds a member to line.
_join() {
    case $line in
    *:) line=$line$1 ;;
    *) line=$line,$1 ;;
    esac
}

# Memberships that an earlier configuration added and this one does not want.
_drop_members() {
    IFS=$nl
    for record in $account_memory; do
        IFS=$blanks
        case $record in
        "member$tab"*) _drop_member "${record#*"$tab"}" ;;
        esac
    done
    IFS=$blanks
    _close_group
}

_drop_member() {
    case $wanted_members in
    *"$nl$1$nl"*) return 0 ;;
    esac
    group=${1%%"$tab"*}
    user=${1#*"$tab"}
    [ "$group" = "$open_group" ] || {
        _close_group
        _open_group "$group"
    }
    line=$group_line
    _strike_member "$user"
    [ "$group_line" = "$line" ] || _announce "member $user of group $group taken out"
    group_line=$line
    line=$gshadow_line
    _strike_member "$user"
    gshadow_line=$line
}

# Takes a member out of line.
_strike_member() {
    _find_members
    case ,$members, in
    *,"$1",*) ;;
    *) return 0 ;;
    esac
    rest=
    IFS=,
    for each in $members; do
        [ "$each" = "$1" ] || rest=$rest${rest:+,}$each
    done
    IFS=$blanks
    line=${line%"$members"}$rest
}

_want_member() { wanted_members=$wanted_members$2$tab$3$nl; }

# Works out all four texts; nothing is written here.
_settle_accounts() {
    wanted_users=$nl wanted_groups=$nl wanted_members=$nl
    accounts_changed=no
    [ "$accounts" = yes ] || return 0
    _each _want _table_users
    _each _want _table_groups
    _each _want _table_members
    _used_ids "$group_text"
    _each _settle _table_groups
    _used_ids "$passwd_text"
    _each _settle _table_users
    open_group='' group_line='' group_before='' gshadow_line='' gshadow_before=''
    _drop_members
    _part_with_unwanted
    _each _settle _table_members
    _close_group
    [ "$before_group$before_gshadow$before_passwd$before_shadow" = \
        "$group_text$gshadow_text$passwd_text$shadow_text" ] && return 0
    accounts_changed=yes
    [ "$pending" -gt 0 ] || _announce 'complete the account databases'
    [ -z "$unkept" ] ||
        _object 3 "this shell cannot hold all bytes of$unkept; use another, or take out what is no text"
    case $group_text$gshadow_text$passwd_text$shadow_text in
    *"$cr"*) _object 3 'a line of the account databases ends with a carriage return' ;;
    esac
}

_print_accounts_memory() {
    _each _memory _table_users
    _each _memory _table_groups
    _each _memory _table_members
    [ -z "$departed" ] || printf %s "$departed" | sort
}
_memory_user() {
    if _is_made user "$2"; then how=made; else how=found; fi
    printf 'user\t%s\t%s\n' "$2" "$how"
    [ "$1" != purge ] || printf 'purge\t%s\n' "$2"
}
_memory_group() {
    if _is_made group "$2"; then how=made; else how=found; fi
    printf 'group\t%s\t%s\n' "$2" "$how"
}
_memory_member() {
    case $added_members$account_memory in
    *"$nl$2$tab$3$nl"* | *"${nl}member$tab$2$tab$3$nl"*) printf 'member\t%s\t%s\n' "$2" "$3" ;;
    esac
}

# ---- owners by name, from the databases as they will be

# Sets id for a user name or number; root is 0 in every system.
_id_in() {
    case $2 in
    root)
        id=0
        return 0 ;;
    *[!0123456789]*) ;;
    *)
        id=$2
        return 0 ;;
    esac
    _entry "$1" "$2"
    id=
    [ -n "$line" ] && _number_in_line
}

# Sets uid and gid for an owner and a group; `-` when owners are left alone.
_owner_ids() {
    [ "$1:$2" != "$known_owner" ] || return 0
    known_owner=$1:$2
    uid=-
    gid=-
    case $ownership in
    skip) return 0 ;;
    defer)
        # the names may come with the first boot, too
        uid=0
        gid=0
        return 0 ;;
    esac
    if _id_in "$passwd_text" "$1"; then uid=$id; else
        _refuse_name "user $1 is neither declared nor in the root${line:+ with a number}; give a number instead"
    fi
    if _id_in "$group_text" "$2"; then gid=$id; else
        _refuse_name "group $2 is neither declared nor in the root${line:+ with a number}; give a number instead"
    fi
}

_collect_owner() {
    _owner_ids "$2" "$3"
    owner_ids="$owner_ids $uid"
    group_ids="$group_ids $gid"
}
