"""Use of what is `@deprecated`: options, services, and types that options are declared with."""

from __future__ import annotations

from evaluator.definitions.annotations import text_of
from evaluator.definitions.placement import KEPT
from evaluator.definitions.renames import follow
from evaluator.diagnostics.model import WARNING, Diagnostic, Label
from evaluator.options.shapes import Shape, path_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.definitions.places import Place
    from evaluator.diagnostics.model import Sink
    from evaluator.names.load import Module
    from evaluator.source import Source, Span

    Node = tuple[Any, ...]

TYPES = ("recorddecl", "choice", "typedecl")


class Deprecated:
    """What is deprecated in a configuration, with the text that says so, by the declaration."""

    def __init__(self) -> None:
        self.declared: dict[int, tuple[str, Node, Source]] = {}
        self.types: dict[tuple[int, str], tuple[str, Node, Source]] = {}
        self.modules: dict[str, Module] = {}

    def add(self, items: tuple[Node, ...], module: Module) -> None:
        """Note what a module declares and advises against."""
        self.modules[module.source.path] = module
        for item in items:
            tag = item[0]
            if tag == "section":
                self.add(item[4], module)
                continue
            text = text_of(item[KEPT[tag]], "deprecated") if tag in KEPT else None
            if text is not None:
                found = (text, item, module.source)
                self.declared[id(item)] = found
                if tag in TYPES:
                    self.types[id(module), item[3]] = found
            if tag in ("service", "recorddecl", "choice"):
                self.add(item[6], module)

    def follow(
        self, sink: Sink, source: Source, start: Place, spans: list[Span], path: tuple[Any, ...]
    ) -> None:
        """Warn where a definition, whose path is the end of `path`, leads to what is deprecated."""
        own = path[len(path) - len(spans) :]
        for index, span in enumerate(spans, 1):
            place = follow(start, own[:index])
            if place is None or isinstance(place, tuple):
                return
            said = path[: len(path) - len(spans) + index]
            if self._defined(sink, source, place, span, said):
                return

    def _defined(
        self, sink: Sink, source: Source, place: Place, span: Span, path: tuple[Any, ...]
    ) -> bool:
        node = place.node if isinstance(place, Shape) else place.option.node
        found = self.declared.get(id(node))
        if found is None or found[2] is source:
            return found is not None
        text, declared, where = found
        sink.report(
            Diagnostic(
                "deprecated",
                f"`{path_text(path)}` is deprecated: {text}",
                (
                    Label(span, "defined here", primary=True),
                    Label((where, declared[1], _end(declared)), "declared here"),
                ),
                severity=WARNING,
                path=path_text(path),
                facts={"text": text},
            )
        )
        return True

    def typed(self, sink: Sink, option: Node, source: Source, path: tuple[Any, ...]) -> None:
        """Warn where an option is declared with a type that is deprecated."""
        for name, start in _names(option[7]):
            module = self.modules.get(source.path)
            alias, dot, rest = name.rpartition(".")
            if module is not None and dot:
                module = module.aliases.get(alias)
            found = self.types.get((id(module), rest))
            if found is None or found[2] is source:
                continue
            text, declared, where = found
            sink.report(
                Diagnostic(
                    "deprecated",
                    f"`{path_text(path)}` is of type `{name}`, which is deprecated: {text}",
                    (
                        Label((source, start, start + len(name)), "used here", primary=True),
                        Label((where, declared[1], _end(declared)), "declared here"),
                    ),
                    severity=WARNING,
                    path=path_text(path),
                    facts={"text": text},
                )
            )


def _end(node: Node) -> int:
    """Where the head of a declaration ends."""
    if node[0] == "option":
        return int(node[6])
    return int(node[4]) + (len(node[3]) if node[0] in TYPES else 0)


def _names(type_: Any) -> list[tuple[str, int]]:
    """Names in a written type, and where they stand."""
    out: list[tuple[str, int]] = []
    if isinstance(type_, tuple):
        if type_ and type_[0] == "tname":
            out.append((type_[3], type_[1]))
        for part in type_:
            out.extend(_names(part))
    return out


def collected(modules: list[Module]) -> Deprecated | None:
    """What the declarations of some modules advise against; None where none does."""
    found = Deprecated()
    for module in modules:
        found.add(module.items, module)
    return found if found.declared else None
