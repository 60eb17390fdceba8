"""What records and maps share at run time: named slots that are forced when read.

A slot is unread, running, done or failed; reading a running one is a cycle, reading a
failed one stops the reader without a second report.
"""

from __future__ import annotations

from evaluator.diagnostics.model import Stop
from evaluator.evaluation.env import FAILED, RUNNING
from evaluator.options.shapes import MISSING, Element

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.definitions.definition import Definition
    from evaluator.evaluation.env import Env
    from evaluator.evaluation.world import World
    from evaluator.options.shapes import Former

    Node = tuple[Any, ...]


class Slots:
    """What records and maps share: named slots below a parent slot."""

    __slots__ = ("definitions", "key", "name", "parent", "slots", "world")
    kind = "record"
    is_map = False
    # Whether it is written and printed as a list of its entries.
    is_list = False

    def __init__(
        self, world: World, parent: Any, name: str, key: str | None, definitions: list[Definition]
    ) -> None:
        self.world = world
        self.parent = parent
        self.name = name
        self.key = key
        self.definitions = definitions
        self.slots: dict[str, Any] = {}

    def get(self, name: str, env: Env | None = None, node: Node | None = None) -> Any:
        """The value of a slot; `env` and `node` say who reads it, for messages."""
        value = self.slots.get(name, MISSING)
        if value is MISSING:
            value = self.force(name, env, node)
        elif value is RUNNING:
            self.world.report_cycle(self, name, env, node)
        elif value is FAILED:
            self.world.read_in_vain(self, name, env, node)
            raise Stop
        if self.world.reads is not None:
            self.world.note(self, name)
        return value

    get_option = get

    def force(self, name: str, env: Env | None, node: Node | None) -> Any:
        """Compute a slot that nobody has read yet."""
        raise AssertionError(self)

    def is_open(self) -> bool:
        """Whether it is known which definitions speak about which name."""
        return True

    def names(self) -> list[str]:
        """Names of the slots there are."""
        raise AssertionError(self)

    def has(self, name: str, env: Env | None = None, node: Node | None = None) -> bool:
        """Whether there is a slot of this name."""
        return name in self.names()

    def index(self) -> int | None:
        """The place of an element in its list, counted from 0; None for what is no element."""
        if type(self.name) is Element:
            return self.name.number
        if self.parent is not None and self.parent.is_list:
            place: int = self.parent.names().index(self.name)
            return place
        return None

    def definitions_of(self, name: str) -> list[Definition]:
        """Definitions that speak about a slot; in a map only live ones."""
        raise AssertionError(self)

    def former_at(self, name: str) -> Former | None:
        """The old name, or the beginning of one, that a name is here."""
        return None

    def entry_definitions(self) -> list[Definition]:
        """What made the entry of a map that this is, or lies in; empty outside of maps."""
        scope: Any = self
        while scope.parent is not None:
            if scope.parent.is_map:
                found: list[Definition] = scope.parent.definitions_of(scope.name)
                return found
            scope = scope.parent
        return []

    def path(self, name: str | None = None) -> tuple[str, ...]:
        """Full path of this scope, or of one of its slots."""
        parts = [] if name is None else [name]
        scope = self
        while scope.parent is not None:
            parts.append(scope.name)
            scope = scope.parent
        parts.reverse()
        return tuple(parts)
