"""Rows of units: what is wished of each, and the file that says where to install it.

A unit of a package is there when the script looks, and `systemctl` tells what it is. One whose
file comes with the same run is not: that it can be enabled afterwards is known from its text.
"""

from __future__ import annotations

import re

from evaluator.emit.shell import Literals
from evaluator.plan.named_units import template

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

UNIT_LEGEND = "_unit: row, name, state, file of ours by which systemctl installs it"
FOLDERS = ("/etc", "/usr/local/lib", "/usr/lib", "/lib")
SECTION = re.compile(r"^\[Install\][ \t]*$(.*?)(?:^\[|\Z)", re.MULTILINE | re.DOTALL)
PLACE = re.compile(r"^(?:WantedBy|RequiredBy|Alias)[ \t]*=[ \t]*\S", re.MULTILINE)


def unit_rows(plan: dict[str, Any]) -> list[str]:
    """A row for each wish about a unit."""
    words = Literals()
    texts = {file["path"]: _text(file) for file in plan["files"] if file["manage"] != "absent"}
    links = {link["path"].rpartition("/")[2] for link in plan["links"] if _installs(link["path"])}
    rows = []
    for at, unit in enumerate(plan["units"]):
        row = [f"_unit n{100 + at}", words.word(unit["name"]), unit["state"]]
        if unit["state"] == "enable" and unit["name"] not in links:
            row += [words.word(path) for path in _installing(unit["name"], texts)]
        rows.append(" ".join(row))
    return rows


def _text(file: dict[str, Any]) -> str:
    """What is written in a file, without its secrets."""
    if "text" in file:
        return str(file["text"])
    return "".join(part for part in file["parts"] if isinstance(part, str))


def _installs(path: str) -> bool:
    """Whether a link does what `systemctl enable` does."""
    folder = path.rpartition("/")[0]
    return folder.endswith((".wants", ".requires"))


def _installing(name: str, texts: dict[str, str]) -> list[str]:
    """The file of a unit that is read before all others, if its text says where to install it."""
    names = dict.fromkeys((name, template(name)))
    places = [f"{folder}/systemd/system/{each}" for each in names for folder in FOLDERS]
    found = [path for path in places if path in texts][:1]
    return [path for path in found if _is_installable(texts[path])]


def _is_installable(text: str) -> bool:
    return any(PLACE.search(section) for section in SECTION.findall(text))
