"""The door to `wording`, which most runs never load: they have nothing to say."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.definitions.wording import *  # noqa: F403 - everything goes through this door


def __getattr__(name: str) -> Any:
    from evaluator.definitions import wording

    return getattr(wording, name)
