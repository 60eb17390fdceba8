"""Hosts evaluated in turn on what they have in common.

What the hosts of a group share is evaluated once, traced, and kept. For a host its definitions
are added, what depends on them is computed again, something is made of it, a text or a plan, and
then everything is put back. That costs what a host changes and not what it is. It only serves
hosts whose evaluation has nothing to tell but what checks say: where anything else is odd, the
host is evaluated by itself, so that findings are what they are without this.
"""

from __future__ import annotations

from evaluator.diagnostics.model import Sink, Stop
from evaluator.evaluation.checks import run_check, run_checks
from evaluator.evaluation.context import Context
from evaluator.evaluation.env import Let
from evaluator.evaluation.export import Export, export
from evaluator.evaluation.levels import CHECKS
from evaluator.evaluation.scope import Scope, hand, open_definition
from evaluator.evaluation.slots import Slots
from evaluator.evaluation.world import World
from evaluator.fleet.dependents import Dependents, Journal, is_group, lies_at
from evaluator.options.shapes import MISSING, Option
from evaluator.types.values import dump_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    from evaluator.definitions.definition import Definition
    from evaluator.diagnostics.model import Diagnostic
    from evaluator.fleet.dependents import Key
    from evaluator.fleet.fleet import Fleet, Group
    from evaluator.names.load import Module

    Node = tuple[Any, ...]
    Parts = dict[str, list[Definition]]
    Made = TypeVar("Made")
    # What was computed from what.
    Reads = dict[Key, dict[Key, tuple[Any, str]]]

LEAST = 6
"""Hosts of a group that are worth evaluating what they share."""
PATIENCE = 3
"""Turns in vain, before any that was not, after which a group gets none any more."""


TOLD_ONCE = frozenset(
    (
        *("ambiguous-target", "not-a-block", "nothing-to-remove", "removed-option"),
        *("unknown-check", "unknown-field", "unknown-option", "unknown-target"),
    )
)
"""Codes of findings that do not leave everything they are about without a value."""


MOST = 0.5
"""Part of all there is that a host may change, where only its data is wanted.

More costs less by itself, where nobody traces; a plan is traced either way.
"""


class Odd(Exception):
    """Something that a turn is no place for; the host is evaluated by itself."""


class Alone:
    """Stands where other configurations would be: what reads them takes no turns."""

    __slots__ = ("was_asked",)

    def __init__(self) -> None:
        self.was_asked = False

    def find(self, name: str, env: Any, node: Node) -> Any:
        """Nothing is found."""
        self.was_asked = True
        raise Stop


class Turns:
    """All groups of a fleet that are worth it."""

    __slots__ = ("_fleet", "_groups")

    def __init__(self, fleet: Fleet, worlds: list[World]) -> None:
        self._fleet = fleet
        self._groups: dict[int, Shared] = {}
        count: dict[int, int] = {}
        for world in worlds:
            group = fleet.group_of(world)
            count[id(group)] = count.get(id(group), 0) + 1
        for group in fleet.groups.values():
            if count.get(id(group), 0) >= LEAST and may_share(group):
                shared = Shared(group, fleet)
                if shared.is_usable:
                    self._groups[id(group)] = shared

    def text(self, world: World, line: str) -> str:
        """JSON text of a host's whole configuration; raises `Odd`.

        `line` is a line end and what all lines but the first begin with.
        """
        shared = self._of(world)
        return shared.turn(world, lambda data: shared.texts.of(data, line))

    def made(self, world: World, make: Callable[[World, Any], Made]) -> Made:
        """What is made of a configuration and its data; raises `Odd`.

        What `make` is given is the host for as long as it works, and traced.
        """
        shared = self._of(world)
        if self._fleet.variants(world.place[1]):
            raise Odd  # They are what they change in a host that was evaluated by itself.
        base = shared.base
        return shared.turn(world, lambda data: make(base, data), is_asked_for_more=True)

    def _of(self, world: World) -> Shared:
        """What a host shares with others."""
        shared = self._groups.get(id(self._fleet.group_of(world)))
        # Variants have two names more.
        if shared is None or len(world.place) != 2 or self._fleet.told_before(world.place[1]):
            raise Odd
        return shared


