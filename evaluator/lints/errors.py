"""The words of the lints. All are warnings; `registry` may make errors of them."""

from __future__ import annotations

from evaluator.data import form_of
from evaluator.definitions.definition import strength_name
from evaluator.definitions.spread import SCALE
from evaluator.diagnostics.model import WARNING, Diagnostic, Edit, Help, Label
from evaluator.inspect.provenance import path_of
from evaluator.lints.edits import PLACES, STRENGTHS, without_statement, without_words, word_span
from evaluator.lints.inference import bare, constant
from evaluator.options.shapes import MISSING, path_text
from evaluator.types.values import KIND_WORDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.definitions.definition import Definition
    from evaluator.diagnostics.model import Sink
    from evaluator.lints.foreign_holes import ForeignHole
    from evaluator.lints.inference import Inference, Kinds
    from evaluator.lints.slots import Slot
    from evaluator.lints.survey import Decision, Written
    from evaluator.names.lexical import Lexical
    from evaluator.names.load import Module
    from evaluator.options.shapes import Option
    from evaluator.source import Source

    Node = tuple[Any, ...]


def _warn(
    sink: Sink, code: str, message: str, labels: tuple[Label, ...], *,
    notes: tuple[str, ...] = (), help: tuple[Help, ...] = (), path: str | None = None,
    facts: dict[str, object] | None = None,
) -> None:  # fmt: skip
    sink.report(
        Diagnostic(
            code, message, labels, severity=WARNING, notes=notes, help=help, path=path, facts=facts
        )
    )


# Names


def unused_let(sink: Sink, source: Source, let: Node) -> None:
    """A `let` that no expression mentions."""
    name = let[3]
    _warn(
        sink,
        "unused-name",
        f"`{name}` is never used",
        (
            Label(
                (source, let[4], let[4] + len(name)), "bound here, and used nowhere", primary=True
            ),
        ),
        help=(Help("leave it out", (without_statement(source, let),), certain=True),),
        facts={"name": name},
    )


def unused_alias(sink: Sink, source: Source, statement: Node) -> None:
    """An import is given a name that is not used."""
    alias = statement[6]
    start = source.text.find("as", statement[5], statement[2])
    end = source.text.find(alias, start) + len(alias)
    is_data = form_of(statement[3]) is not None
    if is_data:  # without a name it would define options
        help_ = Help("leave the import out", (without_statement(source, statement),), certain=True)
    else:
        edit = Edit((source, statement[5], end), "")
        help_ = Help("import it without a name", (edit,), certain=True)
    _warn(
        sink,
        "unused-name",
        f"nothing uses the name `{alias}` of this import",
        (Label((source, start, end), "named here, and used nowhere", primary=True),),
        notes=() if is_data else ("options and definitions of an imported file need no name",),
        help=(help_,),
        facts={"name": alias},
    )


def unused_binder(sink: Sink, source: Source, loop: Node, name: str) -> None:
    """What a loop binds is not mentioned in it."""
    import re  # a check without such a finding does without

    found = re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])").search(source.text, loop[1] + 3)
    start = loop[1] if found is None else found.start()
    end = start + len(name)
    _warn(
        sink,
        "unused-name",
        f"`{name}` of this `for` is never used",
        (Label((source, start, end), "bound here, and used nowhere", primary=True),),
        help=(
            Help(f"call it `_{name}` if that is meant", (Edit((source, start, end), f"_{name}"),)),
        ),
        facts={"name": name},
    )


def foreign_hole(sink: Sink, source: Source, hole: ForeignHole) -> None:
    """`${name}` in a string, where `name` is bound."""
    written = source.text[hole.start : hole.end]
    better = f"#{written[1:]}"
    _warn(
        sink,
        "foreign-hole",
        f"`{written}` is text here, though `{hole.name}` is bound",
        (Label((source, hole.start, hole.end), "written as it stands", primary=True),),
        notes=("a hole in a string begins with `#{`",),
        help=(
            Help(
                f"write `{better}`",
                (Edit((source, hole.start, hole.start + 1), "#"),),
                certain=hole.is_certain,
            ),
        ),
        facts={"name": hole.name},
    )


def never_read(sink: Sink, option: Option, owner: str) -> None:
    """An option that nothing reads, beside others that end in something."""
    node = option.node
    _warn(
        sink,
        "never-read",
        f"`{option.name}` of `{owner}` is declared, but nothing reads it",
        (Label((option.module.source, node[5], node[6]), "read nowhere", primary=True),),
        notes=("whoever sets it will see no effect",),
        help=(Help("use it where the others are used, or leave the option out"),),
        path=f"{owner}.{option.name}",
        facts={"option": option.name},
    )


