"""Strengths and places that say nothing, contradict each other, or lose more than was meant."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from evaluator.definitions.spread import FORCED, PLAIN, SCALE
from evaluator.diagnostics.model import Stop
from evaluator.evaluation.ranking import ranked_as_whole
from evaluator.evaluation.slots import Slots
from evaluator.lints import errors
from evaluator.lints.slots import is_live, stands_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.definitions.definition import Definition
    from evaluator.lints.slots import Slot
    from evaluator.lints.subject import Subject
    from evaluator.lints.survey import Written

    Node = tuple[Any, ...]

WRAPPING = ("refined", "union", "converted", "once", "maybe")
ORDERED = ("list", "text")
PLAIN_ORDER = 1000


def nested_strengths(subject: Subject) -> None:
    """Report a strength or place inside another: a different one, or the same once more."""
    for written in subject.survey.definitions:
        if not subject.is_own(written.source) or written.source.is_data():
            continue
        node = written.node
        around = [each for each in written.outer if each[5] is not None]
        if node[5] is not None and around:
            if around[-1][5] == node[5]:
                errors.same_strength(subject.sink, written, around[-1])
            else:
                errors.differing_strengths(subject.sink, written, around[-1])
        elif node[5] == PLAIN // SCALE:
            errors.plain_strength(subject.sink, written)
        ordering = [each for each in written.outer if each[6] is not None]
        if node[6] is not None and ordering and ordering[-1][6] == node[6]:
            errors.same_order(subject.sink, written, ordering[-1])
        elif node[6] == PLAIN_ORDER and not ordering:
            errors.plain_order(subject.sink, written)


def needless_words(subject: Subject) -> None:
    """Report `force`, and `first`, `last` or `order`, where nothing else is defined.

    Only of the file that was asked about: what an imported file forces, it may force for
    others. What a condition switches off counts, for another day it may hold.
    """
    mine = [each for each in subject.survey.definitions if subject.is_root(each.source)]
    forcing = [each for each in mine if each.node[5] == FORCED // SCALE and not _inside(each, 5)]
    placing = [
        each for each in mine if each.node[6] not in (None, PLAIN_ORDER) and not _inside(each, 6)
    ]
    if not forcing and not placing:
        return
    removed = _removed(subject)
    index = Index(subject)
    for written in forcing:
        own = index.slots_of(written)
        if any([slot.name in subject.survey.foreign for slot in own]):
            continue
        if own and not removed and not any([_has_rival(slot, written) for slot in own]):
            errors.needless_force(subject.sink, written)
    for written in placing:
        own = [slot for slot in index.slots_of(written) if _is_ordered(slot)]
        if own and not any([_has_neighbor(slot) for slot in own]):
            errors.needless_order(subject.sink, written)


def _inside(written: Written, field: int) -> bool:
    """Whether a block around says a strength or place too, which would count without this one."""
    return any([each[field] is not None for each in written.outer])


def _removed(subject: Subject) -> bool:
    """Whether anything is removed anywhere: what is forced stays then."""
    return any([subject.common.removes(module) for module in subject.world.modules])


class Index:
    """The slots that statements of the file that was asked about speak about, by place."""

    __slots__ = ("_entries", "_starts")

    def __init__(self, subject: Subject) -> None:
        entries: list[tuple[int, Definition, Slot]] = []
        for slot in subject.slots:
            for each in slot.definitions:
                if subject.is_root(each.source):
                    entries.append((each.statement[1], each, slot))
        entries.sort(key=lambda entry: entry[0])
        self._entries = entries
        self._starts = [entry[0] for entry in entries]

    def slots_of(self, written: Written) -> list[Slot]:
        """The slots that a statement, or its block, gives a value in the end."""
        low = bisect_left(self._starts, written.node[1])
        high = bisect_right(self._starts, written.node[2])
        found: dict[int, Slot] = {}
        for _start, definition, slot in self._entries[low:high]:
            if _is_from(definition, written) and _ends(definition, slot):
                found[id(slot)] = slot
        return list(found.values())


def _is_from(definition: Definition, written: Written) -> bool:
    return definition.source is written.source and stands_in(definition, written.node)


def _ends(definition: Definition, slot: Slot) -> bool:
    """Whether a definition gives this slot its value, and not only something below."""
    return definition.is_whole() or not isinstance(slot.value, Slots)


def _has_rival(slot: Slot, written: Written) -> bool:
    """Whether anything else defines the slot, so that it would not have it as it is."""
    option = slot.option()
    if isinstance(slot.value, Slots) and option is not None and option.default is not None:
        return True  # A default that sinks, or that is replaced: too much to tell.
    for each in slot.definitions:
        if not _is_from(each, written) and each.rank() <= PLAIN:
            return True
        if not _is_from(each, written) and isinstance(slot.value, Slots):
            return True
    return sum([_is_from(each, written) for each in slot.definitions]) > 1


def _is_ordered(slot: Slot) -> bool:
    type_ = slot.type()
    inner = type_
    while inner is not None and inner.merge in WRAPPING:
        inner = getattr(inner, "inner", None)
    return inner is None or inner.merge in ORDERED


def _has_neighbor(slot: Slot) -> bool:
    return len([each for each in slot.definitions if each.statement[0] != "remove"]) > 1


def lost_defaults(subject: Subject) -> None:
    """Report `default p = { … }` of which nothing is left, since others define below `p`."""
    for slot in subject.slots:
        if not isinstance(slot.value, Slots) or slot.value.definitions is None:
            continue
        try:
            kept = ranked_as_whole(slot.definitions)
        except Stop:
            continue
        if len(kept) == len(slot.definitions):
            continue
        remaining = {id(each) for each in kept}
        for lost in slot.definitions:
            if id(lost) in remaining or not is_live(lost) or not subject.is_own(lost.source):
                continue
            if lost.is_whole() and lost.rank() > PLAIN:
                winners = [each for each in kept if is_live(each) and each.statement[0] != "remove"]
                errors.lost_default(subject.sink, slot, lost, winners)
