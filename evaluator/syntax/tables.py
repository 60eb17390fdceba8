"""Parse tables ready to run: from the cache, or compiled from the grammar and stored there."""

from __future__ import annotations

import marshal
import re
import sys
import time

from evaluator import __version__, resources
from evaluator.syntax import cache
from evaluator.syntax.actions import ACTIONS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Action = Callable[..., object]
    Match = Callable[[str, int], re.Match[str] | None]

_FORMAT = "1"  # of the stored tables; the keys are described in `compiling`
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
        key = cache.fingerprint(_FORMAT, grammar, __version__, sys.version, _lark_version())
        _ready = _stored(key)
        if _ready is None:
            _ready = Tables(_compiled(grammar, key))
    return _ready


def compiled_tables() -> Tables:
    """The tables compiled from the grammar now, without the cache."""
    from evaluator.syntax.compiling import compile_grammar

    return Tables(compile_grammar(resources.text("grammar", "vcfg.lark")))


def _stored(key: str) -> Tables | None:
    content = cache.read("tables", key)
    if content is None:
        return None
    try:
        return Tables(marshal.loads(content))  # noqa: S302 — ours, checked by the cache
    except (ValueError, EOFError, TypeError, KeyError, IndexError, re.error):
        return None


def _compiled(grammar: str, key: str) -> dict[str, Any]:
    from evaluator.syntax.compiling import compile_grammar

    data = compile_grammar(grammar)
    cache.write("tables", key, marshal.dumps(data))
    cache.prune(time.time())
    return data


def _lark_version() -> str:
    """Version of the installed Lark, found without importing it; "" if that is unknown."""
    import os

    for folder in sys.path:
        try:
            names = os.listdir(folder or ".")
        except OSError:
            continue
        if "lark" in names:
            for name in names:
                if name.startswith("lark-") and name.endswith((".dist-info", ".egg-info")):
                    return name
            return ""
    return ""
