"""The power fails: what of a run has reached the disk by then is enough to go on from.

An image is copied while it is mounted and changes: that is what a disk has when the power goes.
The journal of its file system is written every second, its data at leisure, so names reach
the disk before contents do unless somebody asks for the contents first.
"""

from __future__ import annotations

import shutil
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from .box import script_of, tree
from .crash import watch
from .test_crash import differences

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .box import Box

pytestmark = [
    pytest.mark.root,
    pytest.mark.slow,
    pytest.mark.needs("mke2fs", package="e2fsprogs"),
]

COUNT = 60
OLD: dict[str, Any] = {"files": {f"/etc/o{n}": {"text": f"old {n}\n"} for n in range(COUNT)}}
NEW: dict[str, Any] = {
    "files": {
        **{f"/etc/o{n}": {"text": f"new {n}\n" * 40} for n in range(COUNT)},
        **{f"/srv/n{n}": {"text": f"made {n}\n"} for n in range(COUNT)},
        "/etc/theirs": {"text": "ours\n"},
    }
}


@contextmanager
def mounted(image: Path, place: Path) -> Iterator[None]:
    """An image of a file system that hurries with names and not with contents."""
    options = "loop,commit=1,noauto_da_alloc"
    subprocess.run(["mount", "-o", options, str(image), str(place)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", str(place)], check=True)


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """An empty file system in a file."""
    made = tmp_path / "disk"
    with made.open("wb") as file:
        file.truncate(24 << 20)
    subprocess.run(["mke2fs", "-q", "-t", "ext4", str(made)], check=True)
    return made


def cut(image: Path, copy: Path) -> None:
    """What would be on the disk a moment after the names got there."""
    time.sleep(2.5)
    subprocess.run(["cp", "--sparse=always", str(image), str(copy)], check=True)


def contents(root: Path) -> dict[str, str]:
    """What files of the configurations have in them."""
    places = [*root.glob("etc/*"), *root.glob("srv/*")]
    return {f"/{path.relative_to(root)}": path.read_text() for path in places if path.is_file()}


def wanted(configuration: dict[str, Any]) -> dict[str, str]:
    return {path: entry["text"] for path, entry in configuration["files"].items()}


def torn(found: dict[str, str]) -> list[str]:
    """Files that are neither as they were nor as they shall be."""
    before = {**wanted(OLD), "/etc/theirs": "theirs\n"}
    return [
        f"{path}: {text!r}"
        for path, text in found.items()
        if text not in (before.get(path), wanted(NEW).get(path))
    ]


def test_the_power_fails(box: Box, image: Path) -> None:
    """At moments all over a run; then the machine is started and the run repeated."""
    copies: list[Path] = []

    def look(number: int) -> None:
        if number % 45 == 20:
            copies.append(image.with_name(f"cut-{number}"))
            cut(image, copies[-1])

    script = script_of(NEW)
    with mounted(image, box.root):
        (box.root / "etc").mkdir()
        (box.root / "etc/theirs").write_text("theirs\n")
        assert box.run(script_of(OLD), "--sync=yes").code == 0
        run = box.guarded(["sh", str(box.script(script)), f"--root={box.root}", "--sync=yes"])
        assert watch(run, box.root, look) == 0
        right = tree(box.root)
        state = (box.root / "var/lib/vcfg/state").read_text()
        copies.append(image.with_name("cut-end"))
        cut(image, copies[-1])
    assert len(copies) > 4
    halfway = 0
    for copy in copies:
        with mounted(copy, box.root):
            found = contents(box.root)
            assert torn(found) == [], copy.name
            halfway += found != {**wanted(OLD), **wanted(NEW)}
            assert box.run(script, "--sync=yes").code == 0, copy.name
            assert (box.root / "var/lib/vcfg/state").read_text() == state
            assert differences(tree(box.root), right) == [], copy.name
    assert halfway > 2, "no cut was in the middle of the run"


def test_what_is_given_back_is_there(box: Box, image: Path) -> None:
    """A name that comes back has its contents, whenever the power fails."""
    theirs = {f"/etc/t{n}": f"theirs {n}\n" for n in range(3)}
    ours = {"files": {path: {"text": "ours\n"} for path in theirs}}
    copies: list[Path] = []
    last = contents(box.root)

    def look(number: int) -> None:
        nonlocal last
        if contents(box.root) != last:
            last = contents(box.root)
            copies.append(image.with_name(f"cut-{number}"))
            cut(image, copies[-1])

    script = script_of({})
    with mounted(image, box.root):
        (box.root / "etc").mkdir()
        for path, text in theirs.items():
            (box.root / path[1:]).write_text(text)
        assert box.run(script_of(ours), "--sync=yes").code == 0
        last = contents(box.root)
        run = box.guarded(["sh", str(box.script(script)), f"--root={box.root}", "--sync=yes"])
        assert watch(run, box.root, look) == 0
        assert contents(box.root) == theirs
    assert len(copies) == len(theirs)
    for copy in copies:
        with mounted(copy, box.root):
            found = contents(box.root)
            wrong = {path: text for path, text in found.items() if text != theirs[path]}
            assert set(wrong.values()) <= {"ours\n"}, copy.name
            assert box.run(script, "--sync=yes").code == 0, copy.name
            assert contents(box.root) == theirs, copy.name


def test_every_disk_is_flushed(box: Box, image: Path) -> None:
    """Not only the root's: what we remember is on another one here, and so are some files."""
    image.rename(image.with_name("root-disk"))
    shutil.copy(image.with_name("root-disk"), image.with_name("var-disk"))
    here = box.root
    script = script_of({"files": {f"/{each}/n": {"text": "new\n"} for each in ("etc", "var")}})
    disks = {"root": here, "var": here / "var"}
    copies = {name: image.with_name(f"cut-{name}") for name in disks}
    with mounted(image.with_name("root-disk"), here):
        (here / "var").mkdir()
        with mounted(image.with_name("var-disk"), here / "var"):
            assert box.run(script, "--sync=yes").code == 0
            for name, copy in copies.items():
                cut(image.with_name(f"{name}-disk"), copy)
    with mounted(copies["root"], here), mounted(copies["var"], here / "var"):
        assert (here / "etc/n").read_text() == (here / "var/n").read_text() == "new\n"
        ran = box.run(script)
        assert ran.out == "nothing to do\n", ran.err


def test_the_power_fails_while_accounts_are_locked(box: Box, image: Path) -> None:
    """An empty lock file would keep everybody from the accounts for good."""
    script = script_of({"groups": {"app": {}}, "users": {"app": {"group": "app"}}})
    copies: list[Path] = []
    locks = [f"etc/{name}.lock" for name in ("passwd", "shadow", "group", "gshadow")]

    def look(number: int) -> None:
        held = [name for name in locks if (box.root / name).exists()]
        if len(held) == len(locks) and not copies:
            copies.append(image.with_name("cut"))
            cut(image, copies[0])

    with mounted(image, box.root):
        (box.root / "etc").mkdir()
        run = box.guarded(["sh", str(box.script(script)), f"--root={box.root}", "--sync=yes"])
        assert watch(run, box.root, look) == 0
    with mounted(copies[0], box.root):
        left = [(box.root / name).read_text() for name in locks]
        assert all(text.isdigit() for text in left), left
        assert box.run(script, "--sync=yes").code == 0
        assert [name for name in locks if (box.root / name).exists()] == []


def test_a_careless_writer_loses_contents(box: Box, image: Path) -> None:
    """The control: without asking for contents first, this test would find empty files."""
    with mounted(image, box.root):
        (box.root / "srv").mkdir()
        subprocess.run(["sync"], check=True)
        for n in range(COUNT):
            place = box.root / "srv" / f"n{n}"
            place.with_suffix(".new").write_text(f"made {n}\n")
            place.with_suffix(".new").rename(place)
        cut(image, image.with_name("copy"))
    with mounted(image.with_name("copy"), box.root):
        found = contents(box.root)
        assert len(found) == COUNT
        assert torn(found)
