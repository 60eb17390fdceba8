"""The answer a workload has, worked out from its model; nothing of vcfg has a part in it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from tests.bench.workload import Labelled, Literal, Named, Next

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.bench.workload import Definition, Expression, Option, Path, Workload


def expected(workload: Workload) -> Any:
    """What evaluating prints: a configuration, or one for each host."""
    if workload.hosts:
        return {name: _configuration(workload, own) for name, own in workload.hosts.items()}
    return _configuration(workload, ())


def _configuration(workload: Workload, own: Iterable[Definition]) -> dict[str, Any]:
    by_path: dict[Path, list[Definition]] = defaultdict(list)
    names: dict[Path, set[str]] = defaultdict(set)
    for definition in (*workload.definitions(), *own):
        by_path[definition.path].append(definition)
        if definition.of_entry:
            names[definition.path[:-2]].add(definition.path[-2])
    flat: dict[Path, Any] = {}
    for option in workload.options():
        if option.kind != "entries":
            flat[option.path] = _merged(option, by_path[option.path], flat, {}, "")
            continue
        flat[option.path] = {}
        for name in sorted(names[option.path]):
            entry: dict[Path, Any] = {}
            for field in option.fields:
                found = by_path[(*option.path, name, *field.path)]
                entry[field.path] = _merged(field, found, flat, entry, name)
            flat[option.path][name] = {path[0]: value for path, value in entry.items()}
    return _nested(flat)


def _merged(
    option: Option,
    definitions: list[Definition],
    flat: dict[Path, Any],
    entry: dict[Path, Any],
    name: str,
) -> Any:
    holding = [d for d in definitions if d.when is None or flat[d.when[0]] == d.when[1]]
    if not holding:
        return _value(option.default, flat, entry, name)
    strongest = min(each.strength for each in holding)
    winners = [each for each in holding if each.strength == strongest]
    winners.sort(key=lambda each: each.place or 0)
    values = [_value(each.value, flat, entry, name) for each in winners]
    if option.kind == "list":
        return [item for value in values for item in value]
    if option.kind == "lines":
        return "\n".join(values)
    if option.kind == "map":
        return {key: value for part in values for key, value in part.items()}
    if any(value != values[0] for value in values):
        raise ValueError(f"{option.path} is defined twice")
    return values[0]


def _value(value: Expression, flat: dict[Path, Any], entry: dict[Path, Any], name: str) -> Any:
    match value:
        case Literal():
            return value.value
        case Next():
            return (entry if value.is_field else flat)[value.path] + 1
        case Labelled():
            return value.label + str(flat[value.path])
        case Named():
            return name + value.suffix


def _nested(flat: dict[Path, Any]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for path, value in flat.items():
        level = tree
        for name in path[:-1]:
            level = level.setdefault(name, {})
        level[path[-1]] = value
    return tree


def comparable(workload: Workload, answer: Any) -> Any:
    """The same answer, with parts in alphabetical order where no order was asked for; in place."""
    placed = {each.path for each in workload.definitions() if each.place is not None}
    for configuration in answer.values() if workload.hosts else [answer]:
        for option in workload.options():
            level = configuration
            for name in option.path[:-1]:
                level = level[name]
            if option.kind == "entries":
                for entry in level[option.path[-1]].values():
                    for field in option.fields:
                        _sort(field, entry)
            elif option.path not in placed:
                _sort(option, level)
    return answer


def _sort(option: Option, level: dict[str, Any]) -> None:
    name = option.path[-1]
    if option.kind == "list":
        level[name].sort()
    elif option.kind == "lines":
        level[name] = "\n".join(sorted(level[name].split("\n")))


def difference(want: Any, got: Any, at: str = "") -> str:
    """Where two answers differ first, in words; nothing if they agree."""
    if want == got:
        return ""
    if isinstance(want, dict) and isinstance(got, dict):
        for key in sorted({*want, *got}):
            if key not in want or key not in got:
                return f"{at}.{key} is {'missing' if key in want else 'too much'}".lstrip(".")
            if found := difference(want[key], got[key], f"{at}.{key}"):
                return found
    return f"{at} is {str(got)[:60]} and not {str(want)[:60]}".lstrip(".")
