"""TOML 1.0 with positions: Python's `tomllib` decides what is valid and what it means.

`tomllib` tells values and no positions, so the text is walked a second time for these. What
the walk found is compared with what `tomllib` read, every time. Dates and times are text,
since the language has no such values.
"""

from __future__ import annotations

import re
import tomllib

from evaluator.data.nodes import (
    HIGHEST,
    LEVELS,
    LOWEST,
    Malformed,
    check_key,
    entry,
    repeated,
    too_deep,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Node = tuple[Any, ...]
    Key = tuple[str, int, int]

BLANK = re.compile(r"[ \t]*")
BETWEEN = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
STRING = re.compile(
    r'"""(?:\\.|[^"\\]|"{1,2}(?!"))*"""(?:"{0,2})'
    r"|'''(?:[^']|'{1,2}(?!'))*'''(?:'{0,2})"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[^\s,\]}#]+")
BARE = re.compile(r"[^\s,\]}#]+")
SITE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)\Z")
# What `tomllib` says about frequent mistakes, and what helps.
ADVICE = {
    "Expected '=' after a key": (
        "`=` is missing after a key", "write `key = value`; a key with other signs needs quotes",
    ),
    "Invalid value": ("this is no value", "text stands in quotes; booleans are true and false"),
    "Expected newline or end of document": (
        "something follows a value",
        "one line holds one key; numbers have no leading zero; text stands in quotes",
    ),
    "Invalid statement": ("this is no key", "a key with other signs needs quotes"),
    "Unterminated string": ("a text is not closed", "close it; further lines need triple quotes"),
    "Illegal character": ("a character stands where it may not", "write it as an escape"),
    "Unescaped '\\'": ("a backslash stands alone", "write `\\\\`, or use single quotes"),
    "Expected \"'": ("a text is not closed", "close it"),
    "Expected ']'": ("a header is not closed", "write `]`, or `]]`"),
    "Unclosed": ("a bracket is never closed, or a comma is missing", "write it"),
}  # fmt: skip
TWICE = ("Cannot overwrite", "Cannot declare", "Cannot mutate", "Duplicate")


def read(text: str) -> Node:
    """The table a TOML text is; raises Malformed."""
    start = 1 if text.startswith("\ufeff") else 0
    try:
        value = tomllib.loads(text[start:])
    except tomllib.TOMLDecodeError as problem:
        raise _worded(str(problem), text, start) from None
    except RecursionError:
        too_deep(0, 1)
    except ValueError:
        raise Malformed(
            "an integer has more than 64 bits", 0, 0, label="somewhere in this file",
            advice="look for a number of thousands of digits",
        ) from None  # fmt: skip
    node = _Walk(text, start).document()
    if not _agrees(node, value):
        raise AssertionError("positions of a TOML file do not fit its values")
    return node


def _worded(said: str, text: str, start: int) -> Malformed:
    site = SITE.search(said)
    at = len(text.rstrip())
    if site and site[1]:
        lines = text[start:].split("\n")
        at = start + sum([len(line) + 1 for line in lines[: int(site[1]) - 1]]) + int(site[2]) - 1
    at = min(at, len(text))
    reason = said[: site.start()] if site else said
    if reason.startswith(TWICE):
        return _twice(text, start) or Malformed(
            "a key is given twice", max(at - 1, 0), at, label="again before this",
            advice="keep one of them",
        )  # fmt: skip
    for begin, (words, advice) in ADVICE.items():
        if reason.startswith(begin):
            return Malformed(words, at, min(at + 1, len(text)), advice=advice)
    words = (reason[:1].lower() + reason[1:]).replace("'", "`")
    return Malformed(words, at, min(at + 1, len(text)))


def _twice(text: str, start: int) -> Malformed | None:
    """Both places of a key; None where the walk does not find them, or the text ends first."""
    try:
        _Walk(text, start).document()
    except Malformed as problem:
        return problem
    except (AttributeError, IndexError, TypeError, tomllib.TOMLDecodeError):
        return None
    return None


def _agrees(node: Node, value: Any) -> bool:
    """Whether the nodes say what `tomllib` says."""
    tag = node[0]
    if tag == "record":
        return (
            isinstance(value, dict)
            and len(value) == len(node[3])
            and all([_agrees(each[9], value.get(each[4][0])) for each in node[3]])
        )
    if tag == "list":
        return (
            isinstance(value, list)
            and len(value) == len(node[3])
            and all([_agrees(each, item) for each, item in zip(node[3], value, strict=True)])
        )
    if isinstance(value, (str, bool, int, float)):
        return node[3] == value and type(node[3]) is type(value)
    return tag == "str" and bool(_fragment(node[3]) == value)


def _fragment(spelled: str) -> Any:
    return tomllib.loads(f"x={spelled}")["x"]


class _Table:
    """A table while it is put together; several places of a file may add to it."""

    __slots__ = ("defined", "end", "entries", "start")

    def __init__(self, start: int, end: int) -> None:
        self.start = start
        self.end = end
        self.entries: dict[str, tuple[Key, Any]] = {}
        self.defined = False

    def node(self) -> Node:
        """The table as a tree."""
        entries = [
            entry(name, key[1], key[2], _node(value)) for name, (key, value) in self.entries.items()
        ]
        end = max([self.end, *[each[2] for each in entries]])
        return ("record", self.start, end, tuple(entries))


def _node(value: Any) -> Node:
    if isinstance(value, _Table):
        return value.node()
    if isinstance(value, list):  # the tables of `[[name]]`
        items = tuple([each.node() for each in value])
        return ("list", items[0][1], items[-1][2], items)
    node: Node = value
    return node