def may_share(group: Group) -> bool:
    """Whether nothing is declared whose workings a turn does not know."""
    return not (group.sink.diagnostics or group.declared.families)


def is_told_once(finding: Diagnostic) -> bool:
    """Whether evaluation may have gone on after a finding; others stop who asks, every time."""
    label = finding.primary()
    # Of a key that is no number, as `keyed` tells it.
    return finding.code in TOLD_ONCE or (label is not None and label.text == "this key")


class Shared:
    """What the hosts of a group have in common, evaluated."""

    __slots__ = (
        "_alone", "_graph", "_has_worked", "_journal", "_known", "_passed", "_reads", "_seeds",
        "_stale", "_vain", "base", "count", "is_usable", "texts",
    )  # fmt: skip

    def __init__(self, group: Group, fleet: Fleet) -> None:
        self.base = base = World([*group.modules], group.declared, Sink(), fleet.settings.files)
        self.count = len(group.modules)
        base.share_spreads(group.spreads)
        base.lobby = fleet.lobby
        base.reads = {}
        self._journal = Journal()
        base.stack = self._journal
        self._alone = base.others = Alone()  # type: ignore[assignment]
        job = First()
        export(base, job)
        is_odd = any([is_told_once(each) for each in base.sink.diagnostics])
        self.is_usable = not (is_odd or base.removed or base.moved or job.is_over)
        self._graph = Dependents(base, self._journal.computed)
        self._reads: Reads = base.reads
        unfinished = [(id(scope), "") for scope in self._graph.unfinished]
        # What is computed, and what is walked through, in every turn, whatever a host defines.
        self._seeds = [*self._graph.failed, *unfinished, *job.loud]
        self._stale = job.leading_elsewhere
        self._known, self._passed = job.known, job.passed
        self.texts = Texts([*job.known.values()])
        self._vain = 0
        self._has_worked = False

    def turn(
        self, world: World, make: Callable[[Any], Made], *, is_asked_for_more: bool = False
    ) -> Made:
        """One turn: what is made of the data of a host; raises `Odd` if it did not come out well.

        `is_asked_for_more`: what is made tells where things are from, and what they depend on.
        """
        if self._vain >= PATIENCE and not self._has_worked:
            raise Odd
        base, turn = self.base, Turn(self.base, self._graph)
        self._journal.computed = []
        self._alone.was_asked = False
        self._vain += 1
        try:
            turn.add(world.modules[self.count :])
            dirty = turn.dirty(self._seeds)
            if len(dirty) > self._graph.size * MOST and not is_asked_for_more:
                raise Odd
            touched = turn.begin(dirty, self._stale)
            job = Again(self._known, self._passed - dirty, touched)
            data = export(base, job)
            told = base.sink.diagnostics
            if job.is_stopped or base.removed or base.moved:
                raise Odd
            if not all([each.code in CHECKS for each in told]):
                raise Odd
            if is_asked_for_more:
                turn.play(world, self._reads, dirty)
            made = make(data)
        except Stop:
            raise Odd from None
        finally:
            turn.undo(self._journal)
        if self._alone.was_asked:
            raise Odd
        self._vain -= 1
        self._has_worked = True
        for finding in told:
            world.sink.report(finding)
        return made


class Texts:
    """JSON text of what hosts have in common is made once."""

    __slots__ = ("_kept", "_made")

    def __init__(self, data: list[Any]) -> None:
        self._kept = {id(each) for each in data if each.__class__ is dict}
        self._made: dict[tuple[int, str], str] = {}

    def of(self, value: Any, line: str) -> str:
        """As `dump_json`, with another line end."""
        if value.__class__ is not dict:
            return dump_json(value).replace("\n", line)
        if id(value) in self._kept:
            key = (id(value), line)
            text = self._made.get(key)
            if text is None:
                text = self._made[key] = dump_json(value).replace("\n", line)
            return text
        if not any([id(item) in self._kept for item in value.values()]):
            return dump_json(value).replace("\n", line)
        inner = line + "  "
        fields = [f"{inner}{dump_json(key)}: {self.of(value[key], inner)}" for key in sorted(value)]
        return "{" + ",".join(fields) + line + "}"


