"""The lock files of shadow, and databases that change while a run is under way."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from .box import SHELLS, script_of, tree
from .test_accounts import DEBIAN, SKIP, database, debian, users

if TYPE_CHECKING:
    from .box import Box

LOCKS = [f"{name}.lock" for name in ("passwd", "shadow", "group", "gshadow")]
NO_PROCESS = 2**22 + 1
shadow_tools = pytest.mark.needs("useradd", package="passwd")


def hold(box: Box, name: str, content: bytes) -> None:
    """A lock file as shadow makes it."""
    (box.root / "etc" / name).write_bytes(content)


def locks(box: Box) -> list[str]:
    return [name for name in LOCKS if (box.root / "etc" / name).exists()]


def before_write(command: str, **activation: Any) -> dict[str, Any]:
    """A configuration whose accounts change under its hands, after all was decided."""
    early = {"early": {"text": f'cd "$VCFG_ROOT/etc"\n{command}\n', "phase": "pre"}}
    return {**activation, "snippets": early}


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("name", LOCKS)
def test_somebody_elses_lock_is_waited_for_and_respected(
    box: Box, shell: tuple[str, ...], name: str
) -> None:
    box.shell = shell
    debian(box)
    script = script_of(users(gnt={}))
    hold(box, name, f"{os.getpid()}\0".encode())
    before = tree(box.root, times=True)
    began = time.monotonic()
    ran = box.run(script, SKIP)
    assert (ran.code, tree(box.root, times=True)) == (75, before)
    assert f"/etc/{name} is held by process {os.getpid()}" in ran.err
    assert 4 < time.monotonic() - began < 60
    assert box.run(script, SKIP, "--check").code == 2


@pytest.mark.parametrize("content", [b"", b"vipw\n", b"99999999999999"])
def test_a_lock_of_nobody_known_is_respected(box: Box, content: bytes) -> None:
    """Shadow does so too."""
    debian(box)
    hold(box, "group.lock", content)
    ran = box.run(script_of(users(gnt={})), SKIP)
    assert ran.code == 75
    assert "/etc/group.lock is held by someone unknown" in ran.err


def test_without_a_change_of_accounts_locks_do_not_matter(box: Box) -> None:
    debian(box)
    wanted = users(gnt={})
    assert box.run(script_of(wanted), SKIP).code == 0
    hold(box, "passwd.lock", f"{os.getpid()}\0".encode())
    more = {**wanted, "files": {"/etc/x": {"text": "x"}}}
    assert box.run(script_of(more), SKIP).code == 0
    assert locks(box) == ["passwd.lock"]


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("content", [f"{NO_PROCESS}\0", f"{NO_PROCESS}", f"{NO_PROCESS}\n"])
def test_locks_of_the_dead_are_taken_over(box: Box, shell: tuple[str, ...], content: str) -> None:
    box.shell = shell
    debian(box)
    for name in LOCKS:
        hold(box, name, content.encode())
    ran = box.run(script_of(users(gnt={})), SKIP)
    assert (ran.code, locks(box)) == (0, []), ran.err
    assert any(line.startswith("gnt:") for line in database(box, "passwd"))


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("then", ["again", "something else"])
def test_locks_of_a_killed_run_are_known_as_such(
    box: Box, shell: tuple[str, ...], then: str
) -> None:
    """Even when another process has got its number; one of shadow's ends with a NUL byte."""
    box.shell = shell
    debian(box)
    memory = box.root / "var/lib/vcfg"
    memory.mkdir(parents=True, mode=0o700)
    (memory / "pending").write_text(f"vcfg-journal 1\nlock\t{os.getpid()}\nend\n")
    for name in LOCKS:
        hold(box, name, f"{os.getpid()}".encode())
    wanted = users(gnt={}) if then == "again" else {"files": {"/etc/x": {"text": "x"}}}
    ran = box.run(script_of(wanted), SKIP)
    assert (ran.code, locks(box)) == (0, []), ran.err
    (memory / "pending").write_text(f"vcfg-journal 1\nlock\t{os.getpid()}\nend\n")
    hold(box, "passwd.lock", f"{os.getpid()}\0".encode())
    assert box.run(script_of({}), SKIP).code == (75 if then == "again" else 0)
    assert locks(box) == ["passwd.lock"]


@pytest.mark.parametrize("shell", SHELLS)
def test_an_empty_lock_is_that_of_a_run_whose_journal_speaks_of_one(
    box: Box, shell: tuple[str, ...]
) -> None:
    """What it had not flushed went with the power."""
    box.shell = shell
    debian(box)
    memory = box.root / "var/lib/vcfg"
    memory.mkdir(parents=True, mode=0o700)
    (memory / "pending").write_text(f"vcfg-journal 1\nlock\t{NO_PROCESS}\nend\n")
    hold(box, "passwd.lock", b"")
    (box.root / "etc/group.lock").symlink_to("nowhere")
    assert box.run(script_of(users(gnt={})), SKIP).code == 75
    (box.root / "etc/group.lock").unlink()
    ran = box.run(script_of(users(gnt={})), SKIP)
    assert (ran.code, locks(box)) == (0, []), ran.err


