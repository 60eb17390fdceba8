"""Expressions: one small function per kind of node, chosen by the node's tag.

Evaluation only goes through plain Python calls, so that a chain of a hundred thousand
options reading each other does not exhaust the C stack. Failures are reported where they
happen and unwind as `Stop`.
"""

from __future__ import annotations

from evaluator.diagnostics.model import Stop
from evaluator.evaluation import calls
from evaluator.evaluation import expression_errors as errors
from evaluator.evaluation.env import Fields, Function, LazyRead, Namespace
from evaluator.evaluation.operators import calculate, compare, negate
from evaluator.options.shapes import MISSING
from evaluator.types.secrets import SECRETS, SecretText
from evaluator.types.values import Duration, Mode, Size, kind_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.evaluation.env import Env

    Node = tuple[Any, ...]


# Nodes that carry their value.
PLAIN_NODES = ("str", "int", "bool", "float")


def evaluate(node: Node, env: Env) -> Any:
    """The value of an expression; containers of the configuration stay lazy."""
    return EVALUATE[node[0]](node, env)


def condition(node: Node, env: Env) -> bool:
    """A condition's value; anything but a boolean is reported."""
    value = evaluate(node, env)
    if value is True or value is False:
        return value
    errors.not_boolean(env, node, value)


def _declared(node: Node, env: Env) -> Any:
    from evaluator.definitions.presence import is_declared

    return is_declared(env.world.declared.root, node[3])


def _given(node: Node, env: Env) -> Any:
    """A value that stands in a definition for what is written there; see `renames`."""
    value = node[3]
    return value.scope.get(value.name, env, node) if type(value) is LazyRead else value


def _literal(node: Node, env: Env) -> Any:
    return node[3]


def _null(node: Node, env: Env) -> Any:
    return None


def _mode(node: Node, env: Env) -> Any:
    return Mode(node[3])


def _duration(node: Node, env: Env) -> Any:
    return Duration(node[3])


def _size(node: Node, env: Env) -> Any:
    return Size(node[3])


def _interp(node: Node, env: Env) -> Any:
    parts: list[Any] = []
    is_secret = False
    for part in node[3]:
        if type(part) is str:
            parts.append(part)
            continue
        value = evaluate(part, env)
        if type(value) in SECRETS:
            is_secret = True
            parts.append(value)
        else:
            parts.append(text_of(value, part, env))
    return SecretText(parts) if is_secret else "".join(parts)


def text_of(value: Any, node: Node, env: Env) -> str:
    """A value inside text; only what has one obvious spelling has one."""
    if type(value) is str:
        return value
    kind = kind_of(value)
    if kind == "int":
        return str(value)
    if kind == "bool":
        return "true" if value else "false"
    if kind == "mode":
        return f"{int(value):04o}"
    if kind in ("float", "duration", "size"):
        from evaluator.types.values import display

        return display(value)
    errors.no_text(env, node, value)


def _name(node: Node, env: Env) -> Any:
    name = node[3]
    value = env.find(name)
    if value is not MISSING:
        if type(value) is Function:
            errors.bare_function(env, node, name)
        return value
    if name == "config":
        return env.world.root
    if name == "self":
        owner = env.self_scope()
        if owner is None:
            raise Stop  # Reported before evaluation, as is everything unbound.
        return owner
    if name == "key":
        if env.key is None:
            errors.no_key(env, node)
        return env.key
    if name in ("hosts", "variants"):
        return env.world.other(name, env, node)
    if name == "index":
        owner = env.self_scope()
        number = None if owner is None else owner.index()
        if number is None:
            errors.no_index(env, node)
        return number
    errors.unbound(env, node, name)


def _attr(node: Node, env: Env) -> Any:
    value = field(evaluate(node[3], env), node[4], node, env)
    if type(value) is Function:
        errors.bare_function(env, node, node[4])
    return value


def field(target: Any, name: str, node: Node, env: Env) -> Any:
    """`target.name`, whatever the target is."""
    get = getattr(target, "get_option", None)
    if get is not None:
        return get(name, env, node)
    if isinstance(target, dict):
        value = target.get(name, MISSING)
        if value is MISSING:
            errors.unknown_field(env, node, name, list(target))
        return value
    if type(target) is Namespace:
        return target.find(name)
    errors.no_fields(env, node, target, name)


def _nth(items: list[Any], index: Any, node: Node, env: Env) -> Any:
    """An element of a list; the first is [0], negative ones count from the end."""
    if not -len(items) <= index < len(items):
        errors.out_of_range(env, node, len(items), index)
    return items[index]


def _index(node: Node, env: Env) -> Any:
    target = evaluate(node[3], env)
    index = evaluate(node[4], env)
    kind = kind_of(target)
    if kind == "list":
        if kind_of(index) != "int":
            errors.bad_index(env, node[4], "a list is indexed by an integer", index)
        return _nth(target, index, node, env)
    if kind == "record":
        if kind_of(index) == "int" and getattr(target, "is_list", False):
            index = _nth(target.names(), index, node, env)
        if kind_of(index) != "string":
            errors.bad_index(env, node[4], "a key is text", index)
        return field(target, index, node, env)
    errors.no_fields(env, node, target, "[…]")


def _list(node: Node, env: Env) -> Any:
    return [item[3] if item[0] in PLAIN_NODES else evaluate(item, env) for item in node[3]]


def _listfor(node: Node, env: Env) -> Any:
    out = []
    keep, element = node[5], node[6]
    for binding in elements(node[3], node[4], env):
        inner = env.child(binding)
        if keep is None or condition(keep, inner):
            out.append(evaluate(element, inner))
    return out


