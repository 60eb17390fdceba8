"""Services with instances: `service x.* { … }` makes `x` a map of them."""

from __future__ import annotations

from evaluator.diagnostics.model import Stop
from evaluator.options.shapes import Option, Record
from evaluator.types.containers import MapType, RecordType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.names.load import Module
    from evaluator.options.declare import Builder
    from evaluator.options.shapes import Declarations, Service, Shape

    Node = tuple[Any, ...]
    Path = tuple[str, ...]


def declare_family(builder: Builder, node: Node, module: Module) -> None:
    """Declare the map option that holds the instances, and what each of them is."""
    from evaluator.options import errors

    path: Path = node[3]
    reach = path[:-1]
    if "*" in reach:
        errors.star_inside(builder.sink, module, node)
        return
    try:
        group = builder.group(builder.out.root, reach[:-1], module, node)
    except Stop:
        return
    other = group.members.get(reach[-1])
    if other is not None:
        _clash(builder, other, node, module)
        return
    record = Record(".".join(path), node, module)
    record.state = "done"
    group.members[reach[-1]] = _instances(record, node, module)
    service = builder.service(path, record.shape, node, module)
    builder.out.families[reach] = service


def _instances(record: Record, node: Node, module: Module) -> Option:
    """The option that holds the instances; its site is the service's own declaration."""
    start, end = node[1], node[4]
    default = ("record", start, end, ())
    kind = ("tname", start, end, record.name, ())
    statement = (
        "option", start, end, "option", node[3][:-1], start, end, kind, default, None, node[7],
        node[8],
    )  # fmt: skip
    type_ = MapType(RecordType(record))
    return Option(node[3][-2], "option", type_, default, statement, module, None, "")


def _clash(builder: Builder, other: Option | Shape, node: Node, module: Module) -> None:
    """The path is taken: by the same service again, by an option or by a group."""
    from evaluator.options.twice import declared_twice

    first = other.module or module
    site = builder.out.families.get(node[3][:-1])
    declared = other.node if site is None else site.node
    declared_twice(builder.sink, node[3], module, node, first, declared or node)


def target_of(declared: Declarations, path: Path) -> tuple[Service | None, str | None]:
    """What an `extend` reaches: a service, and the instance's key where one is named."""
    service = declared.services.get(path) or declared.families.get(path)
    if service is not None:
        return service, None
    return declared.families.get(path[:-1]), path[-1]
