"""Owners that are set when the image boots: lines of tmpfiles.d(5) for what is not root's.

A build in a user namespace of one id can make files of root only. There the script writes
them as root's and closed to others, and this file beside them: systemd-tmpfiles gives each
one its owner and mode. Nothing else is said in it, so nothing is made that is not there.
"""

from __future__ import annotations

from evaluator.emit.rows import above, tree_files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

ROOT = ("root", "0")
OWNER_BITS = 0o700
# Made by the script or another tool, they belong to a group that a namespace may lack.
SHADOWS = ("/etc/gshadow", "/etc/gshadow-", "/etc/shadow", "/etc/shadow-")
# As a pattern, these stand for others.
MAGIC = "\\*?[]{},"


def is_foreign(entry: dict[str, Any]) -> bool:
    """Whether a file or directory belongs to somebody besides root."""
    return entry["owner"] not in ROOT or entry["group"] not in ROOT


def closed_mode(mode: str) -> str:
    """The part of a mode that is safe while root still owns the file, as `stat -c %a` has it."""
    return f"{int(mode, 8) & OWNER_BITS:o}"


def ownership_text(plan: dict[str, Any]) -> str:
    """The file for a plan, empty when everything is root's."""
    wishes = _wishes(plan)
    if not wishes:
        return ""
    lines = ["# Written by vcfg in a build that could not set owners; they are set at boot."]
    # What is below a path comes before it: systemd-tmpfiles does not enter a directory that
    # belongs to somebody else than what is in it. It would put a line before those for paths
    # below it, but a pattern is not known to be above anything.
    folders = {folder for path in wishes for folder in above(path)}
    for path in sorted(wishes, key=lambda path: path.split("/"), reverse=True):
        mode, owner, group = wishes[path]
        lines.append(f"z {_word(path, hidden=path in folders)} {mode} {owner} {group}")
    return "\n".join(lines) + "\n"


def _wishes(plan: dict[str, Any]) -> dict[str, tuple[str, str, str]]:
    """Path → mode (`-` leaves it), owner and group."""
    wishes = {}
    if plan["users"] or plan["groups"]:
        wishes = dict.fromkeys(SHADOWS, ("-", "root", "shadow"))
    for user in plan["users"]:
        if user["create-home"] and user["name"] not in ROOT:
            # Made for nobody else already; from then on its mode is its owner's.
            wishes[user["home"]] = ("-", user["name"], user["group"])
    wanted = [file for file in tree_files(plan) if file["manage"] != "absent"]
    for entry in [*wanted, *plan["dirs"]]:
        if is_foreign(entry):
            wishes[entry["path"]] = (entry["mode"], entry["owner"], entry["group"])
        else:
            # A home that is declared as a directory too is what the directory says.
            wishes.pop(entry["path"], None)
    return wishes


def _word(path: str, *, hidden: bool) -> str:
    """A path as a quoted pattern that only it fits; `hidden` makes it differ from the path."""
    pieces = ["\\" + c if c in MAGIC else c for c in path]
    if hidden:
        # Alternatives with one to choose from.
        pieces[-1] = "{" + pieces[-1] + "}"
    text = "".join(pieces).replace("%", "%%")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
