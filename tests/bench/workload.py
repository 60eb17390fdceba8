"""What a workload is: modules that declare typed options and define values for options anywhere.

The meaning is what every language measured here can be asked for:

* a definition has a strength: `force`, plain or `default`, each stronger than the option's default;
* it may hold only where some switch (an option of kind `bool`) is on, or off;
* lists, lines and maps of the strongest definitions are joined, everything else is one value;
* lists and lines are joined in the order of `place` where the definitions have one;
* an option of kind `entries` holds records by name, whose fields merge as options do.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Path = tuple[str, ...]

FORCE, PLAIN, DEFAULT = 50, 100, 1000

CHOICES = ("off", "low", "high")
"""Values of an option of kind `choice`."""

JOINED = ("list", "lines", "map")
"""Kinds whose definitions are joined."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A value written out."""

    value: Any


@dataclass(frozen=True, slots=True)
class Next:
    """One more than another option, or than the field of this name in the same record."""

    path: Path
    is_field: bool = False


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text followed by what an option holds."""

    label: str
    path: Path


@dataclass(frozen=True, slots=True)
class Named:
    """The name of the entry, followed by a text."""

    suffix: str


Expression = Literal | Next | Labelled | Named


@dataclass(slots=True)
class Option:
    """`kind` is bool, int, text, choice, list, lines, map or entries; `fields` are of entries.

    `rank` orders options: an expression speaks only of options of a lower rank.
    """

    path: Path
    kind: str
    default: Expression
    fields: list[Option] = field(default_factory=list)
    rank: int = 0


@dataclass(slots=True)
class Definition:
    """`path` leads to an option, or through the name of an entry to one of its fields."""

    path: Path
    value: Expression
    strength: int = PLAIN
    when: tuple[Path, bool] | None = None
    place: int | None = None
    of_entry: bool = False


@dataclass(slots=True)
class Module:
    """One file."""

    name: str
    imports: list[str] = field(default_factory=list)
    options: list[Option] = field(default_factory=list)
    definitions: list[Definition] = field(default_factory=list)


@dataclass(slots=True)
class Workload:
    """The first module is the root; `hosts` are the definitions that a host adds to all of it."""

    modules: list[Module]
    hosts: dict[str, list[Definition]] = field(default_factory=dict)

    def options(self) -> list[Option]:
        """All options, those that others speak of first."""
        return sorted((o for m in self.modules for o in m.options), key=lambda option: option.rank)

    def definitions(self) -> list[Definition]:
        """All definitions of the modules."""
        return [definition for module in self.modules for definition in module.definitions]

    def count(self) -> str:
        """What there is of everything, for a heading."""
        definitions = self.definitions()
        counts = {
            "modules": len(self.modules),
            "options": len(self.options()),
            "definitions": len(definitions),
            "entries": len({each.path[:-1] for each in definitions if each.of_entry}),
            "hosts": len(self.hosts),
        }
        return ", ".join(f"{number} {name}" for name, number in counts.items() if number)
