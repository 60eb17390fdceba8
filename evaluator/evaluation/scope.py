"""Groups, services and records at run time: options by name.

A scope knows the definitions that speak about it and hands each name the ones that speak
about that name. Definitions keep their whole story, so `why` asks the same objects.
"""

from __future__ import annotations

from evaluator.definitions.definition import Definition
from evaluator.diagnostics.model import Stop
from evaluator.evaluation import errors
from evaluator.evaluation.context import base, narrowed
from evaluator.evaluation.env import FAILED, RUNNING, Env, Fields, LazyRead
from evaluator.evaluation.expressions import evaluate, key_of
from evaluator.evaluation.ranking import computed_once, written_out
from evaluator.evaluation.slots import Slots
from evaluator.options.shapes import MISSING, Option
from evaluator.types.values import kind_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.evaluation.context import Context
    from evaluator.evaluation.world import World
    from evaluator.options.shapes import Former, Rename, Shape

    Node = tuple[Any, ...]
    Parts = dict[str, list[Definition]]


class Scope(Slots):
    """A group, a service or one instance of a record: its options by name."""

    __slots__ = ("_parts", "checks", "contexts", "shape")

    def __init__(
        self,
        world: World,
        shape: Shape,
        parent: Any,
        name: str,
        key: str | None,
        definitions: list[Definition],
    ) -> None:
        super().__init__(world, parent, name, key, definitions)
        self.shape = shape
        self._parts: Parts | None = None
        self.checks: list[tuple[Node, Context]] = []
        self.contexts: dict[int, list[Context]] = {}

    def names(self) -> list[str]:
        """Declared options, then keys that `option *` takes."""
        members = self.shape.members
        names = list(members)
        if self.world.reads is not None and (self.shape.any is not None or self.shape.is_sparse):
            self.world.note(self, "")
        if self.shape.is_sparse:
            from evaluator.evaluation.rare import those_there

            names = those_there(self, names)
        if self.shape.any is None:
            return names
        from evaluator.evaluation.rare import those_there

        taken = sorted([name for name in self.parts() if name not in members])
        return [*names, *those_there(self, taken)]

    def has(self, name: str, env: Env | None = None, node: Node | None = None) -> bool:
        """Whether there is an option or key of this name; asks no other."""
        if self.world.reads is not None:
            self.world.note(self, "")
        if name not in self.shape.members:
            if self.shape.any is None:
                return False
        elif not self.shape.is_sparse:
            return True
        from evaluator.evaluation.rare import is_there

        return is_there(self, name, env, node)

    def parts(self, env: Env | None = None, node: Node | None = None) -> Parts:
        """Definitions by the name they speak about; `env` and `node` say who reads them."""
        parts = self._parts
        if parts is None:
            parts = self._written_parts()
            if parts is not None:
                self._parts = parts
                if self.shape.any is None:
                    self._refuse_unknown(parts)
                return parts
            world = self.world
            if self.slots.get("", MISSING) is RUNNING:
                world.report_cycle(self, "", env, node)
            self.slots[""] = RUNNING
            world.stack.append((self, "", env, node))
            try:
                parts = {}
                for body in self.shape.bodies:
                    contexts = self.body_contexts(body)
                    opened = world.spread(body.items)
                    for statement, at in opened.entries:
                        definition = Definition(
                            statement, 0, contexts[at], None, None, body.module.source,
                            body.module.index,
                        ).inner(statement, contexts[at])  # fmt: skip
                        hand(parts, definition)
                    self.checks.extend(
                        [(statement, contexts[at]) for statement, at in opened.checks]
                    )
                given = self.definitions
                if world.instances is not None:
                    given = world.instances.all_of(self)
                for definition in given:
                    open_definition(world, definition, parts)
            finally:
                world.stack.pop()
                del self.slots[""]
            if self.shape.former is not None or self.shape.renames is not None:
                from evaluator.evaluation.renames import readdress

                readdress(self, parts)
            self._parts = parts
            if self.shape.any is None:
                self._refuse_unknown(parts)
        return parts

    def _written_parts(self) -> Parts | None:
        """`parts` where all names are written in paths, as nearly always; None if they are not."""
        shape, world = self.shape, self.world
        if shape.former is not None or shape.renames is not None or world.instances is not None:
            return None
        for body in shape.bodies:
            opened = world.spread(body.items)
            if opened.entries or opened.checks:
                return None
        parts: Parts = {}
        for definition in self.definitions:
            statement, index = definition.statement, definition.index
            path = statement[3] if statement[0] == "remove" else statement[4]
            if index >= len(path) or definition.value is not MISSING:
                return None
            part = path[index]
            if type(part) is not str:
                return None
            below = Definition(
                statement, index + 1, definition.context, definition.strength, definition.order,
                definition.source, definition.module,
            )  # fmt: skip
            if part in parts:
                parts[part].append(below)
            else:
                parts[part] = [below]
        return parts

    def is_open(self) -> bool:
        """Whether definitions have been handed to the names they speak about."""
        return self._parts is not None

    def _refuse_unknown(self, parts: Parts) -> None:
        """Report names that came with values; written paths are checked beforehand."""
        members = self.shape.members
        for name, definitions in parts.items():
            if name not in members:
                for definition in definitions:
                    if definition.value is not MISSING:
                        errors.unknown_key_of_value(self, name, definition, list(members))
                    else:
                        errors.unknown_option_at(self.world, definition, self)

    def definitions_of(self, name: str) -> list[Definition]:
        """Definitions that speak about a slot."""
        return self.parts().get(name, [])

    def former_at(self, name: str) -> Former | None:
        """The old name, or the beginning of one, that a name is here."""
        return self.shape.former_at(name)

    def body_contexts(self, body: Any) -> list[Context]:
        """Contexts of a declaration's body for this instance."""
        contexts = self.contexts.get(id(body))
        if contexts is None:
            contexts = self.world.service_contexts(body)
            if contexts is None:
                env = Env(self.world, body.module.source, self, self.key, {})
                env.parent = self.world.module_env(body.module)
                contexts = self.world.open_contexts(body.items, base(env))
            self.contexts[id(body)] = contexts
        return contexts

    def option_env(self, option: Option | Rename) -> Env:
        """Where an option's default is evaluated."""
        if option.body is None:
            return self.world.module_env(option.module)
        scope = self  # or, for an option in a group, the record around the group
        while option.body not in scope.shape.bodies and isinstance(scope.parent, Scope):
            scope = scope.parent
        contexts = scope.body_contexts(option.body)
        inside = 1 if self.world.spread(option.body.items).has_lets() else 0
        return contexts[inside].envs()[0]

    def force(self, name: str, env: Env | None, node: Node | None) -> Any:
        """Compute an option, or open the group of that name."""
        member = self.shape.members.get(name)
        if member is None:
            if self.shape.former is not None and name in self.shape.former:
                from evaluator.evaluation.renames import read_former

                return read_former(self, self.shape.former[name], name, env, node)
            member = self.shape.any if name in self.parts(env, node) else None
            if member is None:
                errors.unknown_slot(self, name, env, node)
        parts = self._parts
        if parts is None:
            parts = self.parts(env, node)
        definitions = parts.get(name)
        if type(member) is Option:
            if definitions is None:
                constant = member.constant
                if constant is not MISSING:
                    self.slots[name] = constant
                    return constant
            slots, world = self.slots, self.world
            if world.sharing is None:
                value = written_out(world, member, definitions)
                if value is not MISSING:
                    slots[name] = value
                    return value
            slots[name] = RUNNING
            world.stack.append((self, name, env, node))
            try:
                value = MISSING
                if world.sharing is None and world.reads is None:
                    value = computed_once(self, member, definitions)
                if value is MISSING:
                    value = world.resolve_option(self, name, member, definitions or [])
            except Stop:
                slots[name] = FAILED
                raise
            finally:
                world.stack.pop()
            slots[name] = value
            return value
        group = Scope(self.world, member, self, name, self.key, definitions or [])  # type: ignore[arg-type]
        self.slots[name] = group
        return group


