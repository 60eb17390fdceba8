"""Which lines led to what the shipped library defines: a finding shows those that are to change.

Found by asking the values that the library's line, and the conditions and loops around it, looked
at; so it works for every finding, without having remembered who read what.
"""

from __future__ import annotations

from evaluator.diagnostics.model import Stop
from evaluator.evaluation.checks import definitions_read, with_quiet
from evaluator.evaluation.env import LazyRead
from evaluator.evaluation.expressions import evaluate
from evaluator.evaluation.ranking import live_definitions, strongest, value_of
from evaluator.evaluation.slots import Slots
from evaluator.options.shapes import MISSING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.definitions.definition import Definition
    from evaluator.evaluation.env import Env
    from evaluator.evaluation.ranking import Live
    from evaluator.evaluation.world import World
    from evaluator.source import Span

    Node = tuple[Any, ...]

MOST = 200
"""Definitions that are gone behind for one finding."""


def of_library(world: World, definition: Definition) -> bool:
    """Whether a definition stands in a file of the shipped library, which nobody is to edit."""
    return any([each.shipped and each.source is definition.source for each in world.modules])


def where_written(world: World, kept: Live) -> list[list[Span]]:
    """Where conflicting values were written that one line of a loop or of a service hands on.

    Only where several come from the same line; else each line is what is to be looked at. Where
    the library gave all of them, the lines that led it there.
    """
    if all([of_library(world, definition) for definition, _env in kept]):
        behind = [lines_behind(world, definition, env) for definition, env in kept]
        if any(behind):
            return behind
    spans = [definition.span() for definition, _env in kept]
    return [
        definitions_read(definition.statement[9], env)
        if spans.count(span) > 1 and definition.is_whole()
        else []
        for (definition, env), span in zip(kept, spans, strict=True)
    ]


def lines_behind(world: World, definition: Definition, env: Env) -> list[Span]:
    """The user's own lines nearest to a definition of the library; empty if there are none."""
    found: list[Span] = []
    with_quiet(env, lambda: _collect(world, definition, env, found))
    return found


def _collect(world: World, definition: Definition, env: Env, found: list[Span]) -> None:
    seen: set[tuple[int, int]] = set()
    step: Live = [(definition, env)]
    while step and not found and len(seen) < MOST:
        behind: Live = []
        for each, around in step:
            if (id(each), id(around)) in seen:
                continue
            seen.add((id(each), id(around)))
            if not of_library(world, each):
                if each.span() not in found:
                    found.append(each.span())
                continue
            behind += _looked_at(each, around)
        step = behind


def _looked_at(definition: Definition, env: Env) -> Live:
    """What gave the values that a definition, and what stands around it, was made of."""
    behind: Live = []
    if definition.is_whole():
        behind += _read(definition.statement[9], env)
    context = definition.context
    while context is not None:
        if context.kind in ("when", "unless"):
            behind += _read(context.node[3], env)
        elif context.kind == "enabled":
            behind += _given(env.self_scope(), "enable")
        elif context.kind == "for":
            behind += _turn(context.node, env)
        context = context.parent
    return behind


def _read(node: Node, env: Env) -> Live:
    asked: list[tuple[Any, Any]] = []
    definitions_read(node, env, asked)
    return [each for owner, name in asked for each in _given(owner, name)]


def _turn(node: Node, env: Env) -> Live:
    """What gave the loop the one element or entry that a turn of it is about."""
    binder = env.binding(node[3][0])
    if type(binder) is LazyRead:
        return _given(binder.scope, binder.name)
    try:
        subject = evaluate(node[4], env)
    except Stop:
        return []
    if isinstance(subject, Slots):
        return _given(subject, binder)
    element = env.binding(node[3][-1])
    asked: list[tuple[Any, Any]] = []
    definitions_read(node[4], env, asked)
    return [each for owner, name in asked for each in _bringing(owner, name, element)]


def _bringing(owner: Any, name: Any, element: Any) -> Live:
    """The definitions of an option that brought one element; all where that cannot be told."""
    value = owner.slots.get(name, MISSING) if isinstance(owner, Slots) else MISSING
    if isinstance(value, Slots):
        return _given(value, element)
    given = _given(owner, name)
    return [each for each in given if _holds(value_of(*each), element)] or given


def _holds(value: Any, element: Any) -> bool:
    return isinstance(value, list) and element in value


def _given(owner: Any, name: Any) -> Live:
    """The strongest live definitions of a slot."""
    if not isinstance(owner, Slots) or not isinstance(name, str):
        return []
    live = live_definitions(owner.definitions_of(name))
    return strongest(live) if live else []
