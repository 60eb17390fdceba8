"""Comparisons that always come out the same, since the two sides can never be equal."""

from __future__ import annotations

from evaluator.lints import errors
from evaluator.lints.inference import allowed, constant
from evaluator.options.shapes import MISSING
from evaluator.types.containers import ListType, SetType
from evaluator.types.values import kind_of, same

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.lints.inference import Inference
    from evaluator.lints.subject import Subject
    from evaluator.names.lexical import Lexical

    Node = tuple[Any, ...]


def never_equal(subject: Subject) -> None:
    """Report `==`, `!=` and `in` between what is of different kinds, or no value of a type."""
    survey = subject.survey
    for node, scope in survey.comparisons:
        if not subject.is_own(scope.source):
            continue
        if node[3] in ("==", "!="):
            _equality(subject, survey.inference, node, scope)
        elif node[3] == "in":
            _membership(subject, survey.inference, node, scope)


def is_never_equal(subject: Subject, node: Node, scope: Lexical) -> bool:
    """Whether a comparison is one of those, so that others need not speak about it."""
    inference = subject.survey.inference
    if node[0] != "binary" or node[3] not in ("==", "!=", "in"):
        return False
    left, right = inference.kinds(node[4], scope), inference.kinds(node[5], scope)
    if node[3] != "in" and left is not None and right is not None and not left & right:
        return True
    return any([_outside(inference, *pair, scope) for pair in _pairs(node)])


def _pairs(node: Node) -> tuple[tuple[Node, Node], ...]:
    return ((node[4], node[5]), (node[5], node[4]))


def _equality(subject: Subject, inference: Inference, node: Node, scope: Lexical) -> None:
    left, right = inference.kinds(node[4], scope), inference.kinds(node[5], scope)
    if left is not None and right is not None and not left & right:
        errors.other_kinds(subject.sink, inference, node, scope, left, right)
        return
    for read, written in _pairs(node):
        if _outside(inference, read, written, scope):
            errors.no_value_of(subject.sink, inference, node, scope, read, written)
            return


def _outside(inference: Inference, read: Node, written: Node, scope: Lexical) -> bool:
    """Whether a literal is none of the few values that an option can have."""
    value = constant(written)
    type_ = inference.type(read, scope)
    if value is MISSING or type_ is None:
        return False
    values = allowed(type_)
    return values is not None and not any([same(value, each) for each in values])


def _membership(subject: Subject, inference: Inference, node: Node, scope: Lexical) -> None:
    """`x in LIST` where no element can be of the kind of `x`."""
    left = inference.kinds(node[4], scope)
    items = _item_kinds(inference, node[5], scope)
    if left is not None and items and not left & items:
        errors.other_kinds(subject.sink, inference, node, scope, left, items)


def _item_kinds(inference: Inference, node: Node, scope: Lexical) -> frozenset[str] | None:
    """Kinds of the elements of a list."""
    if node[0] == "list":
        values = [constant(item) for item in node[3]]
        if any([value is MISSING for value in values]):
            return None
        return frozenset([kind_of(value) for value in values])
    type_ = inference.type(node, scope)
    if isinstance(type_, (ListType, SetType)) and type_.inner.merge != "any":
        return frozenset(type_.inner.kinds)
    return None
