"""Which statements may stand where.

The grammar accepts any statement in any block; what exists (imports, services, records,
options) is fixed before values, so declarations stand only where nothing conditional
surrounds them.
"""

from __future__ import annotations

from evaluator.definitions import errors

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
        "import", "disable", "typedecl", "recorddecl", "service", "section", "option", "host",
        "test", *DEFINING, *CHECKING,
    ),
    "service": ("section", "option", "extend", *DEFINING, *CHECKING),
    "record": ("section", "option", *DEFINING, *CHECKING),
    "block": DEFINING,
    "value": ("let", "when", "for", "def", "block"),
    "test": (*DEFINING, *CHECKING, "expect"),
    "host": ("import", *DEFINING, *CHECKING),
}  # fmt: skip
# What may not stand below `when` and `for`: the structure of the configuration.
STRUCTURE = frozenset(
    ("import", "disable", "typedecl", "recorddecl", "service", "section", "option", "test")
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
        elif tag in ("service", "recorddecl"):
            _check(item[6], "service" if tag == "service" else "record", source, sink, None)
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
