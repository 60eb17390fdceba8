# ---- writing the databases, alone: group before gshadow before passwd before shadow, so that
# all names resolve
#
# useradd, passwd, vipw and their like each hold /etc/passwd.lock and so on while they work: a hard
# link to a file with their process id in it. We do the same, while files are replaced and not
# longer. systemd-sysusers and PAM know other locks, which no shell can take; so each database
# is looked at again right before it is replaced, and all is worked out anew if one has changed.

# Sets holder to who holds a lock file; empty if nobody does, or a process that is no more.
# Those of a run that died are known by its journal, whoever has its process id by now; they
# hold the bare number, where others end it with a NUL byte.
_find_holder() {
    holder=
    [ -e "./$1" ] || [ -L "./$1" ] || return 0
    [ -L "./$1" ] || [ ! -f "./$1" ] || IFS=' ' read -r holder <"./$1" 2>/dev/null || :
    case $holder:$nl$old_journal in
    # the power took what a run of ours had not flushed
    :*"${nl}lock$tab"*) [ -s "./$1" ] || [ -L "./$1" ] || return 0 ;;
    esac
    case $holder in
    '' | *[!0123456789]* | ???????????*)
        holder="someone unknown (remove it if nobody works on accounts)"
        return 0 ;;
    esac
    case $nl$old_journal$nl in
    *"${nl}lock$tab$holder$nl"*)
        [ "$(stat -c %s -- "./$1")" != "${#holder}" ] || holder= ;;
    esac
    [ -n "$holder" ] || return 0
    if kill -0 "$holder" 2>/dev/null || [ -d "/proc/$holder" ]; then
        holder="process $holder"
    else
        holder=
    fi
}

# Before the first write: waits a little while somebody holds one of the four.
_await_lock_files() {
    [ "$accounts_changed" = yes ] || return 0
    _resolve /etc
    [ -z "$missing" ] && _enter "$at" || return 0
    patience=5
    [ "$lock_wait" -le "$patience" ] || patience=$lock_wait
    for base in passwd shadow group gshadow; do
        _find_holder "$base.lock"
        while [ -n "$holder" ]; do
            [ "$patience" -gt 0 ] ||
                _end 75 "nothing was changed: /etc/$base.lock is held by $holder"
            patience=$((patience - 1))
            sleep 1 2>/dev/null || patience=0
            _find_holder "$base.lock"
        done
    done
}

# In /etc, with our number in the staging directory. All four or none.
_grab_lock_files() {
    for base in passwd shadow group gshadow; do
        tries=0
        until _grab_one_lock "$base.lock"; do
            [ "$tries" -lt 15 ] || _fail "/etc/$base.lock is held by $holder"
            tries=$((tries + 1))
            sleep 1 2>/dev/null || tries=15
        done
    done
    rm -f ./.vcfg-stage/pid
}

_grab_one_lock() {
    _find_holder "$1"
    [ -z "$holder" ] || return 1
    # of a process that is no more
    [ ! -e "./$1" ] || rm -f -- "./$1"
    # listed first, as a signal may come in between; only what holds our number is removed
    lock_files="$lock_files $1"
    ln -- ./.vcfg-stage/pid "./$1" 2>/dev/null && return 0
    # on file systems without hard links
    [ ! -e "./$1" ] && (set -C && printf %s "$$" >"./$1") 2>/dev/null && return 0
    holder='a process that was faster'
    return 1
}

_drop_lock_files() {
    [ -n "$lock_files" ] || return 0
    _resolve /etc
    _enter "$at" || return 0
    for base in $lock_files; do
        _is_locked_by "$base" "$$" && rm -f -- "./$base"
    done
    lock_files=
}

# Those that a run that died left behind.
_drop_old_lock_files() {
    case $old_journal in
    *"${nl}lock$tab"*) ;;
    *) return 0 ;;
    esac
    _resolve /etc
    [ -z "$missing" ] && _enter "$at" || return 0
    for base in passwd.lock shadow.lock group.lock gshadow.lock; do
        _find_holder "$base"
        [ -n "$holder" ] || rm -f -- "./$base"
    done
}

_is_locked_by() {
    [ ! -L "./$1" ] && [ -f "./$1" ] || return 1
    IFS=' ' read -r holder <"./$1" 2>/dev/null || :
    [ "$holder" = "$2" ]
}

# ---- replacing them

