"""How values, places and the way to them read in messages."""

from __future__ import annotations

from evaluator.diagnostics.model import Diagnostic, Frame, Label, Stop
from evaluator.evaluation.slots import Slots
from evaluator.options.shapes import path_text
from evaluator.types.values import UNWRITTEN, display, kind_of, kind_words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, NoReturn

    from evaluator.diagnostics.model import Help
    from evaluator.evaluation.env import Env
    from evaluator.evaluation.world import World
    from evaluator.source import Span

    Node = tuple[Any, ...]

TRACE = 8


def shown(value: Any) -> str:
    """A value as it reads in a message; a part of the configuration is not forced for it."""
    if kind_of(value) == "record" and not isinstance(value, dict):
        return "{ … }"
    if kind_of(value) in UNWRITTEN:
        return kind_words(value)
    try:
        return display(value)
    except (TypeError, AttributeError):
        return "{ … }" if isinstance(value, dict) else "[ … ]"


def where(env: Env, node: Node) -> Span:
    """The span of an expression."""
    return env.source, node[1], node[2]


def trace(world: World) -> tuple[Frame, ...]:
    """How evaluation came here: the options being computed, innermost first."""
    frames = []
    for scope, name, env, node in reversed(world.stack[-TRACE:]):
        if node is None or env is None:
            continue
        path = name if not hasattr(scope, "path") else path_text(slot_path(scope, name))
        frames.append(Frame(path, (env.source, node[1], node[2])))
    return tuple(frames)


def slot_path(scope: Any, name: str) -> tuple[str, ...]:
    """Full path of a slot; of a `let`, its name."""
    if not hasattr(scope, "path"):
        return (name,)
    path: tuple[str, ...] = scope.path(name) if name else scope.path()
    return path


def place_text(scope: Any, name: str) -> str:
    """A slot's path; list indices are written as such."""
    return path_text(slot_path(scope, name))


def place_namer(scopes: list[Any]) -> Callable[[Any, str], str]:
    """How to call slots that are spoken of together: as usual, unless they belong to several
    configurations; then each path begins with its host or variant."""
    places = {owner.world.place for owner in scopes if isinstance(owner, Slots)}
    if len(places) < 2:
        return place_text

    def named(scope: Any, name: str) -> str:
        if not isinstance(scope, Slots):
            return name
        return path_text((*scope.world.place, *slot_path(scope, name)))

    return named


def fail(
    env: Env, code: str, message: str, node: Node, label: str, *, help: tuple[Help, ...] = (),
    notes: tuple[str, ...] = (), facts: dict[str, object] | None = None,
    others: tuple[Label, ...] = (),
) -> NoReturn:  # fmt: skip
    """Report a finding about an expression, with the way to it, and stop."""
    if env.world.lacks_values:
        from evaluator.evaluation.losses import is_lacking

        if is_lacking(env, node):
            raise Stop  # The lost file may have filled it.
    env.world.sink.report(
        Diagnostic(
            code,
            message,
            (Label(where(env, node), label, primary=True), *others),
            notes=notes,
            help=help,
            trace=trace(env.world),
            path=current_path(env.world),
            facts=facts,
        )
    )
    raise Stop


def current_path(world: World) -> str | None:
    """Path of the option that is being computed."""
    for scope, name, _env, _node in reversed(world.stack):
        if hasattr(scope, "path"):
            return place_text(scope, name)
    return None
