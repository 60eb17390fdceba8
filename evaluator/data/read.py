"""The door of the room: a data file's text in, one value node out, a finding in the sink.

What was read before comes from the user's cache; then no reader is loaded, and no PyYAML.
"""

from __future__ import annotations

import marshal
import os
import sys

from evaluator import __version__
from evaluator.syntax import cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.diagnostics.model import Sink
    from evaluator.source import Source

    Node = tuple[Any, ...]

_SHORTEST = 3  # `("null", start, end)`
_own_fingerprint: str | None = None


def read(source: Source, sink: Sink) -> Node | None:
    """The value a data file holds; None after a finding. An empty YAML file holds null.

    The node of such a null is empty too: it starts where it ends.
    """
    key = cache.fingerprint(_fingerprint(), source.form, source.text)
    stored = cache.read("trees", key)
    if stored is not None:
        node = _loaded(stored)
        if node is not None:
            return node
    from evaluator.data.nodes import Malformed

    try:
        made: Node = _reader(source.form)(source.text)
    except Malformed as problem:
        from evaluator.data.errors import malformed

        malformed(sink, source, problem)
        return None
    cache.write("trees", key, marshal.dumps(made))
    return made


def _reader(form: str) -> Any:
    if form == "json":
        from evaluator.data import json_reader as reader
    elif form == "yaml":
        from evaluator.data import yaml_reader as reader  # type: ignore[no-redef]
    else:
        from evaluator.data import toml_reader as reader  # type: ignore[no-redef]
    return reader.read


def _loaded(content: bytes) -> Node | None:
    try:
        node = marshal.loads(content)  # noqa: S302 — ours, checked by the cache
    except (ValueError, EOFError, TypeError):
        return None
    return node if node.__class__ is tuple and len(node) >= _SHORTEST else None


def _fingerprint() -> str:
    """What a node depends on beside its text: Python, our version, this room's code."""
    global _own_fingerprint  # noqa: PLW0603 — none of it changes while we run
    if _own_fingerprint is None:
        code: list[str] = []
        with os.scandir(os.path.dirname(os.path.abspath(__file__))) as entries:
            for entry in entries:
                if entry.name.endswith(".py"):
                    status = entry.stat()
                    code.append(f"{entry.name} {status.st_size} {status.st_mtime_ns}")
        code.sort()
        _own_fingerprint = cache.fingerprint("data", __version__, sys.version, *code)
    return _own_fingerprint
