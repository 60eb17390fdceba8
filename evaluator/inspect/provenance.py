"""Where values come from: definitions with their fate, and what they were computed from.

Everything here reads what the evaluation kept; nothing is merged a second time. Tracing
which slot read which must be switched on (`trace`) before the value is first forced.
"""

from __future__ import annotations

from evaluator.definitions.definition import strength_name
from evaluator.diagnostics.model import Stop
from evaluator.evaluation.checks import definitions_read, operands
from evaluator.evaluation.context import Context, narrowed
from evaluator.evaluation.env import FAILED, Let
from evaluator.evaluation.maps import MapScope
from evaluator.evaluation.merge import default_definition
from evaluator.evaluation.ranking import head_of, ranked_as_whole, value_of
from evaluator.evaluation.scope import Scope
from evaluator.evaluation.slots import Slots
from evaluator.evaluation.words import place_text, shown
from evaluator.options.shapes import MISSING, Option, path_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.definitions.definition import Definition
    from evaluator.evaluation.env import Env
    from evaluator.evaluation.world import World
    from evaluator.source import Source, Span

    Node = tuple[Any, ...]
    Reads = dict[tuple[int, str], dict[tuple[int, str], tuple[Any, str]]]

WON, LOST, INACTIVE, DEFAULT, PART = "won", "lost", "inactive", "default", "contributes"


class Operand:
    """What a condition looked at: as it is written, its value, where that was set."""

    __slots__ = ("set_at", "text", "value")

    def __init__(self, text: str, value: str, set_at: list[Span]) -> None:
        self.text = text
        self.value = value
        self.set_at = set_at


class Condition:
    """A condition around a definition: its words, whether it holds, what it looked at.

    `holds` is None where a condition further out is false already, so nobody asked.
    """

    __slots__ = ("holds", "operands", "span", "text")

    def __init__(self, text: str, holds: bool | None, span: Span, operands: list[Operand]) -> None:
        self.text = text
        self.holds = holds
        self.span = span
        self.operands = operands


class Fate:
    """One definition and what became of it; what it says and depends on is asked when needed."""

    __slots__ = ("definition", "reason", "state", "strength")

    def __init__(self, definition: Definition, state: str, reason: str) -> None:
        self.definition = definition
        self.state = state
        self.reason = reason
        self.strength = strength_name(definition.rank())

    @property
    def conditions(self) -> list[Condition]:
        """Conditions around the definition, outermost first."""
        return conditions_of(self.definition)

    @property
    def value(self) -> Any:
        """What the definition says, MISSING of a record and of what does not hold."""
        definition = self.definition
        if definition.statement[0] == "remove" or not _is_live(definition):
            return MISSING
        try:
            env = definition.context.envs()[0]
            return value_of(definition, env) if head_of(definition, env)[0] != "record" else MISSING
        except Stop:
            return MISSING


def trace(world: World) -> None:
    """Remember from now on which slot read which."""
    if world.reads is None:
        world.reads = {}
        for other in world.kin:
            other.reads = world.reads


def fates(owner: Any, name: str) -> list[Fate]:
    """Every definition of a slot, strongest first, with its fate; the default last."""
    definitions = definitions_of(owner, name)
    member = owner.shape.members.get(name) if isinstance(owner, Scope) else None
    default = None
    if isinstance(member, Option):
        default = default_definition(owner, member)
    live = [each for each in definitions if _is_live(each) and each.statement[0] != "remove"]
    best = min([each.rank() for each in live], default=None)
    value = owner.slots.get(name)
    holds_parts = isinstance(value, Slots) or getattr(value, "kind", "") == "deferred"
    whole = ranked_as_whole(definitions) if holds_parts else definitions
    out = []
    for definition in sorted(definitions, key=_rank_and_place):
        fate = _fate(definition, best, holds_parts=holds_parts)
        if fate.state == PART and definition not in whole:
            fate.state, fate.reason = LOST, "a stronger one replaces the value as a whole"
        out.append(fate)
    if default is not None:
        fate = _fate(default, best if live else None, holds_parts=holds_parts)
        if not live:
            fate.state, fate.reason = DEFAULT, "nothing else defines it"
        elif not holds_parts or isinstance(owner.slots.get(name), MapScope):
            fate.state, fate.reason = LOST, "any definition is stronger"
        out.append(fate)
    if hasattr(value, "lost"):
        # Of a choice, what speaks about another option than the one that was chosen.
        for fate in out:
            if fate.state == PART and value.lost(fate.definition):
                fate.state, fate.reason = LOST, f"`{value.tag()}` is chosen by a stronger one"
    return out


