"""Actions for numbers, quantities and words that stand for one value.

An action is `(parts, start, end, machine) → node`: `parts` are the spellings of terminals and
the results of other actions, with None in empty slots; what is wrong but does not stop the
parse goes to `machine.problem`.
"""

from __future__ import annotations

from evaluator.syntax.units import BYTES, MICROSECONDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.syntax.machine import Machine

    Node = tuple[Any, ...]

LARGEST = 2**63 - 1
UNITS = (*MICROSECONDS, *BYTES)
_DIGITS = "0123456789_."


def whole(spelling: str, start: int, end: int, machine: Machine) -> int:
    """Value of an INT; 0 with a problem if it is too large or begins with a 0."""
    if spelling[0] == "0" and len(spelling) > 1:
        machine.problem("leading-zero", start, end, spelling=spelling)
        return 0
    digits = spelling.replace("_", "")
    if len(digits) > 19 or int(digits) > LARGEST:
        machine.problem("number-too-large", start, end)
        return 0
    return int(digits)


def fractional(spelling: str, start: int, end: int, machine: Machine) -> float:
    """Value of a FLOAT; 0 with a problem if it is too large."""
    value = float(spelling)
    if value - value != 0:
        machine.problem("number-too-large", start, end)
        return 0.0
    return value


def _quantity(spelling: str, units: dict[str, int], start: int, end: int, m: Machine) -> int:
    split = len(spelling)
    while spelling[split - 1] not in _DIGITS:
        split -= 1
    integer, _, fraction = spelling[:split].replace("_", "").partition(".")
    if len(integer) + len(fraction) > 40:
        m.problem("number-too-large", start, end)
        return 0
    scale: int = 10 ** len(fraction)
    value, rest = divmod(int(integer + fraction) * units[spelling[split:]], scale)
    if rest:
        smallest = "bytes" if units is BYTES else "microseconds"
        m.problem("not-whole", start, end, smallest=smallest)
    if value > LARGEST:
        m.problem("number-too-large", start, end)
        return 0
    return value


def integer(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`5000`"""
    return ("int", start, end, whole(parts[0], start, end, machine))


def floating(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`0.5`"""
    return ("float", start, end, fractional(parts[0], start, end, machine))


def number(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """A number in a type, with its sign."""
    sign, spelling = parts
    if "." in spelling:
        value = fractional(spelling, start, end, machine)
        return ("float", start, end, -value if sign else value)
    digits_start = end - len(spelling)
    amount = whole(spelling, digits_start, end, machine)
    return ("int", start, end, -amount if sign else amount)


def mode(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`0o644`"""
    spelling = parts[0]
    if len(spelling) > 24 or int(spelling, 8) > 0o7777:
        machine.problem("mode-too-large", start, end)
        return ("mode", start, end, 0)
    return ("mode", start, end, int(spelling, 8))


def duration(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`6h`, in microseconds."""
    return ("duration", start, end, _quantity(parts[0], MICROSECONDS, start, end, machine))


def size(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`8GiB`, in bytes."""
    return ("size", start, end, _quantity(parts[0], BYTES, start, end, machine))


def true(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`true`"""
    return ("bool", start, end, True)


def false(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`false`"""
    return ("bool", start, end, False)


def null(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`null`"""
    return ("null", start, end)
