"""Which options are read, how deep, and what for; in doubt an option counts as read."""

from __future__ import annotations

from evaluator.definitions.places import Typed, container, place_of, shape_of
from evaluator.lints.inference import entry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.definitions.places import Place
    from evaluator.lints.inference import Inference
    from evaluator.names.lexical import Lexical
    from evaluator.options.shapes import Option, Shape
    from evaluator.types.scalars import Type

    Node = tuple[Any, ...]
    # The role of a read, and whether it stands in an `extend`.
    Use = tuple[str, bool]

# Builtins that look at what a value is, not at what lies in it.
SHALLOW = ("keys", "length", "has", "kind")


class Reads:
    """`uses` holds, for each option by identity, what it is read for.

    `words` are names read from something of which nothing is known: every option of such a
    name counts as read.
    """

    def __init__(self, inference: Inference) -> None:
        self.inference = inference
        self.uses: dict[int, set[Use]] = {}
        self.words: set[str] = set()
        # Expressions whose value is not looked into: what a loop goes over.
        self.shallow: set[int] = set()
        self._parts: set[int] = set()

    def take_over(self, base: Reads) -> None:
        """Begin with what others read."""
        self.uses = {option: {*uses} for option, uses in base.uses.items()}
        self.words, self.shallow, self._parts = {*base.words}, {*base.shallow}, {*base._parts}

    def is_read(self, option: Option) -> bool:
        """Whether something may read an option."""
        return id(option) in self.uses or option.name in self.words

    def look(self, node: Node, scope: Lexical, role: str, *, is_extending: bool) -> None:
        """Note what an expression reads itself; its parts come by themselves."""
        tag = node[0]
        if tag == "listfor":
            self.shallow.add(id(node[4]))
        elif tag == "call" and node[3][0] == "name" and node[3][3] in SHALLOW and node[4]:
            self.shallow.add(id(node[4][0]))
        elif tag == "binary" and node[3] in ("==", "!="):
            self._compared(node)
        elif tag in ("attr", "index", "name") and id(node) not in self._parts:
            self._read(node, scope, (role, is_extending))

    def _compared(self, node: Node) -> None:
        """Whether something is null is asked without looking into it."""
        for one, other in ((node[4], node[5]), (node[5], node[4])):
            if other[0] == "null":
                self.shallow.add(id(one))

    def _read(self, node: Node, scope: Lexical, use: Use) -> None:
        is_whole = id(node) not in self.shallow
        place = self.inference.place(node, scope)
        if place is not None and is_whole:
            self.whole(place, use, set())
        while node[0] in ("attr", "index"):
            place = self.inference.place(node, scope)
            if isinstance(place, Typed):
                self._note(place.option, use)
            elif place is None and node[0] == "attr":
                self.words.add(node[4])
            if node[0] == "index" and node[4][0] == "str":
                self.words.add(node[4][3])
            elif node[0] == "index":
                self._any_of(self.inference.place(node[3], scope), use)
            node = node[3]
            self._parts.add(id(node))

    def _any_of(self, place: Place | None, use: Use) -> None:
        """A computed name may be that of each option."""
        shape = shape_of(place) if place is not None else None
        if shape is not None:
            self.whole(shape, use, set())

    def _note(self, option: Option, use: Use) -> None:
        self.uses.setdefault(id(option), set()).add(use)

    def whole(self, place: Place, use: Use, seen: set[int]) -> None:
        """Everything at and below a place is read."""
        if isinstance(place, Typed):
            self._note(place.option, use)
        shape = shape_of(place) or _record_in(place)
        if shape is None or id(shape) in seen:
            return
        seen.add(id(shape))
        members: list[Option | Shape] = [*shape.members.values()]
        if shape.any is not None:
            members.append(shape.any)
        for member in members:
            self.whole(place_of(member), use, seen)


def add_words(node: Any, words: set[str]) -> None:
    """Take up every word of a statement of which nothing is known here."""
    if isinstance(node, str):
        words.add(node)
    elif isinstance(node, tuple):
        is_node = len(node) > 2 and isinstance(node[0], str) and type(node[1]) is int
        for part in node[3:] if is_node else node:
            add_words(part, words)


def _record_in(place: Place) -> Shape | None:
    """The options of the records in a map or list, however deep."""
    inner: Place | None = place
    while inner is not None:
        shape = shape_of(inner)
        if shape is not None:
            return shape
        nearer = entry(inner)
        if nearer is None:
            return _odd_record(inner.type) if isinstance(inner, Typed) else None
        inner = nearer
    return None


def _odd_record(type_: Type) -> Shape | None:
    """The record among alternatives."""
    inside = container(type_)
    record = getattr(inside, "record", None)
    shape: Shape | None = record.shape if record is not None else None
    return shape