def elements(binders: tuple[str, ...], node: Node, env: Env) -> list[dict[str, Any]]:
    """What a `for` binds, once per element: key and value of a map, element of a list."""
    subject = evaluate(node, env)
    kind = kind_of(subject)
    if kind == "list":
        if len(binders) == 1:
            return [{binders[0]: item} for item in subject]
        first, second = binders
        return [{first: at, second: item} for at, item in enumerate(subject)]
    if kind == "record":
        if len(binders) == 1 and getattr(subject, "is_list", False):
            return [{binders[0]: LazyRead(subject, name)} for name in subject.names()]
        if len(binders) == 1:
            errors.one_binder(env, node, binders[0])
        first, second = binders
        if isinstance(subject, dict):
            return [{first: name, second: subject[name]} for name in subject]
        # Values are read where they are used: a loop needs only the keys, and what was
        # computed from one entry leads back to that entry.
        return [{first: name, second: LazyRead(subject, name)} for name in subject.names()]
    errors.not_iterable(env, node, subject)


def _record(node: Node, env: Env) -> Any:
    fields = Fields(node[3], env)
    fill(fields, node[3], env)
    return fields


def fill(fields: dict[str, Any], items: tuple[Node, ...], env: Env) -> None:
    """Evaluate the statements of a record expression in written order."""
    from evaluator.definitions.spread import bindings

    lets = bindings(items)
    if lets:
        env = env.lets(lets)
    for item in items:
        tag = item[0]
        if tag == "def":
            path = names_of(item[4], env)
            put(fields, path, evaluate(item[9], env), item, env)
        elif tag == "block":
            path = names_of(item[4], env)
            inner = Fields(item[9], env)
            fill(inner, item[9], env)
            put(fields, path, inner, item, env)
        elif tag == "when":
            if condition(item[3], env):
                fill(fields, item[4], env)
            elif item[5] is not None:
                fill(fields, item[5], env)
        elif tag == "for":
            for binding in elements(item[3], item[4], env):
                fill(fields, item[5], env.child(binding))


def names_of(path: tuple[Any, ...], env: Env) -> list[str]:
    """The components of a path, holes filled in."""
    return [part if type(part) is str else key_of(part, env) for part in path]


def key_of(part: Any, env: Env) -> str:
    """One computed path component; a key is never empty."""
    if part[0] == "star":
        errors.star_in_value(env, part)
    text = evaluate(part, env)
    if type(text) is not str:
        errors.no_text(env, part, text)
    return text


def put(fields: dict[str, Any], path: list[str], value: Any, node: Node, env: Env) -> None:
    """Set a field of a record expression; blocks of one name are joined, values are not."""
    for name in path[:-1]:
        inner = fields.get(name)
        if inner is None:
            inner = fields[name] = {}
        elif not isinstance(inner, dict):
            errors.field_twice(env, node, name)
        fields = inner
    name = path[-1]
    old = fields.get(name, MISSING)
    if old is MISSING:
        fields[name] = value
    elif isinstance(old, dict) and isinstance(value, dict):
        merged = dict(old)
        for key, each in value.items():
            put(merged, [key], each, node, env)
        fields[name] = merged
    else:
        errors.field_twice(env, node, name)


def _if(node: Node, env: Env) -> Any:
    return evaluate(node[4] if condition(node[3], env) else node[5], env)


def _chain(node: Node, env: Env) -> Any:
    rest = node[4]
    operator = rest[0][0]
    if operator in ("and", "or"):
        stop = operator == "or"
        if condition(node[3], env) is stop:
            return stop
        for _operator, operand in rest:
            if condition(operand, env) is stop:
                return stop
        return not stop
    value = evaluate(node[3], env)
    for operator, operand in rest:
        value = calculate(operator, value, evaluate(operand, env), node, operand, env)
    return value


def _binary(node: Node, env: Env) -> Any:
    operator = node[3]
    if operator == "??":
        left = evaluate(node[4], env)
        return left if left is not None else evaluate(node[5], env)
    return compare(operator, evaluate(node[4], env), evaluate(node[5], env), node, env)


def _unary(node: Node, env: Env) -> Any:
    if node[3] == "not":
        return not condition(node[4], env)
    return negate(evaluate(node[4], env), node, env)


def _call(node: Node, env: Env) -> Any:
    function = node[3]
    name = function[3] if function[0] == "name" else None
    if function[0] == "attr" and function[3][0] == "name" and function[3][3] == "render":
        name = f"render.{function[4]}"
    target = MISSING
    if function[0] == "name":
        target = env.find(function[3])
    elif name is None or env.find("render") is not MISSING:
        target = _callee(function, env)
    if target is MISSING:
        return calls.call_builtin(str(name), node, env)
    if type(target) is not Function:
        errors.not_a_function(env, function, target)
    if len(node[4]) != len(target.parameters) or node[5]:
        errors.wrong_arguments(env, node, target)
    values = [evaluate(argument, env) for argument in node[4]]
    inner = target.env.child(dict(zip(target.parameters, values, strict=True)))
    return evaluate(target.body, inner)


def _callee(node: Node, env: Env) -> Any:
    """What is called; only here is a function of an imported file more than its result."""
    if node[0] == "attr":
        return field(evaluate(node[3], env), node[4], node, env)
    return evaluate(node, env)


EVALUATE = {
    "declared": _declared,
    "given": _given,
    "int": _literal,
    "float": _literal,
    "bool": _literal,
    "str": _literal,
    "null": _null,
    "mode": _mode,
    "duration": _duration,
    "size": _size,
    "interp": _interp,
    "name": _name,
    "attr": _attr,
    "index": _index,
    "call": _call,
    "list": _list,
    "listfor": _listfor,
    "record": _record,
    "if": _if,
    "chain": _chain,
    "binary": _binary,
    "unary": _unary,
}
