"""Wording of what can be wrong with options and their values. Every function reports and
raises `Stop`, unless its docstring says that evaluation goes on."""

from __future__ import annotations

from itertools import zip_longest

from evaluator.definitions.definition import strength_name
from evaluator.definitions.spread import FORCED, PLAIN, SUNK
from evaluator.diagnostics.model import Diagnostic, Edit, Help, Label, Stop
from evaluator.diagnostics.suggest import nearest
from evaluator.evaluation.words import place_text, shown, trace, where
from evaluator.options.shapes import Option, list_name, path_text
from evaluator.types.containers import BrokenType
from evaluator.types.from_data import advised, to_convert, too_large
from evaluator.types.secrets import SECRETS
from evaluator.types.values import kind_words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, NoReturn

    from evaluator.definitions.definition import Definition
    from evaluator.evaluation.env import Env
    from evaluator.evaluation.maps import MapScope
    from evaluator.evaluation.slots import Slots
    from evaluator.evaluation.world import World
    from evaluator.source import Span
    from evaluator.types.scalars import Type

    Node = tuple[Any, ...]

# Expressions whose text is not written where they stand, so that no quotes can be taken away.
COMPUTING = ("name", "attr", "index", "call", "if", "chain", "binary")


def unknown_slot(scope: Slots, name: str, env: Env | None, node: Node | None) -> NoReturn:
    """A record or map has nothing of this name."""
    labels: tuple[Label, ...] = ()
    if env is not None and node is not None:
        labels = (Label(where(env, node), "read here", primary=True),)
        if _is_known(scope.world, labels[0].span):
            raise Stop
    if scope.world.lost is not None if scope is scope.world.root else scope.world.lacks_values:
        raise Stop
    known = [each for each in scope.names() if each]
    near = nearest(name, known)
    what = f"`{path_text(scope.path())}`" if scope.path() else "this configuration"
    shown_names = ", ".join(path_text((each,)) for each in known[:12])
    scope.world.sink.report(
        Diagnostic(
            "unknown-field",
            f"there is no `{name}` in {what}",
            labels,
            notes=(f"there are {shown_names}",) if known else ("it is empty",),
            help=_field_meant(env, node, name, near),
            trace=trace(scope.world),
            path=path_text((*scope.path(), name)),
        )
    )
    raise Stop


def _field_meant(
    env: Env | None, node: Node | None, name: str, near: list[str]
) -> tuple[Help, ...]:
    """The nearest name where one is read, as an edit if it is written there."""
    from evaluator.diagnostics.renaming import meant

    if env is None or node is None or not near or node[0] != "attr":
        return tuple([Help(f"did you mean `{other}`?") for other in near[:1]])
    return meant(env.source, node[2], name, near, as_written=path_text((near[0],)))


def _is_known(world: World, span: Span) -> bool:
    """Whether the check before evaluation has spoken about this read already."""
    for each in world.sink.diagnostics:
        label = each.primary()
        if each.code == "unknown-option" and label is not None:
            source, start, end = label.span
            if source is span[0] and span[1] <= start and end <= span[2]:
                return True
    return False


def site(definition: Definition, text: str, *, primary: bool = False) -> Label:
    """Where a definition stands, with the name that it was written by."""
    note = definition.note()
    if note is not None:
        text = f"{text}, {note.text}"
    return Label(definition.span(), text, primary=primary)


def _option(scope: Any, name: str) -> Option | None:
    """The option a slot belongs to; entries and elements belong to their container's."""
    while scope is not None and not hasattr(scope, "shape"):
        scope, name = scope.parent, scope.name
    member = scope.shape.members.get(list_name(name)) if scope is not None else None
    return member if isinstance(member, Option) else None


def declared_at(scope: Any, name: str) -> list[Label]:
    """Where the option is declared; the `enable` of every service is written nowhere."""
    option = _option(scope, name)
    if option is None or option.node[2] == option.node[6]:
        return []
    span = (option.module.source, option.node[5], option.node[6])
    return [Label(span, f"declared `{option.written_type()}` here")]


def _others(definition: Definition) -> list[Label]:
    """Sites of others that have a part in a definition that was put together."""
    note = definition.note()
    return [Label(span, "and here") for span in note.sites] if note is not None else []


