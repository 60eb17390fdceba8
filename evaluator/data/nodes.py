"""What all readers share: how nodes are made, what is refused, how much is too much."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    Node = tuple[Any, ...]
    Place = tuple[int, int]

LOWEST = -(2**63)
HIGHEST = 2**63 - 1
LEVELS = 200
# So many values may stand in a file through aliases, beyond those that are written.
REPEATED = 100_000


class Malformed(Exception):
    """Text that cannot be read: why, where, and what to do about it.

    `remedy` replaces the marked text; `first` is where something stood before; `code` is the
    finding's.
    """

    def __init__(
        self, reason: str, start: int, end: int, *, label: str = "here", advice: str = "",
        remedy: str | None = None, first: Place | None = None, first_label: str = "first here",
        code: str = "bad-data",
    ) -> None:  # fmt: skip
        super().__init__(reason)
        self.reason = reason
        self.start = start
        self.end = end
        self.label = label
        self.advice = advice
        self.remedy = remedy
        self.first = first
        self.first_label = first_label
        self.code = code


def entry(key: str, start: int, end: int, value: Node) -> Node:
    """One key of a mapping, as the definition it is."""
    return ("def", start, max(end, value[2]), end, (key,), None, None, (), (), value)


def integer(spelled: str, base: int, start: int, end: int) -> Node:
    """An `int` node; integers have 64 bits here as everywhere in the language."""
    bare = spelled.replace("_", "")
    value = int(bare, base) if len(bare) <= _LONGEST else HIGHEST + 1
    if not LOWEST <= value <= HIGHEST:
        raise Malformed(
            "an integer has more than 64 bits", start, end, label="too large",
            advice="write it as text if it is only passed on",
        )  # fmt: skip
    return ("int", start, end, value)


def decimal(spelled: str, start: int, end: int) -> Node:
    """A `float` node; it is finite."""
    value = float(spelled)
    if value - value != 0:
        raise Malformed(
            "a decimal number is too large", start, end, label="beyond 64 bits",
            advice="write it as text if it is only passed on",
        )  # fmt: skip
    return ("float", start, end, value)


def check_text(text: str, start: int, end: int) -> str:
    """The text itself, unless it has halves of characters that no file can hold."""
    if not text.isascii() and not text.isprintable():
        for character in text:
            if "\ud800" <= character <= "\udfff":
                raise Malformed(
                    "half a character stands in a text", start, end,
                    label=f"has U+{ord(character):04X} alone",
                    advice="characters beyond U+FFFF take two `\\u` escapes, high before low",
                )  # fmt: skip
    return text


def check_key(key: str, start: int, end: int) -> None:
    """A key is never empty."""
    if not key:
        raise Malformed(
            "a key is empty", start, end, label="no name", advice="give it a name, or remove it"
        )


def repeated(key: str, word: str, start: int, end: int, first: Place) -> NoReturn:
    """One key twice in one mapping: which of them counts, readers disagree about."""
    raise Malformed(
        f"the key `{key}` stands twice in one {word}", start, end, label="again here",
        advice="keep one of them", first=first,
    )  # fmt: skip


def too_deep(start: int, end: int) -> NoReturn:
    """Nested beyond what the language itself allows."""
    raise Malformed(
        f"values are nested more than {LEVELS} levels deep", start, end, label="one level too many",
        code="nested-too-deeply",
    )  # fmt: skip


_LONGEST = 70  # digits of a 64-bit integer, in any base, and some to spare
