"""Wording of what can be wrong with old names, and of their use."""

from __future__ import annotations

from evaluator.diagnostics.model import WARNING, Diagnostic, Edit, Help, Label
from evaluator.diagnostics.suggest import nearest
from evaluator.options.shapes import Option, Shape, path_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.diagnostics.model import Sink
    from evaluator.options.shapes import Former, Rename
    from evaluator.source import Source, Span

    Path = tuple[Any, ...]
    Node = tuple[Any, ...]


def old_span(rename: Rename, index: int = 0) -> Span:
    """Where a rename writes an old name."""
    node = rename.node
    old = node[3] if node[0] == "alias" else node[3][index]
    return rename.module.source, old[1], old[2]


def target_span(rename: Rename) -> Span:
    """Where a rename writes the new name."""
    target = rename.node[4]
    return (rename.module.source, target[1], target[2]) if target else old_span(rename)


def written(rename: Rename, index: int = 0) -> str:
    """An old name as it is written."""
    node = rename.node
    return path_text((node[3] if node[0] == "alias" else node[3][index])[0])


def written_target(rename: Rename) -> str:
    """The new name as it is written."""
    return path_text(rename.node[4][0]) if rename.node[4] else ""


def _bad(
    sink: Sink, rename: Rename, message: str, label: Label, *more: Label,
    notes: tuple[str, ...] = (), help: str | None = None,
) -> None:  # fmt: skip
    sink.report(
        Diagnostic(
            "bad-declaration",
            message,
            (label, *more),
            notes=notes,
            help=(Help(help),) if help is not None else (),
            path=written(rename),
        )
    )


def uneven_stars(sink: Sink, rename: Rename) -> None:
    """A `*` on one side that has no counterpart on the other."""
    label = Label(target_span(rename), "which key does each `*` stand for?", primary=True)
    _bad(sink, rename, "old and new name need the same number of `*`", label,
         Label(old_span(rename), "the old name"))  # fmt: skip


def same_field(sink: Sink, rename: Rename) -> None:
    """Two old names whose last names are equal: `value` could not tell them apart."""
    label = Label(old_span(rename, 1), "this one too", primary=True)
    _bad(sink, rename, "old names that are merged have to end differently", label,
         Label(old_span(rename), "a field of `value`"),
         notes=("`value` has a field for the last name of each",))  # fmt: skip


def no_conversion(sink: Sink, rename: Rename) -> None:
    """Several old names and one new one, and nothing that says how."""
    label = Label(old_span(rename, 1), "a second old name", primary=True)
    _bad(sink, rename, "several old names need `by` to become one", label,
         help="say how: `… by value.a ?? value.b`, or write one `former` for each")  # fmt: skip


def still_declared(sink: Sink, rename: Rename, path: Path, member: Option | Shape) -> None:
    """An old name that is declared."""
    labels = [Label(old_span(rename), "an old name here", primary=True)]
    if isinstance(member, Option):
        site = (member.module.source, member.node[5], member.node[6])
        labels.append(Label(site, "declared here"))
    elif member.node is not None and member.module is not None:
        end = member.node[4] if member.node[0] == "service" else member.node[2]
        labels.append(Label((member.module.source, member.node[1], end), "declared here"))
    sink.report(
        Diagnostic(
            "declared-twice",
            f"`{written(rename)}` is declared, so it is no old name",
            tuple(labels),
            help=(Help("remove the declaration, or this line"),),
            path=path_text(path),
        )
    )


def former_twice(sink: Sink, rename: Rename, path: Path, other: Former) -> None:
    """One old name that stands for two, or has old names below it."""
    labels = [Label(old_span(rename), "again here", primary=True)]
    if other.rename is not None:
        labels.append(Label(old_span(other.rename), "an old name already here"))
    sink.report(
        Diagnostic(
            "declared-twice",
            f"`{written(rename)}` stands for two things",
            tuple(labels),
            help=(Help("remove one of them"),),
            path=path_text(path),
        )
    )


def below_option(sink: Sink, rename: Rename, path: Path, option: Option) -> None:
    """An old name below an option that has no names of its own below it."""
    site = (option.module.source, option.node[5], option.node[6])
    _bad(
        sink, rename, f"`{written(rename)}` cannot be an old name: it is below an option",
        Label(old_span(rename), "an old name here", primary=True),
        Label(site, f"declared `{option.written_type()}` here"),
        notes=("below an option only records have old names; `*` stands for the keys of a map",),
    )  # fmt: skip


