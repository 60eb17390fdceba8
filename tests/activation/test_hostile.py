"""Any byte in any content, any legal name, any link in the root: nothing else happens."""

from __future__ import annotations

import hashlib
import os
import random
import re
from typing import TYPE_CHECKING, Any

import pytest

from .box import SHELLS, script_of, tree

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .box import Box

NAMES = [
    "plain", "two words", " leading", "trailing ", "-rf", "--", "-", "'", '"', "\\", "a\\nb",
    "$(touch x)", "`id`", "${HOME}", "*", "?", "[a-z]", "~", "#", "a;b", "a&b", "a|b", "a>b",
    "!x", "%s", "a=b", "{a,b}", "dev-disk-by\\x2dlabel.mount", "se\xf1or", "\u65e5\u672c",
    "e\u0301", "\U0001f600", ".hidden", "...", "a:b", "\\", "a'b\"c\\d $e", "x" * 255,
    "caf\u00e9 \\ '%d' $(x)", ":", "-:-:-:x", "d",
]  # fmt: skip
CONTENTS = [
    "", "\n", "no line end", "'", "''\\''", "\\", "\\n", "%s %d %%", "$(touch /canary)", "`x`",
    "\r\n\r\n", "\ttab\x0b\x0c\x7f\x1b[31m", "VCFG_HELP\n}\nmain\n",
    "se\u00f1or \u2192 \U0001f600\n",
    "\u00e9", "\\303\\251", "\\c stops echo", "-n", "--", "#!/bin/sh\nexit 1\n", "\x01\x02",
    "a\n\n\n", "\n\n\na", " ", "\\\n", "{ main; }", "'\"'\"'", "\ufeffbom",
]  # fmt: skip


def configuration() -> dict[str, Any]:
    """Every name with every content somewhere, links with hostile targets."""
    chosen = random.Random(2026)
    files = {}
    for at, name in enumerate(dict.fromkeys(NAMES)):
        for folder in ("/etc", "/srv/a b", "/srv/-x'y"):
            text = CONTENTS[(at * 7 + len(folder)) % len(CONTENTS)]
            if chosen.random() < 0.3:
                text = "".join(chosen.choices([*CONTENTS, "x", "\n", " "], k=40))
            mode = chosen.choice(["0644", "0600", "0755", "4711"])
            files[f"{folder}/{name}"] = {"text": text, "mode": mode}
    for at, text in enumerate(CONTENTS):
        files[f"/opt/{at}"] = {"text": text}
    files["/opt/large"] = {"text": "0123456789abcde\n" * 65536}
    links = {f"/lnk/{name}": {"target": name} for name in NAMES}
    return {"files": files, "links": links}


HOSTILE = configuration()


@pytest.mark.slow
@pytest.mark.parametrize("shell", SHELLS)
def test_names_and_contents_arrive_as_they_are(box: Box, shell: tuple[str, ...]) -> None:
    box.shell = shell
    script = script_of(HOSTILE)
    ran = box.run(script, "--ownership=skip")
    assert (ran.code, ran.err) == (0, "")
    found = tree(box.root, memory=False)
    for path, entry in HOSTILE["files"].items():
        said = found.pop(path[1:])
        assert said.endswith(hashlib.sha256(entry["text"].encode()).hexdigest()), path
        assert (box.root / path[1:]).stat().st_mode & 0o7777 == int(entry.get("mode", "644"), 8)
    for path, entry in HOSTILE["links"].items():
        assert found.pop(path[1:]).endswith(f" -> {entry['target']}")
    assert set(found) == {"etc", "srv", "srv/a b", "srv/-x'y", "opt", "lnk", "var", "var/lib"}
    before = tree(box.root, times=True)
    assert box.run(script, "--ownership=skip").out == "nothing to do\n"
    assert tree(box.root, times=True) == before
    assert box.run(script_of({}), "--ownership=skip").code == 0
    assert tree(box.root, memory=False) == {
        path: before_facts(before, path) for path in ("var", "var/lib")
    }


def before_facts(found: dict[str, str], path: str) -> str:
    """Without the times."""
    return " ".join(found[path].split(" ")[:2])


