"""`deferred(R)`: definitions that nobody evaluates until a record takes them.

What takes them receives each with its own place, strength, order and condition, as if it
had been written there.
"""

from __future__ import annotations

from evaluator.diagnostics.model import Stop
from evaluator.evaluation import errors as common
from evaluator.evaluation import type_errors as errors
from evaluator.evaluation.ranking import live_definitions, ranked_as_whole
from evaluator.evaluation.scope import Scope, open_definition
from evaluator.options.shapes import path_text
from evaluator.types.containers import BrokenType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from evaluator.definitions.definition import Definition
    from evaluator.evaluation.env import Env
    from evaluator.evaluation.slots import Slots
    from evaluator.evaluation.world import World

    Node = tuple[Any, ...]
    Parts = dict[str, list[Definition]]


class Deferred:
    """Definitions of a record, kept for others; `place` is the option that keeps them."""

    __slots__ = ("definitions", "name", "owner", "record")
    kind = "deferred"

    def __init__(self, owner: Slots, name: str, record: Any, definitions: list[Definition]) -> None:
        self.owner = owner
        self.name = name
        self.record = record
        self.definitions = definitions

    def open(self, world: World, parts: Parts) -> None:
        """Hand what is kept here to the names it speaks about, in a record of the right type."""
        taker = world.stack[-1][0]
        record = taker.shape.record if isinstance(taker, Scope) else None
        while record is not None and record is not self.record:
            record = record.base
        if record is None and isinstance(taker, Scope) and taker.shape.record is not None:
            errors.taken_by_another(self, taker)
        if self in world.opening:
            errors.deferred_circle(world.opening[world.opening.index(self) :])
        world.opening.append(self)
        try:
            for definition in self.definitions:
                open_definition(world, definition, parts)
        finally:
            world.opening.pop()

    def get_option(self, name: str, env: Env, node: Node) -> NoReturn:
        """Nothing in here has a value yet."""
        errors.deferred_read(env, node, path_text(self.owner.path(self.name)), name)


def merge_deferred(
    owner: Slots,
    name: str,
    type_: Any,
    definitions: list[Definition],
    default: Definition | None,
    key: str | None,
) -> Deferred:
    """All definitions of the record, the declared default weakest."""
    kept = ranked_as_whole(definitions)
    if not live_definitions(kept) and default is None:
        common.missing_value(owner, name, definitions)
    if default is not None:
        kept = [*kept, default]
    if isinstance(type_.inner, BrokenType):
        raise Stop  # Reported where the option is declared.
    return Deferred(owner, name, type_.inner.record, kept)
