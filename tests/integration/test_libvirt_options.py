"""Every option of libvirt is obeyed: the running daemon shows it, or a lens and its line.

`libvirt-limits.vcfg` sets every option to something else than the default, except for those
of `libvirt-open.vcfg`. An option is read back from the running daemon (the tests marked with
`reads`), or held by its line in an output (HELD), or known to do nothing (WITHOUT_EFFECT);
the last test holds that there is no other.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from .certificates import (
    make_authority,
    make_built_in,
    make_certificate,
    make_client,
    revoke,
)
from .conftest import vcfg
from .libvirtd import (
    GUEST,
    START,
    add_passwords,
    ask,
    backlogs,
    connect,
    sockets,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .conftest import Applied
    from .sandbox import Result, Sandbox

#: Where the configuration puts the sockets; the activation makes the directory.
MOVED = "/srv/libvirt/sockets"
LOCAL = f"qemu+unix:///system?socket={MOVED}/libvirt-sock"
WATCHING = f"qemu+unix:///system?socket={MOVED}/libvirt-sock-ro"
TLS = "qemu+tls://192.168.1.201:16555/system"

#: Options whose tests read them from a running daemon.
LIVE: set[str] = set()

#: Lines of `/etc/libvirt/libvirtd.conf` that nothing can be asked for.
HELD = {
    "max-client-requests": "max_client_requests = 7",
    "admin-max-client-requests": "admin_max_client_requests = 8",
    "admin-keepalive-interval": "admin_keepalive_interval = 1",
    "admin-keepalive-count": "admin_keepalive_count = 3",
    "audit-level": "audit_level = 0",
    "ovs-timeout": "ovs_timeout = 9",
}

#: Packages by the option that asks for them.
INSTALLED = {"package": "libvirt-daemon-system", "hypervisor-packages": "qemu-utils"}

#: Settings that the daemon has lost; nothing is written.
WITHOUT_EFFECT = {"mdns-adv": "mdns", "mdns-name": "lab", "max-requests": "max_requests"}


def reads(*options: str) -> Callable[[Any], Any]:
    """Mark a test as one that reads these options back."""
    LIVE.update(options)
    return lambda test: test


@pytest.fixture(scope="module")
def limited(applied_root: Callable[[str], Applied]) -> Iterator[Sandbox]:
    """libvirtd with every setting changed, polkitd beside it, certificates and passwords."""
    with applied_root("libvirt-limits").sandbox() as box:
        box.run("ip addr add 192.168.1.201/24 dev eth0")
        box.run("dbus-uuidgen >/etc/machine-id; mkdir -p /run/dbus /run/libvirt")
        make_authority(box)
        pki = "/srv/libvirt/pki"
        # Of a client, so that only a daemon that does not look at it starts.
        usage = "critical,clientAuth"
        make_certificate(box, "/CN=localhost", usage, f"{pki}/key.pem", f"{pki}/cert.pem")
        make_client(box, "ana", "/O=Example/CN=ana")
        make_client(box, "revoked", "/O=Example/CN=revoked")
        make_client(box, "stranger", "/O=Elsewhere/CN=ana")
        make_client(box, "nobody", None)
        box.run(f"cp /tmp/authority/ca.pem {pki}/ca.pem")
        revoke(box, "/srv/clients/revoked/clientcert.pem", f"{pki}/crl.pem")
        add_passwords(box, "ana", "eva")
        with (
            box.daemon("dbus-daemon --system --nofork --nopidfile"),
            box.daemon("/usr/lib/polkit-1/polkitd --no-debug"),
            box.daemon("virtlogd"),
            box.daemon(START),
        ):
            box.wait(f"test -S {MOVED}/libvirt-admin-sock")
            yield box


@pytest.fixture(scope="module")
def opened(applied_root: Callable[[str], Applied]) -> Iterator[Sandbox]:
    """libvirtd with the settings that would hide others."""
    with applied_root("libvirt-open").sandbox() as box:
        box.run("dbus-uuidgen >/etc/machine-id")
        make_built_in(box)
        make_client(box, "nobody", None)
        add_passwords(box, "ana")
        with box.daemon(START):
            box.wait("ss -Hltn | grep -q ':16514 '")
            yield box


@reads("max-clients", "max-anonymous-clients", "min-workers", "max-workers", "prio-workers")
def test_limits(limited: Sandbox) -> None:
    clients = ask(limited, "srv-clients-info libvirtd", MOVED)
    assert (clients["nclients_max"], clients["nclients_unauth_max"]) == ("1000", "15")
    pool = ask(limited, "srv-threadpool-info libvirtd", MOVED)
    assert (pool["minWorkers"], pool["maxWorkers"], pool["prioWorkers"]) == ("3", "9", "2")


@reads("admin-max-clients", "admin-min-workers", "admin-max-workers")
def test_limits_of_administration(limited: Sandbox) -> None:
    assert ask(limited, "srv-clients-info admin", MOVED)["nclients_max"] == "6"
    pool = ask(limited, "srv-threadpool-info admin", MOVED)
    assert (pool["minWorkers"], pool["maxWorkers"]) == ("2", "7")


@reads("listen", "listen-tls", "listen-tcp", "tls-port", "tcp-port", "listen-addr")
@reads("max-queued-clients", "admin-max-queued-clients", "unix-sock-dir")
def test_listeners_and_their_queues(limited: Sandbox) -> None:
    """The kernel says how many connections may wait at a socket."""
    assert backlogs(limited) == {
        "192.168.1.201:16555": 700,
        "192.168.1.201:16510": 700,
        f"{MOVED}/libvirt-sock": 700,
        f"{MOVED}/libvirt-sock-ro": 700,
        f"{MOVED}/libvirt-admin-sock": 4,
    }


@reads("unix-sock-group", "unix-sock-ro-perms", "unix-sock-rw-perms", "unix-sock-admin-perms")
def test_owners_and_modes_of_the_sockets(limited: Sandbox) -> None:
    assert sockets(limited, MOVED) == {
        "libvirt-sock": "760 root:libvirt",
        "libvirt-sock-ro": "775 root:libvirt",
        "libvirt-admin-sock": "700 root:libvirt",
    }


@reads("log-filters", "log-outputs")
def test_log_settings(limited: Sandbox) -> None:
    filters = ask(limited, "daemon-log-filters", MOVED)
    assert filters["Logging filters"] == "3:*rpc* 4:*storage*"
    outputs = ask(limited, "daemon-log-outputs", MOVED)
    assert outputs["Logging outputs"] == "2:file:/tmp/libvirtd.log"


@reads("log-level", "audit-logging")
def test_starts_of_guests_are_in_the_log(limited: Sandbox) -> None:
    """Audit messages have the level of information, which level 3 would leave out."""
    limited.put("/tmp/guest.xml", GUEST)
    limited.run(f"virsh -c '{LOCAL}' create /tmp/guest.xml")
    limited.run(f"virsh -c '{LOCAL}' destroy guest")
    said = limited.read("/tmp/libvirtd.log")
    [line] = [each for each in said.splitlines() if "virt=qemu op=start" in each]
    assert ": info : " in line


@reads("host-uuid")
def test_identity_of_the_host(limited: Sandbox) -> None:
    said = limited.run(f"virsh -c '{LOCAL}' capabilities").out
    assert "<uuid>c7a5fdbd-edaf-9455-926a-d65c16db1809</uuid>" in said


@reads("auth-unix-rw", "access-drivers")
def test_members_are_asked_nothing_and_polkit_decides_each_call(limited: Sandbox) -> None:
    """A member of the group connects without polkit, which then forbids what is no reading."""
    assert connect(limited, LOCAL, user="ana").code == 0
    limited.put("/tmp/guest.xml", GUEST)
    tried = limited.run(f"virsh -c '{LOCAL}' create /tmp/guest.xml", user="ana", check=False)
    assert (tried.code, "access denied" in tried.err) == (1, True), tried.said
    assert connect(limited, LOCAL, user="eva").code != 0


@reads("auth-unix-ro", "sasl-allowed-usernames")
def test_who_watches_needs_a_password(limited: Sandbox) -> None:
    """Both have one; the list has the first alone."""
    assert connect(limited, f"{WATCHING}&authfile=/srv/ana.auth", words="-r").code == 0
    assert connect(limited, f"{WATCHING}&authfile=/srv/eva.auth", words="-r").code != 0
    assert connect(limited, WATCHING, words="-r").code != 0


def entered(tried: Result) -> bool:
    """Whether the driver was reached; polkit denies its use to whoever comes by network."""
    return "'QEMU' denied access" in tried.err


@reads("auth-tcp")
def test_clear_text_without_a_password(limited: Sandbox) -> None:
    assert entered(connect(limited, "qemu+tcp://192.168.1.201:16510/system"))


@reads("key-file", "cert-file", "ca-file", "crl-file", "tls-no-sanity-cert")
@reads("auth-tls", "tls-allowed-dn-list")
@pytest.mark.parametrize(
    ("client", "password", "enters"),
    [
        ("ana", "ana", True),
        ("ana", "eva", False),
        ("revoked", "ana", False),
        ("stranger", "ana", False),
        ("nobody", "ana", False),
    ],
)
def test_certificates(limited: Sandbox, client: str, password: str, enters: bool) -> None:
    """One of the authority, not revoked, its subject in the list, and a password besides."""
    # The client would mind the server's certificate.
    query = f"no_verify=1&pkipath=/srv/clients/{client}&authfile=/srv/{password}.auth"
    tried = connect(limited, f"{TLS}?{query}")
    assert entered(tried) is enters, tried.said


@reads("tls-priority")
@pytest.mark.parametrize(("version", "spoken"), [("tls1_2", True), ("tls1_3", False)])
def test_versions_of_tls(limited: Sandbox, version: str, spoken: bool) -> None:
    said = limited.run(
        f"openssl s_client -connect 192.168.1.201:16555 -{version} </dev/null", check=False
    ).out
    assert ("BEGIN CERTIFICATE" in said) is spoken, said


@reads("keepalive-interval", "keepalive-count")
def test_silent_clients_are_dropped(limited: Sandbox) -> None:
    """Three seconds after a client is stopped; with the defaults it would take thirty."""
    with limited.daemon(f"virsh -k 1 -c '{LOCAL}' event --all --loop --timeout 60"):
        count = f"virt-admin -c 'libvirtd:///system?socket={MOVED}/libvirt-admin-sock'"
        count += " client-list libvirtd | grep -c unix"
        limited.wait(f"test $({count}) = 1")
        limited.run("pkill -STOP -x virsh")
        limited.wait(f"test $({count}) = 0", seconds=12)
        limited.run("pkill -CONT -x virsh")


@reads("host-uuid-source")
def test_identity_of_the_machine(opened: Sandbox) -> None:
    said = opened.run("virsh -c qemu:///system capabilities").out
    machine = opened.read("/etc/machine-id").strip()
    assert f"<uuid>{machine}</uuid>" in said.replace("-", "")


def test_a_machine_without_identity(applied_root: Callable[[str], Applied]) -> None:
    """What the option's description says; systemd makes the file when a host first boots."""
    with applied_root("libvirt-open").sandbox() as box:
        box.run("rm -f /etc/machine-id")
        tried = box.run("libvirtd --timeout 1", check=False)
        assert (tried.code, "Can't read /etc/machine-id" in tried.err) == (1, True), tried.said


