"""Strings and text blocks: their content stays, the margin of a text block moves."""

from __future__ import annotations

import re

_LINE_END = re.compile(r"(?<!\r)\r\n")  # `\r\r\n` is a `\r` of the text and a line end
_BLANK = " \t"


def with_margin(text: str, holes: list[tuple[int, int]], margin: str) -> str:
    """A string or text block as it is written where the margin of text blocks is `margin`.

    `holes` are the places of its holes, offsets in `text`. Only the white space before lines is
    changed, and only where the closing quotes stand on a line of their own.
    """
    if "\n" not in text:
        return text
    if not text.startswith('"""'):
        return _LINE_END.sub("\n", text)
    pieces = _pieces(text, holes)
    old = _margin(pieces[-1])
    written = [_LINE_END.sub("\n", piece) for piece in pieces]
    for at in range(0, len(pieces), 2):
        lines = written[at].split("\n")
        for number in range(1, len(lines)):
            is_last = number == len(lines) - 1
            if old is not None:
                if is_last and at == len(pieces) - 1:
                    lines[number] = margin
                else:
                    lines[number] = _moved(lines[number], old, margin, before_hole=is_last)
        if at == 0 and len(lines) > 1 and not lines[0].strip(" \t\r"):
            lines[0] = ""
        written[at] = "\n".join(lines)
    return f'"""{"".join(written)}"""'


def _pieces(text: str, holes: list[tuple[int, int]]) -> list[str]:
    """What stands between the quotes: texts at even places, holes between them."""
    pieces: list[str] = []
    position = 3
    for start, end in holes:
        pieces += [text[position:start], text[start:end]]
        position = end
    return [*pieces, text[position:-3]]


def _margin(last: str) -> str | None:
    """White space before closing quotes that stand on their own line, None if they do not."""
    _, line_end, before = last.rpartition("\n")
    return before if line_end and not before.strip(_BLANK) else None


def _moved(line: str, old: str, new: str, *, before_hole: bool) -> str:
    """A line with another margin. A blank line that is shorter than its margin stays without."""
    if not line.startswith(old):
        return line.lstrip(_BLANK)
    body = line[len(old) :]
    return new + body if body or before_hole else ""
