"""Findings as one JSON document: the form every other form is made from.

`document` turns diagnostics into plain data (published as `spec/diagnostics.schema.json`);
`render` prints it. Lines and columns count characters from 1, offsets from 0, ends are
exclusive. Nothing is left out or cut here.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TypedDict

    from evaluator.diagnostics.model import Diagnostic
    from evaluator.source import Source, Span

    class Point(TypedDict):
        """One position in a file."""

        line: int
        column: int
        offset: int

    class LabelData(TypedDict):
        """A place and what is to be seen there."""

        file: str
        primary: bool
        text: str
        start: Point
        end: Point

    class EditData(TypedDict):
        """Replace what stands between `start` and `end` by `text`."""

        file: str
        start: Point
        end: Point
        text: str

    class HelpData(TypedDict):
        """What to do, and the edits that would do it."""

        text: str
        certain: bool
        edits: list[EditData]

    class FrameData(TypedDict):
        """One option on the way to the finding; the place is null where there is none."""

        path: str
        file: str | None
        start: Point | None
        end: Point | None

    class Finding(TypedDict):
        """One diagnostic as data."""

        code: str
        severity: str
        message: str
        path: str | None
        labels: list[LabelData]
        notes: list[str]
        help: list[HelpData]
        trace: list[FrameData]
        facts: dict[str, object]
        url: str | None

    class Document(TypedDict):
        """All diagnostics of one run."""

        version: int
        diagnostics: list[Finding]


VERSION = 1


def file_name(source: Source, base: str | None) -> str:
    """How a source is called: relative to the folder `base` when below it, else its name."""
    if base is not None:
        folder = base if base.endswith("/") else base + "/"
        if source.path.startswith(folder):
            return source.path[len(folder) :]
    return source.name


def in_order(diagnostics: Iterable[Diagnostic], base: str | None) -> list[Diagnostic]:
    """Sort by file and position: first those without a place, last those in far files.

    Far are files with an absolute name, such as those of the shipped library: what can be
    changed right here is read first.
    """

    def key(diagnostic: Diagnostic) -> tuple[bool, str, int, int, str, str]:
        label = diagnostic.primary()
        if label is None:
            return (False, "", 0, 0, diagnostic.code, diagnostic.message)
        source, start, end = label.span
        name = file_name(source, base)
        far = name.startswith("/")
        return (far, name, start, end, diagnostic.code, diagnostic.message)

    return sorted(diagnostics, key=key)


def sources_of(diagnostics: Iterable[Diagnostic], base: str | None) -> dict[str, Source]:
    """The sources that labels lie in, by the name under which they are shown."""
    return {
        file_name(label.span[0], base): label.span[0]
        for diagnostic in diagnostics
        for label in diagnostic.labels
    }


def document(diagnostics: Iterable[Diagnostic], base: str | None = None) -> Document:
    """All diagnostics, in order, as data that fits `spec/diagnostics.schema.json`."""
    findings = [_finding(diagnostic, base) for diagnostic in in_order(diagnostics, base)]
    return {"version": VERSION, "diagnostics": findings}


def render(diagnostics: Iterable[Diagnostic], base: str | None = None) -> str:
    """Print the document as JSON text; an empty run gives an empty list, not an empty text."""
    import json  # only who asks for this form loads it

    return json.dumps(document(diagnostics, base), indent=2) + "\n"


def _finding(diagnostic: Diagnostic, base: str | None) -> Finding:
    primary = diagnostic.primary()
    labels = sorted(diagnostic.labels, key=lambda label: label is not primary)
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        "path": diagnostic.path,
        "labels": [
            {
                "file": file_name(label.span[0], base),
                "primary": label is primary,
                "text": label.text,
                "start": _point(label.span[0], label.span[1]),
                "end": _point(label.span[0], label.span[2]),
            }
            for label in labels
        ],
        "notes": list(diagnostic.notes),
        "help": [
            {
                "text": help_.text,
                "certain": help_.certain and bool(help_.edits),
                "edits": [
                    {
                        "file": file_name(edit.span[0], base),
                        "start": _point(edit.span[0], edit.span[1]),
                        "end": _point(edit.span[0], edit.span[2]),
                        "text": edit.text,
                    }
                    for edit in help_.edits
                    if edit.span[0].form != "argument"  # what was typed cannot be edited
                ],
            }
            for help_ in diagnostic.help
        ],
        "trace": [_frame(frame.path, frame.span, base) for frame in diagnostic.trace],
        "facts": diagnostic.facts,
        "url": None,
    }


def _frame(path: str, span: Span | None, base: str | None) -> FrameData:
    if span is None:
        return {"path": path, "file": None, "start": None, "end": None}
    source, start, end = span
    return {
        "path": path,
        "file": file_name(source, base),
        "start": _point(source, start),
        "end": _point(source, end),
    }


def _point(source: Source, offset: int) -> Point:
    line, column = source.position(offset)
    return {"line": line, "column": column, "offset": offset}
