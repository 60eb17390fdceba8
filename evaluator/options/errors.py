"""Wording of what can be wrong with declarations."""

from __future__ import annotations

from evaluator.diagnostics.model import Diagnostic, Edit, Help, Label
from evaluator.diagnostics.suggest import nearest
from evaluator.options.shapes import Option, Service, path_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.diagnostics.model import Sink
    from evaluator.names.load import Module
    from evaluator.options.shapes import Record, Shape
    from evaluator.source import Source, Span

    Node = tuple[Any, ...]


# What other languages call our types.
ELSEWHERE = {
    "str": "string",
    "integer": "int",
    "number": "float",
    "double": "float",
    "boolean": "bool",
    "array": "list",
    "vector": "list",
    "dict": "map",
    "object": "map",
    "attrs": "map",
    "attrsof": "map",
    "listof": "list",
    "lines": "text",
    "bytes": "size",
    "time": "duration",
    "timespan": "duration",
    "ip": "ip-address",
    "ipv4": "ip-address(version: 4)",
    "ipv6": "ip-address(version: 6)",
    "subnet": "cidr",
    "uri": "url",
    "file": "path",
    "package": "string",
}


def name_span(source: Source, node: Node) -> Span:
    """Where a declaration's name stands."""
    tag = node[0]
    if tag in ("recorddecl", "choice", "typedecl", "let"):
        return source, node[4], node[4] + len(node[3])
    if tag == "service":
        return source, node[1], node[4]
    if tag == "option":
        return source, node[5], node[6]
    return source, node[1], node[2]


def whole_path(path: tuple[str, ...], body: Any) -> str:
    """Where a declaration leads: below its service, or from the name of its record."""
    owner = None if body is None else body.owner
    if isinstance(owner, Service):
        path = (*owner.path, *path)
    elif owner is not None:
        path = (owner.name, *path)
    return path_text(path)


def option_is_group(sink: Sink, option: Option, module: Module, node: Node) -> None:
    """A path is an option here and has options below it there."""
    sink.report(
        Diagnostic(
            "option-is-a-group",
            f"`{option.name}` is an option and has options below it",
            (
                Label(name_span(module.source, node), "used as a group here", primary=True),
                Label(
                    name_span(option.module.source, option.node),
                    f"an option of type `{option.written_type()}` here",
                ),
            ),
            help=(Help("rename one, or give the option a record type"),),
            path=whole_path(option.node[4], option.body),
        )
    )


def record_from_itself(sink: Sink, record: Record) -> None:
    """A record is, through `from`, its own base."""
    sink.report(
        Diagnostic(
            "bad-declaration",
            f"`{record.name}` is built from itself",
            (Label(name_span(record.module.source, record.node), "from itself", primary=True),),
        )
    )


def base_of_other_kind(sink: Sink, module: Module, node: Node, base: Record) -> None:
    """A record built from a choice, or the other way round."""
    kind = "choice" if base.node[0] == "choice" else "record"
    own = {"choice": "a choice", "service": "a service"}.get(node[0], "a record")
    sink.report(
        Diagnostic(
            "bad-declaration",
            f"`{base.name}` is a {kind}, so {own} cannot be built from it",
            (
                Label(name_span(module.source, node), "declared from it", primary=True),
                Label(name_span(base.module.source, base.node), f"a {kind} here"),
            ),
            help=(Help(f"write an option of this type: `option kind: {base.name}`"),),
        )
    )


def not_in_a_choice(sink: Sink, option: Option) -> None:
    """The options of a choice are what is chosen from: named, and for everybody."""
    said = "`option *`" if option.name == "*" else f"`{option.kind}`"
    sink.report(
        Diagnostic(
            "bad-declaration",
            f"a choice is made of plain options, not of {said}",
            (Label(name_span(option.module.source, option.node), "in a choice", primary=True),),
            help=(Help("write `option NAME: TYPE`"),),
        )
    )


def never_absent(sink: Sink, option: Option) -> None:
    """A `maybe` with a default, or below `*`: it could never be missing."""
    node = option.default or option.node[7]
    reason, way = "it has a default", "leave out the default, or `maybe`"
    if option.name == "*":
        reason, way = "a key is there only if somebody defines it", "leave out `maybe`"
    sink.report(
        Diagnostic(
            "bad-declaration",
            f"`{option.name}` is never absent: {reason}",
            (
                Label(
                    (option.module.source, node[1], node[2]),
                    "so `maybe` says nothing",
                    primary=True,
                ),
            ),
            help=(Help(way),),
        )
    )


def result_for_any(sink: Sink, option: Option) -> None:
    """`option *` with a result: there is no one value to convert."""
    node = option.node[9][0]
    sink.report(
        Diagnostic(
            "bad-declaration",
            "`option *` cannot have a result type",
            (Label((option.module.source, node[1], node[2]), "of which key?", primary=True),),
            help=(Help("convert in a named type: `type T = … from … by …`"),),
        )
    )


