"""Files, links and directories: the decision table, idempotence, clean-up."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from .box import SHELLS, script_of, tree

if TYPE_CHECKING:
    from pathlib import Path

    from .box import Box

SKIP = "--ownership=skip"


def files(**texts: str) -> dict[str, Any]:
    """Files in /etc by name."""
    return {"files": {f"/etc/{name}": {"text": text} for name, text in texts.items()}}


A = script_of(files(one="1\n", two="2\n"))
B = script_of(files(two="2 too\n", three="3\n"))


def etc(box: Box) -> dict[str, str]:
    """Name → text of what lies in /etc of the root."""
    return {path.name: path.read_text() for path in sorted((box.root / "etc").iterdir())}


def put(path: Path, text: str, mode: int = 0o644) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)


@pytest.mark.parametrize("shell", SHELLS)
def test_a_second_run_changes_nothing(box: Box, shell: tuple[str, ...]) -> None:
    box.shell = shell
    first = box.run(A, SKIP)
    assert (first.code, first.err) == (0, "")
    before = tree(box.root, times=True)
    assert box.run(A, SKIP, "--check").code == 0
    second = box.run(A, SKIP)
    assert (second.code, second.out) == (0, "nothing to do\n")
    assert tree(box.root, times=True) == before


@pytest.mark.root
@pytest.mark.needs("strace")
def test_a_second_run_asks_for_no_change(box: Box) -> None:
    """No call that could change anything below the root, seen by the kernel's eyes."""
    script = box.script(A)
    run = ["sh", str(script), f"--root={box.root}"]
    assert box.command(*run).code == 0
    calls = "rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,rmdir,chmod,fchmod,fchmodat"
    calls += ",chown,fchown,lchown,fchownat,symlink,symlinkat,link,linkat,truncate,utimensat"
    traced = box.command("strace", "-f", "-qq", "-e", f"trace={calls},open,openat,creat", *run)
    assert traced.code == 0
    changing = [
        line
        for line in traced.err.splitlines()
        if re.search(r"O_CREAT|O_WRONLY|O_RDWR|O_TRUNC", line) or " open" not in f" {line}"
        if "/dev/null" not in line and "+++" not in line and "---" not in line
        if re.search(r"(rename|unlink|mk|rm|ch|link|trunc|utime|open|creat)\w*\(", line)
    ]
    assert changing == []


def test_one_configuration_after_another(box: Box) -> None:
    assert box.run(A, SKIP).code == 0
    ran = box.run(B, SKIP)
    assert ran.code == 0
    said = sorted(ran.out.splitlines()[:3])
    assert said == ["create /etc/three", "remove /etc/one", "replace /etc/two"]
    assert etc(box) == {"two": "2 too\n", "three": "3\n"}
    assert box.run(A, SKIP).code == 0
    assert etc(box) == {"one": "1\n", "two": "2\n"}
    assert not list((box.root / "var/lib/vcfg").glob("pending*"))


def test_clean_up_takes_only_what_is_ours(box: Box) -> None:
    """Edited files, foreign files and directories with foreign files stay."""
    more = {"files": {f"/srv/{d}/f": {"text": "x"} for d in ("gone", "kept", "edited")}}
    empty = script_of({})
    assert box.run(script_of(more), SKIP).code == 0
    put(box.root / "srv/kept/foreign", "mine")
    put(box.root / "srv/edited/f", "edited")
    ran = box.run(empty, SKIP)
    assert ran.code == 0
    assert "edited" in ran.err
    found = tree(box.root, memory=False)
    assert "srv/gone" not in found
    assert "srv/kept/f" not in found
    assert {"srv/kept/foreign", "srv/edited/f"} <= set(found)
    assert box.run(empty, SKIP).out == "nothing to do\n"
    (box.root / "srv/kept/foreign").unlink()
    assert box.run(empty, SKIP).code == 0
    assert "srv/kept" not in tree(box.root)


