"""Types made of other types: optional, list, set, map, ordered, record, union, refined.

`kinds` are the head kinds a value of the type can have; checks look at heads only, so
that deciding whether a value fits never forces what lies inside it. `merge` names the rule
by which several definitions become one value.
"""

from __future__ import annotations

from evaluator.types.scalars import AnyString, Literals, Type
from evaluator.types.values import KIND_WORDS, display, kind_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def kind_refusal(accepted: tuple[str, ...], kind: str, expected: str) -> str | None:
    """Why a value of this head kind does not fit, or None if it does."""
    if kind in accepted:
        return None
    return f"expected {expected}, found {KIND_WORDS.get(kind, kind)}"


class Container(Type):
    """What all types with something inside have in common."""

    __slots__ = ("inner",)

    def __init__(self, inner: Type) -> None:
        self.inner = inner

    def refuse(self, value: object) -> str | None:
        """None if the head of the value fits, else why not."""
        return kind_refusal(self.kinds, kind_of(value), self.describe())


class ListType(Container):
    """`list(T)`: definitions are joined in module order."""

    __slots__ = ()
    kinds = ("list",)
    merge = "list"

    def describe(self) -> str:
        return f"list of {plural(self.inner)}"

    def source(self) -> str:
        return f"list({self.inner.source()})"

    def json_schema(self) -> dict[str, Any]:
        return {"type": "array", "items": self.inner.json_schema()}


class SetType(Container):
    """`set(T)`: union of all definitions, sorted; written as a list."""

    __slots__ = ()
    kinds = ("list",)
    merge = "set"

    def describe(self) -> str:
        return f"set of {plural(self.inner)}"

    def source(self) -> str:
        return f"set({self.inner.source()})"

    def json_schema(self) -> dict[str, Any]:
        return {"type": "array", "uniqueItems": True, "items": self.inner.json_schema()}


class MapType(Container):
    """`map(T)`: merged per key, keys sorted."""

    __slots__ = ()
    kinds = ("record",)
    merge = "map"

    def describe(self) -> str:
        return f"map of {plural(self.inner)}"

    def source(self) -> str:
        return f"map({self.inner.source()})"

    def json_schema(self) -> dict[str, Any]:
        return {"type": "object", "additionalProperties": self.inner.json_schema()}


class OrderedType(MapType):
    """`ordered(T)`: merged per key, then sorted by `after` and `before`, ties by key."""

    __slots__ = ()
    merge = "ordered"

    def describe(self) -> str:
        return f"ordered entries of {plural(self.inner)}"

    def source(self) -> str:
        return f"ordered({self.inner.source()})"


class RecordType(Type):
    """A record by name; `record` is its declaration with the shape of its options."""

    __slots__ = ("record",)
    kinds = ("record",)
    merge = "record"

    def __init__(self, record: Any) -> None:
        self.record = record

    def refuse(self, value: object) -> str | None:
        """None if the head of the value fits, else why not."""
        return kind_refusal(self.kinds, kind_of(value), self.describe())

    def describe(self) -> str:
        return f"`{self.record.name}` record"

    def source(self) -> str:
        return str(self.record.name)

    def json_schema(self) -> dict[str, Any]:
        return {"$ref": f"#/$defs/{self.record.label}"}


class OptionalType(Container):
    """`T?`: null or a T; null and a value of equal strength are a conflict of kinds."""

    __slots__ = ("kinds",)
    merge = "union"

    def __init__(self, inner: Type) -> None:
        super().__init__(inner)
        self.kinds = (*inner.kinds, "null")

    def refuse(self, value: object) -> str | None:
        """None if it is null or fits the inner type, else why not."""
        return None if value is None else super().refuse(value) or self.inner.refuse(value)

    def choose(self, kind: str) -> Type | None:
        """The type that decides for values of this kind; None stands for null itself."""
        return None if kind == "null" else self.inner

    def describe(self) -> str:
        return f"{self.inner.describe()} or null"

    def source(self) -> str:
        inner = self.inner.source()
        return f"({inner})?" if " | " in inner else f"{inner}?"

    def json_schema(self) -> dict[str, Any]:
        return {"anyOf": [self.inner.json_schema(), {"type": "null"}]}


