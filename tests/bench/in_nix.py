"""A workload written as modules of nixpkgs' `lib.evalModules`."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from tests.bench.workload import DEFAULT, FORCE, PLAIN, Labelled, Literal, Named, Next

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bench.workload import Definition, Expression, Module, Option, Workload

ROOT = "main.nix"

TYPES = {
    "bool": "bool",
    "int": "int",
    "text": "str",
    "choice": 'enum [ "off" "low" "high" ]',
    "list": "listOf str",
    "lines": "lines",
    "map": "attrsOf int",
}
STRENGTHS = {FORCE: "lib.mkForce", PLAIN: "", DEFAULT: "lib.mkDefault"}


def write(workload: Workload, folder: Path) -> None:
    """A file for each module and host, and the call that evaluates them."""
    for module in workload.modules:
        (folder / f"{module.name}.nix").write_text(text_of(module))
    root = f"./{workload.modules[0].name}.nix"
    configuration = f"(lib.evalModules {{ modules = [ {root} ]; }}).config"
    if workload.hosts:
        for name, own in workload.hosts.items():
            text = "{ lib, config, ... }: {\n" + definitions(own) + "}\n"
            (folder / f"host-{name}.nix").write_text(text)
        hosts = "".join(f"  {name} = ./host-{name}.nix;\n" for name in workload.hosts)
        each = f"(_: host: (lib.evalModules {{ modules = [ {root} host ]; }}).config)"
        configuration = f"builtins.mapAttrs {each} {{\n{hosts}}}"
    (folder / ROOT).write_text(f"let lib = import <nixlib>; in {configuration}\n")


def text_of(module: Module) -> str:
    """One module as a file."""
    imports = " ".join(f"./{name}.nix" for name in module.imports)
    options = "".join(declaration(option) for option in module.options)
    return (
        f"{{ lib, config, ... }}: {{\n  imports = [ {imports} ];\n"
        f"{options}{definitions(module.definitions)}}}\n"
    )


def declaration(option: Option) -> str:
    """An option."""
    path = ".".join(option.path)
    kind = TYPES.get(option.kind)
    if kind is None:
        fields = "".join(declaration(field) for field in option.fields)
        kind = f"attrsOf (submodule ({{ name, config, ... }}: {{\n{fields}}}))"
    return (
        f"  options.{path} = lib.mkOption {{\n    type = with lib.types; {kind};\n"
        f'    default = {value(option.default)};\n    description = "Sets {path}.";\n  }};\n'
    )


def definitions(made: list[Definition]) -> str:
    """Definitions of one file; those of one option are merged, since Nix has one per name."""
    by_path = defaultdict(list)
    for each in made:
        by_path[each.path].append(definition(each))
    return "".join(
        f"  config.{'.'.join(path)} = "
        + (found[0] if len(found) == 1 else f"lib.mkMerge [ {' '.join(found)} ]")
        + ";\n"
        for path, found in by_path.items()
    )


def definition(made: Definition) -> str:
    """The properties of one definition around its value."""
    text = f"({value(made.value)})"
    if made.place is not None:
        text = f"(lib.mkOrder {made.place} {text})"
    if STRENGTHS[made.strength]:
        text = f"({STRENGTHS[made.strength]} {text})"
    if made.when is not None:
        switch, wanted = made.when
        text = f"(lib.mkIf ({'' if wanted else '!'}config.{'.'.join(switch)}) {text})"
    return text


def value(expression: Expression) -> str:
    """An expression of the language."""
    match expression:
        case Literal():
            return written(expression.value)
        case Next():
            return f"config.{'.'.join(expression.path)} + 1"
        case Labelled():
            return f'"{expression.label}${{toString config.{".".join(expression.path)}}}"'
        case Named():
            return f'"${{name}}{expression.suffix}"'


def written(data: Any) -> str:
    """Data as the language writes it."""
    if isinstance(data, list):
        return f"[ {' '.join(written(each) for each in data)} ]"
    if isinstance(data, dict):
        return "{ " + "".join(f"{key} = {written(each)}; " for key, each in data.items()) + "}"
    return json.dumps(data)
