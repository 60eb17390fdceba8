"""Actions for strings and text blocks: escapes, holes, the margin of text blocks."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.syntax.machine import Machine

    Node = tuple[Any, ...]

_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\", "#": "#"}


def plain_string(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """A string without escapes and holes, one token."""
    return ("str", start, end, parts[0][1:-1])


def raw_string(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`r"…"`: as it stands."""
    return ("str", start, end, parts[0][2:-1])


def quoted_string(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """A string with escapes or holes."""
    return _joined(parts[1] or [], start, end)


def string_parts(parts: list[Any], start: int, end: int, machine: Machine) -> list[Any]:
    """Texts and holes of a string, in order."""
    return list(parts[0])


def string_chars(parts: list[Any], start: int, end: int, machine: Machine) -> str:
    """Characters that stand for themselves."""
    return str(parts[0])


def escape(parts: list[Any], start: int, end: int, machine: Machine) -> str:
    """Meaning of `\\n`, `\\u{e9}`, …; an unknown one is a problem at its place."""
    spelling = parts[0]
    plain = _ESCAPES.get(spelling[1])
    if plain is not None:
        return plain
    if spelling.startswith("\\u{"):
        digits = spelling[3:-1]
        if 0 < len(digits) <= 6 and not digits.strip("0123456789abcdefABCDEF"):
            code = int(digits, 16)
            if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF:
                return chr(code)
        machine.problem("bad-code-point", start, end)
    else:
        machine.problem("unknown-escape", start, end, spelling=spelling)
    return ""


def hole(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`#{expression}` hands its expression on."""
    return tuple(parts[1])


def text_chars(parts: list[Any], start: int, end: int, machine: Machine) -> tuple[str, int]:
    """Characters of a text block with their place, which the margin rule needs."""
    return (parts[0], start)


def text_parts(parts: list[Any], start: int, end: int, machine: Machine) -> list[Any]:
    """Texts and holes of a text block, in order."""
    return list(parts[0])


def text(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """A text block: the first line break dropped, the margin of the closing line taken off."""
    pieces = _without_margin(parts[1] or [], machine)
    return _joined(pieces, start, end)


def _joined(pieces: list[Any], start: int, end: int) -> Node:
    """A `str` node if there is no hole, else `interp`; neighbouring texts become one."""
    merged: list[Any] = []
    texts: list[str] = []
    for piece in pieces:
        if piece.__class__ is str:
            texts.append(piece)
            continue
        if texts:
            merged.append("".join(texts))
            texts = []
        merged.append(piece)
    rest = "".join(texts)
    if not merged:
        return ("str", start, end, rest)
    if rest:
        merged.append(rest)
    return ("interp", start, end, tuple(merged))


def _without_margin(pieces: list[Any], machine: Machine) -> list[Any]:
    """Text pieces `(characters, start)` become strings without margin; holes stay."""
    margin = _margin(pieces)
    result: list[Any] = []
    for index, piece in enumerate(pieces):
        if len(piece) != 2:
            result.append(piece)
            continue
        chars, start = piece
        lines = chars.split("\n")
        offset = start + len(lines[0]) + 1
        is_first, is_last = index == 0, index == len(pieces) - 1
        kept = [lines[0]]
        for number, line in enumerate(lines[1:], 1):
            ends_piece = number == len(lines) - 1
            if ends_piece and is_last:
                closes = margin is not None
                kept.append("" if closes else line)
            elif not margin:
                kept.append(line)
            else:
                kept.append(_line_body(line, margin, offset, ends_piece, machine))
            offset += len(line) + 1
        if is_first and len(kept) > 1 and not kept[0].strip(" \t\r"):
            del kept[0]
        result.append("\n".join(line.removesuffix("\r") for line in kept))
    return result


def _margin(pieces: list[Any]) -> str | None:
    """White space before closing quotes that stand on their own line, None if they do not."""
    if not pieces or len(pieces[-1]) != 2:
        return None
    _, line_end, last = pieces[-1][0].rpartition("\n")
    return last if line_end and not last.strip(" \t") else None


def _line_body(line: str, margin: str, offset: int, before_hole: bool, machine: Machine) -> str:
    """A line without the margin; blank lines may be shorter than it."""
    if line.startswith(margin):
        return line[len(margin) :]
    body = line.lstrip(" \t")
    if not body.strip("\r") and not before_hole:
        return body
    indent = line[: len(line) - len(body)]
    if margin.startswith(indent):
        machine.problem("short-line", offset, offset + len(indent) + 1, width=len(margin))
    else:
        machine.problem("mixed-margin", offset, offset + len(indent))
    return body
