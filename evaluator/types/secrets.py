"""Secrets: references to content that only the activation script reads, and their types.

No value here ever holds the content of a secret. What is joined with text is kept in parts,
which the script puts together on its own machine.
"""

from __future__ import annotations

from evaluator.types.base import Scalar, no_ranges, taken
from evaluator.types.values import display, quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    Ranges = list[tuple[Any, Any]]

REFERENCE = {
    "oneOf": [
        {
            "type": "object",
            "properties": {way: schema},
            "required": [way],
            "additionalProperties": False,
        }
        for way, schema in (
            ("name", {"type": "string"}),
            ("file", {"type": "string"}),
            ("command", {"type": "array", "items": {"type": "string"}}),
        )
    ]
}


class Secret:
    """A reference: `way` is `name`, `file` or `command`, `place` what that names."""

    __slots__ = ("place", "way")
    kind = "secret"

    def __init__(self, way: str, place: str | tuple[str, ...]) -> None:
        self.way = way
        self.place = place

    def __eq__(self, other: object) -> bool:
        if type(other) is not Secret:
            return False
        return (self.way, self.place) == (other.way, other.place)

    def __hash__(self) -> int:
        return hash((self.way, self.place))

    def written(self) -> object:
        """What stands behind the name of the argument."""
        return self.place if isinstance(self.place, str) else list(self.place)

    def source(self) -> str:
        """The call that makes it."""
        return f"secret({self.way}: {display(self.written(), 10**6)})"

    def reference(self) -> dict[str, object]:
        """The reference as data."""
        return {self.way: self.written()}

    def to_json(self) -> dict[str, object]:
        """The form that `vcfg eval` prints."""
        return {"secret": self.reference()}


class SecretText:
    """Text with secrets in it: `parts` are strings, none empty or beside another, and secrets."""

    __slots__ = ("parts",)
    kind = "secret-text"

    def __init__(self, parts: Iterable[object]) -> None:
        joined: list[str | Secret] = []
        for part in parts:
            for each in part.parts if isinstance(part, SecretText) else (part,):
                if isinstance(each, Secret):
                    joined.append(each)
                elif each and joined and isinstance(joined[-1], str):
                    joined[-1] += str(each)
                elif each:
                    joined.append(str(each))
        self.parts: tuple[str | Secret, ...] = tuple(joined)

    def __eq__(self, other: object) -> bool:
        return type(other) is SecretText and self.parts == other.parts

    def __hash__(self) -> int:
        return hash(self.parts)

    def source(self) -> str:
        """The text as it is written, with secrets in its holes."""
        shown = [
            quote(part)[1:-1] if isinstance(part, str) else f"#{{{part.source()}}}"
            for part in self.parts
        ]
        return f'"{"".join(shown)}"'

    def to_json(self) -> dict[str, object]:
        """The form that `vcfg eval` prints."""
        parts = [part if isinstance(part, str) else part.reference() for part in self.parts]
        return {"secret-text": parts}


SECRETS = (Secret, SecretText)


class SecretType(Scalar):
    """`secret`: a reference."""

    __slots__ = ()
    kinds = ("secret",)

    def describe(self) -> str:
        return "a secret"

    def source(self) -> str:
        return "secret"

    def refuse(self, value: object) -> str | None:
        """None when the value fits, else why not; a string may be a secret and is not shown."""
        if isinstance(value, str):
            return f"expected {self.describe()}, found a string"
        return super().refuse(value)

    def advice(self, value: object) -> str | None:
        """What to do about a refused value, as a clause that starts with a verb."""
        return "declare the option `secret-text`" if isinstance(value, SecretText) else None

    def json_schema(self) -> dict[str, Any]:
        return {
            "type": "object",
            "properties": {"secret": REFERENCE},
            "required": ["secret"],
            "additionalProperties": False,
        }


class SecretTextType(Scalar):
    """`secret-text`: text that may hold secrets, or be one."""

    __slots__ = ()
    kinds = ("string", "secret", "secret-text")

    def describe(self) -> str:
        return "text, perhaps with secrets in it"

    def source(self) -> str:
        return "secret-text"

    def fault(self, value: Any) -> str | None:
        texts = value.parts if isinstance(value, SecretText) else (value,)
        nul = any(["\0" in each for each in texts if isinstance(each, str)])
        return "it holds a NUL character" if nul else None

    def json_schema(self) -> dict[str, Any]:
        parts = {
            "type": "object",
            "properties": {
                "secret-text": {
                    "type": "array",
                    "items": {"anyOf": [{"type": "string"}, REFERENCE]},
                }
            },
            "required": ["secret-text"],
            "additionalProperties": False,
        }
        return {"anyOf": [{"type": "string"}, SecretType().json_schema(), parts]}


def make_secret(ranges: Ranges, named: dict[str, object]) -> SecretType:
    """`secret`, which has no arguments."""
    no_ranges(ranges, "secret")
    taken(named, {}, "secret")
    return SecretType()


def make_secret_text(ranges: Ranges, named: dict[str, object]) -> SecretTextType:
    """`secret-text`, which has no arguments."""
    no_ranges(ranges, "secret-text")
    taken(named, {}, "secret-text")
    return SecretTextType()
