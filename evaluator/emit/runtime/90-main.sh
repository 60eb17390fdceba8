# ---- main

# Calls VISIT_file, VISIT_dir, ... for every row of a table.
_each() {
    visit=$1
    "$2"
}
_file() { "${visit}_file" "$@"; }
_link() { "${visit}_link" "$@"; }
_dir() { "${visit}_dir" "$@"; }
_parent() { "${visit}_parent" "$@"; }
_home() { "${visit}_home" "$@"; }
# The rows of a folder are a table of their own, for visits that have to come to them.
_folder() { if "${visit}_folder" "$@"; then "_rows_$2"; fi; }
_group() { "${visit}_group" "$@"; }
_user() { "${visit}_user" "$@"; }
_member() { "${visit}_member" "$@"; }
_owner() { "${visit}_owner" "$@"; }
_unit() { "${visit}_unit" "$@"; }
_service() { "${visit}_service" "$@"; }
_snippet() { "${visit}_snippet" "$@"; }
_secret() { "${visit}_secret" "$@"; }
_asker() { "${visit}_asker" "$@"; }
_sealed() { "${visit}_sealed" "$@"; }

_defaults() {
    umask 077
    set -f
    unset CDPATH ENV BASH_ENV
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
    LC_ALL=C
    # yash decodes what it reads; bytes beyond ASCII only survive there in UTF-8
    [ -z "${YASH_VERSION-}" ] || LC_ALL=C.UTF-8
    export PATH LC_ALL
    nl='
'
    tab=$(printf '\t')
    cr=$(printf '\r')
    blanks=" $tab$nl"
    IFS=$blanks
    target='' given_root='' mode=apply action=apply shown='' adopt='' ownership=auto
    drift=restore stale_drift='' generation='' started_in=$PWD
    report='' reporting=no log='' unlogged='' last_words='' verbose=no
    packages=check services=auto allowed='' flush=auto lock_wait=0
    rename=no force_inside=no quiet=no unpacked=no
    reasons='' plan='' plan_page=''
    refusal=0 pending=0 differing=0 stale=0 failures=0
    unfinished=no record_only=no started=no locked=no held=no unit_tool=unknown journaled=no
    staged='' disks=$nl stage_plan='' handing='' retyped='' vacated='' objected=''
    changed='' kept='' memory=''
    old_state='' old_journal='' owner_ids='' group_ids='' known_owner=''
    # set through eval by row number elsewhere
    act='' was='' disk='' look='' made='' finished='' keep='' other='' other_was='' rows_there=''
    secret_folder=${VCFG_SECRETS-} credentials=${CREDENTIALS_DIRECTORY-}
    case $secret_folder in
    '' | /*) ;;
    *) secret_folder=$PWD/$secret_folder ;;
    esac
    epoch=${SOURCE_DATE_EPOCH-}
    case $epoch in
    # what is no time, or none that a number of every shell can hold
    *[!0123456789]* | 0?* | ????????????*) epoch= ;;
    esac
    debts='' edited='' trouble=no moving='' all_moving='' stale_rows='' page=-1
    confirm='' confirming=/run/vcfg armed=no in_unit=no echoes=no
    busy=no fresh=no empty_memory=yes leaving=$nl aliases=$nl renamed=$nl
    linked_places=$nl made_here=$nl made_elsewhere='' called_otherwise=no former=''
    queried='' queried_rows='' queried_count=0 former_units=''
    settled=no sifted=yes new_copies='' any_left=no any_owed=no any_taken=no wanted_files=''
    any_found=no found_kind=found new_places='' units_back='' turning='' unknown_units=''
    before='' met='' back='' unsure=no
    policy=none left_policy=no awaiting=no nothing_else='nothing was changed'
    giving='' deferring=no deferred_owners=/usr/lib/tmpfiles.d/vcfg-ownership.conf
    account_memory=$nl made_accounts=$nl added_members=$nl departed='' again=no lock_files='' told_twice=' '
    _facts
    _literals
}

# A word beyond ASCII comes with a final `.`: lost when the shell cannot decode what precedes
# it, which is a reason to stop before anything else.
_hold() {
    # shellcheck disable=SC2034 # read by _literals
    case $1 in
    *.) word=${1%.} ;;
    *) _end 69 "this shell cannot hold $2; use another, or a UTF-8 locale" ;;
    esac
}

# Every stream exists, so that no file of ours gets number 0, 1 or 2.
_streams() {
    exec </dev/null
    (: >&1) 2>/dev/null || exec >/dev/null
    (: >&2) 2>/dev/null || exec 2>/dev/null
    trap '' PIPE
}

_leave_run() {
    code=$?
    trap - EXIT
    trap '' HUP INT TERM
    _drop_lock_files
    [ "$armed" = yes ] || _finish_report "$code"
    [ "$started" = no ] || _drop_stages "$staged"
    _allow_services
    [ "$held" = no ] || rm -f -- "$root$memory/lock"
    _go_back
    _finish_report "$code"
    exit "$code"
}

_interrupted() {
    [ "$started" = yes ] || _end "$1" 'interrupted; nothing was changed'
    _end "$1" 'interrupted; run again to finish'
}

# ---- without a target

_list_folder() { :; }
_list_file() {
    case $7 in
    absent) _say "absent  ${2%/}/$3" ;;
    *) _say "file    ${2%/}/$3  $4 $5:$6 $7" ;;
    esac
}
_list_link() { _say "link    ${2%/}/$3 -> $4"; }
_list_dir() { _say "dir     $2  $3 $4:$5"; }
_list_parent() { :; }
_list_home() { _say "home    $2  $3"; }
_list_group() { _say "group   $2"; }
_list_user() { _say "user    $2"; }
_list_unit() { _say "unit    $2  $3"; }
_list_secret() { _say "secret  $2  (asked for by $3)"; }
_list_snippet() { _say "snippet $2  $3${7:+ ($7)}"; }

_list_all() {
    _each _list _table_groups
    _each _list _table_users
    _each _list _table_dirs
    _each _list _table_files
    _each _list _table_units
    _each _list _table_snippets
    _each _list _table_secrets
    for package in $package_list; do
        _say "package $package"
    done
}

_show_folder() { :; }
_show_file() {
    [ "${2%/}/$3" = "$shown" ] || return 0
    found=$1
    linked=
    sealed=$9
    [ "$7" != absent ] || linked='(must not exist)'
}
_show_link() {
    [ "${2%/}/$3" = "$shown" ] || return 0
    found=$1
    linked=$4
}
_tell_origins() {
    IFS=$nl
    for line in $(_print_origins); do
        case $line in
        "$found "*) _note "$shown: asked for by ${line#* }" ;;
        esac
    done
    IFS=$blanks
}

_show() {
    found=
    _each _show _table_files
    [ -n "$found" ] || _end 3 "$shown is no file or link of this configuration"
    _tell_origins
    if [ -n "$linked" ]; then
        _say "$linked"
    elif [ "$sealed" = secret ]; then
        "_outline_$found"
    else
        "_content_${found%?}" "$found"
    fi
}

_changes() { if [ "$1" -eq 1 ]; then printf '1 change'; else printf '%s changes' "$1"; fi; }

main() {
    _defaults
    _arguments "$@"
    [ "$ownership" != defer ] || deferring=yes
    _modes
    case $mode in
    help)
        _help
        return 0 ;;
    version)
        _say "vcfg $version, host ${host:-(none)}, input $input"
        return 0 ;;
    list)
        _list_all
        return 0 ;;
    show)
        _show
        return 0 ;;
    esac
    _streams
    trap _leave_run EXIT
    _open_report
    _start_report
    _find_root
    _check_tools
    trap '_interrupted 129' HUP
    trap '_interrupted 130' INT
    trap '_interrupted 143' TERM
    if [ "$mode" = confirm-now ]; then
        _confirm_now
        return
    fi
    _lock
    _see_confirming
    case $mode in
    verify)
        _verify_everything
        code=$?
        [ "$went_back" = no ] || return 7
        return "$code" ;;
    generations)
        _list_generations
        return 0 ;;
    esac
    [ "$action" != rollback ] || _roll_back "$@"
    _find_script
    # what it may refuse is refused before a package is installed
    _recall
    [ "$action" != apply ] || _install_packages
    _decide_everything
    if [ "$mode" != apply ]; then
        _tell_plan
        [ "$mode" != diff ] || _show_differences
        total=$((differing + pending))
        if [ "$total" -eq 0 ]; then
            _say 'nothing to do'
            return 0
        fi
        _find_way_back
        case $pending in
        0) _say 'nothing pending; what was edited is left as it is (--drift=keep)' ;;
        *) _say "$(_changes "$total") pending" ;;
        esac
        return 2
    fi
    if [ "$pending" -eq 0 ] && [ "$record_only" = no ]; then
        _tell_plan
        _say 'nothing to do'
        return 0
    fi
    _find_way_back
    _move_to_unit "$@"
    echoes=no
    _await_lock_files
    _arm
    _tell_plan
    _apply
    case $pending in
    0) _say 'nothing to change; recorded what is wanted now' ;;
    *) _say "done: $(_changes "$pending")" ;;
    esac
    _forget_outcome
    _ask_to_confirm
}
