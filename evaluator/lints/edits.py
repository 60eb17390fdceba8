"""Changes of a text that a lint proposes: a statement with its line goes, a word goes."""

from __future__ import annotations

from evaluator.diagnostics.model import Edit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.source import Source

    Node = tuple[Any, ...]


def without_statement(source: Source, node: Node) -> Edit:
    """Take a statement out, with its lines where it stands alone on them.

    An empty line goes with it where two would meet. A comment behind it stays.
    """
    text = source.text
    start, end = node[1], node[2]
    if text[end : end + 1] == ",":
        end += 1
    line = text.rfind("\n", 0, start) + 1
    after = end
    while text[after : after + 1] in (" ", "\t", "\r") and after < len(text):
        after += 1
    is_first = not text[line:start].strip(" \t")
    if is_first and (after == len(text) or text[after] == "\n"):
        start, end = line, min(after + 1, len(text))
        if _is_blank_before(text, start):
            start, end = _without_gap(text, start, end)
    else:
        end = after
    return Edit((source, start, end), "")


def _without_gap(text: str, start: int, end: int) -> tuple[int, int]:
    """Of the empty lines around what goes, one is enough, and none before a closing brace."""
    if _is_blank_at(text, end):
        return start, text.find("\n", end) + 1 or len(text)
    if start and (end == len(text) or text[end:].lstrip(" \t")[:1] in ("}", "]")):
        return text.rfind("\n", 0, start - 1) + 1, end
    return start, end


def _is_blank_before(text: str, line: int) -> bool:
    """Whether nothing, or an empty line, comes before the line that starts here."""
    if line == 0:
        return True
    before = text.rfind("\n", 0, line - 1) + 1
    return not text[before : line - 1].strip()


def _is_blank_at(text: str, line: int) -> bool:
    end = text.find("\n", line)
    return end >= 0 and not text[line:end].strip()


def without_words(source: Source, start: int, end: int) -> Edit:
    """Take words out, with the space behind them."""
    text = source.text
    while end < len(text) and text[end] in " \t":
        end += 1
    return Edit((source, start, end), "")


def word_span(source: Source, node: Node, words: tuple[str, ...]) -> tuple[int, int] | None:
    """Where a strength or place stands before the path of a definition; None if it does not."""
    text = source.text
    at, end = node[1], node[3]
    while at < end:
        stop = at
        while stop < end and not text[stop].isspace():
            stop += 1
        word = text[at:stop]
        if word in ("priority", "order"):
            number = stop
            while number < end and text[number].isspace():
                number += 1
            while number < end and not text[number].isspace():
                number += 1
            stop = number
        if word in words:
            return at, stop
        if word not in STRENGTHS and word not in PLACES:
            return None
        at = stop
        while at < end and text[at].isspace():
            at += 1
    return None


STRENGTHS = ("default", "force", "priority")
PLACES = ("first", "last", "order")
