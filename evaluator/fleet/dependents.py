"""What has to be computed again in a configuration when some of its options get other definitions.

A key is a slot, `(id(scope), name)`; with the name `""` it is the way a scope's definitions are
handed to its names, a condition or a loop, and with `-id(scope)` which names there are.
"""

from __future__ import annotations

from evaluator.evaluation.env import FAILED, Let
from evaluator.evaluation.scope import Scope
from evaluator.evaluation.slots import Slots
from evaluator.options.shapes import list_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.evaluation.world import World

    Key = tuple[int, str]


class Journal(list["Any"]):
    """A stack of what is being computed that remembers all that ever was on it."""

    __slots__ = ("computed",)

    def __init__(self) -> None:
        super().__init__()
        self.computed: list[tuple[Any, str]] = []

    def append(self, frame: Any) -> None:
        """Begin to compute something."""
        self.computed.append(frame[:2])
        super().append(frame)


class Dependents:
    """Who was computed from whom in a configuration that was evaluated and traced."""

    __slots__ = ("failed", "objects", "size", "unfinished", "users")

    def __init__(self, world: World, computed: list[tuple[Any, str]]) -> None:
        self.users: dict[Key, list[Key]] = {}
        # By identity; they stay alive as long as this does.
        self.objects: dict[int, Any] = {id(each): each for each, _name in computed}
        # How many keys there are, about.
        self.size = 0
        self._walk(world.root)
        for reader, inputs in (world.reads or {}).items():
            for (at, name), (scope, _name) in inputs.items():
                asked = (-at, "") if not name and isinstance(scope, Slots) else (at, name)
                self.users.setdefault(asked, []).append(reader)
        # Slots and `let`s without a value: it is not known what they would have read next.
        self.failed: list[Key] = []
        # Scopes whose definitions could not be handed on, for the same reason.
        self.unfinished: list[Slots] = []
        for at, each in self.objects.items():
            if isinstance(each, Slots):
                self.failed += [(at, name) for name in each.slots if each.slots[name] is FAILED]
                if not each.is_open():
                    self.unfinished.append(each)
            elif type(each) is Let and each.value is FAILED:
                self.failed.append((at, each.name))

    def _walk(self, root: Slots) -> None:
        pending: list[tuple[Slots, Key | None]] = [(root, None)]
        users = self.users
        while pending:
            scope, holder = pending.pop()
            at = id(scope)
            self.objects[at] = scope
            inside = users.setdefault((at, ""), [])
            inside.append((-at, ""))
            below = users.setdefault(holder, []) if holder is not None else []
            below += [(at, ""), (-at, "")]
            if holder is not None and not is_group(scope):
                # It is made anew with the slot that holds it.
                inside.append(holder)
            self.size += len(scope.slots)
            for name, value in scope.slots.items():
                key = (at, name)
                inside.append(key)
                below.append(key)
                pending += [(each, key) for each in held(scope, name, value)]

    def closure(self, seeds: list[Key]) -> set[Key]:
        """Everything that some changes lead to, however many steps away."""
        dirty = set(seeds)
        pending = list(dirty)
        users = self.users
        while pending:
            for user in users.get(pending.pop(), ()):
                if user not in dirty:
                    dirty.add(user)
                    pending.append(user)
        return dirty


def held(scope: Slots, name: str, value: Any) -> list[Slots]:
    """The scopes that a slot made: what only leads to another place is not among them."""
    items = value if value.__class__ is list else (value,)
    return [each for each in items if isinstance(each, Slots) and lies_at(each, scope, name)]


def lies_at(inner: Slots, scope: Slots, name: str) -> bool:
    """Whether a slot is where a scope lies."""
    return inner.parent is scope and list_name(inner.name) == name


def is_group(scope: Any) -> bool:
    """Whether a scope is a group or a service: there is one of it, whatever is defined."""
    return type(scope) is Scope and scope.shape.record is None
