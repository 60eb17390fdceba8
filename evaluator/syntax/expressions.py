"""Actions for expressions other than literals, strings and operators."""

from __future__ import annotations

from evaluator.syntax.nesting import LEVELS, check_brackets

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.syntax.machine import Machine

    Node = tuple[Any, ...]


def separated(parts: list[Any]) -> tuple[Any, ...]:
    """Items of `item ("," item)* …`: the first, then a flat list of separators and items."""
    if len(parts) > 1 and parts[1].__class__ is list:
        return (parts[0], *parts[1][1::2])
    return (parts[0],)


def name(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`name`"""
    return ("name", start, end, parts[0])


def conditional(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`if a then b else c`"""
    return ("if", start, end, parts[1], parts[3], parts[5])


def record(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`{ … }` as a value."""
    return ("record", start, end, parts[0])


def parenthesized(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """The expression itself, its place widened to the parentheses."""
    if len(machine.states) > LEVELS:
        check_brackets(machine, start, end)
    return (parts[1][0], start, end, *parts[1][3:])


def attribute(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`a.b`, `a."b c"`; with a hole in the key it is an index."""
    key = parts[2]
    if key.__class__ is str:
        return ("attr", start, end, parts[0], key)
    if key[0] == "str":
        return ("attr", start, end, parts[0], key[3])
    return ("index", start, end, parts[0], key)


def index(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`a[b]`"""
    return ("index", start, end, parts[0], parts[2])


def call(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`f(a, b: c)`"""
    positional, named = parts[2] or ((), ())
    return ("call", start, end, parts[0], positional, named)


def named_argument(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`b: c` in a call."""
    return ("named", start, end, (parts[0][3], parts[2], start))


def arguments(parts: list[Any], start: int, end: int, machine: Machine) -> tuple[Node, Node]:
    """Positional arguments and named ones, which come after them."""
    positional: list[Node] = []
    named: list[Node] = []
    for argument in separated(parts):
        if argument[0] == "named":
            named.append(argument[3])
        elif named:
            machine.problem("argument-order", argument[1], argument[2])
        else:
            positional.append(argument)
    return tuple(positional), tuple(named)


def list_(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`[a, b]`"""
    return ("list", start, end, parts[1] or ())


def elements(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """What stands between the brackets of a list."""
    return separated(parts)


def listfor(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`[for x in xs if c: e]`"""
    binders, iterable, condition, element = parts[2], parts[4], parts[6], parts[8]
    return ("listfor", start, end, binders, iterable, condition, element)


def binders(parts: list[Any], start: int, end: int, machine: Machine) -> tuple[str, ...]:
    """One or two names."""
    return (parts[0],) if parts[2] is None else (parts[0], parts[2])
