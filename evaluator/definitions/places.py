"""Walking the option tree by path, without values.

A place is a `Shape` (a group, service or record) or a `Typed` (an option or something in a
map below one). `below` says what a path component leads to; None means the component is
legal but nothing is known about what is there (a value of type `any`).
"""

from __future__ import annotations

from evaluator.options.shapes import Shape
from evaluator.types.containers import (
    AnyType,
    ListType,
    MapType,
    OptionalType,
    RecordType,
    RefinedType,
    SetType,
    UnionType,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.options.shapes import Option
    from evaluator.types.scalars import Type


class Typed:
    """A place that holds a value: the option it belongs to and its type there."""

    __slots__ = ("option", "type")

    def __init__(self, option: Option, type_: Type) -> None:
        self.option = option
        self.type = type_


Place = Shape | Typed


def place_of(member: Option | Shape) -> Place:
    """The place a member of a shape is."""
    return member if isinstance(member, Shape) else Typed(member, member.type)


def container(type_: Type) -> Type | None:
    """The record or map inside a type that paths can go through, or `any`; else None."""
    if isinstance(type_, (OptionalType, RefinedType)):
        return container(type_.inner)
    if isinstance(type_, UnionType):
        inner = type_.by_kind.get("record")
        return container(inner) if inner is not None else None
    if isinstance(type_, (RecordType, MapType, AnyType)):
        return type_
    return None


def elements(type_: Type) -> Type | None:
    """The set or list type inside a type, for `remove`."""
    if isinstance(type_, (OptionalType, RefinedType)):
        return elements(type_.inner)
    if isinstance(type_, UnionType):
        inner = type_.by_kind.get("list")
        return elements(inner) if inner is not None else None
    return type_ if isinstance(type_, (SetType, ListType)) else None


def takes_order(type_: Type) -> bool:
    """Whether the order of contributions to a value of this type means something."""
    if isinstance(type_, (OptionalType, RefinedType)):
        return takes_order(type_.inner)
    if isinstance(type_, UnionType):
        return any([takes_order(each) for each in type_.alternatives])
    return type_.merge in ("list", "text", "record", "map", "ordered", "any")


def shape_of(place: Place) -> Shape | None:
    """The shape of the options below a place: a group's own, or a record's."""
    if isinstance(place, Shape):
        return place
    inside = container(place.type)
    return inside.record.shape if isinstance(inside, RecordType) else None


def names_below(shape: Shape) -> list[str]:
    """Names that can follow, sorted."""
    return sorted(shape.members)
