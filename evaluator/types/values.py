"""Runtime values: their kinds, when two are the same, and how they are written.

A value is plain Python data: `bool`, `int`, `float`, `str`, `None`, `list`, `dict` with
`str` keys, and the three unit values below. The unit values are integers to Python, so
`same` and `kind_of` are the only ways to compare values: `Duration(5) == 5` is true there.
Lazy objects of the evaluator take part through an attribute `kind`.

Importing Python's `json` costs more than evaluating a small configuration, so `dump_json` is
a writer of our own; its bytes equal `json.dumps(v, indent=2, sort_keys=True,
ensure_ascii=False)`.
"""

from __future__ import annotations

from evaluator.syntax.units import MICROSECONDS
from evaluator.types.units import write_duration, write_size

try:
    from _json import encode_basestring as _quoted  # the whole of `json` is slow to load
except ImportError:
    from json.encoder import py_encode_basestring as _quoted


class Duration(int):
    """A length of time in microseconds."""

    __slots__ = ()


class Size(int):
    """An amount of data in bytes."""

    __slots__ = ()


class Mode(int):
    """Permission bits of a file, as in `0o644`."""

    __slots__ = ()


_KINDS: dict[type, str] = {
    bool: "bool",
    int: "int",
    float: "float",
    str: "string",
    Duration: "duration",
    Size: "size",
    Mode: "mode",
    type(None): "null",
    list: "list",
    dict: "record",
}

# How a kind is called in a sentence such as "`5` is an integer, not a string".
KIND_WORDS: dict[str, str] = {
    "bool": "a boolean",
    "int": "an integer",
    "float": "a decimal number",
    "string": "a string",
    "duration": "a duration",
    "size": "a size",
    "mode": "a file mode",
    "null": "null",
    "list": "a list",
    "record": "a record",
    "function": "a function",
    "file": "an imported file",
    "deferred": "deferred definitions",
    "secret": "a secret",
    "secret-text": "text with a secret",
}

PARTED = ("null", "list", "record")
# Kinds of what an expression can yield, but nobody can write as a value.
UNWRITTEN = ("function", "file", "deferred")
# References to content that is never read here, so that they have no text; see `types.secrets`.
SECRET = ("secret", "secret-text")

# Words that cannot stand bare at the head of a path, so that keys spelt so are quoted.
_RESERVED = frozenset(
    (
        *("let", "when", "for", "in", "if", "then", "else", "and", "or", "not", "true", "false"),
        *("null", "default", "force", "first", "last", "remove", "assert", "warn", "expect"),
        *("as", "at", "from", "where", "by", "option", "accepts", "computed"),
    )
)

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def kind_of(value: object) -> str:
    """The kind of a value, a key of `KIND_WORDS`, or what a lazy object says of itself."""
    kind = _KINDS.get(type(value))
    if kind is None:
        own = getattr(value, "kind", None)
        if not isinstance(own, str):
            raise TypeError(f"{type(value).__name__} is no runtime value")
        return own
    return kind


def kind_words(value: object) -> str:
    """The kind of a value with its article, for use in a sentence."""
    kind = kind_of(value)
    return KIND_WORDS.get(kind, kind)


def same(a: object, b: object) -> bool:
    """Whether two forced values are equal in kind and content, at every depth.

    The order of a record's fields does not matter. A lazy object is only the same as itself.
    """
    if a is b:
        return True
    kind = type(a)
    if kind is not type(b):
        return False
    if isinstance(a, list) and isinstance(b, list):
        if len(a) != len(b):
            return False
        for left, right in zip(a, b, strict=True):
            if not same(left, right):
                return False
        return True
    if isinstance(a, dict) and isinstance(b, dict):
        if len(a) != len(b):
            return False
        for key in a:
            if key not in b or not same(a[key], b[key]):
                return False
        return True
    return (kind in _KINDS or kind_of(a) in SECRET) and a == b


def fingerprint(value: object) -> object:
    """A hashable stand-in: two values have equal ones exactly when they are the same."""
    if isinstance(value, list):
        return ("list", tuple([fingerprint(item) for item in value]))
    if isinstance(value, dict):
        return ("record", tuple([(key, fingerprint(value[key])) for key in sorted(value)]))
    return (kind_of(value), value)


def quote(text: str) -> str:
    """A string literal of the language; nothing invisible stays unescaped."""
    if '"' not in text and "\\" not in text and "#" not in text and text.isprintable():
        return f'"{text}"'
    return '"' + "".join(_escaped(text)) + '"'


def _escaped(text: str) -> list[str]:
    """The characters of a string literal, each as it is written."""
    parts: list[str] = []
    for index, character in enumerate(text):
        if character in _ESCAPES:
            parts.append(_ESCAPES[character])
        elif character == "#" and text[index + 1 : index + 2] == "{":
            parts.append("\\#")
        elif character.isprintable():
            parts.append(character)
        else:
            parts.append(f"\\u{{{ord(character):x}}}")
    return parts


def write_key(key: str) -> str:
    """A record key as it is written: bare where the language allows it, else quoted."""
    bare = key.replace("-", "_")
    plain = bare.isascii() and bare.isidentifier() and key[0] != "-" and key[-1] != "-"
    if plain and "--" not in key and key not in _RESERVED:
        return key
    return quote(key)


def write_float(value: float) -> str:
    """A float literal of the language: always with a dot, exponent without plus sign."""
    text = float.__repr__(value)
    mantissa, e, exponent = text.partition("e")
    if e and "." not in mantissa:
        mantissa += ".0"
    return mantissa + e + exponent.lstrip("+")


