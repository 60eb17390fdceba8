"""`vcfg check FILE…`: every finding of every file in one run; findings are the result."""

from __future__ import annotations

import sys

from evaluator.cli.session import Session
from evaluator.diagnostics.model import ERROR, Sink

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.cli.arguments import Arguments
    from evaluator.evaluation.world import World


def answer(arguments: Arguments) -> int:
    """Check all files; exit 1 if any has errors, 2 if one could not be read."""
    from evaluator.fleet.configure import assemble

    session = Session(arguments)
    found = Sink()
    code = 0
    checked = 0
    for file in arguments.words["FILE"]:
        # Each file is judged by itself, also where another has said the same already.
        session.sink = Sink()
        modules = session.modules(file)
        if modules:
            _check(assemble(modules, session.settings, session.sink), session)
            files = {each.source.path for each in modules if each.source.form != "argument"}
            checked += len(files)
        else:
            code = max(code, 2 if session.is_missing(file) else 1)
        for finding in session.sink.diagnostics:
            found.report(finding)
    session.sink = found
    session.speak(sys.stdout)
    errors = sum([each.severity == ERROR for each in session.sink.diagnostics])
    warnings = len(session.sink.diagnostics) - errors
    if errors:
        code = max(code, 1)
    if arguments.option("errors") == "text":
        given = len(arguments.words["FILE"])
        print(
            f"{count(given, 'file')}, {count(checked, 'module')}: "
            f"{count(errors, 'error') if errors else 'no errors'}"
            + (f", {count(warnings, 'warning')}" if warnings else ""),
            file=sys.stderr,
        )
    return code


def _check(world: World, session: Session) -> None:
    """Evaluate everything, and plan it where it means a machine; findings go to the sink."""
    from evaluator.cli.verb_build import plan_from
    from evaluator.definitions.defaults import check_defaults
    from evaluator.evaluation.export import export
    from evaluator.inspect.provenance import trace
    from evaluator.lints.registry import run_lints

    trace(world)
    data = export(world)
    check_defaults(world.declared, session.sink)
    broken = [
        each
        for each in session.sink.diagnostics
        if each.severity == ERROR and each.code != "assertion-failed"
    ]
    if not broken and isinstance(data.get("activation"), dict):
        plan_from(data, world, session)
    run_lints(world, session.sink)


def count(number: int, noun: str) -> str:
    """`1 file`, `2 files`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
