"""Builtin functions that write whole files: `render.keyval`, `.shell`, `.ini`, `.json`.

Fields come in the order of the record, fields that are null are left out. Durations, sizes
and modes are refused, because each file counts in units of its own: `seconds(…)` says which.
"""

from __future__ import annotations

from evaluator.evaluation.builtins.shell import double_quoted, is_bare, quote_word, refuse_nul
from evaluator.evaluation.builtins.signature import (
    Builtin,
    BuiltinError,
    anything,
    example,
    record,
    setting,
)
from evaluator.types.values import (
    SECRET,
    display,
    dump_json,
    kind_of,
    kind_words,
    write_float,
    write_key,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    Fields = dict[str, object]

TITLE = "Files"

BOOLEANS = {"true-false": ("false", "true"), "yes-no": ("no", "yes"), "10": ("0", "1")}

# These open comments and sections.
_NOT_FIRST = frozenset("#;[")

_UNITS = {
    "duration": "`seconds(…)` or `minutes(…)`",
    "size": "`bytes(…)` or `mib(…)`",
    "mode": "`octal(…)`",
}


def _keyval(fields: Fields, separator: str, booleans: str, lists: str, quote: object) -> str:
    words = BOOLEANS[booleans]
    parts: list[str] = []
    for key, value in fields.items():
        _check_key(key, separator)
        if value is None:
            continue
        if not isinstance(value, list):
            values = [_plain(value, key, words, quoted=bool(quote))]
        elif lists == "repeat":
            values = [_plain(item, key, words, quoted=bool(quote)) for item in value]
        elif lists == "brackets":
            inner = [_plain(item, key, words, quoted=bool(quote)) for item in value]
            values = ["[ " + ", ".join(inner) + " ]" if inner else "[]"]
        else:
            inner = [_plain(item, key, words, quoted=False) for item in value]
            joined = _joined(inner, key, " " if lists == "space" else ",")
            values = [_plain(joined, key, words, quoted=bool(quote))]
        parts += [f"{key}{separator}{written}\n" for written in values]
    return "".join(parts)


def _plain(value: object, key: str, booleans: tuple[str, str], *, quoted: bool) -> str:
    """A scalar as a configuration file takes it, strings in double quotes where asked for."""
    if isinstance(value, str):
        for character, name in (("\n", "a line end"), ("\r", "a carriage return"), ("\0", "NUL")):
            if character in value:
                raise BuiltinError(f"`{key}` holds {name}, which one line of the file cannot", 0)
        if not quoted:
            return value
        if '"' in value:
            raise BuiltinError(
                f'`{key}` holds a double quote, which text in `"` cannot: {display(value)}', 0
            )
        return f'"{value}"'
    if isinstance(value, bool):
        return booleans[value]
    kind = kind_of(value)
    if kind == "int":
        return f"{value}"
    if isinstance(value, float):
        return write_float(value)
    if kind in _UNITS:
        message = f"`{key}` is {kind_words(value)}, say in which unit the file has it: "
        raise BuiltinError(message + _UNITS[kind], 0)
    if kind in SECRET:
        advice = f'write its line as text: `"{key}=#{{…}}\\n"`'
        raise BuiltinError(f"`{key}` is {kind_words(value)}, which cannot be quoted; {advice}", 0)
    raise BuiltinError(
        f"`{key}` is {kind_words(value)}, the file takes strings, numbers and booleans", 0
    )


def _joined(items: list[str], key: str, separator: str) -> str:
    """Items in one value; an item that would fall apart when read is refused."""
    for item in items:
        if separator in item or not item or (separator == " " and item.split() != [item]):
            raise BuiltinError(
                f"an item of `{key}` cannot stand between separators: {display(item)}", 0
            )
    return separator.join(items)


def _check_key(key: str, separator: str) -> None:
    """Refuse a key that the file would read as something else."""
    mark = separator.strip() or separator
    odd = not key.isprintable() or key != key.strip() or key[:1] in _NOT_FIRST
    if not key or odd or (mark and mark in key):
        raise BuiltinError(f"{display(key)} cannot be a key of this file", 0)


def _shell(fields: Fields, quote: object, booleans: str) -> str:
    words = BOOLEANS[booleans]
    parts: list[str] = []
    for key, value in fields.items():
        if not (key.isascii() and key.isidentifier()):
            raise BuiltinError(f"{display(key)} is no name of a shell variable", 0)
        if value is None:
            continue
        if isinstance(value, list):
            raise BuiltinError(
                f'`{key}` is a list, a shell variable is not; write `join(…, " ")`', 0
            )
        if isinstance(value, str):
            refuse_nul(value, 0)
            written = value
        else:
            written = _plain(value, key, words, quoted=False)
        if quote:
            written = double_quoted(written)
        elif not is_bare(written):
            written = quote_word(written)
        parts.append(f"{key}={written}\n")
    return "".join(parts)


def _ini(sections: Fields, separator: str, booleans: str) -> str:
    texts: list[str] = []
    for name, value in sections.items():
        if not name or "]" in name or not name.isprintable():
            raise BuiltinError(f"{display(name)} cannot be the name of a section", 0)
        for section in value if isinstance(value, list) else [value]:
            if section is None:
                continue
            if not isinstance(section, dict):
                raise BuiltinError(f"section `{name}` is {kind_words(section)}, not a record", 0)
            body = _keyval(section, separator, booleans, "repeat", quote=False)
            if "\\\n" in body:
                raise BuiltinError(
                    f"a value of section `{name}` ends in `\\`, which continues the line", 0
                )
            texts.append(f"[{name}]\n{body}")
    return "\n".join(texts)


def _json(value: object) -> str:
    _refuse_lazy(value, "")
    return dump_json(value) + "\n"


def _refuse_lazy(value: object, path: str) -> None:
    """Refuse what has no JSON form, with the path to it."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            _refuse_lazy(item, f"{path}[{index}]")
    elif isinstance(value, dict):
        for key in value:
            _refuse_lazy(value[key], f"{path}.{write_key(key)}" if path else write_key(key))
    elif kind_of(value) not in _JSON_KINDS:
        where = f" at `{path}`" if path else ""
        raise BuiltinError(f"the {kind_of(value)}{where} has no JSON form", 0)


_JSON_KINDS = frozenset({"null", "bool", "int", "float", "string", "duration", "size", "mode"})

_BOOLEANS = tuple(BOOLEANS)

BUILTINS = (
    Builtin(
        "render.keyval",
        _keyval,
        (
            record(),
            setting("separator", " = "),
            setting("booleans", "true-false", *_BOOLEANS),
            setting("lists", "brackets", "brackets", "space", "comma", "repeat"),
            setting("quote", False),
        ),
        "One line `key = value` per field. With `quote: true` strings stand in double quotes "
        "(and can hold none). A list is written in brackets, in one value with blanks or commas "
        "between, or with the key repeated.",
        example(
            'listen_tls = 1\ntls_port = "16514"\nmax_clients = 5000\n',
            {"listen_tls": True, "tls_port": "16514", "max_clients": 5000, "key_file": None},
            booleans="10",
            quote=True,
        ),
        example('dn = [ "a", "b" ]\n', {"dn": ["a", "b"]}, quote=True),
        example(
            "X11Forwarding no\nPort 22\nPort 2222\n",
            {"X11Forwarding": False, "Port": [22, 2222]},
            separator=" ",
            booleans="yes-no",
            lists="repeat",
        ),
    ),
    Builtin(
        "render.shell",
        _shell,
        (
            record(),
            setting("quote", False),
            setting("booleans", "yes-no", *_BOOLEANS),
        ),
        "One line `KEY=value` per field, as a shell reads it: values are quoted where they have "
        "to be, with `quote: true` always, in double quotes. Nothing in a value is expanded.",
        example(
            "SUITE=stable\nPROXY='http://p/?a&b'\nCLEAN_CACHE=\n",
            {"SUITE": "stable", "PROXY": "http://p/?a&b", "ARCH": None, "CLEAN_CACHE": ""},
        ),
        example(
            'NODED_ARGS="--port=1811 --bind=0.0.0.0"\nLUXID_ARGS=""\n',
            {"NODED_ARGS": "--port=1811 --bind=0.0.0.0", "LUXID_ARGS": ""},
            quote=True,
        ),
    ),
    Builtin(
        "render.ini",
        _ini,
        (
            record("sections", "a record of records"),
            setting("separator", "="),
            setting("booleans", "yes-no", *_BOOLEANS),
        ),
        "Sections with `key=value` lines, as systemd reads them. A list repeats its key; a list of "
        "records repeats its section.",
        example(
            "[Unit]\nAfter=a.service\nAfter=b.service\n\n[Service]\nRemainAfterExit=yes\n",
            {
                "Unit": {"After": ["a.service", "b.service"]},
                "Service": {"RemainAfterExit": True, "User": None},
            },
        ),
    ),
    Builtin(
        "render.json",
        _json,
        (anything(),),
        "JSON with sorted keys, two blanks of indentation and a final line end. Durations are "
        "seconds, sizes bytes, modes four octal digits.",
        example('{\n  "a": [\n    1\n  ],\n  "b": null\n}\n', {"b": None, "a": [1]}),
        example("[]\n", []),
    ),
)
