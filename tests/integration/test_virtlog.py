"""virtlogd obeys every option: it answers, writes its log, and rotates those of a guest."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from .conftest import vcfg
from .lenses import lens_errors
from .libvirtd import GUEST, START, facts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .conftest import Applied
    from .sandbox import Sandbox

#: What the tests below read back, and what is held by a line.
LIVE = {"log-level", "log-filters", "log-outputs", "max-clients", "max-size", "max-backups"}
LIVE |= {"extra", "extra.admin_max_clients"}
HELD = {"enable", "package"}


@pytest.fixture(scope="module")
def running(applied_root: Callable[[str], Applied]) -> Iterator[Sandbox]:
    """virtlogd running with the emitted file, and libvirtd beside it."""
    with applied_root("virtlog").sandbox() as box:
        box.run("mkdir -p /run/libvirt; dbus-uuidgen >/etc/machine-id")
        box.run("virtlogd --timeout 1")
        box.put("/tmp/guest.xml", GUEST)
        with box.daemon("virtlogd"), box.daemon(START):
            box.wait("test -S /run/libvirt/virtlogd-admin-sock")
            box.wait("test -S /run/libvirt/libvirt-sock")
            yield box


def ask(box: Sandbox, question: str) -> dict[str, str]:
    """What the running daemon answers."""
    return facts(box.run(f"virt-admin -c virtlogd:///system {question}").out)


def reported(box: Sandbox) -> tuple[str, ...]:
    """Clients, administrators, filters, outputs, as the running daemon has them."""
    return (
        ask(box, "srv-clients-info virtlogd")["nclients_max"],
        ask(box, "srv-clients-info admin")["nclients_max"],
        ask(box, "daemon-log-filters")["Logging filters"],
        ask(box, "daemon-log-outputs")["Logging outputs"],
    )


SET = ("1000", "6", "3:*rpc* 4:*storage*", "2:file:/tmp/virtlogd.log")


def test_settings_reported_back(running: Sandbox) -> None:
    """The numbers of the configuration, from the running daemon."""
    assert reported(running) == SET


def test_information_is_logged(running: Sandbox) -> None:
    """Level 2 has it, the seed's level 3 would not."""
    assert ": info : " in running.read("/tmp/virtlogd.log")


def test_reload_keeps_process_and_settings(running: Sandbox) -> None:
    """USR1 replaces the program in place, which is what a reload of the unit does."""
    before = running.run("pgrep -x virtlogd").out
    running.run("pkill -USR1 -x virtlogd; sleep 0.5")
    running.wait("virt-admin -c virtlogd:///system srv-list >/dev/null 2>&1")
    assert running.run("pgrep -x virtlogd").out == before
    assert reported(running) == SET


def test_logs_are_rotated_at_their_size(running: Sandbox) -> None:
    """A guest's log grows by more than 1000 bytes with each start; two old ones are kept."""
    for _ in range(4):
        running.run("virsh create /tmp/guest.xml && virsh destroy guest")
    listed = running.run("cd /var/log/libvirt/qemu && stat -c '%n %s' guest*").lines
    sizes = {name: int(size) for name, size in (line.split() for line in listed)}
    assert sorted(sizes) == ["guest.log", "guest.log.0", "guest.log.1"]
    assert max(sizes.values()) <= 1000


def test_more_backups_than_any_guest_may_have(running: Sandbox) -> None:
    """Why 33 are refused: the daemon starts, and the next guest does not."""
    running.run("sed 's/^max_backups = 2$/max_backups = 33/' /etc/libvirt/virtlogd.conf >/tmp/33")
    running.run("pkill -x virtlogd")
    running.wait("! pgrep -x virtlogd")
    with running.daemon("virtlogd -f /tmp/33"):
        running.wait("virt-admin -c virtlogd:///system srv-list >/dev/null 2>&1")
        tried = running.run("virsh create /tmp/guest.xml", check=False)
    assert (tried.code, "must be less than or equal to 32" in tried.err) == (1, True), tried.said


def test_lens_knows_every_key(running: Sandbox) -> None:
    """Unknown keys are ignored by the daemon, in silence."""
    assert lens_errors(running, {"/etc/libvirt/virtlogd.conf": "Virtlogd"}) == []


def test_units_and_package(applied_root: Callable[[str], Applied]) -> None:
    outputs = applied_root("virtlog").outputs
    states = {each["name"]: each["state"] for each in outputs.plan["units"]}
    assert states["virtlogd.socket"] == states["virtlogd-admin.socket"] == "enable"
    assert "libvirt-daemon-system" in outputs.packages


def test_no_option_is_forgotten() -> None:
    listed = vcfg("options", "modules/virtualization/virtlog.vcfg", "virtlog", "--format", "json")
    options = {
        each["path"].removeprefix("virtlog.") for each in json.loads(listed.stdout)["options"]
    }
    assert options == LIVE | HELD
    assert not LIVE & HELD
