"""Wording of what can be wrong with choices, conversions, `once`, `maybe`, `deferred` and
`keyed`. Every function reports and raises `Stop`, unless its docstring says otherwise."""

from __future__ import annotations

from evaluator.diagnostics.model import Diagnostic, Help, Label, Stop
from evaluator.diagnostics.suggest import nearest
from evaluator.evaluation.errors import declared_at, way_out
from evaluator.evaluation.words import fail, place_text, shown, trace, where
from evaluator.options.shapes import list_name, path_text
from evaluator.types.values import display, kind_words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from evaluator.definitions.definition import Definition
    from evaluator.evaluation.env import Env
    from evaluator.evaluation.ranking import Live
    from evaluator.evaluation.world import World
    from evaluator.types.base import Type

    Node = tuple[Any, ...]

SHOWN = 6


def defined_twice(owner: Any, name: str, type_: Any, several: Live) -> NoReturn:
    """More than one definition of what takes one."""
    path = place_text(owner, name)
    labels = [
        Label(definition.span(), "defined here" if at == 0 else "and here", primary=at == 0)
        for at, (definition, _env) in enumerate(several[:SHOWN])
    ]
    labels.extend(declared_at(owner, name))
    said = f"`{path}` takes one definition and has {len(several)}"
    notes = ("even an equal one is one too many",)
    if type_.message:
        notes = (type_.message,)
    owner.world.sink.report(
        Diagnostic(
            "defined-twice",
            said,
            tuple(labels),
            notes=notes,
            help=(Help(way_out(several[0][0].rank(), several)),),
            path=path,
            facts={"definitions": len(several)},
        )
    )
    raise Stop


def absent(owner: Any, name: str, definitions: list[Definition]) -> NoReturn:
    """A `maybe` that nobody defines is read."""
    path = place_text(owner, name)
    world = owner.world
    reader = next(
        ((env, node) for scope, slot, env, node in reversed(world.stack)
         if scope is owner and slot == name and node is not None and env is not None), None,
    )  # fmt: skip
    labels = [] if reader is None else [Label(where(*reader), "read here", primary=True)]
    labels.extend(declared_at(owner, name))
    dead = [each for each in definitions if each.statement[0] != "remove"]
    labels.extend(
        Label(each.span(), "defined here, but its condition is false") for each in dead[:SHOWN]
    )
    world.sink.report(
        Diagnostic(
            "missing-value",
            f"`{path}` is absent: nobody defines it",
            tuple(labels),
            help=(Help(f'ask first: `has(…, "{name}")` says whether it is there'),),
            path=path,
            trace=trace(world)[1:],
        )
    )
    raise Stop


def deferred_read(env: Env, node: Node, path: str, name: str) -> NoReturn:
    """A field of deferred definitions is read."""
    fail(
        env, "type-mismatch", f"`{path}` is deferred: it has no `{name}` before a record takes it",
        node, "read here", help=(Help(f"give it to a record, `… = {path}`, and read that"),),
    )  # fmt: skip


def converted_without_end(owner: Any, name: str, type_: Any, definition: Any) -> NoReturn:
    """What a conversion makes is converted again, and so on."""
    path = place_text(owner, list_name(name))
    owner.world.sink.report(
        Diagnostic(
            "cycle",
            f"`{path}` is converted to `{type_.source()}` without end",
            (
                Label(definition.site, "what this makes is converted again", primary=True),
                Label(definition.span(), "written here"),
            ),
            help=(Help("let the conversion make what the type holds without being converted"),),
            path=path,
        )
    )
    raise Stop


def no_number_key(scope: Any, key: str, definition: Definition, type_: Any) -> None:
    """A key of a `keyed` option whose field is a number is none; evaluation goes on without it."""
    path = path_text((*scope.path(), key))
    scope.world.sink.report(
        Diagnostic(
            "type-mismatch",
            f"`{path}`: expected {type_.describe()} as key, found {display(key)}",
            (Label(definition.path_span(), "this key", primary=True),),
            notes=(f"`{scope.field}` tells the entries apart, and is a number",),
            help=(Help("write the digits alone: `1`, not `01`"),),
            path=path,
        )
    )


