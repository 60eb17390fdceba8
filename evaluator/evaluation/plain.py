"""From lazy parts of the configuration to plain data, everything in it forced."""

from __future__ import annotations

from evaluator.types.secrets import Secret, SecretText
from evaluator.types.values import Duration, Mode, Size

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.evaluation.env import Env

LEAVES = (str, int, bool, float, type(None), Duration, Size, Mode, Secret, SecretText)


def plain(value: Any, env: Env | None = None, node: Any = None) -> Any:
    """The same value as lists, dicts and scalars; `env` and `node` say who reads all of it."""
    if type(value) in LEAVES:
        return value
    if isinstance(value, list):
        return [plain(item, env, node) for item in value]
    if isinstance(value, dict):
        return {name: plain(item, env, node) for name, item in value.items()}
    names = getattr(value, "names", None)
    if names is not None and value.is_list:
        return [plain(value.get(name, env, node), env, node) for name in names()]
    if names is not None:
        return {name: plain(value.get(name, env, node), env, node) for name in names()}
    return value
