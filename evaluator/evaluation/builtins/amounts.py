"""Builtin functions between amounts with a unit and plain integers."""

from __future__ import annotations

from evaluator.evaluation.builtins.signature import Builtin, BuiltinError, example, one_of
from evaluator.syntax.units import BYTES, MICROSECONDS
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


def _duration(seconds: int) -> Duration:
    return Duration(seconds * MICROSECONDS["s"])


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
        (one_of(("int",), "seconds", "a number of seconds"),),
        "The duration of so many seconds.",
        example(Duration(90 * MICROSECONDS["s"]), 90),
    ),
    *_sizes(),
    Builtin(
        "size",
        Size,
        (one_of(("int",), "bytes", "a number of bytes"),),
        "The size of so many bytes.",
        example(Size(2**21), 2**21),
    ),
)
