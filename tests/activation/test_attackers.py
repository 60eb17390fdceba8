"""A directory that somebody else owns: who exchanges what is staged there gains nothing.

The attacker is as fast as can be: each `mkdir` of the script is followed by theirs.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from .box import SHELLS, script_of, tree

if TYPE_CHECKING:
    from pathlib import Path

    from .box import Box, Ran

pytestmark = pytest.mark.root

ATTACKER = 1234
# busybox has a `mkdir` of its own, so that nobody can follow it this way.
FOLLOWED = [shell for shell in SHELLS if shell.id != "busybox"]
# Moves the new staging directory away, and puts a directory or a link of theirs in its place.
MKDIR = """\
#!/bin/sh
/bin/mkdir "$@" || exit
case "$*" in
*.vcfg-stage)
    case $PWD in
    */svc)
        /bin/mv .vcfg-stage .stolen
        HOW ;;
    esac ;;
esac
"""
HOWS = {
    "directory": "/bin/mkdir -m 777 .vcfg-stage && /bin/chown 1234 .vcfg-stage"
    " && /bin/ln -s ../../../etc/victim .vcfg-stage/file",
    "link": "/bin/ln -s ../../etc .vcfg-stage",
}


# Once a file was looked at, a link to what only root can read is in its place.
SHA256SUM = """\
#!/bin/sh
/usr/bin/sha256sum "$@" || exit
[ ! -f ./file ] || /bin/ln -sfn ../../etc/victim ./file
"""


def attacked(box: Box, tool: tuple[str, str], activation: dict[str, Any], *words: str) -> Ran:
    """A run beside the attacker, who comes after each call of a tool."""
    name, text = tool
    tools = box.folder / "tools"
    tools.mkdir(exist_ok=True)
    (tools / name).write_text(text)
    (tools / name).chmod(0o755)
    guard = box.guarded(["--ro-bind", str(tools), "/usr/local/sbin", "--"])
    script = box.script(script_of(activation))
    return box.bare([*guard, *box.shell, str(script), f"--root={box.root}", *words])


def furnish(box: Box) -> Path:
    """The attacker's directory, and a file that is none of their business."""
    service = box.root / "srv/svc"
    service.mkdir(parents=True)
    os.chown(service, ATTACKER, ATTACKER)
    victim = box.root / "etc/victim"
    victim.parent.mkdir()
    victim.write_text("victim")
    victim.chmod(0o600)
    return victim


@pytest.mark.parametrize("how", list(HOWS))
@pytest.mark.parametrize("shell", FOLLOWED)
def test_a_staging_directory_that_was_exchanged(box: Box, shell: tuple[str, ...], how: str) -> None:
    """Neither is anything written through it nor given to anybody."""
    box.shell = shell
    victim = furnish(box)
    service = box.root / "srv/svc"
    file = {"text": "content", "owner": str(ATTACKER), "mode": 0o666}
    tool = ("mkdir", MKDIR.replace("HOW", HOWS[how]))
    ran = attacked(box, tool, {"files": {"/srv/svc/file": file}})
    assert ran.code == 5, ran.err
    assert "cannot enter the staging directory in /srv/svc" in ran.err
    status = victim.stat()
    assert (victim.read_text(), status.st_uid, status.st_mode & 0o777) == ("victim", 0, 0o600)
    assert sorted(os.listdir(box.root / "etc")) == ["victim"]
    written = [path for path in service.rglob("*") if path.is_file() and not path.is_symlink()]
    assert written == []
    script = script_of({"files": {"/srv/svc/file": file}})
    if how == "link":
        ran = box.run(script)
        assert ran.code == 4, ran.err
        assert "/srv/svc/.vcfg-stage is there" in ran.err
        (service / ".vcfg-stage").unlink()
    # the attacker gone, the next run ends as it should
    assert box.run(script).code == 0
    assert tree(box.root)["srv/svc/file"].startswith(f"-rw-rw-rw- {ATTACKER}:0 ")
    assert victim.read_text() == "victim"


@pytest.mark.parametrize("shell", FOLLOWED)
def test_a_file_that_was_exchanged_before_it_is_copied(box: Box, shell: tuple[str, ...]) -> None:
    """What the link leads to is not kept under the name of what was there."""
    box.shell = shell
    victim = furnish(box)
    path = box.root / "srv/svc/file"
    path.write_text("theirs")
    wanted = {"files": {"/srv/svc/file": {"text": "ours"}}}
    ran = attacked(box, ("sha256sum", SHA256SUM), wanted)
    assert ran.code == 5, ran.err
    assert "/srv/svc/file was changed while it was copied" in ran.err
    assert path.is_symlink()
    memory = box.root / "var/lib/vcfg"
    assert not [
        each for each in memory.rglob("*") if each.is_file() and "victim" in each.read_text()
    ]
    # the link is theirs: with the attacker gone it is what is replaced and given back
    assert box.run(script_of(wanted)).code == 0
    assert path.read_text() == "ours"
    assert box.run(script_of(wanted), "--uninstall").code == 0
    assert os.readlink(path) == "../../etc/victim"
    assert victim.read_text() == "victim"


@pytest.mark.parametrize("shell", FOLLOWED)
def test_a_file_that_was_exchanged_before_it_is_given_back(
    box: Box, shell: tuple[str, ...]
) -> None:
    """The content of the link is not given to who owned the file, when there is no copy."""
    box.shell = shell
    victim = furnish(box)
    path = box.root / "srv/svc/file"
    path.write_text("same")
    os.chown(path, ATTACKER, ATTACKER)
    wanted = {"files": {"/srv/svc/file": {"text": "same"}}}
    assert box.run(script_of(wanted)).code == 0
    ran = attacked(box, ("sha256sum", SHA256SUM), wanted, "--uninstall")
    assert ran.code == 5, ran.err
    assert "cannot give back /srv/svc/file" in ran.err
    assert not [each for each in path.parent.rglob("*") if not each.is_symlink()]
    status = victim.stat()
    assert (victim.read_text(), status.st_uid, status.st_mode & 0o777) == ("victim", 0, 0o600)
