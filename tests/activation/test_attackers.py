"""A directory that somebody else owns: who exchanges what is staged there gains nothing.

The attacker is as fast as can be: each `mkdir` of the script is followed by theirs.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from .box import SHELLS, script_of, tree

if TYPE_CHECKING:
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


def attacked(box: Box, how: str, activation: dict[str, Any]) -> Ran:
    """A run beside the attacker."""
    tools = box.folder / "tools"
    tools.mkdir(exist_ok=True)
    (tools / "mkdir").write_text(MKDIR.replace("HOW", HOWS[how]))
    (tools / "mkdir").chmod(0o755)
    guard = box.guarded(["--ro-bind", str(tools), "/usr/local/sbin", "--"])
    return box.bare(
        [*guard, *box.shell, str(box.script(script_of(activation))), f"--root={box.root}"]
    )


@pytest.mark.parametrize("how", list(HOWS))
@pytest.mark.parametrize("shell", FOLLOWED)
def test_a_staging_directory_that_was_exchanged(box: Box, shell: tuple[str, ...], how: str) -> None:
    """Neither is anything written through it nor given to anybody."""
    box.shell = shell
    service = box.root / "srv/svc"
    service.mkdir(parents=True)
    os.chown(service, ATTACKER, ATTACKER)
    victim = box.root / "etc/victim"
    victim.parent.mkdir()
    victim.write_text("victim")
    victim.chmod(0o600)
    file = {"text": "content", "owner": str(ATTACKER), "mode": 0o666}
    ran = attacked(box, how, {"files": {"/srv/svc/file": file}})
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
