"""Figures as a person reads them."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from tests.bench.targets import missed

if TYPE_CHECKING:
    from tests.bench.race import Result


def heading(rounds: int, seed: int) -> str:
    """What the figures were measured on."""
    return (
        f"# Python {sys.version.split()[0]}, {os.cpu_count()} processors, "
        f"load {os.getloadavg()[0]:.2f}, {rounds} rounds, seed {seed}; medians, "
        "ratios (x) to the first row taken round by round"
    )


def report(size: str, scale: float, results: list[Result]) -> None:
    """One line per program; ratios are to the first one that ran."""
    ran = [result for result in results if result.costs]
    warm = next((result for result in ran if result.program.name == "vcfg warm"), None)
    print(
        f"{'':16}{'wall ms':>10}{'min - max':>18}{'x':>8}{'CPU ms':>10}{'x':>8}{'MiB':>8}{'x':>7}"
    )
    for result in results:
        name = f"{result.program.name:16}"
        if not result.costs:
            print(f"{name}{'':>10}  {result.problem}")
            continue
        walls = [1000 * cost.wall for cost in result.costs]
        middle, ratio = result.median(), result.ratio(ran[0])
        of_warm = result.ratio(warm).wall if warm is not None else 0.0
        words = missed(size, result.program.name, ratio.wall, ratio.peak, of_warm)
        if scale != 1 or (size != "start" and ran[0].program.name != "nix"):
            words = ""
        print(
            f"{name}{1000 * middle.wall:10.1f}{f'{min(walls):.1f} - {max(walls):.1f}':>18}"
            f"{ratio.wall:8.3g}{1000 * middle.cpu:10.1f}{ratio.cpu:8.3g}{middle.peak:8.1f}"
            f"{ratio.peak:7.2f}  {result.problem or words}".rstrip()
        )
    sys.stdout.flush()
