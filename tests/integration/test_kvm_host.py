"""The example of a host for virtual machines: systemd boots it, and Ana runs a guest on it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from .conftest import vcfg

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .conftest import Applied
    from .sandbox import Sandbox

#: A guest with a disk in the pool and a card on the bridge; it stays at its firmware.
GUEST = """
<domain type="qemu">
  <name>web</name>
  <memory unit="MiB">32</memory>
  <os><type arch="x86_64" machine="pc">hvm</type></os>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <disk type="volume" device="disk">
      <driver name="qemu" type="raw"/>
      <source pool="guests" volume="web.img"/>
      <target dev="vda" bus="virtio"/>
    </disk>
    <interface type="network"><source network="lan"/></interface>
  </devices>
</domain>
"""
SYSTEM = "virsh -c qemu:///system"


@pytest.fixture(scope="module")
def host(applied_root: Callable[[str], Applied]) -> Iterator[Sandbox]:
    """The booted host."""
    with applied_root("kvm-host").booted() as box:
        # The device that a kernel with taps has; nobody makes nodes in a sandbox.
        box.run("mkdir -p /dev/net; mknod -m 666 /dev/net/tun c 10 200")
        box.wait("systemctl is-active libvirtd.service ssh.service", seconds=60)
        yield box


@pytest.fixture(scope="module")
def guest(host: Sandbox) -> Sandbox:
    """The host with Ana's guest running."""
    host.put("/tmp/web.xml", GUEST)
    host.run(f"{SYSTEM} vol-create-as guests web.img 8M", user="ana")
    host.run(f"{SYSTEM} define /tmp/web.xml && {SYSTEM} start web", user="ana")
    return host


def test_the_daemon_runs_without_an_end(host: Sandbox) -> None:
    """The packaged unit would stop an idle one after two minutes."""
    pid = host.run("systemctl show -P MainPID libvirtd.service").out.strip()
    assert host.run(f"tr '\\0' ' ' </proc/{pid}/cmdline").out == "/usr/sbin/libvirtd "


def test_nothing_failed(host: Sandbox) -> None:
    failed = host.run("systemctl list-units --failed --plain --no-legend '*virt*' 'ssh*' 'net*'")
    assert failed.out == ""


def test_the_host_is_a_port_of_its_bridge(host: Sandbox) -> None:
    assert "192.168.1.10/24" in host.run("ip -br address show br0").out
    assert "master br0" in host.run("ip link show eth0").out


def test_pool_and_network_start_by_themselves(host: Sandbox) -> None:
    for listing, name in (("pool-list", "guests"), ("net-list", "lan")):
        [line] = [line for line in host.run(f"{SYSTEM} {listing}").lines if name in line]
        assert line.split()[:3] == [name, "active", "yes"]


def test_the_guest_is_on_the_bridge(guest: Sandbox) -> None:
    ports = guest.run("ls /sys/class/net/br0/brif").out.split()
    assert sorted(each.rstrip("0123456789") for each in ports) == ["eth", "vnet"]


def test_only_members_manage_guests(guest: Sandbox) -> None:
    tried = guest.run(f"{SYSTEM} destroy web", user="eva", check=False)
    assert (tried.code, "Permission denied" in tried.err) == (1, True), tried.said
    assert "web" in guest.run(f"{SYSTEM} --readonly list", user="eva").out


def test_guests_pause_with_the_host(guest: Sandbox) -> None:
    """Stopped as at shutdown, before the daemon, and started as at boot."""
    after = guest.run("systemctl show -P After libvirt-guests.service").out.split()
    assert "libvirtd.service" in after
    guest.run("systemctl stop libvirt-guests.service", timeout=120)
    assert guest.run(f"{SYSTEM} domstate web").out.strip() == "shut off"
    assert guest.run(f"{SYSTEM} list --all --with-managed-save --name").out.split() == ["web"]
    guest.run("systemctl start libvirt-guests.service", timeout=120)
    guest.wait(f"{SYSTEM} domstate web | grep -q running")


#: The settings of `libvirt-guests` that the example leaves alone.
IMPATIENT = """
import "virtualization/libvirt-guests.vcfg"

libvirt-guests {
  enable = true
  uris = ["qemu:///system"]
  shutdown-timeout = 2s
  parallel-shutdown = 2
}
"""


def test_the_host_does_not_wait_for_ever(guest: Sandbox) -> None:
    """A guest at its firmware does not hear that it shall shut down."""
    path = 'etc.files."default/libvirt-guests".text'
    text = json.loads(vcfg("eval", "-", path, text=IMPATIENT).stdout)
    guest.put("/etc/default/libvirt-guests", text)
    tried = guest.run("/usr/lib/libvirt/libvirt-guests.sh stop", check=False, timeout=60)
    assert "Starting shutdown on guest: web" in tried.out
    assert "Timeout expired while shutting down domains" in tried.out
    assert "web" in guest.run(f"{SYSTEM} list --name").out.split()
