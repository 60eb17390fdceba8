"""What is linted: one evaluated configuration, and those of its files that are looked at.

Files of the shipped library are read, since they read options too, but nothing is said about
them unless the configuration is such a file itself.
"""

from __future__ import annotations

from evaluator.diagnostics.model import Sink
from evaluator.lints.survey import Survey

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.evaluation.world import World
    from evaluator.names.load import Module
    from evaluator.source import Source


class Subject:
    """A configuration with what all lints ask for; `own` are the files that are linted."""

    __slots__ = ("_survey", "own", "root", "sink", "sources", "world")

    def __init__(self, world: World) -> None:
        self.world = world
        self.sink = Sink()
        files = [each for each in world.modules if is_file(each)]
        self.root = files[-1] if files else world.modules[-1]
        self.own = [each for each in files if not each.shipped or each is self.root]
        self.sources = {id(each.source) for each in self.own}
        self._survey: Survey | None = None

    @property
    def survey(self) -> Survey:
        """Every statement and expression with its static surroundings, gathered once."""
        if self._survey is None:
            self._survey = Survey(self.world)
        return self._survey

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
