"""Slots of the option tree at run time: records, groups and services, and maps.

A scope knows the definitions that speak about it and hands each name the ones that speak
about that name; a slot is forced when somebody reads it. A slot is unread, running, done or
failed; reading a running one is a cycle, reading a failed one stops the reader without a
second report. Definitions keep their whole story, so `why` asks the same objects.
"""

from __future__ import annotations

from evaluator.definitions.definition import Definition
from evaluator.definitions.spread import SCALE, bindings
from evaluator.diagnostics.model import Stop
from evaluator.evaluation import errors
from evaluator.evaluation.context import base, narrowed
from evaluator.evaluation.env import FAILED, RUNNING, Env, Fields
from evaluator.evaluation.expressions import evaluate, key_of
from evaluator.options.shapes import MISSING, Option

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.evaluation.context import Context
    from evaluator.evaluation.world import World
    from evaluator.options.shapes import Shape
    from evaluator.types.scalars import Type

    Node = tuple[Any, ...]
    Parts = dict[str, list[Definition]]


class LazyRead:
    """One name of another scope, read when somebody needs it."""

    __slots__ = ("name", "scope")

    def __init__(self, scope: Any, name: str) -> None:
        self.scope = scope
        self.name = name


class Slots:
    """What records and maps share: named slots below a parent slot."""

    __slots__ = ("definitions", "key", "name", "parent", "slots", "world")
    kind = "record"

    def __init__(
        self, world: World, parent: Any, name: str, key: str | None, definitions: list[Definition]
    ) -> None:
        self.world = world
        self.parent = parent
        self.name = name
        self.key = key
        self.definitions = definitions
        self.slots: dict[str, Any] = {}

    def get(self, name: str, env: Env | None = None, node: Node | None = None) -> Any:
        """The value of a slot; `env` and `node` say who reads it, for messages."""
        value = self.slots.get(name, MISSING)
        if value is MISSING:
            value = self.force(name, env, node)
        elif value is RUNNING:
            self.world.report_cycle(self, name, env, node)
        elif value is FAILED:
            raise Stop
        if self.world.reads is not None:
            self.world.note(self, name)
        return value

    get_option = get

    def force(self, name: str, env: Env | None, node: Node | None) -> Any:
        """Compute a slot that nobody has read yet."""
        raise AssertionError(self)

    def names(self) -> list[str]:
        """Names of the slots there are."""
        raise AssertionError(self)

    def definitions_of(self, name: str) -> list[Definition]:
        """Definitions that speak about a slot; in a map only live ones."""
        raise AssertionError(self)

    def entry_definitions(self) -> list[Definition]:
        """What made the entry of a map that this is, or lies in; empty outside of maps."""
        scope: Any = self
        while scope.parent is not None:
            if isinstance(scope.parent, MapScope):
                return scope.parent.definitions_of(scope.name)
            scope = scope.parent
        return []

    def path(self, name: str | None = None) -> tuple[str, ...]:
        """Full path of this scope, or of one of its slots."""
        parts = [] if name is None else [name]
        scope = self
        while scope.parent is not None:
            parts.append(scope.name)
            scope = scope.parent
        parts.reverse()
        return tuple(parts)


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
        if self.shape.any is None:
            return list(members)
        return [*members, *sorted(name for name in self.parts() if name not in members)]

    def parts(self, env: Env | None = None, node: Node | None = None) -> Parts:
        """Definitions by the name they speak about; `env` and `node` say who reads them."""
        parts = self._parts
        if parts is None:
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
                for definition in self.definitions:
                    open_definition(world, definition, parts)
            finally:
                world.stack.pop()
                del self.slots[""]
            self._parts = parts
            if self.shape.any is None:
                self._refuse_unknown(parts)
        return parts

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

    def option_env(self, option: Option) -> Env:
        """Where an option's default is evaluated."""
        if option.body is None:
            return self.world.module_env(option.module)
        scope = self  # or, for an option in a group, the record around the group
        while option.body not in scope.shape.bodies and isinstance(scope.parent, Scope):
            scope = scope.parent
        contexts = scope.body_contexts(option.body)
        if bindings(option.body.items):
            return contexts[1].envs()[0]
        return contexts[0].envs()[0]

    def force(self, name: str, env: Env | None, node: Node | None) -> Any:
        """Compute an option, or open the group of that name."""
        member = self.shape.members.get(name)
        if member is None:
            member = self.shape.any if name in self.parts(env, node) else None
            if member is None:
                errors.unknown_slot(self, name, env, node)
        definitions = self.parts(env, node).get(name)
        if type(member) is Option:
            if definitions is None:
                constant = member.constant
                if constant is not MISSING:
                    self.slots[name] = constant
                    return constant
            slots, world = self.slots, self.world
            slots[name] = RUNNING
            world.stack.append((self, name, env, node))
            try:
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


