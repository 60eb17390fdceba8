"""The page on guarantees names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "spec/activation/guarantees.md").read_text(encoding="utf-8")


def test_the_tests_it_names_exist() -> None:
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    tests = {
        name
        for path in files
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    assert len(named) > 25
    assert named - tests == set()


def test_every_guarantee_is_there() -> None:
    assert {f"G{number}" for number in range(1, 17)} <= set(re.findall(r"\bG\d+\b", PAGE))