def wrong_type(
    owner: Any, name: str, type_: Type, wrong: list[tuple[Any, Any, Any]],
    envs: Sequence[Env | None] = (),
) -> NoReturn:  # fmt: skip
    """Values that do not fit their option's type, all of them; `envs`: where they were computed."""
    from evaluator.evaluation.losses import is_lost
    from evaluator.evaluation.remedies import family_of, instance_wanted, kind_help, literal_help
    from evaluator.evaluation.tables import in_table

    path = place_text(owner, name)
    for (definition, value, given), env in zip_longest(wrong, envs):
        if type(value) is object and _is_told(owner.world, definition):
            continue
        if value is None and env is not None and is_lost(definition, env):
            continue
        text = "a block" if type(value) is object else shown(value)
        if isinstance(value, str) and "secret" in type_.kinds:
            text = "a string"  # which may well be the secret itself
        reason = given or f"expected {type_.describe()}, found {kind_words(value)}"
        if definition.source.is_data():
            reason = advised(reason, type_, value)
        elif definition.is_whole() and definition.statement[9][0] in COMPUTING:
            reason = to_convert(reason, type_)
        elif definition.source.form == "argument":
            reason = too_large(reason, type_, value)
        # A default that does not fit is the doing of whoever made the entry it belongs to.
        made = owner.entry_definitions() if definition.rank() >= SUNK else []
        labels = [
            Label(each.path_span(), "made here", primary=at == 0) for at, each in enumerate(made)
        ]
        labels.append(site(definition, f"{text} here", primary=not made))
        labels.extend(_others(definition))
        labels.extend(in_table(definition, env))
        notes: tuple[str, ...] = ()
        if hasattr(definition, "written"):
            from evaluator.evaluation.type_errors import story

            more, notes = story(definition)
            labels.extend(more)
        labels.extend(declared_at(owner, name))
        help = literal_help(definition, type_, value, reason)
        if type(value) in SECRETS and "secret" not in type_.kinds:
            notes = (*notes, "what stands here stands in the plan and in the script, unprotected")
        family = family_of(type_, owner)
        if family is not None and type(value) is not object:
            reason, said, label = instance_wanted(family, name, value)
            labels.append(label)
            help = (said,)
        elif not help and not made:
            help = tuple(kind_help(owner, name, definition, type_, value, reason))
        owner.world.sink.report(
            Diagnostic(
                "type-mismatch",
                f"`{path}`: {reason}",
                tuple(labels),
                help=help,
                notes=notes,
                path=path,
                trace=trace(owner.world)[1:],
                facts={"expected": type_.source(), "reason": reason, "value": text},
            )
        )
    raise Stop


def _is_told(world: World, definition: Definition) -> bool:
    """Whether the check before evaluation has refused this block already."""
    start, end = definition.statement[1], definition.statement[2]
    for each in world.sink.diagnostics:
        label = each.primary()
        if each.code == "type-mismatch" and label is not None:
            source, at, _end = label.span
            if source is definition.source and start <= at < end:
                return True
    return False


def conflict(
    owner: Any, name: str, type_: Type, kept: Any, values: list[Any], live: Any
) -> NoReturn:
    """Definitions of equal strength that differ; losers are shown too.

    The user's own lines come first: the library's are not theirs to change.
    """
    from evaluator.evaluation.behind import where_written

    path = place_text(owner, name)
    shipped = {id(module.source) for module in owner.world.modules if module.shipped}
    order = sorted(range(len(kept)), key=lambda at: id(kept[at][0].source) in shipped)
    kept, values = [kept[at] for at in order], [values[at] for at in order]
    rank = kept[0][0].rank()
    labels: list[Label] = []
    distinct: dict[str, None] = {}
    sources = where_written(owner.world, kept)
    for (definition, _env), value, read in zip(kept, values, sources, strict=True):
        text = shown(value)
        distinct[text] = None
        if read:
            labels.append(Label(read[0], f"{text} from here", primary=not labels))
            labels.extend([Label(span, "and here") for span in read[1:2]])
            if all([each.span != definition.span() for each in labels]):
                labels.append(site(definition, "given here"))
            continue
        labels.append(site(definition, f"{text} here", primary=not labels))
        labels.extend(_others(definition))
    losers = [definition for definition, _env in live if definition.rank() > rank]
    for definition in losers[:4]:
        labels.append(site(definition, f"{strength_name(definition.rank())}, has already lost"))
    labels.extend(declared_at(owner, name))
    count = {2: "two", 3: "three", 4: "four"}.get(len(distinct), str(len(distinct)))
    word = strength_name(rank)
    owner.world.sink.report(
        Diagnostic(
            "conflicting-definitions",
            f"`{path}` is given {count} different values",
            tuple(labels),
            notes=(f"all of them are {word}, so none wins",),
            help=(_decision(path, rank, kept, sources, shipped),),
            path=path,
            facts={"values": list(distinct), "strength": word},
        )
    )
    raise Stop


