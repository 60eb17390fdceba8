"""Wishes about the order of snippets that cannot be met are shown where they were written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import RunVcfg

# What is said of snippets, one a line from line 2 on; the message; line and words of each label.
CASES: list[tuple[list[str], str, list[str]]] = [
    (
        ['a { , after = ["b"] }', 'b { , before = ["c"] }', 'c { , before = ["b"] }'],
        "`b` before `c` before `b`",
        ["3 `b` before `c`", "4 `c` before `b`"],
    ),
    (
        ['a { , after = ["b"] }', 'b { , after = ["c"] }', 'c { , after = ["a"] }'],
        "`a` before `c` before `b` before `a`",
        ["4 `c` after `a`", "3 `b` after `c`", "2 `a` after `b`"],
    ),
    (
        ['a { , after = ["a"] }'],
        "`a` before `a`",
        ["2 `a` after `a`"],
    ),
    (
        ['a { , phase = "pre", after = ["b"] }', "b {  }"],
        "`a` of phase `pre` cannot run after `b`, which belongs to phase `post`",
        ["2 asked for here", "2 the phase of `a`", "3 `b` runs in phase `post`"],
    ),
    (
        ['a { , before = ["b"] }', 'b { , phase = "pre" }'],
        "`a` of phase `post` cannot run before `b`, which belongs to phase `pre`",
        ["2 asked for here", "2 `a` runs in phase `post`", "3 the phase of `b`"],
    ),
    (
        ['a { , phase = "users", after = ["files"] }'],
        "cannot run after `files`, which is a phase that comes later",
        ["2 asked for here", "2 the phase of `a`"],
    ),
]


def configuration(said: list[str]) -> str:
    """A file with these snippets, each with a text."""
    lines = ['import "activation.vcfg"']
    for each in said:
        name, _, rest = each.partition(" { ")
        lines.append(f'activation.snippets.{name} {{ text = "true\\n"{rest}')
    return "\n".join([*lines, ""])


@pytest.mark.parametrize(("said", "message", "labels"), CASES, ids=[case[1] for case in CASES])
def test_a_contradiction_is_shown_at_every_line_that_makes_it(
    tmp_path: Path, vcfg: RunVcfg, said: list[str], message: str, labels: list[str]
) -> None:
    path = tmp_path / "main.vcfg"
    path.write_text(configuration(said))
    ran = vcfg("build", str(path), "-o", str(tmp_path / "out"), "--errors=json")
    assert ran.status == 1
    [finding] = json.loads(ran.err)["diagnostics"]
    assert finding["code"] == "order-cycle"
    assert message in finding["message"]
    found = sorted(finding["labels"], key=lambda each: not each["primary"])
    assert [f"{each['start']['line']} {each['text']}" for each in found] == labels


def test_what_is_meant_by_a_name_that_does_not_exist(tmp_path: Path, vcfg: RunVcfg) -> None:
    path = tmp_path / "main.vcfg"
    path.write_text(configuration(['a { , after = ["file"] }']))
    ran = vcfg("build", str(path), "-o", str(tmp_path / "out"))
    assert "is to run after `file`, which does not exist" in ran.err
    assert 'did you mean `files`? Otherwise write `"?file"` if it may be missing' in ran.err
