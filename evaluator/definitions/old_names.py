"""What an old name leads to, when a path that somebody wrote comes to one."""

from __future__ import annotations

from evaluator.definitions import rename_errors as errors
from evaluator.definitions.places import Typed
from evaluator.definitions.renames import follow, is_star
from evaluator.options.shapes import Option, path_text
from evaluator.types.containers import AnyType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.definitions.places import Place
    from evaluator.diagnostics.model import Sink
    from evaluator.names.lexical import Lexical
    from evaluator.options.shapes import Former, Rename, Shape
    from evaluator.source import Source, Span

    Node = tuple[Any, ...]
    Path = tuple[Any, ...]


def filled(pattern: Path, written: Path, target: Path) -> Path:
    """The new name for an old one as it was written: each `*` is the key that stood there."""
    keys = [part for wanted, part in zip(pattern, written, strict=True) if is_star(wanted)]
    return tuple([keys.pop(0) if is_star(part) else part for part in target])


def old_path(former: Former, rename: Rename) -> tuple[Path, Any]:
    """Which of the old names of a rename this is, with its type."""
    for path, type_ in rename.olds:
        if path[-1] == former.name or (is_star(path[-1]) and former.name == "*"):
            return path, type_
    raise AssertionError(former.name)


def new_place(place: Place, former: Former) -> Place | None:
    """What is behind an old name; None where there is nothing to define any more."""
    rename = former.rename
    if rename is None:
        return former
    if rename.target is None:
        return None
    start = place if former.depth == 1 else rename.shape
    end = follow(start, rename.target)
    if isinstance(end, tuple) or end is None:
        return None
    return _converted(former, rename, end) if rename.by is not None else end


def behind(place: Place, shape: Shape, part: Any) -> Place | None:
    """What an old name at a level leads to; None if there is no such old name."""
    former = shape.former_at(part)
    return None if former is None else new_place(place, former)


def _converted(former: Former, rename: Rename, end: Place) -> Place:
    """An old name whose values are converted takes what it is declared with."""
    _path, type_ = old_path(former, rename)
    type_ = type_ or AnyType()
    _source, start, stop = errors.old_span(rename)
    kind = end.option.kind if isinstance(end, Typed) else "option"
    written = ("tname", start, stop, "any", ())
    node = (
        "option", start, stop, kind, (former.name,), start, stop, written, None, None, "", (),
    )  # fmt: skip
    return Typed(
        Option(former.name, kind, type_, None, node, rename.module, rename.body, ""), type_
    )


def defined(
    sink: Sink, scope: Lexical, former: Former, spans: list[Span], prefix: Path, path: Path
) -> None:
    """Warn of a definition by an old name; `path` ends there, `spans` are its components."""
    rename = former.rename
    if rename is None or rename.is_alias or rename.target is None:
        return
    full = (*prefix, *path)
    pattern, _type = old_path(former, rename)
    target = filled(pattern, full[-former.depth :], rename.target)
    old, new = path_text(full), path_text((*full[: -former.depth], *target))
    start = len(path) - former.depth
    span = (scope.source, spans[max(start, 0)][1], spans[-1][2])
    if rename.by is not None:
        errors.merged(sink, span, old, rename, new)
    else:
        text = _text(scope.source, former, target) if start >= 0 else None
        errors.used(sink, span, old, new, rename, text)


def _text(source: Source, former: Former, target: Path) -> str | None:
    """What to write in place of the old name; a key of other notations is one name."""
    if not source.is_data():
        return written_path(source, target)
    return str(target[0]) if former.depth == len(target) == 1 else None


def written_path(source: Source, path: Path) -> str:
    """A path as it would be written here; holes as they stand."""
    parts = [
        path_text((part,)) if isinstance(part, str) else source.text[part[1] : part[2]]
        for part in path
    ]
    return ".".join(parts)


def read(
    sink: Sink, scope: Lexical, former: Former, parts: list[tuple[Any, Node]], base: Path
) -> None:
    """Warn of a read by an old name, which the last of the parts is; `base` is what it is below."""
    rename = former.rename
    if rename is None or rename.is_alias:
        return
    names = tuple([name if name is not None else node for name, node in parts])
    node = parts[-1][1]
    old = path_text((*base, *names))
    if rename.target is None:
        errors.removed_read(sink, scope.source, node, old, rename)
        return
    start = len(parts) - former.depth
    pattern, _type = old_path(former, rename)
    if start < 0:
        return
    target = filled(pattern, names[start:], rename.target)
    is_plain = all([isinstance(part, str) for part in target])
    span = (scope.source, parts[start][1][3][2], node[2])
    text = "." + path_text(target) if is_plain else None
    new = path_text((*base, *names[:start], *target))
    if text is not None and scope.source.text[span[1] : span[1] + 1] == ".":
        span = (scope.source, span[1] + 1, span[2])
        text = text[1:]
    errors.used(sink, span, old, new, rename, text)
