"""Edits of findings, gathered and made: only certain ones, and none that meet.

What a help's edits change together is made together or not at all.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from evaluator.diagnostics.model import Diagnostic, Edit
    from evaluator.source import Source

    # Where a text changes, and what stands there then.
    Change = tuple[int, int, str]


class Fixes:
    """The changes of some texts, by path; `count` findings are settled by them."""

    __slots__ = ("changes", "count", "sources")

    def __init__(self) -> None:
        self.changes: dict[str, list[Change]] = {}
        self.sources: dict[str, Source] = {}
        self.count = 0

    def texts(self) -> dict[str, str]:
        """Each changed text, by path."""
        return {
            path: changed(self.sources[path].text, changes)
            for path, changes in self.changes.items()
        }

    def add(self, edits: tuple[Edit, ...]) -> bool:
        """Take the edits of one help in, unless one of them meets another; whether it was."""
        added: list[tuple[str, Change]] = []
        for edit in edits:
            source, start, end = edit.span
            change = (start, end, edit.text)
            taken = [*self.changes.get(source.path, ()), *[c for p, c in added if p == source.path]]
            if change in taken:
                continue
            if any([_meet(change, other) for other in taken]):
                return False
            added.append((source.path, change))
            self.sources.setdefault(source.path, source)
        for path, change in added:
            self.changes.setdefault(path, []).append(change)
        self.count += 1
        return True


def certain_fixes(diagnostics: Iterable[Diagnostic], may_change: Callable[[Source], bool]) -> Fixes:
    """All certain edits that can be made at once, in texts that may be changed."""
    fixes = Fixes()
    for diagnostic in diagnostics:
        edits = certain_edits(diagnostic)
        if edits and all([may_change(edit.span[0]) for edit in edits]):
            fixes.add(edits)
    return fixes


def certain_edits(diagnostic: Diagnostic) -> tuple[Edit, ...]:
    """The edits that settle a finding, if it has some that are certain."""
    for help_ in diagnostic.help:
        if help_.certain and help_.edits:
            return help_.edits
    return ()


def changed(text: str, changes: list[Change]) -> str:
    """A text with changes made that do not meet."""
    for start, end, new in sorted(changes, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _meet(one: Change, other: Change) -> bool:
    """Whether two changes touch the same characters, or insert at the same place."""
    if one[0] == one[1] or other[0] == other[1]:
        return one[0] <= other[1] and other[0] <= one[1]
    return one[0] < other[1] and other[0] < one[1]
