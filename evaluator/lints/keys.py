"""Keys that any name may be, so close to a declared one that it was probably meant."""

from __future__ import annotations

from evaluator.definitions.places import place_of, shape_of
from evaluator.diagnostics.suggest import distance
from evaluator.lints import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.lints.subject import Subject
    from evaluator.options.shapes import Shape

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
