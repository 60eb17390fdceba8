"""The wheel works where there is no checkout: built, installed elsewhere, run."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

pytestmark = pytest.mark.slow


def run(*words: str | Path, cwd: Path, **environment: str) -> str:
    """Run a program with a nearly empty environment; its output is the failure, if any."""
    done = subprocess.run(
        [str(word) for word in words],
        cwd=cwd,
        env={"PATH": "/usr/bin:/bin", "HOME": str(cwd), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.fail(f"{words}\n{done.stdout}{done.stderr}", pytrace=False)
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built through a source distribution as a release is."""
    folder = tmp_path_factory.mktemp("dist")
    code = (
        "import pathlib, sys, tarfile; from hatchling.builders.sdist import SdistBuilder as S;"
        "path = next(S(sys.argv[1]).build(directory=sys.argv[2]));"
        # Debian's Python 3.11.2 knows no filters yet; the archive is our own.
        "archive = tarfile.open(path);"
        "careful = {'filter': 'data'} if hasattr(tarfile, 'data_filter') else {};"
        "archive.extractall(sys.argv[2], **careful);"
        "pathlib.Path(sys.argv[2], archive.getnames()[0].split('/')[0])"
        ".rename(pathlib.Path(sys.argv[2], 'source'))"
    )
    run(sys.executable, "-c", code, ROOT, folder, cwd=folder)
    unpacked = folder / "source"
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet")
    run(*pip, "--no-build-isolation", "--no-deps", "--wheel-dir", folder, unpacked, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of programs of an environment with the wheel, and the tests' dependencies."""
    folder = tmp_path_factory.mktemp("venv")
    run(sys.executable, "-m", "venv", "--without-pip", folder, cwd=folder)
    python = folder / "bin" / "python"
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site = Path(run(python, "-c", where, cwd=folder).strip())
    run(
        *(sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python),
        *("install", "--quiet", "--no-index", "--no-deps", wheel),
        cwd=folder,
    )
    # Path files are read after the folder itself, and not those of the folders they add:
    # the editable install of the test environment, if there is one, is not seen.
    (site / "dependencies.pth").write_text(run(sys.executable, "-c", where, cwd=folder))
    return folder / "bin"


def test_the_wheel_carries_its_data_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for wanted in (
        "evaluator/py.typed",
        "evaluator/grammar/tables.json",
        "evaluator/grammar/vcfg.lark",
        "evaluator/modules/virtualization/libvirt.vcfg",
        "evaluator/errors/cycle.md",
        "evaluator/diagnostics.schema.json",
        "evaluator/plan.schema.json",
        "evaluator/why.schema.json",
    ):
        assert wanted in names
    assert {name.split("/")[0].split("-")[0] for name in names} == {"evaluator", "vcfg"}
    (program,) = [name for name in names if ".data/" in name]
    assert program.endswith(".data/scripts/vcfg")
    assert not [name for name in names if "__pycache__" in name or name.endswith(".marshal")]


def test_the_source_distribution_can_be_tested(wheel: Path) -> None:
    unpacked = wheel.parent / "source"
    for wanted in ("Makefile", ".ci/run", "tests/conftest.py", "spec/errors/cycle.md", "LICENSE"):
        assert (unpacked / wanted).exists()


def test_the_library_is_found_from_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "host.vcfg").write_text(
        'import "virtualization/libvirt.vcfg"\n\nlibvirt { enable = true, listen-tls = false }\n'
    )
    cache = str(tmp_path / "cache")
    words = ("eval", "host.vcfg", "libvirt.tls-port")
    for _ in ("cold", "warm"):
        out = run(installed / "vcfg", *words, cwd=tmp_path, VCFG_CACHE_DIR=cache)
        assert out.strip().strip('"') == "16514"


def test_the_installed_package_is_the_one_that_runs(installed: Path, tmp_path: Path) -> None:
    out = run(
        *(installed / "python", "-c", "import evaluator; print(evaluator.__file__)"), cwd=tmp_path
    )
    assert Path(out.strip()).is_relative_to(os.path.realpath(installed.parent))


def test_the_program_loads_nothing_before_what_it_needs(installed: Path, tmp_path: Path) -> None:
    """What installers write for an entry point would import `re` first."""
    (tmp_path / "host.vcfg").write_text("option size: int = 3\n")
    words = (installed / "vcfg", "eval", "host.vcfg")
    run(*words, cwd=tmp_path)
    done = subprocess.run(
        words,
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "PYTHONPROFILEIMPORTTIME": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "evaluator.cli.verb_eval" in loaded
    assert not loaded & {"re", "enum", "collections", "functools", "json", "evaluator.syntax.lexer"}


def test_errors_explain_themselves(installed: Path, tmp_path: Path) -> None:
    out = run(installed / "vcfg", "explain", "cycle", cwd=tmp_path)
    assert "cycle" in out


def test_a_whole_configuration_is_built(installed: Path, tmp_path: Path) -> None:
    """The script's runtime and the files that modules read are data of the package too."""
    (tmp_path / "node.vcfg").write_text(
        'import "virtualization/ganeti.vcfg"\n\nganeti.enable = true\n'
    )
    run(installed / "vcfg", "build", "node.vcfg", "-o", "out", cwd=tmp_path)
    hook = "/etc/ganeti/instance-debootstrap/hooks/default/90-grub"
    shown = run("/bin/sh", "out/activate", "--show", hook, cwd=tmp_path)
    assert shown.startswith("#!/bin/sh")
