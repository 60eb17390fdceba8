"""Wording of what can be wrong with definitions before any value is computed."""

from __future__ import annotations

from evaluator.definitions.expected import may_fit
from evaluator.definitions.importing import (
    declares,
    declaring_file,
    disabled,
    import_help,
    misspelt_service,
)
from evaluator.diagnostics.model import Diagnostic, Edit, Help, Label
from evaluator.diagnostics.renaming import meant
from evaluator.diagnostics.suggest import nearest
from evaluator.options.shapes import Option, Shape, path_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.definitions.places import Typed
    from evaluator.diagnostics.model import Sink
    from evaluator.options.shapes import Declarations, Service
    from evaluator.source import Source, Span

    Node = tuple[Any, ...]

WORDS = {
    "typedecl": "type",
    "recorddecl": "record",
    "grow": "extend",
    "def": "a definition",
    "block": "a block",
}
PLACE_WORDS = {
    "file": "at the top of a file",
    "service": "in a service",
    "record": "in a record",
    "choice": "in a choice",
    "variant": "in a variant",
    "block": "in a block of definitions",
    "value": "in a value",
    "test": "in a test",
    "host": "in a host",
}
LIMIT = 12
# What options are called in other systems, where one of ours has that name on its level.
SYNONYMS = {
    "content": "text", "contents": "text", "body": "text", "user": "owner",
    "permissions": "mode", "extraGroups": "groups", "isSystemUser": "system",
    "dns": "name-servers", "dns-servers": "name-servers", "resolvers": "name-servers",
    "unitConfig": "unit", "serviceConfig": "service", "socketConfig": "socket",
    "timerConfig": "timer", "pathConfig": "path", "mountConfig": "mount",
    "automountConfig": "automount", "sliceConfig": "slice",
}  # fmt: skip


def statement_span(source: Source, node: Node) -> Span:
    """What to point at for a whole statement: its first line's beginning."""
    if node[0] in ("def", "block"):
        return source, node[1], node[3]
    end = source.text.find("\n", node[1])
    end = node[2] if end < 0 else min(end, node[2])
    return source, node[1], end


def misplaced(sink: Sink, source: Source, node: Node, place: str) -> None:
    """A statement stands where it means nothing."""
    word = WORDS.get(node[0], f"`{node[0]}`")
    if not word.startswith(("a ", "`")):
        word = f"`{word}`"
    sink.report(
        Diagnostic(
            "misplaced-statement",
            f"{word} cannot stand {PLACE_WORDS[place]}",
            (Label(statement_span(source, node), "not here", primary=True),),
            help=_where("host in a test" if (node[0], place) == ("host", "test") else node[0]),
            facts={"statement": node[0], "place": place},
        )
    )


def _where(tag: str) -> tuple[Help, ...]:
    hints = {
        "extend": "`extend` stands inside a `service`; a host defines the option directly",
        "option": "options are declared at the top of a file, in a service or in a record",
        "import": "imports stand at the top of a file",
        "assert": "`assert` stands at the top of a file, in a service, a record or a test",
        "warn": "`warn` stands at the top of a file, in a service or in a record",
        "expect": "`expect error` stands in a `test`",
        "host in a test": (
            "what a test says holds for every host: put `when` around what is for some, "
            "read one as `hosts.NAME`"
        ),
    }
    return (Help(hints[tag]),) if tag in hints else ()


def any_at_top(sink: Sink, source: Source, node: Node) -> None:
    """`option *` at the top of a file would take every mistyped path."""
    sink.report(
        Diagnostic(
            "misplaced-statement",
            "`option *` cannot stand at the top of a file",
            (Label(statement_span(source, node), "not here", primary=True),),
            notes=("every mistyped path would be one of its keys",),
            help=(Help("put it into a service or a record"),),
        )
    )