def _rank_and_place(definition: Definition) -> tuple[int, int]:
    """Strongest first, and those that are joined in the order in which they are."""
    return definition.rank(), 1000 if definition.order is None else definition.order


def definitions_of(owner: Any, name: str) -> list[Definition]:
    """Live and dead definitions that speak about a slot."""
    given = owner.definitions_of(name) if isinstance(owner, Slots) else []
    found = [part for each in given for part in _by_instance(each)]
    if isinstance(owner, MapScope):
        found.extend([each for each in inactive_definitions(owner, name) if each not in found])
    return found


def _by_instance(definition: Definition) -> list[Definition]:
    """A contribution of a service with instances, taken apart by who makes it."""
    outer: Context | None = definition.context
    while outer is not None and outer.kind != "instances":
        outer = outer.parent
    if outer is None:
        return [definition]
    try:
        envs = definition.context.envs()
    except Stop:
        return [definition]
    if len(envs) < 2:
        return [definition]
    parts = []
    for env in envs:
        part = definition.part(definition.value)
        part.context = narrowed(definition.context, env)
        parts.append(part)
    return parts


def inactive_definitions(owner: MapScope, name: str) -> list[Definition]:
    """Definitions of a map's key whose conditions are false."""
    out: list[Definition] = []
    for definition in owner.definitions:
        if definition.value is not MISSING:
            continue
        path = definition.path()
        if definition.index < len(path):
            if path[definition.index] == name and not definition.context.envs():
                out.append(definition.below(definition.context))
            continue
        statement = definition.statement
        items = statement[9] if statement[0] == "block" else None
        if statement[0] == "def" and statement[9][0] == "record":
            items = statement[9][3]
        if items is None:
            continue
        contexts = owner.world.open_contexts(items, definition.context)
        for inner, at in owner.world.spread(items).entries:
            opened = definition.inner(inner, contexts[at])
            if opened.path()[0] == name and not contexts[at].envs():
                out.append(opened.below(contexts[at]))
    return out


def _is_live(definition: Definition) -> bool:
    try:
        return bool(definition.context.envs())
    except Stop:
        return False


def _fate(definition: Definition, best: int | None, *, holds_parts: bool) -> Fate:
    if definition.statement[0] == "remove":
        return Fate(definition, PART, "removes an entry")
    if not _is_live(definition) and definition.context.kind == "merged":
        return Fate(definition, LOST, "merged with a stronger one")
    if not _is_live(definition):
        return Fate(definition, INACTIVE, "its condition is false")
    if holds_parts:
        return Fate(definition, PART, "")
    if best is not None and definition.rank() > best:
        return Fate(definition, LOST, f"a {strength_name(best)} definition is stronger")
    return Fate(definition, WON, "")


def conditions_of(definition: Definition) -> list[Condition]:
    """Conditions around a definition, outermost first; they stand in the definition's file."""
    out: list[Condition] = []
    context: Context | None = definition.context
    while context is not None:
        if context.kind in ("when", "unless", "enabled"):
            out.append(_condition(context, definition.source, definition.context))
        context = context.parent
    out.reverse()
    return out


