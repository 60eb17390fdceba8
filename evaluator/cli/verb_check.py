"""`vcfg check FILE…`: every finding of every file in one run; findings are the result."""

from __future__ import annotations

import os
import sys

from evaluator.cli.agreed import Lints
from evaluator.cli.judging import judge
from evaluator.cli.numbering import Numbering
from evaluator.cli.session import Session
from evaluator.diagnostics.model import ERROR, Sink
from evaluator.options.trying import try_patterns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TextIO

    from evaluator.cli.arguments import Arguments
    from evaluator.cli.judging import Judged
    from evaluator.evaluation.world import World
    from evaluator.lints.subject import Common


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
        from evaluator.lints.subject import Common

        session = self.session
        found = Sink()
        lints, common = Lints(), Common()
        self.code = self.checked = 0
        session.loaded.clear()
        for file in session.arguments.words["FILE"]:
            session.sink = Sink()
            session.fleet = None
            worlds = session.worlds(file)
            numbering = Numbering(session, file)
            done = _judged(session, worlds, numbering, common)
            for world, judged in zip(worlds, done, strict=True):
                lints.add(world, judged.lints)
            if worlds:
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


def _judged(
    session: Session, worlds: list[World], numbering: Numbering, common: Common
) -> list[Judged]:
    """Check all configurations of a file, each by itself and then beside each other."""
    from evaluator.cli.verb_build import evaluated

    fleet = session.fleet
    for declared in {id(world.declared): world.declared for world in worlds}.values():
        try_patterns(declared)

    def judged(world: World, data: dict[str, Any]) -> Judged:
        return judge(world, data, fleet, numbering, common)

    if fleet is None or len(worlds) < 2:
        return [judged(world, evaluated(world)) for world in worlds]
    from evaluator.cli.alike import check_addresses, check_names
    from evaluator.cli.shares import made_in_turns

    done = made_in_turns(session, fleet, worlds, judged, (numbering.source,))
    machines = [each.machine for each in done if each.machine is not None]
    check_names(machines, session.sink)
    check_addresses(machines, session.sink)
    return done


def files_of(worlds: list[World]) -> set[str]:
    """The files some configurations are made of."""
    return {
        each.source.path
        for world in worlds
        for each in world.modules
        if each.source.form != "argument"
    }


def count(number: int, noun: str) -> str:
    """`1 file`, `2 files`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
