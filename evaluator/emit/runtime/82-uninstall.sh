# ---- --uninstall: the configuration that wants nothing, and then no memory of it

# The tables of this configuration, and what else asks for something.
_want_nothing() {
    _table_files() { :; }
    _table_dirs() { :; }
    _table_groups() { :; }
    _table_users() { :; }
    _table_members() { :; }
    _table_owners() { :; }
    _table_units() { :; }
    _table_services() { :; }
    _table_snippets() { :; }
    _table_secrets() { :; }
    _table_askers() { :; }
    _table_sealed() { :; }
    package_list=
    secrets=no
}

# What is remembered when all is gone: accounts that we made and locked, so that a later run
# opens them again as they were.
_print_forgotten() {
    printf 'vcfg-state 1\nhost\t%s\n' "$host"
    printf %s "$departed" | sort
}

# Copies of what people wrote stay, with their index; all else in the memory is ours.
_decide_to_forget() {
    [ -n "$memory" ] && _enter "$memory" || return 0
    forgetting=no
    empty=yes
    set +f
    for entry in ./* ./.[!.]* ./..?*; do
        [ -e "$entry" ] || [ -L "$entry" ] || continue
        empty=no
        case $entry in
        ./backup | ./backup.index) ;;
        ./state)
            [ -n "$departed" ] && [ "$old_state" = "$(_print_forgotten)" ] || forgetting=yes ;;
        *) forgetting=yes ;;
        esac
    done
    set -f
    case $forgetting:$empty:$kept$departed in
    yes:* | *:yes:* | *:) _announce "forget what is recorded in $memory" ;;
    esac
}

# The state goes last: a run that dies on the way is finished by the next.
_forget_everything() {
    _enter "$memory" || _fail 'the state directory went away'
    # the number first: a run that finds it looks for the script it names
    rm -rf ./generations/current ./generations ./log ./log.old || _fail "cannot empty $memory"
    _forget_copies
    if [ -n "$departed" ]; then
        _write_memory state forgotten
    else
        rm -f ./state || _fail "cannot empty $memory"
    fi
    rm -f ./lock || _fail "cannot empty $memory"
    held=no
    [ -z "$departed" ] || _note "accounts that were made stay, locked; $root$memory/state says which"
    if [ -n "$kept" ]; then
        _note "copies of what was edited stay in $root$memory/backup, secrets in them included; $root$memory/backup.index says whose they are"
    fi
    [ -z "$kept$departed" ] || return 0
    _enter "${memory%/*}" || _fail "cannot remove $memory"
    rmdir -- "./${memory##*/}" || _fail "cannot remove $memory"
    _forget_places
}

# Copies that the index does not name, and the index when it names none.
_forget_copies() {
    if [ -z "$kept" ]; then
        rm -rf ./backup || _fail 'cannot remove the copies'
        rm -f ./backup.index || _fail 'cannot remove the copies'
        return 0
    fi
    set +f
    for entry in ./backup/*; do
        case $nl$kept in
        *"$tab${entry#./backup/}$tab"*) ;;
        *) rm -f -- "$entry" || _fail 'cannot remove a copy' ;;
        esac
    done
    set -f
}

# Directories that were made to hold the memory only, deepest first, if nothing else came.
_forget_places() {
    IFS=$nl
    for line in $(printf '%s\n' "$old_state" "$old_journal" | sort -ru); do
        case $line in
        "place$tab"*)
            line=${line#*"$tab"}
            ! _enter "${line%/*}" || rmdir -- "./${line##*/}" 2>/dev/null || : ;;
        esac
    done
    IFS=$blanks
}

# Named once all is done: what we made and leave, because somebody put something into it.
_tell_held_directories() {
    k=0
    while [ "$k" -lt "$stale" ]; do
        k=$((k + 1))
        _find_stale "$k"
        [ "$act" != hold ] || [ ! -d "$root$path" ] || _note "not empty, stays: directory $path"
    done
}
