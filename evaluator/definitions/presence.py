"""`when option p`: whether something is declared, which no value ever decides."""

from __future__ import annotations

from evaluator.definitions.places import Typed, container, place_of, shape_of
from evaluator.options.shapes import Former
from evaluator.types.containers import AnyType, MapType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.definitions.places import Place
    from evaluator.options.shapes import Shape


def is_declared(root: Shape | None, path: tuple[str, ...]) -> bool:
    """Whether an option or group stands at a path; a key of a map stands for every key."""
    place: Place | None = root
    for name in path:
        if place is None:
            return False
        shape = shape_of(place)
        if shape is not None:
            member = shape.members.get(name)
            if member is None and shape.former is not None:
                from evaluator.definitions.old_names import behind

                place = behind(place, shape, name)
                continue
            place = place_of(member) if member is not None else None
            continue
        inside = container(place.type)  # type: ignore[union-attr]
        if isinstance(inside, AnyType):
            return True
        if not isinstance(inside, MapType):
            return False
        place = Typed(place.option, inside.inner)  # type: ignore[union-attr]
    return place is not None and type(place) is not Former
