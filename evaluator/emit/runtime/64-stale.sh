# ---- what an earlier configuration left: removed when it is as we left it
#
# Its rows are kept by the hundred, since shells look names of variables up in short tables: in
# stale_rows_PAGE, a line `P` and path for each, then lines `R` and a record, `B` and what was
# there before us, `U` where only the journal knows the path.

# Adds the path of which _remember_path knows all.
_remember_stale() {
    [ "$((stale % 100))" -gt 0 ] || [ "$stale" -eq 0 ] || {
        eval "stale_rows_$((stale / 100 - 1))=\$stale_rows"
        stale_rows=
    }
    stale=$((stale + 1))
    stale_rows=$stale_rows${nl}P$last
    for record in $records; do
        stale_rows=$stale_rows${nl}R$record
    done
    [ -z "$back" ] || stale_rows=$stale_rows${nl}B$back
    [ "$unsure" = no ] || stale_rows=$stale_rows${nl}U
}

# Sets path, was, back, unsure, act and kind to what is known of row K.
_find_stale() {
    _turn_to "$1"
    eval "path=\$stale_path_$nth was=\$stale_was_$nth unsure=\$stale_unsure_$nth"
    eval "back=\${stale_instead_$1-\$stale_back_$nth} act=\${stale_act_$1-} kind=\${stale_kind_$1-entry}"
}

# Sets other to the path of row K, and other_was to its records.
_find_other() {
    _turn_to "$1"
    eval "other=\$stale_path_$nth other_was=\$stale_was_$nth"
}

# Opens the page with row K and sets nth to its place there.
_turn_to() {
    nth=$((($1 - 1) % 100))
    [ "$((($1 - 1) / 100))" != "$page" ] || return 0
    page=$((($1 - 1) / 100))
    eval "rows_there=\$stale_rows_$page"
    filled=-1
    IFS=$nl
    for line_there in $rows_there; do
        case $line_there in
        P*)
            filled=$((filled + 1))
            eval "stale_path_$filled=\${line_there#P} stale_was_$filled= stale_back_$filled="
            eval "stale_unsure_$filled=no" ;;
        R*) eval "stale_was_$filled=\$stale_was_$filled\${stale_was_$filled:+\$nl}\${line_there#R}" ;;
        B*) eval "stale_back_$filled=\${line_there#B}" ;;
        *) eval "stale_unsure_$filled=yes" ;;
        esac
    done
    IFS=$blanks
}

# Entries first, then directories from the deepest up: they go when all in them goes.
# Sets stale_act_K: `take`; for directories also `hold` (not empty) and `dress` (owner and mode
# are given back) or `redress` (and it stays ours, by another name), for others `edited` (it stays).
_decide_all_stale() {
    [ "$stale" -eq 0 ] || _find_linked_folders
    looked_to=0
    k=0
    while [ "$k" -lt "$stale" ]; do
        k=$((k + 1))
        _find_stale "$k"
        _sort_stale
        [ "$kind" = entry ] || eval "stale_kind_$k=\$kind"
        case $kind in
        look) _decide_stale_look ;;
        entry) _decide_stale_entry ;;
        esac
    done
    while [ "$k" -gt 0 ]; do
        _find_stale "$k"
        [ "$kind" != directory ] || _decide_stale_directory
        k=$((k - 1))
    done
}

# One look for all entries of a directory that follow each other, at most 100.
_look_at_stale() {
    rows=
    j=$((k - 1))
    while [ "$j" -lt "$stale" ] && [ "$j" -lt "$((k + 99))" ]; do
        _find_other "$((j + 1))"
        [ "${other%/*}" = "$dir" ] || break
        j=$((j + 1))
        case $nl$other_was in
        *"$nl"[fla]"$tab"*) rows=$rows$nl$((j + 100))$nl${other##*/} ;;
        esac
    done
    looked_to=$j
    IFS=$nl
    # shellcheck disable=SC2086 # a number or a name per line, no globbing (set -f)
    set -- $rows
    IFS=$blanks
    _look_into "${dir:-/}" "$@"
    looked_at=$at
    looked_missing=$missing$blocked
}

