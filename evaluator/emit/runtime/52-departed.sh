# ---- accounts that an earlier configuration had and this one does not
#
# What we made is locked and stays, so that its number never comes to mean somebody else; what
# was there before us only loses the memberships that we added. No home directory is touched.
#
# In memory, all tab-separated: user NAME made|found, group NAME made|found,
# locked NAME MARK EXPIRY SHELL (what locking replaced: MARK is `!` where we put that before
# the password, `-` stands for an empty field), purge NAME, left GROUP (was told once).

# Sets account_memory to all lines about accounts, those of state and of the journal.
_remember_accounts() {
    account_memory=$nl
    case $nl$old_state$nl$old_journal in
    *"${nl}user$tab"* | *"${nl}group$tab"* | *"${nl}member$tab"*) ;;
    *) return 0 ;;
    esac
    IFS=$nl
    for line in $old_state $old_journal; do
        case $line in
        "user$tab"* | "group$tab"* | "member$tab"* | "locked$tab"* | "purge$tab"* | "left$tab"*)
            account_memory=$account_memory$line$nl ;;
        esac
    done
    IFS=$blanks
    accounts=yes
}

# Whether an account of that kind was made by us, in this run or before.
_is_made() {
    case $account_memory$made_accounts in
    *"$nl$1$tab$2${tab}made$nl"*) return 0 ;;
    esac
    return 1
}

_want_user() { wanted_users=$wanted_users$2$nl; }
_want_group() { wanted_groups=$wanted_groups$2$nl; }

# Calls a function for every account of a kind that is in memory and not in a list.
# Arguments: KIND WANTED FUNCTION
_each_departed() {
    seen=$2
    IFS=$nl
    for record in $account_memory; do
        IFS=$blanks
        case $record in
        "$1$tab"*) ;;
        *) continue ;;
        esac
        account=${record#*"$tab"}
        account=${account%%"$tab"*}
        case $seen in
        *"$nl$account$nl"*) continue ;;
        esac
        seen=$seen$account$nl
        "$3" "$account"
    done
    IFS=$blanks
}

# Sets torn to whether a run died while it wrote the databases: then what it was making lacks
# its entry in the one that is written later, and was never used by anything.
_find_torn() {
    torn=no
    [ -n "$old_journal" ] || return 0
    IFS=$nl
    for record in $account_memory; do
        IFS=$blanks
        account=${record#*"$tab"}
        account=${account%"${tab}made"}
        case $nl$old_state$nl:$record in
        *"$nl$record$nl"*:*) ;;
        *:"user$tab"*"${tab}made")
            _entry "$before_shadow" "$account"
            [ -n "$line" ] || torn=yes ;;
        *:"group$tab"*"${tab}made")
            _entry "$before_gshadow" "$account"
            if [ "$had_gshadow" = no ] || [ -z "$line" ]; then torn=yes; fi ;;
        esac
    done
    IFS=$blanks
}

# Whether an account is in the journal of such a run alone. Arguments: KIND NAME
_is_torn() {
    [ "$torn" = yes ] || return 1
    case $nl$old_state$nl in
    *"$nl$1$tab$2$tab"*) return 1 ;;
    esac
}

# Sets departed to the lines that memory keeps. With empty tables it is all that we made.
_part_with_unwanted() {
    departed=
    _find_torn
    _each_departed user "$wanted_users" _part_with_user
    _each_departed group "$wanted_groups" _part_with_group
}

_part_with_user() {
    _entry "$passwd_text" "$1"
    if [ -z "$line" ]; then
        _finish_purge "$1"
        return 0
    fi
    home=${line%:*}
    home=${home##*:}
    if ! _is_made user "$1"; then
        _note "user $1 is not wanted any more; the account was there before and stays as it is"
        return 0
    fi
    case " $foreign_users " in
    *" $1 "*)
        _unlock_user "$1"
        _note "user $1 is left to others from now on"
        return 0 ;;
    esac
    if _is_torn user "$1"; then
        _purge_user "$1" 'which a run that died was about to make'
        return 0
    fi
    case $account_memory in
    *"${nl}purge$tab$1$nl"*) _purge_user "$1" "as its purge asked for; $home stays" ;;
    *) _shut_user "$1" ;;
    esac
}

# A run that died may have deleted a user from passwd and not from shadow: whoever gets the
# name later must not get the password with it.
_finish_purge() {
    case $account_memory in
    *"${nl}purge$tab$1$nl"*) ;;
    *) return 0 ;;
    esac
    _entry "$shadow_text" "$1"
    [ -n "$line" ] && _is_made user "$1" || return 0
    _purge_user "$1" 'as its purge asked for, in shadow and groups too'
}

_part_with_group() {
    _entry "$group_text" "$1"
    [ -n "$line" ] && _is_made group "$1" || return 0
    if _is_torn group "$1"; then
        _purge_group "$1"
        return 0
    fi
    case $account_memory$nl$departed in
    *"${nl}left$tab$1$nl"* | *"${nl}user$tab$1$tab"*) ;;
    *) _note "group $1 is not wanted any more; it stays, so that nobody gets its number" ;;
    esac
    departed=${departed}group$tab$1${tab}made${nl}left$tab$1$nl
}

# ---- locking, and taking back exactly that

# Sets lock to what memory says that locking replaced, empty if we did not lock.
_recorded_lock() {
    lock=
    case $account_memory in
    *"${nl}locked$tab$1$tab"*)
        lock=${account_memory#*"${nl}locked$tab$1$tab"}
        lock=${lock%%"$nl"*} ;;
    esac
}

