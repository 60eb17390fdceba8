"""What every type can be asked, and the words shared by all refusals.

A refusal reads `expected <type>, found <value>`, then what to write instead where a habit
from elsewhere is likely. The replacement alone is `remedy`, so that editors can apply it.
"""

from __future__ import annotations

from evaluator.types.values import UNWRITTEN, display, kind_of, kind_words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_FOUND = {
    "int": "the integer ",
    "float": "the decimal number ",
    "string": "the string ",
    "duration": "the duration ",
    "size": "the size ",
    "mode": "the file mode ",
    "bool": "",
    "null": "",
    "secret-text": "text with a secret, ",
}


class Type:
    """Which values fit an option. Immutable; looks only at the head of a value.

    `kinds` are the kinds of value a fitting one can have. `merge` names the rule by which
    several definitions become one: "equal", "text", or one of the containers' own.
    """

    __slots__ = ()

    kinds: tuple[str, ...] = ()
    merge: str = "equal"

    def describe(self) -> str:
        """The type for people: `integer from 1 to 65535`."""
        raise NotImplementedError

    def source(self) -> str:
        """The type as it is written: `int(1..65535)`."""
        raise NotImplementedError

    def refuse(self, value: object) -> str | None:
        """None when the value fits, else why not, in words, with what to write instead."""
        raise NotImplementedError

    def remedy(self, value: object) -> str | None:
        """Source text that was probably meant instead of a refused value, if that is clear."""
        return None

    def bad_declaration(self) -> str | None:
        """What only shows when the declaration is tried out, such as a pattern; None if nothing.

        May import `re`, so it is for checking modules and not for evaluating them.
        """
        return None

    def json_schema(self) -> dict[str, Any]:
        """JSON Schema of the JSON form of fitting values."""
        raise NotImplementedError

    def container(self) -> Type | None:
        """The record, map or `any` inside that paths can go through; None if there is none."""
        return None

    def elements(self) -> Type | None:
        """The list or set inside, whose elements can be removed; None if there is none."""
        return None

    def takes_order(self) -> bool:
        """Whether the order of contributions to a value means something."""
        return self.merge == "text"

    def alternative(self, kind: str) -> Type:
        """The type that decides about a value of this kind, as far as its head tells."""
        return self

    def bears_only_values(self) -> bool:
        """Whether a fitting value is all there is to it: no condition, conversion, count."""
        return True


class Scalar(Type):
    """A type whose values have no parts; subclasses say what is wrong with a value."""

    __slots__ = ()

    def refuse(self, value: object) -> str | None:
        """None when the value fits, else why not, in words, with what to write instead."""
        if kind_of(value) in self.kinds:
            fault = self.fault(value)
            if fault is None:
                return None
            reason = f"expected {self.expected()}, found {display(value)}"
            if fault:
                reason += f": {fault}"
        else:
            reason = f"expected {self.expected()}, found {found(value)}"
        advice = self.advice(value)
        return f"{reason}; {advice}" if advice else reason

    def expected(self) -> str:
        """What the type takes, as a finding has room for it."""
        return self.describe()

    def fault(self, value: Any) -> str | None:
        """What is wrong with a value of the right kind; "" when the description says it."""
        return None

    def advice(self, value: object) -> str | None:
        """What to do about a refused value, as a clause that starts with a verb."""
        remedy = self.remedy(value)
        if remedy is None:
            return None
        if isinstance(value, str) and remedy == value:
            return f"write {remedy} without quotes"
        return f"write {remedy}"


def found(value: object) -> str:
    """A value that has the wrong kind, with its kind: `the string "5s"`."""
    kind = kind_of(value)
    if kind == "list":
        return "an empty list" if value == [] else "a list"
    if kind == "record":
        return "a block of values"
    if kind in UNWRITTEN:
        return kind_words(value)
    return _FOUND.get(kind, "") + display(value)


def integer_in(text: str) -> int | None:
    """The integer a text spells (`-5`, `5_000`), if it does and is of a sensible length."""
    digits = text.strip().replace("_", "")
    bare = digits.removeprefix("-")
    if bare.isascii() and bare.isdigit() and len(bare) <= _LONGEST_INTEGER:
        return int(digits)
    return None


def taken(named: dict[str, object], kinds: dict[str, str], type_name: str) -> None:
    """Raise ValueError unless all named arguments of a declaration are known and of their kind.

    `kinds` maps each known name to the kind its value must have.
    """
    for name, value in named.items():
        kind = kinds.get(name)
        if kind is None:
            known = ", ".join([f"`{each}`" for each in kinds])
            message = f"`{type_name}` has no argument `{name}`; " + (
                f"it knows {known}" if kinds else "it takes none"
            )
            raise ValueError(message)
        if kind_of(value) != kind:
            raise ValueError(f"`{name}` of `{type_name}` takes a {kind}, not {found(value)}")


def no_ranges(ranges: list[tuple[Any, Any]], type_name: str) -> None:
    """Raise ValueError for a range given to a type that has none."""
    if ranges:
        raise ValueError(f"`{type_name}` takes no range")


_LONGEST_INTEGER = 19
