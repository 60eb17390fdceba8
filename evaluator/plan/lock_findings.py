"""What is wrong between a configuration and its `ids.lock`, told at both places."""

from __future__ import annotations

from evaluator.diagnostics.model import Diagnostic, Help, Label
from evaluator.plan.errors import option_path
from evaluator.plan.ids import KINDS, PEOPLE_IDS, SYSTEM_IDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.diagnostics.model import Sink
    from evaluator.plan.errors import Findings
    from evaluator.plan.ids import Damage, Entry, Lock, Wish
    from evaluator.source import Source

DAMAGED = "bad-lock"
MISSING = "unlocked-account"


def report_damage(source: Source, damages: list[Damage], sink: Sink) -> None:
    """A lock that cannot be read as one: each line at which it fails."""
    for damage in damages:
        labels = [Label((source, damage.start, damage.end), "this line", primary=True)]
        if damage.other is not None:
            labels.append(_in_text(source, damage.other, "and this one"))
        sink.report(
            Diagnostic(
                DAMAGED,
                damage.message,
                tuple(labels),
                help=(
                    Help(
                        "bring back the file as it was committed; after a merge, take out the "
                        "line of the account that is on no machine yet, and run "
                        "`vcfg build --lock-ids`"
                    ),
                ),
            )
        )


def check_wishes(lock: Lock, source: Source, wanted: list[Wish], findings: list[Findings]) -> None:
    """Hold every account against the lock; `findings` are those of the plans, in their order."""
    seen = set()
    for wish in wanted:
        key = (wish.kind, wish.name, wish.number)
        if key not in seen:
            seen.add(key)
            if not _is_taken(lock, source, wish, findings):
                _find_missing(lock, source, wish, findings)


def _is_taken(lock: Lock, source: Source, wish: Wish, findings: list[Findings]) -> bool:
    """Report a number of the configuration that the lock has given otherwise."""
    if wish.number is None:
        return False
    room, number = KINDS[wish.kind]
    path = option_path(room, wish.name, number)
    named = lock.by_name.get((wish.kind, wish.name))
    holder = lock.by_number.get((wish.kind, wish.number))
    if named is not None and named.number != wish.number:
        findings[wish.plan].report(
            path,
            f"`{wish.name}` has the {number} {wish.number} here and {named.number} in "
            f"`{source.name}`",
            "asked for here",
            code=DAMAGED,
            labels=_given(source, named, findings),
            help=f"write `{number} = {named.number}` or leave it out; if the account is on no "
            "machine yet, take its line out of the lock",
        )
        return True
    if holder is not None and holder is not named:
        findings[wish.plan].report(
            path,
            f"The {number} {wish.number} of `{wish.name}` was given to `{holder.name}`",
            "asked for here",
            code=DAMAGED,
            labels=_given(source, holder, findings),
            help="choose another number, or leave it to `vcfg build --lock-ids`",
        )
        return True
    return False


def _find_missing(lock: Lock, source: Source, wish: Wish, findings: list[Findings]) -> None:
    entry = lock.by_name.get((wish.kind, wish.name))
    if entry is not None and not entry.is_removed:
        return
    findings[wish.plan].report(
        option_path(KINDS[wish.kind][0], wish.name),
        f"The {wish.kind} `{wish.name}` has no number in `{source.name}`",
        "asked for here",
        code=MISSING,
        labels=() if entry is None else (_in_text(source, entry, "marked as removed here"),),
        help="`vcfg build FILE -o DIR --lock-ids` gives it one; commit the file then",
    )


def report_full(wish: Wish, findings: Findings) -> None:
    """No number is left in the range."""
    numbers = SYSTEM_IDS if wish.is_system else PEOPLE_IDS
    room, number = KINDS[wish.kind]
    findings.report(
        option_path(room, wish.name),
        f"No number from {numbers[0]} to {numbers[-1]} is left for the {wish.kind} `{wish.name}`",
        "asked for here",
        code=DAMAGED,
        help=f"write its `{number}`",
    )


def _given(source: Source, entry: Entry, findings: list[Findings]) -> tuple[Label, ...]:
    """Where a number was given: a line of the lock, or who asked for it in this run."""
    words = "given here, once and for all"
    if entry.asked is None:
        return (_in_text(source, entry, words),)
    room, number = KINDS[entry.kind]
    return findings[entry.asked.plan].labels(option_path(room, entry.name, number), words)


def _in_text(source: Source, entry: Entry, words: str) -> Label:
    return Label((source, entry.start, entry.end), words)
