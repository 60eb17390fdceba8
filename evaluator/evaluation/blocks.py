"""Values that hold others: records, maps, and blocks given to `any`."""

from __future__ import annotations

from evaluator.evaluation import errors
from evaluator.evaluation.env import LazyRead
from evaluator.evaluation.expressions import evaluate
from evaluator.evaluation.maps import MapScope
from evaluator.evaluation.ranking import is_block, ranked_as_whole, value_of
from evaluator.evaluation.scope import Scope
from evaluator.evaluation.stars import speaks_of_all
from evaluator.options.shapes import MISSING
from evaluator.types.containers import MapType
from evaluator.types.values import kind_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.definitions.definition import Definition
    from evaluator.evaluation.ranking import Live
    from evaluator.evaluation.slots import Slots
    from evaluator.types.scalars import Type

CONSTANT_NODES = ("int", "float", "bool", "str", "null", "mode", "duration", "size")


def merge_record(
    owner: Slots,
    name: str,
    type_: Type,
    definitions: list[Definition],
    default: Definition | None,
    key: str | None,
) -> Scope:
    """A record: everything that speaks about it, one scope of options."""
    kept = describing(owner, name, type_, definitions, default)
    shape = type_.record.shape  # type: ignore[attr-defined]
    return Scope(owner.world, shape, owner, name, key, kept)


def describing(
    owner: Slots,
    name: str,
    type_: Type,
    definitions: list[Definition],
    default: Definition | None,
) -> list[Definition]:
    """Definitions that speak about the parts of a record, its default among them."""
    if default is None and owner.is_map and _speak_of_parts(definitions):
        return definitions
    kept = ranked_as_whole(definitions)
    if default is not None:
        kept = [*kept, default]
    elif not owner.is_map and not any([each.context.envs() for each in kept]):
        # The entry of a map exists because something live made it.
        errors.missing_value(owner, name, definitions)
    wrong = _not_blocks(kept, type_.kinds)
    if wrong:
        errors.wrong_type(owner, name, type_, wrong)
    return kept


def _speak_of_parts(definitions: list[Definition]) -> bool:
    """Whether all paths lead on, so that there is nothing to rank or to refuse at this level."""
    for each in definitions:
        statement = each.statement
        path = statement[3] if statement[0] == "remove" else statement[4]
        if each.index >= len(path) or each.value is not MISSING:
            return False
    return True


def merge_map(
    owner: Slots,
    name: str,
    type_: Type,
    definitions: list[Definition],
    default: Definition | None,
    key: str | None,
) -> MapScope:
    """A map: entries of all definitions; its default only where nothing else contributes."""
    kept = contributing(owner, name, type_, definitions, default)
    return MapScope(
        owner.world, type_.inner, owner, name, key, kept,  # type: ignore[attr-defined]
        is_ordered=type_.merge == "ordered",
    )  # fmt: skip


def contributing(
    owner: Slots,
    name: str,
    type_: Type,
    definitions: list[Definition],
    default: Definition | None,
) -> list[Definition]:
    """Definitions that make entries, removals among them; the default where there is no other."""
    kept = ranked_as_whole(definitions)
    making = [each for each in kept if each.statement[0] != "remove" and not speaks_of_all(each)]
    if not owner.is_map and not any([each.context.envs() for each in making]):
        if default is None:
            errors.missing_value(owner, name, definitions)
        kept = [default, *[each for each in kept if each not in making]]
    wrong = _not_blocks(kept, type_.kinds)
    if wrong:
        errors.wrong_type(owner, name, type_, wrong)
    return kept


def merge_blocks(
    owner: Slots, name: str, type_: Type, kept: Live, definitions: list[Definition],
    key: str | None,
) -> Any:  # fmt: skip
    """Blocks given to `any`: one alone is taken as it is written, several merge by key."""
    (first, env), *others = kept
    blocks = [each for each in definitions if each.statement[0] == "remove" or is_block(each)]
    if not others and len(blocks) <= 1 and (first.is_whole() or first.value is not MISSING):
        return value_of(first, env)
    return merge_map(owner, name, MapType(type_), blocks, None, key)


def _not_blocks(
    definitions: list[Definition], kinds: tuple[str, ...]
) -> list[tuple[Definition, Any, str]]:
    """Literal values given to a place that holds a block, or what else is of these kinds."""
    wrong: list[tuple[Definition, Any, str]] = []
    for definition in definitions:
        value = definition.value
        if value is MISSING:
            if not definition.is_whole() or definition.statement[9][0] in ("record", "name"):
                continue
            if definition.statement[9][0] not in (*CONSTANT_NODES, "interp", "list", "listfor"):
                continue
            if definition.statement[9][0] in ("list", "listfor") and "list" in kinds:
                continue
            envs = definition.context.envs()
            if not envs:
                continue
            value = evaluate(definition.statement[9], envs[0])
        elif type(value) is LazyRead:
            continue
        if kind_of(value) not in kinds and kind_of(value) != "deferred":
            wrong.append((definition, value, ""))
    return wrong
