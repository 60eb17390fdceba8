"""libvirtd itself loads the emitted file, and virt-admin asks it what it understood."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .lenses import lens_errors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .conftest import Applied
    from .sandbox import Sandbox

# As the packaged unit starts it, without its service manager.
START = "sh -c '. /etc/default/libvirtd; exec libvirtd $LIBVIRTD_ARGS'"

#: Where libvirt-limits.vcfg puts the sockets; the activation makes the directory.
MOVED = "/srv/libvirt/sockets"

# A certificate authority and a server certificate where libvirtd looks by default.
CERTIFICATES = """
set -e
mkdir -p /etc/pki/CA /etc/pki/libvirt/private
cd /etc/pki
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=authority \
  -keyout /tmp/ca.key -out CA/cacert.pem
openssl req -newkey rsa:2048 -nodes -subj /CN=localhost \
  -keyout libvirt/private/serverkey.pem -out /tmp/server.csr
printf '%s\n' subjectAltName=DNS:localhost,IP:127.0.0.1 extendedKeyUsage=serverAuth >/tmp/ext
openssl x509 -req -in /tmp/server.csr -CA CA/cacert.pem -CAkey /tmp/ca.key -CAcreateserial \
  -days 2 -extfile /tmp/ext -out libvirt/servercert.pem
"""


@pytest.fixture(scope="module", params=["libvirt-tls", "libvirt-sockets", "libvirt-limits"])
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
        box.run(CERTIFICATES)
        with box.daemon(START):
            box.wait("test -S /run/libvirt/libvirt-admin-sock")
            yield box


@pytest.fixture(scope="module")
def limited(applied_root: Callable[[str], Applied]) -> Iterator[Sandbox]:
    """libvirtd running with every limit changed and its sockets moved."""
    with applied_root("libvirt-limits").sandbox() as box, box.daemon(START):
        box.wait(f"test -S {MOVED}/libvirt-admin-sock")
        yield box


def facts(text: str) -> dict[str, str]:
    """virt-admin's tables, `name : value` a line."""
    pairs = (line.split(":", 1) for line in text.splitlines() if ":" in line)
    return {name.strip(): value.strip() for name, value in pairs}


def ask(box: Sandbox, question: str, directory: str = "/run/libvirt") -> dict[str, str]:
    """What the running daemon answers on its administration socket."""
    address = f"libvirtd:///system?socket={directory}/libvirt-admin-sock"
    return facts(box.run(f"virt-admin -c '{address}' {question}").out)


def sockets(box: Sandbox, directory: str) -> dict[str, str]:
    """Mode and owners of every socket in a directory."""
    listed = box.run(f"cd {directory} && stat -c '%n %a %U:%G' *sock*").lines
    return dict(line.split(" ", 1) for line in listed)


def test_daemon_loads_the_file(configured: Sandbox) -> None:
    """A second of idle time, then it ends by itself; wrong types and values end in 1 to 6."""
    configured.run("libvirtd --timeout 1")


def test_lens_knows_every_key(configured: Sandbox) -> None:
    """The daemon ignores unknown keys in silence; the lens does not."""
    assert lens_errors(configured, {"/etc/libvirt/libvirtd.conf": "Libvirtd"}) == []


def test_listens_on_the_tls_port(listening: Sandbox) -> None:
    """The port of the file, and a client that trusts the authority gets through."""
    listening.wait("ss -Hltn | grep -q ':16555 '")
    # The daemon hangs up on a client without a certificate of its own, hence no exit code.
    said = listening.run(
        "openssl s_client -connect 127.0.0.1:16555 -CAfile /etc/pki/CA/cacert.pem </dev/null",
        check=False,
    ).said
    assert "Verify return code: 0 (ok)" in said
    ports = listening.run("ss -Hltnp | grep libvirtd | awk '{print $4}'").lines
    assert ports == ["0.0.0.0:16555"]


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


def test_limits_reported_back(limited: Sandbox) -> None:
    """Every number of the configuration, from the running daemon."""
    clients = ask(limited, "srv-clients-info libvirtd", MOVED)
    assert clients["nclients_max"] == "1000"
    assert clients["nclients_unauth_max"] == "15"
    pool = ask(limited, "srv-threadpool-info libvirtd", MOVED)
    assert (pool["minWorkers"], pool["maxWorkers"], pool["prioWorkers"]) == ("3", "9", "2")
    assert ask(limited, "srv-clients-info admin", MOVED)["nclients_max"] == "6"
    pool = ask(limited, "srv-threadpool-info admin", MOVED)
    assert (pool["minWorkers"], pool["maxWorkers"]) == ("2", "7")


def test_log_settings_reported_back(limited: Sandbox) -> None:
    """Filters and outputs, from the running daemon."""
    filters = ask(limited, "daemon-log-filters", MOVED)
    assert filters["Logging filters"] == "3:*rpc* 4:*qemu*"
    outputs = ask(limited, "daemon-log-outputs", MOVED)
    assert outputs["Logging outputs"] == "2:file:/tmp/libvirtd.log"


def test_moved_sockets(limited: Sandbox) -> None:
    """Directory, modes and group of the configuration."""
    assert sockets(limited, MOVED) == {
        "libvirt-sock": "760 root:libvirt",
        "libvirt-sock-ro": "775 root:libvirt",
        "libvirt-admin-sock": "700 root:libvirt",
    }


def test_host_identity(limited: Sandbox) -> None:
    """A client sees the host's identity of the file."""
    address = f"qemu+unix:///system?socket={MOVED}/libvirt-sock"
    said = limited.run(f"virsh -c '{address}' capabilities").out
    assert "<uuid>c7a5fdbd-edaf-9455-926a-d65c16db1809</uuid>" in said