def structure_under(sink: Sink, source: Source, node: Node, under: str) -> None:
    """A declaration below `when` or `for`."""
    word = WORDS.get(node[0], node[0])
    sink.report(
        Diagnostic(
            "structure-depends-on-value",
            f"`{word}` cannot stand inside `{under}`",
            (Label(statement_span(source, node), "not here", primary=True),),
            notes=("what exists is fixed before values are computed",),
            help=(Help(f"move it out and put `{under}` around the definitions instead"),),
        )
    )


def no_order(sink: Sink, source: Source, node: Node, path: tuple[Any, ...], place: Typed) -> None:
    """`first`, `last` or `order` before a value that is not put together."""
    sink.report(
        Diagnostic(
            "misplaced-statement",
            f"`{path_text(path)}` is not put together in an order",
            (
                Label((source, node[1], node[3]), "placed here", primary=True),
                Label(_declared(place.option), f"declared `{place.option.written_type()}` here"),
            ),
            notes=("`first`, `last` and `order` place contributions to lists and text",),
            help=(_without_place(source, node),),
            path=path_text(path),
        )
    )


def _without_place(source: Source, node: Node) -> Help:
    """Leave `first`, `last` or `order N` out."""
    said = "leave the word out; `force` and `default` decide which value wins"
    words = "order" if node[6] not in (500, 1500) else "first" if node[6] == 500 else "last"
    head = source.text[node[1] : node[3]].split()
    start = source.text.find(words, node[1], node[3])
    if words not in head[:3] or start < 0:
        return Help(said)
    end = start + len(words)
    text = source.text
    while text[end].isspace() or (words == "order" and text[end].isdigit()):
        end += 1
    return Help(said, (Edit((source, start, end), ""),), certain=True)


def no_neighbors(sink: Sink, source: Source, node: Node, path: tuple[Any, ...]) -> None:
    """`after` or `before` where entries have no order of their own."""
    sink.report(
        Diagnostic(
            "misplaced-statement",
            f"`{path_text(path)}` is no entry that could be placed",
            (Label(statement_span(source, node), "placed here", primary=True),),
            notes=("`after` and `before` place the entries of an `ordered(…)` option",),
            help=(Help("leave them out; a map is sorted by key"),),
            path=path_text(path),
        )
    )


def strength_in_value(sink: Sink, source: Source, node: Node) -> None:
    """Strength words rank definitions of options; the fields of a value are not ranked."""
    sink.report(
        Diagnostic(
            "misplaced-statement",
            "strength and order words have no meaning in a value",
            (Label(statement_span(source, node), "part of a value", primary=True),),
            help=(Help("put the word before the definition of the option"),),
        )
    )


def part_span(source: Source, node: Node, path: tuple[Any, ...], index: int) -> Span:
    """Where a path's component stands, found from the written path."""
    end = node[3] if node[0] in ("def", "block") else node[2]
    text = source.text
    at = node[1]
    for part in path[: index + 1]:
        wanted = part if isinstance(part, str) else None
        if wanted is not None:
            found = text.find(wanted, at, end)
            if found < 0:
                return source, node[1], end
            at = found + len(wanted)
    part = path[index]
    if not isinstance(part, str):
        return source, part[1], part[2]
    return source, at - len(part), at


# From here on nobody reads what each of them may have meant.
MANY = 500


def has_near(name: str, shape: Shape) -> bool:
    """Whether an unknown name is likely a misspelt one of this level."""
    return bool(nearest(name, sorted(shape.members)))


def _meant(span: Span, near: list[str]) -> list[Help]:
    """The nearest name instead of what is written; certain if there is only one.

    Data may be written by programs: nothing is changed there unasked.
    """
    certain = len(near) == 1 and not span[0].is_data()
    return [
        Help(f"did you mean `{other}`?", _renamed(span, other), certain=certain)
        for other in near[:1]
    ]


