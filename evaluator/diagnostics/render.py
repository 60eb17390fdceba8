"""The door to the forms of findings; loaded only when there is something to print.

`text` is for people, `concise` for editors and grep, `json` for programs, `github` for
the annotations of that forge's workflows. Every form reads the data of `document`.
"""

from __future__ import annotations

from evaluator.diagnostics import document

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from evaluator.diagnostics.model import Diagnostic

FORMS = ("text", "concise", "json", "github")


def render(
    diagnostics: Iterable[Diagnostic],
    form: str,
    *,
    color: bool = False,
    limit: int = 20,
    base: str | None = None,
) -> str:
    """Render findings, sorted by file and position, in one of `FORMS`.

    Files below the folder `base` (an absolute path) are named relative to it. Only the
    text form looks at `color` and `limit`: it shows at most `limit` errors and as many
    warnings, then counts the rest. The result ends with a line end; without findings it
    is empty, except that `json` is always a document. Raises `ValueError` for an
    unknown form.
    """
    findings = list(diagnostics)
    if form == "json":
        return document.render(findings, base)
    if form == "text":
        from evaluator.diagnostics import text

        sources = document.sources_of(findings, base)
        return text.render(document.document(findings, base), sources, color=color, limit=limit)
    if form == "concise":
        from evaluator.diagnostics import concise

        return concise.render(document.document(findings, base))
    if form == "github":
        from evaluator.diagnostics import github

        return github.render(document.document(findings, base))
    message = f"no form `{form}` for findings; there are {', '.join(FORMS)}"
    raise ValueError(message)
