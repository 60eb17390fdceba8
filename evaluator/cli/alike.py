"""Hosts of one fleet that cannot be told apart: by their names, or by their addresses."""

from __future__ import annotations

from evaluator.diagnostics.model import ERROR, WARNING, Diagnostic, Help, Label

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from evaluator.diagnostics.model import Sink
    from evaluator.evaluation.world import World

NAME, ADDRESS = "same-host", "same-address"
OPTION = "networking.hostname"
# Addresses that mean another machine on each.
LOCAL = ("127.", "::1/", "fe80:", "169.254.")


def name_of(data: dict[str, Any], world: World) -> str:
    """The name of a machine: what it is told, else that of its block."""
    networking = data.get("networking")
    told = str(networking.get("hostname") or "") if isinstance(networking, dict) else ""
    return told or (world.place[1] if world.place[:1] == ("hosts",) else "")


def check_names(hosts: Iterable[tuple[World, str]], sink: Sink) -> None:
    """Refuse hosts with one name: a script tells by it whether it is on the right machine."""
    alike: dict[str, list[World]] = {}
    for world, name in hosts:
        alike.setdefault(name, []).append(world)
    for name, worlds in alike.items():
        if name and len(worlds) > 1:
            _report(
                NAME,
                f"{_listed(worlds)} have one name, `{name}`",
                [(world, OPTION) for world in worlds],
                "give each its own; without `networking.hostname` a host has the name of its block",
                sink,
                ERROR,
            )


def check_addresses(hosts: Iterable[tuple[World, dict[str, Any]]], sink: Sink) -> None:
    """Warn of hosts with one static address on interfaces that lead to others."""
    from evaluator.evaluation.levels import severity_of

    alike: dict[str, list[tuple[World, str]]] = {}
    for world, data in hosts:
        for address, option in _addresses(data.get("networking", {})).items():
            alike.setdefault(address, []).append((world, option))
    for address, found in alike.items():
        level = severity_of(found[0][0])(ADDRESS)
        if len(found) > 1 and level != "off":
            _report(
                ADDRESS,
                f"{_listed([world for world, _ in found])} have one address, {address}",
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


def _listed(worlds: list[World]) -> str:
    names = [f"`{world.place[1]}`" for world in worlds]
    return f"The hosts {', '.join(names[:-1])} and {names[-1]}"


def _report(
    code: str,
    message: str,
    places: list[tuple[World, str]],
    remedy: str,
    sink: Sink,
    severity: str,
) -> None:
    from evaluator.inspect.origin import origin

    labels: list[Label] = []
    for world, option in places:
        for site in origin(world, option):
            words = f"of `{world.place[1]}`"
            if site["span"] not in [label.span for label in labels]:
                labels.append(Label(site["span"], words, primary=not labels))
    help = (Help(remedy),) if remedy else ()
    sink.report(
        Diagnostic(code, message, tuple(labels), help=help, path=places[0][1], severity=severity)
    )
