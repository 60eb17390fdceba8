"""Wording of what can be wrong with `extend type`, `record`, `choice` and `service`."""

from __future__ import annotations

from evaluator.diagnostics.model import Diagnostic, Edit, Help, Label
from evaluator.diagnostics.suggest import nearest
from evaluator.options.errors import name_span
from evaluator.options.shapes import path_text
from evaluator.types.values import display

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.diagnostics.model import Sink
    from evaluator.names.load import Module
    from evaluator.options.resolve import TypeResolver
    from evaluator.options.shapes import Declarations, Record
    from evaluator.source import Span
    from evaluator.types.base import Type

    Node = tuple[Any, ...]

DECLARING = {"recorddecl": "record", "choice": "choice", "typedecl": "type"}


def grow_span(module: Module, node: Node) -> Span:
    """Where the name of what is extended stands."""
    return module.source, node[5] - len(path_text(node[4])), node[5]


def unknown_base(resolver: TypeResolver, module: Module, node: Node) -> None:
    """No declaration of this name is visible here; one in a plainly imported file is named."""
    name = ".".join(node[4])
    span = grow_span(module, node)
    labels = [Label(span, "not declared in this file", primary=True)]
    notes: tuple[str, ...] = (
        "another file's declaration is named through `import … as`: `x.Name`",
    )
    help: tuple[Help, ...] = ()
    for statement, target in module.imports:
        found = next((each for each in target.items if _declares(each, node)), None)
        if found is not None and statement[6] is None:
            alias = target.source.name.rpartition("/")[2].partition(".")[0]
            labels.append(Label(name_span(target.source, found), "declared here"))
            labels.append(
                Label((module.source, statement[1], statement[2]), "imported without a name")
            )
            edits = (
                Edit((module.source, statement[2], statement[2]), f" as {alias}"),
                Edit((module.source, span[1], span[1]), f"{alias}."),
            )
            help = (Help(f"name the import: `import … as {alias}`, then `{alias}.{name}`", edits),)
    if not help:
        kind = node[3]
        near = nearest(name, [each for each in resolver.candidates(module) if each != name])
        help = tuple(Help(f"did you mean `{each}`?", (Edit(span, each),)) for each in near[:1])
        if resolver.record_at(name, module) is not None or resolver.place(name, module)[0] is None:
            help = ()
        notes = (f"`extend {kind}` adds to a {kind} that is declared somewhere", *notes)
    resolver.sink.report(
        Diagnostic(
            "unknown-type",
            f"there is no {node[3]} `{name}` here to be extended",
            tuple(labels),
            notes=notes,
            help=help,
            facts={"name": name},
        )
    )


def _declares(item: Node, node: Node) -> bool:
    return item[0] in DECLARING and item[3] == node[4][-1] and len(node[4]) == 1


def wrong_word(sink: Sink, module: Module, node: Node, record: Record) -> None:
    """`extend record` of a choice, or the other way round."""
    right = DECLARING[record.node[0]]
    start = node[5] - len(path_text(node[4]))
    sink.report(
        Diagnostic(
            "bad-declaration",
            f"`{record.name}` is a {right}",
            (
                Label(grow_span(module, node), f"extended as a {node[3]} here", primary=True),
                Label(name_span(record.module.source, record.node), f"a {right} here"),
            ),
            help=(Help(f"write `extend {right} {module.source.text[start : node[5]]}`"),),
        )
    )


def unknown_service(sink: Sink, module: Module, node: Node, declared: Declarations) -> None:
    """`extend service` names a service that no file of the configuration declares."""
    name = path_text(node[4])
    near = nearest(name, [path_text(each) for each in declared.services])
    sink.report(
        Diagnostic(
            "unknown-target",
            f"there is no service `{name}` to be extended",
            (Label(grow_span(module, node), "declared by no file", primary=True),),
            help=tuple(Help(f"did you mean `{each}`?") for each in near[:1])
            or (Help("import the file that declares it"),),
            facts={"name": name},
        )
    )


def grows_no_list(
    resolver: TypeResolver, module: Module, node: Node, base: Type, declared: Node, place: Module
) -> None:
    """Only a type that lists its values takes more of them."""
    resolver.sink.report(
        Diagnostic(
            "bad-declaration",
            f"`{declared[3]}` is {base.describe()}: only listed values can be added to",
            (
                Label(grow_span(module, node), "extended here", primary=True),
                Label(name_span(place.source, declared), "declared here"),
            ),
            notes=('a type such as `"none" | "sasl"` grows by `extend type`',),
            help=(Help("declare a type of your own from it: `type Mine = Other | …`"),),
        )
    )


def grows_by_no_value(resolver: TypeResolver, module: Module, node: Node, added: Type) -> None:
    """What is added to listed values has to be a value."""
    resolver.sink.report(
        Diagnostic(
            "bad-declaration",
            f"`{'.'.join(node[4])}` lists values, so it grows by values, not by {added.describe()}",
            (Label((module.source, node[6][1], node[6][2]), "no listed value", primary=True),),
            help=(Help('write the values: `"a" | "b"`'),),
        )
    )


def value_twice(
    sink: Sink, name: str, module: Module, literal: Node, first: Module, other: Node
) -> None:
    """A value that the type lists already, perhaps by another file."""
    sink.report(
        Diagnostic(
            "declared-twice",
            f"`{name}` lists {display(literal[3])} already",
            (
                Label((module.source, literal[1], literal[2]), "again here", primary=True),
                Label((first.source, other[1], other[2]), "first here"),
            ),
            help=(Help("remove one of them"),),
            facts={"name": name},
        )
    )
