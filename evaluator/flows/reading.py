"""Looking into values: their text, fields, elements and entries, and what decides about all."""

from __future__ import annotations

from evaluator.definitions.places import Typed, shape_of
from evaluator.flows.cells import ANY_ELEMENT, ANY_KEY
from evaluator.flows.patterns import NOTHING, common, few, hole, is_open, may_be, shown
from evaluator.flows.values import CLEAN, PLAIN, Flow, either, noted, united

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from evaluator.flows.cells import Cell
    from evaluator.flows.patterns import Texts
    from evaluator.flows.values import Taint

DEEPEST = 12


class Reader:
    """Reads flows; `default` gives the declared default of a cell's option.

    `secretive` are options that may hold a secret.
    """

    def __init__(self, default: Callable[[Cell], Flow], secretive: set[str]) -> None:
        self.default = default
        self.secretive = secretive

    def own(self, cell: Cell) -> Taint:
        """What decides about a cell, what lies below it aside."""
        return united(cell.own(), self.default(cell).taint)

    def cell_texts(self, cell: Cell) -> Texts:
        """The texts a cell may hold."""
        if cell.label is not None:
            return cell.free_texts()
        if cell.is_certain and cell.texts:
            return cell.texts
        return few([*cell.texts, *self.default(cell).texts])

    def texts(self, flow: Flow) -> Texts:
        """The texts a value may be."""
        found = [*flow.texts]
        for cell in flow.cells:
            found += self.cell_texts(cell)
        return few(found) if found else NOTHING

    def head(self, flow: Flow) -> Taint:
        """What decides about a value without looking into it: its keys, how many it has."""
        out = [flow.taint]
        out += [item.exists for item in flow.items or ()]
        for cell in flow.cells:
            out.append(self.own(cell))
            out += [item.exists for item in cell.items.values()]
            if cell.is_map():
                out += [child.exists for child in cell.children.values()]
        return united(*out)

    def deep(self, flow: Flow, depth: int = DEEPEST) -> Taint:
        """What decides about a value and everything in it."""
        out = [flow.taint, flow.exists]
        out += [self.deep(item, depth - 1) for item in flow.items or ()]
        out += [self._deep(cell, depth) for cell in flow.cells]
        return united(*out)

    def _deep(self, cell: Cell, depth: int) -> Taint:
        out = [self.own(cell), cell.exists]
        default = self.default(cell)
        if depth == 0 or cell.is_inside_itself():
            return united(*out)
        for part in (*cell.items.values(), *(default.items or ())):
            out.append(self.deep(part, depth - 1))
        out += [self._deep(child, depth - 1) for child in cell.entries()]
        return united(*out)

    # --- parts ---------------------------------------------------------------------

    def field(self, flow: Flow, name: str) -> Flow:
        """What `x.name` is."""
        found: list[Flow] = []
        for cell in flow.cells:
            if not cell.is_map():
                found.append(Flow(cells=(cell.child(name),)))
                continue
            entries = fitting(cell, name)
            found += [Flow(each.exists, cells=(each,)) for each in entries]
            if cell.label is not None:
                found.append(Flow(cells=(cell.child(ANY_KEY),)))
            found += [self.field(each, name) for each in self._given(cell)]
        return either(found).under(flow.taint)

    def asked(self, flow: Flow, key: Flow) -> Taint:
        """What decides whether a map has a key."""
        texts = self.texts(key)
        taint = united(flow.taint, self.deep(key))
        if not texts or any([is_open(text) for text in texts]):
            return united(taint, self.head(flow))
        out = [taint]
        for cell in flow.cells:
            out.append(self.own(cell))
            out += [each.exists for text in texts for each in fitting(cell, text)]
            out += [self.asked(each, key) for each in self._given(cell)]
        return united(*out)

    def _given(self, cell: Cell) -> list[Flow]:
        """The default of a map or list, for what it holds."""
        default = self.default(cell)
        is_made = bool(default.cells) or default.items is not None
        return [Flow(cells=default.cells, items=default.items)] if is_made else []

    def at(self, flow: Flow, place: Flow) -> Flow:
        """What `x[place]` is."""
        texts = self.texts(place)
        named = [text for text in texts if not is_open(text)]
        parts: list[Flow] = [element for _key, element in self.elements(flow)]
        if any([cell.is_map() or not cell.is_list() for cell in flow.cells]):
            if texts and len(named) == len(texts):
                parts += [self.field(flow, text) for text in named]
            else:
                entries = self.entries(flow, "name")
                parts += [value.under(key.taint) for key, value in entries]
        return either(parts).under(united(flow.taint, self.deep(place)))

    def elements(self, flow: Flow) -> list[tuple[Flow, Flow]]:
        """Numbers and elements of a list."""
        found = [*(flow.items or ())]
        for cell in flow.cells:
            found += cell.items.values()
            free = cell.free_element()
            if free is not None:
                found.append(Flow(cells=(free,)))
            for each in self._given(cell):
                found += each.items or () if cell.label is None else ()
        number = Flow(texts=frozenset((hole("number"),)))
        return [(number, each.there(flow.taint)) for each in found]

    def entries(self, flow: Flow, binder: str) -> list[tuple[Flow, Flow]]:
        """Keys and values of a map; a key that only a host knows is called as it is bound.

        What decides whether an entry is there is said of its key.
        """
        found: list[tuple[Flow, Flow]] = []
        for cell in flow.cells:
            if cell.is_list():
                continue
            for child in cell.entries():
                is_free = child.key == ANY_KEY
                key = frozenset((hole(binder) if is_free else child.key,))
                exists = united(flow.taint, child.exists)
                if is_free and cell.label is not None:
                    exists = united(exists, {cell.label: PLAIN})
                found.append((Flow(exists, key), Flow(cells=(child,))))
            if cell.label is None:
                for each in self._given(cell):
                    found += self.entries(each.under(flow.taint), binder)
        return found

    def turns(self, flow: Flow, binders: tuple[str, ...]) -> list[tuple[Flow, Flow]]:
        """What a loop goes over: keys or numbers with values."""
        found = self.elements(flow)
        if any([not cell.is_list() for cell in flow.cells]):
            found += self.entries(flow, binders[0] if len(binders) > 1 else "name")
        return found

    def rendered(self, flow: Flow, words: tuple[str, ...], *, sections: bool) -> Taint:
        """What decides about a text that is made of a record, known by the keys in it."""
        if len(words) > 3:
            return noted(self.deep(flow), *words[:3])
        out = [noted(united(flow.taint, flow.exists), *words)]
        records = [cell for cell in flow.cells if self._is_record(cell)]
        for key, value in self.entries(Flow(cells=tuple(records)), "name"):
            word = shown(common(key.texts))
            if sections and any([self._is_record(cell) for cell in value.cells]):
                word = f"[{word}]"
            out.append(noted(key.taint, *words, word))
            out.append(self.rendered(value, (*words, word), sections=sections))
        plain = tuple([cell for cell in flow.cells if cell not in records])
        out.append(noted(self.deep(Flow(CLEAN, items=flow.items, cells=plain)), *words))
        return united(*out)

    def _is_record(self, cell: Cell) -> bool:
        """Whether a value has keys; a value on the way to another one has if it was given any."""
        if cell.place is None:
            return any([key != ANY_ELEMENT for key in cell.children])
        if shape_of(cell.place) is not None or not isinstance(cell.place, Typed):
            return True
        return cell.is_map()


def fitting(cell: Cell, name: str) -> list[Cell]:
    """The entries that modules made and that may have this key."""
    return [
        child
        for key, child in cell.children.items()
        if key == name or (is_open(key) and may_be(key, name))
    ]