# Sets kind to what becomes of a row: `entry` (a file or link), `directory` (one we made), `look`
# (one we found) or `seed`. A run that died leaves records of what was and of what was to come;
# what is there decides between them.
_sort_stale() {
    case $nl$was$nl in
    *"$nl"[fla]"$tab"*) kind=entry ;;
    *"$nl"s"$tab"*) kind=seed ;;
    *) kind=look ;;
    esac
    case $nl$was$nl in
    *"$nl"[dp]"$tab"*"${tab}made$nl"*) ;;
    *) return 0 ;;
    esac
    if [ "$kind" != look ]; then
        _split "$path"
        _resolve "${dir:-/}"
        [ ! -L "$root$at/$name" ] && [ -d "$root$at/$name" ] || return 0
    fi
    kind=directory
}

_decide_stale_entry() {
    _split "$path"
    if [ "$k" -gt "$looked_to" ]; then
        _look_at_stale
    fi
    at=$looked_at
    missing=$looked_missing
    blocked=
    number=$((k + 100))
    eval "disk=\$disk_${number#"${number%??}"}"
    # gone together with its directory
    [ -z "$missing$blocked" ] || return 0
    if _is_wanted_by_another_name; then
        eval "stale_act_$k=edited"
        renamed=$renamed$at/$name$nl
        return 0
    fi
    if [ "$disk" = - ]; then
        [ -z "$back" ] || _will_give_back
        return 0
    fi
    if _is_mounted "$at/$name"; then
        eval "stale_act_$k=hold"
        _note "$path is not wanted any more, but it is a mount point; it stays for now"
        return 0
    fi
    kind=${disk%%:*}
    value=${disk#?:*:*:*:}
    case $nl$was$nl in
    *"$nl$kind$tab"*"$tab$value$nl"*)
        if [ -z "$back" ]; then
            _will_remove
        elif [ "$(found_kind=was _found_line "$disk" "$path")" != "was$tab$back$tab$path" ]; then
            _will_give_back
        fi
        return 0 ;;
    esac
    case $back in
    # as it was before us: given back already, or we never came to it
    "$kind$tab"*"$tab$value") ;;
    *) _decide_stale_edited ;;
    esac
}

_will_remove() {
    eval "stale_act_$k=take"
    _must_write
    _is_leaving "$at/$name"
    _announce "remove${1-}" "$path"
}

# What goes and is called otherwise than its place counts there, too.
_is_leaving() { [ "$1" = "$path" ] || leaving=$leaving$1$nl; }

# What was there before us, from its copy or from what lies there.
_will_give_back() {
    case $back:$disk in
    "f$tab"*"$tab${disk##*:}:f:"*) ;;
    "f$tab"*)
        if ! _is_whole_copy "${back##*"$tab"}"; then
            _note "what was at $path before is lost: $memory/backup has no copy of it"
            eval "stale_instead_$k="
            [ "$disk" = - ] || _will_remove
            return 0
        fi ;;
    esac
    eval "stale_act_$k=take"
    _must_write
    _will_stage_in "$at"
    _announce "give back${1-}" "$path"
}

_decide_stale_edited() {
    eval "stale_act_$k=edited"
    # somebody's, and an interrupted run did not come to it
    [ "$unsure" = no ] || return 0
    case $was in
    "a$tab"*) return 0 ;;
    esac
    case $stale_drift:$disk in
    restore:[fl]:*)
        case $disk in
        l:*["$nl$tab"]*) _object 4 "$path is a link with a line end or tab in its target" ;;
        esac
        eval "stale_keep_$k=\$disk"
        if [ -n "$back" ]; then
            _will_give_back ' (was edited; a copy is kept)'
        else
            _will_remove ' (was edited; a copy is kept)'
        fi ;;
    fail:*)
        _object 4 "$path is not wanted any more but was edited" ;;
    *)
        _note "$path is not wanted any more but was edited; it stays" ;;
    esac
}

# A directory that was there before us: its owner and mode are given back if they are ours.
_decide_stale_look() {
    [ -n "$back" ] || return 0
    _resolve "$path"
    [ -z "$missing$blocked" ] || return 0
    ! _has_look_of_ours || {
        eval "stale_act_$k=dress"
        _must_write
        _announce 'give back owner and mode of' "$path"
    }
}

