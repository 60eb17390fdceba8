"""A file system that cannot hold what would be written: found before the first write."""

from __future__ import annotations

import os
import re
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from .box import SHELLS, script_of, tree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .box import Box

pytestmark = pytest.mark.root


@contextmanager
def mounted(place: Path, *words: str) -> Iterator[None]:
    """A file system at a place for a while."""
    place.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", *words, str(place)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", str(place)], check=True)


def tmpfs(options: str) -> tuple[str, ...]:
    """How to mount one of these in memory."""
    return "-t", "tmpfs", "-o", f"mode=755,{options}", "none"


def files(folder: str, count: int, size: int) -> dict[str, Any]:
    """Files of one size."""
    return {f"{folder}/{at}": {"text": "x" * size} for at in range(count)}


CASES = [
    # one large file; many small ones, which take a page each; inodes; what is in the way
    ("size=1m", files("/etc", 1, 1_500_000), "of /etc has 1024 KiB left, and 1468 KiB are needed"),
    ("size=1m", files("/etc", 300, 10), "of /etc has 1024 KiB left, and 1200 KiB are needed"),
    ("size=9m,nr_inodes=50", files("/etc", 60, 10), "more files, and 60 are needed"),
]


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(("options", "wanted", "words"), CASES, ids=[case[2] for case in CASES])
def test_what_does_not_fit_is_refused(
    box: Box, shell: tuple[str, ...], options: str, wanted: dict[str, Any], words: str
) -> None:
    """One of two file systems is too small; nothing is written on either."""
    box.shell = shell
    with mounted(box.root / "etc", *tmpfs(options)):
        before = tree(box.root)
        script = script_of({"files": {**wanted, "/srv/x": {"text": "x"}}})
        for mode in ([], ["--check"]):
            ran = box.run(script, *mode)
            assert ran.code == 3, ran.err
            assert words in ran.err
            assert tree(box.root) == before
        half = dict(list(wanted.items())[: len(wanted) // 2])
        assert box.run(script_of({"files": half})).code == 0


def test_copies_need_room_where_the_state_is(box: Box) -> None:
    with mounted(box.root / "var/lib/vcfg", *tmpfs("size=1m")):
        (box.root / "etc").mkdir()
        (box.root / "etc/x").write_text("y" * 1_500_000)
        script = script_of({"files": {"/etc/x": {"text": "x"}}})
        ran = box.run(script)
        assert ran.code == 3
        assert re.search(
            r"of /var/lib/vcfg has 1024 KiB left, and 1[56]\d\d KiB are needed", ran.err
        )
        assert box.run(script, "--adopt=force").code == 0


@pytest.mark.parametrize("options", ["size=0", "size=0,nr_inodes=0", "nr_inodes=0"])
def test_a_file_system_without_a_size_is_believed(box: Box, options: str) -> None:
    with mounted(box.root, *tmpfs(options)):
        assert box.run(script_of({"files": files("/etc", 30, 9_000)})).code == 0


@pytest.mark.needs("mke2fs", package="e2fsprogs")
def test_a_file_system_of_blocks(box: Box) -> None:
    """With the usual 1 KiB blocks of a small one: small files take less there than a page."""
    image = box.folder / "image"
    with image.open("wb") as stream:
        stream.truncate(3 << 20)
    subprocess.run(
        ["mke2fs", "-q", "-t", "ext4", "-b", "1024", "-N", "999", str(image)], check=True
    )
    with mounted(box.root, "-o", "loop", str(image)):
        assert box.run(script_of({"files": files("/etc", 300, 900)})).code == 0
        ran = box.run(script_of({"files": files("/srv", 10, 900_000)}))
        assert ran.code == 3
        assert "the file system of /srv has" in ran.err or "of / has" in ran.err
        # what frees room is not refused
        assert box.run(script_of({})).code == 0


def test_a_removal_needs_no_room(box: Box) -> None:
    with mounted(box.root, *tmpfs("size=4m")):
        assert box.run(script_of({"files": files("/etc", 500, 10)})).code == 0
        # less than these files took, and enough for what a run writes down
        (box.root / "fill").write_bytes(bytes(os.statvfs(box.root).f_bfree * 4096 - 900_000))
        assert box.run(script_of({}), "--check").code == 2
        assert box.run(script_of({})).code == 0


@pytest.mark.parametrize("shell", SHELLS)
def test_what_was_not_foreseen_is_named(box: Box, shell: tuple[str, ...]) -> None:
    """Nobody knows how large a secret is."""
    box.shell = shell
    secret = {"secret": {"command": ["sh", "-c", "head -c 300000 /dev/zero | tr '\\0' x"]}}
    with mounted(box.root / "srv/deep er", *tmpfs("size=64k")):
        ran = box.run(script_of({"files": {"/srv/deep er/x": {"text": secret}}}))
        assert ran.code == 5, ran.err
        assert "incomplete: cannot write /srv/deep er/x; run again to finish" in ran.err
        assert list((box.root / "srv/deep er").iterdir()) == []
