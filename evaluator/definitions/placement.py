"""Which statements may stand where.

The grammar accepts any statement in any block; what exists (imports, services, records,
options) is fixed before values, so declarations stand only where nothing conditional
surrounds them.
"""

from __future__ import annotations

from evaluator.definitions import errors
from evaluator.definitions.stars import has_star, star_misplaced

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.diagnostics.model import Sink
    from evaluator.source import Source

    Node = tuple[Any, ...]

DEFINING = ("let", "when", "for", "def", "block", "remove")
CHECKING = ("assert", "warn")
PLACES: dict[str, tuple[str, ...]] = {
    "file": (
        "import", "disable", "typedecl", "recorddecl", "choice", "service", "section", "option",
        "former", "alias", "grow", "host", "variant", "test", *DEFINING, *CHECKING,
    ),
    "service": ("section", "option", "former", "alias", "extend", *DEFINING, *CHECKING),
    "record": ("section", "option", "former", "alias", *DEFINING, *CHECKING),
    "choice": ("section", "option", "former", "assert"),
    "block": DEFINING,
    "value": ("let", "when", "for", "def", "block"),
    "test": (*DEFINING, *CHECKING, "expect"),
    "host": ("import", "variant", *DEFINING, *CHECKING),
    "variant": (*DEFINING, *CHECKING),
}  # fmt: skip
# Where a statement keeps its annotations.
KEPT = {
    "option": 11, "service": 8, "recorddecl": 8, "choice": 8, "typedecl": 9, "former": 7,
    "assert": 5, "warn": 4,
}  # fmt: skip
# Statements in whose path `*` means nothing, and where that path is kept.
PATHS = {"remove": 3, "expect": 5, "import": 7}
BODIES = {"service": "service", "recorddecl": "record", "choice": "choice"}
# What may not stand below `when` and `for`: the structure of the configuration.
STRUCTURE = frozenset(
    (
        "import",
        "disable",
        "typedecl",
        "recorddecl",
        "choice",
        "service",
        "section",
        "option",
        "former",
        "alias",
        "grow",
        "variant",
        "test",
    )
)


def check_placement(items: tuple[Node, ...], place: str, source: Source, sink: Sink) -> None:
    """Report statements that stand where they mean nothing."""
    _check(items, place, source, sink, None)


def _check(
    items: tuple[Node, ...], place: str, source: Source, sink: Sink, under: str | None
) -> None:
    allowed = PLACES[place]
    for item in items:
        tag = item[0]
        if tag in PATHS and item[PATHS[tag]] and has_star(item[PATHS[tag]]):
            star_misplaced(sink, source, item, item[PATHS[tag]])
        if tag not in allowed:
            errors.misplaced(sink, source, item, place)
            continue
        if under is not None and tag in STRUCTURE:
            errors.structure_under(sink, source, item, under)
            continue
        if place == "file" and tag == "option" and item[4] == ("*",):
            errors.any_at_top(sink, source, item)
            continue
        if tag == "section":
            _check(item[4], place, source, sink, under)
        elif tag in BODIES:
            _check(item[6], BODIES[tag], source, sink, None)
        elif tag == "variant":
            _check(item[5], "variant", source, sink, None)
        elif tag == "grow" and item[3] != "type":
            _check(item[6], item[3], source, sink, None)
        elif tag == "when":
            _check(item[4], place, source, sink, "when")
            if item[5] is not None:
                _check(item[5], place, source, sink, "when")
        elif tag == "for":
            _check(item[5], place, source, sink, "for")
        elif tag == "extend":
            _check(item[5], "block", source, sink, None)
        elif tag == "block":
            _check(item[9], "value" if place == "value" else "block", source, sink, None)
        elif tag == "def" and place == "value" and item[5:7] != (None, None):
            errors.strength_in_value(sink, source, item)