class _Walk:
    """The second reading of a text that is valid, save for keys that stand twice."""

    def __init__(self, text: str, start: int) -> None:
        self.text = text
        self.at = start
        self.root = _Table(start, start)

    def document(self) -> Node:
        """All statements of a file."""
        text, table = self.text, self.root
        while True:
            self.at = BETWEEN.match(text, self.at).end()  # type: ignore[union-attr]
            if self.at == len(text):
                return self.root.node()
            if text[self.at] == "[":
                table = self.header()
            else:
                self.assignment(table, 0)

    def header(self) -> _Table:
        """`[a.b]` opens a table, `[[a.b]]` one more of several."""
        start = self.at
        several = self.text.startswith("[[", start)
        self.at += 2 if several else 1
        keys = self.keys()
        self.at += 2 if several else 1
        table = self.inside(self.root, keys[:-1])
        name, key_start, key_end = last = keys[-1]
        found = table.entries.get(name)
        opened = _Table(start, self.at)
        opened.defined = True
        if several:
            if found is not None and not isinstance(found[1], list):
                repeated(name, "table", key_start, key_end, found[0][1:])
            tables = found[1] if found is not None else []
            tables.append(opened)
            table.entries.setdefault(name, (last, tables))
            return opened
        if found is None:
            table.entries[name] = (last, opened)
            return opened
        inner = found[1]
        if not isinstance(inner, _Table) or inner.defined:
            repeated(name, "table", key_start, key_end, found[0][1:])
        inner.defined = True
        return inner

    def inside(self, table: _Table, keys: list[Key]) -> _Table:
        """The table that a path leads to, made where it is not there."""
        if len(keys) > LEVELS:
            too_deep(keys[LEVELS][1], keys[LEVELS][2])
        for key in keys:
            found = table.entries.get(key[0])
            if found is None:
                inner = _Table(key[1], key[2])
                table.entries[key[0]] = (key, inner)
            else:
                inner = found[1][-1] if isinstance(found[1], list) else found[1]
                if not isinstance(inner, _Table):
                    repeated(key[0], "table", key[1], key[2], found[0][1:])
            table = inner
        return table

    def assignment(self, table: _Table, depth: int) -> None:
        """`a.b = value`"""
        keys = self.keys()
        self.at += 1
        self.at = BLANK.match(self.text, self.at).end()  # type: ignore[union-attr]
        value = self.value(depth + len(keys) - 1)
        table = self.inside(table, keys[:-1])
        # A dotted key and a header cannot both define a table.
        table.defined = table.defined or len(keys) > 1
        last = keys[-1]
        if last[0] in table.entries:
            repeated(last[0], "table", last[1], last[2], table.entries[last[0]][0][1:])
        table.entries[last[0]] = (last, value)

    def keys(self) -> list[Key]:
        """`a."b c".d`, each with its place; goes on to what follows."""
        text = self.text
        found: list[Key] = []
        while True:
            start = BLANK.match(text, self.at).end()  # type: ignore[union-attr]
            bare = BARE_KEY.match(text, start)
            if bare:
                name, end = bare[0], bare.end()
            else:
                end = STRING.match(text, start).end()  # type: ignore[union-attr]
                name = next(iter(tomllib.loads(f"{text[start:end]}=0")))
            check_key(name, start, end)
            found.append((name, start, end))
            self.at = BLANK.match(text, end).end()  # type: ignore[union-attr]
            if text[self.at] != ".":
                return found
            self.at += 1

    def value(self, depth: int) -> Any:
        """The value that starts here, a node or a table."""
        text, start = self.text, self.at
        sign = text[start]
        if sign in "[{":
            if depth >= LEVELS:
                too_deep(start, start + 1)
            return self.array(depth) if sign == "[" else self.inline(depth)
        if sign in "\"'":
            end = STRING.match(text, start).end()  # type: ignore[union-attr]
        else:
            end = (MOMENT.match(text, start) or BARE.match(text, start)).end()  # type: ignore[union-attr]
        self.at = end
        return _scalar(text[start:end], start, end)

    def array(self, depth: int) -> Node:
        """`[1, 2]`, over any number of lines."""
        text, start = self.text, self.at
        self.at += 1
        items: list[Node] = []
        while True:
            self.at = BETWEEN.match(text, self.at).end()  # type: ignore[union-attr]
            if text[self.at] == "]":
                self.at += 1
                return ("list", start, self.at, tuple(items))
            if text[self.at] == ",":
                self.at += 1
                continue
            items.append(_node(self.value(depth + 1)))

    def inline(self, depth: int) -> _Table:
        """`{ a = 1, b.c = 2 }`"""
        text = self.text
        table = _Table(self.at, self.at)
        table.defined = True
        self.at += 1
        while True:
            self.at = BETWEEN.match(text, self.at).end()  # type: ignore[union-attr]
            if text[self.at] == "}":
                self.at += 1
                table.end = self.at
                return table
            if text[self.at] == ",":
                self.at += 1
                continue
            self.assignment(table, depth + 1)


def _scalar(spelled: str, start: int, end: int) -> Node:
    value = _fragment(spelled)
    if isinstance(value, bool):
        return ("bool", start, end, value)
    if isinstance(value, int):
        if not LOWEST <= value <= HIGHEST:
            raise Malformed(
                "an integer has more than 64 bits", start, end, label="too large",
                advice="write it as text if it is only passed on",
            )  # fmt: skip
        return ("int", start, end, value)
    if isinstance(value, float):
        if value - value != 0:
            raise Malformed(
                f"`{spelled}` is no finite number", start, end, label="not finite",
                advice="leave the key out; as text it stands in quotes",
            )  # fmt: skip
        return ("float", start, end, value)
    return ("str", start, end, value if isinstance(value, str) else spelled)