def near_key(sink: Sink, written: Written, key: str, near: str, any_: Option) -> None:
    """A free key that looks like a declared one misspelt."""
    start = written.source.text.find(key, written.node[1], written.node[3])
    span = (written.source, start, start + len(key))
    _warn(
        sink,
        "near-key",
        f"`{key}` is taken as a key of its own, but looks like `{near}`",
        (
            Label(span, "no option of this name", primary=True),
            Label((any_.module.source, any_.node[5], any_.node[6]), "any key is taken here"),
        ),
        help=(Help(f"did you mean `{near}`?", (Edit(span, path_text((near,))),)),),
        path=path_text(written.path),
        facts={"key": key, "near": near},
    )


def near_condition(
    sink: Sink, source: Source, node: Node, path: tuple[str, ...], meant: tuple[str, ...]
) -> None:
    """`when option` asks for what nobody declares, and something else is a slip away."""
    asked, near = path_text(path), path_text(meant)
    _warn(
        sink,
        "near-key",
        f"nobody declares `{asked}`, but it looks like `{near}`",
        (Label((source, node[1], node[2]), "so this never holds", primary=True),),
        help=(Help(f"did you mean `{near}`?"),),
        path=asked,
        facts={"key": asked, "near": near},
    )


def import_cycle(sink: Sink, circle: list[tuple[Module, Node]]) -> None:
    """Files that import each other in a circle."""
    names = [module.source.name for module, _statement in circle]
    shown = " → ".join([f"`{name}`" for name in [*names, names[0]]])
    labels = [
        Label((module.source, statement[4], statement[5]), "imported here", primary=at == 0)
        for at, (module, statement) in enumerate(circle)
    ]
    said = "a file imports itself" if len(circle) == 1 else "files import each other in a circle"
    _warn(
        sink,
        "import-cycle",
        f"{said}: {shown}",
        tuple(labels),
        notes=("it is legal; which of them counts as imported first hangs on where one begins",),
        help=(Help("put what both need into a file that imports neither"),),
        facts={"files": names},
    )


# Conditions


def other_kinds(
    sink: Sink, inference: Inference, node: Node, scope: Lexical, left: Kinds, right: Kinds
) -> None:
    """Both sides of a comparison are of kinds that never equal each other."""
    always = "true" if node[3] == "!=" else "false"
    help_ = _remedies(inference, node, scope)
    source = scope.source
    blamed = node[4] if constant(node[4]) is not MISSING else node[5]
    labels = [
        Label(
            (source, side[1], side[2]),
            _kinds_text(kinds, each=node[3] == "in" and side is node[5]),
            primary=side is blamed,
        )
        for side, kinds in ((node[4], left), (node[5], right))
    ]
    _warn(
        sink,
        "never-equal",
        f"`{_text(source, node)}` is always {always}: "
        f"{_kinds_text(left)} is never {_kinds_text(right)}",
        tuple(labels),
        notes=("values of different kinds are never equal; nothing is converted",),
        help=help_,
        facts={"always": node[3] == "!="},
    )


def no_value_of(
    sink: Sink, inference: Inference, node: Node, scope: Lexical, read: Node, written: Node
) -> None:
    """An option is compared with what is none of its values."""
    always = "true" if node[3] == "!=" else "false"
    source = scope.source
    type_ = inference.type(read, scope)
    words = type_.describe() if type_ is not None else ""
    value = _text(source, written)
    _warn(
        sink,
        "never-equal",
        f"`{_text(source, node)}` is always {always}: `{_text(source, read)}` is never {value}",
        (
            Label((source, written[1], written[2]), "none of its values", primary=True),
            Label((source, read[1], read[2]), words),
        ),
        help=_remedies(inference, node, scope),
        facts={"always": node[3] == "!="},
    )


def _remedies(inference: Inference, node: Node, scope: Lexical) -> tuple[Help, ...]:
    """What was probably meant by the literal of a comparison."""
    for read, written in ((node[4], node[5]), (node[5], node[4])):
        value, type_ = constant(written), inference.type(read, scope)
        if value is MISSING or type_ is None:
            continue
        remedy = bare(type_).remedy(value)
        if remedy is not None:
            edit = Edit((scope.source, written[1], written[2]), remedy)
            return (Help(f"did you mean `{remedy}`?", (edit,)),)
    return ()


