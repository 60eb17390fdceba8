"""Circles of imports: legal, and nearly always a sign that a file is in the wrong place."""

from __future__ import annotations

from evaluator.lints import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.lints.subject import Subject
    from evaluator.names.load import Module

    Node = tuple[Any, ...]


def import_cycles(subject: Subject) -> None:
    """Report each circle among the user's files once, shortest first."""
    own = {id(module) for module in subject.own}
    told: set[frozenset[int]] = set()
    for module in subject.own:
        circle = _shortest(module, own)
        members = frozenset([id(each) for each, _statement in circle])
        if circle and not any([members & other for other in told]):
            told.add(members)
            errors.import_cycle(subject.sink, circle)


def _shortest(start: Module, own: set[int]) -> list[tuple[Module, Node]]:
    """The shortest way over imports from a file back to itself; empty if there is none."""
    ways: list[list[tuple[Module, Node]]] = [[]]
    seen: set[int] = set()
    at: list[Module] = [start]
    while at:
        module, way = at.pop(0), ways.pop(0)
        for statement, target in module.imports:
            longer = [*way, (module, statement)]
            if target is start:
                return longer
            if id(target) in own and id(target) not in seen:
                seen.add(id(target))
                at.append(target)
                ways.append(longer)
    return []
