"""Definitions of options that are gone: those whose conditions hold are errors."""

from __future__ import annotations

from evaluator.diagnostics.model import Stop
from evaluator.evaluation.expressions import evaluate, text_of
from evaluator.evaluation.removal_errors import removed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.evaluation.world import World


def report_removed(world: World) -> None:
    """Report every live definition of what was removed, with what the removal says."""
    for scope, rename, match in world.removed:
        try:
            if not match.definition.context.envs():
                continue
            message = ""
            if rename.message is not None:
                env = scope.option_env(rename)
                message = text_of(evaluate(rename.message, env), rename.message, env)
        except Stop:
            continue
        removed(scope, rename, match, message)
