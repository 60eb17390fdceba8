"""`vcfg eval FILE [PATH]`: the merged configuration, exactly, and nothing else."""

from __future__ import annotations

import sys

from evaluator.cli.session import Session
from evaluator.diagnostics.model import Stop

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.cli.arguments import Arguments


def answer(arguments: Arguments) -> int:
    """Print the value; with findings print those, and nothing on standard output."""
    session = Session(arguments)
    file = arguments.word("FILE")
    world = session.world(file)
    path = arguments.word("PATH")
    text = ""
    if world is not None:
        from evaluator.evaluation.export import export, export_value

        try:
            if path:
                from evaluator.inspect.paths import locate

                value = locate(world, path).value()
                data = export_value(value)
            else:
                data = export(world)
        except Stop:
            pass
        else:
            if not session.sink.has_errors():
                text = written(data, arguments.option("format"))
    code = session.finish(file)
    if code == 0:
        sys.stdout.write(text)
    return code


def written(data: object, form: str) -> str:
    """Data in one of the output forms, ending with a line end."""
    from evaluator.types.values import dump_json

    if form == "json":
        return dump_json(data) + "\n"
    from evaluator.inspect.forms import write_form

    return write_form(data, form)