def test_a_foreign_file_is_kept_and_given_back(box: Box) -> None:
    put(box.root / "etc/two", "stock\n", 0o640)
    assert box.run(A, SKIP).code == 0
    assert etc(box) == {"one": "1\n", "two": "2\n"}
    kept = list((box.root / "var/lib/vcfg/backup").iterdir())
    assert [path.read_text() for path in kept] == ["stock\n"]
    assert box.run(script_of({}), SKIP).code == 0
    assert etc(box) == {"two": "stock\n"}
    assert (box.root / "etc/two").stat().st_mode & 0o777 == 0o640
    assert not list(box.root.rglob(".vcfg-stage"))
    assert box.run(script_of({}), SKIP).out == "nothing to do\n"


def test_a_foreign_link_is_replaced_not_followed(box: Box) -> None:
    put(box.root / "run-time/two", "elsewhere")
    (box.root / "etc").mkdir()
    (box.root / "etc/two").symlink_to("../run-time/two")
    (box.root / "etc/one").symlink_to("../run-time")
    assert box.run(A, SKIP).code == 0
    assert etc(box) == {"one": "1\n", "two": "2\n"}
    assert (box.root / "run-time/two").read_text() == "elsewhere"
    assert box.run(script_of({}), SKIP).code == 0
    assert (box.root / "etc/two").readlink().as_posix() == "../run-time/two"


@pytest.mark.parametrize(
    ("words", "code", "text"),
    [
        ((), 0, "2\n"),
        (("--adopt=backup",), 0, "2\n"),
        (("--adopt=force",), 0, "2\n"),
        (("--adopt=fail",), 4, "stock\n"),
    ],
)
def test_adopt(box: Box, words: tuple[str, ...], code: int, text: str) -> None:
    put(box.root / "etc/two", "stock\n")
    before = tree(box.root, times=True)
    assert box.run(A, SKIP, *words).code == code
    assert etc(box)["two"] == text
    assert (box.root / "var/lib/vcfg/backup").exists() == (code == 0 and "force" not in str(words))
    if code:
        assert tree(box.root, times=True) == before


def test_known_stock_content_is_replaced_without_a_word(box: Box) -> None:
    from hashlib import sha256

    known = sha256(b"stock\n").hexdigest()
    script = script_of({"files": {"/etc/two": {"text": "2\n", "replaces": [known]}}})
    put(box.root / "etc/two", "stock\n")
    ran = box.run(script, SKIP, "--adopt=fail")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[0] == "replace /etc/two"
    assert etc(box) == {"two": "2\n"}
    assert box.run(script_of({}), SKIP).code == 0
    assert etc(box) == {"two": "stock\n"}


def test_identical_content_is_adopted_without_a_write(box: Box) -> None:
    put(box.root / "etc/one", "1\n")
    put(box.root / "etc/two", "2\n")
    before = tree(box.root / "etc", times=True)
    assert box.run(A, SKIP, "--adopt=fail").code == 0
    assert tree(box.root / "etc", times=True) == before


@pytest.mark.parametrize(
    ("drift", "code", "check", "text"),
    [("restore", 0, 2, "2\n"), ("keep", 0, 2, "edited"), ("fail", 4, 4, "edited")],
)
def test_drift(box: Box, drift: str, code: int, check: int, text: str) -> None:
    assert box.run(A, SKIP).code == 0
    put(box.root / "etc/two", "edited")
    assert box.run(A, SKIP, f"--drift={drift}", "--check").code == check
    assert box.run(A, SKIP, f"--drift={drift}").code == code
    assert etc(box)["two"] == text
    if drift == "restore":
        kept = list((box.root / "var/lib/vcfg/backup").iterdir())
        assert [path.read_text() for path in kept] == ["edited"]


def test_a_removed_file_comes_back(box: Box) -> None:
    assert box.run(A, SKIP).code == 0
    (box.root / "etc/two").unlink()
    assert box.run(A, SKIP, "--check").code == 2
    assert box.run(A, SKIP).code == 0
    assert etc(box) == {"one": "1\n", "two": "2\n"}