def unknown_option(
    sink: Sink, source: Source, node: Node, path: tuple[Any, ...], index: int, shape: Shape,
    root: Shape, prefix: tuple[Any, ...], around: Any, let: tuple[Source, Node] | None = None,
) -> None:  # fmt: skip
    """A path component names no option of its level; `around` has all modules and what is
    declared, `let` is what binds the name where it stands."""
    span = part_span(source, node, path, index)
    name = path[index]
    if let is not None and not (shape is root and declaring_file(path)):
        _defines_let(sink, span, name, let)
        return
    group = _group_name(shape, (*prefix, *path[:index]))
    known = sorted(shape.members)
    is_read = len(sink.diagnostics) < MANY
    near = nearest(name, known) if is_read else []
    help = _meant(span, near)
    if not near and SYNONYMS.get(name) in shape.members:
        near = [SYNONYMS[name]]
        help = [Help(each.text, each.edits) for each in _meant(span, near)]
    is_lost = shape is root and around.lost is not None
    if near and (is_lost or not (len(path) > index + 1 or may_fit(node, shape.members[near[0]]))):
        help = [Help(help[0].text, help[0].edits)]
    labels = [Label(span, "no option of this name", primary=True)]
    if near and node[0] == "def" and _is_switched(node, path, index, shape.members[near[0]]):
        help = [Help(f"did you mean `{near[0]}.enable`?", (Edit(span, f"{near[0]}.enable"),))]
    if shape is root and is_read:
        missing = disabled(around.declared, path)
        if missing is not None:
            labels.append(missing[0])
            near, help = [], [missing[1]]
    if not help and is_read:
        from evaluator.definitions.meant import meant_by

        help = meant_by(source, node, path, index, shape, root, prefix, around.modules)
    notes: tuple[str, ...] = ()
    if known:
        notes = (f"options of {group}: {_listed(known)}",)
    else:
        notes = (f"no options are declared in {group}",)
    if near:
        member = shape.members[near[0]]
        if isinstance(member, Option):
            site = (member.module.source, member.node[5], member.node[6])
            labels.append(Label(site, f"`{near[0]}` is declared here"))
    sink.report(
        Diagnostic(
            "unknown-option",
            f"there is no option `{name}` in {group}",
            tuple(labels),
            notes=notes,
            help=tuple(help),
            path=path_text((*prefix, *path)),
            facts={"name": name, "near": near},
        )
    )


def _defines_let(sink: Sink, span: Span, name: str, let: tuple[Source, Node]) -> None:
    """A definition names what a `let` binds, which nothing can change."""
    source, node = let
    bound = source, node[4], node[4] + len(name)
    line = source.position(node[4])[0]
    sink.report(
        Diagnostic(
            "unknown-option",
            f"`{name}` is the `let` of line {line}, and no option",
            (Label(span, "defined here", primary=True), Label(bound, "bound here")),
            notes=("a `let` is bound once and for all; definitions are for options",),
            help=(Help(f"write its value there, or declare `option {name}: …`"),),
            facts={"name": name, "near": []},
        )
    )


def _is_switched(node: Node, path: tuple[Any, ...], index: int, member: Option | Shape) -> bool:
    """Whether a service is given a truth as if it were its own switch."""
    is_service = isinstance(member, Shape) and member.service is not None
    return is_service and index == len(path) - 1 and node[9][0] == "bool"


def unknown_read(
    sink: Sink, source: Source, node: Node, base: str, path: tuple[Any, ...], index: int,
    shape: Shape, root: Shape, around: Any,
) -> None:  # fmt: skip
    """An expression reads an option that is not declared; `around` as above."""
    name = path[index]
    span = (source, node[2] - len(name), node[2])
    if source.text[span[1] : span[2]] != name:
        span = (source, node[1], node[2])
    group = _group_name(shape, path[:index])
    near = nearest(name, sorted(shape.members))
    help = _meant(span, near)
    labels = [Label(span, "read here", primary=True)]
    missing = disabled(around.declared, path) if shape is root else None
    if missing is not None:
        labels.append(missing[0])
        near, help = [], [missing[1]]
    elif not near:
        from evaluator.definitions.meant import same_ending

        tails = same_ending(root, path[index:])
        help = [Help(f"did you mean `config.{other}`?") for other in tails]
        if shape is root:
            found = declaring_file(path) is None and misspelt_service(source, span, path)
            help.insert(0, found or import_help(source, path))
    elif shape is root and around.lost is not None:
        help = [Help(each.text, each.edits) for each in help]
    known = sorted(shape.members)
    sink.report(
        Diagnostic(
            "unknown-option",
            f"there is no option `{name}` in {group}",
            tuple(labels),
            notes=(f"options of {group}: {_listed(known)}",) if known else (),
            help=tuple(help),
            path=path_text(tuple(part for part in path if part is not None)),
            facts={"name": name, "near": near},
        )
    )


