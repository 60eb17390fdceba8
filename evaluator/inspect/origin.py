"""For the plan: which lines asked for a file, unit or user."""

from __future__ import annotations

import os

from evaluator import resources
from evaluator.evaluation.slots import Slots
from evaluator.inspect.askers import around, askers
from evaluator.inspect.paths import locate, split_path
from evaluator.inspect.provenance import (
    definitions_of,
    entry_names,
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


class Origins:
    """Tells who asked for what in a configuration that was evaluated; knows its files."""

    __slots__ = ("_library", "_names", "_world")

    def __init__(self, world: World) -> None:
        self._world = world
        self._library = {each.source.path for each in world.modules if each.shipped}
        self._names: dict[str, str] = {}

    def of(self, path: str) -> list[dict[str, Any]]:
        """Sites behind an option path: `{"file", "line", "path", "span"}`, host files first.

        The lines of the user's own files count: those that gave values, else those that made an
        entry which has all its values from the library, else those that conditions and loops
        around it looked at. Where the library alone decided, its line does. An element of a list
        or set, `names[0]`, is asked for by whoever put it there.
        """
        world, library = self._world, self._library
        found = locate(world, path)
        if found.steps:
            return self._of_element(found)
        sites: list[tuple[Definition, str]] = []
        longest: list[tuple[Definition, Any, str]] = []
        seen_in: list[Any] = []
        own = definitions_of(found.owner, found.name)
        for owner, name in leaves(found.owner, found.name):
            chain: list[tuple[Definition, Any, str]] = []
            for scope, slot in [(owner, name), *reads_of(world, owner, name, through_parts=False)]:
                seen_in.append(scope)
                for definition in winners(scope, slot):
                    if definition.source.path in library:
                        chain.append((definition, scope, slot))
                    else:
                        sites.append((definition, path_of(scope, slot)))
            if len(chain) > len(longest):
                longest = chain
        picked = sites or _makers(seen_in, library)
        if not picked:
            made = [*own, *[each for each, _scope, _slot in longest]]
            made += [each for scope in seen_in for each in _entry_definitions(scope)]
            picked = around(world, made, library, entry_names(found.owner, found.name))
        if not picked:
            # Where the library alone decided, the definition furthest from the plan says most.
            picked = [(each, path_of(scope, slot)) for each, scope, slot in longest[-1:]]
            picked = picked or [(each, path) for each in own[:1]]
        return self._places(picked)

    def _of_element(self, found: Located) -> list[dict[str, Any]]:
        library = self._library
        all_askers = askers(self._world, found.owner, found.name, found.value(), library)
        own = [each for each in all_askers if each[0].source.path not in library]
        return self._places(own or all_askers)

    def _places(self, picked: list[tuple[Definition, str]]) -> list[dict[str, Any]]:
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
                "file": self._name(source.path),
                "line": line,
                "path": where,
                "span": definition.span(),
            }
        return sorted(out.values(), key=lambda each: (each["file"], each["line"]))[:SHOWN]

    def _name(self, path: str) -> str:
        """How a file is named in outputs: the same whatever folder vcfg runs in.

        The library's files by their place in it, others relative to the configuration's file.
        """
        known = self._names.get(path)
        if known is None:
            known = path
            if path in self._library:
                known = "modules/" + os.path.relpath(path, resources.path("modules"))
            elif os.path.isabs(path):
                files = [each.source.path for each in self._world.modules]
                root = [each for each in files if os.path.isabs(each)][-1]
                known = os.path.relpath(path, os.path.dirname(root))
            # A plan is UTF-8 text; a name of a file need not be.
            known = self._names[path] = known.encode(errors="backslashreplace").decode()
        return known


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
