# ---- --diff: texts line by line; of what not everybody may read, only that it differs

_show_differences() {
    [ "$quiet" = no ] || return 0
    command -v diff >/dev/null 2>&1 || {
        _note 'there is no diff here; differences of texts are left out'
        return 0
    }
    _diff_accounts
    _each _diff _table_files
    _diff_stale
}

_diff_folder() { _is_busy "$2"; }
_diff_file() {
    eval "act=\${act_$1-}"
    [ -n "$act" ] || return 0
    path=${2%/}/$3
    _split "$path"
    _find_lying "$2"
    case $act:$9 in
    put*:secret) _diff_sealed "$2" "$3" "$8" ;;
    put*)
        # perhaps only owner or mode change
        [ "$lying" = /dev/null ] || ! _holds "$lying" "$8" || return 0
        "_content_${1%?}" "$1" | _diff_texts "$lying" - ;;
    take:*) _diff_texts "$lying" /dev/null ;;
    esac
}
_diff_link() {
    eval "act=\${act_$1-}"
    [ "$act" = 'put link' ] || return 0
    path=${2%/}/$3
    _split "$path"
    _find_lying "$2"
    [ "$lying" = /dev/null ] || _diff_texts "$lying" /dev/null
    _say "+$path -> $4"
}

# Goes where $name is and sets lying: its file, or /dev/null. A link is said to go.
# Argument: its directory
_find_lying() {
    lying=/dev/null
    _resolve "$1"
    [ -z "$missing$blocked" ] && _enter "$at" || return 0
    if [ -L "./$name" ]; then
        _read_link "./$name"
        _say "-$path -> $link"
    elif [ -f "./$name" ]; then
        lying=./$name
    fi
}

# What was there may have been a secret of an earlier configuration, or of somebody.
# Arguments: old file, new file or `-`
_diff_texts() {
    for text; do
        case $text in
        - | /dev/null) continue ;;
        esac
        case $(stat -c %a -- "$text" 2>/dev/null) in
        *[4567]) ;;
        *)
            _say "$path: content differs (what is there is not for everybody to read)"
            return 0 ;;
        esac
    done
    old=$path
    new=$path
    [ "$1" != /dev/null ] || old=/dev/null
    [ "$2" != /dev/null ] || new=/dev/null
    # busybox needs a place for a temporary file, and ends with 1 where it finds none
    { complaint=$(diff -u -L "$old" -L "$new" "$1" "$2" 2>&1 >&5 5>&-) || :; } 5>&1
    [ -z "$complaint" ] || _say "$path: content differs (diff cannot show how)"
}

# What nobody wants any more, and what comes back in its place.
_diff_stale() {
    k=0
    while [ "$k" -lt "$stale" ]; do
        k=$((k + 1))
        _find_stale "$k"
        case $act:$kind in
        take:entry) ;;
        *) continue ;;
        esac
        _split "$path"
        _find_lying "${dir:-/}"
        case $back in
        '') [ "$lying" = /dev/null ] || _diff_texts "$lying" /dev/null ;;
        "l$tab"*)
            [ "$lying" = /dev/null ] || _diff_texts "$lying" /dev/null
            _say "+$path -> ${back##*"$tab"}" ;;
        *) _diff_returning ;;
        esac
    done
}

# Copies are for root alone; the mode that one will have says for whom it is.
_diff_returning() {
    copy=$root$memory/backup/${back##*"$tab"}
    mode_back=${back#*"$tab"}
    case ${mode_back%%"$tab"*}:$copy in
    *[4567]:*) [ ! -f "$copy" ] || cat <"$copy" | _diff_texts "$lying" - ;;
    *) _say "$path: content differs (what comes back is not for everybody to read)" ;;
    esac
}

# ---- accounts: lines of the databases that everybody may read, names in the others

_diff_accounts() {
    [ "$accounts_changed" = yes ] || return 0
    _diff_lines group "$before_group" "$group_text"
    _diff_lines passwd "$before_passwd" "$passwd_text"
    _diff_names gshadow "$before_gshadow" "$gshadow_text"
    _diff_names shadow "$before_shadow" "$shadow_text"
}

# Arguments: DATABASE OLD NEW
_diff_lines() {
    [ "$2" != "$3" ] || return 0
    _say "--- /etc/$1"
    _say "+++ /etc/$1"
    IFS=$nl
    for line in $2; do
        case $3 in
        *"$nl$line$nl"*) ;;
        *) _say "-$(_without_hash "$line")" ;;
        esac
    done
    for line in $3; do
        case $2 in
        *"$nl$line$nl"*) ;;
        *) _say "+$(_without_hash "$line")" ;;
        esac
    done
    IFS=$blanks
}

# A line whose second field may be a password, as systems without shadow have it.
_without_hash() {
    rest=${1#*:}
    case ${rest%%:*} in
    '' | x | '*' | '!') printf '%s\n' "$1" ;;
    *) printf '%s\n' "${1%%:*}:(password):${rest#*:}" ;;
    esac
}

_diff_names() {
    IFS=$nl
    for line in $3; do
        case $2 in
        *"$nl$line$nl"*) ;;
        *"$nl${line%%:*}:"*) _say "/etc/$1: the entry of ${line%%:*} changes" ;;
        *) _say "/etc/$1: an entry of ${line%%:*} is added" ;;
        esac
    done
    for line in $2; do
        case $3 in
        *"$nl${line%%:*}:"*) ;;
        *) _say "/etc/$1: the entry of ${line%%:*} goes" ;;
        esac
    done
    IFS=$blanks
}