def _renamed(span: Span, name: str) -> tuple[Edit, ...]:
    """The edit that writes another name; data has quotes of its own around it."""
    written = _quoted(name)
    if span[0].is_data() and written != name:
        return ()
    return (Edit(span, written),)


def _quoted(name: str) -> str:
    return path_text((name,))


def _listed(names: list[str]) -> str:
    shown = ", ".join(path_text((name,)) for name in names[:LIMIT])
    return shown + (f" and {len(names) - LIMIT} more" if len(names) > LIMIT else "")


def _group_name(shape: Shape, path: tuple[Any, ...]) -> str:
    if shape.service is not None:
        return f"service `{path_text(shape.service.path)}`"
    if shape.record is not None:
        kind = "choice" if shape.record.node[0] == "choice" else "record"
        return f"{kind} `{shape.record.name}`"
    return f"`{path_text(path)}`" if path else "this configuration"


def computed_name(sink: Sink, source: Source, node: Node, part: Any, shape: Shape) -> None:
    """A name with a hole, or `*`, where options have fixed names."""
    sink.report(
        Diagnostic(
            "structure-depends-on-value",
            "the name of an option cannot be computed",
            (Label((source, part[1], part[2]), "only keys of a map can", primary=True),),
            notes=("which options are defined is fixed before values are computed",),
            help=(Help("write the option's name, and put the condition on the definition"),),
        )
    )


def below_value(
    sink: Sink, source: Source, node: Node, path: tuple[Any, ...], index: int, place: Typed,
    prefix: tuple[Any, ...],
) -> None:  # fmt: skip
    """A path goes on below an option that has nothing below it."""
    option = place.option
    where = path_text((*prefix, *path[:index]))
    sink.report(
        Diagnostic(
            "type-mismatch",
            f"`{where}` holds {place.type.describe()}, there is nothing below it",
            (
                Label(part_span(source, node, path, index), "one name too many", primary=True),
                Label(_declared(option), f"declared `{option.written_type()}` here"),
            ),
            path=path_text((*prefix, *path)),
            facts={"expected": option.type.source(), "found": "a block"},
        )
    )


def block_for_value(
    sink: Sink, source: Source, node: Node, path: tuple[Any, ...], place: Typed
) -> None:
    """`p { … }` for an option that takes a single value."""
    option = place.option
    sink.report(
        Diagnostic(
            "type-mismatch",
            f"`{path_text(path)}` expects {option.type.describe()}, not a block",
            (
                Label((source, node[1], node[3]), "a block", primary=True),
                Label(_declared(option), f"declared `{option.written_type()}` here"),
            ),
            help=(Help("write one value here" if source.is_data() else "write it with `=`"),),
            path=path_text(path),
            facts={"expected": option.type.source(), "found": "a block"},
        )
    )


def not_a_block(
    sink: Sink, source: Source, node: Node, path: tuple[Any, ...], known: list[str]
) -> None:
    """A single value for a group of options."""
    value = node[9]
    name = path_text(path)
    sink.report(
        Diagnostic(
            "not-a-block",
            f"`{name}` is a group of options, not a single value",
            (Label((source, value[1], value[2]), "a single value", primary=True),),
            notes=(f"options of `{name}`: {_listed(known)}",) if known else (),
            help=(_block_help(source, name, node, known),),
            path=name,
        )
    )


def _block_help(source: Source, name: str, node: Node, known: list[str]) -> Help:
    if source.is_data():
        return Help("write keys and values here, one for each option you mean")
    if node[9][0] == "bool" and "enable" in known:
        edit = Edit((source, node[3], node[3]), ".enable")
        return Help(f"switch it by `{name}.enable`", (edit,))
    return Help(f"define what you mean below it: `{name} {{ … }}`")


