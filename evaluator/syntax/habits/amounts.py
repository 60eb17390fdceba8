"""Amounts in the units of elsewhere: `5m`, `8G`, `3sec`; the type of the option says which."""

from __future__ import annotations

import re

from evaluator.syntax.habits.habit import Habit
from evaluator.syntax.unit_habits import OTHER_SIZES, OTHER_TIMES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.syntax.failure import Failure

_AMOUNT = re.compile(r"([0-9][0-9_]*)([A-Za-z]+)\Z")
_DECLARED = re.compile(
    r"(?:option|accepts|computed)[ \t]+[\w.*\"-]+[ \t]*:[^=\n]*?\b(duration|size)\b"
)
_DEFINED = re.compile(r"([A-Za-z_](?:-?\w)*)\"?[ \t]*=[^=\n]*\Z")


def amount_of(f: Failure, found: str) -> Habit | None:
    """What is meant by a number with a unit of elsewhere."""
    amount = _AMOUNT.match(found)
    if amount is None:
        return None
    number, unit = amount.groups()
    time, size = OTHER_TIMES.get(unit.lower()), OTHER_SIZES.get(unit.lower())
    kind = _kind_here(f)
    if kind is not None and (time if kind == "duration" else size) is not None:
        time, size = (time, None) if kind == "duration" else (None, size)
    meant = [f"{number}{each}" for each in (time, size) if each is not None]
    if not meant:
        return None
    end = f.start + len(found)
    written = " or ".join([f"`{each}`" for each in meant])
    if len(meant) == 2:
        written = f"`{meant[0]}` for a time, `{meant[1]}` for a size"
    return Habit(
        f,
        f"`{unit}` is no unit",
        place=(f.start, end),
        help=f"write {written}",
        edit=(f.start, end, meant[0]) if len(meant) == 1 else None,
        offers=(("INT", "0"),) if "INT" in f.accepted else None,
        go_on=end,
        certain=size is None,
    )


def _kind_here(f: Failure) -> str | None:
    """Whether the option takes a time or a size, as far as this file declares it."""
    line = f.text[max(0, f.text.rfind("\n", 0, f.start) + 1, f.start - 500) : f.start]
    kinds = {each[1] for each in _DECLARED.finditer(line)}
    defined = _DEFINED.search(line)
    if not kinds and defined is not None:
        name = re.escape(defined[1])
        declared = re.compile(
            rf"\b(?:option|accepts|computed)[ \t]+(?:[\w.*\"-]+\.)?\"?{name}\"?[ \t]*:([^=\n]*)"
        )
        types = [each[1] for each in declared.finditer(f.text)]
        words = [re.findall(r"\b(?:duration|size)\b", each) for each in types]
        kinds = {word for each in words for word in each or [""]}
    return (kinds.pop() or None) if len(kinds) == 1 else None
