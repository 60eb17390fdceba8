# ---- words: results on stdout, words about them on stderr; losing either changes nothing

_say() { [ "$quiet" = yes ] || printf '%s\n' "$*" 2>/dev/null || :; }

# What would be done and what differs is said when all has been looked at: a run that is refused
# says why, not what it does not do. Texts are put together by the page, as each time is a copy.
_plan() {
    [ "$quiet" = no ] || return 0
    plan_page=$plan_page$*$nl
    [ "${#plan_page}" -lt 4000 ] || {
        plan=$plan$plan_page
        plan_page=
    }
}

_tell_plan() {
    [ -z "$plan$plan_page" ] || printf %s "$plan$plan_page" 2>/dev/null || :
    plan='' plan_page=''
}

_utter() { printf '%s\n' "activate: $*" >&2 2>/dev/null || :; }

# A run that went on in a unit of its own has said before what it sees again there.
_note() {
    [ "$echoes" = yes ] || _utter "$*"
    _event note text "$*"
}

# Only with --verbose: what is looked at, and why something is as it is.
_detail() { [ "$verbose" = no ] || _utter "$*"; }

# Ends the run; the EXIT trap takes away what was staged.
_end() {
    code=$1
    shift
    printf %s "$reasons" >&2 2>/dev/null || :
    last_words=$*
    [ "$#" -eq 0 ] || _utter "$*"
    exit "$code"
}

_usage() {
    _utter "$*"
    _end 64 'nothing was changed; --help shows how to call this script'
}

# A reason to refuse, found while looking; all of them are shown last, when the run ends.
_object() {
    case $refusal in
    0 | 4) refusal=$1 ;;
    esac
    objection=$1
    shift
    _event refusal '#code' "$objection" text "$*"
    reasons="${reasons}activate: refused: $*$nl"
}

_help() {
    cat <<'VCFG_HELP'
usage: activate TARGET [MODE] [OPTION...]

target, exactly one, never assumed:
  --root=DIR            configure the image root DIR from outside
  --inside              act on /, called inside a chroot or container build
  --live                act on this running system: the same file work, then services
                        are reloaded, restarted, started as the changes need it

what to do, otherwise the configuration is applied:
  --uninstall           remove what is ours, give back what was there before
  --rollback            go back to the generation before this one
  --verify              compare the system with what was recorded when it was changed

  --confirm-now         with --live: what an earlier run with --confirm= applied stays
  --generations         the scripts that were run here, which one is in force

with an application, --uninstall or --rollback, only say what would change:
  --check               one line per pending change; writes nothing
  --diff                as --check, with differences of texts

without a target:
  --list                what this script manages
  --show PATH           text of one file on stdout, who asked for it on stderr
  --version, --help

options:
  --adopt=backup|fail|force     a file of somebody else is in the way
                                (default: backup; with --live: fail)
  --drift=restore|keep|fail     a managed file was edited (default: restore, keeps a copy);
                                one that is not wanted any more stays if not said otherwise
  --ownership=auto|apply|defer|skip
                                set owners, leave them to the first boot, or leave them
                                out (auto: defer where a user namespace has one id only)
  --packages=check|install|skip whether missing packages stop the run (default), are
                                installed with apt-get first, or do not matter
  --sync=auto|yes|no            flush to disk before and after (auto: only with --live)
  --lock-wait=SECONDS           wait for another run on the same root (default: 0)
  --services=auto|plan|none     with --live: what changes mean for services is done, only
                                told, or not looked at (default: auto)
  --confirm=SECONDS             with --live: goes back to what was there unless somebody
                                says --confirm-now in time
  --restart=UNIT                with --live: this unit may be restarted although it is
                                guarded, as guests, sessions and the network are
  --unpacked                    files of this configuration may have been unpacked over the
                                root before (tree.tar): they count as changed by this run
  --rename                      a root that was set up as another host becomes this one
  --force-inside                --inside although a running systemd owns this root
  --report=FILE                 what is done, as JSON objects, one a line
  --quiet                       nothing on stdout
  --verbose                     more on stderr: places looked at, why something is as it is
  --no-color                    taken and ignored: nothing is colored

VCFG_SECRETS names the directory of secrets that go by a name; they are read where this
script runs, before anything is written.

exit: 0 done or nothing to do, 1 internal error, nothing changed, 2 differences
      3, 4 refused, nothing changed, 5 incomplete, run again, 6 applied, an action failed
      7 not confirmed in time, or failed under --confirm: went back
      64 usage, 69 tool missing, 75 another run is active, 77 needs root
VCFG_HELP
}
