"""Services as rows: each path behind the letter of what it leads to."""

from __future__ import annotations

from evaluator.emit.shell import comment, place_text, printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.emit.shell import Literals

# Letters of the rows: the unit's own files, restart, reload, start.
LISTS = (("f", "files"), ("r", "restart-on"), ("l", "reload-on"), ("s", "start-on"))

SERVICE_LEGEND = (
    "_service: row, unit, SHA-256 of what needs a restart, what a change of that leads to,",
    "on removal, guard, check, then f: its files, r: restart on, l: reload on, s: start on",
)


def service_rows(services: list[dict[str, Any]], literals: Literals) -> list[str]:
    """`_service N UNIT KEY WHEN-CHANGED REMOVAL GUARD CHECK PATH...`."""
    rows = []
    for number, service in _numbered(services):
        words = [
            number,
            literals.word(service["name"]),
            service["key"] or "-",
            service["when-changed"],
            "stop" if service["stop-on-removal"] else "keep",
            "protected" if service["protected"] else "open",
            "check" if service["check"] else "-",
        ]
        for letter, field in LISTS:
            words += [literals.word(f"{letter}:{path}") for path in service[field]]
        rows.append("_service " + " ".join(words))
    return rows


def service_checks(services: list[dict[str, Any]], literals: Literals) -> list[str]:
    """A function for each unit that has a check."""
    lines = []
    for number, service in _numbered(services):
        if not service["check"]:
            continue
        origin = "".join(
            f"\n# asked for by {comment(printable(place_text(place)))}"
            for place in service["origin"]
        )
        lines += ["", f"# check of {comment(service['name'])}{origin}", f"_check_{number}() {{"]
        lines += ["    " + " ".join(literals.word(word) for word in service["check"]), "}"]
    return lines


def _numbered(services: list[dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    base = 100
    while base <= len(services):
        base *= 10
    return [(f"v{base + at}", service) for at, service in enumerate(services, 1)]
