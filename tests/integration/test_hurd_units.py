"""Units of childhurds: systemd boots the machine and starts, watches and stops the guests.

The disks are empty, so that the guests get as far as looking for a system.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .conftest import Applied
    from .sandbox import Sandbox

UNIT = "hurd-vm.service"
IMAGE = "/var/lib/childhurd/hurd.img"


@pytest.fixture(scope="module")
def machine(applied_root: Callable[[str], Applied]) -> Iterator[Sandbox]:
    """The booted machine."""
    with applied_root("childhurds").booted() as box:
        yield box


def shown(box: Sandbox, unit: str, name: str) -> str:
    """A property of a unit."""
    return box.run(f"systemctl show --value -p {name} {unit}").out.strip()


def guest(box: Sandbox) -> str:
    """The process of the first guest."""
    return shown(box, UNIT, "MainPID")


def running(box: Sandbox, *, other_than: str = "0") -> None:
    """Wait until the first guest runs, in another process if need be."""
    pid = f"$(systemctl show --value -p MainPID {UNIT})"
    box.wait(f"systemctl -q is-active {UNIT} && [ {pid} != 0 ] && [ {pid} != {other_than} ]")


def test_a_guest_starts_with_the_machine(machine: Sandbox) -> None:
    """As its user, with the words of the unit and no others where there is no KVM."""
    running(machine)
    pid = guest(machine)
    [line] = [
        each.removeprefix("ExecStart=").removesuffix(" $KVM")
        for each in machine.read(f"/etc/systemd/system/{UNIT}").splitlines()
        if each.startswith("ExecStart=")
    ]
    arguments = machine.read(f"/proc/{pid}/cmdline").rstrip("\0").split("\0")
    assert arguments[1:] == shlex.split(line)[1:]
    assert machine.run(f"ps -o user=,group= -p {pid}").out.split() == ["childhu+", "kvm"]
    assert "TMPDIR=/tmp" in machine.read(f"/proc/{pid}/environ").split("\0")


def test_it_answers_to_both_names(machine: Sandbox) -> None:
    assert shown(machine, "childhurd.service", "Id") == UNIT
    assert shown(machine, "childhurd2.service", "Id") == "hurd-vm2.service"


def test_a_guest_that_ends_is_started_again(machine: Sandbox) -> None:
    """So a reboot of the guest, which ends QEMU, is one."""
    running(machine)
    before = guest(machine)
    machine.run(f"kill {before}")
    running(machine, other_than=before)


def test_its_secrets_are_there_before_it_starts(machine: Sandbox) -> None:
    assert len(machine.run("ls /etc/childhurd/etc/ssh").lines) == 6


def test_a_guest_that_nobody_asks_is_stopped(machine: Sandbox) -> None:
    """The one that should ask for its secrets and does not, since its disk is empty."""
    log = "journalctl -o cat -u hurd-vm2.service"
    machine.wait(f"{log} | grep 'nobody asked for secrets on port 13004 in 1 seconds'")
    machine.run("systemctl stop hurd-vm2.service")
    assert shown(machine, "hurd-vm2.service", "MainPID") == "0"


def test_a_guest_whose_image_is_somebody_elses(machine: Sandbox) -> None:
    """The journal says what to do; a chown later it runs."""
    machine.run(f"systemctl stop {UNIT}; chown root {IMAGE}; chmod 600 {IMAGE}")
    assert machine.run(f"systemctl start {UNIT}", check=False).code == 1
    machine.run(f"journalctl -o cat -u {UNIT} | grep 'childhurd cannot read {IMAGE}'")
    machine.run(f"systemctl stop {UNIT}; systemctl reset-failed {UNIT}; chown childhurd {IMAGE}")
    machine.run(f"systemctl start childhurd.service; systemctl is-active {UNIT}")


def test_a_guest_without_an_image_does_not_start(machine: Sandbox) -> None:
    machine.run(f"systemctl stop {UNIT}; mv {IMAGE} {IMAGE}.away")
    tried = machine.run(f"systemctl start {UNIT}", check=False)
    assert (tried.code, "Assertion failed" in tried.said) == (1, True)
    machine.run(f"mv {IMAGE}.away {IMAGE}; systemctl start {UNIT}; systemctl is-active {UNIT}")
