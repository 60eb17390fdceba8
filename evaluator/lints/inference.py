"""What an expression can yield, as far as declarations tell: its place, its kinds, its values.

None always means that nothing is known, and then nothing is said.
"""

from __future__ import annotations

from evaluator.definitions.defaults import literal
from evaluator.definitions.places import Typed, container, place_of, shape_of
from evaluator.names.builtin_names import BUILTIN_NAMES
from evaluator.options.shapes import Option
from evaluator.types.containers import (
    AnyType,
    ListType,
    MapType,
    SetType,
    Wrapper,
)
from evaluator.types.literals import Literals
from evaluator.types.named import ConvertedType, RefinedType
from evaluator.types.numbers import Bool
from evaluator.types.special import DeferredType
from evaluator.types.unions import OptionalType, UnionType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.definitions.places import Place
    from evaluator.lints.survey import Watch
    from evaluator.names.lexical import Lexical
    from evaluator.options.shapes import Shape
    from evaluator.types.scalars import Type

    Node = tuple[Any, ...]
    Kinds = frozenset[str]

DEPTH = 20
RESULT_FIELD = 9  # of an `option` node
OWN_KIND = {
    "int": "int", "float": "float", "bool": "bool", "null": "null", "mode": "mode",
    "duration": "duration", "size": "size", "str": "string", "interp": "string",
    "list": "list", "listfor": "list", "record": "record",
}  # fmt: skip
RESULT = {
    **dict.fromkeys(("length",), "int"),
    **dict.fromkeys(
        ("has", "contains", "starts-with", "ends-with", "matches", "any", "all"), "bool"
    ),
    **dict.fromkeys(("keys", "values", "split", "lines", "sort", "unique", "flatten"), "list"),
    **dict.fromkeys(
        ("string", "join", "lower", "upper", "trim", "replace", "indent", "kind", "sha256"),
        "string",
    ),
}


class Inference:
    """Answers about expressions in their static scopes."""

    def __init__(self, root: Shape, watch: Watch) -> None:
        self.root = root
        self.watch = watch

    def place(self, node: Node, scope: Lexical, depth: int = DEPTH) -> Place | None:
        """The place of the option tree that an expression reads."""
        tag = node[0]
        if depth == 0:
            return None
        if tag == "name":
            return self._named(node[3], scope, depth)
        if tag == "attr":
            let = self.member(node, scope)
            if let is not None:
                return self._let(let, depth)
            base = self.place(node[3], scope, depth - 1)
            return step(base, node[4]) if base is not None else None
        if tag == "index":
            base = self.place(node[3], scope, depth - 1)
            return entry(base) if base is not None else None
        return None

    def member(self, node: Node, scope: Lexical) -> Node | None:
        """The `let` of an imported file that `x.name` means."""
        if node[3][0] != "name":
            return None
        bound, what = scope.find(node[3][3])
        if not bound or what is None or what[0] != "alias":
            return None
        let: Node | None = what[1].get(node[4])
        return let

    def _named(self, name: str, scope: Lexical, depth: int) -> Place | None:
        bound, what = scope.find(name)
        if not bound:
            if name == "config":
                return self.root
            shape: Shape | None = scope.shape if name == "self" else None
            return shape
        if what is not None:
            return self._let(what, depth)
        holder: Lexical | None = scope
        while holder is not None and name not in holder.names:
            holder = holder.parent
        return self._bound(name, holder, depth) if holder is not None else None

    def _let(self, let: Node, depth: int) -> Place | None:
        scope = self.watch.let_scopes.get(id(let))
        if let[0] != "let" or let[5] is not None or scope is None:
            return None
        return self.place(let[6], scope, depth - 1)

    def _bound(self, name: str, holder: Lexical, depth: int) -> Place | None:
        """What a loop binds: an element, or the value of an entry."""
        _inner, node, scope = self.watch.ranges.get(id(holder), (None, None, None))
        if node is None or scope is None or node[0] not in ("for", "listfor"):
            return None
        if name != node[3][-1]:
            return None  # a key, or a number
        base = self.place(node[4], scope, depth - 1)
        return entry(base) if base is not None else None

    def type(self, node: Node, scope: Lexical) -> Type | None:
        """The type of the option an expression reads."""
        place = self.place(node, scope)
        return read_type(place) if isinstance(place, Typed) else None

    def kinds(self, node: Node, scope: Lexical, depth: int = DEPTH) -> Kinds | None:
        """The kinds that a value of an expression can have."""
        tag = node[0]
        if tag in OWN_KIND:
            return frozenset((OWN_KIND[tag],))
        if depth == 0:
            return None
        if tag == "name" and node[3] == "key" and not scope.find("key")[0]:
            return frozenset(("string",))
        if tag in ("name", "attr", "index"):
            return self._read_kinds(node, scope, depth)
        if tag == "if":
            return _either(
                self.kinds(node[4], scope, depth - 1), self.kinds(node[5], scope, depth - 1)
            )
        if tag == "unary":
            return frozenset(("bool",)) if node[3] == "not" else None
        if tag == "chain":
            return frozenset(("bool",)) if node[4][0][0] in ("and", "or") else None
        if tag == "binary":
            if node[3] == "??":
                left = self.kinds(node[4], scope, depth - 1)
                right = self.kinds(node[5], scope, depth - 1)
                return _either(left - {"null"} if left is not None else None, right)
            return frozenset(("list" if node[3] == ".." else "bool",))
        if tag == "call" and node[3][0] == "name":
            name = node[3][3]
            if name in RESULT and name in BUILTIN_NAMES and not scope.find(name)[0]:
                return frozenset((RESULT[name],))
        return None

    def _read_kinds(self, node: Node, scope: Lexical, depth: int) -> Kinds | None:
        place = self.place(node, scope)
        if isinstance(place, Typed):
            type_ = read_type(place)
            if type_ is None or isinstance(type_, AnyType) or not type_.kinds:
                return None
            return frozenset(type_.kinds)
        if place is not None:
            return frozenset(("record",))
        let = None
        if node[0] == "name":
            let = scope.find(node[3])[1]
        elif node[0] == "attr":
            let = self.member(node, scope)
        if let is None or let[0] != "let" or let[5] is not None:
            return None
        where = self.watch.let_scopes.get(id(let))
        return self.kinds(let[6], where, depth - 1) if where is not None else None


