"""Action for a run of operands and operators: precedence, climbed here and not in the grammar.

From loose to tight: `??` (from the right), `or`, `and`, `not`, comparisons and `in` (which do
not chain), `..`, `++`, `+ -`, `* / %`, `-` in front.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.syntax.machine import Machine

    Node = tuple[Any, ...]

COALESCE, OR, AND, NOT, COMPARE, RANGE = 0, 1, 2, 3, 4, 5
LEVELS = {
    "??": COALESCE,
    "or": OR,
    "and": AND,
    "==": COMPARE,
    "!=": COMPARE,
    "<": COMPARE,
    "<=": COMPARE,
    ">": COMPARE,
    ">=": COMPARE,
    "in": COMPARE,
    "..": RANGE,
    "++": 6,
    "+": 7,
    "-": 7,
    "*": 8,
    "/": 8,
    "%": 8,
}


def operator(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """An operator or prefix with its place."""
    return (parts[0], start, end)


def prefixed(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """An operand with `not` and `-` in front; `run` takes it apart."""
    return ("prefixed", start, end, parts[0], parts[1])


def run(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """The tree of a run: one prefixed operand, or operands with operators between them."""
    first = parts[0]
    if len(parts) == 1:
        return _Run([first], [], machine).climb(0, 0, COALESCE)
    tail = parts[1]
    if len(tail) == 2 and first[0] != "prefixed" and tail[1][0] != "prefixed":
        return _pair(tail[0], first, tail[1])
    return _Run([first, *tail[1::2]], tail[::2], machine).climb(0, len(tail) // 2, COALESCE)


def _pair(sign: Node, left: Node, right: Node) -> Node:
    operator = sign[0]
    if LEVELS[operator] in (COALESCE, COMPARE, RANGE):
        return ("binary", left[1], right[2], operator, left, right)
    return ("chain", left[1], right[2], left, ((operator, right),))


class _Run:
    """Operands and the operators between them; `nots[i]` are the `not`s before operand i."""

    __slots__ = ("levels", "machine", "nots", "operands", "signs")

    def __init__(self, operands: list[Node], signs: list[Node], machine: Machine) -> None:
        self.machine = machine
        self.signs = signs
        self.levels = [LEVELS[sign[0]] for sign in signs]
        self.nots: list[list[Node]] = []
        self.operands: list[Node] = []
        for operand in operands:
            nots: list[Node] = []
            plain = operand
            if operand[0] == "prefixed":
                nots, plain = self._prefixes(operand)
            self.nots.append(nots)
            self.operands.append(plain)

    def _prefixes(self, operand: Node) -> tuple[list[Node], Node]:
        """Minus signs belong to the operand; the `not`s before them are handed out."""
        prefixes, plain = operand[3], operand[4]
        count = len(prefixes)
        while count and prefixes[count - 1][0] == "-":
            count -= 1
            plain = ("unary", prefixes[count][1], plain[2], "-", plain)
        for prefix in prefixes[:count]:
            if prefix[0] == "-":
                self.machine.problem("minus-not", prefix[1], operand[2])
                break
        return prefixes[:count], plain

    def climb(self, low: int, high: int, level: int) -> Node:
        """Tree of the operands low..high (inclusive), whose operators are of `level` or tighter."""
        if low == high:
            nots = self.nots[low]
            if nots and level > NOT:
                self.machine.problem("tight-not", nots[0][1], self.operands[low][2])
            return _negated(nots, self.operands[low])
        loosest = min(self.levels[low:high])
        nots = self.nots[low]
        if level <= NOT < loosest and nots:
            self.nots[low] = []
            return _negated(nots, self.climb(low, high, COMPARE))
        places = [at for at in range(low, high) if self.levels[at] == loosest]
        if loosest == COALESCE:
            return self._coalesce(low, high, places)
        if loosest in (COMPARE, RANGE):
            return self._binary(low, high, places)
        first = self.climb(low, places[0], loosest + 1)
        rest: list[tuple[str, Node]] = []
        for at, following in zip(places, [*places[1:], high], strict=True):
            rest.append((self.signs[at][0], self.climb(at + 1, following, loosest + 1)))
        return ("chain", first[1], rest[-1][1][2], first, tuple(rest))

    def _coalesce(self, low: int, high: int, places: list[int]) -> Node:
        node = self.climb(places[-1] + 1, high, OR)
        for index in range(len(places) - 1, -1, -1):
            begin = places[index - 1] + 1 if index else low
            left = self.climb(begin, places[index], OR)
            node = ("binary", left[1], node[2], "??", left, node)
        return node

    def _binary(self, low: int, high: int, places: list[int]) -> Node:
        at = places[0]
        sign = self.signs[at]
        tighter = LEVELS[sign[0]] + 1
        if len(places) > 1:
            again = self.signs[places[1]]
            self.machine.problem(
                "chained", again[1], again[2], first=sign[0], second=again[0], place=sign[1:3]
            )
            high = places[1]
        left = self.climb(low, at, tighter)
        right = self.climb(at + 1, high, tighter)
        return ("binary", left[1], right[2], sign[0], left, right)


def _negated(nots: list[Node], node: Node) -> Node:
    for prefix in reversed(nots):
        node = ("unary", prefix[1], node[2], "not", node)
    return node
