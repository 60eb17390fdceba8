"""All modules, run over flows until nothing more flows anywhere.

Every statement counts: both branches of a `when`, each entry that is known, and one entry
(`<name>`) for all that a host may add. So what is found holds for every host.
"""

from __future__ import annotations

from evaluator.definitions.places import Typed
from evaluator.definitions.presence import is_declared
from evaluator.flows.cells import ANY_KEY, Store
from evaluator.flows.expressions import Env, of_module, value
from evaluator.flows.patterns import ANY, hole, joined, pieces
from evaluator.flows.reading import Reader
from evaluator.flows.values import CLEAN, EMPTY, PLAIN, Flow, united
from evaluator.options.families import target_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from evaluator.flows.cells import Cell
    from evaluator.flows.values import Taint
    from evaluator.names.load import Module
    from evaluator.options.shapes import Body, Declarations, Service

    Node = tuple[Any, ...]

# A chain of services that extend each other needs one each; more would be a circle.
ROUNDS = 24
# A key with more holes was made of itself.
HOLES = 5
COPIED = 6


class Run:
    """The state of a run; `store` holds what came out."""

    def __init__(self, modules: list[Module], declared: Declarations) -> None:
        self.modules = modules
        self.declared = declared
        self.store = Store(declared.root)
        self.reader = Reader(self.default, self.store.secretive)
        self.envs: dict[int, Env] = {}
        self.defaults: dict[int, Flow] = {}
        # Below which names each part looked, and how much had grown there by then.
        self.seen: dict[int, dict[str, int]] = {}

    def until_still(self) -> None:
        """Run everything again and again, until nothing is new."""
        # Who extends stands behind whom it extends; the other way round things move faster.
        services = [*self.declared.services.values(), *self.declared.families.values()]
        services.reverse()
        for _round in range(ROUNDS):
            turns = [self._turn(module, self._module) for module in reversed(self.modules)]
            turns += [self._turn(service, self._service) for service in services]
            turns += [self._turn(cell, self._record) for cell in [*self.store.records]]
            if not any(turns):
                break

    def _turn(self, what: Any, run: Callable[[Any], None]) -> bool:
        """Run a part once more, if anything grew where it looked the last time."""
        growth = self.store.growth
        known = self.seen.get(id(what))
        if known is not None and all([growth.get(name, 0) == at for name, at in known.items()]):
            return False
        before = {**growth}
        self.store.looked = set()
        self.envs, self.defaults = {}, {}
        run(what)
        self.seen[id(what)] = {name: before.get(name, 0) for name in self.store.looked}
        return True

    def _module(self, module: Module) -> None:
        self.block(module.items, self.store.root, self.module_env(module))

    def module_env(self, module: Module) -> Env:
        """The scope of a file, one for each turn."""
        found = self.envs.get(id(module))
        if found is None:
            found = self.envs[id(module)] = of_module(module)
        return found

    def _service(self, service: Service) -> None:
        cell = self.store.target(service.path)
        if service.is_family():
            return  # A record like others, with an `extend` in it.
        for body in service.shape.bodies:
            self.block(body.items, cell, self.body_env(body, cell))

    def _record(self, cell: Cell) -> None:
        if cell.record is None or cell.is_inside_itself():
            return
        for body in cell.record.shape.bodies:
            self.block(body.items, cell, self.body_env(body, cell))

    def body_env(self, body: Body, cell: Cell) -> Env:
        """The scope in a declaration, of one service or entry."""
        env = Env(self.module_env(body.module), body.module)
        env.here = cell
        self.store.looked.add(cell.top)
        env.key = self.key_of(cell)
        return env.inside(body.items)

    def key_of(self, cell: Cell) -> Flow:
        """The key of the entry that a cell is; what decides about it was said of the entry."""
        return Flow(texts=frozenset((hole("name") if cell.key == ANY_KEY else cell.key,)))

    def default(self, cell: Cell) -> Flow:
        """The declared default of the option that a cell is, read where it is declared."""
        if cell.store is None:
            return EMPTY  # a value that is gone sooner than its identity
        found = self.defaults.get(id(cell))
        if found is not None:
            return found
        self.defaults[id(cell)] = EMPTY
        place, parent = cell.place, cell.parent
        if not isinstance(place, Typed) or parent is None:
            return EMPTY
        option, default = place.option, place.option.default
        if place.type is not option.type or default is None:
            return EMPTY  # an entry or element of the option
        env = self.module_env(option.module)
        if option.body is not None:
            env = self.body_env(option.body, parent)
        made = value(default, env, self)
        if not (cell.is_map() or cell.is_list() or cell.record is not None):
            # Read now: the value of another option is this one's as long as nobody sets it.
            made = Flow(self.reader.deep(made), self.reader.texts(made))
        self.defaults[id(cell)] = made
        return made

    # --- statements --------------------------------------------------------------

    def block(self, items: tuple[Node, ...], cell: Cell, env: Env) -> None:
        """Run the statements of a block whose paths start at `cell`."""
        env = env.inside(items)
        for item in items:
            self.statement(item, cell, env)

    def statement(self, item: Node, cell: Cell, env: Env) -> None:
        """Run one statement; what declares, checks or tries out puts nothing anywhere."""
        tag = item[0]
        if tag in ("def", "block"):
            self._define(item, cell, env)
        elif tag == "section":
            for inner in item[4]:
                self.statement(inner, cell, env)
        elif tag == "when":
            self._when(item, cell, env)
        elif tag == "for":
            for key, each in self.reader.turns(value(item[4], env, self), item[3]):
                flows = (each,) if len(item[3]) == 1 else (key, each)
                inner = env.binding(item[3], flows)
                inner.guard = united(env.guard, key.taint, each.exists)
                self.block(item[5], cell, inner)
        elif tag == "extend":
            self._extend(item, env)

    def _when(self, item: Node, cell: Cell, env: Env) -> None:
        if item[3][0] == "declared":
            is_there = is_declared(self.declared.root, item[3][3])
            self.block((item[4] if is_there else item[5]) or (), cell, env)
            return
        inner = env.under(self.reader.deep(value(item[3], env, self)))
        for branch in (item[4], item[5]):
            if branch is not None:
                self.block(branch, cell, inner)

    def _extend(self, item: Node, env: Env) -> None:
        target, key = target_of(self.declared, item[3])
        if target is None or env.here is None:
            return
        cell = self.store.target(target.path)
        if key is not None and cell.parent is not None:
            cell = cell.parent.child(key)
        enable = env.here.child("enable").label
        inner = env.under({enable: PLAIN} if enable is not None else CLEAN)
        self.block(item[5], cell, inner)

    def _define(self, item: Node, cell: Cell, env: Env) -> None:
        for end, inner in self._ends(item[4], cell, env):
            if item[0] == "block":
                self.block(item[9], end, inner)
            else:
                self.write(end, value(item[9], inner, self), inner.guard)
                end.is_certain = end.is_certain or inner.is_certain

    def _ends(self, path: tuple[Any, ...], cell: Cell, env: Env) -> list[tuple[Cell, Env]]:
        """Where a path leads: to several places, where a part of it is not known."""
        ends = [(cell, env)]
        is_entry = False
        for part in path:
            reached: list[tuple[Cell, Env]] = []
            for at, inner in ends:
                if isinstance(part, str):
                    reached.append((at.child(part), inner))
                elif part[0] == "star":
                    reached += [(each, self._keyed(inner, each)) for each in at.entries()]
                else:
                    key = value(part, inner, self)
                    deeper = inner
                    if key.taint:
                        deeper = Env(inner, inner.module)
                        deeper.guard = united(inner.guard, key.taint)
                    texts = self.reader.texts(key) or joined([])
                    reached += [(at.child(_bounded(text)), deeper) for text in sorted(texts)]
            ends = []
            for at, inner in reached:
                if at.parent is not None and at.parent.is_map():
                    at.add_existence(inner.guard)  # An entry is there because somebody says so.
                    is_entry = True
                    ends.append((at, _guarded(inner, env.guard)))
                else:
                    ends.append((at, inner))
        return [(at, _guarded(inner, CLEAN)) for at, inner in ends] if is_entry else ends

    def _keyed(self, env: Env, cell: Cell) -> Env:
        inner = Env(env, env.module)
        inner.key = self.key_of(cell)
        return inner

    # --- values ------------------------------------------------------------------

    def write(self, cell: Cell, flow: Flow, guard: Taint, depth: int = COPIED) -> None:
        """Put a value into a place, with all it holds."""
        whole = united(flow.taint, guard)
        # What decides about a list decides which elements it has, not that there is one.
        cell.add(whole if not flow.items else CLEAN, self.reader.texts(flow))
        for at, item in enumerate(flow.items or ()):
            self._write_item(cell, item, whole, at)
        for source in flow.cells:
            cell.add(self.reader.own(source))
            for _number, item in self.reader.elements(Flow(cells=(source,))):
                self._write_item(cell, item, guard, 0)
            if depth and not source.is_list():
                for key, inner in self.reader.entries(Flow(cells=(source,)), "name"):
                    for text in key.texts:
                        entry = cell.child(text)
                        entry.add_existence(united(whole, key.taint))
                        self.write(entry, inner, CLEAN, depth - 1)

    def _write_item(self, cell: Cell, item: Flow, guard: Taint, at: int) -> None:
        texts = self.reader.texts(item)
        taint = self.reader.deep(Flow(item.taint, items=item.items, cells=item.cells))
        exists = united(item.exists, guard)
        cell.add_item(texts or at, Flow(taint, texts, item.items, item.cells, exists=exists))


def _guarded(env: Env, guard: Taint) -> Env:
    """The scope in an entry: the rest of what decides whether it is there was said of it."""
    if env.guard == guard:
        return env
    inner = Env(env, env.module)
    inner.guard = guard
    return inner


def _bounded(text: str) -> str:
    """A key that is not made of itself ever again."""
    return ANY if len(pieces(text)) > 2 * HOLES else text
