"""Which type a bare word has to fit that stands in a value: asked where nothing is called so.

A word is asked about where it is the value itself, an item of its list, or a branch of an `if`.
"""

from __future__ import annotations

from evaluator.options.shapes import MISSING, Shape
from evaluator.types.containers import ListType, SetType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.options.shapes import Option
    from evaluator.types.base import Type

    Node = tuple[Any, ...]


def expected(value: Node, type_: Type, word: Node) -> Type | None:
    """The type at the place of a word in a value of this type; None where it is not known."""
    tag = value[0]
    if value is word:
        return type_
    if tag == "if":
        return _first([(each, type_) for each in value[4:6]], word)
    if tag == "list":
        inner = _of_items(type_)
        return None if inner is None else _first([(each, inner) for each in value[3]], word)
    if tag == "listfor":
        inner = _of_items(type_)
        return None if inner is None else expected(value[6], inner, word)
    if tag == "binary" and value[3] == "++":
        return _first([(each, type_) for each in value[4:6] if each is not word], word)
    return None


def _first(parts: list[tuple[Node, Type]], word: Node) -> Type | None:
    for part, type_ in parts:
        found = expected(part, type_, word) if part[1] <= word[1] < part[2] else None
        if found is not None:
            return found
    return None


def _of_items(type_: Type) -> Type | None:
    """The type of the items where a list fits."""
    found = type_.alternative("list")
    return found.inner if isinstance(found, (ListType, SetType)) else None


def may_fit(node: Node, member: Option | Shape) -> bool:
    """Whether what a statement gives could be what a member of a shape takes.

    A refused literal fits if it is certain what to write instead; anything else is computed.
    """
    if node[0] not in ("def", "block"):
        return True
    value = node[9]
    if isinstance(member, Shape) or node[0] == "block" or value[0] == "record":
        is_block = node[0] == "block" or value[0] == "record"
        return is_block and (isinstance(member, Shape) or member.type.container() is not None)
    kind = KINDS.get(value[0])
    if kind is None:
        return True
    from evaluator.definitions.defaults import literal
    from evaluator.types.remedies import remedy_for

    if kind == "list":
        return kind in member.type.kinds
    known = literal(value)
    if known is MISSING or member.type.refuse(known) is None:
        return True
    better = remedy_for(member.type, known)
    return better is not None and better[1]


# What kind of value a literal is.
KINDS = {
    "int": "int", "float": "float", "bool": "bool", "null": "null", "str": "string",
    "duration": "duration", "size": "size", "mode": "mode", "list": "list", "listfor": "list",
}  # fmt: skip
