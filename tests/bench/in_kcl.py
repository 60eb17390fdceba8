"""A workload written in KCL: one schema has all options, under names without dots."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.bench.folded import fold
from tests.bench.workload import Labelled, Literal, Named, Next

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bench.folded import Folded, When
    from tests.bench.workload import Expression, Option, Workload

ROOT = "main.k"

TYPES = {
    "bool": "bool",
    "int": "int",
    "text": "str",
    "choice": '"off" | "low" | "high"',
    "list": "[str]",
    "lines": "str",
    "map": "{str:int}",
}


def write(workload: Workload, folder: Path) -> None:
    """A mixin for each module and the schema of them all."""
    main = ""
    schemas = []
    for name, options in fold(workload).items():
        records, lines = [], []
        for each in options:
            path = "__".join(each.option.path)
            kind = TYPES.get(each.option.kind, f"{{str:{path.title()}}}")
            if each.option.kind == "entries":
                records.append(_record(path.title(), each.option))
            lines.append(f"    {path}: {kind} = {text(each)}")
        schemas.append((name.title(), lines))
        main += "".join(records)
    main += "schema Config:\n" + "".join(f"{line}\n" for _, lines in schemas for line in lines)
    (folder / ROOT).write_text(main + "config = Config {}\n")


def _record(name: str, option: Option) -> str:
    fields = (
        f"    {each.path[0]}: {TYPES[each.kind]} = {value(each.default)}\n"
        for each in option.fields
    )
    return f"schema {name}:\n" + "".join(fields)


def text(folded: Folded) -> str:
    """The value of an option."""
    option, parts = folded.option, folded.parts
    if option.kind == "list":
        return " + ".join(["[]", *(_if(when, value(part), "[]") for when, part in parts)])
    if option.kind == "lines":
        found = [_if(when, f"[{value(part)}]", "[]") for when, part in parts]
        return f'"\\n".join({" + ".join(["[]", *found])})'
    if option.kind == "map":
        return " | ".join(["{}", *(value(part) for _, part in parts)])
    if option.kind == "entries":
        entries = (
            f'"{name}": {{ '
            + ", ".join(f"{each.option.path[0]} = {text(each)}" for each in fields)
            + " }"
            for name, fields in folded.entries.items()
        )
        return f"{{ {', '.join(entries)} }}"
    result = ""
    for when, part in reversed(parts):
        result = _if(when, value(part), result)
    return result


def _if(when: When, then: str, otherwise: str) -> str:
    if when is None:
        return then
    switch, wanted = when
    return f"({then} if {'' if wanted else 'not '}{'__'.join(switch)} else {otherwise})"


def value(expression: Expression) -> str:
    """An expression of the language."""
    match expression:
        case Literal():
            return _literal(expression.value)
        case Next():
            return f"{'__'.join(expression.path)} + 1"
        case Labelled():
            return f'"{expression.label}" + str({"__".join(expression.path)})'
        case Named():
            return '""'  # every entry has its own


def _literal(data: Any) -> str:
    return str(data) if isinstance(data, bool) else json.dumps(data)


def read(answer: Any) -> Any:
    """The configuration, out of names without dots."""
    tree: dict[str, Any] = {}
    for name, data in answer["config"].items():
        *path, last = name.split("__")
        level = tree
        for part in path:
            level = level.setdefault(part, {})
        level[last] = data
    return tree
