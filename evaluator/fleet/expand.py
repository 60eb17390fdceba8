"""Which hosts there are: blocks in loops multiplied, names computed, before any option is."""

from __future__ import annotations

from evaluator.diagnostics.model import Diagnostic, Help, Label, Stop
from evaluator.evaluation.expressions import condition, elements, key_of
from evaluator.names.hosts import names_its_host
from evaluator.names.load import Module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from evaluator.diagnostics.model import Sink
    from evaluator.evaluation.world import World
    from evaluator.names.hosts import HostPart

    Node = tuple[Any, ...]

ALLOWED = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")


class HostBody:
    """What one block says about one host: its statements, with what the loops around bind."""

    __slots__ = ("module", "name", "part")

    def __init__(self, name: str, part: HostPart, module: Module) -> None:
        self.name = name
        self.part = part
        self.module = module


def expand_hosts(lobby: World) -> dict[str, list[HostBody]]:
    """The blocks of every host by its name, as written; `lobby` refuses to read options."""
    found: dict[str, list[HostBody]] = {}
    for file in lobby.modules:
        for part in file.hosts:
            try:
                for body in _turns(lobby, part, 0, file):
                    found.setdefault(body.name, []).append(body)
            except Stop:
                continue
    return found


def _turns(lobby: World, part: HostPart, level: int, outer: Module) -> Iterator[HostBody]:
    env = lobby.module_env(outer)
    if level == len(part.trail):
        key = part.node[3]
        name = key if isinstance(key, str) else key_of(key, env)
        if _is_named_well(name, lobby, part):
            module = Module(outer.source, part.module.items)
            module.outer = outer
            module.aliases, module.imports = part.module.aliases, part.module.imports
            if names_its_host(part.trail):
                module.bindings = {"key": name}
            yield HostBody(name, part, module)
        return
    node, items = part.trail[level]
    turns: list[dict[str, object] | None] = [None]
    if node[0] == "for":
        turns = [*elements(node[3], node[4], env)]
    elif condition(node[3], env) is not (node[0] == "when"):
        return
    for bindings in turns:
        inner = Module(outer.source, items)
        inner.outer = outer
        inner.bindings = bindings
        yield from _turns(lobby, part, level + 1, inner)


def _is_named_well(name: str, lobby: World, part: HostPart) -> bool:
    """A host's name is a folder of its own where outputs are written."""
    if name and ALLOWED.issuperset(name) and name[0] not in ".-":
        return True
    lobby.sink.report(
        Diagnostic(
            "type-mismatch",
            f'"{name}" cannot be the name of a host',
            (Label(part.head(), "named here", primary=True),),
            help=(Help("use letters, digits, `-`, `_` and `.`, and begin with none of `-.`"),),
        )
    )
    return False


def host_in_host(sink: Sink, module: Module, node: Node) -> None:
    """A file that only some host imports describes hosts of its own."""
    source = module.source
    end = source.text.find("{", node[1])
    sink.report(
        Diagnostic(
            "misplaced-statement",
            "a file that a host imports cannot describe hosts",
            (Label((source, node[1], max(end, node[1] + 4)), "not here", primary=True),),
            help=(Help("import this file at the top of the fleet's own"),),
        )
    )
