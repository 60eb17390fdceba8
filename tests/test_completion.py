"""Shells offer what fits: asked through the shells themselves, without Typer being loaded."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from evaluator.cli.completion import complete, offers
from evaluator.cli.table import VERBS
from evaluator.diagnostics.codes import CODES
from evaluator.emit.builders import BUILDERS

if TYPE_CHECKING:
    from pathlib import Path

BASH = """\
source "$1"
COMP_WORDS=("${@:2}")
COMP_CWORD=$(($# - 2))
_vcfg_completion vcfg
printf '%s\\n' "${COMPREPLY[@]}"
"""
ZSH = """\
compdef() { :; }
_arguments() { print -r -- "$@"; }
_files() { print files; }
source $1
words=("${@:2}")
CURRENT=$(($# - 1))
_vcfg_completion
"""
FISH = """\
source $argv[1]
complete -C "$argv[2..]"
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `vcfg` as a command, and what makes each shell ask it."""
    folder = tmp_path_factory.mktemp("completion")
    program = folder / "vcfg"
    program.write_text(
        f"#!{sys.executable}\nfrom evaluator.cli.app import main\nmain()\n", encoding="utf-8"
    )
    program.chmod(0o755)
    for shell in ("bash", "zsh", "fish"):
        script = run(folder, [str(program)], _VCFG_COMPLETE=f"source_{shell}")
        (folder / f"script.{shell}").write_text(script)
    return folder


def run(folder: Path, words: list[str], **more: str) -> str:
    environment = {
        **os.environ,
        "PATH": f"{folder}:{os.environ['PATH']}",
        "PYTHONPATH": os.getcwd(),
        "HOME": str(folder),
        **more,
    }
    done = subprocess.run(
        words, env=environment, capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL
    )
    return done.stdout


def asked(place: Path, shell: str, *words: str) -> str:
    """What a shell was given to offer behind these words, the last of them begun."""
    program = {"bash": BASH, "zsh": ZSH, "fish": FISH}[shell]
    script = place / f"ask.{shell}"
    script.write_text(program)
    line = [" ".join(words)] if shell == "fish" else list(words)
    return run(place, [shell, str(script), str(place / f"script.{shell}"), *line])


SHELLS = [
    "bash",
    pytest.param("zsh", marks=pytest.mark.needs("zsh")),
    pytest.param("fish", marks=pytest.mark.needs("fish")),
]


@pytest.mark.parametrize("shell", SHELLS)
def test_shells_offer_verbs_options_and_values(place: Path, shell: str) -> None:
    assert "eval" in asked(place, shell, "vcfg", "ev")
    assert "check" not in asked(place, shell, "vcfg", "ev")
    options = asked(place, shell, "vcfg", "build", "--")
    assert all(name in options for name in ("--output", "--for", "--errors", "--help"))
    values = asked(place, shell, "vcfg", "eval", "--format", "")
    assert all(value in values for value in ("json", "text", "yaml", "toml"))


@pytest.mark.needs("zsh")
def test_zsh_is_told_of_files(place: Path) -> None:
    assert asked(place, "zsh", "vcfg", "eval", "ma") == "files\n"


@pytest.mark.needs("zsh")
def test_what_help_says_is_a_text_for_zsh(place: Path) -> None:
    said = asked(place, "zsh", "vcfg", "")
    for verb in VERBS.values():
        assert verb.help.replace(":", "\\\\:") in said.replace("\\`", "`")


def test_bash_takes_words_apart_at_the_equal_sign(place: Path) -> None:
    assert asked(place, "bash", "vcfg", "eval", "--format", "=", "t") == "text\ntoml\n"
    assert asked(place, "bash", "vcfg", "eval", "--format", "=").split()[0] == "json"


@pytest.mark.parametrize(
    ("earlier", "word", "wanted"),
    [
        ([], "b", ["build"]),
        ([], "--v", ["--version"]),
        (["help"], "fm", ["fmt"]),
        (["build", "x.vcfg", "--for"], "", list(BUILDERS)),
        (["build", "x.vcfg", "-o"], "", None),
        (["eval", "x.vcfg", "--host"], "", []),
        (["eval", "--format=j"], "", None),
        (["eval"], "--format=j", ["json"]),
        (["eval"], "--nothing=", []),
        (["check", "--"], "--f", None),
        (["check"], "--fi", ["--fix"]),
        (["nothing"], "", None),
        (["explain"], "type-", sorted(code for code in CODES if code.startswith("type-"))),
    ],
)
def test_what_may_stand_there(earlier: list[str], word: str, wanted: list[str] | None) -> None:
    found = offers(earlier, word)
    assert (None if found is None else [name for name, _ in found]) == wanted


def test_other_requests_are_left_to_typer(capsys: pytest.CaptureFixture[str]) -> None:
    assert complete({}) is None
    assert complete({"_VCFG_COMPLETE": "source_bash"}) is None
    assert complete({"_VCFG_COMPLETE": "complete_bash"}) == 0
    assert capsys.readouterr().out.split()[0] == "eval"


def test_typer_is_not_loaded(place: Path) -> None:
    program = (
        "import sys\nfrom evaluator.cli import app\nassert app.run([]) == 0\n"
        "print('typer' in sys.modules, 're' in sys.modules, file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", program],
        env={"_VCFG_COMPLETE": "complete_bash", "COMP_WORDS": "vcfg\ne", "COMP_CWORD": "1",
             "PYTHONPATH": os.getcwd()},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.split() == ["eval", "explain"]
    assert done.stderr.split() == ["False", "False"]
