"""Values of data, read again by the types of the options they are for.

Which option a value of a data file belongs to is known without computing anything, so what
data has to write as text (a duration, a size, a file mode) is settled before evaluation, and
nothing after this has to know where a value came from.
"""

from __future__ import annotations

from evaluator.definitions.places import Typed, container, elements, place_of, shape_of
from evaluator.options.shapes import Shape
from evaluator.types.containers import MapType
from evaluator.types.from_data import reread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.definitions.places import Place
    from evaluator.names.load import Module

    Node = tuple[Any, ...]


def settle(modules: list[Module], root: Shape) -> None:
    """Read the values of all data modules by their options' types; twice is as good as once."""
    for module in modules:
        if module.items and module.source.is_data():
            module.items = _items(module.items, root, module.source.text)


def _items(items: tuple[Node, ...], place: Place, text: str) -> tuple[Node, ...]:
    out = []
    for item in items:
        end: Place | None = place
        for part in item[4]:
            end = _below(end, part) if end is not None else None
        if end is not None:
            body = _items(item[9], end, text) if item[0] == "block" else _value(item[9], end, text)
            out.append((*item[:9], body))
        else:
            out.append(item)
    return tuple(out)


def _below(place: Place, name: str) -> Place | None:
    """What a key leads to, None where nothing is declared."""
    shape = shape_of(place)
    if shape is not None:
        member = shape.members.get(name)
        if member is None and shape.former is not None:
            from evaluator.definitions.old_names import behind

            found = behind(place, shape, name)
            if found is not None:
                return found
        member = member or shape.any
        return place_of(member) if member is not None else None
    inside = container(place.type) if isinstance(place, Typed) else None
    if isinstance(place, Typed) and isinstance(inside, MapType):
        return Typed(place.option, inside.inner)
    return None


def _value(node: Node, place: Place, text: str) -> Node:
    tag = node[0]
    if tag == "record":
        return (*node[:3], _items(node[3], place, text))
    if isinstance(place, Shape):
        return node
    if tag == "list":
        inside = elements(place.type) or container(place.type)
        if inside is None or "list" not in inside.kinds or not hasattr(inside, "inner"):
            return node
        inner = Typed(place.option, inside.inner)
        return (*node[:3], tuple([_value(each, inner, text) for each in node[3]]))
    return reread(place.type, node, text[node[1] : node[2]])