class UnionType(Type):
    """`A | B` with alternatives that differ by the kind of the value."""

    __slots__ = ("alternatives", "by_kind", "kinds")
    merge = "union"

    def __init__(self, alternatives: list[Type], by_kind: dict[str, Type]) -> None:
        self.alternatives = alternatives
        self.by_kind = by_kind
        self.kinds = tuple(by_kind)

    def choose(self, kind: str) -> Type | None:
        """The alternative that decides for values of this kind."""
        return self.by_kind[kind]

    def refuse(self, value: object) -> str | None:
        """None if the head of the value fits, else why not."""
        kind = kind_of(value)
        if kind not in self.by_kind:
            return kind_refusal(self.kinds, kind, self.describe())
        if self.by_kind[kind].refuse(value) is None:
            return None
        reason = f"expected {self.describe()}, found {display(value)}"
        meant = [each.remedy(value) for each in self.alternatives]
        remedy = next((each for each in meant if each is not None), None)
        return reason if remedy is None else f"{reason}; write {remedy}"

    def describe(self) -> str:
        return " or ".join(each.describe() for each in self.alternatives)

    def source(self) -> str:
        return " | ".join(each.source() for each in self.alternatives)

    def json_schema(self) -> dict[str, Any]:
        return {"anyOf": [each.json_schema() for each in self.alternatives]}


class RefinedType(Container):
    """A named type with conditions; `predicates` hold `(each, expression, message)` nodes.

    `env` is where the conditions are evaluated (set by the evaluator, once per module).
    """

    __slots__ = ("kinds", "module", "name", "predicates")
    merge = "refined"

    def __init__(self, name: str, inner: Type, predicates: tuple[Any, ...], module: Any) -> None:
        super().__init__(inner)
        self.name = name
        self.predicates = predicates
        self.module = module
        self.kinds = inner.kinds

    def refuse(self, value: object) -> str | None:
        """None if the head fits the underlying type; conditions are evaluated elsewhere."""
        return self.inner.refuse(value)

    def describe(self) -> str:
        return f"`{self.name}` ({self.inner.describe()})"

    def source(self) -> str:
        return self.name

    def json_schema(self) -> dict[str, Any]:
        return self.inner.json_schema()


class AnyType(Type):
    """`any`: whatever the language can write; used where a program's own format decides.

    Blocks are merged by key, at every depth; all else has to be equal.
    """

    __slots__ = ()
    kinds = ("bool", "int", "float", "string", "duration", "size", "mode", "null", "list", "record")
    merge = "any"

    def refuse(self, value: object) -> str | None:
        """Nothing is refused except functions."""
        return kind_refusal(self.kinds, kind_of(value), "a value")

    def describe(self) -> str:
        return "any value"

    def source(self) -> str:
        return "any"

    def json_schema(self) -> dict[str, Any]:
        return {}


class BrokenType(AnyType):
    """Stands where a type was refused, so that nothing more is said about its values."""

    __slots__ = ()


def plural(inner: Type) -> str:
    """How a type reads after `list of`: its description, in parentheses where it has parts."""
    words = inner.describe()
    return f"({words})" if " or " in words or " of " in words else words


def unite(alternatives: list[Type]) -> Type:
    """One type for `A | B | …`; raises ValueError in words if heads do not tell them apart."""
    literals: list[object] = []
    rest: list[Type] = []
    null = False
    for each in alternatives:
        if isinstance(each, OptionalType):
            null = True
            each = each.inner  # noqa: PLW2901 - the optional part is lifted to the union
        if isinstance(each, Literals):
            literals.extend(each.values)
        elif isinstance(each, UnionType):
            rest.extend(each.alternatives)
        else:
            rest.append(each)
    if None in literals:
        null = True
        literals = [value for value in literals if value is not None]
    rest = _join_strings(literals, rest)
    if literals:
        rest.insert(0, Literals(tuple(literals)))
    result = rest[0] if len(rest) == 1 else _by_kind(rest)
    return OptionalType(result) if null else result


def _join_strings(literals: list[object], rest: list[Type]) -> list[Type]:
    """Alternatives that are all text are one type that accepts what any of them accepts."""
    texts = [each for each in rest if each.kinds == ("string",)]
    words = [value for value in literals if isinstance(value, str)]
    if not texts or len(texts) + bool(words) < 2:
        return rest
    if words:
        literals[:] = [value for value in literals if not isinstance(value, str)]
        texts.insert(0, Literals(tuple(words)))
    others = [each for each in rest if each.kinds != ("string",)]
    return [*others, AnyString(texts)]


def _by_kind(alternatives: list[Type]) -> UnionType:
    by_kind: dict[str, Type] = {}
    for each in alternatives:
        for kind in each.kinds:
            other = by_kind.get(kind)
            if other is not None:
                raise ValueError(
                    f"a value cannot tell `{other.source()}` from `{each.source()}`: "
                    f"both are {KIND_WORDS.get(kind, kind)}"
                )
            by_kind[kind] = each
    return UnionType(alternatives, by_kind)
