"""Tokens without a grammar: for skipping over what is broken and for tools that keep comments.

The machine reads tokens itself, because what a word means depends on its place. Here a word
is a word: `tokens` gives every token of a text with its place, comments included.
"""

from __future__ import annotations

import re

from evaluator.syntax.machine import CODE, END

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from evaluator.syntax.failure import Failure
    from evaluator.syntax.tables import Tables

    Token = tuple[str, int, int]  # terminal ("" if it means nothing), start, end

_LONGEST_LINE = 10_000  # longer ones were written by no person, and no indentation helps
_REST_OF_STRING = re.compile(r'"(?:[^"\\\n]|\\[^\n])*"?')


def next_token(text: str, position: int, tables: Tables) -> Token:
    """The token at or after a position; a string with holes, or a text block, is one token.

    Words are `NAME`, signs and numbers as in the grammar, comments `COMMENT`, `DOC` or
    `FILE_DOC`, at the end `$END`, and a character that begins no token is `""`.
    """
    found = tables.matchers[CODE](text, position)
    if found is None:
        while position < len(text) and text[position] in " \t\r\n":
            position += 1
        if position < len(text):
            return "", position, position + 1
        return END, position, position
    kind = found.lastindex or 0
    start, end = found.span(kind)
    term = tables.terminals[CODE][kind] or tables.signs[found[kind]]
    if term == "QUOTE":
        rest = _REST_OF_STRING.match(text, start)
        end = rest.end() if rest else end
    elif term == "TEXT_QUOTE":
        close = text.find('"""', end)
        end = len(text) if close < 0 else close + 3
    return term, start, end


def tokens(text: str, tables: Tables, position: int = 0) -> Iterator[Token]:
    """All tokens from a position on, without the end."""
    while True:
        token = next_token(text, position, tables)
        if token[0] == END:
            return
        yield token
        position = token[2]


def misaligned_opener(failure: Failure) -> int | None:
    """The first `{` whose `}` begins a line further left than the line of the `{`."""
    text = failure.text
    open_braces: list[tuple[int, int]] = []
    line = position = 0
    for term, start, end in tokens(text, failure.machine.tables):
        line = max(line, text.rfind("\n", position, start) + 1)
        position = end
        if term == "LBRACE":
            open_braces.append((start, _indent(text, line, start)))
        elif term == "RBRACE" and open_braces:
            opener, opener_indent = open_braces.pop()
            if start - line < opener_indent and not text[line:start].strip(" \t"):
                return opener
        if start - line > _LONGEST_LINE:
            return None
    return None


def _indent(text: str, line: int, end: int) -> int:
    position = line
    while position < end and text[position] in " \t":
        position += 1
    return position - line
