"""The tour behind `make demo` ends well, and writes below `out/` only."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what the tour needs, so that nobody's `out/` is touched."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    shutil.copy(ROOT / "pyproject.toml", folder)
    for name in ("evaluator", "grammar", "modules", "spec"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def run_tour(checkout: Path) -> subprocess.CompletedProcess[str]:
    script = checkout / "spec" / "examples" / "tour.py"
    return subprocess.run(
        [sys.executable, script], cwd=checkout.parent, capture_output=True, text=True, check=False
    )


@pytest.mark.slow
def test_the_tour_ends_well(checkout: Path) -> None:
    done = run_tour(checkout)
    assert done.returncode == 0, done.stdout + done.stderr
    readme = (ROOT / "README.md").read_text(encoding="utf-8").partition("\n## The demo\n")[2]
    assert readme.partition("```text\n")[2].partition("```")[0] in done.stdout
    assert (checkout / "out" / "root" / "etc" / "hostname").read_text() == "nodo1\n"
    assert {path.name for path in checkout.iterdir()} == {
        *("evaluator", "grammar", "modules", "out", "pyproject.toml", "spec")
    }


@pytest.mark.parametrize("link", ["out", "out/root", "out/ganeti-node"])
def test_the_tour_stays_in_the_checkout(checkout: Path, link: str) -> None:
    elsewhere = checkout.parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "precious").touch()
    (checkout / link).parent.mkdir(exist_ok=True)
    (checkout / link).symlink_to(elsewhere)
    done = run_tour(checkout)
    assert done.returncode == 1
    assert "leads out of the checkout" in done.stderr
    assert [path.name for path in elsewhere.iterdir()] == ["precious"]
