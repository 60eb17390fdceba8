"""Texts as POSIX shell, in plain ASCII: what a shell reads is then the same in every locale.

A text beyond ASCII is written with octal escapes for `printf`; one that is needed as an
argument gets a variable, set once at run time (`Literals`).
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SAFE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:,+@%")


def quote(text: str) -> str:
    """An ASCII text as one shell word."""
    if text and all(c in SAFE for c in text):
        return text
    return "'" + text.replace("'", "'\\''") + "'"


def octal(text: str) -> str:
    """A text as a quoted format for `printf`: bytes beyond ASCII as `\\ooo`."""
    parts = ["'"]
    for c in text:
        if c == "'":
            parts.append("'\\''")
        elif c == "\\":
            parts.append("\\\\")
        elif c == "%":
            parts.append("%%")
        elif c < "\x80":
            parts.append(c)
        else:
            parts.append("".join(f"\\{byte:03o}" for byte in c.encode()))
    parts.append("'")
    return "".join(parts)


def printing(text: str) -> str:
    """A command that writes exactly this text on stdout, without starting a program."""
    if text.isascii():
        return f"printf %s {quote(text)}"
    return f"printf {octal(text)}"


def comment(text: str) -> str:
    """A text that can stand in a comment: one line, ASCII."""
    return text.encode("ascii", "backslashreplace").decode().replace("\n", " ").replace("\r", " ")


def table(name: str, rows: list[str], legend: str | tuple[str, ...] = ()) -> list[str]:
    """A function that calls each row of a table, with what their words mean above it."""
    said = (legend,) if isinstance(legend, str) else legend
    above = [f"# {line}" for line in said if rows]
    return [*above, f"{name}() {{", *(f"    {row}" for row in rows or [":"]), "}"]


def printable(text: str) -> str:
    """A text with blanks for control characters."""
    return "".join(c if c >= " " and c != "\x7f" else " " for c in text)


def place_text(place: dict[str, Any]) -> str:
    """A line that asked for something, for people."""
    return f"{place['file']}:{place['line']} ({place['path']})"


class Literals:
    """Arguments of table rows; those beyond ASCII become variables `u1`, `u2`, …"""

    __slots__ = ("_variables",)

    def __init__(self) -> None:
        self._variables: dict[str, str] = {}

    def word(self, text: str) -> str:
        """One shell word that stands for the text."""
        if text.isascii():
            return quote(text)
        name = self._variables.setdefault(text, f"u{len(self._variables) + 1}")
        return f'"${name}"'

    def function(self) -> list[str]:
        """`_literals`, which sets the variables; a shell that cannot hold one refuses."""
        lines = ["_literals() {"]
        for text, name in self._variables.items():
            shown = quote(comment(text))
            lines.append(f'    _hold "$(printf {octal(text + ".")} 2>/dev/null)" {shown}')
            lines.append(f"    {name}=$word")
        lines += ["    :", "}"]
        return lines
