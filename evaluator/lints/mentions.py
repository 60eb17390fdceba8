"""Which names a file mentions, and where its `let`s hold; a matter of its text alone."""

from __future__ import annotations

from evaluator.lints.foreign_holes import holes_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.names.load import Module

    Node = tuple[Any, ...]

# Nodes in which a `let` of theirs holds; of `when`, both branches are taken for one.
HOLDS = frozenset(
    (
        *("service", "recorddecl", "choice", "extend", "grow", "host", "variant", "test"),
        *("when", "for", "block", "record"),
    )
)


class Mentions:
    """Where a file mentions which name, whatever it is bound to there; and what it never does.

    `idle_lets` come with whether they stand at the top, `idle_binders` with their loops. Types
    and bases are written with dots in one text, so that every text with a dot mentions what
    stands before it.
    """

    __slots__ = ("_lets", "_loops", "_places", "holes", "idle_binders", "idle_lets")

    def __init__(self, module: Module) -> None:
        self._places: dict[str, list[int]] = {}
        self._lets: list[tuple[Node, tuple[int, int], bool]] = []
        self._loops: list[Node] = []
        whole = (0, len(module.source.text) + 1)
        for item in module.items:
            self._walk(item, 0, whole, is_top=True)
        self.holes = holes_of(module)
        for hole in self.holes:  # what is wrong is how it is mentioned
            self._places.setdefault(hole.name, []).append(hole.start)
        self.idle_lets = [
            (let, is_top) for let, block, is_top in self._lets if self._is_idle(let, block)
        ]
        self.idle_binders = [
            (loop, name)
            for loop in self._loops
            for name in loop[3]
            if not name.startswith("_") and not self._within(name, loop)
        ]

    def of(self, name: str) -> list[int]:
        """Offsets at which a name is mentioned."""
        return self._places.get(name, [])

    def _is_idle(self, let: Node, block: tuple[int, int]) -> bool:
        """Whether nothing in its block mentions a `let`; what is documented is for others."""
        if let[7] or let[3].startswith("_"):
            return False
        start, end = block
        return not any([start <= at < end and not let[1] <= at < let[2] for at in self.of(let[3])])

    def _within(self, name: str, loop: Node) -> bool:
        """Whether a name is mentioned where a loop binds it, beside what it goes over."""
        over = loop[4]
        return any(
            [loop[1] <= at < loop[2] and not over[1] <= at < over[2] for at in self.of(name)]
        )

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
                self._lets.append((part, block, is_top))
            if tag in ("for", "listfor"):
                self._loops.append(part)
            if tag in HOLDS:
                block, is_top = (part[1], part[2]), False
            elif tag != "section":
                is_top = False
        for each in part:
            self._walk(each, at, block, is_top=is_top)
