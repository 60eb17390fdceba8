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
        *) forgetting=yes ;;
        esac
    done
    set -f
    case $forgetting:$empty:$kept in
    yes:* | *:yes:* | *:) _announce "forget what is recorded in $memory" ;;
    esac
}

# The state goes last: a run that dies on the way is finished by the next.
_forget_everything() {
    _enter "$memory" || _fail 'the state directory went away'
    rm -rf ./generations ./log ./log.old || _fail "cannot empty $memory"
    _forget_copies
    rm -f ./state ./lock || _fail "cannot empty $memory"
    held=no
    if [ -n "$kept" ]; then
        _note "copies of what was edited stay in $root$memory/backup; $root$memory/backup.index says whose they are"
        return 0
    fi
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
        eval "path=\$stale_path_$k act=\${stale_act_$k-}"
        [ "$act" != hold ] || [ ! -d "$root$path" ] || _note "not empty, stays: directory $path"
    done
}
