"""Workflow commands that a GitHub runner turns into annotations on the changed lines.

A command is `::error file=…,line=…::message`; what would end a property or the command
early is percent-encoded. Columns are given only when the finding lies on one line, since
the runner drops annotations that have columns and several lines.
"""

from __future__ import annotations

from evaluator.diagnostics.printable import printable
from evaluator.source import site_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.diagnostics.document import Document, Finding, LabelData


def render(document: Document) -> str:
    """All findings, one command each."""
    return "".join(_command(finding) + "\n" for finding in document["diagnostics"])


def _command(finding: Finding) -> str:
    properties = _place(finding["labels"][0]) if finding["labels"] else []
    properties.append(("title", finding["code"]))
    written = ",".join(f"{name}={_property(value)}" for name, value in properties)
    return f"::{finding['severity']} {written}::{_data(_message(finding))}"


def _place(label: LabelData) -> list[tuple[str, str]]:
    start, end = label["start"], label["end"]
    if label["file"].startswith("--"):
        return []  # an argument of the command line, which no runner can show
    place = [
        ("file", label["file"]),
        ("line", str(start["line"])),
        ("endLine", str(end["line"])),
    ]
    if start["line"] == end["line"]:
        place.append(("col", str(start["column"])))
        place.append(("endColumn", str(end["column"])))
    return place


def _message(finding: Finding) -> str:
    lines = [finding["message"]]
    for at, label in enumerate(finding["labels"]):
        if at == 0 and not label["file"].startswith("--"):
            continue
        start = label["start"]
        where = site_text(label["file"], start["line"], start["column"])
        lines.append(f"{where}: {label['text']}")
    lines.extend(f"note: {note}" for note in finding["notes"])
    lines.extend(f"help: {help_['text']}" for help_ in finding["help"])
    return "\n".join(lines)


def _data(text: str) -> str:
    text = printable(text, keep="\n")
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
