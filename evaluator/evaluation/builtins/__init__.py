"""The predefined functions that work on plain data, by name.

`keys values has length file` see lazy data and belong to the evaluator. `render` is a
namespace: its functions are under `render.keyval` and so on.
"""

from __future__ import annotations

from evaluator.evaluation.builtins import amounts, lists, network, render, secrets, texts
from evaluator.evaluation.builtins.signature import Builtin, BuiltinError

__all__ = ["BUILTINS", "GROUPS", "Builtin", "BuiltinError"]

# Groups in the order of the documentation.
GROUPS: tuple[tuple[str, tuple[Builtin, ...]], ...] = (
    (texts.TITLE, texts.BUILTINS),
    (lists.TITLE, lists.BUILTINS),
    (amounts.TITLE, amounts.BUILTINS),
    (network.TITLE, network.BUILTINS),
    (render.TITLE, render.BUILTINS),
    (secrets.TITLE, secrets.BUILTINS),
)

BUILTINS: dict[str, Builtin] = {
    builtin.name: builtin for _, builtins in GROUPS for builtin in builtins
}
