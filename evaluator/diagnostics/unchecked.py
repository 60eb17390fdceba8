"""What is said of names that cannot be judged, because a file that may declare them is missing."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.diagnostics.model import Diagnostic

LIMIT = 12


def leave_unchecked(lost: Diagnostic, name: str) -> None:
    """Count a name that what is missing may declare, in a note of the finding that says so."""
    names = lost.facts.setdefault("unchecked", [])
    if not isinstance(names, list) or name in names:
        return
    before = _left(names) if names else ""
    names.append(name)
    lost.notes = (*[each for each in lost.notes if each != before], _left(names))


def _left(names: list[str]) -> str:
    shown = ", ".join([f"`{each}`" for each in names[:LIMIT]])
    more = f" and {len(names) - LIMIT} more" if len(names) > LIMIT else ""
    if len(names) == 1:
        return f"{shown} is not checked; what is missing may declare it"
    return f"{len(names)} names are not checked; what is missing may declare them: {shown}{more}"
