"""Services of a running system, under every shell: what the script asks of a `systemctl`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from .box import SHELLS, script_of

if TYPE_CHECKING:
    from .box import Box, Ran

UNITS = "/etc/systemd/system"
LINK = f"{UNITS}/multi-user.target.wants"

#: Says of every unit what /state has of it, and writes down what it is told to change.
SYSTEMCTL = """#!/bin/sh
verb=$1
for unit; do :; done
case $verb in
show)
    case $* in
    *RequiredBy*) cat "/state/needs-$unit" 2>/dev/null ;;
    *Triggers* | *"-p Id"*) ;;
    *)
        state=$(cat "/state/$unit" 2>/dev/null || echo inactive)
        printf 'CanReload=yes\\nActiveState=%s\\nSubState=x\\n' "$state"
        printf 'ActiveEnterTimestampMonotonic=7\\n' ;;
    esac ;;
-q) [ "$(cat "/state/$unit" 2>/dev/null)" = active ] ;;
--root=*) echo disabled ;;
status) ;;
*)
    echo "$*" >>/state/log
    case $verb in
    start) echo active >"/state/$unit" ;;
    stop) echo inactive >"/state/$unit" ;;
    esac ;;
esac
"""


@pytest.fixture(params=SHELLS)
def machine(box: Box, request: pytest.FixtureRequest) -> Machine:
    """A root with a systemctl that only writes down."""
    tools = box.folder / "tools"
    tools.mkdir()
    (tools / "systemctl").write_text(SYSTEMCTL)
    (tools / "systemctl").chmod(0o755)
    for place in ("run/systemd/system", "state", "usr", "dev", "proc", "tmp", "in", "etc"):
        (box.root / place).mkdir(parents=True)
    return Machine(replace(box, shell=request.param))


class Machine:
    """What a test asks of it."""

    def __init__(self, box: Box) -> None:
        self._box = box
        self._mounts = ("--ro-bind", str(box.folder / "tools"), "/usr/local/sbin")

    def live(self, activation: dict[str, Any], *words: str) -> Ran:
        """Apply a configuration."""
        self._box.script(script_of(activation))
        command = (*self._box.shell, "/in/activate", "--live", "--adopt=force", *words)
        ran = self._box.inside(*command, mounts=self._mounts)
        assert "syntax" not in ran.err
        return ran

    def set(self, **states: str) -> None:
        """What the manager says of units, by their names without the kind."""
        for name, state in states.items():
            (self._box.root / "state" / f"{name}.service").write_text(state + "\n")

    def needs(self, name: str, other: str) -> None:
        """Let another unit go down with one."""
        (self._box.root / "state" / f"needs-{name}").write_text(other + "\n")

    def asked(self) -> list[str]:
        """What it was told since the last time, of verbs and units."""
        log = self._box.root / "state" / "log"
        lines = log.read_text().splitlines() if log.exists() else []
        log.unlink(missing_ok=True)
        return lines


def unit(name: str, text: str, *, linked: bool = True) -> dict[str, Any]:
    path = f"{UNITS}/{name}.service"
    links = {f"{LINK}/{name}.service": {"target": path}} if linked else {}
    return {"files": {path: {"text": f"[Service]\nExecStart=/bin/{text}\n"}}, "links": links}


def test_units_start_restart_and_stop(machine: Machine) -> None:
    assert machine.live(unit("a", "x")).code == 0
    assert machine.asked() == ["daemon-reload", "reset-failed -- a.service", "start -- a.service"]
    ran = machine.live(unit("a", "y"), "--check")
    assert f"restart a.service, because {UNITS}/a.service changes\n" in ran.out
    assert (ran.code, machine.asked()) == (2, [])
    assert machine.live(unit("a", "y")).code == 0
    assert machine.asked() == ["daemon-reload", "try-restart -- a.service"]
    assert machine.live(unit("a", "y")).out == "nothing to do\n"
    assert machine.asked() == []

    assert machine.live({}).code == 0
    assert machine.asked() == ["stop -- a.service", "daemon-reload"]


def test_watched_paths_with_odd_names(machine: Machine) -> None:
    paths = ["/etc/it's $(x) \\ here", "/etc/r\u00e9glages/a"]
    machine.set(a="active", b="active")
    wishes = {
        "a.service": {"reload-on": [paths[0]]},
        "b.service": {"restart-on": ["/etc/r\u00e9glages"], "check": ["echo", "it's \u00e9"]},
    }
    files = {path: {"text": "1"} for path in paths}
    assert machine.live({"files": files, "services": wishes}).code == 0
    assert machine.asked() == ["reload -- a.service", "try-restart -- b.service"]


def test_guarded_units_are_left(machine: Machine) -> None:
    machine.set(dbus="active", a="active", b="active")
    machine.needs("a.service", "libvirt-guests.service")
    machine.set(**{"libvirt-guests": "active"})
    files = {"/etc/x": {"text": "1"}}
    wish = {"restart-on": ["/etc/x"]}
    wishes = {"a.service": wish, "b.service": wish, "dbus.service": wish}
    ran = machine.live({"files": files, "services": wishes})
    assert ran.code == 0
    # What others depend on is reloaded where it can be.
    assert machine.asked() == ["reload -- a.service", "try-restart -- b.service"]
    assert "left as it runs: dbus.service, although /etc/x changes" in ran.out
    ran = machine.live({"files": files, "services": wishes}, "--restart=dbus.service")
    assert machine.asked() == ["try-restart -- dbus.service"]
    assert machine.live({"files": files, "services": wishes}).out == "nothing to do\n"


@pytest.mark.parametrize(
    "word", ["--restart=", "--restart=a", "--restart=-a.service", "--restart=a b.c"]
)
def test_restart_wants_the_name_of_a_unit(machine: Machine, word: str) -> None:
    assert machine.live({}, word).code == 64
