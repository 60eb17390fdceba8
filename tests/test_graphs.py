"""`vcfg graph`: the four graphs, their reduction, their forms."""

from __future__ import annotations

import json
import random
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import networkx as nx
import pytest

from evaluator.graphs.forms import dot, mermaid, svg, text
from evaluator.graphs.graph import Graph

if TYPE_CHECKING:
    from tests.conftest import RunVcfg

ROOT = Path(__file__).resolve().parent.parent
SCHEMA = json.loads((ROOT / "spec" / "graph.schema.json").read_text(encoding="utf-8"))
FILES = {
    "etc.vcfg": "service etc { accepts files: map(text) = {} }\n",
    "web.vcfg": """\
import "./etc.vcfg"
service web {
  option port: port = 80
  extend etc { files.web = "#{self.port}" }
  extend log { names = ["web"] }
}
service log {
  accepts names: list(string) = []
  extend etc { files.log = join(self.names, " ") }
}
""",
    "main.vcfg": """\
import "./etc.vcfg"
import "./web.vcfg"
let shown = config.web.port
option title: string = "port #{shown}"
web.enable = true
""",
    "tool.vcfg": """\
import "./etc.vcfg"
service tool.* {
  extend etc { files."tool-#{key}" = "x" }
}
tool.a.enable = true
tool.b {}
""",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, content in FILES.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    return tmp_path


def drawn(vcfg: RunVcfg, *words: str) -> dict[str, Any]:
    ran = vcfg("graph", *words, "--format", "json")
    assert ran.status == 0, ran.err
    document: dict[str, Any] = json.loads(ran.out)
    jsonschema.validate(document, SCHEMA)
    return document


def edges(document: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each["from"], each["to"]) for each in document["edges"]]


@pytest.mark.usefixtures("folder")
def test_imports_without_what_a_longer_way_says(vcfg: RunVcfg) -> None:
    reduced = drawn(vcfg, "main.vcfg", "imports")
    assert edges(reduced) == [("main.vcfg", "web.vcfg"), ("web.vcfg", "etc.vcfg")]
    assert reduced["edges"][0]["sites"] == [{"file": "main.vcfg", "line": 2, "column": 1}]
    assert ("main.vcfg", "etc.vcfg") in edges(drawn(vcfg, "main.vcfg", "imports", "--all"))


@pytest.mark.usefixtures("folder")
def test_services(vcfg: RunVcfg) -> None:
    document = drawn(vcfg, "main.vcfg", "services")
    assert edges(document) == [("log", "etc"), ("web", "log")]
    assert document["nodes"][0]["declared_at"]["file"] == "etc.vcfg"
    assert edges(drawn(vcfg, "main.vcfg", "services", "--all")) == [
        *(("log", "etc"), ("web", "etc"), ("web", "log")),
    ]


@pytest.mark.usefixtures("folder")
def test_live_services_are_those_that_are_enabled(vcfg: RunVcfg) -> None:
    assert edges(drawn(vcfg, "main.vcfg", "services", "--live", "--all")) == [
        *(("web", "etc"), ("web", "log")),
    ]
    assert edges(drawn(vcfg, "tool.vcfg", "services", "--live")) == [("tool.a", "etc")]
    ran = vcfg("graph", "main.vcfg", "imports", "--live")
    assert (ran.status, ran.err) == (2, "vcfg: --live is for the graph of services\n")


@pytest.mark.usefixtures("folder")
def test_options_that_read_each_other(vcfg: RunVcfg) -> None:
    found = edges(drawn(vcfg, "main.vcfg", "options"))
    assert ("title", "web.port") in found
    assert ("etc.files.web", "web.port") in found
    assert ("etc.files.web", "web.enable") in found


def test_snippets(folder: Path, vcfg: RunVcfg) -> None:
    (folder / "snippets.vcfg").write_text(
        """import "activation.vcfg"
activation.snippets {
  b { text = "true", after = ["a"] }
  a { text = "true" }
  c { text = "true", before = ["b", "?gone"] }
}
""",
        encoding="utf-8",
    )
    document = drawn(vcfg, "snippets.vcfg", "snippets")
    assert edges(document) == [("a", "b"), ("c", "b")]
    assert {each["name"]: each["turn"] for each in document["nodes"]} == {"a": 1, "b": 3, "c": 2}


@pytest.mark.usefixtures("folder")
def test_wrong_calls_and_broken_files(vcfg: RunVcfg) -> None:
    ran = vcfg("graph", "main.vcfg", "colors")
    assert ran.status == 2
    assert "one of imports, services, snippets, options" in ran.err
    assert vcfg("graph", "gone.vcfg", "imports").status == 2
    ran = vcfg("graph", "main.vcfg", "snippets")
    assert (ran.status, ran.out) == (1, "")
    assert "puts nothing on a machine" in ran.err


def example(*pairs: tuple[str, str]) -> Graph:
    graph = Graph("options", "reads")
    for first, second in pairs:
        graph.connect(first, second)
    return graph


def test_circles_are_kept_as_they_are() -> None:
    graph = example(("a", "b"), ("b", "a"), ("a", "c"), ("b", "c"), ("c", "d"), ("a", "d"))
    assert sorted(graph.reduced().edges) == [("a", "b"), ("a", "c"), ("b", "a"), ("c", "d")]


def test_reduction_reaches_what_the_whole_reaches() -> None:
    dice = random.Random(7)
    for _round in range(50):
        pairs = [(f"n{dice.randrange(8)}", f"n{dice.randrange(8)}") for _edge in range(14)]
        graph = example(*pairs)
        whole: nx.DiGraph[str] = nx.DiGraph(list(graph.edges))
        reduced: nx.DiGraph[str] = nx.DiGraph(list(graph.reduced().edges))
        reduced.add_nodes_from(whole)
        for node in whole:
            assert nx.descendants(whole, node) == nx.descendants(reduced, node)


def test_forms_hold_every_node_whatever_its_name() -> None:
    name = 'a."b c<&#\\'
    graph = example((name, "z"))
    graph.add("alone")
    assert text(graph) == f"{name} → z\nalone\n"
    assert '"a.\\"b c<&#\\\\" -> "z";' in dot(graph)
    assert 'n0["a.#quot;b c#lt;&#35;\\"]' in mermaid(graph)
    drawing = ET.fromstring(svg(graph))
    texts = [each.text for each in drawing.iter("{http://www.w3.org/2000/svg}text")]
    assert sorted(str(each) for each in texts) == sorted([name, "z", "alone"])


def test_boxes_of_a_drawing_do_not_overlap() -> None:
    from evaluator.graphs.drawing import placed

    pairs = [(f"n{first}", f"n{second}") for first in range(9) for second in range(first + 1, 9)]
    boxes = list(placed(example(*pairs, ("x", "y"))).boxes.values())
    for at, (x, y, width, height) in enumerate(boxes):
        for other_x, other_y, other_width, other_height in boxes[at + 1 :]:
            apart = x + width <= other_x or other_x + other_width <= x
            assert apart or y + height <= other_y or other_y + other_height <= y