def _kinds_text(kinds: Kinds, *, each: bool = False) -> str:
    words = [KIND_WORDS.get(kind, kind) for kind in sorted(kinds)]
    said = words[0] if len(words) == 1 else ", ".join(words[:-1]) + " or " + words[-1]
    return f"each is {said}" if each else said


def dead_condition(sink: Sink, decision: Decision, *, holds: bool, reason: Node | None) -> None:
    """A condition that is decided before any value is known."""
    source, node = decision.scope.source, decision.condition
    word = "true" if holds else "false"
    labels = [Label((source, node[1], node[2]), f"always {word}", primary=True)]
    told = "what it guards always holds" if holds else "what it guards never holds"
    if decision.word == "if":
        told = f"`{'else' if holds else 'then'}` is never reached"
    notes = [told]
    if reason is not None and node[1] <= reason[1] and reason[2] <= node[2]:
        notes.insert(0, f"`{_text(source, reason)}` decides it together with the other part")
    elif reason is not None:
        labels.append(Label((source, reason[1], reason[2]), "decided by this"))
    said = "the condition" if node[0] == "bool" else f"`{_text(source, node)}`"
    _warn(
        sink,
        "dead-condition",
        f"{said} is always {word}{' here' if reason is not None else ''}",
        tuple(labels),
        notes=tuple(notes),
        help=(Help("leave the condition out" if holds else "leave out what it guards"),),
        facts={"always": holds},
    )


# Strengths and order


def differing_strengths(sink: Sink, written: Written, outer: Node) -> None:
    """One strength stands inside another; the inner one counts."""
    inner, around = _strength(written.node), _strength(outer)
    _nested(
        sink, "differing-strengths", written, outer,
        f"`{path_text(written.path)}` is {inner} inside a block that is {around}",
        notes=(f"the inner one counts: it is {inner}",),
        help=(Help("take the definition out of the block, or leave one of the two out"),),
    )  # fmt: skip


def same_strength(sink: Sink, written: Written, outer: Node) -> None:
    """The strength of the block, once more."""
    word = _strength(written.node)
    _nested(
        sink, "needless-strength", written, outer,
        f"the block around `{path_text(written.path)}` is {word} already",
        help=_leave_out(written, STRENGTHS),
    )  # fmt: skip


def same_order(sink: Sink, written: Written, outer: Node) -> None:
    """The place of the block, once more."""
    _nested(
        sink, "needless-order", written, outer,
        f"the block around `{path_text(written.path)}` has this place already",
        help=_leave_out(written, PLACES),
    )  # fmt: skip


def _nested(
    sink: Sink, code: str, written: Written, outer: Node, message: str, *,
    notes: tuple[str, ...] = (), help: tuple[Help, ...] = (),
) -> None:  # fmt: skip
    source, node = written.source, written.node
    _warn(
        sink,
        code,
        message,
        (
            Label((source, node[1], node[3]), "said here", primary=True),
            Label((source, outer[1], outer[3]), "and for the whole block here"),
        ),
        notes=notes,
        help=help,
        path=path_text(written.path),
    )


def plain_strength(sink: Sink, written: Written) -> None:
    """`priority 100` is what a definition without a word has."""
    _word(
        sink, "needless-strength", written, STRENGTHS,
        f"`priority 100` changes nothing about `{path_text(written.path)}`",
        "a definition without a word is as strong",
    )  # fmt: skip


def plain_order(sink: Sink, written: Written) -> None:
    """`order 1000` is the place of a definition without a word."""
    _word(
        sink, "needless-order", written, PLACES,
        f"`order 1000` changes nothing about `{path_text(written.path)}`",
        "a definition without a word has the same place",
    )  # fmt: skip


def needless_force(sink: Sink, written: Written) -> None:
    """`force` where nothing else defines what it forces."""
    _word(
        sink, "needless-strength", written, STRENGTHS,
        f"`force` is not needed: nothing contradicts `{path_text(written.path)}`",
        "a plain definition wins over every default; `force` hides what others will say later",
    )  # fmt: skip


def needless_order(sink: Sink, written: Written) -> None:
    """`first`, `last` or `order` where nothing else contributes."""
    _word(
        sink, "needless-order", written, PLACES,
        f"nothing else contributes to `{path_text(written.path)}`, so its place means nothing",
        "a declared default is replaced, not joined",
    )  # fmt: skip


