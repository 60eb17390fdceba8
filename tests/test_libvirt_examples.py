"""The examples of libvirt: what is built from them is what their folders show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evaluator.fleet.configure import module_path
from tests.acceptance import ROOT, build
from tests.configured import configured

if TYPE_CHECKING:
    from pathlib import Path

    from tests.acceptance import Plan

EXAMPLES = ROOT / "spec" / "examples"
NAMES = ("libvirt-tls", "virtlog-clients", "kvm-host")


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Plan]:
    """The plan of each example."""
    return {
        name: build(EXAMPLES / name / "host.vcfg", tmp_path_factory.mktemp(name)) for name in NAMES
    }


def shown(example: Path) -> dict[str, str]:
    """The files in an example's folder `expected`, by their path on the machine."""
    folder = example / "expected"
    return {
        f"/{file.relative_to(folder)}": file.read_bytes().decode("utf-8")
        for file in folder.rglob("*")
        if file.is_file()
    }


@pytest.mark.parametrize("name", NAMES)
def test_the_folders_show_what_is_built(plans: dict[str, Plan], name: str) -> None:
    """All but the files with secrets, of which nobody knows the text."""
    plan = plans[name]
    known = {path: plan.text(path) for path, each in plan.files.items() if "text" in each}
    assert known == shown(EXAMPLES / name)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_doubtful(name: str) -> None:
    """Neither an error nor a warning, so that what users copy is right."""
    text = (EXAMPLES / name / "host.vcfg").read_text(encoding="utf-8")
    assert [each.message for each in configured(text, module_path((), {})).findings] == []


def test_keys_and_certificates_are_handed_over(plans: dict[str, Plan]) -> None:
    secrets = {
        path: (each["parts"], each["mode"])
        for path, each in plans["libvirt-tls"].files.items()
        if "text" not in each
    }
    assert secrets == {
        "/etc/pki/libvirt/private/serverkey.pem": ([{"name": "libvirt-key"}], "0600"),
        "/etc/pki/libvirt/servercert.pem": ([{"name": "libvirt-certificate"}], "0600"),
        "/etc/pki/CA/cacert.pem": ([{"name": "authority"}], "0600"),
    }


@pytest.mark.parametrize(
    ("name", "path", "line"),
    [
        ("libvirt-tls", "/etc/libvirt/libvirtd.conf", 'tls_port = "16555"'),
        ("libvirt-tls", "/etc/libvirt/libvirtd.conf", 'unix_sock_group = "libvirt"'),
        ("libvirt-tls", "/etc/default/libvirtd", 'LIBVIRTD_ARGS="--listen"'),
        ("virtlog-clients", "/etc/libvirt/virtlogd.conf", "max_clients = 1000"),
        ("kvm-host", "/etc/default/libvirtd", 'LIBVIRTD_ARGS=""'),
        ("kvm-host", "/etc/network/interfaces", "    bridge_ports eth0"),
        ("kvm-host", "/etc/default/libvirt-guests", "ON_SHUTDOWN=suspend"),
    ],
)
def test_lines_that_matter(plans: dict[str, Plan], name: str, path: str, line: str) -> None:
    """Held apart from the folders, so that nobody changes both without noticing."""
    assert line in plans[name].lines(path)


def test_a_host_for_guests_starts_what_it_needs(plans: dict[str, Plan]) -> None:
    plan = plans["kvm-host"]
    enabled = {each["name"] for each in plan.data["units"] if each["state"] == "enable"}
    assert {"libvirtd.service", "libvirt-guests.service", "virtlogd.socket", "ssh.service"} <= (
        enabled
    )
    assert {"bridge-utils", "qemu-system-x86", "openssh-server"} <= set(plan.names("packages"))
