"""A graph as text, DOT, Mermaid, JSON or SVG."""

from __future__ import annotations

import json
from html import escape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.graphs.graph import Graph


STYLE = """\
text { font: 13px monospace; fill: #222 }
rect { fill: #fff; stroke: #888 }
path { fill: none; stroke: #888 }
"""
TIP = """\
<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8"
orient="auto"><path d="M0,0 L8,4 L0,8" /></marker></defs>"""


def written(graph: Graph, form: str) -> str:
    """A graph in one of the forms of `vcfg graph --format`, ending with a line end."""
    forms = {"text": text, "dot": dot, "mermaid": mermaid, "json": json_text, "svg": svg}
    return forms[form](graph)


def text(graph: Graph) -> str:
    """A line for each node that leads somewhere, with where it leads; then those that do not."""
    reached: dict[str, list[str]] = {}
    for first, second in sorted(graph.edges):
        reached.setdefault(first, []).append(second)
    width = max([len(name) for name in reached], default=0)
    lines = [f"{name:{width}} → {', '.join(targets)}" for name, targets in sorted(reached.items())]
    touched = {name for edge in graph.edges for name in edge}
    lines += sorted([name for name in graph.nodes if name not in touched])
    return "".join([line + "\n" for line in lines])


def json_text(graph: Graph) -> str:
    """As spec/graph.schema.json says."""
    return json.dumps(graph.data(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def dot(graph: Graph) -> str:
    """For Graphviz."""
    lines = [f"digraph {graph.kind} {{", "  rankdir=LR;", "  node [shape=box];"]
    lines += [f"  {_dot(name)};" for name in sorted(graph.nodes)]
    lines += [f"  {_dot(first)} -> {_dot(second)};" for first, second in sorted(graph.edges)]
    return "\n".join([*lines, "}"]) + "\n"


def _dot(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def mermaid(graph: Graph) -> str:
    """For Markdown pages of code forges."""
    numbers = {name: f"n{at}" for at, name in enumerate(sorted(graph.nodes))}
    lines = ["flowchart LR"]
    lines += [f'  {number}["{_entities(name)}"]' for name, number in numbers.items()]
    lines += [f"  {numbers[first]} --> {numbers[second]}" for first, second in sorted(graph.edges)]
    return "\n".join(lines) + "\n"


def _entities(name: str) -> str:
    """Text in a Mermaid label, whose escapes are entities without the ampersand."""
    return name.replace("#", "#35;").replace('"', "#quot;").replace("<", "#lt;")


def svg(graph: Graph) -> str:
    """A drawing: what others depend on stands further right."""
    from evaluator.graphs.drawing import placed

    drawing = placed(graph)
    size = f'width="{drawing.width}" height="{drawing.height}"'
    view = f'viewBox="0 0 {drawing.width} {drawing.height}" role="img"'
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {view}>',
        f"<title>{escape(graph.kind)}</title>",
        f"<style>{STYLE}</style>",
        TIP,
        '<rect width="100%" height="100%" style="stroke: none" />',
    ]
    for edge, (x1, y1, x2, y2) in drawing.lines.items():
        bend = (x1 + x2) / 2
        out.append(
            f'<path d="M{x1},{y1} C{bend},{y1} {bend},{y2} {x2},{y2}" marker-end="url(#tip)">'
            f"<title>{escape(f'{edge[0]} {graph.relation} {edge[1]}')}</title></path>"
        )
    for name, (x, y, width, height) in drawing.boxes.items():
        out.append(
            f'<g><rect x="{x}" y="{y}" width="{width}" height="{height}" rx="3" />'
            f'<text x="{x + 8}" y="{y + 17}">{escape(name)}</text></g>'
        )
    return "\n".join([*out, "</svg>"]) + "\n"
