"""Wording of what can be wrong with expressions. Every function reports and raises `Stop`."""

from __future__ import annotations

from evaluator.diagnostics.model import Edit, Help, Label, Stop
from evaluator.diagnostics.suggest import nearest
from evaluator.evaluation.words import fail, shown
from evaluator.types.values import SECRET, kind_of, kind_words, write_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from evaluator.evaluation.env import Env
    from evaluator.source import Source

    Node = tuple[Any, ...]

NOT_KNOWN = "the content of a secret is not known here: only the activation script reads it"


def not_boolean(env: Env, node: Node, value: Any) -> NoReturn:
    """A condition is no boolean."""
    found = kind_words(value)
    fail(
        env, "type-mismatch", f"a condition is true or false, not {found}", node,
        f"this is {shown(value)}", facts={"expected": "bool", "found": kind_of(value)},
    )  # fmt: skip


def no_text(env: Env, node: Node, value: Any) -> NoReturn:
    """A value without one obvious spelling stands in text."""
    kind = kind_of(value)
    help: tuple[Help, ...] = ()
    if kind == "list":
        help = (Help('join its elements first: `join(list, " ")`'),)
    elif kind == "null":
        help = (Help('say what to write instead: `value ?? ""`'),)
    if kind in SECRET:
        fail(
            env, "type-mismatch", f"{kind_words(value)} cannot stand in a name or message", node,
            f"this is {shown(value)}", notes=(NOT_KNOWN,),
        )  # fmt: skip
    fail(
        env, "type-mismatch", f"{kind_words(value)} cannot stand in text", node,
        f"this is {shown(value)}", help=help,
    )  # fmt: skip


def unknown_content(env: Env, node: Node, name: str, value: Any) -> NoReturn:
    """A function is asked about the content of a secret."""
    fail(
        env, "type-mismatch", f"`{name}` cannot look into {kind_words(value)}", node,
        f"this is {shown(value)}", notes=(NOT_KNOWN,),
    )  # fmt: skip


def secret_compared(env: Env, node: Node, value: Any) -> NoReturn:
    """A secret is compared with something that is none."""
    fail(
        env, "type-mismatch", f"{kind_words(value)} is compared with what is none", node,
        f"this has {shown(value)}", notes=(NOT_KNOWN,),
        help=(Help("compare it with another secret, or with null; `kind(…)` says what it is"),),
    )  # fmt: skip


def no_key(env: Env, node: Node) -> NoReturn:
    """`key` in a record that is not an entry of a map; elsewhere it was reported before."""
    if getattr(getattr(env.owner, "shape", None), "record", None) is None:
        raise Stop
    fail(
        env,
        "unknown-name",
        "this record is no entry of a map, so it has no `key`",
        node,
        "read here",
    )


def no_index(env: Env, node: Node) -> NoReturn:
    """`index` in a record that is not an element of a list; elsewhere it was reported before."""
    if getattr(getattr(env.owner, "shape", None), "record", None) is None:
        raise Stop
    fail(
        env,
        "unknown-name",
        "this record is no element of a list, so it has no `index`",
        node,
        "read here",
    )


def unbound(env: Env, node: Node, name: str) -> NoReturn:
    """A name that nothing binds; unless it is a builtin function, that was reported before."""
    from evaluator.names.builtin_names import BUILTIN_NAMES

    if name in BUILTIN_NAMES:
        bare_function(env, node, name)
    raise Stop


def bare_function(env: Env, node: Node, name: str) -> NoReturn:
    """A function is used as a value, or the name before those of several."""
    from evaluator.names.builtin_names import BUILTIN_NAMES

    below = sorted([each for each in BUILTIN_NAMES if each.startswith(f"{name}.")])
    called = " or ".join([f"`{each}(…)`" for each in below or [name]])
    fail(
        env, "type-mismatch", "a function is called, it is no value", node, "not called",
        help=(Help(f"call it: {called}"),),
    )  # fmt: skip


def unknown_field(env: Env, node: Node, name: str, known: list[str]) -> NoReturn:
    """A value has no field of this name; of a row of a table, the row is shown."""
    from evaluator.evaluation.tables import written_at

    near = nearest(name, known)
    help = tuple([Help(f"did you mean `{other}`?") for other in near[:1]])
    if node[0] == "attr" and near:
        from evaluator.diagnostics.renaming import meant

        help = meant(env.source, node[2], name, near, as_written=write_key(near[0]))
    row = written_at(node[3], env) if node[0] in ("attr", "index") else None
    others = (Label(row, f"nothing here is called `{name}`"),) if row is not None else ()
    notes = ("it has " + ", ".join(f"`{each}`" for each in known[:12]),) if known else ()
    fail(
        env,
        "unknown-field",
        f"there is no field `{name}`",
        node,
        "read here",
        help=help,
        notes=notes,
        others=others,
    )


