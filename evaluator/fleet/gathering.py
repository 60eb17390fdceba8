"""Findings of a fleet put together: each once, with the hosts and variants it is about."""

from __future__ import annotations

from evaluator.diagnostics.model import key_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.diagnostics.model import Diagnostic, Sink
    from evaluator.fleet.fleet import Fleet

SHOWN = 3
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
            sink.report(finding)

    def _notes(self, hosts: list[str], variants: dict[str, list[str]]) -> list[str]:
        if hosts:
            return [f"on {listed_hosts(hosts)}"] if len(hosts) < len(self.fleet.hosts) else []
        out = []
        for variant, where in variants.items():
            having = [each for each in self.fleet.hosts if variant in self.fleet.variants(each)]
            rest = f" of {listed_hosts(where)}" if len(where) < len(having) else ""
            out.append(f"in variant `{variant}`{rest}")
        return out


def listed_hosts(hosts: list[str]) -> str:
    """Hosts by name, the first few of them."""
    names = ", ".join([f"`{host}`" for host in hosts[:SHOWN]])
    more = f" and {len(hosts) - SHOWN} more" if len(hosts) > SHOWN else ""
    return ("host " if len(hosts) == 1 else "hosts ") + names + more
