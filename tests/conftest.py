"""What all tests share: expectation files, the command line in-process, honest skips.

A skip names the one command that makes the test run. With `VCFG_CI=1` a skip is a failure:
there, everything has to run.
"""

from __future__ import annotations

import difflib
import io
import os
import shutil
import sys
from typing import TYPE_CHECKING, NamedTuple, Protocol

import pytest
from hypothesis import HealthCheck, settings

# How fast a machine is when it is busy says nothing about what is tested.
# The same examples at every run: what a commit has passed, it passes again. To look for others:
# `make test ARGS="--hypothesis-profile=explore -k …"`.
settings.register_profile(
    "vcfg", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("explore", settings.get_profile("vcfg"), derandomize=False)
settings.load_profile("vcfg")

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update",
        action="store_true",
        help="write expectation files as the program now answers, instead of comparing",
    )


def pytest_configure(config: pytest.Config) -> None:
    """A file that skips itself is an error in CI, which should not keep the others from running."""
    if os.environ.get("VCFG_CI"):
        config.option.continue_on_collection_errors = True


# Where several processes share the work, a file at a time: those that take longest, longest
# first, so that none of them is still running when there is nothing else left to do.
LONGEST = (
    "integration/test_ganeti_pairs.py",
    "activation/test_crash.py",
    "integration/test_activation.py",
    "integration/test_ganeti_cluster.py",
    "integration/test_ganeti_flags.py",
    "integration/test_live.py",
    "integration/test_ganeti_hook.py",
    "integration/test_system.py",
    "activation/test_random.py",
    "activation/test_random_accounts.py",
    "integration/test_ganeti_debootstrap.py",
    "activation/test_ownership.py",
    "activation/test_directories.py",
    "integration/test_ganeti.py",
    "integration/test_ansible.py",
    "activation/test_power.py",
    "activation/test_secrets.py",
    "integration/test_live_confirm.py",
    "integration/test_dib.py",
    "activation/test_uninstall.py",
    "activation/test_generations.py",
    "builders/test_images.py",
    "builders/test_boot.py",
)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With `-n`, begin with what takes longest."""
    if not hasattr(config, "workerinput"):
        return
    folder = os.path.dirname(__file__)
    places = {os.path.join(folder, name): at for at, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(str(item.path), len(LONGEST)))


@pytest.fixture(scope="session", autouse=True)
def cache_dir(tmp_path_factory: pytest.TempPathFactory) -> Generator[Path]:
    """A cache of this run's own, so that tests neither read nor fill the user's."""
    folder = tmp_path_factory.mktemp("cache")
    before = os.environ.get("VCFG_CACHE_DIR")
    os.environ["VCFG_CACHE_DIR"] = str(folder)
    yield folder
    if before is None:
        del os.environ["VCFG_CACHE_DIR"]
    else:
        os.environ["VCFG_CACHE_DIR"] = before


class Ran(NamedTuple):
    """What a command left behind."""

    status: int
    out: str
    err: str


class RunVcfg(Protocol):
    """`vcfg("eval", path, stdin="")` runs one command."""

    def __call__(self, *words: str | Path, stdin: str = "") -> Ran: ...


@pytest.fixture
def vcfg(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> RunVcfg:
    """Runs the command line in this process, from the current directory."""

    def run_command(*words: str | Path, stdin: str = "") -> Ran:
        from evaluator.cli.app import run

        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        capfd.readouterr()
        status = run([str(word) for word in words])
        sys.stdout.flush()
        sys.stderr.flush()
        out, err = capfd.readouterr()
        return Ran(status, out, err)

    return run_command


@pytest.fixture
def expect(pytestconfig: pytest.Config) -> Callable[[Path, str], None]:
    """`expect(path, text)` compares with an expectation file; `--update` writes it."""

    def compare(path: Path, text: str) -> None:
        wanted = path.read_text(encoding="utf-8") if path.exists() else ""
        if text == wanted and path.exists():
            return
        if pytestconfig.getoption("--update"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            return
        lines = difflib.unified_diff(
            wanted.splitlines(), text.splitlines(), f"{path} (expected)", "now", lineterm=""
        )
        hint = "if the new answer is right: make test ARGS=--update"
        pytest.fail("\n".join([*lines, hint]), pytrace=False)

    return compare


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what this machine cannot run, and say what would change that."""
    if item.get_closest_marker("root") and os.geteuid() != 0:
        pytest.skip("needs root: sudo make test")
    for marker in item.iter_markers("needs"):
        (program,) = marker.args
        if shutil.which(program) is None:
            package = marker.kwargs.get("package", program)
            pytest.skip(f"needs `{program}`: apt-get install {package}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With `VCFG_CI=1`, a skipped test has failed."""
    report = yield
    if os.environ.get("VCFG_CI") and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped: {_reason(report.longrepr)}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for whole files that skip themselves."""
    report = yield
    if os.environ.get("VCFG_CI") and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"{collector.nodeid} was skipped: {_reason(report.longrepr)}"
    return report


def _reason(longrepr: object) -> str:
    """The words given to `pytest.skip`."""
    text = str(longrepr[2]) if isinstance(longrepr, tuple) else str(longrepr)
    return text.removeprefix("Skipped: ")
