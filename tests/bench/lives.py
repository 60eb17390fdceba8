"""What scripts cost that have much to do, run by run of the stories in `stories.py`.

    python -m tests.bench.lives                      all stories, in dash
    python -m tests.bench.lives units people         some of them
    python -m tests.bench.lives --shell yash --sizes 100 200 units

Each story is lived at three sizes on a root of its own in memory, under bubblewrap, to which
nothing but that root is writable. What grows as the size does doubles from column to column.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evaluator.diagnostics.model import Sink
from evaluator.emit.activate import render_activate
from evaluator.plan.build import build_plan
from tests.bench.activation import SHELLS, guarded
from tests.bench.stories import STORIES

if TYPE_CHECKING:
    from tests.bench.stories import Story

SIZES = (250, 500, 1000)


def main() -> int:
    """Parse the words, live the stories, print a line for each run."""
    parser = argparse.ArgumentParser(prog="lives", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("stories", nargs="*", metavar="STORY", help=f"of {', '.join(STORIES)}")
    parser.add_argument("--shell", choices=SHELLS, default="dash")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--memory", type=Path, default=Path("/dev/shm"), help="where to run")
    words = parser.parse_args()
    if unknown := [name for name in words.stories if name not in STORIES]:
        parser.error(f"no story {', '.join(unknown)}; there are {', '.join(STORIES)}")
    for name in words.stories or STORIES:
        print(f"{name}: {STORIES[name].about}")
        costs: dict[str, list[float]] = {}
        for size in words.sizes:
            with tempfile.TemporaryDirectory(prefix="vcfg-lives-", dir=words.memory) as folder:
                live(STORIES[name], size, words.shell, Path(folder), costs)
        for run, seconds in costs.items():
            columns = "".join([f"{each:9.2f}" for each in seconds])
            print(f"  {run:20}{columns}", flush=True)
    return 0


def live(story: Story, size: int, shell: str, folder: Path, costs: dict[str, list[float]]) -> None:
    """All runs of a story on one root; CPU seconds go into `costs`."""
    root = folder / "root"
    root.mkdir(mode=0o755)
    for name, wanted in story.scripts.items():
        (folder / name).write_text(script(wanted(size)), encoding="utf-8")
    for run in story.runs:
        if run.before is not None:
            run.before(root)
        words = [*SHELLS[shell], str(folder / run.script), f"--root={root}", *run.words]
        costs.setdefault(run.name, []).append(measured(guarded(words, folder, root), run.code))


def measured(command: list[str], code: int) -> float:
    """CPU seconds of a command, which has to end with this code."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != code:
        raise SystemExit(f"{command[-2:]} ended with {done.returncode}: {done.stderr.decode()}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def script(wanted: dict[str, Any]) -> str:
    """The activation script of a configuration, which has to be right."""
    sink = Sink()
    plan = build_plan(wanted, host="", input_hash="0", origin=_origin, sink=sink)
    if sink.has_errors():
        raise SystemExit(str([each.message for each in sink.diagnostics][:3]))
    return render_activate(plan)


def _origin(path: str) -> list[dict[str, Any]]:
    return [{"file": "many.vcfg", "line": 1, "path": path}]


if __name__ == "__main__":
    sys.exit(main())
