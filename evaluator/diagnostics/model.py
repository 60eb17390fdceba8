"""What a finding is: a code, one line, labels in any number of files, notes, help.

Floors build diagnostics from facts in their own `errors.py`; nobody else words messages.
They are reported into a `Sink`, which keeps them all, so one run shows everything wrong.
`Stop` unwinds to the nearest place that can go on; what it stands for is reported already.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from evaluator.source import Span

ERROR = "error"
WARNING = "warning"


class Label:
    """A place and what is to be seen there; exactly one label of a finding is primary."""

    __slots__ = ("primary", "span", "text")

    def __init__(self, span: Span, text: str, *, primary: bool = False) -> None:
        self.span = span
        self.text = text
        self.primary = primary


class Edit:
    """Replace the span's text by `text`."""

    __slots__ = ("span", "text")

    def __init__(self, span: Span, text: str) -> None:
        self.span = span
        self.text = text


class Help:
    """What to do, with the edits that would do it (may be none).

    `certain` edits are what anybody would write: `vcfg check --fix` makes them unasked.
    """

    __slots__ = ("certain", "edits", "text")

    def __init__(self, text: str, edits: tuple[Edit, ...] = (), *, certain: bool = False) -> None:
        self.text = text
        self.edits = edits
        self.certain = certain


class Frame:
    """One step of how evaluation came here: an option path and where it was read."""

    __slots__ = ("path", "span")

    def __init__(self, path: str, span: Span | None) -> None:
        self.path = path
        self.span = span


class Diagnostic:
    """One finding. `facts` are plain JSON data for programs, keys stable per code."""

    __slots__ = (
        "code",
        "facts",
        "help",
        "labels",
        "message",
        "notes",
        "path",
        "severity",
        "trace",
    )

    def __init__(
        self,
        code: str,
        message: str,
        labels: tuple[Label, ...],
        *,
        severity: str = ERROR,
        notes: tuple[str, ...] = (),
        help: tuple[Help, ...] = (),
        path: str | None = None,
        trace: tuple[Frame, ...] = (),
        facts: dict[str, object] | None = None,
    ) -> None:
        self.code = code
        self.severity = severity
        self.message = message
        self.labels = labels
        self.notes = notes
        self.help = help
        self.path = path
        self.trace = trace
        self.facts = facts or {}

    def primary(self) -> Label | None:
        """The label that says where; None only for findings without any source."""
        for label in self.labels:
            if label.primary:
                return label
        return self.labels[0] if self.labels else None


LOST_FILES = ("import-failed", "cannot-read", "syntax-error", "reserved-word", "nested-too-deeply")
"""Findings that mean that a file is missing from the configuration."""


class Sink:
    """Collects findings; the same code at the same place with the same words counts once."""

    __slots__ = ("_seen", "diagnostics")

    def __init__(self) -> None:
        self.diagnostics: list[Diagnostic] = []
        self._seen: set[tuple[object, ...]] = set()

    def report(self, diagnostic: Diagnostic) -> None:
        """Keep a finding."""
        key = key_of(diagnostic)
        if key not in self._seen:
            self._seen.add(key)
            self.diagnostics.append(diagnostic)

    def take_over(self, found: list[Diagnostic]) -> None:
        """Hold what another sink held that began as this one."""
        self.diagnostics[:] = found
        self._seen.update([key_of(each) for each in found])

    def take_back(self, since: int, is_no_matter: Callable[[Diagnostic], bool]) -> None:
        """Drop those of the findings from number `since` on that turn out to be none."""
        self.diagnostics[since:] = [
            each for each in self.diagnostics[since:] if not is_no_matter(each)
        ]

    def speaks_at(self, span: Span) -> bool:
        """Whether some finding is about exactly this place."""
        for diagnostic in self.diagnostics:
            label = diagnostic.primary()
            if label is not None and label.span == span:
                return True
        return False

    def lost(self) -> Diagnostic | None:
        """The first finding that means that a file is missing, if there is one."""
        for diagnostic in self.diagnostics:
            if diagnostic.code in LOST_FILES:
                return diagnostic
        return None

    def has_errors(self) -> bool:
        """Whether anything worse than a warning was reported."""
        for diagnostic in self.diagnostics:
            if diagnostic.severity == ERROR:
                return True
        return False


def key_of(diagnostic: Diagnostic) -> tuple[object, ...]:
    """What makes two findings the same one."""
    label = diagnostic.primary()
    place = (label.span[0].path, label.span[1], label.span[2]) if label else None
    return diagnostic.code, place, diagnostic.message


class Stop(Exception):
    """Unwinds after a finding has been reported; carries nothing to report again."""
