# ---- writing: staged beside the target, owner and mode set, then one rename each

# After the first write: the journal stays, the next run finishes.
_fail() { _end 5 "incomplete: $*; run again to finish"; }

# The working directory is $root$at.
_open_stage() {
    case $nl$staged$nl in
    *"$nl${at:-/}$nl"*) return 0 ;;
    esac
    # listed first: a signal during mkdir is heard right after it
    earlier=$staged
    staged=$staged${staged:+$nl}${at:-/}
    mkdir -m 700 ./.vcfg-stage || {
        staged=$earlier
        _fail "cannot stage in ${at:-/}"
    }
}

# Enters the staging directory in $at. Where somebody else owns that place, it may be another by
# now: nothing is written into one that is not ours alone. What is done from here on is done by
# its working directory, which nobody can exchange. Sets made_as to whose it is; if that is us
# and our group, so is all that is made there.
_reach_stage() {
    _enter "$at/.vcfg-stage" || return 1
    made_as=$(stat -c %u:%g:%a .) || return 1
    case $made_as in
    "$me":*:700 | "$me":*:2700) ;;
    *) return 1 ;;
    esac
    made_as=${made_as%:*}
}

_drop_one_stage() {
    if _enter "${1%/}" && [ -d ./.vcfg-stage ] && [ ! -L ./.vcfg-stage ]; then
        rm -rf ./.vcfg-stage
    fi
}

