"""Texts that would run something if anybody ran them, wherever the library takes any text.

Which ones are taken is found out as in `tests/injection`. Here, the script of all of them runs,
and what it leaves behind is what was planned.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evaluator.emit.activate import render_activate
from evaluator.emit.rows import tree_files
from tests.injection.strings import hostile
from tests.injection.together import together
from tests.injection.trial import TEXTS, among, harmless, places, result

from .sandbox import TARGET, Result, Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.injection.trial import Plan

COMMAND = f"cd /tmp && VCFG_SECRETS=/run/keys sh /tmp/activate --root={TARGET}"
SECRET = "$(touch /canary)`touch /canary`'\"\\ %n\n"


class Caught:
    """A machine on which the traps were set, by two runs."""

    def __init__(self, machine: Sandbox, folder: Path, lower: Path) -> None:
        self.traps, self.plan = together()
        self.machine = machine
        self._layers = (folder / "upper", lower)
        machine.put("/tmp/activate", render_activate(self.plan))
        machine.put("/run/keys/key", SECRET)
        self.first = machine.run(COMMAND, check=False)
        self.second = machine.run(COMMAND, check=False)

    def path(self, path: str) -> Path:
        """Where something of the target lies."""
        places = [layer / path[1:] for layer in self._layers]
        return next(place for place in places if place.is_symlink() or place.exists())


@pytest.fixture(scope="module")
def caught(debian_root: Path, change_directory: Callable[[], Path]) -> Iterator[Caught]:
    """All traps at once."""
    folder = change_directory()
    with Sandbox([debian_root], target=folder, lower=[debian_root]) as machine:
        yield Caught(machine, folder, debian_root)


def test_the_script_ends_well(caught: Caught) -> None:
    assert len(caught.traps) > 80
    assert caught.first.code == 0, caught.first.said
    # whose package would bring it
    idle = "activate: there is no unit x.service here; it is enabled when its package brings it\n"
    assert caught.second == Result(0, "nothing to do\n", idle)


def test_nothing_runs(caught: Caught) -> None:
    find = "find / -path /proc -prune -o -path /sys -prune -o -name canary -print"
    assert caught.machine.run(find).out == ""


def test_files_and_links_are_those_of_the_plan(caught: Caught) -> None:
    for file in tree_files(caught.plan):
        parts = file["parts"] if "parts" in file else [file["text"]]
        text = "".join([part if isinstance(part, str) else SECRET for part in parts])
        place = caught.path(file["path"])
        assert place.read_bytes() == text.encode(), file["path"]
        assert place.stat().st_mode & 0o7777 == int(file["mode"], 8), file["path"]
    for link in caught.plan["links"]:
        assert str(caught.path(link["path"]).readlink()) == link["target"]


def test_sshd_reads_what_was_written_and_nothing_besides(caught: Caught) -> None:
    """Each text alone: what is effective is what a harmless one makes, but for that."""
    wanted: dict[str, list[str]] = {}
    for place in places("openssh"):
        before, plan = harmless("openssh", place)
        if plan is None or among(place, TEXTS) is not None:
            continue
        [usual] = effective(caught.machine, [sshd_config(plan)])
        for after in hostile(before):
            taken = result("openssh", place.statement(after)).plan if place.takes(after) else None
            if taken is not None:
                said = [line.replace(before, after) for line in usual]
                wanted[sshd_config(taken)] = sorted(said)
    assert len(wanted) > 10
    found = effective(caught.machine, [*wanted])
    for lines, config in zip(found, wanted, strict=True):
        assert sorted(lines) == wanted[config], config


def sshd_config(plan: Plan) -> str:
    """The text of sshd's file."""
    [text] = [each["text"] for each in plan["files"] if each["path"] == "/etc/ssh/sshd_config"]
    return str(text)


def effective(machine: Sandbox, configs: list[str]) -> list[list[str]]:
    """What sshd says to each file that is in effect."""
    for number, config in enumerate(configs):
        machine.put(f"/tmp/sshd/{number}", config)
    loop = f"for i in $(seq 0 {len(configs) - 1}); do sshd -T -f /tmp/sshd/$i || exit; echo; done"
    return [said.splitlines() for said in machine.run(loop).out.split("\n\n")[:-1]]


def test_accounts_have_what_was_written(caught: Caught) -> None:
    lines = caught.path("/etc/passwd").read_text().splitlines()
    fields = {line.split(":")[0]: line.split(":")[4:] for line in lines}
    for user in caught.plan["users"]:
        assert fields[user["name"]] == [user["comment"], user["home"], user["shell"]]
