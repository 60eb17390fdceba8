"""Several definitions, one value: the rules by type.

For one option: conditions decide which definitions are live, the strongest live ones count,
order sorts them, the type checks their heads and says how they become one value. A declared
default is the weakest definition. Blocks rank leaf by leaf; `p = expr` with a strength of
its own ranks the value of `p` as a whole.
"""

from __future__ import annotations

import sys

from evaluator.definitions.definition import Definition
from evaluator.definitions.spread import DECLARED, PLAIN, SCALE, SUNK
from evaluator.diagnostics.model import Stop
from evaluator.evaluation import errors
from evaluator.evaluation.context import base, narrowed
from evaluator.evaluation.env import Fields, LazyRead
from evaluator.evaluation.expressions import evaluate
from evaluator.evaluation.maps import MapScope
from evaluator.evaluation.plain import plain
from evaluator.evaluation.scope import Scope
from evaluator.options.shapes import MISSING, Element
from evaluator.types.containers import MapType
from evaluator.types.values import display, kind_of, same

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.evaluation.env import Env
    from evaluator.evaluation.slots import Slots
    from evaluator.options.shapes import Option
    from evaluator.types.scalars import Type

    Node = tuple[Any, ...]
    Live = list[tuple[Definition, Env]]

BLOCK: Any = object()
CONTAINERS = ("record", "map", "ordered")
CONSTANT_NODES = ("int", "float", "bool", "str", "null", "mode", "duration", "size")


def resolve_option(owner: Scope, name: str, option: Option, definitions: list[Definition]) -> Any:
    """The value of an option from everything that defines it."""
    default = default_definition(owner, option)
    value = resolve(owner, name, option.type, definitions, default, owner.key)
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
    rank = DECLARED
    if option.type.merge in ("record", "union", "refined"):
        rank = SUNK + len(owner.path())
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
    merge = type_.merge
    if merge == "record":
        return _record(owner, name, type_, definitions, default, key)
    if merge in ("map", "ordered"):
        return _map(owner, name, type_, definitions, default, key)
    if merge == "refined":
        value = resolve(owner, name, type_.inner, definitions, default, key)  # type: ignore[attr-defined]
        check_refinement(owner, name, type_, value, definitions, default)
        return value
    live = live_definitions(definitions)
    if merge == "union":
        return _union(owner, name, type_, definitions, live, default, key)
    if not live:
        if default is None:
            errors.missing_value(owner, name, definitions)
        live = [(default, default.context.envs()[0])]
    kept = strongest(live)
    if merge == "any" and any([head_of(*each)[0] == "record" for each in kept]):
        return _blocks(owner, name, type_, kept, definitions, key)
    values = [value_of(definition, env) for definition, env in kept]
    check_heads(owner, name, type_, kept, values)
    if merge in ("equal", "any"):
        first = values[0]
        if len(values) > 1:
            _agree(owner, name, type_, kept, values, live)
        return fit(owner, name, type_, first, kept[0][0]) if type(first) is list else first
    if merge == "text":
        return _text(kept, values)
    return _list(owner, name, type_, kept, values, definitions)


def live_definitions(definitions: list[Definition]) -> Live:
    """Definitions whose conditions hold, with the environment of each."""
    live: Live = []
    for definition in definitions:
        if definition.statement[0] == "remove":
            continue
        for env in definition.context.envs():
            live.append((definition, env))
    return live


def strongest(live: Live) -> Live:
    """Those definitions that no other outranks."""
    if len(live) == 1:
        return live
    best = min([each[0].rank() for each in live])
    return [each for each in live if each[0].rank() == best]


def value_of(definition: Definition, env: Env) -> Any:
    """What a definition says at its level; BLOCK if it speaks about what lies below."""
    value = definition.value
    if value is not MISSING:
        if type(value) is LazyRead:
            return value.scope.get(value.name, env, definition.statement)
        return value
    if definition.is_whole():
        return evaluate(definition.statement[9], env)
    return BLOCK


def head_of(definition: Definition, env: Env) -> tuple[str, Any]:
    """Kind of what a definition says, forcing no more than needed; the value if it was."""
    if definition.value is MISSING:
        statement = definition.statement
        if not definition.is_whole() or statement[9][0] == "record":
            return "record", BLOCK
    value = value_of(definition, env)
    return kind_of(value), value


def check_heads(owner: Slots, name: str, type_: Type, kept: Live, values: list[Any]) -> None:
    """Report every kept definition whose value does not fit, all at once."""
    wrong = []
    for (definition, _env), value in zip(kept, values, strict=True):
        if value is BLOCK:
            wrong.append((definition, value, f"expected {type_.describe()}, found a block"))
            continue
        reason = type_.refuse(value)
        if reason is not None:
            wrong.append((definition, value, reason))
    if wrong:
        errors.wrong_type(owner, name, type_, wrong)


