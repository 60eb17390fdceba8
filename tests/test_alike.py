"""Hosts of one fleet with one name or one address."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import RunVcfg

HEAD = 'import "networking.vcfg"\nimport "etc.vcfg"\n'


def concise(vcfg: RunVcfg, folder: Path, text: str, status: int) -> list[str]:
    """Findings without the name of the file."""
    (folder / "main.vcfg").write_text(HEAD + text)
    done = vcfg("check", "--errors=concise", folder / "main.vcfg")
    assert done.status == status, done.out
    return [line.partition("main.vcfg:")[2] for line in done.out.splitlines()]


@pytest.mark.parametrize("other", ['host b { networking.hostname = "a" }', "host b {}"])
def test_two_hosts_with_one_name(vcfg: RunVcfg, tmp_path: Path, other: str) -> None:
    mine = 'host a { networking.hostname = "b" }\n' if other == "host b {}" else "host a {}\n"
    found = concise(vcfg, tmp_path, mine + other, 1)
    assert len(found) == 1
    name = "b" if other == "host b {}" else "a"
    assert f"error[same-host]: The hosts `a` and `b` have one name, `{name}`" in found[0]
    out = tmp_path / "out"
    built = vcfg("build", tmp_path / "main.vcfg", "-o", out)
    assert built.status == 1
    assert "same-host" in built.err
    assert not out.exists()


def test_both_places_are_shown(vcfg: RunVcfg, tmp_path: Path) -> None:
    text = 'host a { networking.hostname = "x" }\nhost b { networking.hostname = "x" }\n'
    (tmp_path / "main.vcfg").write_text(HEAD + text)
    done = vcfg("check", tmp_path / "main.vcfg")
    assert "of `a`" in done.out
    assert "of `b`" in done.out


def test_many_hosts_with_one_name_are_built_on_all_cores_and_refused(
    vcfg: RunVcfg, tmp_path: Path
) -> None:
    text = 'networking.hostname = "x"\nfor n in 0..39 { host "h#{n}" {} }\n'
    (tmp_path / "main.vcfg").write_text(HEAD + text)
    built = vcfg("build", tmp_path / "main.vcfg", "-o", tmp_path / "out")
    assert built.status == 1
    assert built.err.count("[same-host]") == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ('eth0.address = "192.0.2.1/24"', True),
        ('eth0.addresses = ["2001:db8::1/64"]', True),
        ('virbr0 { address = "192.0.2.1/24", bridge.ports = [] }', False),
        ('br0 { address = "192.0.2.1/24", bridge.ports = ["eth0"] }', True),
        ('eth0.address = "169.254.0.1/16"', False),
        ("eth0.dhcp = true", False),
    ],
)  # fmt: skip
def test_two_hosts_with_one_address(
    vcfg: RunVcfg, tmp_path: Path, more: str, told: bool
) -> None:  # fmt: skip
    text = f"networking.interfaces.{more}\nhost a {{}}\nhost b {{}}\n"
    found = concise(vcfg, tmp_path, text, 0)
    assert ["[same-address]" in line for line in found] == [True] * told
    off = 'checks.same-address = "off"\n'
    assert concise(vcfg, tmp_path, text + off, 0) == []


def test_hosts_that_are_no_machines_are_not_compared(vcfg: RunVcfg, tmp_path: Path) -> None:
    (tmp_path / "main.vcfg").write_text('option networking: string = "x"\nhost a {}\nhost b {}\n')
    assert vcfg("check", tmp_path / "main.vcfg").status == 0
