"""Records that hold each other directly: a value of one could never be complete."""

from __future__ import annotations

from evaluator.options import errors
from evaluator.types.containers import BrokenType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.diagnostics.model import Sink
    from evaluator.options.shapes import Option, Record

    Holds = dict[int, list[tuple[Record, Option, Record]]]


def check_endless(holds: Holds, sink: Sink) -> None:
    """Report each circle of records that hold each other, once; their options are cut off."""
    done: set[int] = set()
    for held in list(holds.values()):
        _walk(held[0][0], holds, [], done, sink)


def _walk(
    record: Record, holds: Holds, trail: list[tuple[Record, Option]], done: set[int], sink: Sink
) -> None:
    if id(record) in done:
        return
    open_ = [each for each, _option in trail]
    if record in open_:
        members = trail[open_.index(record) :]
        errors.endless_record(sink, members)
        for each, option in members:
            option.type = BrokenType()
            done.add(id(each))
        return
    owner: Record | None = record
    while owner is not None:
        for _owner, option, held in holds.get(id(owner), ()):
            _walk(held, holds, [*trail, (record, option)], done, sink)
        owner = owner.base
    done.add(id(record))
