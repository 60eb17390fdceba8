# ---- memory: state (what is ours), journal (what a run is about to do), displaced contents
#
# Lines are tab-separated; a path comes last and holds no control byte:
#   own KIND MODE UID GID VALUE PATH    KIND f file, s seeded file, l link, d directory,
#                                       p parent directory; VALUE sha256, target or `made`
#   unit NAME STATE, done SNIPPET SHA; of accounts see there
#   key UNIT SHA                        part of our files of a unit that needs a restart
#   keep UNIT                           not stopped when its files go
#   owed UNIT SINCE                     runs as it was before a change, since its last start
#   stage DIR, changed PATH, start UNIT, served UNIT       (journal only)

# Finds the state directory without making it; sets memory (physical, empty if absent).
_find_memory() {
    memory=
    _resolve /var/lib/vcfg
    [ -z "$blocked" ] || _end 3 "the state directory cannot be used: $blocked is in the way"
    if [ -z "$missing" ]; then
        memory=$at
        _enter "$memory" || _end 3 "cannot enter $root$memory"
    fi
}

# Reads state and journal into old_state, old_journal; empty when there is none.
_recall() {
    old_state=
    old_journal=
    _find_memory
    [ -n "$memory" ] || return 0
    for part in state pending; do
        [ ! -L "./$part" ] || _end 3 "$memory/$part is a link"
    done
    if [ -f ./state ]; then
        old_state=$(cat ./state) || _end 3 "cannot read $memory/state"
        case $old_state in
        "vcfg-state 1$nl"*) ;;
        *) _end 3 "$memory/state was written by a newer vcfg, or it is damaged;" \
            'without it the next run adopts what is identical' ;;
        esac
    fi
    if [ -f ./pending ]; then
        old_journal=$(cat ./pending) || _end 3 "cannot read $memory/pending"
        unfinished=yes
    fi
    for part in state.tmp pending.tmp backup.index.tmp; do
        # torn by a run that died; cleared away with the first write
        [ ! -e "./$part" ] || unfinished=yes
    done
    case $target in
    live) _check_host ;;
    esac
}

_check_host() {
    [ "$rename" = no ] || return 0
    case $nl$old_state$nl in
    *"${nl}host$tab$host$nl"* | "$nl$nl") ;;
    *) _end 3 'this system was set up as another host (--rename accepts the new name)' ;;
    esac
}

_print_old() {
    IFS=$nl
    for line in $old_state $old_journal; do
        case $line in
        "own$tab"*)
            line=${line#*"$tab"}
            was=${line%"$tab"*}
            printf '%s\t0\t%s\n' "${line##*"$tab"}" "$was" ;;
        esac
    done
    IFS=$blanks
}

# Rows beside what their record would be if nothing changed since.
_path_folder() { :; }
_path_file() {
    case $7 in
    manage)
        _owner_ids "$5" "$6"
        printf '%s\t1\t%s\tf\t%s\t%s\t%s\t%s\n' "${2%/}/$3" "$1" "$4" "$uid" "$gid" "$8" ;;
    seed) printf '%s\t1\t%s\ts\t-\t-\t-\t-\n' "${2%/}/$3" "$1" ;;
    *) printf '%s\t1\t%s\t\n' "${2%/}/$3" "$1" ;;
    esac
}
_path_link() { printf '%s\t1\t%s\tl\t-\t-\t-\t%s\n' "${2%/}/$3" "$1" "$4"; }
_path_dir() { printf '%s\t1\t%s\t\n' "$2" "$1"; }
_path_parent() { printf '%s\t1\t%s\t\n' "$2" "$1"; }
_path_home() { :; }

_print_paths() {
    _each _path _table_dirs
    _each _path _table_files
}

# Sets was_N for rows whose records (state and journal, one per line) are not just what is
# wanted, stale_path_K and stale_was_K for what nobody wants now. See _was.
_compare_with_memory() {
    stale=0
    case $nl$old_state$old_journal in
    *"${nl}own$tab"*) ;;
    *) return 0 ;;
    esac
    empty_memory=no
    joined=$({
        _print_old
        _print_paths
    } | sort -u) || _end 1 'sort failed'
    last=
    records=
    IFS=$nl
    for line in $joined; do
        path=${line%%"$tab"*}
        line=${line#*"$tab"}
        if [ "$path" != "$last" ]; then
            [ -z "$records" ] || _remember_stale
            last=$path
            records=
        fi
        case $line in
        0*) records=$records${records:+$nl}${line#*"$tab"} ;;
        *)
            line=${line#*"$tab"}
            [ "$records" = "${line#*"$tab"}" ] || eval "was_${line%%"$tab"*}=\$records"
            records= ;;
        esac
    done
    [ -z "$records" ] || _remember_stale
    IFS=$blanks
}

# Sets was to the records of row N; $2 is the one that is not kept in a variable.
_was() {
    if [ "$empty_memory" = yes ]; then was=; else eval "was=\${was_$1-\$2}"; fi
}

_remember_stale() {
    stale=$((stale + 1))
    eval "stale_path_$stale=\$last stale_was_$stale=\$records"
}

# ---- writing it: always a new file, then one rename

_make_memory() {
    _make_place /var/lib/vcfg
    memory=$at
    rm -f ./state.tmp ./pending.tmp ./changed ./output ./backup.index.tmp
    [ "$locked" = yes ] || _take_lock
}

