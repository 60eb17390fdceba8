"""`assert` and `warn`: run after values, for everything that exists and is switched on."""

from __future__ import annotations

from evaluator.diagnostics.model import Sink, Stop
from evaluator.evaluation import errors
from evaluator.evaluation.env import LazyRead, Let
from evaluator.evaluation.expressions import condition, evaluate, text_of
from evaluator.evaluation.levels import SEVERITIES, level_of_check
from evaluator.evaluation.ranking import live_definitions, strongest, value_of
from evaluator.evaluation.slips import rests_on_slip
from evaluator.evaluation.slots import Slots
from evaluator.evaluation.words import shown
from evaluator.options.shapes import MISSING, path_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from evaluator.evaluation.context import Context
    from evaluator.evaluation.env import Env
    from evaluator.evaluation.ranking import Live
    from evaluator.evaluation.scope import Scope
    from evaluator.source import Span

    Node = tuple[Any, ...]
    Asked = list[tuple[Any, Any]]
    Turn = Sequence[str]

SHOWN = 6


def run_checks(checks: list[tuple[Node, Context]], scope: Scope) -> None:
    """Run some checks standing in one service or record instance; all speak, none stops."""
    path = path_text(scope.path())
    # What many instances have in common says which of them it is about.
    lead = f"`{path}`: " if scope.shape.record is not None and path else ""
    for statement, context in checks:
        try:
            for env in context.envs():
                run_check(statement, context, env, scope, lead)
        except Stop:
            continue


def run_check(statement: Node, context: Context, env: Env, scope: Scope, lead: str) -> None:
    """One check in one environment, as far as it counts."""
    path = path_text(scope.path())
    level = level_of_check(env.world, statement)
    if level == "off":
        return
    if statement[0] == "warn":
        message = statement[3]
        asked: Asked = []
        read = conditions_read(context, env, asked)
        if follows([], context, asked, env):
            return
        text = text_of(evaluate(message, env), message, env)
        errors.warned(env, statement, lead + text, sites(read, scope), path, SEVERITIES[level])
        return
    if condition(statement[3], env):
        return
    said: str | None = None
    if statement[4] is not None:
        # A message that fails is a finding of its own and does not hide this one.
        try:
            said = text_of(evaluate(statement[4], env), statement[4], env)
        except Stop:
            said = None
    values = operands(statement[3], env)
    asked = []
    read = definitions_read(statement[3], env, asked)
    conditions_read(context, env, asked)
    if follows([statement[3]], context, asked, env):
        return
    errors.assertion_failed(
        env, statement, said, values, sites(read, scope), path, lead, SEVERITIES[level]
    )


def sites(read: list[Span], scope: Scope) -> list[tuple[Span, str]]:
    """The lines to look at. If only defaults were read, those that made the thing exist: the
    entry of a map, or the switch of the service."""
    if read:
        return [(span, "it looks at this") for span in read]
    made = [each.path_span() for each in scope.entry_definitions()]
    if made:
        return [(span, "made here") for span in made[:SHOWN]]
    return [(span, "switched on here") for span in _winning(scope, "enable")[:SHOWN]]


def follows(nodes: list[Node], context: Context, asked: Asked, env: Env) -> bool:
    """Whether what a check says only follows from what was told before."""
    if env.world.lacks_values:
        from evaluator.evaluation.losses import rests_on_loss

        if rests_on_loss(nodes, context, asked, env):
            return True
    return rests_on_slip(nodes, context, asked, env)


def conditions_read(context: Context, env: Env, asked: Asked) -> list[Span]:
    """As `definitions_read`, of all conditions around a check."""
    read: list[Span] = []
    outer: Context | None = context
    while outer is not None:
        if outer.kind in ("when", "unless"):
            read.extend(definitions_read(outer.node[3], env, asked))
        outer = outer.parent
    return read


def definitions_read(node: Any, env: Env, asked: Asked | None = None) -> list[Span]:
    """Where the options an expression reads were given their values, and keys their names.

    All that was looked at is added to `asked`, defined or not. In a turn of a loop, of several
    definitions of a list or text those count that say what the turn is about.
    """
    from evaluator.evaluation.tables import written_at

    found: list[Span] = []
    turn = _turn_of(env)

    def take(owner: Any, name: Any) -> None:
        if asked is not None:
            asked.append((owner, name))
        found.extend(_winning(owner, name, turn))

    def look(part: Any, env: Env) -> None:
        if not isinstance(part, tuple):
            return
        # Binders and arguments are tuples too, but only nodes have offsets second.
        tag = part[0] if len(part) > 3 and isinstance(part[1], int) else None
        if tag in ("attr", "index"):
            try:
                name = part[4] if tag == "attr" else evaluate(part[4], env)
                take(evaluate(part[3], env), name)
            except Stop:
                return
            span = written_at(part, env)
            if span is not None:
                found.append(span)
                return
            look_along(part, env)
            return
        if tag in ("call", "binary"):
            try:
                key = _key_asked_for(part, env)
                if key is not None:
                    take(evaluate(key[0], env), evaluate(key[1], env))
            except Stop:
                return
            if key is not None:
                # Who brought the other keys has nothing to do with it.
                look_along(key[0], env)
                look(key[1], env)
                return
        if tag == "name":
            bound = env.binding(part[3])
            if type(bound) is Let:
                look(bound.node[6], bound.env)
            elif type(bound) is LazyRead:
                take(bound.scope, bound.name)
            elif bound is MISSING and part[3] == "key" and env.key is not None:
                # The key of the entry around; a `key` that `*` or a loop binds is just a value.
                made = env.self_scope().entry_definitions()
                found.extend([each.path_span() for each in made])
        for inner in part:
            look(inner, env)

    def look_along(part: Any, env: Env) -> None:
        # What the option lies in was not looked at, only what the way begins with.
        while part[0] in ("attr", "index"):
            if part[0] == "index":
                look(part[4], env)
            part = part[3]
        if not _leads_on(part, env):
            look(part, env)

    with_quiet(env, lambda: look(node, env))
    return found[:SHOWN]


