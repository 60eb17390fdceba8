"""Walking the option tree by path, without values.

A place is a `Shape` (a group, service or record) or a `Typed` (an option or something in a
map below one). `below` says what a path component leads to; None means the component is
legal but nothing is known about what is there (a value of type `any`).
"""

from __future__ import annotations

from evaluator.options.shapes import Shape
from evaluator.types.containers import RecordType

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


def read_place(member: Option | Shape) -> Place:
    """The same, as readers see it: an option with a result type has that."""
    if isinstance(member, Shape):
        return member
    return Typed(member, member.result or member.type)


def container(type_: Type) -> Type | None:
    """The record or map inside a type that paths can go through, or `any`; else None."""
    return type_.container()


def elements(type_: Type) -> Type | None:
    """The set or list type inside a type, for `remove`."""
    return type_.elements()


def takes_order(type_: Type) -> bool:
    """Whether the order of contributions to a value of this type means something."""
    return type_.takes_order()


def shape_of(place: Place) -> Shape | None:
    """The shape of the options below a place: a group's own, or a record's."""
    if isinstance(place, Shape):
        return place
    inside = container(place.type)
    return inside.record.shape if isinstance(inside, RecordType) else None


def names_below(shape: Shape) -> list[str]:
    """Names that can follow, sorted."""
    return sorted(shape.members)
