"""`--uninstall`: nothing of ours stays, and what was there before us is there again."""

from __future__ import annotations

import random
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from .box import SHELLS, script_of, tree
from .crash import copy, on_known_machine, states

if TYPE_CHECKING:
    from pathlib import Path

    from .box import Box

SKIP = "--ownership=skip"
GOES: dict[str, Any] = {
    "files": {
        "/etc/one": {"text": "1\n"},
        "/etc/taken": {"text": "ours\n", "mode": "0600"},
        "/etc/same": {"text": "same\n"},
        "/etc/mode": {"text": "mode\n", "mode": "0600"},
        "/etc/gone": {"manage": "absent"},
        "/srv/deep/er/file": {"text": "deep\n"},
        "/etc/was-link": {"text": "x\n"},
    },
    "links": {"/etc/link": {"target": "one"}, "/etc/same-link": {"target": "a:b"}},
    "dirs": {"/srv/open": {"mode": "0755"}, "/srv/new": {"mode": "0700"}},
}
NEXT: dict[str, Any] = {
    "files": {
        "/etc/same": {"text": "not the same any more\n"},
        "/etc/taken/file": {"text": "the file became a directory\n"},
        "/etc/one": {"manage": "absent"},
        "/etc/mode": {"manage": "absent"},
        "/etc/gone": {"text": "managed now\n"},
        "/etc/link": {"text": "a file now\n"},
        "/srv/deep": {"text": "a file now\n"},
    },
    "links": {"/etc/same-link": {"target": "elsewhere"}},
    "dirs": {"/srv/open": {"mode": "0711"}},
}


def put(path: Path, text: str, mode: int = 0o644) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)


def furnish(root: Path) -> None:
    """A root in which others were before us."""
    put(root / "etc/taken", "theirs\n", 0o640)
    put(root / "etc/same", "same\n")
    put(root / "etc/mode", "mode\n", 0o644)
    put(root / "etc/gone", "theirs too\n", 0o604)
    (root / "etc/was-link").symlink_to("../nowhere: at all")
    (root / "etc/same-link").symlink_to("a:b")
    (root / "srv/open").mkdir(parents=True)
    (root / "srv/open").chmod(0o1777)
    (root / "var/lib").mkdir(parents=True)


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    "scripts", [[GOES], [GOES, NEXT], [GOES, NEXT, GOES], [GOES, {}, GOES, NEXT]]
)
def test_all_is_as_it_was(box: Box, shell: tuple[str, ...], scripts: list[dict[str, Any]]) -> None:
    box.shell = shell
    furnish(box.root)
    before = tree(box.root)
    for each in scripts:
        ran = box.run(script_of(each), SKIP)
        assert ran.code == 0, ran.err
        again = box.run(script_of(each), SKIP)
        assert again.out == "nothing to do\n"
    told = box.run(script_of(scripts[-1]), SKIP, "--uninstall", "--check")
    assert told.code == 2
    assert tree(box.root) != before
    ran = box.run(script_of(scripts[-1]), SKIP, "--uninstall")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[:-1] == told.out.splitlines()[:-1]
    assert tree(box.root) == before
    ran = box.run(script_of(scripts[-1]), SKIP, "--uninstall")
    assert (ran.code, ran.out) == (0, "nothing to do\n")
    assert box.run(script_of(scripts[-1]), SKIP, "--uninstall", "--check").code == 0


def test_an_empty_root_is_empty_again(box: Box) -> None:
    assert box.run(script_of(GOES), SKIP).code == 0
    assert box.run(script_of({}), SKIP, "--uninstall").code == 0
    assert tree(box.root) == {}


def test_directories_that_only_hold_the_memory_are_not_said_to_stay(box: Box) -> None:
    wanted = {"files": {"/var/lib/app/data": {"text": "x"}, "/etc/held/a": {"text": "x"}}}
    assert box.run(script_of(wanted), SKIP).code == 0
    put(box.root / "etc/held/foreign", "mine\n")
    ran = box.run(script_of(wanted), SKIP, "--uninstall")
    held = [line for line in ran.err.splitlines() if "not empty" in line]
    assert held == [
        f"activate: not empty, stays: directory {each}" for each in ("/etc", "/etc/held")
    ]
    assert sorted(tree(box.root)) == ["etc", "etc/held", "etc/held/foreign"]


NAMES = ("a", "b", "c/d", "c/e", "f")


def some_configuration(chance: random.Random) -> dict[str, Any]:
    """Files, links and directories under a handful of names, none below another."""
    wanted: dict[str, Any] = {"files": {}, "links": {}, "dirs": {}}
    for name in chance.sample(NAMES, chance.randrange(6)):
        path = f"/data/{name}"
        kind = chance.choice(("file", "file", "link", "dir", "absent"))
        if kind == "link":
            wanted["links"][path] = {"target": chance.choice("xy")}
        elif kind == "dir":
            wanted["dirs"][path] = {"mode": chance.choice(("0700", "0755"))}
        elif kind == "absent":
            wanted["files"][path] = {"manage": "absent"}
        else:
            mode = chance.choice(("0600", "0644"))
            wanted["files"][path] = {"text": chance.choice("xyz"), "mode": mode}
    return wanted


