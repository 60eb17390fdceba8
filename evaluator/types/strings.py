"""Scalar types written as strings: string, text, path and url.

Patterns are compiled when the first value meets them, because `re` is a heavy import that
most evaluations do without.
"""

from __future__ import annotations

from evaluator.types.base import Scalar, taken
from evaluator.types.values import Mode, as_text, display, kind_of, quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from evaluator.types.patterns import BadPattern, Pattern

    Ranges = list[tuple[Any, Any]]

# Arguments that every type written as a string takes, with the kind of each.
COMMON = {"matches": "string", "message": "string", "min": "int", "max": "int"}


class Limits:
    """What a declaration adds to a form: a pattern with its message, bounds of the length."""

    __slots__ = ("_ready", "complain", "hi", "lo", "matches", "message")

    def __init__(
        self,
        matches: str | None = None,
        message: str | None = None,
        lo: int | None = None,
        hi: int | None = None,
    ) -> None:
        self.matches = matches
        self.message = message
        self.lo = lo
        self.hi = hi
        self._ready: Pattern | None = None
        # Told what is wrong with the pattern, where the declaration is known.
        self.complain: Callable[[ValueError], None] | None = None

    def fault(self, value: str) -> str | None:
        """What is wrong with a text, if anything; lengths count characters."""
        if self.lo is not None and len(value) < self.lo:
            if value == "":
                return "it is empty"
            return f"it has {_characters(len(value))}, at least {self.lo} are needed"
        if self.hi is not None and len(value) > self.hi:
            return f"it has {_characters(len(value))}, at most {self.hi} fit"
        if self.matches is None:
            return None
        try:
            ready = self._ready or self._prepare()
        except ValueError as problem:
            if self.complain is not None:
                # The pattern is to blame, once and where it stands, and not the value.
                self.complain(problem)
                return None
            return f"{raw(self.matches)} cannot be used: {problem}"
        try:
            fits = ready.fits(value)
        except ValueError as problem:
            return str(problem)
        return None if fits else self.message or f"it does not match {raw(self.matches)}"

    def _prepare(self) -> Pattern:
        """The pattern, ready; raises ValueError in words."""
        from evaluator.types.patterns import pattern

        self._ready = pattern(self.matches or "")
        return self._ready

    def compile_pattern(self) -> BadPattern | None:
        """Why the pattern is none; None when there is none or all is well."""
        if self.matches is None:
            return None
        from evaluator.types.patterns import BadPattern

        try:
            self._prepare()
        except BadPattern as problem:
            return problem
        return None

    def words(self) -> str:
        """The bounds as part of a description, with a blank before, or nothing."""
        if self.lo is not None and self.hi is not None:
            return f" of {self.lo} to {_characters(self.hi)}"
        if self.hi is not None:
            return f" of at most {_characters(self.hi)}"
        if self.lo == 1:
            return " that is not empty"
        return "" if self.lo is None else f" of at least {_characters(self.lo)}"

    def arguments(self) -> list[str]:
        """The limits as arguments of a declaration."""
        parts = [f"matches: {raw(self.matches)}"] if self.matches is not None else []
        for name, value in (("message", self.message), ("min", self.lo), ("max", self.hi)):
            if value is not None:
                parts.append(f"{name}: {display(value, 1000)}")
        return parts

    def schema(self) -> dict[str, Any]:
        """The limits in JSON Schema."""
        schema: dict[str, Any] = {}
        if self.matches is not None:
            schema["pattern"] = f"^(?:{self.matches})$"
        if self.lo is not None:
            schema["minLength"] = self.lo
        if self.hi is not None:
            schema["maxLength"] = self.hi
        return schema


class String(Scalar):
    """`string(matches: r"…", message: "…", min: 1, max: 9)`: text that is equal or conflicts.

    Subclasses add a form of their own; a pattern has to match the whole of the string.
    """

    __slots__ = ("is_free", "limits")
    kinds = ("string",)
    name = "string"
    noun = "string"

    def __init__(
        self,
        pattern: str | None = None,
        message: str | None = None,
        lo: int | None = None,
        hi: int | None = None,
    ) -> None:
        self.limits = Limits(pattern, message, lo, hi)
        # Whether every text without NUL fits, as in most declarations.
        self.is_free = (
            pattern is None
            and lo is None
            and hi is None
            and type(self).form is String.form
            and type(self).fault is String.fault
        )

    def refuse(self, value: object) -> str | None:
        if self.is_free and value.__class__ is str and "\0" not in value:
            return None
        return super().refuse(value)

    def describe(self) -> str:
        text = self.noun + self.limits.words()
        if self.limits.matches is not None and self.limits.message is None:
            text += f" matching {raw(self.limits.matches)}"
        return text

    def source(self) -> str:
        arguments = self.arguments()
        return self.name + (f"({', '.join(arguments)})" if arguments else "")

    def arguments(self) -> list[str]:
        """What stands in the parentheses of the declaration."""
        return self.limits.arguments()

    def fault(self, value: Any) -> str | None:
        problem = self.form(value) or self.limits.fault(value)
        # The description shows the pattern already.
        hidden = self.limits.matches is not None and self.limits.message is None
        if hidden and problem == f"it does not match {raw(self.limits.matches or '')}":
            return ""
        return problem

    def form(self, value: str) -> str | None:
        """What is wrong with the form of a string, limits aside."""
        return "it holds a NUL character" if "\0" in value else None

    def bad_declaration(self) -> str | None:
        problem = self.limits.compile_pattern()
        return (
            None
            if problem is None
            else f"{raw(self.limits.matches or '')} cannot be used: {problem}"
        )

    def remedy(self, value: object) -> str | None:
        if kind_of(value) == "string" or isinstance(value, Mode):
            return None
        text = as_text(value)
        return None if text is None or self.fault(text) is not None else quote(text)

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", **self.limits.schema()}


