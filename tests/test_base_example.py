"""The example of base services alone: what is built from it is what its folder shows."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.acceptance import ROOT, build

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.acceptance import Plan

EXAMPLE = ROOT / "spec" / "examples" / "copies-host"
EXPECTED = EXAMPLE / "expected"


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """The plan of the host."""
    return build(EXAMPLE / "host.vcfg", tmp_path_factory.mktemp("copies"))


def test_the_folder_shows_what_is_built(plan: Plan, expect: Callable[[Path, str], None]) -> None:
    for path, entry in plan.files.items():
        expect(EXPECTED / path.removeprefix("/"), entry["text"])
    shown = {f"/{each.relative_to(EXPECTED)}" for each in EXPECTED.rglob("*") if each.is_file()}
    assert shown == set(plan.files)


def commands() -> list[str]:
    """What the page says is worth breaking."""
    return re.findall(r"^vcfg check (.*?) +#", (EXAMPLE / "README.md").read_text(), re.MULTILINE)


@pytest.mark.parametrize("words", commands())
def test_what_is_worth_breaking_breaks(words: str) -> None:
    assert len(commands()) == 3
    script = f'exec "{sys.executable}" -m evaluator check {words}'
    done = subprocess.run(
        ["sh", "-c", f'cd "{EXAMPLE}"; PYTHONPATH="{ROOT}" {script}'],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "1 error" in done.stderr
