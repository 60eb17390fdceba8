"""Findings of a fleet put together: each once, with the hosts and variants it is about."""

from __future__ import annotations

from evaluator.diagnostics.model import Label, key_of
from evaluator.diagnostics.printable import SHOWN, listed_hosts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.diagnostics.model import Diagnostic, Sink
    from evaluator.fleet.fleet import Fleet
    from evaluator.names.hosts import HostPart

LACKS = ("missing-value", "unknown-field")
"""What is found where something was left out: it may be one host too many, a misspelt one."""
Key = tuple[object, ...]


class Gathering:
    """Hands findings of all opened configurations over, as often as it is asked."""

    def __init__(self, fleet: Fleet) -> None:
        self.fleet = fleet

    def hand_over(self, sink: Sink) -> None:
        """Report everything to one sink; what all hosts have is said of none in particular."""
        fleet = self.fleet
        found: dict[Key, tuple[Diagnostic, dict[str, list[str]]]] = {}
        hosts: dict[Key, list[str]] = {}
        for group in fleet.groups.values():
            for told, about in [(group.sink, group.hosts), *group.blocks.values()]:
                for each in told.diagnostics:
                    found.setdefault(key_of(each), (each, {}))
                    named = hosts.setdefault(key_of(each), [])
                    known = {*named}
                    named.extend([host for host in about if host not in known])
        static = set(found)
        for host, variant, world in fleet.opened():
            for each in world.sink.diagnostics:
                key = key_of(each)
                if key in static:
                    continue
                if not variant:
                    found.setdefault(key, (each, {}))
                    hosts.setdefault(key, []).append(host)
                elif host not in hosts.get(key, ()):
                    found.setdefault(key, (each, {}))[1].setdefault(variant, []).append(host)
        for key, (finding, variants) in found.items():
            notes = self._notes(hosts.get(key, []), variants)
            finding.notes = (*finding.notes, *[each for each in notes if each not in finding.notes])
            if notes:
                self._name(finding, hosts.get(key, []), variants)
            sink.report(finding)

    def _name(self, finding: Diagnostic, hosts: list[str], variants: dict[str, list[str]]) -> None:
        """What the notes say, for programs and for who reads one line."""
        if hosts:
            finding.facts["hosts"] = hosts
        else:
            finding.facts["variants"] = variants
        if finding.code in LACKS and len(hosts) == 1:
            self._show_host(finding, hosts[0])

    def _show_host(self, finding: Diagnostic, host: str) -> None:
        """Where the only host is written that a finding is about, unless a line of it is shown."""
        parts = [body.part for body in self.fleet.bodies[host]]
        if any([_holds(part, label) for part in parts for label in finding.labels]):
            return
        written = [Label(part.head(), f"host `{host}` is written here") for part in parts[:SHOWN]]
        finding.labels = (*finding.labels, *written)

    def _notes(self, hosts: list[str], variants: dict[str, list[str]]) -> list[str]:
        if hosts:
            return [f"on {listed_hosts(hosts)}"] if len(hosts) < len(self.fleet.hosts) else []
        out = []
        for variant, where in variants.items():
            having = [each for each in self.fleet.hosts if variant in self.fleet.variants(each)]
            rest = f" of {listed_hosts(where)}" if len(where) < len(having) else ""
            out.append(f"in variant `{variant}`{rest}")
        return out


def _holds(part: HostPart, label: Label) -> bool:
    source, start, end = label.span
    return source is part.module.source and part.node[1] <= start and end <= part.node[2]