# It goes if nothing stays in it; rmdir has the last word.
_decide_stale_directory() {
    # somebody's link in its place may lead to somebody's directory
    _split "$path"
    _resolve "${dir:-/}"
    [ ! -L "$root$at/$name" ] || return 0
    _resolve "$path"
    [ -z "$missing$blocked" ] || return 0
    _enter "$at" || return 0
    [ "$at" = "$path" ] || called_otherwise=yes
    eval "stale_act_$k=hold"
    ! _is_mounted "$at" || return 0
    ! _is_called_otherwise || return 0
    _all_is_going || return 0
    eval "stale_act_$k=take"
    _is_leaving "$at"
    _announce 'remove directory' "$path"
    [ -z "$back" ] || {
        at=${at%/*}
        disk=-
        _will_give_back
    }
}

# Whether the directory $at, which was called $path, is one of this configuration by another name.
_is_called_otherwise() {
    case $linked_places in
    *"$nl$at$nl"*) return 0 ;;
    esac
    here=$at
    name=${at##*/}
    at=${at%/*}
    _is_wanted_by_another_name || {
        at=$here
        return 1
    }
    at=$here
    case $claimed:$nl$was in
    parent:*"${nl}d$tab"*"${tab}made"*)
        # it only holds something now
        back=d${tab}755${tab}0${tab}0$tab-
        ! _has_look_of_ours || {
            eval "stale_act_$k=redress stale_instead_$k=\$back"
            _must_write
            _announce 'give back owner and mode of' "$path"
        } ;;
    esac
}

# Whether all entries of the working directory, which is $path, go: are stale rows after K, or
# must be absent.
_all_is_going() {
    present=0
    set +f
    for entry in ./* ./.[!.]* ./..?*; do
        case $entry in
        # left by an interrupted run, gone before directories are removed
        ./.vcfg-stage) ;;
        *) ! _is_there "$entry" || present=$((present + 1)) ;;
        esac
    done
    set -f
    going=0
    if [ "$present" -eq 0 ]; then
        return 0
    elif [ "$called_otherwise" = yes ]; then
        _count_by_either_name
    else
        _count_stale_in_it
        [ "$present" -eq "$going" ] || _count_leaving_it
    fi
    [ "$present" -eq "$going" ]
}

_is_there() { [ -e "$1" ] || [ -L "$1" ]; }

# Stale rows are sorted: what is in a directory comes after it, and before all that does not
# begin as its name does.
_count_stale_in_it() {
    j=$k
    while [ "$j" -lt "$stale" ]; do
        j=$((j + 1))
        _find_other "$j"
        case $other in
        "$path"/*/*) ;;
        "$path"/*)
            eval "act=\${stale_act_$j-}"
            if [ "$act" = take ] && _is_there "./${other##*/}"; then going=$((going + 1)); fi ;;
        "$path"*) ;;
        # from a row that is not stale itself they are looked for
        *) [ "$k" -eq 0 ] || return 0 ;;
        esac
    done
}

_count_leaving_it() {
    [ "$leaving" != "$nl" ] || return 0
    IFS=$nl
    for other in $leaving; do
        case $other in
        "$path"/*/*) ;;
        "$path"/*) ! _is_there "./${other##*/}" || going=$((going + 1)) ;;
        esac
    done
    IFS=$blanks
}

# With links, what is in the directory $path, which is $at, may be called by either name.
_count_by_either_name() {
    names=$nl
    j=0
    while [ "$j" -lt "$stale" ]; do
        j=$((j + 1))
        eval "act=\${stale_act_$j-}"
        [ "$act" != take ] || {
            _find_other "$j"
            _count_name "$other"
        }
    done
    IFS=$nl
    for other in $leaving; do
        _count_name "$other"
    done
    IFS=$blanks
}

_count_name() {
    case ${1%/*} in
    "$path" | "$at") ;;
    *) return 0 ;;
    esac
    case $names in
    *"$nl${1##*/}$nl"*) ;;
    *)
        names=$names${1##*/}$nl
        ! _is_there "./${1##*/}" || going=$((going + 1)) ;;
    esac
}

# What must be absent is known after the files: more directories may be empty then, and one that
# is called otherwise than what is in it may come before that.
_decide_held_directories() {
    [ "$called_otherwise:$leaving" != "no:$nl" ] || return 0
    more=yes
    while [ "$more" = yes ]; do
        more=no
        k=$stale
        while [ "$k" -gt 0 ]; do
            _find_stale "$k"
            if [ "$act" = hold ]; then
                _decide_stale_directory
                eval "more=\$more\${stale_act_$k#hold}"
            fi
            k=$((k - 1))
        done
        case $more in
        *take*) more=yes ;;
        esac
    done
}
