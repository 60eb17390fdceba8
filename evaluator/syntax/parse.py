"""The door of the room: text in, tree out, findings into the sink.

A text that was parsed before comes from the user's cache, and then neither the lexer nor the
tables nor Lark is loaded.
"""

from __future__ import annotations

import marshal
import os
import sys

from evaluator import __version__, resources
from evaluator.syntax import cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.diagnostics.model import Sink
    from evaluator.source import Source

    Tree = tuple[Any, ...]

_FORMAT = "1"  # of the trees; they are described in spec/internals.md
_own_fingerprint: str | None = None
_is_pruned = False


def parse(source: Source, sink: Sink) -> Tree | None:
    """Tree `("file", 0, end, doc, items)`; None after syntax errors, which the sink then has."""
    key = cache.fingerprint(_fingerprint(), source.text)
    stored = cache.read("trees", key)
    if stored is not None:
        tree = _loaded(stored)
        if tree is not None:
            return tree
    from evaluator.syntax.tables import tables

    tree = _parsed(source, sink, tables())
    if tree is not None:
        cache.write("trees", key, marshal.dumps(tree))
        _prune()
    return tree


def parse_uncached(source: Source, sink: Sink) -> Tree | None:
    """As `parse`, without reading or writing trees in the cache."""
    from evaluator.syntax.tables import tables

    return _parsed(source, sink, tables())


def _parsed(source: Source, sink: Sink, tables: Any) -> Tree | None:
    from evaluator.syntax.machine import Machine
    from evaluator.syntax.nesting import too_deep

    machine = Machine(source.text, tables)
    tree: Tree | None = machine.run()
    if tree is not None and not machine.problems:
        deep = too_deep(tree)
        if deep is None:
            return tree
        machine.problem("nested-too-deeply", deep[1], deep[2])
    from evaluator.syntax.recovery import report

    report(source, sink, machine, complete=tree is not None)
    return None


def _prune() -> None:
    """Once per process, and there once a day, forget what nobody uses any more."""
    global _is_pruned  # noqa: PLW0603
    if not _is_pruned:
        import time

        _is_pruned = True
        cache.prune_daily(time.time())


def _loaded(content: bytes) -> Tree | None:
    try:
        tree = marshal.loads(content)  # noqa: S302 — ours, checked by the cache
    except (ValueError, EOFError, TypeError):
        return None
    return tree if tree.__class__ is tuple and tree and tree[0] == "file" else None


def _fingerprint() -> str:
    """What a tree depends on beside its text: grammar, Python, our version, this room's code."""
    global _own_fingerprint  # noqa: PLW0603 — none of it changes while we run
    if _own_fingerprint is None:
        grammar = resources.text("grammar", "vcfg.lark")
        here = os.path.dirname(os.path.abspath(__file__))
        code: list[str] = []
        with os.scandir(here) as entries:
            for entry in entries:
                if entry.name.endswith(".py"):
                    status = entry.stat()
                    code.append(f"{entry.name} {status.st_size} {status.st_mtime_ns}")
        code.sort()
        _own_fingerprint = cache.fingerprint(_FORMAT, grammar, __version__, sys.version, *code)
    return _own_fingerprint
