"""`test` blocks: each evaluates its file's configuration plus its own statements.

A test passes when everything evaluates, its assertions hold and exactly the errors it
expects were met. Warnings need not be expected; those that are have to happen.
"""

from __future__ import annotations

from evaluator.definitions.check import Checker
from evaluator.definitions.checked import check_modules
from evaluator.definitions.spread import spread
from evaluator.diagnostics.model import ERROR, Diagnostic, Edit, Help, Label, Sink
from evaluator.evaluation.export import export
from evaluator.evaluation.world import World
from evaluator.fleet.configure import allow_depth, is_fleet, load
from evaluator.names.load import Module
from evaluator.options.declare import declare
from evaluator.options.shapes import path_text
from evaluator.options.trying import try_patterns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.fleet.configure import Settings
    from evaluator.options.shapes import Declarations
    from evaluator.source import Source

    Node = tuple[Any, ...]

SHOWN = 6


class Outcome:
    """One test: its title, its line, and the findings that made it fail (none: it passed)."""

    __slots__ = ("findings", "line", "title")

    def __init__(self, title: str, line: int, findings: list[Diagnostic]) -> None:
        self.title = title
        self.line = line
        self.findings = findings


def run_file(path: str, settings: Settings, wanted: str) -> tuple[list[Outcome], list[Diagnostic]]:
    """Outcomes of a file's tests, and findings that kept them from being run at all."""
    allow_depth()
    sink = Sink()
    modules = load(path, settings, sink)
    if not modules or sink.has_errors():
        return [], sink.diagnostics
    declared = declare(modules, sink)
    check_modules(modules, declared, sink)
    try_patterns(declared)
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
    if is_fleet(modules):
        _evaluate_fleet(module, modules, settings, sink)
    else:
        checker = Checker(modules, declared, sink)
        checker.module(module, "test")
        declared.circular = declared.circular | checker.expressions.circles()
        export(World([*modules, module], declared, sink, settings.files))
    findings = list(sink.diagnostics)
    left = list(findings)
    failed: list[Diagnostic] = []
    for expected in spread(test[4]).expects:
        met = [each for each in findings if _meets(each, expected)]
        left = [each for each in left if each not in met]
        if not met:
            failed.append(_unmet(expected, file.source, findings))
    for each in left:
        if each.severity == ERROR:
            failed.append(_of_test(each, test, file.source))
    return Outcome(test[3], file.source.position(test[1])[0], failed)


def _evaluate_fleet(test: Module, modules: list[Module], settings: Settings, sink: Sink) -> None:
    """A test beside hosts or variants: what it says holds for every host, and is asked there."""
    from evaluator.fleet.fleet import Fleet

    fleet = Fleet(modules, settings, Sink(), (test,))
    for group in fleet.groups.values():
        checker = Checker(group.modules, group.declared, group.sink)
        checker.module(test, "test")
        group.declared.circular |= checker.expressions.circles()
    for host in fleet.hosts:
        export(fleet.world(host))
    fleet.gathering.hand_over(sink)


def _meets(finding: Diagnostic, expected: Node) -> bool:
    if finding.code != expected[3] or finding.severity != expected[6]:
        return False
    if expected[5] is None:
        return True
    wanted = path_text(expected[5])
    path = finding.path or ""
    return path == wanted or path.startswith((wanted + ".", wanted + "["))


def _of_test(finding: Diagnostic, test: Node, source: Source) -> Diagnostic:
    """Say which test a finding belongs to, where it does not point into it."""
    label = finding.primary()
    if label is None or label.span[0] is not source or not test[1] <= label.span[1] < test[2]:
        finding.notes = (*finding.notes, f'in the test "{test[3]}"')
    return finding


def _unmet(expected: Node, source: Source, findings: list[Diagnostic]) -> Diagnostic:
    """An expected finding that did not happen, with what did."""
    code, severity = expected[3], expected[6]
    where = f" at `{path_text(expected[5])}`" if expected[5] is not None else ""
    labels = [Label((source, expected[1], expected[2]), "expected here", primary=True)]
    for each in findings:
        label = each.primary()
        if each.code == code and label is not None and len(labels) < SHOWN:
            labels.append(Label(label.span, f"this {each.severity} happened{_place(each)}"))
    happened = [f"`{each.code}`{_place(each)}" for each in findings]
    listed = ", ".join([*happened[:SHOWN], *(["…"] if len(happened) > SHOWN else [])])
    return Diagnostic(
        "expectation-failed",
        f"the {severity} `{code}`{where} did not happen",
        tuple(labels),
        notes=(f"what happened: {listed}" if happened else "nothing was wrong",),
        help=_meant(expected, source, findings),
        facts={"expected": code, "severity": severity, "happened": [e.code for e in findings]},
    )


def _place(finding: Diagnostic) -> str:
    return f" at `{finding.path}`" if finding.path else ""


def _meant(expected: Node, source: Source, findings: list[Diagnostic]) -> tuple[Help, ...]:
    """A code that does not exist, or one of the other severity."""
    from evaluator.diagnostics.codes import CODES
    from evaluator.diagnostics.suggest import nearest

    code, severity = expected[3], expected[6]
    if code not in CODES:
        span = (source, expected[4] + 1, expected[4] + 1 + len(code))
        near = nearest(code, CODES)
        return tuple(
            [Help(f"there is no such code; did you mean `{near[0]}`?", (Edit(span, near[0]),))]
            if near
            else [Help("there is no such code; `vcfg explain` lists all")]
        )
    for each in findings:
        if each.code == code and each.severity != severity:
            start = source.text.index(severity, expected[1], expected[4])
            edit = Edit((source, start, start + len(severity)), each.severity)
            return (Help(f'write `expect {each.severity} "{code}"`', (edit,)),)
    return ()