def test_modes_are_set_and_kept(box: Box) -> None:
    script = script_of(
        {
            "files": {
                "/etc/secret": {"text": "s", "mode": "0600"},
                "/usr/bin/tool": {"text": "#!/bin/sh\n", "mode": "4755"},
            },
            "dirs": {"/srv/a": {"mode": "2770"}, "/srv/a/b": {"mode": "0700"}},
        }
    )
    assert box.run(script, SKIP).code == 0

    def modes() -> list[str]:
        paths = ("etc/secret", "usr/bin/tool", "srv", "srv/a", "srv/a/b", "var/lib/vcfg")
        return [f"{(box.root / path).stat().st_mode & 0o7777:o}" for path in paths]

    wanted = ["600", "4755", "755", "2770", "700", "700"]
    assert modes() == wanted
    (box.root / "etc/secret").chmod(0o644)
    (box.root / "srv/a").chmod(0o777)
    assert box.run(script, SKIP, "--check").code == 2
    assert box.run(script, SKIP).code == 0
    assert modes() == wanted


def test_seeded_and_absent_files(box: Box) -> None:
    script = script_of(
        {
            "files": {
                "/etc/seed": {"text": "seed\n", "manage": "seed"},
                "/etc/gone": {"manage": "absent"},
            }
        }
    )
    put(box.root / "etc/gone", "stock")
    assert box.run(script, SKIP).code == 0
    assert etc(box) == {"seed": "seed\n"}
    put(box.root / "etc/seed", "the daemon's own")
    assert box.run(script, SKIP).out == "nothing to do\n"
    assert etc(box) == {"seed": "the daemon's own"}
    assert box.run(script_of({}), SKIP).code == 0
    assert etc(box) == {"seed": "the daemon's own", "gone": "stock"}


@pytest.mark.parametrize("shell", SHELLS)
def test_a_link_that_leads_in_circles_is_replaced(box: Box, shell: tuple[str, ...]) -> None:
    box.shell = shell
    (box.root / "etc").mkdir()
    for name in ("one", "two"):
        (box.root / "etc" / name).symlink_to(name)
    assert box.run(A, SKIP).code == 0
    assert etc(box) == {"one": "1\n", "two": "2\n"}
    loops = script_of({"links": {f"/etc/{name}": {"target": name} for name in ("three", "two")}})
    for script in (loops, B, loops, script_of({})):
        assert box.run(script, SKIP).code == 0
    assert (box.root / "etc/two").readlink().as_posix() == "two"
    assert not (box.root / "etc/three").is_symlink()


def test_a_file_becomes_a_directory(box: Box) -> None:
    flat = script_of({"files": {"/etc/x": {"text": "flat"}, "/etc/y": {"text": "y"}}})
    deep = script_of(
        {"files": {"/etc/x/y/z": {"text": "deep"}}, "dirs": {"/etc/y": {"mode": "0750"}}}
    )
    assert box.run(flat, SKIP).code == 0
    assert box.run(deep, SKIP).code == 0
    assert (box.root / "etc/x/y/z").read_text() == "deep"
    assert (box.root / "etc/y").stat().st_mode & 0o777 == 0o750
    assert box.run(deep, SKIP).out == "nothing to do\n"
    assert box.run(flat, SKIP).code == 0
    assert etc(box) == {"x": "flat", "y": "y"}
    assert box.run(flat, SKIP).out == "nothing to do\n"


def test_a_directory_with_something_of_others_stays(box: Box) -> None:
    flat = script_of({"files": {"/etc/x": {"text": "flat"}}})
    deep = script_of({"files": {"/etc/x/y/z": {"text": "deep"}}})
    assert box.run(deep, SKIP).code == 0
    put(box.root / "etc/x/y/foreign", "mine")
    before = tree(box.root, times=True)
    assert box.run(flat, SKIP).code == 4
    assert tree(box.root, times=True) == before


