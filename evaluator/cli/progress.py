"""How far a command has come with its hosts: a line of the terminal that is written over.

It appears after a second, counts what all processes have done, and is wiped before anything
else is written.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any, Self

DELAY, PAUSE = 1.0, 0.1
"""Seconds until the line appears, and until it changes."""
_WIDTH = 8


def is_seen(form: str) -> bool:
    """Whether a line can come and go where findings of a form are written.

    A pager or another reader of the output may have the terminal for itself.
    """
    if form != "text" or os.environ.get("NO_COLOR") or os.environ.get("TERM", "") in ("", "dumb"):
        return False
    if not sys.stderr.isatty():
        return False
    from stat import S_ISFIFO

    return not S_ISFIFO(os.fstat(sys.stdout.fileno()).st_mode)


class Progress:
    """Counts hosts; `process` is the number of this process, which forks others."""

    __slots__ = ("_counts", "_last", "_total", "_usual", "process")

    def __init__(self, total: int, processes: int, *, is_seen: bool) -> None:
        self.process = 0
        self._total = total
        self._last = ""
        self._usual: Any = None
        self._counts: memoryview | None = None
        if is_seen:
            from mmap import mmap

            # Memory that is shared with the processes to come.
            self._counts = memoryview(mmap(-1, _WIDTH * processes)).cast("Q")

    def __enter__(self) -> Self:
        if self._counts is not None:
            import signal

            self._usual = signal.signal(signal.SIGALRM, self._show)
            signal.setitimer(signal.ITIMER_REAL, DELAY, PAUSE)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._counts is not None:
            import signal

            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, self._usual)
            if self._last:
                self._write(" " * len(self._last) + "\r")

    def step(self) -> None:
        """One more host is done."""
        if self._counts is not None:
            self._counts[self.process] += 1

    def forget_others(self) -> None:
        """Count only what this process has done; the others have ended."""
        if self._counts is not None:
            for process in range(1, len(self._counts)):
                self._counts[process] = 0

    def _show(self, *_signal: object) -> None:
        self._last = f"{sum(self._counts or ())} of {self._total} hosts"
        self._write(self._last)

    def _write(self, text: str) -> None:
        """Write from the beginning of the line, past what has not been flushed."""
        try:
            os.write(sys.stderr.fileno(), f"\r{text}".encode())
        except OSError:
            # The terminal is gone; the answer may have other readers.
            self._last = ""
