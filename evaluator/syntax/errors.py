"""Words for everything that can be wrong with a text: the findings of this room."""

from __future__ import annotations

from evaluator.diagnostics.model import Diagnostic, Label
from evaluator.syntax import expected

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.source import Source
    from evaluator.syntax.machine import Machine


def place(diagnostic: Diagnostic) -> int:
    """Where a finding is, for sorting."""
    label = diagnostic.primary()
    return label.span[1] if label else 0


def unexpected(source: Source, machine: Machine) -> Diagnostic:
    start, end = machine.found_start, max(machine.found_end, machine.found_start)
    words = expected.in_words(expected.accepted(machine), machine)
    return Diagnostic(
        "syntax-error",
        f"Expected {expected.either(words)}, found `{source.text[start:end]}`",
        (Label((source, start, end), "found here", primary=True),),
    )


def problem(source: Source, kind: str, start: int, end: int, facts: dict[str, Any]) -> Diagnostic:
    code = kind if kind in ("reserved-word", "nested-too-deeply") else "syntax-error"
    return Diagnostic(code, kind, (Label((source, start, end), kind, primary=True),))
