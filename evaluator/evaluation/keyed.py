"""`keyed(R, on: "f")`: records that a field tells apart, written as lists or by key.

Elements of one key are merged, wherever they stand. Keys are in the order in which they
were first seen, definitions being taken in their order; the JSON form is a list.
"""

from __future__ import annotations

from evaluator.definitions.spread import bindings
from evaluator.evaluation import errors as common
from evaluator.evaluation import type_errors as errors
from evaluator.evaluation.blocks import contributing
from evaluator.evaluation.context import narrowed
from evaluator.evaluation.env import LazyRead
from evaluator.evaluation.expressions import evaluate
from evaluator.evaluation.maps import MapScope
from evaluator.types.values import as_text, kind_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.definitions.definition import Definition
    from evaluator.evaluation.env import Env
    from evaluator.evaluation.slots import Slots

    Node = tuple[Any, ...]
    Parts = dict[str, list[Definition]]
    Removals = list[tuple[str, Definition]]


def merge_keyed(
    owner: Slots,
    name: str,
    type_: Any,
    definitions: list[Definition],
    default: Definition | None,
    key: str | None,
) -> KeyedScope:
    """The entries of all definitions; the default only where nothing else contributes."""
    kept = contributing(owner, name, type_, definitions, default)
    kept = sorted(kept, key=lambda each: 1000 if each.order is None else each.order)
    scope = KeyedScope(owner.world, type_.inner, owner, name, key, kept, is_ordered=False)
    scope.field = type_.field
    scope.elements = set()
    return scope


class KeyedScope(MapScope):
    """A map whose keys are a field of its entries; a list to whoever prints or loops over it."""

    __slots__ = ("elements", "field")

    is_list = True
    field: str
    # Identities of definitions that came as elements of lists and so give their key.
    elements: set[int]

    def names(self) -> list[str]:
        """Keys in the order in which they were first seen."""
        names = self._names
        if names is None:
            names = self._names = list(self.entries())
        if self.world.reads is not None:
            self.world.note(self.parent, self.name)
        return names

    def only(self, definition: Definition) -> MapScope:
        """The same as one of its definitions alone would make it."""
        scope = KeyedScope(
            self.world, self.type, self.parent, self.name, self.key, [definition],
            is_ordered=False,
        )  # fmt: skip
        scope.field = self.field
        scope.elements = set()
        return scope

    def entries(self, env: Env | None = None, node: Node | None = None) -> Parts:
        """Live definitions by key; the field that is the key is given by addressing it."""
        is_new = self._entries is None
        entries = super().entries(env, node)
        member = self.type.container().record.shape.members.get(self.field)  # type: ignore[union-attr]
        if is_new and member is not None:  # a field that is not there was reported beforehand
            for key, found in list(entries.items()):
                if any([id(each) in self.elements for each in found]):
                    continue
                if "string" not in member.type.kinds and not is_decimal(key):
                    errors.no_number_key(self, key, found[0], member.type)
                    del entries[key]
                    continue
                found.append(self._named(key, found[0], is_text="string" in member.type.kinds))
        return entries

    def _named(self, key: str, definition: Definition, *, is_text: bool) -> Definition:
        """What `mounts."/srv" { … }` says beside what is in the block: the key."""
        part = definition.part({self.field: key if is_text else int(key)})
        part.strength = None
        return part

    def _open(self, definition: Definition, entries: Parts, removals: Removals) -> None:
        node = definition.statement
        if definition.is_whole() and node[9][0] == "list":
            for env in definition.context.envs():
                context = narrowed(definition.context, env)
                for at, item in enumerate(node[9][3]):
                    element = definition.element(at)
                    element.context = context
                    self._element(element, item, env, entries)
            return
        super()._open(definition, entries, removals)

    def _element(self, element: Definition, item: Node, env: Env, entries: Parts) -> None:
        """An element that is written: only its key is computed now."""
        for statement in item[3] if item[0] == "record" else ():
            if statement[0] == "def" and statement[4] == (self.field,):
                inner = env.lets(lets) if (lets := bindings(item[3])) else env
                self._add(element, evaluate(statement[9], inner), entries)
                return
        self._take(element, evaluate(item, env), entries)

    def _open_value(
        self, definition: Definition, value: Any, entries: Parts, removals: Removals
    ) -> None:
        if type(value) is LazyRead:
            value = value.scope.get(value.name)
        if isinstance(value, list):
            for item in value:
                self._take(definition, item, entries)
            return
        super()._open_value(definition, value, entries, removals)

    def _take(self, definition: Definition, item: Any, entries: Parts) -> None:
        """An element that was computed."""
        if kind_of(item) != "record":
            common.wrong_type(self.parent, self.name, self.type, [(definition, item, None)])
        names = item.names() if hasattr(item, "names") else item
        if self.field not in names:
            errors.without_key(self, definition, item)
        found = item.get(self.field) if hasattr(item, "names") else item[self.field]
        self._add(definition.part(item), found, entries)

    def _add(self, definition: Definition, value: Any, entries: Parts) -> None:
        """An element under its key."""
        key = as_text(value)
        if key is None or kind_of(value) not in ("string", "int"):
            errors.no_key_value(self, definition, value)
        self.elements.add(id(definition))
        entries.setdefault(key, []).append(definition)


def is_decimal(key: str) -> bool:
    """Whether a key is the one spelling of an integer, as `why` and JSON show it."""
    digits = key.removeprefix("-")
    return digits.isascii() and digits.isdigit() and str(int(key)) == key
