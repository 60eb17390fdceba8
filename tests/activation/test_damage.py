"""A memory that is damaged or was planted: a clear refusal, never a wrong removal."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from .box import SHELLS, script_of, tree

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .box import Box

SKIP = "--ownership=skip"
FILES = {f"/srv/{name}/f": {"text": name} for name in ("a", "ab", "abc")}
FIRST = script_of({"files": {"/etc/one": {"text": "1\n"}, **FILES}, "dirs": {"/srv/x": {}}})
NOTHING = script_of({})


def applied(box: Box) -> dict[str, str]:
    """A root with something of ours, something displaced, and empty directories of others."""
    (box.root / "etc").mkdir()
    (box.root / "etc/one").write_text("theirs\n")
    for name in ("srv/a", "opt/x", "srv/ab/empty"):
        (box.root / name).mkdir(parents=True)
    before = tree(box.root)
    assert box.run(FIRST, SKIP).code == 0
    return before


@pytest.mark.slow
@pytest.mark.parametrize("name", ["state", "pending", "backup.index"])
@pytest.mark.parametrize("shell", SHELLS)
def test_cut_anywhere_it_is_refused(box: Box, shell: tuple[str, ...], name: str) -> None:
    box.shell = shell
    applied(box)
    memory = box.root / "var/lib/vcfg"
    if name == "pending":
        lines = (memory / "state").read_text().splitlines()[4:-1]
        (memory / name).write_text("\n".join(["vcfg-journal 1", *lines, "end", ""]))
    text = (memory / name).read_text()
    cuts = {0, 5, len(text) // 2, *range(len(text) - 40, len(text) - 1, 5)}
    for cut in sorted(cuts):
        (memory / name).write_text(text[:cut])
        before = tree(box.root, times=True)
        for script, *words in ((NOTHING,), (FIRST,), (FIRST, "--uninstall")):
            ran = box.run(script, SKIP, *words)
            assert ran.code == 3, (cut, ran.out)
            assert f"/var/lib/vcfg/{name} is damaged" in ran.err
        assert tree(box.root, times=True) == before
    (memory / name).write_text(text)
    assert box.run(NOTHING, SKIP).code == 0


GARBAGE = {
    "nothing but zeros": b"\0" * 300,
    "random bytes": bytes(range(256)) * 40,
    "another version": b"vcfg-state 9\nend\n",
    "no end": b"vcfg-state 1\nown\tp\t-\t-\t-\tmade\t/opt/x\n",
    "huge": b"vcfg-state 1\n" + b"own\tf\t644\t0\t0\tx\t/etc/y\n" * 50_000,
}


@pytest.mark.parametrize("what", GARBAGE)
@pytest.mark.parametrize("shell", SHELLS)
def test_garbage_is_refused(box: Box, shell: tuple[str, ...], what: str) -> None:
    box.shell = shell
    applied(box)
    (box.root / "var/lib/vcfg/state").write_bytes(GARBAGE[what])
    before = tree(box.root, times=True)
    ran = box.run(NOTHING, SKIP)
    assert ran.code == 3
    assert "without it the next run adopts what is identical" in ran.err
    assert tree(box.root, times=True) == before


def test_lines_that_say_nothing_are_passed_over(box: Box) -> None:
    """Fields too few, names that climb, links: nothing of others is touched."""
    applied(box)
    state = box.root / "var/lib/vcfg/state"
    more = """own
own\t
own\tp\t-\t-\t-\tmade\tsrv
own\tp\t-\t-\t-\tmade\t/../..
own\tf\t644\t0\t0\t\t
own\td\t755\t0\t0\tmade
own\tf\t/opt
future\tthing
\t\t
"""
    text = state.read_text()
    state.write_text(text.replace("\nend\n", f"\n{more}end\n"))
    assert box.run(NOTHING, SKIP).code == 0
    found = tree(box.root)
    assert {"opt/x", "srv/a", "srv/ab/empty", "etc/one"} <= set(found)
    assert (box.root / "etc/one").read_text() == "theirs\n"


MEMORY = ["state", "pending", "backup.index", "changed", "state.tmp", "pending.tmp", "lock"]


@pytest.mark.parametrize("name", MEMORY)
@pytest.mark.parametrize("kind", ["directory", "link", "pipe"])
def test_things_in_the_place_of_memory_are_refused(box: Box, kind: str, name: str) -> None:
    applied(box)
    put_there(box.root / "var/lib/vcfg" / name, kind)
    before = tree(box.root, times=True)
    ran = box.run(NOTHING, SKIP)
    assert ran.code == 3, ran.err
    assert f"/var/lib/vcfg/{name} is " in ran.err
    assert tree(box.root, times=True) == before


def put_there(path: Path, kind: str) -> None:
    path.unlink(missing_ok=True)
    make: dict[str, Callable[[], None]] = {
        "directory": path.mkdir,
        "link": lambda: path.symlink_to("/nowhere"),
        "pipe": lambda: os.mkfifo(path),
    }
    make[kind]()


def test_copies_are_not_kept_outside(box: Box) -> None:
    """A link in the place of the copies would lead out of the root."""
    outside = box.root / "outside"
    outside.mkdir()
    (box.root / "var/lib/vcfg").mkdir(parents=True)
    (box.root / "var/lib/vcfg/backup").symlink_to(outside)
    (box.root / "etc").mkdir()
    (box.root / "etc/one").write_text("theirs\n")
    ran = box.run(FIRST, SKIP)
    assert ran.code == 3
    assert "/var/lib/vcfg/backup is a link" in ran.err
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize("harm", ["gone", "cut", "other content", "climbs"])
def test_a_copy_that_is_none_is_told_and_not_given_back(box: Box, harm: str) -> None:
    applied(box)
    memory = box.root / "var/lib/vcfg"
    (copy,) = (memory / "backup").iterdir()
    if harm == "gone":
        copy.unlink()
    elif harm == "climbs":
        (box.root / "etc/secret").write_text("s")
        index = memory / "backup.index"
        index.write_text(index.read_text().replace(copy.name, "../../../../etc/secret"))
    else:
        copy.write_text("" if harm == "cut" else "evil\n")
    ran = box.run(NOTHING, SKIP)
    assert ran.code == 0
    assert "what was at /etc/one before is lost" in ran.err
    assert not (box.root / "etc/one").exists()
