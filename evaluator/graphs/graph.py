"""A graph to be shown: nodes with labels, edges with the lines that made them."""

from __future__ import annotations

import networkx as nx

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    Site = dict[str, Any]


class Graph:
    """Nodes in a stable order and edges between them; `edges` hold where each is written.

    An edge leads from what depends to what it depends on, or, in `snippets`, from what runs
    earlier to what runs later; `relation` is the word for it.
    """

    def __init__(self, kind: str, relation: str) -> None:
        self.kind = kind
        self.relation = relation
        self.nodes: dict[str, dict[str, Any]] = {}
        self.edges: dict[tuple[str, str], list[Site]] = {}

    def add(self, node: str, **facts: Any) -> None:
        """A node; what is known of it is kept."""
        self.nodes.setdefault(node, {}).update(facts)

    def connect(self, first: str, second: str, sites: Iterable[Site] = ()) -> None:
        """An edge, perhaps with one more place where it is written."""
        self.add(first)
        self.add(second)
        found = self.edges.setdefault((first, second), [])
        found.extend([site for site in sites if site not in found])

    def reduced(self) -> Graph:
        """The same without edges that a longer way says already; circles are left as they are."""
        whole: nx.DiGraph[str] = nx.DiGraph()
        whole.add_nodes_from(self.nodes)
        whole.add_edges_from(self.edges)
        circles = nx.condensation(whole)
        member = circles.graph["mapping"]
        kept = set(nx.transitive_reduction(circles).edges)
        out = Graph(self.kind, self.relation)
        out.nodes = self.nodes
        # Of two ways between the same circles, one edge is enough.
        said: set[tuple[int, int]] = set()
        for (first, second), sites in sorted(self.edges.items()):
            ends = member[first], member[second]
            if ends[0] == ends[1]:
                out.edges[first, second] = sites
            elif ends in kept and (ends not in said or len(circles.nodes[ends[0]]["members"]) == 1):
                said.add(ends)
                out.edges[first, second] = sites
        return out

    def data(self) -> dict[str, Any]:
        """Plain data, the shape of spec/graph.schema.json."""
        return {
            "version": 1,
            "graph": self.kind,
            "relation": self.relation,
            "nodes": [{"name": name, **facts} for name, facts in sorted(self.nodes.items())],
            "edges": [
                {"from": first, "to": second, "sites": sites}
                for (first, second), sites in sorted(self.edges.items())
            ],
        }
