"""A text taken apart: its tokens with the comments before them, and what the grammar saw.

The parser's own loop does the reading, so that a word is a keyword here exactly where it is
one there. Its actions are called without places, which gives a tree that can be compared.
"""

from __future__ import annotations

import re
from copy import copy

from evaluator.syntax.actions import ACTIONS
from evaluator.syntax.machine import END, Machine
from evaluator.syntax.tables import tables

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from evaluator.syntax.tables import Tables

    Node = tuple[Any, ...]
    Action = Callable[..., Any]
    Spans = dict[int, int]

_COMMENT = re.compile(r"#[^\n]*")
_BLANK = " \t\r"
_OPENERS = frozenset(["QUOTE", "TEXT_QUOTE"])
_VALUES = frozenset(["true", "false", "null"])
_NOTED = frozenset(
    {
        "annotation", "body", "conversion", "decorations", "item", "list", "listfor", "number",
        "parenthesized", "prefix", "quoted_string", "record", "refinement", "text", "text_hole",
    }
)  # fmt: skip
"""Parts of the grammar whose places matter here, by the names of their actions."""

_SHARING = frozenset(["operator", "prefix", "string_hole", "text_hole"])
"""Rules that share an action with another rule."""


class Token:
    """One token, a string or text block as a whole, with the comments in front of it.

    `comments` are `(text, line ends before it)`, `breaks` the line ends after the last one.
    """

    __slots__ = ("breaks", "comments", "end", "is_sign", "is_word", "start", "text")

    def __init__(self, text: str, start: int, end: int) -> None:
        self.text = text
        self.start = start
        self.end = end
        self.is_word = False  # a word of the language in its place, no name and no value
        self.is_sign = False  # a minus that belongs to what follows
        self.comments: list[tuple[str, int]] = []
        self.breaks = 0

    def is_doc(self) -> bool:
        """Whether it is a line of documentation, which ends with its line."""
        return self.text.startswith("#")


class Reading:
    """A well-formed text: tokens with the end as the last, places of parts, a tree without any."""

    __slots__ = ("places", "text", "tokens", "tree")

    def __init__(self, text: str, tree: Node, places: dict[str, Spans]) -> None:
        self.text = text
        self.tree = tree
        self.places = places  # start → end of the longest part there, by the name of its action
        self.tokens: list[Token] = []

    def is_at(self, name: str, start: int) -> bool:
        """Whether such a part starts here."""
        return start in self.places[name]

    def comments(self) -> list[list[str]]:
        """The comments before each token, commas passed over: they come and go."""
        return [[text for text, _ in token.comments] for token in self.tokens if token.text != ","]


def read(text: str) -> Reading | None:
    """A text taken apart; None if it is not well-formed."""
    ready = tables()
    places: dict[str, Spans] = {name: {} for name in _NOTED}
    machine = Machine(text, _noting(ready, places))
    shifted: list[tuple[str, int, int]] = []
    machine.shifted = shifted
    tree = machine.run()
    if tree is None or machine.problems:
        return None
    reading = Reading(text, (*tree[:2], 0, *tree[3:]), places)
    _collect(reading, shifted, ready)
    _attach_comments(reading)
    return reading


def _noting(ready: Tables, places: dict[str, Spans]) -> Tables:
    """Tables whose actions note where they were, and are themselves told 0 for every place."""
    names = {action: name for name, action in ACTIONS.items()}
    noting = copy(ready)
    noting.rules = []
    for origin, size, slots, action in ready.rules:
        wrapped = action
        if action is not None:
            name = origin if origin in _SHARING else names[action]
            wrapped = _noted(action, places.get(name))
        noting.rules.append((origin, size, slots, wrapped))
    return noting


def _noted(action: Action, spans: Spans | None) -> Action:
    def note(parts: list[Any], start: int, end: int, machine: Machine) -> Any:
        if spans is not None:
            spans[start] = end
        return action(parts, 0, 0, machine)

    return note


def _collect(reading: Reading, shifted: list[tuple[str, int, int]], ready: Tables) -> None:
    """Tokens from what the parser took, strings put together again."""
    text = reading.text
    strings = reading.places["quoted_string"] | reading.places["text"]
    words = set(ready.words.values())
    end = 0
    before = ""
    for term, start, stop in shifted:
        if start < end:
            continue
        end = strings[start] if term in _OPENERS else stop
        spelling = text[start:end]
        if spelling.startswith("#"):
            spelling = spelling.rstrip(_BLANK)
        token = Token(spelling, start, end)
        token.is_word = term in words and before != "." and spelling not in _VALUES
        token.is_sign = spelling == "-" and (
            reading.is_at("prefix", start) or reading.is_at("number", start)
        )
        reading.tokens.append(token)
        before = spelling
    reading.tokens.append(Token(END, len(text), len(text)))


def _attach_comments(reading: Reading) -> None:
    """Give every token what stands between it and the one before; a comma passes it on."""
    text = reading.text
    position = 0
    comma: Token | None = None
    for token in reading.tokens:
        for found in _COMMENT.finditer(text, position, token.start):
            breaks = text.count("\n", position, found.start())
            token.comments.append((found[0].rstrip(_BLANK), breaks))
            position = found.end()
        token.breaks = text.count("\n", position, token.start)
        position = token.end
        if comma is not None:
            if not token.comments:
                token.breaks = max(token.breaks, comma.breaks)
            token.comments[:0] = comma.comments
            comma.comments, comma.breaks = [], 0
        comma = token if token.text == "," else None