class Turn:
    """What one host changes, and how it was before."""

    __slots__ = (
        "_base", "_files", "_given", "_graph", "_held", "_keys", "_lists", "_played", "_seeds",
        "_slots",
    )  # fmt: skip

    def __init__(self, base: World, graph: Dependents) -> None:
        self._base = base
        self._graph = graph
        # Values of slots; those of conditions, loops and `let`s.
        self._slots: list[tuple[Slots, str, Any]] = []
        self._held: list[tuple[Context | Let, Any]] = []
        # Lists that got definitions and their lengths before; new names; definitions of groups.
        self._lists: list[tuple[list[Any], int]] = []
        self._keys: list[tuple[Parts, str]] = []
        self._given: list[tuple[Scope, list[Definition]]] = []
        self._seeds: list[Key] = []
        self._files = base.known_files()
        self._played = base.modules, base.place, base.inputs
        base.missing, base.levels, base.reads, base.sink = {}, None, {}, Sink()

    def add(self, modules: list[Module]) -> None:
        """Give the definitions of a host to the options that they are about."""
        root = self._base.root
        fresh: Parts = {}
        self._lists.append((root.checks, len(root.checks)))
        for module in modules:
            for definition in root.of_module(module):
                hand(fresh, definition)
        self._deliver(root, fresh)

    def _deliver(self, scope: Scope, fresh: Parts) -> None:
        shape = scope.shape
        if shape.any is not None or shape.is_sparse or shape.former is not None:
            raise Odd
        parts = scope.parts()
        for name, definitions in fresh.items():
            member = shape.members.get(name)
            known = parts.get(name)
            if known is None:
                known = parts[name] = []
                self._keys.append((parts, name))
            else:
                self._lists.append((known, len(known)))
            known += definitions
            if type(member) is Option:
                self._seeds.append((id(scope), name))
                continue
            inner = scope.slots.get(name)
            if not isinstance(inner, Scope) or not is_group(inner):
                raise Odd
            self._given.append((inner, inner.definitions))
            inner.definitions = known
            below: Parts = {}
            for definition in definitions:
                if not self._speaks_of_names(definition):
                    raise Odd
                open_definition(self._base, definition, below)
            self._deliver(inner, below)

    def _speaks_of_names(self, definition: Definition) -> bool:
        """Whether a definition is about names below a group, and these are written out."""
        path, statement = definition.path(), definition.statement
        if definition.index < len(path):
            return type(path[definition.index]) is str
        if statement[0] == "block":
            items = statement[9]
        elif statement[0] == "def" and statement[9][0] == "record":
            items = statement[9][3]
        else:
            return False
        return all(
            [
                type((inner[3] if inner[0] == "remove" else inner[4])[0]) is str
                for inner, _context in self._base.spread(items).entries
            ]
        )

    def dirty(self, seeds: list[Key]) -> set[Key]:
        """What may be otherwise for this host."""
        return self._graph.closure([*self._seeds, *seeds])

    def begin(self, dirty: set[Key], stale: list[Slots]) -> set[int]:
        """Forget what may be otherwise; the scopes it lies in."""
        touched: set[int] = {id(self._base.root)}
        for scope in stale:
            mark(scope, touched)
        objects = self._graph.objects
        for at, name in dirty:
            each = objects.get(at)
            if isinstance(each, Slots):
                self._forget(each, name)
                mark(each, touched)
            elif isinstance(each, Context):
                self._held.append((each, each.live))
                each.live = None
            elif type(each) is Let:
                self._held.append((each, each.value))
                each.value = MISSING
        return touched

    def _forget(self, scope: Slots, name: str) -> None:
        if name:
            value = scope.slots.pop(name, MISSING)
            if value is not MISSING:
                self._slots.append((scope, name, value))
        elif is_group(scope):
            raise Odd  # Its names depend on values; there is only one of it.

    def play(self, world: World, reads: Reads, dirty: set[Key]) -> None:
        """Let what is shared pass for the host, for those who ask where its values are from.

        `reads` is what was computed from what before the turn; what was forgotten since is left
        out, and what was read in the turn added.
        """
        base = self._base
        base.modules, base.place, base.inputs = world.modules, world.place, world.inputs
        known = reads.copy()
        for key in dirty:
            known.pop(key, None)
        known.update(base.reads or {})
        base.reads = known

    def undo(self, journal: Journal) -> None:
        """Put everything back."""
        base = self._base
        base.modules, base.place, base.inputs = self._played
        for each, name in journal.computed:
            if isinstance(each, Context):
                each.live = None
            elif type(each) is Let:
                each.value = MISSING
            elif name:
                each.slots.pop(name, None)
        for scope, name, value in self._slots:
            scope.slots[name] = value
        for held, value in self._held:
            if isinstance(held, Context):
                held.live = value
            else:
                held.value = value
        for scope, definitions in self._given:
            scope.definitions = definitions
        for found, length in self._lists:
            del found[length:]
        for parts, name in self._keys:
            del parts[name]
        base.forget_files(self._files)
        base.stack.clear()
        base.removed.clear()
        base.moved.clear()


