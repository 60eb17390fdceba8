"""Databases as they are on machines with many people: long, and slow to look through."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from .box import SHELLS, script_of
from .test_accounts import SKIP, database, users

if TYPE_CHECKING:
    from .box import Box

MANY = 1000
PEOPLE = [f"person{n}" for n in range(MANY)]
HASH = "$y$j9T$abcdefghijklmnopqrstuv$abcdefghijklmnopqrstuvabcdefghijklmnopqrstuv"
GROUPS = [f"g{n}" for n in range(MANY)]
ALL = ",".join(PEOPLE)
LONG = {
    "passwd": [f"{name}:x:{70000 + n}:105::/:/bin/sh" for n, name in enumerate(PEOPLE)],
    "shadow": [f"{name}:{HASH}:19000:0:99999:7:::" for name in PEOPLE],
    "group": ["kvm:x:104:", f"all:x:105:{ALL}", *(f"{name}:x:7:" for name in GROUPS)],
    "gshadow": ["kvm:!::", f"all:!::{ALL}", *(f"{name}:!::" for name in GROUPS)],
}


@pytest.mark.slow
@pytest.mark.parametrize("shell", SHELLS)
def test_a_thousand_lines_and_members_stay_as_they_are(box: Box, shell: tuple[str, ...]) -> None:
    """A script that took the square of that would be at it for many minutes."""
    box.shell = shell
    (box.root / "etc").mkdir()
    for name, lines in LONG.items():
        (box.root / "etc" / name).write_text("".join(f"{line}\n" for line in lines))
    began = time.monotonic()
    wanted = users(gnt={"groups": ["kvm", "all"], "purge": True})
    assert box.run(script_of(wanted), SKIP).code == 0
    assert f"all:x:105:{','.join([*PEOPLE, 'gnt'])}" in database(box, "group")
    assert f"all:!::{','.join([*PEOPLE, 'gnt'])}" in database(box, "gshadow")
    assert database(box, "passwd")[:-2] == LONG["passwd"]
    assert database(box, "passwd")[-2].startswith("gnt:x:")
    assert box.run(script_of(wanted), SKIP).out == "nothing to do\n"
    assert box.run(script_of({}), SKIP).code == 0
    for name, lines in LONG.items():
        assert database(box, name) == [*lines, ""]
    assert time.monotonic() - began < 120


@pytest.mark.slow
@pytest.mark.parametrize("shell", SHELLS)
def test_many_members_cost_no_square_of_their_number(box: Box, shell: tuple[str, ...]) -> None:
    """Each was looked for in a list that some shells took minutes to cut off its line."""
    box.shell = shell
    (box.root / "etc").mkdir()
    for name, lines in LONG.items():
        (box.root / "etc" / name).write_text("".join(f"{line}\n" for line in lines))
    began = time.monotonic()
    ran = box.run(script_of({"groups": {"all": {"members": PEOPLE[:400]}}}), SKIP, "--check")
    assert "member" not in ran.out, ran.err
    assert time.monotonic() - began < 60