def no_target(sink: Sink, rename: Rename) -> None:
    """The new name is not declared."""
    target = rename.target or ()
    shape: Shape | None = rename.shape
    known: list[str] = []
    name = ""
    for part in target:
        name = part if isinstance(part, str) else "*"
        known = sorted(shape.members) if shape is not None else []
        member = shape.members.get(name) if shape is not None else None
        if member is None:
            break
        shape = member if isinstance(member, Shape) else None
    near = nearest(name, known)
    _bad(
        sink, rename, f"`{written_target(rename)}` is not declared",
        Label(target_span(rename), "the new name", primary=True),
        help=f"did you mean `{near[0]}`?" if near else None,
    )  # fmt: skip


def in_a_circle(sink: Sink, rename: Rename) -> None:
    """An old name that leads to itself."""
    _bad(
        sink, rename, f"`{written(rename)}` is an old name of itself",
        Label(old_span(rename), "leads back here", primary=True),
        notes=(f"`{written_target(rename)}` is an old name too",)
        if written_target(rename) != written(rename) else (),
    )  # fmt: skip


def leads_to_former(sink: Sink, rename: Rename, other: Rename | None) -> None:
    """The new name is itself an old one, in a way that cannot be followed."""
    more = () if other is None else (Label(old_span(other), "an old name here"),)
    _bad(
        sink, rename, f"`{written_target(rename)}` is an old name itself",
        Label(target_span(rename), "the new name", primary=True),
        *more,
        help="name what it stands for",
    )  # fmt: skip


def used(sink: Sink, span: Span, old: str, new: str, rename: Rename, text: str | None) -> None:
    """An old name is defined or read; `text` would replace what is at the span."""
    edits = (Edit(span, text),) if text is not None else ()
    since = _since(rename)
    sink.report(
        Diagnostic(
            "former-name",
            f"`{old}` is called `{new}`" + (f" since {since}" if since else " now"),
            (
                Label(span, "the old name", primary=True),
                Label(old_span(rename), "renamed here"),
            ),
            severity=WARNING,
            help=(Help(f"write `{text or new}`", edits, certain=text is not None),),
            path=old,
            facts={"old": old, "new": new},
        )
    )


def merged(sink: Sink, span: Span, old: str, rename: Rename, new: str) -> None:
    """An old name is used whose values become another's by a conversion."""
    sink.report(
        Diagnostic(
            "former-name",
            f"`{old}` has become a part of `{new}`",
            (
                Label(span, "the old name", primary=True),
                Label(old_span(rename), "changed here"),
            ),
            severity=WARNING,
            help=(Help(f"define `{new}`"),),
            path=old,
            facts={"old": old, "new": new},
        )
    )


def _since(rename: Rename) -> str | None:
    if rename.node[0] == "alias":
        return None
    for annotation in rename.node[7]:
        if annotation[3] == "since" and annotation[4] and annotation[4][0][0] == "str":
            return str(annotation[4][0][3])
    return None


def removed_read(sink: Sink, source: Source, node: Node, old: str, rename: Rename) -> None:
    """An expression reads an option that is gone."""
    sink.report(
        Diagnostic(
            "removed-option",
            f"`{old}` is gone" + said(rename),
            (
                Label((source, node[1], node[2]), "read here", primary=True),
                Label(old_span(rename), "removed here"),
            ),
            path=old,
        )
    )


def said(rename: Rename) -> str:
    """What the removal of an option says, as far as it is literal."""
    message = rename.message
    return f": {message[3]}" if message is not None and message[0] == "str" else ""


def only_a_beginning(sink: Sink, source: Source, node: Node, former: Former) -> None:
    """An expression reads what only old names begin with."""
    first = former
    while first.former and first.rename is None:
        first = next(iter(first.former.values()))
    sink.report(
        Diagnostic(
            "unknown-option",
            f"there is no option `{former.name}`: some old names begin with it",
            (
                Label((source, node[1], node[2]), "read here", primary=True),
                *([Label(old_span(first.rename), "such as this")] if first.rename else []),
            ),
            help=(Help("read one of the new names"),),
        )
    )
