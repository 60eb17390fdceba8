"""`show` of what no configuration has to have: options of the entries of a map, as declared.

`<name>` and `*` stand for any key or element, as `vcfg options` writes them.
"""

from __future__ import annotations

from evaluator.inspect.paths import lost, split_path
from evaluator.inspect.show import brief, group_facts, option_facts
from evaluator.manual.collect import records_in
from evaluator.options.shapes import Option, Shape, path_text
from evaluator.types.containers import ListType, MapType, SetType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.evaluation.world import World
    from evaluator.types.scalars import Type

ANY = ("<name>", "*")


def names_any(path: str) -> bool:
    """Whether a path says itself that any entry is meant."""
    try:
        return not set(ANY).isdisjoint(split_path(path))
    except ValueError:
        return False


def show_declared(world: World, path: str) -> dict[str, Any] | None:
    """Facts about what a path leads to by declarations alone; None where it leads nowhere.

    Below an entry that stands for any, where only declarations can tell, that is a mistake.
    """
    try:
        parts = split_path(path)
    except ValueError:
        return None
    place: Option | Shape | Type = world.root.shape
    way: list[str] = []
    for part in parts:
        found = _below(place, str(part))
        if found is None and set(ANY).isdisjoint(way):
            return None
        if found is None:
            shape = _shape(place)
            known = list(shape.members) if shape is not None else None
            lost(world, path_text(tuple(way)), str(part), known)
        place, name = found
        way.append(name)
    facts: dict[str, Any] = {"version": 1, "path": path_text(tuple(way))}
    if isinstance(place, Option):
        facts.update(option_facts(place))
    elif isinstance(place, Shape):
        facts.update(group_facts(place))
    else:
        facts.update({"kind": "entry", "type": place.source()})
    shape = _shape(place)
    if shape is not None:
        facts["options"] = [brief(shape, each) for each in shape.members]
    return facts


def _below(place: Option | Shape | Type, part: str) -> tuple[Option | Shape | Type, str] | None:
    """One component further, and how it is called there."""
    if not isinstance(place, Shape):
        type_ = place.type if isinstance(place, Option) else place
        if isinstance(type_, MapType):
            return type_.inner, "<name>"
        if isinstance(type_, (ListType, SetType)):
            return type_.inner, "*"
    shape = _shape(place)
    if shape is None:
        return None
    if part in shape.members:
        return shape.members[part], part
    return (shape.any, "<name>") if shape.any is not None else None


def _shape(place: Option | Shape | Type) -> Shape | None:
    """What something has as options: a group, or a value that is a record."""
    if isinstance(place, Shape):
        return place
    type_ = place.type if isinstance(place, Option) else place
    shapes = [record.shape for step, record in records_in(type_) if not step]
    return shapes[0] if shapes else None
