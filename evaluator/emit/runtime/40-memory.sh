# ---- memory: state (what is ours), journal (what a run is about to do), displaced contents
#
# Lines are tab-separated; a path comes last and holds no control byte:
#   own KIND MODE UID GID VALUE PATH    KIND f file, s seeded file, a absent file, l link,
#                                       d directory, p parent directory; VALUE sha256, target
#                                       or `made`
#   unit NAME STATE BEFORE, done SNIPPET SHA; of accounts see there
#   key UNIT SHA                        part of our files of a unit that needs a restart
#   keep UNIT                           not stopped when its files go
#   watch VERB UNIT PATH                what a change of a file leads to
#   owed UNIT SINCE                     runs as it was before a change, since its last start
#   place PATH                          a directory made only to hold this memory
#   boot MODE USER GROUP PATH           what the first boot makes of what is root's until then
#   host NAME                           whose root it is
#   run INPUT GENERATION                (journal only) whose run it is; GENERATION to go back to
#   stage DIR, changed PATH, start UNIT, served UNIT       (journal only)
#   lock PID                            (journal only) of lock files in /etc
#   found KIND MODE UID GID VALUE PATH  (journal only) what was there and became ours as it was

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
    _check_memory
    if [ -f ./state ]; then
        _read_record state 'vcfg-state 1' 'without it the next run adopts what is identical'
        old_state=$text
    fi
    if [ -f ./pending ]; then
        _read_record pending 'vcfg-journal 1' \
            'without it what an interrupted run began is taken for what was there before'
        old_journal=$text
        unfinished=yes
    fi
    for part in state.tmp pending.tmp backup.index.tmp; do
        # torn by a run that died; cleared away with the first write
        [ ! -e "./$part" ] || unfinished=yes
    done
    case $mode in
    verify | generations) ;;
    *) _check_host ;;
    esac
}

# A script that was brought to the wrong root, or an image of one host that is to be another's.
# A run with --rename that died has the new name in its journal.
_check_host() {
    [ "$rename" = no ] || return 0
    case $nl$old_state$nl$old_journal$nl in
    # a system that had no name may get one
    *"${nl}host$tab$host$nl"* | *"${nl}host$tab$nl"*) return 0 ;;
    *"${nl}host$tab"*) ;;
    *) return 0 ;;
    esac
    IFS=$nl
    for line in $old_state $old_journal; do
        case $line in
        "host$tab"*) break ;;
        esac
    done
    IFS=$blanks
    _end 3 "nothing was changed: this root was set up as another host, ${line#*"$tab"};" \
        "this script is for ${host:-none by name} (--rename accepts that)"
}

# Argument: the field that tells where a record is from
_print_old() {
    IFS=$nl
    for line in $2; do
        case $line in
        "own$tab"[!dp]*)
            [ "$settled$kept" != yes ] || continue
            ! _is_settled "${line##*"$tab"}" || continue ;;
        esac
        case $line in
        "own$tab"*)
            line=${line#*"$tab"}
            was=${line%"$tab"*}
            printf '%s\t%s\t%s\n' "${line##*"$tab"}" "$1" "$was" ;;
        esac
    done
    IFS=$blanks
}

_print_originals() {
    IFS=$nl
    for line in $kept; do
        case $line in
        "original$tab"*)
            line=${line#*"$tab"}
            was=${line%"$tab"*}
            printf '%s\t2\t%s\n' "${line##*"$tab"}" "$was" ;;
        esac
    done
    IFS=$blanks
}

# Mostly what is recorded of files and links is just what would be if all were in place, and in
# one piece: settled says so, and no record of a file needs a look then.
_compare_files() {
    [ "${#kept}" -lt 2000 ] || sifted=no
    wanted_files=$(_each _state _table_files) || _end 1 'cannot list what is wanted'
    [ -z "$old_journal" ] || return 0
    before=0
    after=
    begun=no
    IFS=$nl
    for line in $old_state; do
        case $line:$begun$after in
        "own$tab"[!dp]*:no | "own$tab"[!dp]*:yes) begun=yes ;;
        "own$tab"[!dp]*)
            IFS=$blanks
            return 0 ;;
        *:no) before=$((before + 1)) ;;
        *) after=$after$nl$line ;;
        esac
    done
    # shellcheck disable=SC2086 # lines, no globbing (set -f)
    set -- $old_state
    IFS=$blanks
    shift "$before"
    [ "$(printf '%s\n' "$@")" != "$wanted_files$after" ] || settled=yes
}