# Once: what is done to a locked account by hand afterwards is left alone.
_shut_user() {
    _recorded_lock "$1"
    if [ -z "$lock" ] || [ "$unfinished$again" != nono ]; then
        earlier=$passwd_text$shadow_text
        _shut_entries "$1"
        [ "$earlier" = "$passwd_text$shadow_text" ] ||
            _announce "lock user $1, which is not wanted any more"
        lock=${lock:-$mark$tab${expiry:--}$tab${shell:--}}
    fi
    departed=${departed}user$tab$1${tab}made${nl}locked$tab$1$tab$lock$nl
}

# Locks what is not locked; sets mark, expiry and shell to what was there.
_shut_entries() {
    mark=- expiry=-
    _entry "$passwd_text" "$1"
    shell=${line##*:}
    new=${line%:*}:/usr/sbin/nologin
    case $new in
    "$1:x:"* | "$1:!"*) ;;
    *)
        mark=!
        new=$1:!${new#"$1:"} ;;
    esac
    _replace_entry "$passwd_text" "$line" "$new"
    passwd_text=$text
    case $new in
    "$1:x:"*) _shut_shadow "$1" ;;
    esac
}

_shut_shadow() {
    _entry "$shadow_text" "$1"
    if [ -z "$line" ]; then
        mark=!
        _replace_entry "$shadow_text" '' "$1:!*:$day:::::1:"
        shadow_text=$text
        return 0
    fi
    rest=${line#*:}
    hash=${rest%%:*}
    case $hash in
    !*) ;;
    *)
        mark=!
        hash=!$hash ;;
    esac
    _behind_hash
    case $rest in
    :*:*:*:*:*:*:*:*) ;;
    :*:*:*:*:*:*:*)
        flag=${rest##*:}
        rest=${rest%:*}
        expiry=${rest##*:}
        rest=${rest%:*}:1:$flag ;;
    esac
    _replace_entry "$shadow_text" "$line" "$1:$hash$rest"
    shadow_text=$text
}

# Sets rest, an entry of shadow from the password on, to what follows that: seven fields, each
# with a colon before it, in an entry that is whole.
_behind_hash() {
    case $rest in
    *:*) rest=:${rest#*:} ;;
    *) rest= ;;
    esac
}

# Takes back of our lock what is still as we put it; fields of the configuration come later.
_unlock_user() {
    _recorded_lock "$1"
    [ -n "$lock" ] || return 0
    mark=${lock%%"$tab"*}
    lock=${lock#*"$tab"}
    expiry=${lock%%"$tab"*}
    shell=${lock#*"$tab"}
    [ "$expiry" != - ] || expiry=
    [ "$shell" != - ] || shell=
    _entry "$passwd_text" "$1"
    new=$line
    case $new in
    *:/usr/sbin/nologin) new=${new%:*}:$shell ;;
    esac
    case $mark$new in
    "!$1:!"*) new=$1:${new#"$1:!"} ;;
    esac
    _replace_entry "$passwd_text" "$line" "$new"
    passwd_text=$text
    _unlock_shadow "$1"
    _announce "unlock user $1"
}

_unlock_shadow() {
    _entry "$shadow_text" "$1"
    [ -n "$line" ] || return 0
    rest=${line#*:}
    hash=${rest%%:*}
    [ "$mark" != ! ] || hash=${hash#!}
    _behind_hash
    case $rest in
    :*:*:*:*:*:*:*:*) ;;
    :*:*:*:*:*:1:*)
        flag=${rest##*:}
        rest=${rest%:1:*}:$expiry:$flag ;;
    esac
    _replace_entry "$shadow_text" "$line" "$1:$hash$rest"
    shadow_text=$text
}

# ---- purging: only what we made, and only where the configuration said so beforehand

# Arguments: NAME REASON
_purge_user() {
    _drop_entry "$passwd_text" "$1"
    passwd_text=$text
    _drop_entry "$shadow_text" "$1"
    shadow_text=$text
    _leave_all_groups "$group_text" "$1"
    group_text=$left_text
    _leave_all_groups "$gshadow_text" "$1"
    gshadow_text=$left_text
    _announce "delete user $1, $2"
    _purge_group "$1"
}

# The group of its own that a purged user had, if it is ours and nobody else is or will be in it.
_purge_group() {
    case $wanted_groups in
    *"$nl$1$nl"*) return 0 ;;
    esac
    _is_made group "$1" || return 0
    _entry "$group_text" "$1"
    case $line in
    *:) ;;
    *) return 0 ;;
    esac
    gid=${line#*:*:}
    ! _is_primary "${gid%:}" || return 0
    _drop_entry "$group_text" "$1"
    group_text=$text
    _drop_entry "$gshadow_text" "$1"
    gshadow_text=$text
    _announce "delete group $1"
}

_is_primary() {
    primary=1
    IFS=$nl
    for line in $passwd_text; do
        rest=${line#*:*:*:}
        [ "${rest%%:*}" != "$1" ] || primary=0
    done
    IFS=$blanks
    return "$primary"
}

# Sets text to $1 without the entry of the name $2.
_drop_entry() {
    text=$1
    _entry "$1" "$2"
    [ -z "$line" ] || _swap_line "$1" "$line" ''
}

# Sets left_text to $1, a database of groups, without the user $2 in any list of members.
_leave_all_groups() {
    left_text=$1
    IFS=$nl
    for entry in $1; do
        case $entry, in
        *[:,]"$2",*)
            IFS=$blanks
            line=$entry
            _strike_member "$2"
            [ "$line" = "$entry" ] || {
                _replace_entry "$left_text" "$entry" "$line"
                left_text=$text
            } ;;
        esac
    done
    IFS=$blanks
}
