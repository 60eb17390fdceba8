"""Alternatives: null or a value, or one of several types; the kind of the strongest decides."""

from __future__ import annotations

from evaluator.evaluation import errors
from evaluator.evaluation.context import narrowed
from evaluator.evaluation.env import Fields
from evaluator.evaluation.ranking import BLOCK, head_of, is_block, live_definitions, strongest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.definitions.definition import Definition
    from evaluator.evaluation.slots import Slots
    from evaluator.types.scalars import Type


def merge_union(
    owner: Slots,
    name: str,
    type_: Type,
    definitions: list[Definition],
    default: Definition | None,
    key: str | None,
) -> Any:
    """Null or a value, or one of several alternatives: the kind of the strongest decides."""
    live = live_definitions(definitions)
    if not live:
        if default is None:
            errors.missing_value(owner, name, definitions)
        live = [(default, default.context.envs()[0])]
        default = None
    kept = strongest(live)
    heads = [head_of(definition, env) for definition, env in kept]
    wrong = []
    for (definition, _env), (kind, value) in zip(kept, heads, strict=True):
        shown = Fields((), definition.context.envs()[0]) if value is BLOCK else value
        reason = type_.refuse(shown) if kind not in type_.kinds or kind != "record" else None
        if reason is not None:
            wrong.append((definition, shown, reason))
    if wrong:
        errors.wrong_type(owner, name, type_, wrong)
    chosen = [type_.choose(kind) for kind, _value in heads]  # type: ignore[attr-defined]
    if any([each is not chosen[0] for each in chosen[1:]]):
        errors.conflicting_kinds(owner, name, type_, kept, [value for _kind, value in heads])
    inner = chosen[0]
    if inner is None:
        return None
    if heads[0][0] == "record":
        blocks = [each for each in definitions if each.statement[0] == "remove" or is_block(each)]
        sunk = default if default is not None and is_block(default) else None
        if not definitions:
            blocks = [kept[0][0]]
        return owner.world.resolve(owner, name, inner, blocks, sunk, key)
    parts = []
    for (definition, env), (_kind, value) in zip(kept, heads, strict=True):
        part = definition.part(value)
        part.context = narrowed(definition.context, env)
        parts.append(part)
    parts.extend([each for each in definitions if each.statement[0] == "remove"])
    return owner.world.resolve(owner, name, inner, parts, None, key)
