"""A memory that is damaged or was planted: a clear refusal, never a wrong removal."""

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


def _leads(outside: Path, at: Path) -> None:
    at.symlink_to(outside)


def _waits(_: Path, at: Path) -> None:
    os.mkfifo(at)


@pytest.mark.parametrize("make", [_leads, _waits])
@pytest.mark.parametrize("place", ["1", "next", "1/state", "1/sum", "current", "current.tmp"])
def test_generations_are_not_kept_outside(
    box: Box, make: Callable[[Path, Path], None], place: str
) -> None:
    """Neither written or read through a link, nor waited for."""
    outside = box.root / "outside"
    outside.mkdir()
    (box.root / "var/lib/vcfg/generations").mkdir(parents=True)
    at = box.root / "var/lib/vcfg/generations" / place
    at.parent.mkdir(exist_ok=True)
    make(outside, at)
    for words in ((), ("--check",), ("--verify",), ("--rollback",), ("--uninstall",)):
        ran = box.run(FIRST, SKIP, *words)
        assert ran.code == 3, ran.err
        assert f"/var/lib/vcfg/generations/{place} is " in ran.err
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize("number", ["08", "010", "99999999999999999999", "-1", "1 2", "x"])
@pytest.mark.parametrize("shell", SHELLS)
def test_a_number_in_force_that_is_none(box: Box, shell: tuple[str, ...], number: str) -> None:
    """Taken for none; shells do not agree on what some of them are."""
    box.shell = shell
    applied(box)
    generations = box.root / "var/lib/vcfg/generations"
    (generations / "current").write_text(f"{number}\n")
    assert box.run(NOTHING, SKIP).code == 0
    assert (generations / "current").read_text() == "1\n"
    assert not (box.root / "var/lib/vcfg/pending").exists()
    assert box.run(NOTHING, SKIP).out == "nothing to do\n"


@pytest.mark.parametrize("epoch", ["09", "0777", "99999999999999999999", "-5", "x", "1e9"])
@pytest.mark.parametrize("shell", SHELLS)
def test_a_time_that_is_none(box: Box, shell: tuple[str, ...], epoch: str) -> None:
    """As if none was given; shells do not agree on what some of them are."""
    box.shell = shell
    script = script_of({"files": {"/etc/x": {"text": "x"}}, "groups": {"g": {}}})
    ran = box.run(script, SKIP, SOURCE_DATE_EPOCH=epoch)
    assert ran.code == 0, ran.err
    assert (box.root / "etc/shadow").read_text().startswith("root:*:::")


NO_NUMBERS = ["a[$(>{})]", "", "08", "-1", "99999999999", "0x10", "x"]


@pytest.mark.parametrize("number", NO_NUMBERS)
@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("wanted", ["owner", "group", "user", "primary"])
def test_numbers_of_accounts_that_are_none(
    box: Box, shell: tuple[str, ...], number: str, wanted: str
) -> None:
    """Refused; nothing that stands in their place is calculated with, or run."""
    box.shell = shell
    canary = box.root / "canary"
    number = number.format(canary)
    (box.root / "etc").mkdir()
    (box.root / "etc/passwd").write_text(f"root:x:0:0::/:/bin/sh\nwww:x:{number}:0::/:/bin/sh\n")
    (box.root / "etc/group").write_text(f"root:x:0:\nwww:x:{number}:\n")
    before = tree(box.root, times=True)
    wishes: dict[str, dict[str, Any]] = {
        "owner": {"files": {"/srv/x": {"text": "x", "owner": "www", "group": "www"}}},
        "group": {"groups": {"www": {}}},
        "user": {"users": {"www": {"group": "root"}}},
        "primary": {"users": {"new": {"group": "www"}}},
    }
    ran = box.run(script_of(wishes[wanted]))
    assert ran.code == 3, ran.err
    assert "number" in ran.err
    assert tree(box.root, times=True) == before


