"""The places of the option tree, and what the modules put into them.

A cell below a key that a module wrote holds what modules gave it. One that a host may fill
(`<name>` in place of a key) stands for every value of its option, and whoever reads it depends
on that option.
"""

from __future__ import annotations

from evaluator.definitions.places import Typed, container, elements, place_of, shape_of
from evaluator.flows.patterns import NOTHING, few, hole
from evaluator.flows.values import CLEAN, EMPTY, PLAIN, Flow, united
from evaluator.options.shapes import Shape, path_text
from evaluator.types.containers import AnyType, MapType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from evaluator.definitions.places import Place
    from evaluator.flows.patterns import Texts
    from evaluator.flows.values import Taint
    from evaluator.options.shapes import Record

# Keys of entries and elements that a host may define, whatever they are called.
ANY_KEY, ANY_ELEMENT = "\ue002", "\ue003"
PLACEHOLDERS = {ANY_KEY: "<name>", ANY_ELEMENT: "*"}
# How far a value is copied that holds others of its kind.
DEPTH = 8


class Store:
    """The root of all cells.

    `growth` counts for each name at the top how often something was added below it, and
    `looked` takes up below which names somebody looked.
    """

    def __init__(self, root: Shape) -> None:
        self.growth: dict[str, int] = {}
        self.looked: set[str] = set()
        # Cells with definitions of their own: entries of records.
        self.records: list[Cell] = []
        # Options that may hold a secret, and records that are there once a field is defined.
        self.secretive: set[str] = set()
        self.optional: set[str] = set()
        self.root = Cell(self, "", None, root)

    def target(self, path: tuple[str, ...]) -> Cell:
        """The service at a path, to be written to; `*` is any of its instances."""
        looked = {*self.looked}
        cell = self.root
        for name in path:
            cell = cell.child(ANY_KEY if name == "*" else name)
        self.looked = looked
        return cell


