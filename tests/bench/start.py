"""What a start takes, beside an interpreter that does nothing."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tests.bench.programs import Program

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bench.workload import Workload


def write(_: Workload, folder: Path) -> None:
    """A file that defines nothing."""
    (folder / "empty.vcfg").write_text("")


def programs(vcfg: Path) -> list[Program]:
    """The bare interpreter first: it is what the others are compared with."""
    words: dict[str, list[str]] = {
        "python": [sys.executable, "-I", "-c", "pass"],
        "python, no site": [sys.executable, "-I", "-S", "-c", "pass"],
        "vcfg --version": [str(vcfg), "--version"],
        "vcfg eval": [str(vcfg), "eval", "empty.vcfg"],
        "vcfg --help": [str(vcfg), "--help"],
        "completion": [str(vcfg)],
    }
    complete = {
        "_VCFG_COMPLETE": "complete_bash",
        "_TYPER_COMPLETE_ARGS": "vcfg ev",
        "COMP_WORDS": "vcfg ev",
        "COMP_CWORD": "1",
    }

    def made(name: str) -> Program:
        def command(folder: Path) -> list[str]:
            return [w if w != "empty.vcfg" else str(folder / w) for w in words[name]]

        def environment(folder: Path) -> dict[str, str]:
            cache = {"VCFG_CACHE_DIR": str(folder / "cache")}
            return {**cache, **complete} if name == "completion" else cache

        return Program(name, write, command, environment, read=None)

    return [made(name) for name in words]
