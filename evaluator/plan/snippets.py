"""Snippet order: phases one after the other, inside a phase what `after` and `before` say.

Names can be referred to as `name`, or `?name` when it may be missing. Each phase is also a
name of its own, a barrier: `after: ["files"]` means after everything that phase does.
"""

from __future__ import annotations

import heapq

from evaluator.plan.errors import option_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    import networkx as nx

    from evaluator.plan.errors import Findings

PHASES = ("pre", "users", "files", "units", "post")


def snippet_order(snippets: dict[str, Any], findings: Findings) -> list[str]:
    """Names in the order they run: stable, ties by name; problems are reported."""
    ordered = []
    for phase in PHASES:
        members = sorted(n for n, s in snippets.items() if s.get("phase", "post") == phase)
        ordered += _phase_order(members, snippets, findings)
    return ordered


def _phase_order(members: list[str], snippets: dict[str, Any], findings: Findings) -> list[str]:
    edges = _edges(members, snippets, findings)
    waiting = dict.fromkeys(members, 0)
    for follower in edges.values():
        for name in follower:
            waiting[name] += 1
    ready = [name for name in members if waiting[name] == 0]
    order = []
    while ready:
        name = heapq.heappop(ready)
        order.append(name)
        for follower_name in sorted(edges[name]):
            waiting[follower_name] -= 1
            if waiting[follower_name] == 0:
                heapq.heappush(ready, follower_name)
    if len(order) < len(members):
        rest = [name for name in members if name not in set(order)]
        _report_cycle(rest, edges, findings)
        order += rest
    return order


def _edges(members: list[str], snippets: dict[str, Any], findings: Findings) -> dict[str, set[str]]:
    """Earlier snippet → later ones, within one phase."""
    edges: dict[str, set[str]] = {name: set() for name in members}
    for name in members:
        for relation in ("after", "before"):
            for written in snippets[name].get(relation, ()):
                other = written.removeprefix("?")
                place = _place(name, relation, written, snippets, findings)
                if place is not None:
                    first, second = (other, name) if relation == "after" else (name, other)
                    edges[first].add(second)
    return edges


def _place(
    name: str, relation: str, written: str, snippets: dict[str, Any], findings: Findings
) -> str | None:
    """The other snippet's name when it is in the same phase, else None (and maybe a finding)."""
    other = written.removeprefix("?")
    phase = snippets[name].get("phase", "post")
    path = option_path("snippets", name, relation)
    if other in snippets:
        other_phase = snippets[other].get("phase", "post")
    elif other in PHASES:
        other_phase = other
    else:
        if not written.startswith("?"):
            findings.report(
                path,
                f"The snippet `{name}` is to run {relation} `{other}`, which does not exist",
                "named here",
                code="unknown-target",
                help=f'write `"?{other}"` if it may be missing',
                facts={"snippet": name, "target": other},
            )
        return None
    mine, theirs = PHASES.index(phase), PHASES.index(other_phase)
    if mine == theirs and other in snippets:
        return other
    late = theirs >= mine if relation == "after" else theirs <= mine
    if other not in snippets and mine == theirs:
        late = relation == "before"
    if late:
        findings.report(
            path,
            f"The snippet `{name}` of phase `{phase}` cannot run {relation} `{other}`, "
            f"which belongs to phase `{other_phase}`",
            "asked for here",
            code="order-cycle",
            help=f"give `{name}` another `phase`",
            facts={"snippet": name, "target": other},
        )
    return None


def _report_cycle(rest: list[str], edges: dict[str, set[str]], findings: Findings) -> None:
    import networkx as nx

    graph: nx.DiGraph[str] = nx.DiGraph()
    inside = set(rest)
    graph.add_edges_from((a, b) for a in rest for b in sorted(edges[a]) if b in inside)
    for component in sorted(sorted(c) for c in nx.strongly_connected_components(graph)):
        first = component[0]
        if len(component) == 1 and not graph.has_edge(first, first):
            continue
        chain = _shortest_cycle(graph.subgraph(component), first)
        findings.report(
            option_path("snippets", first),
            "The order of the snippets contradicts itself: "
            + " before ".join(f"`{name}`" for name in [*chain, chain[0]]),
            f"`{first}` is part of the circle",
            code="order-cycle",
            others=tuple((option_path("snippets", n), f"`{n}` too") for n in chain[1:]),
            facts={"cycle": chain},
        )


def _shortest_cycle(graph: nx.DiGraph[str], first: str) -> list[str]:
    import networkx as nx

    chains = [
        nx.shortest_path(graph, follower, first) for follower in sorted(graph.successors(first))
    ]
    best: list[str] = min(chains, key=lambda chain: (len(chain), chain))
    return [first, *best[:-1]]
