"""Holes written as other languages write them: `"${name}"`, where `name` is bound."""

from __future__ import annotations

from evaluator.lints import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.lints.subject import Subject
    from evaluator.names.load import Module

    Node = tuple[Any, ...]
    Block = tuple[int, int]

_HOLE = r"(?<![\\$])\$\{([A-Za-z_](?:-?\w)*)((?:\.[A-Za-z_](?:-?\w)*)*)\}"


class ForeignHole:
    """One of them: its place, the name it begins with, and whether it can be nothing else."""

    __slots__ = ("end", "is_certain", "name", "start")

    def __init__(self, name: str, start: int, end: int, *, is_certain: bool) -> None:
        self.name = name
        self.start = start
        self.end = end
        self.is_certain = is_certain


def foreign_holes(subject: Subject) -> None:
    """Report them, except what a text for a shell sets itself."""
    for module in subject.own:
        if not module.source.is_data():
            for hole in subject.common.mentions(module).holes:
                errors.foreign_hole(subject.sink, module.source, hole)


def holes_of(module: Module) -> list[ForeignHole]:
    """Those of a file that begin with a name that is bound where they stand."""
    if "${" not in module.source.text:
        return []
    found = _Walk(module)
    return [found.holes[start] for start in sorted(found.holes)]


class _Walk:
    """Every string and path of a file, with what is bound around it."""

    def __init__(self, module: Module) -> None:
        import re  # few files have anything to look for

        self._find, self._search = re.compile(_HOLE).finditer, re.search
        self.text = module.source.text
        self.holes: dict[int, ForeignHole] = {}
        aliases = [name for name in module.aliases if name]
        self._walk(module.items, frozenset(("config", *aliases, *_lets(module.items))))

    def _walk(self, part: Any, bound: frozenset[str]) -> None:
        if not isinstance(part, tuple):
            return
        if not (len(part) > 2 and isinstance(part[0], str) and type(part[1]) is int):
            inner = bound | set(_lets(part))
            for each in part:
                self._walk(each, inner)
            return
        tag = part[0]
        if tag in ("str", "interp"):
            self._look(part[1], part[2], bound)
        elif tag in ("def", "block"):
            self._look(part[1], part[3], bound)
        elif tag in ("for", "listfor"):
            bound = bound | set(part[3])
        elif tag == "let" and part[5] is not None:
            bound = bound | set(part[5])
        for each in part[3:]:
            self._walk(each, bound)

    def _look(self, start: int, end: int, bound: frozenset[str]) -> None:
        for found in self._find(self.text, start, end):
            name = found[1]
            if name not in bound or (name == "config" and not found[2]):
                continue
            sets = self._search(rf"\b{name}=|\b(?:for|read|local)\s+{name}\b", self.text[start:end])
            if sets is None:
                self.holes[found.start()] = ForeignHole(
                    name, found.start(), found.end(), is_certain="\n" not in self.text[start:end]
                )


def _lets(items: tuple[Any, ...]) -> list[str]:
    """What the `let`s of a block bind, those of its sections included."""
    out: list[str] = []
    for item in items:
        if isinstance(item, tuple) and item and item[0] == "let" and len(item) > 7:
            out.append(item[3])
        elif isinstance(item, tuple) and item and item[0] == "section":
            out.extend(_lets(item[4]))
    return out
