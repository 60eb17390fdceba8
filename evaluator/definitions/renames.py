"""`former` and `alias`: old names are put where they would be looked up.

Each rename is moved to the deepest level that all its paths have in common, so that there an old
name and the new one differ in their first component; the old ones become `Former`s of the levels
they would stand in. What leads to another old name is led on to where that one leads.
"""

from __future__ import annotations

from evaluator.definitions import rename_errors as errors
from evaluator.definitions.places import Typed, container, place_of, shape_of
from evaluator.definitions.views import below_option
from evaluator.options.shapes import Former, Option, Shape
from evaluator.types.containers import AnyType, MapType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.definitions.places import Place
    from evaluator.diagnostics.model import Sink
    from evaluator.options.shapes import Declarations, Rename

    Path = tuple[Any, ...]

FARTHEST = 100


def settle_renames(declared: Declarations, sink: Sink) -> None:
    """Put all old names of a configuration in their places; report those that mean nothing."""
    written = declared.renames
    declared.renames = []
    for shape, base in declared.inherits:
        for rename in [each for each in written if each.shape is base]:
            written.append(rename.moved(shape, 0))
    placed = []
    for rename in written:
        if _is_sound(rename, sink):
            moved = _deepest(rename)
            if _place(moved, sink):
                placed.append(moved)
    for rename in placed:
        _lead_on(rename, sink)
    declared.renames = placed


def is_star(part: Any) -> bool:
    """Whether a component stands for every key."""
    return type(part) is tuple and part[0] == "star"


def _is_sound(rename: Rename, sink: Sink) -> bool:
    paths = [path for path, _type in rename.olds]
    if rename.target is not None:
        paths.append(rename.target)
    stars = [sum([is_star(part) for part in path]) for path in paths]
    if rename.target is not None and any([each != stars[-1] for each in stars]):
        errors.uneven_stars(sink, rename)
        return False
    names = [path[-1] for path, _type in rename.olds]
    if len(set(map(str, names))) < len(names):
        errors.same_field(sink, rename)
        return False
    if len(rename.olds) > 1 and rename.target is not None and rename.by is None:
        errors.no_conversion(sink, rename)
        return False
    return True


def _deepest(rename: Rename) -> Rename:
    """The rename as seen from the deepest level below which all its paths lie."""
    paths = [path for path, _type in rename.olds]
    if rename.target is not None:
        paths.append(rename.target)
    shared = 0
    while all([len(path) > shared + 1 for path in paths]) and _agree(paths, shared):
        shared += 1
    shape, used = rename.shape, 0
    path = paths[0]
    while used < shared:
        member = shape.members.get(path[used])
        if isinstance(member, Option):
            found = below_option(shape, path[used], path[used + 1 : shared])
            if found is None:
                break
            shape, used = found[0], shared - len(found[1])
        elif member is not None:
            shape, used = member, used + 1
        else:
            break
    return rename.moved(shape, used)


def _agree(paths: list[Path], at: int) -> bool:
    """Whether all paths have the same component at a place; one `*` is as good as another."""
    first = paths[0][at]
    return all([is_star(path[at]) if is_star(first) else path[at] == first for path in paths[1:]])


def _place(rename: Rename, sink: Sink) -> bool:
    """Put the old names of a rename where they would be looked up."""
    done = True
    for path, _type in rename.olds:
        done = _place_old(rename, path, sink) and done
    if done:
        rename.shape.renames = [*(rename.shape.renames or ()), rename]
    return done


def _place_old(rename: Rename, path: Path, sink: Sink) -> bool:
    shape = rename.shape
    rest = path
    while True:
        member = shape.members.get(rest[0]) if isinstance(rest[0], str) else None
        if member is None:
            break
        if len(rest) == 1:
            errors.still_declared(sink, rename, path, member)
            return False
        if isinstance(member, Shape):
            shape, rest = member, rest[1:]
            continue
        found = below_option(shape, rest[0], rest[1:])
        if found is None or not found[1]:
            errors.below_option(sink, rename, path, member)
            return False
        shape, rest = found
    for at, part in enumerate(rest, len(path) - len(rest) + 1):
        name = part if isinstance(part, str) else "*"
        if shape.former is None:
            shape.former = {}
        inner = shape.former.get(name)
        if inner is None:
            inner = shape.former[name] = Former(name, at)
        if inner.rename is not None or (at == len(path) and inner.former is not None):
            errors.former_twice(sink, rename, path, inner)
            return False
        shape = inner
    if isinstance(shape, Former):
        shape.rename = rename
    return True


def _lead_on(rename: Rename, sink: Sink) -> None:
    """Follow the new name through other old names to something that is declared."""
    for _step in range(FARTHEST):
        target = rename.target
        if target is None:
            return
        found = follow(rename.shape, target)
        if isinstance(found, tuple):
            former, at = found
        elif found is not None and not isinstance(found, Former):
            return
        else:
            errors.no_target(sink, rename)
            rename.target = None
            return
        other = former.rename
        start = at + 1 - former.depth
        if other is rename:
            break
        if (
            other is None
            or start < 0
            or len(other.olds) > 1
            or (other.by is not None and rename.by is not None)
        ):
            errors.leads_to_former(sink, rename, other)
            rename.target = None
            return
        _compose(rename, other, start, at)
    errors.in_a_circle(sink, rename)
    rename.target = None


def _compose(rename: Rename, other: Rename, start: int, at: int) -> None:
    """Lead a rename on by another, whose old name is components `start` to `at` of the target."""
    target = rename.target or ()
    if other.target is None:
        rename.target, rename.message = None, other.message
        return
    if other.by is not None:
        rename.by, rename.module, rename.body = other.by, other.module, other.body
        path, _type = rename.olds[0]
        rename.olds = [(path, other.olds[0][1])]
    rename.target = (*target[:start], *other.target, *target[at + 1 :])


def follow(start: Place, path: Path) -> Place | tuple[Former, int] | None:
    """Where a path leads, None if nowhere; or the old name that it comes to first, and where."""
    place: Place = start
    for at, part in enumerate(path):
        level = shape_of(place)
        if level is None:
            inside = container(place.type) if isinstance(place, Typed) else None
            if isinstance(inside, AnyType):
                return place
            if not isinstance(inside, MapType) or not isinstance(place, Typed):
                return None
            place = Typed(place.option, inside.inner)
            continue
        member = level.members.get(part) if isinstance(part, str) else None
        former = level.former_at(part) if member is None else None
        if former is not None:
            if former.rename is not None:
                return former, at
            place = former
            continue
        if member is None:
            member = level.any
        if member is None:
            return None
        place = place_of(member)
    return place