def _condition(context: Context, source: Source, inner: Context) -> Condition:
    """One condition, for what stands in `inner`; asks what it looked at where it was reached."""
    node = context.node
    try:
        holds = bool(context.envs())
        outer = context.parent.envs() if context.parent is not None else []
        single = inner.envs()
    except Stop:
        holds, outer, single = False, [], []
    if len(single) == 1 and len(outer) > 1:  # in one turn of a loop, in one instance
        around = _around(single[0])
        outer = [each for each in outer if each in around][:1] or outer
    if context.kind == "enabled":
        who = node[3]
        if who[-1] == "*" and len(single) == 1 and isinstance(single[0].owner, Slots):
            who = single[0].owner.path()
        text = f"{path_text(who)}.enable"
        switch = _switch(outer[0], text) if outer else []
        return Condition(text, holds if outer else None, (source, node[1], node[4]), switch)
    condition = node[3]
    text = " ".join(source.text[condition[1] : condition[2]].split())
    seen = []
    if outer:
        seen = [
            Operand(source.text[part[1] : part[2]], value, definitions_read(part, outer[0]))
            for part, value in operands(condition, outer[0])
        ]
    if context.kind == "unless":
        text = f"not ({text})"
    span = (source, condition[1], condition[2])
    return Condition(text, holds if outer else None, span, seen)


def _around(env: Env) -> list[Env]:
    """A scope and those around it."""
    out = []
    at: Env | None = env
    while at is not None:
        out.append(at)
        at = at.parent
    return out


def _switch(around: Env, text: str) -> list[Operand]:
    """The `enable` of a service, where somebody set it."""
    service = around.self_scope()
    set_at = [each.span() for each in winners(service, "enable")]
    return [Operand(text, value_text(service, "enable"), set_at)]


def reads_of(
    world: World, owner: Any, name: str, *, through_parts: bool = True
) -> list[tuple[Any, str]]:
    """Options a slot was computed from, nearest first, however many steps away.

    `through_parts`: also those that decided which parts a map or service has that was gone
    through to come to one of them. Where a loop or condition around an entry of a map went
    through them, as `for name in started` does, they decided about the other entries.
    """
    names = entry_names(owner, name) if through_parts else ()
    queue = [(owner, name)]
    return _leaves_behind(world.reads or {}, queue, through_parts=through_parts, named=names)


def read_by(world: World, owner: Any, name: str) -> list[tuple[Any, str]]:
    """Options without parts that a slot read itself."""
    found = _inputs(world.reads or {}, (id(owner), name)).values()
    return [(scope, slot) for scope, slot in found if not isinstance(scope, Let) and slot]


def reads_around(
    world: World, definitions: list[Definition], *, named: tuple[str, ...] = ()
) -> list[tuple[Any, str]]:
    """Options that decided whether definitions are there: of their conditions and loops.

    Of a map or service that was gone through, only what else was asked counts: all entries
    were looked at to come to this one. A list that holds one of `named` is not gone behind.
    """
    reads = world.reads or {}
    return _leaves_behind(reads, _contexts(definitions), through_parts=False, named=named)


def entries_around(world: World, definitions: list[Definition]) -> list[tuple[Any, str]]:
    """Entries of the maps that conditions and loops of definitions went through."""
    reads = world.reads or {}
    queue = _contexts(definitions)
    seen = {(id(scope), slot) for scope, slot in queue}
    out: list[tuple[Any, str]] = []
    while queue:
        scope, slot = queue.pop(0)
        for key, (inner, name) in _inputs(reads, (id(scope), slot)).items():
            if key in seen:
                continue
            seen.add(key)
            value = inner.slots.get(name) if name and not isinstance(inner, Let) else None
            if isinstance(value, MapScope):
                out += [(value, entry) for entry in value.slots]
            else:
                queue.append((inner, name))
    return out


def _contexts(definitions: list[Definition]) -> list[tuple[Any, str]]:
    """The conditions and loops around definitions, as readers."""
    around: list[tuple[Any, str]] = []
    for definition in definitions:
        context: Context | None = definition.context
        while context is not None:
            around.append((context, ""))
            context = context.parent
    return around


