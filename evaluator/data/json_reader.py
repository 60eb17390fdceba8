"""JSON as RFC 8259 has it, with positions; nothing that only some readers accept.

A byte order mark is skipped. What other readers leave open is refused: keys that stand
twice, NaN, integers beyond 64 bits, halves of characters.
"""

from __future__ import annotations

import re

from evaluator.data.nodes import (
    LEVELS,
    Malformed,
    check_key,
    check_text,
    decimal,
    entry,
    integer,
    repeated,
    too_deep,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    Node = tuple[Any, ...]

BLANK = re.compile(r"[ \t\n\r]*")
NUMBER = re.compile(r"(-?(?:0|[1-9][0-9]*))(\.[0-9]+)?([eE][-+]?[0-9]+)?")
PLAIN = re.compile(r'[^"\\\x00-\x1f]*')
HEXADECIMAL = re.compile(r"[0-9a-fA-F]{4}")
# What somebody meant as one value, to point at when it is none.
WORD = re.compile(r"[^\s,:\[\]{}\"']+")
SINGLE = re.compile(r"'([^'\\\"\n]*)'")
COMMENT = re.compile(r"//|/\*|#")
ESCAPES = {
    '"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t",
}  # fmt: skip
WORDS = {"true": ("bool", True), "false": ("bool", False), "null": ("null",)}
MEANT = {
    **dict.fromkeys(("True", "TRUE", "yes", "on"), "true"),
    **dict.fromkeys(("False", "FALSE", "no", "off"), "false"),
    **dict.fromkeys(("None", "Null", "NULL", "nil", "undefined", "~"), "null"),
}
INFINITE = ("NaN", "nan", "Infinity", "-Infinity", "inf", "-inf", "+inf")


def read(text: str) -> Node:
    """The value a JSON text is; raises Malformed."""
    reader = _Reader(text)
    reader.blank()
    if reader.at == len(text):
        raise Malformed("the file is empty", 0, 0, label="nothing here", advice="write `{}`")
    node = reader.value(0)
    reader.blank()
    if reader.at < len(text):
        reader.comment()
        at = reader.at
        end = WORD.match(text, at)
        raise Malformed(
            "something follows the value", at, end.end() if end else at + 1,
            label="the value ends before this",
            advice="one file holds one value; remove what follows",
        )  # fmt: skip
    return node


class _Reader:
    """A text and how far it has been read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 1 if text.startswith("\ufeff") else 0

    def blank(self) -> None:
        """Go on to what is no blank."""
        self.at = BLANK.match(self.text, self.at).end()  # type: ignore[union-attr]

    def value(self, depth: int) -> Node:
        """The value that starts here."""
        text, start = self.text, self.at
        sign = text[start : start + 1]
        if sign == '"':
            string = self.string()
            return ("str", start, self.at, check_text(string, start, self.at))
        if sign in ("{", "["):
            if depth >= LEVELS:
                too_deep(start, start + 1)
            return self.object(depth) if sign == "{" else self.array(depth)
        number = NUMBER.match(text, start)
        word = WORD.match(text, start)
        end = word.end() if word else start
        if number and number.end() == end:
            self.at = end
            if number[2] or number[3]:
                return decimal(number[0], start, end)
            return integer(number[0], 10, start, end)
        known = WORDS.get(text[start:end])
        if known is not None:
            self.at = end
            return (known[0], start, end, *known[1:])
        self.no_value(start, end)

    def object(self, depth: int) -> Node:
        """`{ … }`, whose keys are all different."""
        start, text = self.at, self.text
        self.at += 1
        entries: list[Node] = []
        keys: dict[str, tuple[int, int]] = {}
        while self.goes_on(start, "}", bool(entries)):
            at = self.at
            if text[at] != '"':
                self.no_key(at)
            key = self.string()
            end = self.at
            check_text(key, at, end)
            check_key(key, at, end)
            if key in keys:
                repeated(key, "object", at, end, keys[key])
            keys[key] = (at, end)
            self.blank()
            if text[self.at : self.at + 1] != ":":
                self.comment()
                self.missing("`:` is missing after a key", at, end, "a value belongs to this key")
            self.at += 1
            self.blank()
            entries.append(entry(key, at, end, self.value(depth + 1)))
        return ("record", start, self.at, tuple(entries))

    def array(self, depth: int) -> Node:
        """`[ … ]`"""
        start = self.at
        self.at += 1
        items: list[Node] = []
        while self.goes_on(start, "]", bool(items)):
            items.append(self.value(depth + 1))
        return ("list", start, self.at, tuple(items))

    def goes_on(self, opener: int, closer: str, has_one: bool) -> bool:
        """Whether another element follows; goes behind the comma, or behind the closer."""
        text = self.text
        before = self.at
        self.blank()
        sign = text[self.at : self.at + 1]
        if sign == closer:
            self.at += 1
            return False
        if has_one:
            if sign != ",":
                self.no_comma(opener, closer, before)
            comma = self.at
            self.at += 1
            self.blank()
            sign = text[self.at : self.at + 1]
            if sign == closer:
                raise Malformed(
                    f"a comma stands before `{closer}`", comma, comma + 1,
                    label="nothing follows it", advice="remove the comma", remedy="",
                )  # fmt: skip
        if not sign:
            self.open(opener)
        self.comment()
        return True

    def string(self) -> str:
        """The text between two quotes, escapes done."""
        text, start = self.text, self.at
        at = start + 1
        parts: list[str] = []
        while True:
            end = PLAIN.match(text, at).end()  # type: ignore[union-attr]
            parts.append(text[at:end])
            sign = text[end : end + 1]
            if sign == '"':
                self.at = end + 1
                return "".join(parts)
            if sign != "\\":
                self.broken_string(start, end, sign)
            escape = text[end + 1 : end + 2]
            at = end + 2
            if escape in ESCAPES:
                parts.append(ESCAPES[escape])
            elif escape == "u":
                character, at = self.character(end)
                parts.append(character)
            else:
                raise Malformed(
                    f"`\\{escape}` is no escape of JSON", end, end + 2, label="unknown",
                    advice="a backslash itself is written `\\\\`",
                )  # fmt: skip

    def character(self, start: int) -> tuple[str, int]:
        """What `\\uXXXX` stands for, and where it ends; two halves are one character."""
        code = self.digits(start)
        if 0xD800 <= code <= 0xDBFF and self.text.startswith("\\u", start + 6):
            low = self.digits(start + 6)
            if 0xDC00 <= low <= 0xDFFF:
                return chr(0x10000 + ((code - 0xD800) << 10) + low - 0xDC00), start + 12
        return chr(code), start + 6

    def digits(self, start: int) -> int:
        """The number behind `\\u`."""
        found = HEXADECIMAL.match(self.text, start + 2)
        if found is None:
            raise Malformed(
                "`\\u` takes four hexadecimal digits", start, start + 2,
                label="as in `\\u00e9`", advice="complete it, or write the character itself",
            )  # fmt: skip
        return int(found[0], 16)

    def no_value(self, start: int, end: int) -> NoReturn:
        """Something stands where a value should; says what was probably meant."""
        text = self.text
        self.comment()
        single = SINGLE.match(text, start)
        if single:
            raise Malformed(
                "text stands in double quotes", start, single.end(), label="single quotes",
                advice=f'write "{single[1]}"', remedy=f'"{single[1]}"',
            )  # fmt: skip
        if start == end:
            found = f"`{text[start]}`" if start < len(text) else "the end of the file"
            raise Malformed(
                f"a value is missing before {found}", start, min(start + 1, len(text)),
                label="expected a value", advice="write one, such as `null`",
            )  # fmt: skip
        word = text[start:end]
        if word in MEANT:
            raise Malformed(
                f"`{word}` is no value", start, end, label="unknown",
                advice=f"write {MEANT[word]}", remedy=MEANT[word],
            )  # fmt: skip
        if word in INFINITE:
            raise Malformed(
                f"`{word}` is no number of JSON", start, end, label="not finite",
                advice="leave the key out, or write null",
            )  # fmt: skip
        if word[0] in "+-.0123456789":
            raise Malformed(
                f"`{word}` is no number of JSON", start, end, label="not a number",
                advice="numbers are written as in 8080, -1, 0.5 or 1e9; all else stands in quotes",
            )  # fmt: skip
        raise Malformed(
            "text stands in quotes", start, end, label="no quotes",
            advice=f'write "{word}"', remedy=f'"{word}"' if word.isprintable() else None,
        )  # fmt: skip

    def no_key(self, at: int) -> NoReturn:
        """A key that is not text."""
        self.comment()
        word = WORD.match(self.text, at) or SINGLE.match(self.text, at)
        if word is None:
            raise Malformed(
                f"expected a key, found `{self.text[at]}`", at, at + 1, label="not a key",
                advice="an object holds keys in quotes with `:` and their values",
            )  # fmt: skip
        key = word[0].strip("'")
        raise Malformed(
            "a key stands in double quotes", at, word.end(), label="no double quotes",
            advice=f'write "{key}"', remedy=f'"{key}"',
        )  # fmt: skip

    def no_comma(self, opener: int, closer: str, before: int) -> NoReturn:
        """Something else than `,` or the closer follows an element."""
        if self.at == len(self.text):
            self.open(opener)
        self.comment()
        sign = self.text[self.at]
        if sign in "}]":
            raise Malformed(
                f"`{sign}` does not close `{self.text[opener]}`", self.at, self.at + 1,
                label=f"expected `{closer}`", advice=f"write `{closer}`", remedy=closer,
                first=(opener, opener + 1), first_label="opened here",
            )  # fmt: skip
        self.missing("`,` is missing between two values", before - 1, before, "", ",")

    def missing(
        self, reason: str, start: int, end: int, advice: str, sign: str | None = None
    ) -> NoReturn:
        """A sign is missing after what stands here."""
        if sign is not None:
            raise Malformed(
                reason, start, end, label="after this", advice=f"write `{sign}` after this",
                remedy=self.text[start:end] + sign,
            )  # fmt: skip
        raise Malformed(reason, start, end, label="after this", advice=advice)

    def open(self, opener: int) -> NoReturn:
        """The file ends inside a bracket."""
        raise Malformed(
            f"`{self.text[opener]}` is never closed", opener, opener + 1, label="opened here",
            advice="the file ends before it is closed; was it cut off?",
        )  # fmt: skip

    def broken_string(self, start: int, end: int, sign: str) -> NoReturn:
        """A string that runs into the end of its line, or holds what it may not."""
        if not sign or sign in "\r\n":
            raise Malformed(
                "a text is not closed on its line", start, end, label="its second quote is missing",
                advice="close it, or write line ends inside it as `\\n`",
            )  # fmt: skip
        escape = "\\t" if sign == "\t" else f"\\u{ord(sign):04x}"
        raise Malformed(
            "a control character stands in a text", end, end + 1,
            label=f"U+{ord(sign):04X}", advice=f"write `{escape}`", remedy=escape,
        )  # fmt: skip

    def comment(self) -> None:
        """Say that there are no comments, if one starts here."""
        found = COMMENT.match(self.text, self.at)
        if found:
            raise Malformed(
                "JSON has no comments", self.at, found.end(), label="starts here",
                advice="remove it; YAML and TOML have comments, starting with `#`",
            )  # fmt: skip
