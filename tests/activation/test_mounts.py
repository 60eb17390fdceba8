"""Places that are mounted: a container's own files over the image's, and what is read-only."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from .box import SHELLS, script_of, tree

if TYPE_CHECKING:
    from pathlib import Path

    from .box import Box

# Over an entry of each kind; names as the kernel escapes them in its list of mounts.
NAMES = ["hosts", "a b", "back\\slash", "back\\040slash", " ", "\\134", "tail "]
FILES = {f"/etc/{name}": {"text": f"wanted {name}\n"} for name in NAMES}


def over(box: Box, *paths: str, flag: str = "--bind") -> tuple[str, ...]:
    """Mounts for `Box.inside`, each of a file that is not in the image."""
    words: list[str] = []
    for path in paths:
        below = box.root / path[1:]
        below.parent.mkdir(parents=True, exist_ok=True)
        below.touch()
        source = box.folder / f"mounted{len(words)}"
        source.write_text("the container's own\n")
        words += [flag, str(source), path]
    return tuple(words)


def kept(box: Box) -> list[str]:
    """What the mounted files say."""
    return [path.read_text() for path in sorted(box.folder.glob("mounted*"))]


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("target", ["--inside", "--live"])
def test_a_mounted_file_is_left_alone(box: Box, shell: tuple[str, ...], target: str) -> None:
    script = script_of({"files": {**FILES, "/etc/other": {"text": "x"}}})
    box.script(script)
    mounts = over(box, *FILES)
    activate = (*shell, "/in/activate", target)
    checked = box.inside(*activate, "--check", mounts=mounts)
    assert checked.code == 2, checked.err
    assert "create /etc/other\n" in checked.out
    for name in NAMES:
        assert f"/etc/{name} is a mount point and is left alone\n" in checked.err
        assert f"/etc/{name}\n" not in checked.out
    ran = box.inside(*activate, mounts=mounts)
    assert ran.code == 0, ran.err
    assert (box.root / "etc/other").read_text() == "x"
    assert kept(box) == ["the container's own\n"] * len(NAMES)
    assert box.inside(*activate, mounts=mounts).out == "nothing to do\n"
    assert "backup" not in str(sorted(tree(box.root)))
    # without the mounts everything is written
    assert box.inside(*activate, "--adopt=force").code == 0
    for name in NAMES:
        assert (box.root / "etc" / name).read_text() == f"wanted {name}\n"
    # and taken away again where nothing is mounted
    box.script(script_of({}))
    ran = box.inside(*activate, mounts=over(box, "/etc/hosts"))
    assert ran.code == 0, ran.err
    assert "/etc/hosts is not wanted any more, but it is a mount point" in ran.err
    assert not (box.root / "etc/other").exists()
    assert (box.root / "etc/hosts").exists()
    again = box.inside(*activate, mounts=over(box, "/etc/hosts"))
    assert again.out == "nothing to do\n"


@pytest.mark.parametrize("shell", SHELLS)
def test_a_mount_is_found_through_links(box: Box, shell: tuple[str, ...]) -> None:
    (box.root / "elsewhere").mkdir()
    (box.root / "etc").mkdir()
    (box.root / "etc/link").symlink_to("/elsewhere")
    box.script(script_of({"files": {"/etc/link/file": {"text": "x"}}}))
    ran = box.inside(*shell, "/in/activate", "--inside", mounts=over(box, "/elsewhere/file"))
    assert ran.code == 0, ran.err
    assert "/etc/link/file is a mount point and is left alone" in ran.err
    assert kept(box) == ["the container's own\n"]


def test_from_outside_a_mount_over_a_file_is_refused(box: Box) -> None:
    """What is below it is the image's, and cannot be reached."""
    (box.root / "etc").mkdir()
    (box.root / "etc/hosts").touch()
    script = box.script(script_of({"files": {"/etc/hosts": {"text": "x"}, "/etc/x": {}}}))
    guard = [*box.guarded([]), "--ro-bind", str(script), str(box.root / "etc/hosts"), "--"]
    for mode in ([], ["--check"]):
        ran = box.bare([*guard, "sh", str(script), f"--root={box.root}", *mode])
        assert ran.code == 3
        assert "/etc/hosts is a mount point; what is below it is part of the image" in ran.err
    assert not (box.root / "etc/x").exists()


@pytest.mark.parametrize("shell", SHELLS)
def test_what_is_read_only_is_found_before_the_first_write(
    box: Box, shell: tuple[str, ...]
) -> None:
    """A directory of the image, with a place below it that is not."""
    (box.root / "usr/share/rw").mkdir(parents=True)
    script = box.script(
        script_of({"files": {"/usr/share/x": {"text": "x"}, "/etc/x": {"text": "x"}}})
    )
    usr = str(box.root / "usr")
    guard = [
        *box.guarded([]),
        "--ro-bind",
        usr,
        usr,
        "--bind",
        f"{usr}/share/rw",
        f"{usr}/share/rw",
    ]
    before = tree(box.root)
    run = [*guard, "--", *shell, str(script), f"--root={box.root}"]
    for mode in ([], ["--check"]):
        ran = box.bare([*run, *mode])
        assert ran.code == 3, ran.err
        assert "/usr/share cannot be written" in ran.err
        assert tree(box.root) == before
    below = script_of({"files": {"/usr/share/rw/x": {"text": "x"}, "/etc/x": {"text": "x"}}})
    box.script(below)
    assert box.bare(run).code == 0
    assert (box.root / "usr/share/rw/x").exists()


def test_a_mounted_directory_gets_its_mode(box: Box) -> None:
    """It is what is at that place on this machine."""
    (box.root / "srv/data").mkdir(parents=True)
    data: Path = box.folder / "data"
    data.mkdir(mode=0o700)
    box.script(script_of({"dirs": {"/srv/data": {"mode": 0o750}}}))
    mounts = ("--bind", str(data), "/srv/data")
    assert box.inside("sh", "/in/activate", "--live", mounts=mounts).code == 0
    assert data.stat().st_mode & 0o777 == 0o750
    assert box.inside("sh", "/in/activate", "--live", mounts=mounts).out == "nothing to do\n"


def test_mounted_account_databases_are_refused(box: Box) -> None:
    (box.root / "etc").mkdir()
    for name in ("passwd", "group"):
        (box.root / "etc" / name).write_text("root:x:0:\n")
    box.script(script_of({"groups": {"app": {}}, "files": {"/etc/x": {"text": "x"}}}))
    passwd = box.folder / "group"
    passwd.write_text("root:x:0:\n")
    ran = box.inside("sh", "/in/activate", "--inside", mounts=("--bind", str(passwd), "/etc/group"))
    assert ran.code == 3
    assert "/etc/group is a mount point and cannot be replaced" in ran.err
    assert sorted(os.listdir(box.root / "etc")) == ["group", "passwd"]
