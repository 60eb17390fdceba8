"""The tree and its side files: what is in them, and what tar and systemd make of them."""

from __future__ import annotations

import io
import shlex
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest

from evaluator.emit.declarative import tmpfiles_text
from evaluator.emit.tree import tree_tar
from evaluator.emit.write import adapted, render_outputs
from tests.activation.box import Box, facts, plan_of

from .carriers import APPLICATION, HOSTILE, build, fill

PLAN = plan_of(APPLICATION)


def members(plan: dict[str, Any] = PLAN) -> dict[str, tarfile.TarInfo]:
    with tarfile.open(fileobj=io.BytesIO(tree_tar(plan))) as read:
        return {each.name: each for each in read.getmembers()}


def test_what_is_in_it() -> None:
    found = members()
    assert list(found) == sorted(found, key=lambda name: name.split("/"))
    assert {each.uname + each.gname for each in found.values()} == {""}
    assert {each.mtime for each in found.values()} == {0}
    # No parents, seeds, secrets, homes or what must be absent.
    assert [name for name in found if "app/" in name or not name.startswith("etc")] == [
        "etc/app/app.conf",
        f"etc/app/{HOSTILE}",
        f"etc/app/link {HOSTILE}",
        "etc/app/user.conf",
        "opt/app/tool",
        "srv/app",
        "var/lib/app",
    ]
    assert found["etc/systemd/system/b.timer"].linkname == "/dev/null"


def test_owners_are_numbers_and_what_has_none_yet_is_closed() -> None:
    found = members()

    def look(name: str) -> tuple[str, int, int]:
        return oct(found[name].mode), found[name].uid, found[name].gid

    assert look("etc/app/app.conf") == ("0o640", 0, 500)
    assert look("srv/app") == ("0o750", 4711, 0)
    assert look("etc/app/user.conf") == ("0o600", 0, 0)
    assert look("opt/app/tool") == ("0o700", 0, 0)
    assert look("var/lib/app") == ("0o700", 0, 0)


def test_it_has_one_time_that_can_be_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert {each.mtime for each in members().values()} == {1700000000}


def test_the_same_bytes_for_the_same_plan() -> None:
    program = (
        "import sys; from tests.builders.test_tree import PLAN, tree_tar;"
        "sys.stdout.buffer.write(tree_tar(PLAN))"
    )
    made = {
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=Path(__file__).parents[2],
            env={"PATH": "/usr/bin:/bin", "PYTHONHASHSEED": seed, "TZ": zone},
            capture_output=True,
            check=True,
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo"))
    }
    assert made == {tree_tar(PLAN)}


@pytest.fixture
def filled(tmp_path: Path) -> Box:
    made = Box(tmp_path)
    made.root.mkdir()
    made.root.chmod(0o755)
    fill(made.root)
    return made


def command(box: Box, script: str = "activate-rest") -> str:
    """The command that is printed, with a root in the place of its word for one."""
    out = build(box, "tree")
    usage = adapted(PLAN, render_outputs(PLAN), "tree").usage(shlex.quote(str(out)))
    return usage.replace("ROOT", str(box.root)).replace("activate-rest", script)


@pytest.mark.root
@pytest.mark.needs("bwrap", package="bubblewrap")
def test_snippets_see_what_the_tree_brought_and_see_it_once(filled: Box) -> None:
    keys = str(filled.folder / "keys")
    done = filled.command("sh", "-c", command(filled), VCFG_SECRETS=keys)
    assert (done.code, done.err) == (0, "")
    assert (filled.root / "etc/app/index").read_text() == "indexed\n"
    again = filled.command("sh", "-c", command(filled), VCFG_SECRETS=keys)
    assert (again.code, again.out.splitlines()[-1]) == (0, "done: 3 changes"), again.out
    assert (filled.root / "etc/app/index").read_text() == "indexed\n"
    rest = filled.folder / "an out'put folder/activate-rest"
    third = filled.command("sh", rest, f"--root={filled.root}", VCFG_SECRETS=keys)
    assert (third.code, third.out) == (0, "nothing to do\n")


