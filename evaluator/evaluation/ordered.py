"""Named order: entries sorted so that `after` and `before` hold, ties by key."""

from __future__ import annotations

from evaluator.evaluation import errors
from evaluator.evaluation.expressions import key_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.definitions.definition import Definition
    from evaluator.evaluation.maps import MapScope


def arrange(scope: MapScope, entries: dict[str, list[Definition]]) -> list[str]:
    """Keys in an order that respects every live `after` and `before`; a circle is reported.

    A name that is not among the entries constrains nothing and is reported too, unless it is
    written `"?name"`.
    """
    earlier: dict[str, dict[str, Definition]] = {key: {} for key in entries}
    for key, definitions in entries.items():
        for definition in definitions:
            for other, comes_first in _constraints(definition):
                if other.startswith("?"):
                    other = other[1:]  # noqa: PLW2901 - the mark says that it may be missing
                    if other not in entries:
                        continue
                if other not in entries:
                    errors.unknown_neighbor(scope, key, other, definition, list(entries))
                elif comes_first:
                    earlier[key][other] = definition
                else:
                    earlier[other][key] = definition
    out: list[str] = []
    waiting = sorted(entries)
    while waiting:
        ready = [key for key in waiting if not earlier[key]]
        if not ready:
            errors.order_cycle(scope, circle(earlier, waiting), earlier)
        key = ready[0]
        out.append(key)
        waiting.remove(key)
        for needs in earlier.values():
            needs.pop(key, None)
    return out


def _constraints(definition: Definition) -> list[tuple[str, bool]]:
    statement = definition.statement
    if statement[0] == "remove" or definition.index != len(definition.path()):
        return []
    out: list[tuple[str, bool]] = []
    for env in definition.context.envs():
        for field, comes_first in ((7, True), (8, False)):
            for part in statement[field]:
                out.append((part if type(part) is str else key_of(part, env), comes_first))
    return out


def circle(earlier: dict[str, dict[str, Any]], waiting: list[str]) -> list[str]:
    """Some circle among keys that all wait for each other."""
    trail = [waiting[0]]
    while True:
        following = min(earlier[trail[-1]])
        if following in trail:
            return trail[trail.index(following) :]
        trail.append(following)
