"""Keys that any name may be, so close to a declared one that it was probably meant."""

from __future__ import annotations

from evaluator.definitions.places import place_of, shape_of
from evaluator.definitions.presence import is_declared
from evaluator.diagnostics.suggest import distance
from evaluator.lints import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.lints.subject import Subject
    from evaluator.options.shapes import Shape

    Node = tuple[Any, ...]

SLIPS = 2
SHORT = 4


def near_keys(subject: Subject) -> None:
    """Report keys taken by `option *` that are a slip away from a declared option."""
    for written in subject.survey.definitions:
        if not subject.is_own(written.source):
            continue
        place = written.start
        for part in written.node[4]:
            shape = shape_of(place)
            if shape is None or not isinstance(part, str):
                break
            member = shape.members.get(part)
            if member is None and shape.any is not None:
                near = _near(part, shape)
                if near is not None:
                    errors.near_key(subject.sink, written, part, near, shape.any)
                break
            if member is None:
                break
            place = place_of(member)


def near_conditions(subject: Subject) -> None:
    """Report what `when option` asks for in vain and is a slip away from a declared option."""
    root = subject.world.declared.root
    for module in subject.world.modules:
        if subject.is_own(module.source):
            for node in _asked(module.items):
                path = node[3][3]
                at = _first_unknown(path, root)
                near = None if at is None else _near(path[at[0]], at[1])
                if at is None or near is None:
                    continue
                meant = (*path[: at[0]], near, *path[at[0] + 1 :])
                if is_declared(root, meant):
                    errors.near_condition(subject.sink, module.source, node[3], path, meant)


def _asked(items: tuple[Node, ...]) -> list[Node]:
    out = []
    for item in items:
        if item[0] == "section":
            out.extend(_asked(item[4]))
        elif item[0] == "when":
            if item[3][0] == "declared":
                out.append(item)
            out.extend([*_asked(item[4]), *_asked(item[5] or ())])
    return out


def _first_unknown(path: tuple[str, ...], root: Shape) -> tuple[int, Shape] | None:
    shape = root
    for index, part in enumerate(path):
        member = shape.members.get(part)
        if member is None:
            return None if shape.any is not None else (index, shape)
        inside = shape_of(place_of(member))
        if inside is None:
            return None
        shape = inside
    return None


def _near(key: str, shape: Shape) -> str | None:
    """The declared name that a key is a slip or two away from."""
    folded = key.casefold().replace("_", "-")
    best: tuple[int, str] | None = None
    for name in shape.members:
        most = SLIPS if min(len(name), len(key)) > SHORT else 1
        away = distance(folded, name.casefold(), most)
        if away <= most and min(len(name), len(key)) > most and (best is None or away < best[0]):
            best = (away, name)
    return best[1] if best is not None else None
