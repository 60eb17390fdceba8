"""Writes the outputs of a plan into a directory: all of them staged first, then renamed.

A file whose bytes would not change is not touched, so `make`, rsync and `git diff` see
nothing new. Nobody ever finds a partial file.
"""

from __future__ import annotations

import importlib
import os
from pathlib import Path

from evaluator.emit.activate import render_activate
from evaluator.emit.manifest import render_manifest
from evaluator.emit.outputs import Built, Output
from evaluator.emit.packages import render_packages
from evaluator.types.values import dump_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from evaluator.emit.outputs import Adapted, Outputs


class CannotWrite(Exception):
    """The outputs cannot be written; the message says where and why."""


def render_outputs(plan: dict[str, Any]) -> Outputs:
    """File name → every output that a plan always has."""
    document = dump_json(plan) + "\n"
    return {
        "activate": Output(render_activate(plan), 0o755),
        "plan.json": Output(document),
        "manifest.json": Output(render_manifest(plan)),
        "packages.txt": Output(render_packages(plan)),
    }


def adapted(
    plan: dict[str, Any], outputs: Outputs, builder: str, *, is_fleet: bool = False
) -> Adapted:
    """What one builder needs beside `outputs`. Raises `CannotAdapt` where the plan does not fit."""
    room = importlib.import_module(f"evaluator.emit.builders.{builder.replace('-', '_')}")
    script = outputs["activate"].content.decode()
    found: Adapted = room.adapt(Built(plan, script, is_fleet=is_fleet))
    return found


def write_outputs(outputs: Outputs, out_dir: str | Path) -> list[Path]:
    """Write all outputs below a directory, made when it is missing; the paths written.

    Raises `CannotWrite` before anything is in place if one of them cannot be written.
    """
    directory = Path(out_dir)
    staged: dict[Path, Path] = {}
    try:
        _make_folders(directory, outputs)
        for name, output in outputs.items():
            target = directory / name
            if target.is_dir():
                raise CannotWrite(f"`{target}` is a directory")
            if not _is_already(target, output):
                # Known before it is there: it goes away, whenever we are told to end.
                temporary = target.with_name(f".{target.name}.{os.getpid()}.new")
                staged[temporary] = target
                _stage(temporary, output)
        for temporary, target in staged.items():
            os.replace(temporary, target)
    except OSError as error:
        place = Path(error.filename or directory)
        raise CannotWrite(f"`{staged.get(place, place)}` {_reason(error)}") from error
    finally:
        for temporary in staged:
            temporary.unlink(missing_ok=True)
    return list(staged.values())


def _reason(error: OSError) -> str:
    """Why something cannot be written, to continue its name."""
    if isinstance(error, (FileExistsError, NotADirectoryError)):
        return "cannot be written: it is no folder, or lies in none"
    return f"cannot be written: {(error.strerror or str(error)).lower()}"


def _make_folders(directory: Path, names: Iterable[str]) -> None:
    for folder in sorted({(directory / name).parent for name in names}):
        folder.mkdir(parents=True, exist_ok=True)


def _is_already(target: Path, output: Output) -> bool:
    """Whether a regular file with these bytes is there; a wrong mode alone counts as different."""
    if target.is_symlink() or not target.is_file():
        return False
    facts = target.stat()
    return (
        facts.st_size == len(output.content)
        and facts.st_mode & 0o777 == output.mode
        and target.read_bytes() == output.content
    )


def _stage(path: Path, output: Output) -> None:
    """Write what is renamed later; what a process of our number left there is gone first."""
    path.unlink(missing_ok=True)
    with open(path, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as stream:
        stream.write(output.content)
    path.chmod(output.mode)
