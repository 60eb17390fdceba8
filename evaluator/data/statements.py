"""From the value of a data file to the statements it stands for.

The strength of the import ranks the file's values leaf by leaf, as that of a block does.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Node = tuple[Any, ...]


def is_nothing(value: Node) -> bool:
    """Whether a file says nothing at all (a YAML file of comments)."""
    return bool(value[0] == "null" and value[1] == value[2])


def statements(value: Node, strength: int | None) -> tuple[Node, ...]:
    """Definitions of the file's keys, from the root."""
    return tuple([_ranked(each, strength) for each in value[3]])


def placed(value: Node, path: tuple[Any, ...], strength: int | None) -> tuple[Node, ...]:
    """The one statement that puts the file's value at a path."""
    start, end = value[1], value[2]
    if value[0] == "record":
        head = value[3][0][3] if value[3] else end
        return (("block", start, end, head, path, strength, None, (), (), value[3]),)
    return (("def", start, end, end, path, strength, None, (), (), value),)


def _ranked(entry: Node, strength: int | None) -> Node:
    if strength is None:
        return entry
    value = entry[9]
    tag, body = ("block", value[3]) if value[0] == "record" else ("def", value)
    return (tag, *entry[1:5], strength, *entry[6:9], body)
