"""Skips are honest: with a reason and a command here, a failure where all has to run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SAMPLE = """
import pytest

def test_that_runs():
    pass

@pytest.mark.needs("no-such-program", package="rare-package")
def test_that_needs_a_program():
    pass

def test_that_gives_up():
    pytest.skip("no kernel module")

@pytest.mark.xfail(reason="known")
def test_that_is_known_to_fail():
    assert False
"""
SAMPLE_FILE = """
import pytest
pytest.importorskip("no_such_module", reason="needs a module")
"""


class RunSample:
    """Runs pytest over a folder with this project's conftest."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, **environment: str) -> tuple[int, list[str]]:
        kept = {name: value for name, value in os.environ.items() if name != "VCFG_CI"}
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-rs", "-p", "no:cacheprovider", "--rootdir=."],
            cwd=self.folder,
            env=kept | environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout.splitlines()


@pytest.fixture
def run_sample(tmp_path: Path) -> RunSample:
    shutil.copy(Path(__file__).with_name("conftest.py"), tmp_path)
    (tmp_path / "test_sample.py").write_text(SAMPLE)
    (tmp_path / "test_sample_file.py").write_text(SAMPLE_FILE)
    return RunSample(tmp_path)


def test_a_skip_says_what_to_install(run_sample: RunSample) -> None:
    status, lines = run_sample()
    assert status == 0
    assert any("needs `no-such-program`: apt-get install rare-package" in line for line in lines)
    assert "1 passed, 3 skipped, 1 xfailed" in lines[-1]


def test_a_skip_is_a_failure_where_all_has_to_run(run_sample: RunSample) -> None:
    status, lines = run_sample(VCFG_CI="1")
    assert status != 0
    text = "\n".join(lines)
    assert "was skipped: needs `no-such-program`: apt-get install rare-package" in text
    assert "was skipped: no kernel module" in text
    assert "was skipped: needs a module" in text
    assert " skipped" not in lines[-1]
