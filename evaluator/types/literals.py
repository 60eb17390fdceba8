"""Types that list their values, and strings that may have one of several forms."""

from __future__ import annotations

from evaluator.types.base import Scalar, Type, found
from evaluator.types.values import display, kind_of, same

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

# More words than this are not told one by one in a finding.
MANY, SHOWN = 20, 8


class Literals(Scalar):
    """`"none" | "sasl" | 3`: one of these strings, integers, booleans or null."""

    __slots__ = ("kinds", "values")

    def __init__(self, values: Sequence[object]) -> None:
        unique: list[object] = []
        kinds: list[str] = []
        for value in values:
            if any(same(value, other) for other in unique):
                continue
            unique.append(value)
            kind = kind_of(value)
            if kind not in kinds:
                kinds.append(kind)
        self.values = tuple(unique)
        self.kinds = tuple(kinds)

    def describe(self) -> str:
        shown = [display(value) for value in self.values]
        return shown[0] if len(shown) == 1 else "one of " + ", ".join(shown)

    def expected(self) -> str:
        """The first of many words: what was found instead, and the nearest, come after them."""
        if len(self.values) <= MANY:
            return self.describe()
        shown = ", ".join([display(value) for value in self.values[:SHOWN]])
        return f"one of {shown} and {len(self.values) - SHOWN} more"

    def source(self) -> str:
        return " | ".join([display(value) for value in self.values])

    def fault(self, value: Any) -> str | None:
        for member in self.values:
            if same(member, value):
                return None
        return ""

    def remedy(self, value: object) -> str | None:
        word = value if isinstance(value, str) else display(value)
        for member in self.values:
            if word in {member, display(member)} or f"{member}".lower() == word.strip().lower():
                return display(member)
        from evaluator.diagnostics.suggest import nearest

        near = nearest(word, [member for member in self.values if isinstance(member, str)], 1)
        return display(near[0]) if near else None

    def advice(self, value: object) -> str | None:
        remedy = self.remedy(value)
        if remedy is None or not isinstance(value, str) or value in remedy:
            return super().advice(value)
        return f"did you mean {remedy}?"

    def json_schema(self) -> dict[str, Any]:
        return {"enum": list(self.values)}


class AnyString(Type):
    """`ip-address | hostname`: a string that at least one of several string types accepts."""

    __slots__ = ("alternatives",)
    kinds = ("string",)

    def __init__(self, alternatives: Sequence[Type]) -> None:
        self.alternatives = tuple(alternatives)

    def describe(self) -> str:
        return " or ".join([each.describe() for each in self.alternatives])

    def source(self) -> str:
        return " | ".join([each.source() for each in self.alternatives])

    def refuse(self, value: object) -> str | None:
        """None when one alternative accepts; else what each of them has against the value."""
        reasons: list[str] = []
        text = f"expected {self.describe()}, found {found(value)}"
        for each in self.alternatives if kind_of(value) == "string" else ():
            reason = each.fault(value) if isinstance(each, Scalar) else each.refuse(value)
            if reason is None:
                return None
            if reason:
                reasons.append(f"no {each.describe()}, since {reason}")
        if reasons:
            text = f"expected {self.describe()}, found {display(value)}"
            text += ": " + "; ".join(reasons)
        remedy = self.remedy(value)
        return f"{text}; write {remedy}" if remedy else text

    def remedy(self, value: object) -> str | None:
        for each in self.alternatives:
            remedy = each.remedy(value)
            if remedy is not None:
                return remedy
        return None

    def bad_declaration(self) -> str | None:
        for each in self.alternatives:
            problem = each.bad_declaration()
            if problem is not None:
                return problem
        return None

    def json_schema(self) -> dict[str, Any]:
        return {"anyOf": [each.json_schema() for each in self.alternatives]}
