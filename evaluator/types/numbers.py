"""Scalar types without text: bool, int, float, port, mode, duration and size."""

from __future__ import annotations

from evaluator.syntax.units import MICROSECONDS
from evaluator.types.base import Scalar, found, integer_in, no_ranges, taken
from evaluator.types.units import read_duration, read_size
from evaluator.types.values import Duration, Mode, Size, display, write_float

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Ranges = list[tuple[Any, Any]]

LOWEST = -(2**63)
HIGHEST = 2**63 - 1
HIGHEST_PORT = 65535
HIGHEST_MODE = 0o7777

_TRUE = ("true", "yes", "on", "1", "enabled")
_FALSE = ("false", "no", "off", "0", "disabled")


class Bool(Scalar):
    """`bool`: true or false; `bool(any: true)` is true as soon as one definition is."""

    __slots__ = ("merge",)
    kinds = ("bool",)

    def __init__(self, *, is_any: bool = False) -> None:
        self.merge = "or" if is_any else "equal"

    def describe(self) -> str:
        return "true or false"

    def source(self) -> str:
        return "bool" if self.merge == "equal" else "bool(any: true)"

    def remedy(self, value: object) -> str | None:
        word = value.strip().lower() if isinstance(value, str) else str(value)
        if word in _TRUE:
            return "true"
        return "false" if word in _FALSE else None

    def json_schema(self) -> dict[str, Any]:
        return {"type": "boolean"}


class Int(Scalar):
    """`int(lo..hi)`: an integer of 64 bits, both bounds inclusive, None for no bound."""

    __slots__ = ("hi", "lo")
    kinds = ("int",)

    def __init__(self, lo: int | None = None, hi: int | None = None) -> None:
        self.lo = lo
        self.hi = hi

    def describe(self) -> str:
        return "integer" + bounds(self.lo, self.hi)

    def source(self) -> str:
        return "int" + written_range(self.lo, self.hi)

    def fault(self, value: Any) -> str | None:
        if not LOWEST <= value <= HIGHEST:
            return "integers have 64 bits"
        return None if within(value, self.lo, self.hi) else ""

    def remedy(self, value: object) -> str | None:
        number = integer_in(value) if isinstance(value, str) else None
        if isinstance(value, float) and value.is_integer():
            number = int(value)
        if number is None or self.fault(number) is not None:
            return None
        return value if isinstance(value, str) and value == str(number) else str(number)

    def json_schema(self) -> dict[str, Any]:
        schema: dict[str, Any] = {"type": "integer"}
        if self.lo is not None:
            schema["minimum"] = self.lo
        if self.hi is not None:
            schema["maximum"] = self.hi
        return schema


class Port(Int):
    """`port`: a TCP or UDP port; 0 lets the system choose one."""

    __slots__ = ()

    def describe(self) -> str:
        return "port number" + bounds(self.lo, self.hi)

    def source(self) -> str:
        if (self.lo, self.hi) == (0, HIGHEST_PORT):
            return "port"
        return "port" + written_range(self.lo, None if self.hi == HIGHEST_PORT else self.hi)


class Float(Scalar):
    """`float(lo..hi)`: a decimal number; an integer is none, so that 1 and 1.0 never meet."""

    __slots__ = ("hi", "lo")
    kinds = ("float",)

    def __init__(self, lo: float | None = None, hi: float | None = None) -> None:
        self.lo = lo
        self.hi = hi

    def describe(self) -> str:
        return "decimal number" + bounds(self.lo, self.hi)

    def source(self) -> str:
        return "float" + written_range(self.lo, self.hi)

    def fault(self, value: Any) -> str | None:
        return None if within(value, self.lo, self.hi) else ""

    def remedy(self, value: object) -> str | None:
        if isinstance(value, int) and type(value) is int and abs(value) <= HIGHEST:
            number = float(value)
        elif isinstance(value, str) and value.isascii():
            try:
                number = float(value)
            except ValueError:
                return None
        else:
            return None
        if number - number != 0.0 or self.fault(number) is not None:
            return None
        return write_float(number)

    def json_schema(self) -> dict[str, Any]:
        schema: dict[str, Any] = {"type": "number"}
        if self.lo is not None:
            schema["minimum"] = self.lo
        if self.hi is not None:
            schema["maximum"] = self.hi
        return schema