def bad_default(
    sink: Sink, option: Option, node: Node, path: tuple[str, ...], reason: str,
    remedy: tuple[Help, ...],
) -> None:  # fmt: skip
    """A literal default does not fit the type it is declared with."""
    sink.report(
        Diagnostic(
            "type-mismatch",
            f"`{path_text(path)}`: {reason}",
            (
                Label((option.module.source, node[1], node[2]), "declared default", primary=True),
                Label(_declared(option), f"declared `{option.written_type()}` here"),
            ),
            notes=("nobody has needed this default yet",),
            help=remedy,
            path=path_text(path),
        )
    )


def _declared(option: Option) -> Span:
    return option.module.source, option.node[5], option.node[6]


def cannot_remove(sink: Sink, source: Source, node: Node, path: tuple[Any, ...]) -> None:
    """`remove` of something that is no entry of a map or set."""
    name = path_text(path)
    sink.report(
        Diagnostic(
            "type-mismatch",
            f"`{name}` cannot be removed",
            (Label((source, node[1], node[2]), "no key of a map or set", primary=True),),
            notes=("only entries of maps, sets and lists can be removed",),
            help=(Help(f"to replace the value, write `force {name} = …`"),),
            path=name,
        )
    )


def no_elements(sink: Sink, source: Source, node: Node, path: tuple[Any, ...]) -> None:
    """`remove … where` of something that has no elements."""
    name = path_text(path)
    sink.report(
        Diagnostic(
            "type-mismatch",
            f"`{name}` has no elements to choose from",
            (Label((source, node[1], node[2]), "no list or set", primary=True),),
            notes=("`remove … where` takes elements out of lists and sets",),
            help=(Help("name the entry instead: `remove p.key`"),),
            path=name,
        )
    )


def unknown_target(
    sink: Sink, source: Source, node: Node, declared: Declarations, service: Service | None
) -> None:
    """`extend` names no service."""
    name = path_text(node[3])
    known = [path_text(path) for path in (*declared.services, *declared.families)]
    near = nearest(name, known)
    labels = [Label((source, node[1], node[4]), "no such service", primary=True)]
    if service is not None:
        site = (service.module.source, service.node[1], service.node[4])
        labels.append(Label(site, "this service extends it"))
    help = [*meant(source, node[4], name, near)]
    for place, gone in declared.disables:
        if declares(gone[3], node[3]):
            labels.append(Label((place, gone[4], gone[5]), "disabled here"))
            help = [Help("remove this `disable`, or disable what extends it as well")]
    sink.report(
        Diagnostic(
            "unknown-target",
            f"there is no service `{name}` to extend",
            tuple(labels),
            help=tuple(help) or (import_help(source, node[3]),),
            path=name,
            facts={"target": name},
        )
    )


def not_accepted(
    sink: Sink, source: Source, node: Node, index: int, option: Option, path: tuple[Any, ...]
) -> None:
    """A service extends an option its target keeps to itself."""
    sink.report(
        Diagnostic(
            "not-accepted",
            f"`{option.name}` takes no contributions from other services",
            (
                Label(part_span(source, node, node[4], index), "extended here", primary=True),
                Label(_declared(option), "declared with `option`, not `accepts`"),
            ),
            help=(Help("extend something the target `accepts`, or leave it to the host"),),
            path=path_text(path),
        )
    )


def read_only(
    sink: Sink, source: Source, node: Node, option: Option, path: tuple[Any, ...]
) -> None:
    """A computed option is defined by another file."""
    sink.report(
        Diagnostic(
            "read-only-option",
            f"`{option.name}` is computed by the file that declares it",
            (
                Label((source, node[1], node[3]), "defined here", primary=True),
                Label(_declared(option), "declared `computed` here"),
            ),
            help=(Help("remove this definition and set what it is computed from"),),
            path=path_text(path),
        )
    )