def _agree(owner: Slots, name: str, type_: Type, kept: Live, values: list[Any], live: Live) -> None:
    first = plain(values[0])
    for value in values[1:]:
        if not same(first, plain(value)):
            errors.conflict(owner, name, type_, kept, values, live)


def in_order(kept: Live, values: list[Any]) -> list[tuple[Definition, Any]]:
    """Contributions sorted by `first`/`order`/`last`, then by module order, as written."""
    pairs = [(definition, value) for (definition, _env), value in zip(kept, values, strict=True)]
    if len(pairs) > 1:
        places = sorted(
            [
                (1000 if pair[0].order is None else pair[0].order, pair[0].module, at)
                for at, pair in enumerate(pairs)
            ]
        )
        pairs = [pairs[at] for _order, _module, at in places]
    return pairs


def _text(kept: Live, values: list[Any]) -> str:
    """Parts joined by a line end where the earlier part lacks one; no byte is lost."""
    out = ""
    for _definition, value in in_order(kept, values):
        if out and not out.endswith("\n"):
            out += "\n"
        out += value
    return out


def _list(
    owner: Slots,
    name: str,
    type_: Type,
    kept: Live,
    values: list[Any],
    definitions: list[Definition],
) -> list[Any]:
    inner: Type = type_.inner  # type: ignore[attr-defined]
    out: list[Any] = []
    forced: list[Any] = []
    failed = False
    for definition, value in in_order(kept, values):
        for at, item in enumerate(value):
            try:
                out.append(fit(owner, name, inner, item, definition, at, len(out)))
            except Stop:
                failed = True
                out.append(None)
            if definition.rank() <= 50 * SCALE:
                forced.append(out[-1])
    if failed:
        raise Stop
    out = _without(owner, name, out, forced, definitions)
    return unique_sorted(out) if type_.merge == "set" else out


def _without(
    owner: Slots, name: str, out: list[Any], forced: list[Any], definitions: list[Definition]
) -> list[Any]:
    """What is left after `remove`, by one or by several; forced elements stay."""
    known = {item for item in out if type(item) is str}
    for definition in definitions:
        if definition.statement[0] != "remove" or definition.index == len(definition.path()):
            continue
        for env in definition.context.envs():
            part = definition.path()[-1]
            key = part if type(part) is str else evaluate(part, env)
            if key not in known:
                errors.nothing_to_remove_from(owner, name, key, definition, out)
            out = [item for item in out if item != key or item in forced]
    return out


def unique_sorted(items: list[Any]) -> list[Any]:
    """Elements of a set: each once, sorted by kind and value."""
    out: list[Any] = []
    seen: set[tuple[str, Any]] = set()
    rest: list[Any] = []
    for item in items:
        kind = kind_of(item)
        if kind in ("list", "record", "null"):
            if not any([same(plain(item), plain(other)) for other in rest]):
                rest.append(item)
        elif (kind, item) not in seen:
            seen.add((kind, item))
            out.append((kind, item))
    rest.sort(key=lambda item: display(plain(item), sys.maxsize))
    return [item for _kind, item in sorted(out)] + rest


def fit(
    owner: Slots, name: str, type_: Type, value: Any, definition: Definition,
    at: int | None = None, index: int | None = None,
) -> Any:  # fmt: skip
    """A value that came as data, checked and wrapped for the type that expects it.

    `at` is its place in the list the definition gives, `index` its place in the merged one.
    """
    merge = type_.merge
    if merge in CONTAINERS or merge in ("union", "refined"):
        place = name if index is None else Element.of(name, index)
        return resolve(owner, place, type_, [definition.part(value, at)], None, None)
    reason = type_.refuse(value)
    if reason is not None:
        place = name if index is None else Element.of(name, index)
        site = definition if at is None else definition.element(at)
        errors.wrong_type(owner, place, type_, [(site, value, reason)])
    if merge in ("list", "set") and isinstance(value, list):
        inner: Type = type_.inner  # type: ignore[attr-defined]
        if index is not None:
            name = Element.of(name, index)
        items = [
            fit(owner, name, inner, item, definition, None, number)
            for number, item in enumerate(value)
        ]
        return unique_sorted(items) if merge == "set" else items
    return value


def _union(
    owner: Slots,
    name: str,
    type_: Type,
    definitions: list[Definition],
    live: Live,
    default: Definition | None,
    key: str | None,
) -> Any:
    """Null or a value, or one of several alternatives: the kind of the strongest decides."""
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
        blocks = [each for each in definitions if each.statement[0] == "remove" or _is_block(each)]
        sunk = default if default is not None and _is_block(default) else None
        if not definitions:
            blocks = [kept[0][0]]
        return resolve(owner, name, inner, blocks, sunk, key)
    parts = []
    for (definition, env), (_kind, value) in zip(kept, heads, strict=True):
        part = definition.part(value)
        part.context = narrowed(definition.context, env)
        parts.append(part)
    return resolve(owner, name, inner, parts, None, key)


