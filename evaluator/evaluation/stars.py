"""`*` in a path: one definition for every entry that something else creates."""

from __future__ import annotations

from evaluator.evaluation.context import Context

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.definitions.definition import Definition

    Parts = dict[str, list[Definition]]


class Star:
    """A definition for all entries of a map, and where it stands among those of each."""

    __slots__ = ("definition", "places")

    def __init__(self, definition: Definition, entries: Parts) -> None:
        self.definition = definition
        self.places = {key: len(found) for key, found in entries.items()}


def speaks_of_all(definition: Definition) -> bool:
    """Whether the next component of its path is `*`."""
    path, index = definition.path(), definition.index
    return index < len(path) and type(path[index]) is tuple and path[index][0] == "star"


def spread_stars(entries: Parts, stars: list[Star]) -> None:
    """Give each entry what is said about all; `key` is bound, conditions wait for a reader.

    The last goes first, so that the places of the others stay what they were.
    """
    for star in reversed(stars):
        for key, found in entries.items():
            context = Context(star.definition.context, "star", key)
            place = star.places.get(key, 0)
            found.insert(place, star.definition.below(context))
