"""sshd, cron, systemd, ifupdown, the name service and the lenses read what was written."""

from __future__ import annotations

import shlex
import time
from typing import TYPE_CHECKING

import pytest

from .conftest import CONFIGURATIONS
from .lenses import lens_errors, lens_of
from .sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from .conftest import Applied

#: Ends of names of files that systemd reads as units.
UNIT_ENDS = (".service", ".socket", ".timer", ".target", ".path", ".mount")

STATES = {"enable": "enabled", "disable": "disabled", "mask": "masked"}


@pytest.fixture(scope="module")
def machine(node: Applied) -> Iterator[Sandbox]:
    """The node, nothing running."""
    with node.sandbox() as box:
        yield box


@pytest.fixture(scope="module", params=list(CONFIGURATIONS))
def applied(request: pytest.FixtureRequest, applied_root: Callable[[str], Applied]) -> Applied:
    """Each configuration in turn."""
    return applied_root(request.param)


@pytest.fixture(scope="module")
def box(applied: Applied) -> Iterator[Sandbox]:
    """The machine of each configuration, nothing running."""
    with applied.sandbox() as machine:
        yield machine


@pytest.fixture(scope="module")
def plain(debian_root: Path) -> Iterator[Sandbox]:
    """Debian before any configuration, to tell its own complaints from ours."""
    with Sandbox([debian_root]) as machine:
        yield machine


def complaints(box: Sandbox) -> list[str]:
    """What the cron daemon says against the tables when it reads them."""
    # Jobs of @reboot would really run; with this file cron takes the boot for over.
    box.run("touch /run/crond.reboot")
    with box.syslog() as heard, box.daemon("cron -f -L 15"):
        end = time.monotonic() + 30
        while not any("@reboot" in line for line in heard) and time.monotonic() < end:
            time.sleep(0.1)
        time.sleep(0.3)
    assert any("@reboot" in line for line in heard), heard
    words = ("error", "insecure", "wrong", "bad", "death", "orphan")
    return [line for line in heard if any(word in line.lower() for word in words)]


def test_lenses_accept_every_file(applied: Applied, box: Sandbox) -> None:
    """Every file written for which Debian has a lens, and the user databases."""
    texts = {file["path"]: file.get("text", "") for file in applied.outputs.plan["files"]}
    texts |= {f"/etc/cron.d/{table['name']}": "" for table in applied.outputs.plan["cron"]}
    texts |= dict.fromkeys(["/etc/passwd", "/etc/group", "/etc/shadow", "/etc/gshadow"], "")
    lenses = {path: lens for path, text in texts.items() if (lens := lens_of(path, text))}
    assert lens_errors(box, lenses) == []


def test_lens_check_notices(plain: Sandbox) -> None:
    """The judge itself: a line that is no host entry, and a file that is not there."""
    plain.put("/etc/hosts", "one word\nalone\n")
    said = lens_errors(plain, {"/etc/hosts": "Hosts", "/etc/resolv.conf.none": "Resolv"})
    assert any("parse_failed" in line for line in said)
    assert "not read: /etc/resolv.conf.none" in said


def test_user_databases_are_consistent(box: Sandbox, plain: Sandbox) -> None:
    """pwck and grpck find no more than in Debian's own root."""
    for command in ("pwck -r", "grpck -r"):
        assert box.run(command, check=False).said == plain.run(command, check=False).said


def test_declared_accounts_exist(applied: Applied, box: Sandbox) -> None:
    """The name service knows each user, each group and its members."""
    for user in applied.outputs.plan["users"]:
        box.run(f"getent passwd {shlex.quote(user['name'])}")
    for group in applied.outputs.plan["groups"]:
        entry = box.run(f"getent group {shlex.quote(group['name'])}").out.strip()
        assert set(group["members"]) <= set(entry.split(":")[3].split(","))


