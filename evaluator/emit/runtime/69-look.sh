# ---- the look as a whole, and every refusal that comes of it

_decide_everything() {
    _find_mounts
    [ "$action" != uninstall ] || _want_nothing
    _settle_ownership
    _find_policy
    _check_packages
    _read_kept
    _remember_accounts
    _read_databases
    _read_secrets
    _settle_accounts
    _compare_with_memory
    _each _collect _table_owners
    _check_owner_rights
    _each _decide _table_dirs
    _decide_all_stale
    _survey_all
    _each _decide _table_files
    if [ "$aliases$linked_places" != "$nl$nl" ]; then
        _each _alias _table_dirs
        _each _alias _table_files
    fi
    _decide_held_directories
    if [ "$accounts_changed" = yes ]; then
        _check_database_mounts
        _resolve /etc
        _will_stage_in "$at${missing:+/$missing}"
    fi
    _decide_all_units
    _tell_unknown_units
    _find_units_back
    _find_changed
    _each _decide _table_snippets
    _decide_services
    [ "$unfinished" = no ] || _announce 'finish an interrupted run'
    if [ "$action" = uninstall ]; then
        _decide_to_forget
    elif [ "$pending" -eq 0 ]; then
        new_state=$(_print_state)
        if [ "$new_state" != "$old_state" ] || _is_new_generation; then record_only=yes; fi
    fi
    if [ "$pending" -gt 0 ] || [ "$record_only:$mode" = yes:apply ]; then
        _resolve /var/lib/vcfg
        _must_write
        _find_new_places
        _check_room
    fi
    [ "$refusal" = 0 ] || _refuse
}

# Who only looks is told what would change, too.
_refuse() {
    [ "$mode" != apply ] || _end "$refusal" "$nothing_else"
    _tell_plan
    _end "$refusal" 'a run would be refused, and would change nothing'
}