def entry_names(owner: Any, name: str) -> tuple[str, ...]:
    """The keys of the maps that a slot is in, its own among them."""
    found: list[str] = []
    scope, key = owner, name
    while isinstance(scope, Slots):
        if scope.is_map:
            found.append(key)
        scope, key = scope.parent, scope.name
    return tuple(found)


def _leaves_behind(
    reads: Reads,
    queue: list[tuple[Any, str]],
    *,
    through_parts: bool = True,
    named: tuple[str, ...] = (),
) -> list[tuple[Any, str]]:
    out: list[tuple[Any, str]] = []
    seen = {(id(scope), slot) for scope, slot in queue}
    steps = [(scope, slot, through_parts) for scope, slot in queue]
    while steps:
        scope, slot, through = steps.pop(0)
        found = _inputs(reads, (id(scope), slot))
        around = set()
        if through and named and entry_names(scope, slot):
            around = found.keys() - reads.get((id(scope), slot), {}).keys()
        if isinstance(scope, Scope) and through:
            found.update(_inputs(reads, (id(scope), "")))  # what yielded the record as a whole
        for key, (inner, inner_name) in found.items():
            if key in seen:
                continue
            seen.add(key)
            on = through and key not in around
            is_leaf = not isinstance(inner, Let) and _is_leaf(inner, inner_name)
            if is_leaf and not on and elements_named(inner, inner_name, named):
                pass
            elif on or is_leaf or isinstance(inner, Let):
                steps.append((inner, inner_name, on))
            if is_leaf:
                out.append((inner, inner_name))
    return out


def _inputs(reads: Reads, reader: tuple[int, str]) -> dict[tuple[int, str], tuple[Any, str]]:
    """What a slot read itself; conditions stand for what they looked at."""
    out: dict[tuple[int, str], tuple[Any, str]] = {}
    for key, (scope, name) in reads.get(reader, {}).items():
        if isinstance(scope, Context):
            out.update(_inputs(reads, key))
        else:
            out[key] = (scope, name)
    return out


def elements_named(scope: Any, name: str, wanted: tuple[str, ...]) -> list[str]:
    """Which of some names a list or set has as elements."""
    held = scope.slots.get(name)
    return [each for each in wanted if each in held] if isinstance(held, list) else []


def _is_leaf(scope: Any, name: str) -> bool:
    return bool(name) and not isinstance(scope.slots.get(name), Slots)


def leaves(owner: Any, name: str) -> list[tuple[Any, str]]:
    """The slots without parts at and below a slot, as far as they were forced."""
    value = owner.slots.get(name)
    if not isinstance(value, Slots) or value.parent is not owner:
        return [(owner, name)]
    return [leaf for inner in value.slots for leaf in leaves(value, inner)]


def winners(owner: Any, name: str) -> list[Definition]:
    """Definitions that made a slot's value; empty where the default did."""
    definitions = definitions_of(owner, name)
    if not definitions:
        return []
    value = owner.slots.get(name)
    if isinstance(value, Slots) or getattr(value, "kind", "") == "deferred":
        return [fate.definition for fate in fates(owner, name) if fate.state in (WON, PART)]
    # Of a value without parts, the fates come down to this.
    live = [each for each in definitions if _is_removal(each) or _is_live(each)]
    best = min([each.rank() for each in live if not _is_removal(each)], default=0)
    won = [each for each in live if _is_removal(each) or each.rank() == best]
    return sorted(won, key=_rank_and_place)


def _is_removal(definition: Definition) -> bool:
    return bool(definition.statement[0] == "remove")


def path_of(owner: Any, name: str, world: World | None = None) -> str:
    """A slot's full path; of another configuration than `world`, with its host or variant."""
    if world is not None and isinstance(owner, Slots) and owner.world is not world:
        return path_text((*owner.world.place, *owner.path(name)))
    return place_text(owner, name)


def value_text(owner: Any, name: str) -> str:
    """A slot's value, abbreviated."""
    value = owner.slots.get(name)
    return "no value" if value is FAILED else shown(value)
