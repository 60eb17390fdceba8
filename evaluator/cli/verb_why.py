"""`vcfg why FILE PATH`: definitions, winners and losers, conditions, and what they read."""

from __future__ import annotations

from evaluator.cli.session import Session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.cli.arguments import Arguments
    from evaluator.evaluation.world import World


def answer(arguments: Arguments) -> int:
    """Print the story of a value; as far as it can be told where something is wrong."""

    def tell(world: World, path: str) -> str:
        from evaluator.inspect.paths import locate
        from evaluator.inspect.provenance import trace
        from evaluator.inspect.why import render_why, why
        from evaluator.types.values import dump_json

        trace(world)
        data = why(world, locate(world, path))
        if arguments.flag("json"):
            return dump_json(data) + "\n"
        return render_why(data, everything=arguments.flag("all"))

    return Session(arguments).answer(tell)