@pytest.mark.parametrize("seed", range(25))
def test_any_configurations_on_any_root(box: Box, seed: int) -> None:
    chance = random.Random(seed)
    (box.root / "var/lib").mkdir(parents=True)
    for name in chance.sample(NAMES, 3):
        put(box.root / "data" / name, chance.choice("xyz"), chance.choice((0o600, 0o644)))
    before = tree(box.root)
    for _ in range(3):
        ran = box.run(script_of(some_configuration(chance)), SKIP)
        assert ran.code in (0, 4), ran.err
    ran = box.run(script_of({}), SKIP, "--uninstall")
    assert (ran.code, ran.err) == (0, "")
    assert tree(box.root) == before


def test_edited_files_stay_and_are_named(box: Box) -> None:
    furnish(box.root)
    assert box.run(script_of(GOES), SKIP).code == 0
    put(box.root / "etc/one", "edited\n")
    put(box.root / "etc/taken", "edited too\n")
    put(box.root / "srv/new/foreign", "mine\n")
    ran = box.run(script_of(GOES), SKIP, "--uninstall")
    assert ran.code == 0
    assert "/etc/one is not wanted any more but was edited; it stays" in ran.err
    assert "not empty, stays: directory /srv/new" in ran.err
    assert (box.root / "etc/taken").read_text() == "edited too\n"
    memory = box.root / "var/lib/vcfg"
    # what lay there before us is not lost
    assert sorted(path.name for path in memory.iterdir()) == ["backup", "backup.index"]
    assert [path.read_text() for path in (memory / "backup").iterdir()] == ["theirs\n"]
    assert f"copies of what was edited stay in {memory}/backup" in ran.err
    assert box.run(script_of(GOES), SKIP, "--uninstall").out == "nothing to do\n"


def test_edited_files_go_when_that_is_asked_for(box: Box) -> None:
    furnish(box.root)
    before = tree(box.root)
    assert box.run(script_of(GOES), SKIP).code == 0
    put(box.root / "etc/one", "edited\n")
    put(box.root / "etc/taken", "edited too\n")
    refused = box.run(script_of(GOES), SKIP, "--uninstall", "--drift=fail")
    assert refused.code == 4
    assert "/etc/one is not wanted any more but was edited" in refused.err
    ran = box.run(script_of(GOES), SKIP, "--uninstall", "--drift=restore")
    assert ran.code == 0
    assert "remove (was edited; a copy is kept) /etc/one" in ran.out
    kept = [path.read_text() for path in (box.root / "var/lib/vcfg/backup").iterdir()]
    assert sorted(kept) == ["edited\n", "edited too\n"]
    shutil.rmtree(box.root / "var/lib/vcfg")
    assert tree(box.root) == before


def test_an_original_that_is_lost_is_told(box: Box) -> None:
    furnish(box.root)
    assert box.run(script_of(GOES), SKIP).code == 0
    shutil.rmtree(box.root / "var/lib/vcfg/backup")
    ran = box.run(script_of(GOES), SKIP, "--uninstall")
    assert ran.code == 0
    assert "what was at /etc/taken before is lost" in ran.err
    assert not (box.root / "etc/taken").exists()


def test_neither_secrets_nor_packages_are_needed(box: Box) -> None:
    wanted = {
        "files": {"/etc/key": {"text": {"secret": {"name": "key"}}}},
        "packages": ["no-such-package"],
    }
    put(box.folder / "secrets/key", "hush\n")
    script = script_of(wanted)
    where = str(box.folder / "secrets")
    assert box.run(script, SKIP, "--packages=skip", VCFG_SECRETS=where).code == 0
    assert box.run(script, SKIP, "--verify").code == 0
    assert box.run(script, SKIP, "--uninstall").code == 0
    assert tree(box.root) == {}


def test_another_hosts_script_takes_nothing_away(box: Box) -> None:
    box.script(script_of(GOES))
    box.script(script_of(GOES, host="node2"), "other")
    assert box.inside("sh", "/in/activate", "--live", SKIP).code == 0
    before = tree(box.root)
    ran = box.inside("sh", "/in/other", "--live", "--uninstall", SKIP)
    assert ran.code == 3
    assert tree(box.root) == before


@pytest.mark.root
@pytest.mark.slow
@on_known_machine
def test_a_crash_is_survived(box: Box) -> None:
    """Killed anywhere, `--uninstall` finishes, and so does a run of the configuration."""
    furnish(box.root)
    before = tree(box.root)
    script = script_of(GOES)
    assert box.run(script).code == 0
    applied = tree(box.root)
    copies = box.folder / "states"
    copies.mkdir()
    words = ["sh", str(box.script(script)), f"--root={box.root}", "--uninstall"]
    code, found = states(box.guarded(words), box.root, copies)
    assert code == 0
    assert len(found) > 30
    assert tree(box.root) == before
    for state in found[1::2]:
        for words, wanted in ((["--uninstall"], before), ([], applied)):
            shutil.rmtree(box.root)
            copy(state, box.root)
            ran = box.run(script, *words)
            assert (ran.code, ran.err) == (0, ""), (state, ran)
            now = tree(box.root)
            assert {path for path in now | wanted if now.get(path) != wanted.get(path)} <= {
                "var/lib/vcfg/backup.index"
            }, state
