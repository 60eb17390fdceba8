"""A file that says of directories what the script does, for systems that make `/var` anew.

Source: tmpfiles.d(5).
"""

from __future__ import annotations

from evaluator.emit.rows import HOME_MODE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

TOP = "# Written by vcfg; do not edit.\n"


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


def _word(text: str) -> str:
    text = text.replace("%", "%%").replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'
