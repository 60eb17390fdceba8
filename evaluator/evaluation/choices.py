"""Choices: a block with exactly one of its options, the tag; the strongest decides which.

The tag is looked for when somebody asks for it: then the conditions of all definitions are
asked, never their values.
"""

from __future__ import annotations

from evaluator.evaluation import type_errors as errors
from evaluator.evaluation.blocks import describing
from evaluator.evaluation.ranking import live_definitions
from evaluator.evaluation.scope import Scope, open_definition
from evaluator.options.shapes import MISSING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.definitions.definition import Definition
    from evaluator.evaluation.env import Env
    from evaluator.evaluation.slots import Slots

    Node = tuple[Any, ...]


def merge_choice(
    owner: Slots,
    name: str,
    type_: Any,
    definitions: list[Definition],
    default: Definition | None,
    key: str | None,
) -> ChoiceScope:
    """Everything that speaks about the choice, one scope."""
    kept = describing(owner, name, type_, definitions, default)
    return ChoiceScope(owner.world, type_.record.shape, owner, name, key, kept)


class ChoiceScope(Scope):
    """A value of a choice; only the option that was chosen can be read."""

    __slots__ = ("_tag",)

    def tag(self, env: Env | None = None, node: Node | None = None) -> str:
        """The name of the option that was chosen; reports if there is none, or several."""
        found = getattr(self, "_tag", None)
        if found is None:
            world = self.world
            if self.slots.get("\0", MISSING) is not MISSING:
                world.report_cycle(self, "", env, node)
            self.slots["\0"] = True
            world.stack.append((self, "", env, node))
            try:
                found = self._choose()
            finally:
                world.stack.pop()
                del self.slots["\0"]
            self._tag = found
        return found

    def is_open(self) -> bool:
        """Whether it is known what was chosen."""
        return getattr(self, "_tag", None) is not None

    def _choose(self) -> str:
        live = {
            name: live_definitions(found)
            for name, found in self.parts().items()
            if name in self.shape.members
        }
        ranks = {name: min([each.rank() for each, _env in found])
                 for name, found in live.items() if found}  # fmt: skip
        if not ranks:
            errors.nothing_chosen(self)
        best = min(ranks.values())
        chosen = [name for name, rank in ranks.items() if rank == best]
        if len(chosen) > 1:
            sites = [next(each for each, _env in live[name] if each.rank() == best)
                     for name in chosen]  # fmt: skip
            errors.several_chosen(self, chosen, sites)
        return chosen[0]

    def names(self) -> list[str]:
        """The one option there is."""
        return [self.tag()]

    def has(self, name: str, env: Env | None = None, node: Node | None = None) -> bool:
        """Whether this is the option that was chosen."""
        return name == self.tag(env, node)

    def force(self, name: str, env: Env | None, node: Node | None) -> Any:
        """Compute the option that was chosen; another one is not there."""
        if name in self.shape.members and self.tag(env, node) != name:
            errors.not_chosen(self, name, self.tag(), env, node)
        return super().force(name, env, node)

    def lost(self, definition: Definition) -> bool:
        """Whether a definition speaks only about what was not chosen."""
        opened: dict[str, Any] = {}
        # What a value opened this way lacks is told about the scope that opens it.
        self.world.stack.append((self, "", None, None))
        try:
            open_definition(self.world, definition, opened)
        finally:
            self.world.stack.pop()
        return bool(opened) and self.tag() not in opened
