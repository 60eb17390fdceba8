"""Secrets that were laid down, judged by the programs they are for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .certificates import make_built_in
from .conftest import HERE, build
from .libvirtd import START
from .sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .sandbox import Result

HANDED_OVER = """
set -e
umask 077
mkdir -p /run/keys
mv /etc/pki/libvirt/private/serverkey.pem /run/keys/tls
ssh-keygen -q -t ed25519 -N '' -f /run/keys/host-key
rm /run/keys/host-key.pub
openssl passwd -6 'correct horse' >/run/keys/ana
openssl passwd -5 'battery staple' >/run/keys/bob
"""
ACTIVATE = "sh /tmp/activate --inside --packages=skip"


@pytest.fixture(scope="module")
def bare(debian_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A Debian system with secrets in `/run/keys`, and the script that was not run yet."""
    outputs = build(HERE / "configs" / "secrets.vcfg", tmp_path_factory.mktemp("secrets"))
    with Sandbox([debian_root]) as box:
        make_built_in(box)
        box.run(HANDED_OVER)
        box.put("/tmp/activate", outputs.activate)
        yield box


@pytest.fixture(scope="module")
def host(bare: Sandbox) -> Sandbox:
    """The same after a run."""
    refused = bare.run(ACTIVATE, check=False)
    assert refused.code == 3
    assert 'secret(name: "host-key") is not to be had: neither VCFG_SECRETS' in refused.err
    assert "(asked for by secrets.vcfg:" in refused.err
    said = bare.run(f"VCFG_SECRETS=/run/keys {ACTIVATE}")
    again = bare.run(f"VCFG_SECRETS=/run/keys {ACTIVATE}")
    assert again.out == "nothing to do\n"
    for key in ("tls", "host-key", "ana", "bob"):
        content = bare.read(f"/run/keys/{key}").strip().splitlines()
        assert not [line for line in content if line in said.said]
    return bare


def test_the_keys_are_what_was_handed_over(host: Sandbox) -> None:
    for key, path in (
        ("tls", "/etc/pki/libvirt/private/serverkey.pem"),
        ("host-key", "/etc/ssh/ssh_host_test_key"),
    ):
        host.run(f"cmp /run/keys/{key} {path}")
        assert host.run(f"stat -c '%a %U:%G' {path}").out == "600 root:root\n"


def test_libvirtd_serves_with_the_key(host: Sandbox) -> None:
    with host.daemon(START):
        host.wait("ss -Hltn | grep -q ':16514 '")
        said = host.run(
            "openssl s_client -connect 127.0.0.1:16514 -CAfile /etc/pki/CA/cacert.pem </dev/null",
            check=False,
        ).said
    assert "Verify return code: 0 (ok)" in said


def test_sshd_takes_the_key(host: Sandbox) -> None:
    check = "sshd -t -f /dev/null -h /etc/ssh/ssh_host_test_key"
    assert host.run(check).said == ""
    # sshd does look: a key that others can read is none to it
    host.run("chmod 644 /etc/ssh/ssh_host_test_key")
    assert "bad permissions" in host.run(check, check=False).said
    said = host.run(f"VCFG_SECRETS=/run/keys {ACTIVATE}").out
    assert "owner or mode /etc/ssh/ssh_host_test_key" in said
    host.run(check)


def logged_in(host: Sandbox, user: str, password: str) -> Result:
    """What PAM's own program says of a password."""
    return host.run(f"printf '{password}\\0' | unix_chkpwd {user} nonull", check=False)


def test_pam_takes_the_passwords(host: Sandbox) -> None:
    assert logged_in(host, "ana", "correct horse").code == 0
    assert logged_in(host, "bob", "battery staple").code == 0
    assert logged_in(host, "ana", "battery staple").code != 0
    assert logged_in(host, "ana", "").code != 0
    checked = host.run("pwck -r", check=False).said.splitlines()
    assert not [line for line in checked if "ana" in line or "bob" in line]
