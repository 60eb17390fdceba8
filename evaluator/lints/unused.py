"""Names that are bound and never used: `let`s, and what `as` calls an import."""

from __future__ import annotations

import os

from evaluator.files import Unreadable
from evaluator.lints import errors
from evaluator.lints.foreign_holes import holes_of

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
# Nodes in which a `let` of theirs holds; of `when`, both branches are taken for one.
HOLDS = frozenset(
    (
        *("service", "recorddecl", "choice", "extend", "grow", "host", "variant", "test"),
        *("when", "for", "block", "record"),
    )
)


def unused_names(subject: Subject) -> None:
    """Report `let`s and aliases that no expression mentions.

    A `let` with documentation is meant for other files, as are those of a file that holds
    nothing else or that somebody imports by name. A name that begins with `_` is left alone.
    """
    shared = {id(target) for module in subject.world.modules for target in module.aliases.values()}
    for module in subject.own:
        if module.source.is_data():
            continue
        mentions = Mentions(module)
        for hole in holes_of(module):  # what is wrong is how it is mentioned
            mentions.add(hole.name, hole.start)
        for statement, _target in module.imports:
            alias = statement[6]
            if alias is not None and not alias.startswith("_") and not mentions.of(alias):
                errors.unused_alias(subject.sink, module.source, statement)
        for loop in mentions.loops:
            for name in loop[3]:
                if not name.startswith("_") and not mentions.within(name, loop):
                    errors.unused_binder(subject.sink, module.source, loop, name)
        is_offer = id(module) in shared or all([item[0] in OFFERS for item in module.items])
        for let, (start, end), is_top in mentions.lets:
            if (is_top and is_offer) or let[7] or let[3].startswith("_"):
                continue
            used = [
                at for at in mentions.of(let[3]) if start <= at < end and not let[1] <= at < let[2]
            ]
            if not used and not (is_top and _is_named_nearby(subject, module)):
                errors.unused_let(subject.sink, module.source, let)


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
            if not other.endswith(".vcfg") or path == module.source.path:
                continue
            try:
                text = subject.world.files.read(path)
            except Unreadable:
                continue
            if wanted in text:
                return True
    return False


class Mentions:
    """Where a file mentions which name, whatever it is bound to there; and all its `let`s.

    Each `let` comes with the span of the block it holds in. Types and bases are written with
    dots in one text, so that every text with a dot mentions what stands before it.
    """

    __slots__ = ("_places", "lets", "loops")

    def __init__(self, module: Module) -> None:
        self._places: dict[str, list[int]] = {}
        self.lets: list[tuple[Node, tuple[int, int], bool]] = []
        self.loops: list[Node] = []
        whole = (0, len(module.source.text) + 1)
        for item in module.items:
            self._walk(item, 0, whole, is_top=True)

    def of(self, name: str) -> list[int]:
        """Offsets at which a name is mentioned."""
        return self._places.get(name, [])

    def within(self, name: str, loop: Node) -> bool:
        """Whether a name is mentioned where a loop binds it, beside what it goes over."""
        over = loop[4]
        return any(
            [loop[1] <= at < loop[2] and not over[1] <= at < over[2] for at in self.of(name)]
        )

    def add(self, name: str, at: int) -> None:
        """Take one more mention in."""
        self._places.setdefault(name, []).append(at)

    def _walk(self, part: Any, at: int, block: tuple[int, int], *, is_top: bool) -> None:
        if isinstance(part, str):
            head, dot, _rest = part.partition(".")
            if dot:
                self._places.setdefault(head, []).append(at)
            return
        if not isinstance(part, tuple):
            return
        if len(part) > 2 and isinstance(part[0], str) and type(part[1]) is int:
            tag, at = part[0], part[1]
            if tag == "name":
                self._places.setdefault(part[3], []).append(at)
                return
            if tag in ("str", "import"):
                return  # text with a dot is no name
            if tag == "grow":
                self._places.setdefault(part[4][0], []).append(at)
            if tag == "let" and len(part) > 7:
                self.lets.append((part, block, is_top))
            if tag in ("for", "listfor"):
                self.loops.append(part)
            if tag in HOLDS:
                block, is_top = (part[1], part[2]), False
            elif tag != "section":
                is_top = False
        for each in part:
            self._walk(each, at, block, is_top=is_top)
