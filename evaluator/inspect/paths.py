"""Paths as people type them, and the slots they lead to."""

from __future__ import annotations

from evaluator.diagnostics.model import Diagnostic, Help, Label, Stop
from evaluator.diagnostics.suggest import nearest
from evaluator.evaluation.maps import MapScope
from evaluator.evaluation.scope import Scope
from evaluator.evaluation.slots import Slots
from evaluator.inspect.planned import planned
from evaluator.inspect.provenance import inactive_definitions
from evaluator.options.shapes import path_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from evaluator.evaluation.world import World
    from evaluator.options.shapes import Former

# As in strings of the language; any other character after a backslash is itself.
ESCAPES = {"n": "\n", "t": "\t"}


class Located:
    """What somebody asked for: a slot, `owner.get(name)`, or a part inside its value.

    `steps` are the indices and keys that lead from the slot's value to the part; `path` is
    the whole way as the language writes it.
    """

    __slots__ = ("name", "owner", "path", "steps")

    def __init__(self, owner: Slots, name: str, path: str) -> None:
        self.owner = owner
        self.name = name
        self.steps: list[str | int] = []
        self.path = path

    def value(self) -> Any:
        """The value there; raises Stop after a report."""
        value = self.owner.get(self.name)
        for step in self.steps:
            value = value[step]
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
            if at == 0:
                raise ValueError("a path begins with a name")
            if not (inner.isascii() and inner.isdigit()):
                raise ValueError(
                    f"`[` at column {at + 1} needs a number and `]`; a key stands after a dot"
                )
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
        char = text[at]
        if char == "\\" and at + 1 < len(text):
            at += 1
            char = ESCAPES.get(text[at], text[at])
        out.append(char)
        at += 1
    if at >= len(text):
        raise ValueError("a closing quote is missing")
    return "".join(out), at + 1


def locate(world: World, text: str) -> Located:
    """The slot at a path; reports and raises Stop if there is none."""
    try:
        parts: list[str | int] = [*planned(world, text)] or split_path(text)
    except ValueError as problem:
        world.sink.report(Diagnostic("unknown-option", f"`{text}` is no path: {problem}", ()))
        raise Stop from None
    found = None
    for part in parts:
        found = _step(world, found, part)
    if found is None:
        raise AssertionError(text)
    if found.owner.former_at(found.name) is not None:
        lost(world, path_text(found.owner.path()), found.name, found.owner.names())
    return found


def _step(world: World, found: Located | None, part: str | int) -> Located:
    """One component further; what it leads to is not computed before somebody asks."""
    value: Any = world.root if found is None else found.value()
    path = "" if found is None else found.path
    if isinstance(part, int) and isinstance(value, Slots) and value.is_list:
        names = value.names()
        if part >= len(names):
            _no_element(world, path, part, names)
        return Located(value, names[part], f"{path}[{part}]")
    if isinstance(part, int):
        if found is None or not isinstance(value, list) or part >= len(value):
            _no_element(world, path, part, value)
        found.steps.append(part)
        found.path = f"{path}[{part}]"
        return found
    below = f"{path}.{path_text((part,))}" if path else path_text((part,))
    if isinstance(value, Slots):
        # What is declared leads somewhere, even if there is no value to be read.
        is_declared = isinstance(value, Scope) and part in value.shape.members
        if not is_declared and part not in value.names():
            former = value.former_at(part)
            if former is not None:
                return _behind(world, value, former, part)
            lost(world, path, part, value.names(), _inactive(value, part))
        return Located(value, part, below)
    if found is not None and isinstance(value, list) and part in value:
        found.steps.append(value.index(part))
        found.path = below
        return found
    if found is None or not isinstance(value, dict) or part not in value:
        lost(world, path, part, list(value) if isinstance(value, dict) else None)
    found.steps.append(part)
    found.path = below
    return found


def _behind(world: World, scope: Slots, former: Former, part: str) -> Located:
    """What an old name stands for, at its own path."""
    from evaluator.evaluation.renames import led

    if former.rename is None:
        return Located(scope, part, path_text(scope.path(part)))
    if former.rename.target is None:
        from evaluator.definitions.rename_errors import old_span, said

        headline = f"`{path_text(scope.path(part))}` is gone{said(former.rename)}"
        site = Label(old_span(former.rename), "removed here", primary=True)
        world.sink.report(Diagnostic("removed-option", headline, (site,)))
        raise Stop
    owner, name = led(scope, former, part)
    if not isinstance(owner, Slots):
        lost(world, path_text(scope.path()), part, scope.names())
    return Located(owner, name, path_text(owner.path(name)))


def _no_element(world: World, path: str, index: int, value: Any) -> NoReturn:
    size = "it is no list"
    if isinstance(value, list):
        size = "it has 1 element" if len(value) == 1 else f"it has {len(value)} elements"
    headline = f"there is no `{path}[{index}]`: {size}"
    world.sink.report(Diagnostic("unknown-option", headline, ()))
    raise Stop


def _inactive(value: Slots, name: str) -> tuple[Label, ...]:
    """Definitions that would be what was asked for, were their conditions true."""
    if not isinstance(value, MapScope):
        return ()
    dead = inactive_definitions(value, name)
    said = "defined here, but its condition is false"
    return tuple([Label(each.span(), said, primary=at == 0) for at, each in enumerate(dead)])


def _of_expressions(part: str) -> tuple[Help, ...]:
    """What a first name says in expressions, and how a path of the command line says it."""
    if part in ("hosts", "variants"):
        one = part.removesuffix("s")
        return (Help(f"name one: `{part}.NAME.PATH`, or `--{one} NAME` for all of it"),)
    if part in ("config", "self"):
        return (Help(f"a path begins with the option: leave `{part}.` out"),)
    return ()


def lost(
    world: World,
    path: str,
    part: str,
    known: list[str] | None,
    labels: tuple[Label, ...] = (),
) -> NoReturn:
    """Say what there is instead; `known` is None below what has no parts."""
    where = f"`{path}`" if path else world.called
    lead = f"{path}." if path else ""
    note = f"{where} is a single value"
    if known is not None:
        listed = [path_text((each,)) for each in known]
        more = f" and {len(listed) - 20} more" if len(listed) > 20 else ""
        note = f"{where} has " + (", ".join(listed[:20]) + more if listed else "nothing below it")
    world.sink.report(
        Diagnostic(
            "unknown-option",
            f"there is no `{path_text((part,))}` in {where}",
            labels,
            notes=(note,),
            help=tuple(
                Help(f"did you mean `{lead}{path_text((each,))}`?")
                for each in nearest(part, known or [])[:1]
            )
            or _of_expressions(part if not path else ""),
        )
    )
    raise Stop
