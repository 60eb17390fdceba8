"""The door to the static check: which files still have to be looked at.

What `check` finds in a file follows from its text and from what all files declare. So a file in
which nothing was found needs no second look while both are the same, and a run where that
holds for all files does not even load the checks. What is known is kept in the cache: for
each set of declarations the digests of the files that were found to be in order.
"""

from __future__ import annotations

import os

from evaluator import __version__
from evaluator.definitions.spread import lets_of
from evaluator.options.core import speaks_of_checks
from evaluator.syntax import cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.diagnostics.model import Sink
    from evaluator.names.load import Module
    from evaluator.options.shapes import Declarations

_FORMAT = "1"
_ROOMS = ("definitions", "diagnostics", "names", "options", "syntax", "types")
"""Whose code decides what is found."""
_DEFINING = frozenset(
    (
        "assert",
        "block",
        "def",
        "disable",
        "for",
        "host",
        "import",
        "let",
        "remove",
        "test",
        "variant",
        "warn",
        "when",
    )
)
"""Statements that declare nothing that other files could depend on."""
_DIGEST = 16
_MOST = 1 << 16
"""Bytes kept for one set of declarations."""


def check_modules(modules: list[Module], declared: Declarations, sink: Sink) -> None:
    """Report everything static that is wrong with the modules' statements."""
    if declared.renames:
        from evaluator.definitions.renames import settle_renames

        settle_renames(declared, sink)
    if any([module.source.is_data() for module in modules]):
        from evaluator.definitions.data import settle

        settle(modules, declared.root)
    check_statements(modules, modules, declared, sink)


def check_statements(
    modules: list[Module], wanted: list[Module], declared: Declarations, sink: Sink
) -> None:
    """As `check_modules`, of some modules only; what is around them was looked at before."""
    if sink.diagnostics or cache.folder() is None:
        from evaluator.definitions.check import check_all

        check_all(modules, wanted, declared, sink)
        return
    key = _declarations(modules, declared)
    stored = cache.read("checked", key) or b""
    known = {stored[at : at + _DIGEST] for at in range(0, len(stored), _DIGEST)}
    pending = []
    digests: list[bytes | None] = []
    for module in wanted:
        digest = _digest(module)
        if digest is None or digest not in known:
            pending.append(module)
            digests.append(digest)
    if not pending:
        return
    from evaluator.definitions.check import check_all

    around = _binding(pending, modules)
    faulty = check_all(modules, [*pending, *around], declared, sink)
    fresh = b"".join(
        [
            digest
            for module, digest in zip(pending, digests, strict=True)
            if digest is not None and module not in faulty
        ]
    )
    if fresh:
        cache.write("checked", key, (fresh + stored)[:_MOST])


def defines_only(module: Module) -> bool:
    """Whether a file declares nothing, and says nothing that decides what is declared."""
    return (
        module.source.form == "vcfg"
        and module.placed is None
        and module.value is None
        and all([item[0] in _DEFINING for item in module.items])
        and not speaks_of_checks(module.items)
    )


def _digest(module: Module) -> bytes | None:
    """Identity of a file for the check; None where more than its text and place decides.

    A host's block sees the names of its file, and what is read into data depends on its options.
    Names of imports lead to `let`s of other files, which are part of the identity.
    """
    source = module.source
    if (
        module.outer is not None
        or module.placed is not None
        or module.key != source.path
        or source.form != "vcfg"
    ):
        return None
    parts = [source.path, source.text]
    for alias, target in module.aliases.items():
        text = target.source.text
        lets = lets_of(target) if target.value is None else {}
        parts.append(f"{alias} {target.key}")
        parts.extend([text[node[1] : node[2]] for node in lets.values()])
    return cache.digest(_DIGEST, *parts)


def _binding(pending: list[Module], modules: list[Module]) -> list[Module]:
    """Files to look at beside those pending: circles of `let`s may go through several.

    They can only be new if a file that binds or imports names is pending.
    """
    if not any([module.aliases or lets_of(module) for module in pending]):
        return []
    return [module for module in modules if module.aliases and module not in pending]


def _declarations(modules: list[Module], declared: Declarations) -> str:
    """Key of everything that is declared, and of the code that judges by it."""
    parts = [_FORMAT, __version__, _code(), str(declared.are_others_unlike)]
    for module in modules:
        found = _declaring(module)
        if found:
            parts.append(module.key)
            parts.extend([f"{item[6]} {target.key}" for item, target in module.imports])
            parts.extend(found)
    return cache.fingerprint(*parts)


def _declaring(module: Module) -> list[str]:
    """What a file says between its definitions, with the comments and annotations before it."""
    found: list[str] = []
    text = module.source.text
    before = since = 0
    for item in module.items:
        if item[0] in _DEFINING:
            if since < before:
                found.append(text[since:before])
            since = item[2]
        before = item[2]
    if since < before:
        found.append(text[since:before])
    return found


def _code() -> str:
    """Sizes and times of the files that decide what is found."""
    folder = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    found: list[str] = []
    for room in _ROOMS:
        with os.scandir(f"{folder}/{room}") as entries:
            for entry in entries:
                if entry.name.endswith(".py"):
                    status: Any = entry.stat()
                    found.append(f"{room} {entry.name} {status.st_size} {status.st_mtime_ns}")
    found.sort()
    return "\n".join(found)
