"""Snippets: what decides that they run, what they find, and that nothing they do stays."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from .box import SHELLS, script_of, tree

if TYPE_CHECKING:
    from pathlib import Path

    from .box import Box, Ran

SKIP = "--ownership=skip"
# The shell that runs snippets is the machine's `sh`; here it is one after the other.
AS_SH = [
    pytest.param("dash", marks=pytest.mark.needs("dash")),
    pytest.param("bash", marks=pytest.mark.needs("bash")),
    pytest.param("busybox", marks=pytest.mark.needs("busybox", package="busybox-static")),
    pytest.param("yash", marks=pytest.mark.needs("yash")),
]


def snippets(**entries: dict[str, Any]) -> str:
    """A script with snippets, and a file they can watch."""
    return script_of({"snippets": entries, "files": {"/etc/x": {"text": "x"}}})


def note(words: str) -> str:
    """A snippet that writes down that it ran."""
    return f'echo "{words}" >>"$VCFG_ROOT/ran"\n'


def notes(box: Box) -> list[str]:
    """What snippets wrote down."""
    path = box.root / "ran"
    return path.read_text().splitlines() if path.exists() else []


def run_with_sh(box: Box, sh: str, script: str, *words: str) -> Ran:
    """A run on a machine whose `sh` is another shell."""
    place = shutil.which(sh)
    assert place
    guard = box.guarded([])
    # the first place of the script's own PATH
    guard += ["--tmpfs", "/usr/local/sbin", "--symlink", place, "/usr/local/sbin/sh"]
    command = [*box.shell, str(box.script(script)), f"--root={box.root}", SKIP, *words]
    return box.bare([*guard, "--", *command])


LEAKS = {
    "cd": "cd /usr\n",
    "umask": "umask 000\n",
    "options": "set +eu\nset -x\n",
    "trap": "trap 'exit 7' EXIT HUP INT TERM\ntrap - EXIT\n",
    "exec": "exec 3>&1 >/dev/null 2>&1 </dev/null\n",
    "replaced": "exec true\n",
    "exit": 'exit 0\necho never >>"$VCFG_ROOT/ran"\n',
    "functions": "_fail() { :; }\n_commit() { exit 9; }\n_each() { exit 9; }\nmain() { :; }\n",
    "variables": "root=/nowhere memory=/nowhere phase=none failures=7 PATH=/nowhere\nexport PATH\n",
    "ifs": "IFS=x\n",
    "eof": "cat >/dev/null\n",
    "read": "! read -r line\n",
    "unset": "unset VCFG_ROOT PATH IFS\n",
    "alias": "alias _say=false mv=false\n",
    "closed": "exec 1>&- 2>&-\n",
}


@pytest.mark.parametrize("shell", SHELLS)
def test_nothing_a_snippet_does_stays(box: Box, shell: tuple[str, ...]) -> None:
    box.shell = shell
    check_leaks(box, "dash")


@pytest.mark.parametrize("sh", AS_SH)
def test_nothing_stays_whatever_shell_it_is(box: Box, sh: str) -> None:
    check_leaks(box, sh)


def check_leaks(box: Box, sh: str) -> None:
    """Between snippets that change all they can, others find everything as it should be."""
    seen = note("$PWD $(umask) ${root-none} ${PATH%%:*} $(command -v _fail || echo none)")
    entries: dict[str, Any] = {}
    for at, text in enumerate(LEAKS.values()):
        entries[f"a{at:02d}"] = {"text": text, "phase": "pre"}
        entries[f"a{at:02d}-then"] = {"text": seen, "phase": "pre"}
    entries["last"] = {"text": note("last")}
    ran = run_with_sh(box, sh, snippets(**entries))
    assert ran.code == 0, ran.err
    found = notes(box)
    assert found[-1] == "last"
    assert set(found[:-1]) == {"/ 0022 none /usr/local/sbin none"}
    assert len(found) == len(LEAKS) + 1
    assert run_with_sh(box, sh, snippets(**entries)).out == "nothing to do\n"


def test_what_a_snippet_leaves_running_holds_nothing(box: Box) -> None:
    """Neither the lock nor the streams of the script, and signals reach it."""
    text = "sleep 5 &\necho started\n"
    ran = box.run(snippets(a={"text": text}), SKIP)
    assert (ran.code, ran.err) == (0, "started\n")
    guard = box.guarded(["--unshare-pid", "sh", "-c"])
    first = box.script(snippets(b={"text": text}), "first")
    second = box.script(snippets(c={"text": note("c")}), "second")
    line = f"sh {first} --root={box.root} {SKIP} && sh {second} --root={box.root} {SKIP}"
    assert box.bare([*guard, line]).code == 0
    assert notes(box) == ["c"]
    masks = 'while read -r key value; do [ "$key" != SigIgn: ] || echo "$value"; done'
    text = f'{masks} </proc/self/status >>"$VCFG_ROOT/ran"\n'
    assert box.run(snippets(d={"text": text}), SKIP).code == 0
    pipe = 1 << 12
    assert int(notes(box)[-1], 16) & pipe == 0


@pytest.mark.parametrize("shell", SHELLS)
def test_a_failure_tells_the_end_of_what_was_said(box: Box, shell: tuple[str, ...]) -> None:
    box.shell = shell
    text = "n=0\nwhile [ $n -lt 40 ]; do n=$((n + 1)); echo line $n; done\necho bad >&2\nexit 9\n"
    ran = box.run(snippets(a={"text": text}), SKIP)
    assert ran.code == 6
    lines = ran.err.splitlines()
    assert lines[0].startswith("activate: snippet a failed with code 9 after ")
    assert lines[0].endswith(" s; the last it said:")
    assert lines[1:21] == [*(f"line {at}" for at in range(22, 41)), "bad"]
    assert "line" not in ran.out
    quiet = box.run(snippets(a={"text": "false\n", "phase": "files"}), SKIP)
    assert quiet.code == 5
    assert re.search(r"snippet a failed with code 1 after \d+ s\n", quiet.err)
    said = box.run(snippets(a={"text": "echo fine\necho well >&2\n"}), SKIP)
    assert (said.code, said.err) == (0, "fine\nwell\n")
    assert not (box.root / "var/lib/vcfg/output").exists()


@pytest.mark.parametrize("shell", SHELLS)
def test_a_snippet_may_have_any_text(box: Box, shell: tuple[str, ...]) -> None:
    box.shell = shell
    line = "\\n %s $x `y` 'z' \u00e9\tend \\"
    text = f"cat >\"$VCFG_ROOT/ran\" <<'END'\n{line}\nEND\n# no line end"
    assert box.run(snippets(a={"text": text + "x" * 200_000}), SKIP).code == 0
    assert notes(box) == [line]


@pytest.mark.needs("timeout", package="coreutils")
@pytest.mark.parametrize("shell", SHELLS)
def test_a_snippet_that_takes_too_long_is_ended(box: Box, shell: tuple[str, ...]) -> None:
    box.shell = shell
    entry = {"text": "echo waiting\nsleep 60\n", "timeout": 1, "on-failure": "continue"}
    ran = box.run(snippets(a=entry, b={"text": note("b"), "timeout": 60}), SKIP)
    assert ran.code == 6
    assert "snippet a was ended, it may take 1 s, after " in ran.err
    assert ran.err.splitlines()[1] == "waiting"
    assert notes(box) == ["b"]


@pytest.mark.parametrize("shell", SHELLS)
def test_a_test_decides_on_every_run(box: Box, shell: tuple[str, ...]) -> None:
    box.shell = shell
    made = {"text": 'touch "$VCFG_ROOT/made"\n' + note("a"), "unless": 'test -e "$VCFG_ROOT/made"'}
    checked = box.run(snippets(a=made), SKIP, "--check")
    assert "would-run a (because its test fails)" in checked.out
    assert tree(box.root) == {}
    assert box.run(snippets(a=made), SKIP).code == 0
    assert box.run(snippets(a=made), SKIP).out == "nothing to do\n"
    (box.root / "made").unlink()
    assert box.run(snippets(a=made), SKIP, "--check").code == 2
    assert box.run(snippets(a=made), SKIP).code == 0
    assert notes(box) == ["a", "a"]
    # made by another snippet in between
    (box.root / "made").unlink()
    early = {"text": 'touch "$VCFG_ROOT/made"\n', "phase": "pre"}
    ran = box.run(snippets(a=made, early=early), SKIP)
    assert (ran.code, "not needed: a" in ran.out) == (0, True)
    assert notes(box) == ["a", "a"]


def test_a_test_that_fails_afterwards_is_told(box: Box) -> None:
    ran = box.run(snippets(a={"text": "true\n", "unless": "false"}), SKIP)
    assert ran.code == 6
    assert "snippet a ran, but its test still fails, after " in ran.err
    assert box.run(snippets(a={"text": "true\n", "unless": "true"}), SKIP).code == 0


def test_a_test_beside_paths_is_asked_when_one_changed(box: Box) -> None:
    entry = {
        "text": note("a"),
        "on-change": ["/etc/x"],
        "unless": 'test ! -e "$VCFG_ROOT/wanted"',
    }
    checked = box.run(snippets(a=entry), SKIP, "--check")
    assert "would-run a (because /etc/x changes, unless its test succeeds then)" in checked.out
    assert box.run(snippets(a=entry), SKIP).code == 0
    assert notes(box) == []
    (box.root / "wanted").touch()
    assert box.run(snippets(a=entry), SKIP).out == "nothing to do\n"
    (box.root / "etc/x").write_text("edited")
    assert box.run(snippets(a=entry), SKIP).code == 0
    assert notes(box) == ["a"]


def test_check_says_why(box: Box) -> None:
    first = snippets(a={"text": "true\n", "description": "does it"}, b={"text": "true\n"})
    checked = box.run(first, SKIP, "--check").out
    assert "would-run a: does it (because it has not run here)\n" in checked
    assert "run a: does it (because it has not run here)\n" in box.run(first, SKIP).out
    second = snippets(a={"text": "false\n"}, b={"text": "true\n"})
    checked = box.run(second, SKIP, "--check").out
    assert checked == "would-run a (because its text has changed)\n1 change pending\n"


@pytest.mark.parametrize("field", ["text", "unless"])
def test_what_no_shell_can_read_is_refused(box: Box, field: str) -> None:
    entry = {"text": "true\n", "on-change": ["/etc/x"], "unless": "true", field: "if\n"}
    ran = box.run(snippets(a=entry), SKIP)
    assert ran.code == 3
    assert "snippet a is no shell script" in ran.err
    assert tree(box.root) == {}


@pytest.mark.root
def test_in_root_runs_a_program_of_the_root(box: Box) -> None:
    box_bin(box, "sh", "cat")
    (box.root / "hello").write_text("from inside\n")
    ran = box.run(snippets(a={"text": "in_root cat /hello\n"}), SKIP)
    assert (ran.code, ran.err) == (0, "from inside\n")


@pytest.mark.root
@pytest.mark.parametrize("root", ["no shell", "foreign"])
def test_in_root_says_why_it_cannot(box: Box, root: str) -> None:
    if root == "foreign":
        box_bin(box, "sh")
        busybox = box.root / "bin/busybox"
        content = bytearray(busybox.read_bytes())
        content[18:20] = (0x2A).to_bytes(2, "little")  # SuperH
        busybox.write_bytes(content)
    ran = box.run(snippets(a={"text": "in_root cat /hello\n" + note("went on")}), SKIP)
    assert ran.code == 6
    assert "in_root cat: no program of" in ran.err
    assert "another architecture" in ran.err
    assert "failed with code 126" in ran.err
    assert notes(box) == []


def box_bin(box: Box, *names: str) -> None:
    """Programs inside the root that need no libraries."""
    folder: Path = box.root / "bin"
    folder.mkdir()
    busybox = shutil.which("busybox")
    assert busybox
    shutil.copy(busybox, folder / "busybox")
    for name in names:
        (folder / name).symlink_to("busybox")
