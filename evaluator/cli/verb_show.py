"""`vcfg show FILE PATH`: what an option is."""

from __future__ import annotations

from evaluator.cli.session import Session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.cli.arguments import Arguments
    from evaluator.evaluation.world import World


def answer(arguments: Arguments) -> int:
    """Print an option's face, also where something else is wrong."""

    def tell(world: World, path: str) -> str:
        from evaluator.inspect.paths import locate
        from evaluator.inspect.show import render_show, show
        from evaluator.types.values import dump_json

        facts = show(world, locate(world, path))
        return dump_json(facts) + "\n" if arguments.flag("json") else render_show(facts)

    return Session(arguments).answer(tell)
