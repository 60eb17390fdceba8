"""The part of a plan that can be judged while something else of the configuration is wrong.

Paths, snippets, units and packages are judged by what is there. Accounts are not, since what is
missing among them may be what is wrong; nor is what is doubted only because nothing else names it.
"""

from __future__ import annotations

from evaluator.diagnostics.model import ERROR

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from evaluator.diagnostics.model import Diagnostic
    from evaluator.plan.errors import Origins

# Lists that are judged, each with what its entries may lack and how the gap is filled.
GAPS: dict[str, dict[str, str]] = {
    "files": {},
    "dirs": {},
    "links": {"target": "."},
    "units": {"state": "enable"},
    "snippets": {"text": ""},
}
JOB = ("schedule", "command")
# Names up to a map of a service; an entry has one more.
ENTRY = 2


def judgeable(activation: dict[str, Any]) -> dict[str, Any]:
    """What was evaluated of the service, without the lists that hang on others, gaps filled."""
    part: dict[str, Any] = {
        room: {name: {**gaps, **entry} for name, entry in _entries(activation, room)}
        for room, gaps in GAPS.items()
    }
    part["packages"] = activation.get("packages") or []
    part["cron"] = {
        name: {**entry, "jobs": _whole(entry.get("jobs") or {})}
        for name, entry in _entries(activation, "cron")
    }
    return part


def _entries(activation: dict[str, Any], room: str) -> list[tuple[str, dict[str, Any]]]:
    """The entries of a list, where it has some."""
    given = activation.get(room)
    return [each for each in given.items() if isinstance(each[1], dict)] if given else []


def _whole(jobs: dict[str, Any]) -> dict[str, Any]:
    return {name: job for name, job in jobs.items() if all(field in job for field in JOB)}


def independent(
    found: Iterable[Diagnostic], said: Iterable[Diagnostic], origin: Origins
) -> list[Diagnostic]:
    """The errors that are not about what some finding said is wrong already."""
    said = [each for each in said if each.severity == ERROR and each.path]
    wrong = [each.path for each in said if each.path]
    refused = refused_entries(said)
    return [
        each
        for each in found
        if each.severity == ERROR
        and not any(_overlap(each.path or "", path) for path in wrong)
        and not comes_from(each, refused, origin)
    ]


def refused_entries(said: Iterable[Diagnostic]) -> list[str]:
    """Paths of the entries of services that assertions refused, as `etc.files.x`."""
    paths = [each.path or "" for each in said if each.code == "assertion-failed"]
    return [each for each in paths if len(each.split(".", ENTRY)) > ENTRY]


def comes_from(finding: Diagnostic, refused: list[str], origin: Origins) -> bool:
    """Whether somebody asked for what is wrong in an entry that is refused for itself."""
    if not refused:
        return False
    places = [str(each["path"]) for each in origin(finding.path or "")]
    return any(f"{place}.".startswith(f"{path}.") for place in places for path in refused)


def _overlap(path: str, other: str) -> bool:
    """Whether one path is the other, or around it."""
    return f"{path}.".startswith(f"{other}.") or f"{other}.".startswith(f"{path}.")
