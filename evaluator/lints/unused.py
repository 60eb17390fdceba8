"""Names that are bound and never used: `let`s, and what `as` calls an import."""

from __future__ import annotations

import os

from evaluator.files import Unreadable, is_odd
from evaluator.lints import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.lints.subject import Subject
    from evaluator.names.load import Module

    Node = tuple[Any, ...]

# Files of a folder that are looked into.
MOST = 1000
# What a file offers to others may stand there although it does not use it itself.
OFFERS = frozenset(("let", "typedecl", "recorddecl", "choice", "import", "test"))


def unused_names(subject: Subject) -> None:
    """Report `let`s and aliases that no expression mentions.

    A `let` with documentation is meant for other files, as are those of a file that holds
    nothing else or that somebody imports by name. A name that begins with `_` is left alone.
    """
    shared = {id(target) for module in subject.world.modules for target in module.aliases.values()}
    for module in subject.own:
        if module.source.is_data():
            continue
        mentions = subject.common.mentions(module)
        for statement, _target in module.imports:
            alias = statement[6]
            if alias is not None and not alias.startswith("_") and not mentions.of(alias):
                errors.unused_alias(subject.sink, module.source, statement)
        for loop, name in mentions.idle_binders:
            if not _is_told(subject, module, loop, name):
                errors.unused_binder(subject.sink, module.source, loop, name)
        is_offer = id(module) in shared or all([item[0] in OFFERS for item in module.items])
        for let, is_top in mentions.idle_lets:
            if not is_top or not (is_offer or _is_named_nearby(subject, module)):
                errors.unused_let(subject.sink, module.source, let)


def _is_told(subject: Subject, module: Module, loop: Node, name: str) -> bool:
    """Whether it was found already that a key should have been what the loop binds."""
    for finding in subject.world.sink.diagnostics:
        label = finding.primary()
        if finding.code == "loop-key" and label is not None and finding.facts["name"] == name:
            source, start, _end = label.span
            if source is module.source and loop[1] <= start < loop[2]:
                return True
    return False


def _is_named_nearby(subject: Subject, module: Module) -> bool:
    """Whether a file beside this one, or a folder above, imports it by a name.

    It need not belong to this configuration: a test may, or another host. Only the text is
    looked at, since such a file need not be right.
    """
    folder, name = os.path.split(module.source.path)
    wanted = f'{name}" as '
    for place in (folder, os.path.dirname(folder)):
        try:
            names = sorted(os.listdir(place))[:MOST]
        except OSError:
            continue
        for other in names:
            path = os.path.join(place, other)
            if not other.endswith(".vcfg") or path == module.source.path or is_odd(path):
                continue
            try:
                text = subject.world.files.read(path)
            except Unreadable:
                continue
            if wanted in text:
                return True
    return False
