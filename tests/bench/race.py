"""Runs programs in turn, so that a machine whose clock drifts moves all of them alike."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.bench.programs import Program

SLOW = 20.0
"""Seconds after which one round of a program has to do."""


class Cost(NamedTuple):
    """What one process took: seconds of wall and CPU, MiB at its peak."""

    wall: float
    cpu: float
    peak: float


@dataclass(slots=True)
class Result:
    """What came of a program; `problem` says why it has no costs, or a wrong answer."""

    program: Program
    folder: Path
    costs: list[Cost] = field(default_factory=list)
    problem: str = ""
    accepted: bytes | None = None

    def median(self) -> Cost:
        """Each figure's own median."""
        return Cost(*(statistics.median(each) for each in zip(*self.costs, strict=True)))

    def ratio(self, other: Result) -> Cost:
        """The median of the ratios taken round by round."""
        rounds = zip(self.costs, other.costs, strict=False)
        ratios = [[mine / theirs for mine, theirs in zip(*both, strict=True)] for both in rounds]
        return Cost(*(statistics.median(each) for each in zip(*ratios, strict=True)))


class Meter:
    """The small process that runs commands."""

    def __init__(self, timeout: float) -> None:
        self.timeout = timeout
        command = [sys.executable, "-I", "-S", str(Path(__file__).with_name("meter.py"))]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self.process:
            assert self.process.stdin is not None
            self.process.stdin.close()

    def measure(self, result: Result) -> tuple[Cost, int]:
        """Run a program once; its cost and exit status."""
        program, folder = result.program, result.folder
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            **program.environment(folder),
        }
        files = [str(folder / "output"), str(folder / "errors")]
        asked = [program.command(folder), environment, *files, self.timeout, program.wants_stack]
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(asked) + "\n")
        *cost, status = json.loads(self.process.stdout.readline())
        return Cost(*cost), status


def race(
    results: list[Result], rounds: int, meter: Meter, judge: Callable[[Result, bytes], str]
) -> None:
    """Fill results; one more round beforehand is not counted, unless it was a slow one."""
    running = [result for result in results if not result.problem]
    for number in range(rounds + 1):
        for result in list(running):
            result.program.before(result.folder, number)
            cost, status = meter.measure(result)
            result.problem = _problem(result, cost, status, meter.timeout) or judged(result, judge)
            if result.problem:
                running.remove(result)
                continue
            if number or cost.wall > SLOW:
                result.costs.append(cost)
            if cost.wall > SLOW:
                running.remove(result)


def _problem(result: Result, cost: Cost, status: int, timeout: float) -> str:
    if cost.wall >= timeout:
        return f"over {timeout:.0f} s, {cost.peak:.0f} MiB"
    if status < 0:
        return f"died of signal {-status}"
    if status:
        errors = (result.folder / "errors").read_text(errors="replace").strip().splitlines()
        return f"status {status}: {' '.join(errors)[:100]}"
    return ""


def judged(result: Result, judge: Callable[[Result, bytes], str]) -> str:
    """What is wrong with the answer just given; the same bytes are not read twice."""
    if result.program.read is None:
        return ""
    output = (result.folder / "output").read_bytes()
    if output == result.accepted:
        return ""
    problem = judge(result, output)
    if not problem:
        result.accepted = output
    return problem and f"WRONG: {problem}"
