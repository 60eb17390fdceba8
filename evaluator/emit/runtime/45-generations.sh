# ---- generations: the scripts that made this system what it was, and the way back to them
#
# generations/N/ has the script (activate), its hash (sum) and the state it left; generations/current
# is the number of the one in force. A script that came through a pipe leaves none.

# Sets script to the file that this script was started from, if it can be read again.
_find_script() {
    script=
    case $0 in
    /*) place=$0 ;;
    *) place=$started_in/$0 ;;
    esac
    [ -f "$place" ] && [ -r "$place" ] || return 0
    # with `sh -s` a file named `sh` would be anything
    while IFS= read -r line; do
        case $line in
        '# Made by vcfg '*" from input $input: "*)
            script=$place
            return 0 ;;
        '#'*) ;;
        *) return 0 ;;
        esac
    done <"$place"
}

# Sets current, and generations to the numbers there are, lowest first.
_read_generations() {
    current=
    generations=
    [ -n "$memory" ] && _enter "$memory" || return 0
    [ -d ./generations ] && [ ! -L ./generations ] || return 0
    [ ! -f ./generations/current ] || IFS= read -r current <./generations/current || current=
    set +f
    for entry in ./generations/[1-9]*; do
        case ${entry##*/} in
        *[!0123456789]* | ??????????*) ;;
        *) generations=$generations${entry##*/}$nl ;;
        esac
    done
    set -f
    generations=$(printf %s "$generations" | sort -n) || _end 1 'sort failed'
    case $current in
    *[!0123456789]* | 0* | ??????????*) current= ;;
    esac
}

# Sets sum to the hash of a file.
_sum_of() {
    sum=$(sha256sum <"$1") || sum=
    sum=${sum%% *}
}

# Whether this run has to record which script is in force.
_is_new_generation() {
    _read_generations
    if [ -n "$generation" ]; then
        [ "$generation" != "$current" ]
        return
    fi
    [ -n "$script" ] || return 1
    _sum_of "$script"
    ! _has_sum "$current" "$sum"
}

_has_sum() {
    known=
    [ -n "$1" ] && [ -f "./generations/$1/sum" ] || return 1
    IFS= read -r known <"./generations/$1/sum" || :
    [ "$known" = "$2" ]
}

# ---- writing them, once the state is written; the journal stays until this is done

_record_generation() {
    [ "$action" = apply ] || return 0
    _mend_generations
    if [ -n "$generation" ] && [ -d "./generations/$generation" ]; then
        _set_current "$generation"
    elif [ -n "$script" ]; then
        _sum_of "$script"
        _has_sum "$current" "$sum" || _add_generation
    else
        return 0
    fi
    _put_whole "generations/$current/state" state
    [ -n "$generation" ] || _drop_generations old
}

# What a run that died was about to name: current is written first.
_mend_generations() {
    _read_generations
    rm -f ./generations/current.tmp "./generations/${current:-0}/state.tmp"
    [ -d ./generations/next ] || return 0
    if [ -n "$current" ] && [ ! -d "./generations/$current" ]; then
        mv -f ./generations/next "./generations/$current" || _fail 'cannot keep this script'
        _read_generations
    else
        rm -rf ./generations/next
    fi
}

_add_generation() {
    [ -d ./generations ] || mkdir -m 700 ./generations || _fail 'cannot keep this script'
    mkdir -m 700 ./generations/next || _fail 'cannot keep this script'
    {
        cat <"$script" >./generations/next/activate &&
            chmod 700 ./generations/next/activate &&
            cat <./state >./generations/next/state
    } || _fail 'cannot keep this script'
    _sum_of ./generations/next/activate
    printf '%s\n' "$sum" >./generations/next/sum || _fail 'cannot keep this script'
    _flush
    _drop_generations undone
    _set_current "$((${current:-0} + 1))"
    mv -f ./generations/next "./generations/$current" || _fail 'cannot keep this script'
    _detail "this script is generation $current"
}

_set_current() {
    current=$1
    printf '%s\n' "$current" >./generations/current.tmp || _fail 'cannot keep this script'
    _flush
    mv -f ./generations/current.tmp ./generations/current || _fail 'cannot keep this script'
}

# Copies $2 over $1, both in the memory, unless they are the same.
_put_whole() {
    text=$(cat "./$2") || _fail "cannot read $memory/$2"
    [ ! -f "./$1" ] || [ "$text" != "$(cat "./$1")" ] || return 0
    printf '%s\n' "$text" >"./$1.tmp" || _fail "cannot write $memory/$1"
    _flush
    mv -f "./$1.tmp" "./$1" || _fail "cannot write $memory/$1"
}

