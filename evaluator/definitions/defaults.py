"""Literal defaults that do not fit their own type, though nobody has to read them yet.

A default that loses is never evaluated, so its mistake would wait for the first host that
leaves the option alone. `vcfg check` looks at all of them.
"""

from __future__ import annotations

from evaluator.definitions import errors
from evaluator.options.shapes import MISSING, Element, Shape
from evaluator.types.containers import ListType, SetType
from evaluator.types.values import Duration, Mode, Size, kind_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.diagnostics.model import Help, Sink
    from evaluator.options.shapes import Declarations, Option
    from evaluator.types.scalars import Type

    Node = tuple[Any, ...]

AMOUNTS = {"mode": Mode, "duration": Duration, "size": Size}


def check_defaults(declared: Declarations, sink: Sink) -> None:
    """Report literal defaults that no type would take, unless they were reported already."""
    for shape in [declared.root, *[record.shape for record in declared.records]]:
        _check(shape, (shape.name,) if shape.record is not None else (), sink)


def _check(shape: Shape, path: tuple[str, ...], sink: Sink) -> None:
    for name, member in shape.members.items():
        if isinstance(member, Shape):
            _check(member, (*path, name), sink)
        elif member.default is not None:
            _check_default(member, member.default, member.type, (*path, name), sink)


def _check_default(
    option: Option, node: Node, type_: Type, path: tuple[str, ...], sink: Sink
) -> None:
    if node[0] == "list":
        inner = type_.alternative("list")
        if isinstance(inner, (ListType, SetType)):
            for at, item in enumerate(node[3]):
                element = Element.of(path[-1], at)
                _check_default(option, item, inner.inner, (*path[:-1], element), sink)
            return
    value = literal(node)
    if value is MISSING:
        return
    reason = type_.alternative(kind_of(value)).refuse(value)
    if reason is not None and not sink.speaks_at((option.module.source, node[1], node[2])):
        from evaluator.types.remedies import help_for

        remedy: tuple[Help, ...] = ()
        if value is not None:
            span = (option.module.source, node[1], node[2])
            remedy = help_for(type_, value, reason, span)
        errors.bad_default(sink, option, node, path, reason, remedy)


def literal(node: Node) -> Any:
    """The value of a literal; MISSING for any other expression."""
    tag = node[0]
    if tag in ("int", "float", "bool", "str"):
        return node[3]
    if tag == "null":
        return None
    return AMOUNTS[tag](node[3]) if tag in AMOUNTS else MISSING