@pytest.mark.parametrize("shell", SHELLS)
def test_what_changes_after_the_decision_is_kept(box: Box, shell: tuple[str, ...]) -> None:
    box.shell = shell
    debian(box)
    add = "printf 'late:x:3000:\\n' >>group; printf 'late:!::\\n' >>gshadow\n"
    add += "printf '\\nlate:x:3000:3000::/:/bin/sh\\n' >>passwd; printf 'late:*:::::::\\n' >>shadow"
    wanted = users(gnt={"groups": ["kvm"]})
    ran = box.run(script_of(before_write(add, **wanted)), SKIP)
    assert ran.code == 0, ran.err
    assert ran.out.count("user gnt") == 1
    for name in DEBIAN:
        lines = database(box, name)
        assert any(line.startswith("gnt:") for line in lines), name
        assert any(line.startswith("late:") for line in lines), name
    assert "kvm:x:104:ann,gnt" in database(box, "group")
    assert box.run(script_of(before_write(add, **wanted)), SKIP).out == "nothing to do\n"


def test_a_number_that_was_taken_meanwhile_ends_the_run(box: Box) -> None:
    """It would be another one, and files were decided with the first."""
    debian(box)
    take = "printf '\\nlate:x:500:500::/:/bin/sh\\n' >>passwd"
    wanted = {"groups": {"gnt": {"gid": 500}}, "users": {"gnt": {"uid": 500}}}
    script = script_of(before_write(take, **wanted))
    ran = box.run(script, SKIP)
    assert ran.code == 5
    assert "user id 500, wanted by gnt, belongs to another user" in ran.err
    assert "the accounts meanwhile" in ran.err
    assert locks(box) == []
    assert box.run(script, SKIP).code == 3


@pytest.mark.root
def test_owners_of_files_are_those_that_were_decided(box: Box) -> None:
    debian(box)
    take = "printf 'late:x:100:\\n' >>group"
    wanted = {**users(gnt={}), "files": {"/etc/x": {"text": "x", "group": "gnt"}}}
    script = script_of(before_write(take, **wanted))
    ran = box.run(script)
    assert ran.code == 5, ran.err
    assert box.run(script).code == 0
    group = next(line for line in database(box, "group") if line.startswith("gnt:"))
    assert (box.root / "etc/x").stat().st_gid == int(group.split(":")[2]) != 100


def test_a_lock_that_is_taken_meanwhile_is_waited_for(box: Box) -> None:
    debian(box)
    take = "sleep 4 & printf '%s' \"$!\" >passwd.lock"
    ran = box.run(script_of(before_write(take, **users(gnt={}))), SKIP)
    assert (ran.code, locks(box)) == (0, []), ran.err


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"root:x:0:0:a\0b:/root:/bin/sh\n", "this shell cannot hold all bytes of /etc/passwd"),
        (b"root:x:0:0:root:/root:/bin/sh\r\n", "ends with a carriage return"),
    ],
)
def test_what_would_be_damaged_is_refused(
    box: Box, shell: tuple[str, ...], text: bytes, reason: str
) -> None:
    box.shell = shell
    debian(box)
    (box.root / "etc/passwd").write_bytes(text)
    before = tree(box.root, times=True)
    ran = box.run(script_of(users(gnt={})), SKIP)
    assert (ran.code, tree(box.root, times=True)) == (3, before)
    assert reason in ran.err


@pytest.mark.parametrize("shell", SHELLS)
def test_old_encodings_are_kept_or_refused(box: Box, shell: tuple[str, ...]) -> None:
    """yash decodes what it reads, and would lose what it cannot."""
    box.shell = shell
    debian(box)
    line = b"jose:x:1001:1001:Jos\xe9:/home/jose:/bin/sh\n"
    passwd = box.root / "etc/passwd"
    passwd.write_bytes(line + passwd.read_bytes())
    ran = box.run(script_of(users(gnt={})), SKIP)
    assert ran.code == (3 if shell[0] == "yash" else 0), ran.err
    assert line in passwd.read_bytes()


# ---- with the programs of shadow themselves


class Beside:
    """A program that runs in the root beside others."""

    def __init__(self, box: Box, *words: str, **environment: str) -> None:
        self.output = box.folder / f"said-{words[0]}-{words[-1].replace('/', '_')[:20]}"
        with self.output.open("w") as stream:
            self.process = subprocess.Popen(
                box.inside_words(*words),
                env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **environment},
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
            )

    def wait(self) -> tuple[int, str]:
        """Its exit code and what it said."""
        code = self.process.wait(timeout=120)
        return code, self.output.read_text()


def wait_for(path: Path) -> None:
    for _ in range(200):
        if path.exists():
            return
        time.sleep(0.1)
    raise AssertionError(f"{path} did not come")


