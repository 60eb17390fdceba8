"""Services with instances while values are computed: who contributes, and to whom.

An `extend` in `service x.*` is one definition that holds once for each instance, as in a
loop over the keys of `x`. An `extend` of a service with instances is handed to an instance
when that one is opened; it never makes one.
"""

from __future__ import annotations

from evaluator.evaluation.context import Context

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.definitions.definition import Definition
    from evaluator.evaluation.env import Env
    from evaluator.evaluation.scope import Scope
    from evaluator.evaluation.world import Extension, World
    from evaluator.names.load import Module
    from evaluator.options.shapes import Service

    Node = tuple[Any, ...]
    Path = tuple[str, ...]


class Instances:
    """What one evaluation knows about its services with instances."""

    __slots__ = ("reaching", "world")

    def __init__(self, world: World) -> None:
        self.world = world
        # Extensions of services with instances, by the path of the map.
        self.reaching: dict[Path, list[Extension]] = {}

    def take(self, extension: Extension) -> None:
        """Keep an extension for the instances it reaches, until one of them is opened."""
        definition = extension.definition
        definition.index = len(definition.path())
        self.reaching.setdefault(extension.target.path[:-1], []).append(extension)

    def all_of(self, scope: Scope) -> list[Definition]:
        """Definitions of an instance with what others contribute, as files and lines order it."""
        service = scope.shape.service
        if service is None or not service.is_family() or not scope.parent.is_map:
            return scope.definitions
        reaching = self.reaching.get(service.path[:-1])
        if reaching is None:
            return scope.definitions
        found = [
            each.definition
            for each in reaching
            if each.key == scope.name or (each.key is None and len(scope.parent.names()) == 1)
        ]
        return sorted([*scope.definitions, *found], key=_written)

    def keys(self, service: Service, env: Env | None = None, node: Node | None = None) -> Any:
        """The map that holds a service's instances."""
        scope: Any = self.world.root
        for name in service.path[:-1]:
            scope = scope.get(name, env, node)
        return scope


def _written(definition: Definition) -> tuple[int, int]:
    return definition.module, int(definition.statement[1])


class Everyone(Context):
    """The instances of a service, one environment each, in the order of their keys."""

    __slots__ = ("module", "world")

    def __init__(self, world: World, service: Service, module: Module) -> None:
        super().__init__(None, "instances", service)
        self.world = world
        # Where the statements stand: the service's own file, or one that extends it.
        self.module = module
        if world.reads is not None:
            self.traced = world

    def fill(self, envs: list[Env]) -> None:
        """What `self` and `key` mean in each instance."""
        service, world = self.node, self.world
        outer = world.module_env(self.module)
        node = ("service", service.node[1], service.node[4])
        scope = world.instances.keys(service, outer, node)  # type: ignore[union-attr]
        scope.entries(outer, node)
        for key in scope.names():
            instance = scope.get(key, outer, node)
            inner = outer.child({})
            inner.owner, inner.key = instance, key
            envs.append(inner)