def _blocks(
    owner: Slots, name: str, type_: Type, kept: Live, definitions: list[Definition],
    key: str | None,
) -> Any:  # fmt: skip
    """Blocks given to `any`: one alone is taken as it is written, several merge by key."""
    heads = [head_of(definition, env) for definition, env in kept]
    if any([kind != "record" for kind, _value in heads]):
        errors.conflicting_kinds(owner, name, type_, kept, [value for _kind, value in heads])
    (first, env), *others = kept
    if not others and (first.is_whole() or first.value is not MISSING):
        return value_of(first, env)
    blocks = [each for each in definitions if each.statement[0] == "remove" or _is_block(each)]
    return _map(owner, name, MapType(type_), blocks, None, key)


def _is_block(definition: Definition) -> bool:
    envs = definition.context.envs()
    return bool(envs) and head_of(definition, envs[0])[0] == "record"


def _record(
    owner: Slots,
    name: str,
    type_: Type,
    definitions: list[Definition],
    default: Definition | None,
    key: str | None,
) -> Scope:
    kept = ranked_as_whole(definitions)
    if default is not None:
        kept = [*kept, default]
    elif not any([each.context.envs() for each in kept]):
        errors.missing_value(owner, name, definitions)
    wrong = _not_blocks(kept)
    if wrong:
        errors.wrong_type(owner, name, type_, wrong)
    shape = type_.record.shape  # type: ignore[attr-defined]
    return Scope(owner.world, shape, owner, name, key, kept)


def _map(
    owner: Slots,
    name: str,
    type_: Type,
    definitions: list[Definition],
    default: Definition | None,
    key: str | None,
) -> MapScope:
    kept = ranked_as_whole(definitions)
    contributing = [each for each in kept if each.statement[0] != "remove"]
    if not any([each.context.envs() for each in contributing]):
        if default is None:
            errors.missing_value(owner, name, definitions)
        kept = [default, *[each for each in kept if each.statement[0] == "remove"]]
    wrong = _not_blocks(kept)
    if wrong:
        errors.wrong_type(owner, name, type_, wrong)
    return MapScope(
        owner.world, type_.inner, owner, name, key, kept,  # type: ignore[attr-defined]
        is_ordered=type_.merge == "ordered",
    )  # fmt: skip


def _not_blocks(definitions: list[Definition]) -> list[tuple[Definition, Any, str]]:
    """Literal values given to a place that holds a block."""
    wrong: list[tuple[Definition, Any, str]] = []
    for definition in definitions:
        value = definition.value
        if value is MISSING:
            if not definition.is_whole() or definition.statement[9][0] in ("record", "name"):
                continue
            if definition.statement[9][0] not in (*CONSTANT_NODES, "interp", "list", "listfor"):
                continue
            envs = definition.context.envs()
            if not envs:
                continue
            value = evaluate(definition.statement[9], envs[0])
        elif type(value) is LazyRead:
            continue
        if kind_of(value) != "record":
            wrong.append((definition, value, ""))
    return wrong


def ranked_as_whole(definitions: list[Definition]) -> list[Definition]:
    """Drop what a stronger definition of the value as a whole outranks.

    Only `p = expr` with a strength word of its own ranks as a whole; everything else counts
    as plain here and is ranked leaf by leaf further down.
    """
    if not any([_whole_rank(each) != PLAIN for each in definitions]):
        return definitions
    ranks = [
        _whole_rank(each)
        for each in definitions
        if each.statement[0] != "remove" and each.context.envs()
    ]
    if not ranks:
        return definitions
    best = min(ranks)
    return [
        each for each in definitions if each.statement[0] == "remove" or _whole_rank(each) == best
    ]


def _whole_rank(definition: Definition) -> int:
    if definition.is_whole() and definition.statement[5] is not None:
        return int(definition.statement[5]) * SCALE
    return PLAIN


def check_refinement(
    owner: Slots,
    name: str,
    type_: Any,
    value: Any,
    definitions: list[Definition],
    default: Definition | None,
) -> None:
    """Hold the conditions of a named type against the merged value, or each definition."""
    env = owner.world.module_env(type_.module)
    failed = False
    for each, predicate, message in type_.predicates:
        subjects: list[tuple[Any, list[Definition]]] = [(value, definitions)]
        if each:
            kept = strongest(live_definitions(definitions)) if definitions else []
            subjects = [
                (value_of(definition, inner), [definition])
                for definition, inner in kept
                if definition.is_whole() or definition.value is not MISSING
            ]
        for subject, sites in subjects:
            inner_env = env.child({"value": subject})
            held = evaluate(predicate, inner_env)
            if held is not True:
                found = sites or ([default] if default is not None else [])
                errors.refused_by(owner, name, type_, subject, predicate, message, inner_env, found)
                failed = True
    if failed:
        raise Stop
