"""Runs activation scripts where they cannot hurt: the machine is read-only around them.

`Box.run` shows the whole machine read-only and only the scratch root writable; `Box.inside`
makes the scratch root the root itself. Without bubblewrap nothing is run at all.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from evaluator.diagnostics.model import Sink
from evaluator.emit.activate import render_activate
from evaluator.plan.build import build_plan

COMMANDS = [("dash",), ("bash", "--posix"), ("busybox", "sh"), ("yash",)]
"""The shells that have to agree, as they are called."""

SHELLS = [
    pytest.param(("dash",), id="dash", marks=pytest.mark.needs("dash")),
    pytest.param(("bash", "--posix"), id="bash", marks=pytest.mark.needs("bash")),
    pytest.param(
        ("busybox", "sh"),
        id="busybox",
        marks=pytest.mark.needs("busybox", package="busybox-static"),
    ),
    pytest.param(("yash",), id="yash", marks=pytest.mark.needs("yash")),
]

STAGING = "    mkdir -m 700 ./.vcfg-stage || {\n"


def origin(path: str) -> list[dict[str, Any]]:
    """Every option was asked for by line 12 of one file."""
    return [{"file": "node1.vcfg", "line": 12, "path": path}]


def plan_of(activation: dict[str, Any], host: str = "node1") -> dict[str, Any]:
    """A plan without findings."""
    sink = Sink()
    plan = build_plan(activation, host=host, input_hash="0123abcd", origin=origin, sink=sink)
    assert not [d.message for d in sink.diagnostics]
    return plan


def script_of(activation: dict[str, Any], host: str = "node1") -> str:
    """The activation script of a configuration."""
    return render_activate(plan_of(activation, host))


def watched(script: str) -> str:
    """The same script; it ends with 99 where it stages in a place that its journal does not name.

    A kill at that moment would leave the staging directory there for good, and few kills hit it.
    So every run of every test is asked.
    """
    known = 'grep -qxF "stage$tab${at:-/}" "$root$memory/pending" || _end 99 "unplanned: $at"'
    assert script.count(STAGING) == 1
    return script.replace(STAGING, f"    {known}\n{STAGING}")


@dataclass
class Ran:
    """What a run left behind."""

    code: int
    out: str
    err: str


@dataclass
class Box:
    """A scratch directory: `root` is the target, `work` holds the scripts."""

    folder: Path
    shell: tuple[str, ...] = ("sh",)
    environment: dict[str, str] = field(default_factory=dict)
    # more mounts for what runs inside
    extra: tuple[str, ...] = ()
    # whether scripts end with 99 where they stage in a place that their journal does not name
    watching: bool = True

    @property
    def root(self) -> Path:
        """The only place that can be written."""
        return self.folder / "root"

    def script(self, text: str, name: str = "activate") -> Path:
        """Write a script beside the root."""
        path = self.folder / name
        if self.watching and STAGING in text:
            text = watched(text)
        path.write_text(text, encoding="utf-8", newline="")
        return path

    def run(self, script: str, *words: str, **more: str) -> Ran:
        """Run a script on `--root=ROOT` with more arguments."""
        return self.command(*self.shell, self.script(script), f"--root={self.root}", *words, **more)

    def command(self, *words: str | Path, **more: str) -> Ran:
        """Any command with the machine read-only and the root writable."""
        return self.bare(self.guarded([str(word) for word in words]), more)

    def guarded(self, words: list[str]) -> list[str]:
        """The command line that does so."""
        guard = ["bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"]
        guard += ["--bind", str(self.root), str(self.root), "--chdir", "/", "--die-with-parent"]
        return [*guard, *words]

    def inside(self, *words: str | Path, mounts: tuple[str, ...] = (), **more: str) -> Ran:
        """Any command with the scratch root as `/`; the folder is seen read-only as /in."""
        return self.bare(self.inside_words(*words, mounts=mounts), more)

    def inside_words(self, *words: str | Path, mounts: tuple[str, ...] = ()) -> list[str]:
        """The command line that does so."""
        guard = ["bwrap", "--bind", str(self.root), "/", "--ro-bind", "/usr", "/usr"]
        for name in ("bin", "sbin", "lib", "lib64"):
            place = Path("/") / name
            if (self.root / name).is_symlink():
                continue
            if place.is_symlink():
                guard += ["--symlink", os.readlink(place), str(place)]
            elif place.is_dir():
                guard += ["--ro-bind", str(place), str(place)]
        guard += ["--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp"]
        guard += ["--ro-bind", str(self.folder), "/in", *mounts, *self.extra, "--chdir", "/"]
        return [*guard, "--die-with-parent", *map(str, words)]

    def bare(self, words: list[str], more: dict[str, str] | None = None) -> Ran:
        """A command line that brings its own guard."""
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        done = subprocess.run(
            words,
            env=environment | self.environment | (more or {}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture
def box(tmp_path: Path) -> Box:
    """An empty root; skipped where nothing could be guarded."""
    if shutil.which("bwrap") is None:
        pytest.skip("needs `bwrap`: apt-get install bubblewrap")
    made = Box(tmp_path)
    made.root.mkdir()
    made.root.chmod(0o755)
    return made


def tree(root: Path, *, memory: bool = True, times: bool = False) -> dict[str, str]:
    """Path below the root → type, mode, owner and content; `times` adds mtime and ctime."""
    found = {}
    for folder, directories, files in os.walk(root):
        for name in (*directories, *files):
            path = Path(folder) / name
            short = str(path.relative_to(root))
            if memory or not short.startswith("var/lib/vcfg"):
                found[short] = facts(path) + (_times(path) if times else "")
    return found


def facts(path: Path) -> str:
    """Type, mode, owner and content of one thing."""
    status = path.lstat()
    said = f"{stat.filemode(status.st_mode)} {status.st_uid}:{status.st_gid}"
    if stat.S_ISLNK(status.st_mode):
        return f"{said} -> {os.readlink(path)}"
    if stat.S_ISREG(status.st_mode):
        return f"{said} {hashlib.sha256(path.read_bytes()).hexdigest()}"
    return said


def _times(path: Path) -> str:
    status = path.lstat()
    return f" {status.st_mtime_ns} {status.st_ctime_ns}"
