"""Pages of the specification read as tests: headings, blocks of code, expectations.

A heading starts a test; a block outside any fence is known by the words after the fence:

- `vcfg`: a part of the test's main file (several are joined), `vcfg NAME.vcfg` another file;
- `vcfg formatted`: what `vcfg fmt` makes of the `vcfg` block before it;
- `vcfg parse`: text that is only parsed, `vcfg error` and `vcfg test-error`: see the pages of
  the codes;
- `json file=NAME.json`, and so for `yaml` and `toml`: a data file;
- `json PATH`: what `vcfg eval main.vcfg PATH` prints, without a path the whole configuration;
- `diagnostic`: all findings of `vcfg check` in the text form;
- `console`: commands after `$ ` (`vcfg`, or `cat` of a file it wrote) with their output,
  `[1]` on a line of its own for an exit code.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

FENCE = re.compile(r"^(```+)([a-z]*) ?([^`\n]*)\n(.*?)^\1$\n?", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
COMMENT = re.compile(r"# (?=(?:error|warning): \[)(.*)")
EXPECTED = re.compile(r'(error|warning): \[([a-z-]+)\](?: "([^"]*)")?')
SPEC = Path(__file__).resolve().parent.parent / "spec"


class Block(NamedTuple):
    """One fenced block: its language, what else the fence says, its text, where it stands."""

    language: str
    info: str
    text: str
    start: int

    def is_main(self) -> bool:
        return self.language == "vcfg" and not self.info

    def file_name(self) -> str | None:
        """Name of the file the block is, if it is one of its own."""
        if self.language == "vcfg":
            return self.info if self.info.endswith(".vcfg") else None
        return self.info[5:] if self.info.startswith("file=") else None


class Case(NamedTuple):
    """What stands below one heading."""

    page: Path
    title: str
    line: int
    blocks: tuple[Block, ...]

    def main(self) -> str:
        """Text of the main file."""
        return "\n".join([block.text for block in self.blocks if block.is_main()])

    def files(self) -> dict[str, str]:
        """Every file of the test by name; `main.vcfg` if there is a block without a name."""
        found = {name: block.text for block in self.blocks if (name := block.file_name())}
        if self.main():
            found["main.vcfg"] = self.main()
        return found


class Expected(NamedTuple):
    """One finding that a comment announces."""

    file: str
    line: int
    severity: str
    code: str
    fragment: str


def cases(page: Path) -> list[Case]:
    """The tests of a page: its headings that have blocks."""
    return read_cases(page, page.read_text(encoding="utf-8"))


def read_cases(page: Path, text: str) -> list[Case]:
    """As `cases`, of a text that need not lie there."""
    blocks = [
        Block(each[2], each[3].strip(), each[4], each.start(4)) for each in FENCE.finditer(text)
    ]
    hidden = FENCE.sub(lambda each: re.sub("[^\n]", " ", each[0]), text)
    headings = [(each.start(), each[1]) for each in HEADING.finditer(hidden)]
    found = []
    for at, (start, title) in enumerate(headings):
        end = headings[at + 1][0] if at + 1 < len(headings) else len(text)
        inside = tuple(block for block in blocks if start < block.start < end)
        if inside:
            found.append(Case(page, title.strip(), text.count("\n", 0, start) + 1, inside))
    return found


def expected(files: dict[str, str]) -> list[Expected]:
    """Findings that comments announce: on their line, or on the next if they stand alone."""
    found = []
    for name, text in files.items():
        lines = text.split("\n")
        for at, line in enumerate(lines):
            comment = COMMENT.search(line)
            for severity, code, fragment in EXPECTED.findall(comment[1] if comment else ""):
                target = at
                while lines[target].lstrip().startswith("#"):
                    target += 1
                found.append(Expected(name, target + 1, severity, code, fragment))
    return found


def rewrite(case: Case, answers: dict[int, str]) -> None:
    """Put new texts into the blocks of a test, by their number; the page keeps all else."""
    page = case.page.read_text(encoding="utf-8")
    now = next(each for each in cases(case.page) if each.title == case.title)
    for number in sorted(answers, reverse=True):
        block = now.blocks[number]
        end = block.start + len(block.text)
        page = page[: block.start] + answers[number] + page[end:]
    case.page.write_text(page, encoding="utf-8")
