"""A workload written in vcfg."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.bench.workload import DEFAULT, FORCE, PLAIN, Labelled, Literal, Named, Next

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bench.workload import Definition, Expression, Module, Option, Workload

ROOT = "main.vcfg"
MACHINE = "machine.vcfg"

BUILT = """\
import "./main.vcfg"
import "etc.vcfg"

etc.files.motd.text = "hello"
"""
"""Puts something on a machine, since `vcfg build` refuses to build nothing."""

TYPES = {
    "bool": "bool",
    "int": "int",
    "text": "string",
    "choice": '"off" | "low" | "high"',
    "list": "list(string)",
    "lines": "text",
    "map": "map(int)",
}
STRENGTHS = {FORCE: "force ", PLAIN: "", DEFAULT: "default "}


def write(workload: Workload, folder: Path) -> None:
    """A file for each module; the root imports the first of them, and describes the hosts."""
    for module in workload.modules:
        (folder / f"{module.name}.vcfg").write_text(text_of(module))
    root = f'import "./{workload.modules[0].name}.vcfg"\n'
    for name, own in workload.hosts.items():
        root += f"\nhost {name} {{\n" + "".join(f"  {definition(each)}\n" for each in own) + "}\n"
    (folder / ROOT).write_text(root)
    (folder / MACHINE).write_text(BUILT)


def text_of(module: Module) -> str:
    """One module as a file."""
    lines = [f'import "./{name}.vcfg"' for name in module.imports]
    for option in module.options:
        lines.extend(declaration(option))
    lines.extend(definition(each) for each in module.definitions)
    return "\n".join(lines) + "\n"


def declaration(option: Option) -> list[str]:
    """An option; for entries the record of their fields stands before it."""
    path = ".".join(option.path)
    if option.kind != "entries":
        return [
            f"## Sets {path}.",
            f"option {path}: {TYPES[option.kind]} = {value(option.default)}",
        ]
    record = option.path[-1].capitalize()
    fields = [f"  {line}" for field in option.fields for line in declaration(field)]
    return [f"record {record} {{", *fields, "}", f"option {path}: map({record}) = {{}}"]


def definition(made: Definition) -> str:
    """One definition, with its condition around it."""
    place = "" if made.place is None else f"order {made.place} "
    text = f"{STRENGTHS[made.strength]}{place}{'.'.join(made.path)} = {value(made.value)}"
    if made.when is None:
        return text
    switch, wanted = made.when
    return f"when {'' if wanted else 'not '}config.{'.'.join(switch)} {{ {text} }}"


def value(expression: Expression) -> str:
    """An expression of the language."""
    match expression:
        case Literal():
            return written(expression.value)
        case Next():
            return f"{'self' if expression.is_field else 'config'}.{'.'.join(expression.path)} + 1"
        case Labelled():
            return f'"{expression.label}#{{config.{".".join(expression.path)}}}"'
        case Named():
            return f'"#{{key}}{expression.suffix}"'


def written(data: Any) -> str:
    """Data as the language writes it."""
    if isinstance(data, dict):
        return "{ " + ", ".join(f"{key} = {written(each)}" for key, each in data.items()) + " }"
    return json.dumps(data)
