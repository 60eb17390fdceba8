"""What happens to a root under an activation script that has much to do: stories of several runs.

Each has configurations of a size that is asked for, and runs of their scripts on one root, one
after another; between them somebody may come and change what is there.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Activation = dict[str, Any]

IN_FOLDER = 100


@dataclass(frozen=True)
class Run:
    """One run of a script, what is done to the root before it, and how it has to end."""

    name: str
    script: str
    words: tuple[str, ...] = ()
    code: int = 0
    before: Callable[[Path], None] | None = None


@dataclass(frozen=True)
class Story:
    """Configurations by the name of their script, and the runs."""

    about: str
    scripts: dict[str, Callable[[int], Activation]]
    runs: tuple[Run, ...]


# ---- configurations


def files(count: int, word: str = "key", in_folder: int = IN_FOLDER) -> Activation:
    """Small files, so many in each directory."""
    return {
        "files": {
            f"/etc/many/d{at // in_folder:05}/file{at % in_folder:05}.conf": {
                "text": f"{word} {at}\n" * 3
            }
            for at in range(count)
        }
    }


def other_files(count: int) -> Activation:
    """The same files with other texts."""
    return files(count, "other")


def half_the_files(count: int) -> Activation:
    """Half of them."""
    return files(count // 2)


def one_directory(count: int) -> Activation:
    """All files in one directory."""
    return files(count, in_folder=count)


def directories(count: int) -> Activation:
    """Directories with an owner and a mode, one file in each."""
    paths = [f"/srv/many/d{at // IN_FOLDER:05}/e{at % IN_FOLDER:05}" for at in range(count)]
    return {
        "dirs": {path: {"mode": "0750"} for path in paths},
        "files": {f"{path}/file.conf": {"text": f"{path}\n"} for path in paths},
    }


def links(count: int) -> Activation:
    """Links to nowhere."""
    return {
        "links": {path: {"target": f"/nowhere/{path[-9:-5]}"} for path in files(count)["files"]}
    }


def snippets(count: int, word: str = "key") -> Activation:
    """Snippets, half of them behind a change of a file."""
    wanted: dict[str, dict[str, Any]] = {
        f"s{at:05}": {"text": f": {word} {at}\n"} for at in range(count)
    }
    for at in range(0, count, 2):
        wanted[f"s{at:05}"]["on-change"] = [f"/etc/watched/file{at:05}.conf"]
    watched = {f"/etc/watched/file{at:05}.conf": {"text": f"{word}\n"} for at in range(0, count, 2)}
    return {"snippets": wanted, "files": watched}


def other_snippets(count: int) -> Activation:
    """The same with other texts."""
    return snippets(count, "other")


def units(count: int) -> Activation:
    """Units of one's own, enabled by links and by wishes."""
    names = [f"many{at:05}.service" for at in range(count)]
    text = "[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n"
    return {
        "files": {f"/etc/systemd/system/{name}": {"text": text} for name in names},
        "units": {name: {"state": "enable"} for name in names},
    }


def people(count: int) -> Activation:
    """Users with groups of their own, all in one more, with homes."""
    names = [f"person{at:05}" for at in range(count)]
    return {
        "groups": {"all": {}, **{name: {"system": False} for name in names}},
        "users": {
            name: {"system": False, "groups": ["all"], "home": f"/home/{name}", "create-home": True}
            for name in names
        },
    }


# ---- what somebody does to a root


def forget(root: Path) -> None:
    """Take away what is recorded."""
    shutil.rmtree(root / "var/lib/vcfg")


def edit(root: Path) -> None:
    """Write something into every file."""
    for path in (root / "etc/many").rglob("*.conf"):
        path.write_text(f"edited {path.name}\n")


# ---- the stories

STORIES = {
    "files": Story(
        "small files, a hundred in each directory",
        {"plain": files, "other": other_files, "half": half_the_files},
        (
            Run("first", "plain"),
            Run("check", "plain", ("--check",)),
            Run("again", "plain"),
            Run("verify", "plain", ("--verify",)),
            Run("diff", "other", ("--diff",), 2),
            Run("other texts", "other"),
            Run("half of them", "half"),
            Run("uninstall", "half", ("--uninstall",)),
        ),
    ),
    "edited": Story(
        "files that somebody edited, and files that were there before",
        {"plain": files, "other": other_files},
        (
            Run("first", "plain"),
            Run("edited", "plain", before=edit),
            Run("other texts", "other", before=edit),
            Run("adopted", "other", before=forget),
            Run("again", "other"),
            Run("replaced", "plain", before=forget),
            Run("again with copies", "plain"),
            Run("uninstall", "plain", ("--uninstall",)),
        ),
    ),
    "one directory": Story(
        "small files in one directory",
        {"plain": one_directory},
        (
            Run("first", "plain"),
            Run("again", "plain"),
            Run("verify", "plain", ("--verify",)),
            Run("uninstall", "plain", ("--uninstall",)),
        ),
    ),
    "directories": Story(
        "directories with a file in each",
        {"plain": directories},
        (
            Run("first", "plain"),
            Run("again", "plain"),
            Run("verify", "plain", ("--verify",)),
            Run("uninstall", "plain", ("--uninstall",)),
        ),
    ),
    "links": Story(
        "links, a hundred in each directory",
        {"plain": links},
        (
            Run("first", "plain"),
            Run("again", "plain"),
            Run("uninstall", "plain", ("--uninstall",)),
        ),
    ),
    "snippets": Story(
        "snippets, half of them behind a change of a file",
        {"plain": snippets, "other": other_snippets},
        (
            Run("first", "plain"),
            Run("again", "plain"),
            Run("other texts", "other"),
            Run("uninstall", "plain", ("--uninstall",)),
        ),
    ),
    "units": Story(
        "units, each enabled",
        {"plain": units},
        (
            Run("first", "plain"),
            Run("again", "plain"),
            Run("uninstall", "plain", ("--uninstall",)),
        ),
    ),
    "people": Story(
        "users in one group, with groups and homes of their own",
        {"plain": people},
        (
            Run("first", "plain"),
            Run("again", "plain"),
            Run("uninstall", "plain", ("--uninstall",)),
        ),
    ),
}
