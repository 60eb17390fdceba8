"""Evaluates configurations given as texts, for tests that look at values and findings."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from evaluator.diagnostics.model import ERROR, Sink
from evaluator.evaluation.export import export
from evaluator.files import Disk
from evaluator.fleet.configure import DEPTH, Settings, configure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evaluator.diagnostics.model import Diagnostic
    from evaluator.evaluation.world import World

# Evaluation would raise it; Hypothesis wants it left alone while a test runs.
sys.setrecursionlimit(max(DEPTH, sys.getrecursionlimit()))

FOLDER = "/configuration"
MAIN = f"{FOLDER}/main.vcfg"


class Configured(NamedTuple):
    """Everything as JSON data, and what was found on the way."""

    data: dict[str, Any]
    findings: list[Diagnostic]
    world: World

    def errors(self) -> list[Diagnostic]:
        """The findings that are errors."""
        return [each for each in self.findings if each.severity == ERROR]

    def codes(self) -> list[str]:
        """Codes of the errors, sorted."""
        return sorted([each.code for each in self.errors()])


def configured(main: str, modules: Sequence[str] = (), /, **files: str) -> Configured:
    """Evaluate `main`; other files are named by keyword and imported as `"./NAME.vcfg"`.

    `modules` are the folders where an import without `./` is looked up.
    """
    texts = {MAIN: main, **{f"{FOLDER}/{name}.vcfg": text for name, text in files.items()}}
    sink = Sink()
    world = configure(MAIN, Settings(Disk(texts), tuple(modules), FOLDER), sink)
    assert world is not None, sites(sink.diagnostics)
    return Configured(export(world), list(sink.diagnostics), world)


def values(main: str, **files: str) -> dict[str, Any]:
    """The data of a configuration without errors."""
    result = configured(main, **files)
    assert [each.message for each in result.errors()] == []
    return result.data


def error(main: str, **files: str) -> Diagnostic:
    """The one error of a configuration."""
    result = configured(main, **files)
    assert len(result.errors()) == 1, [each.message for each in result.errors()]
    return result.errors()[0]


def lines(finding: Diagnostic) -> list[tuple[str, int]]:
    """File and line of each label, the primary first."""
    return [site for _text, site in labels(finding)]


def labels(finding: Diagnostic) -> list[tuple[str, tuple[str, int]]]:
    """What each label says, and its file and line, the primary first."""
    ordered = sorted(finding.labels, key=lambda label: not label.primary)
    return [
        (label.text, (label.span[0].name, label.span[0].position(label.span[1])[0]))
        for label in ordered
    ]


def sites(findings: list[Diagnostic]) -> list[tuple[str, list[tuple[str, int]]]]:
    """Code and places of findings, for messages of failing tests."""
    return [(each.message, lines(each)) for each in findings]
