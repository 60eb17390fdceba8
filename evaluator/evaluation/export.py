"""The whole configuration as plain JSON data, forcing everything and running every check.

What fails is left out and reported; the caller prints nothing where anything failed.
"""

from __future__ import annotations

from evaluator.diagnostics.model import Stop
from evaluator.evaluation.checks import run_checks
from evaluator.evaluation.merge import live_definitions
from evaluator.evaluation.scope import MapScope, Scope
from evaluator.options.shapes import Option
from evaluator.types.values import to_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.evaluation.world import World


def export(world: World) -> Any:
    """JSON form of everything; findings are in the world's sink."""
    pending: list[Scope] = []
    data = export_value(world.root, pending)
    for scope in pending:
        run_checks(scope.checks, scope.path())
    return data


def export_value(value: Any, pending: list[Scope], *, disabled: bool = False) -> Any:
    """JSON form of a value; scopes whose checks hold are added to `pending`."""
    if isinstance(value, Scope):
        return _scope(value, pending, disabled=disabled)
    if isinstance(value, MapScope):
        return _map(value, pending, disabled=disabled)
    if isinstance(value, list):
        return [export_value(item, pending, disabled=disabled) for item in value]
    if isinstance(value, dict):
        return {
            name: export_value(item, pending, disabled=disabled) for name, item in value.items()
        }
    return to_json(value)


def _scope(scope: Scope, pending: list[Scope], *, disabled: bool) -> dict[str, Any]:
    out: dict[str, Any] = {}
    service = scope.shape.service
    if service is not None:
        try:
            disabled = scope.get("enable") is not True
        except Stop:
            disabled = True
    try:
        names = scope.names()
        scope.parts()
    except Stop:
        return out
    for name in names:
        if disabled and is_undefined(scope, name):
            continue
        try:
            out[name] = export_value(scope.get(name), pending, disabled=disabled)
        except Stop:
            continue
    if scope.checks and not disabled:
        pending.append(scope)
    return out


def _map(scope: MapScope, pending: list[Scope], *, disabled: bool) -> Any:
    out: dict[str, Any] = {}
    try:
        names = scope.names()
    except Stop:
        return out
    for name in names:
        try:
            out[name] = export_value(scope.get(name), pending, disabled=disabled)
        except Stop:
            continue
    if scope.is_ordered:
        return [{"name": name, "value": value} for name, value in out.items()]
    return out


def is_undefined(scope: Scope, name: str) -> bool:
    """Whether a required option has no live definition."""
    member = scope.shape.members.get(name)
    if not isinstance(member, Option) or member.default is not None:
        return False
    try:
        return not live_definitions(scope.parts().get(name, []))
    except Stop:
        return False
