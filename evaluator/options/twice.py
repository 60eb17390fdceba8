"""Wording of one name with two declarations: what clashes, and how to say what was meant."""

from __future__ import annotations

from evaluator.diagnostics.model import Diagnostic, Edit, Help, Label
from evaluator.options.errors import name_span, whole_path
from evaluator.options.shapes import Service, path_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.diagnostics.model import Sink
    from evaluator.names.load import Module

    Node = tuple[Any, ...]

# How each kind of declaration is called, and what is added to it from another file.
EXTENDED = {
    "recorddecl": ("record", "{ option … }"),
    "choice": ("choice", "{ option … }"),
    "service": ("service", "{ option … }"),
    "typedecl": ("type", '= "…"'),
}

# Statements that a block of definitions has too.
DEFINING = frozenset(("def", "block", "when", "for", "remove"))


def declared_twice(
    sink: Sink, path: tuple[str, ...], module: Module, node: Node, first: Module, other: Node,
    body: Any = None,
) -> None:  # fmt: skip
    """One name, two declarations: the attributes in which they clash, and the way out."""
    name = path_text(path)
    notes, help = _others(name, module, node, other)
    if node[0] == other[0] == "option":
        owner = None if body is None else body.owner
        full = whole_path(path, body) if isinstance(owner, Service) else name
        notes, help = _options(full, module, node, first, other)
    sink.report(
        Diagnostic(
            "declared-twice",
            f"`{name}` is declared twice",
            (
                Label(name_span(module.source, node), "again here", primary=True),
                Label(name_span(first.source, other), "first here"),
            ),
            notes=notes,
            help=help,
            path=whole_path(path, body) if node[0] in ("option", "service") else None,
            facts={"name": name},
        )
    )


def _options(
    name: str, module: Module, node: Node, first: Module, other: Node
) -> tuple[tuple[str, ...], tuple[Help, ...]]:
    again, before = _written(module, node[7]), _written(first, other[7])
    notes = []
    if again == before:
        notes.append(
            f"both are of type `{again}`: a declaration is written once, even an equal one"
        )
    else:
        notes.append(f"the types do not merge: `{before}` first, `{again}` again")
    if node[8] is not None and other[8] is not None:
        notes.append(
            f"both have a default: {_written(first, other[8])} and {_written(module, node[8])}"
        )
    if node[3] != other[3]:
        notes.append(f"one says `{other[3]}`, the other `{node[3]}`")
    listed = node[7][0] in ("tliteral", "tunion") and other[7][0] in ("tliteral", "tunion")
    if again != before and listed:
        said = "name the type and let it grow: `type Kind = …`, then `extend type Kind = …`"
        return tuple(notes), (Help(said),)
    if node[8] is not None:
        said = f"to propose another value, write `default {name} = {_written(module, node[8])}`"
        return tuple(notes), (Help(said),)
    return tuple(notes), (Help("remove one of them, or give it another name"),)


def _others(
    name: str, module: Module, node: Node, other: Node
) -> tuple[tuple[str, ...], tuple[Help, ...]]:
    notes = ("a declaration is written once; other files define values for it",)
    if node[0] != other[0] or node[0] not in EXTENDED:
        return notes, (Help("remove one of them, or give it another name"),)
    if node[0] == "service" and node[6] and all([each[0] in DEFINING for each in node[6]]):
        said = f"to define its options, drop the word `service`: `{name} {{ … }}`"
        return notes, (Help(said, _without_word(module, node)),)
    word, body = EXTENDED[node[0]]
    said = f"to add to it, write `extend {word} {name} {body}`; else give it another name"
    return notes, (Help(said),)


def _without_word(module: Module, node: Node) -> tuple[Edit, ...]:
    source = module.source
    start = source.text.find("service", node[1])
    end = start + len("service")
    if start < 0 or not source.text.startswith(" ", end):
        return ()
    return (Edit((source, start, end + 1), ""),)


def _written(module: Module, node: Node) -> str:
    text = " ".join(module.source.text[node[1] : node[2]].split())
    return text if len(text) <= 60 else text[:59] + "…"
