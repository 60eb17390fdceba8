"""`--verify`: what became of what was applied, seen without the configuration."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest

from .box import SHELLS, script_of, tree

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .box import Box

WANTED: dict[str, Any] = {
    "files": {
        "/etc/one": {"text": "1\n", "mode": "0600"},
        "/etc/odd name\\x41: '$x": {"text": "odd\n"},
        "/etc/gone": {"manage": "absent"},
        "/etc/seed": {"text": "seed\n", "manage": "seed"},
        "/srv/deep/er/file": {"text": "deep\n"},
    },
    "links": {"/etc/link": {"target": "one"}},
    "dirs": {"/srv/open": {"mode": "2750"}},
    "groups": {"app": {"members": ["app"]}},
    "users": {"app": {}},
}
EMPTY = script_of({})


def drop_line(path: Path, start: str) -> None:
    lines = path.read_text().splitlines(keepends=True)
    assert any(line.startswith(start) for line in lines)
    path.write_text("".join(line for line in lines if not line.startswith(start)))


def put_back(path: Path, make: Callable[[Path], object]) -> None:
    path.unlink()
    make(path)


CHANGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "edited": (lambda root: (root / "etc/one").write_text("2\n"), "edited: /etc/one"),
    "odd": (
        lambda root: (root / "etc/odd name\\x41: '$x").write_text("2\n"),
        "edited: /etc/odd name\\x41: '$x",
    ),
    "missing": (lambda root: (root / "etc/one").unlink(), "missing: /etc/one"),
    "mode": (
        lambda root: (root / "etc/one").chmod(0o644),
        "owner or mode: /etc/one (644 0:0, was left as 600 0:0)",
    ),
    "owner": (
        lambda root: shutil.chown(root / "etc/one", 7, 8),
        "owner or mode: /etc/one (600 7:8, was left as 600 0:0)",
    ),
    "type": (
        lambda root: put_back(root / "etc/one", lambda path: path.symlink_to("x")),
        "is a link now: /etc/one",
    ),
    "directory now": (
        lambda root: put_back(root / "etc/link", lambda path: path.mkdir()),
        "is a directory now: /etc/link",
    ),
    "link": (
        lambda root: put_back(root / "etc/link", lambda path: path.symlink_to("x")),
        "edited: /etc/link",
    ),
    "there again": (lambda root: (root / "etc/gone").write_text(""), "there again: /etc/gone"),
    "directory mode": (
        lambda root: (root / "srv/open").chmod(0o2755),
        "owner or mode: /srv/open (2755 0:0, was left as 2750 0:0)",
    ),
    "no directory": (lambda root: (root / "srv/open").rmdir(), "missing: /srv/open"),
    "no parent": (
        lambda root: shutil.rmtree(root / "srv/deep"),
        "missing: /srv/deep\nmissing: /srv/deep/er\nmissing: /srv/deep/er/file",
    ),
    "user": (lambda root: drop_line(root / "etc/passwd", "app:"), "missing: user app"),
    "group": (
        lambda root: drop_line(root / "etc/group", "app:"),
        "not a member of group app any more: user app",
    ),
    "interrupted": (
        lambda root: (root / "var/lib/vcfg/pending").write_text("vcfg-journal 1\nend\n"),
        "an interrupted run is unfinished; run again to finish",
    ),
}


@pytest.mark.root
@pytest.mark.parametrize("shell", SHELLS)
def test_all_is_as_it_was_left(box: Box, shell: tuple[str, ...]) -> None:
    """Another configuration's script will do: only the record counts."""
    box.shell = shell
    assert box.run(script_of(WANTED)).code == 0
    (box.root / "etc/seed").write_text("a daemon's own\n")
    before = tree(box.root, times=True)
    ran = box.run(EMPTY, "--verify")
    assert (ran.code, ran.out, ran.err) == (0, "as it was left\n", "")
    (box.root / "etc/one").write_text("2\n")
    (box.root / "etc/link").unlink()
    after = tree(box.root, times=True)
    ran = box.run(EMPTY, "--verify")
    assert ran.code == 2
    assert ran.out == "missing: /etc/link\nedited: /etc/one\n2 differences\n"
    assert tree(box.root, times=True) == after != before


@pytest.mark.root
def test_every_difference_is_named(box: Box) -> None:
    assert box.run(script_of(WANTED)).code == 0
    shutil.copytree(box.root, box.folder / "kept", symlinks=True)
    for change, said in CHANGES.values():
        change(box.root)
        ran = box.run(EMPTY, "--verify")
        assert ran.code == 2, said
        assert set(said.splitlines()) <= set(ran.out.splitlines())
        assert ran.err == ""
        shutil.rmtree(box.root)
        shutil.copytree(box.folder / "kept", box.root, symlinks=True)
        assert box.run(EMPTY, "--verify").code == 0


def test_without_a_record(box: Box) -> None:
    (box.root / "etc").mkdir()
    before = tree(box.root, times=True)
    ran = box.run(EMPTY, "--verify")
    assert ran.code == 3
    assert "nothing is recorded below" in ran.err
    assert tree(box.root, times=True) == before


def test_owners_that_were_left_alone(box: Box) -> None:
    wanted = {"files": WANTED["files"], "dirs": WANTED["dirs"]}
    assert box.run(script_of(wanted), "--ownership=skip").code == 0
    assert box.run(EMPTY, "--verify").code == 0


def test_many_files_of_one_directory(box: Box) -> None:
    """More than one look takes at once."""
    many = {"files": {f"/etc/{at:03}": {"text": f"{at}\n"} for at in range(250)}}
    assert box.run(script_of(many), "--ownership=skip").code == 0
    for name in ("000", "098", "099", "100", "249"):
        (box.root / "etc" / name).write_text("x")
    ran = box.run(EMPTY, "--verify")
    edited = [line.partition(": /etc/")[2] for line in ran.out.splitlines()[:-1]]
    assert edited == ["000", "098", "099", "100", "249"]
