"""One line per finding, `file:line:column: error[code]: message`, for editors and grep."""

from __future__ import annotations

from evaluator.diagnostics.printable import one_line
from evaluator.source import site_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.diagnostics.document import Document, Finding


def render(document: Document) -> str:
    """All findings, one line each."""
    return "".join(_line(finding) + "\n" for finding in document["diagnostics"])


def _line(finding: Finding) -> str:
    said = f"{finding['severity']}[{finding['code']}]: {one_line(finding['message'])}"
    if not finding["labels"]:
        return said
    label = finding["labels"][0]
    start = label["start"]
    return f"{site_text(one_line(label['file']), start['line'], start['column'])}: {said}"
