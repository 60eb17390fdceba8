"""What data says in another way: amounts and modes as text, whole decimal numbers without dot.

JSON, YAML and TOML have no durations, sizes and file modes. Where an option takes one and no
text, the text of its literal (`"5s"`, `"1GiB"`) or the digits of a mode (`"0644"`) stand for
it. An integer stands for a decimal number, since many programs write 1.0 as 1.
"""

from __future__ import annotations

from evaluator.syntax.units import BYTES, MICROSECONDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.types.base import Type

    Node = tuple[Any, ...]

_LARGEST = 2**63 - 1
_EXACT = 2**53
_LONGEST = 40
_MODE_DIGITS = (3, 4)


def reread(type_: Type, node: Node, spelled: str) -> Node:
    """The node of a value of data, as an option of this type means it; `spelled` is its source."""
    tag, kinds = node[0], type_.kinds
    if tag == "str" and "string" not in kinds:
        for kind, units in (("duration", MICROSECONDS), ("size", BYTES)):
            amount = amount_in(node[3], units) if kind in kinds else None
            if amount is not None:
                return (kind, node[1], node[2], amount)
        mode = _mode(node[3]) if "mode" in kinds else None
        if mode is not None:
            return ("mode", node[1], node[2], mode)
    elif tag == "int" and "int" not in kinds:
        if "float" in kinds and -_EXACT <= node[3] <= _EXACT:
            return ("float", node[1], node[2], float(node[3]))
        if "mode" in kinds and spelled.startswith("0o"):
            return ("mode", node[1], node[2], node[3])
    return node


def amount_in(text: str, units: dict[str, int]) -> int | None:
    """The amount a literal of the language spells, None where it spells none."""
    digits = text.rstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    unit = units.get(text[len(digits) :])
    integer, dot, fraction = digits.partition(".")
    whole = integer.replace("_", "")
    if unit is None or len(digits) > _LONGEST or not (whole.isascii() and whole.isdigit()):
        return None
    if "__" in integer or integer[0] == "_" or integer[-1] == "_":
        return None
    if dot and not (fraction.isascii() and fraction.isdigit()):
        return None
    amount, rest = divmod(int(whole + fraction) * unit, 10 ** len(fraction))
    return None if rest or amount > _LARGEST else amount


def _mode(text: str) -> int | None:
    """The mode that octal digits spell, as `chmod` reads them; `0` or `0o` may stand before."""
    digits = text.removeprefix("0o")
    if digits is text and len(digits) > _MODE_DIGITS[1]:
        digits = digits.removeprefix("0")
    if len(digits) not in _MODE_DIGITS or any([each not in "01234567" for each in digits]):
        return None
    return int(digits, 8)


def to_convert(reason: str, type_: Type) -> str:
    """A refusal of text that an expression yields: it is converted, not written otherwise."""
    head, semicolon, advice = reason.partition("; write ")
    kind = next((each for each in ("int", "float", "duration", "size") if each in type_.kinds), "")
    if not semicolon or not kind or not advice.endswith(" without quotes"):
        return reason
    return f"{head}; convert it with `{kind}(…)`"


def advised(reason: str, type_: Type, value: object) -> str:
    """A refusal of a value of data: what to write has to be written in quotes there."""
    kinds = type_.kinds
    if "string" in kinds or not any([each in kinds for each in ("duration", "size", "mode")]):
        return reason
    inner = getattr(type_, "inner", None)  # of `T?`, whose refusal only names the kinds
    if "; write " not in reason and inner is not None and "record" not in kinds:
        _, semicolon, advice = (inner.refuse(value) or "").partition("; write ")
        reason += semicolon + advice
    head, semicolon, advice = reason.partition("; write ")
    if not semicolon:
        return reason
    if type(value) is str and reread(type_, ("str", 0, 0, value), "")[0] != "str":
        return f"{head}; data under a name has no types, import it with `at` to give it some"
    if advice.startswith("a unit"):
        example = '"5s", "90min" or "14d"' if "duration" in kinds else '"512B", "64MiB" or "8GiB"'
        return f"{head}; write a unit and quotes, as in {example}"
    if "mode" in kinds:
        digits = advice.removeprefix("0o")
        quoted = f'"{digits:0>4}"' if digits.isdigit() else 'it as text, as in "0644"'
        return f"{head}; write {quoted}"
    return f'{head}; write "{advice.removesuffix(" without quotes")}"'


def too_large(reason: str, type_: Type, value: object) -> str:
    """A refusal of a word of the command line that would be a number if it were smaller."""
    if not isinstance(value, str) or "int" not in type_.kinds:
        return reason
    digits = value.strip().replace("_", "").removeprefix("-").lstrip("0")
    largest = str(_LARGEST)
    if not (digits.isascii() and digits.isdigit()):
        return reason
    if (len(digits), digits) <= (len(largest), largest):
        return reason
    return f"expected {type_.describe()}, found {value}; integers have 64 bits"
