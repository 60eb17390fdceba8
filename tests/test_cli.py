"""The contract of the command line: words, streams, exit codes, forms; cases as users see them.

A case is a folder below `cases/cli`: files, and `expect.txt` with the commands to run there
and what each of them answers. `--update` keeps the commands and writes the answers.
"""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema
import pytest
import yaml

import evaluator
from evaluator.cli.help import build_app
from evaluator.cli.table import VERBS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Ran, RunVcfg

ROOT = Path(__file__).resolve().parent.parent
CASES = ROOT / "tests" / "cases" / "cli"
SIX = CASES / "six-findings"
SIX_CODES = [
    "import-failed",
    "cycle",
    "unknown-option",
    "type-mismatch",
    "assertion-failed",
    "conflicting-definitions",
]
SIX_PLACES = [
    ("main.vcfg", 4, 8),
    ("main.vcfg", 13, 17),
    ("main.vcfg", 17, 1),
    ("main.vcfg", 18, 19),
    ("main.vcfg", 20, 8),
    ("other.vcfg", 3, 8),
]


def transcript(command: str, ran: Ran, folder: Path) -> str:
    """A command and its answer; folders that differ from machine to machine have names."""
    parts = []
    for title, text in (("stdout", ran.out), ("stderr", ran.err)):
        if text:
            answer = text.replace(str(folder), "FOLDER").replace(str(ROOT), "CHECKOUT")
            ending = "" if answer.endswith("\n") else "\n(no line end)\n"
            parts.append(f"--- {title}\n{answer}{ending}")
    return f"$ {command}\n--- exit {ran.status}\n{''.join(parts)}"


