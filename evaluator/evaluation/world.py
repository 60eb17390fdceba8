"""One evaluation: modules, the root scope, who is reading whom, what was read on the way."""

from __future__ import annotations

from evaluator.definitions.definition import Definition
from evaluator.definitions.spread import SCALE, spread
from evaluator.evaluation.context import Context, base
from evaluator.evaluation.env import Env, Let, Namespace
from evaluator.evaluation.merge import resolve, resolve_option
from evaluator.evaluation.scope import Scope, hand
from evaluator.options.families import target_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.definitions.spread import Spread
    from evaluator.diagnostics.model import Diagnostic, Sink
    from evaluator.evaluation.instances import Instances
    from evaluator.evaluation.others import Others, Refusal
    from evaluator.evaluation.sharing import Sharing
    from evaluator.files import Disk
    from evaluator.names.load import Module
    from evaluator.options.shapes import Body, Declarations, Service
    from evaluator.source import Source

    Node = tuple[Any, ...]
    Parts = dict[str, list[Definition]]


class World:
    """Everything one configuration's evaluation shares.

    `stack` holds `(scope, name, env, node)` of what is being computed, outermost first.
    `reads`, when it is a dict, collects for each computed slot which others it read.
    """

    def __init__(
        self, modules: list[Module], declared: Declarations, sink: Sink, files: Disk
    ) -> None:
        self.modules = modules
        self.declared = declared
        self.sink = sink
        self.files = files
        # With a file missing, what it may have declared is not called unknown.
        self.lost = sink.lost()
        # What findings call all of it.
        self.called = "this configuration"
        # With a file lost, data too, what it may have defined is not called missing.
        self.lacks_values = self.lost is not None or any(
            [each.code == "bad-data" for each in sink.diagnostics]
        )
        # Whether something had no value when all of it was looked at, and was left out.
        self.is_partial = False
        self.inputs: dict[str, str] = {}
        self.stack: list[tuple[Any, str, Env | None, Node | None]] = []
        # Deferred definitions that are being taken, outermost first.
        self.opening: list[Any] = []
        self.reads: dict[tuple[int, str], dict[tuple[int, str], tuple[Any, str]]] | None = None
        # Findings about missing values by slot, and who asked for them afterwards.
        self.missing: dict[tuple[int, str], Diagnostic] = {}
        # Definitions of what is gone, and statements that were handed on by another name.
        self.removed: list[tuple[Any, Any, Any]] = []
        self.moved: set[int] = set()
        # What checks count as, once somebody has asked.
        self.levels: dict[str, str] | None = None
        self._spreads: dict[int, Spread] = {}
        self._module_envs: dict[int, Env] = {}
        self._service_contexts: dict[int, list[Context]] = {}
        self._services = {
            id(body): each for each in declared.services.values() for body in each.all_bodies()
        }
        # Scopes resolve their slots through the world: merging makes scopes in turn.
        self.resolve = resolve
        self.resolve_option = resolve_option
        # What `hosts` and `variants` mean, and where this configuration is found below them.
        self.others: Others | Refusal | None = None
        self.place: tuple[str, ...] = ()
        # What a variant takes over from its base.
        self.sharing: Sharing | None = None
        # Every world of the same fleet; they share `stack` and `reads`.
        self.kin: list[World] = [self]
        # Where it was found out which hosts there are, and what the loops around them bind.
        self.lobby: World | None = None
        self.extensions: list[Extension] = []
        self.instances: Instances | None = None
        if declared.families:
            from evaluator.evaluation.instances import Instances

            self.instances = Instances(self)
        self.root = Root(self)

    def share_spreads(self, spreads: dict[int, Spread]) -> None:
        """Take blocks apart together with other worlds of the same declarations."""
        self._spreads = spreads

    def spread(self, items: tuple[Node, ...]) -> Spread:
        """A block taken apart, once for everybody who opens it."""
        found = self._spreads.get(id(items))
        if found is None:
            found = self._spreads[id(items)] = spread(items, self.declared.root)
        return found

    def module_env(self, module: Module) -> Env:
        """Where the top of a file is evaluated: its aliases and `let`s."""
        env = self._module_envs.get(id(module))
        if env is None:
            from evaluator.definitions.spread import lets_of

            outer = Env(self, module.source, None, None, dict(module.bindings or ()))
            if module.outer is not None:
                outer.parent = self.module_env(module.outer)
            # Known before its aliases are: files that import each other end up here again.
            env = self._module_envs[id(module)] = outer.lets(lets_of(module))
            for alias, target in module.aliases.items():
                if target.value is None:
                    outer.variables[alias] = Namespace(alias, self.module_env(target))
                else:
                    outer.variables[alias] = self._data(alias, target)
        return env

    def file_envs(self) -> list[Env]:
        """The tops of the files that were looked into for their names."""
        return [*self._module_envs.values()]

    def known_files(self) -> int:
        """How many files were looked into for their names, for `forget_files`."""
        return len(self._module_envs)

    def forget_files(self, count: int) -> None:
        """Forget all files but the first ones that were looked into."""
        for each in list(self._module_envs)[count:]:
            del self._module_envs[each]

    def _data(self, alias: str, module: Module) -> Let:
        """The value of a data file under its name, evaluated when somebody asks."""
        value = module.value
        node = ("let", 0, 0, alias, 0, None, value, "")
        return Let(node, Env(self, module.source, None, None, {}))

    def open_contexts(self, items: tuple[Node, ...], first: Context) -> list[Context]:
        """The contexts of a block's statements, for one place where the block stands."""
        opened = self.spread(items)
        if not opened.contexts:
            return [first]
        contexts = [first]
        for parent, kind, node in opened.contexts:
            contexts.append(Context(contexts[parent], kind, node))
        return contexts

    def service_contexts(self, body: Body) -> list[Context] | None:
        """Contexts of a service's body, shared by its options and its `extend`s."""
        service = self._services.get(id(body))
        if service is None:
            return None
        contexts = self._service_contexts.get(id(body))
        if contexts is None:
            env = Env(self, body.module.source, service.path, None, {})
            env.parent = self.module_env(body.module)
            contexts = self.open_contexts(body.items, base(env))
            self._service_contexts[id(body)] = contexts
        return contexts

    def service_bodies(self, service: Service) -> list[tuple[Spread, list[Context], Body]]:
        """Every body of a service that has statements of its own."""
        out = []
        for body in service.all_bodies():
            contexts = self.service_contexts(body)
            if contexts is None:
                from evaluator.evaluation.instances import Everyone

                contexts = self.open_contexts(body.items, Everyone(self, service, body.module))
            out.append((self.spread(body.items), contexts, body))
        return out

    def other(self, name: str, env: Env, node: Node) -> Any:
        """What `hosts` or `variants` means here; where there are none, nothing is in it."""
        if self.others is None:
            from evaluator.evaluation.others import alone

            self.others = alone(self)
        return self.others.find(name, env, node)

    def note(self, scope: Any, name: str) -> None:
        """Remember that what is being computed read this slot."""
        if self.reads is None or not self.stack:
            return
        reader = self.stack[-1]
        if reader[0] is scope and reader[1] == name:
            return
        key = (id(reader[0]), reader[1])
        self.reads.setdefault(key, {})[(id(scope), name)] = (scope, name)

    def read_in_vain(self, scope: Any, name: str, env: Env | None, node: Node | None) -> None:
        """Add to the finding about a missing value that this was computed from it, too."""
        finding = self.missing.get((id(scope), name))
        if finding is not None and env is not None and node is not None:
            from evaluator.evaluation.missing import read_by

            read_by(self, finding, env, node)

    def report_cycle(self, scope: Any, name: str, env: Env | None, node: Node | None) -> None:
        """Report the circle that closes at this slot; does not return."""
        start = 0
        for at in range(len(self.stack) - 1, -1, -1):
            if self.stack[at][0] is scope and self.stack[at][1] == name:
                start = at
                break
        from evaluator.evaluation.cycles import cycle

        cycle(self, self.stack[start:], env, node)


