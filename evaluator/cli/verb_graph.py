"""`vcfg graph FILE WHAT`: who depends on whom."""

from __future__ import annotations

from evaluator.cli.arguments import UsageError
from evaluator.cli.deliver import deliver
from evaluator.cli.session import Session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.cli.arguments import Arguments
    from evaluator.graphs.graph import Graph

KINDS = ("imports", "services", "snippets", "options")


def answer(arguments: Arguments) -> int:
    """Write the graph; 1 with findings where the configuration cannot be read that far."""
    kind = arguments.word("GRAPH")
    if kind not in KINDS:
        raise UsageError(f"the graph is one of {', '.join(KINDS)}, not `{kind}`")
    if arguments.flag("live") and kind != "services":
        raise UsageError("--live is for the graph of services")
    session = Session(arguments)
    file = arguments.word("FILE")
    graph = graph_of(kind, file, session, live=arguments.flag("live"))
    code = session.finish(file)
    if code or graph is None:
        return code or 1
    if not arguments.flag("all"):
        graph = graph.reduced()
    from evaluator.graphs.forms import written

    return deliver(written(graph, arguments.option("format")), arguments.option("output"))


def graph_of(kind: str, file: str, session: Session, *, live: bool) -> Graph | None:
    """One of the four graphs; None where nothing could be loaded or planned."""
    from evaluator.graphs import collect

    if kind == "imports":
        modules = session.modules(file)
        return collect.imports(modules) if modules else None
    world = session.one(file)
    if world is None:
        return None
    if kind == "services":
        return collect.live_services(world) if live else collect.services(world.declared)
    if kind == "options":
        from evaluator.evaluation.export import export
        from evaluator.inspect.provenance import trace

        trace(world)
        export(world)
        return collect.options(world)
    from evaluator.cli.verb_build import evaluated, plan_of
    from evaluator.evaluation.export import export_value

    plan = plan_of(world, evaluated(world))
    if plan is None:
        return None
    wanted = export_value(world.root.get("activation").get("snippets"))
    return collect.snippets(wanted, [each["name"] for each in plan["snippets"]])
