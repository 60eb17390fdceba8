"""One definition on its way to an option.

A statement may define far below the place where it stands; a `Definition` is that
statement seen from one level: `index` components of its path are used up, what encloses it
has given it context, strength and order. Where the value came as data (from an expression
that yielded a block), `value` holds the part of it that belongs to this level.
"""

from __future__ import annotations

from evaluator.definitions.spread import PLAIN, SCALE, SUNK
from evaluator.options.shapes import MISSING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.source import Source, Span

    Node = tuple[Any, ...]
    # An evaluation's `Context`: what this floor hands on without looking inside.
    Context = Any


class Note:
    """How a definition came to its path, where that is not as it is written; `sites` are those
    of others that have a part in it."""

    __slots__ = ("sites", "text")

    def __init__(self, text: str, sites: tuple[Span, ...]) -> None:
        self.text = text
        self.sites = sites


class Definition:
    """A statement, or part of its value, as seen from one level of the option tree."""

    __slots__ = ("context", "index", "module", "order", "source", "statement", "strength", "value")

    def __init__(
        self,
        statement: Node,
        index: int,
        context: Context,
        strength: int | None,
        order: int | None,
        source: Source,
        module: int,
        value: Any = MISSING,
    ) -> None:
        self.statement = statement
        self.index = index
        self.context = context
        self.strength = strength
        self.order = order
        self.source = source
        self.module = module
        self.value = value

    def below(self, context: Context) -> Definition:
        """The same statement one path component further down."""
        return Definition(
            self.statement, self.index + 1, context, self.strength, self.order, self.source,
            self.module,
        )  # fmt: skip

    def part(self, value: Any, at: int | None = None) -> Definition:
        """The part of this definition's value that belongs to one key, or to one element."""
        statement = self.statement if at is None else self.element(at).statement
        return Definition(
            statement, self.index, self.context, self.strength, self.order, self.source,
            self.module, value,
        )  # fmt: skip

    def from_file(self, source: Source) -> Definition:
        """The same, for statements of a value that is written in another file."""
        if source is self.source:
            return self
        moved = self.part(self.value)
        moved.source = source
        return moved

    def element(self, at: int) -> Definition:
        """This definition, pointing at one element of the list it gives, where that is written."""
        node = self.statement
        if not self.is_whole() or node[9][0] != "list":
            return self
        return Definition(
            (*node[:9], node[9][3][at], *node[10:]), self.index, self.context, self.strength,
            self.order, self.source, self.module,
        )  # fmt: skip

    def inner(self, statement: Node, context: Context) -> Definition:
        """A statement standing in this definition's block; the innermost strength wins."""
        strength, order = self.strength, self.order
        if statement[0] != "remove":
            if statement[5] is not None:
                strength = statement[5] * SCALE
            if statement[6] is not None:
                order = statement[6]
        return Definition(statement, 0, context, strength, order, self.source, self.module)

    def path(self) -> tuple[Any, ...]:
        """Components of the statement's path."""
        return self.statement[3] if self.statement[0] == "remove" else self.statement[4]  # type: ignore[no-any-return]

    def note(self) -> Note | None:
        """What is to be said about its path: a statement with another one has it at its end."""
        node = self.statement
        at = 5 if node[0] == "remove" else 10
        return node[at] if len(node) > at else None

    def is_whole(self) -> bool:
        """Whether the statement gives this level a value as a whole (`p = …`)."""
        return (
            self.value is MISSING
            and self.statement[0] == "def"
            and self.index == len(self.statement[4])
        )

    def rank(self) -> int:
        """Strength on the fine scale."""
        return PLAIN if self.strength is None else self.strength

    def span(self) -> Span:
        """What to point at: the value where one is written, else the path."""
        node = self.statement
        if node[0] == "def":
            value = node[9]
            return self.source, value[1], value[2]
        if node[0] == "remove":
            return self.source, node[1], node[2]
        return self.source, node[1], node[3]

    def path_span(self) -> Span:
        """Where the path of the statement stands, strength and order words included."""
        node = self.statement
        end = node[2] if node[0] == "remove" else node[3]
        return self.source, node[1], end


def strength_name(rank: int) -> str:
    """A strength as people know it."""
    if rank >= SUNK:
        return "declared default"
    words = {50: "forced", 100: "plain", 1000: "default"}
    number = rank // SCALE
    return words.get(number, f"priority {number}")
