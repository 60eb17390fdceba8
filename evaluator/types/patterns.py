"""Regular expressions that are always done in sensible time.

Python's `re` tries alternatives one after the other, which can take longer than anybody waits:
`(a+)+` doubles its work with each letter. So every pattern is read first and its work is
estimated. Where the estimate is small `re` matches, everything else is followed in all ways at
once (`machines`). Only what neither can do (a pattern that refers back to what it matched, with
choices inside a repetition) is refused.
"""

from __future__ import annotations

import re
import warnings
from re import _compiler, _parser  # type: ignore[attr-defined]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.types.machines import Machine

    Items = Any
    Work = tuple[int, int]

# Steps that nobody notices, and steps that a pattern which cannot be simulated may take.
_QUICK = 1_000_000
_PATIENCE = 50_000_000
_MOST_STARS = 2

_IRREGULAR = frozenset({"GROUPREF", "GROUPREF_EXISTS", "ATOMIC_GROUP", "POSSESSIVE_REPEAT"})
_CLASSES = {
    "alnum": "A-Za-z0-9",
    "alpha": "A-Za-z",
    "ascii": r"\x00-\x7f",
    "blank": r" \t",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": "!-/:-@[-`{-~",
    "space": r"\s",
    "upper": "A-Z",
    "word": "A-Za-z0-9_",
    "xdigit": "0-9A-Fa-f",
}
_CLASS = re.compile(r"\\.|\[:(\^?)([a-z]+):\]", re.DOTALL)


class BadPattern(ValueError):
    """Why a text is no pattern, from where to where in it, and what to write instead."""

    def __init__(
        self, reason: str, at: int | None = None, end: int | None = None, advice: str = ""
    ) -> None:
        super().__init__(reason)
        self.at = at
        self.end = at if end is None else end
        self.advice = advice


class Pattern:
    """A pattern that is ready; `fits` says whether it matches the whole of a text."""

    __slots__ = ("_is_irregular", "_machine", "_plain", "_work", "tree")

    def __init__(self, text: str) -> None:
        try:
            self.tree = _parsed(text)
            self._work = _work(self.tree)
            self._is_irregular = _is_irregular(self.tree)
            self._plain: re.Pattern[str] = _compiler.compile(self.tree)
            self._machine: Machine | None = None
            if self._work is None or self._work[1] > _MOST_STARS:
                self._demand()
        except RecursionError:
            raise BadPattern("its groups are nested too deeply") from None
        except OverflowError:
            raise BadPattern("a count in it is too large") from None

    def _demand(self) -> None:
        """Get ready for more work than `re` is trusted with; raises BadPattern if none can."""
        if self._is_irregular:
            if self._work is None:
                raise BadPattern(
                    "it repeats choices and refers back to a group, or cuts choices off "
                    "(`\\1`, `(?>…)`, `*+`), so that trying it could take forever"
                )
            return
        self._machine = self._built()
        if self._machine is None:
            raise BadPattern("it is too large, since repeated choices are counted out")

    def fits(self, text: str) -> bool:
        """Whether the pattern matches the whole of a text; raises BadPattern if it is too long."""
        if self._work is not None:
            factor, stars = self._work
            steps = factor * (len(text) + 1) ** stars
            if steps <= _QUICK or stars <= 1:
                return self._plain.fullmatch(text) is not None
            if self._is_irregular:
                if steps > _PATIENCE:
                    raise BadPattern(f"a text of {len(text)} characters is too long for it")
                return self._plain.fullmatch(text) is not None
        machine = self._machine or self._built()
        if machine is None:
            return self._plain.fullmatch(text) is not None
        self._machine = machine
        return machine.fits(text)

    def _built(self) -> Machine | None:
        from evaluator.types.machines import Machine, TooLarge

        try:
            return Machine(self.tree)
        except TooLarge:
            return None


_known: dict[str, Pattern] = {}
_MOST_KNOWN = 1000


def pattern(text: str) -> Pattern:
    """The pattern that a text spells; raises BadPattern."""
    found = _known.get(text)
    if found is None:
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        found = _known[text] = Pattern(text)
    return found


def _parsed(text: str) -> Items:
    """Python's reading of a pattern, without its warnings; raises BadPattern."""
    for each in _CLASS.finditer(text):
        inside = _CLASSES.get(each[2] or "")
        if inside is not None:
            reason = f"`{each[0]}` is no class here"
            advice = f"write `{inside}` inside brackets, as in `[{each[1]}{inside}]`"
            raise BadPattern(reason, each.start(), each.end(), advice)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _parser.parse(text)
    except re.error as problem:
        if problem.msg.startswith("global flags not at the start"):
            reason, advice = (
                "flags stand in the middle",
                "write `(?i)` first, or `(?i:…)` for a part",
            )
            raise BadPattern(reason, problem.pos, None, advice) from None
        raise BadPattern(problem.msg, problem.pos) from None


def _work(items: Items) -> Work | None:
    """Ways through items that `re` may try: a factor, and how often the length multiplies it.

    None where it may be exponential.
    """
    factor, stars = 1, 0
    for op, value in items:
        found = _item_work(str(op), value)
        if found is None:
            return None
        factor, stars = factor * found[0], stars + found[1]
        if factor > _QUICK:
            return None
    return factor, stars


def _item_work(op: str, value: Any) -> Work | None:
    if op in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}:
        return _repeat_work(*value)
    if op == "SUBPATTERN":
        return _work(value[-1])
    if op in {"ASSERT", "ASSERT_NOT"}:
        return _work(value[1])
    if op == "ATOMIC_GROUP":
        return _work(value)
    if op in {"BRANCH", "GROUPREF_EXISTS"}:
        parts = value[1] if op == "BRANCH" else [part for part in value[1:] if part is not None]
        works = [_work(part) for part in parts]
        if None in works:
            return None
        known = [work for work in works if work is not None]
        return sum([work[0] for work in known]), max([work[1] for work in known])
    return 1, 0


def _repeat_work(least: int, most: int, body: Items) -> Work | None:
    inner = _work(body)
    if inner is None:
        return None
    factor, stars = inner
    if most == 1:
        return factor + 1 - least, stars
    if most == _parser.MAXREPEAT or int(most) > _QUICK:
        return (1, 1) if inner == (1, 0) else None
    if factor > 1 and most > _QUICK.bit_length():
        return None
    return factor**most * (most - least + 1), stars * most


def _is_irregular(tree: Items) -> bool:
    """Whether there is something in it that no machine can follow."""
    waiting: list[Any] = [tree]
    while waiting:
        each = waiting.pop()
        if isinstance(each, (tuple, list, _parser.SubPattern)):
            waiting.extend(each)
        elif isinstance(each, type(_parser.MAXREPEAT)) and each.name in _IRREGULAR:
            return True
    return False
