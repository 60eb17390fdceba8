"""The head of an activation script: for whom it is, how it is called, how to read it."""

from __future__ import annotations

from evaluator.emit.rows import digest, tree_files, tree_links
from evaluator.emit.shell import comment, printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

PLURALS = {"directory": "directories"}
WIDTH = 96


def under_header(plan: dict[str, Any], wanted: str, contents: str, runtime: str) -> str:
    """The parts behind a header that says at which line each begins."""
    first = len(_header(plan, (0, 0, 0), "")) + 1
    second = first + wanted.count("\n") + 1
    third = second + contents.count("\n") + 1
    header = _header(plan, (first, second, third), digest(runtime))
    return "\n".join([*header, wanted, contents, runtime])


def _header(plan: dict[str, Any], lines: tuple[int, int, int], runtime: str) -> list[str]:
    wanted, contents, rest = lines
    return [
        "#!/bin/sh",
        f"# Makes one Debian system what its configuration says: {_host(plan)}.",
        f"# Made by vcfg {comment(plan['vcfg'])} from input {comment(plan['input'])}: change that,",
        "# not this file, and build again.",
        "#",
        "#   sh activate --root=DIR --check     what would change in the image root DIR",
        "#   sh activate --root=DIR             change it",
        "#   sh activate --inside               the same, called inside a chroot",
        "#   sh activate --live                 the same on this running system, services included",
        "#",
        "# With each of them: --diff shows changes of texts, --rollback goes back to the script",
        "# before this one, --uninstall takes all of it away again; --help says the rest.",
        "# Without a target nothing happens. A second run finds nothing to do.",
        "#",
        f"# {_summary(plan)}.",
        *_disturbed(plan),
        f"# Line {wanted} and on: what is wanted.",
        f"# Line {contents} and on: texts of files and snippets, and what asked for them.",
        f"# Line {rest} and on: what does it, the same for every system; its hash tells:",
        f"#   sed -n '{rest},$p' activate | sha256sum",
        f"#   {runtime}",
        "#",
        "# shellcheck disable=SC2016 # texts of files are written as they are, not expanded",
        "# shellcheck disable=SC2317 # rows of tables call functions by name, see _each",
        "",
    ]


def _host(plan: dict[str, Any]) -> str:
    return comment(plan["host"]) or "one without a host name"


def _disturbed(plan: dict[str, Any]) -> list[str]:
    """Which running services a change may concern; nobody should have to search for that."""
    names = [
        comment(printable(service["name"]))
        for service in plan["services"]
        if service["restart-on"]
        or service["reload-on"]
        or (service["key"] and service["when-changed"] in {"restart", "reload", "remount"})
    ]
    if not names:
        return ["# With --live, no service is restarted or reloaded for what is wanted here."]
    lines = ["# With --live, where what they read changes, these may be restarted or reloaded, the"]
    lines.append(
        "# guarded ones among them (guests, sessions, the network) only with --restart=UNIT:"
    )
    line = "#  "
    for name in names:
        if len(line) + len(name) >= WIDTH and line != "#  ":
            lines.append(line)
            line = "#  "
        line += f" {name}"
    return [*lines, line]


def _summary(plan: dict[str, Any]) -> str:
    """How much of everything, `3 files, 1 user`."""
    counts = {
        "file": len(tree_files(plan)),
        "link": len(tree_links(plan)),
        "directory": len(plan["dirs"]),
        "user": len(plan["users"]),
        "group": len(plan["groups"]),
        "unit": len(plan["units"]),
        "package": len(plan["packages"]),
        "snippet": len(plan["snippets"]),
    }
    said = [
        f"{count} {noun if count == 1 else PLURALS.get(noun, noun + 's')}"
        for noun, count in counts.items()
        if count
    ]
    return ", ".join(said) or "Nothing is wanted"
