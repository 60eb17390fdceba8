"""Where a value stands that an expression took out of a table: of a data file, or of a `let`.

Evaluated values have no places. What a loop goes through is found again in the tables in reach,
as the very object that was made of one of their nodes; so only what holds others is.
"""

from __future__ import annotations

from evaluator.diagnostics.model import Label, Stop
from evaluator.evaluation.env import Let
from evaluator.evaluation.expressions import evaluate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.definitions.definition import Definition
    from evaluator.evaluation.env import Env
    from evaluator.source import Span

    Node = tuple[Any, ...]
    Place = tuple[Node, Env]

MOST = 100_000
"""Nodes of tables that are looked through for one value."""
_WAYS = ("attr", "index", "name")


def written_at(node: Node, env: Env) -> Span | None:
    """The place of what a path such as `row.port` leads to; None where that is no table."""
    try:
        place = _place(node, env)
    except Stop:
        return None
    return None if place is None else (place[1].source, place[0][1], place[0][2])


def in_table(definition: Definition, env: Env | None) -> list[Label]:
    """The same as a label, for a definition that takes its value from there."""
    if env is None or definition.statement[0] != "def" or not definition.is_whole():
        return []
    span = written_at(definition.statement[9], env)
    return [] if span is None else [Label(span, "written here")]


def _place(node: Node, env: Env) -> Place | None:
    if node[0] in ("attr", "index"):
        around = _place(node[3], env)
        if around is None:
            return None
        return _inside(around, node[4] if node[0] == "attr" else evaluate(node[4], env))
    if node[0] != "name":
        return None
    bound = env.binding(node[3])
    if type(bound) is Let:
        return _settled(bound.node[6], bound.env)
    return _of(bound, env) if isinstance(bound, (dict, list)) else None


def _settled(node: Node, env: Env) -> Place | None:
    """What a value is written as: another path is followed."""
    return _place(node, env) if node[0] in _WAYS else (node, env)


def _inside(around: Place, key: Any) -> Place | None:
    node, env = around
    for name, inner in _parts(node):
        if name == key:
            return _settled(inner, env)
    return None


def _parts(node: Node) -> list[tuple[Any, Node]]:
    """What a written record or list holds, by name or number."""
    if node[0] == "list":
        return [*enumerate(node[3])]
    parts: list[tuple[Any, Node]] = []
    for item in node[3] if node[0] == "record" else ():
        if item[0] == "def" and len(item[4]) == 1:
            parts.append((item[4][0], item[9]))
        elif item[0] == "block" and len(item[4]) == 1:
            parts.append((item[4][0], ("record", item[1], item[2], item[9])))
    return parts


def _of(value: Any, env: Env) -> Place | None:
    """The node that a value was made of, in the tables that have a name here."""
    lobby = env.world.lobby
    for start in (env, *(lobby.file_envs() if lobby is not None else ())):
        around: Env | None = start
        while around is not None:
            for bound in around.variables.values():
                if type(bound) is Let and isinstance(bound.value, (dict, list)):
                    place = _search(value, bound)
                    if place is not None:
                        return place
            around = around.parent
    return None


def _search(wanted: Any, table: Let) -> Place | None:
    pending = [(table.value, table.node[6])]
    for _ in range(MOST):
        if not pending:
            return None
        value, node = pending.pop()
        if value is wanted:
            return node, table.env
        for key, inner in _parts(node):
            held = _held(value, key)
            if isinstance(held, (dict, list)):
                pending.append((held, inner))
    return None


def _held(value: Any, key: Any) -> Any:
    if isinstance(value, dict):
        return value.get(key) if isinstance(key, str) else None
    return value[key] if isinstance(key, int) and key < len(value) else None