@pytest.mark.parametrize("shell", SHELLS)
def test_names_beyond_ascii_need_a_shell_that_can_hold_them(
    box: Box, shell: tuple[str, ...]
) -> None:
    """In every locale: the right name or a refusal, never another name."""
    script = script_of({"files": {"/etc/se\u00f1or": {"text": "\u00f1\n"}}})
    box.shell = shell
    for locale in ("C", "POSIX", "C.UTF-8", "xx_XX.UTF-8"):
        before = tree(box.root)
        ran = box.run(script, "--ownership=skip", LC_ALL=locale)
        if ran.code == 69:
            assert shell == ("yash",)
            assert "UTF-8" in ran.err
            assert tree(box.root) == before
        else:
            assert ran.code == 0
            assert (box.root / "etc/se\u00f1or").read_text() == "\u00f1\n"


@pytest.mark.parametrize("shell", SHELLS)
def test_scripts_are_read_in_every_locale(box: Box, shell: tuple[str, ...]) -> None:
    """Contents beyond ASCII depend on no locale."""
    script = script_of({"files": {"/etc/name": {"text": "se\u00f1or \u2192\n"}}})
    box.shell = shell
    assert box.run(script, "--ownership=skip", LC_ALL="POSIX").code == 0
    assert (box.root / "etc/name").read_text() == "se\u00f1or \u2192\n"


ESCAPES: dict[str, Callable[[Path], str]] = {
    "absolute": str,
    "relative": lambda outside: "../" * 20 + str(outside)[1:],
    "through a link": lambda outside: "hop/../../" + "../" * 20 + str(outside)[1:],
    "slashes": lambda outside: "//" + str(outside) + "//./",
}


