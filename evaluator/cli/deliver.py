"""Hands a verb's text to its reader: standard output, or a file that is written at once."""

from __future__ import annotations

import os
import sys


def deliver(text: str, output: str) -> int:
    """Write to the file `output`, only if its bytes would change, or to standard output.

    Returns the exit code: 0, or 2 with a word on standard error where it cannot be written.
    """
    if not output:
        sys.stdout.write(text)
        return 0
    content = text.encode("utf-8", "surrogatepass")
    target = os.path.realpath(output)
    staged = f"{target}.{os.getpid()}.new"
    try:
        if os.path.isfile(target):
            with open(target, "rb") as stream:
                if stream.read() == content:
                    return 0
        with open(staged, "xb") as stream:
            stream.write(content)
        try:
            os.replace(staged, target)
        except OSError:
            os.unlink(staged)
            raise
    except OSError as problem:
        reason = (problem.strerror or str(problem)).lower()
        print(f"vcfg: `{output}` cannot be written: {reason}", file=sys.stderr)
        return 2
    return 0