def endless_record(sink: Sink, members: list[tuple[Record, Option]]) -> None:
    """Records that hold each other with nothing between that could be empty."""
    names = [record.name for record, _option in members]
    labels = tuple(
        Label(
            name_span(option.module.source, option.node),
            f"`{record.name}` holds `{names[(at + 1) % len(names)]}`",
            primary=at == 0,
        )
        for at, (record, option) in enumerate(members)
    )
    chain = " → ".join([*names, names[0]])
    sink.report(
        Diagnostic(
            "bad-declaration",
            f"`{names[0]}` holds itself without end: {chain}",
            labels,
            help=(Help("put a container between: `map(…)`, `list(…)`, or `…?` with null"),),
            facts={"cycle": names},
        )
    )


def enable_is_no_switch(
    sink: Sink, module: Module, node: Node, enable: Option | Shape | None
) -> None:
    """The `enable` of a service is declared as something else than a boolean."""
    span = (module.source, node[1], node[4])
    if isinstance(enable, Option):
        span = (enable.module.source, enable.node[5], enable.node[6])
    sink.report(
        Diagnostic(
            "bad-declaration",
            f"`{path_text(node[3])}.enable` switches the service, so it is a `bool`",
            (Label(span, "declared as something else", primary=True),),
            help=(Help("declare it as `bool`, or leave it out: every service has it"),),
        )
    )


def star_inside(sink: Sink, module: Module, node: Node) -> None:
    """`*` in the name of a service stands for its instances, so it comes last."""
    sink.report(
        Diagnostic(
            "bad-declaration",
            f"`*` is the last part of a service's name, not as in `{path_text(node[3])}`",
            (Label((module.source, node[1], node[4]), "this service", primary=True),),
            notes=("a service has instances, and these have no services of their own",),
            help=(Help("declare one service with instances, and give it a map of records"),),
        )
    )


def default_for_any(sink: Sink, option: Option) -> None:
    """`option *` describes keys nobody knows yet; it cannot have a default."""
    span = (option.module.source, option.default[1], option.default[2]) if option.default else None
    if span is not None:
        sink.report(
            Diagnostic(
                "bad-declaration",
                "`option *` cannot have a default",
                (Label(span, "which key would it belong to?", primary=True),),
                help=(Help("remove the default"),),
            )
        )


def bad_type(sink: Sink, source: Source, node: Node, reason: str) -> None:
    """A type is written in a way that contradicts itself."""
    sink.report(
        Diagnostic(
            "bad-declaration",
            reason,
            (Label((source, node[1], node[2]), "this type", primary=True),),
        )
    )


def bad_pattern(sink: Sink, source: Source, node: Node, problem: Any) -> None:
    """A type has a pattern that is none; `problem` knows where in it."""
    start, end, said = node[1], node[2], "this pattern"
    for quoted in ('r"', '"'):
        # Only where nothing is escaped do places in the pattern tell places in the file.
        whole = source.text[start:end] == f'{quoted}{node[3]}"'
        if whole and problem.at is not None and problem.at < len(node[3]):
            start += len(quoted) + problem.at
            end = start + max(1, problem.end - problem.at)
            said = "here"
            break
    label = Label((source, start, end), said, primary=True)
    helps = (Help(problem.advice),) if problem.advice else ()
    message = f"this pattern cannot be used: {problem}"
    sink.report(Diagnostic("bad-declaration", message, (label,), help=helps))


def builtin_type_declared(sink: Sink, source: Source, node: Node) -> None:
    """A type is named like a builtin one."""
    sink.report(
        Diagnostic(
            "declared-twice",
            f"`{node[3]}` is a builtin type",
            (Label(name_span(source, node), "choose another name", primary=True),),
        )
    )


def unknown_type(sink: Sink, source: Source, node: Node, name: str, known: list[str]) -> None:
    """No type or record of this name is visible."""
    near = [ELSEWHERE[name.lower()]] if name.lower() in ELSEWHERE else nearest(name, known)
    span = (source, node[1], node[1] + len(name))
    sink.report(
        Diagnostic(
            "unknown-type",
            f"there is no type `{name}` here",
            (Label(span, "not declared in this file", primary=True),),
            notes=("a type of another file is named through `import … as`: `x.Name`",),
            help=tuple(
                Help(f"did you mean `{other}`?", (Edit(span, other),), certain=len(near) == 1)
                for other in near
            ),
            facts={"name": name},
        )
    )


def unknown_record(sink: Sink, module: Module, node: Node, name: str, known: list[str]) -> None:
    """`from` names no record."""
    near = nearest(name, known)
    sink.report(
        Diagnostic(
            "unknown-type",
            f"there is no record `{name}` here",
            (Label(name_span(module.source, node), "declared from it", primary=True),),
            notes=("a record of another file is named through `import … as`: `x.Name`",),
            help=tuple(Help(f"did you mean `{other}`?") for other in near),
            facts={"name": name},
        )
    )