def deferred_circle(circle: list[Any]) -> NoReturn:
    """Deferred definitions lead to themselves; `circle` are those on the way."""
    names = [path_text(each.owner.path(each.name)) for each in circle]
    labels: list[Label] = []
    for each, name in zip(circle, [*names[1:], names[0]], strict=True):
        for definition in each.definitions:
            if definition.is_whole() and definition.statement[9][0] != "record":
                text = f"takes `{name}`"
                labels.append(Label(definition.span(), text, primary=not labels))
    circle[0].owner.world.sink.report(
        Diagnostic(
            "cycle",
            f"`{names[0]}` takes its own definitions: {' → '.join([*names, names[0]])}",
            tuple(labels) or tuple(declared_at(circle[0].owner, circle[0].name)),
            help=(Help("take the definitions that are meant, or write them out"),),
            path=names[0],
            facts={"cycle": names},
        )
    )
    raise Stop


def deferred_as_value(value: Any) -> NoReturn:
    """Deferred definitions stand where a value is printed."""
    path = path_text(value.owner.path(value.name))
    value.owner.world.sink.report(
        Diagnostic(
            "type-mismatch",
            f"`{path}` is deferred: only a record can take it",
            tuple(declared_at(value.owner, value.name)),
            path=path,
        )
    )
    raise Stop


def taken_by_another(value: Any, taker: Any) -> NoReturn:
    """Deferred definitions of one record are given to another."""
    path, given = path_text(taker.path()), path_text(value.owner.path(value.name))
    own, other = taker.shape.record.name, value.record.name
    labels = [
        Label(each.span(), "given here", primary=at == 0)
        for at, each in enumerate(taker.definitions[:SHOWN])
        if each.is_whole()
    ]
    labels.extend(declared_at(value.owner, value.name))
    taker.world.sink.report(
        Diagnostic(
            "type-mismatch",
            f"`{path}` is of type `{own}`, `{given}` holds definitions for `{other}`",
            tuple(labels),
            path=path,
            facts={"expected": own, "value": other},
        )
    )
    raise Stop


def nothing_chosen(scope: Any) -> NoReturn:
    """A choice without any of its options."""
    if not scope.shape.members.keys() >= scope.parts().keys():
        raise Stop  # What was meant to choose is reported already.
    path = path_text(scope.path())
    tags = list(scope.shape.members)
    listed = ", ".join([f"`{each}`" for each in tags])
    sites = [each for each in scope.definitions if each.context.envs()]
    labels = [
        Label(each.span(), "says nothing of them", primary=at == 0)
        for at, each in enumerate(sites[:SHOWN])
    ]
    labels.extend(declared_at(scope.parent, scope.name))
    scope.world.sink.report(
        Diagnostic(
            "missing-value",
            f"`{path}` is none of its choices: {listed}",
            tuple(labels),
            help=(Help(f"choose one: `{path}.{tags[0] if tags else '…'} = …`"),),
            path=path,
            facts={"choices": tags},
        )
    )
    raise Stop


def several_chosen(scope: Any, chosen: list[str], sites: list[Definition]) -> NoReturn:
    """Definitions of equal strength that choose differently."""
    path = path_text(scope.path())
    labels = [
        Label(each.span(), f"chooses `{name}`", primary=at == 0)
        for at, (name, each) in enumerate(zip(chosen, sites, strict=True))
    ]
    labels.extend(declared_at(scope.parent, scope.name))
    named = " and ".join([f"`{each}`" for each in chosen])
    help = way_out(sites[0].rank(), [(each, None) for each in sites])
    if _in_one(scope.definitions, sites):
        help = "write only one of them"
    scope.world.sink.report(
        Diagnostic(
            "conflicting-kinds",
            f"`{path}` is one of its choices, but is given {named}",
            tuple(labels),
            help=(Help(help),),
            path=path,
            facts={"choices": chosen},
        )
    )
    raise Stop


def _in_one(definitions: list[Definition], sites: list[Definition]) -> bool:
    """Whether some definition alone gives everything that stands at these sites."""
    for definition in definitions:
        source, start, end = definition.span()
        spans = [each.span() for each in sites]
        if all([each[0] is source and start <= each[1] and each[2] <= end for each in spans]):
            return True
    return False


