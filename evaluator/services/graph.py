"""The extension graph: an edge from each service to what its `extend` blocks reach.

Between services it is read from the statements alone, so it can be checked and drawn
without evaluating. `live_edges` is the same between what there is: enabled services and
instances, as a configuration's values decide.
"""

from __future__ import annotations

from evaluator.definitions.presence import is_declared
from evaluator.diagnostics.model import Diagnostic, Help, Label, Stop
from evaluator.options.families import target_of
from evaluator.options.shapes import path_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    import networkx as nx

    from evaluator.diagnostics.model import Sink
    from evaluator.evaluation.world import World
    from evaluator.names.load import Module
    from evaluator.options.shapes import Declarations, Service
    from evaluator.source import Span

    Node = tuple[Any, ...]
    Path = tuple[str, ...]


class Edge:
    """One `extend`: from a service to its target, and where it is written.

    A service with instances is `x.*`; in a live edge its instances stand for themselves.
    """

    __slots__ = ("source", "span", "target")

    def __init__(self, source: Path, target: Path, span: Span) -> None:
        self.source = source
        self.target = target
        self.span = span


def edges(declared: Declarations) -> list[Edge]:
    """All extensions whose target exists, in written order."""
    out: list[Edge] = []
    for service in (*declared.services.values(), *declared.families.values()):
        for body in service.all_bodies():
            _collect(body.items, service, body.module, declared, out)
    return out


def live_edges(world: World) -> list[Edge]:
    """Edges between services and instances that are enabled, in the order of contributions."""
    out: list[Edge] = []
    world.root.parts()
    for extension in world.extensions:
        source = extension.definition.source
        span = (source, extension.node[1], extension.node[3])
        try:
            senders = [
                extension.service.path if type(env.owner) is tuple else env.owner.path()
                for env in extension.definition.context.envs()
            ]
            targets = [extension.target.path]
            if extension.target.is_family() and world.instances is not None:
                reach = extension.target.path[:-1]
                keys = world.instances.keys(extension.target).names()
                reached = keys if len(keys) == 1 else []
                if extension.key is not None:
                    reached = [extension.key] if extension.key in keys else []
                targets = [(*reach, key) for key in reached]
        except Stop:
            continue
        out.extend([Edge(sender, target, span) for sender in senders for target in targets])
    return out


def _collect(
    items: tuple[Node, ...],
    service: Service,
    module: Module,
    declared: Declarations,
    out: list[Edge],
) -> None:
    for item in items:
        tag = item[0]
        if tag == "extend":
            target, _key = target_of(declared, item[3])
            if target is not None:
                span = (module.source, item[1], item[4])
                out.append(Edge(service.path, target.path, span))
        elif tag == "section":
            _collect(item[4], service, module, declared, out)
        elif tag == "when":
            known = is_declared(declared.root, item[3][3]) if item[3][0] == "declared" else None
            if known is not False:
                _collect(item[4], service, module, declared, out)
            if item[5] is not None and known is not True:
                _collect(item[5], service, module, declared, out)
        elif tag == "for":
            _collect(item[5], service, module, declared, out)


def check_graph(declared: Declarations, sink: Sink) -> None:
    """Report services that extend each other in a circle."""
    written = edges(declared)
    every = (*declared.services.values(), *declared.families.values())
    targets: dict[Path, set[Path]] = {service.path: set() for service in every}
    for edge in written:
        targets[edge.source].add(edge.target)
    open_ = dict(targets)
    while _prune(open_):
        for path in _report_circle(open_, written, sink):
            del open_[path]


def _prune(open_: dict[Path, set[Path]]) -> bool:
    """Take out what leads nowhere; whether circles are left."""
    while True:
        sinks = [path for path, reached in open_.items() if not reached & open_.keys()]
        if not sinks:
            return bool(open_)
        for path in sinks:
            del open_[path]


def _path(graph: nx.DiGraph[Path], start: Path, end: Path) -> list[Path]:
    """A shortest way; empty if there is none."""
    import networkx as nx

    return nx.shortest_path(graph, start, end) if nx.has_path(graph, start, end) else []


def _from_least(circle: list[Path]) -> list[Path]:
    """The same circle, beginning with the service that sorts first."""
    start = circle.index(min(circle))
    return circle[start:] + circle[:start]


def _report_circle(open_: dict[Path, set[Path]], written: list[Edge], sink: Sink) -> list[Path]:
    """Report a shortest circle; its members."""
    import networkx as nx

    graph: Any = nx.DiGraph()
    for path, reached in open_.items():
        for target in sorted(reached & open_.keys()):
            graph.add_edge(path, target)
    circle = min(
        [
            (len(path), _from_least(path))
            for edge in written
            if edge.source in open_ and edge.target in open_
            for path in [_path(graph, edge.target, edge.source)]
            if path
        ]
    )[1]
    labels: list[Label] = []
    for at, path in enumerate(circle):
        following = circle[(at + 1) % len(circle)]
        for edge in written:
            if edge.source == path and edge.target == following:
                text = f"`{path_text(path)}` extends `{path_text(following)}`"
                labels.append(Label(edge.span, text, primary=not labels))
                break
    names = [path_text(path) for path in circle]
    sink.report(
        Diagnostic(
            "cycle",
            "services extend each other in a circle: " + " → ".join([*names, names[0]]),
            tuple(labels),
            help=(Help("let one of them be set by the host instead of extended"),),
            facts={"cycle": names},
        )
    )
    return circle
