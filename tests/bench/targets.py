"""How much vcfg may take of what Nix takes in the same run: medians of ratios, wall and peak."""

from __future__ import annotations

WARM = {
    "tiny": 0.9,
    "host": 0.7,
    "large": 0.5,
    "strings": 0.4,
    "wide": 0.12,
    "dag": 0.01,
    "deep": 0.6,
    "fleet": 0.2,
}
COLD = {
    "tiny": 3.5,
    "host": 4,
    "large": 4,
    "strings": 5,
    "wide": 0.5,
    "dag": 0.05,
    "deep": 4,
    "fleet": 0.3,
}
PEAK = {
    "tiny": 0.8,
    "host": 0.6,
    "large": 0.3,
    "strings": 0.3,
    "wide": 0.1,
    "dag": 0.02,
    "deep": 0.4,
    "fleet": 0.4,
}

OF_BARE = {"vcfg --version": 1.6, "completion": 3}
"""Of what a bare interpreter takes."""

OF_WARM = {"vcfg changed": ("large", 1.15), "vcfg check": ("host", 2), "vcfg build": ("host", 3)}
"""Of what a warm `vcfg eval` of that size takes."""


def missed(size: str, program: str, wall: float, peak: float, of_warm: float) -> str:
    """The targets that a program misses; `wall` and `peak` are ratios to the first one."""
    words = []
    target = {"vcfg warm": WARM, "vcfg cold": COLD, "vcfg no cache": COLD}.get(program, {}).get(
        size
    )
    if size == "start":
        target = OF_BARE.get(program)
    if target is not None and wall > target:
        words.append(f"more than {target}")
    if program == "vcfg warm" and size in PEAK and peak > PEAK[size]:
        words.append(f"peak more than {PEAK[size]}")
    where, most = OF_WARM.get(program, ("", 0.0))
    if where == size and of_warm > most:
        words.append(f"{of_warm:.2f} of warm, more than {most}")
    return ", ".join(words)