@pytest.mark.root
@pytest.mark.needs("bwrap", package="bubblewrap")
def test_the_script_alone_takes_what_is_there_for_unchanged(filled: Box) -> None:
    keys = str(filled.folder / "keys")
    done = filled.command("sh", "-c", command(filled, "activate"), VCFG_SECRETS=keys)
    assert done.code == 0, done.err
    assert not (filled.root / "etc/app/index").exists()


@pytest.mark.root
@pytest.mark.needs("bwrap", package="bubblewrap")
def test_links_of_the_root_stay(filled: Box) -> None:
    (filled.root / "data/app").mkdir(parents=True)
    (filled.root / "srv").symlink_to("data")
    done = filled.command("sh", "-c", command(filled), VCFG_SECRETS=str(filled.folder / "keys"))
    assert (done.code, done.err) == (0, "")
    assert facts(filled.root / "srv").endswith("-> data")
    assert facts(filled.root / "data/app") == "drwxr-x--- 4711:0"


def hand_to(box: Box, text: str, *program: str) -> None:
    """Let a program of systemd do to the root what a text says."""
    (box.root / "vcfg.conf").write_text(text)
    done = box.command(*program, f"--root={box.root}", box.root / "vcfg.conf")
    assert done.code == 0, done.err


@pytest.mark.root
@pytest.mark.needs("bwrap", package="bubblewrap")
@pytest.mark.needs("systemd-tmpfiles", package="systemd")
def test_systemd_makes_the_same_directories(filled: Box) -> None:
    odd = '/srv/odd "100%u\\x41" \u00e9'
    plan = plan_of({"dirs": {odd: {"mode": "2750", "owner": "4711", "group": "42"}}})
    hand_to(filled, tmpfiles_text(plan), "systemd-tmpfiles", "--create")
    assert facts(filled.root / odd[1:]) == "drwxr-s--- 4711:42"


def test_side_files_with_nothing_to_say_are_left_out() -> None:
    plain = plan_of({"files": {"/etc/a": {"text": "a"}}})
    found = adapted(plain, render_outputs(plain), "tree").outputs
    assert set(found) == {"tree.tar", "activate-rest"}
    full = adapted(PLAN, render_outputs(PLAN), "tree").outputs
    assert set(full) - set(found) == {
        "sysusers.d/vcfg.conf",
        "tmpfiles.d/vcfg.conf",
        "system-preset/10-vcfg.preset",
    }


@pytest.mark.root
@pytest.mark.needs("bwrap", package="bubblewrap")
def test_what_a_tree_brought_goes_with_the_configuration(filled: Box) -> None:
    keys = str(filled.folder / "keys")
    password = filled.root / "etc/app/password"
    password.parent.mkdir(exist_ok=True)
    password.write_text("hunter2")
    password.chmod(0o600)
    assert filled.command("sh", "-c", command(filled), VCFG_SECRETS=keys).code == 0
    less = APPLICATION | {
        "files": {path: APPLICATION["files"][path] for path in ("/etc/motd", "/etc/app/app.conf")},
        "links": {},
        "snippets": {"once": APPLICATION["snippets"]["once"]},
    }
    out = build(filled, "tree", activation=less)
    plan = plan_of(less)
    usage = adapted(plan, render_outputs(plan), "tree").usage(shlex.quote(str(out)))
    unpacked = usage.replace("ROOT", str(filled.root))
    done = filled.command("sh", "-c", unpacked, VCFG_SECRETS=keys)
    assert (done.code, done.err) == (0, "")
    assert not (filled.root / "opt/app/tool").exists()
    assert not (filled.root / f"etc/app/link {HOSTILE}").is_symlink()
    # no tree has it, so it was somebody's
    assert password.read_text() == "hunter2"
    rest = out / "activate-rest"
    gone = filled.command("sh", rest, f"--root={filled.root}", "--uninstall", VCFG_SECRETS=keys)
    assert gone.code == 0, gone.err
    assert not (filled.root / "etc/app/app.conf").exists()
