"""The example of libvirt over TLS: keys are handed over, and who has a certificate comes in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .certificates import make_authority, make_certificate, make_client
from .conftest import PROJECT, build
from .libvirtd import START, connect, sockets
from .sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EXAMPLE = PROJECT / "spec" / "examples" / "libvirt-tls" / "host.vcfg"
KEYS = "/run/keys"


@pytest.fixture(scope="module")
def host(debian_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A machine after the example's own script, with the daemon running."""
    outputs = build(EXAMPLE, tmp_path_factory.mktemp("libvirt-tls"))
    with Sandbox([debian_root]) as box:
        make_authority(box)
        key, certificate = f"{KEYS}/libvirt-key", f"{KEYS}/libvirt-certificate"
        make_certificate(box, "/CN=localhost", "serverAuth", key, certificate)
        box.run(f"cp /tmp/authority/ca.pem {KEYS}/authority")
        make_client(box, "ana", "/O=Example/CN=ana")
        make_client(box, "stranger", "/O=Elsewhere/CN=ana")
        make_client(box, "nobody", None)
        box.put("/tmp/activate", outputs.activate)
        box.run(f"VCFG_SECRETS={KEYS} sh /tmp/activate --inside --packages=check")
        with box.daemon(START):
            box.wait("ss -Hltn | grep -q ':16555 '")
            yield box


@pytest.mark.parametrize(
    ("client", "enters"), [("ana", True), ("stranger", False), ("nobody", False)]
)
def test_who_has_a_certificate_comes_in(host: Sandbox, client: str, enters: bool) -> None:
    address = f"qemu+tls://127.0.0.1:16555/system?pkipath=/srv/clients/{client}"
    tried = connect(host, address)
    assert (tried.code == 0) is enters, tried.said


def test_only_root_reads_the_key(host: Sandbox) -> None:
    key = "/etc/pki/libvirt/private/serverkey.pem"
    assert host.run(f"stat -c '%a %U:%G' {key}").out == "600 root:root\n"
    host.run(f"cmp {key} {KEYS}/libvirt-key")


def test_the_group_has_the_socket(host: Sandbox) -> None:
    owned = sockets(host, "/run/libvirt")
    assert owned["libvirt-sock"] == "770 root:libvirt"
    assert owned["libvirt-admin-sock"] == "700 root:libvirt"
