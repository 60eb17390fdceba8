"""`--report` and the log: valid lines whatever the names, in every outcome, without secrets."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from .box import SHELLS, script_of, tree

if TYPE_CHECKING:
    from .box import Box, Ran

SKIP = "--ownership=skip"
SCHEMA = json.loads(
    (Path(__file__).parents[2] / "spec/report.schema.json").read_text(encoding="utf-8")
)
NAMES = (
    'quote " \\ back',
    "se\u00f1or \u20ac \U0001f980",
    "brackets ]^[ $x `y`",
    "-n",
    "\u0430" * 120,
)
HOSTILE = script_of(
    {
        "files": {f"/etc/{name}": {"text": f"{name}\n"} for name in NAMES},
        "snippets": {
            "late": {"text": "true\n", "description": 'a "b" \\'},
            "bad": {"text": "exit 9\n", "phase": "post", "on-failure": "continue"},
        },
    }
)
SIMPLE = script_of({"files": {"/etc/one": {"text": "1\n"}}})


def report_of(box: Box, script: str, *words: str, **more: str) -> tuple[Ran, list[dict[str, Any]]]:
    """A run with a report inside the root, and the lines of it, each of them valid."""
    path = box.root / "report"
    ran = box.run(script, f"--report={path}", *words, **more)
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    path.unlink()
    for line in lines:
        jsonschema.validate(line, SCHEMA)
    assert (lines[0]["event"], lines[-1]["event"]) == ("start", "end")
    assert lines[-1]["code"] == ran.code
    for event, count in (("change", "changes"), ("difference", "differences")):
        assert len([line for line in lines if line["event"] == event]) == lines[-1][count]
    return ran, lines


@pytest.mark.parametrize("shell", SHELLS)
def test_hostile_names(box: Box, shell: tuple[str, ...]) -> None:
    box.shell = shell
    ran, lines = report_of(box, HOSTILE, SKIP)
    assert ran.code == 6
    made = [line["path"] for line in lines if line.get("action") == "create"]
    assert sorted(made) == sorted(f"/etc/{name}" for name in NAMES)
    ran_snippets = {line["name"]: line["code"] for line in lines if line["event"] == "snippet"}
    assert ran_snippets == {"late": 0, "bad": 9}
    assert lines[-1]["failures"] == 1
    assert "something failed" in lines[-1]["text"]


WRONG = (
    b"\xff",
    b"\x80x",
    b"\xc3",
    b"\xc3\xc3\xb1",
    b"\xe0\x80\x80",
    b"\xed\xa0\x80",
    b"\xf0\x80\x80\x80",
    b"\xf4\x90\x80\x80",
    b"\xf5\x80",
    b"\xe2\x82",
    b"\x01\x1f\n\t\x10\x11",
)


@pytest.mark.parametrize("shell", [shell for shell in SHELLS if shell.id != "yash"])
def test_bytes_that_are_no_characters(box: Box, shell: tuple[str, ...]) -> None:
    """Links of others may lead anywhere; yash cannot hold such names."""
    (box.root / "etc").mkdir()
    places = []
    for at, name in enumerate(WRONG):
        target = b"a" + name + b"b"
        (box.root / "etc" / os.fsdecode(target)).write_text("a file\n")
        (box.root / f"etc/{at}").symlink_to(os.fsdecode(target))
        places.append("/etc/" + target.decode(errors="replace"))
    wanted = {"files": {f"/etc/{at}/x": {"text": "x"} for at in range(len(WRONG))}}
    path = box.script(script_of(wanted))
    report = box.root / "report"
    words = f"{' '.join(shell)} {path} --root={box.root} --report={report} {SKIP} 2>/dev/null"
    assert box.command("sh", "-c", words).code == 4
    lines = [json.loads(line) for line in report.read_bytes().decode().splitlines()]
    told = " ".join(line["text"] for line in lines if line["event"] == "refusal")
    for place in places:
        assert f"{place} is in the way" in told


OUTCOMES: dict[str, tuple[list[str], int]] = {
    "a look": (["--check", SKIP], 2),
    "a difference": (["--diff", SKIP], 2),
    "nothing recorded": (["--verify"], 3),
    "no generation": (["--rollback"], 3),
    "nothing to remove": (["--uninstall"], 0),
    "two targets": (["--inside"], 64),
}


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_every_outcome_is_told(box: Box, outcome: str) -> None:
    words, code = OUTCOMES[outcome]
    if code == 64:
        ran = box.run(SIMPLE, f"--report={box.root / 'report'}", *words)
        assert ran.code == 64
        return
    ran, lines = report_of(box, SIMPLE, *words)
    assert ran.code == code
    assert [line["path"] for line in lines if "path" in line] == (
        ["/etc", "/etc/one"] if code == 2 else []
    )
    assert bool(lines[-1]["text"]) == (code == 3)


def test_refusals_and_differences(box: Box) -> None:
    (box.root / "etc/one").mkdir(parents=True)
    ran, lines = report_of(box, SIMPLE, SKIP)
    assert ran.code == 4
    assert [line for line in lines if line["event"] == "refusal"] == [
        {"event": "refusal", "code": 4, "text": "/etc/one is there and is a directory"}
    ]
    (box.root / "etc/one").rmdir()
    assert report_of(box, SIMPLE, SKIP)[0].code == 0
    assert report_of(box, SIMPLE, SKIP)[1][-1]["changes"] == 0
    (box.root / "etc/one").unlink()
    ran, lines = report_of(box, SIMPLE, "--verify")
    assert [line["text"] for line in lines if line["event"] == "difference"] == [
        "missing: /etc/one"
    ]


def test_a_run_back_is_one(box: Box) -> None:
    """The earlier script writes the report of its run."""
    other = script_of({"files": {"/etc/two": {"text": "2\n"}}}).replace("0123abcd", "4567cdef")
    assert box.run(SIMPLE, SKIP).code == 0
    assert box.run(other, SKIP).code == 0
    ran, lines = report_of(box, other, "--rollback", SKIP)
    assert ran.code == 0
    assert (lines[0]["do"], lines[0]["input"]) == ("rollback", "0123abcd")


@pytest.mark.parametrize("place", ["/etc/no-such-directory/report", "/etc"])
def test_a_report_that_cannot_be_written(box: Box, place: str) -> None:
    ran = box.run(SIMPLE, SKIP, f"--report={place}")
    assert ran.code == 3
    assert f"the report cannot be written: {place}" in ran.err
    assert tree(box.root) == {}
    assert box.run(SIMPLE, SKIP, "--report=").code == 64


@pytest.mark.parametrize("shell", SHELLS)
def test_a_report_in_the_place_of_something_else(box: Box, shell: tuple[str, ...]) -> None:
    """What the run writes itself, and a pipe, for whose reader a shell would wait for ever."""
    box.shell = shell
    (box.root / "etc").mkdir()
    (box.root / "alias").symlink_to("etc")
    (box.root / "etc/one").write_text("theirs\n")
    os.mkfifo(box.root / "pipe")
    before = tree(box.root)
    cases = [
        ("etc/one", "which belongs to this configuration"),
        ("alias/one", "which belongs to this configuration"),
        ("pipe", "which is no file"),
    ]
    for place, why in cases:
        path = box.root / place
        for words in ([f"--root={box.root}"], ["--root=root"]):
            # from the folder in which the root lies, too
            call = ["sh", "-c", f'cd "{box.folder}"; exec "$@"', "sh", "timeout", "20", *shell]
            ran = box.command(*call, box.script(SIMPLE), *words, SKIP, f"--report={path}")
            assert ran.code == 3, ran.err
            assert f"the report cannot be written: {path}, {why}; nothing was changed" in ran.err
    assert tree(box.root) == before
    assert box.run(SIMPLE, SKIP).code == 0
    state = box.root / "var/lib/vcfg/state"
    text = state.read_text()
    assert "belongs to what is recorded" in box.run(SIMPLE, SKIP, f"--report={state}").err
    assert state.read_text() == text


@pytest.mark.parametrize("shell", SHELLS)
def test_a_report_on_a_stream(box: Box, shell: tuple[str, ...]) -> None:
    """Of a pipe somebody reads; a device that takes all is as good as a file."""
    box.shell = shell
    ran = box.run(SIMPLE, SKIP, "--quiet", "--report=/dev/stdout")
    assert ran.code == 0, ran.err
    events = [json.loads(line)["event"] for line in ran.out.splitlines()]
    assert (events[0], events[-1]) == ("start", "end")
    assert box.run(SIMPLE, SKIP, "--report=/dev/null").out == "nothing to do\n"


def test_no_secret_is_told(box: Box) -> None:
    wanted = {
        "files": {"/etc/key": {"text": {"secret": {"command": ["echo", "hush, hush"]}}}},
    }
    for words in (["--diff"], [], ["--verify"], ["--uninstall"]):
        path = box.root / "report"
        box.run(script_of(wanted), SKIP, f"--report={path}", *words)
        assert "hush, hush" not in path.read_text().replace("echo hush, hush", "")
        path.unlink()


def test_live_runs_are_logged(box: Box) -> None:
    """Two files at most, the older one of what would be too long; images have none."""
    box.script(SIMPLE)
    box.script(script_of({}), "empty")
    log = box.root / "var/lib/vcfg/log"
    assert box.inside("sh", "/in/activate", "--inside", SKIP).code == 0
    assert not log.exists()
    assert box.inside("sh", "/in/empty", "--live", SKIP).code == 0
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    for line in lines:
        jsonschema.validate(line, SCHEMA)
    assert [line["event"] for line in lines] == ["start", "change", "change", "end"]
    assert log.stat().st_mode & 0o777 == 0o600
    size = log.stat().st_size
    assert box.inside("sh", "/in/empty", "--live", SKIP).code == 0
    assert box.inside("sh", "/in/empty", "--live", "--check", SKIP).code == 0
    assert log.stat().st_size == size
    log.write_text("x" * 300_000)
    assert box.inside("sh", "/in/activate", "--live", SKIP).code == 0
    assert log.stat().st_size < 2000
    assert log.with_name("log.old").stat().st_size == 300_000
    assert box.inside("sh", "/in/activate", "--live", "--uninstall", SKIP).code == 0
    assert not log.parent.exists()
