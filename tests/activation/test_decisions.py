"""The decision table of files, row by row: recorded × on disk × wanted, under each policy.

What is there is written in one word: a content, `X 0600` with another mode than 0644, `-> TARGET`,
`dir` an empty directory, `dir+` one with a file of somebody else, `pipe`, and None for nothing.
"""

from __future__ import annotations

import os
import stat
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from .box import script_of, tree

if TYPE_CHECKING:
    from pathlib import Path

    from .box import Box

SKIP = "--ownership=skip"
LEFT = "left as edited:"
COPY = " (was not ours; a copy is kept)"
EDITED = " (was edited; a copy is kept)"
STOCK = sha256(b"stock").hexdigest()


class Row(NamedTuple):
    """One row of the table, and what has to come of it."""

    recorded: str | None
    disk: str | None
    wanted: str | None
    says: str  # the one line on stdout about it, empty for none
    after: str | None
    words: str = ""
    kept: tuple[str, ...] = ()
    code: int = 0
    note: str = ""  # on stderr


ROWS = {
    # nothing recorded
    "new": Row(None, None, "X", "create", "X"),
    "new, fail": Row(None, None, "X", "create", "X", "--adopt=fail"),
    "same": Row(None, "X", "X", "", "X", "--adopt=fail"),
    "same, other mode": Row(None, "X 0600", "X", "owner or mode", "X", "--adopt=fail"),
    "foreign, default": Row(None, "L", "X", f"replace{COPY}", "X", kept=("L",)),
    "foreign, backup": Row(None, "L", "X", f"replace{COPY}", "X", "--adopt=backup", ("L",)),
    "foreign, force": Row(None, "L", "X", "replace (was not ours)", "X", "--adopt=force"),
    "foreign, fail": Row(None, "L", "X", "", "L", "--adopt=fail", code=4, note="is not ours"),
    "stock, fail": Row(None, "stock", "X", "replace", "X", "--adopt=fail", ("stock",)),
    "foreign link": Row(None, "-> a", "X", f"replace{COPY}", "X"),
    "foreign link, fail": Row(None, "-> a", "X", "", "-> a", "--adopt=fail", code=4),
    "foreign directory": Row(None, "dir", "X", "", "dir", code=4, note="is a directory"),
    "foreign directory, force": Row(None, "dir+", "X", "", "dir+", "--adopt=force", code=4),
    "foreign pipe": Row(None, "pipe", "X", "", "pipe", "--adopt=force", code=4),
    "nothing to do with us": Row(None, "L", None, "", "L"),
    # recorded, and as recorded
    "settled": Row("R", "R", "R", "", "R"),
    "replaced": Row("R", "R", "X", "replace", "X", "--adopt=fail --drift=fail"),
    "new mode": Row("R", "R", "R 0600", "owner or mode", "R 0600", "--drift=fail"),
    "wider mode": Row("R 0600", "R 0600", "R", "owner or mode", "R", "--drift=fail"),
    "set-id": Row("R", "R", "R 4755", "owner or mode", "R 4755"),
    "new mode and content": Row("R", "R", "X 0600", "replace", "X 0600", "--drift=fail"),
    "mode edited": Row("R", "R 0666", "R", "owner or mode", "R"),
    "removed": Row("R", "R", None, "remove", None, "--drift=fail"),
    # recorded, and edited
    "edited": Row("R", "L", "R", f"restore{EDITED}", "R", kept=("L",)),
    "edited, replaced": Row("R", "L", "X", f"restore{EDITED}", "X", kept=("L",)),
    "edited, keep": Row("R", "L", "R", LEFT, "L", "--drift=keep"),
    "edited, replaced, keep": Row("R", "L", "X", LEFT, "L", "--drift=keep"),
    "edited, fail": Row("R", "L", "X", "", "L", "--drift=fail", code=4, note="was edited"),
    "edited, force": Row("R", "L", "X", f"restore{EDITED}", "X", "--adopt=force", ("L",)),
    "a link instead": Row("R", "-> a", "R", f"restore{EDITED}", "R"),
    "a link instead, keep": Row("R", "-> a", "R", LEFT, "-> a", "--drift=keep"),
    "a link instead, fail": Row("R", "-> a", "R", "", "-> a", "--drift=fail", code=4),
    "as wanted already": Row("R", "X", "X", "", "X", "--drift=fail"),
    "as wanted, other mode": Row("R", "X 0600", "X", "owner or mode", "X", "--drift=fail"),
    "gone": Row("R", None, "R", "create", "R", "--drift=fail"),
    "gone, replaced": Row("R", None, "X", "create", "X", "--drift=keep"),
    "gone, not wanted": Row("R", None, None, "", None),
    "edited, not wanted": Row("R", "L", None, "", "L", note="it stays"),
    "edited, not wanted, keep": Row("R", "L", None, "", "L", "--drift=keep", note="it stays"),
    "edited, not wanted, restore": Row(
        "R", "L", None, f"remove{EDITED}", None, "--drift=restore", ("L",)
    ),
    "edited, not wanted, fail": Row("R", "L", None, "", "L", "--drift=fail", code=4),
    "link instead, not wanted": Row("R", "-> a", None, "", "-> a", note="it stays"),
    # recorded, and something of another type
    "directory": Row("R", "dir", "X", "", "dir", code=4, note="is a directory"),
    "full directory": Row("R", "dir+", "R", "", "dir+", "--drift=restore", code=4),
    "full directory, keep": Row("R", "dir+", "R", "", "dir+", "--drift=keep", code=4),
    "directory, not wanted": Row("R", "dir+", None, "", "dir+", "--drift=restore"),
    "pipe": Row("R", "pipe", "R", "", "pipe", "--drift=restore", code=4),
    "pipe, not wanted": Row("R", "pipe", None, "", "pipe", "--drift=restore"),
}


