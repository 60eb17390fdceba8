"""`manifest.json`: what the configuration puts on a system, without the contents."""

from __future__ import annotations

from evaluator.emit.rows import file_digest, memberships, parents, tree_files, tree_links
from evaluator.emit.secrets import references
from evaluator.types.values import dump_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

VERSION = 1


def render_manifest(plan: dict[str, Any]) -> str:
    """The manifest as JSON text: paths, modes, owners, hashes, sizes, ids and unit states."""
    manifest = {
        "version": VERSION,
        "host": plan["host"],
        "input": plan["input"],
        "vcfg": plan["vcfg"],
        "files": [_file(file) for file in tree_files(plan)],
        "dirs": [_only(entry, "path", "mode", "owner", "group") for entry in plan["dirs"]],
        "parents": parents(plan),
        "links": [_only(link, "path", "target") for link in tree_links(plan)],
        "groups": [_only(group, "name", "gid", "system") for group in plan["groups"]],
        "users": [
            _only(user, "name", "uid", "group", "home", "shell", "system") for user in plan["users"]
        ],
        "memberships": [{"group": group, "user": user} for group, user in memberships(plan)],
        "units": [_only(unit, "name", "state") for unit in plan["units"]],
        "services": [
            {key: value for key, value in service.items() if key != "origin"}
            for service in plan["services"]
        ],
        "secrets": references(plan),
        "packages": [package["name"] for package in plan["packages"]],
        "snippets": [
            _only(snippet, "name", "phase", "when", "on-change") for snippet in plan["snippets"]
        ],
    }
    return dump_json(manifest) + "\n"


def _file(file: dict[str, Any]) -> dict[str, Any]:
    facts = _only(file, "path", "mode", "owner", "group", "manage")
    if "parts" in file:
        facts["secrets"] = [part for part in file["parts"] if isinstance(part, dict)]
    elif file["manage"] != "absent":
        facts["sha256"] = file_digest(file)
        facts["size"] = len(file["text"].encode())
    return facts


def _only(entry: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: entry[key] for key in keys}
