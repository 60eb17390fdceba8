"""Names that are bound and never used: `let`s, and what `as` calls an import."""

from __future__ import annotations

from evaluator.lints import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from evaluator.lints.subject import Subject
    from evaluator.names.load import Module

    Node = tuple[Any, ...]

# What a file offers to others may stand there although it does not use it itself.
OFFERS = frozenset(("let", "typedecl", "recorddecl", "import", "test"))


def unused_names(subject: Subject) -> None:
    """Report `let`s and aliases that no expression mentions.

    A `let` with documentation is meant for other files, as are those of a file that holds
    nothing else or that somebody imports by name. A name that begins with `_` is left alone.
    """
    shared = {id(target) for module in subject.world.modules for target in module.aliases.values()}
    for module in subject.own:
        _aliases(subject, module)
        is_offer = id(module) in shared or all([item[0] in OFFERS for item in module.items])
        for let, around, is_top in _lets(module.items, is_top=True):
            if (is_top and is_offer) or let[7] or let[3].startswith("_"):
                continue
            if not _mentions(around, let[3], let):
                errors.unused_let(subject.sink, module.source, let)


def _aliases(subject: Subject, module: Module) -> None:
    for statement, _target in module.imports:
        alias = statement[6]
        if alias is None or alias.startswith("_"):
            continue
        if not _mentions(module.items, alias, statement):
            errors.unused_alias(subject.sink, module.source, statement)


def _lets(items: tuple[Any, ...], *, is_top: bool) -> Iterator[tuple[Node, tuple[Any, ...], bool]]:
    """Every `let` below some statements, with the block it holds in."""
    for item in items:
        if not isinstance(item, tuple):
            continue
        if item and item[0] == "let" and len(item) > 7:
            yield item, items, is_top
        below = is_top and bool(item) and item[0] == "section"
        for part in item:
            if isinstance(part, tuple) and part:
                yield from _within(part, items if below else part, is_top=below)


def _within(
    part: tuple[Any, ...], block: tuple[Any, ...], *, is_top: bool
) -> Iterator[tuple[Node, tuple[Any, ...], bool]]:
    """As `_lets`; what a section holds, holds in the block around it."""
    for let, around, top in _lets(part, is_top=is_top):
        yield let, (block if around is part else around), top


def _mentions(part: Any, name: str, but: Node) -> bool:
    """Whether a name is used anywhere in a part of a tree; `but` itself does not count.

    Types and bases are written with dots in one text.
    """
    if part is but:
        return False
    if isinstance(part, str):
        return part.startswith(name + ".")
    if not isinstance(part, tuple):
        return False
    if len(part) == 4 and part[0] == "name" and part[3] == name:
        return True
    return any([_mentions(each, name, but) for each in part])
