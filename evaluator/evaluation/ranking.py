"""Which definitions count, and what each says at its level: asked before any rule of merging.

Conditions decide which definitions are live, the strongest live ones count, order sorts them.
"""

from __future__ import annotations

from evaluator.definitions.spread import PLAIN, SCALE
from evaluator.evaluation.env import LazyRead
from evaluator.evaluation.expressions import PLAIN_NODES, evaluate
from evaluator.evaluation.stars import speaks_of_all
from evaluator.options.shapes import MISSING
from evaluator.types.values import kind_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.definitions.definition import Definition
    from evaluator.evaluation.env import Env
    from evaluator.evaluation.scope import Scope
    from evaluator.evaluation.slots import Slots
    from evaluator.evaluation.world import World
    from evaluator.options.shapes import Option
    from evaluator.types.base import Type

    Node = tuple[Any, ...]

    Live = list[tuple[Definition, Env]]

BLOCK: Any = object()


def written_out(world: World, option: Option, definitions: list[Definition] | None) -> Any:
    """The value of an option that is written out in one place, as most are; MISSING if not.

    It is what the rules of merging would find, without asking what cannot be otherwise.
    """
    merge = option.type.merge
    if (merge != "equal" and merge != "list") or option.result is not None:  # noqa: PLR1714
        return MISSING
    if definitions is None:
        if option.statement is None:
            return MISSING
        node = option.statement[9]
    elif len(definitions) > 1:
        return MISSING
    else:
        definition = definitions[0]
        live = definition.context.live
        if live is None or len(live) != 1 or not definition.is_whole() or world.reads is not None:
            return MISSING
        node = definition.statement[9]
    if merge == "list":
        return _list_written_out(option.type, node)
    if node[0] not in PLAIN_NODES or option.type.refuse(node[3]) is not None:
        return MISSING
    if definitions is None:
        option.constant = node[3]
    return node[3]


def computed_once(owner: Scope, option: Option, definitions: list[Definition] | None) -> Any:
    """The value of an option that one expression gives; MISSING if it is not one, or does not fit.

    As with `written_out`, the rules of merging would find the same.
    """
    type_ = option.type
    if type_.merge != "equal" or option.result is not None:
        return MISSING
    if definitions is not None:
        return outranking(type_, definitions)
    if option.statement is None:
        return MISSING
    value = evaluate(option.statement[9], owner.option_env(option))
    return value if type_.refuse(value) is None else MISSING


def outranking(type_: Type, definitions: list[Definition]) -> Any:
    """What the one definition says that outranks all others; MISSING if there is no such one.

    For types whose values have to be equal: what is weaker has no say, whatever it is.
    """
    first = env = None
    best = 0
    is_alone = True
    for definition in definitions:
        if definition.statement[0] == "remove":
            continue
        envs = definition.context.live
        if envs is None:
            envs = definition.context.envs()
        if not envs:
            continue
        strength = definition.strength
        if strength is None:
            strength = PLAIN
        if first is None or strength < best:
            first, env, best = definition, envs[0], strength
            is_alone = len(envs) == 1
        elif strength == best:
            is_alone = False
    if first is None or env is None or not is_alone or not first.is_whole():
        return MISSING
    value = evaluate(first.statement[9], env)
    return value if type_.refuse(value) is None else MISSING


def _list_written_out(type_: Type, node: Node) -> Any:
    inner: Type = type_.inner  # type: ignore[attr-defined]
    if node[0] != "list" or inner.merge != "equal":
        return MISSING
    for item in node[3]:
        if item[0] not in PLAIN_NODES or inner.refuse(item[3]) is not None:
            return MISSING
    value = [item[3] for item in node[3]]
    return value if type_.refuse(value) is None else MISSING


def live_definitions(definitions: list[Definition]) -> Live:
    """Definitions whose conditions hold, with the environment of each."""
    live: Live = []
    for definition in definitions:
        if definition.statement[0] == "remove":
            continue
        for env in definition.context.envs():
            live.append((definition, env))
    return live


def counting(
    owner: Slots, name: str, definitions: list[Definition], default: Definition | None
) -> tuple[Live, Live]:
    """Live definitions and the strongest of them; the default where nothing is live."""
    live = live_definitions(definitions)
    if not live:
        if default is None:
            from evaluator.evaluation import errors

            errors.missing_value(owner, name, definitions)
        live = [(default, default.context.envs()[0])]
    return live, strongest(live)


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
    kind = kind_of(value)
    return "record" if kind == "deferred" else kind, value


def authors(live: Live) -> list[Live]:
    """Definitions as their authors mean them: a value is one, and so is all that one file
    says about what lies below it."""
    out: list[Live] = []
    parts: dict[str, Live] = {}
    for definition, env in live:
        if definition.value is not MISSING or definition.is_whole():
            out.append([(definition, env)])
        elif definition.source.path in parts:
            parts[definition.source.path].append((definition, env))
        else:
            parts[definition.source.path] = [(definition, env)]
            out.append(parts[definition.source.path])
    return out


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


def ranked_as_whole(definitions: list[Definition]) -> list[Definition]:
    """Drop what a stronger definition of the value as a whole outranks.

    Only `p = expr` with a strength word of its own ranks as a whole; everything else counts
    as plain here and is ranked leaf by leaf further down. Removals, and what is said about
    every entry, are no part of the value: they neither outrank nor are outranked.
    """
    if not any([whole_rank(each) != PLAIN for each in definitions]):
        return definitions
    ranks = [
        whole_rank(each) for each in definitions if not _is_aside(each) and each.context.envs()
    ]
    if not ranks:
        return definitions
    best = min(ranks)
    return [each for each in definitions if _is_aside(each) or whole_rank(each) == best]


def _is_aside(definition: Definition) -> bool:
    return definition.statement[0] == "remove" or speaks_of_all(definition)


def whole_rank(definition: Definition) -> int:
    """Strength of a definition where blocks rank leaf by leaf: of the value as a whole."""
    statement = definition.statement
    if statement[0] == "def" and statement[5] is not None and definition.is_whole():
        return int(statement[5]) * SCALE
    return PLAIN


def is_block(definition: Definition) -> bool:
    """Whether a definition is live and gives a block, written or computed."""
    envs = definition.context.envs()
    return bool(envs) and head_of(definition, envs[0])[0] == "record"
