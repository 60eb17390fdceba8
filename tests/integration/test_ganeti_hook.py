"""Ganeti makes instances of a fleet: each is configured by its own script, also when made anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .adapters import FOLDER, bring, built, quoted
from .cluster import ADD, booted, make_cluster
from .test_ganeti_debootstrap import KEEP, LOOPS, log_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from .conftest import Applied
    from .sandbox import Sandbox

FLEET = """
import "etc.vcfg"
import "account.vcfg"
import "secrets.vcfg"

option word: string

etc.files."app/it's \\"odd\\" $(touch canary)".text = "#{config.word}\\n"
account.groups.app.gid = 400
account.users.app { system = true, uid = 400 }
secrets.files.db { path = "/etc/app/password", group = "app", mode = 0o640 }

host uno { word = "one" }
host "dos.example.com" { word = "two" }
"""
NAME = 'it\'s "odd" $(touch canary)'
HOOKS = "/srv/ganeti/vcfg-hooks"


@pytest.fixture(scope="module")
def cluster(
    applied_root: Callable[[str], Applied], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Sandbox]:
    """A running cluster with a variant of the provider whose only hook is a link to ours."""
    with booted(applied_root("ganeti-debootstrap")) as box:
        box.run(LOOPS)
        box.run(KEEP)
        make_cluster(box)
        bring(box, built(FLEET, tmp_path_factory.mktemp("out"), "ganeti-hook"))
        box.run(
            f"mkdir {HOOKS}; chmod +x {quoted(FOLDER)}/ganeti-hooks/90-vcfg\n"
            f"ln -s {quoted(FOLDER)}/ganeti-hooks/90-vcfg {HOOKS}/90-vcfg\n"
            "cd /etc/ganeti/instance-debootstrap\n"
            f"printf '%s\\n' SUITE=bookworm PARTITION_STYLE=none CUSTOMIZE_DIR={HOOKS}"
            " >variants/vcfg.conf\n"
            "echo vcfg >>variants.list"
        )
        for name, word in (("uno", "hunter1"), ("dos", "hunter2")):
            box.put(f"/etc/ganeti/vcfg-secrets/{name}.example.com/db", f"{word}\n")
        yield box
        box.run("losetup -a | grep almacenamiento | cut -d: -f1 | xargs -r losetup -d", check=False)


def facts(cluster: Sandbox, instance: str) -> list[str]:
    """What the configuration put on the disk of an instance: modes, owners, contents."""
    disk = f"/srv/ganeti/almacenamiento/{instance}/*"
    listed = cluster.run(
        f"rm -rf /tmp/disk; mkdir /tmp/disk; debugfs -R 'rdump /etc/app /tmp/disk' {disk}\n"
        "cd /tmp/disk/app && stat -c '%A %u:%g %n' * && cat *"
    )
    return listed.lines


def test_each_instance_has_its_own_script(cluster: Sandbox) -> None:
    """Found by the whole name or its first part, with secrets of its own."""
    for name, word, secret in (("uno", "one", "hunter1"), ("dos", "two", "hunter2")):
        cluster.run(f"{ADD} -o debootstrap+vcfg {name}.example.com", timeout=120)
        assert facts(cluster, f"{name}.example.com") == [
            f"-rw-r--r-- 0:0 {NAME}",
            "-rw-r----- 0:400 password",
            word,
            secret,
        ], log_of(cluster, name)
    assert cluster.run("find / -xdev -name canary -not -path '*/proc/*'").out == ""


def test_an_instance_that_is_made_anew_comes_out_the_same(cluster: Sandbox) -> None:
    before = facts(cluster, "uno.example.com")
    cluster.run("gnt-instance reinstall --force uno.example.com", timeout=120)
    assert facts(cluster, "uno.example.com") == before


def test_an_instance_without_a_script_is_not_made(cluster: Sandbox) -> None:
    refused = cluster.run(f"{ADD} -o debootstrap+vcfg tres.example.com", check=False, timeout=120)
    assert refused.code != 0
    assert "nothing was built for tres.example.com" in log_of(cluster, "tres") + refused.err


@pytest.mark.parametrize("name", ["", ".", "../uno", "a/b", "$(touch canary)"])
def test_names_that_are_none(cluster: Sandbox, name: str) -> None:
    """Ganeti has none of these; the hook does not depend on that."""
    cluster.run("mkdir -p /srv/nothing")
    refused = cluster.run(
        f"cd / && INSTANCE_NAME={quoted(name)} TARGET=/srv/nothing sh {HOOKS}/90-vcfg", check=False
    )
    assert refused.code == 1
    assert refused.err.startswith("vcfg: ")
    assert cluster.run("ls /srv/nothing; ls -d /canary", check=False).out == ""


def test_what_is_of_one_host(cluster: Sandbox, tmp_path: Path) -> None:
    """Without a fleet the instance has to be that host, where the configuration names one."""
    text = 'import "networking.vcfg"\nnetworking.hostname = "uno"\n'
    bring(cluster, built(text, tmp_path, "ganeti-hook"), "/srv/alone")
    command = "cd / && TARGET=/srv/nothing INSTANCE_NAME={} sh /srv/alone/ganeti-hooks/90-vcfg"
    refused = cluster.run(command.format("dos.example.com"), check=False)
    assert (refused.code, "is for uno, not for dos.example.com" in refused.err) == (1, True)
    cluster.run(command.format("uno.example.com"))
    assert cluster.read("/srv/nothing/etc/hostname") == "uno\n"