def _either(left: Kinds | None, right: Kinds | None) -> Kinds | None:
    return left | right if left is not None and right is not None else None


def read_type(place: Typed) -> Type | None:
    """The type that readers of a place see; None where it is not the one that is written."""
    return place.type if _is_read_as_written(place.type) else None


def _is_read_as_written(type_: Type) -> bool:
    if isinstance(type_, (ConvertedType, DeferredType)):
        return False
    if isinstance(type_, UnionType):
        return all([_is_read_as_written(each) for each in type_.alternatives])
    return not isinstance(type_, Wrapper) or _is_read_as_written(type_.inner)


def step(place: Place, name: str) -> Place | None:
    """Where a field or key leads."""
    shape = shape_of(place)
    if shape is None:
        return entry(place)
    member = shape.members.get(name) or shape.any
    if isinstance(member, Option) and is_converted(member):
        return None
    return place_of(member) if member is not None else None


def is_converted(option: Option) -> bool:
    """Whether readers see another type than definitions are of (`as T by …`)."""
    return option.node[RESULT_FIELD] is not None


def entry(place: Place) -> Place | None:
    """An entry of a map, or an element of a list."""
    if not isinstance(place, Typed):
        return None
    inside = container(place.type)
    if isinstance(inside, MapType):
        return Typed(place.option, inside.inner)
    items = bare(place.type)
    if inside is None and isinstance(items, (ListType, SetType)):
        return Typed(place.option, items.inner)
    return None


def bare(type_: Type) -> Type:
    """A type without `?` and conditions around it."""
    while isinstance(type_, Wrapper):
        type_ = type_.inner
    return type_


def allowed(type_: Type) -> tuple[Any, ...] | None:
    """All values of a type that has only some; None where there are many."""
    if isinstance(type_, RefinedType):
        return allowed(type_.inner)
    if isinstance(type_, OptionalType):
        inner = allowed(type_.inner)
        return None if inner is None else (*inner, None)
    if isinstance(type_, UnionType):
        parts = [allowed(each) for each in type_.alternatives]
        if any([each is None for each in parts]):
            return None
        return tuple([value for each in parts for value in each or ()])
    if isinstance(type_, Literals):
        return type_.values
    return (True, False) if isinstance(type_, Bool) else None


def constant(node: Node) -> Any:
    """The value of a literal; MISSING for any other expression."""
    if node[0] == "unary" and node[3] == "-" and node[4][0] in ("int", "float"):
        return -node[4][3]
    return literal(node)
