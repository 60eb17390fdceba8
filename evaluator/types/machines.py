"""Patterns followed in all ways at once, so that no text takes longer than its length.

The reading of a pattern becomes a graph of small steps. A run holds the set of places that can
be reached after each character; sets that were met before are not computed again. Single
characters and places such as `^` or `\\b` are left to `re`, so that they mean the same.
"""

from __future__ import annotations

from re import _compiler, _parser  # type: ignore[attr-defined]

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from typing import Any

    Items = Any
    Truths = tuple[bool, ...]
    Places = frozenset[int]

_MOST_PLACES = 20_000
_MOST_KNOWN = 5_000
_ONE_CHARACTER = frozenset({"LITERAL", "NOT_LITERAL", "ANY", "IN"})


class TooLarge(Exception):
    """A pattern whose counted repetitions make too many places."""


class Condition:
    """What has to hold between two characters: a place such as `^`, or a look around."""

    __slots__ = ("inside", "negated", "place", "width")

    def __init__(
        self, place: re.Pattern[str] | None, inside: Machine | None, width: int, *, negated: bool
    ) -> None:
        self.place = place
        self.inside = inside
        # Characters to step back before looking; -1 looks ahead.
        self.width = width
        self.negated = negated

    def holds(self, text: str, at: int) -> bool:
        """Whether it holds at a place of a text."""
        if self.place is not None:
            return self.place.match(text, at) is not None
        if self.inside is None:
            return False
        if self.width < 0:
            found = self.inside.runs(text, at, None)
        else:
            found = at >= self.width and self.inside.runs(text, at - self.width, at)
        return found != self.negated


class Machine:
    """A pattern as places with steps between them; place 0 is the end."""

    def __init__(self, items: Items, flags: tuple[tuple[int, int], ...] = ()) -> None:
        self._state = items.state
        self._conditions: list[Condition] = []
        self._tests: list[re.Pattern[str]] = []
        self._known_tests: dict[str, int] = {}
        # Per place: a test with what follows, or a condition (-1: none) with what follows.
        self._reads: list[tuple[int, int] | None] = [None]
        self._moves: list[list[tuple[int, int]]] = [[]]
        self._start = self._sequence(items, 0, flags)
        self._closures: dict[tuple[Places, Truths], Places] = {}
        self._steps: dict[tuple[Places, str], Places] = {}
        self._answers: dict[tuple[int, str], bool] = {}

    def fits(self, text: str) -> bool:
        """Whether the pattern matches the whole of a text."""
        return self.runs(text, 0, len(text))

    def runs(self, text: str, at: int, end: int | None) -> bool:
        """Whether it matches from `at` to `end`, or to anywhere if that is None."""
        places: Places = frozenset((self._start,))
        last = len(text) if end is None else end
        while True:
            truths = tuple([each.holds(text, at) for each in self._conditions])
            places = self._closure(places, truths)
            if 0 in places and (end is None or at == last):
                return True
            if at >= last or not places:
                return False
            places = self._step(places, text[at])
            at += 1

    def _closure(self, places: Places, truths: Truths) -> Places:
        """All places that are reached without reading."""
        found = self._closures.get((places, truths))
        if found is None:
            seen = set(places)
            waiting = list(places)
            while waiting:
                for condition, after in self._moves[waiting.pop()]:
                    if after not in seen and (condition < 0 or truths[condition]):
                        seen.add(after)
                        waiting.append(after)
            found = frozenset([each for each in seen if each == 0 or self._reads[each]])
            if len(self._closures) >= _MOST_KNOWN:
                self._closures.clear()
            self._closures[places, truths] = found
        return found

    def _step(self, places: Places, character: str) -> Places:
        """The places after a character."""
        found = self._steps.get((places, character))
        if found is None:
            reads = [self._reads[each] for each in places]
            found = frozenset(
                [each[1] for each in reads if each is not None and self._takes(each[0], character)]
            )
            if len(self._steps) >= _MOST_KNOWN:
                self._steps.clear()
            self._steps[places, character] = found
        return found

    def _takes(self, test: int, character: str) -> bool:
        key = (test, character)
        if key not in self._answers:
            if len(self._answers) >= _MOST_KNOWN:
                self._answers.clear()
            self._answers[key] = self._tests[test].fullmatch(character) is not None
        return self._answers[key]

    def _place(self, read: tuple[int, int] | None, moves: list[tuple[int, int]]) -> int:
        if len(self._reads) >= _MOST_PLACES:
            raise TooLarge
        self._reads.append(read)
        self._moves.append(moves)
        return len(self._reads) - 1

    def _sequence(self, items: Items, after: int, flags: tuple[tuple[int, int], ...]) -> int:
        """The place in front of items, `after` behind them."""
        for item in reversed(list(items)):
            after = self._item(item, after, flags)
        return after

    def _item(self, item: Any, after: int, flags: tuple[tuple[int, int], ...]) -> int:
        op, value = str(item[0]), item[1]
        if op in _ONE_CHARACTER:
            return self._place((self._test(item, flags), after), [])
        if op in {"MAX_REPEAT", "MIN_REPEAT"}:
            return self._repeat(value, after, flags)
        if op == "SUBPATTERN":
            _group, add, remove, body = value
            inner = (*flags, (add, remove)) if add or remove else flags
            return self._sequence(body, after, inner)
        if op == "BRANCH":
            return self._place(None, [(-1, self._sequence(e, after, flags)) for e in value[1]])
        if op in {"ASSERT", "ASSERT_NOT"}:
            direction, body = value
            width = body.getwidth()[0] if direction < 0 else -1
            inside = Machine(body, flags)
            return self._guard(Condition(None, inside, width, negated=op == "ASSERT_NOT"), after)
        if op == "AT":
            return self._guard(
                Condition(self._compiled(item, flags), None, 0, negated=False), after
            )
        if op == "FAILURE":
            return self._place(None, [])
        raise AssertionError(op)

    def _guard(self, condition: Condition, after: int) -> int:
        self._conditions.append(condition)
        return self._place(None, [(len(self._conditions) - 1, after)])

    def _repeat(self, value: Any, after: int, flags: tuple[tuple[int, int], ...]) -> int:
        least, most, body = value
        place = after
        if most == _parser.MAXREPEAT:
            place = self._place(None, [(-1, after)])
            self._moves[place].append((-1, self._sequence(body, place, flags)))
        else:
            for _ in range(int(most) - int(least)):
                entered = self._sequence(body, place, flags)
                place = self._place(None, [(-1, entered), (-1, after)])
        for _ in range(int(least)):
            place = self._sequence(body, place, flags)
        return place

    def _test(self, item: Any, flags: tuple[tuple[int, int], ...]) -> int:
        key = f"{item!r} {flags!r}"
        if key not in self._known_tests:
            self._known_tests[key] = len(self._tests)
            self._tests.append(self._compiled(item, flags))
        return self._known_tests[key]

    def _compiled(self, item: Any, flags: tuple[tuple[int, int], ...]) -> re.Pattern[str]:
        """One item as a pattern of its own, under the flags of the groups around it."""
        alone = _parser.SubPattern(self._state, [item])
        for add, remove in reversed(flags):
            group = (_parser.SUBPATTERN, (None, add, remove, alone))
            alone = _parser.SubPattern(self._state, [group])
        compiled: re.Pattern[str] = _compiler.compile(alone)
        return compiled