@reads("tls-no-verify-cert")
def test_clients_without_a_certificate(opened: Sandbox) -> None:
    address = "qemu+tls://127.0.0.1/system?pkipath=/srv/clients/nobody"
    assert connect(opened, address).code == 0


@reads("extra", "extra.tcp_min_ssf")
@pytest.mark.parametrize(("bits", "enters"), [(129, False), (128, True)])
def test_strength_of_passwords_in_clear_text(
    applied_root: Callable[[str], Applied], bits: int, enters: bool
) -> None:
    """The mechanism has 128 bits, and the configuration asks for one more."""
    with applied_root("libvirt-open").sandbox() as box:
        box.run("dbus-uuidgen >/etc/machine-id")
        make_built_in(box)
        add_passwords(box, "ana")
        box.run(f"sed -i 's/^tcp_min_ssf = 129$/tcp_min_ssf = {bits}/' /etc/libvirt/libvirtd.conf")
        with box.daemon(START) as log:
            box.wait("ss -Hltn | grep -q ':16509 '")
            tried = connect(box, "qemu+tcp://127.0.0.1/system?authfile=/srv/ana.auth")
            assert (tried.code == 0) is enters, tried.said
            assert ("no SASL mechanisms are available" in box.read(log)) is not enters


@reads("enable", "socket-activation")
def test_switches(applied_root: Callable[[str], Applied]) -> None:
    """What they turn on is looked at in `test_libvirt.py` and `test_libvirt_sockets.py`."""
    states = {
        name: {each["name"]: each["state"] for each in applied_root(name).outputs.plan["units"]}
        for name in ("libvirt-limits", "libvirt-sockets")
    }
    assert states["libvirt-limits"]["libvirtd.service"] == "enable"
    assert states["libvirt-limits"]["libvirtd.socket"] == "mask"
    assert states["libvirt-sockets"]["libvirtd.socket"] == "enable"


@pytest.mark.parametrize("option", HELD)
def test_lines_that_nothing_can_be_asked_for(limited: Sandbox, option: str) -> None:
    lines = limited.read("/etc/libvirt/libvirtd.conf").splitlines()
    assert HELD[option] in lines


@pytest.mark.parametrize("option", INSTALLED)
def test_packages(applied_root: Callable[[str], Applied], option: str) -> None:
    assert INSTALLED[option] in applied_root("libvirt-open").outputs.packages


@pytest.mark.parametrize("option", WITHOUT_EFFECT)
def test_lost_settings_write_nothing(limited: Sandbox, option: str) -> None:
    assert WITHOUT_EFFECT[option] not in limited.read("/etc/libvirt/libvirtd.conf")


def test_no_option_is_forgotten() -> None:
    listed = vcfg("options", "modules/virtualization/libvirt.vcfg", "libvirt", "--format", "json")
    options = {
        each["path"].removeprefix("libvirt.") for each in json.loads(listed.stdout)["options"]
    }
    kinds = [LIVE, set(HELD), set(INSTALLED), set(WITHOUT_EFFECT)]
    assert set().union(*kinds) == options
    assert sum(map(len, kinds)) == len(options)