_write_accounts() {
    [ "$accounts_changed" = yes ] || return 0
    _go_to_accounts
    _open_stage
    passes=0
    until _replace_databases; do
        [ "$passes" -lt 5 ] || _fail 'the account databases keep changing'
        passes=$((passes + 1))
        _settle_again
    done
    _drop_lock_files
    _empty_stage
    _close_stages
}

_empty_stage() {
    for base in group gshadow passwd shadow; do
        rm -f "./.vcfg-stage/$base" "./.vcfg-stage/$base-"
    done
}

_go_to_accounts() {
    _resolve /etc
    [ -z "$missing" ] || _make_missing || _fail 'cannot make /etc'
    _enter "$at" || _fail 'cannot enter /etc'
}

# Fails, with what is done so far in place, when somebody has changed one since we read it.
_replace_databases() {
    [ "$accounts_changed" = yes ] || return 0
    _empty_stage
    _stage_database group "$before_group" "$group_text" "$had_group" 644 root
    _stage_database gshadow "$before_gshadow" "$gshadow_text" "$had_gshadow" 640 shadow
    _stage_database passwd "$before_passwd" "$passwd_text" "$had_passwd" 644 root
    _stage_database shadow "$before_shadow" "$shadow_text" "$had_shadow" 640 shadow
    # flushed, too: nobody would take away a lock file that the power left empty
    [ -n "$lock_files" ] || printf %s "$$" >./.vcfg-stage/pid ||
        _fail 'cannot lock the account databases'
    _flush
    # useradd and its like do not wait for us: they are kept out for four renames only, unless
    # somebody gets in between, and all is done again behind the lock
    [ -n "$lock_files" ] || _grab_lock_files
    for base in group gshadow passwd shadow; do
        _has_moved "$base" && return 1
    done
    for base in group gshadow passwd shadow; do
        [ -f "./.vcfg-stage/$base" ] || continue
        [ ! -f "./.vcfg-stage/$base-" ] || mv -f -- "./.vcfg-stage/$base-" ./ ||
            _fail "cannot write /etc/$base-"
        _has_moved "$base" && return 1
        mv -f -- "./.vcfg-stage/$base" ./ || _fail "cannot write /etc/$base"
    done
}

# Whether a database is not what was read, by its size, time and hash.
_has_moved() {
    _mark_database "$1"
    eval "[ \"\$mark\" != \"\$mark_$1\" ]"
}

# Sets mark to what tells one version of a database from another; the time is there for those
# who write the same again.
_mark_database() {
    mark=-
    [ -e "./$1" ] || return 0
    mark=$(stat -c '%s %y' -- "./$1" && sha256sum <"./$1") || mark=unknown
}

# Arguments: NAME OLD-TEXT NEW-TEXT WAS-THERE MODE-OF-A-NEW-ONE GROUP-OF-A-NEW-ONE
_stage_database() {
    [ "$2" != "$3" ] || [ "$4" = no ] || return 0
    facts="$5 0:0"
    if [ "$4" = yes ]; then
        facts=$(stat -c '%a %u:%g' -- "./$1") || _fail "cannot look at /etc/$1"
        cat <"./$1" >"./.vcfg-stage/$1-" || _fail "cannot stage /etc/$1-"
    elif [ "$6" = shadow ] && _id_in "$group_text" shadow; then
        facts="$5 0:$id"
    fi
    text=${3#"$nl"}
    printf %s "$text" >"./.vcfg-stage/$1" || _fail "cannot stage /etc/$1"
    for copy in "$1" "$1-"; do
        [ -f "./.vcfg-stage/$copy" ] || continue
        _give_to "${facts#* }" "./.vcfg-stage/$copy" ||
            _fail "cannot set the owner of /etc/$copy"
        chmod "${facts%% *}" -- "./.vcfg-stage/$copy" || _fail "cannot set the mode of /etc/$copy"
    done
}

# Works the accounts out anew after somebody else has changed them. What comes out has to be
# what the rest of this run was decided for.
_settle_again() {
    planned="$owner_ids,$group_ids,$pending,$quiet"
    quiet=yes
    again=yes
    account_memory=$account_memory$departed
    _read_databases
    _settle_accounts
    owner_ids='' group_ids='' known_owner=''
    _each _collect _table_owners
    quiet=${planned##*,}
    planned=${planned%,*}
    pending=${planned##*,}
    [ "$refusal,$owner_ids,$group_ids" = "0,${planned%,*}" ] ||
        _fail 'somebody has changed the accounts meanwhile'
    _write_memory pending journal
    _go_to_accounts
}
