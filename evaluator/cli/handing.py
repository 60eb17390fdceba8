"""What a process hands to the one it was forked from: what it made, and what it found.

Files and findings that were there before the fork are named by number, so that what arrives
speaks of the very objects that this process has.
"""

from __future__ import annotations

import io
import pickle

from evaluator.diagnostics.model import ERROR
from evaluator.evaluation.levels import CHECKS
from evaluator.source import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.diagnostics.model import Diagnostic, Sink
    from evaluator.evaluation.world import World
    from evaluator.fleet.fleet import Fleet
    from evaluator.names.load import Module


class Unknown(Exception):
    """A file that the other side does not have."""


class Share:
    """What was made of some hosts; the last value is missing where something stopped.

    `found` are findings by host and variant. `reads_others`: a host that is none of these was
    looked at. `lacks`: something has no value.
    """

    __slots__ = ("found", "is_stopped", "lacks", "reads_others", "values")

    def __init__(self, values: list[Any], *, is_stopped: bool) -> None:
        self.values = values
        self.is_stopped = is_stopped
        self.found: list[tuple[str, str, list[Diagnostic]]] = []
        self.reads_others = False
        self.lacks = False


class Handing:
    """What both sides know: how things stood before the fork."""

    def __init__(self, fleet: Fleet, sources: tuple[Source, ...] = ()) -> None:
        """`sources` are files that findings may speak of beside those of modules."""
        self._fleet = fleet
        # How many findings each configuration had; those about files, and what they count as.
        self._counts = {id(world): len(world.sink.diagnostics) for _, _, world in fleet.opened()}
        self._told = [(sink, _severities(sink)) for sink in fleet.sinks()]
        told = [each for sink, _ in self._told for each in sink.diagnostics]
        self._known: list[Any] = [*sources, *_sources(fleet), *told]
        self._numbers = {id(each): number for number, each in enumerate(self._known)}

    def look(self, share: Share, worlds: list[World]) -> bool:
        """Gather what was found in the hosts of a share; whether it is about them alone."""
        if any([_severities(sink) != before for sink, before in self._told]):
            return False
        hosts = {world.place[1] for world in worlds}
        share.reads_others = not hosts.issuperset(self._fleet.all_hosts.slots)
        for host, variant, world in self._fleet.opened():
            found = world.sink.diagnostics
            fresh = [each for each in found if id(each) not in self._numbers]
            if host not in hosts:
                if fresh or len(found) != self._counts.get(id(world), len(found)):
                    return False
            elif fresh or not variant:
                share.found.append((host, variant, found))
                share.lacks = share.lacks or any([_is_lack(each) for each in fresh])
        return True

    def pack(self, share: Share) -> bytes | None:
        """What goes to the other side; None if not all of it can."""
        stream = io.BytesIO()
        try:
            _Packer(stream, self._numbers).dump(share)
        except Unknown:
            return None
        return stream.getvalue()

    def unpack(self, data: bytes) -> Share:
        """What came from the other side: a process that this one has forked."""
        share: Share = _Unpacker(io.BytesIO(data), self._known).load()
        return share

    def take(self, share: Share) -> None:
        """Let the findings of a share be those of its hosts here."""
        for host, variant, found in share.found:
            self._fleet.world(host, variant).sink.take_over(found)


def add_up(shares: list[Share]) -> bool:
    """Whether one process would have found in all hosts what was found in their shares.

    Who reads from another host what has no value is told so by whoever comes first.
    """
    lacks = any([share.lacks for share in shares])
    return not (lacks and any([share.reads_others for share in shares]))


class _Packer(pickle.Pickler):
    def __init__(self, stream: io.BytesIO, numbers: dict[int, int]) -> None:
        super().__init__(stream, pickle.HIGHEST_PROTOCOL)
        self._numbers = numbers

    def persistent_id(self, value: Any) -> int | None:
        """The number of what the other side has."""
        number = self._numbers.get(id(value))
        if number is None and value.__class__ is Source:
            raise Unknown(value.name)
        return number


class _Unpacker(pickle.Unpickler):
    def __init__(self, stream: io.BytesIO, known: list[Any]) -> None:
        super().__init__(stream)
        self._known = known

    def persistent_load(self, number: Any) -> Any:
        """What has this number."""
        return self._known[number]


def _severities(sink: Sink) -> list[str]:
    """How many findings there are, and what each of them counts as."""
    return [each.severity for each in sink.diagnostics]


def _is_lack(finding: Diagnostic) -> bool:
    """Whether a finding may mean that something has no value."""
    return finding.severity == ERROR and finding.code not in CHECKS


def _sources(fleet: Fleet) -> list[Source]:
    """The files that a fleet is made of."""
    pending: list[Module] = [body.module for each in fleet.bodies.values() for body in each]
    for group in fleet.groups.values():
        pending += group.modules
        if group.declared.core is not None:
            pending.append(group.declared.core.module)
    out: dict[int, Source] = {}
    seen: set[int] = set()
    while pending:
        module = pending.pop()
        if id(module) not in seen:
            seen.add(id(module))
            out[id(module.source)] = module.source
            pending += [target for _statement, target in module.imports]
            if module.outer is not None:
                pending.append(module.outer)
    return [*out.values()]
