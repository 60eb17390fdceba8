"""The rules of types that most configurations do without, loaded when one is met."""

from __future__ import annotations

from evaluator.definitions.spread import PLAIN
from evaluator.diagnostics.model import Stop
from evaluator.evaluation import type_errors as errors
from evaluator.evaluation.choices import merge_choice
from evaluator.evaluation.conversion import merge_converted
from evaluator.evaluation.deferred import merge_deferred
from evaluator.evaluation.keyed import merge_keyed
from evaluator.evaluation.ranking import authors, live_definitions
from evaluator.options.shapes import MISSING, Option

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.definitions.definition import Definition
    from evaluator.evaluation.env import Env
    from evaluator.evaluation.merge import Rule
    from evaluator.evaluation.slots import Slots

    Node = tuple[Any, ...]


def merge_once(
    owner: Slots,
    name: str,
    type_: Any,
    definitions: list[Definition],
    default: Definition | None,
    key: str | None,
) -> Any:
    """`once(T)`: of what the strongest say, there is one; equal ones are two all the same."""
    live = live_definitions(definitions)
    if len(live) > 1:
        best = min([_rank(each) for each, _env in live])
        kept = [each for each in live if _rank(each[0]) == best]
        several = authors(kept)
        if len(several) > 1:
            errors.defined_twice(owner, name, type_, [group[0] for group in several])
        losers = [each for each, _env in live if _rank(each) != best]
        definitions = [each for each in definitions if each not in losers]
    return owner.world.resolve(owner, name, type_.inner, definitions, default, key)


def _rank(definition: Definition) -> int:
    """Strength of a definition as a whole; a word before a longer path is about what it names."""
    at_level = definition.value is not MISSING or definition.index == len(definition.path())
    if at_level or definition.statement[0] == "remove" or definition.statement[5] is None:
        return definition.rank()
    return PLAIN


def merge_maybe(
    owner: Slots,
    name: str,
    type_: Any,
    definitions: list[Definition],
    default: Definition | None,
    key: str | None,
) -> Any:
    """`maybe(T)`: the value where there is one; whoever reads it has to know that."""
    if not live_definitions(definitions):
        errors.absent(owner, name, definitions)
    return owner.world.resolve(owner, name, type_.inner, definitions, default, key)


def those_there(scope: Any, names: list[str]) -> list[str]:
    """Of the options of a scope, those with a value; one that cannot tell is asked again."""
    out = []
    for name in names:
        try:
            if is_there(scope, name):
                out.append(name)
        except Stop:
            out.append(name)
    return out


def is_there(scope: Any, name: str, env: Env | None = None, node: Node | None = None) -> bool:
    """Whether an option of a scope has a value to be read: with `maybe`, if one is defined.

    So it is with a key that `option *` takes.
    """
    member = scope.shape.members.get(name)
    if member is None:
        return name in scope.parts(env, node) and _is_defined(scope, name, env, node)
    merge = member.type.merge if type(member) is Option else ""
    return _is_defined(scope, name, env, node) if merge == "maybe" else merge != "deferred"


def _is_defined(scope: Any, name: str, env: Env | None, node: Node | None) -> bool:
    world = scope.world
    asking = f"\0{name}"
    if asking in scope.slots:
        world.report_cycle(scope, name, env, node)
    scope.slots[asking] = True
    world.stack.append((scope, name, env, node))
    try:
        return bool(live_definitions(scope.definitions_of(name)))
    finally:
        world.stack.pop()
        del scope.slots[asking]


def merge_recursive(
    owner: Slots,
    name: str,
    type_: Any,
    definitions: list[Definition],
    default: Definition | None,
    key: str | None,
) -> Any:
    """A named type inside itself: what the name stands for."""
    return owner.world.resolve(owner, name, type_.itself(), definitions, default, key)


RARE: dict[str, Rule] = {
    "converted": merge_converted,
    "recursive": merge_recursive,
    "once": merge_once,
    "maybe": merge_maybe,
    "deferred": merge_deferred,
    "keyed": merge_keyed,
    "choice": merge_choice,
}
