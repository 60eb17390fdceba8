"""Data files that are imported: each is read once, and is a module for each of its places."""

from __future__ import annotations

import os

from evaluator.data import form_of
from evaluator.data.read import read
from evaluator.data.statements import is_nothing, placed, statements
from evaluator.files import Unreadable
from evaluator.source import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.diagnostics.model import Sink
    from evaluator.files import Disk
    from evaluator.names.load import Module

    Node = tuple[Any, ...]


class DataFiles:
    """The data of one configuration, by canonical path and by place."""

    def __init__(self, files: Disk, sink: Sink) -> None:
        self.files = files
        self.sink = sink
        self.read: dict[tuple[str, str], tuple[Source, Node] | None] = {}
        self.modules: dict[str, Module | None] = {}

    def module(
        self, path: str, name: str, form: str, importer: tuple[Module, Node]
    ) -> Module | None:
        """What an import of data adds; the same file at the same place is the same module."""
        statement = importer[1]
        canonical = self.files.canonical(path)
        place = "as" if statement[6] is not None else f"{statement[7]!r} {statement[8]}"
        key = f"{canonical}\0{place}"
        if key not in self.modules:
            self.modules[key] = None
            found = self._content(path, canonical, name, form, importer)
            if found is not None:
                self.modules[key] = self._made(*found, key, importer)
        return self.modules[key]

    def _content(
        self, path: str, canonical: str, name: str, form: str, importer: tuple[Module, Node]
    ) -> tuple[Source, Node] | None:
        key = canonical, form
        if key not in self.read:
            self.read[key] = None
            try:
                text = self.files.read_named(path)
            except Unreadable as problem:
                from evaluator.names.errors import unreadable

                unreadable(self.sink, name, path, str(problem), importer)
                return None
            source = Source(name, canonical, text, form)
            value = read(source, self.sink)
            if value is not None:
                self.read[key] = source, value
        return self.read[key]

    def _made(
        self, source: Source, value: Node, key: str, importer: tuple[Module, Node]
    ) -> Module | None:
        from evaluator.names.load import Module

        origin, statement = importer
        alias, path, strength = statement[6], statement[7], statement[8]
        module = Module(source, ())
        module.key = key
        if alias is not None:
            module.value = value
            if strength is not None:
                from evaluator.names.errors import named_with_strength

                named_with_strength(self.sink, origin.source, statement)
        elif path is not None:
            for part in path:
                if not isinstance(part, str):
                    if part[0] == "star":
                        return None  # Reported as misplaced, here and in other paths.
                    from evaluator.names.errors import computed_target

                    computed_target(self.sink, origin.source, statement, part)
                    return None
            module.placed = importer
            if not is_nothing(value):
                module.items = placed(value, path, strength)
        elif value[0] == "record":
            module.items = statements(value, strength)
        elif not is_nothing(value):
            from evaluator.names.errors import no_mapping

            no_mapping(self.sink, source, value, importer)
            return None
        return module


def near_data(importer: str, text: str) -> list[str]:
    """Import texts of data files that look like `text`, from the folder it points into."""
    from evaluator.diagnostics.suggest import nearest

    head, slash, _leaf = text.rpartition("/")
    try:
        names = os.listdir(os.path.join(os.path.dirname(importer), head))
    except (OSError, ValueError):
        return []
    return nearest(text, sorted([head + slash + each for each in names if form_of(each)]))
