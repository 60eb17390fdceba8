"""polkitd reads the emitted rule: members of the group get in, strangers do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .conftest import Applied
    from .sandbox import Sandbox


@pytest.fixture(scope="module")
def guarded(applied_root: Callable[[str], Applied]) -> Iterator[Sandbox]:
    """libvirtd as emitted, with the message bus and polkitd beside it."""
    with applied_root("libvirt-group").sandbox() as box:
        box.run("dbus-uuidgen >/etc/machine-id; mkdir -p /run/dbus")
        with (
            box.syslog() as heard,
            box.daemon("dbus-daemon --system --nofork --nopidfile"),
            box.daemon("/usr/lib/polkit-1/polkitd --no-debug"),
            box.daemon("libvirtd"),
        ):
            box.wait("test -S /run/libvirt/libvirt-sock")
            yield box
        assert [line for line in heard if "Error compiling" in line] == []


def test_member_manages_guests(guarded: Sandbox) -> None:
    said = guarded.run("virsh -c qemu:///system version", user="ana").out
    assert "Running hypervisor: QEMU" in said


def test_member_of_debians_own_group_does_too(guarded: Sandbox) -> None:
    """The rule that Debian ships, beside the emitted one; anybody may knock here."""
    assert (
        "Running hypervisor: QEMU"
        in guarded.run("virsh -c qemu:///system version", user="iris").out
    )


def test_stranger_is_kept_out(guarded: Sandbox) -> None:
    refused = guarded.run("virsh -c qemu:///system version", user="eva", check=False)
    assert refused.code != 0
    assert "org.libvirt.unix.manage" in refused.err


def test_stranger_may_look(guarded: Sandbox) -> None:
    guarded.run("virsh --readonly -c qemu:///system version", user="eva")


def test_home_belongs_to_its_user(guarded: Sandbox) -> None:
    assert guarded.run("stat -c %U:%G /home/ana").out == "ana:ana\n"
    assert guarded.run("getent passwd ana").out.strip().split(":")[5:] == ["/home/ana", "/bin/bash"]
    assert guarded.run("test -e /nonexistent", check=False).code != 0
