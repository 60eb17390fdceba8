"""Snippet order: phases one after the other, inside a phase what `after` and `before` say.

Names can be referred to as `name`, or `?name` when it may be missing. Each phase is also a
name of its own, a barrier: `after: ["files"]` means after everything that phase does.
"""

from __future__ import annotations

import heapq
import itertools

from evaluator.diagnostics.suggest import nearest
from evaluator.plan.errors import option_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    import networkx as nx

    from evaluator.plan.errors import Findings

PHASES = ("pre", "users", "files", "units", "post")


class Wish:
    """One word of an `after` or `before`: whose it is, which of the two, and what it says."""

    __slots__ = ("name", "relation", "written")

    def __init__(self, name: str, relation: str, written: str) -> None:
        self.name = name
        self.relation = relation
        self.written = written

    @property
    def other(self) -> str:
        """The snippet or phase that is meant."""
        return self.written.removeprefix("?")

    @property
    def path(self) -> str:
        """The option that says so."""
        return option_path("snippets", self.name, self.relation)

    def __str__(self) -> str:
        return f"`{self.name}` {self.relation} `{self.other}`"


class Order:
    """The snippets of one phase: earlier one → later ones, each with the wish that says so."""

    __slots__ = ("edges", "members")

    def __init__(self, members: list[str]) -> None:
        self.members = members
        self.edges: dict[str, dict[str, Wish]] = {}

    def add(self, wish: Wish) -> None:
        """Take a wish for granted; the first one to say something is kept."""
        first, second = wish.other, wish.name
        if wish.relation == "before":
            first, second = second, first
        self.edges.setdefault(first, {}).setdefault(second, wish)

    def followers(self, name: str) -> list[str]:
        """What has to run later than a snippet, sorted."""
        return sorted(self.edges.get(name, ()))


def snippet_order(snippets: dict[str, Any], findings: Findings) -> list[str]:
    """Names in the order they run: stable, ties by name; problems are reported."""
    phases: dict[str, list[str]] = {phase: [] for phase in PHASES}
    for name in sorted(snippets):
        phases.setdefault(_phase(snippets, name), []).append(name)
    ordered = []
    for phase in PHASES:
        ordered += _phase_order(phases[phase], snippets, findings)
    return ordered


def _phase(snippets: dict[str, Any], name: str) -> str:
    return str(snippets[name].get("phase", "post"))


def _phase_order(members: list[str], snippets: dict[str, Any], findings: Findings) -> list[str]:
    order = Order(members)
    for name in members:
        for relation in ("after", "before"):
            for written in snippets[name].get(relation, ()):
                wish = Wish(name, relation, written)
                if _is_inside_phase(wish, snippets, findings):
                    order.add(wish)
    waiting = dict.fromkeys(members, 0)
    for name in members:
        for follower in order.followers(name):
            waiting[follower] += 1
    ready = [name for name in members if waiting[name] == 0]
    sorted_names = []
    while ready:
        name = heapq.heappop(ready)
        sorted_names.append(name)
        for follower in order.followers(name):
            waiting[follower] -= 1
            if waiting[follower] == 0:
                heapq.heappush(ready, follower)
    if len(sorted_names) < len(members):
        done = set(sorted_names)
        rest = [name for name in members if name not in done]
        _report_cycles(rest, order, findings)
        sorted_names += rest
    return sorted_names


def _is_inside_phase(wish: Wish, snippets: dict[str, Any], findings: Findings) -> bool:
    """Whether a wish is about two snippets of one phase; others are met by phases, or reported."""
    other = wish.other
    if other not in snippets and other not in PHASES:
        if not wish.written.startswith("?"):
            _report_unknown(wish, snippets, findings)
        return False
    mine = PHASES.index(_phase(snippets, wish.name))
    theirs = PHASES.index(_phase(snippets, other) if other in snippets else other)
    if mine == theirs and other in snippets:
        return True
    # A snippet runs at the end of its own phase, so it can be after its barrier.
    late = theirs > mine if wish.relation == "after" else theirs <= mine
    if late:
        _report_phases(wish, snippets, findings)
    return False


def _report_unknown(wish: Wish, snippets: dict[str, Any], findings: Findings) -> None:
    near = nearest(wish.other, [*snippets, *PHASES])
    remedy = f'write `"?{wish.other}"` if it may be missing'
    if near:
        remedy = f"did you mean `{near[0]}`? Otherwise {remedy}"
    findings.report(
        wish.path,
        f"The snippet `{wish.name}` is to run {wish.relation} `{wish.other}`, which does not exist",
        "named here",
        code="unknown-target",
        help=remedy,
        facts={"snippet": wish.name, "target": wish.other},
    )


def _report_phases(wish: Wish, snippets: dict[str, Any], findings: Findings) -> None:
    mine = _phase(snippets, wish.name)
    others = [_phase_site(wish.name, snippets)]
    if wish.other in snippets:
        theirs = _phase(snippets, wish.other)
        belongs = f"which belongs to phase `{theirs}`"
        others.append(_phase_site(wish.other, snippets))
    else:
        belongs = "which is a phase that comes " + (
            "later" if wish.relation == "after" else "before it or is its own"
        )
    findings.report(
        wish.path,
        f"The snippet `{wish.name}` of phase `{mine}` cannot run {wish.relation} "
        f"`{wish.other}`, {belongs}",
        "asked for here",
        code="order-cycle",
        help=f"phases run in the order {', '.join(PHASES)}; give `{wish.name}` another `phase`",
        others=tuple(others),
        facts={"snippet": wish.name, "target": wish.other},
    )


def _phase_site(name: str, snippets: dict[str, Any]) -> tuple[str, str]:
    """Where a snippet's phase is said; the text of one that leaves it at the default."""
    phase = _phase(snippets, name)
    if phase == "post":
        return option_path("snippets", name, "text"), f"`{name}` runs in phase `post`"
    return option_path("snippets", name, "phase"), f"the phase of `{name}`"


def _report_cycles(rest: list[str], order: Order, findings: Findings) -> None:
    import networkx as nx

    graph: nx.DiGraph[str] = nx.DiGraph()
    inside = set(rest)
    graph.add_edges_from((a, b) for a in rest for b in order.followers(a) if b in inside)
    for component in sorted(sorted(c) for c in nx.strongly_connected_components(graph)):
        first = component[0]
        if len(component) == 1 and not graph.has_edge(first, first):
            continue
        chain = _shortest_cycle(graph.subgraph(component), first)
        circle = [*chain, first]
        wishes = [order.edges[a][b] for a, b in itertools.pairwise(circle)]
        findings.report(
            wishes[0].path,
            "The order of the snippets contradicts itself: "
            + " before ".join(f"`{name}`" for name in circle),
            str(wishes[0]),
            code="order-cycle",
            others=tuple((wish.path, str(wish)) for wish in wishes[1:]),
            facts={"cycle": chain},
        )


def _shortest_cycle(graph: nx.DiGraph[str], first: str) -> list[str]:
    import networkx as nx

    chains = [
        nx.shortest_path(graph, follower, first) for follower in sorted(graph.successors(first))
    ]
    best: list[str] = min(chains, key=lambda chain: (len(chain), chain))
    return [first, *best[:-1]]