class Text(String):
    """`text`: a string whose definitions are joined, each ending its line.

    `text(separator: ",")` puts that between two definitions instead, whatever they end with.
    """

    __slots__ = ("separator",)
    merge = "text"
    name = "text"
    noun = "text"

    def __init__(
        self,
        pattern: str | None = None,
        message: str | None = None,
        lo: int | None = None,
        hi: int | None = None,
        separator: str | None = None,
    ) -> None:
        super().__init__(pattern, message, lo, hi)
        self.separator = separator

    def describe(self) -> str:
        text = super().describe()
        return text if self.separator is None else f"{text} joined by {quote(self.separator)}"

    def arguments(self) -> list[str]:
        """What stands in the parentheses of the declaration."""
        found = super().arguments()
        return found if self.separator is None else [*found, f"separator: {quote(self.separator)}"]


class Path(String):
    """`path`: an absolute path without detours, so that equal places have equal names."""

    __slots__ = ()
    name = "path"
    noun = "absolute path"

    def form(self, value: str) -> str | None:
        if not value.startswith("/"):
            return "it does not start with `/`"
        if _holds_control(value):
            return "it holds a control character"
        parts = value.split("/")
        if ".." in parts or "." in parts:
            return "it holds a `.` or `..`"
        if "" in parts[1:-1] or value == "//":
            return "it holds an empty part, `//`"
        return None

    def remedy(self, value: object) -> str | None:
        if not isinstance(value, str) or not value.startswith("/"):
            return None
        parts: list[str] = []
        for part in value.split("/"):
            if part == "..":
                del parts[-1:]
            elif part not in {"", "."}:
                parts.append(part)
        direct = "/" + "/".join(parts)
        return None if direct == value or self.fault(direct) is not None else quote(direct)

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": "^/", **self.limits.schema()}


class Url(String):
    """`url`: scheme, `://`, something behind it; no blanks, no control characters."""

    __slots__ = ()
    name = "url"
    noun = "URL"

    def form(self, value: str) -> str | None:
        scheme, separator, rest = value.partition("://")
        if not separator:
            return "it has no scheme, as in `https://`"
        bare = scheme.replace("+", "").replace("-", "").replace(".", "")
        if not (bare.isascii() and bare.isalnum() and scheme[0].isalpha()):
            return "what stands before `://` is no scheme"
        if " " in value or _holds_control(value):
            return "it holds a blank or a control character"
        return None if rest else "nothing follows `://`"

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "uri", **self.limits.schema()}


def raw(pattern: str) -> str:
    """A pattern as it is written: `r"…"`, or escaped where it holds quotes or line ends."""
    if '"' in pattern or not pattern.isprintable():
        return quote(pattern)
    return f'r"{pattern}"'


def _holds_control(value: str) -> bool:
    """Whether a string holds an ASCII control character; printable ones are quickly done."""
    if value.isprintable():
        return False
    return any(character < " " or character == "\x7f" for character in value)


def _characters(count: int) -> str:
    return "1 character" if count == 1 else f"{count} characters"


def limited(
    ranges: Ranges, named: dict[str, object], type_name: str, more: dict[str, str] | None = None
) -> tuple[Any, Any, Any, Any]:
    """Pattern, message, least and greatest length of a declaration.

    `more` are further arguments the type knows. Raises ValueError in words.
    """
    if ranges:
        raise ValueError(f"`{type_name}` takes no range; for its length write `min: 1, max: 64`")
    taken(named, {**COMMON, **(more or {})}, type_name)
    lo, hi = named.get("min"), named.get("max")
    for bound in (lo, hi):
        if isinstance(bound, int) and bound < 0:
            raise ValueError(f"a length is never negative, {bound} is")
    if isinstance(lo, int) and isinstance(hi, int) and lo > hi:
        raise ValueError(f"no string has at least {lo} and at most {_characters(hi)}")
    if "message" in named and "matches" not in named:
        raise ValueError("`message` says what `matches` wants, but there is no `matches`")
    return named.get("matches"), named.get("message"), lo, hi


def make_string(ranges: Ranges, named: dict[str, object]) -> String:
    """`string` with the common arguments."""
    return String(*limited(ranges, named, "string"))


def make_text(ranges: Ranges, named: dict[str, object]) -> Text:
    """`text` with the common arguments."""
    separator = named.get("separator")
    limits = limited(ranges, named, "text", {"separator": "string"})
    return Text(*limits, separator if isinstance(separator, str) else None)


def make_path(ranges: Ranges, named: dict[str, object]) -> Path:
    """`path` with the common arguments."""
    return Path(*limited(ranges, named, "path"))


def make_url(ranges: Ranges, named: dict[str, object]) -> Url:
    """`url` with the common arguments."""
    return Url(*limited(ranges, named, "url"))
