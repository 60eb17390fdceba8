"""Types with something inside: list, set, map, ordered, record, and `any`.

`kinds` are the head kinds a value of the type can have; checks look at heads only, so
that deciding whether a value fits never forces what lies inside it. `merge` names the rule
by which several definitions become one value.
"""

from __future__ import annotations

from evaluator.types.base import Type
from evaluator.types.values import KIND_WORDS, kind_of

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

    def takes_order(self) -> bool:
        return True


class Wrapper(Container):
    """A type around another that takes the same values; paths and order go through it."""

    __slots__ = ("kinds",)

    def __init__(self, inner: Type) -> None:
        super().__init__(inner)
        self.kinds = inner.kinds

    def refuse(self, value: object) -> str | None:
        """None if the head fits the type inside, else why not."""
        return self.inner.refuse(value)

    def remedy(self, value: object) -> str | None:
        return self.inner.remedy(value)

    def describe(self) -> str:
        return self.inner.describe()

    def json_schema(self) -> dict[str, Any]:
        return self.inner.json_schema()

    def container(self) -> Type | None:
        return self.inner.container()

    def elements(self) -> Type | None:
        return self.inner.elements()

    def takes_order(self) -> bool:
        return self.inner.takes_order()

    def alternative(self, kind: str) -> Type:
        return self.inner.alternative(kind)

    def bears_only_values(self) -> bool:
        return False


class ListType(Container):
    """`list(T)`: definitions are joined in module order."""

    __slots__ = ()
    kinds = ("list",)
    merge = "list"

    def elements(self) -> Type | None:
        return self

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

    def elements(self) -> Type | None:
        return self

    def describe(self) -> str:
        return f"set of {plural(self.inner)}"

    def source(self) -> str:
        return f"set({self.inner.source()})"

    def json_schema(self) -> dict[str, Any]:
        return {"type": "array", "uniqueItems": True, "items": self.inner.json_schema()}


class MapType(Container):
    """`map(T)`: merged per key, keys sorted."""

    __slots__ = ()
    kinds: tuple[str, ...] = ("record",)
    merge = "map"

    def container(self) -> Type | None:
        return self

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

    def container(self) -> Type | None:
        return self

    def takes_order(self) -> bool:
        return True

    def describe(self) -> str:
        return f"`{self.record.name}` record"

    def source(self) -> str:
        return str(self.record.name)

    def json_schema(self) -> dict[str, Any]:
        return {"$ref": f"#/$defs/{self.record.label}"}


class AnyType(Type):
    """`any`: whatever the language can write; used where a program's own format decides.

    Blocks are merged by key, at every depth, lists are joined; all else has to be equal.
    """

    __slots__ = ()
    kinds = (
        *("bool", "int", "float", "string", "duration", "size", "mode"),
        *("null", "list", "record", "secret", "secret-text"),
    )
    merge = "any"

    def refuse(self, value: object) -> str | None:
        """Nothing is refused except functions."""
        return kind_refusal(self.kinds, kind_of(value), "a value")

    def container(self) -> Type | None:
        return self

    def takes_order(self) -> bool:
        return True

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
