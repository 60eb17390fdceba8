"""Keys written as what a loop binds: each turn means the same entry, which is hardly meant."""

from __future__ import annotations

from evaluator.definitions.wording import part_span
from evaluator.diagnostics.model import WARNING, Diagnostic, Edit, Help, Label
from evaluator.options.shapes import path_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.diagnostics.model import Sink
    from evaluator.source import Source, Span

    Node = tuple[Any, ...]


def entry(
    sink: Sink,
    source: Source,
    node: Node,
    path: tuple[Any, ...],
    index: int,
    prefix: tuple[Any, ...],
) -> None:
    """Warn of an entry of a map that is called as a loop around it calls what it goes through.

    Nobody is warned who writes the key in quotes.
    """
    span = part_span(source, node, path, index)
    _report(sink, span, path_text((*prefix, *path[: index + 1])), str(path[index]), "entry")


def host(sink: Sink, source: Source, node: Node) -> None:
    """Warn of a host that is called so."""
    start = source.text.index(node[3], node[1] + len("host"))
    _report(sink, (source, start, start + len(node[3])), "", node[3], "host")


def _report(sink: Sink, span: Span, path: str, name: str, what: str) -> None:
    source, start, _end = span
    if source.text[start - 1] == '"':
        return
    sink.report(
        Diagnostic(
            "loop-key",
            f"This {what} is called `{name}` in every turn of the loop that binds `{name}`",
            (Label(span, "the word itself, not what it is bound to", primary=True),),
            severity=WARNING,
            help=(
                Help(f'write `"#{{{name}}}"` for its value', (Edit(span, f'"#{{{name}}}"'),)),
                Help(f'write `"{name}"` if the word is meant'),
            ),
            path=path or None,
            facts={"name": name},
        )
    )
