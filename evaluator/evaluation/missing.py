"""Who asked for a value that is missing: completes the finding, however late somebody asks."""

from __future__ import annotations

from evaluator.diagnostics.model import Label
from evaluator.evaluation.slots import Slots
from evaluator.evaluation.words import place_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.diagnostics.model import Diagnostic
    from evaluator.evaluation.env import Env
    from evaluator.evaluation.world import World

    Node = tuple[Any, ...]

READERS = 3


def read_by(world: World, finding: Diagnostic, env: Env, node: Node) -> None:
    """Label where a missing value is read and name what is computed there; a few are enough."""
    span = (env.source, node[1], node[2])
    known: list[str] = finding.facts.setdefault("read_by", [])  # type: ignore[assignment]
    if len(known) >= READERS or any([each.span == span for each in finding.labels]):
        return
    chain = [
        place_text(scope, name)
        for scope, name, _env, _node in reversed(world.stack)
        if name and isinstance(scope, Slots)
    ]
    text = "read here" + (f", by `{chain[0]}`" if chain else "")
    text += "".join([f", for `{each}`" for each in chain[1:READERS]])
    finding.labels = (*finding.labels, Label(span, text))
    known.append(chain[0] if chain else "")
