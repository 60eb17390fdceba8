# ---- snippets: each is a process of its own, so that nothing it does to itself stays

# Whether anything in a folder is to be done; rows of the others are not visited.
_is_busy() { eval "[ \"\${busy_$1-no}\" = yes ]"; }

_changed_folder() { :; }
_changed_file() {
    eval "act=\${act_$1-}"
    if [ -z "$act" ] && [ "${7-manage}" = manage ]; then
        # the tree may have brought what memory does not know as it is
        _was "$1" known
        [ "$was" = known ] || act=arrived
    fi
    [ -z "$act" ] || printf '%s\n' "${2%/}/$3"
}
_changed_link() { _changed_file "$@"; }

# Sets news_now, what this run changes, and changed, which has what an interrupted one did as
# well; one path per line.
_find_changed() {
    news_now=$(
        # with --unpacked also what is as it is wanted, and no memory knows of
        if [ "$unpacked" = yes ]; then _each _changed _table_files; else printf %s "$all_moving"; fi
        k=0
        while [ "$k" -lt "$stale" ]; do
            k=$((k + 1))
            _find_stale "$k"
            [ "$act" != take ] || printf '%s\n' "$path"
        done
    )
    changed=$(
        [ -z "$news_now" ] || printf '%s\n' "$news_now"
        IFS=$nl
        for line in $old_journal; do
            case $line in
            "changed$tab"*) printf '%s\n' "${line#*"$tab"}" ;;
            esac
        done
    )
}

# Without paths a snippet runs once in a root for each text it ever has, or as often as its
# test fails; with paths whenever one of them changed.
# Arguments: N NAME PHASE WHEN FAILURE SHA DESCRIPTION SECONDS TEST ON-CHANGE...
_decide_snippet() {
    eval "act_$1= finished_$1="
    case $4:$target in
    both:* | live:live | offline:root | offline:inside) ;;
    *) return 0 ;;
    esac
    # what no shell can read is a reason to refuse, not a failure in the middle
    [ "$9" = always ] || "_unless_$1" | sh -n || _object 3 "the test of snippet $2 is no shell script"
    if [ "$#" -gt 9 ]; then
        _is_touched "$@" || return 0
    elif ! _is_left "$@"; then
        eval "finished_$1=yes"
        return 0
    fi
    eval "act_$1=run"
    "_text_$1" | sh -n || _object 3 "snippet $2 is no shell script"
    title="$2${7:+": $7"} (because $because)"
    case $mode in
    check | diff) _announce "would-run $title" ;;
    *) _announce "run $title" ;;
    esac
}

# Whether a snippet without paths has to run, and because of what.
_is_left() {
    if [ "$9" = unless ]; then
        because='its test fails'
        ! _test_snippet "$1" "$8" /dev/null
        return
    fi
    case $nl$old_state$nl in
    *"${nl}done$tab$2$tab$6$nl"*) return 1 ;;
    *"${nl}done$tab$2$tab"*) because='its text has changed' ;;
    *) because='it has not run here' ;;
    esac
}

# Whether one of the paths that a snippet watches changes, and which.
_is_touched() {
    doubt=
    [ "$9" = always ] || doubt=', unless its test succeeds then'
    shift 9
    for path; do
        case $nl$changed$nl in
        *"$nl$path$nl"* | *"$nl$path/"*)
            because="$path changes$doubt"
            return 0 ;;
        esac
    done
    return 1
}

# Whether the test of a snippet succeeds. Arguments: N SECONDS CHANGED
_test_snippet() { "_unless_$1" | _start_shell "$2" "$3" >/dev/null 2>&1; }

# What a snippet's shell does first: it takes its program from the pipe it was started with.
_snippet_prelude() {
    cat <<'VCFG_PRELUDE'
in_root() {
    if [ -z "$VCFG_ROOT" ]; then
        "$@"
        return
    fi
    chroot "$VCFG_ROOT" /bin/sh -c : || {
        printf '%s\n' "in_root $1: no program of $VCFG_ROOT can run here (another architecture? no shell?)" >&2
        return 126
    }
    chroot "$VCFG_ROOT" "$@"
}
vcfg_program=$(cat && printf .)
exec </dev/null
eval "${vcfg_program%.}"
VCFG_PRELUDE
}

# Runs the program on its standard input. Arguments: seconds it may take or 0, file of changes
_start_shell() (
    # a daemon that it starts shall hear signals again, and not hold the lock
    trap - EXIT HUP INT TERM PIPE
    umask 022
    VCFG_ROOT=$root
    VCFG_MODE=$target
    VCFG_CHANGED=$2
    export VCFG_ROOT VCFG_MODE VCFG_CHANGED
    cd / || exit 1
    if [ "$1" -gt 0 ] && command -v timeout >/dev/null 2>&1; then
        set -- timeout -k 9 "$1"
    else
        set --
    fi
    exec "$@" sh -euc "$(_snippet_prelude)" snippet 9<&-
)

_run_snippet() {
    eval "act=\$act_$1"
    [ "$act:$3" = "run:$phase" ] || return 0
    list=$root$memory/changed
    if [ "$9" = unless ] && _test_snippet "$1" "$8" "$list"; then
        _say "not needed: $2"
    else
        _say "running $2"
        _try_snippet "$@" || {
            _snippet_failed "$@"
            return 0
        }
    fi
    [ "$#" -gt 9 ] || eval "finished_$1=yes"
}

# Runs a snippet; sets what went wrong, after how many seconds.
_try_snippet() {
    heard=$root$memory/output
    began=$(date +%s)
    "_text_$1" | _start_shell "$8" "$list" >"$heard" 2>&1
    code=$?
    took=$(($(date +%s) - began))
    _event snippet name "$2" phase "$3" '#code' "$code" '#seconds' "$took"
    if [ "$code" -ne 0 ]; then
        wrong="failed with code $code"
        [ "$8" -eq 0 ] || [ "$took" -lt "$8" ] || wrong="was ended, it may take $8 s,"
        return 1
    fi
    if [ "$9:$#" = unless:9 ] && ! _test_snippet "$1" "$8" "$list"; then
        wrong='ran, but its test still fails,'
        return 1
    fi
    cat -- "$heard" >&2 2>/dev/null || :
    rm -f -- "$heard"
}

_snippet_failed() {
    _failed "snippet $2 $wrong after $took s$([ ! -s "$heard" ] || printf '; the last it said:')"
    tail -n 20 -- "$heard" >&2 2>/dev/null || :
    rm -f -- "$heard"
    case $5:$phase in
    continue:*) ;;
    stop:post) phase=stopped ;;
    *) _fail "snippet $2 failed" ;;
    esac
}

_run_phase() {
    phase=$1
    _each _run _table_snippets
}
