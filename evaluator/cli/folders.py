"""Which configurations a folder holds, for `vcfg check DIR`."""

from __future__ import annotations

import os

from evaluator.cli.arguments import UsageError
from evaluator.diagnostics.model import Sink
from evaluator.files import is_odd
from evaluator.fleet.configure import load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.fleet.configure import Settings


def configurations(words: list[str], settings: Settings) -> list[str]:
    """The words, with each folder replaced by the configurations directly in it."""
    out: list[str] = []
    for word in words:
        out.extend(_heads(word, settings) if os.path.isdir(word) else [word])
    return out


def _heads(folder: str, settings: Settings) -> list[str]:
    """Files that no other one there imports: those are checked with the ones that do.

    Files of tests do not count: what only they import would not be checked at all.
    """
    try:
        entries = sorted(os.listdir(folder))
    except OSError as problem:
        reason = (problem.strerror or str(problem)).lower()
        raise UsageError(f"the folder `{folder}` cannot be read: {reason}") from None
    names = [
        name
        for name in entries
        if name.endswith(".vcfg") and not name.endswith("_test.vcfg") and not name.startswith(".")
    ]
    files = [name if folder == "." else os.path.join(folder, name) for name in names]
    files = [file for file in files if not is_odd(file)]
    if not files:
        raise UsageError(
            f"the folder `{folder}` cannot be read: no file directly in it is named *.vcfg"
        )
    imported: set[str] = set()
    for file in files:
        own = os.path.realpath(file)
        modules = load(file, settings, Sink())
        imported.update({os.path.realpath(each.source.path) for each in modules} - {own})
    # Files that import each other in a circle are all checked.
    return [file for file in files if os.path.realpath(file) not in imported] or files