def hand(parts: Parts, definition: Definition) -> None:
    """Give a definition to the name its path goes through next."""
    statement, index = definition.statement, definition.index
    path = statement[3] if statement[0] == "remove" else statement[4]
    if index < len(path) and type(path[index]) is str:
        definition.index = index + 1
        if path[index] in parts:
            parts[path[index]].append(definition)
        else:
            parts[path[index]] = [definition]


def open_definition(world: World, definition: Definition, parts: Parts) -> None:
    """Hand what a definition says about this level to the names it speaks about."""
    if definition.value is not MISSING:
        open_value(world, definition, definition.value, parts)
        return
    path = definition.path()
    if definition.index < len(path):
        part = path[definition.index]
        if type(part) is str:
            parts.setdefault(part, []).append(definition.below(definition.context))
        else:
            for env in definition.context.envs():
                below = definition.below(narrowed(definition.context, env))
                parts.setdefault(key_of(part, env), []).append(below)
        return
    statement = definition.statement
    if statement[0] == "remove" or id(statement) in world.declared.refused:
        return
    if statement[0] == "block" or statement[9][0] == "record":
        items = statement[9] if statement[0] == "block" else statement[9][3]
        open_items(world, definition, items, definition.context, parts)
        return
    for env in definition.context.envs():
        single = definition.part(evaluate(statement[9], env))
        single.context = narrowed(definition.context, env)
        open_value(world, single, single.value, parts)


def open_items(
    world: World,
    definition: Definition,
    items: tuple[Node, ...],
    context: Context,
    parts: Parts,
) -> None:
    """Hand the statements of a block to the names they speak about."""
    opened = world.spread(items)
    contexts = world.open_contexts(items, context)
    for statement, at in opened.entries:
        hand_or_compute(definition.inner(statement, contexts[at]), parts)


def hand_or_compute(definition: Definition, parts: Parts) -> None:
    """As `hand`, for levels whose names may be computed (`option *`)."""
    part = definition.path()[definition.index]
    if type(part) is str:
        hand(parts, definition)
        return
    for env in definition.context.envs():
        below = definition.below(narrowed(definition.context, env))
        parts.setdefault(key_of(part, env), []).append(below)


def open_value(world: World, definition: Definition, value: Any, parts: Parts) -> None:
    """Hand the fields of a value to the names they belong to."""
    if type(value) is LazyRead:
        value = value.scope.get(value.name)
    if type(value) is Fields:
        written = definition.from_file(value.env.source)
        open_items(world, written, value.items_, base(value.env), parts)
    elif isinstance(value, dict):
        for name, each in value.items():
            parts.setdefault(name, []).append(definition.part(each))
    elif isinstance(value, Slots):
        for name in value.names():
            parts.setdefault(name, []).append(definition.part(LazyRead(value, name)))
    elif kind_of(value) == "deferred":
        value.open(world, parts)
    else:
        errors.not_a_block_value(world, definition, value)
