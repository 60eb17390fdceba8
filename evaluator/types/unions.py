"""Alternatives: null or a value, one type or another; told apart by the kind of the value."""

from __future__ import annotations

from evaluator.types.base import Scalar, Type
from evaluator.types.containers import Wrapper, kind_refusal
from evaluator.types.literals import AnyString, Literals
from evaluator.types.values import KIND_WORDS, display, kind_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class OptionalType(Wrapper):
    """`T?`: null or a T; null and a value of equal strength are a conflict of kinds."""

    __slots__ = ()
    merge = "union"

    def __init__(self, inner: Type) -> None:
        super().__init__(inner)
        self.kinds = inner.kinds if "null" in inner.kinds else (*inner.kinds, "null")

    def refuse(self, value: object) -> str | None:
        """None if it is null or fits the inner type, else why not."""
        if value is None:
            return None
        kind = kind_of(value)
        return kind_refusal(self.kinds, kind, self.describe()) or self.inner.refuse(value)

    def choose(self, kind: str) -> Type | None:
        """The type that decides for values of this kind; None stands for null itself."""
        return None if kind == "null" else self.inner

    def alternative(self, kind: str) -> Type:
        return self if kind == "null" or kind not in self.kinds else self.inner.alternative(kind)

    def bears_only_values(self) -> bool:
        return self.inner.bears_only_values()

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

    def container(self) -> Type | None:
        inner = self.by_kind.get("record")
        return inner.container() if inner is not None else None

    def elements(self) -> Type | None:
        inner = self.by_kind.get("list")
        return inner.elements() if inner is not None else None

    def takes_order(self) -> bool:
        return any([each.takes_order() for each in self.alternatives])

    def alternative(self, kind: str) -> Type:
        inner = self.by_kind.get(kind)
        return self if inner is None else inner.alternative(kind)

    def bears_only_values(self) -> bool:
        return all([each.bears_only_values() for each in self.alternatives])

    def refuse(self, value: object) -> str | None:
        """None if the head of the value fits, else why not."""
        kind = kind_of(value)
        if kind not in self.by_kind:
            return kind_refusal(self.kinds, kind, self.describe())
        if self.by_kind[kind].refuse(value) is None:
            return None
        reason = f"expected {self.describe()}, found {display(value)}"
        # What the alternative that takes such values has against this one.
        inner = self.by_kind[kind]
        fault = inner.fault(value) if isinstance(inner, Scalar) else None
        reason += f": {fault}" if fault else ""
        meant = [each.remedy(value) for each in self.alternatives]
        remedy = next((each for each in meant if each is not None), None)
        return reason if remedy is None else f"{reason}; write {remedy}"

    def describe(self) -> str:
        return " or ".join(each.describe() for each in self.alternatives)

    def source(self) -> str:
        return " | ".join(each.source() for each in self.alternatives)

    def json_schema(self) -> dict[str, Any]:
        return {"anyOf": [each.json_schema() for each in self.alternatives]}


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
    """Alternatives that are all text are one type that accepts what any of them accepts.

    One with conditions cannot be part of it: nobody would know whether they hold.
    """
    texts = [each for each in rest if each.kinds == ("string",)]
    words = [value for value in literals if isinstance(value, str)]
    if not texts or len(texts) + bool(words) < 2:
        return rest
    for at, each in enumerate(texts):
        if not each.bears_only_values():
            others = [*[Literals((word,)) for word in words], *texts[:at], *texts[at + 1 :]]
            raise _indistinct(others[0], each, "string")
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
                raise _indistinct(other, each, kind)
            by_kind[kind] = each
    return UnionType(alternatives, by_kind)


def _indistinct(one: Type, other: Type, kind: str) -> ValueError:
    """Two alternatives whose values look alike."""
    return ValueError(
        f"a value cannot tell `{one.source()}` from `{other.source()}`: "
        f"both are {KIND_WORDS.get(kind, kind)}; a `choice` tells them apart by a key"
    )