class ModeType(Scalar):
    """`mode`: permission bits, written in octal so that 644 is never taken for 0o644."""

    __slots__ = ()
    kinds = ("mode",)

    def describe(self) -> str:
        return "file mode"

    def source(self) -> str:
        return "mode"

    def fault(self, value: Any) -> str | None:
        return None if 0 <= value <= HIGHEST_MODE else "the highest mode is 0o7777"

    def remedy(self, value: object) -> str | None:
        digits = str(value) if type(value) is int else value
        if not isinstance(digits, str):
            return None
        digits = digits.removeprefix("0o").lstrip("0") or "0"
        octal = all(digit in "01234567" for digit in digits)
        if not octal or len(digits) > _MODE_DIGITS:
            return None
        return display(Mode(int(digits, 8)))

    def advice(self, value: object) -> str | None:
        if isinstance(value, Mode):
            return None
        return super().advice(value) or "write it in octal, as in 0o644"

    def json_schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": "^[0-7]{4}$"}


class Amount(Scalar):
    """What durations and sizes share: an integer with a unit, inside bounds."""

    __slots__ = ("hi", "lo")
    noun = ""
    unit: type[int] = int

    def __init__(self, lo: int | None = None, hi: int | None = None) -> None:
        self.lo = self.unit(0 if lo is None else lo)
        self.hi = None if hi is None else self.unit(hi)

    def describe(self) -> str:
        return self.noun + bounds(self.lo or None, self.hi)

    def source(self) -> str:
        parts = [f"min: {display(self.lo)}"] if self.lo else []
        if self.hi is not None:
            parts.append(f"max: {display(self.hi)}")
        return self.kinds[0] + (f"({', '.join(parts)})" if parts else "")

    def fault(self, value: Any) -> str | None:
        if within(value, self.lo, self.hi):
            return None
        return "it is negative" if value < 0 and not self.lo else ""


class DurationType(Amount):
    """`duration(min: 1s, max: 1d)`: a length of time; not negative unless `min` says so."""

    __slots__ = ()
    kinds = ("duration",)
    noun = "duration"
    unit = Duration

    def remedy(self, value: object) -> str | None:
        return read_duration(value) if isinstance(value, str) else None

    def advice(self, value: object) -> str | None:
        if type(value) is int or (isinstance(value, str) and integer_in(value) is not None):
            return "write a unit, as in 5s, 90min or 14d"
        return super().advice(value)

    def json_schema(self) -> dict[str, Any]:
        schema: dict[str, Any] = {"type": "number", "minimum": self.lo / MICROSECONDS["s"]}
        if self.hi is not None:
            schema["maximum"] = self.hi / MICROSECONDS["s"]
        return schema


class SizeType(Amount):
    """`size(min: 1MiB, max: 1TiB)`: an amount of data; not negative unless `min` says so."""

    __slots__ = ()
    kinds = ("size",)
    noun = "size"
    unit = Size

    def remedy(self, value: object) -> str | None:
        return read_size(value) if isinstance(value, str) else None

    def advice(self, value: object) -> str | None:
        if type(value) is int or (isinstance(value, str) and integer_in(value) is not None):
            return "write a unit, as in 512B, 64MiB or 8GiB"
        return super().advice(value)

    def json_schema(self) -> dict[str, Any]:
        schema: dict[str, Any] = {"type": "integer", "minimum": int(self.lo)}
        if self.hi is not None:
            schema["maximum"] = int(self.hi)
        return schema


def within(value: float, lo: float | None, hi: float | None) -> bool:
    """Whether lo <= value <= hi, None being no bound."""
    return (lo is None or value >= lo) and (hi is None or value <= hi)