class First(Export):
    """The walk through what hosts have in common; keeps what it found of each scope."""

    __slots__ = ("known", "leading_elsewhere", "loud", "passed")

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[tuple[int, bool], Any] = {}
        # Scopes with values that lie elsewhere, and so change although their scope does not.
        self.leading_elsewhere: list[Slots] = []
        # Checks that were satisfied, and those that were not or could not be run.
        self.passed: set[Key] = set()
        self.loud: list[Key] = []

    def _inside(self, scope: Slots, *, disabled: bool) -> Any:
        if self.around and not lies_at(scope, self.around[-1], self.slot):
            self.leading_elsewhere.append(self.around[-1])
        data = super()._inside(scope, disabled=disabled)
        self.known[id(scope), disabled] = data
        return data

    def _failed(self, owner: Any, name: str, type_: Any) -> None:
        """What fails is looked at in the turns."""

    def run_checks(self) -> None:
        """Run checks one by one, so that it is known what each of them has read."""
        for scope in self.checked:
            world = scope.world
            told, world.sink = world.sink, Sink()
            for at, (statement, context) in enumerate(scope.checks):
                key = (id(scope), f"?{at}")
                before = len(world.sink.diagnostics)
                world.stack.append((scope, key[1], None, None))
                try:
                    for env in context.envs():
                        run_check(statement, context, env, scope, "")
                    is_quiet = len(world.sink.diagnostics) == before
                except Stop:
                    is_quiet = False
                world.stack.pop()
                if is_quiet:
                    self.passed.add(key)
                else:
                    self.loud.append(key)
            world.sink = told


class Again(Export):
    """The walk of a turn: through what is touched only."""

    __slots__ = ("_known", "_passed", "_touched", "is_stopped")

    def __init__(
        self, known: dict[tuple[int, bool], Any], passed: set[Key], touched: set[int]
    ) -> None:
        super().__init__()
        self._known = known
        self._passed = passed
        self._touched = touched
        # Whether something failed where that is no matter of course.
        self.is_stopped = False

    def _inside(self, scope: Slots, *, disabled: bool) -> Any:
        if id(scope) not in self._touched:
            data = self._known.get((id(scope), disabled), MISSING)
            if data is not MISSING:
                return data
        if not disabled:
            try:
                scope.names()
                if isinstance(scope, Scope):
                    scope.parts()
            except Stop:
                self.is_stopped = True
        return super()._inside(scope, disabled=disabled)

    def _failed(self, owner: Any, name: str, type_: Any) -> None:
        self.is_stopped = True

    def run_checks(self) -> None:
        """Run the checks of what is touched, but those that are known to be satisfied."""
        for scope in self.checked:
            checks = [
                check
                for at, check in enumerate(scope.checks)
                if (id(scope), f"?{at}") not in self._passed
            ]
            run_checks(checks, scope)


def mark(scope: Any, touched: set[int]) -> None:
    """Note that a scope and all around it are no longer what they were."""
    while scope is not None and id(scope) not in touched:
        touched.add(id(scope))
        scope = scope.parent
