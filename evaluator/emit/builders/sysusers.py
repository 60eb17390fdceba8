"""sysusers: users, groups and memberships as systemd-sysusers makes them, with the same numbers.

For images whose `/etc` comes into being at the first boot: what stands in `/usr/lib/sysusers.d` is
there then. On a root that `activate` has configured it changes nothing. Accounts that packages
make are left to their packages. Source: sysusers.d(5) of systemd 252.
"""

from __future__ import annotations

from evaluator.emit.outputs import Adapted, Output
from evaluator.emit.rows import memberships

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.emit.outputs import Built

FILE = "sysusers.d/vcfg.conf"
#: What `activate` writes where nobody says; systemd-sysusers would take `/`.
NO_HOME = "/nonexistent"
HEADER = "# Written by vcfg; for systems that make /etc anew. `activate` needs no such file.\n"


def adapt(built: Built) -> Adapted:
    """The one file."""
    return Adapted({FILE: Output(sysusers_text(built.plan))}, _usage, _notes(built.plan))


def _usage(folder: str) -> str:
    return f'install -Dm644 {folder}/{FILE} "$ROOT/usr/lib/{FILE}"'


def _notes(plan: dict[str, Any]) -> tuple[str, ...]:
    """What comes out differently from what `activate` does."""
    notes = []
    if any(user["password"] or user["initial-password"] for user in plan["users"]):
        notes.append("without passwords: its accounts have none, and nobody logs in with one")
    if any(entry["uid"] is None for entry in plan["users"] if not _is_foreign(plan, entry)):
        notes.append("numbers are left to each system; `--lock-ids` gives them once and for all")
    return tuple(notes)


def sysusers_text(plan: dict[str, Any]) -> str:
    """Groups, then users, then memberships, each sorted."""
    foreign = set(plan["foreign-groups"])
    lines = [
        f"g {group['name']} {_number(group['gid'])}"
        for group in plan["groups"]
        if group["name"] not in foreign
    ]
    for user in plan["users"]:
        if not _is_foreign(plan, user):
            home = user["home"] or NO_HOME
            fields = [_word(text) for text in (user["comment"], home, user["shell"])]
            owner = f"{_number(user['uid'])}:{user['group']}"
            lines.append(f"u {user['name']} {owner} {' '.join(fields)}")
    lines += [f"m {user} {group}" for group, user in memberships(plan)]
    return HEADER + "".join(f"{line}\n" for line in lines)


def _is_foreign(plan: dict[str, Any], user: dict[str, Any]) -> bool:
    return user["name"] in plan["foreign-users"]


def _number(number: int | None) -> str:
    return "-" if number is None else str(number)


def _word(text: str) -> str:
    """A field as it is, quoted, without specifiers; `-` where it is empty."""
    if not text:
        return "-"
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%") + '"'
