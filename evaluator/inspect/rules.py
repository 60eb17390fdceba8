"""What a type takes and refuses, in the words its declaration has for it."""

from __future__ import annotations

from evaluator.types.containers import ListType, MapType, SetType, Wrapper
from evaluator.types.named import RefinedType
from evaluator.types.strings import String
from evaluator.types.unions import UnionType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.source import Source
    from evaluator.types.base import Type

    Node = tuple[Any, ...]

# The source of a hole that is longer says more than its value would.
LONG_HOLE = 40


def rules_of(type_: Type) -> list[str]:
    """The messages of a type's conditions, the innermost first."""
    return list(dict.fromkeys(_rules(type_)))


def _rules(type_: Type) -> list[str]:
    if isinstance(type_, RefinedType):
        source = type_.module.source
        said = [message(each[2], source) for each in type_.predicates if each[2] is not None]
        return [*_rules(type_.inner), *[each for each in said if each]]
    if isinstance(type_, (ListType, SetType, MapType, Wrapper)):
        return _rules(type_.inner)
    if isinstance(type_, UnionType):
        return [rule for each in type_.alternatives for rule in _rules(each)]
    if isinstance(type_, String) and type_.limits.message is not None:
        return [type_.limits.message]
    return []


def message(node: Node, source: Source) -> str:
    """The text of a message, with the source of what is filled in; empty for other expressions."""
    if node[0] == "str":
        return str(node[3])
    if node[0] == "if":
        return " or ".join(
            dict.fromkeys([message(node[4], source), message(node[5], source)])
        ).strip()
    if node[0] != "interp":
        return ""
    parts = []
    for part in node[3]:
        if isinstance(part, str):
            parts.append(part)
            continue
        text = " ".join(source.text[part[1] : part[2]].split())
        text = text.removeprefix("self.").removeprefix("config.")
        parts.append("…" if len(text) > LONG_HOLE or '"' in text else f"<{text}>")
    return "".join(parts).replace("……", "…")
