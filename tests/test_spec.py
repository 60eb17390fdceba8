"""The specification, executed: its chapters, and the pages of the codes.

How blocks are read is said in `spec_pages.py` and in `spec/README.md`. `--update` writes
`json`, `diagnostic` and `console` blocks as the program now answers.
"""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from evaluator.diagnostics.codes import CODES
from evaluator.diagnostics.model import Sink
from evaluator.source import Source
from evaluator.syntax.parse import parse
from tests.spec_pages import SPEC, cases, expected, read_cases, rewrite

if TYPE_CHECKING:
    from tests.conftest import RunVcfg
    from tests.spec_pages import Block, Case, Expected

Finding = dict[str, Any]
KINDS = {
    "nix",
    "scheme",
    "vcfg",
    "json",
    "yaml",
    "toml",
    "diagnostic",
    "console",
    "text",
    "sh",
    "ebnf",
}
CHAPTERS = [page for page in sorted(SPEC.glob("*.md")) if page.name != "internals.md"]
CHAPTERS += sorted(SPEC.glob("builders/*.md"))
CHAPTERS += [SPEC / "activation" / "accounts.md"]
TESTS = re.compile("^test ", re.MULTILINE)


def chapter_cases() -> list[object]:
    return [
        pytest.param(case, id=f"{page.stem}-{case.title}".replace(" ", "-"))
        for page in CHAPTERS
        for case in cases(page)
    ]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder a test's files lie in, which commands are run from."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("case", chapter_cases())
def test_what_a_chapter_shows_is_what_happens(
    case: Case, vcfg: RunVcfg, folder: Path, pytestconfig: pytest.Config
) -> None:
    answers = answers_of(case, vcfg, folder)
    stale = {at: text for at, text in answers.items() if case.blocks[at].text != text}
    if stale and pytestconfig.getoption("--update"):
        rewrite(case, stale)
        stale = {}
    wrong = [
        f"this block:\n{case.blocks[at].text}should now be:\n{text}" for at, text in stale.items()
    ]
    wrong += complaints(case, vcfg)
    if wrong:
        pytest.fail("\n".join([f"{case.page}:{case.line}: {case.title}", *wrong]), pytrace=False)


def answers_of(case: Case, vcfg: RunVcfg, folder: Path) -> dict[int, str]:
    """What the program says where the page shows what it says; writes the test's files."""
    files = case.files()
    for name, text in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    main = main_file(case)
    found: dict[int, str] = {}
    for at, block in enumerate(case.blocks):
        if block.language == "json" and not block.file_name():
            ran = vcfg("eval", main, *asked(block.info))
            found[at] = same_layout(block.text, ran.out) if ran.status == 0 else ran.err
        elif block.info == "formatted":
            found[at] = vcfg("fmt", "-", stdin=case.blocks[at - 1].text).out
        elif block.language == "diagnostic":
            found[at] = vcfg("check", main).out
        elif block.language == "console":
            found[at] = "".join([answer(line, vcfg) for line in commands(block)])
    return found


def asked(info: str) -> list[str]:
    """What stands after `json`: a path, or words of the command line that begin with `--`."""
    return shlex.split(info) if info.startswith("--") else info.split(maxsplit=0)


def main_file(case: Case) -> str:
    """The file a test is about: the unnamed one, else the last."""
    files = [name for name in case.files() if name.endswith(".vcfg")]
    return "main.vcfg" if "main.vcfg" in files or not files else files[-1]


def same_layout(shown: str, printed: str) -> str:
    """The shown text if it is the same value, however it is laid out; else what was printed."""
    try:
        return shown if json.loads(shown) == json.loads(printed) else printed
    except ValueError:
        return printed


def commands(block: Block) -> list[str]:
    return [line for line in block.text.splitlines() if line.startswith("$ ")]


def answer(line: str, vcfg: RunVcfg) -> str:
    """A command with everything it prints, and its exit code if that is not 0."""
    text, _pipe, stdin = line[2:].partition(" <<< ")
    program, *words = shlex.split(text)
    if program == "cat":
        return f"{line}\n{Path(*words).read_text(encoding='utf-8')}"
    assert program == "vcfg"
    ran = vcfg(*words, stdin="".join(shlex.split(stdin)))
    status = f"[{ran.status}]\n" if ran.status else ""
    return f"{line}\n{ran.out}{ran.err}{status}"


def complaints(case: Case, vcfg: RunVcfg) -> list[str]:
    """What is wrong with a page's configurations: findings nobody announced, and the reverse."""
    wrong = [
        f"what is a block marked `{block.language} {block.info}`?"
        for block in case.blocks
        if block.language not in KINDS
        or (block.language == "vcfg" and block.info and not block.file_name()
            and block.info not in ("parse", "formatted"))
    ]  # fmt: skip
    wrong += [word for block in case.blocks if block.info == "parse" for word in unparsed(block)]
    files = case.files()
    announced = expected(files)
    free = any(block.language in ("diagnostic", "console") for block in case.blocks)
    seen: list[Finding] = []
    modules = [name for name in files if name.endswith(".vcfg")]
    for name in ["main.vcfg"] if "main.vcfg" in files else modules:
        for finding in findings(name, files[name], vcfg):
            if finding not in seen:
                seen.append(finding)
    for finding in seen:
        match = next((each for each in announced if meets(finding, each)), None)
        if match is not None:
            announced.remove(match)
        elif not free or announced:
            wrong.append(f"nobody announced {in_words(finding)}")
    wrong += [
        f"{each.file}:{each.line}: {each.severity} [{each.code}] {each.fragment!r} did not happen"
        for each in announced
    ]
    return wrong


