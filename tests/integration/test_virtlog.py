"""virtlogd itself loads the emitted file and reports the settings back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .lenses import lens_errors
from .libvirtd import facts

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
    """Unknown keys are ignored by the daemon, in silence."""
    assert lens_errors(running, {"/etc/libvirt/virtlogd.conf": "Virtlogd"}) == []


def test_sizes_are_bare_numbers(running: Sandbox) -> None:
    """The daemon does not report these two; the lens reads them."""
    said = running.run(
        "printf 'load\\nprint $f/max_size\\nprint $f/max_backups\\n' "
        "| sed 's|$f|/files/etc/libvirt/virtlogd.conf|' | augtool --noautoload "
        "-t 'Virtlogd.lns incl /etc/libvirt/virtlogd.conf'"
    ).lines
    assert [line.rpartition(" = ")[2] for line in said] == ['"2097152"', '"5"']
