"""What to write instead of a refused value, and whether anything else can have been meant."""

from __future__ import annotations

from evaluator.diagnostics.model import Edit, Help
from evaluator.types.containers import Wrapper
from evaluator.types.literals import Literals
from evaluator.types.numbers import Bool, ModeType
from evaluator.types.unions import UnionType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.source import Span
    from evaluator.types.base import Type


def remedy_for(type_: Type, value: object) -> tuple[str, bool] | None:
    """Source text instead of a refused value, and whether that is certain; None if unknown."""
    for each in single(type_):
        remedy = each.remedy(value)
        if remedy is not None:
            return remedy, _is_certain(each, value, remedy)
    return None


def help_for(type_: Type, value: object, reason: str, span: Span) -> tuple[Help, ...]:
    """What to write instead of a refused literal, in the words of the refusal if it has any."""
    better = remedy_for(type_, value)
    if better is None:
        return ()
    remedy, certain = better
    advice = reason.rpartition("; ")[2] if "; " in reason else f"write {remedy}"
    return (Help(advice, (Edit(span, remedy),), certain=certain),)


def single(type_: Type) -> list[Type]:
    """The types without parts that a type is made of."""
    if isinstance(type_, Wrapper):
        return single(type_.inner)
    if isinstance(type_, UnionType):
        return [one for each in type_.alternatives for one in single(each)]
    return [type_]


def _is_certain(type_: Type, value: object, remedy: str) -> bool:
    """Whether the remedy only says in our notation what is written."""
    if isinstance(type_, Bool):
        return True
    said = remedy.strip('"')
    if isinstance(value, bool):
        return isinstance(type_, Literals) and said == str(value).lower()
    if isinstance(type_, ModeType):
        return said.removeprefix("0o").lstrip("0") == str(value).removeprefix("0o").lstrip("0")
    if isinstance(type_, Literals):
        return _joined(said) == _joined(str(value))
    return said == str(value).strip()


def _joined(word: str) -> str:
    return word.casefold().replace("-", "").replace("_", "").strip()
