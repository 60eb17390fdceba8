"""What evaluation left behind: every slot that was forced, with all that defines it."""

from __future__ import annotations

from evaluator.diagnostics.model import Stop
from evaluator.evaluation.maps import MapScope
from evaluator.evaluation.scope import Scope
from evaluator.evaluation.slots import Slots
from evaluator.options.shapes import MISSING, Option

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
        dead = dead_entries(value) if isinstance(value, MapScope) else {}
        for name, inner in list(value.slots.items()):
            try:
                definitions = [*value.definitions_of(name), *dead.get(name, ())]
            except Stop:
                continue
            yield Slot(value, name, inner, definitions)
            if isinstance(inner, (Slots, list)):
                todo.append(inner)


def dead_entries(owner: MapScope) -> dict[str, list[Definition]]:
    """Definitions of a map's entries whose conditions are false, by key."""
    out: dict[str, list[Definition]] = {}
    for definition in owner.definitions:
        path = definition.path()
        if definition.value is not MISSING:
            continue
        if definition.index < len(path):
            part = path[definition.index]
            if isinstance(part, str) and not is_live(definition):
                out.setdefault(part, []).append(definition.below(definition.context))
            continue
        items = _block_of(definition.statement)
        if not items:
            continue
        contexts = owner.world.open_contexts(items, definition.context)
        for statement, at in owner.world.spread(items).entries:
            opened = definition.inner(statement, contexts[at])
            part = opened.path()[0]
            if isinstance(part, str) and not is_live(opened):
                out.setdefault(part, []).append(opened.below(contexts[at]))
    return out


def _block_of(statement: Node) -> tuple[Node, ...]:
    """The statements of a block, or of a record that is given as a value."""
    if statement[0] == "block":
        items: tuple[Node, ...] = statement[9]
        return items
    if statement[0] == "def" and statement[9][0] == "record":
        fields: tuple[Node, ...] = statement[9][3]
        return fields
    return ()


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
