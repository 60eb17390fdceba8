"""What libvirt and virtlog warn about: the words, the line, and the way out, which is taken.

The seed's defaults that open a door, settings that the daemons have lost or never read, and
what keeps them from starting. A warning names what to write instead; written, it is gone.
"""

from __future__ import annotations

from typing import NamedTuple

import pytest

from evaluator.fleet.configure import module_path
from tests.configured import MAIN, configured, labels

CLOSED = "libvirt.unix-sock-admin-perms = 0o700"
CERTIFICATES = """libvirt.key-file = "/etc/pki/libvirt/private/serverkey.pem"
libvirt.cert-file = "/etc/pki/libvirt/servercert.pem"
libvirt.ca-file = "/etc/pki/CA/cacert.pem"
"""
LISTENING = f"{CLOSED}\n{CERTIFICATES}libvirt.listen = true"
CLEAR = f"{CLOSED}\nlibvirt.listen = true\nlibvirt.listen-tls = false\nlibvirt.listen-tcp = true"
KERBEROS = 'profile.packages = ["libsasl2-modules-gssapi-mit"]'


class Warned(NamedTuple):
    """A definition that earns a warning in a configuration that has none without it.

    `advice` is what the warning tells to write, word for word in it; `written` is that as
    whole definitions, by which the doubtful one is replaced. Without advice it is left out.
    """

    doubtful: str
    words: str
    advice: str
    written: str
    around: str = CLOSED


LIBVIRT = [
    # Defaults of the seed that open a door or stop the daemon.
    Warned(
        "libvirt.unix-sock-admin-perms = 0o777",
        "others than root may administer libvirtd: its administration socket has mode 0777",
        "`libvirt.unix-sock-admin-perms = 0o700`",
        "libvirt.unix-sock-admin-perms = 0o700",
        around="",
    ),
    Warned(
        "libvirt.listen = true",
        "listens with TLS and stops at start unless its certificates",
        "set `libvirt.key-file`, `cert-file` and `ca-file`",
        f"libvirt.listen = true\n{CERTIFICATES}",
    ),
    Warned(
        "libvirt.listen = true",
        "listens with TLS and stops at start unless its certificates",
        "`libvirt.listen-tls = false`",
        "libvirt.listen-tls = false",
    ),
    Warned(
        'libvirt.auth-tcp = "none"',
        "accepts everybody, in clear text, on port 16509",
        '`libvirt.auth-tcp = "sasl"`',
        f'libvirt.auth-tcp = "sasl"\n{KERBEROS}',
        around=f"{CLEAR}\n{KERBEROS}",
    ),
    Warned(
        "libvirt.unix-sock-rw-perms = 0o777",
        "every user of the machine may do everything",
        "`libvirt.unix-sock-rw-perms = 0o770`",
        "libvirt.unix-sock-rw-perms = 0o770",
        around=f'{CLOSED}\nlibvirt.auth-unix-rw = "none"',
    ),
    Warned(
        "libvirt.tls-no-verify-cert = true",
        "TLS clients whose certificate nobody has checked",
        "`libvirt.tls-no-verify-cert = false`",
        "libvirt.tls-no-verify-cert = false",
        around=LISTENING,
    ),
    # What the daemon has lost.
    Warned("libvirt.mdns-adv = true", "cannot announce itself", "leave it out", ""),
    Warned('libvirt.mdns-name = "lab"', "cannot announce itself", "leave it out", ""),
    Warned(
        "libvirt.max-requests = 40",
        "limits each client by `libvirt.max-client-requests`",
        "leave it out",
        "libvirt.max-client-requests = 4",
    ),
    # What is never read, since the daemon is not told to listen.
    Warned(
        "libvirt.listen-tcp = true",
        "`libvirt.listen-tcp` has no effect",
        "`libvirt.listen = true`",
        f"libvirt.listen-tcp = true\nlibvirt.listen = true\n{CERTIFICATES}{KERBEROS}",
    ),
    Warned(
        "libvirt.tls-port = 16555",
        "nothing listens on port 16555",
        "`libvirt.listen = true`",
        f"libvirt.tls-port = 16555\nlibvirt.listen = true\n{CERTIFICATES}",
    ),
    Warned(
        "libvirt.tcp-port = 16510",
        "nothing listens on port 16510",
        "`libvirt.listen = true` and `libvirt.listen-tcp = true`",
        f"libvirt.tcp-port = 16510\nlibvirt.listen = true\nlibvirt.listen-tcp = true\n"
        f"{CERTIFICATES}{KERBEROS}",
    ),
    Warned(
        'libvirt.listen-addr = "192.168.1.10"',
        "nothing listens on 192.168.1.10",
        "`libvirt.listen = true`",
        f'libvirt.listen-addr = "192.168.1.10"\nlibvirt.listen = true\n{CERTIFICATES}',
    ),
    Warned(
        "libvirt.listen-tls = false",
        "is on and opens nothing",
        "`libvirt.listen-tls = true`",
        "libvirt.listen-tls = true",
        around=LISTENING,
    ),
    Warned(
        'libvirt.tls-allowed-dn-list = ["*CN=ana*"]',
        "where no TLS client can come",
        "set `libvirt.listen = true` and `libvirt.listen-tls = true`",
        f'libvirt.tls-allowed-dn-list = ["*CN=ana*"]\nlibvirt.listen = true\n{CERTIFICATES}',
    ),
    Warned(
        'libvirt.sasl-allowed-usernames = ["ana"]',
        "where nobody is asked by SASL",
        '`libvirt.auth-tls = "sasl"`',
        f'libvirt.sasl-allowed-usernames = ["ana"]\nlibvirt.auth-tls = "sasl"\n{KERBEROS}',
        around=LISTENING,
    ),
    # What lets nobody in, or stops the daemon, on a host as Debian leaves it.
    Warned(
        'libvirt.auth-tls = "sasl"',
        "no client gets in by SASL",
        f"`{KERBEROS}`",
        f'libvirt.auth-tls = "sasl"\n{KERBEROS}',
        around=LISTENING,
    ),
    Warned(
        'libvirt.auth-tls = "sasl"',
        "no client gets in by SASL",
        'name mechanisms in `etc.files."sasl2/libvirt.conf"`',
        'libvirt.auth-tls = "sasl"\n'
        'etc.files."sasl2/libvirt.conf".text = "mech_list: scram-sha-256\\n"',
        around=LISTENING,
    ),
    Warned(
        'libvirt.tls-port = "libvirt-tls"',
        "unless `/etc/services` of the host has the name `libvirt-tls`",
        "give `libvirt.tls-port` a number",
        "libvirt.tls-port = 16555",
        around=LISTENING,
    ),
    Warned(
        'libvirt.tcp-port = "libvirt"',
        "unless `/etc/services` of the host has the name `libvirt`",
        "give `libvirt.tcp-port` a number",
        "libvirt.tcp-port = 16510",
        around=f"{CLEAR}\n{KERBEROS}",
    ),
    Warned(
        'libvirt.tls-priority = "@SYSTEM"',
        "only `/etc/gnutls/config` can define the level `@SYSTEM`",
        '`libvirt.tls-priority = "NORMAL"`',
        'libvirt.tls-priority = "NORMAL"',
    ),
    Warned(
        'libvirt.log-outputs = "3:file:/srv/log/libvirtd.log"',
        "unless there is a directory for `/srv/log/libvirtd.log`",
        "make it with `activation.dirs`",
        'libvirt.log-outputs = "3:file:/srv/log/libvirtd.log"\nactivation.dirs."/srv/log" {}',
    ),
    Warned(
        'libvirt.log-outputs = "3:file:/srv/log/libvirtd.log"',
        "unless there is a directory for `/srv/log/libvirtd.log`",
        "log below `/var/log`",
        'libvirt.log-outputs = "3:file:/var/log/libvirtd.log"',
    ),
]

