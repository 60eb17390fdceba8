"""How far a command has come is told on a terminal, and nowhere else; nothing of it stays."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

COUNT = 8
HOSTS = "option x: int = 0\nassert config.x != 3\n" + "".join(
    [f"host h{each} {{ x = {each} }}\n" for each in range(COUNT)]
)
# Hosts that take their time, on two cores, and a second that is shorter or is none at all.
DRIVER = """
import sys, time
from evaluator.cli import app, progress, shares
from evaluator.evaluation import export
from evaluator.fleet import turns
usual = export.export
def slow(*arguments):
    time.sleep({pause})
    return usual(*arguments)
export.export = slow
progress.DELAY, progress.PAUSE = {delay}, 0.01
shares.LEAST, shares.cores = 1, lambda: {cores}
turns.LEAST = {count} + 1
sys.exit(app.run(sys.argv[1:]))
"""


class Told:
    """What stood on the terminal, and what went to standard output where that was no terminal."""

    def __init__(self, terminal: bytes, output: bytes) -> None:
        self.terminal = terminal.decode()
        self.output = output.decode()

    def lines(self) -> list[str]:
        """What was written over, one after the other."""
        return [each for each in self.terminal.split("\r") if each.endswith("hosts")]


def run(
    folder: Path,
    *words: str,
    text: str = HOSTS,
    pause: float = 0.08,
    delay: float = 0.02,
    cores: int = 2,
    output: int | None = None,
    environment: dict[str, str] | None = None,
) -> Told:
    """One command whose standard error is a terminal, and its standard output unless told."""
    (folder / "main.vcfg").write_text(text)
    ours, theirs = pty.openpty()
    driver = DRIVER.format(pause=pause, delay=delay, cores=cores, count=COUNT)
    usual = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    process = subprocess.Popen(
        [sys.executable, "-c", driver, *words],
        cwd=folder,
        env={**usual, "TERM": "xterm", "PYTHONPATH": os.getcwd(), **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=theirs if output is None else output,
        stderr=theirs,
    )
    os.close(theirs)
    seen = b""
    try:
        while data := os.read(ours, 4096):
            seen += data
    except OSError:  # the terminal of a process that is gone
        process.wait(60)
    finally:
        os.close(ours)
    out, _ = process.communicate(timeout=60)
    return Told(seen, out or b"")


@pytest.mark.parametrize("cores", [1, 2])
@pytest.mark.parametrize("verb", ["eval", "check", "build"])
def test_hosts_of_all_processes_are_counted(verb: str, cores: int, tmp_path: Path) -> None:
    more = ["-o", "out"] if verb == "build" else []
    told = run(tmp_path, verb, "main.vcfg", *more, cores=cores)
    lines = told.lines()
    counts = [int(line.split()[0]) for line in lines]
    assert lines[0].endswith(f" of {COUNT} hosts")
    assert counts == sorted(counts)
    assert len(set(counts)) > 2
    assert counts[-1] >= COUNT - cores


@pytest.mark.parametrize("verb", ["eval", "check"])
def test_the_line_is_wiped_before_anything_is_told(verb: str, tmp_path: Path) -> None:
    told = run(tmp_path, verb, "main.vcfg")
    before, _, after = told.terminal.partition("\r" + " " * len(f"0 of {COUNT} hosts") + "\r")
    assert "hosts" in before
    assert "error" not in before
    assert " hosts" not in after
    assert "error[assertion-failed]" in after.splitlines()[0]


def test_who_is_quick_says_nothing(tmp_path: Path) -> None:
    text = HOSTS.replace("assert config.x != 3\n", "")
    told = run(tmp_path, "check", "main.vcfg", text=text, pause=0.0, delay=5.0)
    assert told.terminal == "1 file, 1 module: no errors\r\n"


@pytest.mark.parametrize("environment", [{"TERM": "dumb"}, {"TERM": ""}, {"NO_COLOR": "1"}])
def test_terminals_that_cannot_write_over(environment: dict[str, str], tmp_path: Path) -> None:
    told = run(tmp_path, "eval", "main.vcfg", environment=environment)
    assert "\r " not in told.terminal
    assert told.lines() == []


def test_other_readers(tmp_path: Path) -> None:
    """Who reads findings as data, or the answer through a pipe, sees no line; a file is fine."""
    assert run(tmp_path, "eval", "main.vcfg", "--errors", "json").lines() == []
    assert run(tmp_path, "eval", "main.vcfg", output=subprocess.PIPE).lines() == []
    assert run(tmp_path, "eval", "main.vcfg", output=subprocess.DEVNULL).lines() != []


def test_what_one_process_does_over_is_counted_once(tmp_path: Path) -> None:
    """Hosts that read what has no value: the others' work is not taken."""
    text = HOSTS + "host h0 { x = hosts.h7.x }\nhost h7 { force x = config.none }\n"
    told = run(tmp_path, "check", "main.vcfg", text=text)
    counts = [int(line.split()[0]) for line in told.lines()]
    assert max(counts) <= COUNT
    assert "error[" in told.terminal
