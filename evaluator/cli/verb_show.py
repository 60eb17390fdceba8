"""`vcfg show FILE PATH`: what an option is."""

from __future__ import annotations

import sys

from evaluator.cli.session import Session
from evaluator.diagnostics.model import Stop

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.cli.arguments import Arguments


def answer(arguments: Arguments) -> int:
    """Print an option's face."""
    from evaluator.inspect.paths import locate
    from evaluator.inspect.show import render_show, show
    from evaluator.types.values import dump_json

    session = Session(arguments)
    file = arguments.word("FILE")
    world = session.world(file)
    text = ""
    if world is not None:
        try:
            facts = show(world, locate(world, arguments.word("PATH")))
        except Stop:
            pass
        else:
            text = dump_json(facts) + "\n" if arguments.flag("json") else render_show(facts)
    sys.stdout.write(text)
    return session.finish(file)
