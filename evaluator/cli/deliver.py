"""Hands a verb's text to its reader: standard output, or a file that is written at once."""

from __future__ import annotations

import os
import sys

from evaluator.cli.replace import CannotReplace, replace_text


def deliver(text: str, output: str) -> int:
    """Write to the file `output`, only if its bytes would change, or to standard output.

    Returns the exit code: 0, or 2 with a word on standard error where it cannot be written.
    """
    if not output:
        sys.stdout.write(text)
        return 0
    target = os.path.realpath(output)
    try:
        if not os.path.exists(target):
            _create(target, text)
        elif not os.path.isfile(target):
            # A device or a pipe takes what is written; nothing may stand in its place.
            with open(target, "w", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
        elif not _is_already(target, text):
            replace_text(target, text)
    except CannotReplace as problem:
        return _refuse(output, str(problem))
    except OSError as problem:
        return _refuse(output, (problem.strerror or str(problem)).lower())
    return 0


def _create(target: str, text: str) -> None:
    """A file that is not there yet, complete as soon as it is."""
    staged = f"{target}.{os.getpid()}.new"
    try:
        with open(staged, "x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
        os.replace(staged, target)
    except BaseException:
        if os.path.exists(staged):
            os.unlink(staged)
        raise


def _is_already(target: str, text: str) -> bool:
    with open(target, "rb") as stream:
        return stream.read() == text.encode("utf-8")


def _refuse(output: str, reason: str) -> int:
    print(f"vcfg: `{output}` cannot be written: {reason}", file=sys.stderr)
    return 2
