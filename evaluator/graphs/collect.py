"""The four graphs of a configuration."""

from __future__ import annotations

import os

from evaluator import resources
from evaluator.diagnostics.model import Stop
from evaluator.evaluation.expressions import evaluate
from evaluator.graphs.graph import Graph
from evaluator.options.shapes import path_text
from evaluator.source import site_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.evaluation.world import World
    from evaluator.names.load import Module
    from evaluator.options.shapes import Declarations


def imports(modules: list[Module]) -> Graph:
    """Which file imports which, what single hosts import included."""
    graph = Graph("imports", "imports")
    parts = [part for module in modules for part in module.hosts]
    modules = [*modules, *[module for part in parts for module in part.extras]]
    loaded = {module.source.path for module in modules}
    for module in modules:
        graph.add(_name(module), library=module.shipped)
        hosts = [each for part in module.hosts for each in part.module.imports]
        for statement, target in [*module.imports, *hosts]:
            if target.source.path in loaded:
                site = site_of((module.source, statement[1], statement[2]))
                graph.connect(_name(module), _name(target), [site])
    return graph


def _name(module: Module) -> str:
    """A file as messages call it; one of the library as an import does."""
    if not module.shipped:
        return module.source.name
    return os.path.relpath(module.source.path, resources.path("modules"))


def services(declared: Declarations) -> Graph:
    """Which service extends which, read from the declarations."""
    from evaluator.services.graph import edges

    graph = Graph("services", "extends")
    for service in (*declared.services.values(), *declared.families.values()):
        site = site_of((service.module.source, service.node[1], service.node[4]))
        graph.add(path_text(service.path), declared_at=site)
    for edge in edges(declared):
        graph.connect(path_text(edge.source), path_text(edge.target), [site_of(edge.span)])
    return graph


def live_services(world: World) -> Graph:
    """Which enabled service or instance extends which."""
    from evaluator.services.graph import live_edges

    graph = Graph("services", "extends")
    for edge in live_edges(world):
        graph.connect(path_text(edge.source), path_text(edge.target), [site_of(edge.span)])
    return graph


def snippets(wanted: dict[str, Any], run_order: list[str]) -> Graph:
    """Which snippet of the activation script asks to run before which; nodes tell their turn."""
    graph = Graph("snippets", "runs before")
    for turn, name in enumerate(run_order, start=1):
        graph.add(name, phase=wanted[name].get("phase", "post"), turn=turn)
    for name in run_order:
        for word in ("after", "before"):
            for other in [each.removeprefix("?") for each in wanted[name].get(word, ())]:
                if other in wanted:
                    graph.connect(*((other, name) if word == "after" else (name, other)))
    return graph


def options(world: World) -> Graph:
    """Which option is computed from which, after everything was evaluated and traced."""
    from evaluator.inspect.provenance import leaves

    graph = Graph("options", "reads")
    for name in world.root.names():
        for owner, leaf in leaves(world.root, name):
            for scope, read in _read_by(world, owner, leaf):
                graph.connect(path_text(owner.path(leaf)), path_text(scope.path(read)))
    return graph


def _read_by(world: World, owner: Any, name: str) -> list[tuple[Any, str]]:
    """The options a slot reads itself; `let`s and blocks on the way are looked through."""
    from evaluator.evaluation.slots import Slots

    reads = world.reads or {}
    out: list[tuple[Any, str]] = []
    seen = {(id(owner), name)}
    queue = [(id(owner), name), *_conditions(world, owner, name)]
    while queue:
        for key, (scope, slot) in reads.get(queue.pop(), {}).items():
            if key in seen:
                continue
            seen.add(key)
            is_option = isinstance(scope, Slots) and bool(slot)
            if is_option and not isinstance(scope.slots.get(slot), Slots):
                out.append((scope, slot))
            elif not is_option:
                queue.append(key)
    return out


def _conditions(world: World, owner: Any, name: str) -> list[tuple[int, str]]:
    """What the conditions around a slot's definitions read, under keys of their own.

    A condition is asked once for all it guards, so it has to be asked again to tell.
    """
    keys: list[tuple[int, str]] = []
    for definition in owner.definitions_of(name):
        context = definition.context
        while context is not None:
            if context.kind in ("when", "unless", "enabled") and context.node[3][0] != "declared":
                key = (id(context), "")
                if key not in (world.reads or {}):
                    _ask(world, context)
                keys.append(key)
            context = context.parent
    return keys


def _ask(world: World, context: Any) -> None:
    world.stack.append((context, "", None, None))
    try:
        for env in context.parent.envs()[:1]:
            if context.kind == "enabled":
                env.self_scope().get("enable", env, context.node)
            else:
                evaluate(context.node[3], env)
    except Stop:
        return  # What fails here was reported when it was asked first.
    finally:
        world.stack.pop()
