"""Whether a check only tells what follows from a slip that was told already."""

from __future__ import annotations

from contextlib import suppress

from evaluator.diagnostics.model import Sink, Stop
from evaluator.evaluation import errors
from evaluator.evaluation.env import Let
from evaluator.evaluation.expressions import evaluate
from evaluator.evaluation.ranking import live_definitions
from evaluator.evaluation.slots import Slots
from evaluator.options.shapes import MISSING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.evaluation.context import Context
    from evaluator.evaluation.env import Env

    Node = tuple[Any, ...]
    Asked = list[tuple[Any, Any]]


def rests_on_slip(nodes: list[Node], context: Context, asked: Asked, env: Env) -> bool:
    """Whether a check misses something in an option that nobody defines, and that was told to be
    meant by an unknown one beside it: what it says follows from that.

    `nodes` are what the check itself asks, `context` the conditions around it. What a function
    or a `let` asks for them counts as well as what they were seen to ask, `asked`.
    """
    if not _is_slip_told(env):
        return False
    deeper = read_for(nodes, context, env)
    return any([_is_misspelt(owner, name) for owner, name in (*asked, *deeper)])


def read_for(nodes: list[Node], context: Context, env: Env) -> Asked:
    """The slots that a check and the conditions around it read, by whatever way."""
    conditions = [*nodes]
    outer: Context | None = context
    while outer is not None:
        if outer.kind in ("when", "unless"):
            conditions.append(outer.node[3])
        outer = outer.parent
    return [each for node in conditions for each in read_by(node, env)]


def _is_misspelt(owner: Any, name: Any) -> bool:
    if not isinstance(owner, Slots) or not isinstance(name, str):
        return False
    value = owner.slots.get(name, MISSING)
    # Of a switch, what was misspelt says the opposite of the default, or it would not be written.
    return (
        (isinstance(value, bool) or is_nothing(value))
        and not live_definitions(owner.definitions_of(name))
        and errors.is_meant_elsewhere(owner, name)
    )


def _is_slip_told(env: Env) -> bool:
    return any(
        [
            each.code == "unknown-option" and each.facts.get("near")
            for each in env.world.sink.diagnostics
        ]
    )


def is_nothing(value: Any) -> bool:
    """Whether a value holds nothing: of a default that says more a check speaks as it is."""
    if isinstance(value, Slots):
        return not value.names()
    return value is None or (isinstance(value, (list, dict, str)) and not value)


def read_by(node: Node, env: Env) -> Asked:
    """The slots that an expression reads, through functions and `let`s as well.

    It was evaluated before, so that nothing is computed that was not.
    """
    found: Asked = []
    seen: set[int] = set()
    pending = [(node, env)]
    while pending:
        part, around = pending.pop()
        for scope, name in _noted(part, around):
            if isinstance(scope, Let):
                if id(scope) not in seen:
                    seen.add(id(scope))
                    pending.append((scope.node[6], scope.env))
            else:
                found.append((scope, name))
    return found


def _noted(node: Node, env: Env) -> Asked:
    """What is read by an expression itself, up to where it fails; no finding is kept."""
    kept = [(world, world.reads, world.sink) for world in env.world.kin]
    reads: dict[tuple[int, str], dict[tuple[int, str], tuple[Any, str]]] = {}
    quiet = Sink()
    reader: Asked = []
    for world, _reads, _sink in kept:
        world.reads, world.sink = reads, quiet
    env.world.stack.append((reader, "", None, None))
    try:
        with suppress(Stop):
            evaluate(node, env)
    finally:
        env.world.stack.pop()
        for world, before, sink in kept:
            world.reads, world.sink = before, sink
    return [*reads.get((id(reader), ""), {}).values()]
