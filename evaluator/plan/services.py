"""What a running system does about services when something changes: the list `services`.

Everything is derived here from paths, so that the script compares paths and hashes and never
reads a unit file: which files make up a unit, which links start it, what its text says that
only a restart brings into effect.
"""

from __future__ import annotations

from evaluator.plan.errors import option_path, unique
from evaluator.plan.paths import fault, printable
from evaluator.plan.secrets import texts_of
from evaluator.plan.unit_names import FULL_NAME, is_unit_name, unit_fault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.plan.errors import Findings, Place

UNITS = "/etc/systemd/system/"
# What systemd takes over when it reads the files again, or what matters at a start only.
NO_RESTART = {
    "Unit": frozenset(
        (
            *("After", "AllowIsolate", "Before", "CollectMode", "Description", "Documentation"),
            *("FailureAction", "IgnoreOnIsolate", "OnFailure", "OnFailureJobMode", "OnSuccess"),
            *("RefuseManualStart", "RefuseManualStop", "SourcePath", "StartLimitAction"),
            *("StartLimitBurst", "StartLimitIntervalSec", "StopWhenUnneeded", "SuccessAction"),
        )
    ),
    "Service": frozenset(
        (
            *("ExecReload", "Restart", "RestartForceExitStatus", "RestartPreventExitStatus"),
            *("RestartSec", "SuccessExitStatus", "TimeoutStopSec"),
        )
    ),
    # mounted again with its new options by a reload
    "Mount": frozenset(("Options",)),
}
# What a change of a unit's own files leads to: nothing that is listed here is ever
# restarted for it. systemd takes timers and paths over when it reads them again.
BY_KIND = {
    ".service": "restart",
    ".socket": "restart",
    ".mount": "remount",
}


def plan_services(
    data: dict[str, Any], asked: dict[str, list[Place]], findings: Findings
) -> list[dict[str, Any]]:
    """One entry for each unit that a change can concern, sorted by name.

    `asked` says of files and links which lines asked for them, and so for what they are to a unit.
    """
    wishes = data["services"]
    _check(data, findings)
    own = _unit_files(data["files"])
    starting = _starting_links(data["links"])
    names = sorted({*own, *starting, *(name for name in wishes if is_unit_name(name))})
    plan = []
    for name in names:
        wish, texts, links = wishes.get(name, {}), own.get(name, {}), starting.get(name, [])
        places = findings.origin(option_path("services", name)) if wish else []
        places += [place for path in (*texts, *links) for place in asked.get(path, ())]
        plan.append(_entry(name, wish, texts, links, unique(places)))
    return plan


def _entry(
    name: str, wish: dict[str, Any], own: dict[str, str], starting: list[str], origin: list[Place]
) -> dict[str, Any]:
    return {
        "name": name,
        "files": sorted(own),
        "key": restart_key(own),
        "when-changed": _when_changed(name, wish) if own else "nothing",
        "restart-on": sorted(set(wish.get("restart-on", ()))),
        "reload-on": sorted(set(wish.get("reload-on", ()))),
        "start-on": starting,
        "stop-on-removal": wish.get("stop-on-removal", True),
        "protected": wish.get("protected", False),
        "check": list(wish.get("check", ())),
        "origin": origin,
    }


def _when_changed(name: str, wish: dict[str, Any]) -> str:
    kind = BY_KIND.get("." + name.rpartition(".")[2], "nothing")
    if not wish.get("restart-if-changed", True):
        return "nothing" if kind == "nothing" else "leave"
    if kind == "restart" and wish.get("reload-if-changed", False):
        return "reload"
    return kind


# ---- what paths say


def unit_of(path: str) -> str:
    """The unit a file in `/etc/systemd/system` belongs to, as its own or a drop-in; "" if none."""
    if not path.startswith(UNITS):
        return ""
    first, _, rest = path.removeprefix(UNITS).partition("/")
    name = first.removesuffix(".d") if rest else first
    drop_in = first.endswith(".d") and rest.endswith(".conf") and "/" not in rest
    return name if is_unit_name(name) and (drop_in or not rest) else ""