_drop_stages() {
    IFS=$nl
    for line in $1; do
        case $line in
        "stage$tab"*) _drop_one_stage "${line#*"$tab"}" ;;
        /*) _drop_one_stage "$line" ;;
        esac
    done
    IFS=$blanks
}

_goto() {
    _resolve "$1"
    [ -z "$missing$blocked" ] || _fail "$1 is not there any more"
    _enter "$at" || _fail "cannot enter $1"
}

# ---- directories, parents first

_apply_parent() {
    eval "act=\$act_$1"
    path=$2
    case $act in
    make) ;;
    undress)
        eval "back=\$former_$1"
        _undress
        return 0 ;;
    *) return 0 ;;
    esac
    _clear_way "$2"
    _resolve "$2"
    [ -z "$blocked" ] || _fail "$blocked is in the way"
    [ -z "$missing" ] || _make_missing || _fail "cannot make $2"
}

_apply_dir() {
    eval "act=\$act_$1"
    [ -n "$act" ] || return 0
    _owner_ids "$4" "$5"
    _clear_way "$2"
    _make_one "$2" "$3" "$uid:$gid"
}

_apply_home() {
    eval "act=\$act_$1"
    [ -n "$act" ] || return 0
    _entry "$passwd_text" "$3"
    rest=${line#*:*:}
    home_uid=${rest%%:*}
    rest=${rest#*:}
    _make_home "$2" "$4" "$home_uid:${rest%%:*}"
}

# Staged like a file: nobody looks at a home again, so it appears with its owner.
# Arguments: PATH MODE OWNER
_make_home() {
    _split "$1"
    if [ -n "$dir" ]; then
        _resolve "$dir"
        [ -z "$blocked" ] || _fail "$blocked is in the way"
        [ -z "$missing" ] || _make_missing || _fail "cannot make $dir"
    fi
    _goto "${dir:-/}"
    _open_stage
    (
        _reach_stage && mkdir -m 700 -- "./$name" && _give_to "$3" "./$name" &&
            chmod -- "00$2" "./$name"
    ) || _fail "cannot make $1"
    mv -f -- "./.vcfg-stage/$name" ./ || _fail "cannot make $1"
}

# Makes a directory, 0700 for now, and what is missing above it; ends inside it.
_make_place() {
    _resolve "$1"
    [ -z "$blocked" ] || _fail "$blocked is in the way"
    case $missing in
    */*)
        last=${missing##*/}
        missing=${missing%/*}
        _make_missing || _fail "cannot make $1"
        missing=$last ;;
    esac
    if [ -n "$missing" ]; then
        _enter "$at" || _fail "cannot enter $at"
        mkdir -m 700 -- "./$missing" || _fail "cannot make $1"
        at=$at/$missing
    fi
    _enter "$at" || _fail "cannot enter $1"
}

# Arguments: PATH MODE OWNER
_make_one() {
    _make_place "$1"
    _make_look "$1" "$2" "$3"
}

# Owner and mode of the working directory. What is in it is there already, so on the way nobody
# may do what they may neither before nor after, by whichever owner and group.
# Arguments: PATH MODE OWNER
_make_look() {
    facts=$(stat -c %a .) || _fail "cannot look at $1"
    # without set-id bits: they come last, with their owner
    tight=$(printf %o "$((0$facts & 0$2 & 01777))")
    [ "$tight" = "$facts" ] || chmod -- "00$tight" . || _fail "cannot set the mode of $1"
    _give_to "$3" . || _fail "cannot set the owner of $1"
    # with five digits chmod also clears what a set-group-id parent handed down
    [ "$tight" = "${2#0}" ] || chmod -- "00$2" . || _fail "cannot set the mode of $1"
}

# A file or link of ours where a directory is to be.
_clear_way() {
    [ -n "$retyped" ] || return 0
    _split "$1"
    _resolve "${dir:-/}"
    case $nl$retyped$nl in
    *"$nl$at/$name$nl"*)
        _enter "$at" || _fail "cannot enter $at"
        [ ! -L "./$name" ] && [ -d "./$name" ] || rm -f -- "./$name" || _fail "cannot remove $1" ;;
    esac
}

# ---- files and links, a folder at a time

_save_folder() { _is_busy "$2"; }
_save_file() {
    eval "keep=\${keep_$1-} act=\${act_$1-} back=\${back_$1-} unsure=\${unsure_$1-no}"
    if [ -n "$keep" ] && [ -n "$act" ]; then
        _was "$1" x
        case $back:$was:$unsure in
        :?*:no) back=- ;;
        esac
        _goto "$2"
        _keep_copy "$3" "${2%/}/$3" "$keep" "$back"
        copies=yes
    fi
}
_save_link() { _save_file "$@"; }
# files of ours that give way to a directory
_save_dir() {
    eval "keep=\${keep_$1-} back=\${back_$1-}"
    [ -n "$keep" ] || return 0
    _split "$2"
    _goto "${dir:-/}"
    _keep_copy "$name" "$2" "$keep" "$back"
    copies=yes
}
_save_parent() { _save_dir "$@"; }
_save_home() { :; }

_save_stale() {
    k=0
    while [ "$k" -lt "$stale" ]; do
        k=$((k + 1))
        eval "keep=\${stale_keep_$k-}"
        [ -n "$keep" ] || continue
        _find_stale "$k"
        _split "$path"
        _goto "${dir:-/}"
        _keep_copy "$name" "$path" "$keep" "${back:--}"
        copies=yes
    done
}

# Writes what is new in a folder into a directory beside it, with owners and modes. new_N, N
# being the folder's first row, has a line `LOOK./NAME` for each, LOOK as in act.
_stage_folder() {
    _is_busy "$2" || return 1
    folder=$1
    new=
    looks=
    "_rows_$2"
    eval "new_$2=\$new"
    IFS=$nl
    for look in $looks; do
        IFS=$blanks
        _dress "$look"
    done
    IFS=$blanks
    return 1
}
_stage_file() {
    eval "act=\${act_$1-}"
    case $act in
    'put '*) look=${act#put } ;;
    *) return 0 ;;
    esac
    [ -n "$new" ] || _into_stage
    case $look in
    link) "_content_${1%?}" "$1" "./$3" || _fail "cannot stage the link ${2%/}/$3" ;;
    *) "_content_${1%?}" "$1" >"./$3" || _fail "cannot write ${2%/}/$3" ;;
    esac
    new=$new$nl$look./$3
    case $nl$looks$nl in
    *"$nl$look$nl"*) ;;
    *) looks=$looks$nl$look ;;
    esac
}
_stage_link() { _stage_file "$@"; }

_into_stage() {
    _goto "$folder"
    _open_stage
    _reach_stage || _fail "cannot enter the staging directory in $folder"
}

# Owner and mode for the staged entries that share a look.
_dress() {
    common=$1
    names=
    IFS=$nl
    for line in $new; do
        case $line in
        "$common./"*) names=$names$nl${line#"$common"} ;;
        esac
    done
    # shellcheck disable=SC2086 # one name per line, no globbing (set -f)
    set -- $names
    IFS=$blanks
    if [ "$common" != link ]; then
        [ "$made_as:${common% *}" = "$mine:$mine" ] ||
            _give_to "${common% *}" "$@" || _fail "cannot set owners in $folder"
        chmod -- "${common#* }" "$@" || _fail "cannot set modes in $folder"
    fi
    [ -z "$epoch" ] || touch -h -d "@$epoch" -- "$@" || _fail "cannot set times in $folder"
}

# busybox looks where a link leads before it replaces it, and fails when that goes in circles.
_move_over_loops() {
    for word; do
        if [ ! -e "$word" ] && [ ! -L "$word" ]; then
            shift
            continue
        fi
        shift
        set -- "$@" "$word"
        word=./${word##*/}
        if [ -L "$word" ] && [ ! -e "$word" ]; then rm -f -- "$word" || return 1; fi
    done
    [ "$#" -eq 0 ] || mv -f -- "$@" ./
}

