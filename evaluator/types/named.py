"""What a `type` declaration adds to the type it names: conditions, conversions, itself.

A refused value is told with the type's name; conditions and conversions are evaluated
elsewhere, in the file that declares the type.
"""

from __future__ import annotations

from evaluator.types.base import Type
from evaluator.types.containers import Wrapper, kind_refusal
from evaluator.types.values import KIND_WORDS, kind_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Node = tuple[Any, ...]


class RefinedType(Wrapper):
    """A named type with conditions; `predicates` hold `(each, expression, message)` nodes.

    `module` is the file in whose scope the conditions are evaluated.
    """

    __slots__ = ("module", "name", "predicates")
    merge = "refined"

    def __init__(self, name: str, inner: Type, predicates: tuple[Any, ...], module: Any) -> None:
        super().__init__(inner)
        self.name = name
        self.predicates = predicates
        self.module = module

    def describe(self) -> str:
        if getattr(self.inner, "name", None) == self.name:
            return self.inner.describe()
        return f"`{self.name}` ({self.inner.describe()})"

    def source(self) -> str:
        return self.name


class Conversion:
    """One `from T by EXPRESSION` of a named type."""

    __slots__ = ("expression", "type")

    def __init__(self, type_: Type, expression: Node) -> None:
        self.type = type_
        self.expression = expression


class ConvertedType(Wrapper):
    """A named type that can also be written in other ways, told apart by their kinds."""

    __slots__ = ("by_kind", "module", "name")
    merge = "converted"

    def __init__(self, name: str, inner: Type, conversions: list[Conversion], module: Any) -> None:
        super().__init__(inner)
        self.name = name
        self.module = module
        self.by_kind: dict[str, Conversion] = {}
        for each in conversions:
            for kind in each.type.kinds:
                other = self.by_kind.get(kind)
                if other is not None or kind in inner.kinds:
                    clash = other.type.source() if other is not None else name
                    raise ValueError(
                        f"a value cannot tell `{each.type.source()}` from `{clash}`: "
                        f"both are {KIND_WORDS.get(kind, kind)}"
                    )
            self.by_kind.update(dict.fromkeys(each.type.kinds, each))
        self.kinds = (*inner.kinds, *self.by_kind)

    def refuse(self, value: object) -> str | None:
        """None if the head fits the type or one it is converted from, else why not."""
        kind = kind_of(value)
        conversion = self.by_kind.get(kind)
        if conversion is not None:
            return conversion.type.refuse(value)
        return kind_refusal(self.kinds, kind, self.describe()) or self.inner.refuse(value)

    def container(self) -> Type | None:
        conversion = self.by_kind.get("record")
        return conversion.type.container() if conversion is not None else self.inner.container()

    def alternative(self, kind: str) -> Type:
        conversion = self.by_kind.get(kind)
        if conversion is not None:
            return conversion.type.alternative(kind)
        return self.inner.alternative(kind) if kind in self.inner.kinds else self

    def describe(self) -> str:
        also = dict.fromkeys([each.type.describe() for each in self.by_kind.values()])
        return f"`{self.name}` ({self.inner.describe()}, also written as {' or '.join(also)})"

    def source(self) -> str:
        return self.name

    def json_schema(self) -> dict[str, Any]:
        return self.inner.json_schema()


class RecursiveType(Type):
    """A named type inside its own declaration; `target` is what the name stands for."""

    __slots__ = ("kinds", "label", "name", "target")
    merge = "recursive"

    def __init__(self, name: str, kinds: tuple[str, ...]) -> None:
        self.name = name
        self.kinds = kinds
        # The name in a schema, where several files have a type of the same name.
        self.label = name
        self.target: Type | None = None

    def itself(self) -> Type:
        """What the name stands for, once its declaration has been read."""
        if self.target is None:
            raise AssertionError(self.name)
        return self.target

    def describe(self) -> str:
        return f"`{self.name}`"

    def source(self) -> str:
        return self.name

    def refuse(self, value: object) -> str | None:
        """None if the head fits what the name stands for, else why not."""
        reason = kind_refusal(self.kinds, kind_of(value), self.describe())
        return reason or self.itself().refuse(value)

    def remedy(self, value: object) -> str | None:
        return self.itself().remedy(value)

    def json_schema(self) -> dict[str, Any]:
        return {"$ref": f"#/$defs/{self.label}"}

    def container(self) -> Type | None:
        return self.itself().container()

    def elements(self) -> Type | None:
        return self.itself().elements()

    def takes_order(self) -> bool:
        return self.itself().takes_order()

    def alternative(self, kind: str) -> Type:
        return self.itself().alternative(kind)

    def bears_only_values(self) -> bool:
        return self.target is not None and self.target.bears_only_values()