def configuration(wanted: str | None) -> dict[str, Any]:
    """A configuration that wants this at /etc/f, and something else in any case."""
    files: dict[str, Any] = {"/etc/other": {"text": "other"}}
    if wanted is not None:
        text, _, mode = wanted.partition(" ")
        files["/etc/f"] = {"text": text, "mode": mode or "0644", "replaces": [STOCK]}
    return {"files": files}


def clear(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        for each in path.iterdir():
            each.unlink()
        path.rmdir()
    else:
        path.unlink(missing_ok=True)


def lay(path: Path, what: str | None) -> None:
    """Put there what the word says."""
    path.parent.mkdir(exist_ok=True)
    clear(path)
    match (what or "").split():
        case []:
            return
        case ["->", target]:
            path.symlink_to(target)
        case ["pipe"]:
            os.mkfifo(path)
        case ["dir" | "dir+" as word]:
            path.mkdir()
            if word == "dir+":
                (path / "theirs").write_text("theirs")
        case [text, *mode]:
            path.write_text(text)
            path.chmod(int(mode[0], 8) if mode else 0o644)


def word_of(path: Path) -> str | None:
    """The word for what is there."""
    if not os.path.lexists(path):
        return None
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode):
        return f"-> {os.readlink(path)}"
    if stat.S_ISDIR(status.st_mode):
        return "dir+" if list(path.iterdir()) else "dir"
    if stat.S_ISFIFO(status.st_mode):
        return "pipe"
    mode = f"{stat.S_IMODE(status.st_mode):04o}"
    return path.read_text() + (f" {mode}" if mode != "0644" else "")


@pytest.mark.parametrize("name", list(ROWS))
def test_each_row(box: Box, name: str) -> None:
    row = ROWS[name]
    path = box.root / "etc/f"
    script = script_of(configuration(row.wanted))
    assert box.run(script_of(configuration(row.recorded)), SKIP).code == 0
    if row.disk != row.recorded:
        lay(path, row.disk)
    before = tree(box.root, times=True)

    words = [SKIP, *row.words.split()]
    checked = box.run(script, *words, "--check")
    assert checked.code == (row.code or (2 if row.says else 0)), checked.out + checked.err
    assert tree(box.root, times=True) == before

    ran = box.run(script, *words)
    assert ran.code == row.code, ran.err
    told = [line for line in ran.out.splitlines() if line.endswith("/etc/f")]
    assert told == ([f"{row.says} /etc/f"] if row.says else [])
    assert row.note in ran.err
    assert word_of(path) == row.after
    backup = box.root / "var/lib/vcfg/backup"
    copies = sorted(each.read_text() for each in backup.iterdir()) if backup.exists() else []
    assert copies == sorted(row.kept)
    if row.code:
        assert tree(box.root, times=True) == before
        return
    # drift that is left is left again, and told again; all else is over
    after = tree(box.root, times=True)
    again = box.run(script, *words)
    left = f"{LEFT} /etc/f\n" if row.says == LEFT else ""
    assert (again.code, again.out) == (0, f"{left}nothing to do\n"), again.err
    assert tree(box.root, times=True) == after
    assert box.run(script, *words, "--check").code == (2 if left else 0)
