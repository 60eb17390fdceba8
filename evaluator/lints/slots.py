"""What evaluation left behind: every slot that was forced, with all that defines it."""

from __future__ import annotations

from evaluator.diagnostics.model import Stop
from evaluator.evaluation.scope import Scope
from evaluator.evaluation.slots import Slots
from evaluator.inspect.provenance import definitions_of
from evaluator.options.shapes import Option

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from evaluator.definitions.definition import Definition
    from evaluator.evaluation.world import World
    from evaluator.types.scalars import Type

    Node = tuple[Any, ...]


class Slot:
    """One option, entry or group, and its definitions, those of false conditions included."""

    __slots__ = ("definitions", "name", "owner", "value")

    def __init__(self, owner: Slots, name: str, value: Any, definitions: list[Definition]) -> None:
        self.owner = owner
        self.name = name
        self.value = value
        self.definitions = definitions

    def type(self) -> Type | None:
        """The type of the slot; None for a group."""
        if not isinstance(self.owner, Scope):
            found: Type | None = getattr(self.owner, "type", None)
            return found
        member = self.owner.shape.members.get(self.name) or self.owner.shape.any
        return member.type if isinstance(member, Option) else None

    def option(self) -> Option | None:
        """The option, where the slot is one."""
        if not isinstance(self.owner, Scope):
            return None
        member = self.owner.shape.members.get(self.name)
        return member if isinstance(member, Option) else None


def all_slots(world: World) -> Iterator[Slot]:
    """Every slot with a value, from the root down, records in lists included."""
    todo: list[Any] = [world.root]
    seen: set[int] = set()
    while todo:
        value = todo.pop()
        if isinstance(value, list):
            todo.extend([each for each in value if isinstance(each, (Slots, list))])
            continue
        if not isinstance(value, Slots) or id(value) in seen:
            continue
        seen.add(id(value))
        for name, inner in list(value.slots.items()):
            try:
                definitions = definitions_of(value, name)
            except Stop:
                continue
            yield Slot(value, name, inner, definitions)
            if isinstance(inner, (Slots, list)):
                todo.append(inner)


def is_live(definition: Definition) -> bool:
    """Whether the conditions of a definition hold."""
    try:
        return bool(definition.context.envs())
    except Stop:
        return False


def stands_in(definition: Definition, node: Node) -> bool:
    """Whether a definition is a statement, or stands in its block."""
    statement = definition.statement
    return bool(node[1] <= statement[1] and statement[2] <= node[2])
