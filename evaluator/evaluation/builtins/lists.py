"""Builtin functions on lists."""

from __future__ import annotations

from evaluator.evaluation.builtins.signature import (
    Builtin,
    BuiltinError,
    example,
    items,
    text,
)
from evaluator.types.secrets import SECRETS, SecretText
from evaluator.types.values import (
    Duration,
    Size,
    as_text,
    display,
    fingerprint,
    kind_of,
    kind_words,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

TITLE = "Lists"

_SORTABLE = frozenset({"int", "float", "string", "duration", "size", "mode"})
_SUMMABLE: dict[str, type[int | float]] = {
    "int": int,
    "float": float,
    "duration": Duration,
    "size": Size,
}


def _texts(name: str, values: list[object]) -> list[Any]:
    """The items as text, the way `#{…}` writes them; secrets stay what they are."""
    texts: list[Any] = []
    for index, value in enumerate(values):
        if isinstance(value, SECRETS):
            texts.append(value)
            continue
        written = as_text(value)
        if written is None:
            raise BuiltinError(
                f"`{name}` takes strings and numbers; item {index + 1} is {kind_words(value)}", 0
            )
        texts.append(written)
    return texts


def _join(values: list[object], separator: str) -> object:
    texts = _texts("join", values)
    parts = [part for each in texts for part in (separator, each)][1:]
    return _together(parts)


def _lines(values: list[object]) -> object:
    return _together([part for line in _texts("lines", values) for part in (line, "\n")])


def _together(parts: list[Any]) -> object:
    """Text, with secrets in it if there is one among the parts."""
    if any([isinstance(part, SECRETS) for part in parts]):
        return SecretText(parts)
    return "".join(parts)


def _unique(values: list[object]) -> bool:
    return len({fingerprint(value) for value in values}) == len(values)


def _dedup(values: list[object]) -> list[object]:
    seen: set[object] = set()
    kept: list[object] = []
    for value in values:
        mark = fingerprint(value)
        if mark not in seen:
            seen.add(mark)
            kept.append(value)
    return kept


def _one_kind(name: str, values: list[Any], kinds: frozenset[str]) -> str | None:
    """The kind all items share, None for an empty list; BuiltinError if they share none."""
    first: str | None = None
    for index, value in enumerate(values):
        kind = kind_of(value)
        if kind not in kinds:
            raise BuiltinError(
                f"`{name}` has no use for {kind_words(value)}, which item {index + 1} is", 0
            )
        if first is not None and kind != first:
            raise BuiltinError(
                f"`{name}` takes items of one kind; item 1 is {kind_words(values[0])}, "
                f"item {index + 1} is {kind_words(value)}",
                0,
            )
        first = kind
    return first


def _sort(values: list[Any]) -> list[object]:
    _one_kind("sort", values, _SORTABLE)
    return sorted(values)


def _reverse(values: list[object]) -> list[object]:
    return values[::-1]


def _flatten(values: list[object]) -> list[object]:
    flat: list[object] = []
    for index, value in enumerate(values):
        if not isinstance(value, list):
            raise BuiltinError(
                f"`flatten` takes a list of lists; item {index + 1} is {kind_words(value)}", 0
            )
        flat += value
    return flat


def _sum(values: list[Any]) -> object:
    kind = _one_kind("sum", values, frozenset(_SUMMABLE))
    if kind is None:
        return 0
    total = values[0]
    for value in values[1:]:
        total += value
    if kind == "float" and total - total != 0.0:
        raise BuiltinError("the sum is too large for a decimal number", 0)
    return _SUMMABLE[kind](total)


def _min(values: list[Any]) -> object:
    if _one_kind("min", values, _SORTABLE) is None:
        raise BuiltinError("an empty list has no smallest item", 0)
    return min(values)


def _max(values: list[Any]) -> object:
    if _one_kind("max", values, _SORTABLE) is None:
        raise BuiltinError("an empty list has no greatest item", 0)
    return max(values)


def _booleans(name: str, values: list[object]) -> list[object]:
    for index, value in enumerate(values):
        if not isinstance(value, bool):
            raise BuiltinError(
                f"`{name}` takes a list of booleans; item {index + 1} is {display(value, 40)}", 0
            )
    return values


def _all(values: list[object]) -> bool:
    return all(_booleans("all", values))


def _any(values: list[object]) -> bool:
    return any(_booleans("any", values))


BUILTINS = (
    Builtin(
        "join",
        _join,
        (items(), text("separator", "a separator")),
        "The items as one string, with the separator between them.",
        example("a, b", ["a", "b"], ", "),
        example("80 443", [80, 443], " "),
        example("", [], ", "),
    ),
    Builtin(
        "lines",
        _lines,
        (items(),),
        "The items as one text, each followed by a line end.",
        example("/srv/a\n/srv/b\n", ["/srv/a", "/srv/b"]),
        example("", []),
    ),
    Builtin(
        "unique",
        _unique,
        (items(),),
        "Whether no two items are the same. `1`, `1.0` and `true` are different.",
        example(True, [1, 2, 3]),
        example(False, ["a", "b", "a"]),
    ),
    Builtin(
        "dedup",
        _dedup,
        (items(),),
        "The list without repetitions; of equal items the first one stays.",
        example(["b", "a"], ["b", "a", "b"]),
    ),
    Builtin(
        "sort",
        _sort,
        (items(),),
        "The items in ascending order. All are strings (ordered by code point) or all are "
        "amounts of one kind.",
        example(["a", "b"], ["b", "a"]),
        example([9, 10], [10, 9]),
    ),
    Builtin(
        "reverse",
        _reverse,
        (items(),),
        "The items from last to first.",
        example([3, 2, 1], [1, 2, 3]),
    ),
    Builtin(
        "flatten",
        _flatten,
        (items("lists", "a list of lists"),),
        "One list of all items of the inner lists; one level, not more.",
        example([1, 2, [3]], [[1], [2, [3]]]),
    ),
    Builtin(
        "sum",
        _sum,
        (items(),),
        "The sum of integers, decimal numbers, durations or sizes, not mixed; 0 for an empty list.",
        example(6, [1, 2, 3]),
        example(Duration(90_000_000), [Duration(60_000_000), Duration(30_000_000)]),
        example(0, []),
    ),
    Builtin(
        "min",
        _min,
        (items(),),
        "The smallest item of a list that is not empty.",
        example(1, [3, 1, 2]),
    ),
    Builtin(
        "max",
        _max,
        (items(),),
        "The greatest item of a list that is not empty.",
        example(Size(2**30), [Size(2**20), Size(2**30)]),
    ),
    Builtin(
        "all",
        _all,
        (items("booleans", "a list of booleans"),),
        "Whether every item is true; so it is for an empty list.",
        example(False, [True, False]),
        example(True, []),
    ),
    Builtin(
        "any",
        _any,
        (items("booleans", "a list of booleans"),),
        "Whether at least one item is true.",
        example(True, [True, False]),
        example(False, []),
    ),
)
