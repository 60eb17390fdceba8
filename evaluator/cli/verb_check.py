"""`vcfg check FILE…`: every finding of every file in one run; findings are the result."""

from __future__ import annotations

import os
import sys
from bisect import bisect_right

from evaluator.cli.numbering import Numbering
from evaluator.cli.session import Session
from evaluator.diagnostics.model import ERROR, Sink

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TextIO

    from evaluator.cli.arguments import Arguments
    from evaluator.diagnostics.model import Diagnostic
    from evaluator.evaluation.world import World
    from evaluator.names.load import Module

    # Code, file and place of a finding.
    Key = tuple[str, str, int]


def answer(arguments: Arguments) -> int:
    """Check all files; exit 1 if any has errors, 2 if one could not be read."""
    session = Session(arguments)
    words = arguments.words["FILE"]
    if any([os.path.isdir(word) for word in words]):
        from evaluator.cli.folders import configurations

        arguments.words["FILE"] = configurations(words, session.settings)
    run = Run(session)
    if arguments.flag("fix") or arguments.flag("diff"):
        return _fix(run)
    run.judge()
    return run.tell(sys.stdout)


class Run:
    """The findings of all files of a command, and what they mean for its exit code."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.code = 0
        self.checked = 0

    def judge(self) -> None:
        """Check each file by itself, also where another has said the same already."""
        session = self.session
        found = Sink()
        lints = Lints()
        self.code = self.checked = 0
        session.loaded.clear()
        for file in session.arguments.words["FILE"]:
            session.sink = Sink()
            session.fleet = None
            worlds = session.worlds(file)
            numbering = Numbering(session, file)
            checked = []
            for world in worlds:
                checked.append((world, _check(world, numbering)))
                lints.add(world, world.sink)
            if len(worlds) > 1:
                _compare(checked, session.sink)
            if worlds:
                _check_variants(session, worlds, numbering)
                self.checked += len(files_of(worlds))
            else:
                self.code = max(self.code, 2 if session.is_missing(file) else 1)
            session.gather()
            for finding in session.sink.diagnostics:
                found.report(finding)
        for finding in lints.common():
            found.report(finding)
        session.sink = found

    def tell(self, stream: TextIO) -> int:
        """Write the findings and count them; the exit code."""
        session = self.session
        session.speak(stream)
        errors = sum([each.severity == ERROR for each in session.sink.diagnostics])
        warnings = len(session.sink.diagnostics) - errors
        if session.arguments.option("errors") == "text":
            files = len(session.arguments.words["FILE"])
            print(
                f"{count(files, 'file')}, {count(self.checked, 'module')}: "
                f"{count(errors, 'error') if errors else 'no errors'}"
                + (f", {count(warnings, 'warning')}" if warnings else ""),
                file=sys.stderr,
            )
        return max(self.code, 1) if errors else self.code


class Lints:
    """Lints of several configurations that share files, or of several hosts.

    Of what belongs to several, only what all of them agree on is said.
    """

    def __init__(self) -> None:
        from evaluator.lints.subject import Common

        self._common = Common()
        self._places: dict[int, Places] = {}
        self._told: list[tuple[list[Places], dict[Key, Diagnostic]]] = []

    def add(self, world: World, sink: Sink) -> None:
        """Lint a configuration, where its findings leave room for that."""
        from evaluator.evaluation.levels import severity_of
        from evaluator.lints.registry import may_lint, run_lints

        if not may_lint(sink):
            return
        found = Sink()
        run_lints(world, found, severity_of(world), self._common)
        places = []
        for module in world.modules:
            if id(module) not in self._places:
                self._places[id(module)] = Places(module)
            places.append(self._places[id(module)])
        self._told.append((places, {_key(each): each for each in found.diagnostics}))

    def common(self) -> list[Diagnostic]:
        """What no configuration contradicts that the place of a finding belongs to."""
        out: dict[Key, Diagnostic] = {}
        for _places, found in self._told:
            for key, finding in found.items():
                out.setdefault(key, finding)
        return [finding for key, finding in out.items() if self._is_common(key)]

    def _is_common(self, key: Key) -> bool:
        holding = {at for at, each in self._places.items() if each.hold(*key[1:])}
        return all(
            [
                key in found or not any([id(each.module) in holding for each in places])
                for places, found in self._told
            ]
        )


class Places:
    """Which statements of a file belong to who has it as a module: not the bodies of hosts."""

    __slots__ = ("_ends", "_starts", "module")

    def __init__(self, module: Module) -> None:
        self.module = module
        items = [item for item in module.items if item[0] not in ("host", "variant")]
        self._starts = [item[1] for item in items]
        self._ends = [item[2] for item in items]

    def hold(self, path: str, offset: int) -> bool:
        """Whether the statement at an offset of a file is one of these."""
        if path != self.module.source.path:
            return False
        at = bisect_right(self._starts, offset) - 1
        return at >= 0 and offset < self._ends[at]


def _key(finding: Diagnostic) -> Key:
    label = finding.primary()
    if label is None:
        return finding.code, "", 0
    return finding.code, label.span[0].path, label.span[1]


def _fix(run: Run) -> int:
    """Make certain edits, or show them, and tell what is left."""
    from evaluator.cli.arguments import UsageError
    from evaluator.cli.fixing import Fixer

    arguments = run.session.arguments
    if "-" in arguments.words["FILE"]:
        raise UsageError("--fix changes files; what stands on standard input is none")
    fixer = Fixer(run.session)
    fixer.run(run.judge)
    if not arguments.flag("diff"):
        failed = fixer.write()
        return max(failed, run.tell(sys.stdout))
    text = fixer.diff()
    sys.stdout.write(text)
    return max(1 if text else 0, run.tell(sys.stderr))


def _compare(hosts: list[tuple[World, dict[str, Any]]], sink: Sink) -> None:
    """Look for what one host of a fleet must not have in common with another."""
    from evaluator.cli.alike import check_addresses, check_names, name_of

    machines = [(world, data) for world, data in hosts if "activation" in data]
    check_names([(world, name_of(data, world)) for world, data in machines], sink)
    check_addresses(machines, sink)


def _check(world: World, numbering: Numbering) -> dict[str, Any]:
    """Evaluate everything, and plan it where it means a machine; findings go to the sink."""
    from evaluator.cli.verb_build import judge_in_part, plan_from
    from evaluator.definitions.defaults import check_defaults
    from evaluator.evaluation.examples import check_examples
    from evaluator.evaluation.export import export
    from evaluator.inspect.provenance import trace
    from evaluator.options.trying import try_patterns

    trace(world)
    data: dict[str, Any] = export(world)
    check_examples(world)
    check_defaults(world.declared, world.sink)
    try_patterns(world.declared)
    broken = [
        each
        for each in world.sink.diagnostics
        if each.severity == ERROR and each.code != "assertion-failed"
    ]
    if isinstance(data.get("activation"), dict):
        if broken:
            judge_in_part(data["activation"], world)
        else:
            numbering.give(world, plan_from(data, world, is_judged=True))
    return data


def files_of(worlds: list[World]) -> set[str]:
    """The files some configurations are made of."""
    return {
        each.source.path
        for world in worlds
        for each in world.modules
        if each.source.form != "argument"
    }


def _check_variants(session: Session, worlds: list[World], numbering: Numbering) -> None:
    """Evaluate every variant of what was checked; what its base says too is not repeated."""
    from evaluator.cli.verb_build import plan_from
    from evaluator.evaluation.export import export

    fleet = session.fleet
    if fleet is None:
        return
    for world in worlds:
        if "variants" in world.place:
            continue
        host = world.place[1] if world.place else ""
        for name in sorted(fleet.variants(host)):
            variant = fleet.world(host, name)
            data = export(variant)
            if not variant.sink.has_errors() and isinstance(data.get("activation"), dict):
                numbering.give(variant, plan_from(data, variant))


def count(number: int, noun: str) -> str:
    """`1 file`, `2 files`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
