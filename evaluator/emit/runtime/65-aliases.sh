# ---- aliases: through a link in the root, two names of a configuration may be one place

# After the look into a folder. Arguments: DIR, then pairs N NAME
_find_aliases() {
    place=$at${missing:+/$missing}
    [ -z "$blocked" ] && [ "${place:-/}" != "$1" ] || return 0
    shift
    while [ "$#" -gt 0 ]; do
        case $aliases$linked_places in
        *"$nl$place/$2$nl"*) _object 4 "$place/$2 is meant by two names of this configuration" ;;
        esac
        aliases=$aliases$place/$2$nl
        shift 2
    done
}

_alias_folder() { :; }
_alias_file() {
    case $linked_places in
    *"$nl${2%/}/$3$nl"*) _object 4 "${2%/}/$3 is meant by two names of this configuration" ;;
    esac
    _alias_dir "$1" "${2%/}/$3"
}
_alias_link() { _alias_file "$@"; }
_alias_parent() { _alias_dir "$@"; }
_alias_home() { _alias_dir "$@"; }
_alias_dir() {
    case $aliases in
    *"$nl$2$nl"*) _object 4 "$2 is meant by two names of this configuration" ;;
    esac
}

# What nobody wants by its old name may be wanted by another, when a folder is a link or is
# reached through one: then it is not removed. Sets linked, a line `DIR tab PLACE` for each
# folder of this configuration that is another place than its name says.
_find_linked_folders() {
    linked=$nl
    _each _linked _table_files
    _each _linked _table_dirs
}
_linked_folder() {
    _resolve "$1"
    [ -n "$missing$blocked" ] || [ "${at:-/}" = "$1" ] || linked=$linked$1$tab${at:-/}$nl
    return 1
}
_linked_parent() { :; }
_linked_home() { _linked_dir "$@"; }
_linked_dir() {
    _resolve "${2%/*}/."
    [ -n "$missing$blocked" ] || [ "${at:-/}" = "${2%/*}" ] || linked=$linked$2$tab$at/${2##*/}$nl
}

# The entry is $name in the place $at, and was called $path.
_is_wanted_by_another_name() {
    [ -z "$missing$blocked" ] || return 1
    claimed=no
    place=${at:-/}
    case $linked in
    *"$tab$place$nl"* | *"$tab${place%/}/$name$nl"*) ;;
    *) [ "${place%/}/$name" != "$path" ] || return 1 ;;
    esac
    _each _claim _table_files
    _each _claim _table_dirs
    [ "$claimed" != no ]
}
_claim_folder() { :; }
_claim_file() {
    [ "$3" = "$name" ] || return 0
    [ "$2" != "$place" ] || claimed=yes
    case $linked in
    *"$nl$2$tab$place$nl"*) claimed=yes ;;
    esac
}
_claim_link() { _claim_file "$@"; }
_claim_parent() {
    [ "$claimed" = no ] || return 0
    _claim_dir "$@"
    [ "$claimed" = no ] || claimed=parent
}
_claim_home() { _claim_dir "$@"; }
_claim_dir() {
    [ "$2" != "${place%/}/$name" ] || claimed=yes
    case $linked in
    *"$nl$2$tab${place%/}/$name$nl"*) claimed=yes ;;
    esac
}
