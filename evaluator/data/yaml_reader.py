"""YAML 1.2 by its core schema, with positions, from the events of PyYAML.

What YAML 1.1 guessed at is text: `yes`, `12:30:45`, `2024-01-01`, `1_000`, and a number with
a leading zero, which some readers take for octal. Keys are the text that stands there.
Aliases and the merge key `<<` work; what refers to itself or multiplies beyond measure is
refused, and so are tags that no option could know.
"""

from __future__ import annotations

import re

import yaml

from evaluator.data.nodes import (
    LEVELS,
    REPEATED,
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
    from collections.abc import Iterator
    from typing import Any, NoReturn

    Node = tuple[Any, ...]

NULLS = ("", "~", "null", "Null", "NULL")
BOOLEANS = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)\Z")
OCTAL = re.compile(r"0o[0-7]+\Z")
HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+\Z")
DECIMAL = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
INFINITE = re.compile(r"[-+]?\.(inf|Inf|INF)\Z|\.(nan|NaN|NAN)\Z")
TAG = "tag:yaml.org,2002:"
KINDS = {
    "str": "str", "int": "int", "float": "float", "bool": "bool", "null": "null",
    "map": "record", "seq": "list",
}  # fmt: skip
# What PyYAML says about frequent mistakes, and what helps.
ADVICE = {
    "mapping values are not allowed here": (
        "`:` stands where no key can be",
        "text with `: ` in it needs quotes; a key stands in line with its neighbors",
    ),
    "could not find expected ':'": (
        "`:` is missing after a key",
        "write `key: value`; text that goes on in a further line stands in quotes or after `|`",
    ),
    "expected '<document start>'": (
        "this fits none of the levels above it",
        "give it as many blanks as its neighbors have",
    ),
    "expected <": (
        "this fits none of the levels above it",
        "give it as many blanks as its neighbors have; what follows quoted text is no text",
    ),
    "found character": (
        "a value cannot begin with this character",
        "put the text in quotes",
    ),
    "expected the node content": ("a value is missing here", "text with such a sign needs quotes"),
    "found unexpected end of stream": ("a quote is never closed", "close it"),
    "expected ',' or": ("a bracket is never closed, or a comma is missing", "write it"),
    "found undefined tag handle": ("a tag has no meaning here", "remove it"),
    "found duplicate": ("an anchor or tag stands twice", "remove one"),
}


def read(text: str) -> Node:
    """The value a YAML text is; raises Malformed."""
    try:
        return _Reader(text).document()
    except yaml.reader.ReaderError as problem:
        at = int(problem.position)
        raise Malformed(
            "a character stands in it that no text has", at, at + 1,
            label=f"U+{ord(text[at]):04X}", advice="write it as an escape in double quotes",
        ) from None  # fmt: skip
    except yaml.MarkedYAMLError as problem:
        raise _worded(problem, text) from None


def _worded(problem: yaml.MarkedYAMLError, text: str) -> Malformed:
    mark = problem.problem_mark or problem.context_mark
    at = min(mark.index, len(text)) if mark else 0
    said = (problem.problem or "it is malformed").replace("'", "`")
    advice = ""
    for start, (words, what) in ADVICE.items():
        if (problem.problem or "").startswith(start):
            said, advice = words, what
    if "'\\t'" in (problem.problem or ""):
        said, advice = "a tab cannot indent", "indent with blanks"
    if at == len(text):
        at = len(text.rstrip())
    first = problem.context_mark
    return Malformed(
        said, at, min(at + 1, len(text)), advice=advice,
        first=(first.index, min(first.index + 1, len(text)))
        if first and first.index < at and text[first.index : first.index + 1].strip() else None,
        first_label="begins here",
    )  # fmt: skip


