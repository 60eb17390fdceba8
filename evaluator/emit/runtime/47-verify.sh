# ---- --verify: the system beside what is recorded of it; no table, secret or package is read

_differs() {
    differing=$((differing + 1))
    _plan "$*"
    _event difference text "$*"
}

_verify_everything() {
    _recall
    [ -n "$old_state$old_journal" ] ||
        _end 3 "nothing is recorded below $root/var/lib/vcfg: no vcfg configuration was applied here"
    [ "$unfinished" = no ] || _differs 'an interrupted run is unfinished; run again to finish'
    _read_kept
    _verify_accounts
    _find_boots
    _verify_entries
    _verify_units
    _tell_plan
    if [ "$differing" -eq 0 ]; then
        _say 'as it was left'
        return 0
    fi
    case $differing in
    1) _say '1 difference' ;;
    *) _say "$differing differences" ;;
    esac
    return 2
}

# ---- files, links and directories; those of one directory at once

_verify_entries() {
    count=0
    folder=
    IFS=$nl
    for line in $old_state; do
        IFS=$blanks
        case $line in
        "own$tab"[fla]"$tab"*) ;;
        "own$tab"[dp]"$tab"*)
            _verify_directory "${line#*"$tab"}"
            continue ;;
        *) continue ;;
        esac
        path=${line##*"$tab"}
        _split "$path"
        if [ "$dir" != "$folder" ] || [ "$count" -eq 99 ]; then
            [ "$count" -eq 0 ] || _verify_folder "$@"
            set --
            count=0
            # looking took the words for itself
            _split "${line##*"$tab"}"
            folder=$dir
        fi
        count=$((count + 1))
        set -- "$@" "$((100 + count))" "$name"
        line=${line#*"$tab"}
        eval "record_$count=\${line%\"\$tab\"*}"
    done
    IFS=$blanks
    [ "$count" -eq 0 ] || _verify_folder "$@"
}

# Arguments: pairs N NAME, N - 100 being the number of the record
_verify_folder() {
    _look_into "${folder:-/}" "$@"
    while [ "$#" -gt 0 ]; do
        path=$folder/$2
        eval "record=\$record_$(($1 - 100)) disk=\$disk_${1#"${1%??}"}"
        shift 2
        _verify_entry
    done
}

# The entry $path is $disk and was left as $record.
_verify_entry() {
    was=${record%%"$tab"*}
    case $was:$disk in
    a:-) return 0 ;;
    a:*)
        _differs "there again: $path"
        return 0 ;;
    *:-)
        _differs "missing: $path"
        return 0 ;;
    "${disk%%:*}:"*) ;;
    *)
        _differs "is $(_kind_of "$disk") now: $path"
        return 0 ;;
    esac
    value=${disk#?:*:*:*:}
    if [ "$value" != "${record##*"$tab"}" ]; then
        _differs "edited: $path"
        return 0
    fi
    [ "$was" = l ] || _verify_look "${disk#f:}"
}

_kind_of() {
    case $1 in
    f*) printf 'a file' ;;
    l*) printf 'a link' ;;
    d*) printf 'a directory' ;;
    *) printf 'something else' ;;
    esac
}

# Argument: MODE:UID:GID and more. What was not ours to set is recorded as `-`.
_verify_look() {
    IFS="$tab:"
    # shellcheck disable=SC2086 # kind, mode, owner and group as recorded, then those found
    set -- ${record%"$tab"*} $1
    IFS=$blanks
    case $3:$4 in
    -:-) set -- "$1" "$2" "$6" "$7" "$5" "$6" "$7" ;;
    esac
    if [ "$2 $3:$4" = "$5 $6:$7" ] || _came_with_the_boot "$5" "$6" "$7"; then return 0; fi
    _differs "owner or mode: $path ($5 $6:$7, was left as $2 $3:$4)"
}

# Whether owner and mode are those that a run left to the first boot. Arguments: MODE UID GID
_came_with_the_boot() {
    case $boots in
    *"$tab$path$nl"*) ;;
    *) return 1 ;;
    esac
    known=$line
    rest=${boots%%"$tab$path$nl"*}
    rest=${rest##*"$nl"}
    look=${rest%%"$tab"*}
    rest=${rest#*"$tab"}
    came=no
    if _id_in "$passwd_text" "${rest%%"$tab"*}"; then
        uid=$id
        if _id_in "$group_text" "${rest#*"$tab"}" && [ "$1 $2:$3" = "$look $uid:$id" ]; then
            came=yes
        fi
    fi
    # looking an account up took it
    line=$known
    [ "$came" = yes ]
}

# Sets boots to lines MODE USER GROUP PATH.
_find_boots() {
    boots=$nl
    IFS=$nl
    for line in $old_state; do
        case $line in
        "boot$tab"*) boots=$boots${line#*"$tab"}$nl ;;
        esac
    done
    IFS=$blanks
}

# Argument: KIND MODE UID GID VALUE PATH
_verify_directory() {
    path=${1##*"$tab"}
    record=${1%"$tab"*}
    _resolve "$path"
    if [ -n "$blocked" ]; then
        _differs "is no directory now: $path"
    elif [ -n "$missing" ]; then
        _differs "missing: $path"
    elif [ "${record%%"$tab"*}" = d ]; then
        facts=$(stat -c %a:%u:%g -- "$root$at/.") || _end 1 "cannot look at $path"
        _verify_look "$facts"
    fi
}

# ---- accounts and units

_verify_accounts() {
    _one_database passwd
    passwd_text=$nl$text$nl
    _one_database group
    group_text=$nl$text$nl
    IFS=$nl
    for line in $old_state; do
        IFS=$tab
        # shellcheck disable=SC2086 # up to three words, no globbing (set -f)
        set -- $line
        IFS=$blanks
        case $1 in
        user) _verify_account "$passwd_text" "$@" ;;
        group) _verify_account "$group_text" "$@" ;;
        member)
            _entry "$group_text" "$2"
            _find_members
            case ,$members, in
            *,"$3",*) ;;
            *) _differs "not a member of group $2 any more: user $3" ;;
            esac ;;
        esac
    done
    IFS=$blanks
}

# Arguments: DATABASE KIND NAME
_verify_account() {
    _entry "$1" "$3"
    [ -n "$line" ] || _differs "missing: $2 $3"
}

_verify_units() {
    IFS=$nl
    for line in $old_state; do
        IFS=$tab
        # shellcheck disable=SC2086
        set -- $line
        IFS=$blanks
        [ "$1" = unit ] || continue
        _ask_unit "$2" || return 0
        case $3:$now in
        enable:disabled | enable:masked | disable:enabled)
            _differs "unit $2 is $now" ;;
        esac
    done
    IFS=$blanks
}
