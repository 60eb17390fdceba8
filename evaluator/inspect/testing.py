"""`test` blocks: each evaluates its file's configuration plus its own statements.

A test passes when everything evaluates, its assertions hold and exactly the errors it
expects were met.
"""

from __future__ import annotations

from evaluator.definitions.check import Checker, check_modules
from evaluator.definitions.spread import spread
from evaluator.diagnostics.model import ERROR, Diagnostic, Label, Sink
from evaluator.evaluation.export import export
from evaluator.evaluation.world import World
from evaluator.fleet.configure import load
from evaluator.names.load import Module
from evaluator.options.declare import declare
from evaluator.options.shapes import path_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.fleet.configure import Settings
    from evaluator.options.shapes import Declarations

    Node = tuple[Any, ...]


class Outcome:
    """One test: its title and the findings that made it fail (none: it passed)."""

    __slots__ = ("findings", "title")

    def __init__(self, title: str, findings: list[Diagnostic]) -> None:
        self.title = title
        self.findings = findings


def run_file(path: str, settings: Settings, wanted: str) -> tuple[list[Outcome], list[Diagnostic]]:
    """Outcomes of a file's tests, and findings that kept them from being run at all."""
    sink = Sink()
    modules = load(path, settings, sink)
    if not modules or sink.has_errors():
        return [], sink.diagnostics
    declared = declare(modules, sink)
    check_modules(modules, declared, sink)
    if sink.has_errors():
        return [], sink.diagnostics
    file = modules[-1]
    outcomes = []
    for item in _tests(file.items):
        if wanted in item[3]:
            outcomes.append(_run(item, file, modules, declared, settings))
    return outcomes, []


def _tests(items: tuple[Node, ...]) -> list[Node]:
    out: list[Node] = []
    for item in items:
        if item[0] == "test":
            out.append(item)
        elif item[0] == "section":
            out.extend(_tests(item[4]))
    return out


def _run(
    test: Node, file: Module, modules: list[Module], declared: Declarations, settings: Settings
) -> Outcome:
    sink = Sink()
    module = Module(file.source, test[4])
    module.outer = file
    module.index = len(modules)
    checker = Checker(declared, sink)
    checker.module(module, "test")
    declared.circular = declared.circular | checker.expressions.circles()
    world = World([*modules, module], declared, sink, settings.files)
    export(world)
    findings = list(sink.diagnostics)
    failed: list[Diagnostic] = []
    for expected in spread(test[4]).expects:
        met = [each for each in findings if _meets(each, expected)]
        findings = [each for each in findings if each not in met]
        if not met:
            failed.append(_unmet(expected, file))
    failed.extend(each for each in findings if each.severity == ERROR)
    return Outcome(test[3], failed)


def _meets(finding: Diagnostic, expected: Node) -> bool:
    if finding.code != expected[3]:
        return False
    if expected[5] is None:
        return True
    wanted = path_text(expected[5])
    path = finding.path or ""
    return path == wanted or path.startswith((wanted + ".", wanted + "["))


def _unmet(expected: Node, file: Module) -> Diagnostic:
    where = f" at `{path_text(expected[5])}`" if expected[5] is not None else ""
    return Diagnostic(
        "expectation-failed",
        f"the error `{expected[3]}`{where} did not happen",
        (Label((file.source, expected[1], expected[2]), "expected here", primary=True),),
        facts={"expected": expected[3]},
    )