def not_chosen(scope: Any, name: str, tag: str, env: Env | None, node: Node | None) -> NoReturn:
    """An option of a choice is read that was not chosen."""
    path = path_text(scope.path())
    labels: tuple[Label, ...] = ()
    if env is not None and node is not None:
        labels = (Label(where(env, node), "read here", primary=True),)
    made = [each for each, _env in _winning(scope, tag)][:1]
    labels = (*labels, *[Label(each.span(), f"`{tag}` chosen here") for each in made])
    scope.world.sink.report(
        Diagnostic(
            "unknown-field",
            f"`{path}` is `{tag}`, so it has no `{name}`",
            labels,
            help=(Help(f'ask first: `has({path}, "{name}")`, or look at `tag({path})`'),),
            trace=trace(scope.world),
            path=path_text((*scope.path(), name)),
        )
    )
    raise Stop


def _winning(scope: Any, name: str) -> Live:
    from evaluator.evaluation.ranking import live_definitions, strongest

    live = live_definitions(scope.definitions_of(name))
    return strongest(live) if live else []


def without_key(scope: Any, definition: Definition, item: Any) -> NoReturn:
    """An element has no value for the field that tells it from others."""
    path = path_text(scope.path())
    names = list(item.names()) if hasattr(item, "names") else list(item)
    near = nearest(scope.field, names)
    scope.world.sink.report(
        Diagnostic(
            "missing-value",
            f"an element of `{path}` has no `{scope.field}`",
            (Label(definition.span(), f"{shown(item)} here", primary=True),),
            notes=(f"elements are told apart by `{scope.field}`",),
            help=tuple(
                Help(f"did you mean `{scope.field}` instead of `{each}`?") for each in near[:1]
            ),
            path=path,
        )
    )
    raise Stop


def no_key_value(scope: Any, definition: Definition, value: Any) -> NoReturn:
    """The field that tells elements apart is no text and no number."""
    path = path_text(scope.path())
    scope.world.sink.report(
        Diagnostic(
            "type-mismatch",
            f"`{path}`: `{scope.field}` tells elements apart, {shown(value)} cannot",
            (Label(definition.span(), f"this has {kind_words(value)} there", primary=True),),
            path=path,
        )
    )
    raise Stop


def story(definition: Any) -> tuple[list[Label], tuple[str, ...]]:
    """What to add to a finding about a converted definition: where, and from what."""
    site = getattr(definition, "site", None)
    if site is None:
        return [], ()
    note = f"it was written {shown(definition.written)}"
    return [Label(site, "converted here")], (note,)


def lead_to_definition(
    world: World, before: int, definition: Definition, written: Any, type_: Any
) -> None:
    """Let findings about a conversion that failed begin where the value is written; goes on."""
    for finding in world.sink.diagnostics[before:]:
        first = finding.primary()
        if first is None or first.span[0] is not type_.module.source:
            continue
        labels = [Label(each.span, each.text) for each in finding.labels]
        lead = Label(definition.span(), f"{shown(written)} here", primary=True)
        finding.labels = (lead, *labels)
        finding.notes = (*finding.notes, f"it is converted to `{type_.name}`")


def converted_to_nothing(
    owner: Any, name: str, type_: Any, definition: Any, reason: str
) -> NoReturn:
    """A conversion yields what is not of the type."""
    path = place_text(owner, name)
    written, value = shown(definition.written), shown(definition.value)
    owner.world.sink.report(
        Diagnostic(
            "type-mismatch",
            f"`{path}`: {written} is converted to {value}; {reason}",
            (
                Label(definition.span(), f"{written} here", primary=True),
                Label(definition.site, f"makes it {value}"),
                *declared_at(owner, name),
            ),
            path=path,
            facts={"expected": type_.inner.source(), "written": written, "value": value},
        )
    )
    raise Stop


def wrong_result(
    owner: Any, name: str, type_: Type, site: Definition, value: Any, found: Any,
    definitions: list[Definition], reason: str,
) -> NoReturn:  # fmt: skip
    """What `as T by …` makes of a merged value is no T."""
    path = place_text(owner, name)
    labels = [Label(site.span(), f"makes {shown(found)} of {shown(value)}", primary=True)]
    labels.extend(Label(each.span(), "from this") for each in definitions[:SHOWN])
    owner.world.sink.report(
        Diagnostic(
            "type-mismatch",
            f"`{path}`: {reason}",
            tuple(labels),
            path=path,
            trace=trace(owner.world)[1:],
            facts={"expected": type_.source(), "written": shown(value), "value": shown(found)},
        )
    )
    raise Stop
