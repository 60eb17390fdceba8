"""Bad values of libvirt and virtlog: vcfg finds each first, then the daemons get their turn.

`libvirtd` and `virtlogd` load a file that holds nothing but the bad line. What they refuse
ends them with a message; what they take in silence is here because it does nothing, or
something else than was meant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .certificates import make_authority, make_certificate
from .pairs import Pair, found_first, named
from .sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .sandbox import Result

LIBVIRT = """
import "virtualization/libvirt.vcfg"
libvirt { enable = true, unix-sock-admin-perms = 0o700 }
"""

VIRTLOG = """
import "virtualization/virtlog.vcfg"
virtlog.enable = true
"""

TYPE = "type-mismatch"
ASSERTED = "assertion-failed"
UNKNOWN = "unknown-option"
WARNED = "warned"

#: A directory of 90 characters, in which `libvirt-admin-sock` has no room any more.
DEEP = f"/srv/{'d' * 85}"

#: What libvirtd refuses as soon as it reads its file.
REFUSED = [
    Pair('libvirt.max-clients = "5000"', TYPE, "expected", 'max_clients = "5000"', "unsigned"),
    Pair("libvirt.max-clients = -5", TYPE, "found -5", "max_clients = -5", "unsigned integer"),
    Pair(
        "libvirt.max-clients = 4294967296",
        TYPE,
        "found 4294967296",
        "max_clients = 4294967296",
        "must be in range 0:4294967295",
    ),
    Pair("libvirt.listen-tls = 2", TYPE, "true or false", "listen_tls = 2", "must be 0 or 1"),
    Pair('libvirt.listen-tls = "yes"', TYPE, '"yes"', "listen_tls = yes", "expecting a value"),
    Pair(
        "libvirt.keepalive-count = -1",
        TYPE,
        "found -1",
        "keepalive_count = -1",
        "unsigned integer",
    ),
    Pair(
        'libvirt.access-drivers = "polkit"',
        TYPE,
        "expected list",
        'access_drivers = "polkit"',
        "expected a string list",
    ),
    Pair('libvirt.access-drivers = ["foo"]', TYPE, '"foo"', 'access_drivers = [ "foo" ]', "'foo'"),
    Pair('libvirt.access-drivers = ["nop"]', TYPE, '"nop"', 'access_drivers = [ "nop" ]', "'nop'"),
    Pair(
        'libvirt.unix-sock-ro-perms = "0999"',
        TYPE,
        "mode",
        'unix_sock_ro_perms = "0999"',
        "Failed to parse mode '0999'",
    ),
    Pair(
        "libvirt.unix-sock-rw-perms = 770",
        TYPE,
        "write 0o770",
        "unix_sock_rw_perms = 0770",
        "expected a string",
    ),
    Pair(
        'libvirt.listen-addr = "a\\"b"',
        TYPE,
        "no IP address",
        'listen_addr = "a"b"',
        "expecting a separator",
    ),
    Pair(
        "libvirt.max-clients = 10\nlibvirt.max-clients = 2000",
        "conflicting-definitions",
        "two different values",
        "max_clients = 10\nmax_clients = 2000",
        "must not be less than",
    ),
    Pair(
        f'libvirt.unix-sock-dir = "{DEEP}"',
        TYPE,
        "107 characters",
        f'unix_sock_dir = "{DEEP}"',
        "too long for unix socket",
    ),
    Pair('libvirt.auth-unix-rw = "pam"', TYPE, '"pam"', 'auth_unix_rw = "pam"', "unsupported auth"),
    Pair(
        'libvirt.host-uuid = "11111111-1111-1111-1111-111111111111"',
        TYPE,
        "all digits equal",
        'host_uuid = "11111111-1111-1111-1111-111111111111"',
        "invalid host UUID",
    ),
    Pair(
        'libvirt.host-uuid = "00000000-0000-0000-0000-000000000000"',
        TYPE,
        "all digits equal",
        'host_uuid = "00000000-0000-0000-0000-000000000000"',
        "invalid host UUID",
    ),
    Pair(
        'libvirt.host-uuid = "abababab-abab-abab-abab-abababababab"',
        TYPE,
        "repeats one pair",
        'host_uuid = "abababab-abab-abab-abab-abababababab"',
        "invalid host UUID",
    ),
    Pair(
        'libvirt.host-uuid = "c7a5fdbd"',
        TYPE,
        "32 hexadecimal digits",
        'host_uuid = "c7a5fdbd"',
        "invalid host UUID",
    ),
    Pair(
        'libvirt.host-uuid-source = "bios"',
        TYPE,
        '"bios"',
        'host_uuid_source = "bios"',
        "invalid UUID source",
    ),
    Pair("libvirt.log-level = 5", TYPE, "found 5", "log_level = 5", "argument '5' is invalid"),
    Pair(
        'libvirt.log-filters = "remote"',
        TYPE,
        "LEVEL:MATCH",
        'log_filters = "remote"',
        "Malformed format for filter",
    ),
    Pair(
        'libvirt.log-filters = "9:remote"',
        TYPE,
        "from 1 to 4",
        'log_filters = "9:remote"',
        "Invalid priority '9'",
    ),
    Pair(
        'libvirt.log-outputs = "3:foo"',
        TYPE,
        "N:stderr",
        'log_outputs = "3:foo"',
        "Invalid log destination 'foo'",
    ),
    Pair(
        'libvirt.log-outputs = "3:syslog"',
        TYPE,
        "N:syslog:NAME",
        'log_outputs = "3:syslog"',
        "does not meet the format",
    ),
    Pair(
        "libvirt.extra.tcp_min_ssf = 56",
        TYPE,
        "found 56",
        "tcp_min_ssf = 56",
        "lower than 112 are not supported",
    ),
    Pair("libvirt.max-workers = 0", TYPE, "found 0", "max_workers = 0", "greater than 0"),
    Pair(
        "libvirt.max-clients = 10",
        ASSERTED,
        "below `libvirt.max-anonymous-clients` 20",
        "max_clients = 10",
        "must not be less than",
    ),
    Pair(
        'libvirt.key-file = "/etc/a\\"b"',
        TYPE,
        "double quote",
        'key_file = "/etc/a"b"',
        "expecting a separator",
    ),
    Pair(
        'libvirt.log-filters = "1:+"',
        TYPE,
        "LEVEL:MATCH",
        'log_filters = "1:+"',
        "Invalid match string '+'",
    ),
    Pair(
        'libvirt.log-outputs = "1:file:/tmp/a:b"',
        TYPE,
        "no colon in the path",
        'log_outputs = "1:file:/tmp/a:b"',
        "does not meet the format",
    ),
    Pair(
        'libvirt.log-outputs = "1:file:/srv/log/x.log"',
        WARNED,
        "unless there is a directory",
        'log_outputs = "1:file:/srv/log/x.log"',
        "failed to open /srv/log/x.log",
    ),
    Pair(
        'libvirt.unix-sock-dir = "virt"',
        TYPE,
        "path",
        'unix_sock_dir = "virt"',
        "Failed to bind socket to 'virt/libvirt-sock'",
    ),
    Pair(
        'libvirt.unix-sock-group = ""',
        TYPE,
        "group",
        'unix_sock_group = ""',
        "Failed to parse group ''",
    ),
    Pair(
        "libvirt.keepalive-interval = 2147483648",
        TYPE,
        "from -1 to 2147483647",
        "keepalive_interval = 2147483648",
        "must be in range",
    ),
    Pair(
        'libvirt.mdns-name = "a\\nb"',
        TYPE,
        "line end",
        'mdns_name = "a\nb"',
        "unterminated string",
    ),
]

#: What libvirtd takes without a word.
IGNORED = [
    Pair("libvirt.audit-level = 3", TYPE, "one of 0, 1, 2", "audit_level = 3"),
    Pair(
        "libvirt.min-workers = 30",
        ASSERTED,
        "above `libvirt.max-workers` 20",
        "min_workers = 30\nmax_workers = 20",
    ),
    Pair(
        "libvirt.admin-min-workers = 6",
        ASSERTED,
        "above `libvirt.admin-max-workers` 5",
        "admin_min_workers = 6\nadmin_max_workers = 5",
    ),
    Pair("libvirt.tcp-port = 99999", TYPE, "99999", 'tcp_port = "99999"'),
    Pair("libvirt.keepalive-interval = -2", TYPE, "-1", "keepalive_interval = -2"),
    Pair('libvirt.auth-tcp = "polkit"', TYPE, '"polkit"', 'auth_tcp = "polkit"'),
    Pair(
        'libvirt.log-outputs = "1:file:libvirtd.log"',
        TYPE,
        "N:file:/PATH",
        'log_outputs = "1:file:libvirtd.log"',
    ),
    Pair(
        'libvirt.tls-priority = "BOGUS"',
        TYPE,
        "does not know `BOGUS`",
        'tls_priority = "BOGUS"',
    ),
    Pair("libvirt.max-client-requests = 0", TYPE, "found 0", "max_client_requests = 0"),
    Pair("libvirt.admin-max-clients = 0", TYPE, "found 0", "admin_max_clients = 0"),
    Pair(
        "libvirt.max-anonymous-clients = 0\nlibvirt.max-clients = 0",
        TYPE,
        "found 0",
        "max_anonymous_clients = 0\nmax_clients = 0",
    ),
    Pair("libvirt.admin-max-workers = 0", TYPE, "found 0", "admin_max_workers = 0"),
    Pair(
        'libvirt.tls-allowed-dn-list = [""]', TYPE, "whole subject", 'tls_allowed_dn_list = [ "" ]'
    ),
    Pair(
        'libvirt.sasl-allowed-usernames = [""]',
        TYPE,
        "lets nobody in",
        'sasl_allowed_username_list = [ "" ]',
    ),
    Pair("libvirt.extra.no_such_key = 1", UNKNOWN, "`no_such_key`", "no_such_key = 1"),
    Pair("libvirt.extra.mdns_adv = true", UNKNOWN, "`mdns_adv`", "mdns_adv = 1"),
    Pair("libvirt.extra.max_requests = 20", UNKNOWN, "`max_requests`", "max_requests = 20"),
    Pair(
        "libvirt.extra.tls_no_sanity_cert = true",
        UNKNOWN,
        "`tls_no_sanity_cert`",
        "tls_no_sanity_cert = 1",
    ),
    Pair(
        "libvirt.extra.keepalive_required = true",
        UNKNOWN,
        "`keepalive_required`",
        "keepalive_required = 2",
    ),
    Pair(
        "libvirt.extra.max_clients = 20",
        UNKNOWN,
        "`max_clients`",
        "max_clients = 5000\nmax_clients = 20",
    ),
]

#: Where the machine of these tests has certificates.
CERTIFICATES = """
key_file = "/srv/pki/key.pem"
cert_file = "/srv/pki/cert.pem"
ca_file = "/tmp/authority/ca.pem"
"""

#: What stops it as soon as it listens.
LISTENING = [
    Pair(
        "libvirt.listen = true",
        WARNED,
        "stops at start unless its certificates",
        "listen_tls = 1",
        "Cannot read CA certificate '/etc/pki/CA/cacert.pem'",
    ),
    Pair(
        'libvirt.listen = true\nlibvirt.tls-port = "no-such-service"',
        WARNED,
        "unless `/etc/services` of the host has the name `no-such-service`",
        'listen_tls = 0\nlisten_tcp = 1\ntcp_port = "no-such-service"',
        "Unable to resolve address",
    ),
    Pair(
        "libvirt.listen = true\nlibvirt.listen-tcp = true\nlibvirt.tcp-port = 16514",
        ASSERTED,
        "are the same port, 16514",
        f'{CERTIFICATES}\nlisten_tcp = 1\ntls_port = "16514"\ntcp_port = "16514"',
        "Unable to bind to port",
    ),
]

#: The same for virtlogd.
LOG_REFUSED = [
    Pair("virtlog.max-backups = -1", TYPE, "found -1", "max_backups = -1", "unsigned integer"),
    Pair(
        'virtlog.extra.admin_max_clients = "5"',
        TYPE,
        "int",
        'admin_max_clients = "5"',
        "unsigned integer",
    ),
    Pair(
        'virtlog.log-outputs = "3:syslog"',
        TYPE,
        "N:syslog:NAME",
        'log_outputs = "3:syslog"',
        "does not meet the format",
    ),
    Pair(
        'virtlog.log-outputs = "3:file:/srv/log/x.log"',
        WARNED,
        "unless there is a directory",
        'log_outputs = "3:file:/srv/log/x.log"',
        "failed to open /srv/log/x.log",
    ),
    Pair(
        'virtlog.log-filters = "remote"',
        TYPE,
        "LEVEL:MATCH",
        'log_filters = "remote"',
        "Malformed format for filter",
    ),
    Pair('virtlog.max-size = "2MB"', TYPE, "size", 'max_size = "2MB"', "unsigned integer"),
    Pair("virtlog.max-size = -1", TYPE, "size", "max_size = -1", "unsigned integer"),
    Pair('virtlog.max-clients = "1000"', TYPE, "int", 'max_clients = "1000"', "unsigned integer"),
    Pair("virtlog.log-level = 9", TYPE, "found 9", "log_level = 9", "argument '9' is invalid"),
    Pair(
        'virtlog.log-outputs = "3:foo"',
        TYPE,
        "N:stderr",
        'log_outputs = "3:foo"',
        "Invalid log destination 'foo'",
    ),
    Pair(
        'virtlog.log-filters = "9:remote"',
        TYPE,
        "from 1 to 4",
        'log_filters = "9:remote"',
        "Invalid priority '9'",
    ),
]

LOG_IGNORED = [
    Pair(
        "virtlog.max-size = 9223372036854775807B + 1B",
        TYPE,
        "at most 9223372036854775807 bytes",
        "max_size = 99999999999999999999",
    ),
    Pair("virtlog.max-backups = 33", TYPE, "found 33", "max_backups = 33"),
    Pair("virtlog.max-clients = 0", TYPE, "found 0", "max_clients = 0"),
    Pair("virtlog.extra.admin_max_clients = 0", TYPE, "found 0", "admin_max_clients = 0"),
    Pair("virtlog.extra.no_such_key = 1", UNKNOWN, "`no_such_key`", "no_such_key = 1"),
    Pair(
        "virtlog.extra.max_clients = 20",
        UNKNOWN,
        "`max_clients`",
        "max_clients = 1024\nmax_clients = 20",
    ),
]


@pytest.fixture(scope="module")
def box(debian_root: Path) -> Iterator[Sandbox]:
    """A machine with both daemons, neither running."""
    with Sandbox([debian_root]) as machine:
        machine.run(f"mkdir -p /run/libvirt {DEEP}")
        make_authority(machine)
        pki = "/srv/pki"
        make_certificate(
            machine, "/CN=localhost", "serverAuth", f"{pki}/key.pem", f"{pki}/cert.pem"
        )
        yield machine


def load(box: Sandbox, program: str, pair: Pair) -> Result:
    """Let a daemon load a file with the bad line alone; it ends after an idle second."""
    box.put("/tmp/bad.conf", f"{pair.given}\n")
    return box.run(f"{program} -f /tmp/bad.conf --timeout 1", check=False)


@pytest.mark.parametrize("pair", named(REFUSED))
def test_libvirtd_refuses_what_we_refuse(box: Sandbox, pair: Pair) -> None:
    found_first(pair, LIBVIRT)
    tried = load(box, "libvirtd", pair)
    assert tried.code != 0
    assert pair.said in tried.said


@pytest.mark.parametrize("pair", named(LISTENING))
def test_libvirtd_cannot_listen_where_we_say_so(box: Sandbox, pair: Pair) -> None:
    found_first(pair, LIBVIRT)
    tried = load(box, "libvirtd --listen", pair)
    assert tried.code != 0
    assert pair.said in tried.said


@pytest.mark.parametrize("pair", named(IGNORED))
def test_libvirtd_takes_in_silence_what_we_refuse(box: Sandbox, pair: Pair) -> None:
    found_first(pair, LIBVIRT)
    assert load(box, "libvirtd", pair).code == 0


@pytest.mark.parametrize("pair", named(LOG_REFUSED))
def test_virtlogd_refuses_what_we_refuse(box: Sandbox, pair: Pair) -> None:
    found_first(pair, VIRTLOG)
    tried = load(box, "virtlogd", pair)
    assert tried.code != 0
    assert pair.said in tried.said


@pytest.mark.parametrize("pair", named(LOG_IGNORED))
def test_virtlogd_takes_in_silence_what_we_refuse(box: Sandbox, pair: Pair) -> None:
    found_first(pair, VIRTLOG)
    assert load(box, "virtlogd", pair).code == 0
