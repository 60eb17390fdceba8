"""virtlogd itself loads the emitted file and reports the settings back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .test_libvirt import facts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .conftest import Applied
    from .sandbox import Sandbox


@pytest.fixture(scope="module")
def running(applied_root: Callable[[str], Applied]) -> Iterator[Sandbox]:
    """virtlogd running with the emitted file."""
    with applied_root("virtlog").sandbox() as box:
        box.run("mkdir -p /run/libvirt")
        box.run("virtlogd --timeout 1")
        with box.daemon("virtlogd"):
            box.wait("test -S /run/libvirt/virtlogd-admin-sock")
            yield box


def ask(box: Sandbox, question: str) -> dict[str, str]:
    """What the running daemon answers."""
    return facts(box.run(f"virt-admin -c virtlogd:///system {question}").out)


def reported(box: Sandbox) -> tuple[str, str, str]:
    """Clients, filters, outputs, as the running daemon has them."""
    return (
        ask(box, "srv-clients-info virtlogd")["nclients_max"],
        ask(box, "daemon-log-filters")["Logging filters"],
        ask(box, "daemon-log-outputs")["Logging outputs"],
    )


SET = ("1000", "3:*rpc* 4:*util*", "2:file:/tmp/virtlogd.log")


def test_settings_reported_back(running: Sandbox) -> None:
    """The numbers of the configuration, from the running daemon."""
    assert reported(running) == SET


def test_reload_keeps_process_and_settings(running: Sandbox) -> None:
    """USR1 replaces the program in place, which is what a reload of the unit does."""
    before = running.run("pgrep -x virtlogd").out
    running.run("pkill -USR1 -x virtlogd; sleep 0.5")
    running.wait("virt-admin -c virtlogd:///system srv-list >/dev/null 2>&1")
    assert running.run("pgrep -x virtlogd").out == before
    assert reported(running) == SET


def test_lens_knows_every_key(running: Sandbox) -> None:
    """Unknown keys, which the daemon ignores, and the sizes, which it does not report."""
    said = running.run(
        "printf 'load\\nerrors\\nprint /files/etc/libvirt/virtlogd.conf/max_size\\n"
        "print /files/etc/libvirt/virtlogd.conf/max_backups\\n' | augtool --noautoload "
        "-t 'Virtlogd.lns incl /etc/libvirt/virtlogd.conf'"
    ).lines
    assert [line.strip() for line in said] == [
        "(no errors)",
        '/files/etc/libvirt/virtlogd.conf/max_size = "2097152"',
        '/files/etc/libvirt/virtlogd.conf/max_backups = "5"',
    ]
