"""Differences between two texts in the unified form, which `patch` and forges read."""

from __future__ import annotations

import difflib

_NO_LINE_END = "\n\\ No newline at end of file\n"


def unified_diff(name: str, old: str, new: str) -> str:
    """What turns `old` into `new`; only `\\n` ends a line."""
    lines = difflib.unified_diff(_lines(old), _lines(new), name, name)
    return "".join([line if line.endswith("\n") else line + _NO_LINE_END for line in lines])


def _lines(text: str) -> list[str]:
    lines = [line + "\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]
