"""What a path that leads nowhere may have meant, where no name of its level is near.

The most certain explanation stands alone: a file of the library that is not imported, an option
of another system, a slip in the name of a service; then the same names elsewhere in the tree.
"""

from __future__ import annotations

from evaluator.definitions import foreign
from evaluator.definitions.habits import ELSEWHERE, habits, leaf
from evaluator.definitions.importing import by_alias, import_help, misspelt_service
from evaluator.definitions.places import Typed, container, place_of, shape_of
from evaluator.definitions.wording import part_span
from evaluator.diagnostics.model import Help
from evaluator.diagnostics.suggest import akin
from evaluator.options.shapes import Option, Shape, path_text
from evaluator.types.containers import MapType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.definitions.places import Place
    from evaluator.names.load import Module
    from evaluator.source import Source

    Node = tuple[Any, ...]
    Path = tuple[Any, ...]

# Names that options of many services have: no hint at what is meant.
EVERYWHERE = frozenset(
    (
        "address", "comment", "config", "description", "enable", "files", "group", "groups",
        "home", "host", "log", "mode", "name", "owner", "package", "packages", "path", "port",
        "settings", "state", "system", "text", "title", "type", "user", "users", "value",
    )
)  # fmt: skip
SHOWN = 2


def meant_by(
    source: Source, node: Node, path: Path, index: int, shape: Shape, root: Shape, prefix: Path,
    modules: list[Module],
) -> list[Help]:  # fmt: skip
    """What to write instead, or which file to import."""
    span = part_span(source, node, path, index)
    if shape is root:
        importing = import_help(source, path)
        if importing.certain:
            return [importing]
        named = by_alias(modules, source, path, span)
        if named is not None:
            return [named]
    full, at = (*prefix, *leaf(node)), len(prefix) + index
    there = foreign.here(source, node, path, full, at, root)
    if there is not None:
        return [there]
    if shape is root:
        slip = misspelt_service(source, span, path)
        if slip is not None:
            return [slip]
    deeper = entries(shape, root, leaf(node)[index:], full[:at])
    if deeper:
        return [Help(f"did you mean `{other}`?") for other in deeper]
    said = foreign.words(full, at)
    found = [] if source.is_data() else habits(source, node, path, index, shape, root)
    if not found and shape is not root:
        found = [Help(f"did you mean `{other}`?") for other in akin(path[index], shape.members)]
    found = found or [Help(f"did you mean `{other}`?") for other in same_ending(root, path[index:])]
    if said is not None and not (found and found[0].text.startswith("did you mean")):
        return [said]
    if shape is root and path[0] not in ELSEWHERE:
        found.append(import_help(source, path))
    return found


def same_ending(root: Shape, tail: Path) -> list[str]:
    """Full paths anywhere in the tree that end like the unknown one."""
    if not tail or not all(isinstance(part, str) for part in tail):
        return []
    if len(tail) == 1 and tail[0] in EVERYWHERE:
        return []
    found: list[str] = []

    def look(shape: Shape, path: tuple[str, ...]) -> None:
        for name in sorted(shape.members):
            member = shape.members[name]
            here = (*path, name)
            if here[-len(tail) :] == tail and len(here) > len(tail):
                found.append(path_text(here))
            if isinstance(member, Shape):
                look(member, here)

    look(root, ())
    return found[:SHOWN]


def entries(shape: Shape, root: Shape, written: Path, reach: Path) -> list[str]:
    """Paths that go on as what was written does, through the entries of maps.

    Either a map of this very level was left out, or what stands above the first name.
    """
    if len(written) < SHOWN or not all([isinstance(part, str) for part in written]):
        return []
    found: list[Path] = []
    for name, member in shape.members.items():
        is_map = isinstance(member, Option) and isinstance(container(member.type), MapType)
        if is_map and _leads(place_of(member), written):
            found.append((*reach, name, *written))
    if found or shape is not root:
        return [path_text(each) for each in sorted(found)[:SHOWN]]
    _above(root, (), written, found)
    found.sort(key=lambda each: (len(each), len(path_text(each))))
    return [path_text(each) for each in found[:1]]


def _above(shape: Shape, path: Path, written: Path, found: list[Path]) -> None:
    for name, member in shape.members.items():
        if not isinstance(member, Shape):
            continue
        first = member.members.get(written[0])
        if isinstance(first, Option) and _leads(place_of(first), written[1:]):
            found.append((*path, name, *written))
        _above(member, (*path, name), written, found)


def _leads(place: Place, written: Path) -> bool:
    """Whether a path ends at an option of a record behind the keys of maps."""
    for part in written:
        inside = shape_of(place)
        if inside is None:
            of = container(place.type) if isinstance(place, Typed) else None
            if not isinstance(place, Typed) or not isinstance(of, MapType):
                return False
            place = Typed(place.option, of.inner)
            continue
        member = inside.members.get(part)
        if member is None:
            return False
        place = place_of(member)
    return True
