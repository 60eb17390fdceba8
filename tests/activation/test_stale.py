"""Many files that are not wanted any more: looked at and removed together, judged one by one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from .box import SHELLS, script_of, tree

if TYPE_CHECKING:
    from .box import Box

SKIP = "--ownership=skip"
# more than are looked at at once; names whose order is not that of directories
MANY = [f"/srv/many/{'-' if at % 2 else 'n '}{at}" for at in range(230)]
NEIGHBORS = [f"/srv/many{mark}/file" for mark in ("", "-too", " two", "!", "/deep", "0")]
EVERYTHING: dict[str, Any] = {
    "files": {
        **{path: {"text": f"{path}\n"} for path in [*MANY, *NEIGHBORS]},
        "/srv/many/seeded": {"text": "", "manage": "seed"},
        "/srv/top": {"text": "top\n"},
    },
    "links": {"/srv/many/link": {"target": "elsewhere"}, "/srv/many0/link": {"target": "x"}},
}
NOTHING: dict[str, Any] = {"files": {"/srv/other": {"text": "other\n"}}}


@pytest.mark.parametrize("shell", SHELLS)
def test_each_is_judged_by_itself(box: Box, shell: tuple[str, ...]) -> None:
    box.shell = shell
    srv = box.root / "srv"
    (srv / "many").mkdir(parents=True)
    before = box.root / MANY[150][1:]
    before.write_text("before\n")
    assert box.run(script_of(EVERYTHING), SKIP).code == 0
    edited = [box.root / MANY[at][1:] for at in (0, 99, 100, 101, 229)]
    for path in edited:
        path.write_text("edited\n")
    (box.root / MANY[7][1:]).unlink()
    (srv / "many!/theirs").write_text("theirs\n")
    ran = box.run(script_of(NOTHING), SKIP)
    assert ran.code == 0, ran.err
    names = {path.name for path in edited}
    left = {f"srv/many/{name}" for name in (*names, before.name, "seeded")}
    left |= {"srv", "srv/many", "srv/many!", "srv/many!/theirs", "srv/other"}
    assert {path for path in tree(box.root, memory=False) if path.startswith("srv")} == left
    assert before.read_text() == "before\n"
    told = re.findall(r"activate: (.*) is not wanted any more but was edited; it stays", ran.err)
    assert sorted(told) == sorted(f"/srv/many/{name}" for name in names)
    said = ran.out.splitlines()
    gone = [path for path in MANY if path.rsplit("/", 1)[1] not in {*names, before.name}]
    gone.remove(MANY[7])
    assert {f"remove {path}" for path in gone} <= set(said)
    assert f"give back {MANY[150]}" in said
    assert {f"remove directory /srv/many{mark}" for mark in ("-too", " two", "0")} <= set(said)
    assert "remove directory /srv/many!" not in said
    assert box.run(script_of(NOTHING), SKIP).out == "nothing to do\n"
    # what held the directory goes, and so does the directory
    (srv / "many!/theirs").unlink()
    assert box.run(script_of(NOTHING), SKIP).code == 0
    assert not (srv / "many!").exists()


@pytest.mark.needs("strace")
@pytest.mark.needs("dash")
def test_no_tool_is_started_for_each(box: Box) -> None:
    assert box.run(script_of({"files": {path: {"text": "x"} for path in MANY}}), SKIP).code == 0
    script = box.script(script_of(NOTHING))
    trace = ("strace", "-f", "-qq", "-e", "trace=execve")
    ran = box.command(*trace, "dash", script, f"--root={box.root}", SKIP)
    assert ran.code == 0, ran.err
    assert not (box.root / "srv/many").exists()
    started = re.findall(r'execve\("[^"]*/(\w+)", .* = 0$', ran.err, re.MULTILINE)
    counts = {tool: started.count(tool) for tool in ("stat", "sha256sum", "rm")}
    assert counts["sha256sum"] > 0
    assert max(counts.values()) < 20, counts