# Those that were gone back from (`undone`), or all but the last five (`old`).
_drop_generations() {
    IFS=$nl
    for each in $generations; do
        case $1 in
        undone) [ "$each" -le "${current:-0}" ] || rm -rf "./generations/$each" ;;
        old) [ "$each" -gt "$((current - 5))" ] || rm -rf "./generations/$each" ;;
        esac
    done
    IFS=$blanks
}

# ---- --generations

_list_generations() {
    _recall
    _read_generations
    [ -n "$generations" ] || _end 3 'no generation is recorded: no script was run here from a file'
    IFS=$nl
    for each in $generations; do
        IFS=$blanks
        mark='       '
        [ "$each" != "$current" ] || mark=current
        made=$(stat -c %y -- "./generations/$each/activate" 2>/dev/null) || made='(damaged)'
        _read_state_of "$each"
        _say "$each  $mark  ${made%:*}  host ${recorded_host:-(none)}, input $recorded_input"
    done
    IFS=$blanks
}

# Sets recorded_host and recorded_input. Argument: a generation
_read_state_of() {
    text=$(cat "./generations/$1/state" 2>/dev/null) || text=
    _read_header "$text"
}

_read_header() {
    recorded_host=
    recorded_input=
    case $1 in
    "vcfg-state 1${nl}host$tab"*"${nl}input$tab"*)
        recorded_host=${1#*"${nl}host$tab"}
        recorded_host=${recorded_host%%"$nl"*}
        recorded_input=${1#*"${nl}input$tab"}
        recorded_input=${recorded_input%%"$nl"*} ;;
    esac
}

# ---- --rollback

# Sets earlier to the generation that comes before what is there now, empty if there is none.
_find_earlier() {
    earlier=
    _read_generations
    case $nl$old_journal in
    *"${nl}run$tab"*"$tab"[1-9]*)
        # a way back was begun, and is gone to its end
        earlier=${old_journal##*"${nl}run$tab"}
        earlier=${earlier%%"$nl"*}
        earlier=${earlier##*"$tab"}
        case $earlier in
        *[!0123456789]*) _end 3 "$memory/pending is damaged: $earlier is no generation" ;;
        esac
        return 0 ;;
    esac
    _read_header "$old_state"
    there=$recorded_input
    case $nl$old_journal in
    *"${nl}run$tab"*)
        # half-way to another configuration?
        there=${old_journal##*"${nl}run$tab"}
        there=${there%%"$tab"*} ;;
    esac
    [ -z "$current" ] || _read_state_of "$current"
    if [ -n "$current" ] && [ "$there" != "$recorded_input" ]; then
        # made by a script that left no generation, or not made yet
        earlier=$current
        return 0
    fi
    IFS=$nl
    for each in $generations; do
        [ "$each" -ge "${current:-0}" ] || earlier=$each
    done
    IFS=$blanks
}

# Runs the script of the earlier generation, with the words this one was called with.
_roll_back() {
    _recall
    _find_earlier
    [ -n "$earlier" ] ||
        _end 3 'there is no earlier generation to go back to; --uninstall removes everything'
    _check_generation "$earlier"
    for word; do
        shift
        case $word in
        --rollback) ;;
        --root=*) set -- "$@" "--root=$root" ;;
        --report=*) set -- "$@" "--report=$report" ;;
        *) set -- "$@" "$word" ;;
        esac
    done
    _say "going back to generation $earlier"
    cd / || _end 1 'cannot enter /'
    exec 9<&-
    [ -z "$secret_folder" ] || {
        VCFG_SECRETS=$secret_folder
        export VCFG_SECRETS
    }
    exec sh "$root$memory/generations/$earlier/activate" "$@" "--generation=$earlier"
}

_check_generation() {
    _enter "$memory" || _end 3 "cannot enter $root$memory"
    sum=missing
    [ -L "./generations/$1" ] || [ ! -f "./generations/$1/activate" ] ||
        _sum_of "./generations/$1/activate"
    _has_sum "$1" "$sum" ||
        _end 3 "generation $1 is damaged: $root$memory/generations/$1/activate is not what was recorded"
    _read_header "$old_state"
    there=$recorded_host
    _read_state_of "$1"
    [ "$recorded_host" = "$there" ] || [ "$rename" = yes ] ||
        _end 3 "generation $1 is one of another host, $recorded_host (--rename accepts the name)"
}
