"""Lists: elements that stand in them twice, and orders that nobody decided."""

from __future__ import annotations

from evaluator.definitions.places import Typed
from evaluator.evaluation.ranking import strongest
from evaluator.lints import errors
from evaluator.lints.inference import bare
from evaluator.lints.slots import is_live
from evaluator.types.containers import ListType, SetType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.definitions.definition import Definition
    from evaluator.evaluation.env import Env
    from evaluator.lints.slots import Slot
    from evaluator.lints.subject import Subject
    from evaluator.names.load import Module
    from evaluator.source import Source

    Node = tuple[Any, ...]


def repeated_elements(subject: Subject) -> None:
    """Report what a list or set is given twice in one place.

    Numbers may repeat, and so may the words of a command, which are told by their `-`.
    """
    for written in subject.survey.definitions:
        if not subject.is_own(written.source) or written.node[0] != "def":
            continue
        place = written.place
        if not isinstance(place, Typed):
            continue
        type_ = bare(place.type)
        if isinstance(type_, (ListType, SetType)):
            _look(subject, written.source, written.node[9], type_, place.option.name)


def _look(
    subject: Subject, source: Source, node: Node, type_: ListType | SetType, name: str
) -> None:
    if node[0] != "list":
        return
    is_set = isinstance(type_, SetType)
    words = [item for item in node[3] if item[0] == "str"]
    if not is_set and any([item[3].startswith("-") for item in words]):
        return
    items = words if not is_set else [item for item in node[3] if item[0] in ("str", "int")]
    seen: dict[tuple[str, object], Node] = {}
    for item in items:
        key = (item[0], item[3])
        first = seen.setdefault(key, item)
        if first is not item and item[3] != "":
            errors.repeated_element(subject.sink, source, node, first, item, name, is_set=is_set)


def _between(subject: Subject, slot: Slot) -> None:
    """Report words of a list that two definitions of the user give it."""
    kept = _contributions(subject, slot, placed=True)
    words: dict[str, tuple[Definition, Node]] = {}
    lists = [
        (each, each.statement[9])
        for each, _env in kept
        if each.is_whole() and each.statement[9][0] == "list"
    ]
    items = [(each, item) for each, node in lists for item in node[3] if item[0] == "str"]
    if any([item[3].startswith("-") for _each, item in items]):
        return
    for each, item in items:
        first = words.setdefault(item[3], (each, item))
        if first[0] is not each and item[3] and first[1] is not item:
            errors.repeated_between(subject.sink, slot, first, (each, item))


def unordered_lists(subject: Subject) -> None:
    """Report lists and texts whose order hangs on which of two files is imported first.

    A file comes after what it imports: that order is wanted. Two files of which neither
    imports the other stand in the order of two `import` lines that hardly anybody meant so.
    """
    above = _above(subject)
    for slot in subject.slots:
        type_ = slot.type()
        if type_ is None or bare(type_).merge not in ("list", "text"):
            continue
        _between(subject, slot)
        kept = _contributions(subject, slot)
        pair = _unordered(kept, above)
        if pair is not None:
            errors.unordered(subject.sink, slot, *pair)


def _contributions(
    subject: Subject, slot: Slot, *, placed: bool = False
) -> list[tuple[Definition, Env]]:
    """What counts, of the user's files, as far as it has no place of its own, or all of it."""
    live = [
        (each, env)
        for each in slot.definitions
        if each.statement[0] != "remove" and is_live(each)
        for env in each.context.envs()
    ]
    if len(live) < 2:
        return []
    return [
        pair
        for pair in strongest(live)
        if (placed or pair[0].order is None)
        and subject.is_own(pair[0].source)
        and not _is_empty(pair[0])
        and not _is_extension(pair[0])
    ]


def _is_extension(definition: Definition) -> bool:
    """Whether a service contributes it, which cannot know what others will."""
    context = definition.context
    while context is not None:
        if context.kind == "enabled":
            return True
        context = context.parent
    return False


def _is_empty(definition: Definition) -> bool:
    node = definition.statement
    return bool(definition.is_whole() and node[9][0] == "list" and not node[9][3])


def _unordered(
    kept: list[tuple[Definition, Env]], above: dict[str, set[str]]
) -> tuple[Definition, Definition] | None:
    """The first two contributions whose files do not import each other and that differ."""
    files = {each.source.path: each.source for each, _env in kept}
    strangers = {
        path: {name for name, other in files.items() if _are_strangers(source, other, above)}
        for path, source in files.items()
    }
    seen: set[tuple[str, str]] = set()
    for at, (left, _env) in enumerate(kept):
        others = strangers[left.source.path]
        # What the same file says again differs from nothing that comes later and did not
        # differ from the first.
        said = left.source.path, _text(left)
        if not others or said in seen:
            continue
        seen.add(said)
        for right, _other in kept[at + 1 :]:
            if right.source.path in others and _text(right) != said[1]:
                return left, right
    return None


def _are_strangers(one: Source, two: Source, above: dict[str, set[str]]) -> bool:
    """Whether only the order of two `import` lines says which of two files comes first."""
    if one.path == two.path or (one.is_data() and two.is_data()):
        return False  # Data cannot say its place; the lines that import it do.
    if two.path in above.get(one.path, ()) or one.path in above.get(two.path, ()):
        return False
    return one.path in above and two.path in above


def _text(definition: Definition) -> str:
    """What it writes: where two write the same, it does not matter who comes first."""
    source, start, end = definition.span()
    return source.text[start:end]


def _above(subject: Subject) -> dict[str, set[str]]:
    """For each file the files it imports, however far away."""
    return {module.source.path: _reached(module) for module in subject.own}


def _reached(start: Module) -> set[str]:
    out: set[str] = set()
    todo = [start]
    while todo:
        for _statement, target in todo.pop().imports:
            if target.source.path not in out:
                out.add(target.source.path)
                todo.append(target)
    return out
