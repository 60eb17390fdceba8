"""How cost grows with size: the exponent of the power that fits best, start-up taken off."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.bench.race import Result


def exponents(measured: dict[float, list[Result]]) -> None:
    """Print CPU and peak as powers of the scale, for each program that ran at every scale."""
    by_program: dict[str, dict[float, Result]] = {}
    for scale, results in measured.items():
        for result in results:
            if result.costs:
                by_program.setdefault(result.program.name, {})[scale] = result
    for name, by_scale in by_program.items():
        if len(by_scale) < 3:
            continue
        scales = sorted(by_scale)
        cpu = [by_scale[scale].median().cpu for scale in scales]
        peak = [by_scale[scale].median().peak for scale in scales]
        print(f"{name:16} CPU ~ scale^{growth(scales, cpu)}, peak ~ scale^{growth(scales, peak)}")


def growth(scales: Sequence[float], costs: Sequence[float]) -> str:
    """The exponent x of `fixed + c * scale^x` through the first, a middle and the last point.

    What a start takes is in every cost, so it is solved for and not measured apart: from three
    scales, each twice the one before, the differences grow by 2^x.
    """
    first, middle, last = costs[0], costs[len(costs) // 2], costs[-1]
    step = scales[-1] / scales[len(scales) // 2]
    if middle <= first or last <= middle:
        return "?"
    return f"{math.log((last - middle) / (middle - first)) / math.log(step):.2f}"