def as_text(value: object) -> str | None:
    """What a scalar becomes inside a text; None for null, lists and records.

    Durations and sizes keep their unit, modes are four octal digits as `chmod` reads them.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, Mode):
        return f"{value:04o}"
    kind = kind_of(value)
    if kind in PARTED or kind in UNWRITTEN or kind in SECRET or kind not in KIND_WORDS:
        return None
    return _scalar(value)


def _scalar(value: object) -> str:
    """Source text of a value that is neither string, list nor record."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Duration):
        return write_duration(value)
    if isinstance(value, Size):
        return write_size(value)
    if isinstance(value, Mode):
        return f"0o{value:03o}"
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, float):
        return write_float(value)
    kind = kind_of(value)
    return str(value.source()) if kind in SECRET else f"({kind})"  # type: ignore[attr-defined]


def display(value: object, limit: int = 60) -> str:
    """A value as source text of at most `limit` characters; `…` marks what was left out."""
    if isinstance(value, str):
        return _display_string(value, limit)
    if isinstance(value, list):
        # An item takes three characters at least, so the rest is not even looked at.
        items = value[:limit]
        return _enclose("[", [""] * len(items), items, "]", limit)
    if isinstance(value, dict):
        if not value:
            return "{}"
        keys = list(value)[:limit]
        heads = [f"{write_key(key)} = " for key in keys]
        return _enclose("{ ", heads, [value[key] for key in keys], " }", limit)
    text = "{ … }" if kind_of(value) == "record" else _scalar(value)
    return text if len(text) <= limit else text[: max(limit - 1, 0)] + "…"


def _display_string(value: str, limit: int) -> str:
    """A string literal, cut between characters and never inside an escape."""
    if len(value) <= limit:
        text = quote(value)
        if len(text) <= limit:
            return text
    kept: list[str] = []
    room = limit - 3
    for part in _escaped(value[: max(room, 0)]):
        room -= len(part)
        if room < 0:
            break
        kept.append(part)
    return '"' + "".join(kept) + '…"'


def _enclose(opening: str, heads: list[str], items: list[object], closing: str, limit: int) -> str:
    """Items with what stands before each, between brackets, as many as fit."""
    parts: list[str] = []
    room = limit - len(opening) - len(closing)
    left = len(items)
    for head, item in zip(heads, items, strict=True):
        left -= 1
        # Where something follows, ", …" must still fit.
        space = room - (3 if left else 0)
        part = head
        if space - len(head) >= _SHORTEST:
            part += display(item, space - len(head))
        if len(part) > space or part == head:
            parts.append("…")
            break
        parts.append(part)
        room -= len(part) + 2
    return opening + ", ".join(parts) + closing


# Below this many characters an abbreviated item says nothing.
_SHORTEST = 3


MICROSECONDS_PER_SECOND = MICROSECONDS["s"]


def to_json(value: object) -> object:
    """A value in JSON's own types.

    Durations are seconds (an integer when whole), sizes bytes, modes four octal digits, secrets
    their references.
    """
    if isinstance(value, (str, bool, float)) or value is None:
        return value
    if isinstance(value, Duration):
        whole, rest = divmod(int(value), MICROSECONDS_PER_SECOND)
        return int(value) / MICROSECONDS_PER_SECOND if rest else whole
    if isinstance(value, Mode):
        return f"{value:04o}"
    if isinstance(value, int):
        return int(value)
    if isinstance(value, list):
        return [to_json(item) for item in value]
    if isinstance(value, dict):
        return {key: to_json(value[key]) for key in value}
    kind = kind_of(value)
    if kind in SECRET:
        form: object = value.to_json()  # type: ignore[attr-defined]
        return form
    raise TypeError(f"{kind} has no JSON form")


def dump_json(value: object, indent: int = 2) -> str:
    """JSON text of a forced value: keys sorted, no line end after the last bracket."""
    parts: list[str] = []
    _write_json(value, parts, "\n", " " * indent)
    return "".join(parts)


def _write_json(value: object, parts: list[str], line: str, indent: str) -> None:
    """Append the text of a value; `line` is a line end plus the current indentation."""
    if isinstance(value, str):
        parts.append(_quoted(value))
    elif isinstance(value, dict):
        if not value:
            parts.append("{}")
            return
        inner = line + indent
        before = "{" + inner
        for key in sorted(value):
            item = value[key]
            if item.__class__ is str:
                parts.append(f"{before}{_quoted(key)}: {_quoted(item)}")
            elif item.__class__ is int:
                parts.append(f"{before}{_quoted(key)}: {item}")
            elif item.__class__ is bool:
                parts.append(f"{before}{_quoted(key)}: {'true' if item else 'false'}")
            else:
                parts.append(f"{before}{_quoted(key)}: ")
                _write_json(item, parts, inner, indent)
            before = "," + inner
        parts.append(line + "}")
    elif isinstance(value, list):
        if not value:
            parts.append("[]")
            return
        inner = line + indent
        before = "[" + inner
        for item in value:
            if item.__class__ is str:
                parts.append(before + _quoted(item))
            else:
                parts.append(before)
                _write_json(item, parts, inner, indent)
            before = "," + inner
        parts.append(line + "]")
    else:
        form = to_json(value)
        if isinstance(form, dict):
            _write_json(form, parts, line, indent)
        else:
            parts.append(_json_scalar(form))


def _json_scalar(value: object) -> str:
    """Text of a value that `to_json` made and that is no container."""
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, float):
        if value - value != 0.0:
            raise ValueError("a float that is not finite has no JSON form")
        return float.__repr__(value)
    return str(value)
