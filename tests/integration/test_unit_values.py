"""What vcfg says of values of units is what `systemd-analyze verify` says, key by key."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from evaluator.fleet.configure import module_path
from tests.configured import configured

from .sandbox import Sandbox
from .unit_values import REFUSED, TAKEN, VARIABLES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CASES = [
    *[(key, value, "") for key, values in TAKEN.items() for value in values],
    *[(key, value, said) for key, values in REFUSED.items() for value, said in values.items()],
]
#: How many of them are fine.
GOOD = sum(len(values) for values in TAKEN.values())


@pytest.fixture(scope="module")
def machine(debian_root: Path) -> Iterator[Sandbox]:
    """Debian before any configuration."""
    with Sandbox([debian_root]) as box:
        yield box


def test_vcfg_says_so() -> None:
    """One finding for each value that is refused, none for those that are taken."""
    units = [
        f'systemd.units."u{at}.service".service {{ ExecStart = "/bin/true", '
        f"{key} = {json.dumps(value)} }}\n"
        for at, (key, value, _said) in enumerate(CASES)
    ]
    accounts = 'account.package-groups = ["adm"]\n'
    result = configured('import "systemd.vcfg"\n' + accounts + "".join(units), module_path((), {}))
    found: dict[str, str] = {}
    for each in result.findings:
        path = each.path or ""
        assert path not in found, each.message
        found[path] = each.message
    expected = {f'systemd.units."u{at}.service"' for at in range(GOOD, len(CASES))}
    assert set(found) - expected == set(), found
    assert expected - set(found) == set()


def test_systemd_says_so(machine: Sandbox) -> None:
    """Every unit by its file: a word of systemd is a value that it does not take."""
    for at, (key, value, _said) in enumerate(CASES):
        text = f"[Service]\nExecStart=/bin/true\n{key}={value}\n"
        machine.put(f"/run/units/u{at}.service", text)
    machine.put("/run/units/bad.socket", "[Socket]\nListenStream=/run/bad\n")
    machine.put("/run/units/bad.service", "[Service]\nExecStart=/bin/true\n")
    said = machine.run("systemd-analyze verify --man=no /run/units/u*.service", check=False).said
    machine.run("rm -r /run/units")
    lines = said.splitlines()
    for at, (key, value, words) in enumerate(CASES):
        about = [line for line in lines if f"/u{at}.service:" in line]
        assert bool(about) is (at >= GOOD and bool(words)), (key, value, about)
        assert any(words in line for line in about) or not words, (key, value, about)


def test_an_element_is_one_variable(debian_root: Path) -> None:
    """What a program finds in its environment when the system's own systemd starts it."""
    units = [
        f'systemd.units."u{at}.service".service {{ Type = "oneshot", '
        f'ExecStart = "/bin/sh -c \'printf %%s \\\\\\"$$A\\\\\\"\'", '
        f'StandardOutput = "file:/run/u{at}", Environment = [{json.dumps(element)}] }}\n'
        for at, element in enumerate(VARIABLES)
    ]
    result = configured('import "systemd.vcfg"\n' + "".join(units), module_path((), {}))
    assert [each.message for each in result.findings] == []
    files = result.data["etc"]["files"]
    with Sandbox([debian_root], boot=True) as box:
        for at in range(len(VARIABLES)):
            name = f"systemd/system/u{at}.service"
            box.put(f"/etc/{name}", files[name]["text"])
        box.run(
            "systemctl daemon-reload; systemctl start "
            + " ".join([f"u{at}.service" for at in range(len(VARIABLES))])
        )
        got = [box.read(f"/run/u{at}") for at in range(len(VARIABLES))]
    assert got == list(VARIABLES.values())
