"""Types that say how often, whether and in which form there is a value.

`once(T)`, `maybe(T)`, `deferred(R)`, `keyed(R, on: "f")` and choices. A configuration that
uses none of them does not load this module.
"""

from __future__ import annotations

from evaluator.types.containers import MapType, RecordType, Wrapper, plural
from evaluator.types.values import kind_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.types.base import Type


class OnceType(Wrapper):
    """`once(T, message: "…")`: exactly one definition, even if another were equal."""

    __slots__ = ("message",)
    merge = "once"

    def __init__(self, inner: Type, message: str | None) -> None:
        super().__init__(inner)
        self.message = message

    def describe(self) -> str:
        return f"{self.inner.describe()}, defined once"

    def source(self) -> str:
        return f"once({self.inner.source()})"


class MaybeType(Wrapper):
    """`maybe(T)`: an option that is not there while nobody defines it."""

    __slots__ = ()
    merge = "maybe"

    def describe(self) -> str:
        return f"{self.inner.describe()}, absent while nobody defines it"

    def source(self) -> str:
        return f"maybe({self.inner.source()})"


class DeferredType(Wrapper):
    """`deferred(R)`: definitions of a record that belong to whoever takes them."""

    __slots__ = ()
    merge = "deferred"

    def refuse(self, value: object) -> str | None:
        """None if the value is a block or deferred itself, else why not."""
        if kind_of(value) == "deferred":
            return None
        return self.inner.refuse(value)

    def describe(self) -> str:
        return f"definitions for {plural(self.inner)}"

    def source(self) -> str:
        return f"deferred({self.inner.source()})"

    def json_schema(self) -> dict[str, Any]:
        return {}


class KeyedType(MapType):
    """`keyed(R, on: "f")`: records told apart by one of their fields; written as a list."""

    __slots__ = ("field",)
    kinds = ("list", "record")
    merge = "keyed"

    def __init__(self, inner: Type, field: str) -> None:
        super().__init__(inner)
        self.field = field

    def describe(self) -> str:
        return f"list of {plural(self.inner)} by `{self.field}`"

    def source(self) -> str:
        return f'keyed({self.inner.source()}, on: "{self.field}")'

    def json_schema(self) -> dict[str, Any]:
        return {"type": "array", "items": self.inner.json_schema()}


class ChoiceType(RecordType):
    """A declared choice: a block with exactly one of its options."""

    __slots__ = ()
    merge = "choice"

    def tags(self) -> list[str]:
        """The options to choose from, as declared."""
        return list(self.record.shape.members)

    def describe(self) -> str:
        return f"`{self.record.name}` choice of " + " or ".join(
            [f"`{each}`" for each in self.tags()]
        )
