"""Parse tables ready to run: those that are shipped, or compiled where the grammar is another."""

from __future__ import annotations

import re

from evaluator import resources
from evaluator.syntax import cache
from evaluator.syntax.actions import ACTIONS
from evaluator.syntax.packing import NAME, unpack

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Action = Callable[..., object]
    Match = Callable[[str, int], re.Match[str] | None]

_FORMAT = "1"  # of the shipped tables, see `packing`
_ready: Tables | None = None


class Tables:
    """What the loop runs on: rows and gotos per state, rules with their actions, the lexer.

    `matchers[mode]` finds the token at a position, its `lastindex` says which of
    `terminals[mode]` it is; `""` there is a sign, to be looked up in `signs`.
    """

    __slots__ = (
        "end",
        "entries",
        "gotos",
        "hard",
        "matchers",
        "modes",
        "rows",
        "rules",
        "signs",
        "start",
        "terminals",
        "words",
    )

    def __init__(self, data: dict[str, Any]) -> None:
        self.rows: list[dict[str, int]] = data["rows"]
        self.gotos: list[dict[str, int]] = data["gotos"]
        self.entries: list[str] = data["entries"]
        self.modes: list[int] = data["modes"]
        self.words: dict[str, str] = data["words"]
        self.signs: dict[str, str] = data["signs"]
        self.hard: frozenset[str] = frozenset(data["hard"])
        self.start: int = data["start"]
        self.end: int = data["end"]
        self.rules: list[tuple[str, int, tuple[int, ...], Any]] = [
            (origin, size, slots, ACTIONS[action] if action else None)
            for origin, size, slots, action in data["rules"]
        ]
        self.terminals: list[tuple[str, ...]] = []
        self.matchers: list[Match] = []
        for mode, patterns in enumerate(data["patterns"]):
            self.terminals.append(("", *(name for name, _ in patterns)))
            alternatives = "|".join(f"({pattern})" for _, pattern in patterns)
            before = r"[ \t\r\n]*" if mode == 0 else ""
            self.matchers.append(re.compile(f"{before}(?:{alternatives})").match)


def tables() -> Tables:
    """The tables, made ready once per process."""
    global _ready  # noqa: PLW0603 — the grammar does not change while we run
    if _ready is None:
        grammar = resources.text("grammar", "vcfg.lark")
        data = unpack(resources.text("grammar", NAME), grammar_fingerprint(grammar))
        # Whoever changes the grammar waits for Lark until they have packed its tables.
        _ready = compiled_tables() if data is None else Tables(data)
    return _ready


def grammar_fingerprint(grammar: str) -> str:
    """What tables of a grammar are known by."""
    return cache.fingerprint(_FORMAT, grammar)


def compiled_tables() -> Tables:
    """The tables compiled from the grammar now, without the cache."""
    from evaluator.syntax.compiling import compile_grammar

    return Tables(compile_grammar(resources.text("grammar", "vcfg.lark")))
