"""Builtin functions between amounts with a unit and plain integers."""

from __future__ import annotations

from evaluator.evaluation.builtins.signature import Builtin, BuiltinError, example, one_of
from evaluator.syntax.units import BYTES, MICROSECONDS
from evaluator.types.from_data import amount_in
from evaluator.types.values import Duration, Size, display

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

TITLE = "Durations and sizes"

_TIMES = {
    "milliseconds": "ms",
    "seconds": "s",
    "minutes": "min",
    "hours": "h",
    "days": "d",
    "weeks": "w",
}
_SIZES = {"bytes": "B", "kib": "KiB", "mib": "MiB", "gib": "GiB", "tib": "TiB"}


def _whole(name: str, factor: int) -> Callable[[int], int]:
    """A function that divides an amount by a factor and refuses a rest."""

    def count(amount: int) -> int:
        number, rest = divmod(int(amount), factor)
        if rest:
            raise BuiltinError(f"{display(amount)} is no whole number of {name}", 0)
        return number

    return count


def _duration(amount: int | str) -> Duration:
    if isinstance(amount, str):
        return Duration(_spelled(amount, MICROSECONDS, "duration", "5s, 90min or 14d"))
    return Duration(amount * MICROSECONDS["s"])


def _size(amount: int | str) -> Size:
    if isinstance(amount, str):
        return Size(_spelled(amount, BYTES, "size", "512B, 64MiB or 8GiB"))
    return Size(amount)


def _spelled(text: str, units: dict[str, int], what: str, examples: str) -> int:
    amount = amount_in(text, units)
    if amount is None:
        raise BuiltinError(f"{display(text)} spells no {what}, as {examples} do", 0)
    return amount


def _times() -> list[Builtin]:
    durations = one_of(("duration",), "duration", "a duration")
    return [
        Builtin(
            name,
            _whole(name, MICROSECONDS[unit]),
            (durations,),
            f"The {name} of a duration, as an integer. An error when they are not whole.",
            example(2, Duration(2 * MICROSECONDS[unit])),
        )
        for name, unit in _TIMES.items()
    ]


def _sizes() -> list[Builtin]:
    sizes = one_of(("size",), "size", "a size")
    words = {"bytes": "bytes", "kib": "KiB", "mib": "MiB", "gib": "GiB", "tib": "TiB"}
    return [
        Builtin(
            name,
            _whole(words[name], BYTES[unit]),
            (sizes,),
            f"The {words[name]} of a size, as an integer. An error when they are not whole.",
            example(2 * 2**10 if name == "bytes" else 2, Size(2 * max(BYTES[unit], 2**10))),
        )
        for name, unit in _SIZES.items()
    ]


BUILTINS = (
    *_times(),
    Builtin(
        "duration",
        _duration,
        (one_of(("int", "string"), "amount", "a number of seconds, or text with a unit"),),
        "The duration of so many seconds, or the one that a string spells.",
        example(Duration(90 * MICROSECONDS["s"]), 90),
        example(Duration(90 * MICROSECONDS["min"]), "1.5h"),
    ),
    *_sizes(),
    Builtin(
        "size",
        _size,
        (one_of(("int", "string"), "amount", "a number of bytes, or text with a unit"),),
        "The size of so many bytes, or the one that a string spells.",
        example(Size(2**21), 2**21),
        example(Size(2**33), "8GiB"),
    ),
)
