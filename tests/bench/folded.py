"""Options with all that is said about them in one place, for languages without a module system.

Those languages have no strengths and no conditional definitions: what follows from them is worked
out while writing, which leaves less to do for them than for vcfg and Nix.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tests.bench.workload import JOINED, Literal, Named, Path

if TYPE_CHECKING:
    from tests.bench.workload import Definition, Expression, Option, Workload

When = tuple[Path, bool] | None


@dataclass(frozen=True, slots=True)
class Folded:
    """An option with its parts: of a joined kind all of them count, of others the first that holds.

    Entries have `entries` instead: name, then the fields that are defined.
    """

    option: Option
    parts: list[tuple[When, Expression]]
    entries: dict[str, list[Folded]]


def fold(workload: Workload) -> dict[str, list[Folded]]:
    """The options of each module."""
    by_path: dict[Path, list[Definition]] = defaultdict(list)
    names: dict[Path, dict[str, None]] = defaultdict(dict)
    for definition in workload.definitions():
        by_path[definition.path].append(definition)
        if definition.of_entry:
            names[definition.path[:-2]].setdefault(definition.path[-2])
    made: dict[str, list[Folded]] = {}
    for module in workload.modules:
        made[module.name] = []
        for option in module.options:
            entries = {name: _fields(option, name, by_path) for name in sorted(names[option.path])}
            parts = _parts(option, by_path[option.path])
            made[module.name].append(Folded(option, parts, entries))
    return made


def _fields(option: Option, name: str, by_path: dict[Path, list[Definition]]) -> list[Folded]:
    found = []
    for field in option.fields:
        definitions = by_path[(*option.path, name, *field.path)]
        default = field.default
        if isinstance(default, Named):
            default = Literal(name + default.suffix)
        if definitions or isinstance(field.default, Named):
            own = replace(field, default=default)
            found.append(Folded(own, _parts(own, definitions), {}))
    return found


def _parts(option: Option, definitions: list[Definition]) -> list[tuple[When, Expression]]:
    if option.kind in JOINED:
        ordered = sorted(definitions, key=lambda each: each.place or 0)
        return [(each.when, each.value) for each in ordered]
    parts: list[tuple[When, Expression]] = []
    for each in sorted(definitions, key=lambda each: each.strength):
        parts.append((each.when, each.value))
        if each.when is None:
            return parts
    return [*parts, (None, option.default)]
