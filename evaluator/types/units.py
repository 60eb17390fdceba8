"""Units of time and data: reading and writing amounts such as `5s` and `8GiB`.

The language has one spelling per unit; `read_duration` and `read_size` also understand what
people write elsewhere (`5m`, `8G`), because they serve suggestions and not the parser.
"""

from __future__ import annotations

from evaluator.syntax.units import BYTES, MICROSECONDS


def write_duration(microseconds: int) -> str:
    """The shortest whole amount up to days: `14d`, `90min`, `1500ms`, `0s`."""
    amount = int(microseconds)
    if amount == 0:
        return "0s"
    for unit in ("d", "h", "min", "s", "ms"):
        factor = MICROSECONDS[unit]
        if amount % factor == 0:
            return f"{amount // factor}{unit}"
    return f"{amount}us"


def write_size(size: int) -> str:
    """The whole amount with the fewest digits, binary units before decimal: `8GiB`, `1500kB`."""
    amount = int(size)
    best, best_unit = str(amount), "B"
    if amount:
        for unit in ("KiB", "MiB", "GiB", "TiB", "PiB", "kB", "MB", "GB", "TB", "PB"):
            count, rest = divmod(amount, BYTES[unit])
            if rest == 0 and len(str(count)) < len(best):
                best, best_unit = str(count), unit
    return best + best_unit


def read_duration(text: str) -> str | None:
    """The literal somebody meant by `5 sec` or `5m`; None when it is no amount of time."""
    from evaluator.syntax.unit_habits import OTHER_TIMES

    return _read(text, MICROSECONDS, OTHER_TIMES)


def read_size(text: str) -> str | None:
    """The literal somebody meant by `8G` or `8 gib`; None when it is no amount of data."""
    from evaluator.syntax.unit_habits import OTHER_SIZES

    return _read(text, BYTES, OTHER_SIZES)


def _read(text: str, units: dict[str, int], others: dict[str, str]) -> str | None:
    """Digits, perhaps blanks, then a unit in any of its spellings."""
    text = text.strip()
    number = ""
    for character in text:
        if character not in "0123456789":
            break
        number += character
    word = text[len(number) :].strip()
    unit = word if word in units else others.get(word.lower())
    if not number or unit is None:
        return None
    return f"{int(number)}{unit}" if len(number) <= _LONGEST_NUMBER else None


# Longer ones are no amounts anybody means, and Python refuses to convert very long ones.
_LONGEST_NUMBER = 18
