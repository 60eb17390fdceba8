"""`vcfg why FILE PATH`: definitions, winners and losers, conditions, and what they read."""

from __future__ import annotations

import sys

from evaluator.cli.session import Session
from evaluator.diagnostics.model import Stop

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.cli.arguments import Arguments


def answer(arguments: Arguments) -> int:
    """Print the story of a value."""
    from evaluator.inspect.paths import locate
    from evaluator.inspect.provenance import trace
    from evaluator.inspect.why import render_why, why
    from evaluator.types.values import dump_json

    session = Session(arguments)
    file = arguments.word("FILE")
    world = session.world(file)
    text = ""
    if world is not None:
        trace(world)
        try:
            data = why(world, locate(world, arguments.word("PATH")))
        except Stop:
            pass
        else:
            everything = arguments.flag("all")
            as_json = arguments.flag("json")
            text = dump_json(data) + "\n" if as_json else render_why(data, everything=everything)
    sys.stdout.write(text)
    return session.finish(file)