def test_packages_are_wanted(box: Box) -> None:
    script = script_of({"packages": ["curl", "mail-agent", "qemu-utils"]})
    assert box.run(script, SKIP).code == 3
    assert tree(box.root) == {}
    assert box.run(script, SKIP, "--packages=skip").code == 0
    status = """\
Package: curl
Status: install ok installed

Package: qemu-utils
Status: deinstall ok config-files

Package: exim
Status: install ok installed
Provides: mail-agent (= 1), other
"""
    put(box.root / "var/lib/dpkg/status", status)
    ran = box.run(script, SKIP)
    assert ran.code == 3
    assert "packages are missing in the root: qemu-utils (--packages=install" in ran.err
    put(
        box.root / "var/lib/dpkg/status",
        status.replace("deinstall ok config-files", "install ok installed"),
    )
    assert box.run(script, SKIP).code == 0


def test_differences_are_shown_and_nothing_is_written(box: Box) -> None:
    put(box.root / "etc/two", "stock\n")
    before = tree(box.root, times=True)
    ran = box.run(A, SKIP, "--diff")
    assert ran.code == 2
    assert "-stock\n" in ran.out
    assert "+2\n" in ran.out
    assert tree(box.root, times=True) == before


def test_a_lost_state_is_no_harm(box: Box) -> None:
    """Without its memory the script adopts what is identical."""
    import shutil

    assert box.run(A, SKIP).code == 0
    shutil.rmtree(box.root / "var/lib/vcfg")
    before = tree(box.root / "etc", times=True)
    assert box.run(A, SKIP, "--adopt=fail").code == 0
    assert tree(box.root / "etc", times=True) == before
    # whose they were nobody knows any more: they are taken for what was there before
    assert box.run(B, SKIP).code == 0
    assert etc(box) == {"one": "1\n", "two": "2 too\n", "three": "3\n"}
    assert box.run(script_of({}), SKIP).code == 0
    assert etc(box) == {"one": "1\n", "two": "2\n"}


def test_a_closed_terminal_changes_no_outcome(box: Box) -> None:
    for end in (">&-", "2>&-", ">&- 2>&- <&-", "| true"):
        path = box.script(A)
        ran = box.command("sh", "-c", f"sh {path} --root={box.root} {SKIP} {end}")
        assert ran.code == 0
        assert etc(box) == {"one": "1\n", "two": "2\n"}
        assert box.run(B, SKIP).code == 0


@pytest.mark.root
def test_a_disk_that_is_full_loses_no_state(box: Box) -> None:
    """The last write fails after everything else was done: the journal has to stay."""
    fill = 'cat /dev/zero >"$VCFG_ROOT/fill" 2>/dev/null || :\n'
    script = script_of(
        {
            **files(**{f"f{at}": str(at) for at in range(200)}),
            "snippets": {"fill": {"text": fill, "on-change": ["/etc/f1"]}},
        }
    )
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m,mode=755", "none", str(box.root)], check=True
    )
    try:
        assert box.run(script).code == 5
        (box.root / "fill").unlink()
        assert box.run(script_of({})).code == 0
        assert not (box.root / "etc").exists()
    finally:
        subprocess.run(["umount", str(box.root)], check=True)


def test_what_must_be_absent_takes_our_directory(box: Box) -> None:
    """A directory we made in its place goes; in one run, like those it leaves empty."""
    assert box.run(script_of({"files": {"/srv/a/b/c": {"text": "x"}}}), SKIP).code == 0
    script = script_of({"files": {"/srv/a": {"manage": "absent"}}})
    assert "remove directory /srv/a\n" in box.run(script, SKIP, "--check").out
    assert box.run(script, SKIP).code == 0
    assert not (box.root / "srv").exists()
    assert box.run(script, SKIP).out == "nothing to do\n"
    (box.root / "srv/a").mkdir(parents=True)
    assert box.run(script, SKIP).code == 4


def test_a_directory_is_empty_without_what_must_be_absent(box: Box) -> None:
    assert box.run(script_of({"files": {"/srv/a/b": {"text": "x"}}}), SKIP).code == 0
    put(box.root / "srv/a/foreign", "mine")
    script = script_of({"files": {"/srv/a/foreign": {"manage": "absent"}}})
    assert "remove directory /srv/a\n" in box.run(script, SKIP, "--check").out
    assert box.run(script, SKIP).code == 0
    assert not (box.root / "srv").exists()
    assert box.run(script, SKIP).out == "nothing to do\n"
