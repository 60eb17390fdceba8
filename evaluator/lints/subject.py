"""What is linted: one evaluated configuration, and those of its files that are looked at.

Files of the shipped library are read, since they read options too, but nothing is said about
them unless the configuration is such a file itself.
"""

from __future__ import annotations

from evaluator.diagnostics.model import Sink
from evaluator.lints.mentions import Mentions
from evaluator.lints.slots import all_slots
from evaluator.lints.survey import Survey

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.evaluation.world import World
    from evaluator.lints.slots import Slot
    from evaluator.names.load import Module
    from evaluator.source import Source


class Common:
    """What is found out once for several configurations, such as the hosts of a fleet."""

    def __init__(self) -> None:
        self._surveys: dict[tuple[int, int, bool], Survey] = {}
        self._mentions: dict[int, tuple[Module, Mentions]] = {}
        self._removes: dict[int, tuple[Module, bool]] = {}

    def survey(self, world: World, own: list[Module]) -> Survey:
        """Every statement and expression of a configuration with its static surroundings.

        The library's files are gone through only where they may read what `own` files declare.
        """
        # What only this host or variant says stands in blocks of files, after all files.
        files = []
        for module in world.modules:
            if module.outer is not None:
                break
            files.append(module)
        sources = {id(module.source) for module in own}
        bodies = [each.module for each in world.declared.services.values()]
        bodies += [each.module for each in world.declared.records]
        is_whole = any([id(each.source) in sources for each in bodies])
        key = id(world.declared), len(files), is_whole
        found = self._surveys.get(key)
        if found is None:
            named = [] if is_whole else [each for each in files if id(each.source) not in sources]
            thin = frozenset([id(each) for each in named])
            found = self._surveys[key] = Survey(world.declared, files, named=thin)
        rest = world.modules[len(files) :]
        return Survey(world.declared, rest, found) if rest else found

    def mentions(self, module: Module) -> Mentions:
        """Which names a file mentions."""
        found = self._mentions.get(id(module))
        if found is None:
            found = self._mentions[id(module)] = (module, Mentions(module))
        return found[1]

    def removes(self, module: Module) -> bool:
        """Whether a file removes anything; what its hosts do is looked for in their own blocks."""
        found = self._removes.get(id(module))
        if found is None:
            items = [each for each in module.items if each[0] != "host"]
            found = self._removes[id(module)] = (module, any(map(has_removal, items)))
        return found[1]


def has_removal(part: Any) -> bool:
    """Whether a statement removes something, or any below it does."""
    if not isinstance(part, tuple):
        return False
    if len(part) > 3 and part[0] == "remove":
        return True
    return any([has_removal(each) for each in part])


class Subject:
    """A configuration with what all lints ask for; `own` are the files that are linted."""

    __slots__ = ("_slots", "_survey", "common", "own", "root", "sink", "sources", "world")

    def __init__(self, world: World, common: Common | None = None) -> None:
        self.world = world
        self.common = common or Common()
        self.sink = Sink()
        files = [each for each in world.modules if is_file(each)]
        self.root = files[-1] if files else world.modules[-1]
        self.own = [each for each in files if not each.shipped or each is self.root]
        self.sources = {id(each.source) for each in self.own}
        self._survey: Survey | None = None
        self._slots: list[Slot] | None = None

    @property
    def survey(self) -> Survey:
        """Every statement and expression with its static surroundings, gathered once."""
        if self._survey is None:
            self._survey = self.common.survey(self.world, self.own)
        return self._survey

    @property
    def slots(self) -> list[Slot]:
        """Everything that has a value, gathered once."""
        if self._slots is None:
            self._slots = [*all_slots(self.world)]
        return self._slots

    def is_own(self, source: Source) -> bool:
        """Whether findings about this text are wanted."""
        return id(source) in self.sources

    def is_root(self, source: Source) -> bool:
        """Whether this is the file that was asked about.

        What an imported file says may be needed by others that import it; of the root, all
        that it speaks to is known.
        """
        return source is self.root.source


def is_file(module: Module) -> bool:
    """Whether a module was read from a file, and not given by `--set`."""
    return module.source.form != "argument"