@pytest.mark.parametrize("wish", ["parent", "declared"])
@pytest.mark.parametrize("shell", SHELLS)
def test_a_link_of_ours_that_becomes_a_directory_after_a_crash(
    box: Box, shell: tuple[str, ...], wish: str
) -> None:
    """The run that died had listed the directory, and had not come to the link."""
    box.shell = shell
    (box.root / "etc").mkdir()
    kept = {"/etc/d/x": {"text": "x"}}
    first: dict[str, Any] = {"files": kept, "links": {"/etc/l": {"target": "d"}}}
    second: dict[str, Any] = {"files": {**kept, "/etc/l/y": {"text": "y"}}}
    if wish == "declared":
        second = {"files": kept, "dirs": {"/etc/l": {}}}
    dying = {"snippets": {"die": {"text": "false\n", "phase": "pre"}}}
    assert box.run(script_of(first), SKIP).code == 0
    assert box.run(script_of(second | dying), SKIP).code == 5
    assert box.run(script_of(second), SKIP).code == 0
    assert (box.root / "etc/l").is_dir()
    assert not (box.root / "etc/l").is_symlink()
    assert [path.name for path in (box.root / "etc/d").iterdir()] == ["x"]


@pytest.mark.parametrize("last", ["nothing", "uninstall"])
@pytest.mark.parametrize("shell", SHELLS)
def test_what_changed_its_kind_in_a_run_that_died_goes(
    box: Box, shell: tuple[str, ...], last: str
) -> None:
    """The journal has two records of a path, one of them of a directory."""
    box.shell = shell
    text = {"text": "x"}
    first: dict[str, Any] = {
        "files": {"/srv/a": text, "/srv/b/x": text, "/srv/seed": text | {"manage": "seed"}},
        "links": {"/srv/c": {"target": "b"}, "/srv/d": {"target": "nowhere"}},
        "dirs": {"/srv/e": {}, "/srv/f": {}},
    }
    second: dict[str, Any] = {
        "files": {"/srv/a/x": text, "/srv/c/x": text, "/srv/e": text, "/srv/seed": text},
        "links": {"/srv/b": {"target": "other"}, "/srv/f": {"target": "other"}},
        "dirs": {"/srv/d": {}},
    }
    dying = {"snippets": {"die": {"text": "false\n", "phase": "files"}}}
    (box.root / "srv/other").mkdir(parents=True)
    before = tree(box.root, memory=False)
    assert box.run(script_of(first), SKIP).code == 0
    assert box.run(script_of(second | dying), SKIP).code == 5
    script = NOTHING if last == "nothing" else script_of(second | dying)
    ran = box.run(script, SKIP, *(["--uninstall"] if last == "uninstall" else []))
    assert ran.code == 0, ran.err
    left = {path for path in tree(box.root, memory=False) if not path.startswith("var")}
    assert left == set(before)


@pytest.mark.parametrize("shell", SHELLS)
def test_a_link_of_others_where_a_directory_of_ours_was(box: Box, shell: tuple[str, ...]) -> None:
    """The empty directory it leads to is theirs."""
    box.shell = shell
    assert box.run(script_of({"dirs": {"/srv/ours": {}}}), SKIP).code == 0
    (box.root / "srv/ours").rmdir()
    (box.root / "srv/theirs").mkdir()
    (box.root / "srv/ours").symlink_to("theirs")
    assert box.run(NOTHING, SKIP).code == 0
    assert (box.root / "srv/theirs").is_dir()
    assert (box.root / "srv/ours").is_symlink()


@pytest.mark.parametrize("shell", SHELLS)
def test_a_copy_that_a_run_died_over_goes(box: Box, shell: tuple[str, ...]) -> None:
    box.shell = shell
    applied(box)
    backup = box.root / "var/lib/vcfg/backup"
    (copy,) = backup.iterdir()
    dying = script_of({"snippets": {"die": {"text": "false\n", "phase": "pre"}}})
    assert box.run(dying, SKIP).code == 5
    (backup / f"{'0' * 64}.tmp").write_text("half")
    assert box.run(FIRST, SKIP).code == 0
    assert list(backup.iterdir()) == [copy]


def test_a_directory_in_the_place_of_an_old_database(box: Box) -> None:
    """Seen before the other databases are written."""
    (box.root / "etc/passwd-").mkdir(parents=True)
    (box.root / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
    before = tree(box.root, times=True)
    ran = box.run(script_of({"groups": {"g": {}}, "users": {"g": {"group": "g"}}}), SKIP)
    assert ran.code == 3
    assert "/etc/passwd- is a directory" in ran.err
    assert tree(box.root, times=True) == before
