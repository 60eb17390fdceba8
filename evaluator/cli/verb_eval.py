"""`vcfg eval FILE [PATH]`: the merged configuration, exactly, and nothing else."""

from __future__ import annotations

import sys

from evaluator.cli.session import Session
from evaluator.diagnostics.model import Stop

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.cli.arguments import Arguments
    from evaluator.evaluation.world import World
    from evaluator.fleet.fleet import Fleet


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
        if len(worlds) > 1 and session.fleet is not None:
            text = _of_all(session, session.fleet, worlds, path)
        elif worlds:
            text = written(value(worlds[0], path), arguments.option("format"))
    except Stop:
        text = ""
    code = session.finish(file)
    if code == 0 and worlds:
        sys.stdout.write(text)
    return code


def _of_all(session: Session, fleet: Fleet, worlds: list[World], path: str) -> str:
    """What several hosts have, by name."""
    from evaluator.cli.shares import evaluated, made_of

    def found(world: World) -> object:
        return value(world, path)

    form = session.arguments.option("format")
    if form == "json":
        return evaluated(session, fleet, worlds, found, in_turns=not path) + "\n"
    made = made_of(session, fleet, worlds, found)
    return written(dict(zip([world.place[1] for world in worlds], made, strict=True)), form)


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
