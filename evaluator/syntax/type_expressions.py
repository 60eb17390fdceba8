"""Actions for types."""

from __future__ import annotations

from evaluator.syntax.expressions import separated

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.syntax.machine import Machine

    Node = tuple[Any, ...]


def dotted(parts: list[Any], start: int, end: int, machine: Machine) -> str:
    """A name with dots, as written."""
    return ".".join(parts[1][1::2]).join((parts[0] + ".", "")) if len(parts) > 1 else str(parts[0])


def named_type(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`int`, `map(T)`, `hardware.Nic`"""
    return ("tname", start, end, parts[0], parts[1] or ())


def type_arguments(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`(int, 0..5, matches: r"…")`"""
    return separated(parts[1:])


def type_option(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`matches: r"…"` in a type."""
    return ("arg", start, end, parts[0][3], parts[2])


def range_(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`1..10` or `1..`."""
    upper = parts[2]
    return ("range", start, end, parts[0][3], None if upper is None else upper[3])


def range_below(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`..10`."""
    return ("range", start, end, None, parts[1][3])


def literal_type(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """A type of one value: a string, a whole number, `true`, `false` or `null`."""
    node = parts[0]
    if node[0] == "null":
        return ("tliteral", start, end, None)
    if node[0] in ("interp", "float"):
        machine.problem("no-literal-type", start, end, node=node[0])
        return ("tliteral", start, end, None)
    return ("tliteral", start, end, node[3])


def optional(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`T?`"""
    return ("toptional", start, end, parts[0])


def union(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`A | B`"""
    return ("tunion", start, end, separated(parts))
