"""Follow imports: from one file to the ordered set of modules it stands for.

A file is identified (canonical path) before its imports are expanded, so it counts once
however often it is reached, and import cycles are legal. Module order is depth-first,
imports before the importer, siblings as written. `disable` drops files from the set; what
only they imported goes with them.
"""

from __future__ import annotations

import os

from evaluator.data import form_of
from evaluator.files import Unreadable
from evaluator.source import Source
from evaluator.syntax.parse import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.diagnostics.model import Sink
    from evaluator.files import Disk
    from evaluator.names.data_files import DataFiles
    from evaluator.names.hosts import HostPart

    Node = tuple[Any, ...]


class Module:
    """One file of the configuration; `imports` holds `(statement, module)` in written order.

    Data is a module for each place it is imported to; `key` tells them apart. Imported with
    `as` it defines nothing and has a `value`; `placed` is who wants it below a path.
    """

    __slots__ = (
        "aliases", "bindings", "hosts", "imports", "index", "items", "key", "lets", "lost", "outer",
        "placed", "shipped", "source", "value",
    )  # fmt: skip

    def __init__(self, source: Source, items: tuple[Node, ...]) -> None:
        self.source = source
        self.items = items
        self.imports: list[tuple[Node, Module]] = []
        self.aliases: dict[str, Module] = {}
        # Names of imports that failed: nobody knows what is behind them.
        self.lost: set[str] = set()
        self.index = 0
        self.shipped = False
        self.key = source.path
        self.value: Node | None = None
        self.placed: tuple[Module, Node] | None = None
        # Whose names are visible here too: the file around a test or host.
        self.outer: Module | None = None
        # The hosts it describes; and what a turn of a loop around one, or its block, binds.
        self.hosts: list[HostPart] = []
        self.bindings: dict[str, Any] | None = None
        # What it binds by `let`, once somebody has looked; see `definitions.spread`.
        self.lets: dict[str, Node] | None = None

    def is_lost(self, name: str) -> bool:
        """Whether a dotted name leads into a file whose import failed, which was told."""
        alias, dot, _leaf = name.partition(".")
        return bool(dot) and alias in self.lost


