"""Wording of circles: which slots need each other, where, and what to do about each kind."""

from __future__ import annotations

from evaluator.diagnostics.model import Diagnostic, Help, Label, Stop
from evaluator.evaluation.words import place_namer
from evaluator.options.shapes import Option

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from evaluator.definitions.definition import Definition
    from evaluator.evaluation.env import Env
    from evaluator.evaluation.world import World

    Node = tuple[Any, ...]

LIMIT = 12
JOINED = ("list", "set", "text", "map")


class Decision:
    """A condition or loop around a definition of a slot, in which the slot is read."""

    __slots__ = ("definition", "expression", "kind")

    def __init__(self, definition: Definition, kind: str, expression: Node) -> None:
        self.definition = definition
        self.kind = kind
        self.expression = expression


def cycle(world: World, steps: list[Any], env: Env | None, node: Node | None) -> NoReturn:
    """A slot needs itself; the whole circle is shown, each step at the place that reads."""
    # Conditions leave their traces too, where these are kept; they have no name.
    steps = [each for each in steps if each[1] or hasattr(each[0], "path")]
    place_text = place_namer([each[0] for each in steps])
    names: list[str] = []
    for scope, name, _env, _node in steps:
        text = place_text(scope, name)
        if not names or names[-1] != text:
            names.append(text)
    readers = [(each[2], each[3]) for each in steps[1:]] + [(env, node)]
    labels: list[Label] = []
    decision: Decision | None = None
    for at, (reader, read) in enumerate(readers):
        if reader is None or read is None or at >= len(steps):
            continue
        following = place_text(*steps[(at + 1) % len(steps)][:2])
        here = place_text(*steps[at][:2])
        found = _decision(steps[at][0], steps[at][1], reader, read)
        decision = decision or found
        text = f"`{here}` needs `{following}`"
        if found is not None:
            text += " to know how it is defined"
        labels.append(Label((reader.source, read[1], read[2]), text, primary=not labels))
    if not labels:
        # Names were asked for, not values: what defines them is the place to look at.
        made = [each for scope, *_ in steps for each in getattr(scope, "definitions", [])]
        labels = [
            Label(each.span(), "needs itself", primary=at == 0) for at, each in enumerate(made)
        ]
    chain = " → ".join([*names, names[0]]) if names else "itself"
    if len(names) > LIMIT:
        chain = " → ".join([*names[:5], f"… {len(names) - 10} more …", *names[-5:], names[0]])
    help = _advice(steps, names, decision, node)
    if decision is not None and len(labels) < LIMIT:
        labels.append(Label(decision.definition.path_span(), "this is what is decided about"))
    world.sink.report(
        Diagnostic(
            "cycle",
            f"`{names[0] if names else '?'}` depends on itself: {chain}",
            tuple(labels[:LIMIT]),
            help=(help,),
            path=names[0] if names else None,
            facts={"cycle": names},
        )
    )
    raise Stop


def _advice(
    steps: list[Any], names: list[str], decision: Decision | None, node: Node | None
) -> Help:
    """What to do about this kind of circle."""
    scope, name = steps[0][:2] if steps else (None, "")
    option = _option(scope, name)
    if decision is not None and len(names) == 1:
        return _about_decision(scope, names[0], option, decision, node)
    if len(names) > 1:
        return Help("break the circle: give one of them a value that does not read the others")
    if option is not None and option.type.merge in JOINED:
        return Help("definitions are joined anyway: write only what is to be added")
    return Help("an option cannot be computed from itself; use another option or a `let`")


def _about_decision(
    scope: Any, name: str, option: Option | None, decision: Decision, node: Node | None
) -> Help:
    if decision.kind == "for":
        return Help(
            f"what the loop adds would be looped over too: loop over something else than `{name}`, "
            "a `let` or an option of its own"
        )
    if getattr(scope, "is_map", False) or (option is not None and option.type.merge == "map"):
        path = decision.definition.path()
        part = path[-1] if path and isinstance(path[-1], str) else "key"
        asked = _key_asked(decision.expression, node)
        key = f"`{name}.{asked}`" if asked else "it"
        return Help(
            f"which keys `{name}` has is settled before {key} has a value: define `{name}.{part}` "
            "always and choose its value with `if … then … else …`, or ask another option"
        )
    if node is not None and node[0] not in ("attr", "index", "name"):
        return Help("ask only for the options that decide, not for everything around them")
    return Help(
        "let the condition ask another option, or choose in the value: "
        f"`{name} = if … then … else …`"
    )


def _key_asked(expression: Any, node: Node | None) -> str | None:
    """The key of a map that an expression reads where it reads the map."""
    if not isinstance(expression, tuple):
        return None
    if len(expression) > 4 and expression[0] == "attr" and expression[3] is node:
        return str(expression[4])
    for part in expression:
        found = _key_asked(part, node)
        if found is not None:
            return found
    return None


def _decision(scope: Any, name: str, env: Env, node: Node) -> Decision | None:
    """The condition or loop around a definition of a slot that a read stands in."""
    try:
        made = scope.definitions_of(name) if name else scope.definitions
    except (AttributeError, Stop):
        return None
    for definition in made:
        if definition.source is not env.source:
            continue
        context = definition.context
        while context is not None:
            if context.kind in ("when", "unless", "for"):
                found = _inside(definition, context.node, node)
                if found is not None:
                    return found
            context = context.parent
        statement = definition.statement
        if statement[0] == "block":
            found = _below(definition, statement[9], node)
            if found is not None:
                return found
    return None


def _inside(definition: Definition, statement: Node, node: Node) -> Decision | None:
    kind = statement[0]
    expression = statement[4] if kind == "for" else statement[3]
    if expression[1] <= node[1] and node[2] <= expression[2]:
        return Decision(definition, "for" if kind == "for" else "when", expression)
    return None


def _below(definition: Definition, items: tuple[Node, ...], node: Node) -> Decision | None:
    """The same for conditions and loops in the definition's own block."""
    for item in items:
        if item[0] not in ("when", "for") or not item[1] <= node[1] < item[2]:
            continue
        found = _inside(definition, item, node)
        inner = item[5] if item[0] == "for" else (*item[4], *(item[5] or ()))
        return found or _below(definition, inner, node)
    return None


def _option(scope: Any, name: str) -> Option | None:
    shape = getattr(scope, "shape", None)
    member = shape.members.get(name) if shape is not None else None
    return member if isinstance(member, Option) else None
