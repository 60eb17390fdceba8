# ---- survey: folders in which everything is as it is wanted, and was left so by us
#
# Most runs find that of nearly all folders, and then no row of them is decided about. What the
# tools would say of such folders is put together from their rows, for some hundred files at
# a time, and has to be what they do say. So a look at a thousand files starts a handful of
# programs. All else is left to the rows, one folder at a time: links, files that are not
# just managed, those of which something else is recorded, and whatever differs.

# Sets same_N for such folders, N being the first row.
_survey_all() {
    [ "$empty_memory:$refusal" = no:0 ] || return 0
    _forget_batch
    _each _survey _table_files
    _check_batch
}

_survey_folder() {
    _resolve "$1"
    [ -z "$missing$blocked" ] || return 1
    place=$root$at
    names=
    facts=
    sums=
    same=yes
    visit=_expect
    "_rows_$2"
    visit=_survey
    [ "$same" = yes ] || return 1
    surveyed="$surveyed $2"
    all_names=$all_names$names
    all_facts=$all_facts$facts
    all_sums=$all_sums$sums
    # far less than what a program can be given in arguments
    [ "${#all_names}" -lt 50000 ] || _check_batch
    return 1
}

# Arguments: N DIR NAME MODE OWNER GROUP MANAGE SHA BYTES REPLACES...
_expect_file() {
    [ "$same" = yes ] || return 0
    was=ours
    [ "$settled" = yes ] || eval "was=\${was_$1-ours}"
    if [ "$was:$7" != ours:manage ] || [ ! -f "$place/$3" ] || [ -L "$place/$3" ]; then
        same=no
        return 0
    fi
    [ "$5:$6" = "$known_owner" ] || _owner_ids "$5" "$6"
    names=$names$nl$place/$3
    facts=$facts$nl$4:$uid:$gid
    sums="$sums$nl$8  $place/$3"
}
_expect_link() { same=no; }

_forget_batch() {
    surveyed=
    all_names=
    all_facts=
    all_sums=
}

_check_batch() {
    [ -n "$surveyed" ] || return 0
    case $ownership in
    skip) format=%a:-:- ;;
    *) format=%a:%u:%g ;;
    esac
    IFS=$nl
    # shellcheck disable=SC2086 # one name per line, no globbing (set -f)
    set -- $all_names
    IFS=$blanks
    if facts=$(stat -c "$format" -- "$@" 2>/dev/null) && [ "$nl$facts" = "$all_facts" ] &&
        printf '%s\n' "${all_sums#"$nl"}" | sha256sum -c - >/dev/null 2>&1; then
        for chunk in $surveyed; do
            eval "same_$chunk=yes"
        done
    fi
    _forget_batch
}