class Loader:
    """Loads modules through `files`, looking bare names up along `module_path`."""

    def __init__(self, files: Disk, module_path: tuple[str, ...], sink: Sink, base: str) -> None:
        self.files = files
        self.module_path = module_path
        self.sink = sink
        self.base = base
        self.modules: dict[str, Module | None] = {}
        self._data: DataFiles | None = None
        self.disables: list[tuple[Module, Node]] = []

    def load(self, path: str, name: str | None = None) -> list[Module]:
        """Modules of the configuration rooted at `path`, in module order.

        Findings go to the sink; an unreadable or malformed file is left out, so that what
        the others have to say is still heard.
        """
        if form_of(path) is not None and self.files.exists(path):
            from evaluator.names import errors

            reason = "it is data, and no configuration; import it in a `.vcfg` file"
            errors.unreadable(self.sink, name or path, path, reason, None)
            return []
        root = self._open(path, name or path, None)
        if root is None:
            return []
        order = self._collect(root, {})
        parts = [part for module in order for part in module.hosts]
        imported = [each for part in parts for each in self._collect(part.module, {})]
        dropped = self._disabled(root, [*order, *imported])
        if dropped:
            order = self._collect(root, dropped)
        known = {module.key for module in order}
        index = 0
        for module in order:
            module.index = index
            index += 1
        for part in parts:
            part.extras = [
                each
                for each in self._collect(part.module, dropped)
                if each is not part.module and each.key not in known
            ]
            for module in part.extras:
                module.index = index
                index += 1
        return order

    def _collect(self, root: Module, dropped: dict[str, object]) -> list[Module]:
        """Post-order walk without recursion: import chains may be long."""
        order: list[Module] = []
        seen = {root.key}
        stack = [(root, 0)]
        while stack:
            module, at = stack.pop()
            while at < len(module.imports):
                target = module.imports[at][1]
                at += 1
                if target.key not in seen and target.source.path not in dropped:
                    seen.add(target.key)
                    stack.append((module, at))
                    module, at = target, 0
            if module.source.path not in dropped:
                order.append(module)
        return order

    def _open(self, path: str, name: str, importer: tuple[Module, Node] | None) -> Module | None:
        """Read one file and everything below it that has not been read yet."""
        first = self._read(path, name, importer)
        pending = [first] if first is not None else []
        while pending:
            module = pending.pop()
            for statement in _structural(module.items):
                if statement[0] == "disable":
                    self.disables.append((module, statement))
                    continue
                known = len(self.modules)
                target = self._import(module, statement)
                alias = statement[6]
                if target is None:
                    if alias is not None:
                        module.lost.add(alias)
                    continue
                module.imports.append((statement, target))
                if alias is not None:
                    if alias in module.aliases:
                        from evaluator.names import errors

                        errors.alias_twice(self.sink, module.source, statement, alias)
                    module.aliases[alias] = target
                if len(self.modules) > known:
                    pending.append(target)
            if module.items and _describes_hosts(module.items):
                from evaluator.names.hosts import host_parts

                module.hosts = host_parts(module)
                pending.extend([part.module for part in module.hosts])
        return first

    def _import(self, module: Module, statement: Node) -> Module | None:
        from evaluator.names import errors

        text = statement[3]
        form = form_of(text)
        if form is None and not text.endswith(".vcfg") and errors.is_foreign_form(text):
            errors.foreign_form(self.sink, module.source, statement)
            return None
        if form is None and (statement[7] is not None or statement[8] is not None):
            errors.data_clause(self.sink, module.source, statement)
        found, tried = self.lookup(module.source.path, text)
        if found is None:
            near = self._near(module, text) if form is None else self._near_data(module, text)
            errors.import_not_found(self.sink, module.source, statement, tried, near)
            return None
        if form is not None:
            return self._data_files().module(found, self.display(found), form, (module, statement))
        return self._read(found, self.display(found), (module, statement))

    def _data_files(self) -> DataFiles:
        if self._data is None:
            from evaluator.names.data_files import DataFiles

            self._data = DataFiles(self.files, self.sink)
        return self._data

    def _near_data(self, module: Module, text: str) -> list[str]:
        from evaluator.names.data_files import near_data

        return near_data(module.source.path, text)

    def lookup(self, importer: str, text: str) -> tuple[str | None, list[str]]:
        """Where an import's text leads, and every place that was looked at."""
        if text.startswith(("./", "../")):
            places = [os.path.join(os.path.dirname(importer), text)]
        elif os.path.isabs(text):
            places = [text]
        else:
            places = [os.path.join(folder, text) for folder in self.module_path]
            if form_of(text) is not None:
                # No library ships data: what is not found there is a file of one's own.
                places.append(os.path.join(os.path.dirname(importer), text))
        tried = []
        for place in places:
            normal = os.path.normpath(place)
            tried.append(normal)
            if text and "\0" not in text and self.files.exists(normal):
                return normal, tried
        return None, tried

    def display(self, path: str) -> str:
        """How a file is called in messages: relative where that is shorter to read."""
        if path.startswith(self.base + os.sep):
            return path[len(self.base) + 1 :]
        return path

    def _read(self, path: str, name: str, importer: tuple[Module, Node] | None) -> Module | None:
        key = self.files.canonical(path)
        if key in self.modules:
            return self.modules[key]
        self.modules[key] = None
        try:
            text = self.files.read(path) if importer is None else self.files.read_named(path)
        except Unreadable as problem:
            from evaluator.names import errors

            errors.unreadable(self.sink, name, path, str(problem), importer)
            return None
        source = Source(name, key, text)
        tree = parse(source, self.sink)
        if tree is None:
            return None
        module = Module(source, tree[4])
        module.shipped = bool(self.module_path) and key.startswith(self.module_path[-1] + os.sep)
        self.modules[key] = module
        return module

    def _near(self, module: Module, text: str) -> list[str]:
        """Importable names that look like `text`: of the module path, and of files beside."""
        from evaluator.names.library import near_files

        if text and self.lookup(module.source.path, f"./{text}")[0] is not None:
            return [f"./{text}"]
        return near_files(text, self.module_path, module.source.path)

    def _disabled(self, root: Module, order: list[Module]) -> dict[str, object]:
        """Canonical paths that some loaded module wants out of the set."""
        dropped: dict[str, object] = {}
        loaded = {module.source.path for module in order}
        for module, statement in self.disables:
            if module.source.path not in loaded:
                continue
            found, _tried = self.lookup(module.source.path, statement[3])
            key = self.files.canonical(found) if found else None
            if key is None or key not in loaded:
                from evaluator.names import errors

                errors.nothing_to_disable(self.sink, module.source, statement)
            elif key == root.source.path:
                from evaluator.names import errors

                errors.root_disabled(self.sink, module.source, statement)
            else:
                dropped[key] = statement
        return dropped


def _structural(items: tuple[Node, ...]) -> list[Node]:
    return [item for item in items if item[0] in ("import", "disable")]


def _describes_hosts(items: tuple[Node, ...]) -> bool:
    """Whether there is a `host` among some statements, in loops and conditions too."""
    for item in items:
        tag = item[0]
        if tag == "host":
            return True
        if tag == "for":
            inner = item[5]
        elif tag == "when":
            inner = (*item[4], *(item[5] or ()))
        elif tag == "section":
            inner = item[4]
        else:
            continue
        if _describes_hosts(inner):
            return True
    return False
