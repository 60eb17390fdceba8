"""Writes the outputs of a plan into a directory: all of them staged first, then renamed.

A file whose bytes would not change is not touched, so `make`, rsync and `git diff` see
nothing new. Nobody ever finds a partial file.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

from evaluator.emit.activate import render_activate
from evaluator.emit.manifest import render_manifest
from evaluator.emit.packages import render_packages

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MODES = {"activate": 0o755, "plan.json": 0o644, "manifest.json": 0o644, "packages.txt": 0o644}


class CannotWrite(Exception):
    """The outputs cannot be written; the message says where and why."""


def render_outputs(plan: dict[str, Any]) -> dict[str, str]:
    """File name → text of every output."""
    document = json.dumps(plan, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    return {
        "activate": render_activate(plan),
        "plan.json": document,
        "manifest.json": render_manifest(plan),
        "packages.txt": render_packages(plan),
    }


def write_outputs(plan: dict[str, Any], out_dir: str | Path) -> list[Path]:
    """Write `activate`, `plan.json`, `manifest.json` and `packages.txt`; the paths written.

    The directory is made when it is missing. Raises `CannotWrite` before anything of this
    plan is in place if the directory or one of its files cannot be written.
    """
    directory = Path(out_dir)
    texts = render_outputs(plan)
    staged: list[tuple[Path, Path]] = []
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            target = directory / name
            if target.is_dir():
                raise CannotWrite(f"`{target}` is a directory")
            content = text.encode()
            if not _is_already(target, content, MODES[name]):
                staged.append((_stage(directory, name, content), target))
        for temporary, target in staged:
            os.replace(temporary, target)
    except OSError as error:
        place = error.filename or directory
        raise CannotWrite(f"`{place}` cannot be written: {error.strerror}") from error
    finally:
        for temporary, _ in staged:
            temporary.unlink(missing_ok=True)
    return [target for _, target in staged]


def _is_already(target: Path, content: bytes, mode: int) -> bool:
    """Whether a regular file with these bytes is there; a wrong mode alone counts as different."""
    if target.is_symlink() or not target.is_file():
        return False
    facts = target.stat()
    return (
        facts.st_size == len(content)
        and facts.st_mode & 0o777 == mode
        and target.read_bytes() == content
    )


def _stage(directory: Path, name: str, content: bytes) -> Path:
    descriptor, written = tempfile.mkstemp(prefix=f".{name}.", dir=directory)
    path = Path(written)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
        path.chmod(MODES[name])
    except OSError:
        path.unlink(missing_ok=True)
        raise
    return path
