"""The page of a code, as `vcfg explain CODE` prints it."""

from __future__ import annotations

from evaluator import resources
from evaluator.diagnostics.codes import CODES


def page(code: str) -> str | None:
    """Markdown text of the code's page in `spec/errors/`; None when there is no such code."""
    if code not in CODES:
        return None
    return resources.text("errors", f"{code}.md")