def _word(
    sink: Sink, code: str, written: Written, words: tuple[str, ...], message: str, note: str
) -> None:
    source, node = written.source, written.node
    start, end = word_span(source, node, words) or (node[1], node[3])
    _warn(
        sink,
        code,
        message,
        (Label((source, start, end), "not needed", primary=True),),
        notes=(note,),
        help=_leave_out(written, words),
        path=path_text(written.path),
    )


def _leave_out(written: Written, words: tuple[str, ...]) -> tuple[Help, ...]:
    span = word_span(written.source, written.node, words)
    if span is None:
        return ()
    text = " ".join(written.source.text[span[0] : span[1]].split())
    edit = without_words(written.source, *span)
    return (Help(f"leave `{text}` out", (edit,), certain=True),)


def _strength(node: Node) -> str:
    return strength_name(node[5] * SCALE)


def lost_default(sink: Sink, slot: Slot, lost: Definition, winners: list[Definition]) -> None:
    """A default for a whole record or map is replaced as a whole."""
    path = path_of(slot.owner, slot.name)
    node = lost.statement
    source = lost.source
    labels = [Label(lost.path_span(), "nothing of this is left", primary=True)]
    labels.extend([Label(each.path_span(), "replaces the whole of it") for each in winners[:4]])
    sign = source.text.find("=", node[3], node[9][1])
    help_ = Help(f"to give a default to each part, write it as a block: `default {path} {{ … }}`")
    if node[9][0] == "record" and sign >= 0:
        edit = Edit((source, sign, node[9][1]), "")
        help_ = Help(help_.text, (edit,))
    _warn(
        sink,
        "lost-default",
        f"the default of `{path}` is lost as a whole",
        tuple(labels),
        notes=("a strength before `=` ranks the whole value: a stronger part replaces all of it",),
        help=(help_,),
        path=path,
    )


# Lists


def repeated_element(
    sink: Sink, source: Source, node: Node, first: Node, again: Node, name: str, *, is_set: bool
) -> None:
    """A list is given the same twice."""
    text = _text(source, again)
    certain = is_set and not source.is_data()
    _warn(
        sink,
        "repeated-element",
        f"{text} stands twice in `{name}`",
        (
            Label((source, again[1], again[2]), "once more", primary=True),
            Label((source, first[1], first[2]), "here already"),
        ),
        notes=("a set has each element once",) if is_set else (),
        help=(Help("leave one out", _without_item(node, again, source), certain=certain),),
    )


def repeated_between(
    sink: Sink, slot: Slot, first: tuple[Definition, Node], again: tuple[Definition, Node]
) -> None:
    """Two definitions give a list the same."""
    path = path_of(slot.owner, slot.name)
    places = [(each.source, node[1], node[2]) for each, node in (again, first)]
    _warn(
        sink,
        "repeated-element",
        f"{_text(again[0].source, again[1])} stands twice in `{path}`",
        (
            Label(places[0], "once more", primary=True),
            Label(places[1], "here already"),
        ),
        help=(
            Help("leave one out"),
            Help("if the order means nothing, declare the option as `set(…)`"),
        ),
        path=path,
    )


def _without_item(node: Node, item: Node, source: Source) -> tuple[Edit, ...]:
    """Take an element that is not the first out of a list, with the comma before it.

    What an alias of YAML repeats stands elsewhere, and there it stays.
    """
    before = [each for each in node[3] if node[1] <= each[1] and each[2] <= item[1]]
    if not before or item[2] > node[2]:
        return ()
    return (Edit((source, before[-1][2], item[2]), ""),)


def unordered(sink: Sink, slot: Slot, left: Definition, right: Definition) -> None:
    """Two files contribute to a list, and neither says who comes first."""
    path = path_of(slot.owner, slot.name)
    _warn(
        sink,
        "unordered-list",
        f"the order of `{path}` hangs on which of two files is imported first",
        (
            Label(right.path_span(), "neither imports the other", primary=True),
            Label(left.path_span(), "and this comes before it, for now"),
        ),
        help=(
            Help("say where it belongs: `first`, `last` or `order N` before one of them"),
            Help("if the order means nothing, declare the option as `set(…)`"),
        ),
        path=path,
    )


def _text(source: Source, node: Node) -> str:
    """What is written, on one line and not too long."""
    text = " ".join(source.text[node[1] : node[2]].split())
    return text if len(text) <= 60 else text[:59] + "…"
