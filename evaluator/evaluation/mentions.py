"""Options that an expression mentions, by their full paths."""

from __future__ import annotations

from evaluator.diagnostics.model import Stop
from evaluator.options.shapes import path_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.evaluation.env import Env


def mentioned(node: Any, env: Env) -> list[str]:
    """Paths that the expression reads through `config` and `self`, each once, as written."""
    found: dict[str, None] = {}

    def look(part: Any) -> None:
        if not isinstance(part, tuple):
            return
        names: list[str] = []
        base = part
        while len(base) > 4 and base[0] == "attr":
            names.insert(0, base[4])
            base = base[3]
        if names and base[0] == "name" and base[3] in ("config", "self"):
            found[path_text((*_start(base[3], env), *names))] = None
            return
        for inner in part:
            look(inner)

    look(node)
    return list(found)


def _start(name: str, env: Env) -> tuple[str, ...]:
    if name == "config":
        return ()
    try:
        owner = env.self_scope()
    except Stop:
        return ()
    return owner.path() if owner is not None else ()
