"""Users and groups that can stand beside each other in one account database."""

from __future__ import annotations

from evaluator.plan.errors import option_path
from evaluator.plan.paths import fault, has_control, printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.plan.errors import Findings

HIGHEST_ID = 4294967294
LONGEST_NAME = 32
STARTS = "abcdefghijklmnopqrstuvwxyz_"
CONTINUES = STARTS + "0123456789-"


def good_name(name: str) -> bool:
    """Whether Debian's account tools accept the name."""
    return 0 < len(name) <= LONGEST_NAME and name[0] in STARTS and all(c in CONTINUES for c in name)


def good_owner(name: str) -> bool:
    """An account's name, or its number."""
    digits = name.isascii() and name.isdigit()
    return good_name(name) or (digits and int(name) <= HIGHEST_ID)


def check_accounts(users: dict[str, Any], groups: dict[str, Any], findings: Findings) -> None:
    """Names, numbers given twice, fields that would break a line of the database."""
    for room, key, entries in (("users", "uid", users), ("groups", "gid", groups)):
        numbers: dict[int, str] = {}
        for name in sorted(entries):
            path = option_path(room, name)
            if not good_name(name):
                findings.report(
                    path,
                    f"`{printable(name)}` is no name for a {room[:-1]}",
                    "named here",
                    help="it begins with a small letter or `_`, then small letters, digits, "
                    "`-` and `_`, at most 32 in all",
                )
            number = entries[name].get(key)
            if number is None:
                continue
            if not 0 <= number <= HIGHEST_ID:
                findings.report(path, f"{number} is no {key}", "asked for here")
            elif number in numbers:
                findings.report(
                    option_path(room, name, key),
                    f"The {key} {number} is given to `{numbers[number]}` and to `{name}`",
                    f"`{name}` wants it here",
                    others=((option_path(room, numbers[number], key), "taken here"),),
                    facts={key: number},
                )
            else:
                numbers[number] = name
    for name in sorted(users):
        _check_fields(name, users[name], findings)
    for name in sorted(groups):
        _check_names(
            option_path("groups", name, "members"), groups[name].get("members", ()), findings
        )


def _check_fields(name: str, user: dict[str, Any], findings: Findings) -> None:
    for field in ("comment", "home", "shell"):
        value = user.get(field, "")
        if ":" in value or has_control(value):
            findings.report(
                option_path("users", name, field),
                f"The {field} of user `{name}` contains a colon or a control character",
                f"`{printable(value)}` cannot stand in the account database",
            )
    home = user.get("home", "")
    if user.get("create-home") and fault(home):
        findings.report(
            option_path("users", name, "home"),
            f"The home of user `{name}` cannot be made: `{printable(home)}` {fault(home)}",
            "this path",
        )
    _check_names(option_path("users", name, "group"), [user.get("group") or name], findings)
    _check_names(option_path("users", name, "groups"), user.get("groups", ()), findings)


def _check_names(path: str, names: Any, findings: Findings) -> None:
    for name in names:
        if not good_name(name):
            findings.report(path, f"`{printable(name)}` is no name of an account", "named here")
