"""Random types and expressions that have a value of a wanted type."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

    from tests.peer.model import Node

    # What may be read, by type.
    Readable = list[tuple[Node, Node]]

WORDS = ("red", "green", "blue", "a b", "x-1", "Zoe", "n0", "long word", "-", "e")
LEVELS = ("off", "low", "mid", "high", "max")
SCALARS: tuple[Node, ...] = (
    ["bool"],
    ["bool"],
    ["int"],
    ["int"],
    ["int", 0, 9],
    ["int", -5, 100],
    ["port"],
    ["string"],
    ["string"],
    ["string", "[a-z]+"],
    ["float"],
    ["enum", ["off", "low", "high"]],
    ["enum", ["off", "mid"]],
    ["enum", [1, 2, 3]],
)
JOINED: tuple[Node, ...] = (
    ["text"],
    ["list", ["string"]],
    ["list", ["int"]],
    ["set", ["string"]],
    ["set", ["int"]],
)


class Expressions:
    """Expressions from one stream of random numbers."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.names = 0
        # Named types: what they hold, and what they are converted from.
        self.named: dict[str, tuple[Node, Node]] = {}

    def fresh(self, stem: str) -> str:
        """A name that nobody else has."""
        self.names += 1
        return f"{stem}{self.names}"

    def chance(self, part: float) -> bool:
        """True so often."""
        return self.rng.random() < part

    def scalar_type(self) -> Node:
        """A type with one value, or an optional one."""
        type_ = self.rng.choice(SCALARS)
        if self.named and self.chance(0.1):
            return ["named", self.rng.choice(list(self.named))]
        if self.chance(0.06):
            return ["once", type_]
        if self.chance(0.1):
            return ["opt", type_]
        if self.chance(0.07):
            return ["union", ["int"], ["string"]]
        return type_

    def literal(self, type_: Node) -> Node:
        """A literal of a scalar type."""
        rng = self.rng
        tag = type_[0]
        if tag == "bool":
            return ["lit", self.chance(0.6)]
        if tag == "int":
            low, high = (type_[1], type_[2]) if len(type_) == 3 else (-20, 100)
            return ["lit", rng.randint(low, high)]
        if tag == "port":
            return ["lit", rng.choice((0, 22, 80, 65535))]
        if tag == "float":
            return ["lit", rng.randint(-9, 9) + rng.choice((0.25, 0.5, 0.75))]
        if tag == "enum":
            return ["lit", rng.choice(type_[1])]
        if tag == "string" and len(type_) == 2:
            return ["lit", rng.choice(("red", "green", "x"))]
        if tag == "text":
            return ["lit", rng.choice(("one", "two\nlines", "# three", "x = ${y}"))]
        return ["lit", rng.choice(WORDS)]

    def value(self, type_: Node, readable: Readable, depth: int = 2) -> Node:
        """An expression of a type without entries or fields."""
        rng = self.rng
        tag = type_[0]
        if tag == "opt":
            if self.chance(0.25):
                return ["lit", None]
            return self.value(type_[1], readable, depth)
        if tag == "once":
            return self.value(type_[1], readable, depth)
        if tag == "named":
            return self.value(rng.choice(self.named[type_[1]]), readable, depth)
        if tag == "union":
            return self.value(rng.choice(type_[1:]), readable, depth)
        sources = [expr for source, expr in readable if fits(source, type_)]
        if sources and self.chance(0.35):
            return rng.choice(sources)
        if tag in ("list", "set"):
            return self.items(type_, readable, sources, depth)
        if depth <= 0 or self.chance(0.45):
            return self.literal(type_)
        if self.chance(0.15):
            test = self.value(["bool"], readable, depth - 1)
            yes, no = [self.value(type_, readable, depth - 1) for _ in "ab"]
            return ["if", test, yes, no]
        optional = [expr for source, expr in readable if source == ["opt", type_]]
        if optional and self.chance(0.5):
            return ["or-null", rng.choice(optional), self.literal(type_)]
        if tag == "bool":
            return self.test(readable, depth)
        if type_ == ["int"]:
            return self.number(readable, depth)
        if type_ in (["string"], ["text"]):
            return self.words(readable, depth)
        return self.literal(type_)

    def test(self, readable: Readable, depth: int = 2) -> Node:
        """A boolean."""
        rng = self.rng
        bools = [expr for source, expr in readable if source == ["bool"]]
        kind = rng.randrange(7)
        if kind <= 1 and bools:
            return ["not", rng.choice(bools)] if self.chance(0.4) else rng.choice(bools)
        if kind == 2:
            sign = rng.choice(("and", "or"))
            return ["op", sign, *[self.value(["bool"], readable, depth - 1) for _ in "ab"]]
        lists = [expr for source, expr in readable if source == ["list", ["string"]]]
        if kind == 3 and lists:
            return ["op", "in", self.literal(["string"]), rng.choice(lists)]
        if kind == 4 and lists:
            return ["op", ">", ["len", rng.choice(lists)], ["lit", rng.randint(0, 3)]]
        if kind == 5:
            sign = rng.choice(("==", "!="))
            return ["op", sign, *[self.value(["string"], readable, depth - 1) for _ in "ab"]]
        sign = rng.choice(("<", "<=", ">", ">=", "==", "!="))
        return ["op", sign, *[self.value(["int"], readable, depth - 1) for _ in "ab"]]

    def number(self, readable: Readable, depth: int) -> Node:
        """An integer that stays small, however long the chain of readers is."""
        sign = self.rng.choice(("+", "-", "*"))
        left = self.value(["int"], readable, depth - 1)
        right: Node = ["lit", self.rng.randint(0, 2)]
        return ["op", sign, left, right]

    def words(self, readable: Readable, depth: int) -> Node:
        """A string with holes, at most one of them for another string."""
        parts: list[Node] = [["lit", self.rng.choice(("n", "a-", "the "))]]
        parts.append(self.value(["int"], readable, depth - 1))
        if self.chance(0.5):
            parts.append(["lit", "/"])
            parts.append(self.value(["string"], readable, depth - 1))
        return ["interp", parts]

    def items(self, type_: Node, readable: Readable, sources: list[Node], depth: int) -> Node:
        """A list."""
        rng = self.rng
        item = type_[1]
        if item[0] in ("record", "map", "any"):
            return ["list", []]
        plain: Node = [
            "list",
            [self.value(item, readable, depth - 1) for _ in range(rng.randrange(4))],
        ]
        kind = rng.randrange(6)
        others = [expr for source, expr in readable if source[0] == "list"]
        if depth > 0 and kind == 0 and sources:
            return ["op", "++", rng.choice(sources), plain]
        if depth > 0 and kind == 1 and others and item == ["string"]:
            name = self.fresh("x")
            return ["each", name, rng.choice(others), ["interp", [["lit", "e"], ["var", name]]]]
        numbers = [expr for source, expr in readable if source == ["list", ["int"]]]
        if depth > 0 and kind == 2 and numbers and item == ["int"]:
            name = self.fresh("x")
            test: Node = ["op", ">", ["var", name], ["lit", rng.randint(-3, 20)]]
            body: Node = ["op", "+", ["var", name], ["lit", 1]]
            return ["where", name, rng.choice(numbers), test, body]
        return plain


def fits(source: Node, wanted: Node) -> bool:
    """Whether every value of one type is one of another."""
    if source == wanted:
        return True
    if wanted == ["int"]:
        return bool(source[0] in ("int", "port") or source == ["enum", [1, 2, 3]])
    if wanted[0] == "int" and len(wanted) == 3:
        return bool(
            source[0] == "int"
            and len(source) == 3
            and wanted[1] <= source[1] <= source[2] <= wanted[2]
        )
    if wanted in (["string"], ["text"]):
        return bool(source[0] == "string" or (source[0] == "enum" and source[1] != [1, 2, 3]))
    return bool(wanted[0] == source[0] == "enum" and not set(source[1]) - set(wanted[1]))
