"""libvirt where systemd makes the sockets: the emitted drop-ins, on a machine that has booted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .certificates import make_built_in, make_client
from .libvirtd import backlogs, connect, sockets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .conftest import Applied
    from .sandbox import Sandbox

#: Where the configuration puts the sockets.
MOVED = "/run/virt"

SOCKETS = "libvirtd.socket libvirtd-ro.socket libvirtd-admin.socket libvirtd-tls.socket"


@pytest.fixture(scope="module")
def host(applied_root: Callable[[str], Applied]) -> Iterator[Sandbox]:
    """The booted host, whose daemon nobody has asked for yet."""
    with applied_root("libvirt-sockets").booted() as box:
        make_built_in(box)
        make_client(box, "ana", "/O=Example/CN=ana")
        make_client(box, "nobody", None)
        # Without certificates the daemon has stopped at boot, and is started again and again; on a
        # busy machine too slowly for systemd to give up.
        box.wait("systemctl show -P NRestarts libvirtd.service | grep -qv '^0$'", seconds=60)
        box.run("systemctl stop libvirtd.service && systemctl reset-failed")
        box.run(f"systemctl restart {SOCKETS}")
        yield box


def test_modes_and_group_are_those_of_the_configuration(host: Sandbox) -> None:
    assert sockets(host, MOVED) == {
        "libvirt-sock": "760 root:libvirt",
        "libvirt-sock-ro": "775 root:libvirt",
        "libvirt-admin-sock": "700 root:libvirt",
    }
    assert host.run("ls /run/libvirt/libvirt-sock", check=False).code != 0


def test_the_port_is_open_at_an_address_that_may_come_later(host: Sandbox) -> None:
    """No interface of the host has the address yet."""
    listening = host.run("ss -Hltn | awk '{print $4}'").lines
    assert "192.168.1.201:16555" in listening
    assert not [each for each in listening if each.endswith((":16514", ":16509"))]


def test_a_client_starts_the_daemon(host: Sandbox) -> None:
    address = f"qemu+unix:///system?socket={MOVED}/libvirt-sock"
    assert connect(host, address).code == 0
    assert host.run("systemctl is-active libvirtd.service").out == "active\n"


@pytest.mark.parametrize(("client", "enters"), [("ana", True), ("nobody", False)])
def test_clients_come_by_tls(host: Sandbox, client: str, enters: bool) -> None:
    host.run("ip addr replace 192.168.1.201/24 dev eth0")
    address = f"qemu+tls://192.168.1.201:16555/system?pkipath=/srv/clients/{client}"
    tried = connect(host, address)
    assert (tried.code == 0) is enters, tried.said


def test_the_daemon_has_the_sockets_of_systemd(host: Sandbox) -> None:
    """The file says the same and is not asked."""
    assert set(backlogs(host)) >= {f"{MOVED}/libvirt-sock", "192.168.1.201:16555"}
    owners = host.run(f"ss -Hlxp | grep {MOVED}/libvirt-sock").out
    assert '"systemd"' in owners
    assert '"libvirtd"' in owners
