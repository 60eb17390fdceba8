"""The door of the room: every lint there is, run over one evaluated configuration.

A lint is a function of a `Subject` that reports into its sink. It stays silent in doubt: what
some other configuration may need is no mistake of this one.
"""

from __future__ import annotations

from evaluator.diagnostics.model import ERROR, WARNING
from evaluator.lints.comparisons import never_equal
from evaluator.lints.conditions import dead_conditions
from evaluator.lints.elements import repeated_elements, unordered_lists
from evaluator.lints.foreign_holes import foreign_holes
from evaluator.lints.imports import import_cycles
from evaluator.lints.keys import near_conditions, near_keys
from evaluator.lints.strengths import lost_defaults, needless_words, nested_strengths
from evaluator.lints.subject import Subject
from evaluator.lints.unread import never_read
from evaluator.lints.unused import unused_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from evaluator.diagnostics.model import Sink
    from evaluator.evaluation.world import World
    from evaluator.lints.subject import Common

LINTS: tuple[Callable[[Subject], None], ...] = (
    import_cycles,
    unused_names,
    foreign_holes,
    never_read,
    near_keys,
    near_conditions,
    never_equal,
    dead_conditions,
    nested_strengths,
    needless_words,
    lost_defaults,
    unordered_lists,
    repeated_elements,
)

LINT_CODES = (
    "import-cycle",
    "unused-name",
    "foreign-hole",
    "never-read",
    "near-key",
    "never-equal",
    "dead-condition",
    "differing-strengths",
    "needless-strength",
    "needless-order",
    "lost-default",
    "unordered-list",
    "repeated-element",
)

SEVERITIES = {"error": ERROR, "warn": WARNING}


def as_warning(code: str) -> str:
    """What a lint counts as where nobody says otherwise."""
    return "warn"


def may_lint(sink: Sink) -> bool:
    """Whether nothing was found that makes lints meaningless; a failed assertion does not."""
    return not any(
        [each.severity == ERROR and each.code != "assertion-failed" for each in sink.diagnostics]
    )


def run_lints(
    world: World,
    sink: Sink,
    severity_of: Callable[[str], str] = as_warning,
    common: Common | None = None,
) -> None:
    """Report what the lints find in a configuration that was evaluated as a whole.

    `severity_of` says what a code counts as: `error`, `warn` or `off`. `common` is for linting
    several configurations of the same files.
    """
    if not may_lint(sink):
        return
    subject = Subject(world, common)
    for lint in LINTS:
        lint(subject)
    for finding in subject.sink.diagnostics:
        severity = SEVERITIES.get(severity_of(finding.code))
        if severity is not None:
            finding.severity = severity
            sink.report(finding)
