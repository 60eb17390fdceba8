"""One line per finding, `file:line:column: error[code]: message`, for editors and grep."""

from __future__ import annotations

from evaluator.diagnostics.printable import listed_hosts, one_line
from evaluator.source import site_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.diagnostics.document import Document, Finding


def render(document: Document) -> str:
    """All findings, one line each."""
    return "".join(_line(finding) + "\n" for finding in document["diagnostics"])


def _line(finding: Finding) -> str:
    said = f"{finding['severity']}[{finding['code']}]: {one_line(finding['message'])}"
    said += _about(finding)
    if not finding["labels"]:
        return said
    label = finding["labels"][0]
    start = label["start"]
    return f"{site_text(one_line(label['file']), start['line'], start['column'])}: {said}"


def _about(finding: Finding) -> str:
    """Of which hosts or variants it holds, where not of all."""
    match finding["facts"]:
        case {"hosts": [*hosts]}:
            return f" (on {listed_hosts([str(each) for each in hosts])})"
        case {"variants": {**variants}}:
            return f" (in variant {', '.join([f'`{each}`' for each in variants])})"
    return ""
