"""What a definition read from a data file that has a name: which lines of it."""

from __future__ import annotations

from evaluator.inspect.provenance import DEFAULT, PART, WON, fates

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.evaluation.world import World
    from evaluator.source import Span

    Node = tuple[Any, ...]


def data_reads(world: World, owner: Any, name: str) -> dict[str, tuple[Node, Span]]:
    """Expressions such as `rack.hosts` in what made a slot: the value's node, and its place.

    A name and the keys after it are followed as far as they are written out.
    """
    found: dict[str, tuple[Node, Span]] = {}
    for fate in fates(owner, name):
        statement = fate.definition.statement
        if fate.state not in (WON, PART, DEFAULT) or statement[0] != "def":
            continue
        source = fate.definition.source
        module = next((each for each in world.modules if each.source is source), None)
        named = {} if module is None else module.aliases
        for chain in _chains(statement[9]) if named else ():
            target = named.get(chain[0])
            if target is not None and target.value is not None:
                text, node, start = _followed(chain, target.value)
                found[text] = (node, (target.source, start, max(node[2], start)))
    return found


def _chains(part: Any) -> list[tuple[str, ...]]:
    """Every name in an expression, with the keys after it."""
    if not isinstance(part, tuple):
        return []
    # The names that a loop binds are tuples too, but only nodes have offsets second.
    is_node = len(part) > 1 and isinstance(part[1], int)
    if is_node and part[0] in ("name", "attr"):
        keys: list[str] = []
        node = part
        while node[0] == "attr":
            keys.insert(0, node[4])
            node = node[3]
        if node[0] == "name":
            return [(node[3], *keys)]
        return _chains(node)
    return [chain for each in part for chain in _chains(each)]


def _followed(chain: tuple[str, ...], value: Node) -> tuple[str, Node, int]:
    """How far keys lead into a data file: the path, what is there, and where it stands."""
    path, node, start = [chain[0]], value, value[1]
    for key in chain[1:]:
        entries = node[3] if node[0] == "record" else ()
        entry = next((each for each in entries if each[4][0] == key), None)
        if entry is None:
            break
        path.append(key)
        node = entry[9]
        start = node[1] if node[0] not in ("record", "list") else entry[1]
    return ".".join(path), node, start
