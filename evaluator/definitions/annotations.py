"""Annotations: which may stand before what, and what they take.

They say something to readers and tools; none changes a value.
"""

from __future__ import annotations

from evaluator.definitions.placement import KEPT
from evaluator.diagnostics.model import Diagnostic, Label

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.diagnostics.model import Sink
    from evaluator.source import Source

    Node = tuple[Any, ...]

TYPES = ("recorddecl", "choice", "typedecl")
CHECKS = ("assert", "warn")
PLACES = {
    "example": ("option",),
    "since": ("option", "service", *TYPES, "former", *CHECKS),
    "deprecated": ("option", "service", *TYPES),
    "internal": ("option", "service", *TYPES),
    "hidden": ("option", "service"),
    "default-text": ("option",),
    "id": CHECKS,
}
WORDS = {"recorddecl": "record", "typedecl": "type"}
TEXTS = ("since", "deprecated", "default-text", "id")
HIDING = ("self", "below")


def check_annotations(sink: Sink, source: Source, statement: Node) -> None:
    """Report annotations of a statement that are unknown, misplaced or malformed."""
    seen: dict[str, Node] = {}
    for annotation in statement[KEPT[statement[0]]]:
        name = annotation[3]
        if name not in PLACES:
            _unknown(sink, source, annotation)
        elif name in seen:
            _bad(sink, source, annotation, f"`@{name}` is written twice", "again")
        elif statement[0] not in PLACES[name]:
            _misplaced(sink, source, annotation, statement[0])
        else:
            reason = _malformed(name, annotation[4], annotation[5])
            if reason is not None:
                _bad(sink, source, annotation, f"`@{name}` {reason}", "as it is written")
        seen.setdefault(name, annotation)


def _malformed(name: str, arguments: tuple[Node, ...], named: tuple[Any, ...]) -> str | None:
    """What an annotation should be given instead; None if it is right."""
    if named:
        return "takes no named arguments"
    if name in TEXTS:
        if len(arguments) != 1 or arguments[0][0] != "str":
            return "takes one text: `@" + name + '("…")`'
        return "is empty" if not arguments[0][3].strip() else None
    if name == "internal":
        return "takes nothing" if arguments else None
    if name == "hidden":
        if not arguments:
            return None
        if len(arguments) == 1 and arguments[0][0] == "str" and arguments[0][3] in HIDING:
            return None
        return 'takes nothing, `"self"` or `"below"`'
    return "takes one value" if len(arguments) != 1 else None


def text_of(annotations: tuple[Node, ...], name: str) -> str | None:
    """The text an annotation is given, if there is such an annotation."""
    for annotation in annotations:
        if annotation[3] == name and annotation[4] and annotation[4][0][0] == "str":
            return str(annotation[4][0][3])
    return None


def _unknown(sink: Sink, source: Source, annotation: Node) -> None:
    name = annotation[3]
    from evaluator.diagnostics.renaming import meant
    from evaluator.diagnostics.suggest import nearest

    near = nearest(name, PLACES)
    end = annotation[1] + 1 + len(name)
    sink.report(
        Diagnostic(
            "unknown-annotation",
            f"there is no annotation `@{name}`",
            (Label((source, annotation[1], annotation[2]), "unknown", primary=True),),
            notes=("known are " + ", ".join(f"`@{each}`" for each in PLACES),),
            help=meant(source, end, f"@{name}", [f"@{each}" for each in near]),
        )
    )


def _misplaced(sink: Sink, source: Source, annotation: Node, tag: str) -> None:
    name = annotation[3]
    places = [f"`{WORDS.get(each, each)}`" for each in PLACES[name]]
    sink.report(
        Diagnostic(
            "misplaced-statement",
            f"`@{name}` cannot stand before `{WORDS.get(tag, tag)}`",
            (Label((source, annotation[1], annotation[2]), "not here", primary=True),),
            notes=("it stands before " + ", ".join(places),),
        )
    )


def _bad(sink: Sink, source: Source, annotation: Node, message: str, label: str) -> None:
    sink.report(
        Diagnostic(
            "bad-declaration",
            message,
            (Label((source, annotation[1], annotation[2]), label, primary=True),),
        )
    )
