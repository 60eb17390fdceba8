"""Which of a fleet's configurations a command is about."""

from __future__ import annotations

from evaluator.cli.arguments import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.evaluation.world import World
    from evaluator.fleet.fleet import Fleet

SHOWN = 12


def choose(fleet: Fleet, host: str, variant: str) -> list[World]:
    """The configurations `--host` and `--variant` name: all hosts if neither does."""
    hosts = fleet.hosts
    if host:
        known(fleet, "host", host, [each for each in hosts if each])
        hosts = [host]
    if variant:
        names = sorted({name for each in hosts for name in fleet.variants(each)})
        _of_another(fleet, host, variant)
        known(fleet, "variant", variant, names)
        hosts = [each for each in hosts if variant in fleet.variants(each)]
    return [fleet.world(each, variant) for each in hosts]


def _of_another(fleet: Fleet, host: str, variant: str) -> None:
    """Refuse a variant that only other hosts have, and say which; or one of who has none."""
    from evaluator.diagnostics.printable import listed_hosts

    own = fleet.variants(host) if host else {}
    if not host or variant in own:
        return
    others = [each for each in fleet.hosts if variant in fleet.variants(each)]
    if others:
        have = "has" if len(others) == 1 else "have"
        raise UsageError(f"`{host}` has no variant `{variant}`; {listed_hosts(others)} {have} it")
    if not own and any([fleet.variants(each) for each in fleet.hosts]):
        raise UsageError(f"there is no variant `{variant}`; `{host}` has none")


def known(fleet: Fleet, kind: str, name: str, names: list[str]) -> None:
    """Refuse a name that nothing has, with near ones."""
    if name in names:
        return
    from evaluator.diagnostics.suggest import nearest

    near = nearest(name, names)
    hint = f"; did you mean {near[0]}?" if near else f"; {listed(kind, names)}"
    raise UsageError(f"there is no {kind} `{name}`{hint}")


def listed(kind: str, names: list[str]) -> str:
    """The names there are, as many as one can read."""
    if not names:
        return f"this file describes no {kind}s"
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{kind}s: {', '.join(names[:SHOWN])}{more}"


def at_path(
    fleet: Fleet, worlds: list[World], path: str, *, takes_all: bool = False
) -> tuple[World, str]:
    """The configuration a path leads into, `hosts.NAME.` or `variants.NAME.` before it.

    `takes_all`: the path that is left may be empty, for the whole of it.
    """
    from evaluator.inspect.paths import split_path

    least = 2 if takes_all else 3
    try:
        parts = split_path(path)
    except ValueError:
        parts = []  # Said where the path is looked up.
    host = variant = ""
    is_led = False
    if len(parts) >= least and parts[0] == "hosts" and fleet.hosts != [""]:
        host, parts, is_led = str(parts[1]), parts[2:], True
        known(fleet, "host", host, fleet.hosts)
    elif len(worlds) > 1:
        # What is no path of the language, a file of the machine, cannot stand behind a host.
        written = f", or `hosts.NAME.{path}`" if parts and not path.startswith("/") else ""
        raise UsageError(
            f"this file describes several hosts: say which one with --host NAME{written}; "
            f"{listed('host', fleet.hosts)}"
        )
    else:
        place = worlds[0].place
        host = place[1] if place[:1] == ("hosts",) else ""
        variant = place[-1] if "variants" in place[-2:-1] else ""
    if len(parts) >= least and parts[0] == "variants" and fleet.variants(host) and not variant:
        variant, parts = str(parts[1]), parts[2:]
        known(fleet, "variant", variant, sorted(fleet.variants(host)))
        return fleet.world(host, variant), _joined(parts)
    if is_led:
        path = _joined(parts)
    return fleet.world(host, variant), path


def _joined(parts: list[str | int]) -> str:
    """The path of some components, as it would be typed."""
    from evaluator.options.shapes import path_text

    written = [f"[{each}]" if isinstance(each, int) else f".{path_text((each,))}" for each in parts]
    return "".join(written).removeprefix(".")
