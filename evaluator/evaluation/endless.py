"""Values that contain themselves: `option o: any = config`.

Each step of such a value is a value, so no slot ever needs itself and no circle closes; who
takes the whole value would never come to an end. Everybody who walks through values keeps the
scopes around it and asks here before going into another one.
"""

from __future__ import annotations

from evaluator.diagnostics.model import Stop
from evaluator.evaluation.env import FAILED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

# Deeper than anything that is written; a value that unfolds anew at each level gets there.
DEEPEST = 1000
# Levels of a path, and definitions, that a message shows.
SHOWN = 8


def is_endless(value: Any, around: tuple[Any, ...]) -> bool:
    """Whether a scope lies in itself, or so deep that it must."""
    if len(around) > DEEPEST:
        return True
    for scope in around:
        if scope is value:
            return True
    return False


def refuse(owner: Any, name: str) -> NoReturn:
    """Report a slot whose value contains the slot; it has no value from now on."""
    from evaluator.diagnostics.model import Diagnostic, Help, Label
    from evaluator.evaluation.errors import declared_at
    from evaluator.options.shapes import path_text

    while len(owner.path(name)) > SHOWN and owner.parent is not None:
        owner, name = owner.parent, owner.name
    owner.slots[name] = FAILED
    labels = [
        Label(each.span(), "contains what it is part of", primary=at == 0)
        for at, each in enumerate(owner.definitions_of(name)[:SHOWN])
    ]
    declared = declared_at(owner, name)
    if not labels:
        labels = [Label(each.span, "contains itself", primary=True) for each in declared]
    elif declared:
        labels.extend(declared)
    path = path_text(owner.path(name))
    owner.world.sink.report(
        Diagnostic(
            "cycle",
            f"`{path}` contains itself",
            tuple(labels),
            notes=("its value would have no end",),
            help=(Help("read the options that are needed, not what they lie in"),),
            path=path,
            facts={"cycle": [path]},
        )
    )
    raise Stop
