"""Builtin functions on strings, and from and to strings."""

from __future__ import annotations

from evaluator.evaluation.builtins.shell import quote_words
from evaluator.evaluation.builtins.signature import (
    Builtin,
    BuiltinError,
    example,
    one_of,
    text,
)
from evaluator.types.base import integer_in
from evaluator.types.values import Duration, Mode, Size, as_text, display

TITLE = "Strings"

_SCALARS = ("string", "bool", "int", "float", "duration", "size", "mode")


def _split(value: str, separator: str) -> list[object]:
    if not separator:
        raise BuiltinError("`split` needs a separator that is not empty", 1)
    return list(value.split(separator))


def _int(value: str | float) -> int:
    number: int | None = None
    if isinstance(value, str):
        number = integer_in(value) if value == value.strip() else None
    elif int(value) == value:
        number = int(value)
    if number is None:
        raise BuiltinError(f"{display(value)} is no integer", 0)
    return number


def _float(value: str | float) -> float:
    # Digits decide, so that "nan", "inf" and "1_0" of Python are none.
    plain = not isinstance(value, str) or not value.strip("+-.0123456789eE")
    try:
        number = float(value) if plain else None
    except (ValueError, OverflowError):
        number = None
    if number is None or number - number != 0.0:
        raise BuiltinError(f"{display(value)} is no decimal number", 0)
    return number


def _replace(value: str, part: str, other: str) -> str:
    if not part:
        raise BuiltinError("`replace` needs something to look for", 1)
    return value.replace(part, other)


def _matches(value: str, pattern: str) -> bool:
    from evaluator.types.patterns import BadPattern
    from evaluator.types.patterns import pattern as ready

    try:
        return ready(pattern).fits(value)
    except BadPattern as problem:
        advice = f"; {problem.advice}" if problem.advice else ""
        raise BuiltinError(
            f"the pattern {display(pattern)} cannot be used: {problem}{advice}", 1
        ) from None


def _indent(value: str, prefix: str) -> str:
    lines = value.split("\n")
    return "\n".join([prefix + line if line else line for line in lines])


def _octal(value: Mode) -> str:
    return f"{value:04o}"


def _sha256(value: str) -> str:
    import hashlib

    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()


def _shell(value: str | list[object]) -> str:
    return quote_words("shell", [value] if isinstance(value, str) else value)


def _escape_path(value: str) -> str:
    from evaluator.evaluation.builtins.units import escape_path

    try:
        return escape_path(value)
    except ValueError as problem:
        raise BuiltinError(f"{display(value)} {problem}", 0) from None


BUILTINS = (
    Builtin(
        "split",
        _split,
        (text(), text("separator", "a separator")),
        "The parts of a string between the separators. Empty parts stay.",
        example(["a", "b", ""], "a,b,", ","),
    ),
    Builtin(
        "string",
        as_text,
        (one_of(_SCALARS, "value", "a string, a boolean, a number or an amount"),),
        'What the value becomes inside a string, as in `"#{…}"`. Amounts keep their unit, '
        "modes have four octal digits.",
        example("80", 80),
        example("true", True),
        example("14d", Duration(14 * 86_400_000_000)),
        example("8GiB", Size(8 * 2**30)),
        example("0644", Mode(0o644)),
    ),
    Builtin(
        "int",
        _int,
        (one_of(("string", "int", "float"), "value", "a string or a whole number"),),
        "The integer that a string of decimal digits spells.",
        example(42, "42"),
        example(-5, "-5"),
        example(2, 2.0),
    ),
    Builtin(
        "float",
        _float,
        (one_of(("string", "int", "float"), "value", "a string or a number"),),
        "The decimal number that a string spells.",
        example(1.5, "1.5"),
        example(3.0, 3),
    ),
    Builtin(
        "upper",
        str.upper,
        (text(),),
        "The string in capital letters.",
        example("LVM", "lvm"),
    ),
    Builtin(
        "lower",
        str.lower,
        (text(),),
        "The string in small letters.",
        example("lvm", "LVM"),
    ),
    Builtin(
        "trim",
        str.strip,
        (text(),),
        "The string without blanks, tabs and line ends at both ends.",
        example("a b", "  a b\n"),
    ),
    Builtin(
        "replace",
        _replace,
        (text(), text("part", "what to look for"), text("other", "what to put there")),
        "The string with every occurrence of a part replaced. No patterns.",
        example("a_b_c", "a-b-c", "-", "_"),
    ),
    Builtin(
        "starts-with",
        str.startswith,
        (text(), text("start", "its possible start")),
        "Whether the string starts so.",
        example(True, "/srv/vm", "/srv/"),
    ),
    Builtin(
        "ends-with",
        str.endswith,
        (text(), text("end", "its possible end")),
        "Whether the string ends so.",
        example(False, "disk.img", ".qcow2"),
    ),
    Builtin(
        "contains",
        str.__contains__,
        (text(), text("part", "a possible part")),
        "Whether the part occurs in the string. For lists and records write `x in y`.",
        example(True, "noded confd", "confd"),
    ),
    Builtin(
        "matches",
        _matches,
        (text(), text("pattern", "a pattern")),
        "Whether the whole string matches a regular expression, as `matches:` of a type does.",
        example(True, "eth0", r"eth[0-9]+"),
        example(False, "eth0.5", r"eth[0-9]+"),
    ),
    Builtin(
        "indent",
        _indent,
        (text(), text("prefix", "a prefix")),
        "The text with the prefix before each line that is not empty.",
        example("  a\n\n  b\n", "a\n\nb\n", "  "),
    ),
    Builtin(
        "octal",
        _octal,
        (one_of(("mode",), "mode", "a file mode"),),
        "The four octal digits of a file mode.",
        example("0644", Mode(0o644)),
    ),
    Builtin(
        "sha256",
        _sha256,
        (text(),),
        "The SHA-256 sum of the string in UTF-8, in hexadecimal digits.",
        example("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "abc"),
    ),
    Builtin(
        "shell",
        _shell,
        (one_of(("string", "list"), "words", "a string or a list of strings"),),
        "The string as one word of a POSIX shell, quoted only where it has to be; a list "
        "becomes words with blanks between.",
        example("a.img", "a.img"),
        example("'it'\\''s'", "it's"),
        example("''", ""),
        example("ls -l 'My Disks'", ["ls", "-l", "My Disks"]),
    ),
    Builtin(
        "escape-path",
        _escape_path,
        (text("path", "a path"),),
        "An absolute path as systemd writes it in the name of a unit, whose ending is not added: "
        "what `systemd-escape --path` prints.",
        example("srv-ganeti", "/srv/ganeti"),
        example("srv-my\\x2ddisks", "/srv/my-disks/"),
        example("-", "/"),
    ),
)
