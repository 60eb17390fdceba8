"""From plan to rows: everything that ends up on disk, numbered and grouped by directory.

Cron files, the preset file and masks become files and links here, so that every renderer
sees the same tree. Rows are sorted by (directory, name): the script handles a directory as
a whole and meets each one once.
"""

from __future__ import annotations

from hashlib import sha256

from evaluator.plan.cron import cron_text
from evaluator.plan.errors import unique
from evaluator.plan.named_units import template
from evaluator.plan.paths import CRON_FOLDER, PRESET, UNIT_FOLDER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FOLDER_SIZE = 100
# Instances that Debian's own presets enable, by a line for the template that ours goes before.
PRESET_BY_DEBIAN = ("getty@tty1.service",)
HOME_MODE = "700"


def tree_files(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """All files of a plan, made ones included, sorted by (directory, name)."""
    files = list(plan["files"])
    for entry in plan["cron"]:
        made = made_file(f"{CRON_FOLDER}/{entry['name']}", cron_text(entry), entry["origin"])
        files.append({**made, "replaces": entry["replaces"]})
    if plan["units"]:
        origin = [place for unit in plan["units"] for place in unit["origin"]]
        files.append(made_file(PRESET, preset_text(plan), unique(origin)))
    return sorted(files, key=lambda file: split(file["path"]))


def tree_links(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """All links of a plan, masks included, sorted by (directory, name)."""
    links = list(plan["links"])
    for unit in plan["units"]:
        if unit["state"] == "mask":
            path = f"{UNIT_FOLDER}/{unit['name']}"
            links.append({"path": path, "target": "/dev/null", "origin": unit["origin"]})
    return sorted(links, key=lambda link: split(link["path"]))


def preset_text(plan: dict[str, Any]) -> str:
    """The preset file: builders that run `preset-all` later undo everything else.

    Of a template, systemd wants the instances behind its name, and the first line counts.
    """
    lines = ["# Written by vcfg; keeps what was asked when presets are applied again."]
    instances = _instances(plan)
    lines += [f"enable {template} {' '.join(names)}" for template, names in instances.items()]
    for unit in plan["units"]:
        verb = "enable" if unit["state"] == "enable" else "disable"
        lines.append(f"{verb} {unit['name']}")
    return "\n".join(lines) + "\n"


def _instances(plan: dict[str, Any]) -> dict[str, list[str]]:
    """Enabled instances by their template; a unit with a file of its own is no instance."""
    own = {file["path"] for file in plan["files"]}
    states = {unit["name"]: unit["state"] for unit in plan["units"]}
    found: dict[str, list[str]] = {}
    for name, state in states.items():
        if state == "enable" and template(name) != name and f"{UNIT_FOLDER}/{name}" not in own:
            found.setdefault(template(name), []).append(_instance(name))
    for name in PRESET_BY_DEBIAN:
        if template(name) in found and name not in states:
            found[template(name)].append(_instance(name))
    return found


def _instance(name: str) -> str:
    """What stands between the sign and the kind in the name of an instance."""
    return name.partition("@")[2].rpartition(".")[0]


def split(path: str) -> tuple[str, str]:
    """Directory (`/` for the top) and name of a path."""
    directory, _, name = path.rpartition("/")
    return directory or "/", name


def digest(text: str) -> str:
    """SHA-256 of a text as it is written: UTF-8, nothing added."""
    return sha256(text.encode()).hexdigest()


def file_digest(file: dict[str, Any]) -> str:
    """SHA-256 of a managed or seeded file, `-` for one that must not exist."""
    return "-" if file["manage"] == "absent" else digest(file["text"])


def parents(plan: dict[str, Any]) -> list[str]:
    """Directories nobody declared that must exist for what is declared, sorted."""
    declared = {entry["path"] for entry in plan["dirs"]}
    wanted = [file["path"] for file in tree_files(plan) if file["manage"] != "absent"]
    wanted += [link["path"] for link in tree_links(plan)]
    wanted += [entry["path"] for entry in plan["dirs"]]
    wanted += [user["home"] for user in plan["users"] if user["create-home"]]
    found: set[str] = set()
    for path in wanted:
        found.update(above(path))
    return sorted(found - declared)


def above(path: str) -> list[str]:
    """The directories above a path, without the root."""
    parts = path.split("/")
    return ["/".join(parts[:at]) for at in range(2, len(parts))]


def memberships(plan: dict[str, Any]) -> list[tuple[str, str]]:
    """(group, user) for every supplementary membership, sorted, each once."""
    pairs = {(group["name"], user) for group in plan["groups"] for user in group["members"]}
    for user in plan["users"]:
        pairs |= {(group, user["name"]) for group in user["groups"]}
    return sorted(pairs)


def owners(plan: dict[str, Any]) -> list[tuple[str, str]]:
    """(owner, group) of everything that has one, sorted, each once."""
    owned = [*tree_files(plan), *plan["dirs"]]
    return sorted({(entry["owner"], entry["group"]) for entry in owned})


def short_mode(mode: str) -> str:
    """`0644` as `stat -c %a` prints it: `644`."""
    return f"{int(mode, 8):o}"


def made_file(path: str, text: str, origin: list[dict[str, Any]]) -> dict[str, Any]:
    """A file of root's that stands for something else in a plan."""
    return {
        "path": path,
        "text": text,
        "mode": "0644",
        "owner": "root",
        "group": "root",
        "manage": "manage",
        "replaces": [],
        "origin": origin,
    }