class _Reader:
    """Events become nodes; anchors keep theirs, with how many values are in each."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.events: Iterator[Any] = yaml.parse(text, Loader=yaml.SafeLoader)
        self.anchors: dict[str, Node | None] = {}
        self.sizes: dict[str, int] = {}
        self.values = 0
        self.through_aliases = 0

    def document(self) -> Node:
        """The one document of a stream; an empty stream holds an empty null."""
        next(self.events)  # the start of the stream
        event = next(self.events)
        if isinstance(event, yaml.StreamEndEvent):
            return ("null", 0, 0)
        node = self.node(next(self.events), 0)
        next(self.events)  # the end of the document
        event = next(self.events)
        if not isinstance(event, yaml.StreamEndEvent):
            start = event.start_mark.index
            raise Malformed(
                "a second document begins", start, start + 3, label="here",
                advice="one file holds one document; write another file, and import both",
            )  # fmt: skip
        return node

    def node(self, event: Any, depth: int) -> Node:
        """The node that begins with an event."""
        start, end = event.start_mark.index, event.end_mark.index
        if isinstance(event, yaml.AliasEvent):
            return self.alias(str(event.anchor), start, end)
        before = self.values
        self.values += 1
        anchor = event.anchor
        if anchor is not None:
            self.anchors[anchor] = None
        if isinstance(event, yaml.ScalarEvent):
            node = self.scalar(event)
        else:
            if depth >= LEVELS:
                too_deep(start, start + 1)
            mapping = isinstance(event, yaml.MappingStartEvent)
            self.tagged(event, "record" if mapping else "list")
            node = self.mapping(event, depth) if mapping else self.sequence(event, depth)
        if anchor is not None:
            self.anchors[anchor] = node
            self.sizes[anchor] = self.values - before
        return node

    def alias(self, name: str, start: int, end: int) -> Node:
        """What an anchor named; it has to be complete."""
        if name not in self.anchors:
            raise Malformed(
                f"nothing above is anchored as `&{name}`", start, end, label="refers to nothing",
                advice="an alias follows its anchor; text that begins with `*` needs quotes",
            )  # fmt: skip
        node = self.anchors[name]
        if node is None:
            raise Malformed(
                f"`*{name}` stands inside of what it refers to", start, end,
                label="would never end", advice="write out what is meant",
            )  # fmt: skip
        self.values += self.sizes[name]
        self.through_aliases += self.sizes[name]
        if self.through_aliases > REPEATED:
            raise Malformed(
                f"aliases repeat more than {REPEATED} values", start, end, label="one too many",
                advice="write the values into a `.vcfg` file and share them with `let`",
            )  # fmt: skip
        return node

    def sequence(self, event: Any, depth: int) -> Node:
        """`- a`, or `[a]`"""
        start, end = event.start_mark.index, event.end_mark.index
        items: list[Node] = []
        for inner in self.events:
            if isinstance(inner, yaml.SequenceEndEvent):
                return ("list", start, self.end_of(inner, end), tuple(items))
            items.append(self.node(inner, depth + 1))
            end = inner.start_mark.index
            if not isinstance(inner, yaml.AliasEvent):
                end = max(end, items[-1][2])
        raise AssertionError(event)

    def mapping(self, event: Any, depth: int) -> Node:
        """`a: b`, or `{a: b}`; merged keys come first and count least."""
        start, end = event.start_mark.index, event.end_mark.index
        entries: dict[str, Node] = {}
        merged: dict[str, Node] = {}
        for inner in self.events:
            if isinstance(inner, yaml.MappingEndEvent):
                kept = [each for key, each in merged.items() if key not in entries]
                return ("record", start, self.end_of(inner, end), (*kept, *entries.values()))
            key, at, stop = self.key(inner)
            following = next(self.events)
            value = self.node(following, depth + 1)
            end = stop
            if not isinstance(following, yaml.AliasEvent):
                end = max(end, value[2])
            if key == "<<" and inner.style is None:
                if merged:
                    repeated(key, "mapping", at, stop, (start, start + 1))
                self.merge(value, merged, at, stop)
                continue
            if key in entries:
                repeated(key, "mapping", at, stop, entries[key][1:4:2])
            entries[key] = entry(key, at, stop, value)
        raise AssertionError(event)

    def merge(self, value: Node, merged: dict[str, Node], start: int, end: int) -> None:
        """`<<`: the keys of another mapping, or of several, the first of which counts."""
        for each in value[3] if value[0] == "list" else (value,):
            if each[0] != "record":
                raise Malformed(
                    "`<<` merges mappings", start, end, label="merges something else",
                    advice="name a mapping: `<<: *name`; the key `<<` itself stands in quotes",
                )  # fmt: skip
            for one in each[3]:
                merged.setdefault(one[4][0], one)

    def key(self, event: Any) -> tuple[str, int, int]:
        """A key is text as it is written, whatever it would be as a value."""
        start = event.start_mark.index
        if not isinstance(event, yaml.ScalarEvent) or event.tag not in (None, "!", TAG + "str"):
            raise Malformed(
                "a key is not plain text", start, start + 1, label="not a name",
                advice="keys are words or text in quotes",
            )  # fmt: skip
        end = self.end_of(event, start)
        check_key(event.value, start, end)
        if event.anchor is not None:
            self.anchors[event.anchor] = ("str", start, end, event.value)
            self.sizes[event.anchor] = 1
        return check_text(event.value, start, end), start, end

    def end_of(self, event: Any, at_least: int) -> int:
        """Where something ends, without the blanks after it; blocks end with what is in them."""
        end: int = event.end_mark.index
        if event.start_mark.index == end:
            return at_least
        return (
            len(self.text[:end].rstrip(" \t\r\n")) if isinstance(event, yaml.ScalarEvent) else end
        )

    def tagged(self, event: Any, kind: str) -> None:
        """Refuse tags, except those that say what the value is anyway."""
        tag = event.tag
        if tag in (None, "!") or KINDS.get(tag.removeprefix(TAG)) == kind:
            return
        start = event.start_mark.index
        if self.text.startswith("&", start):
            start = self.text.find("!", start)
        end = start
        while end < len(self.text) and not self.text[end].isspace():
            end += 1
        raise Malformed(
            f"the tag `{self.text[start:end]}` means nothing here", start, end, label="unknown",
            advice="remove it; the options say which kinds of values they take",
        )  # fmt: skip

    def scalar(self, event: Any) -> Node:
        """A value without parts, by the core schema where it is not quoted."""
        start, text = event.start_mark.index, event.value
        end = self.end_of(event, start)
        if event.style is not None or event.tag in ("!", TAG + "str"):
            self.tagged(event, "str")
            return ("str", start, end, check_text(text, start, end))
        node = self.resolved(text, start, end)
        if event.tag is not None:
            if event.tag == TAG + "float" and node[0] == "int":
                return ("float", start, end, float(node[3]))
            self.tagged(event, node[0])
        return node

    def resolved(self, text: str, start: int, end: int) -> Node:
        """What an unquoted scalar is."""
        if text in NULLS:
            return ("null", start, end)
        if text in BOOLEANS:
            return ("bool", start, end, BOOLEANS[text])
        if text[0] in "+-.0123456789":
            if INTEGER.match(text):
                return integer(text, 10, start, end)
            if OCTAL.match(text):
                return integer(text[2:], 8, start, end)
            if HEXADECIMAL.match(text):
                return integer(text[2:], 16, start, end)
            if DECIMAL.match(text):
                return decimal(text, start, end)
            if INFINITE.match(text):
                self.infinite(text, start, end)
        return ("str", start, end, check_text(text, start, end))

    def infinite(self, text: str, start: int, end: int) -> NoReturn:
        """Neither is a number of the language."""
        raise Malformed(
            f"`{text}` is no finite number", start, end, label="not finite",
            advice="leave the key out, or write null; as text it stands in quotes",
        )  # fmt: skip