def bounds(lo: object, hi: object) -> str:
    """The bounds in words, with a blank before, or nothing."""
    if lo is None and hi is None:
        return ""
    if hi is None:
        return f" of at least {display(lo)}"
    return f" of at most {display(hi)}" if lo is None else f" from {display(lo)} to {display(hi)}"


def written_range(lo: float | None, hi: float | None) -> str:
    """The bounds as they stand in a declaration: `(1..5)`, `(0..)`, `(max: 5)`."""
    if lo is None and hi is None:
        return ""
    if lo is None:
        return f"(max: {display(hi)})"
    return f"({display(lo)}..{'' if hi is None else display(hi)})"


def bounded(
    ranges: Ranges, named: dict[str, object], kinds: tuple[str, ...], type_name: str
) -> tuple[Any, Any]:
    """Lower and upper bound from one range or from `min:` and `max:`.

    Raises ValueError in words when the declaration contradicts itself.
    """
    known = {"min": kinds[0], "max": kinds[0]}
    for name, value in named.items():
        if name in known and type(value) is int and "int" in kinds:
            known[name] = "int"
    taken(named, known, type_name)
    if len(ranges) > 1 or (ranges and named):
        raise ValueError(f"`{type_name}` takes one range, as in `{type_name}(1..9)`")
    lo: Any = named.get("min")
    hi: Any = named.get("max")
    if ranges:
        lo, hi = ranges[0]
    if lo is not None and hi is not None and lo > hi:
        raise ValueError(
            f"the range of `{type_name}` is empty: {display(lo)} is greater than {display(hi)}"
        )
    return lo, hi


def make_bool(ranges: Ranges, named: dict[str, object]) -> Bool:
    """`bool`, `bool(any: true)`."""
    no_ranges(ranges, "bool")
    taken(named, {"any": "bool"}, "bool")
    return Bool(is_any=named.get("any") is True)


def make_int(ranges: Ranges, named: dict[str, object]) -> Int:
    """`int`, `int(0..)`, `int(1..65535)`, `int(min: -5, max: 5)`."""
    return Int(*bounded(ranges, named, ("int",), "int"))


def make_float(ranges: Ranges, named: dict[str, object]) -> Float:
    """`float`, `float(0..1)`, `float(min: 0.5)`."""
    return Float(*bounded(ranges, named, ("float", "int"), "float"))


def make_port(ranges: Ranges, named: dict[str, object]) -> Port:
    """`port`, `port(1..)`, `port(1024..65535)`."""
    lo, hi = bounded(ranges, named, ("int",), "port")
    for bound in (lo, hi):
        if bound is not None and not 0 <= bound <= HIGHEST_PORT:
            raise ValueError(f"ports go from 0 to {HIGHEST_PORT}, {bound} is none")
    return Port(0 if lo is None else lo, HIGHEST_PORT if hi is None else hi)


def make_mode(ranges: Ranges, named: dict[str, object]) -> ModeType:
    """`mode`, which takes nothing."""
    no_ranges(ranges, "mode")
    taken(named, {}, "mode")
    return ModeType()


def make_duration(ranges: Ranges, named: dict[str, object]) -> DurationType:
    """`duration`, `duration(min: 1s, max: 1d)`."""
    _need_units(ranges, Duration, "duration(min: 1s, max: 1d)")
    return DurationType(*bounded(ranges, named, ("duration",), "duration"))


def make_size(ranges: Ranges, named: dict[str, object]) -> SizeType:
    """`size`, `size(min: 1MiB, max: 1TiB)`."""
    _need_units(ranges, Size, "size(min: 1MiB, max: 1TiB)")
    return SizeType(*bounded(ranges, named, ("size",), "size"))


def _need_units(ranges: Ranges, unit: type[int], example: str) -> None:
    """Raise ValueError for bounds without a unit; 0 needs none."""
    for pair in ranges:
        for bound in pair:
            if bound and type(bound) is not unit:
                raise ValueError(f"a bound needs a unit, as in `{example}`, not {found(bound)}")


_MODE_DIGITS = 4
