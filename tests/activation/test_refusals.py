"""Every refusal comes before the first write: the root is what it was, times included."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from .box import SHELLS, script_of, tree

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .box import Box

SKIP = "--ownership=skip"
A: dict[str, Any] = {
    "files": {"/etc/one": {"text": "1\n"}, "/etc/sub/two": {"text": "2\n"}},
    "dirs": {"/srv/app": {"mode": "0700"}},
    "users": {"app": {}},
    "groups": {"app": {}},
}


def put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def link_state(root: Path) -> None:
    put(root / "elsewhere", "")
    (root / "var/lib/vcfg").mkdir(parents=True)
    (root / "var/lib/vcfg/state").symlink_to("/elsewhere")


def staging_link(root: Path) -> None:
    (root / "etc/sub").mkdir(parents=True)
    (root / "etc/sub/.vcfg-stage").symlink_to("/nowhere")


def pipe(root: Path) -> None:
    (root / "etc").mkdir()
    os.mkfifo(root / "etc/group")


def foreign_link(root: Path) -> None:
    """Displacing it would write lines of its target into the index of copies."""
    (root / "etc").mkdir()
    (root / "etc/one").symlink_to("x\noriginal\tf\t4755\t0\t0\tabc\t/etc/shadow")


REFUSALS: dict[str, tuple[Callable[[Path], None], int]] = {
    "directory in the way": (lambda root: (root / "etc/one").mkdir(parents=True), 4),
    "file instead of a directory": (lambda root: put(root / "etc", "file"), 4),
    "link loop": (lambda root: (root / "etc").symlink_to("etc"), 4),
    "link out and up": (lambda root: (root / "etc").symlink_to("missing/../../x"), 4),
    "unknown state": (lambda root: put(root / "var/lib/vcfg/state", "vcfg-state 9\n"), 3),
    "state is a link": (link_state, 3),
    "staging place of others": (lambda root: (root / "etc/.vcfg-stage").mkdir(parents=True), 4),
    "staging place is a link": (staging_link, 4),
    "link over several lines": (foreign_link, 4),
    "account database is a directory": (lambda root: (root / "etc/passwd").mkdir(parents=True), 3),
    "account database is a pipe": (pipe, 3),
    "no state directory": (lambda root: put(root / "var", "file"), 3),
}


@pytest.mark.parametrize("reason", REFUSALS)
def test_refusals_write_nothing(box: Box, reason: str) -> None:
    prepare, code = REFUSALS[reason]
    prepare(box.root)
    before = tree(box.root, times=True)
    for mode in ((), ("--check",), ("--diff",)):
        ran = box.run(script_of(A), SKIP, *mode)
        assert ran.code == code, ran.err
        assert ran.err
        assert tree(box.root, times=True) == before


READ_ONLY = {
    "everything": "",
    "directory of a file": "etc/sub",
    "place of the state": "var",
    "place of a new directory": "srv",
    "directory with another mode": "srv/app",
}


@pytest.mark.root
@pytest.mark.parametrize("place", READ_ONLY)
def test_read_only_places_are_seen_before(box: Box, place: str) -> None:
    """For root, what a mode forbids is allowed; only a read-only file system is not."""
    for name in ("etc/sub", "var", "srv"):
        (box.root / name).mkdir(parents=True)
    if place == "directory with another mode":
        (box.root / "srv/app").mkdir()
    before = tree(box.root, times=True)
    closed = box.root / READ_ONLY[place]
    guard = box.guarded(["sh", str(box.script(script_of(A))), f"--root={box.root}"])
    at = guard.index("--chdir")
    ran = box.bare([*guard[:at], "--ro-bind", str(closed), str(closed), *guard[at:]])
    assert ran.code == 3, ran.err
    assert "cannot be written" in ran.err
    assert tree(box.root, times=True) == before


@pytest.mark.root
def test_what_cannot_be_taken_away_is_seen_before(box: Box) -> None:
    assert box.run(script_of(A)).code == 0
    before = tree(box.root, times=True)
    closed = box.root / "etc/sub"
    guard = box.guarded(["sh", str(box.script(script_of({}))), f"--root={box.root}"])
    at = guard.index("--chdir")
    ran = box.bare([*guard[:at], "--ro-bind", str(closed), str(closed), *guard[at:]])
    assert ran.code == 3, ran.err
    assert "/etc/sub cannot be written" in ran.err
    assert tree(box.root, times=True) == before


def test_a_root_too_deep_for_long_paths(box: Box) -> None:
    deep = box.root.joinpath(*["x" * 200] * 5)
    deep.mkdir(parents=True)
    ran = box.command("sh", box.script(script_of(A)), f"--root={deep}", SKIP)
    assert ran.code == 3, ran.err
    assert "too long" in ran.err
    assert not list(deep.iterdir())


ONE_PLACE: dict[str, dict[str, Any]] = {
    "two files": {"files": {"/lib/x": {"text": "1"}, "/usr/lib/x": {"text": "2"}}},
    "a file and a link": {"files": {"/lib/x": {}}, "links": {"/usr/lib/x": {"target": "y"}}},
    "a file and a directory": {"files": {"/lib/x": {}}, "dirs": {"/usr/lib/x": {}}},
    "two ways to a third": {"files": {"/lib/x": {}, "/lib64/x": {}}},
}


def test_a_file_where_a_link_leads_a_directory(box: Box) -> None:
    """The link leads to nothing yet: what is made through it would be where the file shall be."""
    (box.root / "etc").mkdir()
    (box.root / "etc/b").symlink_to("a")
    ways: list[dict[str, Any]] = [
        {"dirs": {"/etc/b": {}}},
        {"files": {"/etc/b/c/d": {"text": "x"}}},
    ]
    for through in ways:
        both = {**through, "links": {"/etc/a": {"target": "x"}}}
        before = tree(box.root, times=True)
        ran = box.run(script_of(both), SKIP)
        assert ran.code == 4, ran.out
        assert "/etc/a is meant by two names" in ran.err
        assert tree(box.root, times=True) == before


@pytest.mark.parametrize("what", ONE_PLACE)
def test_two_names_of_one_place(box: Box, what: str) -> None:
    """As on Debian, where `/lib` is a link to `/usr/lib`."""
    (box.root / "usr/lib").mkdir(parents=True)
    for name in ("lib", "lib64"):
        (box.root / name).symlink_to("usr/lib")
    before = tree(box.root, times=True)
    ran = box.run(script_of(ONE_PLACE[what]), SKIP)
    assert ran.code == 4, ran.out
    assert "/usr/lib/x is meant by two names" in ran.err
    assert tree(box.root, times=True) == before
    apart = script_of({"files": {"/lib/x": {"text": "1"}, "/usr/lib/y": {"text": "2"}}})
    assert box.run(apart, SKIP).code == 0
    assert box.run(apart, SKIP).out == "nothing to do\n"


@pytest.mark.parametrize("shell", SHELLS)
def test_what_is_refused_is_not_told_as_done(box: Box, shell: tuple[str, ...]) -> None:
    """A run says why; who only looks is told what would change as well."""
    box.shell = shell
    (box.root / "etc/sub/two").mkdir(parents=True)
    ran = box.run(script_of(A), SKIP)
    assert (ran.code, ran.out) == (4, "")
    assert ran.err.splitlines() == [
        "activate: refused: /etc/sub/two is there and is a directory",
        "activate: nothing was changed",
    ]
    for mode in ("--check", "--diff"):
        looked = box.run(script_of(A), SKIP, mode)
        assert looked.code == 4
        assert "create /etc/one" in looked.out.splitlines()
        assert "pending" not in looked.out
        assert looked.err.splitlines() == [
            "activate: refused: /etc/sub/two is there and is a directory",
            "activate: a run would be refused, and would change nothing",
        ]
    assert box.run(script_of(A), SKIP, "--check", "--quiet").out == ""


def test_what_is_done_is_told_first(box: Box) -> None:
    """Before anything is done that takes its time, or fails."""
    (box.root / "etc").mkdir()
    failing = {**A, "snippets": {"no": {"text": "false\n", "phase": "pre"}}}
    ran = box.run(script_of(failing), SKIP)
    assert ran.code == 5
    assert ran.out.index("create /etc/one") < ran.out.index("running no")
