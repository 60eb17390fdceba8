"""Where a file describes hosts: each block with its own imports, and the loops around it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.names.load import Module
    from evaluator.source import Span

    Node = tuple[Any, ...]


class HostPart:
    """One `host` block as it is written; in a loop it stands for several hosts.

    `trail` holds the `for` and `when` around it, outermost first, each with the items that
    its block has; `module` are the statements of the block, and `extras` the modules that it
    imports for itself.
    """

    __slots__ = ("extras", "module", "node", "trail")

    def __init__(
        self, node: Node, trail: tuple[tuple[Node, tuple[Node, ...]], ...], module: Module
    ) -> None:
        self.node = node
        self.trail = trail
        self.module = module
        self.extras: list[Module] = []

    def head(self) -> Span:
        """`host` and the name as it is written."""
        source, (_tag, start, end, key) = self.module.source, self.node[:4]
        if isinstance(key, str):
            brace = source.text.find("{", start, end)
            end = start + len(source.text[start:brace].rstrip())
        else:
            end = key[2]
        return (source, start, end)


def host_parts(file: Module) -> list[HostPart]:
    """The hosts a file describes, in written order."""
    out: list[HostPart] = []
    _collect(file.items, file, (), out)
    return out


def _collect(
    items: tuple[Node, ...],
    file: Module,
    trail: tuple[tuple[Node, tuple[Node, ...]], ...],
    out: list[HostPart],
) -> None:
    for item in items:
        tag = item[0]
        if tag == "host":
            module = type(file)(file.source, item[4])
            module.key = f"{file.key}#{item[1]}"
            module.outer = _around(file, trail)
            module.shipped = file.shipped
            if names_its_host(trail):
                module.bindings = {"key": None}
            out.append(HostPart(item, trail, module))
        elif tag == "section":
            _collect(item[4], file, trail, out)
        elif tag == "for":
            _collect(item[5], file, (*trail, (item, item[5])), out)
        elif tag == "when":
            _collect(item[4], file, (*trail, (item, item[4])), out)
            if item[5] is not None:
                _collect(item[5], file, (*trail, (("unless", *item[1:]), item[5])), out)


def names_its_host(trail: tuple[tuple[Node, tuple[Node, ...]], ...]) -> bool:
    """Whether `key` is the host's name in its block: no loop around it says otherwise."""
    return not any([node[0] == "for" and "key" in node[3] for node, _items in trail])


def _around(file: Module, trail: tuple[tuple[Node, tuple[Node, ...]], ...]) -> Module:
    """Whose names are visible in a host: its file's, and those of the loops around it."""
    outer = file
    for node, items in trail:
        inner = type(file)(file.source, items)
        inner.outer = outer
        inner.bindings = dict.fromkeys(node[3]) if node[0] == "for" else None
        outer = inner
    return outer
