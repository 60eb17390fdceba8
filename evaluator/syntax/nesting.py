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
    """The first node found below 200 others, None if there is none. Walks without recursion."""
    level: list[Any] = [tree]
    for _ in range(LEVELS):
        # Tuples of any kind: at least as many levels as there are nodes.
        level = [part for parts in level for part in parts if part.__class__ is tuple]
        if not level:
            return None
    return _deepest(tree)


def check_brackets(machine: Machine, start: int, end: int) -> None:
    """Report more than 200 open brackets once; parentheses alone leave no trace in the tree."""
    for kind, *_ in machine.problems:
        if kind == "nested-too-deeply":
            return
    entries = machine.tables.entries
    open_brackets = [state for state in machine.states if entries[state] in _OPENERS]
    if len(open_brackets) > LEVELS:
        machine.problem("nested-too-deeply", start, end)


def _deepest(tree: Node) -> Node | None:
    pending: list[tuple[Node, int]] = [(tree, 0)]
    while pending:
        parts, depth = pending.pop()
        if len(parts) > 2 and parts[0].__class__ is str and parts[1].__class__ is int:
            depth += 1
            if depth > LEVELS + 1:  # the file itself is no level
                return parts
        for part in parts:
            if part.__class__ is tuple:
                pending.append((part, depth))
    return None
