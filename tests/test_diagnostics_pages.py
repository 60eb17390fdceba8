"""The examples on the pages of the codes: wrong ones raise their code, right ones nothing."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from evaluator.diagnostics.codes import CODES

if TYPE_CHECKING:
    from conftest import RunVcfg

PAGES = Path(__file__).resolve().parent.parent / "spec" / "errors"
BLOCK = re.compile(r"^```vcfg *([a-z-]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

WITHOUT_WRONG_EXAMPLE = {"read-only-option": "takes two files"}


class Example(NamedTuple):
    """One block of a page; `kind` is `error`, `test-error` or empty."""

    code: str
    kind: str
    text: str


def examples() -> list[object]:
    return [
        pytest.param(Example(path.stem, kind, text), id=f"{path.stem}-{number}")
        for path in sorted(PAGES.glob("*.md"))
        for number, (kind, text) in enumerate(BLOCK.findall(path.read_text(encoding="utf-8")), 1)
    ]


@pytest.mark.parametrize("example", examples())
def test_an_example_does_what_its_page_says(
    example: Example, vcfg: RunVcfg, tmp_path: Path
) -> None:
    file = tmp_path / "main.vcfg"
    file.write_text(example.text, encoding="utf-8")
    verb = "test" if re.search("^test ", example.text, re.MULTILINE) else "check"
    ran = vcfg(verb, file, "--errors", "json")
    findings = json.loads(ran.err if verb == "test" else ran.out)["diagnostics"]
    if example.kind:
        assert {finding["code"] for finding in findings} == {example.code}
        errors = any(finding["severity"] == "error" for finding in findings)
        assert ran.status == int(errors)
    else:
        assert findings == []
        assert ran.status == 0


@pytest.mark.parametrize("code", CODES)
def test_a_page_shows_what_is_wrong_and_what_is_right(code: str) -> None:
    kinds = {kind for kind, _ in BLOCK.findall((PAGES / f"{code}.md").read_text(encoding="utf-8"))}
    assert "" in kinds
    assert (code in WITHOUT_WRONG_EXAMPLE) != bool(kinds & {"error", "test-error"})
