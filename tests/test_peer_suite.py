"""The peer's own suite, each case written anew; pages as those of the specification.

A heading names the peer's case. `json PATH` blocks hold what the peer expects; comments announce
errors at their lines. Nothing but announced errors may be found; warnings are not looked at.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from evaluator.definitions.defaults import check_defaults
from evaluator.diagnostics.model import ERROR, Sink
from evaluator.evaluation.export import export, export_value
from evaluator.files import Disk
from evaluator.fleet.configure import Settings, assemble, is_fleet, load
from evaluator.fleet.fleet import Fleet
from evaluator.inspect.paths import locate
from tests.configured import FOLDER, MAIN, lines
from tests.spec_pages import cases, expected

if TYPE_CHECKING:
    from evaluator.diagnostics.model import Diagnostic
    from evaluator.evaluation.world import World
    from tests.spec_pages import Case

PAGES = sorted((Path(__file__).parent / "cases" / "peer-suite").glob("*.md"))


def world_of(case: Case) -> tuple[World, Sink]:
    texts = {f"{FOLDER}/{name}": text for name, text in case.files().items()}
    sink = Sink()
    settings = Settings(Disk(texts), (), FOLDER)
    modules = load(MAIN, settings, sink)
    assert modules, [each.message for each in sink.diagnostics]
    if is_fleet(modules):
        return Fleet(modules, settings, sink).world(""), sink
    return assemble(modules, settings, sink), sink


@pytest.mark.parametrize(
    "case", [pytest.param(c, id=f"{p.stem}-{c.title}") for p in PAGES for c in cases(p)]
)
def test_a_case_of_the_peer(case: Case) -> None:
    if any([block.language == "vcfg" and block.info != "parse" for block in case.blocks]):
        world, sink = world_of(case)
        export(world)
        check_defaults(world.declared, sink)
        announced = [each for each in expected(case.files()) if each.severity == ERROR]
        errors = [each for each in sink.diagnostics if each.severity == ERROR]
        for finding in errors:
            match = next((each for each in announced if meets(finding, each)), None)
            assert match is not None, f"nobody announced {lines(finding)}: {finding.message}"
            announced.remove(match)
        assert announced == []
    for block in case.blocks:
        if block.language == "json":
            world, _sink = world_of(case)
            value: Any = export(world)
            if block.info:
                value = export_value(locate(world, block.info).value())
            assert value == json.loads(block.text)


def meets(finding: Diagnostic, announced: Any) -> bool:
    words = [finding.message, *[label.text for label in finding.labels], *finding.notes]
    words += [each.text for each in finding.help]
    return (
        finding.code == announced.code
        and lines(finding)[0] == (announced.file, announced.line)
        and any([announced.fragment in each for each in words])
    )
