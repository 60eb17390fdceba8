"""Keys of `checks` that are neither the id of a check nor the code of a warning."""

from __future__ import annotations

from evaluator.diagnostics.codes import CODES, WARNINGS
from evaluator.diagnostics.model import WARNING, Diagnostic, Help, Label
from evaluator.diagnostics.suggest import nearest
from evaluator.evaluation.levels import id_of, levels_of
from evaluator.options.shapes import path_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.evaluation.world import World

    Node = tuple[Any, ...]

# Where statements hold others: index of the items, by kind of statement.
BODIES = {
    "service": 6, "recorddecl": 6, "choice": 6, "section": 4, "when": 4, "for": 5, "host": 4,
    "variant": 5, "test": 4, "grow": 6,
}  # fmt: skip


def report_unknown(world: World) -> None:
    """Warn of keys that nothing answers to."""
    known: dict[str, None] = dict.fromkeys(WARNINGS)
    for module in world.modules:
        _collect(module.items, known)
    for name in levels_of(world):
        if name not in known:
            _report(world, name, list(known))


def _collect(items: tuple[Node, ...], known: dict[str, None]) -> None:
    for item in items:
        tag = item[0]
        if tag in ("assert", "warn"):
            name = id_of(item)
            if name is not None:
                known[name] = None
        elif tag in BODIES and isinstance(item[BODIES[tag]], tuple):
            if tag == "grow" and item[3] == "type":
                continue
            _collect(item[BODIES[tag]], known)
            if tag == "when" and item[5] is not None:
                _collect(item[5], known)


def _report(world: World, name: str, known: list[str]) -> None:
    found = world.root.get("checks").definitions_of(name)
    near = nearest(name, known)
    notes = ("the keys of `checks` are ids of checks and codes of warnings",)
    if name in CODES:
        notes = (f"`{name}` is the code of an error, which always counts",)
    path = path_text(("checks", name))
    world.sink.report(
        Diagnostic(
            "unknown-check",
            f"there is no check `{name}`",
            tuple(
                Label(each.path_span(), "nothing answers to this", primary=at == 0)
                for at, each in enumerate(found)
            ),
            severity=WARNING,
            notes=notes,
            help=tuple(Help(f"did you mean `{other}`?") for other in near[:1]),
            path=path,
        )
    )