_rename_folder() {
    eval "new=\${new_$2-}"
    [ -n "$new" ] || return 1
    folder=$1
    _goto "$folder"
    names=
    IFS=$nl
    for line in $new; do
        names=$names$nl./.vcfg-stage/${line#*./}
    done
    # shellcheck disable=SC2086
    set -- $names
    IFS=$blanks
    mv -f -- "$@" ./ 2>/dev/null || _move_over_loops "$@" || _fail "cannot move files into $folder"
    return 1
}

_take_folder() { _is_busy "$2"; }
_take_file() {
    [ "$7" = absent ] || return 0
    eval "act=\${act_$1-}"
    [ "$act" = take ] || return 0
    _goto "$2"
    rm -f -- "./$3" || _fail "cannot remove ${2%/}/$3"
}
_take_link() { :; }

# By their paths, many at once: in the wrong place no more than an empty directory of this name
# could go.
_close_stages() {
    cd -P -- "${root:-/}" || _fail 'cannot enter the root'
    names=
    IFS=$nl
    for line in $staged; do
        names=$names$nl.${line%/}/.vcfg-stage
        [ "${#names}" -lt 50000 ] || _remove_stages
    done
    _remove_stages
    IFS=$blanks
    staged=
}
_remove_stages() {
    # shellcheck disable=SC2086 # one path per line, no globbing (set -f)
    [ -z "$names" ] || rmdir -- $names || _fail 'cannot close the staging directories'
    names=
}

# ---- what an earlier configuration left, deepest first

# Directories that give way to a file or link: what is in them goes before the new comes.
_vacate() {
    IFS=$nl
    for place in $vacated; do
        IFS=$blanks
        _remove_all_stale "$place"
        _split "$place"
        _goto "${dir:-/}"
        if [ ! -L "./$name" ] && [ -d "./$name" ]; then
            rmdir -- "./$name" || _fail "cannot remove the directory $place"
        fi
    done
    IFS=$blanks
}

# Argument: the directory below which to remove, empty for all.
_remove_all_stale() {
    gathered=
    full=
    k=$stale
    while [ "$k" -gt 0 ]; do
        _find_stale "$k"
        case $path in
        "$1"/*) ;;
        *) act=later ;;
        esac
        [ "$act" != take ] || eval "stale_act_$k=gone"
        case $act:$kind in
        take:directory)
            _remove_gathered
            _remove_stale_directory ;;
        take:*)
            if [ -n "$back" ]; then _remove_stale_entry; else _gather_stale_entry; fi ;;
        dress:* | redress:*) _undress ;;
        esac
        k=$((k - 1))
    done
    _remove_gathered
    # what was in it is called otherwise, and came after it
    while [ -n "$full" ]; do
        # shellcheck disable=SC2086 # numbers
        set -- $full
        full=
        for k; do
            _find_stale "$k"
            eval "stale_act_$k=gone"
            _remove_stale_directory
        done
        [ "$full" != " $*" ] || return 0
    done
}

# What only goes, goes together with its neighbors.
_gather_stale_entry() {
    _split "$path"
    if [ "$dir" != "$gathered_in" ] || [ "$gathered_count" -ge 100 ]; then _remove_gathered; fi
    [ -n "$gathered" ] || gathered_count=0
    gathered_in=$dir
    gathered_count=$((gathered_count + 1))
    gathered=$gathered$nl./$name
}

_remove_gathered() {
    [ -n "$gathered" ] || return 0
    _resolve "${gathered_in:-/}"
    # gone together with a file that became a directory, or with one that was replaced
    if [ -z "$missing$blocked" ]; then
        _goto "${gathered_in:-/}"
        IFS=$nl
        # shellcheck disable=SC2086 # one name per line, no globbing (set -f)
        set -- $gathered
        IFS=$blanks
        rm -f -- "$@" || _fail "cannot remove all that goes in ${gathered_in:-/}"
    fi
    gathered=
}

_remove_stale_directory() {
    _resolve "$path"
    [ -z "$missing$blocked" ] && _enter "${at%/*}" || return 0
    if rmdir -- "./${at##*/}" 2>/dev/null; then
        [ -z "$back" ] || _remove_stale_entry
    else
        eval "stale_act_$k=hold"
        full="$full $k"
    fi
}

_remove_stale_entry() {
    _split "$path"
    _resolve "${dir:-/}"
    # gone together with a file that became a directory, or with one that was replaced
    [ -z "$missing$blocked" ] || return 0
    _goto "${dir:-/}"
    _give_back
}

# Puts the displaced original back.
_give_back() {
    eval "[ \"\${stale_ready_$k-no}\" = yes ]" || {
        _stage_original
        _flush
    }
    mv -f -- "./.vcfg-stage/$name" ./ 2>/dev/null ||
        _move_over_loops "./.vcfg-stage/$name" || _fail "cannot give back $path"
}