def unit_names(applied: Applied) -> list[str]:
    """Units the configuration switches on or writes."""
    switched = [unit["name"] for unit in applied.outputs.plan["units"] if unit["state"] == "enable"]
    parts = [file["path"].split("/") for file in applied.outputs.plan["files"]]
    written = [
        (path[4].removesuffix(".d") if len(path) > 5 else path[4])
        for path in parts
        if path[1:4] == ["etc", "systemd", "system"] and len(path) > 4
    ]
    found = {name for name in (*switched, *written) if name.endswith(UNIT_ENDS)}
    return sorted(name for name in found if "@." not in name)


def test_units_verify_in_silence(applied: Applied, box: Sandbox, plain: Sandbox) -> None:
    """Any word counts, since some mistakes are printed and still exit 0."""
    names = unit_names(applied)
    assert names
    for name in names:
        command = f"systemd-analyze verify --man=no {shlex.quote(name)}"
        result = box.run(command, check=False)
        known = plain.run(command, check=False).said.splitlines()
        assert [line for line in result.said.splitlines() if line not in known] == []


def unit_states(box: Sandbox, names: Iterable[str]) -> dict[str, str]:
    """What systemctl makes of each unit without a service manager."""
    return {
        name: box.run(
            f"systemctl --root=/ is-enabled {shlex.quote(name)}", check=False
        ).said.strip()
        for name in names
    }


def test_units_are_switched_as_declared(applied: Applied, box: Sandbox) -> None:
    """As systemctl sees it, and still so after the `preset-all` of image builders."""
    declared = {unit["name"]: STATES[unit["state"]] for unit in applied.outputs.plan["units"]}
    assert declared
    assert unit_states(box, declared) == declared
    # It exits 1 over units that Debian itself masks.
    box.run("systemctl --root=/ preset-all", check=False)
    assert unit_states(box, declared) == declared


def test_sshd_accepts_its_file(machine: Sandbox) -> None:
    """And understands that root may log in, but not with a password."""
    assert machine.run("sshd -t").said == ""
    assert "permitrootlogin without-password" in machine.run("sshd -T").lines


def test_cron_has_no_complaint(machine: Sandbox) -> None:
    """The daemon reads every table and says nothing against one."""
    assert complaints(machine) == []


def test_cron_check_notices(plain: Sandbox) -> None:
    """The judge itself: an unknown user is heard."""
    plain.put("/etc/cron.d/odd", "* * * * * nobody-like-this true\n")
    assert any("*system*odd" in line for line in complaints(plain))


def test_names_resolve(machine: Sandbox) -> None:
    """The name service answers from the hosts file, and the host is called nodo1."""
    machine.run("hostname -F /etc/hostname")
    assert machine.run("hostname").out == "nodo1\n"
    assert machine.run("hostname --fqdn").out == "nodo1.example.com\n"
    for name, address in (
        ("ganeti.example.com", "192.168.1.200"),
        ("nodo1", "192.168.1.201"),
        ("nodo2.example.com", "192.168.1.202"),
    ):
        assert machine.run(f"getent hosts {name}").out.split()[0] == address


def test_interface_dry_run(machine: Sandbox) -> None:
    """What ifup would do; it exits 0 on a bad address, so its words are compared."""
    assert "eth0" in machine.run("ifquery --list").lines
    said = " ".join(machine.run("ifup --no-act --verbose eth0").said.split())
    assert "ip addr add 192.168.1.201/255.255.255.0" in said
    assert "ip route add default via 192.168.1.254" in said


def test_interface_comes_up(machine: Sandbox) -> None:
    """The same for real, in the sandbox's own network."""
    machine.run("ifup eth0")
    assert "192.168.1.201/24" in machine.run("ip -4 -brief address show dev eth0").out
    assert "default via 192.168.1.254" in machine.run("ip route").out


def test_scripts_and_settings_parse(applied: Applied, box: Sandbox) -> None:
    """Shell files: what Debian sources, and what runs."""
    for file in applied.outputs.plan["files"]:
        path = file["path"]
        if path.startswith("/etc/default/") or file["text"].startswith("#!/bin/sh"):
            box.run(f"sh -n {shlex.quote(path)}")