def _decision(
    path: str, rank: int, kept: Any, sources: list[list[Span]], shipped: set[int]
) -> Help:
    """What ends a conflict; the lines of the library are nobody's to edit."""
    if any([id(definition.source) not in shipped for definition, _env in kept]):
        return Help(way_out(rank, kept), _force_edit(kept) if rank == PLAIN else ())
    if not any(sources):
        return Help(f"say which one shall win: `force {path} = …`")
    lines = "one of these lines" if len([each for each in sources if each]) > 1 else "your line"
    return Help(f"change {lines}, or say which one shall win: `force {path} = …`")


def way_out(rank: int, kept: Any) -> str:
    """What makes one of several definitions of this rank win."""
    data = [each for each, _env in kept if each.source.is_data()]
    if data and rank > FORCED:
        name = data[0].source.name.rpartition("/")[2]
        return (
            f"put `default` before the import of `{name}`, or `force` before what shall win over it"
        )
    if _is_one_line(kept):
        return "all of them come through one line: make them equal, or leave all but one out"
    if rank <= FORCED:
        return "remove all but one, or give the one that shall win a smaller `priority`"
    return "put `force` before the one that shall win, or `default` before the others"


def _is_one_line(kept: Any) -> bool:
    return len(kept) > 1 and len({each.span() for each, _env in kept}) == 1


def _force_edit(kept: Any) -> tuple[Edit, ...]:
    definition: Definition = kept[0][0]
    node = definition.statement
    if _is_one_line(kept):
        return ()
    if node[0] != "def" or node[5] is not None or definition.source.is_data():
        return ()
    return (Edit((definition.source, node[1], node[1]), "force "),)


def conflicting_kinds(owner: Any, name: str, type_: Type, kept: Any, values: list[Any]) -> NoReturn:
    """Definitions of equal strength that are not even of one kind."""
    path = place_text(owner, name)
    labels: list[Label] = []
    for (definition, _env), value in zip(kept, values, strict=True):
        text = "a block" if type(value) is object else shown(value)
        labels.append(site(definition, f"{text} here", primary=not labels))
    labels.extend(declared_at(owner, name))
    owner.world.sink.report(
        Diagnostic(
            "conflicting-kinds",
            f"`{path}` is given values of different kinds",
            tuple(labels),
            notes=(f"the type is `{type_.source()}`; one kind must win",),
            help=(Help(way_out(kept[0][0].rank(), kept)),),
            path=path,
        )
    )
    raise Stop


def is_meant_elsewhere(owner: Any, name: str) -> bool:
    """Whether an unknown option beside this one was told to be a slip for it."""
    return any(
        [
            f"{each.path}.".startswith(path_text((*owner.path(), each.facts["name"])) + ".")
            for each in owner.world.sink.diagnostics
            if each.code == "unknown-option" and name in each.facts.get("near", ())
        ]
    )


def _is_own_default(option: Option | None, definition: Definition) -> bool:
    """Whether a definition is a default for some cases, by who declares the option."""
    is_default = (
        definition.statement[0] != "remove" and strength_name(definition.rank()) == "default"
    )
    return option is not None and is_default and definition.source is option.module.source


