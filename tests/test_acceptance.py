"""Acceptance cases of the seed, as small configurations in `tests/cases/acceptance`.

The worked examples have tests of their own: the whole node, A11, in `test_example.py`, foreign
programs and the childhurd, A03 and A06, in `test_guests.py`; A04 and A07 to A09 stand beside
the modules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.acceptance import CASES, build, check

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.acceptance import Plan

PROVIDER = "/etc/ganeti/instance-debootstrap"

LIBVIRTD_CONF = """\
listen_tls = 1
listen_tcp = 0
tls_port = "16555"
tcp_port = "16509"
listen_addr = "0.0.0.0"
unix_sock_group = "libvirt"
unix_sock_ro_perms = "0777"
unix_sock_rw_perms = "0770"
unix_sock_admin_perms = "0777"
unix_sock_dir = "/var/run/libvirt"
auth_unix_ro = "polkit"
auth_unix_rw = "polkit"
auth_tcp = "sasl"
auth_tls = "none"
tls_no_sanity_certificate = 0
tls_no_verify_certificate = 0
tls_priority = "NORMAL"
max_clients = 5000
max_queued_clients = 1000
max_anonymous_clients = 20
min_workers = 5
max_workers = 20
prio_workers = 5
max_client_requests = 5
admin_min_workers = 1
admin_max_workers = 5
admin_max_clients = 5
admin_max_queued_clients = 5
admin_max_client_requests = 5
log_level = 3
log_filters = "3:remote 4:event"
log_outputs = "3:stderr"
audit_level = 1
audit_logging = 0
host_uuid_source = "smbios"
keepalive_interval = 5
keepalive_count = 5
admin_keepalive_interval = 5
admin_keepalive_count = 5
ovs_timeout = 5
"""

VIRTLOGD_CONF = """\
log_level = 3
log_filters = "3:remote 4:event"
log_outputs = "3:stderr"
max_clients = 1000
max_size = 2097152
max_backups = 3
"""


def case(name: str, tmp_path: Path) -> Plan:
    """The plan of a case."""
    return build(CASES / f"{name}.vcfg", tmp_path)


def test_a01_libvirt_with_a_port_and_a_group(tmp_path: Path) -> None:
    plan = case("A01", tmp_path)
    entry = plan.files["/etc/libvirt/libvirtd.conf"]
    assert entry["text"] == LIBVIRTD_CONF
    assert (entry["mode"], entry["owner"], entry["group"]) == ("0644", "root", "root")
    # The package makes the group, so it is known and not made.
    assert plan.data["groups"] == []
    assert "libvirt" in plan.data["foreign-groups"]


def test_a02_virtlog_with_a_thousand_clients(tmp_path: Path) -> None:
    entry = case("A02", tmp_path).files["/etc/libvirt/virtlogd.conf"]
    assert entry["text"] == VIRTLOGD_CONF
    assert (entry["mode"], entry["owner"], entry["group"]) == ("0644", "root", "root")


def test_a05_a_platform_that_nobody_knows(capsys: pytest.CaptureFixture[str]) -> None:
    outcome = check(CASES / "A05.vcfg", capsys)
    [error] = outcome.findings
    assert outcome.status == 1
    assert error["path"] == "qemu-binfmt.platforms[0]"
    assert error["message"].endswith('found "vax"')
    assert error["labels"][0]["file"].endswith("A05.vcfg")


def test_a10_a_number_whose_ports_do_not_exist(capsys: pytest.CaptureFixture[str]) -> None:
    outcome = check(CASES / "A10.vcfg", capsys)
    [error] = outcome.findings
    assert outcome.status == 1
    assert error["path"] == "hurd-vm.id"
    assert "port 65900 is above 65535" in error["message"]
    assert error["labels"][0]["file"].endswith("A10.vcfg")


def test_a12_the_watcher_knows_where_the_api_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = case("A12", tmp_path)
    assert plan.daemon_arguments("rapi") == [
        "--port=5080",
        "--bind=0.0.0.0",
        "--interface=eth1",
        "--max-clients=20",
        "--ssl-key=/var/lib/ganeti/rapi.pem",
        "--ssl-cert=/var/lib/ganeti/rapi.pem",
    ]
    assert (
        "*/5 * * * * root /usr/sbin/ganeti-watcher --rapi-ip=10.0.0.1 --job-age=21600"
        in plan.cron_lines("ganeti")
    )
    [warning] = check(CASES / "A12.vcfg", capsys).findings
    assert "without a password" in warning["message"]


def test_a13_the_watcher_does_not_know(capsys: pytest.CaptureFixture[str]) -> None:
    outcome = check(CASES / "A13.vcfg", capsys)
    assert outcome.status == 0
    [warning] = [each for each in outcome.findings if "password" not in each["message"]]
    assert (warning["code"], warning["severity"]) == ("warned", "warning")
    assert "watcher rapi-ip is unset" in warning["message"]
    assert "interface eth1" in warning["message"]


def test_a14_interface_and_address(capsys: pytest.CaptureFixture[str]) -> None:
    outcome = check(CASES / "A14.vcfg", capsys)
    [error] = outcome.of("error")
    assert outcome.status == 1
    assert error["code"] == "assertion-failed"
    assert "exclude each other" in error["message"]
    assert error["path"] == "ganeti.noded"


def test_a15_a_provider_of_ones_own(tmp_path: Path) -> None:
    plan = case("A15", tmp_path)
    directory = "/etc/ganeti/instance-personalizado/variants"
    assert plan.text(f"{directory}/cosa.conf") == "Esto va bien"
    assert plan.text(f"{directory}/variants.list") == "cosa\n"
    for name in ("cosa.conf", "variants.list"):
        assert plan.files[f"{directory}/{name}"]["mode"] == "0644"
    assert "ganeti-instance-debootstrap" not in plan.names("packages")


def test_a16_a_hook_of_ones_own(tmp_path: Path) -> None:
    plan = case("A16", tmp_path)
    [hook] = [path for path in plan.files if path.startswith(f"{PROVIDER}/hooks/")]
    assert hook == f"{PROVIDER}/hooks/default/99-hola-mundo"
    assert plan.text(hook) == "#!/bin/sh\necho '¡Hola mundo!'"
    assert plan.files[hook]["mode"] == "0555"
    assert f"CUSTOMIZE_DIR={PROVIDER}/hooks/default" in plan.lines(
        f"{PROVIDER}/variants/default.conf"
    )


def test_a17_no_hooks_and_a_cache_kept_forever(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = case("A17", tmp_path)
    assert plan.text(f"{PROVIDER}/variants/default.conf") == (
        "EXTRA_PKGS=acpi-support-base,udev,linux-image-amd64,openssh-server,locales-all,grub-pc\n"
        "GENERATE_CACHE=yes\n"
        "CLEAN_CACHE=\n"
        "PARTITION_STYLE=msdos\n"
        "PARTITION_ALIGNMENT=2048\n"
    )
    assert not [path for path in plan.files if path.startswith(f"{PROVIDER}/hooks/")]
    said = [each["message"] for each in check(CASES / "A17.vcfg", capsys).findings]
    [warning] = [text for text in said if "password" not in text]
    assert "jessie" in warning


def test_a18_a_hook_that_would_be_skipped(capsys: pytest.CaptureFixture[str]) -> None:
    outcome = check(CASES / "A18.vcfg", capsys)
    [error] = outcome.of("error")
    assert outcome.status == 1
    assert error["code"] == "assertion-failed"
    assert "grub.sh is not a name run-parts accepts" in error["message"]


def test_a19_a_host_identity_of_equal_digits(capsys: pytest.CaptureFixture[str]) -> None:
    outcome = check(CASES / "A19.vcfg", capsys)
    [error] = outcome.of("error")
    assert outcome.status == 1
    assert error["path"] == "libvirt.host-uuid"
    assert any("all digits equal" in text for text in words(error))


def test_a20_too_few_clients(capsys: pytest.CaptureFixture[str]) -> None:
    outcome = check(CASES / "A20.vcfg", capsys)
    [error] = outcome.of("error")
    assert outcome.status == 1
    assert error["code"] == "assertion-failed"
    for number in ("10", "20"):
        assert any(number in text for text in words(error))


def words(finding: dict[str, object]) -> list[str]:
    """Everything a finding says: headline, labels and notes."""
    labels = finding["labels"]
    notes = finding["notes"]
    assert isinstance(labels, list)
    assert isinstance(notes, list)
    return [str(finding["message"]), *[str(each["text"]) for each in labels], *map(str, notes)]
