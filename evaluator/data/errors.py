"""Wording of what is no well-formed data."""

from __future__ import annotations

from evaluator.diagnostics.model import Diagnostic, Edit, Help, Label

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.data.nodes import Malformed
    from evaluator.diagnostics.model import Sink
    from evaluator.source import Source

NAMES = {"json": "JSON", "yaml": "YAML", "toml": "TOML"}


def malformed(sink: Sink, source: Source, problem: Malformed) -> None:
    """A data file cannot be read; what else it says is not looked at."""
    span = (source, problem.start, problem.end)
    labels = [Label(span, problem.label, primary=True)]
    if problem.first is not None:
        labels.append(Label((source, *problem.first), problem.first_label))
    help: tuple[Help, ...] = ()
    if problem.advice:
        edits = () if problem.remedy is None else (Edit(span, problem.remedy),)
        help = (Help(problem.advice, edits),)
    sink.report(
        Diagnostic(
            problem.code,
            f"this {NAMES[source.form]} cannot be read: {problem.reason}",
            tuple(labels),
            help=help,
            facts={"format": source.form, "reason": problem.reason},
        )
    )
