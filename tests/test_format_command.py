"""`vcfg fmt`: which files it touches, how it writes them, what it says."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from evaluator.formatting import canonical

if TYPE_CHECKING:
    from pathlib import Path

    from evaluator.formatting.reading import Reading
    from tests.conftest import RunVcfg

UGLY = "a={b=1 ,c=2}\n"
FINE = "a = { b = 1, c = 2 }\n"
BROKEN = "a = [1\nb = 2\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that commands are run from."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_files_and_folders_are_written_once(vcfg: RunVcfg, folder: Path) -> None:
    for name in ("x/b.vcfg", "x/deep/c.vcfg", "x/.hidden/d.vcfg", "x/e.txt", "f.conf"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(UGLY)
    (folder / "x/.#b.vcfg").symlink_to("an editor's lock")
    ran = vcfg("fmt", "x", "f.conf", "x/b.vcfg")
    assert ran.out.splitlines() == ["x/b.vcfg", "x/deep/c.vcfg", "f.conf"]
    assert ran.err == "3 files: 3 formatted\n"
    assert ran.status == 0
    assert (folder / "x/deep/c.vcfg").read_text() == FINE
    assert (folder / "x/.hidden/d.vcfg").read_text() == UGLY
    assert (folder / "x/e.txt").read_text() == UGLY
    assert vcfg("fmt", ".") == (0, "", "2 files: 2 unchanged\n")


def test_what_is_fine_is_not_touched(vcfg: RunVcfg, folder: Path) -> None:
    file = folder / "a.vcfg"
    file.write_text(FINE)
    before = file.stat()
    assert vcfg("fmt", "a.vcfg").status == 0
    after = file.stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_mode_and_links_stay(vcfg: RunVcfg, folder: Path) -> None:
    file = folder / "real.vcfg"
    file.write_text(UGLY)
    file.chmod(0o640)
    (folder / "link.vcfg").symlink_to("real.vcfg")
    ran = vcfg("fmt", "link.vcfg", "real.vcfg")
    assert ran.out == "link.vcfg\n"
    assert (folder / "link.vcfg").is_symlink()
    assert file.read_text() == FINE
    assert file.stat().st_mode & 0o7777 == 0o640
    assert sorted(each.name for each in folder.iterdir()) == ["link.vcfg", "real.vcfg"]


@pytest.mark.root
def test_the_owner_stays(vcfg: RunVcfg, folder: Path) -> None:
    file = folder / "a.vcfg"
    file.write_text(UGLY)
    os.chown(file, 12, 34)
    assert vcfg("fmt", "a.vcfg").status == 0
    assert (file.stat().st_uid, file.stat().st_gid) == (12, 34)


def test_what_is_malformed_is_left_and_the_others_are_not(vcfg: RunVcfg, folder: Path) -> None:
    (folder / "a.vcfg").write_text(BROKEN)
    (folder / "b.vcfg").write_text(UGLY)
    ran = vcfg("fmt", "a.vcfg", "b.vcfg", "--errors", "concise")
    assert ran.status == 1
    assert ran.out == "b.vcfg\n"
    assert ran.err.startswith("a.vcfg:")
    assert "error[syntax-error]" in ran.err
    assert (folder / "a.vcfg").read_text() == BROKEN
    assert (folder / "b.vcfg").read_text() == FINE


def test_check_names_and_writes_nothing(vcfg: RunVcfg, folder: Path) -> None:
    (folder / "a.vcfg").write_text(UGLY)
    (folder / "b.vcfg").write_text(FINE)
    ran = vcfg("fmt", "--check", ".")
    assert ran == (1, "a.vcfg\n", "2 files: 1 not formatted, 1 formatted\n")
    assert (folder / "a.vcfg").read_text() == UGLY
    assert vcfg("fmt", "--check", "b.vcfg") == (0, "", "1 file: 1 formatted\n")


def test_diff_is_one_that_patch_takes(vcfg: RunVcfg, folder: Path) -> None:
    (folder / "a.vcfg").write_text("x = 1\ny=2")
    ran = vcfg("fmt", "--diff", "a.vcfg")
    assert ran.status == 1
    assert ran.out == (
        "--- a.vcfg\n+++ a.vcfg\n@@ -1,2 +1,2 @@\n x = 1\n-y=2\n"
        "\\ No newline at end of file\n+y = 2\n"
    )
    assert (folder / "a.vcfg").read_text() == "x = 1\ny=2"
    assert vcfg("fmt", "--diff", "--check", "a.vcfg").out == ran.out


def test_line_ends_and_marks_of_other_systems(vcfg: RunVcfg, folder: Path) -> None:
    (folder / "a.vcfg").write_bytes(b"\xef\xbb\xbfa = 1\r\nb = 2\r\n")
    assert vcfg("fmt", "a.vcfg").out == "a.vcfg\n"
    assert (folder / "a.vcfg").read_bytes() == b"a = 1\nb = 2\n"


def test_standard_input_goes_to_standard_output(vcfg: RunVcfg) -> None:
    assert vcfg("fmt", "-", stdin=UGLY) == (0, FINE, "")
    assert vcfg("fmt", "-", stdin=FINE) == (0, FINE, "")
    assert vcfg("fmt", "-", stdin="") == (0, "", "")
    ran = vcfg("fmt", "-", stdin=BROKEN)
    assert (ran.status, ran.out) == (1, "")
    assert "<standard input>:1" in ran.err
    assert vcfg("fmt", "--check", "-", stdin=FINE) == (0, "", "")
    assert vcfg("fmt", "--check", "-", stdin=UGLY) == (1, "<standard input>\n", "")
    assert vcfg("fmt", "--diff", "-", stdin=UGLY).out.endswith(f"\n-{UGLY}+{FINE}")
    assert vcfg("fmt", "-", "a.vcfg").status == 2


def test_what_is_not_there_or_no_text(vcfg: RunVcfg, folder: Path) -> None:
    (folder / "latin.vcfg").write_bytes(b"# caf\xe9\n")
    (folder / "empty").mkdir()
    for word, said in (
        ("nowhere.vcfg", "`nowhere.vcfg` cannot be read: no such file or directory"),
        ("latin.vcfg", "`latin.vcfg` cannot be read: it is not UTF-8 text (byte 5, line 1)"),
    ):
        ran = vcfg("fmt", word)
        assert (ran.status, ran.out) == (2, "")
        assert said in ran.err
    ran = vcfg("fmt", "empty")
    assert ran.status == 0
    assert "there is no `.vcfg` file in empty" in ran.err


def test_a_write_protected_file_stays(vcfg: RunVcfg, folder: Path) -> None:
    (folder / "a.vcfg").write_text(UGLY)
    (folder / "a.vcfg").chmod(0o444)
    ran = vcfg("fmt", "a.vcfg")
    assert (ran.status, ran.out) == (2, "")
    assert "vcfg: `a.vcfg` cannot be written: it is write-protected\n" in ran.err
    assert (folder / "a.vcfg").read_text() == UGLY
    assert vcfg("fmt", "--check", "a.vcfg").status == 1


def test_a_full_disk_leaves_the_old_file(
    vcfg: RunVcfg, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    (folder / "a.vcfg").write_text(UGLY)
    monkeypatch.setattr(os, "fsync", full)
    ran = vcfg("fmt", "a.vcfg")
    assert ran.status == 2
    assert "`a.vcfg` cannot be written: no space left on device" in ran.err
    assert [each.name for each in folder.iterdir()] == ["a.vcfg"]
    assert (folder / "a.vcfg").read_text() == UGLY


@pytest.mark.parametrize("wrong", ["a = { b = 1, c = 3 }\n", "# new\n" + FINE, "a = {"])
def test_a_mistake_of_ours_is_never_written(
    vcfg: RunVcfg, folder: Path, monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    def lay_out(reading: Reading) -> str:
        return wrong

    monkeypatch.setattr(canonical, "lay_out", lay_out)
    (folder / "a.vcfg").write_text(UGLY)
    ran = vcfg("fmt", "a.vcfg")
    assert ran.status == 70
    assert "`a.vcfg` would not mean the same any more" in ran.err
    assert (folder / "a.vcfg").read_text() == UGLY
