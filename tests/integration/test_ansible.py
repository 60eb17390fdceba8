"""Ansible configures a booted machine over ssh; a second run changes nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from .adapters import FOLDER, SEALED, SECRETS, bring, built, check_done, machine_of_maker, quoted
from .conftest import vcfg

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .sandbox import Sandbox

RECAP = re.compile(r"^(\S+) +: ok=\d+ +changed=(\d+) +unreachable=0 +failed=(\d+)", re.MULTILINE)


@pytest.fixture
def machine(debian_root: Path) -> Iterator[Sandbox]:
    with machine_of_maker(debian_root) as box:
        box.run("echo '127.0.0.1 here elsewhere' >>/etc/hosts")
        yield box


def play(box: Sandbox, *words: str, host: str = "here", code: int = 0) -> tuple[str, int, int]:
    """Run the playbook: what was said, and how much changed and failed."""
    ran = box.run(
        "export ANSIBLE_HOST_KEY_CHECKING=false ANSIBLE_NOCOLOR=1\n"
        f"cd / && ansible-playbook -v -u maker -i {host}, {' '.join(words)}"
        f" {quoted(FOLDER + '/playbook.yml')}",
        check=False,
        timeout=120,
    )
    assert ran.code == code, ran.said
    [(name, changed, failed)] = RECAP.findall(ran.out)
    assert name == host
    return ran.said, int(changed), int(failed)


def test_check_change_and_nothing(machine: Sandbox, tmp_path: Path) -> None:
    """Nothing is written in check mode, one thing is changed, and the second run has none."""
    bring(machine, built(SEALED, tmp_path, "ansible"))
    for name, content in SECRETS.items():
        machine.put(f"{FOLDER}/secrets/{name}", content)
    machine.run(f"cd / && ansible-playbook --syntax-check -i here, {quoted(FOLDER)}/playbook.yml")
    machine.run("rm /etc/motd")

    said, changed, failed = play(machine, "--check", "--diff")
    assert (changed, failed) == (1, 0), said
    assert "/etc/app/password" in said
    assert machine.run("ls -d /etc/app /etc/motd", check=False).out == ""

    said, changed, failed = play(machine, "--diff")
    assert (changed, failed) == (1, 0), said
    assert "hunter2" not in said
    assert machine.read("/etc/app/password") == SECRETS["db"]
    assert machine.read("/etc/app/key") == SECRETS["key"]
    assert machine.run("ls -A /dev/shm").out == ""

    said, changed, failed = play(machine)
    assert (changed, failed) == (0, 0), said
    check_done(machine, f"{FOLDER}/secrets")


def test_a_fleet(machine: Sandbox, tmp_path: Path) -> None:
    """Each host has its own script; one that has none is not touched."""
    text = SEALED.replace('  motd.text = "Welcome.\\n"\n', "") + (
        'etc.files.motd.text = "#{config.word}\\n"\noption word: string = "none"\n'
        'host here { word = "here" }\nhost there { word = "there" }\n'
    )
    bring(machine, built(text, tmp_path, "ansible"))
    for name, content in SECRETS.items():
        machine.put(f"{FOLDER}/secrets/{name}", content)
    play(machine)
    assert machine.read("/etc/motd") == "here\n"
    said, _, failed = play(machine, host="elsewhere", code=2)
    assert failed == 1
    assert "elsewhere" in said
    assert machine.read("/etc/motd") == "here\n"


def test_one_host_of_a_fleet(machine: Sandbox, tmp_path: Path) -> None:
    """Its playbook passes over all others, unless somebody names one."""
    main = tmp_path / "main.vcfg"
    main.write_text('import "etc.vcfg"\nhost here { etc.files.motd.text = "here\\n" }\nhost b {}\n')
    out = tmp_path / "out"
    done = vcfg("build", str(main), "-o", str(out), "--for", "ansible", "--host", "here")
    assert done.returncode == 0, done.stderr
    bring(machine, out)
    listing = (
        f"cd / && ansible-playbook --list-hosts -i here,elsewhere, {quoted(FOLDER)}/playbook.yml"
    )
    assert machine.run(listing).out.split()[-1] == "here"
    assert "elsewhere" not in machine.run(listing).out.partition("hosts (")[2]
    named = machine.run(f"{listing} -e vcfg_hosts=elsewhere").out
    assert named.split()[-1] == "elsewhere"
    said, changed, failed = play(machine)
    assert (changed, failed) == (1, 0), said
    assert machine.read("/etc/motd") == "here\n"


def test_a_failure_is_one(machine: Sandbox, tmp_path: Path) -> None:
    """A secret is missing: nothing is written, and what was brought is taken away."""
    bring(machine, built(SEALED, tmp_path, "ansible"))
    machine.run(f"rm -f {quoted(FOLDER)}/secrets/key")
    said, changed, failed = play(machine, code=2)
    assert (changed, failed) == (0, 1), said
    assert machine.run("ls -A /dev/shm").out == ""
