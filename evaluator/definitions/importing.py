"""Which file declares what nothing declares: one of the library, one that is disabled, or one
whose alias was taken for the name of its options.
"""

from __future__ import annotations

from evaluator.diagnostics.model import Edit, Help, Label
from evaluator.diagnostics.suggest import nearest
from evaluator.options.shapes import path_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.names.load import Module
    from evaluator.options.shapes import Declarations
    from evaluator.source import Source, Span

    Path = tuple[Any, ...]


def declaring_file(path: Path) -> str | None:
    """Import text of the library's file that declares what a path begins with, if one does."""
    from evaluator.names.library import declaring

    return declaring(tuple([part if isinstance(part, str) else "" for part in path]))


def declares(text: str, path: Path) -> bool:
    """Whether an import text names the library's file that declares a service."""
    file = declaring_file(path)
    return file is not None and text.rpartition("/")[2] == file.rpartition("/")[2]


def import_help(source: Source, path: Path) -> Help:
    """Which module to import for a path that nothing declares."""
    file = declaring_file(path)
    if file is None:
        return Help("import the module that declares it")
    is_there = f'"{file}"' in source.text  # in a place where it means nothing
    edits = () if source.is_data() or is_there else (import_edit(source, file),)
    text = f'`{path[0]}` is declared by the library: `import "{file}"`'
    return Help(text, edits, certain=True)


def misspelt_service(source: Source, span: Span, path: Path) -> Help | None:
    """A service of the library whose name is a slip away, and its import."""
    from evaluator.names.library import declaring, services

    near = nearest(path[0], services()) if isinstance(path[0], str) else []
    file = declaring((near[0],)) if near else None
    if file is None:
        return None
    edits: tuple[Edit, ...] = ()
    if not source.is_data():
        edits = (Edit(span, near[0]), import_edit(source, file))
    return Help(f'did you mean `{near[0]}` of the library? `import "{file}"`', edits)


def disabled(declared: Declarations, path: Path) -> tuple[Label, Help] | None:
    """Who took the file out that declares a path."""
    for place, statement in declared.disables:
        if declares(statement[3], path):
            label = Label((place, statement[4], statement[5]), "disabled here")
            return label, Help(f"remove this `disable`, or what is said about `{path[0]}`")
    return None


def by_alias(modules: list[Module], source: Source, path: Path, span: Span) -> Help | None:
    """The name of an import stands before options; these keep the paths they are declared at."""
    name = path[0]
    for module in modules:
        target = module.aliases.get(name) if module.source is source else None
        if target is None or target.value is not None:
            continue
        said = f"`{name}` names `let`s and types of the file; its options keep their paths"
        services = [item for item in target.items if item[0] == "service"]
        if len(services) != 1:
            return Help(said)
        kept = path_text(services[0][3])
        return Help(f"{said}: `{path_text((*services[0][3], *path[1:]))}`", (Edit(span, kept),))
    return None


def import_edit(source: Source, file: str) -> Edit:
    """One more import below the others, else at the top, below what is said about the file."""
    text = source.text
    below = 0
    for start in source.line_starts():
        if text.startswith("import ", start):
            below = text.find("\n", start) + 1 or len(text)
    if below:
        lead = "\n" if not text.endswith("\n", 0, below) else ""
        return Edit((source, below, below), f'{lead}import "{file}"\n')
    at = _below_head(source)
    lead = "\n" if at and not text.endswith("\n\n", 0, at) else ""
    return Edit((source, at, at), f'{lead}import "{file}"\n\n')


def _below_head(source: Source) -> int:
    """Where the first statement begins, with the comments that belong to it."""
    text = source.text
    at = 0
    for start in source.line_starts():
        line = text[start : text.find("\n", start) + 1 or len(text)]
        if line.startswith("###") or not line.strip():
            at = start + len(line)
        elif not line.startswith("#"):
            break
    return at