# Originals are staged like everything else, and on the disk before they get their names.
_stage_originals() {
    k=0
    any_ready=no
    while [ "$k" -lt "$stale" ]; do
        k=$((k + 1))
        _find_stale "$k"
        # in the place of a directory that goes: only once it has gone
        case $act:$kind:$back in
        take:directory:*) continue ;;
        take:*:?*) ;;
        *) continue ;;
        esac
        _split "$path"
        _resolve "${dir:-/}"
        [ -z "$missing$blocked" ] || continue
        _goto "${dir:-/}"
        _stage_original
        eval "stale_ready_$k=yes"
        any_ready=yes
    done
    [ "$any_ready" = no ] || _flush
}

# The working directory is that of path; name is its last part.
_stage_original() {
    IFS=$tab
    # shellcheck disable=SC2086 # KIND MODE UID GID VALUE, no globbing (set -f)
    set -- $back
    IFS=$blanks
    _open_stage
    if [ "$1" = l ]; then
        (_reach_stage && ln -s -- "$5" "./$name") || _fail "cannot give back $path"
    else
        # without a copy it is the content that lies there
        content=$root$memory/backup/$5
        _is_whole_copy "$5" || content=./$name
        _find_look_back "$2" "$3" "$4"
        (
            _reach_stage && cat >"./$name" && _holds "./$name" "$5" &&
                _give_to "$look_owner" "./$name" && chmod -- "$look_mode" "./$name"
        ) <"$content" || _fail "cannot give back $path"
        giving=
    fi
}

# Gives a directory the owner and mode that it had before us.
_undress() {
    IFS=$tab
    # shellcheck disable=SC2086
    set -- $back
    IFS=$blanks
    _goto "$path"
    _find_look_back "$2" "$3" "$4"
    _make_look "$path" "$look_mode" "$look_owner"
    giving=
}

# No line for the first boot speaks of what was there before us: it gets its owner and mode now,
# or is root's alone. Sets look_mode, look_owner and giving. Arguments: MODE UID GID
_find_look_back() {
    look_mode=$1
    look_owner=$2:$3
    [ "$ownership" = defer ] || return 0
    if _can_give uid "$2" && _can_give gid "$3"; then
        giving=apply
        return 0
    fi
    look_mode=$(printf %o "$((0$1 & 0700))")
    _note "$path belonged to $look_owner, which this user namespace lacks; it is given back to root, mode $look_mode"
}

_can_give() {
    _read_ranges "$1"
    wanted=$2
    # shellcheck disable=SC2086 # pairs of numbers
    [ -z "$ranges" ] || _is_mapped $ranges
}

# ---- the run after the line

_apply() {
    # from here on a vanished terminal ends nothing
    trap '' HUP
    started=yes
    _make_memory
    _open_log
    _write_memory pending journal
    journaled=yes
    if [ -n "$changed" ]; then printf '%s\n' "$changed"; fi >./changed || _fail 'cannot list changes'
    _drop_stages "$old_journal"
    _drop_old_lock_files
    if [ "$left_policy" = yes ]; then
        policy=ours
        _allow_services
    fi
    copies=$any_found
    [ -z "$kept" ] || [ "$stale:$orphans" = 0: ] || {
        _settle_kept edited
        copies=yes
    }
    orphans=
    kept=$kept$(found=$(_print_found original) && printf %s "${found:+${kept:+$nl}$found}")
    if [ "$any_owed" = yes ]; then
        _each _save _table_dirs
        _each _save _table_files
    fi
    _save_stale
    [ "$copies" = no ] || _write_kept
    _run_phase pre
    _write_accounts
    _run_phase users
    _each _apply _table_dirs
    _each _stage _table_files
    _flush
    _vacate
    _each _rename _table_files
    _close_stages
    [ "$any_taken" = no ] || _each _take _table_files
    _run_phase files
    _each _apply _table_units
    _turn_units "$turning$units_back"
    _run_phase units
    _stop_services
    _stage_originals
    _remove_all_stale ''
    _close_stages
    _run_phase post
    _commit
}

_commit() {
    trap '' INT TERM
    _write_memory state state
    rm -f ./changed
    _record_generation
    _settle_services
    if [ "$failures" -gt 0 ]; then
        _end 6 'the configuration is in place, but something failed; run again to repeat that'
    fi
    rm -f ./pending || _fail 'cannot close the journal'
    # by now nothing owns what was given back, and the next run would do this
    if [ -n "$kept" ] && [ "$stale:$former" != 0: ]; then
        _settle_kept left
        _write_kept
    fi
    [ "$action" != uninstall ] || _forget_everything
    # some of them held our memory only
    [ "$action" != uninstall ] || _tell_held_directories
}