# Only what was displaced for a path is still to be found then, in a list that is short: a long one
# costs more to search for each path than to sort with all of them.
_is_settled() {
    [ "$settled$sifted" = yesyes ] || return 1
    [ -n "$kept" ] || return 0
    case $nl$kept$nl in
    *"$tab$1$nl"*) return 1 ;;
    esac
}

# Rows beside what their record would be if nothing changed since.
_path_folder() { [ "$settled$kept" != yes ]; }
_path_file() {
    ! _is_settled "${2%/}/$3" || return 0
    case $7 in
    manage)
        _owner_ids "$5" "$6"
        printf '%s\t1\t%s\tf\t%s\t%s\t%s\t%s\n' "${2%/}/$3" "$1" "$4" "$uid" "$gid" "$8" ;;
    seed) printf '%s\t1\t%s\ts\t-\t-\t-\t-\n' "${2%/}/$3" "$1" ;;
    *) printf '%s\t1\t%s\ta\t-\t-\t-\t-\n' "${2%/}/$3" "$1" ;;
    esac
}
_path_link() { _is_settled "${2%/}/$3" || printf '%s\t1\t%s\tl\t-\t-\t-\t%s\n' "${2%/}/$3" "$1" "$4"; }
_path_dir() { printf '%s\t1\t%s\t\n' "$2" "$1"; }
_path_parent() { printf '%s\t1\t%s\t\n' "$2" "$1"; }
_path_home() { :; }

_print_paths() {
    _each _path _table_dirs
    _each _path _table_files
}

# Sets was_N for rows whose records (state and journal, one per line) are not just what is
# wanted, back_N where something was there before us, and unsure_N where only the journal
# knows a path; the same of what nobody wants now for _find_stale. See _was.
_compare_with_memory() {
    stale=0
    orphans=
    _compare_files
    case $nl$old_state$old_journal$nl$kept in
    *"${nl}own$tab"* | *"${nl}original$tab"*) ;;
    *) return 0 ;;
    esac
    empty_memory=no
    joined=$({
        _print_old 0 "$old_state"
        _print_old 0j "$old_journal"
        _print_originals
        _print_paths
    } | sort -u) || _end 1 'sort failed'
    last=
    row=
    records=
    back=
    unsure=yes
    IFS=$nl
    for line in $joined; do
        path=${line%%"$tab"*}
        line=${line#*"$tab"}
        if [ "$path" != "$last" ]; then
            [ -z "$row$records$back" ] || _remember_path
            last=$path
            row=
            records=
            back=
            unsure=yes
        fi
        case $line in
        0j*)
            line=${line#*"$tab"}
            case $nl$records$nl in
            *"$nl$line$nl"*) ;;
            *) records=$records${records:+$nl}$line ;;
            esac ;;
        0*)
            unsure=no
            records=$records${records:+$nl}${line#*"$tab"} ;;
        1*) row=${line#*"$tab"} ;;
        *) back=${line#*"$tab"} ;;
        esac
    done
    [ -z "$row$records$back" ] || _remember_path
    eval "stale_rows_$(((stale - 1) / 100))=\$stale_rows"
    IFS=$blanks
}

_remember_path() {
    if [ -z "$records" ] && [ -n "$back" ]; then
        orphans=$orphans$last$nl
        back=
        [ -n "$row" ] || return 0
    fi
    if [ -z "$row" ]; then
        _remember_stale
        return 0
    fi
    [ "$records" = "${row#*"$tab"}" ] || eval "was_${row%%"$tab"*}=\$records"
    [ -z "$back" ] || eval "back_${row%%"$tab"*}=\$back"
    [ "$unsure" = no ] || eval "unsure_${row%%"$tab"*}=yes"
}

