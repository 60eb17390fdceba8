"""Hosts of one fleet that cannot be told apart: by their names, or by their addresses."""

from __future__ import annotations

from evaluator.diagnostics.model import ERROR, WARNING, Diagnostic, Help, Label, Stop

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.diagnostics.model import Sink
    from evaluator.evaluation.world import World
    from evaluator.inspect.origin import Origins
    from evaluator.source import Span

NAME, ADDRESS = "same-host", "same-address"
OPTION = "networking.hostname"
# Addresses that mean another machine on each.
LOCAL = ("127.", "::1/", "fe80:", "169.254.")


def name_of(data: dict[str, Any], world: World) -> str:
    """The name of a machine: what it is told, else that of its block."""
    networking = data.get("networking")
    told = str(networking.get("hostname") or "") if isinstance(networking, dict) else ""
    return told or (world.place[1] if world.place[:1] == ("hosts",) else "")


class Machine:
    """What a host of a fleet must not have in common with another, and where it has it from.

    `addresses` has an option for each address, `level` is what one that two have counts as.
    """

    __slots__ = ("addresses", "host", "level", "name", "sites")

    def __init__(self, host: str, name: str) -> None:
        self.host = host
        self.name = name
        self.level = ""
        self.addresses: dict[str, str] = {}
        # Lines by option.
        self.sites: dict[str, list[Span]] = {}


def machine_of(world: World, data: dict[str, Any]) -> Machine:
    """The machine that an evaluated host of a fleet is."""
    from evaluator.evaluation.levels import severity_of
    from evaluator.inspect.origin import Origins

    machine = Machine(world.place[1], name_of(data, world))
    machine.level = severity_of(world)(ADDRESS)
    machine.addresses = _addresses(data.get("networking", {}))
    origins = Origins(world)
    for option in [OPTION, *machine.addresses.values()]:
        machine.sites[option] = _sites(world, origins, option)
    return machine


def _sites(world: World, origins: Origins, option: str) -> list[Span]:
    """The lines an option comes from; none where there is no such option."""
    before = len(world.sink.diagnostics)
    try:
        return [site["span"] for site in origins.of(option)]
    except Stop:
        world.sink.take_back(before, lambda each: True)
        return []


def check_names(machines: list[Machine], sink: Sink) -> None:
    """Refuse hosts with one name: a script tells by it whether it is on the right machine."""
    alike: dict[str, list[tuple[Machine, str]]] = {}
    for machine in machines:
        alike.setdefault(machine.name, []).append((machine, OPTION))
    for name, found in alike.items():
        if name and len(found) > 1:
            _report(
                NAME,
                f"{_listed(found)} have one name, `{name}`",
                found,
                "give each its own; without `networking.hostname` a host has the name of its block",
                sink,
                ERROR,
            )


def check_addresses(machines: list[Machine], sink: Sink) -> None:
    """Warn of hosts with one static address on interfaces that lead to others."""
    alike: dict[str, list[tuple[Machine, str]]] = {}
    for machine in machines:
        for address, option in machine.addresses.items():
            alike.setdefault(address, []).append((machine, option))
    for address, found in alike.items():
        level = found[0][0].level
        if len(found) > 1 and level != "off":
            _report(
                ADDRESS,
                f"{_listed(found)} have one address, {address}",
                found,
                "",
                sink,
                ERROR if level == "error" else WARNING,
            )


def _addresses(networking: dict[str, Any]) -> dict[str, str]:
    """Static addresses, each with the option that has it; not those that stay on the machine."""
    found = {}
    for name, entry in networking.get("interfaces", {}).items():
        bridge = entry.get("bridge")
        if bridge and not bridge.get("ports"):
            # a network of the machine's own guests
            continue
        for field in ("address", "addresses"):
            given = entry.get(field) or ()
            for each in [given] if isinstance(given, str) else given:
                if not each.lower().startswith(LOCAL):
                    quoted = name if name.isidentifier() else f'"{name}"'
                    address = each.lower().partition("/")[0]
                    found[address] = f"networking.interfaces.{quoted}.{field}"
    return found


def _listed(found: list[tuple[Machine, str]]) -> str:
    names = [f"`{machine.host}`" for machine, _option in found]
    return f"The hosts {', '.join(names[:-1])} and {names[-1]}"


def _report(
    code: str,
    message: str,
    found: list[tuple[Machine, str]],
    remedy: str,
    sink: Sink,
    severity: str,
) -> None:
    labels: list[Label] = []
    seen: set[tuple[str, int, int]] = set()
    for machine, option in found:
        for span in machine.sites[option]:
            place = (span[0].path, span[1], span[2])
            if place not in seen:
                seen.add(place)
                labels.append(Label(span, f"of `{machine.host}`", primary=not labels))
    help = (Help(remedy),) if remedy else ()
    sink.report(
        Diagnostic(code, message, tuple(labels), help=help, path=found[0][1], severity=severity)
    )
