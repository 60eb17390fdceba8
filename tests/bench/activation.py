"""What activation scripts cost in every shell: many files, below a scratch root in memory.

    python -m tests.bench.activation                       10 000 files in 100 directories
    python -m tests.bench.activation --growth              at a quarter, a half and all of them
    python -m tests.bench.activation --against CHECKOUT    beside the script of another vcfg

Runs take turns, and each happens under bubblewrap, to which only the scratch root is writable.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.growth import growth
from tests.bench.programs import ROOT

SHELLS = {
    "dash": ["dash"],
    "busybox": ["busybox", "sh"],
    "bash": ["bash", "--posix"],
    "yash": ["yash"],
}
SCALES = (0.25, 0.5, 1.0)
IN_FOLDER = 100

RUNS = (
    ("first", "plain", ()),
    ("check", "plain", ("--check",)),
    ("again", "plain", ()),
    ("other texts", "other", ()),
    ("half of them", "half", ()),
)
"""What is measured, one after another on one root: name, script and words."""

RENDER = """
import sys
from evaluator.diagnostics.model import Sink
from evaluator.emit.activate import render_activate
from evaluator.plan.build import build_plan
count, folder = int(sys.argv[1]), sys.argv[2]
def script(name, count, text):
    files = {
        f"/etc/many/d{at // 100:05}/file{at % 100:02}.conf": {"text": f"{text} {at}\\n" * 3}
        for at in range(count)
    }
    origin = lambda path: [{"file": "many.vcfg", "line": 1, "path": path}]
    plan = build_plan({"files": files}, host="", input_hash="0", origin=origin, sink=Sink())
    with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
        file.write(render_activate(plan))
script("plain", count, "key")
script("other", count, "other")
script("half", count // 2, "other")
"""


@dataclass
class Cost:
    """CPU and wall seconds of one kind of run."""

    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)


def main() -> int:
    """Parse the words, measure, report."""
    parser = argparse.ArgumentParser(prog="activation", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("shells", nargs="*", metavar="SHELL", help=f"of {', '.join(SHELLS)}")
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--growth", action="store_true", help=f"at {SCALES} of the files")
    parser.add_argument("--against", type=Path, metavar="CHECKOUT", help="another vcfg")
    parser.add_argument("--memory", type=Path, default=Path("/dev/shm"), help="where to run")
    words = parser.parse_args()
    if unknown := [shell for shell in words.shells if shell not in SHELLS]:
        parser.error(f"no shell {', '.join(unknown)}; there are {', '.join(SHELLS)}")
    checkouts = [each.resolve() for each in (words.against, ROOT) if each]
    with tempfile.TemporaryDirectory(prefix="vcfg-bench-", dir=words.memory) as name:
        for shell in words.shells or SHELLS:
            if shutil.which(shell) is None:
                print(f"# without {shell}")
                continue
            by_scale = {}
            for scale in SCALES if words.growth else (1.0,):
                count = round(words.files * scale)
                scripts = [rendered(each, count, Path(name)) for each in checkouts]
                by_scale[scale] = measured(shell, scripts, words.rounds, Path(name))
                report(shell, count, by_scale[scale])
            if words.growth:
                report_growth(by_scale)
    return 0


def rendered(checkout: Path, count: int, folder: Path) -> Path:
    """The folder with the scripts that a checkout of vcfg makes."""
    made = folder / f"{checkout.name}-{count}"
    if not made.exists():
        made.mkdir()
        command = [sys.executable, "-c", RENDER, str(count), str(made)]
        subprocess.run(command, check=True, cwd=checkout, env={**os.environ, "PYTHONPATH": "."})
    return made


def measured(shell: str, scripts: list[Path], rounds: int, folder: Path) -> list[dict[str, Cost]]:
    """Costs by run, of each checkout; its whole story in turn."""
    costs: list[dict[str, Cost]] = [{name: Cost() for name, _, _ in RUNS} for _ in scripts]
    for _ in range(rounds):
        for cost, made in zip(costs, scripts, strict=True):
            root = folder / "root"
            root.mkdir(mode=0o755)
            for name, script, more in RUNS:
                command = [*SHELLS[shell], str(made / script), f"--root={root}", *more]
                run(guarded(command, folder, root), cost[name])
            shutil.rmtree(root)
    return costs


def guarded(command: list[str], folder: Path, root: Path) -> list[str]:
    """The command with the machine read-only around the root."""
    guard = ["bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"]
    guard += ["--ro-bind", str(folder), str(folder), "--bind", str(root), str(root)]
    return [*guard, "--die-with-parent", *command]


def run(command: list[str], cost: Cost) -> None:
    """Run a command that has to succeed and add what it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    cost.wall.append(time.perf_counter() - started)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cost.cpu.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def report(shell: str, count: int, costs: list[dict[str, Cost]]) -> None:
    """Medians of the last checkout; `x` is its CPU time beside that of the first."""
    for name, cost in costs[-1].items():
        cpu, wall = statistics.median(cost.cpu), statistics.median(cost.wall)
        line = f"{shell:8} {count:6} files  {name:13} CPU {cpu:6.2f} s  wall {wall:6.2f} s"
        if len(costs) > 1:
            pairs = zip(cost.cpu, costs[0][name].cpu, strict=True)
            line += f"  x {statistics.median(mine / theirs for mine, theirs in pairs):.2f}"
        print(line, flush=True)


def report_growth(by_scale: dict[float, list[dict[str, Cost]]]) -> None:
    """CPU time as a power of the number of files."""
    for name, _, _ in RUNS:
        costs = [statistics.median(each[-1][name].cpu) for each in by_scale.values()]
        print(f"{'':8} {name:13} CPU ~ files^{growth(list(by_scale), costs)}")


if __name__ == "__main__":
    sys.exit(main())
