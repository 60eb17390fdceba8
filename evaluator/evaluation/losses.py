"""What only follows from a file that is lost: it may have defined what is lacking now.

That file is told by itself, so what is said of the rest waits until it can be read.
"""

from __future__ import annotations

from evaluator.evaluation.checks import definitions_read
from evaluator.evaluation.ranking import live_definitions
from evaluator.evaluation.slips import is_nothing, read_for
from evaluator.evaluation.slots import Slots
from evaluator.options.shapes import MISSING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.definitions.definition import Definition
    from evaluator.evaluation.checks import Asked
    from evaluator.evaluation.context import Context
    from evaluator.evaluation.env import Env

    Node = tuple[Any, ...]


def rests_on_loss(nodes: list[Node], context: Context, asked: Asked, env: Env) -> bool:
    """Whether a check looked at what a lost file may have said, or said more of.

    What a function or a `let` asks for it counts where it is empty or off: what these read on the
    way to an option is more than they ask for.
    """
    return any([_is_open(owner, name) for owner, name in asked]) or any(
        [_holds_nothing(owner, name) or _is_off(owner, name)
         for owner, name in read_for(nodes, context, env)]
    )  # fmt: skip


def is_open(env: Env, node: Node) -> bool:
    """Whether an expression is of what a lost file may have said more of."""
    asked: Asked = []
    definitions_read(node, env, asked)
    return any([_is_open(owner, name) for owner, name in asked])


def is_lacking(env: Env, node: Node) -> bool:
    """Whether an expression fails at what holds nothing, which a lost file may have filled."""
    asked: Asked = []
    definitions_read(node, env, asked)
    return any([_holds_nothing(owner, name) for owner, name in asked])


def is_lost(definition: Definition, env: Env) -> bool:
    """Whether what is given is null for the sake of what a lost file may have filled."""
    node = definition.statement
    return env.world.lacks_values and definition.is_whole() and is_lacking(env, node[9])


def _is_open(owner: Any, name: Any) -> bool:
    """Whether a definition more would add to others, fill what is empty, or turn a switch.

    Of a default that says something a check speaks as it is, whatever else is wrong.
    """
    if not _may_lack(owner, name):
        return False
    held = isinstance(owner.slots.get(name, MISSING), (Slots, list, dict))
    return held or _holds_nothing(owner, name) or _is_off(owner, name)


def _is_off(owner: Any, name: Any) -> bool:
    """Whether a switch is off because nobody turned it on."""
    if not _may_lack(owner, name) or owner.slots.get(name, MISSING) is not False:
        return False
    return not live_definitions(owner.definitions_of(name))


def _holds_nothing(owner: Any, name: Any) -> bool:
    """Whether an option is empty, or not even there."""
    if not _may_lack(owner, name):
        return False
    value = owner.slots.get(name, MISSING)
    if value is MISSING:
        return not owner.has(name)
    return is_nothing(value)


def _may_lack(owner: Any, name: Any) -> bool:
    return isinstance(owner, Slots) and isinstance(name, str) and owner.world.lacks_values