@pytest.mark.parametrize("folder", sorted(CASES.iterdir()), ids=lambda folder: folder.name)
def test_case(
    folder: Path,
    vcfg: RunVcfg,
    expect: Callable[[Path, str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    wanted = folder / "expect.txt"
    lines = wanted.read_text(encoding="utf-8").splitlines()
    commands = [line[2:] for line in lines if line.startswith("$ vcfg ")]
    assert commands
    answers = []
    for command in commands:
        words = re.findall(r"'[^']*'|\S+", command)[1:]
        answers.append(transcript(command, vcfg(*[word.strip("'") for word in words]), folder))
    expect(wanted, "\n".join(answers))


# Six mistakes in one run


@pytest.mark.parametrize("verb", ["check", "eval"])
def test_six_mistakes_in_text(verb: str, vcfg: RunVcfg, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(SIX)
    ran = vcfg(verb, "main.vcfg")
    said = ran.out if verb == "check" else ran.err
    assert ran.status == 1
    assert re.findall(r"^error\[(.*?)\]", said, re.MULTILINE) == SIX_CODES
    places = re.findall(r"^error.*\n *--> (.*):(\d+):(\d+)$", said, re.MULTILINE)
    assert [(file, int(line), int(column)) for file, line, column in places] == SIX_PLACES
    assert verb == "check" or ran.out == ""


@pytest.mark.parametrize("verb", ["check", "eval"])
def test_six_mistakes_in_concise(verb: str, vcfg: RunVcfg, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(SIX)
    ran = vcfg(verb, "main.vcfg", "--errors", "concise")
    said = ran.out if verb == "check" else ran.err
    assert ran.status == 1
    heads = [line.split(": ")[:2] for line in said.splitlines()]
    assert heads == [
        [f"{file}:{line}:{column}", f"error[{code}]"]
        for (file, line, column), code in zip(SIX_PLACES, SIX_CODES, strict=True)
    ]
    assert verb == "check" or ran.out == ""


@pytest.mark.parametrize("verb", ["check", "eval"])
def test_six_mistakes_in_json(verb: str, vcfg: RunVcfg, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(SIX)
    ran = vcfg(verb, "main.vcfg", "--errors=json")
    said = json.loads(ran.out if verb == "check" else ran.err)
    schema = json.loads((ROOT / "spec" / "diagnostics.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(said, schema)
    assert ran.status == 1
    found = said["diagnostics"]
    assert [each["code"] for each in found] == SIX_CODES
    starts = [
        (each["labels"][0]["file"], *[each["labels"][0]["start"][name] for name in NAMES])
        for each in found
    ]
    assert starts == SIX_PLACES
    assert verb == "check" or ran.out == ""


NAMES = ("line", "column")


@pytest.mark.parametrize("verb", ["check", "eval"])
def test_six_mistakes_for_github(verb: str, vcfg: RunVcfg, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(SIX)
    ran = vcfg(verb, "main.vcfg", "--errors", "github")
    said = ran.out if verb == "check" else ran.err
    assert ran.status == 1
    pattern = r"^::error file=(.*?),line=(\d+),.*?col=(\d+),.*title=(.*?)::"
    found = re.findall(pattern, said, re.MULTILINE)
    assert [(file, int(line), int(column)) for file, line, column, _ in found] == SIX_PLACES
    assert [code for *_place, code in found] == SIX_CODES
    assert verb == "check" or ran.out == ""


# One table, two readers


def test_help_lists_exactly_the_verbs(vcfg: RunVcfg) -> None:
    ran = vcfg("--help")
    listed = ran.out.partition("Commands:\n")[2]
    assert ran.status == 0
    assert re.findall(r"^  ([a-z]+)", listed, re.MULTILINE) == list(VERBS)
    assert {each.name for each in build_app().registered_commands} == set(VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_help_of_a_verb_lists_exactly_its_options(verb: str, vcfg: RunVcfg) -> None:
    ran = vcfg(verb, "--help")
    listed = ran.out.partition("Options:\n")[2]
    names = set(re.findall(r"^  (?:-\w, )?(--[a-z-]+)", listed, re.MULTILINE))
    assert ran.status == 0
    shown = names | set(re.findall(r"^  -\w, (--[a-z-]+)", listed, re.MULTILINE))
    assert shown - {"--help"} == {each.name for each in VERBS[verb].all_options()}
    arguments = ran.out.partition("Arguments:\n")[2].partition("\n\n")[0]
    assert re.findall(r"^  ([A-Z]+)", arguments, re.MULTILINE) == [
        each.name for each in VERBS[verb].arguments
    ]
    shorts = {each.short for each in VERBS[verb].all_options() if each.short}
    assert set(re.findall(r"(-[a-gi-z]), --", listed)) == shorts


def test_the_app_hands_its_words_to_the_same_verbs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.vcfg"
    file.write_text("option a: int = 1\n")
    words = ["eval", str(file), "a", "--set", "a=3", "--format", "text"]
    with pytest.raises(SystemExit) as left:
        build_app()(args=words, prog_name="vcfg")
    assert left.value.code == 0
    assert capsys.readouterr().out == "3\n"


def test_version(vcfg: RunVcfg) -> None:
    assert vcfg("--version") == (0, f"vcfg {evaluator.__version__}\n", "")


@pytest.mark.parametrize("words", [[], ["help"], ["-h"], ["help", "eval"], ["eval", "x", "-h"]])
def test_asking_for_help_is_fine(words: list[str], vcfg: RunVcfg) -> None:
    ran = vcfg(*words)
    assert ran.status == 0
    assert ran.out.startswith("Usage: vcfg")
    assert ran.err == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["evil", "a.vcfg"], "no verb `evil`; did you mean `vcfg eval`?"),
        (["frobnicate"], "no verb `frobnicate`; see `vcfg --help`"),
        (["eval", "a.vcfg", "--fromat", "json"], "--fromat; did you mean --format?"),
        (["eval", "a.vcfg", "-z"], "no option -z"),
        (["eval", "a.vcfg", "--format"], "--format needs a value"),
        (["eval", "a.vcfg", "--format", "xml"], "json, text, yaml, toml, not 'xml'"),
        (["eval", "a.vcfg", "--no-cache=yes"], "--no-cache takes no value"),
        (["eval"], "needs a FILE"),
        (["why", "a.vcfg"], "needs a PATH"),
        (["check"], "needs at least one FILE"),
        (["eval", "a.vcfg", "b", "c"], "too many words: c"),
        (["eval", "--", "a.vcfg", "--set", "x=1"], "too many words: x=1"),
        (["build", "a.vcfg"], "-o DIR"),
        (["build", "a.vcfg", "-o"], "needs a value"),
        (["build", "a.vcfg", "-o", ""], "-o DIR"),
        (["eval", "a.vcfg", "--set", "port"], "PATH=VALUE"),
        (["eval", "a.vcfg", "--set", "=1"], "PATH=VALUE"),
        (["eval", "a.vcfg", "--set", 'import "x" #=1'], "PATH=VALUE"),
        (["explain", "type-mismatsch"], "did you mean type-mismatch?"),
        (["explain", "conflicting"], "mean conflicting-definitions or conflicting-kinds?"),
        (["explain", "unlock"], "did you mean unlocked-account?"),
        (["explain", "a"], "`vcfg explain` lists all"),
        (["eval", "gone.vcfg"], "`gone.vcfg` cannot be read: no such file"),
        (["eval", "."], "it is a directory"),
        (["test", "gone.vcfg"], "there is no file gone.vcfg"),
    ],
    ids=" ".join,
)
def test_called_wrongly(
    words: list[str], said: str, vcfg: RunVcfg, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.vcfg").write_text("option a: int = 1\n")
    ran = vcfg(*words)
    assert ran.status == 2
    assert said in ran.err
    assert ran.out in ("", "0 tests passed, 0 failed\n", "0 passed, 0 failed\n")


def test_show_says_that_it_looked_at_the_library_only(vcfg: RunVcfg, tmp_path: Path) -> None:
    ran = vcfg("show", "chrony.sources")
    assert (ran.status, ran.out) == (1, "")
    assert "there is no `chrony` in the library" in ran.err
    assert "of a file of yours, `vcfg show FILE chrony.sources`" in ran.err
    main = tmp_path / "main.vcfg"
    main.write_text("option a: int = 1\n")
    ran = vcfg("show", main, "chrony.sources")
    assert "in this configuration" in ran.err
    assert "library" not in ran.err


@pytest.mark.parametrize(
    ("verb", "usage"),
    [("check", "FILE…"), ("show", "[FILE] PATH"), ("options", "[WORDS…]"), ("eval", "FILE [PATH]")],
)
def test_help_shows_what_is_taken_several_times(verb: str, usage: str, vcfg: RunVcfg) -> None:
    assert vcfg(verb, "--help").out.startswith(f"Usage: vcfg {verb} [OPTIONS] {usage}\n")


def test_check_of_several_files_reports_all_and_the_worst_exit(
    vcfg: RunVcfg, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("good.vcfg").write_text("option a: int = 1\n")
    Path("bad.vcfg").write_text("option a: int\na = true\n")
    assert vcfg("check", "good.vcfg") == (0, "", "1 file, 1 module: no errors\n")
    assert vcfg("check", "good.vcfg", "bad.vcfg").status == 1
    ran = vcfg("check", "gone.vcfg", "bad.vcfg", "--errors=concise")
    assert ran.status == 2
    assert "gone.vcfg" in ran.out
    assert "bad.vcfg:2:5" in ran.out


def test_words_after_two_dashes_are_files(
    vcfg: RunVcfg, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("-a.vcfg").write_text("option a: int = 1\n")
    assert vcfg("eval", "--", "-a.vcfg", "a") == (0, "1\n", "")


# Results

VALUES = """\
option text: string = "a \\"quoted\\" \\u{1F600} # : - word"
option lines: text = "one\\ntwo\\n"
option yes: string = "yes"
option number: string = "012"
option none: string?
none = null
option ratio: float = 1.5
option big: int = 9007199254740993
option flag: bool = true
option empty: list(int) = []
option words: list(string) = ["null", "~", "- x", ""]
option nested: list(list(int)) = [[1], [], [2, 3]]
option wait: duration = 90s
option room: size = 2MiB
option rights: mode = 0o640
record Pair { option left: int option right: map(string) = {} }
option pairs: map(Pair) = {}
pairs."a.b c".left = 1
pairs."a.b c".right = { "#" = "x", "1" = "y" }
pairs.plain.left = 2
option hollow: map(int) = {}
"""


def test_every_form_reads_back_as_the_same_data(vcfg: RunVcfg, tmp_path: Path) -> None:
    file = tmp_path / "values.vcfg"
    file.write_text(VALUES, encoding="utf-8")
    wanted = json.loads(vcfg("eval", file).out)
    assert wanted["wait"] == 90
    assert wanted["room"] == 2097152
    assert wanted["rights"] == "0640"
    assert yaml.safe_load(vcfg("eval", file, "--format", "yaml").out) == wanted
    without_null = {name: value for name, value in wanted.items() if value is not None}
    assert tomllib.loads(vcfg("eval", file, "--format=toml").out) == without_null
    text = vcfg("eval", file, "--format", "text").out
    assert 'pairs."a.b c".left = 1\n' in text
    assert 'yes = "yes"\n' in text


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("words[2]", "- x"),
        ("nested[2][1]", 3),
        ('pairs."a.b c".left', 1),
        ('pairs."a.b c".right."#"', "x"),
        ('pairs."plain"', {"left": 2, "right": {}}),
        ("hollow", {}),
        ("none", None),
    ],
)
def test_a_part_of_the_result(path: str, wanted: object, vcfg: RunVcfg, tmp_path: Path) -> None:
    file = tmp_path / "values.vcfg"
    file.write_text(VALUES, encoding="utf-8")
    ran = vcfg("eval", file, path)
    assert (ran.status, ran.err) == (0, "")
    assert json.loads(ran.out) == wanted


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("wrods", "did you mean `words`?"),
        ("pairs.plian.left", "did you mean `pairs.plain`?"),
        ("words[4]", "it has 4 elements"),
        ("words[-1]", "needs a number"),
        ("words[²]", "needs a number"),
        ("words[1", "needs a number"),
        ("flag[0]", "it is no list"),
        ("flag.x", "`flag` is a single value"),
        ("pairs.", "ends with a dot"),
        ("pairs..x", "a name is missing"),
        ('pairs."a', "a closing quote is missing"),
        ('pairs."a"b', "a dot is missing"),
        ("[0]", "begins with a name"),
    ],
)
@pytest.mark.parametrize("verb", ["eval", "why", "show"])
def test_a_part_that_is_not_there(
    verb: str, path: str, said: str, vcfg: RunVcfg, tmp_path: Path
) -> None:
    file = tmp_path / "values.vcfg"
    file.write_text(VALUES, encoding="utf-8")
    ran = vcfg(verb, file, path)
    assert (ran.status, ran.out) == (1, "")
    assert said in ran.err


@pytest.mark.parametrize(
    ("setting", "path", "wanted"),
    [
        ("text=plain words", "text", "plain words"),
        ('text="quoted"', "text", "quoted"),
        ("text=word", "text", "word"),
        ("text=#{x}", "text", "#{x}"),
        ('text=a "b" \\', "text", 'a "b" \\'),
        ("text=", "text", ""),
        ("flag=false", "flag", False),
        ("wait=2min", "wait", 120),
        ("empty=[1, 2]", "empty", [1, 2]),
        ('pairs."n.m".left=7', 'pairs."n.m".left', 7),
        ("pairs={ only = { left = 1 } }", "pairs", {"only": {"left": 1, "right": {}}}),
    ],
)
def test_set(setting: str, path: str, wanted: object, vcfg: RunVcfg, tmp_path: Path) -> None:
    file = tmp_path / "values.vcfg"
    file.write_text(VALUES, encoding="utf-8")
    ran = vcfg("eval", file, path, "--set", setting)
    assert (ran.status, ran.err) == (0, "")
    assert json.loads(ran.out) == wanted


def test_a_mistake_in_set_is_pointed_at(vcfg: RunVcfg, tmp_path: Path) -> None:
    file = tmp_path / "values.vcfg"
    file.write_text(VALUES, encoding="utf-8")
    ran = vcfg("eval", file, "--set", "ratoi=1")
    assert (ran.status, ran.out) == (1, "")
    assert "--set ratoi=1" in ran.err
    assert "did you mean `ratio`?" in ran.err


def test_standard_input(vcfg: RunVcfg, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("beside.vcfg").write_text("option a: int = 1\n")
    assert vcfg("eval", "-", "a", stdin='import "./beside.vcfg"\na = 2\n') == (0, "2\n", "")
    ran = vcfg("check", "-", stdin="a = \n")
    assert ran.status == 1
    assert "<standard input>:1:" in ran.out


# Color


@pytest.mark.parametrize(
    ("environment", "colored"),
    [
        ({}, False),
        ({"FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ({"FORCE_COLOR": ""}, False),
        ({"NO_COLOR": ""}, False),
    ],
)
def test_color(
    environment: dict[str, str], colored: bool, vcfg: RunVcfg, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(SIX)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert ("\x1b[" in vcfg("check", "main.vcfg").out) is colored
    assert "\x1b[" not in vcfg("check", "main.vcfg", "--errors", "json").out


def test_show_without_a_file_looks_into_the_library(vcfg: RunVcfg) -> None:
    ran = vcfg("show", "openssh.port-number")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith("openssh.port-number\n  type      int(1..65535)")
    assert "  value  " not in ran.out
    wrong = vcfg("show", "openssh.port-numbr")
    assert (wrong.status, wrong.out) == (1, "")
    assert "did you mean `openssh.port-number`?" in wrong.err
