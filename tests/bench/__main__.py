"""How long vcfg takes, beside Nix and other languages, on workloads whose answers are known.

    make bench                                           every size, and what starting takes
    make bench ARGS="host large --rounds 21"             some, in more rounds
    make bench ARGS="--growth"                           how cost grows, over three scales
    NIXLIB=/path/to/nixpkgs/lib make bench               with Nix

README.md says what the figures are. The exit status is 1 when an answer is wrong.
"""

from __future__ import annotations

import argparse
import compileall
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench import examples, start
from tests.bench.answer import comparable, difference, expected
from tests.bench.growth import exponents
from tests.bench.programs import INSTALLED, ROOT, peers, vcfgs
from tests.bench.race import Meter, Result, race
from tests.bench.sizes import SIZES, make
from tests.bench.table import heading, report
from tests.bench.workload import Workload

if TYPE_CHECKING:
    from tests.bench.programs import Program

SCALES = (0.25, 0.5, 1.0)
"""Of a workload, when growth is asked for."""


def main() -> int:
    """Parse the words, measure, report."""
    arguments = parsed()
    compileall.compile_dir(ROOT / "evaluator", quiet=2)
    print(heading(arguments.rounds, arguments.seed))
    for program in peers():
        if program.missing:
            print(f"# without {program.name}: {program.missing}")
    wrong = False
    with (
        Meter(arguments.timeout) as meter,
        tempfile.TemporaryDirectory(prefix="vcfg-bench-") as folder,
    ):
        for size in arguments.sizes:
            measured = {}
            scales = SCALES if arguments.growth else (arguments.scale,)
            for scale in scales if size in SIZES else (1.0,):
                at = Path(folder) / f"{size}-{scale:g}"
                results = measure(size, scale, at, meter, arguments)
                report(size, scale, results)
                measured[scale] = results
                wrong = wrong or any("WRONG" in result.problem for result in results)
            if len(measured) > 1:
                exponents(measured)
    return 1 if wrong else 0


def parsed() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="bench", description=(__doc__ or "").split("\n\n")[0])
    names = ["start", *SIZES, *examples.EXAMPLES]
    parser.add_argument("sizes", nargs="*", metavar="SIZE", help=f"of {', '.join(names)}")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--growth", action="store_true", help=f"at {SCALES} of each size")
    parser.add_argument("--only", nargs="*", help="programs, by their names in the table")
    parser.add_argument("--vcfg", type=Path, default=INSTALLED, help="the command to measure")
    parser.add_argument("--against", type=Path, help="another vcfg, as the first rows")
    parser.add_argument("--timeout", type=float, default=120.0, help="seconds for one run")
    found = parser.parse_args()
    if unknown := [size for size in found.sizes if size not in names]:
        parser.error(f"no size {', '.join(unknown)}; there are {', '.join(names)}")
    found.sizes = found.sizes or (list(SIZES) if found.growth else names)
    return found


def measure(
    size: str, scale: float, folder: Path, meter: Meter, arguments: argparse.Namespace
) -> list[Result]:
    """Write one workload for all programs and let them run."""
    if size in SIZES:
        workload, programs = (
            make(size, arguments.seed, scale),
            [*peers(), *vcfgs(arguments.vcfg, arguments.against)],
        )
        want = comparable(workload, expected(workload))
    else:
        workload, want = Workload([]), None
        programs = (
            start.programs(arguments.vcfg)
            if size == "start"
            else examples.programs(size, arguments.vcfg, arguments.against)
        )
    results = []
    for program in programs:
        if arguments.only and program.name not in arguments.only:
            continue
        result = Result(program, folder / program.name.replace(" ", "-"))
        result.problem = prepared(program, workload, result.folder)
        if result.problem != "missing":
            results.append(result)

    def judge(result: Result, output: bytes) -> str:
        assert result.program.read is not None
        answer = result.program.read(output)
        if size in examples.EXAMPLES:
            return examples.missing(size, answer)
        return difference(want, comparable(workload, answer))

    print(f"\n{size}{'' if scale == 1 else f' x{scale:g}'}: {workload.count() or 'as it is'}")
    race(results, arguments.rounds, meter, judge)
    return results


def prepared(program: Program, workload: Workload, folder: Path) -> str:
    """Write the files of a program; why that cannot be."""
    if program.missing:
        return "missing"
    if workload.hosts and (program.without_hosts or program.name == "vcfg build"):
        return "has no hosts"
    folder.mkdir(parents=True)
    program.write(workload, folder)
    return ""


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main())
