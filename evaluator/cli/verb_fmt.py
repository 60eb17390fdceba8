"""`vcfg fmt FILE…`: lay files out canonically, or say which ones are not."""

from __future__ import annotations

import os
import sys

from evaluator.cli.arguments import UsageError
from evaluator.cli.session import STANDARD_INPUT, Session, read_standard_input
from evaluator.cli.verb_check import count
from evaluator.files import Unreadable, decode, is_odd
from evaluator.names.errors import unreadable
from evaluator.source import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.cli.arguments import Arguments


def answer(arguments: Arguments) -> int:
    """Format all files; what is malformed or cannot be written stays as it is."""
    session = Session(arguments)
    words = arguments.words["FILE"]
    if "-" in words and len(words) > 1:
        raise UsageError("`-` reads standard input and stands alone")
    run = _Run(session)
    if words == ["-"]:
        run.standard_input()
        session.speak()
        return run.code
    for path in run.files(words):
        run.file(path)
    session.speak()
    if arguments.option("errors") == "text":
        print(run.summary(), file=sys.stderr)
    return run.code


class _Run:
    """One command: what it is to do with a file that is not canonical, and what it found."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.shows = session.arguments.flag("diff")
        self.only_tells = self.shows or session.arguments.flag("check")
        self.code = 0
        self.seen: set[str] = set()
        self.changed = self.fine = self.failed = 0

    def files(self, words: list[str]) -> list[str]:
        """Files to look at, folders searched for `*.vcfg`; each file once."""
        found: list[str] = []
        for word in words:
            inside = self.folder(word) if os.path.isdir(word) else [word]
            if not inside:
                print(f"vcfg: there is no `.vcfg` file in {word}", file=sys.stderr)
            for path in inside:
                canonical = os.path.realpath(path)
                if canonical not in self.seen:
                    self.seen.add(canonical)
                    found.append(path)
        return found

    def folder(self, folder: str) -> list[str]:
        """Every file `*.vcfg` below a folder, in order; what is hidden is for others."""
        found: list[str] = []
        for root, folders, names in os.walk(folder, onerror=self.unsearched):
            folders[:] = sorted([name for name in folders if not name.startswith(".")])
            for name in sorted(names):
                path = os.path.normpath(os.path.join(root, name))
                if name.endswith(".vcfg") and not name.startswith(".") and not is_odd(path):
                    found.append(path)
        return found

    def unsearched(self, problem: OSError) -> None:
        """A folder that cannot be listed."""
        self.fails(2, f"`{problem.filename}` cannot be searched: {reason(problem)}")

    def fails(self, code: int, message: str = "") -> None:
        """Something was left as it is; called with the words if no finding has them."""
        self.code = max(self.code, code)
        self.failed += 1
        if message:
            print(f"vcfg: {message}", file=sys.stderr)

    def standard_input(self) -> None:
        """Text in, canonical text out; nothing out if it is malformed."""
        try:
            text = read_standard_input()
        except Unreadable as problem:
            unreadable(self.session.sink, STANDARD_INPUT, STANDARD_INPUT, str(problem), None)
            self.fails(1)
            return
        new = self.canonical(STANDARD_INPUT, STANDARD_INPUT, text)
        if new is None:
            return
        if not self.only_tells:
            sys.stdout.write(new)
        elif new != text:
            self.tell(STANDARD_INPUT, text, new)

    def file(self, path: str) -> None:
        """One file: left, told, shown or written."""
        canonical = os.path.realpath(path)
        try:
            data = self.session.settings.files.read_bytes(canonical)
            text = decode(data)
        except Unreadable as problem:
            unreadable(self.session.sink, path, canonical, str(problem), None)
            self.fails(2)
            return
        new = self.canonical(path, canonical, text)
        if new is None:
            return
        if new == text:
            self.fine += 1
        elif self.only_tells:
            self.tell(path, text, new)
        else:
            self.write(path, canonical, new)

    def canonical(self, name: str, path: str, text: str) -> str | None:
        """The text as it should be; None, with findings, if it is malformed."""
        from evaluator.formatting.canonical import canonical

        new = canonical(Source(name, path, text), self.session.sink)
        if new is None:
            self.fails(1)
        return new

    def tell(self, name: str, text: str, new: str) -> None:
        """Say that a file is not canonical, with `--diff` by what."""
        self.code = max(self.code, 1)
        self.changed += 1
        if self.shows:
            from evaluator.cli.unified import unified_diff

            sys.stdout.write(unified_diff(name, text, new))
        else:
            print(name)

    def write(self, name: str, path: str, new: str) -> None:
        """Replace the file, links followed."""
        from evaluator.cli.replace import CannotReplace, replace_text

        try:
            replace_text(path, new)
        except CannotReplace as problem:
            self.fails(2, f"`{name}` cannot be written: {problem}")
        else:
            self.changed += 1
            print(name)

    def summary(self) -> str:
        """What happened, in one line."""
        done = "not formatted" if self.only_tells else "formatted"
        parts = [f"{self.changed} {done}", f"{self.fine} unchanged"]
        if self.only_tells:
            parts = [f"{self.changed} {done}", f"{self.fine} formatted"]
        if self.failed:
            parts.append(f"{self.failed} left alone")
        total = self.changed + self.fine + self.failed
        told = ", ".join(part for part in parts if part[0] != "0")
        return f"{count(total, 'file')}: {told}" if total else "0 files"


def reason(problem: OSError) -> str:
    """Why the system refused, in words."""
    return (problem.strerror or str(problem)).lower()
