"""For the plan: which lines asked for a file, unit or user."""

from __future__ import annotations

import os

from evaluator import resources
from evaluator.evaluation.slots import Slots
from evaluator.inspect.askers import around, askers, entry_names
from evaluator.inspect.paths import locate, split_path
from evaluator.inspect.provenance import (
    definitions_of,
    leaves,
    path_of,
    reads_of,
    winners,
)
from evaluator.options.shapes import path_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.definitions.definition import Definition
    from evaluator.evaluation.world import World
    from evaluator.inspect.paths import Located

SHOWN = 6


def stable_name(world: World, path: str) -> str:
    """How a file is named in outputs: the same whatever folder vcfg runs in.

    The library's files by their place in it, others relative to the configuration's file.
    """
    root = next(each for each in reversed(world.modules) if os.path.isabs(each.source.path))
    for module in world.modules:
        if module.source.path == path and module.shipped:
            return "modules/" + os.path.relpath(path, resources.path("modules"))
    if not os.path.isabs(path):
        return path
    return os.path.relpath(path, os.path.dirname(root.source.path))


def origin(world: World, path: str) -> list[dict[str, Any]]:
    """Sites behind an option path: `{"file", "line", "path", "span"}`, host files first.

    The lines of the user's own files count: those that gave values, else those that made an
    entry which has all its values from the library, else those that conditions and loops around
    it looked at. Where the library alone decided, its line does. An element of a list or set,
    `names[0]`, is asked for by whoever put it there.
    """
    found = locate(world, path)
    if found.steps:
        return _origin_of_element(world, found)
    library = {module.source.path for module in world.modules if module.shipped}
    sites: list[tuple[Definition, str]] = []
    longest: list[tuple[Definition, str]] = []
    seen_in: list[Any] = []
    own = [(each, path) for each in definitions_of(found.owner, found.name)]
    for owner, name in leaves(found.owner, found.name):
        chain: list[tuple[Definition, str]] = []
        for scope, slot in [(owner, name), *reads_of(world, owner, name, through_parts=False)]:
            where = path_of(scope, slot)
            seen_in.append(scope)
            for definition in winners(scope, slot):
                target = chain if definition.source.path in library else sites
                target.append((definition, where))
        if len(chain) > len(longest):
            longest = chain
    picked = sites or _makers(seen_in, library)
    if not picked:
        made = [each for each, _ in (*own, *longest)]
        made += [each for scope in seen_in for each in _entry_definitions(scope)]
        picked = around(world, made, library, entry_names(found.owner, found.name))
    # Where the library alone decided, the definition furthest from the plan says most.
    return _places(world, picked or [*longest[-1:], *own][:1])


def _origin_of_element(world: World, found: Located) -> list[dict[str, Any]]:
    library = {module.source.path for module in world.modules if module.shipped}
    all_askers = askers(world, found.owner, found.name, found.value(), library)
    own = [each for each in all_askers if each[0].source.path not in library]
    return _places(world, own or all_askers)


def _places(world: World, picked: list[tuple[Definition, str]]) -> list[dict[str, Any]]:
    """Sites by file and line; what several definitions of a line have in common is its path."""
    out: dict[tuple[str, int], dict[str, Any]] = {}
    for definition, where in picked:
        source, start, _end = definition.path_span()
        line = source.position(start)[0]
        place = out.get((source.path, line))
        if place is not None:
            place["path"] = _shared(place["path"], where)
            continue
        out[source.path, line] = {
            "file": stable_name(world, source.path),
            "line": line,
            "path": where,
            "span": definition.span(),
        }
    return sorted(out.values(), key=lambda each: (each["file"], each["line"]))[:SHOWN]


def _shared(one: str, other: str) -> str:
    """The longest path that both lead through; the first where there is none."""
    parts = [split_path(each) for each in (one, other)]
    both: list[str] = []
    for mine, theirs in zip(*parts, strict=False):
        if mine != theirs or not isinstance(mine, str):
            break
        both.append(mine)
    return path_text(tuple(both)) if both else one


def _makers(scopes: list[Any], library: set[str]) -> list[tuple[Definition, str]]:
    """What the user's own files made the entries with that some scopes are or lie in."""
    return [
        (definition, path_text(scope.path()))
        for scope in scopes
        for definition in _entry_definitions(scope)
        if definition.source.path not in library
    ]


def _entry_definitions(scope: Any) -> list[Definition]:
    """What made the entry of a map that a scope is or lies in."""
    return scope.entry_definitions() if isinstance(scope, Slots) else []
