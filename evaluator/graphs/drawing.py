"""Where boxes and lines of a drawing go: columns by dependency, rows by the neighbors' rows."""

from __future__ import annotations

import networkx as nx

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.graphs.graph import Graph

LETTER, HEIGHT, GAP, BETWEEN, MARGIN = 8, 26, 12, 60, 20
SWEEPS = 4


class Drawing:
    """Boxes `(x, y, width, height)` by name, lines `(x1, y1, x2, y2)` by edge, whole size."""

    def __init__(self) -> None:
        self.boxes: dict[str, tuple[int, int, int, int]] = {}
        self.lines: dict[tuple[str, str], tuple[int, int, int, int]] = {}
        self.width = self.height = 2 * MARGIN


def placed(graph: Graph) -> Drawing:
    """A layered drawing; members of a circle share a column."""
    columns = _columns(graph)
    for _sweep in range(SWEEPS):
        _untangle(columns, graph)
    drawing = Drawing()
    x = MARGIN
    for column in columns:
        width = max([len(name) for name in column]) * LETTER + 16
        y = MARGIN
        for name in column:
            drawing.boxes[name] = (x, y, width, HEIGHT)
            y += HEIGHT + GAP
        drawing.width = max(drawing.width, x + width + MARGIN)
        drawing.height = max(drawing.height, y - GAP + MARGIN)
        x += width + BETWEEN
    for first, second in sorted(graph.edges):
        left, right = drawing.boxes[first], drawing.boxes[second]
        drawing.lines[first, second] = (
            left[0] + left[2],
            left[1] + HEIGHT // 2,
            right[0],
            right[1] + HEIGHT // 2,
        )
    return drawing


def _columns(graph: Graph) -> list[list[str]]:
    """Names by their longest distance from what nothing depends on."""
    whole: nx.DiGraph[str] = nx.DiGraph()
    whole.add_nodes_from(sorted(graph.nodes))
    whole.add_edges_from(sorted(graph.edges))
    circles = nx.condensation(whole)
    return [
        sorted([name for each in generation for name in circles.nodes[each]["members"]])
        for generation in nx.topological_generations(circles)
    ]


def _untangle(columns: list[list[str]], graph: Graph) -> None:
    """Order each column by the mean row of its neighbors, which makes lines cross less."""
    rows = {name: row for column in columns for row, name in enumerate(column)}
    near: dict[str, list[str]] = {}
    for first, second in graph.edges:
        near.setdefault(first, []).append(second)
        near.setdefault(second, []).append(first)
    for column in columns:
        means = {
            name: sum([rows[each] for each in near.get(name, [name])]) / len(near.get(name, [name]))
            for name in column
        }
        column.sort(key=lambda name: (means[name], name))
        rows.update({name: row for row, name in enumerate(column)})