def missing_value(owner: Any, name: str, definitions: list[Definition]) -> NoReturn:
    """An option without default that nobody defines is read or required."""
    option = _option(owner, name)
    if option is not None and isinstance(option.type, BrokenType):
        raise Stop
    path = place_text(owner, name)
    world = owner.world
    given = [each for each in definitions if not _is_own_default(option, each)]
    if world.lacks_values and not given:
        raise Stop  # The lost file may have defined it.
    if not given and is_meant_elsewhere(owner, name):
        raise Stop  # What is misspelt would be its value.
    made = owner.entry_definitions() if not given else []
    labels = [Label(each.path_span(), "made here", primary=at == 0) for at, each in enumerate(made)]
    labels.extend(
        Label(label.span, "declared here, without default", primary=not made)
        for label in declared_at(owner, name)
    )
    reader = next(
        ((env, node) for scope, slot, env, node in reversed(world.stack)
         if scope is owner and slot == name and node is not None), None,
    )  # fmt: skip
    dead = [each for each in definitions if each.statement[0] != "remove"]
    labels.extend(site(each, "defined here, but its condition is false") for each in dead[:4])
    notes = []
    unmet = [each for each in dead if each in given]
    if unmet:
        said = "one definition exists, but its condition is"
        if len(unmet) > 1:
            said = f"{len(unmet)} definitions exist, but their conditions are"
        notes.append(f"{said} false")
    container = path_text(owner.path()) if owner.path() else ""
    if container:
        notes.append(f"`{container}` exists, so it needs a value")
    finding = Diagnostic(
        "missing-value",
        f"`{path}` has no value",
        tuple(labels),
        notes=tuple(notes),
        help=(Help(f"define it: `{path} = …`"),),
        path=path,
        trace=trace(world)[1:],
    )
    world.missing.setdefault((id(owner), name), finding)
    if reader is not None and reader[0] is not None:
        own = world.stack.pop()  # who reads stands below what is read
        from evaluator.evaluation.missing import read_by

        read_by(world, finding, reader[0], reader[1])
        world.stack.append(own)
    world.sink.report(finding)
    raise Stop


def unknown_neighbor(
    scope: MapScope, key: str, other: str, definition: Definition, known: list[str]
) -> None:
    """`after` or `before` names no entry; evaluation goes on."""
    if scope.world.lacks_values:
        return  # The lost file may have made it.
    near = nearest(other, [each for each in known if each != key])
    scope.world.sink.report(
        Diagnostic(
            "unknown-field",
            f"`{path_text(scope.path())}` has no entry `{other}` to be placed next to",
            (Label(definition.path_span(), f"`{key}` is placed here", primary=True),),
            help=tuple(Help(f"did you mean `{each}`?") for each in near[:1]),
            path=path_text((*scope.path(), key)),
        )
    )


def order_cycle(
    scope: MapScope, members: list[str], earlier: dict[str, dict[str, Definition]]
) -> NoReturn:
    """Entries that all want to come after each other."""
    labels: list[Label] = []
    for at, key in enumerate(members):
        following = members[(at + 1) % len(members)]
        definition = earlier[key].get(following)
        if definition is not None:
            labels.append(
                Label(
                    definition.path_span(),
                    f"`{following}` comes before `{key}`",
                    primary=not labels,
                )
            )
    chain = " → ".join([*members, members[0]])
    scope.world.sink.report(
        Diagnostic(
            "order-cycle",
            f"the order of `{path_text(scope.path())}` contradicts itself: {chain}",
            tuple(labels),
            help=(Help("remove one of these `after` or `before`"),),
            path=path_text(scope.path()),
            facts={"cycle": members},
        )
    )
    raise Stop


def not_a_block_value(world: World, definition: Definition, value: Any) -> None:
    """An expression for a group or record yields a single value; evaluation goes on without it."""
    scope = world.stack[-1][0]  # what is being opened
    path = path_text(scope.path())
    if world.sink.speaks_at(definition.span()):
        return
    known = ", ".join([path_text((each,)) for each in list(scope.shape.members)[:12]])
    world.sink.report(
        Diagnostic(
            "not-a-block",
            f"`{path}` is a block of options, not {kind_words(value)}",
            (site(definition, f"this is {shown(value)}", primary=True),),
            notes=(f"options of `{path}`: {known}",) if known else (),
            help=(Help(f"define what you mean below it: `{path} {{ … }}`"),),
            path=path,
            trace=trace(world),
        )
    )


def unknown_key_of_value(owner: Any, name: str, definition: Definition, known: list[str]) -> None:
    """A value given to a record has a field the record does not know; evaluation goes on."""
    near = nearest(name, known)
    path = path_text((*owner.path(), name))
    owner.world.sink.report(
        Diagnostic(
            "unknown-option",
            f"there is no option `{name}` in `{path_text(owner.path())}`",
            (site(definition, f"this value has a field `{name}`", primary=True),),
            notes=("options there: " + ", ".join(known[:12]),) if known else (),
            help=tuple(Help(f"did you mean `{other}`?") for other in near[:1]),
            path=path,
            facts={"name": name, "near": near},
        )
    )


