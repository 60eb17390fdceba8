"""Paths as people type them, and the slots they lead to."""

from __future__ import annotations

from evaluator.diagnostics.model import Diagnostic, Help, Stop
from evaluator.diagnostics.suggest import nearest
from evaluator.evaluation.scope import Slots
from evaluator.options.shapes import path_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.evaluation.world import World


class Located:
    """A slot somebody asked for: `owner.get(name)`, then list indices."""

    __slots__ = ("indices", "name", "owner", "path")

    def __init__(self, owner: Any, name: str, indices: list[int], path: tuple[str, ...]) -> None:
        self.owner = owner
        self.name = name
        self.indices = indices
        self.path = path

    def value(self) -> Any:
        """The value there; raises Stop after a report."""
        value = self.owner if not self.name else self.owner.get(self.name)
        for index in self.indices:
            value = value[index]
        return value


def split_path(text: str) -> list[str | int]:
    """Components of a written path: names, quoted keys, `[i]`; raises ValueError in words."""
    out: list[str | int] = []
    at = 0
    while at < len(text):
        char = text[at]
        if char == '"':
            part, at = _quoted(text, at)
            out.append(part)
        elif char == "[":
            end = text.find("]", at)
            inner = text[at + 1 : end] if end > 0 else ""
            if not inner.isdigit():
                raise ValueError(f"`[` at column {at + 1} needs a number and `]`")
            out.append(int(inner))
            at = end + 1
        else:
            end = at
            while end < len(text) and text[end] not in '.["':
                end += 1
            if end == at:
                raise ValueError(f"a name is missing at column {at + 1}")
            out.append(text[at:end])
            at = end
        if at < len(text) and text[at] == ".":
            at += 1
            if at == len(text):
                raise ValueError("the path ends with a dot")
        elif at < len(text) and text[at] != "[":
            raise ValueError(f"a dot is missing at column {at + 1}")
    if not out:
        raise ValueError("the path is empty")
    return out


def _quoted(text: str, at: int) -> tuple[str, int]:
    out = []
    at += 1
    while at < len(text) and text[at] != '"':
        if text[at] == "\\" and at + 1 < len(text):
            at += 1
        out.append(text[at])
        at += 1
    if at >= len(text):
        raise ValueError("a closing quote is missing")
    return "".join(out), at + 1


def locate(world: World, text: str) -> Located:
    """The slot at a path; reports and raises Stop if there is none."""
    try:
        parts = split_path(text)
    except ValueError as problem:
        world.sink.report(Diagnostic("unknown-option", f"`{text}` is no path: {problem}", ()))
        raise Stop from None
    scope: Any = world.root
    path: list[str] = []
    at = 0
    while at < len(parts):
        part = parts[at]
        if isinstance(part, int):
            break
        if not isinstance(scope, Slots):
            _lost(world, path, part, [])
        if part not in scope.names():
            _lost(world, path, part, scope.names())
        path.append(part)
        at += 1
        if at == len(parts) or isinstance(parts[at], int):
            indices = [each for each in parts[at:] if isinstance(each, int)]
            found = Located(scope, part, indices, tuple(path))
            _check_indices(world, found, text)
            return found
        scope = scope.get(part)
    return Located(world.root, "", [], ())


def _check_indices(world: World, found: Located, text: str) -> None:
    if not found.indices:
        return
    value = found.owner.get(found.name)
    for index in found.indices:
        if not isinstance(value, list) or index >= len(value):
            size = f"it has {len(value)} elements" if isinstance(value, list) else "it is no list"
            world.sink.report(Diagnostic("unknown-option", f"there is no `{text}`: {size}", ()))
            raise Stop
        value = value[index]


def _lost(world: World, path: list[str], part: str, known: list[str]) -> None:
    where = f"`{path_text(tuple(path))}`" if path else "this configuration"
    near = nearest(part, known)
    notes = (f"{where} has " + ", ".join(path_text((each,)) for each in known[:20]),)
    world.sink.report(
        Diagnostic(
            "unknown-option",
            f"there is no `{part}` in {where}",
            (),
            notes=notes if known else (f"{where} is a single value",) if path else (),
            help=tuple(Help(f"did you mean `{path_text((*path, each))}`?") for each in near[:1]),
        )
    )
    raise Stop
