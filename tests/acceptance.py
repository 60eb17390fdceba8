"""Runs `vcfg` in this process for the acceptance tests and reads back what it made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from evaluator.cli.app import run

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).resolve().parent.parent
CASES = ROOT / "tests" / "cases" / "acceptance"

Finding = dict[str, Any]


class Outcome(NamedTuple):
    """Exit status and findings of one `vcfg check`."""

    status: int
    findings: list[Finding]

    def of(self, severity: str) -> list[Finding]:
        """The findings of one severity: `error` or `warning`."""
        return [each for each in self.findings if each["severity"] == severity]


class Plan:
    """A plan as `vcfg build` writes it, by path and name."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data
        self.files: dict[str, dict[str, Any]] = {each["path"]: each for each in data["files"]}

    @classmethod
    def read(cls, directory: Path) -> Plan:
        """The plan that `vcfg build` left in a directory."""
        return cls(json.loads((directory / "plan.json").read_text(encoding="utf-8")))

    def text(self, path: str) -> str:
        """The text of a file; KeyError when the plan has no such file."""
        return str(self.files[path]["text"])

    def lines(self, path: str) -> list[str]:
        """The lines of a file."""
        return self.text(path).splitlines()

    def daemon_arguments(self, daemon: str) -> list[str]:
        """The words of a daemon of Ganeti in `/etc/default/ganeti`."""
        start = f'{daemon.upper()}_ARGS="'
        [line] = [each for each in self.lines("/etc/default/ganeti") if each.startswith(start)]
        return line.removeprefix(start).removesuffix('"').split()

    def cron_lines(self, name: str) -> list[str]:
        """The jobs of a file in `/etc/cron.d` as `schedule user command`, in its order."""
        [entry] = [each for each in self.data["cron"] if each["name"] == name]
        return [f"{job['schedule']} {job['user']} {job['command']}" for job in entry["jobs"]]

    def names(self, kind: str) -> list[str]:
        """The names of all packages, groups or users."""
        return [each["name"] for each in self.data[kind]]


def build(configuration: Path, directory: Path) -> Plan:
    """Build a configuration that has no errors and read its plan."""
    assert run(["build", str(configuration), "-o", str(directory)]) == 0
    return Plan.read(directory)


def check(configuration: Path, capsys: pytest.CaptureFixture[str]) -> Outcome:
    """Check a configuration and collect what was found."""
    capsys.readouterr()
    status = run(["check", str(configuration), "--errors", "json"])
    printed = capsys.readouterr()
    return Outcome(status, json.loads(printed.out)["diagnostics"])
