"""The examples of the shipped library, and what their files on a machine have to be."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.bench import in_vcfg
from tests.bench.programs import ROOT, change_one, vcfgs

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bench.programs import Program
    from tests.bench.workload import Workload

EXAMPLES = {"ganeti-node": "node1.vcfg", "childhurd": "host.vcfg", "foreign-programs": "host.vcfg"}
"""Folder below `spec/examples/`, and the file in it that is evaluated."""


def programs(example: str, vcfg: Path, other: Path | None) -> list[Program]:
    """vcfg, about an example where it lies."""
    file = str(ROOT / "spec" / "examples" / example / EXAMPLES[example])
    found = []
    for program in vcfgs(vcfg, other):
        if program.before is change_one:
            continue

        def command(folder: Path, usual: Any = program.command) -> list[str]:
            words: list[str] = usual(folder)
            return [
                file if word.endswith((f"/{in_vcfg.ROOT}", f"/{in_vcfg.MACHINE}")) else word
                for word in words
            ]

        found.append(replace(program, command=command, write=write_nothing))
    return found


def write_nothing(_: Workload, folder: Path) -> None:
    """The files are there."""


def missing(example: str, answer: Any) -> str:
    """The first file whose text is not what the example's folder shows; nothing if all are."""
    expected = ROOT / "spec" / "examples" / example / "expected"
    files = answer["activation"]["files"]
    for file in sorted(each for each in expected.rglob("*") if each.is_file()):
        path = f"/{file.relative_to(expected)}"
        if path not in files or files[path]["text"] != file.read_text():
            return f"{path} is not what spec/examples/{example} shows"
    return ""