# Sets was to the records of row N; $2 is the one that is not kept in a variable.
_was() {
    if [ "$empty_memory" = yes ]; then was=; else eval "was=\${was_$1-\$2}"; fi
}

# ---- writing it: always a new file, then one rename

_make_memory() {
    _make_place /var/lib/vcfg
    memory=$at
    rm -f ./state.tmp ./pending.tmp ./changed ./output ./backup.index.tmp
    if [ "$unfinished" = yes ]; then
        # a copy that a run died over
        set +f
        rm -f ./backup/*.tmp
        set -f
    fi
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
            _end 75 'another run is active on this root (--lock-wait=SECONDS waits for it)'
        fi
        rm -f ./lock
    fi
    (set -C && printf '%s %s\n' "$$" "$boot" >./lock) 2>/dev/null || {
        started=no
        _end 75 'another run is active on this root (--lock-wait=SECONDS waits for it)'
    }
    held=yes
}

# A value with the owner left out when owners are not ours to set.
_owned() { printf 'own\t%s\t%s\t%s\t%s\t%s\t%s\n' "$@"; }

_state_folder() { :; }
_state_file() {
    left=
    [ "$any_left" = no ] || eval "left=\${left_$1-}"
    [ "$5:$6" = "$known_owner" ] || _owner_ids "$5" "$6"
    case $7:$left in
    absent:*) _owned a - - - - "${2%/}/$3" ;;
    *:?*)
        _was "$1" "f$tab$4$tab$uid$tab$gid$tab$8"
        _old_records "${2%/}/$3" ;;
    seed:*) _owned s - - - - "${2%/}/$3" ;;
    *)
        _owned f "$4" "$uid" "$gid" "$8" "${2%/}/$3" ;;
    esac
}
_state_link() {
    left=
    [ "$any_left" = no ] || eval "left=\${left_$1-}"
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
    if [ "$any_left" = yes ]; then
        _each _state _table_files
    elif [ -n "$wanted_files" ]; then
        printf '%s\n' "$wanted_files"
    fi
    # one order, whichever run made them
    [ "$stale:$made_elsewhere" = 0: ] || { _print_kept_stale && _print_elsewhere; } | sort
    IFS=$nl
    places=$nl
    for place in $new_places; do
        printf 'place\t%s\n' "$place"
        places=${places}place$tab$place$nl
    done
    for line in $old_state $old_journal; do
        case $line in
        "place$tab"*)
            case $places in
            *"$nl$line$nl"*) ;;
            *)
                printf '%s\n' "$line"
                places=$places$line$nl ;;
            esac ;;
        esac
    done
    IFS=$blanks
}

# Directories that are missing above the memory: below the root they are called as we make them.
_find_new_places() {
    new_places=
    _resolve /var/lib/vcfg
    while [ "$missing" != "${missing#*/}" ]; do
        at=$at/${missing%%/*}
        missing=${missing#*/}
        new_places=$new_places$at$nl
    done
}

# What was there before us and is as it is wanted, found by this run. Arguments: DISK PATH
_found_line() {
    case $1 in
    l:*) printf '%s\tl\t-\t-\t-\t%s\t%s\n' "$found_kind" "${1#l:-:-:-:}" "$2" ;;
    *)
        IFS=:
        # shellcheck disable=SC2086 # kind, mode, owner, group, hash
        set -- "$2" $1
        IFS=$blanks
        printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$found_kind" "$2" "$3" "$4" "$5" "${6:--}" "$1" ;;
    esac
}
_found_folder() { :; }
_found_file() { _found_dir "$1" "${2%/}/$3"; }
_found_link() { _found_dir "$1" "${2%/}/$3"; }
_found_parent() { :; }
_found_home() { :; }
_found_dir() {
    eval "disk=\${found_$1-}"
    [ -z "$disk" ] || _found_line "$disk" "$2"
}

