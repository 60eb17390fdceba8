"""Packer logs in to a booted machine and configures it; a second run has to find nothing to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .adapters import (
    APPLICATION,
    FOLDER,
    SEALED,
    SECRETS,
    bring,
    built,
    check_done,
    machine_of_maker,
    quoted,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .sandbox import Sandbox

#: A machine that is there already. Its user is not root.
SOURCE = """\
source "null" "here" {
  ssh_host             = "127.0.0.1"
  ssh_username         = "maker"
  ssh_private_key_file = "/root/.ssh/id_ed25519"
}
"""
PACKER = "cd / && CHECKPOINT_DISABLE=1 PACKER_NO_COLOR=1 PACKER_LOG=1 packer"
CHOICE = """-var 'vcfg_sources=["null.here"]'"""


@pytest.fixture
def machine(debian_root: Path) -> Iterator[Sandbox]:
    with machine_of_maker(debian_root) as box:
        box.put(f"{FOLDER}/source.pkr.hcl", SOURCE)
        yield box


def test_a_machine_is_configured(machine: Sandbox, tmp_path: Path) -> None:
    bring(machine, built(APPLICATION, tmp_path, "packer"))
    machine.run(f"{PACKER} validate {CHOICE} {quoted(FOLDER)}")
    assert machine.run(f"{PACKER} fmt -check -diff {quoted(FOLDER)}").out == ""
    ran = machine.run(f"{PACKER} build {CHOICE} {quoted(FOLDER)}", timeout=120)
    assert "done: " in ran.out
    assert "nothing to do" in ran.out
    check_done(machine)


def test_what_is_left_to_do_fails_the_build(machine: Sandbox, tmp_path: Path) -> None:
    """Something on the machine undoes what was done."""
    bring(machine, built(APPLICATION, tmp_path, "packer"))
    place = f"{quoted(FOLDER)}/activate"
    machine.run(rf"sed -i '$i [ $# -eq 3 ] || {{ rm -f /etc/motd; exit; }}' {place}")
    machine.run(f"sed -i '$i :' {place}")
    ran = machine.run(f"{PACKER} build {CHOICE} {quoted(FOLDER)}", check=False, timeout=120)
    assert ran.code == 1
    assert "exit status: 2" in ran.said


def test_secrets_are_there_for_the_run_alone(machine: Sandbox, tmp_path: Path) -> None:
    bring(machine, built(SEALED, tmp_path, "packer"))
    for name, content in SECRETS.items():
        machine.put(f"/root/keys/{name}", content)
    told = machine.run(
        f"{PACKER} build -var vcfg_secrets=/root/keys {CHOICE} {quoted(FOLDER)}", timeout=120
    )
    assert machine.read("/etc/app/password") == SECRETS["db"]
    assert machine.read("/etc/app/key") == SECRETS["key"]
    assert "hunter2" not in told.said
    assert machine.run("ls -A /dev/shm").out == ""
    # And after a failure.
    machine.run("rm /root/keys/key")
    failed = machine.run(
        f"{PACKER} build -var vcfg_secrets=/root/keys {CHOICE} {quoted(FOLDER)}",
        check=False,
        timeout=120,
    )
    assert failed.code == 1
    assert 'secret(name: "key")' in failed.said
    assert machine.run("ls -A /dev/shm").out == ""
