"""`vcfg check FILE…`: every finding of every file in one run; findings are the result."""

from __future__ import annotations

import sys

from evaluator.cli.session import Session
from evaluator.diagnostics.model import ERROR

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.cli.arguments import Arguments
    from evaluator.evaluation.world import World


def answer(arguments: Arguments) -> int:
    """Check all files; exit 1 if any has errors, 2 if one could not be read."""
    from evaluator.fleet.configure import assemble

    session = Session(arguments)
    code = 0
    checked = 0
    for file in arguments.words["FILE"]:
        before = len(session.sink.diagnostics)
        modules = session.modules(file)
        if not modules:
            fresh = session.sink.diagnostics[before:]
            missing = [each for each in fresh if each.code == "cannot-read" and not each.labels]
            code = max(code, 2 if missing and file != "-" else 1)
            continue
        _check(assemble(modules, session.settings, session.sink), session)
        checked += len(modules)
    session.speak(sys.stdout)
    errors = sum([each.severity == ERROR for each in session.sink.diagnostics])
    warnings = len(session.sink.diagnostics) - errors
    if errors:
        code = max(code, 1)
    if arguments.option("errors") == "text":
        files = len(arguments.words["FILE"])
        print(
            f"{count(files, 'file')}, {count(checked, 'module')}: "
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

    before = sum([each.severity == ERROR for each in session.sink.diagnostics])
    trace(world)
    data = export(world)
    check_defaults(world.declared, session.sink)
    errors = sum([each.severity == ERROR for each in session.sink.diagnostics])
    if errors == before and isinstance(data.get("activation"), dict):
        plan_from(data, world, session)


def count(number: int, noun: str) -> str:
    """`1 file`, `2 files`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
