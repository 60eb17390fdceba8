"""Every exit code of the table, by a run that ends with it, and what each says of the root."""

from __future__ import annotations

import fcntl
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from .box import script_of, tree
from .test_target import without_mounts

if TYPE_CHECKING:
    from collections.abc import Callable

    from .box import Box, Ran

SPEC = Path(__file__).parents[2] / "spec/96-activation.md"
ONE: dict[str, Any] = {"files": {"/etc/one": {"text": "1\n"}}}
SKIP = "--ownership=skip"


def with_snippet(text: str, phase: str) -> str:
    return script_of({**ONE, "snippets": {"late": {"text": text, "phase": phase}}})


def without_a_tool(box: Box, tool: str, text: str | None) -> Ran:
    """A program of the machine is replaced by one of our own, or by none."""
    box.script(script_of(ONE))
    assert box.run(script_of(ONE), SKIP).code == 0
    shadow = box.folder / tool
    shadow.write_text(text or "")
    shadow.chmod(0o755 if text else 0o644)
    cover = ("--ro-bind", str(shadow), f"/usr/bin/{tool}")
    return box.inside("sh", "/in/activate", "--inside", SKIP, mounts=cover)


def locked(box: Box) -> Ran:
    holder = os.open(box.root, os.O_RDONLY)
    fcntl.flock(holder, fcntl.LOCK_EX)
    try:
        return box.run(script_of(ONE), SKIP)
    finally:
        os.close(holder)


def as_nobody(box: Box) -> Ran:
    box.script(script_of({"files": {"/etc/one": {"text": "1\n", "owner": "7"}}}))
    nobody = ("--unshare-user", "--uid", "65534", "--gid", "65534")
    return box.inside("sh", "/in/activate", "--inside", "--ownership=apply", mounts=nobody)


# What whoever started the tests ignores (nohup, a background job) no shell can hear of.
HEARING = ("env", "--default-signal=HUP,INT,TERM", "sh")


def hung_up(box: Box) -> Ran:
    """While it looks: later a vanished terminal ends nothing."""
    nap = f"2.{os.getpid()}"
    slow = {"secret": {"command": ["sleep", nap]}}
    path = box.script(script_of({"files": {"/etc/one": {"text": slow}}}))
    begun = f"until pgrep -xf 'sleep {nap}'; do sleep 0.05; done >/dev/null"
    words = f"sh {path} --root={box.root} {SKIP} & {begun}; kill -HUP $!; wait $!"
    return box.command(*HEARING, "-c", words)


def signalled(box: Box, signal: str) -> Ran:
    """A snippet's parent is a shell between it and the script."""
    text = f"read -r _ _ _ script _ </proc/$PPID/stat\nkill -{signal} $script\n"
    box.shell = HEARING
    return box.run(with_snippet(text, "files"), SKIP)


# How to come by each, and whether the root is changed then.
CODES: dict[int, tuple[Callable[[Box], Ran], bool]] = {
    0: (lambda box: box.run(script_of(ONE), SKIP), True),
    1: (lambda box: without_a_tool(box, "sort", "#!/bin/sh\nexit 7\n"), False),
    2: (lambda box: box.run(script_of(ONE), SKIP, "--check"), False),
    3: (lambda box: box.run(script_of({**ONE, "packages": ["none"]}), SKIP), False),
    4: (lambda box: box.run(script_of({"files": {"/report": {}}}), SKIP), False),
    5: (lambda box: box.run(with_snippet("exit 1\n", "files"), SKIP), True),
    6: (lambda box: box.run(with_snippet("exit 1\n", "post"), SKIP), True),
    64: (lambda box: box.run(script_of(ONE), SKIP, "--inside"), False),
    69: (lambda box: without_a_tool(box, "sort", None), False),
    75: (locked, False),
    77: (as_nobody, False),
    129: (hung_up, False),
    130: (lambda box: signalled(box, "INT"), True),
    143: (lambda box: signalled(box, "TERM"), True),
}


def test_the_table_has_them_all() -> None:
    """7 is the code of a run that nobody confirmed; see the tests of live systems."""
    table = SPEC.read_text(encoding="utf-8").split("## Exit codes")[1].split("\n## ")[0]
    rows = re.findall(r"(?m)^\| ([\d, ]+) \|", table)
    told = {int(code) for row in rows for code in row.split(",")}
    assert told - {7} == set(CODES)


@pytest.mark.root
@pytest.mark.parametrize("code", CODES)
def test_a_run_that_ends_so(box: Box, code: int) -> None:
    run, changes = CODES[code]
    (box.root / "report").mkdir()
    before = without_mounts(tree(box.root))
    ran = run(box)
    assert ran.code == code, ran
    if code in (1, 69):
        before = without_mounts(tree(box.root))
    assert (without_mounts(tree(box.root)) != before) == changes
    assert bool(ran.err) == (code not in (0, 2))
    # what was interrupted or refused for a while is done by the next run
    if code in (0, 2, 75, 77, 129):
        assert box.run(script_of(ONE), SKIP).code == 0
