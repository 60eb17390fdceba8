"""In which unit a number of an option is: what its type tells."""

from __future__ import annotations

from evaluator.types.containers import ListType, MapType, SetType, Wrapper
from evaluator.types.named import ConvertedType
from evaluator.types.numbers import DurationType, SizeType
from evaluator.types.unions import UnionType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.types.base import Type

    Node = tuple[Any, ...]

# Functions that turn a duration or size into a number.
NUMBERS = {
    "bytes": "bytes", "kib": "KiB", "mib": "MiB", "gib": "GiB", "tib": "TiB",
    "milliseconds": "milliseconds", "seconds": "seconds", "minutes": "minutes", "hours": "hours",
    "days": "days", "weeks": "weeks",
}  # fmt: skip
PLAIN = frozenset(("int", "float"))


def unit_of(type_: Type) -> str | None:
    """The unit of the numbers that `vcfg eval` prints for a type; None where it has none."""
    if isinstance(type_, DurationType):
        return "seconds"
    if isinstance(type_, SizeType):
        return "bytes"
    if isinstance(type_, ConvertedType):
        named = [NUMBERS.get(_called(each.expression)) for each in type_.by_kind.values()]
        return unit_of(type_.inner) or next((each for each in named if each is not None), None)
    if isinstance(type_, UnionType):
        # A number that may be something else as well, as in a key of systemd, has no unit.
        if any(
            [PLAIN.intersection(each.kinds) and not unit_of(each) for each in type_.alternatives]
        ):
            return None
        inner = [unit_of(each) for each in type_.alternatives]
        return next((each for each in inner if each is not None), None)
    if isinstance(type_, (ListType, SetType, MapType, Wrapper)):
        return unit_of(type_.inner)
    return None


def _called(expression: Node) -> str:
    """The function that a conversion is."""
    is_call = expression[0] == "call" and expression[3][0] == "name"
    return str(expression[3][3]) if is_call else ""
