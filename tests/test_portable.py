"""The example of a portable service: what both machines get, and what their programs say of it."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from evaluator.cli.app import run

if TYPE_CHECKING:
    from tests.conftest import RunVcfg

EXAMPLE = Path(__file__).resolve().parent.parent / "spec" / "examples" / "portable"


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that holds what is built for both hosts."""
    folder = tmp_path_factory.mktemp("portable")
    assert run(["build", str(EXAMPLE / "fleet.vcfg"), "-o", str(folder)]) == 0
    return folder


def texts(outputs: Path, host: str) -> dict[str, str]:
    plan = json.loads((outputs / host / "plan.json").read_text(encoding="utf-8"))
    return {each["path"]: each["text"] for each in plan["files"]}


def shown(word: str) -> str:
    """The block of the example's page in some language that tells about the service."""
    page = (EXAMPLE / "README.md").read_text(encoding="utf-8")
    blocks = [each.partition("\n```")[0] for each in page.split(f"```{word}\n")[1:]]
    return blocks[-1] + "\n"


def test_each_machine_gets_what_starts_services_there(outputs: Path) -> None:
    modern, small = texts(outputs, "modern"), texts(outputs, "small")
    assert modern["/etc/systemd/system/hello.service"] == shown("ini")
    assert small["/etc/sv/hello/run"] == shown("sh")
    assert not [path for path in small if "systemd" in path]
    assert not [path for path in modern if path.startswith("/etc/sv/")]
    assert modern["/etc/hello/hello.pl"] == small["/etc/hello/hello.pl"]


def test_systemd_accepts_the_units(outputs: Path, tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("needs systemd-analyze: apt-get install systemd")
    units = []
    for path, text in texts(outputs, "modern").items():
        if path.endswith(".service"):
            unit = tmp_path / Path(path).name
            unit.write_text(text, encoding="utf-8")
            units.append(str(unit))
    assert len(units) == 2
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert [line for line in done.stderr.splitlines() if "hello" in line] == []


def test_the_shell_reads_the_scripts(outputs: Path) -> None:
    scripts = [
        text for path, text in texts(outputs, "small").items() if path.startswith("/etc/sv/")
    ]
    assert len(scripts) == 2
    for script in scripts:
        done = subprocess.run(
            ["sh", "-n"], input=script, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")


def test_a_script_hands_its_words_over_untouched(outputs: Path) -> None:
    script = texts(outputs, "small")["/etc/sv/hello/run"]
    command = "exec chpst -u www-data:\"$(id -Gn www-data | tr ' ' :)\""
    told = script.replace(f"{command} /usr/bin/perl /etc/hello/hello.pl", 'printf %s "$GREETING"')
    done = subprocess.run(["sh"], input=told, capture_output=True, text=True, check=True)
    assert done.stdout == "Hello, 100% $HOME"


def test_every_word_of_the_example_can_be_asked_about(vcfg: RunVcfg) -> None:
    asked = vcfg("why", str(EXAMPLE / "fleet.vcfg"), "/etc/sv/hello/run", "--host", "small")
    assert asked.status == 0
    assert "portable.hello.argv" in asked.out
