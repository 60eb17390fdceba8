"""A configuration in which as many texts as possible are hostile at once, and are all taken."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from evaluator.cli.verb_build import plan_from
from evaluator.evaluation.export import export
from evaluator.inspect.provenance import trace

from .hosts import HOSTS, Host
from .strings import MARK
from .trial import TRIED, Bench, among, harmless, places, result

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .places import Place
    from .trial import Plan

#: What would leave a file called `canary` if somebody ran it, worst first.
TRAPS = (
    "a\n$(touch /canary)\n`touch /canary`\n'\"\\ %n",
    "-$(touch /canary)`touch /canary`;touch /canary 'a\"b\\c %% #x",
    "-$(touch /canary)`touch /canary`;touch /canary",
    "$(touch canary)`touch canary`'\"'",
    "`>canary`$(>canary)'\"\\",
    "$(>canary)",
    "-%n'",
    "-x",
)
#: Hosts that become one, and the places of each in which there is a trap.
TOGETHER = {
    "activation": ".*",
    "etc": ".*",
    "account": ".*",
    "cron": ".*",
    "bus": ".*",
    "pam": ".*",
    "sudo": ".*",
    "hosts-file": ".*",
    "openssh": ".*",
    "ifupdown": r".*(up|down)\[\]",
    "libvirt": ".*",
    "systemd": r"systemd\.(tmpfiles|sysusers|presets|binfmt|drop-ins\.<name>\.name).*"
    r"|systemd\.units\.<name>\.(service\.|description|documentation).*",
    "ganeti": r"ganeti\.(file-.*|os\.<name>\.(definition\.parameters.*"
    r"|variants(, a key|.*(hooks|proxy|configuration))))",
}
#: Scripts that the activation runs: there, it is meant.
RUN = {r"activation\.snippets\.<name>\.(text|unless)": "a script"}


class Trap(NamedTuple):
    """A text in a place."""

    place: Place
    text: str

    def statement(self) -> str:
        """What puts it there."""
        return self.place.statement(self.text)


def traps(host: str) -> Iterator[Trap]:
    """For each place of a host the worst text that is taken there."""
    # most places of one type take the same
    known: dict[int, list[str]] = {}
    written: set[str] = set()
    for place in places(host):
        if not re.fullmatch(TOGETHER[host], place.name) or among(place, RUN) is not None:
            continue
        if place.write("") in written:
            continue
        form = harmless(host, place)[0]
        texts = [form.replace(MARK, each) for each in TRAPS] if MARK in form else []
        first = known.setdefault(id(place.type), []) if place.type else []
        for text in dict.fromkeys([*first, *texts]):
            trap = Trap(place, text)
            if place.takes(text) and result(host, trap.statement()).plan is not None:
                first[:] = first or [text]
                written.add(place.write(""))
                yield trap
                break


def together() -> tuple[list[Trap], Plan]:
    """All traps on one machine, and its plan."""
    found = [trap for host in TOGETHER for trap in traps(host)]
    imports = [name for host in TOGETHER for name in HOSTS[host].imports]
    texts = [HOSTS[host].text for host in TOGETHER]
    whole = Bench(Host((), tuple(dict.fromkeys(imports)), "".join(texts)))
    while True:
        world = whole.opened("\n".join([trap.statement() for trap in found]))
        trace(world)
        data = export(world)
        plan = plan_from(data, world)
        errors = [each for each in world.sink.diagnostics if each.severity == "error"]
        if not errors:
            return found, plan
        # Two contradict each other, as a file and a link of one name do: the first one stays.
        last = {
            max(
                label.span[0].position(label.span[1])[0] - 1
                for label in each.labels
                if label.span[0].name == TRIED
            )
            for each in errors
        }
        found = [trap for number, trap in enumerate(found) if number not in last]