def unparsed(block: Block) -> list[str]:
    sink = Sink()
    parse(Source("block", "block", block.text), sink)
    return [f"does not parse: {finding.message}\n{block.text}" for finding in sink.diagnostics]


def findings(name: str, text: str, vcfg: RunVcfg) -> list[Finding]:
    """What `vcfg check` finds in a file, and `vcfg test` if the file has tests."""
    ran = vcfg("check", name, "--errors", "json")
    found: list[Finding] = json.loads(ran.out)["diagnostics"]
    assert ran.status == int(any(each["severity"] == "error" for each in found))
    if TESTS.search(text):
        ran = vcfg("test", name, "--errors", "json")
        found += json.loads(ran.err)["diagnostics"]
    return found


def primary(finding: Finding) -> tuple[str, int]:
    """File and line a finding points at; empty if it points nowhere."""
    for label in finding["labels"]:
        if label["primary"]:
            return label["file"], label["start"]["line"]
    return "", 0


def meets(finding: Finding, announced: Expected) -> bool:
    """Whether a finding is the announced one; the words may stand in any of its parts."""
    words = [finding["message"], *[label["text"] for label in finding["labels"]]]
    words += [*finding["notes"], *[each["text"] for each in finding["help"]]]
    return (
        primary(finding) == (announced.file, announced.line)
        and finding["severity"] == announced.severity
        and finding["code"] == announced.code
        and any(announced.fragment in each for each in words)
    )


def in_words(finding: Finding) -> str:
    file, line = primary(finding)
    return f"{file}:{line}: {finding['severity']} [{finding['code']}] {finding['message']}"


# The pages of the codes


class Example(NamedTuple):
    """One configuration of a page; `kind` is `error`, `test-error` or empty."""

    code: str
    kind: str
    text: str
    files: dict[str, str]


def page_blocks(code: str) -> list[Block]:
    return [block for case in cases(SPEC / "errors" / f"{code}.md") for block in case.blocks]


def examples() -> list[object]:
    found: list[object] = []
    for page in sorted((SPEC / "errors").glob("*.md")):
        blocks = [block for case in cases(page) for block in case.blocks]
        files = {name: block.text for block in blocks if (name := block.file_name())}
        shown = [each for each in blocks if each.language == "vcfg" and not each.file_name()]
        for number, block in enumerate(shown, 1):
            example = Example(page.stem, block.info, block.text, files)
            found.append(pytest.param(example, id=f"{page.stem}-{number}"))
    return found


@pytest.mark.parametrize("example", examples())
def test_an_example_does_what_its_page_says(example: Example, vcfg: RunVcfg, folder: Path) -> None:
    for name, text in {**example.files, "main.vcfg": example.text}.items():
        (folder / name).write_text(text, encoding="utf-8")
    codes = {each["code"] for each in findings("main.vcfg", example.text, vcfg)}
    assert example.kind in ("", "error", "test-error")
    assert codes == ({example.code} if example.kind else set())


@pytest.mark.parametrize("code", CODES)
def test_a_page_shows_what_is_wrong_and_what_is_right(code: str) -> None:
    kinds = {block.info for block in page_blocks(code) if block.language == "vcfg"}
    assert "" in kinds
    assert kinds & {"error", "test-error"}


def test_every_page_is_about_a_code() -> None:
    pages = {page.stem for page in (SPEC / "errors").glob("*.md")}
    assert pages - {"README"} == set(CODES)
    readme = (SPEC / "errors" / "README.md").read_text(encoding="utf-8")
    assert [code for code in CODES if f"`{code}`" not in readme] == []


# The harness itself


def test_titles_are_unique_on_their_page() -> None:
    for page in CHAPTERS:
        titles = [case.title for case in cases(page)]
        assert len(titles) == len(set(titles)), page


WRONG = {
    "a finding nobody announced": "service s {}\ns.x = 1\n",
    "an announced finding that does not happen": "service s {}  # error: [cycle]\n",
    "another code": "service s {}\ns.x = 1  # error: [cycle]\n",
    "another line": "service s {}  # error: [unknown-option]\ns.x = 1\n",
    "other words": 'service s {}\ns.x = 1  # error: [unknown-option] "no such words"\n',
    "another severity": "service s {}\ns.x = 1  # warning: [unknown-option]\n",
}


@pytest.mark.parametrize("what", WRONG)
def test_a_page_that_is_wrong_is_found_out(what: str, vcfg: RunVcfg, folder: Path) -> None:
    (case,) = read_cases(Path("page.md"), f"# Title\n\n```vcfg\n{WRONG[what]}```\n")
    answers_of(case, vcfg, folder)
    assert complaints(case, vcfg)


def test_a_page_is_updated_in_place(vcfg: RunVcfg, folder: Path) -> None:
    page = folder / "page.md"
    page.write_text(
        "# Title\n\n```vcfg\noption a: int = 1\n```\n\n```json a\n2\n```\n\nEnd.\n",
        encoding="utf-8",
    )
    (case,) = cases(page)
    rewrite(case, answers_of(case, vcfg, folder))
    assert page.read_text(encoding="utf-8").endswith("```json a\n1\n```\n\nEnd.\n")