def no_fields(env: Env, node: Node, target: Any, name: str) -> NoReturn:
    """A scalar is asked for a field."""
    found = kind_words(target)
    fail(
        env, "type-mismatch", f"{found} has no field `{name}`", node, f"this is {shown(target)}",
        help=(Help("test for null first: `if x == null then … else …`"),) if target is None else (),
    )  # fmt: skip


def out_of_range(env: Env, node: Node, count: int, index: int) -> NoReturn:
    """A list has no such element; a lost file may have added it."""
    if env.world.lacks_values:
        from evaluator.evaluation.losses import is_open

        if is_open(env, node[3]):
            raise Stop
    bad_index(env, node[4], f"the list has {count} elements, the first is [0]", index)


def bad_index(env: Env, node: Node, reason: str, value: Any) -> NoReturn:
    """An index of the wrong kind or out of range."""
    fail(env, "evaluation-failed", reason, node, f"this is {shown(value)}")


def one_binder(env: Env, node: Node, name: str) -> NoReturn:
    """A loop over a map binds only one name."""
    fail(
        env, "evaluation-failed", "a loop over a map binds a key and a value", node, "a map",
        help=(Help(f"write `for {name}, value in …`, or loop over `keys(…)`"),),
    )  # fmt: skip


def not_iterable(env: Env, node: Node, value: Any) -> NoReturn:
    """A loop over something without elements."""
    found = kind_words(value)
    fail(env, "type-mismatch", f"{found} cannot be looped over", node, f"this is {shown(value)}")


def field_twice(env: Env, node: Node, name: str) -> NoReturn:
    """A record expression says one field twice."""
    span = (node[0], node[1], node[3])
    fail(env, "defined-twice", f"`{name}` is given twice in this value", span, "the second")


def star_in_value(env: Env, part: Node) -> NoReturn:
    """`*` as a key of a value; where options are defined it was reported before."""
    if env.world.sink.speaks_at((env.source, part[1], part[2])):
        raise Stop
    fail(env, "misplaced-statement", "`*` has no meaning in a value", part, "not here")


def bad_operands(env: Env, node: Node, operator: str, left: Any, right: Any) -> NoReturn:
    """An operator between kinds it does not know."""
    kinds = kind_words(left), kind_words(right)
    help: tuple[Help, ...] = ()
    if operator == "+" and kinds == ("a string", "a string"):
        said = 'join text with `++`, or write it as `"#{a}#{b}"`'
        help = (Help(said, _joined(env.source, node), certain=True),)
    elif operator == "+" and kinds == ("a list", "a list"):
        help = (Help("join lists with `++`", _joined(env.source, node), certain=True),)
    elif operator in ("+", "++") and kind_of(left) == kind_of(right) == "record":
        help = (Help("blocks have no sum: definitions of one option are merged, so define each"),)
    fail(
        env, "type-mismatch", f"`{operator}` does not work between {kinds[0]} and {kinds[1]}",
        node, f"{shown(left)} {operator} {shown(right)}", help=help,
    )  # fmt: skip


def _joined(source: Source, node: Node) -> tuple[Edit, ...]:
    """`++` for each `+` of a chain that has no other operator."""
    edits = []
    end = node[3][2]
    for operator, operand in node[4]:
        at = source.text.find("+", end, operand[1])
        if operator != "+" or at < 0:
            return ()
        edits.append(Edit((source, at, at + 1), "++"))
        end = operand[2]
    return tuple(edits)


def bad_operand(env: Env, node: Node, operator: str, value: Any) -> NoReturn:
    """An operator before a kind it does not know."""
    found = kind_words(value)
    fail(
        env,
        "type-mismatch",
        f"`{operator}` does not work on {found}",
        node,
        f"this is {shown(value)}",
    )


def division_by_zero(env: Env, node: Node) -> NoReturn:
    """`x / 0`."""
    fail(env, "evaluation-failed", "nothing can be divided by zero", node, "this is 0")


def too_long(env: Env, node: Node) -> NoReturn:
    """A range of over a million numbers."""
    fail(
        env,
        "evaluation-failed",
        "a range holds at most 1 000 000 numbers",
        node,
        "longer than that",
    )


def not_a_function(env: Env, node: Node, value: Any) -> NoReturn:
    """Something that is no function is called."""
    found = kind_words(value)
    fail(env, "type-mismatch", f"{found} cannot be called", node, f"this is {shown(value)}")


def wrong_arguments(env: Env, node: Node, function: Any) -> NoReturn:
    """A function gets too many, too few or named arguments."""
    takes = ", ".join(function.parameters)
    message = f"`{function.name}` takes {len(function.parameters)} arguments: ({takes})"
    if node[5]:
        message = f"`{function.name}` takes its arguments in order, without names: ({takes})"
    fail(env, "evaluation-failed", message, node, f"called with {len(node[4]) + len(node[5])}")


def builtin_failed(env: Env, node: Node, message: str) -> NoReturn:
    """A builtin function complains."""
    fail(env, "evaluation-failed", message, node, "here")
