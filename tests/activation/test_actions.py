"""Snippets, units, cron, locks, interruptions."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from typing import TYPE_CHECKING, Any

import pytest

from .box import SHELLS, script_of, tree

if TYPE_CHECKING:
    from .box import Box

SKIP = "--ownership=skip"
MASKED = "unit off.service is masked here, so it cannot start (systemctl unmask off.service)"
UNKNOWN = "there is no unit absent.service here; it is enabled when its package brings it"


def snippets(**entries: dict[str, Any]) -> dict[str, Any]:
    """Snippets beside a file they can watch."""
    return {"snippets": entries, "files": {"/etc/x": {"text": "x"}}}


def note(words: str) -> str:
    """A snippet that writes down that it ran."""
    return f'echo "{words}" >>"$VCFG_ROOT/ran"\n'


def ran_notes(box: Box) -> list[str]:
    path = box.root / "ran"
    return path.read_text().splitlines() if path.exists() else []


@pytest.mark.parametrize("shell", SHELLS)
def test_snippets_run_in_order_and_keep_to_themselves(box: Box, shell: tuple[str, ...]) -> None:
    box.shell = shell
    script = script_of(
        snippets(
            z={
                "phase": "pre",
                "text": note("z $PWD $VCFG_MODE ${X-unset}") + "X=1\nset +e\ncd /usr\n",
            },
            b={"phase": "post", "text": note("b") + "exit 0\n", "after": ["c"]},
            c={"phase": "post", "text": note("c $(umask) ${X-unset}") + "umask 000\n"},
            d={"phase": "files", "text": 'test -f "$VCFG_ROOT/etc/x"\n' + note("d se\u00f1or")},
            u={"phase": "users", "text": 'test ! -e "$VCFG_ROOT/etc/x"\n' + note("u")},
            live={"on": "live", "text": note("never")},
        )
    )
    result = box.run(script, SKIP)
    assert result.code == 0, result.err
    assert ran_notes(box) == ["z / root unset", "u", "d se\u00f1or", "c 0022 unset", "b"]
    assert box.run(script, SKIP).out == "nothing to do\n"
    assert len(ran_notes(box)) == 5


def test_snippets_follow_changes(box: Box) -> None:
    watching = {
        "text": note("now") + 'cat "$VCFG_CHANGED" >>"$VCFG_ROOT/ran"\n',
        "on-change": ["/etc/x"],
    }
    other = {"text": note("other"), "on-change": ["/etc/other"]}
    (box.root / "etc").mkdir()
    (box.root / "etc/other").write_text("as it is")
    same = {"/etc/other": {"text": "as it is"}}
    first = snippets(w=watching, o=other)
    assert box.run(script_of(first | {"files": first["files"] | same}), SKIP).code == 0
    assert ran_notes(box) == ["now", "/etc/x"]
    changed = first | {"files": {"/etc/x": {"text": "y"}} | same}
    checked = box.run(script_of(changed), SKIP, "--check")
    assert "would-run w (because /etc/x changes)" in checked.out
    assert len(ran_notes(box)) == 2
    assert box.run(script_of(changed), SKIP).code == 0
    assert ran_notes(box) == ["now", "/etc/x"] * 2
    assert not (box.root / "var/lib/vcfg/changed").exists()


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("text", ["false\n", "exit 9\n", "echo $nothing\n", "no-such-program\n"])
def test_a_failing_snippet_is_never_silent(box: Box, shell: tuple[str, ...], text: str) -> None:
    box.shell = shell
    entry = {"text": text + note("went on"), "phase": "files"}
    stopped = box.run(script_of(snippets(a=entry, b={"text": note("b")})), SKIP)
    assert stopped.code == 5
    assert "snippet a failed" in stopped.err
    assert ran_notes(box) == []
    good = script_of(snippets(a={**entry, "text": note("a")}, b={"text": note("b")}))
    assert box.run(good, SKIP).code == 0
    assert ran_notes(box) == ["a", "b"]


@pytest.mark.parametrize("text", ["}\n", "if\n", "echo 'x\n", 'echo "$(\n', "a |\n"])
def test_a_snippet_that_no_shell_can_read_is_refused(box: Box, text: str) -> None:
    script = script_of(snippets(a={"text": text, "phase": "files"}))
    for mode in ((), ("--check",)):
        ran = box.run(script, SKIP, *mode)
        assert ran.code == 3, ran.err
        assert "snippet a is no shell script" in ran.err
        assert tree(box.root) == {}


def test_a_late_failure_leaves_the_rest_in_place(box: Box) -> None:
    script = script_of(
        snippets(a={"text": 'test -e "$VCFG_ROOT/ready"\n', "on-change": ["/etc/x"]})
    )
    assert box.run(script, SKIP).code == 6
    assert (box.root / "etc/x").exists()
    assert box.run(script, SKIP).code == 6
    (box.root / "ready").touch()
    assert box.run(script, SKIP).code == 0
    assert box.run(script, SKIP).out == "nothing to do\n"


def test_going_on_after_a_failure(box: Box) -> None:
    entry = {"text": "false\n", "phase": "files", "on-failure": "continue"}
    assert box.run(script_of(snippets(a=entry, b={"text": note("b")})), SKIP).code == 6
    assert ran_notes(box) == ["b"]


def test_cron_and_units(box: Box) -> None:
    script = script_of(
        {
            "cron": {
                "gnt": {
                    "environment": {"PATH": "/bin", "MAILTO": ""},
                    "jobs": {
                        "w": {"schedule": "*/5 * * * *", "command": "a \\% b", "user": "root"}
                    },
                    "extra": "# more",
                }
            },
            "units": {
                "a.service": {"state": "enable"},
                "b.timer": {"state": "disable"},
                "c.socket": {"state": "mask"},
            },
        }
    )
    assert box.run(script, SKIP).code == 0
    cron = box.root / "etc/cron.d/gnt"
    assert cron.read_text() == 'MAILTO=""\nPATH=/bin\n# w\n*/5 * * * * root a \\% b\n# more\n'
    assert cron.stat().st_mode & 0o777 == 0o644
    preset = box.root / "etc/systemd/system-preset/10-vcfg.preset"
    lines = preset.read_text().splitlines()[1:]
    assert lines == ["enable a.service", "disable b.timer", "disable c.socket"]
    assert os.readlink(box.root / "etc/systemd/system/c.socket") == "/dev/null"


@pytest.mark.needs("systemctl", package="systemd")
def test_units_of_packages_are_enabled(box: Box) -> None:
    units = box.root / "usr/lib/systemd/system"
    units.mkdir(parents=True)
    text = "[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n"
    for name in ("on", "off"):
        (units / f"{name}.service").write_text(text)
    wants = box.root / "etc/systemd/system/multi-user.target.wants"
    wants.mkdir(parents=True)
    (wants / "off.service").symlink_to("/usr/lib/systemd/system/off.service")
    states = {"on.service": {"state": "enable"}, "off.service": {"state": "disable"}}
    script = script_of({"units": states})
    assert box.run(script, SKIP).code == 0
    assert [path.name for path in wants.iterdir()] == ["on.service"]
    assert box.run(script, SKIP).out == "nothing to do\n"


@pytest.mark.needs("systemctl", package="systemd")
def test_a_unit_of_ours_was_nothing_before(box: Box) -> None:
    """The first run brings and enables it; what the second one sees is our own doing."""
    name = "/etc/systemd/system/own.service"
    text = "[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n"
    wants = "/etc/systemd/system/multi-user.target.wants/own.service"
    script = script_of(
        {
            "files": {name: {"text": text}},
            "links": {wants: {"target": name}},
            "units": {"own.service": {"state": "enable"}},
        }
    )
    assert box.run(script, SKIP).code == 0
    before = tree(box.root, times=True)
    assert box.run(script, SKIP).out == "nothing to do\n"
    assert tree(box.root, times=True) == before
    assert "unit\town.service\tenable\t-\n" in (box.root / "var/lib/vcfg/state").read_text()


@pytest.mark.needs("systemctl", package="systemd")
def test_a_unit_that_cannot_be_enabled_is_told_in_every_run(box: Box) -> None:
    units = box.root / "etc/systemd/system"
    units.mkdir(parents=True)
    (units / "off.service").symlink_to("/dev/null")
    names = ("off.service", "absent.service", "own@one.service")
    script = script_of(
        {
            "files": {"/etc/systemd/system/own@.service": {"text": "[Service]\nExecStart=x\n"}},
            "units": {name: {"state": "enable"} for name in names},
        }
    )
    assert box.run(script, SKIP, "--check").code == 2
    for _ in range(2):
        ran = box.run(script, SKIP)
        assert ran.code == 0
        assert [line for line in ran.err.splitlines() if "unit" in line] == [
            f"activate: {MASKED}",
            f"activate: {UNKNOWN}",
        ]
    assert ran.out == "nothing to do\n"
    assert "absent" not in box.run(script, SKIP, "--packages=skip").err


@pytest.mark.needs("flock", package="util-linux")
def test_runs_exclude_each_other(box: Box) -> None:
    script = box.script(script_of(snippets(a={"text": 'touch "$VCFG_ROOT/in"; sleep 1\n'})))
    run = f"sh {script} --root={box.root} {SKIP}"
    second = f"while ! test -e {box.root}/in; do sleep 0.05; done; {run}; echo second $?"
    third = f"{run} --lock-wait=9; echo third $?"
    ran = box.command("sh", "-c", f"{run} & {second}; {third}; wait $!; echo first $?")
    words = [
        line for line in ran.out.splitlines() if line.split()[0] in {"first", "second", "third"}
    ]
    assert words == ["second 75", "third 0", "first 0"]


def test_without_flock_a_lock_file_decides(box: Box) -> None:
    """A PATH as in busybox-static: no flock. A dead holder blocks nobody."""
    text = script_of({"files": {"/etc/x": {"text": "x"}}})
    text = text.replace("command -v flock", "command -v no-such-flock")
    (box.root / "var/lib/vcfg").mkdir(parents=True)
    lock = box.root / "var/lib/vcfg/lock"
    with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
        boot = file.read().strip()
    lock.write_text(f"1 {boot}\n")
    assert box.run(text, SKIP).code == 75
    assert not (box.root / "etc").exists()
    lock.write_text("1 another-boot\n")
    assert box.run(text, SKIP).code == 0
    assert not lock.exists()
    assert box.run(text, SKIP).out == "nothing to do\n"


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("tool", ["flock", "no-such-flock"])
def test_a_holder_that_was_killed_blocks_nobody(
    box: Box, shell: tuple[str, ...], tool: str
) -> None:
    """The lock of flock(1) is held for as long as what it had started goes on."""
    waiting = 'cd "$VCFG_ROOT"\ntouch in\nuntil test -e out; do sleep 0.05; done\n'
    text = snippets(a={"phase": "files", "text": waiting})
    first, second = (
        box.script(script_of(each).replace("command -v flock", f"command -v {tool}"), name)
        for name, each in (("first", text), ("second", snippets()))
    )
    run = f"{' '.join(shell)} {{}} --root={box.root} {SKIP}"
    ran = box.command(
        "sh",
        "-c",
        f"{run.format(first)} & while ! test -e {box.root}/in; do sleep 0.05; done;"
        f"{run.format(second)}; echo living $?; kill -9 $!; wait $!; touch {box.root}/out;"
        f"{run.format(second)} --lock-wait=60; echo killed $?",
    )
    assert "living 75\n" in ran.out
    assert "killed 0\n" in ran.out, ran.err
    assert not (box.root / "var/lib/vcfg/pending").exists()


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
@pytest.mark.parametrize("follow", ["same", "other"])
def test_an_interrupted_run_is_finished_by_the_next(
    box: Box, number: signal.Signals, follow: str
) -> None:
    """Stopped in the middle, with files staged; the next run of any configuration clears up."""
    before = script_of({"files": {f"/etc/{d}/old": {"text": "old"} for d in "abc"}})
    files = {f"/etc/{d}/{at}": {"text": d * 9} for d in "abcdef" for at in range(50)}
    middle = script_of({"files": files, "snippets": {"s": {"phase": "files", "text": "sleep 9\n"}}})
    # stop while everything is staged, before the first rename
    slow = middle.replace("    _flush\n    _vacate", "    sleep 9\n    _vacate")
    assert slow != middle
    assert box.run(before, SKIP).code == 0
    path = box.script(slow)
    # What starts tests in the background may have them ignore a signal, and shells keep to that.
    guard = ["env", "--default-signal=INT"]
    guard += ["bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"]
    guard += ["--bind", str(box.root), str(box.root), "--", "sh", str(path)]
    process = subprocess.Popen(
        [*guard, f"--root={box.root}", SKIP], stdout=subprocess.DEVNULL, start_new_session=True
    )
    deadline = time.monotonic() + 20
    while not (box.root / "etc/f/.vcfg-stage/9").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    os.killpg(process.pid, number)
    process.wait(timeout=20)
    assert (box.root / "var/lib/vcfg/pending").exists()
    if number == signal.SIGKILL:
        assert list(box.root.rglob(".vcfg-stage"))
    final = before if follow == "other" else middle.replace("sleep 9", "true")
    assert box.run(final, SKIP, "--lock-wait=10").code == 0
    assert not list(box.root.rglob(".vcfg-stage"))
    assert not (box.root / "var/lib/vcfg/pending").exists()
    etc = {path for path in tree(box.root) if path.startswith("etc/") and path.count("/") == 2}
    wanted = {f"etc/{d}/old" for d in "abc"} if follow == "other" else {p[1:] for p in files}
    assert etc == wanted
    assert box.run(final, SKIP).out == "nothing to do\n"


def test_torn_temporary_files_are_cleared_away(box: Box) -> None:
    script = script_of({"files": {"/etc/x": {"text": "x"}}})
    assert box.run(script, SKIP).code == 0
    before = tree(box.root)
    for name in ("state.tmp", "pending.tmp"):
        (box.root / "var/lib/vcfg" / name).write_text("vcfg-jour")
    assert box.run(script, SKIP, "--check").code == 2
    assert box.run(script, SKIP).code == 0
    assert tree(box.root) == before
