"""`vcfg check --fix`: make the certain edits of findings, as long as there are some.

All rounds happen in memory; then each changed file is replaced at once. A text that would
not parse any more is left as it was.
"""

from __future__ import annotations

import os
import sys

from evaluator import resources
from evaluator.cli.replace import CannotReplace, is_protected, replace_text
from evaluator.diagnostics.fixes import certain_edits, certain_fixes
from evaluator.diagnostics.model import Sink
from evaluator.files import Disk
from evaluator.source import Source
from evaluator.syntax.parse import parse_uncached

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from evaluator.cli.session import Session

ROUNDS = 20


class Overlay(Disk):
    """Files of this machine, some of them with another text than they have there."""

    __slots__ = ("changed",)

    def __init__(self) -> None:
        super().__init__()
        self.changed: dict[str, str] = {}

    def read(self, path: str) -> str:
        """The changed text of a file, else what is there."""
        text = self.changed.get(self.canonical(path)) if self.changed else None
        return super().read(path) if text is None else text


class Fixer:
    """What was changed in memory: `before` has the first text of each changed file."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.overlay = Overlay()
        session.settings.files = self.overlay
        self.before: dict[str, Source] = {}
        self.counts: dict[str, int] = {}
        self.count = 0
        self.refused: dict[str, str] = {}

    def run(self, judge: Callable[[], None]) -> None:
        """Judge and change in turns, until nothing certain is left to be changed."""
        for _round in range(ROUNDS):
            judge()
            if not self._change():
                return
        judge()

    def _change(self) -> bool:
        """Change texts by the findings of the session; whether any was."""
        diagnostics = self.session.sink.diagnostics
        for each in diagnostics:
            for edit in certain_edits(each):
                self._may_change(edit.span[0])
        fixes = certain_fixes(diagnostics, self._may_change)
        made = False
        for path, text in fixes.texts().items():
            source = fixes.sources[path]
            if text == source.text or not _is_better(source, text):
                self.refused.setdefault(path, "")
                continue
            self.before.setdefault(path, source)
            self.overlay.changed[path] = text
            made = True
        if made:
            self.count += fixes.count
        return made

    def _may_change(self, source: Source) -> bool:
        """Whether a text is a file of the user that can be written; says why it is not."""
        path = source.path
        if path in self.refused:
            return False
        if source.form == "argument" or source.is_data() or path in self.overlay.texts:
            return False
        if path.startswith(resources.path("modules") + os.sep):
            self.refused[path] = "it belongs to the library"
        elif is_protected(path) or not os.access(os.path.dirname(path), os.W_OK):
            self.refused[path] = "it is write-protected"
        return path not in self.refused

    def write(self) -> int:
        """Replace the changed files and say so; the exit code if one could not be."""
        code = 0
        written = 0
        for path in self.before:
            try:
                replace_text(path, self.overlay.changed[path])
                written += 1
            except CannotReplace as problem:
                self.refused[path] = str(problem)
                code = 2
        for path, reason in self.refused.items():
            if reason:
                print(f"vcfg: {self._name(path)} is left as it is: {reason}", file=sys.stderr)
        if written:
            files = f"{written} file{'' if written == 1 else 's'}"
            print(f"fixed {self.count} in {files}", file=sys.stderr)
        else:
            print("nothing to fix", file=sys.stderr)
        return code

    def diff(self) -> str:
        """What `write` would change, in the unified form."""
        from evaluator.cli.unified import unified_diff

        return "".join(
            [
                unified_diff(source.name, source.text, self.overlay.changed[path])
                for path, source in sorted(self.before.items())
            ]
        )

    def _name(self, path: str) -> str:
        return path.removeprefix(self.session.settings.base + os.sep)


def _is_better(source: Source, text: str) -> bool:
    """Whether a changed text parses, or at least more of it than before."""
    after = Sink()
    if parse_uncached(Source(source.name, source.path, text), after) is not None:
        return True
    before = Sink()
    if parse_uncached(source, before) is not None:
        return False
    return len(after.diagnostics) < len(before.diagnostics)
