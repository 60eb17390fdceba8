"""A command that is ended, or whose output nobody takes: nothing is left half done."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from evaluator.cli.shares import Child

if TYPE_CHECKING:
    from tests.conftest import RunVcfg

ROOT = Path(__file__).resolve().parent.parent
VCFG = [sys.executable, "-m", "evaluator"]
# What a shell starts in the background, these tests perhaps, ignores SIGINT, and so would it all.
HEARING = ["env", "--default-signal=HUP,INT,TERM"]
FLEET = """\
import "etc.vcfg"
for number in 1..400 { host "h#{number}" { etc.files.motd.text = "#{key}\\n" } }
"""


@pytest.fixture
def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def started(folder: Path, environment: dict[str, str]) -> subprocess.Popen[str]:
    """A build of many hosts that is in the midst of writing, in a session of its own."""
    (folder / "fleet.vcfg").write_text(FLEET)
    building = subprocess.Popen(
        [*HEARING, *VCFG, "build", "fleet.vcfg", "-o", "out"],
        cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    end = time.monotonic() + 60
    while not (folder / "out" / "h150").exists() and time.monotonic() < end:
        time.sleep(0.001)
    return building


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_build_that_is_told_to_end(
    number: signal.Signals, status: int, tmp_path: Path, environment: dict[str, str]
) -> None:
    building = started(tmp_path, environment)
    building.send_signal(number)
    _out, said = building.communicate(timeout=60)
    assert building.returncode == status, said
    assert said == ("vcfg: interrupted\n" if number == signal.SIGINT else "")
    written = [each.name for each in (tmp_path / "out").rglob("*") if each.is_file()]
    assert not [name for name in written if name.startswith(".")]
    assert subprocess.run(["pgrep", "-s", str(building.pid)], check=False).returncode == 1


def test_a_signal_that_is_ignored_stays_so(tmp_path: Path, environment: dict[str, str]) -> None:
    (tmp_path / "fleet.vcfg").write_text(FLEET)
    building = subprocess.Popen(
        ["nohup", *VCFG, "build", "fleet.vcfg", "-o", "out"],
        cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    while not (tmp_path / "out" / "h150").exists() and building.poll() is None:
        time.sleep(0.001)
    building.send_signal(signal.SIGHUP)
    assert building.wait(timeout=60) == 0


def test_a_share_that_was_heard_of_is_ended_once() -> None:
    """As where the interruption came in the moment in which its answer was read."""
    child = Child.__new__(Child)
    number = os.fork()
    if not number:
        os._exit(0)
    os.waitpid(number, 0)
    child._number, child._pipe = number, -1
    child.end()
    assert child._number == 0


@pytest.mark.parametrize("words", ["--help", "check --help", "help eval"])
def test_help_that_nobody_takes(words: str, environment: dict[str, str], tmp_path: Path) -> None:
    for output, status, said in [
        (">/dev/full", 2, "vcfg: standard output cannot be written: no space left on device\n"),
        (">&-", 0, ""),
    ]:
        ran = subprocess.run(
            ["sh", "-c", f'"$@" {words} {output}', "sh", *VCFG],
            cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (ran.returncode, ran.stdout, ran.stderr) == (status, "", said)
    command = f'"$@" {words} | true; echo ${{PIPESTATUS[0]}}'
    ran = subprocess.run(
        ["bash", "-c", command, "bash", *VCFG],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (ran.stdout, ran.stderr) in [("141\n", ""), ("0\n", "")]


def test_words_that_nobody_takes(environment: dict[str, str], tmp_path: Path) -> None:
    """Standard error is full, too: the exit code is what is left to speak."""
    (tmp_path / "a.vcfg").write_text('import "etc.vcfg"\netc.files.a.text = ""\n')
    command = [*VCFG, "build", "a.vcfg", "-o", "out"]
    for status in (0, 2):  # the second time it says that nothing changed
        ran = subprocess.run(
            ["sh", "-c", '"$@" 2>/dev/full', "sh", *command],
            cwd=tmp_path, env=environment, capture_output=True, check=False,
        )  # fmt: skip
        assert ran.returncode == status


@pytest.mark.parametrize("place", ["file", "file/below", "link"])
def test_an_output_that_is_no_folder(place: str, vcfg: RunVcfg, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine\n")
    (tmp_path / "link").symlink_to("nowhere")
    (tmp_path / "a.vcfg").write_text('import "etc.vcfg"\n')
    ran = vcfg("build", tmp_path / "a.vcfg", "-o", tmp_path / place)
    assert (ran.status, ran.out) == (2, "")
    said = f"`{tmp_path / place}` cannot be written: it is no folder, or lies in none"
    assert ran.err == f"vcfg: {said}\n"


def test_a_name_of_a_file_that_is_no_text(tmp_path: Path, environment: dict[str, str]) -> None:
    main = os.fsencode(tmp_path) + b"/a\xff.vcfg"
    with open(main, "w", encoding="utf-8") as stream:
        stream.write('import "etc.vcfg"\netc.files.motd.text = ""\n')
    ran = subprocess.run(
        [*VCFG, "build", main, "-o", "out"],
        cwd=tmp_path, env=environment, capture_output=True, check=False,
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert "a\\\\udcff.vcfg" in (tmp_path / "out" / "plan.json").read_text(encoding="utf-8")


def test_a_definition_of_the_command_line_that_is_no_text(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    (tmp_path / "a.vcfg").write_text('option a: string = ""\n')
    ran = subprocess.run(
        [*VCFG, "eval", "a.vcfg", "--set", b"a=\xff"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == "vcfg: --set takes UTF-8 text, and `a=\\udcff` is none\n"


def test_a_pipe_that_a_configuration_names(vcfg: RunVcfg, tmp_path: Path) -> None:
    """Nobody may write to it, and who did would be heard once."""
    os.mkfifo(tmp_path / "pipe.vcfg")
    os.mkfifo(tmp_path / "pipe.json")
    main = tmp_path / "main.vcfg"
    for text in (
        'import "./pipe.vcfg"\n',
        'import "./pipe.json" as data\n',
        'option a: string = file("./pipe.vcfg")\n',
    ):
        main.write_text(text)
        ran = vcfg("check", "--errors=concise", main)
        assert ran.status == 1
        assert "it is a pipe, which only the command line may name" in ran.out
