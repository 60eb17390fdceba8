"""The door of the room: a source in, its canonical text out, findings into the sink."""

from __future__ import annotations

from evaluator.formatting.layout import lay_out
from evaluator.formatting.reading import read
from evaluator.syntax.parse import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.diagnostics.model import Sink
    from evaluator.source import Source


class Unfaithful(AssertionError):
    """The new text would not mean the same: a mistake of this room, and nothing is written."""


def canonical(source: Source, sink: Sink) -> str | None:
    """Text of a file in its canonical layout; None after syntax errors, which the sink then has.

    The result has been read again: it has the same tree, and each comment at the same token.
    """
    if parse(source, sink) is None:
        return None
    reading = read(source.text)
    if reading is None:
        raise Unfaithful(f"`{source.name}` is well-formed and could not be read")
    text = lay_out(reading)
    again = read(text)
    if again is None or again.tree != reading.tree or again.comments() != reading.comments():
        raise Unfaithful(f"`{source.name}` would not mean the same any more")
    return text
