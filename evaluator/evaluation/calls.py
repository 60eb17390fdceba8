"""Calling builtin functions: the few that look at lazy data, and all others on plain data."""

from __future__ import annotations

from evaluator.diagnostics.model import Stop
from evaluator.evaluation import expression_errors as errors
from evaluator.evaluation import expressions
from evaluator.evaluation.plain import plain
from evaluator.types.secrets import SECRETS
from evaluator.types.values import SECRET, kind_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from evaluator.evaluation.builtins import Builtin
    from evaluator.evaluation.env import Env

    Node = tuple[Any, ...]

_plain: dict[str, Builtin] = {}


def call_builtin(name: str, node: Node, env: Env) -> Any:
    """Call a builtin by name; its complaints become findings at the argument they mean."""
    lazy = LAZY.get(name)
    if lazy is not None:
        arity = 2 if name == "has" else 1
        if len(node[4]) != arity or node[5]:
            errors.builtin_failed(env, node, f"`{name}` takes {ARITY[arity]}")
        return lazy(node, env)
    builtin = (_plain or _load()).get(name)
    if builtin is None:
        raise Stop  # Reported before evaluation, as is everything unbound.
    evaluate = expressions.evaluate
    values = [plain(evaluate(argument, env), env, argument) for argument in node[4]]
    named = {each[0]: plain(evaluate(each[1], env), env, each[1]) for each in node[5]}
    try:
        return builtin.call(values, named)
    except builtin.error as problem:
        _complain(problem, name, node, values, env)


def _load() -> dict[str, Builtin]:
    """The functions on plain data: who calls none does not wait for them."""
    from evaluator.evaluation.builtins import BUILTINS

    _plain.update(BUILTINS)
    return _plain


def _complain(problem: Exception, name: str, node: Node, values: list[Any], env: Env) -> NoReturn:
    message = str(problem.args[0])
    where = problem.args[1] if len(problem.args) > 1 else None
    target = node
    if isinstance(where, int) and where < len(node[4]):
        target = node[4][where]
        if type(values[where]) in SECRETS:
            errors.unknown_content(env, target, name, values[where])
    elif isinstance(where, str):
        for each in node[5]:
            if each[0] == where:
                target = each[1]
    errors.builtin_failed(env, target, message)


ARITY = {1: "one argument", 2: "two arguments"}


def _subject(node: Node, env: Env) -> Any:
    return expressions.evaluate(node[4][0], env)


def _names(value: Any) -> list[str]:
    names: list[str] = value.names() if hasattr(value, "names") else list(value)
    return names


def _keys(node: Node, env: Env) -> Any:
    value = _subject(node, env)
    if kind_of(value) != "record":
        errors.builtin_failed(env, node[4][0], "`keys` takes a map or a record")
    return list(_names(value))


def _values(node: Node, env: Env) -> Any:
    value = _subject(node, env)
    if kind_of(value) != "record":
        errors.builtin_failed(env, node[4][0], "`values` takes a map or a record")
    return [expressions.field(value, name, node, env) for name in _names(value)]


def _has(node: Node, env: Env) -> Any:
    value = _subject(node, env)
    key = expressions.evaluate(node[4][1], env)
    if kind_of(value) != "record":
        errors.builtin_failed(env, node[4][0], "`has` takes a map or a record, and a key")
    if kind_of(key) != "string":
        errors.builtin_failed(env, node[4][1], "the second argument of `has` is a key: text")
    return value.has(key, env, node) if hasattr(value, "has") else key in value


def _tag(node: Node, env: Env) -> Any:
    value = _subject(node, env)
    tag = getattr(value, "tag", None)
    if tag is None:
        errors.builtin_failed(env, node[4][0], "`tag` takes a value of a `choice`")
    return tag(env, node)


def _length(node: Node, env: Env) -> Any:
    value = _subject(node, env)
    kind = kind_of(value)
    if kind == "record":
        return len(_names(value))
    if kind in ("list", "string"):
        return len(value)
    if kind in SECRET:
        errors.unknown_content(env, node[4][0], "length", value)
    errors.builtin_failed(env, node[4][0], "`length` takes text, a list, a map or a record")


def _kind(node: Node, env: Env) -> Any:
    return kind_of(_subject(node, env))


def _file(node: Node, env: Env) -> Any:
    import os

    from evaluator.files import Unreadable

    path = _subject(node, env)
    if kind_of(path) != "string" or not path:
        errors.builtin_failed(env, node[4][0], "`file` takes the path of a file")
    place = os.path.normpath(os.path.join(os.path.dirname(env.source.path), path))
    try:
        text = env.world.files.read_named(place)
    except Unreadable as problem:
        errors.builtin_failed(env, node[4][0], f"`{path}` cannot be read: {problem}")
    env.world.inputs[place] = text
    return text


LAZY = {
    "keys": _keys,
    "values": _values,
    "has": _has,
    "tag": _tag,
    "length": _length,
    "kind": _kind,
    "file": _file,
}
