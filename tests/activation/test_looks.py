"""Owner and mode of directories that are in use, as the kernel sees them change."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

import pytest

from .box import SHELLS, script_of

if TYPE_CHECKING:
    from .box import Box

pytestmark = [pytest.mark.root, pytest.mark.needs("strace")]

TRACE = ("strace", "-f", "-qq", "-e", "trace=chmod,fchmod,fchmodat,chown,lchown,fchown,fchownat")


class Look(NamedTuple):
    """Mode, owner and group."""

    mode: int
    uid: int
    gid: int


# What is there, what is wanted, and the calls on the way there and back: until the owner is
# right only what both allow is allowed, and set-id bits come last.
WAYS = {
    "tighter": (
        Look(0o775, 0, 100),
        Look(0o2750, 1234, 1235),
        ["0750", "1234:1235", "02750"],
        ["0750", "0:100", "0775"],
    ),
    "wider": (Look(0o700, 0, 0), Look(0o775, 0, 100), ["0:100", "0775"], ["0700", "0:0"]),
    "both": (
        Look(0o2750, 0, 100),
        Look(0o3707, 0, 200),
        ["0700", "0:200", "03707"],
        ["0700", "0:100", "02750"],
    ),
    "mode": (Look(0o755, 0, 0), Look(0o711, 0, 0), ["0711", "0:0"], ["0:0", "0755"]),
}


def changes(trace: str) -> list[str]:
    """Modes in octal and `UID:GID`, in the order in which the directory got them."""
    found = re.findall(r'(?:chmod|chown)\w*\((?:AT_FDCWD, )?"\.", (\d+)(?:, (\d+))?', trace)
    return [":".join(filter(None, each)) for each in found]


@pytest.mark.parametrize("way", list(WAYS))
@pytest.mark.parametrize("shell", SHELLS)
def test_nobody_may_on_the_way_what_they_may_not(
    box: Box, shell: tuple[str, ...], way: str
) -> None:
    """Neither the old group what only the new one may, nor the new one what the old one could."""
    old, new, there, back = WAYS[way]
    place = box.root / "srv"
    place.mkdir()
    os.chown(place, old.uid, old.gid)
    place.chmod(old.mode)
    wanted = {"mode": f"{new.mode:04o}", "owner": str(new.uid), "group": str(new.gid)}
    script = box.script(script_of({"dirs": {"/srv": wanted}}))
    for words, expected, look in (([], there, new), (["--uninstall"], back, old)):
        ran = box.command(*TRACE, *shell, script, f"--root={box.root}", *words)
        assert ran.code == 0, ran.err
        assert changes(ran.err) == expected
        status = place.stat()
        assert Look(status.st_mode & 0o7777, status.st_uid, status.st_gid) == look