# Argument: the first word of each line
_print_found() {
    [ "$any_found" = yes ] || return 0
    found_kind=$1
    _each _found _table_dirs
    _each _found _table_files
}

# Directories of ours that somebody else filled stay ours until they are empty.
_print_kept_stale() {
    k=0
    while [ "$k" -lt "$stale" ]; do
        k=$((k + 1))
        _find_stale "$k"
        case $act in
        hold | redress) _old_records "$path" ;;
        esac
    done
}

# Directories behind links, under their own names, unless a row bears that name, too.
_print_elsewhere() {
    IFS=$nl
    for place in $made_elsewhere; do
        IFS=$blanks
        _split "$place"
        place=$dir linked=$nl claimed=no
        _each _claim _table_dirs
        [ "$claimed" != no ] || _owned p - - - made "$dir/$name"
    done
    IFS=$blanks
}

_print_state() {
    printf 'vcfg-state 1\nhost\t%s\ninput\t%s\nvcfg\t%s\n' "$host" "$input" "$version"
    _print_owned
    [ "$deferring" = no ] || _print_boot
    _print_accounts_memory
    _each _state _table_units
    _each _state _table_services
    _print_debts
    _each _state _table_snippets
}
# What the first boot makes of what a run left as root's: --verify takes it for as it was left.
_print_boot() {
    deferring=no
    _modes
    _each _boot _table_dirs
    _each _boot _table_files
    deferring=yes
    _modes
}
_boot_folder() { :; }
_boot_file() { [ "$7" != manage ] || _boot_look "${2%/}/$3" "$4" "$5" "$6"; }
_boot_link() { :; }
_boot_dir() { _boot_look "$2" "$3" "$4" "$5"; }
_boot_parent() { :; }
_boot_home() { :; }
_boot_look() {
    case $3:$4 in
    root:root | root:0 | 0:root | 0:0) ;;
    *) printf 'boot\t%s\t%s\t%s\t%s\n' "$2" "$3" "$4" "$1" ;;
    esac
}

_state_unit() {
    eval "before=\$before_$1"
    printf 'unit\t%s\t%s\t%s\n' "$2" "$3" "$before"
}
_state_snippet() {
    eval "finished=\${finished_$1-}"
    [ "$finished" != yes ] || printf 'done\t%s\t%s\n' "$2" "$6"
}

# The journal: everything old and everything new is ours until the state is written.
_print_journal() {
    printf 'vcfg-journal 1\n'
    {
        printf 'host\t%s\nrun\t%s\t%s\n' "$host" "$input" "${generation:--}"
        _print_owned
        _print_found found
        _each _state _table_units
        _print_accounts_memory
        printf %s "${account_memory#"$nl"}"
        [ "$accounts_changed" = no ] || printf 'lock\t%s\n' "$$"
        IFS=$nl
        for line in $old_state $old_journal; do
            case $line in
            "own$tab"* | "unit$tab"* | "stage$tab"* | "found$tab"* | "lock$tab"*)
                printf '%s\n' "$line" ;;
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

# Every file system that this run writes to, and no other: there may be slow ones.
_flush() {
    [ "$flush" = yes ] || return 0
    IFS=$nl
    # shellcheck disable=SC2086 # one place per line, no globbing (set -f)
    sync -f "${root:-/}" $disks 2>/dev/null && IFS=$blanks && return 0
    IFS=$blanks
    case $(sync --help 2>&1) in
    *-f*) _fail 'what was written did not reach the disk (--sync=no does not ask)' ;;
    esac
    sync || _fail 'what was written did not reach the disk'
}

_write_memory() {
    _enter "$memory" || _fail 'the state directory went away'
    # collected first: of many writes to a full disk only the last one would be heard of
    text=$("_print_$2") || _fail "cannot list what is ours"
    printf '%s\nend\n' "$text" >"./$1.tmp" || _fail "cannot write $memory/$1"
    _flush
    mv -f "./$1.tmp" "./$1" || _fail "cannot write $memory/$1"
    _flush
}
