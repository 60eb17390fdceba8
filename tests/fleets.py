"""Fleets given as texts, for tests of hosts and variants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evaluator.diagnostics.model import Sink
from evaluator.evaluation.export import export
from evaluator.files import Disk
from evaluator.fleet.configure import Settings, load, module_path
from evaluator.fleet.fleet import Fleet
from tests.configured import FOLDER, MAIN

if TYPE_CHECKING:
    from evaluator.diagnostics.model import Diagnostic
    from evaluator.evaluation.world import World


class Given:
    """A fleet and what is found in it."""

    def __init__(self, main: str, **files: str) -> None:
        texts = {MAIN: main, **{f"{FOLDER}/{name}.vcfg": text for name, text in files.items()}}
        self.sink = Sink()
        settings = Settings(Disk(texts), module_path((), {}), FOLDER)
        self.fleet = Fleet(load(MAIN, settings, self.sink), settings, self.sink)

    def world(self, host: str = "", variant: str = "") -> World:
        return self.fleet.world(host, variant)

    def data(self, host: str = "", variant: str = "") -> Any:
        return export(self.world(host, variant))

    def findings(self) -> list[Diagnostic]:
        """Everything that was found so far, as it would be told."""
        self.fleet.gathering.hand_over(self.sink)
        return self.sink.diagnostics

    def words(self) -> list[str]:
        return [each.message for each in self.findings()]


def variant_values(main: str, name: str) -> Any:
    """A variant evaluated by itself."""
    given = Given(main)
    data = given.data(variant=name)
    assert given.words() == []
    return data
