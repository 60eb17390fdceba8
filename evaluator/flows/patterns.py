"""Texts of which parts are known: `binfmt.d/qemu-<name>.conf`.

A pattern is a text with holes in it. A hole stands for any text and has a name for people;
that nothing else is taken for one, it stands between two characters of private use.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    Texts = frozenset[str]

OPEN, CLOSE = "\ue000", "\ue001"
MANY = 8
LONG = 160
NOTHING: Texts = frozenset()


def hole(name: str) -> str:
    """A pattern that fits every text."""
    return f"{OPEN}{name}{CLOSE}"


ANY = hole("…")
UNKNOWN: Texts = frozenset((ANY,))


def few(texts: Iterable[str]) -> Texts:
    """The texts, or one hole where there are too many to be told apart."""
    found = frozenset(texts)
    if ANY in found or len(found) > MANY or any([len(each) > LONG for each in found]):
        return UNKNOWN
    return found


def joined(parts: list[Texts]) -> Texts:
    """Every text that one of each part makes in a row; a part without text is a hole."""
    found = {""}
    for part in parts:
        if len(found) * max(len(part), 1) > MANY:
            return frozenset((_head(found) + ANY,))
        found = {before + after for before in found for after in part or UNKNOWN}
    return few([_single(each) for each in found])


def _head(texts: Iterable[str]) -> str:
    """What all texts begin with, holes kept whole."""
    head, *others = sorted(texts)
    while not all([each.startswith(head) for each in others]):
        head = head[:-1]
    return head[: head.rindex(OPEN)] if head.rfind(OPEN) > head.rfind(CLOSE) else head


def _single(text: str) -> str:
    """Holes without a name that stand side by side are one."""
    while ANY + ANY in text:
        text = text.replace(ANY + ANY, ANY)
    return text


def is_open(text: str) -> bool:
    """Whether a text has a hole."""
    return OPEN in text


def is_hole(text: str) -> bool:
    """Whether a text is one hole and nothing else."""
    return text.startswith(OPEN) and text.find(CLOSE) == len(text) - 1


def pieces(text: str) -> list[tuple[str, bool]]:
    """The parts of a pattern in order, each with whether it is the name of a hole."""
    out: list[tuple[str, bool]] = []
    while OPEN in text:
        before, _, rest = text.partition(OPEN)
        name, _, text = rest.partition(CLOSE)
        if before:
            out.append((before, False))
        out.append((name, True))
    return [*out, (text, False)] if text else out


def shown(text: str) -> str:
    """The pattern as people read it."""
    text = text.replace(ANY, "…")
    return text.replace(OPEN, "<").replace(CLOSE, ">")


def common(texts: Iterable[str]) -> str:
    """One pattern for several: what they begin with, and a hole."""
    found = sorted(texts)
    return found[0] if len(found) == 1 else _head(found) + ANY


def may_be(pattern: str, text: str) -> bool:
    """Whether a hole may stand for what it takes to make the text of the pattern."""
    rest = text
    parts = pieces(pattern)
    for at, (part, is_name) in enumerate(parts):
        if is_name:
            continue
        last = at == len(parts) - 1
        if at == 0:
            place = 0 if rest.startswith(part) else -1
        else:
            place = rest.rfind(part) if last else rest.find(part)
        if place < 0 or (last and place + len(part) != len(rest)):
            return False
        rest = rest[place + len(part) :]
    return not rest or (bool(parts) and parts[-1][1])


def may_begin(pattern: str, start: str) -> bool:
    """Whether a text of one pattern may begin with a text of the other.

    A name made of several unknown parts, `<folder>/<name>`, is taken to begin elsewhere: who
    reads about it would only wonder.
    """
    head, rest = pattern.partition(OPEN)[0], pieces(pattern)
    wanted = start.partition(OPEN)[0]
    is_free = bool(rest) and rest[-1][1] and len(rest) == 1 + bool(head)
    return head.startswith(wanted) or (is_free and wanted.startswith(head))


def may_end(pattern: str, end: str) -> bool:
    """Whether a text of one pattern may end with a text of the other."""
    tail, wanted = pattern.rpartition(CLOSE)[2], end.rpartition(CLOSE)[2]
    return tail.endswith(wanted) or (is_open(pattern) and wanted.endswith(tail))
