"""What the readers say of lines of tmpfiles.d(5) and sysusers.d(5) is what systemd does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.activation.box import box

from .readers import Unreadable, sysusers, tmpfiles

if TYPE_CHECKING:
    from pathlib import Path

    from tests.activation.box import Box, Ran

__all__ = ["box"]
pytestmark = pytest.mark.root

TMPFILES = (
    "f /srv/a - - - - text",
    'f /srv/a - - - - it\'s 100%% "of" \\x41\\\\ #no comment  ',
    'f "/srv/a b\\"c\'" - - - - x',
    "f '/srv/a \"b' - - - - x\\",
    "f /srv/a\\x20b - - - - \\q",
    'f /srv/"a b"c - - - - x',
    "f /srv/%%a - - - - -x",
    "f /srv/%n - - - - x",
    'f "/srv/a - - - - x',
    "f /srv/a\\",
    "f /srv/a - - - - %z",
)
SYSUSERS = (
    'u a - "it\'s 100%%" "/srv/a b" /bin/x\\x41',
    "u a - 'x\\\\y' /srv/$(touch) /bin/`x`",
    'u a - "x y" / /bin/sh more',
    'u a - "x',
    "u a - x\\",
    "u a - %n",
)


def run(box: Box, program: str, line: str) -> Ran:
    """Let a program of systemd do what a line says, in an empty root."""
    (box.root / "line.conf").write_text(f"{line}\n")
    words = ["--create"] if program == "systemd-tmpfiles" else []
    return box.command(program, f"--root={box.root}", *words, box.root / "line.conf")


@pytest.mark.needs("systemd-tmpfiles", package="systemd")
@pytest.mark.parametrize("line", TMPFILES)
def test_tmpfiles_reads_a_line_as_here(box: Box, line: str) -> None:
    (box.root / "srv").mkdir()
    ran = run(box, "systemd-tmpfiles", line)
    found = {f"/srv/{path.name}": path.read_text() for path in (box.root / "srv").iterdir()}
    try:
        [words] = tmpfiles(line)
    except Unreadable:
        assert (found, bool(ran.err)) == ({}, True)
    else:
        assert found == {words[1]: words[6]}


@pytest.mark.needs("systemd-sysusers", package="systemd")
@pytest.mark.parametrize("line", SYSUSERS)
def test_sysusers_reads_a_line_as_here(box: Box, line: str) -> None:
    (box.root / "etc").mkdir()
    ran = run(box, "systemd-sysusers", line)
    passwd: Path = box.root / "etc/passwd"
    try:
        [words] = sysusers(line)
    except Unreadable:
        assert (passwd.exists(), bool(ran.err)) == (False, True)
    else:
        [entry] = passwd.read_text().splitlines()
        assert entry.split(":")[4:] == [*words[3:]]
