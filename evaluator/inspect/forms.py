"""Data in other forms than JSON: flat text, YAML, TOML."""

from __future__ import annotations

from evaluator.options.shapes import is_word, path_text
from evaluator.types.values import display, dump_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


# Words that YAML takes for something else than text when they stand bare.
YAML_WORDS = frozenset(("true", "false", "null", "yes", "no", "on", "off", "y", "n"))


def _key(name: str) -> str:
    """A key of YAML or TOML: bare where both read it as text, else quoted as in JSON."""
    return name if is_word(name) and name.lower() not in YAML_WORDS else dump_json(name)


def write_form(data: Any, form: str) -> str:
    """Data as `text`, `yaml` or `toml`, ending with a line end."""
    if form == "yaml":
        lines = _yaml(data, "")
        return "\n".join(lines) + "\n"
    if form == "toml":
        if not isinstance(data, dict):
            return f"value = {_toml_value(data)}\n"
        return "\n".join(_toml(data, ())).lstrip("\n") + "\n"
    lines = []
    _text(data, (), lines)
    return "".join(lines)


def _text(data: Any, path: tuple[str, ...], lines: list[str]) -> None:
    """One `path = value` line per value without parts."""
    if isinstance(data, dict) and data:
        for name in sorted(data):
            _text(data[name], (*path, name), lines)
    elif not path and isinstance(data, str):
        lines.append(data if data.endswith("\n") else data + "\n")
    elif not path:
        lines.append(display(data, limit=10**9) + "\n")
    else:
        lines.append(f"{path_text(path)} = {display(data, limit=10**9)}\n")


def _yaml(data: Any, indent: str) -> list[str]:
    """Block style for containers, JSON's own spelling for scalars: both are YAML."""
    if isinstance(data, dict) and data:
        out = []
        for name in sorted(data):
            out.extend(_yaml_item(f"{indent}{_key(name)}:", data[name], indent))
        return out
    if isinstance(data, list) and data:
        out = []
        for item in data:
            out.extend(_yaml_item(f"{indent}-", item, indent))
        return out
    return [indent + dump_json(data)]


def _yaml_item(head: str, value: Any, indent: str) -> list[str]:
    if isinstance(value, (dict, list)) and value:
        return [head, *_yaml(value, indent + "  ")]
    return [f"{head} {dump_json(value)}"]


def _toml(data: dict[str, Any], path: tuple[str, ...]) -> list[str]:
    """Values of a table, then its sub-tables; null has no spelling in TOML and is left out."""
    out = []
    for name in sorted(data):
        value = data[name]
        if not isinstance(value, dict) and value is not None:
            out.append(f"{_key(name)} = {_toml_value(value)}")
    for name in sorted(data):
        value = data[name]
        if isinstance(value, dict):
            below = (*path, name)
            header = ".".join([_key(each) for each in below])
            out.extend(["", f"[{header}]", *_toml(value, below)])
    return out


def _toml_value(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join([_toml_value(item) for item in value if item is not None]) + "]"
    if isinstance(value, dict):
        inner = [
            f"{_key(name)} = {_toml_value(value[name])}"
            for name in sorted(value)
            if value[name] is not None
        ]
        return "{" + ", ".join(inner) + "}"
    return dump_json(value).replace("\x7f", "\\u007f")