class Cell:
    """One place. `store` is None for a value that is only made on the way to another."""

    def __init__(
        self, store: Store | None, key: str, parent: Cell | None, place: Place | None
    ) -> None:
        self.store = store
        self.key = key
        self.parent = parent
        self.place = place
        self.children: dict[str, Cell] = {}
        self.items: dict[Any, Flow] = {}
        # What decides about the value; and, of an entry of a map, about whether it is there.
        self.taint: Taint = CLEAN
        self.exists: Taint = CLEAN
        self.texts: Texts = NOTHING
        # Whether some definition holds whatever the options say.
        self.is_certain = False
        # The name at the top that leads here.
        self.top: str = key if parent is None or parent.parent is None else parent.top
        self.label = self._label()
        self.record = self._record()
        if store is not None and self.label is not None:
            self._tell(store, self.label)
        if self.record is not None and store is not None:
            store.records.append(self)

    def _label(self) -> str | None:
        """The option that a host sets when it sets this; None where it is not the host's."""
        parent = self.parent
        if parent is None or self.store is None:
            return None
        if isinstance(parent.place, Typed) and shape_of(parent.place) is None:
            is_free = self.key in PLACEHOLDERS or not _has_keys(parent.place)
            return parent.label if is_free else None
        if parent.label is None and not parent.is_open():
            return None
        if not isinstance(self.place, Typed) or self.place.option.kind == "computed":
            return None
        return parent.label if parent.is_inside_itself() else path_text(self.path())

    def _tell(self, store: Store, label: str) -> None:
        """Note what is odd about an option."""
        if "secret" in self.kinds():
            store.secretive.add(label)
        is_record = self.place is not None and shape_of(self.place) is not None
        if is_record and "null" in self.kinds():
            store.optional.add(label)

    def kinds(self) -> frozenset[str]:
        """The kinds that a value here can have."""
        return frozenset(self.place.type.kinds if isinstance(self.place, Typed) else ())

    def is_open(self) -> bool:
        """Whether a host may define what is below."""
        cell: Cell | None = self
        while cell is not None and cell.parent is not None:
            if cell.label is not None:
                return True
            if not isinstance(cell.place, Shape):
                return False
            cell = cell.parent
        return cell is not None and cell.store is not None

    def _record(self) -> Record | None:
        shape = shape_of(self.place) if self.place is not None else None
        return shape.record if shape is not None else None

    def is_inside_itself(self) -> bool:
        """Whether a record is an entry below an entry of the same record."""
        cell = self.parent
        while self.record is not None and cell is not None:
            if cell.record is self.record:
                return True
            cell = cell.parent
        return False

    def path(self) -> tuple[str, ...]:
        """From the root, with `<name>` and `*` for what has no key of its own."""
        out: list[str] = []
        cell: Cell | None = self
        while cell is not None and cell.parent is not None:
            out.append(PLACEHOLDERS.get(cell.key, cell.key))
            cell = cell.parent
        return tuple(reversed(out))

    def depth(self) -> int:
        """How many keys lead here."""
        return 0 if self.parent is None else self.parent.depth() + 1

    def child(self, key: str) -> Cell:
        """The place below, made when it is asked for."""
        if self.parent is None and self.store is not None:
            self.store.looked.add(key)
        found = self.children.get(key)
        if found is None:
            found = Cell(self.store, key, self, self._below(key))
            self.children[key] = found
        return found

    def _below(self, key: str) -> Place | None:
        if self.place is None:
            return None
        shape = shape_of(self.place)
        if shape is not None:
            member = shape.members.get(key) or shape.any
            return None if member is None else place_of(member)
        if not isinstance(self.place, Typed):
            return None
        if key == ANY_ELEMENT:
            items: Any = elements(self.place.type)
            return None if items is None else Typed(self.place.option, items.inner)
        inside = container(self.place.type)
        return Typed(self.place.option, inside.inner) if isinstance(inside, MapType) else None

    def is_map(self) -> bool:
        """Whether keys are free here."""
        return self.place is None or (
            isinstance(self.place, Typed)
            and isinstance(container(self.place.type), (MapType, AnyType))
        )

    def is_list(self) -> bool:
        """Whether elements are read from here."""
        return isinstance(self.place, Typed) and elements(self.place.type) is not None

    def entries(self) -> list[Cell]:
        """What has a key here: entries of a map, members of a group or record."""
        shape = shape_of(self.place) if self.place is not None else None
        if shape is not None:
            return [self.child(name) for name in shape.members]
        if self.is_map() and self.label is not None:
            self.child(ANY_KEY)
        return [cell for key, cell in self.children.items() if key != ANY_ELEMENT]

    def free_element(self) -> Cell | None:
        """An element as a host may write one."""
        return self.child(ANY_ELEMENT) if self.is_list() and self.label is not None else None

    def own(self) -> Taint:
        """What decides about the value at this place itself, its own option first."""
        if self.label is None:
            return self.taint
        return united({self.label: PLAIN}, self.taint)

    def name(self) -> str:
        """What to call a value that is not known."""
        if self.key in PLACEHOLDERS and self.parent is not None:
            return self.parent.name()
        return self.key

    def free_texts(self) -> Texts:
        """Its text as a host may set it: any."""
        return NOTHING if self.label is None else frozenset((hole(self.name()),))

    # --- writing -----------------------------------------------------------------

    def add(self, taint: Taint, texts: Texts = NOTHING) -> None:
        """Take up what decides about this place, and what its text may be."""
        if taint:
            wider = united(self.taint, taint)
            if wider != self.taint:
                self.taint = wider
                self._grow()
        if not texts <= self.texts:
            more = few([*self.texts, *texts])
            if more != self.texts:
                self.texts = more
                self._grow()

    def add_existence(self, taint: Taint) -> None:
        """Take up what decides whether this entry is there."""
        wider = united(self.exists, taint)
        if wider != self.exists:
            self.exists = wider
            self._grow()

    def add_item(self, key: Any, item: Flow) -> None:
        """Take up an element; `key` tells whether it is one that is known."""
        known = self.items.get(key, EMPTY)
        taint, exists = united(known.taint, item.taint), united(known.exists, item.exists)
        texts = few([*known.texts, *item.texts])
        is_wider = taint != known.taint or exists != known.exists or texts != known.texts
        if key not in self.items or is_wider:
            cells = tuple(dict.fromkeys((*known.cells, *item.cells)))
            self.items[key] = Flow(taint, texts, item.items, cells, exists=exists)
            self._grow()

    def _grow(self) -> None:
        if self.store is not None:
            self.store.growth[self.top] = self.store.growth.get(self.top, 0) + 1


def _has_keys(place: Typed) -> bool:
    return isinstance(container(place.type), MapType)


def below(cell: Cell) -> Iterator[Cell]:
    """A cell and everything there is below it."""
    yield cell
    for child in list(cell.children.values()):
        yield from below(child)
