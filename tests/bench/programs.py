"""The programs that are measured, each with what it needs beforehand and how its answer is read."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.bench import in_jsonnet, in_kcl, in_nix, in_vcfg

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.bench.workload import Workload

ROOT = Path(__file__).resolve().parents[2]
INSTALLED = Path(sys.executable).parent / "vcfg"
"""What a user starts."""
PYTHON = [sys.executable, "-I", "-c"]

JSONNET = "import sys, _jsonnet; print(_jsonnet.evaluate_file(sys.argv[1], max_stack=10**6))"
KCL = """
import sys, kcl_lib.api as kcl
done = kcl.API().exec_program(kcl.ExecProgramArgs(k_filename_list=[sys.argv[1]]))
print(done.json_result)
done.err_message and sys.exit(done.err_message)
"""


@dataclass(frozen=True, slots=True)
class Program:
    """One column of the comparison, in a folder of its own.

    `command` and `environment` are told the folder. `before` runs ahead of each round and is not
    counted. `read` turns output into a configuration; None where only the exit status counts.
    """

    name: str
    write: Callable[[Workload, Path], None]
    command: Callable[[Path], list[str]]
    environment: Callable[[Path], dict[str, str]] = lambda _: {}
    before: Callable[[Path, int], None] = lambda *_: None
    read: Callable[[bytes], Any] | None = json.loads
    # Why it cannot run here, and a workload that it cannot express.
    missing: str = ""
    without_hosts: bool = False
    wants_stack: bool = False


def vcfg(name: str, command_name: Path, *words: str, **more: Any) -> Program:
    """One use of vcfg, with a cache of its own."""

    def command(folder: Path) -> list[str]:
        return [str(command_name), *(word.replace("FOLDER", str(folder)) for word in words)]

    def environment(folder: Path) -> dict[str, str]:
        return {"VCFG_CACHE_DIR": str(folder / "cache")}

    return Program(name, in_vcfg.write, command, environment, **more)


def empty_cache(folder: Path, _: int) -> None:
    """Forget everything that was kept."""
    shutil.rmtree(folder / "cache", ignore_errors=True)


def change_one(folder: Path, number: int) -> None:
    """Give one module another text of the same meaning."""
    file = folder / "m0000.vcfg"
    text = file.read_text().partition("# round")[0]
    file.write_text(f"{text}# round {number}\n")


def vcfgs(command: Path, other: Path | None = None) -> list[Program]:
    """vcfg in the states it is met in, the usual one first; and another vcfg to compare it with."""
    main, machine = f"FOLDER/{in_vcfg.ROOT}", f"FOLDER/{in_vcfg.MACHINE}"
    found = [
        vcfg("vcfg warm", command, "eval", main),
        vcfg("vcfg changed", command, "eval", main, before=change_one),
        vcfg("vcfg cold", command, "eval", main, before=empty_cache),
        vcfg("vcfg no cache", command, "eval", "--no-cache", main),
        vcfg("vcfg check", command, "check", main, read=None),
        vcfg("vcfg build", command, "build", machine, "-o", "FOLDER/out", read=None),
    ]
    if other is not None:
        found.insert(0, vcfg("other warm", other, "eval", main))
        found.insert(1, vcfg("other cold", other, "eval", main, before=empty_cache))
    return found


def peers() -> list[Program]:
    """Other languages."""
    nix, lib = shutil.which("nix-instantiate") or "", os.environ.get("NIXLIB", "")
    why = "" if nix else "there is no nix-instantiate"
    if nix and not os.path.exists(f"{lib}/modules.nix"):
        why = "NIXLIB does not name the folder `lib` of nixpkgs"
    evaluate = [nix, "-I", f"nixlib={lib}", "--eval", "--strict", "--json"]
    return [
        Program(
            "nix",
            in_nix.write,
            lambda folder: [*evaluate, str(folder / in_nix.ROOT)],
            missing=why,
            wants_stack=True,
        ),
        Program(
            "jsonnet",
            in_jsonnet.write,
            lambda folder: [*PYTHON, JSONNET, str(folder / in_jsonnet.ROOT)],
            missing=missing_module("_jsonnet", "jsonnet"),
            wants_stack=True,
        ),
        Program(
            "kcl",
            in_kcl.write,
            lambda folder: [*PYTHON, KCL, str(folder / in_kcl.ROOT)],
            read=lambda output: in_kcl.read(json.loads(output)),
            missing=missing_module("kcl_lib", "kcl-lib"),
            without_hosts=True,
            wants_stack=True,
        ),
    ]


def missing_module(name: str, package: str) -> str:
    """Why a peer that is a Python module cannot run; nothing if it can."""
    find = f"import sys, importlib.util as u; sys.exit(u.find_spec({name!r}) is None)"
    done = subprocess.run([*PYTHON, find], check=False)
    return f"pip install {package}" if done.returncode else ""
