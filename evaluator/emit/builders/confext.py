"""confext: what a configuration has in `/etc`, as an extension that systemd lays over it at once.

The archive holds the folder `vcfg` for `/var/lib/confexts`. It brings files, links and declared
directories of `/etc`, and nothing else; what stays behind is told, with who asked for it. In a
merged directory the extension's mode counts, so nothing goes into directories that Debian keeps
closed unless they are declared. Sources: systemd-sysext(8), os-release(5), of systemd 257.
"""

from __future__ import annotations

from evaluator.emit.outputs import Adapted, CannotAdapt, Output
from evaluator.emit.rows import above, tree_files, tree_links
from evaluator.emit.shell import place_text, printable
from evaluator.emit.tree import (
    Ids,
    archive,
    declared_member,
    directory_member,
    file_member,
    is_carried,
    link_member,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from evaluator.emit.outputs import Built

NAME = "vcfg"
RELEASE = "ID=_any\n"
CLOSED = frozenset(
    f"/etc/{name}"
    for name in (
        "credstore",
        "credstore.encrypted",
        "polkit-1/rules.d",
        "ssl/private",
        "sudoers.d",
    )
)
"""Directories of Debian that not everybody may enter."""


def adapt(built: Built) -> Adapted:
    """The archive; raises where nothing of the plan is in `/etc`."""
    plan = built.plan
    ids = Ids(plan)
    left = [(entry, problem) for entry, problem in _wishes(plan, ids) if problem]
    taken = [entry for entry, problem in _wishes(plan, ids) if not problem and "path" in entry]
    if not taken:
        raise CannotAdapt(
            "nothing of this configuration is a file or link that it can bring to /etc"
        )
    return Adapted(
        {"confext.tar": Output(_archive(taken, ids))},
        _usage,
        tuple(f"without {problem}{_asked(entry)}" for entry, problem in left),
    )


def _asked(entry: dict[str, Any]) -> str:
    places = [printable(place_text(place)) for place in entry.get("origin", ())[:1]]
    return f", {places[0]}" if places else ""


def _wishes(plan: dict[str, Any], ids: Ids) -> Iterator[tuple[dict[str, Any], str]]:
    """Everything a plan wants, with what keeps it out of an extension, empty where nothing does."""
    declared = {entry["path"] for entry in plan["dirs"]}
    for entry in [*plan["dirs"], *tree_files(plan), *tree_links(plan)]:
        yield entry, _problem(entry, ids, declared)
    for kind in ("user", "group", "package", "snippet"):
        for entry in plan[f"{kind}s"]:
            yield entry, f"{kind} `{printable(entry['name'])}`"
    for unit in plan["units"]:
        # Masks are links; the preset file is there, but presets are not applied.
        if unit["state"] != "mask":
            yield unit, f"`{unit['state']}` of unit `{unit['name']}`"


def _problem(entry: dict[str, Any], ids: Ids, declared: set[str]) -> str:
    path = entry["path"]
    shown = f"`{printable(path)}`"
    closed = [folder for folder in above(path) if folder in CLOSED - declared]
    if not path.startswith("/etc/"):
        return f"{shown}, which is not in /etc"
    if "manage" in entry and not is_carried(entry):
        reason = "secrets" if "parts" in entry else f'`manage = "{entry["manage"]}"`'
        return f"{shown}: an extension has no {reason}"
    if "owner" in entry and ids.of(entry) is None:
        return (
            f"{shown}: {entry['owner']}:{entry['group']} has no number yet (--lock-ids gives one)"
        )
    if closed:
        return f"{shown}: {closed[0]} is closed and would not be; declare it in `activation.dirs`"
    return ""


def _archive(taken: list[dict[str, Any]], ids: Ids) -> bytes:
    release = f"/etc/extension-release.d/extension-release.{NAME}"
    made = {"path": release, "text": RELEASE, "mode": "0644"}
    members = [file_member(made, (0, 0))]
    folders = {folder for entry in [*taken, made] for folder in above(entry["path"])}
    for entry in taken:
        if "target" in entry:
            members.append(link_member(entry))
        elif "text" in entry:
            members.append(file_member(entry, ids.of(entry)))
        else:
            members.append(declared_member(entry, ids.of(entry)))
            folders.discard(entry["path"])
    members += [directory_member(folder) for folder in folders]
    for member, _ in members:
        member.name = f"{NAME}/{member.name}"
    return archive([directory_member(f"/{NAME}"), *members])


def _usage(folder: str) -> str:
    place = f"/var/lib/confexts/{NAME}"
    return (
        f"systemd-confext unmerge && rm -rf {place} && mkdir -p /var/lib/confexts "
        f"&& tar -C /var/lib/confexts -xpf {folder}/confext.tar && systemd-confext merge"
    )
