"""Builtin functions over flows: which part of what they are given ends up in their value."""

from __future__ import annotations

from evaluator.flows.patterns import (
    ANY,
    UNKNOWN,
    common,
    few,
    is_hole,
    is_open,
    may_begin,
    may_end,
    pieces,
    shown,
)
from evaluator.flows.values import EMPTY, FALSE, TRUE, Flow, noted_if_bare, united

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from evaluator.flows.patterns import Texts
    from evaluator.flows.reading import Reader
    from evaluator.flows.values import Taint

TEXTUAL = frozenset(("string", "secret", "secret-text"))
# The same elements in another order, or fewer of them.
ARRANGING = ("dedup", "sort", "reverse")
# What another form of the same value is.
CONVERTING = (
    "string", "octal", "bytes", "int", "float", "size", "duration", "kib", "mib", "gib", "tib",
    "seconds", "minutes", "hours", "days", "weeks", "milliseconds", "shell", "trim", "lower",
    "upper", "indent", "calendar", "address", "network", "prefix", "netmask", "broadcast",
    "host-address",
)  # fmt: skip
ASKING = ("any", "all", "contains", "matches", "unique", "tag")
# Whether a pattern may have a text at one of its ends.
ENDS = {"starts-with": may_begin, "ends-with": may_end}
# Elements that leave the answer as it is.
IDLE = {"any": FALSE, "all": TRUE}


def call(name: str, given: list[Flow], named: dict[str, Flow], reader: Reader) -> Flow:
    """What a builtin makes of its arguments."""
    taint = united(*[reader.deep(each) for each in named.values()])
    if not given:
        return Flow(taint, UNKNOWN)
    first, others = given[0], given[1:]
    if name.startswith("render."):
        made = reader.rendered(first, (), sections=name == "render.ini")
        return Flow(united(made, taint, *[reader.deep(each) for each in others]), UNKNOWN)
    if name in ("join", "lines"):
        rest = [reader.deep(each) for each in others]
        return Flow(united(_elements(first, reader), *rest), UNKNOWN)
    if name == "length":
        return Flow(reader.head(first), UNKNOWN)
    if name == "has" and others:
        return Flow(reader.asked(first, others[0]))
    if name == "kind":
        return Flow(_kind(first, reader))
    if name in ENDS and others:
        return _ended(ENDS[name], first, others[0], reader)
    if name in ASKING:
        return Flow(united(*[reader.deep(each) for each in _deciding(name, given)]))
    listed = _listed(name, first, reader)
    if listed is not None:
        return listed
    if name == "replace" and len(others) == 2:
        return _replaced(first, others[0], others[1], reader)
    taint = united(taint, *[reader.deep(each) for each in given])
    if name == "split":
        return Flow(items=(Flow(taint, UNKNOWN),))
    if name in CONVERTING:
        return Flow(taint, few([each if is_hole(each) else ANY for each in reader.texts(first)]))
    if name == "file":
        return EMPTY
    return Flow(taint, UNKNOWN)


def _ended(may: Callable[[str, str], bool], text: Flow, end: Flow, reader: Reader) -> Flow:
    """Whether a text has another at an end: false, where none of its patterns can have it.

    So a look at all files for those below one folder does not depend on those elsewhere.
    """
    texts, ends = reader.texts(text), reader.texts(end)
    if texts and ends and not any([may(each, some) for each in texts for some in ends]):
        return FALSE
    return Flow(united(reader.deep(text), reader.deep(end)))


def _deciding(name: str, given: list[Flow]) -> list[Flow]:
    """Arguments without the elements that make no difference."""
    idle = IDLE.get(name)
    if idle is None:
        return given
    return [
        Flow(
            each.taint,
            each.texts,
            tuple([item for item in each.items if not item.is_known_as(idle)]),
            each.cells,
            exists=each.exists,
        )
        if each.items is not None
        else each
        for each in given
    ]


def _kind(flow: Flow, reader: Reader) -> Taint:
    """What decides of which kind a value is: for text, whether a secret is in it."""
    taint = reader.deep(flow)
    if not flow.cells or not all([cell.kinds() <= TEXTUAL for cell in flow.cells]):
        return taint
    return {option: notes for option, notes in taint.items() if option in reader.secretive}


def _listed(name: str, first: Flow, reader: Reader) -> Flow | None:
    """The functions whose value has the elements or entries of their argument."""
    if name in ARRANGING:
        return Flow(items=tuple([item for _number, item in reader.elements(first)]))
    if name == "keys":
        return Flow(items=tuple([key for key, _value in reader.entries(first, "name")]))
    if name == "values":
        return Flow(
            items=tuple([value.there(key.taint) for key, value in reader.entries(first, "name")])
        )
    if name == "flatten":
        inner: list[Flow] = []
        for _number, item in reader.elements(first):
            deeper = [each.there(item.exists) for _at, each in reader.elements(item)]
            inner += deeper or [item]
        return Flow(items=tuple(inner))
    return None


def _elements(flow: Flow, reader: Reader) -> Taint:
    """What decides about the elements of a text in a row, each known by what it looks like."""
    out = [reader.head(Flow(flow.taint))]
    for _number, item in reader.elements(flow):
        texts = reader.texts(item)
        taint = reader.deep(item)
        word = common(texts) if taint and texts else ""
        if any([not is_name and part.strip(" \n-=:\"'") for part, is_name in pieces(word)]):
            taint = noted_if_bare(taint, shown(word).strip())
        out.append(taint)
    return united(*out)


def _replaced(text: Flow, old: Flow, new: Flow, reader: Reader) -> Flow:
    taint = united(reader.deep(text), reader.deep(old), reader.deep(new))
    olds, news, texts = reader.texts(old), reader.texts(new), reader.texts(text)
    known = [*olds, *news]
    if len(olds) != 1 or len(news) != 1 or any([is_open(each) for each in known]):
        return Flow(taint, UNKNOWN)
    [before], [after] = olds, news
    made: Texts = few([each.replace(before, after) for each in texts]) if before else texts
    return Flow(taint, made)
