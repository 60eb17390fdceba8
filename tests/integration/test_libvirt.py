"""libvirtd itself loads the emitted file, and virt-admin asks it what it understood."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .certificates import make_built_in, make_client
from .lenses import lens_errors
from .libvirtd import START, ask, connect, sockets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .conftest import Applied
    from .sandbox import Sandbox


@pytest.fixture(
    scope="module", params=["libvirt-tls", "libvirt-sockets", "libvirt-limits", "libvirt-open"]
)
def configured(
    request: pytest.FixtureRequest, applied_root: Callable[[str], Applied]
) -> Iterator[Sandbox]:
    """Each libvirt configuration in turn, no daemon running."""
    with applied_root(request.param).sandbox() as box:
        yield box


@pytest.fixture(scope="module")
def listening(applied_root: Callable[[str], Applied]) -> Iterator[Sandbox]:
    """The seed's example: libvirtd running and listening, with made-up certificates."""
    with applied_root("libvirt-tls").sandbox() as box:
        make_built_in(box)
        make_client(box, "ana", "/O=Example/CN=ana")
        make_client(box, "nobody", None)
        with box.daemon(START):
            box.wait("ss -Hltn | grep -q ':16555 '")
            yield box


def test_daemon_loads_the_file(configured: Sandbox) -> None:
    """A second of idle time, then it ends by itself; wrong types and values end in 1 to 6."""
    configured.run("dbus-uuidgen >/etc/machine-id")
    # As at boot: directories of sockets below /run.
    configured.run("test ! -e /etc/tmpfiles.d/vcfg.conf || systemd-tmpfiles --create vcfg.conf")
    configured.run("libvirtd --timeout 1")


def test_lens_knows_every_key(configured: Sandbox) -> None:
    """The daemon ignores unknown keys in silence; the lens does not."""
    assert lens_errors(configured, {"/etc/libvirt/libvirtd.conf": "Libvirtd"}) == []


def test_listens_on_the_tls_port(listening: Sandbox) -> None:
    """The port of the file, and a client that trusts the authority gets through."""
    # The daemon hangs up on a client without a certificate of its own, hence no exit code.
    said = listening.run(
        "openssl s_client -connect 127.0.0.1:16555 -CAfile /etc/pki/CA/cacert.pem </dev/null",
        check=False,
    ).said
    assert "Verify return code: 0 (ok)" in said
    ports = listening.run("ss -Hltnp | grep libvirtd | awk '{print $4}'").lines
    assert ports == ["0.0.0.0:16555"]


@pytest.mark.parametrize(("client", "enters"), [("ana", True), ("nobody", False)])
def test_clients_need_a_certificate(listening: Sandbox, client: str, enters: bool) -> None:
    """The handshake ends with a client's certificate, or with none and no connection."""
    address = f"qemu+tls://127.0.0.1:16555/system?pkipath=/srv/clients/{client}"
    tried = connect(listening, address)
    assert (tried.code == 0) is enters, tried.said


def test_sockets_belong_to_the_group(listening: Sandbox) -> None:
    """The group of the file, which the activation must have made."""
    assert sockets(listening, "/run/libvirt") | {"libvirt-admin-sock": ""} == {
        "libvirt-sock": "770 root:libvirt",
        "libvirt-sock-ro": "777 root:libvirt",
        "libvirt-admin-sock": "",
    }


def test_shipped_limits(listening: Sandbox) -> None:
    """The seed's defaults, as the running daemon has them."""
    clients = ask(listening, "srv-clients-info libvirtd")
    assert clients["nclients_max"] == "5000"
    assert clients["nclients_unauth_max"] == "20"
    pool = ask(listening, "srv-threadpool-info libvirtd")
    assert (pool["minWorkers"], pool["maxWorkers"], pool["prioWorkers"]) == ("5", "20", "5")
