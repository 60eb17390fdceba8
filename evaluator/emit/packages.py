"""`packages.txt`: one Debian package per line, sorted, for `apt-get install` and friends."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def render_packages(plan: dict[str, Any]) -> str:
    """The names, each with a line end; empty without packages."""
    return "".join(f"{package['name']}\n" for package in plan["packages"])