VIRTLOG = [
    Warned(
        "virtlog.max-size = 4MiB",
        "logrotate turns console logs over at 2097153 bytes",
        "`virtlog.max-size` at 2MiB or less",
        "virtlog.max-size = 2MiB",
        around="",
    ),
    Warned(
        "virtlog.max-size = 4MiB",
        "logrotate turns console logs over at 2097153 bytes",
        'write `etc.files."logrotate.d/libvirtd.qemu"` with a larger size',
        'virtlog.max-size = 4MiB\netc.files."logrotate.d/libvirtd.qemu".text = "…"',
        around="",
    ),
    Warned(
        'virtlog.log-outputs = "3:file:/srv/log/virtlogd.log"',
        "unless there is a directory for `/srv/log/virtlogd.log`",
        "make it with `activation.dirs`",
        'virtlog.log-outputs = "3:file:/srv/log/virtlogd.log"\nactivation.dirs."/srv/log" {}',
        around="",
    ),
]

CASES = [
    *[pytest.param("libvirt", each, id=f"{each.doubtful}-{each.advice}") for each in LIBVIRT],
    *[pytest.param("virtlog", each, id=f"{each.doubtful}-{each.advice}") for each in VIRTLOG],
]


def warnings(service: str, *parts: str) -> list[tuple[str, list[int]]]:
    """Messages of a configuration, and the lines of it that each one shows.

    The first line imports the service, the second enables it.
    """
    head = f'import "virtualization/{service}.vcfg"\n{service}.enable = true\n'
    text = head + "\n".join(part.rstrip("\n") for part in parts if part) + "\n"
    result = configured(text, module_path((), {}))
    assert [each.message for each in result.errors()] == []
    shown = MAIN.rpartition("/")[2]
    return [
        (each.message, [line for _text, (file, line) in labels(each) if file == shown])
        for each in result.findings
    ]


@pytest.mark.parametrize(("service", "case"), CASES)
def test_a_warning_names_its_line_and_the_way_out(service: str, case: Warned) -> None:
    line = 3 + len(case.around.splitlines())
    [(message, lines)] = [
        found for found in warnings(service, case.around, case.doubtful) if case.words in found[0]
    ]
    assert case.advice in message
    assert line in lines


@pytest.mark.parametrize(("service", "case"), CASES)
def test_the_way_out_leads_out(service: str, case: Warned) -> None:
    assert warnings(service, case.around, case.written) == []


def test_defaults_say_one_thing() -> None:
    """The seed's administration socket; the line that switches the service on is all there is."""
    [(message, lines)] = warnings("libvirt")
    assert "administration socket has mode 0777" in message
    assert lines == [2]


@pytest.mark.parametrize("setting", ['listen-addr = "localhost"', 'tls-port = "libvirt-tls"'])
def test_what_systemd_cannot_listen_on_is_told_once(setting: str) -> None:
    """Of the option, and not again of the socket unit it would be written to."""
    sockets = "libvirt { enable = true, socket-activation = true }"
    text = f'import "virtualization/libvirt.vcfg"\n{sockets}\n{LISTENING}\nlibvirt.{setting}\n'
    [error] = configured(text, module_path((), {})).errors()
    assert "a socket unit needs a" in error.message
    assert len(text.splitlines()) in [line for _words, (_file, line) in labels(error)]
