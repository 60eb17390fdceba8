"""Owners: set, left to the first boot, or left out."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from evaluator.diagnostics.model import Sink
from evaluator.plan.build import build_plan

from .box import SHELLS, facts, origin, script_of, tree

if TYPE_CHECKING:
    from pathlib import Path

    from .box import Box, Ran

LINES = "usr/lib/tmpfiles.d/vcfg-ownership.conf"
# One id: what a plain user gets, and what mkosi builds in.
ONE_ID = ("unshare", "--user", "--map-root-user", "--")
needs_namespaces = pytest.mark.needs("unshare", package="util-linux")
pytestmark = pytest.mark.root
needs_tmpfiles = pytest.mark.needs("systemd-tmpfiles", package="systemd")

ACCOUNTS = {
    "groups": {"app": {"gid": 400}, "team": {"gid": 2000, "system": False}},
    "users": {
        "app": {"uid": 400, "group": "app"},
        "ana": {
            "uid": 2001,
            "group": "team",
            "home": "/home/ana",
            "system": False,
            "create-home": True,
        },
    },
}
CONFIGURATION: dict[str, Any] = {
    **ACCOUNTS,
    "dirs": {
        "/srv/app": {"mode": 0o2750, "owner": "app", "group": "app"},
        "/srv/app/deep": {"mode": 0o755, "owner": "app", "group": "team"},
        "/srv/root": {"mode": 0o755},
    },
    "files": {
        "/etc/plain": {"text": "plain\n"},
        "/etc/group-only": {"text": "g\n", "mode": 0o640, "group": "team"},
        "/etc/number": {"text": "n\n", "mode": 0o604, "owner": "77", "group": "78"},
        "/etc/seed": {"text": "s\n", "mode": 0o660, "owner": "app", "manage": "seed"},
        "/srv/app/set-id": {"text": "x\n", "mode": 0o6755, "owner": "app", "group": "app"},
        "/srv/app/deep/file": {"text": "y\n", "mode": 0o664, "owner": "app", "group": "app"},
        "/usr/lib/tmpfiles.d/other.conf": {"text": "# other\n"},
    },
}


def hostile_names() -> list[str]:
    """Names that mean something to tmpfiles.d(5): to its words, its specifiers, its patterns."""
    words = ["a b", " a", "a ", "#", "-", '"quoted"', 'q"', "q'", "b\\", "\\\\", "\\x20", "$HOME"]
    patterns = ["*", "?", "[a]", "[!a]", "a[b", "]", "{a,b}", "}", ",", "a\\*b", "~", "é"]
    return [*words, *patterns, "%d", "100%", "%%"]


def host_names(box: Box) -> None:
    """The root of a Debian system as far as owners go: it has a group `shadow`."""
    etc = box.root / "etc"
    etc.mkdir()
    (etc / "group").write_text("root:x:0:\nshadow:x:42:\n")
    (etc / "passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")


def in_one_id(box: Box, script: str, *words: str) -> Ran:
    """Run where root is the only user there is."""
    command = [*ONE_ID, *box.shell, str(box.script(script)), f"--root={box.root}", *words]
    return box.bare(box.guarded(command))


def boot(root: Path) -> None:
    """What the first boot does about owners."""
    subprocess.run(
        ["systemd-tmpfiles", f"--root={root}", "--create", f"{root}/{LINES}"],
        check=True,
        capture_output=True,
    )


def without_lines(root: Path) -> dict[str, str]:
    """The tree without what only a deferring run leaves."""
    found = tree(root, memory=False)
    assert found.pop(LINES).startswith("-rw-r--r-- 0:0")
    return found


@needs_namespaces
@needs_tmpfiles
@pytest.mark.parametrize("shell", SHELLS)
def test_the_first_boot_ends_where_root_would_have(
    box: Box, tmp_path: Path, shell: tuple[str, ...]
) -> None:
    box.shell = shell
    host_names(box)
    script = script_of(CONFIGURATION)
    ran = in_one_id(box, script)
    assert ran.code == 0, ran.err
    assert ran.err.count("owners will be set when the image boots") == 1
    deferred = tree(box.root, memory=False)
    assert all(" 0:0" in facts for facts in deferred.values())
    assert deferred["srv/app"].startswith("drwx------ ")
    assert deferred["srv/app/set-id"].startswith("-rwx------ ")
    assert deferred["etc/group-only"].startswith("-rw------- ")
    assert in_one_id(box, script).out == "nothing to do\n"
    assert in_one_id(box, script, "--check").code == 0
    boot(box.root)

    other = type(box)(tmp_path / "other", shell)
    other.folder.mkdir()
    other.root.mkdir(mode=0o755)
    host_names(other)
    assert other.run(script).code == 0
    wanted = tree(other.root, memory=False)
    assert wanted["srv/app/set-id"].startswith("-rwsr-sr-x 400:400")
    assert wanted["home/ana"] == "drwx------ 2001:2000"
    assert without_lines(box.root) == wanted
    boot(box.root)
    assert without_lines(box.root) == wanted


@needs_tmpfiles
@pytest.mark.parametrize("shell", SHELLS)
def test_what_the_first_boot_sets_is_as_it_was_left(box: Box, shell: tuple[str, ...]) -> None:
    """`--verify` finds nothing before, nothing after, and something when it is undone."""
    box.shell = shell
    host_names(box)
    script = script_of(CONFIGURATION)
    assert box.run(script, "--ownership=defer").code == 0
    assert box.run(script, "--verify").out == "as it was left\n"
    boot(box.root)
    ran = box.run(script, "--verify")
    assert (ran.code, ran.out) == (0, "as it was left\n")
    os.chown(box.root / "etc/number", 78, 78)
    (box.root / "srv/app").chmod(0o2755)
    ran = box.run(script, "--verify")
    assert ran.code == 2
    assert ran.out.splitlines()[:-1] == [
        "owner or mode: /srv/app (2755 400:400, was left as 700 0:0)",
        "owner or mode: /etc/number (604 78:78, was left as 600 0:0)",
    ]
    assert box.run(script, "--ownership=apply").code == 0
    assert "\nboot\t" not in (box.root / "var/lib/vcfg/state").read_text()
    assert box.run(script, "--verify").code == 0


@needs_namespaces
@pytest.mark.parametrize("shell", SHELLS)
def test_what_was_there_before_gets_its_owner_back(box: Box, shell: tuple[str, ...]) -> None:
    """Also from a run that leaves owners to the boot, which has no line for it."""
    box.shell = shell
    (box.root / "srv").mkdir()
    (box.root / "srv/file").write_text("theirs\n")
    (box.root / "srv/folder").mkdir()
    for name, mode in (("file", 0o4755), ("folder", 0o2771)):
        os.chown(box.root / "srv" / name, 77, 78)
        (box.root / "srv" / name).chmod(mode)
    before = tree(box.root)
    script = script_of(
        {"files": {"/srv/file": {"text": "ours\n"}}, "dirs": {"/srv/folder": {"mode": "0700"}}}
    )
    assert box.run(script, "--ownership=defer").code == 0
    assert tree(box.root, memory=False) != before
    ran = box.run(script, "--ownership=defer", "--uninstall")
    assert ran.code == 0, ran.err
    assert tree(box.root) == before
    # where that user does not exist, nobody else may run it
    assert box.run(script).code == 0
    ran = in_one_id(box, script, "--uninstall")
    assert ran.code == 0, ran.err
    assert "/srv/file belonged to 77:78, which this user namespace lacks" in ran.err
    assert facts(box.root / "srv/file").startswith("-rwx------ 0:0")
    assert facts(box.root / "srv/folder") == "drwx------ 0:0"


@needs_namespaces
@needs_tmpfiles
def test_a_run_that_can_set_owners_takes_the_lines_away(box: Box) -> None:
    host_names(box)
    script = script_of(CONFIGURATION)
    assert in_one_id(box, script).code == 0
    deferred = tree(box.root, memory=False)
    assert box.run(script, "--ownership=skip").code == 0
    assert box.run(script, "--ownership=skip").out == "nothing to do\n"
    assert tree(box.root, memory=False) == deferred
    checked = box.run(script, "--check")
    assert f"remove /{LINES}" in checked.out
    assert "owner or mode /srv/app/set-id" in checked.out
    assert box.run(script).code == 0
    assert not (box.root / LINES).exists()
    assert (box.root / "usr/lib/tmpfiles.d/other.conf").exists()
    assert tree(box.root)["srv/app/set-id"].startswith("-rwsr-sr-x 400:400")
    assert box.run(script).out == "nothing to do\n"


@needs_namespaces
def test_another_configuration_takes_the_lines_away(box: Box) -> None:
    host_names(box)
    before = tree(box.root)
    script = script_of({key: CONFIGURATION[key] for key in ("dirs", "files")})
    assert in_one_id(box, script).code == 0
    assert (box.root / LINES).exists()
    assert in_one_id(box, script_of({}), "--drift=fail").code == 0
    found = tree(box.root, memory=False)
    assert {path for path in found if path not in before} == {"etc/seed", "var", "var/lib"}


@needs_tmpfiles
def test_root_may_leave_owners_to_the_boot(box: Box) -> None:
    host_names(box)
    script = script_of({**CONFIGURATION, "dirs": {}, "files": {}})
    assert box.run(script, "--ownership=defer").code == 0
    text = (box.root / LINES).read_text()
    assert text.splitlines()[1:] == [
        'z "/home/ana" - ana team',
        'z "/etc/shadow-" - root shadow',
        'z "/etc/shadow" - root shadow',
        'z "/etc/gshadow-" - root shadow',
        'z "/etc/gshadow" - root shadow',
    ]
    assert box.run(script, "--ownership=defer", "--diff").code == 0
    shown = box.command("sh", box.folder / "activate", "--ownership=defer", "--show", f"/{LINES}")
    assert shown.out == text
    assert LINES in box.command("sh", box.folder / "activate", "--ownership=defer", "--list").out
    assert LINES not in box.command("sh", box.folder / "activate", "--list").out
    assert box.run(script).code == 0
    assert not (box.root / "usr").exists()


@needs_namespaces
@needs_tmpfiles
def test_names_that_mean_something_to_tmpfiles(box: Box) -> None:
    """Each path gets its owner, and what its name would stand for as a pattern does not."""
    files = {f"/srv/{name}/{name}": {"text": "x", "owner": "app"} for name in hostile_names()}
    dirs = {f"/srv/{name}": {"owner": "app"} for name in hostile_names() if name != "#"}
    host_names(box)
    script = script_of({**ACCOUNTS, "files": files, "dirs": dirs})
    assert in_one_id(box, script).code == 0
    strangers = ["a", "b", "aXb", "d", "host", "aab", "x20", "{a"]
    for name in strangers:
        (box.root / "srv" / name).mkdir()
        (box.root / "srv" / "*" / name).touch()
    boot(box.root)
    found = tree(box.root, memory=False)
    for path in files:
        assert found[path[1:]].split()[1] == "400:0", path
    for path in dirs:
        assert found[path[1:]].split()[1] == "400:0", path
    for name in strangers:
        assert found[f"srv/{name}"].split()[1] == "0:0", name
        assert found[f"srv/*/{name}"].split()[1] == "0:0", name
    boot(box.root)


@needs_namespaces
def test_names_may_come_with_the_boot(box: Box) -> None:
    script = script_of({"files": {"/etc/x": {"text": "x", "owner": "later", "group": "later"}}})
    assert box.run(script).code == 3
    assert in_one_id(box, script).code == 0
    assert 'z "/etc/x" 0644 later later' in (box.root / LINES).read_text()


@needs_namespaces
def test_owners_that_a_namespace_lacks_are_refused(box: Box) -> None:
    script = script_of({"files": {"/etc/x": {"text": "x", "owner": "5"}}})
    ran = in_one_id(box, script, "--ownership=apply")
    assert ran.code == 3
    assert "uid 5 cannot be given in this user namespace" in ran.err
    assert tree(box.root) == {}
    plain = script_of({"files": {"/etc/x": {"text": "x"}}})
    ran = in_one_id(box, plain)
    assert (ran.code, ran.err) == (0, "")
    assert not (box.root / "usr").exists()


@needs_namespaces
def test_the_accounts_of_a_root_whose_owners_are_unknown_here(box: Box) -> None:
    """A root that was made with owners: here their files belong to nobody that can be named."""
    host_names(box)
    script = script_of(ACCOUNTS)
    for name in ("shadow", "gshadow"):
        path = box.root / "etc" / name
        path.write_text("root:*::::::\n" if name == "shadow" else "root:*::\n")
        path.chmod(0o640)
        os.chown(path, 0, 42)
    assert in_one_id(box, script).code == 0
    found = tree(box.root)
    assert found["etc/shadow"].startswith("-rw-r----- 0:0")
    assert in_one_id(box, script).out == "nothing to do\n"


@pytest.mark.needs("setpriv", package="util-linux")
@pytest.mark.parametrize("word", ["auto", "apply", "defer"])
def test_an_ordinary_user_is_sent_to_a_namespace(box: Box, word: str) -> None:
    script = box.script(script_of({"files": {"/etc/x": {"text": "x", "owner": "app"}}} | ACCOUNTS))
    os.chown(box.root, 1234, 1234)
    for path in [box.folder, *box.folder.parents]:
        if path.stat().st_uid == 0 and path.is_relative_to("/tmp/pytest-of-root"):
            path.chmod(0o755)
    user = ["setpriv", "--reuid=1234", "--regid=1234", "--clear-groups", "sh"]
    ran = box.command(*user, script, f"--root={box.root}", f"--ownership={word}")
    assert ran.code == 77, ran.err
    assert "unshare -r leaves them to the first boot" in ran.err
    assert tree(box.root) == {}


def test_the_file_of_owners_is_the_scripts_own() -> None:
    sink = Sink()
    activation = {"files": {f"/{LINES}": {"text": "x"}}}
    build_plan(activation, host="", input_hash="0", origin=origin, sink=sink)
    assert "the activation script's own" in sink.diagnostics[0].message
