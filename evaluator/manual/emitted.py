"""What options emit: entries of the plan that they may decide about, as facts and as words."""

from __future__ import annotations

from evaluator.flows.emits import Emissions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from evaluator.names.load import Module
    from evaluator.options.shapes import Declarations

    Facts = dict[str, Any]

# More of a kind, or more words of one entry, are told by what they have in common.
MANY = 6


def add_emits(found: list[Facts], modules: list[Module], declared: Declarations) -> None:
    """Give every option its `emits`: kind, name and words of each entry."""
    emissions = Emissions(modules, declared)
    for facts in found:
        entries = emissions.of(facts["alias_of"] or facts["path"])
        facts["emits"] = [
            {"kind": each.kind, "name": each.name, "words": [*each.words]} for each in entries
        ]


def told(entries: list[Facts], code: Callable[[str], str]) -> list[str]:
    """A line for each entry, or for many of one kind; `code` marks what is written elsewhere."""
    groups: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for each in entries:
        groups.setdefault((each["kind"], tuple(each["words"])), []).append(each["name"])
    out: list[str] = []
    for (kind, words), names in groups.items():
        shown = names if len(names) <= MANY else _folded(names)
        said = ", ".join([code(word) for word in words[:MANY]])
        if len(words) > MANY:
            said += f" and {len(words) - MANY} more"
        start = "" if kind in ("file", "cron") else f"{kind} "
        out += [f"{start}{code(name)}{': ' if said else ''}{said}" for name in shown]
    return out


def _folded(names: list[str]) -> list[str]:
    """Names that differ in one place as one name with `…` there."""
    first, last = min(names), max(names)
    head = 0
    while head < min(len(first), len(last)) and first[head] == last[head]:
        head += 1
    backwards = [name[::-1] for name in names]
    first, last = min(backwards), max(backwards)
    tail = 0
    while tail < min(len(first), len(last)) and first[tail] == last[tail]:
        tail += 1
    start, end = names[0][:head], names[0][len(names[0]) - tail :] if tail else ""
    # What differs from the first folder on has nothing in common.
    return [f"{start}…{end}"] if start.count("/") > 2 else names
