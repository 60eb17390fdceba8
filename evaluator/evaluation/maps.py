"""Maps at run time: entries by key. Which keys exist depends on conditions, not on values."""

from __future__ import annotations

from evaluator.definitions.spread import SCALE
from evaluator.diagnostics.model import Stop
from evaluator.evaluation import errors
from evaluator.evaluation.context import base, narrowed
from evaluator.evaluation.env import FAILED, RUNNING, Fields, LazyRead
from evaluator.evaluation.expressions import evaluate, key_of
from evaluator.evaluation.ranking import outranking
from evaluator.evaluation.slots import Slots
from evaluator.evaluation.stars import Star, speaks_of_all, spread_stars
from evaluator.options.shapes import MISSING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.definitions.definition import Definition
    from evaluator.evaluation.context import Context
    from evaluator.evaluation.env import Env
    from evaluator.evaluation.world import World
    from evaluator.types.scalars import Type

    Node = tuple[Any, ...]
    Parts = dict[str, list[Definition]]


def is_removal(definition: Definition) -> bool:
    """Whether a definition takes away what it leads to, not some element of it."""
    return (
        definition.statement[0] == "remove"
        and definition.statement[4] is None
        and definition.index == len(definition.path())
    )


class MapScope(Slots):
    """A map: its entries by key. Which keys exist depends on conditions, not on values."""

    __slots__ = ("_entries", "_names", "_stars", "is_ordered", "type")

    is_map = True

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
        self._stars: list[Star] = []

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
            self.world.note(self, "")
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
                if self._stars:
                    spread_stars(entries, self._stars)
                    if not entries:
                        self._reach_nothing()
            finally:
                world.stack.pop()
                del self.slots[""]
            self._entries = entries
        return entries

    def is_open(self) -> bool:
        """Whether definitions have been handed to the keys they speak about."""
        return self._entries is not None

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
        if type(part) is not str and speaks_of_all(definition):
            self._stars.append(Star(definition, entries))
            return
        envs = definition.context.envs()
        if len(envs) == 1 and type(part) is str and definition.statement[0] != "remove":
            # As nearly always.
            below = definition.below(definition.context)
            if part in entries:
                entries[part].append(below)
            else:
                entries[part] = [below]
            return
        for env in envs:
            key = part if type(part) is str else key_of(part, env)
            context = definition.context if len(envs) == 1 else narrowed(definition.context, env)
            below = definition.below(context)
            if is_removal(below):
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
                from evaluator.evaluation.removal_errors import nothing_to_remove

                nothing_to_remove(self, key, definition, list(entries))
            elif not any([self._is_forced(each.strength, each.statement) for each in found]):
                entries.pop(key, None)
                gone.add(key)

    def _reach_nothing(self) -> None:
        """Of a file, `*` may speak about what others add; who types it has the whole at hand."""
        for star in self._stars:
            if star.definition.source.form == "argument":
                from evaluator.evaluation.removal_errors import reaches_nothing

                reaches_nothing(self, star.definition)

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
            value = MISSING
            if self.type.merge == "equal" and world.sharing is None and world.reads is None:
                value = outranking(self.type, definitions)
            if value is MISSING:
                value = world.resolve(self, name, self.type, definitions, None, name)
        except Stop:
            slots[name] = FAILED
            raise
        finally:
            world.stack.pop()
        slots[name] = value
        return value
