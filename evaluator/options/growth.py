"""`extend type`, `extend record`, `extend choice`, `extend service`: declarations that grow.

What is added is there for everyone as soon as the file is loaded. The declaration itself is
reached like any name: in its own file, or through the name of an import.
"""

from __future__ import annotations

from evaluator.diagnostics.unchecked import leave_unchecked
from evaluator.options import growth_errors as errors
from evaluator.options.shapes import Body, path_text
from evaluator.types.containers import BrokenType
from evaluator.types.literals import Literals
from evaluator.types.unions import OptionalType
from evaluator.types.values import same

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.names.load import Module
    from evaluator.options.declare import Builder
    from evaluator.options.resolve import TypeResolver
    from evaluator.options.shapes import Record, Service
    from evaluator.types.base import Type

    Node = tuple[Any, ...]


def collect_types(resolver: TypeResolver) -> None:
    """Find the named type that each `extend type` means."""
    for module, node in resolver.grows:
        if node[3] != "type":
            continue
        name = ".".join(node[4])
        place, leaf = resolver.place(name, module)
        if place is not None and (id(place), leaf) in resolver.named:
            resolver.grown.setdefault((id(place), leaf), []).append((module, node))
        elif not module.is_lost(name):
            errors.unknown_base(resolver, module, node)


def grown_type(
    resolver: TypeResolver,
    base: Type,
    declared: Node,
    place: Module,
    grows: list[tuple[Module, Node]],
) -> Type:
    """A type of listed values with those that other files add."""
    is_optional = isinstance(base, OptionalType)
    listed = base.inner if isinstance(base, OptionalType) else base
    if isinstance(base, BrokenType):
        return base
    if not isinstance(listed, Literals):
        for module, node in grows:
            errors.grows_no_list(resolver, module, node, base, declared, place)
        return base
    sites = [(place, each) for each in literal_nodes(declared[5])]
    for module, node in grows:
        added = resolver.resolve(node[6], module)
        if isinstance(added, OptionalType):
            is_optional, added = True, added.inner
        if isinstance(added, BrokenType):
            continue
        if not isinstance(added, Literals):
            errors.grows_by_no_value(resolver, module, node, added)
            continue
        for literal in literal_nodes(node[6]):
            first = next((each for each in sites if same(each[1][3], literal[3])), None)
            if first is not None:
                errors.value_twice(resolver.sink, ".".join(node[4]), module, literal, *first)
            sites.append((module, literal))
        listed = Literals((*listed.values, *added.values))
    return OptionalType(listed) if is_optional else listed


def literal_nodes(node: Node) -> list[Node]:
    """The values that a type lists, where they are written."""
    if node[0] == "tliteral":
        return [node]
    if node[0] == "tunion":
        return [found for each in node[3] for found in literal_nodes(each)]
    return literal_nodes(node[3]) if node[0] == "toptional" else []


def grow_record(builder: Builder, record: Record) -> None:
    """Add to a record or choice what other files extend it by."""
    for module, node in builder.types.grows:
        if node[3] not in ("record", "choice"):
            continue
        if builder.types.record_at(".".join(node[4]), module) is not record:
            continue
        if node[3] != ("choice" if record.node[0] == "choice" else "record"):
            errors.wrong_word(builder.sink, module, node, record)
            continue
        body = Body(node[6], module, record)
        record.shape.bodies.append(body)
        builder.out.grown[id(node)] = record.shape
        builder.walk(node[6], record.shape, module, body, "", top=False)


def grow_services(builder: Builder) -> None:
    """Add to services what other files extend them by; report what extends nothing."""
    for module, node in builder.types.grows:
        if node[3] == "service":
            service = builder.out.services.get(node[4])
            if node[4][-1] == "*":
                service = builder.out.families.get(node[4][:-1])
            lost = builder.sink.lost() if service is None else None
            if lost is not None:
                leave_unchecked(lost, path_text(node[4]))
            elif service is None:
                errors.unknown_service(builder.sink, module, node, builder.out)
            else:
                _grow_service(builder, service, module, node)
        elif (
            node[3] != "type"
            and builder.types.record_at(".".join(node[4]), module) is None
            and not module.is_lost(".".join(node[4]))
        ):
            errors.unknown_base(builder.types, module, node)


def _grow_service(builder: Builder, service: Service, module: Module, node: Node) -> None:
    body = Body(node[6], module, service)
    service.grown.append(body)
    service.shape.bodies.append(body)
    builder.out.grown[id(node)] = service.shape
    builder.walk(node[6], service.shape, module, body, "", top=False)