# Only where flock(1) is missing: a lock file that names a process of this boot.
_take_lock() {
    boot=unknown
    if [ -r /proc/sys/kernel/random/boot_id ]; then
        IFS= read -r boot </proc/sys/kernel/random/boot_id || boot=unknown
    fi
    if [ -f ./lock ]; then
        IFS=' ' read -r holder holder_boot <./lock || holder=
        if [ "$holder_boot" = "$boot" ] && [ -n "$holder" ] && [ -d "/proc/$holder" ]; then
            started=no
            _end 75 'another run is active on this root'
        fi
        rm -f ./lock
    fi
    (set -C && printf '%s %s\n' "$$" "$boot" >./lock) 2>/dev/null || {
        started=no
        _end 75 'another run is active on this root'
    }
    held=yes
}

# A value with the owner left out when owners are not ours to set.
_owned() { printf 'own\t%s\t%s\t%s\t%s\t%s\t%s\n' "$@"; }

_state_folder() { :; }
_state_file() {
    eval "left=\${left_$1-}"
    _owner_ids "$5" "$6"
    case $7:$left in
    absent:*) ;;
    *:?*)
        _was "$1" "f$tab$4$tab$uid$tab$gid$tab$8"
        _old_records "${2%/}/$3" ;;
    seed:*) _owned s - - - - "${2%/}/$3" ;;
    *)
        _owned f "$4" "$uid" "$gid" "$8" "${2%/}/$3" ;;
    esac
}
_state_link() {
    eval "left=\${left_$1-}"
    if [ -n "$left" ]; then
        _was "$1" "l$tab-$tab-$tab-$tab$4"
        _old_records "${2%/}/$3"
    else
        _owned l - - - "$4" "${2%/}/$3"
    fi
}
_old_records() {
    IFS=$nl
    for record in $was; do
        printf 'own\t%s\t%s\n' "$record" "$1"
    done
    IFS=$blanks
}
_state_dir() {
    _owner_ids "$4" "$5"
    eval "made=\${made_$1--}"
    _owned d "$3" "$uid" "$gid" "$made" "$2"
}
_state_parent() {
    eval "made=\${made_$1--}"
    [ "$made" != made ] || _owned p - - - made "$2"
}
_state_home() { :; }

_print_owned() {
    _each _state _table_dirs
    _each _state _table_files
    _print_kept_stale
}

# Directories of ours that somebody else filled stay ours until they are empty.
_print_kept_stale() {
    k=0
    while [ "$k" -lt "$stale" ]; do
        k=$((k + 1))
        eval "was=\$stale_was_$k path=\$stale_path_$k act=\${stale_act_$k-}"
        case $act in
        hold) _old_records "$path" ;;
        esac
    done
}

_print_state() {
    printf 'vcfg-state 1\nhost\t%s\ninput\t%s\nvcfg\t%s\n' "$host" "$input" "$version"
    _print_owned
    _print_accounts_memory
    _each _state _table_units
    _each _state _table_services
    _print_debts
    _each _state _table_snippets
}
_state_unit() { printf 'unit\t%s\t%s\n' "$2" "$3"; }
_state_snippet() {
    eval "finished=\${finished_$1-}"
    [ "$finished" != yes ] || printf 'done\t%s\t%s\n' "$2" "$6"
}

# The journal: everything old and everything new is ours until the state is written.
_print_journal() {
    printf 'vcfg-journal 1\n'
    {
        _print_owned
        _print_accounts_memory
        printf %s "${account_memory#"$nl"}"
        IFS=$nl
        for line in $old_state $old_journal; do
            case $line in
            "own$tab"* | "stage$tab"*) printf '%s\n' "$line" ;;
            esac
        done
        for line in $stage_plan; do
            printf 'stage\t%s\n' "$line"
        done
        for line in $changed; do
            printf 'changed\t%s\n' "$line"
        done
        IFS=$blanks
        _print_service_journal
    } | sort -u
}

_flush() {
    if [ "$flush" = yes ]; then
        sync -f "${root:-/}" 2>/dev/null || sync
    fi
}

_write_memory() {
    _enter "$memory" || _fail 'the state directory went away'
    # collected first: of many writes to a full disk only the last one would be heard of
    text=$("_print_$2") || _fail "cannot list what is ours"
    printf '%s\n' "$text" >"./$1.tmp" || _fail "cannot write $memory/$1"
    _flush
    mv -f "./$1.tmp" "./$1" || _fail "cannot write $memory/$1"
    _flush
}

# ---- displaced contents, by content; the first one of a path is the original

# The entry is in the working directory. Arguments: NAME PATH DISK
_keep_copy() {
    rest=${3#?:}
    value=${rest#*:*:*:}
    rest=${rest%":$value"}
    ids=${rest#*:}
    here=$PWD
    case $3 in
    f:*)
        store=$root$memory/backup
        [ -d "$store" ] || mkdir -m 700 -- "$store" || _fail 'cannot keep a copy'
        [ -f "$store/$value" ] || {
            cat <"./$1" >"$store/$value.tmp" && mv -f -- "$store/$value.tmp" "$store/$value"
        } || _fail "cannot keep a copy of $2" ;;
    esac
    case $nl$kept$nl in
    *"${nl}original$tab"*"$tab$2$nl"*) kind=drift ;;
    *) kind=original ;;
    esac
    line=$kind$tab${3%%:*}$tab${rest%%:*}$tab${ids%%:*}$tab${ids#*:}$tab$value$tab$2
    case $nl$kept$nl in
    *"$nl$line$nl"*) ;;
    *) kept=$kept${kept:+$nl}$line ;;
    esac
    cd -P -- "$here" || _fail 'a directory went away'
}

_read_kept() {
    kept=
    [ -n "$memory" ] || return 0
    _enter "$memory" || return 0
    [ ! -f ./backup.index ] || kept=$(cat ./backup.index)
}

_write_kept() {
    _enter "$memory" || _fail 'the state directory went away'
    printf '%s\n' "$kept" >./backup.index.tmp || _fail 'cannot list the kept copies'
    mv -f ./backup.index.tmp ./backup.index || _fail 'cannot list the kept copies'
}
