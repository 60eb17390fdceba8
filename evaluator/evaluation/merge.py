"""Several definitions, one value: the rules by type.

For one option: conditions decide which definitions are live, the strongest live ones count,
order sorts them, the type checks their heads and says how they become one value. A declared
default is the weakest definition. Blocks rank leaf by leaf; `p = expr` with a strength of
its own ranks the value of `p` as a whole. Each family of types has a room of its own; those
that most configurations do without are loaded when the first value meets them.
"""

from __future__ import annotations

from evaluator.definitions.definition import Definition
from evaluator.definitions.spread import SUNK
from evaluator.evaluation import errors
from evaluator.evaluation.alternatives import merge_union
from evaluator.evaluation.blocks import CONSTANT_NODES, merge_blocks, merge_map, merge_record
from evaluator.evaluation.context import base
from evaluator.evaluation.plain import plain
from evaluator.evaluation.ranking import (
    BLOCK,
    counting,
    head_of,
    in_order,
    value_of,
)
from evaluator.evaluation.refinement import merge_refined
from evaluator.evaluation.sequences import join_list, join_text
from evaluator.types.values import same

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from evaluator.evaluation.ranking import Live
    from evaluator.evaluation.scope import Scope
    from evaluator.evaluation.slots import Slots
    from evaluator.options.shapes import Option
    from evaluator.types.scalars import Type

    Rule = Callable[[Slots, str, Any, list[Definition], Definition | None, str | None], Any]

# Types of which a live definition leaves nothing for the default to say.
SIMPLE = ("equal", "text", "or", "list", "set")
# Types that hold no record, so that their default can speak about no field of one.
FIELDLESS = ("equal", "or", "text", "any")


def resolve_option(owner: Scope, name: str, option: Option, definitions: list[Definition]) -> Any:
    """The value of an option from everything that defines it."""
    default = None
    if option.type.merge not in SIMPLE or not any(
        [each.context.live and each.statement[0] != "remove" for each in definitions]
    ):
        default = default_definition(owner, option)
    value = resolve(owner, name, option.type, definitions, default, owner.key)
    if option.result is not None:
        from evaluator.evaluation.conversion import result

        return result(owner, name, option, value, definitions)
    if (
        not definitions
        and default is not None
        and default.statement[9][0] in CONSTANT_NODES
        and option.type.merge in ("equal", "text", "union")
    ):
        option.constant = value
    return value


def default_definition(owner: Scope, option: Option) -> Definition | None:
    """The declared default as a definition; a record's sinks to its leaves."""
    if option.statement is None:
        return None
    rank = SUNK
    if option.type.merge not in FIELDLESS:
        rank += len(owner.path())
    context = base(owner.option_env(option))
    return Definition(
        option.statement, 1, context, rank, None, option.module.source, option.module.index
    )


def resolve(
    owner: Slots,
    name: str,
    type_: Type,
    definitions: list[Definition],
    default: Definition | None,
    key: str | None,
) -> Any:
    """The value at one place; reports and stops if there is none."""
    return RULES[type_.merge](owner, name, type_, definitions, default, key)


def merge_value(
    owner: Slots,
    name: str,
    type_: Type,
    definitions: list[Definition],
    default: Definition | None,
    key: str | None,
) -> Any:
    """Scalars, which have to be equal, and what is joined: text, lists and sets."""
    live, kept = counting(owner, name, definitions, default)
    values = [value_of(definition, env) for definition, env in kept]
    check_heads(owner, name, type_, kept, values)
    merge = type_.merge
    if merge == "equal":
        if len(values) > 1:
            agree(owner, name, type_, kept, values, live)
        return values[0]
    if merge == "text":
        return join_text(type_, kept, values)
    if merge == "or":
        return True in values
    return join_list(owner, name, type_, kept, values, definitions)


def merge_any(
    owner: Slots,
    name: str,
    type_: Type,
    definitions: list[Definition],
    default: Definition | None,
    key: str | None,
) -> Any:
    """Anything: blocks are merged by key, lists joined; all else has to be equal."""
    live, kept = counting(owner, name, definitions, default)
    heads = [head_of(definition, env) for definition, env in kept]
    kinds = {kind for kind, _value in heads}
    if len(kinds) > 1 and not kinds.isdisjoint(("record", "list")):
        errors.conflicting_kinds(owner, name, type_, kept, [value for _kind, value in heads])
    taken = [
        (definition, value, None)
        for (definition, _env), (_kind, value) in zip(kept, heads, strict=True)
        if getattr(value, "kind", "") == "deferred"
    ]
    if taken:
        errors.wrong_type(owner, name, type_, taken)
    if "record" in kinds:
        return merge_blocks(owner, name, type_, kept, definitions, key)
    values = [value for _kind, value in heads]
    check_heads(owner, name, type_, kept, values)
    if "list" in kinds:
        return [item for _definition, value in in_order(kept, values) for item in value]
    if len(values) > 1:
        agree(owner, name, type_, kept, values, live)
    return values[0]


def rare(
    owner: Slots,
    name: str,
    type_: Type,
    definitions: list[Definition],
    default: Definition | None,
    key: str | None,
) -> Any:
    """Load the rules of types that most configurations do without, and apply the one asked for."""
    from evaluator.evaluation.rare import RARE

    RULES.update(RARE)
    return RULES[type_.merge](owner, name, type_, definitions, default, key)


def check_heads(owner: Slots, name: str, type_: Type, kept: Live, values: list[Any]) -> None:
    """Report every kept definition whose value does not fit, all at once."""
    wrong = []
    for kept_one, value in zip(kept, values, strict=True):
        if value is BLOCK:
            wrong.append((kept_one, value, f"expected {type_.describe()}, found a block"))
            continue
        reason = type_.refuse(value)
        if reason is not None:
            wrong.append((kept_one, value, reason))
    if wrong:
        found = [(definition, value, reason) for (definition, _env), value, reason in wrong]
        errors.wrong_type(owner, name, type_, found, [env for (_definition, env), *_ in wrong])


def agree(owner: Slots, name: str, type_: Type, kept: Live, values: list[Any], live: Live) -> None:
    """Report definitions that count and are not the same value."""
    first = plain(values[0])
    for value in values[1:]:
        if not same(first, plain(value)):
            errors.conflict(owner, name, type_, kept, values, live)


RULES: dict[str, Rule] = {
    "equal": merge_value,
    "text": merge_value,
    "or": merge_value,
    "list": merge_value,
    "set": merge_value,
    "any": merge_any,
    "union": merge_union,
    "record": merge_record,
    "map": merge_map,
    "ordered": merge_map,
    "refined": merge_refined,
    **dict.fromkeys(
        ("converted", "recursive", "once", "maybe", "deferred", "keyed", "choice"), rare
    ),
}
