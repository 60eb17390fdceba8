"""`vcfg show [FILE] PATH`: what an option is."""

from __future__ import annotations

import sys

from evaluator.cli.arguments import UsageError
from evaluator.cli.session import Session
from evaluator.diagnostics.model import Help, Sink, Stop

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.cli.arguments import Arguments
    from evaluator.evaluation.world import World


def answer(arguments: Arguments) -> int:
    """Print an option's face, also where something else is wrong.

    Of the library, and of a file with several hosts none of which is named, without a value.
    """
    session = Session(arguments)
    file, path = arguments.word("FILE"), arguments.word("PATH")
    if file:
        worlds = session.worlds(file)
        if len(worlds) < 2 or path.startswith("hosts."):
            return session.answer(lambda world, at: _face(world, at, arguments), worlds)
    else:
        worlds = [_library(session, path)]
    text = _without_value(worlds, path, arguments)
    if not file and not text:
        _point_at_files(session.sink, path)
    code = session.finish(file or "the library")
    sys.stdout.write(text)
    return code


def _library(session: Session, path: str) -> World:
    """The whole library as one configuration."""
    from evaluator.cli.verb_options import is_file, library
    from evaluator.fleet.configure import assemble

    if is_file(path):
        raise UsageError(f"`vcfg show` needs a PATH: vcfg show {path} PATH")
    for name in ("host", "variant", "set"):
        if session.arguments.option(name):
            raise UsageError(f"--{name} needs a FILE; the library has no values")
    world = assemble(library(session), session.settings, session.sink)
    world.called = "the library"
    return world


def _point_at_files(sink: Sink, path: str) -> None:
    """Say that only the library was looked at, and how a file is."""
    help = Help(f"only the library was looked at; of a file of yours, `vcfg show FILE {path}`")
    for each in sink.diagnostics:
        if each.notes:  # which say what there is instead
            each.help = (*each.help, help)


def _without_value(worlds: list[World], path: str, arguments: Arguments) -> str:
    """The face by the first configuration that knows the path; else the first one complains."""
    for world in worlds:
        loud, world.sink = world.sink, Sink()
        try:
            return _face(world, path, arguments, of=worlds)
        except Stop:
            continue
        finally:
            world.sink = loud
    try:
        return _face(worlds[0], path, arguments, of=worlds)
    except Stop:
        return ""


def _face(world: World, path: str, arguments: Arguments, of: list[World] | None = None) -> str:
    """An option's face; without its value if it stands for several configurations."""
    from evaluator.inspect.paths import locate
    from evaluator.inspect.show import render_show, show
    from evaluator.manual.declared import names_any, show_declared
    from evaluator.types.values import dump_json

    # Where there are no values, no entry of a map is there, and any key is one that could be.
    is_any = names_any(path) or not arguments.word("FILE")
    facts = show_declared(world, path) if is_any else None
    if facts is None or not names_any(facts["path"]):
        facts = show(world, locate(world, path), with_value=of is None)
        is_any = False
    if of is not None and len(of) > 1 and not is_any:
        facts["hosts"] = [each.place[1] for each in of]
    return dump_json(facts) + "\n" if arguments.flag("json") else render_show(facts)