class Root(Scope):
    """The whole configuration: definitions of all modules and contributions of all services."""

    __slots__ = ()

    def __init__(self, world: World) -> None:
        super().__init__(world, world.declared.root, None, "", None, [])

    def parts(self, env: Env | None = None, node: Node | None = None) -> Parts:
        """Definitions by first path component: in module order, in each file as written."""
        parts = self._parts
        if parts is None:
            parts = {}
            declared = self.world.declared
            services: dict[int, list[tuple[Service, Body]]] = {}
            for service in (*declared.services.values(), *declared.families.values()):
                for body in service.all_bodies():
                    services.setdefault(id(body.module), []).append((service, body))
            for module in self.world.modules:
                definitions = self.of_module(module)
                contributed = [
                    each
                    for service, body in services.get(id(module), ())
                    for each in self._of_service(service, body)
                ]
                if contributed and definitions:
                    definitions = sorted([*definitions, *contributed], key=_start)
                for definition in definitions or contributed:
                    hand(parts, definition)
            if self.shape.former is not None or self.shape.renames is not None:
                from evaluator.evaluation.renames import readdress

                readdress(self, parts)
            self._parts = parts
        return parts

    def of_module(self, module: Module) -> list[Definition]:
        """What a file defines; its checks become those of the whole configuration."""
        world = self.world
        # `module_env` binds the file's own lets; the context tree starts above them.
        env = world.module_env(module).parent or world.module_env(module)
        contexts = world.open_contexts(module.items, base(env))
        opened = world.spread(module.items)
        if opened.has_lets():
            contexts[1].live = [world.module_env(module)]
        for statement, at in opened.checks:
            self.checks.append((statement, contexts[at]))
        return [
            _definition(statement, contexts[at], module.source, module.index)
            for statement, at in opened.entries
        ]

    def _of_service(self, service: Service, own: Body) -> list[Definition]:
        """What a body of a service contributes to others; what reaches instances is kept for
        these."""
        world = self.world
        out = []
        for opened, contexts, body in world.service_bodies(service):
            for extend, at in opened.extends if body is own else ():
                active = Context(contexts[at], "enabled", service.node)
                _tag, start, end, path, path_end, items = extend
                block = ("block", start, end, path_end, path, None, None, (), (), items)
                definition = _definition(block, active, body.module.source, body.module.index)
                target, key = target_of(world.declared, path)
                if target is None:
                    continue  # Reported before.
                extension = Extension(service, target, key, definition)
                world.extensions.append(extension)
                if target.is_family() and world.instances is not None:
                    world.instances.take(extension)
                else:
                    out.append(definition)
        return out


class Extension:
    """One `extend` of a service: what it defines there, and whom it reaches.

    `key` names an instance of `target`; None means the service itself or its only instance.
    """

    __slots__ = ("definition", "key", "node", "service", "target")

    def __init__(
        self, service: Service, target: Service, key: str | None, definition: Definition
    ) -> None:
        self.service = service
        self.target = target
        self.key = key
        self.definition = definition
        self.node = definition.statement


def _start(definition: Definition) -> int:
    return int(definition.statement[1])


def _definition(statement: Node, context: Context, source: Source, module: int) -> Definition:
    strength = order = None
    if statement[0] != "remove":
        strength, order = statement[5], statement[6]
    return Definition(
        statement, 0, context, None if strength is None else strength * SCALE, order, source, module
    )
