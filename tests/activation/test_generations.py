"""Generations and `--rollback`: which scripts made a system what it is, and the way back."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from evaluator.emit.activate import render_activate

from .box import SHELLS, plan_of, tree
from .crash import copy, on_known_machine, states

if TYPE_CHECKING:
    from .box import Box, Ran

SKIP = "--ownership=skip"
NUMBERS = "123456789"


def configuration(number: str, host: str = "node1") -> str:
    """A script of its own input: a file that all have, and one of its own."""
    wanted: dict[str, Any] = {
        "files": {"/etc/all": {"text": f"{number}\n"}, f"/etc/of{number}": {"text": "x\n"}}
    }
    return render_activate(plan_of(wanted, host) | {"input": f"input{number}"})


def run(box: Box, number: str, *words: str) -> Ran:
    """Run one of the scripts; it has to do its work."""
    ran = box.run(configuration(number), SKIP, *words)
    assert (ran.code, ran.err) == (0, ""), ran
    return ran


def in_force(box: Box) -> str:
    """Which configuration the tree is of."""
    number = (box.root / "etc/all").read_text().strip()
    assert sorted(path.name for path in (box.root / "etc").iterdir()) == ["all", f"of{number}"]
    return number


def generations(box: Box) -> list[str]:
    """Numbers of what is kept, a star behind the one in force."""
    kept = box.root / "var/lib/vcfg/generations"
    current = (kept / "current").read_text().strip()
    numbers = sorted(path.name for path in kept.iterdir() if path.is_dir())
    return [f"{number}*" if number == current else number for number in numbers]


@pytest.mark.parametrize("shell", SHELLS)
def test_back_and_forth(box: Box, shell: tuple[str, ...]) -> None:
    box.shell = shell
    for number in "123":
        run(box, number)
    assert generations(box) == ["1", "2", "3*"]
    before = tree(box.root, times=True)
    assert run(box, "3").out == "nothing to do\n"
    assert tree(box.root, times=True) == before
    told = box.run(configuration("3"), SKIP, "--rollback", "--check")
    assert told.code == 2
    assert told.out.splitlines()[0] == "going back to generation 2"
    assert "create /etc/of2" in told.out
    assert tree(box.root, times=True) == before
    run(box, "3", "--rollback")
    assert (in_force(box), generations(box)) == ("2", ["1", "2*", "3"])
    run(box, "3", "--rollback")
    assert (in_force(box), generations(box)) == ("1", ["1*", "2", "3"])
    refused = box.run(configuration("3"), SKIP, "--rollback")
    assert refused.code == 3
    assert "no earlier generation to go back to; --uninstall" in refused.err
    # what was gone back from is nobody's way back
    run(box, "4")
    assert (in_force(box), generations(box)) == ("4", ["1", "2*"])
    run(box, "4", "--rollback")
    assert in_force(box) == "1"
    run(box, "1", "--uninstall")
    assert tree(box.root) == {}


def test_five_are_kept_as_they_were(box: Box) -> None:
    box.watching = False
    for number in NUMBERS[:7]:
        run(box, number)
    assert generations(box) == ["3", "4", "5", "6", "7*"]
    kept = box.root / "var/lib/vcfg/generations"
    for path in (kept, kept / "4"):
        assert path.stat().st_mode & 0o777 == 0o700
    script = kept / "4/activate"
    assert script.read_text() == configuration("4")
    assert script.stat().st_mode & 0o777 == 0o700
    assert "input\tinput4\n" in (kept / "4/state").read_text()
    listed = box.run(configuration("7"), "--generations")
    assert listed.code == 0
    date = r"\d{4}-\d\d-\d\d \d\d:\d\d"
    lines = listed.out.splitlines()
    assert re.fullmatch(rf"3           {date}  host node1, input input3", lines[0])
    assert re.fullmatch(rf"7  current  {date}  host node1, input input7", lines[4])


def test_a_script_from_a_pipe_leaves_none(box: Box) -> None:
    """What it made is left for what was in force before it."""
    run(box, "1")
    run(box, "2")
    path = box.script(configuration("3"))
    ran = box.command("sh", "-c", f"sh -s -- --root={box.root} {SKIP} < {path}")
    assert ran.code == 0
    assert (in_force(box), generations(box)) == ("3", ["1", "2*"])
    run(box, "3", "--rollback")
    assert (in_force(box), generations(box)) == ("2", ["1", "2*"])
    run(box, "3", "--rollback")
    assert in_force(box) == "1"


def test_another_file_of_the_shells_name(box: Box) -> None:
    """With `sh -s` the script is called `sh`; such a file is not it."""
    path = box.script(configuration("1"))
    (box.folder / "sh").write_text("#!/bin/sh\nrm -rf /\n")
    words = f"cd {box.folder} && sh -s -- --root={box.root} {SKIP} < {path}"
    assert box.command("sh", "-c", words).code == 0
    assert not (box.root / "var/lib/vcfg/generations").exists()


def test_a_damaged_generation_is_refused(box: Box) -> None:
    run(box, "1")
    run(box, "2")
    kept = box.root / "var/lib/vcfg/generations/1/activate"
    for text in (configuration("1")[:-20], None):
        kept.unlink()
        if text is not None:
            kept.write_text(text)
        before = tree(box.root, times=True)
        ran = box.run(configuration("2"), SKIP, "--rollback")
        assert ran.code == 3
        assert "generation 1 is damaged" in ran.err
        assert tree(box.root, times=True) == before


def test_a_generation_of_another_host_is_refused(box: Box) -> None:
    run(box, "1")
    assert box.run(configuration("2", host="node2"), SKIP, "--rename").code == 0
    before = tree(box.root, times=True)
    ran = box.run(configuration("2", host="node2"), SKIP, "--rollback")
    assert ran.code == 3
    assert "generation 1 is one of another host, node1" in ran.err
    assert tree(box.root, times=True) == before
    run(box, "2", "--rollback", "--rename")
    assert in_force(box) == "1"


def test_secrets_and_options_go_with_it(box: Box) -> None:
    """A relative VCFG_SECRETS is one of whoever called."""
    wanted: dict[str, Any] = {"files": {"/etc/key": {"text": {"secret": {"name": "key"}}}}}
    (box.folder / "keys").mkdir()
    (box.folder / "keys/key").write_text("hush\n")
    first = render_activate(plan_of(wanted) | {"input": "first"})
    box.script(first, "first")
    box.script(configuration("2"), "second")
    for words in ("first", "second", "second --rollback"):
        line = f"cd {box.folder} && VCFG_SECRETS=keys sh {words} --root=root {SKIP}"
        ran = box.command("sh", "-c", line)
        assert ran.code == 0, ran.err
    assert (box.root / "etc/key").read_text() == "hush\n"


@pytest.mark.root
@pytest.mark.slow
@on_known_machine
@pytest.mark.parametrize("words", [[], ["--rollback"]])
def test_a_crash_is_survived(box: Box, words: list[str]) -> None:
    """Killed anywhere, the same call again ends as if nothing had happened."""
    (box.root / "var/lib").mkdir(parents=True)
    for number in NUMBERS[:6]:
        run(box, number)
    if words:
        run(box, "7")
    box.folder.joinpath("states").mkdir()
    call = ["sh", str(box.script(configuration("7"))), f"--root={box.root}", SKIP, *words]
    code, found = states(box.guarded(call), box.root, box.folder / "states")
    assert code == 0
    wanted = tree(box.root)
    assert in_force(box) == ("6" if words else "7")
    assert len(found) > 20
    for state in found[1:-1]:
        shutil.rmtree(box.root)
        copy(state, box.root)
        done = not (state / "var/lib/vcfg/pending").exists() and (
            (state / "var/lib/vcfg/state").read_bytes()
            == (found[-1] / "var/lib/vcfg/state").read_bytes()
        )
        # `--rollback` that was killed when all was done would go one further back
        ran = box.run(configuration("7"), SKIP, *([] if done and not words else words))
        assert (ran.code, ran.err) == (0, ""), (state, ran)
        if not (done and words):
            assert tree(box.root) == wanted, state
