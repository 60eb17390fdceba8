# ---- aliases: through a link in the root, two names of a configuration may be one place

# After the look into a folder. Arguments: DIR, then pairs N NAME
_find_aliases() {
    place=$at${missing:+/$missing}
    [ -z "$blocked" ] && [ "${place:-/}" != "$1" ] || return 0
    shift
    while [ "$#" -gt 0 ]; do
        case $aliases in
        *"$nl$place/$2$nl"*) _object 4 "$place/$2 is meant by two names of this configuration" ;;
        esac
        aliases=$aliases$place/$2$nl
        shift 2
    done
}

_alias_folder() { :; }
_alias_file() { _alias_dir "$1" "${2%/}/$3"; }
_alias_link() { _alias_dir "$1" "${2%/}/$3"; }
_alias_parent() { _alias_dir "$@"; }
_alias_home() { _alias_dir "$@"; }
_alias_dir() {
    case $aliases in
    *"$nl$2$nl"*) _object 4 "$2 is meant by two names of this configuration" ;;
    esac
}
