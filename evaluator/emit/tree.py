"""The tree of a plan as a tar archive: the same bytes for the same plan and SOURCE_DATE_EPOCH.

Owners are numbers, as a name would mean what the unpacking system says. What has no number yet
is root's and closed, until the script gives it to its owner. Directories that nobody declared
are not in it: unpacked over a root they would change modes, and replace links such as `/lib`.
"""

from __future__ import annotations

import io
import os
import tarfile

from evaluator.emit.ownership import closed_mode
from evaluator.emit.rows import tree_files, tree_links

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any


class Ids:
    """The numbers that a plan knows of users and groups."""

    __slots__ = ("groups", "users")

    def __init__(self, plan: dict[str, Any]) -> None:
        self.users = {"root": 0} | {u["name"]: u["uid"] for u in plan["users"]}
        self.groups = {"root": 0} | {g["name"]: g["gid"] for g in plan["groups"]}

    def of(self, entry: dict[str, Any]) -> tuple[int, int] | None:
        """Owner and group of a file or directory; None where one has no number."""
        owner = _number(self.users, entry["owner"])
        group = _number(self.groups, entry["group"])
        return None if owner is None or group is None else (owner, group)


def _number(known: dict[str, int | None], name: str) -> int | None:
    return int(name) if name.isdigit() else known.get(name)


def is_carried(file: dict[str, Any]) -> bool:
    """Whether a tree can bring a file: it is managed and its text is known here."""
    return file["manage"] == "manage" and "parts" not in file


def tree_tar(plan: dict[str, Any]) -> bytes:
    """Files, links and declared directories, parents first."""
    ids = Ids(plan)
    members = [declared_member(entry, ids.of(entry)) for entry in plan["dirs"]]
    members += [file_member(f, ids.of(f)) for f in tree_files(plan) if is_carried(f)]
    members += [link_member(entry) for entry in tree_links(plan)]
    return archive(members)


def archive(members: Iterable[tuple[tarfile.TarInfo, bytes]]) -> bytes:
    """Members as an archive, sorted, all of one time."""
    stream = io.BytesIO()
    time = epoch()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as written:
        for member, content in sorted(members, key=lambda each: each[0].name.split("/")):
            member.mtime = time
            member.size = len(content)
            written.addfile(member, io.BytesIO(content))
    return stream.getvalue()


def epoch() -> int:
    """The time of everything in an archive: SOURCE_DATE_EPOCH, else the beginning of time."""
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    return int(given) if given.isascii() and given.isdigit() else 0


def file_member(
    entry: dict[str, Any], ids: tuple[int, int] | None
) -> tuple[tarfile.TarInfo, bytes]:
    """A file with its content."""
    return _owned(entry, ids), entry["text"].encode()


def link_member(entry: dict[str, Any]) -> tuple[tarfile.TarInfo, bytes]:
    """A symbolic link."""
    member = tarfile.TarInfo(entry["path"][1:])
    member.type = tarfile.SYMTYPE
    member.linkname = entry["target"]
    member.mode = 0o777
    return member, b""


def directory_member(path: str, mode: int = 0o755) -> tuple[tarfile.TarInfo, bytes]:
    """A directory of root's."""
    member = tarfile.TarInfo(path[1:])
    member.type = tarfile.DIRTYPE
    member.mode = mode
    return member, b""


def declared_member(
    entry: dict[str, Any], ids: tuple[int, int] | None
) -> tuple[tarfile.TarInfo, bytes]:
    """A directory with an owner and a mode of its own."""
    member = _owned(entry, ids)
    member.type = tarfile.DIRTYPE
    return member, b""


def _owned(entry: dict[str, Any], ids: tuple[int, int] | None) -> tarfile.TarInfo:
    member = tarfile.TarInfo(entry["path"][1:])
    if ids is None:
        member.mode = int(closed_mode(entry["mode"]), 8)
    else:
        member.uid, member.gid = ids
        member.mode = int(entry["mode"], 8)
    return member
