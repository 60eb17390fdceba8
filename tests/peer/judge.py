"""What vcfg makes of a set, option by option, to be held against the peer's answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evaluator.diagnostics.model import ERROR, Sink, Stop
from evaluator.evaluation.export import export
from evaluator.evaluation.maps import MapScope
from evaluator.evaluation.scope import Scope
from evaluator.files import Disk
from evaluator.fleet.configure import Settings, configure
from evaluator.types.values import to_json
from tests.configured import FOLDER
from tests.peer.model import Table, module_order
from tests.peer.to_vcfg import files_of

if TYPE_CHECKING:
    from evaluator.diagnostics.model import Diagnostic
    from evaluator.evaluation.world import World
    from tests.peer.model import Set


def world_of(set_: Set) -> tuple[World, Sink]:
    """A configuration ready to be asked."""
    texts = {f"{FOLDER}/{name}": text for name, text in files_of(set_).items()}
    sink = Sink()
    world = configure(f"{FOLDER}/main.vcfg", Settings(Disk(texts), (), FOLDER), sink)
    assert world is not None, [each.message for each in sink.diagnostics]
    return world, sink


def forced(value: Any) -> Any:
    """JSON form of a value; stops where any part of it has none."""
    if isinstance(value, Scope | MapScope):
        if isinstance(value, Scope):
            value.parts()
        return {name: forced(value.get(name)) for name in value.names()}
    if isinstance(value, list):
        return [forced(each) for each in value]
    if isinstance(value, dict):
        return {name: forced(each) for name, each in value.items()}
    return to_json(value)


def option_paths(set_: Set) -> list[tuple[str, ...]]:
    """All options outside of records, sorted."""
    files = set_["files"]
    return sorted(Table(files, module_order(files)).options)


def answer(set_: Set, world: World) -> list[dict[str, Any]]:
    """For each option its value, or that it failed."""
    out: list[dict[str, Any]] = []
    for path in option_paths(set_):
        try:
            value: Any = world.root
            for part in path:
                value = value.get(part)
            out.append({"ok": forced(value)})
        except Stop:
            out.append({"failed": True})
    return out


def findings(set_: Set) -> list[Diagnostic]:
    """Errors that a run over everything reports."""
    world, sink = world_of(set_)
    return _errors(world, sink)


def _errors(world: World, sink: Sink) -> list[Diagnostic]:
    export(world)
    return [each for each in sink.diagnostics if each.severity == ERROR]


def differences(set_: Set, wanted: list[Any]) -> list[str]:
    """Where vcfg answers otherwise than it should."""
    out = []
    try:
        world, sink = world_of(set_)
    except AssertionError as problem:
        return [str(problem)]
    got = answer(set_, world)
    # Where something is wrong, vcfg may still answer what does not need it: it asks fewer
    # conditions of submodules and of definitions that have lost.
    pairs = list(zip(got, wanted, strict=True))
    is_lazy = any(["failed" in mine and "failed" in theirs for mine, theirs in pairs])
    for path, mine, theirs in zip(option_paths(set_), got, wanted, strict=True):
        if not alike(mine, theirs) and not (is_lazy and "failed" in theirs):
            out.append(f"{'.'.join(path)}: {mine}, not {theirs}")
    errors = _errors(world, sink)
    failed = any(["failed" in each for each in wanted])
    if not out and failed != bool(errors):
        said = [f"{each.code} at {each.path}: {each.message}" for each in errors]
        out.append(f"errors {said} where the peer {'fails' if failed else 'does not'}")
    return out


def alike(mine: Any, theirs: Any) -> bool:
    """Equality that tells 1 from 1.0 and from true."""
    if type(mine) is not type(theirs):
        return False
    if isinstance(mine, dict):
        return mine.keys() == theirs.keys() and all(
            [alike(mine[name], theirs[name]) for name in mine]
        )
    if isinstance(mine, list):
        return len(mine) == len(theirs) and all(map(alike, mine, theirs))
    return bool(mine == theirs)
