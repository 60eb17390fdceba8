"""From lazy parts of the configuration to plain data, everything in it forced."""

from __future__ import annotations

from evaluator.types.values import Duration, Mode, Size

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LEAVES = (str, int, bool, float, type(None), Duration, Size, Mode)


def plain(value: Any) -> Any:
    """The same value as lists, dicts and scalars."""
    if type(value) in LEAVES:
        return value
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    names = getattr(value, "names", None)
    if names is not None and value.is_list:
        return [plain(value.get(name)) for name in names()]
    if names is not None:
        return {name: plain(value.get(name)) for name in names()}
    return value
