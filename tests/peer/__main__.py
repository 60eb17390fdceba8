"""Fresh seeds against a real nix: `NIXLIB=/path/to/nixpkgs/lib python -m tests.peer SEED COUNT`."""

from __future__ import annotations

import sys

from tests.peer import real
from tests.peer.generate import generate
from tests.peer.judge import differences
from tests.peer.to_vcfg import files_of

BATCH = 25


def main(words: list[str]) -> int:
    """Compare; print what differs with the files that show it. 1 if anything does."""
    first, count = int(words[0]), int(words[1])
    bad = failed = 0
    for start in range(first, first + count, BATCH):
        seeds = range(start, min(start + BATCH, first + count))
        sets = [generate(seed) for seed in seeds]
        for seed, set_, wanted in zip(seeds, sets, real.answers(sets), strict=True):
            found = [wanted] if isinstance(wanted, str) else differences(set_, wanted)
            failed += not isinstance(wanted, str) and any(["failed" in each for each in wanted])
            if found:
                bad += 1
                print(f"seed {seed}:", *found, sep="\n  ")
                if "-v" in words:
                    for name, text in files_of(set_).items():
                        print(f"# {name}\n{text}")
    print(f"{count} sets, {failed} with failures, {bad} answered differently")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