def _key_asked_for(part: Node, env: Env) -> tuple[Node, Node] | None:
    """The map and the key of `has(map, key)`, of `key in map` and of `key in keys(map)`."""
    if part[0] == "call":
        return tuple(part[4]) if _is_builtin(part, "has", 2, env) else None
    if part[3] != "in":
        return None
    map_ = part[5][4][0] if _is_builtin(part[5], "keys", 1, env) else part[5]
    return (map_, part[4]) if isinstance(evaluate(map_, env), Slots) else None


def _is_builtin(part: Node, name: str, arguments: int, env: Env) -> bool:
    """Whether an expression calls a function of the language with so many arguments."""
    return (
        part[0] == "call"
        and part[3][0] == "name"
        and part[3][3] == name
        and len(part[4]) == arguments
        and env.binding(name) is MISSING
    )


def _leads_on(part: Any, env: Env) -> bool:
    """Whether a name stands for a group or map on the way, as in `let all = config.disks`."""
    if part[0] != "name":
        return False
    bound = env.binding(part[3])
    return type(bound) in (Let, LazyRead) and isinstance(evaluate(part, env), Slots)


def with_quiet(env: Env, look: Callable[[], None]) -> None:
    """Look around for a message without new findings: what a condition skipped may not
    have a value, and everything that matters has been forced before."""
    loud = [(world, world.sink) for world in env.world.kin]
    quiet = Sink()
    for world, _sink in loud:
        world.sink = quiet
    try:
        look()
    finally:
        for world, sink in loud:
            world.sink = sink


def _winning(owner: Any, name: Any, turn: Turn = ()) -> list[Span]:
    if not isinstance(owner, Slots) or not isinstance(name, str):
        return []
    live = live_definitions(owner.definitions_of(name))
    if len(live) < 2:
        return [definition.span() for definition, _env in live]
    kept = strongest(live)
    return [definition.span() for definition, _env in _said_in(kept, turn)]


def _turn_of(env: Env) -> Turn:
    """What the loops around stand at, the innermost first."""
    turn: list[str] = []
    around: Env | None = env
    while around is not None:
        # A number may as well be the place of an element.
        turn += [each for each in around.variables.values() if isinstance(each, str) and each]
        around = around.parent
    return turn


def _said_in(kept: Live, turn: Turn) -> Live:
    """Of several definitions, those whose list or text says what a loop stands at; all of them
    where none does."""
    if len(kept) < 2 or not turn:
        return kept
    try:
        said = [value_of(definition, env) for definition, env in kept]
    except Stop:
        return kept
    for each in turn:
        narrow = [one for one, value in zip(kept, said, strict=True) if _says(value, each)]
        if narrow:
            return narrow
    return kept


def _says(value: Any, wanted: str) -> bool:
    import re

    if isinstance(value, list):
        return wanted in value
    word = rf"(?<![\w-]){re.escape(wanted)}(?![\w-])"
    return isinstance(value, str) and re.search(word, value, re.IGNORECASE) is not None


def operands(node: Node, env: Env) -> list[tuple[Node, str]]:
    """The values that were read by a condition, for the reader of its failure.

    Of `and` and `or`, the comparisons that decided too; what was not reached is left out.
    """
    seen = Seen(env)
    with_quiet(env, lambda: seen.look(node))
    return seen.found


class Seen:
    """Parts of a condition with their values, as far as they tell something."""

    __slots__ = ("_texts", "env", "found")

    def __init__(self, env: Env) -> None:
        self.env = env
        self.found: list[tuple[Node, str]] = []
        self._texts: set[str] = set()

    def look(self, part: Node) -> None:
        """Look at a part, and at what it consists of."""
        tag = part[0]
        if tag in ("attr", "name", "index", "listfor"):
            self._note(part)
        elif tag == "call":
            value = self._note(part)
            if value is True or value is False:  # says nothing without what was asked about
                for argument in part[4]:
                    self.look(argument)
        elif tag == "chain":
            self._chain(part)
        elif tag == "binary":
            self.look(part[4])
            self.look(part[5])
        elif tag == "unary":
            self.look(part[4])
        elif tag == "if":
            for each in part[3:6]:
                self.look(each)

    def _chain(self, part: Node) -> None:
        operator = part[4][0][0]
        for each in (part[3], *[operand for _operator, operand in part[4]]):
            if operator in ("and", "or") and each[0] in ("binary", "unary", "chain"):
                self._note(each)
            self.look(each)
            if operator in ("and", "or") and self._value(each) is (operator == "or"):
                return

    def _note(self, part: Node) -> Any:
        """Keep a part with its value; the value, MISSING where there is none."""
        value = self._value(part)
        text = self.env.source.text[part[1] : part[2]]
        if value is not MISSING and text not in self._texts and len(self.found) < SHOWN:
            self._texts.add(text)
            self.found.append((part, shown(value)))
        return value

    def _value(self, part: Node) -> Any:
        try:
            return evaluate(part, self.env)
        except Stop:
            return MISSING
