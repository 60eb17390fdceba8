"""How deeply a tree may be nested: 200 levels, so that everybody may walk it by recursion."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.syntax.machine import Machine

    Node = tuple[Any, ...]

LEVELS = 200
_OPENERS = frozenset(["LPAR", "LSQB", "LBRACE", "HOLE"])


def too_deep(tree: Node) -> Node | None:
    """The first node found below 200 others, None if there is none. Walks without recursion.

    A node is at least one character shorter than the one around it, so what is short
    enough need not be entered.
    """
    pending: list[tuple[Node, int]] = [(tree, 0)]  # nodes, or tuples of parts, at their depth
    while pending:
        parts, depth = pending.pop()
        for part in parts:
            if part.__class__ is not tuple or not part:
                continue
            if part[0].__class__ is str and len(part) > 2 and part[1].__class__ is int:
                if depth == LEVELS:
                    return part
                if part[2] - part[1] >= LEVELS - depth:
                    pending.append((part, depth + 1))
            else:
                pending.append((part, depth))
    return None


def check_brackets(machine: Machine, start: int, end: int) -> None:
    """Report more than 200 open brackets once; parentheses alone leave no trace in the tree."""
    if machine.too_deep:
        return
    entries = machine.tables.entries
    open_brackets = [state for state in machine.states if entries[state] in _OPENERS]
    if len(open_brackets) >= LEVELS:  # and the one just closed
        machine.too_deep = True
        machine.problem("nested-too-deeply", start, end)
