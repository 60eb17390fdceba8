"""QEMU is killed at random moments of a run; what its disks hold then is enough to go on from.

The root and /var are two disks, of which each has to be flushed. `test_power.py` looks at chosen
moments of a file system without a machine around it.
"""

from __future__ import annotations

import random
import shutil
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from .box import tree
from .guest import Guest
from .test_crash import FIRST, SECOND, Trial, differences

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .box import Box

pytestmark = [
    pytest.mark.nightly,
    pytest.mark.root,
    pytest.mark.needs("cpio"),
    pytest.mark.needs("dash"),
    pytest.mark.needs("mke2fs", package="e2fsprogs"),
    pytest.mark.needs("qemu-system-x86_64", package="qemu-system-x86"),
]

CUTS = 40
# By then names are on the disk, whether somebody asked for their contents or not.
LATER = 3.0
WORK = 'dash "/$what" --root=/disk --packages=skip --sync=yes\necho code $?\n'
CAREFUL = 'sync -f "${root:-/}" $disks 2>/dev/null'
CARELESS = {"nothing": ":", "root": 'sync -f "${root:-/}"'}


@contextmanager
def mounted(disks: dict[str, Path], place: Path) -> Iterator[Path]:
    """The disks after what a machine does with them when it starts again."""
    for disk in disks.values():
        # 1: the journal was replayed, and now all is right
        checked = subprocess.run(["e2fsck", "-p", str(disk)], capture_output=True, check=False)
        assert checked.returncode in {0, 1}, checked.stdout
    place.mkdir(exist_ok=True)
    subprocess.run(["mount", "-o", "loop", str(disks["root"]), str(place)], check=True)
    try:
        subprocess.run(["mount", "-o", "loop", str(disks["var"]), str(place / "var")], check=True)
        yield place
    finally:
        subprocess.run(["umount", "--recursive", str(place)], check=True)


def left(trial: Trial, disks: dict[str, Path], name: str) -> Path:
    """A copy of the tree that the disks hold."""
    found = trial.box.folder / f"left-{name}"
    with mounted(disks, trial.box.folder / "mounted") as place:
        subprocess.run(["cp", "-a", str(place), str(found)], check=True)
    for each in ("lost+found", "var/lost+found"):
        (found / each).rmdir()
    return found


def guest(trial: Trial, **scripts: str) -> Guest:
    """A machine with the first configuration that is about to get the second."""
    folder = trial.box.folder / "guest"
    folder.mkdir()
    return Guest.waiting(folder, trial.start, {"work": WORK, **scripts})


def test_the_power_fails_at_any_moment(box: Box) -> None:
    """Then the same script, the earlier one and a third one end as if it had not failed."""
    box.watching = False  # the guest runs the scripts as they are
    trial = Trial(box, FIRST, SECOND)
    machine = guest(trial, second=trial.after)
    disks = machine.cut("second", "ended", 0)
    long = machine.took
    assert "\ncode 0\n" in machine.said()
    # who was told that it is done has it, though the power fails at once
    complete = left(trial, disks, "complete")
    trial.restore(complete)
    assert differences(trial.seen(), trial.second) == []
    wrong = {"at the end": trial.faults(complete)}
    chance = random.Random(CUTS)
    kinds: set[frozenset[tuple[str, str]]] = set()
    cuts = 0
    while cuts < CUTS or len(kinds) <= CUTS // 4:
        assert len(wrong) < 4 * CUTS, f"too few cuts were in the middle of a run: {cuts}"
        moment = long * chance.random()
        found = left(trial, machine.cut("second", "started", moment), f"cut-{len(wrong)}")
        kinds.add(frozenset(tree(found).items()))
        wrong[f"{len(wrong)}: after {moment:.2f} of {long:.2f} s"] = trial.faults(found)
        shutil.rmtree(found)
        if machine.has_ended():
            # others compute here too, and did so more when it was measured
            long = moment
        else:
            cuts += 1
            long = max(long, moment * 1.1)
    assert {moment: faults for moment, faults in wrong.items() if faults} == {}


def test_scripts_that_do_not_flush_are_caught(box: Box) -> None:
    """The control: nothing is asked for in time, or not that of every disk."""
    box.watching = False  # the guest runs the scripts as they are
    trial = Trial(box, FIRST, SECOND)
    mutants = {name: trial.after.replace(CAREFUL, bad) for name, bad in CARELESS.items()}
    machine = guest(trial, **mutants)
    for name, script in mutants.items():
        assert script != trial.after
        found = left(trial, machine.cut(name, "ended", LATER), name)
        assert "\ncode 0\n" in machine.said()
        assert trial.torn(tree(found)) or trial.faults(found), name