class MapScope(Slots):
    """A map: its entries by key. Which keys exist depends on conditions, not on values."""

    __slots__ = ("_entries", "_names", "is_ordered", "type")

    def __init__(
        self,
        world: World,
        type_: Type,
        parent: Any,
        name: str,
        key: str | None,
        definitions: list[Definition],
        *,
        is_ordered: bool,
    ) -> None:
        super().__init__(world, parent, name, key, definitions)
        self.type = type_
        self.is_ordered = is_ordered
        self._entries: Parts | None = None
        self._names: list[str] | None = None

    def names(self) -> list[str]:
        """Keys in order: sorted, or as `after` and `before` ask."""
        names = self._names
        if names is None:
            entries = self.entries()
            if self.is_ordered:
                from evaluator.evaluation.ordered import arrange

                names = arrange(self, entries)
            else:
                names = sorted(entries)
            self._names = names
        if self.world.reads is not None:
            self.world.note(self.parent, self.name)
        return names

    def only(self, definition: Definition) -> MapScope:
        """The same map as one of its definitions alone would make it."""
        return MapScope(
            self.world,
            self.type,
            self.parent,
            self.name,
            self.key,
            [definition],
            is_ordered=self.is_ordered,
        )

    def definitions_of(self, name: str) -> list[Definition]:
        """Live definitions that speak about a key."""
        return self.entries().get(name, [])

    def entries(self, env: Env | None = None, node: Node | None = None) -> Parts:
        """Live definitions by key; conditions are asked, values are not."""
        entries = self._entries
        if entries is None:
            world = self.world
            if self.slots.get("", MISSING) is RUNNING:
                world.report_cycle(self, "", env, node)
            self.slots[""] = RUNNING
            world.stack.append((self, "", env, node))
            try:
                entries = {}
                removals: list[tuple[str, Definition]] = []
                for definition in self.definitions:
                    self._open(definition, entries, removals)
                self._remove(removals, entries)
            finally:
                world.stack.pop()
                del self.slots[""]
            self._entries = entries
        return entries

    def _open(
        self,
        definition: Definition,
        entries: Parts,
        removals: list[tuple[str, Definition]],
    ) -> None:
        if definition.value is not MISSING:
            self._open_value(definition, definition.value, entries, removals)
            return
        path = definition.path()
        if definition.index < len(path):
            self._place(definition, path, entries, removals)
            return
        statement = definition.statement
        if statement[0] == "remove":
            return
        if statement[0] == "block":
            self._open_items(definition, statement[9], definition.context, entries, removals)
        elif statement[9][0] == "record":
            self._open_items(definition, statement[9][3], definition.context, entries, removals)
        else:
            for env in definition.context.envs():
                value = evaluate(statement[9], env)
                single = definition.part(value)
                single.context = narrowed(definition.context, env)
                self._open_value(single, value, entries, removals)

    def _open_items(
        self,
        definition: Definition,
        items: tuple[Node, ...],
        context: Context,
        entries: Parts,
        removals: list[tuple[str, Definition]],
    ) -> None:
        opened = self.world.spread(items)
        contexts = self.world.open_contexts(items, context)
        for statement, at in opened.entries:
            inner = definition.inner(statement, contexts[at])
            self._place(inner, inner.path(), entries, removals)

    def _place(
        self,
        definition: Definition,
        path: tuple[Any, ...],
        entries: Parts,
        removals: list[tuple[str, Definition]],
    ) -> None:
        part = path[definition.index]
        envs = definition.context.envs()
        for env in envs:
            key = part if type(part) is str else key_of(part, env)
            context = definition.context if len(envs) == 1 else narrowed(definition.context, env)
            below = definition.below(context)
            if definition.statement[0] == "remove" and below.index == len(path):
                removals.append((key, below))
            else:
                entries.setdefault(key, []).append(below)

    def _open_value(
        self,
        definition: Definition,
        value: Any,
        entries: Parts,
        removals: list[tuple[str, Definition]],
    ) -> None:
        if type(value) is LazyRead:
            value = value.scope.get(value.name)
        if type(value) is Fields:
            written = definition.from_file(value.env.source)
            self._open_items(written, value.items_, base(value.env), entries, removals)
        elif isinstance(value, dict):
            for key, each in value.items():
                entries.setdefault(key, []).append(definition.part(each))
        elif isinstance(value, Slots):
            for key in value.names():
                entries.setdefault(key, []).append(definition.part(LazyRead(value, key)))
        else:
            errors.wrong_type(self.parent, self.name, self.type, [(definition, value, None)])

    def _remove(self, removals: list[tuple[str, Definition]], entries: Parts) -> None:
        """Take out what is removed, by one or by several; forced entries stay."""
        for key, found in list(entries.items()):
            if found[0].statement[0] == "remove" and all(
                [each.statement[0] == "remove" for each in found]
            ):
                # Removals in an entry that nobody defined do not make one.
                removals.extend([(key, each) for each in found])
                del entries[key]
        gone: set[str] = set()
        for key, definition in removals:
            found = entries.get(key, [])
            if not found and key not in gone:
                errors.nothing_to_remove(self, key, definition, list(entries))
            elif not any([self._is_forced(each.strength, each.statement) for each in found]):
                entries.pop(key, None)
                gone.add(key)

    def _is_forced(self, strength: int | None, statement: Node) -> bool:
        """Whether a definition or something in its block is as strong as `force`."""
        if strength is not None and strength <= 50 * SCALE:
            return True
        if statement[0] == "remove":
            return False
        items = statement[9] if statement[0] == "block" else ()
        if statement[0] == "def" and statement[9][0] == "record":
            items = statement[9][3]
        for inner, _context in self.world.spread(items).entries if items else ():
            given = None if inner[0] == "remove" or inner[5] is None else inner[5] * SCALE
            if self._is_forced(given, inner):
                return True
        return False

    def force(self, name: str, env: Env | None, node: Node | None) -> Any:
        """Merge the entry of a key."""
        entries = self.entries(env, node)
        definitions = entries.get(name)
        if definitions is None:
            errors.unknown_slot(self, name, env, node)
        slots, world = self.slots, self.world
        slots[name] = RUNNING
        world.stack.append((self, name, env, node))
        try:
            value = world.resolve(self, name, self.type, definitions, None, name)
        except Stop:
            slots[name] = FAILED
            raise
        finally:
            world.stack.pop()
        slots[name] = value
        return value


def hand(parts: Parts, definition: Definition) -> None:
    """Give a definition to the name its path goes through next."""
    path = definition.path()
    if definition.index < len(path) and type(path[definition.index]) is str:
        name = path[definition.index]
        definition.index += 1
        parts.setdefault(name, []).append(definition)


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
    if statement[0] == "remove":
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
    else:
        errors.not_a_block_value(world, definition, value)
