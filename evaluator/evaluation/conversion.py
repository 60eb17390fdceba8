"""Values written in another way than their type has them: `from T by …` and `as T by …`.

A definition whose value is of a kind that the type is converted from is replaced, before
anything is merged, by one that gives the converted value and remembers what was written.
"""

from __future__ import annotations

from evaluator.definitions.definition import Definition
from evaluator.diagnostics.model import Stop
from evaluator.evaluation import errors as common
from evaluator.evaluation import type_errors as errors
from evaluator.evaluation.context import narrowed
from evaluator.evaluation.expressions import evaluate
from evaluator.evaluation.ranking import (
    BLOCK,
    authors,
    head_of,
    live_definitions,
    ranked_as_whole,
    strongest,
)
from evaluator.evaluation.sequences import fit
from evaluator.options.shapes import MISSING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.evaluation.env import Env
    from evaluator.evaluation.ranking import Live
    from evaluator.evaluation.scope import Scope
    from evaluator.evaluation.slots import Slots
    from evaluator.options.shapes import Option
    from evaluator.source import Span
    from evaluator.types.named import ConvertedType

    Node = tuple[Any, ...]


# Types merged by their parts, and those whose default speaks about parts that nobody gave.
PARTED = ("record", "choice", "map", "ordered", "keyed")
SINKING = ("record", "choice")
# Conversions within what a conversion made, before it is said that they have no end.
DEEPEST = 100


class Converted(Definition):
    """A definition that was written in another way: `value` is what became of it."""

    __slots__ = ("depth", "site", "written")

    depth: int
    site: Span
    written: Any

    @classmethod
    def of(
        cls, definition: Definition, env: Env, written: Any, value: Any, site: Span
    ) -> Converted:
        """A definition with its converted value; `site` is the conversion."""
        found = cls(
            definition.statement, definition.index, narrowed(definition.context, env),
            definition.strength, definition.order, definition.source, definition.module, value,
        )  # fmt: skip
        found.site, found.written = site, written
        found.depth = definition.depth if isinstance(definition, Converted) else 0
        return found

    def part(self, value: Any, at: int | None = None) -> Definition:
        """The part that belongs to one key or element; it has the same story."""
        return Converted.of(self, self.context.envs()[0], self.written, value, self.site)


def merge_converted(
    owner: Slots,
    name: str,
    type_: Any,
    definitions: list[Definition],
    default: Definition | None,
    key: str | None,
) -> Any:
    """The value of a type with conversions, from definitions that are of the type."""
    definitions, default = converted(owner, name, type_, definitions, default, key)
    return owner.world.resolve(owner, name, type_.inner, definitions, default, key)


def converted(
    owner: Slots,
    name: str,
    type_: ConvertedType,
    definitions: list[Definition],
    default: Definition | None,
    key: str | None,
) -> tuple[list[Definition], Definition | None]:
    """The same definitions, those that count converted where they are not of the type.

    Losers stay as they are: they are neither computed nor converted.
    """
    live = live_definitions(definitions)
    if not live:
        if default is not None:
            found = _convert(owner, name, type_, [(default, default.context.envs()[0])], key)
            return definitions, found[id(default)][0]
        return definitions, default
    counting = strongest(live)
    rule = _rule(type_.inner)
    if rule in PARTED:
        whole = ranked_as_whole(definitions)
        counting = [each for each in live if each[0] in whole]
    if rule in SINKING and default is not None:
        env = default.context.envs()[0]
        default = _convert(owner, name, type_, [(default, env)], key)[id(default)][0]
    found = _convert(owner, name, type_, counting, key)
    out = []
    for definition in definitions:
        out.extend(found.get(id(definition), [definition]))
    return out, default


def _rule(type_: Any) -> str:
    """How values of a type are merged, whatever says more about it."""
    while type_.merge in ("refined", "converted", "once"):
        type_ = type_.inner
    return str(type_.merge)


def _convert(
    owner: Slots, name: str, type_: ConvertedType, counting: Live, key: str | None
) -> dict[int, list[Definition]]:
    """What stands for each definition, by its identity."""
    out: dict[int, list[Definition]] = {}
    parts: Live = []
    wrong = []
    for definition, env in counting:
        kind, value = head_of(definition, env)
        if kind not in type_.kinds and value is not BLOCK:
            wrong.append((definition, value, type_.refuse(value)))
            continue
        conversion = type_.by_kind.get(kind)
        if conversion is None:
            kept = definition
            if value is not BLOCK and not _is_written(definition):
                kept = definition.part(value)
                kept.context = narrowed(definition.context, env)
            if kept not in out.setdefault(id(definition), []):
                out[id(definition)].append(kept)
        elif value is BLOCK and not definition.is_whole():
            parts.append((definition, env))
            out[id(definition)] = []
        else:
            single = definition if value is BLOCK else definition.part(value)
            made = _apply(owner, name, type_, [(single, env)], key)
            out.setdefault(id(definition), []).append(made)
    if wrong:
        common.wrong_type(owner, name, type_, wrong)
    for group in authors(parts):
        out[id(group[0][0])] = [_apply(owner, name, type_, group, key)]
    return out


def _is_written(definition: Definition) -> bool:
    """Whether a definition is a list that stands there: then each element has a place."""
    return definition.is_whole() and definition.statement[9][0] == "list"


def _apply(
    owner: Slots, name: str, type_: ConvertedType, group: Live, key: str | None
) -> Definition:
    """One written value converted; it has to fit what it is converted from."""
    definition, env = group[0]
    depth = definition.depth + 1 if isinstance(definition, Converted) else 1
    if depth > DEEPEST:
        errors.converted_without_end(owner, name, type_, definition)
    kind = head_of(definition, env)[0]
    conversion = type_.by_kind[kind]
    world = owner.world
    narrow = []
    for each, inner in group:
        single = each.part(each.value) if each.value is not MISSING else _same(each)
        single.context = narrowed(each.context, inner)
        narrow.append(single)
    written = world.resolve(owner, name, conversion.type, narrow, None, key)
    expression = conversion.expression
    inside = world.module_env(type_.module).child({"value": written})
    site = (type_.module.source, expression[1], expression[2])
    before = len(world.sink.diagnostics)
    try:
        value = evaluate(expression, inside)
    except Stop:
        errors.lead_to_definition(world, before, definition, written, type_)
        raise
    reason = type_.inner.refuse(value)
    made = Converted.of(definition, env, written, value, site)
    made.depth = depth
    if reason is not None:
        errors.converted_to_nothing(owner, name, type_, made, reason)
    return made


def _same(definition: Definition) -> Definition:
    return Definition(
        definition.statement, definition.index, definition.context, definition.strength,
        definition.order, definition.source, definition.module,
    )  # fmt: skip


def result(
    owner: Scope, name: str, option: Option, value: Any, definitions: list[Definition]
) -> Any:
    """What readers see of an option that says `as T by …`; checked as T."""
    type_, expression = option.result, option.node[9][1]
    if type_ is None:
        return value
    inside = owner.option_env(option).child({"value": value})
    found = evaluate(expression, inside)
    source = option.module.source
    statement = ("def", *option.node[5:7], option.node[6], (name,), None, None, (), (), expression)
    site = Definition(statement, 1, option_context(inside), None, None, source, option.module.index)
    reason = type_.refuse(found)
    if reason is not None:
        errors.wrong_result(owner, name, type_, site, value, found, definitions, reason)
    return fit(owner, name, type_, found, site)


def option_context(env: Env) -> Any:
    """The context of a conversion: nothing surrounds it."""
    from evaluator.evaluation.context import base

    return base(env)
