"""The extension graph of the library: every edge that Guix has is a way here, or has a reason."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import networkx as nx
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import RunVcfg

ROOT = Path(__file__).resolve().parent.parent
CASES = ROOT / "tests" / "cases" / "graph"
EVERYTHING = CASES / "everything.vcfg"
CHAPTER = ROOT / "spec" / "70-library.md"

#: Rows of Guix's graph, one for each pair of its services.
COUNT = 46

#: Ends in Guix that are no service of ours.
NO_SERVICE = {"setuid programs", "boot"}


@cache
def rows(heading: str) -> list[tuple[str, str, str]]:
    """The lines of the table below a heading of the chapter."""
    text = CHAPTER.read_text(encoding="utf-8").partition(f"{heading}\n")[2]
    below = text.partition("\n#")[0]
    cells = [
        [cell.strip().strip("`") for cell in line.strip("|").split("|")]
        for line in below.splitlines()
        if line.startswith("|")
    ]
    return [(start, end, words) for start, end, words in cells[2:]]


def graph(vcfg: RunVcfg, *words: str) -> Any:
    """The services of a host with everything on, as the command draws them."""
    ran = vcfg("graph", str(EVERYTHING), "services", "--format", "json", *words)
    assert ran.status == 0, ran.err
    return json.loads(ran.out)


@pytest.fixture
def drawn(vcfg: RunVcfg) -> nx.DiGraph[str]:
    """All edges, also of the services that are switched off."""
    document = graph(vcfg, "--all")
    return nx.DiGraph([(each["from"], each["to"]) for each in document["edges"]])


def test_every_row_of_guix_is_a_way(drawn: nx.DiGraph[str]) -> None:
    table = rows("## The extension graph")
    assert len(table) == COUNT
    missing = [
        (start, end)
        for start, end, _ in table
        if not (start in drawn and end in drawn and nx.has_path(drawn, start, end))
    ]
    assert missing == []


def test_rows_that_cannot_be_have_a_reason(drawn: nx.DiGraph[str]) -> None:
    table = rows("### Edges that Guix has and Debian does not need")
    assert len(table) == 5
    for start, end, why in table:
        assert why
        assert start in drawn
        assert end in NO_SERVICE or not nx.has_path(drawn, start, end)


def test_services_never_extend_in_a_circle(drawn: nx.DiGraph[str]) -> None:
    assert nx.is_directed_acyclic_graph(drawn)
    assert [name for name in drawn if drawn.out_degree(name) == 0] == ["activation"]


def test_every_edge_is_shown_where_it_is_written(vcfg: RunVcfg) -> None:
    for edge in graph(vcfg, "--all")["edges"]:
        for site in edge["sites"]:
            lines = (ROOT / site["file"]).read_text(encoding="utf-8").splitlines()
            assert lines[site["line"] - 1].strip().startswith(f"extend {edge['to']}"), edge


@pytest.mark.parametrize("form", ["text", "dot", "mermaid"])
def test_reduced_graph(vcfg: RunVcfg, expect: Callable[[Path, str], None], form: str) -> None:
    """Where a service of the library gets a new edge: `make test ARGS=--update`, and look."""
    ran = vcfg("graph", str(EVERYTHING), "services", "--format", form)
    assert ran.status == 0
    expect(CASES / f"services.{form}", ran.out)


def test_reduced_graph_as_data(vcfg: RunVcfg, expect: Callable[[Path, str], None]) -> None:
    """Without the lines of the modules, which move with every edit."""
    document = graph(vcfg)
    for edge in document["edges"]:
        del edge["sites"]
    for node in document["nodes"]:
        node["declared_at"] = node["declared_at"]["file"]
    expect(CASES / "services.json", json.dumps(document, indent=2, sort_keys=True) + "\n")