@pytest.mark.parametrize("kind", ESCAPES)
@pytest.mark.parametrize("place", ["etc", "etc/deep", "var", "var/lib", "var/lib/vcfg"])
def test_no_link_leads_outside(box: Box, tmp_path: Path, kind: str, place: str) -> None:
    """Planted in every parent position; outside is writable here, so an escape would show."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "canary").write_text("untouched")
    box.root.joinpath(place).parent.mkdir(parents=True, exist_ok=True)
    box.root.joinpath(place).symlink_to(ESCAPES[kind](outside))
    box.root.joinpath("hop").symlink_to("/")
    script = box.script(script_of({"files": {"/etc/deep/x": {"text": "x"}}, "groups": {"g": {}}}))
    guard = [
        "bwrap",
        "--ro-bind",
        "/",
        "/",
        "--dev",
        "/dev",
        "--bind",
        str(tmp_path),
        str(tmp_path),
    ]
    ran = box.bare([*guard, "sh", str(script), f"--root={box.root}", "--ownership=skip"])
    assert ran.code in {0, 3, 4}, ran.err
    assert {path.name for path in outside.iterdir()} == {"canary"}
    assert (outside / "canary").read_text() == "untouched"
    if ran.code == 0:
        inside = [path for path in box.root.rglob("x") if path.read_text() == "x"]
        assert len(inside) == 1


def test_links_inside_the_root_are_followed_inside(box: Box) -> None:
    """A merged /usr: `/lib` leads to `usr/lib`, absolute or relative."""
    script = script_of(
        {
            "files": {
                "/lib/a": {"text": "a"},
                "/var/run-x/b": {"text": "b"},
                "/bin/c/d": {"text": "d"},
            }
        }
    )
    (box.root / "usr/lib").mkdir(parents=True)
    (box.root / "var").mkdir()
    (box.root / "lib").symlink_to("usr/lib")
    (box.root / "bin").symlink_to("/usr/bin")
    (box.root / "var/run-x").symlink_to("/run-x")
    assert box.run(script, "--ownership=skip").code == 0
    assert (box.root / "usr/lib/a").read_text() == "a"
    assert (box.root / "usr/bin/c/d").read_text() == "d"
    assert (box.root / "run-x/b").read_text() == "b"
    assert box.run(script, "--ownership=skip").out == "nothing to do\n"
    assert box.run(script_of({}), "--ownership=skip").code == 0
    assert not (box.root / "usr/lib/a").exists()
    assert (box.root / "usr/lib").is_dir()


@pytest.mark.parametrize(("old", "new"), [("/lib/x", "/usr/lib/x"), ("/usr/lib/x", "/lib/x")])
@pytest.mark.parametrize("new_text", ["x", "y"])
def test_a_new_name_of_the_same_place_is_not_stale(
    box: Box, old: str, new: str, new_text: str
) -> None:
    """What one configuration wrote to `/lib/x` another may mean by `/usr/lib/x`."""
    (box.root / "usr/lib").mkdir(parents=True)
    (box.root / "lib").symlink_to("usr/lib")
    assert (
        box.run(script_of({"files": {old: {"text": "x"}, "/etc/a": {}}}), "--ownership=skip").code
        == 0
    )
    renamed = script_of({"files": {new: {"text": new_text}}})
    checked = box.run(renamed, "--ownership=skip", "--check")
    assert checked.code == 2
    assert f"remove {old}" not in checked.out
    assert box.run(renamed, "--ownership=skip").code == 0
    assert (box.root / "usr/lib/x").read_text() == new_text
    assert not (box.root / "etc/a").exists()
    assert box.run(renamed, "--ownership=skip").out == "nothing to do\n"
    assert box.run(script_of({"files": {"/etc/b": {}}}), "--ownership=skip").code == 0
    assert not (box.root / "usr/lib/x").exists() or new_text == "y"


@pytest.mark.root
@pytest.mark.needs("strace")
def test_content_is_never_exposed(box: Box) -> None:
    """Created below a 0700 staging directory, owner before mode before rename."""
    (box.root / "etc").mkdir()
    (box.root / "etc/passwd").write_text("root:x:0:0::/root:/bin/sh\napp:x:500:500::/:/bin/sh\n")
    (box.root / "etc/group").write_text("root:x:0:\napp:x:500:\n")
    entry = {"text": "password\n", "mode": "0640", "owner": "app", "group": "app"}
    script = box.script(script_of({"files": {"/etc/secret": entry}}))
    calls = "trace=openat,open,creat,chmod,fchmodat,chown,fchownat,lchown,fchown"
    calls += ",rename,renameat,renameat2,mkdir,mkdirat"
    ran = box.command("strace", "-f", "-y", "-e", calls, "sh", script, f"--root={box.root}")
    assert ran.code == 0
    lines = [
        line
        for line in ran.err.splitlines()
        if ("secret" in line or ".vcfg-stage" in line) and "= -1" not in line
        if '"/dev/null"' not in line
    ]
    order = [
        m.group(1)
        for line in lines
        if (m := re.search(r"(mkdir|O_CREAT|chown|chmod|rename)", line))
    ]
    assert order == ["mkdir", "O_CREAT", "chown", "chmod", "rename"]
    created = next(line for line in lines if "O_CREAT" in line)
    assert "/etc/.vcfg-stage" in created
    assert any("mkdir" in line and "0700" in line for line in lines)
    status = (box.root / "etc/secret").stat()
    assert (status.st_uid, status.st_gid, status.st_mode & 0o777) == (500, 500, 0o640)


def test_the_environment_changes_nothing(box: Box) -> None:
    """Only `SOURCE_DATE_EPOCH` is listened to."""
    script = script_of(HOSTILE)
    evil = {
        "CDPATH": "/:/usr",
        "IFS": "/",
        "ENV": "/in/evil",
        "POSIXLY_CORRECT": "1",
        "TMPDIR": "/nowhere",
    }
    ran = box.run(
        script, "--ownership=skip", **evil, mode="check", root="/", target="live", adopt="x"
    )
    assert ran.code == 0
    assert os.path.exists(box.root / "etc/plain")


def test_times_can_be_fixed(box: Box) -> None:
    script = script_of({"files": {"/etc/x": {"text": "x"}}, "links": {"/etc/l": {"target": "x"}}})
    assert box.run(script, "--ownership=skip", SOURCE_DATE_EPOCH="86400").code == 0
    assert (box.root / "etc/x").lstat().st_mtime == 86400
    assert (box.root / "etc/l").lstat().st_mtime == 86400