def real(box: Box) -> None:
    """A root in which the programs of shadow work, and find nothing to complain about."""
    (box.root / "etc").mkdir()
    for name, filler in (("passwd", "*:19000:0:99999:7:::"), ("group", "*::")):
        lines = [line for line in DEBIAN[name].split("\n") if line and line[0] not in "#+"]
        hidden = "shadow" if name == "passwd" else "gshadow"
        for base, text in (
            (name, lines),
            (hidden, [f"{line.split(':')[0]}:{filler}" for line in lines]),
        ):
            path = box.root / "etc" / base
            path.write_text("".join(f"{line}\n" for line in text))
            path.chmod(0o640 if "shadow" in base else 0o644)
    gshadow = box.root / "etc/gshadow"
    gshadow.write_text(gshadow.read_text().replace("kvm:*::", "kvm:*::ann"))
    # here, since several programs that start at once would make them at once
    for name in ("bin", "sbin", "lib", "lib64"):
        if (Path("/") / name).is_symlink():
            (box.root / name).symlink_to((Path("/") / name).readlink())


@pytest.mark.root
@shadow_tools
def test_useradd_refuses_while_we_write(box: Box) -> None:
    real(box)
    slow = box.folder / "slow"
    slow.mkdir()
    tool = slow / "mv"
    tool.write_text(
        "#!/bin/sh\n[ ! -e /etc/passwd.lock ] || : >/etc/held\n"
        'until [ ! -e /etc/held ] || [ -e /etc/go ]; do /bin/sleep 0.1; done\nexec /bin/mv "$@"\n'
    )
    tool.chmod(0o755)
    box.script(script_of(users(gnt={})))
    box.extra = ("--ro-bind", str(slow), "/usr/local/sbin")
    ours = Beside(box, "sh", "/in/activate", "--inside")
    wait_for(box.root / "etc/held")
    holder = int((box.root / "etc/passwd.lock").read_bytes())
    assert (box.root / "etc/passwd.lock").read_bytes() == str(holder).encode()
    assert b"/in/activate" in Path(f"/proc/{holder}/cmdline").read_bytes()
    assert locks(box) == LOCKS
    code, said = Beside(box, "useradd", "other").wait()
    assert (code, "cannot lock /etc/passwd" in said) == (1, True), said
    (box.root / "etc/go").touch()
    assert ours.wait()[0] == 0
    assert Beside(box, "useradd", "third").wait() == (0, "")
    names = {line.split(":")[0] for line in database(box, "passwd")}
    assert {"gnt", "third"} <= names
    assert "other" not in names
    assert locks(box) == []


@pytest.mark.root
@pytest.mark.needs("vipw", package="passwd")
@shadow_tools
def test_we_refuse_while_vipw_edits(box: Box) -> None:
    real(box)
    editor = box.folder / "editor"
    editor.write_text("#!/bin/sh\n: >/etc/held\nuntil [ -e /etc/go ]; do sleep 0.1; done\n")
    editor.chmod(0o755)
    box.script(script_of(users(gnt={})))
    theirs = Beside(box, "vipw", EDITOR="/in/editor", VISUAL="/in/editor")
    wait_for(box.root / "etc/held")
    ran = box.inside("sh", "/in/activate", "--inside")
    assert ran.code == 75, ran.err
    assert not (box.root / "var").exists()
    (box.root / "etc/go").touch()
    theirs.wait()
    assert box.inside("sh", "/in/activate", "--inside").code == 0
    assert any(line.startswith("gnt:") for line in database(box, "passwd"))


@pytest.mark.root
@pytest.mark.slow
@shadow_tools
def test_no_line_is_lost_beside_useradd(box: Box) -> None:
    real(box)
    many = 40
    again = "until useradd -UG kvm by-hand-$n 2>/dev/null; do :; done"
    loop = f"for n in $(seq {many}); do {again}; done; : >/etc/done"
    box.script(script_of(users(**{f"a-{n}": {"groups": ["kvm"]} for n in range(5)})), "one")
    box.script(script_of(users(**{f"b-{n}": {"groups": ["kvm"]} for n in range(5)})), "two")
    theirs = Beside(box, "sh", "-c", loop)
    runs = 0
    while not (box.root / "etc/done").exists() and theirs.process.poll() is None:
        for script in ("one", "two"):
            ran = box.inside("sh", f"/in/{script}", "--inside")
            assert ran.code in (0, 5, 75), ran.err
            runs += ran.code == 0
    assert theirs.wait() == (0, "")
    assert runs > 0
    assert box.inside("sh", "/in/one", "--inside").code == 0
    theirs_made = {f"by-hand-{n}" for n in range(1, many + 1)}
    for name in DEBIAN:
        names = {line.split(":")[0] for line in database(box, name)}
        assert theirs_made | {f"{each}-{n}" for each in "ab" for n in range(5)} <= names, name
    members = next(line for line in database(box, "group") if line.startswith("kvm:"))
    wanted = {"ann"} | theirs_made | {f"a-{n}" for n in range(5)}
    assert set(members.split(":")[3].split(",")) == wanted
    for checker in ("pwck", "grpck"):
        said = box.inside(checker, "-r").out
        complaints = [line for line in said.splitlines() if "does not exist" not in line]
        assert complaints in ([], [f"{checker}: no changes"]), complaints
