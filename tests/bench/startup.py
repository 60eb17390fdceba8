"""How long `vcfg eval` takes beside a bare interpreter, in one run; says if budgets hold.

    make bench [ARGS="--rounds 21"]

Programs take turns, so that a machine whose clock drifts moves all of them alike: ratios
are medians of the ratios taken round by round. Wall time and peak memory are the kernel's
own account of the finished process; a peak cannot read below this program's own size, which
is printed first. `cold` starts with an empty cache every time, `warm`
with a filled one. The exit status is 1 when a budget is broken.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
NODE = ROOT / "spec" / "examples" / "ganeti-node" / "node1.vcfg"
VCFG = Path(sys.executable).parent / "vcfg"

BARE = "python -I -c pass"
COLD = "vcfg eval node1, cold"
WARM = "vcfg eval node1, warm"

MAX_WARM = 10
"""Bare interpreters that a warm evaluation may take."""
MAX_COLD = 100
MAX_PEAK = 60
"""MiB, cold or warm."""


class Cost(NamedTuple):
    """What one process took: wall seconds, peak resident MiB."""

    wall: float
    peak: float


def measure(command: list[str], cache: str) -> Cost:
    """Run a command to its end, output thrown away; exits when it fails."""
    environment = {"PATH": os.environ["PATH"], "HOME": cache, "VCFG_CACHE_DIR": cache}
    nowhere = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
    ]
    started = time.perf_counter()
    child = os.posix_spawn(command[0], command, environment, file_actions=nowhere)
    _, status, usage = os.wait4(child, 0)
    wall = time.perf_counter() - started
    if status:
        sys.exit(f"{' '.join(command)}: status {os.waitstatus_to_exitcode(status)}")
    return Cost(wall, usage.ru_maxrss / 1024)


def commands() -> dict[str, list[str]]:
    """What is measured, by the name it is shown under."""
    python = sys.executable
    return {
        "python -I -S -c pass": [python, "-I", "-S", "-c", "pass"],
        BARE: [python, "-I", "-c", "pass"],
        "vcfg --version": [str(VCFG), "--version"],
        WARM: [str(VCFG), "eval", str(NODE)],
        COLD: [str(VCFG), "eval", str(NODE)],
    }


def run_rounds(rounds: int) -> dict[str, list[Cost]]:
    """Costs by name, one per round; one more round beforehand is not counted."""
    costs: dict[str, list[Cost]] = {name: [] for name in commands()}
    with tempfile.TemporaryDirectory() as warm:
        for number in range(rounds + 1):
            for name, command in commands().items():
                if name == COLD:
                    with tempfile.TemporaryDirectory() as fresh:
                        cost = measure(command, fresh)
                else:
                    cost = measure(command, warm)
                if number:
                    costs[name].append(cost)
    return costs


def report(costs: dict[str, list[Cost]]) -> bool:
    """Print the table and the verdicts; whether all budgets hold."""
    print(f"{'':24}{'median ms':>10}{'min - max':>18}{'x bare':>8}{'min - max':>16}{'MiB':>8}")
    ratios: dict[str, float] = {}
    for name, rows in costs.items():
        walls = [row.wall * 1000 for row in rows]
        times = [row.wall / bare.wall for row, bare in zip(rows, costs[BARE], strict=True)]
        ratios[name] = statistics.median(times)
        spread = f"{min(walls):.1f} - {max(walls):.1f}"
        times_spread = f"{min(times):.1f} - {max(times):.1f}"
        peak = max(row.peak for row in rows)
        print(
            f"{name:24}{statistics.median(walls):>10.1f}{spread:>18}"
            f"{ratios[name]:>8.1f}{times_spread:>16}{peak:>8.1f}"
        )
    print()
    peak = max(row.peak for name in (COLD, WARM) for row in costs[name])
    verdicts = [
        verdict("warm", ratios[WARM], MAX_WARM, "bare interpreters"),
        verdict("cold", ratios[COLD], MAX_COLD, "bare interpreters"),
        verdict("peak", peak, MAX_PEAK, "MiB"),
    ]
    return all(verdicts)


def verdict(name: str, found: float, allowed: int, unit: str) -> bool:
    """Print whether one budget holds."""
    holds = found <= allowed
    print(f"{name}: {found:.1f} of at most {allowed} {unit}: {'holds' if holds else 'BROKEN'}")
    return holds


def main() -> int:
    """Parse the words, measure, report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"Python {sys.version.split()[0]}, {os.cpu_count()} processors, "
        f"load {os.getloadavg()[0]:.2f}, {rounds} rounds, own peak {own:.1f} MiB\n"
    )
    return 0 if report(run_rounds(rounds)) else 1


if __name__ == "__main__":
    sys.exit(main())
