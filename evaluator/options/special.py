"""Notation of types that few configurations use: `once`, `maybe`, `deferred`, `keyed`,
and conversions of named types. Loaded when the first of them is met.
"""

from __future__ import annotations

from evaluator.options.resolve import constant
from evaluator.options.shapes import Option
from evaluator.types.containers import BrokenType, RecordType
from evaluator.types.named import Conversion, ConvertedType
from evaluator.types.special import ChoiceType, DeferredType, KeyedType, MaybeType, OnceType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.names.load import Module
    from evaluator.options.resolve import TypeResolver
    from evaluator.types.base import Type

    Node = tuple[Any, ...]

EXAMPLES = {
    "once": '`once(string)`, `once(string, message: "…")`',
    "maybe": "`maybe(string)`",
    "deferred": "`deferred(Vm)`",
    "keyed": '`keyed(Mount, on: "target")`',
}
ARGUMENTS = {"once": "message", "keyed": "on"}


def special_type(resolver: TypeResolver, node: Node, module: Module) -> Type:
    """The type of `once(…)`, `maybe(…)`, `deferred(…)` or `keyed(…)`."""
    name, args = node[3], node[4]
    types = [each for each in args if each[0] not in ("range", "arg")]
    text: str | None = None
    for each in args:
        if each[0] == "arg" and each[3] == ARGUMENTS.get(name):
            value = constant(each[4])
            if not isinstance(value, str):
                return resolver.broken(module, each, f"`{each[3]}` of `{name}` takes a string")
            text = value
        elif each[0] in ("arg", "range"):
            return resolver.broken(module, each, f"`{name}` is written {EXAMPLES[name]}")
    if len(types) != 1 or (name == "keyed" and text is None):
        return resolver.broken(module, node, f"`{name}` is written {EXAMPLES[name]}")
    if name == "once":
        return OnceType(resolver.part(types[0], module), text)
    if name == "maybe":
        return MaybeType(resolver.part(types[0], module))
    if name == "deferred":
        inner = resolver.inside(types[0], module)
        if isinstance(inner, (RecordType, BrokenType)):
            return DeferredType(inner)
        reason = f"`deferred` holds definitions of a record or choice, not {inner.describe()}"
        return resolver.broken(module, types[0], reason)
    return _keyed(resolver, types[0], module, text or "")


def _keyed(resolver: TypeResolver, node: Node, module: Module, field: str) -> Type:
    inner = resolver.inside(node, module)
    if isinstance(inner, BrokenType):
        return inner
    found = inner.container()
    if not isinstance(found, RecordType) or isinstance(found, ChoiceType):
        reason = f"`keyed` holds records with a field `{field}`, not {inner.describe()}"
        return resolver.broken(module, node, reason)
    resolver.keyed.append((module, node, found, field))
    return KeyedType(inner, field)


def check_keyed(resolver: TypeResolver) -> None:
    """Report keys of `keyed` that are no required option with one text or number as value.

    Runs once all records are known.
    """
    for module, node, type_, field in resolver.keyed:
        member = type_.record.shape.members.get(field)
        name = type_.record.name
        if not isinstance(member, Option):
            resolver.broken(module, node, f"`{name}` has no option `{field}` to be told apart by")
        elif member.default is not None:
            reason = f"`{field}` of `{name}` has a default, so it tells no entry from another"
            resolver.broken(module, node, reason)
        elif not set(member.type.kinds) <= {"string", "int"}:
            reason = f"`{field}` of `{name}` is neither text nor a number: it cannot be a key"
            resolver.broken(module, node, reason)


def converted_type(
    resolver: TypeResolver, name: str, inner: Type, declared: Node, module: Module
) -> Type:
    """A named type with its conversions; reports what a value could not tell apart."""
    conversions = []
    for source, expression in declared[7]:
        type_ = resolver.part(source, module)
        if isinstance(type_, BrokenType) or isinstance(inner, BrokenType):
            continue
        conversions.append(Conversion(type_, expression))
        try:
            ConvertedType(name, inner, conversions, module)
        except ValueError as problem:
            resolver.broken(module, source, str(problem))
            conversions.pop()
    return ConvertedType(name, inner, conversions, module) if conversions else inner
