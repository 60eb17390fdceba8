"""Files that say of accounts and directories what the script does: sysusers.d, tmpfiles.d.

For systems that make `/etc` and `/var` anew from `/usr`. Sources: sysusers.d(5), tmpfiles.d(5).
"""

from __future__ import annotations

from evaluator.emit.rows import HOME_MODE, memberships

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

TOP = "# Written by vcfg; do not edit.\n"


def sysusers_text(plan: dict[str, Any]) -> str:
    """Groups, users and memberships with the numbers that the plan knows; empty without any."""
    lines = [f"g {group['name']} {_number(group['gid'])}" for group in plan["groups"]]
    for user in plan["users"]:
        comment = _word(user["comment"]) if user["comment"] else "-"
        # What the script takes, which is not what systemd does.
        places = (user["home"] or "/nonexistent", user["shell"] or "/usr/sbin/nologin")
        fields = " ".join([comment, *map(_word, places)])
        lines.append(f"u {user['name']} {_number(user['uid'])}:{user['group']} {fields}")
    lines += [f"m {user} {group}" for group, user in memberships(plan)]
    return _text(lines)


def tmpfiles_text(plan: dict[str, Any]) -> str:
    """Declared directories and homes; empty without any."""
    lines = [
        f"d {_word(entry['path'])} {entry['mode']} {entry['owner']} {entry['group']}"
        for entry in plan["dirs"]
    ]
    declared = {entry["path"] for entry in plan["dirs"]}
    lines += [
        f"d {_word(user['home'])} 0{HOME_MODE} {user['name']} {user['group']}"
        for user in plan["users"]
        if user["create-home"] and user["home"] not in declared
    ]
    return _text(lines)


def _text(lines: list[str]) -> str:
    return TOP + "".join(f"{line}\n" for line in lines) if lines else ""


def _number(value: int | None) -> str:
    return "-" if value is None else str(value)


def _word(text: str) -> str:
    text = text.replace("%", "%%").replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'