def unknown_option_at(world: World, definition: Definition, scope: Any) -> None:
    """As the static check words it, unless it did already; evaluation goes on."""
    from evaluator.definitions import errors as static

    part = definition.path()[definition.index - 1]
    if not isinstance(part, str):
        if not world.sink.speaks_at((definition.source, part[1], part[2])):
            static.computed_name(
                world.sink, definition.source, definition.statement, part, scope.shape
            )
        return
    span = static.part_span(
        definition.source, definition.statement, definition.path(), definition.index - 1
    )
    if world.sink.speaks_at(span):
        return
    static.unknown_option(
        world.sink, definition.source, definition.statement, definition.path(),
        definition.index - 1, scope.shape, world.root.shape,
        scope.path()[: len(scope.path()) - definition.index + 1], world,
    )  # fmt: skip


def refused_by(
    owner: Any, name: str, type_: Any, value: Any, predicate: Node, message: Node | None, env: Env,
    sites: list[Definition],
) -> None:  # fmt: skip
    """A condition of a named type does not hold; evaluation goes on to the next condition."""
    path = place_text(owner, name)
    condition = env.source.text[predicate[1] : predicate[2]]
    text = f"`{condition}` does not hold"
    if message is not None:
        from evaluator.evaluation.expressions import evaluate, text_of

        text = text_of(evaluate(message, env), message, env)
    labels = [
        site(each, f"{shown(value)} here", primary=at == 0) for at, each in enumerate(sites[:4])
    ]
    labels.append(Label((env.source, predicate[1], predicate[2]), f"`{type_.name}` demands this"))
    notes: tuple[str, ...] = ()
    if message is None:
        from evaluator.evaluation.checks import operands

        read = operands(predicate, env)
        notes = tuple(
            [f"`{env.source.text[part[1] : part[2]]}` is {found}" for part, found in read]
        )
    owner.world.sink.report(
        Diagnostic(
            "type-mismatch",
            f"`{path}`: {text}",
            tuple(labels),
            notes=notes,
            path=path,
            trace=trace(owner.world)[1:],
            facts={"expected": type_.name, "value": shown(value)},
        )
    )


def assertion_failed(
    env: Env,
    statement: Node,
    message: str | None,
    values: list[tuple[Node, str]],
    sites: list[tuple[Span, str]],
    path: str,
    lead: str,
    severity: str,
) -> None:
    """An `assert` does not hold; evaluation goes on to the next."""
    condition = statement[3]
    text = " ".join(env.source.text[condition[1] : condition[2]].split())
    notes = [
        f"`{' '.join(env.source.text[node[1] : node[2]].split())}` is {value}"
        for node, value in values
    ]
    if path and not lead:
        notes.append(f"checked for `{path}`")
    env.world.sink.report(
        Diagnostic(
            "assertion-failed",
            lead + (message if message is not None else f"`{text}` does not hold"),
            _with_sites(where(env, condition), "does not hold", sites),
            notes=tuple(notes),
            path=path or None,
            severity=severity,
            facts={"condition": text, **_about(env, statement, condition)},
        )
    )


def warned(
    env: Env, statement: Node, message: str, sites: list[tuple[Span, str]], path: str, severity: str
) -> None:
    """A `warn` statement speaks."""
    word = (env.source, statement[1], statement[1] + len("warn"))
    env.world.sink.report(
        Diagnostic(
            "warned",
            message,
            _with_sites(word, "warned here", sites),
            severity=severity,
            path=path or None,
            facts=_about(env, statement, statement[3]),
        )
    )


def _about(env: Env, statement: Node, expression: Node) -> dict[str, object]:
    """What programs want to know of a check: its id, and the options it mentions."""
    from evaluator.evaluation.levels import id_of
    from evaluator.evaluation.mentions import mentioned

    name = id_of(statement)
    facts: dict[str, object] = {"options": mentioned(expression, env)}
    return {"id": name, **facts} if name is not None else facts


def _with_sites(span: Span, text: str, sites: list[tuple[Span, str]]) -> tuple[Label, ...]:
    """The check and the lines to look at; those of another file are what to change, so the
    first of them leads."""
    ordered = list(dict.fromkeys(sites))
    leads = bool(ordered) and ordered[0][0][0] is not span[0]
    labels = [
        Label(site, said, primary=leads and at == 0) for at, (site, said) in enumerate(ordered)
    ]
    return (*labels, Label(span, text)) if leads else (Label(span, text, primary=True), *labels)
