"""Options in the order of a manual: by service, and within it by section."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Facts = dict[str, Any]

TOP = "Options of no service"


def by_service(found: list[Facts]) -> list[tuple[str, list[Facts]]]:
    """`(service, its options)`, services sorted by name; what belongs to none comes first."""
    groups: dict[str, list[Facts]] = {}
    for facts in found:
        groups.setdefault(facts["service"] or "", []).append(facts)
    return [(name or TOP, groups[name]) for name in sorted(groups)]


def marks(facts: Facts) -> list[str]:
    """What a reader has to know before the text: how it may be set, and until when."""
    out = []
    if facts["kind"] == "accepts":
        out.append("other services may contribute")
    if facts["kind"] == "alias":
        out.append("alias")
    if facts["kind"] == "computed":
        out.append("computed, not to be set")
    if facts["required"]:
        out.append("required")
    if facts["since"]:
        out.append(f"since {facts['since']}")
    if facts["internal"]:
        out.append("internal")
    return out


def site(facts: Facts) -> str:
    """`file:line` of the declaration."""
    declared = facts["declared_at"]
    return f"{declared['file']}:{declared['line']}"
