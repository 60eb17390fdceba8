"""A workload written in Jsonnet: objects that are added up. No types are checked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.bench.folded import fold
from tests.bench.workload import Labelled, Literal, Named, Next

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bench.folded import Folded, When
    from tests.bench.workload import Definition, Expression, Workload

ROOT = "main.jsonnet"

HOSTS = """\
local add = {
  list(before, part): before + part,
  map(before, part): before + part,
  lines(before, part): if before == '' then part else before + '\\n' + part,
};
"""


def write(workload: Workload, folder: Path) -> None:
    """A file for each module, and one that adds them up."""
    for name, options in fold(workload).items():
        groups: dict[tuple[str, ...], str] = {}
        for each in options:
            *above, last = each.option.path
            groups[*above,] = f"{groups.get((*above,), '')}{last}: {text(each)},\n"
        added = [_within((*path, ""), f"\n{fields}") for path, fields in groups.items()]
        (folder / f"{name}.jsonnet").write_text("{} " + "\n".join(added) + "\n")
    modules = " + ".join(f"(import '{module.name}.jsonnet')" for module in workload.modules)
    if not workload.hosts:
        (folder / ROOT).write_text(modules + "\n")
        return
    kinds = {option.path: option.kind for option in workload.options()}
    main = f"{HOSTS}local all = {modules};\n{{\n"
    for name, own in workload.hosts.items():
        main += f"  {name}: all " + " ".join(_added(each, kinds[each.path]) for each in own) + ",\n"
    (folder / ROOT).write_text(main + "}\n")


def _within(path: tuple[str, ...], inner: str) -> str:
    for name in reversed(path[:-1]):
        inner = f"{name}+: {{ {inner} }}"
    return f"+ {{ {inner} }}"


def _added(made: Definition, kind: str) -> str:
    part, name = value(made.value), made.path[-1]
    if kind in ("list", "lines", "map"):
        part = f"add.{kind}(super.{name}, {part})"
    return _within(made.path, f"{name}: {part}")


def text(folded: Folded) -> str:
    """The value of an option."""
    option, parts = folded.option, folded.parts
    if option.kind == "list":
        return " + ".join(["[]", *(_if(when, value(part), "[]") for when, part in parts)])
    if option.kind == "lines":
        found = [_if(when, f"[{value(part)}]", "[]") for when, part in parts]
        return f"std.join('\\n', {' + '.join(['[]', *found])})"
    if option.kind == "map":
        return " + ".join(["{}", *(value(part) for _, part in parts)])
    if option.kind == "entries":
        entries = (
            f"'{name}': entry('{name}') + {{ "
            + ", ".join(f"{each.option.path[0]}: {text(each)}" for each in fields)
            + " }"
            for name, fields in folded.entries.items()
        )
        defaults = (f"{each.path[0]}: {value(each.default)}" for each in option.fields)
        return f"local entry(name) = {{ {', '.join(defaults)} }}; {{ {', '.join(entries)} }}"
    result = ""
    for when, part in reversed(parts):
        result = _if(when, value(part), result)
    return result


def _if(when: When, then: str, otherwise: str) -> str:
    if when is None:
        return then
    switch, wanted = when
    return f"(if {'' if wanted else '!'}$.{'.'.join(switch)} then {then} else {otherwise})"


def value(expression: Expression) -> str:
    """An expression of the language."""
    match expression:
        case Literal():
            return json.dumps(expression.value)
        case Next():
            return f"{'self' if expression.is_field else '$'}.{'.'.join(expression.path)} + 1"
        case Labelled():
            return f"'{expression.label}' + $.{'.'.join(expression.path)}"
        case Named():
            return f"name + '{expression.suffix}'"