def _unit_files(files: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Unit → its files → their texts."""
    found: dict[str, dict[str, str]] = {}
    for path, entry in files.items():
        name = unit_of(path)
        if name and entry.get("manage", "manage") != "absent":
            found.setdefault(name, {})[path] = "".join(texts_of(entry))
    return found


def _starting_links(links: dict[str, Any]) -> dict[str, list[str]]:
    """Unit → links by which another one starts it."""
    found: dict[str, list[str]] = {}
    for path in sorted(links):
        folder, _, name = path.removeprefix(UNITS).partition("/")
        wanted = folder.endswith((".wants", ".requires"))
        if path.startswith(UNITS) and wanted and is_unit_name(name) and "@." not in name:
            found.setdefault(name, []).append(path)
    return found


def restart_key(texts: dict[str, str]) -> str:
    """Hash of what only a restart brings into effect; "" where nothing does."""
    parts = {path: _restart_part(text) for path, text in sorted(texts.items())}
    kept = [f"{path}\n{part}" for path, part in parts.items() if part]
    if not kept:
        return ""
    from hashlib import sha256  # it loads OpenSSL, and few configurations have such units

    return sha256("\n".join(kept).encode("utf-8", "surrogatepass")).hexdigest()


def _restart_part(text: str) -> str:
    section, skipping, kept = "", False, []
    continued = False
    for raw in text.split("\n"):
        line = raw.strip()
        if continued:
            # still part of the line before, whatever it looks like
            continued = line.endswith("\\")
            if not skipping:
                kept.append(line)
            continue
        if not line or line[0] in "#;":
            continue
        continued = line.endswith("\\")
        if line.startswith("[") and line.endswith("]"):
            section = line[1:-1]
            continue
        key = line.partition("=")[0].strip()
        skipping = section == "Install" or key in NO_RESTART.get(section, ())
        if not skipping:
            kept.append(f"[{section}]{line}")
    return "\n".join(kept)


# ---- what is refused


def _check(data: dict[str, Any], findings: Findings) -> None:
    for name, wish in sorted(data["services"].items()):
        path = option_path("services", name)
        wrong = unit_fault(name)
        if wrong:
            findings.report(path, f"`{printable(name)}` {wrong}", "named here", help=FULL_NAME)
            continue
        _check_paths(name, wish, findings)
        _check_words(name, wish, findings)
        _check_mask(name, wish, data, findings)
        _check_reload(name, wish, data, findings)


def _check_paths(name: str, wish: dict[str, Any], findings: Findings) -> None:
    for field in ("restart-on", "reload-on"):
        for target in sorted(set(wish.get(field, ()))):
            wrong = fault(target)
            if wrong:
                findings.report(
                    option_path("services", name, field),
                    f"The path `{printable(target)}` {wrong}",
                    "this file cannot be watched",
                    facts={"unit": name, "target": target},
                )


def _check_words(name: str, wish: dict[str, Any], findings: Findings) -> None:
    words = wish.get("check", ())
    if any("\0" in word or "\n" in word for word in words) or (words and not words[0]):
        findings.report(
            option_path("services", name, "check"),
            f"The check of `{name}` is no command",
            "each word is one line, the first one a program",
            facts={"unit": name},
        )


def _check_mask(name: str, wish: dict[str, Any], data: dict[str, Any], findings: Findings) -> None:
    masked = data["units"].get(name, {}).get("state") == "mask"
    for field in ("restart-on", "reload-on"):
        if masked and wish.get(field):
            findings.report(
                option_path("services", name, field),
                f"The unit `{name}` is masked and can be neither restarted nor reloaded",
                f"`{field}` here",
                others=((option_path("units", name), "masked here"),),
                facts={"unit": name},
            )


def _check_reload(
    name: str, wish: dict[str, Any], data: dict[str, Any], findings: Findings
) -> None:
    """A unit of ours that is to be reloaded has to say how."""
    own = UNITS + name
    if own not in data["files"] or not name.endswith(".service"):
        return
    texts = _unit_files(data["files"]).get(name, {})
    if any("ExecReload" in text or "notify-reload" in text for text in texts.values()):
        return
    for field in ("reload-on", "reload-if-changed"):
        if wish.get(field):
            findings.report(
                option_path("services", name, field),
                f"The unit `{name}` cannot be reloaded: it has no `ExecReload`",
                "to be reloaded by this",
                others=((option_path("files", own), "the unit is written here"),),
                help="give it an `ExecReload`, or restart it: `restart-on`",
                facts={"unit": name},
            )
