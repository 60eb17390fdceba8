"""Which entries of the plan each option may decide about, and by which words it shows there."""

from __future__ import annotations

from evaluator.flows.cells import ANY_KEY
from evaluator.flows.patterns import hole, shown
from evaluator.flows.run import Run
from evaluator.flows.values import Flow, noted, united
from evaluator.options.shapes import path_text
from evaluator.services.graph import edges

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.flows.cells import Cell
    from evaluator.flows.values import Note, Taint
    from evaluator.names.load import Module
    from evaluator.options.shapes import Declarations

# The tables of the plan in its order: what an entry is, and what a key that is not known is.
TABLES = {
    "files": ("file", "path"), "dirs": ("directory", "path"), "links": ("link", "path"),
    "groups": ("group", "name"), "users": ("user", "name"), "units": ("unit", "name"),
    "cron": ("cron", "name"), "packages": ("package", "name"), "snippets": ("snippet", "name"),
}  # fmt: skip
# Fields that say what an entry is; a change of another one is told by its name.
MAIN = ("text", "target", "state")


class Emission:
    """An entry of the plan; `words` are where in it the option shows: keys, lines, arguments."""

    __slots__ = ("kind", "name", "words")

    def __init__(self, kind: str, name: str, words: tuple[str, ...]) -> None:
        self.kind = kind
        self.name = name
        self.words = words


class Emissions:
    """What the options of a configuration may decide about; `of` answers for one of them."""

    def __init__(self, modules: list[Module], declared: Declarations) -> None:
        self.run = Run(modules, declared)
        self.found: dict[str, dict[tuple[int, str], set[Note]]] = {}
        # Whether a service is enabled decides about what others ask of it, too: that is told
        # of the others. These are the switches of such services.
        self.shared: set[str] = set()
        self.switches = {
            f"{_named(path_text(service.path))}.enable"
            for service in (*declared.services.values(), *declared.families.values())
        }
        if ("activation",) in declared.services:
            self.run.until_still()
            self._collect()
            self._leave_to_extenders(declared)

    def of(self, path: str) -> list[Emission]:
        """What an option and everything below it decides about, in the order of the plan."""
        merged: dict[tuple[int, str], set[Note]] = {}
        # That a service is enabled shows in all it emits, not in single words.
        is_switch = path in self.switches
        for option, entries in self.found.items():
            if option == path or option.startswith(f"{path}."):
                for entry, notes in entries.items():
                    merged.setdefault(entry, set()).update(() if is_switch else notes)
        for record in self._made_by(path):
            for entry in self.found.get(record, {}):
                merged.setdefault(entry, set())
        kinds = [kind for kind, _key in TABLES.values()]
        return [
            Emission(kinds[number], shown(name), _words(notes))
            for (number, name), notes in sorted(merged.items())
        ]

    def _made_by(self, path: str) -> list[str]:
        """The records around an option that are there as soon as one of their fields is defined."""
        optional = self.run.store.optional
        return [each for each in optional if path.startswith(f"{each}.")]

    def patterns(self, path: str) -> list[tuple[str, str]]:
        """The same as kinds and patterns, holes left as they are."""
        kinds = [kind for kind, _key in TABLES.values()]
        made = self._made_by(path)
        return [
            (kinds[number], name)
            for option, entries in self.found.items()
            if option == path or option in made or option.startswith(f"{path}.")
            for number, name in entries
        ]

    def _collect(self) -> None:
        root = self.run.store.root.child("activation")
        for number, (table, (_kind, word)) in enumerate(TABLES.items()):
            cell = root.child(table)
            if table == "packages":
                for _at, item in self.run.reader.elements(Flow(cells=(cell,))):
                    taint = self.run.reader.deep(item)
                    for name in self.run.reader.texts(item):
                        self._add(number, name, taint)
                continue
            for child in cell.entries():
                name = hole(word) if child.key == ANY_KEY else child.key
                if table == "cron":
                    name = f"/etc/cron.d/{name}"
                self._add(number, name, self._entry(child, table))

    def _entry(self, cell: Cell, table: str) -> Taint:
        """What decides about an entry, each option known by the fields it decides about."""
        reader = self.run.reader
        out = [reader.own(cell), cell.exists]
        for field in cell.entries():
            flow = Flow(cells=(field,))
            if table == "cron" and field.key == "jobs":
                for name, job in reader.entries(flow, "name"):
                    for key, part in reader.entries(job, "name"):
                        words = [*name.texts, *[each for each in key.texts if each != "command"]]
                        out.append(noted(reader.deep(part), *map(shown, words)))
            elif field.key in MAIN:
                out.append(reader.deep(flow))
            else:
                out.append(reader.rendered(flow, (field.key,), sections=False))
        return united(*out)

    def _add(self, number: int, name: str, taint: Taint) -> None:
        for option, notes in taint.items():
            self.found.setdefault(option, {}).setdefault((number, name), set()).update(notes)

    def _leave_to_extenders(self, declared: Declarations) -> None:
        """Take from the switch of a service what is there because others ask for it."""
        extenders: dict[str, set[str]] = {}
        for edge in edges(declared):
            target, source = [_named(path_text(each)) for each in (edge.target, edge.source)]
            extenders.setdefault(target, set()).add(source)
        for service in [*extenders]:
            before = -1
            known = extenders[service]
            while len(known) != before:
                before = len(known)
                known |= {each for name in [*known] for each in extenders.get(name, ())}
        for service, others in extenders.items():
            self.shared.add(f"{service}.enable")
            entries = self.found.get(f"{service}.enable", {})
            for other in others:
                for entry in self.found.get(f"{other}.enable", {}):
                    entries.pop(entry, None)


def _named(service: str) -> str:
    """A service as its options are listed: `<name>` for the key of an instance."""
    return service.replace("*", "<name>")


def _words(notes: set[Note]) -> tuple[str, ...]:
    """The notes as text; one that only begins another says nothing more."""
    begun = {note[:length] for note in notes for length in range(len(note))}
    kept = [each for each in notes if each and each not in begun]
    return tuple(sorted([" ".join(each) for each in kept]))
