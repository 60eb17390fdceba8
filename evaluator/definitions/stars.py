"""`*` in the path of a definition: which paths have one, and where it means nothing."""

from __future__ import annotations

from evaluator.names.lexical import Lexical
from evaluator.options.shapes import path_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.diagnostics.model import Sink
    from evaluator.options.shapes import Shape
    from evaluator.source import Source

    Node = tuple[Any, ...]

SAID = {
    "remove": "what is removed is named",
    "expect": "an error is expected at one place",
    "import": "data goes to one place",
}


def has_star(path: tuple[Any, ...]) -> bool:
    """Whether some component is `*`."""
    for part in path:
        if type(part) is not str and part[0] == "star":
            return True
    return False


def keyed(scope: Lexical) -> Lexical:
    """The scope of what is said about every entry: `key` is the key of each."""
    inner = Lexical(scope, scope.source, {"key": None})
    inner.key = True
    return inner


def star_misplaced(sink: Sink, source: Source, node: Node, path: tuple[Any, ...]) -> None:
    """`*` in the path of a statement that is no definition."""
    from evaluator.diagnostics.model import Diagnostic, Help, Label

    star = next(part for part in path if not isinstance(part, str) and part[0] == "star")
    help = (Help("choose by a condition: `remove p where …`"),) if node[0] == "remove" else ()
    sink.report(
        Diagnostic(
            "misplaced-statement",
            f"`*` cannot stand in the path of `{node[0]}`",
            (Label((source, star[1], star[2]), "not here", primary=True),),
            notes=(f"`*` gives a value to every entry; {SAID[node[0]]}",),
            help=help,
            path=path_text(path),
        )
    )


def no_entries(sink: Sink, source: Source, star: Node, path: tuple[Any, ...], shape: Shape) -> None:
    """`*` where options have names: there are no entries."""
    from evaluator.diagnostics.model import Diagnostic, Help, Label

    sink.report(
        Diagnostic(
            "misplaced-statement",
            f"`{path_text(path)}` is no map, so `*` stands for nothing",
            (Label((source, star[1], star[2]), "only for the entries of a map", primary=True),),
            notes=("options have names of their own, and each its own type",),
            help=(Help("write the option's name"),) if shape.members else (),
            path=path_text(path),
        )
    )
