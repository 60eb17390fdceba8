"""Text that a terminal shows as it is meant, and how wide it comes out.

A source may hold escape sequences, text-direction overrides or broken characters. They
are shown as what they are and never reach the reader's terminal as commands.
"""

from __future__ import annotations

TAB_WIDTH = 4
SHOWN = 3
"""Of how many hosts the names are listed."""

_DELETE = 0x7F
_PICTURES = 0x2400
"""The Unicode block with a picture of each of the first 32 control characters."""


def printable(text: str, keep: str = "") -> str:
    """The text with unprintable characters replaced, except those in `keep`."""
    if text.isprintable():
        return text
    return "".join(char if char in keep else glyph(char) for char in text)


def one_line(text: str) -> str:
    """The text on one line: line ends and tabs become visible, too."""
    return printable(text.replace("\r\n", "\n").replace("\n", " ").replace("\t", " "))


def shorten(text: str, most: int) -> str:
    """The text, its end cut off where it has more than `most` characters."""
    return text if len(text) <= most else text[: most - 3] + "..."


def listed_hosts(hosts: list[str]) -> str:
    """Hosts by name, the first few of them."""
    names = ", ".join([f"`{host}`" for host in hosts[:SHOWN]])
    more = f" and {len(hosts) - SHOWN} more" if len(hosts) > SHOWN else ""
    return ("host " if len(hosts) == 1 else "hosts ") + names + more


def glyph(char: str) -> str:
    """What is shown for one character; a tab becomes `TAB_WIDTH` blanks."""
    if char.isprintable():
        return char
    if char == "\t":
        return " " * TAB_WIDTH
    number = ord(char)
    if number < ord(" "):
        return chr(_PICTURES + number)
    if number == _DELETE:
        return "\N{SYMBOL FOR DELETE}"
    if char.isspace():
        return " "
    return f"<U+{number:04X}>"


def width(char: str) -> int:
    """How many columns a character takes when shown by `glyph`."""
    if char.isascii():
        return TAB_WIDTH if char == "\t" else 1
    import unicodedata

    shown = glyph(char)
    if len(shown) > 1:
        return len(shown)
    if unicodedata.combining(shown) or unicodedata.category(shown) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(shown) in {"W", "F"} else 1
