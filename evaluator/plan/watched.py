"""Files whose change somebody waits for, and that nothing of the configuration writes.

The activation script compares what it writes, and nothing else: a snippet or a unit that waits
for another file waits forever.
"""

from __future__ import annotations

from evaluator.diagnostics.suggest import distance
from evaluator.plan.errors import option_path
from evaluator.plan.paths import fault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from evaluator.plan.errors import Findings

CODE = "never-changes"
SLIPS = 2
SHORT = 4


def check_watched(data: dict[str, Any], derived: Iterable[str], findings: Findings) -> None:
    """Warn about paths that wait for nothing.

    One of several may be there for another host, so of a list only a misspelt path is told,
    or that all of it is in vain. `derived` are files made from other lists.
    """
    written = {*data["files"], *data["links"], *derived}
    for name, entry in sorted(data["snippets"].items()):
        _check(
            option_path("snippets", name),
            "on-change",
            entry,
            f"The snippet `{name}` never runs",
            written,
            findings,
        )
    for name, entry in sorted(data["services"].items()):
        for field, verb in (("restart-on", "restarted"), ("reload-on", "reloaded")):
            option = option_path("services", name)
            _check(option, field, entry, f"`{name}` is never {verb}", written, findings)


def _check(
    option: str, field: str, entry: dict[str, Any], vain: str, written: set[str], findings: Findings
) -> None:
    paths = [path for path in entry.get(field, ()) if not fault(path)]
    lacking = [path for path in paths if not _is_written(path, written)]
    meant = {path: near for path in lacking if (near := _near(path, written))}
    told = lacking if len(lacking) == len(paths) else list(meant)
    for path in sorted(set(told)):
        place = f"{option}.{field}[{entry[field].index(path)}]"
        # A service of the library waits for what only some who use it write.
        if not findings.is_given(place, field):
            continue
        near = f"; did you mean `{meant[path]}`?" if path in meant else ""
        findings.warn(
            place,
            f"{vain} for `{path}`, which nothing here writes{near}",
            "named here",
            code=CODE,
            help="the activation script sees changes of what it writes itself",
            facts={"target": path, "near": meant.get(path, "")},
        )


def _is_written(path: str, written: set[str]) -> bool:
    below = path.rstrip("/") + "/"
    return path in written or any(each.startswith(below) for each in written)


def _near(path: str, written: set[str]) -> str:
    """The written path that was probably meant; "" in doubt."""
    if len(path.rpartition("/")[2]) < SHORT:
        return ""
    found = [
        (away, each)
        for each in written
        if (away := distance(path, each, SLIPS)) <= SLIPS and _letters(path) != _letters(each)
    ]
    return min(found)[1] if found else ""


def _letters(path: str) -> str:
    """A path without its digits: what differs only there is one of several."""
    return "".join(each for each in path if not each.isdigit())
