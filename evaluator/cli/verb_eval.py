"""`vcfg eval FILE [PATH]`: the merged configuration, exactly, and nothing else."""

from __future__ import annotations

import sys

from evaluator.cli.session import Session
from evaluator.diagnostics.model import Stop

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.cli.arguments import Arguments
    from evaluator.evaluation.world import World


def answer(arguments: Arguments) -> int:
    """Print the value; with findings print those, and nothing on standard output."""
    session = Session(arguments)
    file = arguments.word("FILE")
    worlds = session.worlds(file)
    path = arguments.word("PATH")
    if worlds and session.fleet is not None and path.startswith(("hosts.", "variants.")):
        from evaluator.cli.several import at_path

        world, path = at_path(session.fleet, worlds, path, takes_all=True)
        worlds = [world]
    text = ""
    try:
        if len(worlds) > 1:
            text = _of_all(session, worlds, path)
        elif worlds:
            text = written(value(worlds[0], path), arguments.option("format"))
    except Stop:
        text = ""
    code = session.finish(file)
    if code == 0 and worlds:
        sys.stdout.write(text)
    return code


def _of_all(session: Session, worlds: list[World], path: str) -> str:
    """What several hosts have, by name."""
    form = session.arguments.option("format")
    if form == "json" and session.fleet is not None:
        from evaluator.cli.shares import evaluated

        return evaluated(
            session.fleet, worlds, lambda world: value(world, path), in_turns=not path
        ) + "\n"  # fmt: skip
    return written({world.place[1]: value(world, path) for world in worlds}, form)


def value(world: World, path: str) -> object:
    """The whole configuration, with all checks; or only what is at a path."""
    from evaluator.evaluation.export import export, export_value

    if not path:
        return export(world)
    from evaluator.inspect.paths import locate

    data = export_value(locate(world, path).value())
    if world.instances is not None:
        from evaluator.evaluation.targets import check_targets

        check_targets(world)
    return data


def written(data: object, form: str) -> str:
    """Data in one of the output forms, ending with a line end."""
    from evaluator.types.values import dump_json

    if form == "json":
        return dump_json(data) + "\n"
    from evaluator.inspect.forms import write_form

    return write_form(data, form)
