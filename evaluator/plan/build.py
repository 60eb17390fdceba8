"""Configuration → plan: what the `activation` service holds, checked, sorted, with origins.

Everything the activation script could only find out on the machine is left to it; what can
be known here (impossible paths, contradicting numbers, circles) is reported here, all of it.
"""

from __future__ import annotations

from evaluator import __version__
from evaluator.plan.accounts import check_accounts, good_owner
from evaluator.plan.cron import check_cron
from evaluator.plan.errors import Findings, option_path
from evaluator.plan.named_units import check_named_units
from evaluator.plan.paths import (
    CRON_FOLDER,
    LONGEST_TARGET,
    PRESET,
    UNIT_FOLDER,
    check_paths,
    has_control,
    printable,
)
from evaluator.plan.secrets import SECRET_MODE, check_secrets, parts_of, texts_of
from evaluator.plan.services import plan_services
from evaluator.plan.snippets import PHASES, snippet_order
from evaluator.plan.unit_names import FULL_NAME, unit_fault
from evaluator.plan.unread import check_unread
from evaluator.plan.watched import check_watched

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from evaluator.diagnostics.model import Sink
    from evaluator.plan.errors import Origins

    Builder = Callable[[Any, Findings], list[dict[str, Any]]]

VERSION = 1
# Names of accounts that packages or people make.
FOREIGN = ("foreign-users", "foreign-groups")
PACKAGE_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789+-."


def build_plan(
    activation: dict[str, Any],
    *,
    host: str,
    input_hash: str,
    origin: Origins,
    sink: Sink,
    severity: Callable[[str], str] | None = None,
    is_judged: bool = False,
    systemd: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The plan of one host, as `spec/plan.schema.json` describes it.

    `activation` is the evaluated plain JSON of the service of that name; missing keys mean
    empty. Problems go into `sink`; the result is complete either way and the caller decides.
    `severity` says what the warnings of a code count as: `error`, `warn` or `off`. A plan that
    is only judged, for its findings, has no origins. `systemd`, the service of that name, is
    for findings too: it tells best where a unit is named.
    """
    findings = Findings(origin, sink, severity, is_judged=is_judged)
    data: dict[str, Any] = {key: activation.get(key) or {} for key in (*_BUILDERS, "services")}
    _check_targets(data, findings)
    _check_texts(data, findings)
    check_secrets(data["files"], findings)
    check_accounts(data["users"], data["groups"], findings)
    check_cron(data["cron"], findings)
    _check_units(data, findings)
    _check_packages(data["packages"], findings)
    check_named_units(data, systemd or {}, findings)
    check_watched(data, _derived(data), findings)
    check_unread(data, findings)
    plan: dict[str, Any] = {
        "version": VERSION,
        "host": host,
        "input": input_hash,
        "vcfg": __version__,
    }
    for key, builder in _BUILDERS.items():
        plan[key] = builder(data[key], findings)
    asked = {entry["path"]: entry["origin"] for key in ("files", "links") for entry in plan[key]}
    plan["services"] = plan_services(data, asked, findings)
    for key in FOREIGN:
        plan[key] = sorted(set(activation.get(key) or ()))
    return plan


# ---- entries


def _files(entries: dict[str, Any], findings: Findings) -> list[dict[str, Any]]:
    return [
        {
            "path": path,
            **_content(entry),
            "mode": _mode(entry.get("mode"), 0o644 if parts_of(entry) is None else SECRET_MODE),
            "owner": entry.get("owner", "root"),
            "group": entry.get("group", "root"),
            "manage": entry.get("manage", "manage"),
            "replaces": sorted(set(entry.get("replaces", ()))),
            "origin": findings.origin(option_path("files", path)),
        }
        for path, entry in sorted(entries.items())
    ]


def _content(entry: dict[str, Any]) -> dict[str, Any]:
    """The text of a file, or its parts where it has secrets; what is to go has neither."""
    parts = parts_of(entry)
    if parts is not None:
        return {"parts": parts}
    return {"text": "".join(texts_of(entry))}


def _dirs(entries: dict[str, Any], findings: Findings) -> list[dict[str, Any]]:
    return [
        {
            "path": path,
            "mode": _mode(entry.get("mode"), 0o755),
            "owner": entry.get("owner", "root"),
            "group": entry.get("group", "root"),
            "origin": findings.origin(option_path("dirs", path)),
        }
        for path, entry in sorted(entries.items())
    ]


def _links(entries: dict[str, Any], findings: Findings) -> list[dict[str, Any]]:
    return [
        {
            "path": path,
            "target": entry["target"],
            "origin": findings.origin(option_path("links", path)),
        }
        for path, entry in sorted(entries.items())
    ]


def _groups(entries: dict[str, Any], findings: Findings) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "gid": entry.get("gid"),
            "system": entry.get("system", True),
            "members": sorted(set(entry.get("members", ()))),
            "origin": findings.origin(option_path("groups", name)),
        }
        for name, entry in sorted(entries.items())
    ]


def _users(entries: dict[str, Any], findings: Findings) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "uid": entry.get("uid"),
            "group": entry.get("group") or name,
            "groups": sorted(set(entry.get("groups", ()))),
            "home": entry.get("home", ""),
            "shell": entry.get("shell", ""),
            "comment": entry.get("comment", ""),
            "system": entry.get("system", True),
            "create-home": entry.get("create-home", False),
            "purge": entry.get("purge", False),
            "password": _reference(entry.get("password")),
            "initial-password": _reference(entry.get("initial-password")),
            "origin": findings.origin(option_path("users", name)),
        }
        for name, entry in sorted(entries.items())
    ]


def _reference(value: Any) -> Any:
    """A secret as it was evaluated, as the plan has it; null where there is none."""
    return None if value is None else value["secret"]


def _units(entries: dict[str, Any], findings: Findings) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "state": entry["state"],
            "origin": findings.origin(option_path("units", name)),
        }
        for name, entry in sorted(entries.items())
    ]


def _cron(entries: dict[str, Any], findings: Findings) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "environment": dict(sorted(entry.get("environment", {}).items())),
            "jobs": [
                {
                    "name": job,
                    "schedule": line["schedule"],
                    "user": line.get("user", "root"),
                    "command": line["command"],
                }
                for job, line in sorted(entry.get("jobs", {}).items())
            ],
            "extra": entry.get("extra", ""),
            "replaces": sorted(set(entry.get("replaces", ()))),
            "origin": findings.origin(option_path("cron", name)),
        }
        for name, entry in sorted(entries.items())
    ]


def _packages(names: list[str], findings: Findings) -> list[dict[str, Any]]:
    places = {name: f"{option_path('packages')}[{at}]" for at, name in enumerate(names)}
    return [
        {"name": name, "origin": findings.origin(place)} for name, place in sorted(places.items())
    ]


def _snippets(entries: dict[str, Any], findings: Findings) -> list[dict[str, Any]]:
    ordered = snippet_order(entries, findings)
    return [
        {
            "name": name,
            "phase": entries[name].get("phase", "post"),
            "text": entries[name]["text"],
            "when": entries[name].get("on", "both"),
            "on-change": sorted(set(entries[name].get("on-change", ()))),
            "on-failure": entries[name].get("on-failure", "stop"),
            "unless": entries[name].get("unless") or "",
            "timeout": entries[name].get("timeout"),
            "description": entries[name].get("description", ""),
            "origin": findings.origin(option_path("snippets", name)),
        }
        for name in ordered
    ]


_BUILDERS: dict[str, Builder] = {
    "files": _files,
    "dirs": _dirs,
    "links": _links,
    "groups": _groups,
    "users": _users,
    "units": _units,
    "cron": _cron,
    "packages": _packages,
    "snippets": _snippets,
}


def _mode(written: Any, default: int) -> str:
    """Permission bits as four octal digits; JSON has them as text, callers may pass numbers."""
    if written is None:
        return f"{default:04o}"
    return f"{written if isinstance(written, int) else int(written, 8):04o}"


# ---- checks that look at several kinds of entries


def _derived(data: dict[str, Any]) -> dict[str, str]:
    """Files that are made from other lists, each with an option that asks for it."""
    made = {
        f"{CRON_FOLDER}/{name}": option_path("cron", name)
        for name in data["cron"]
        if "/" not in name and name not in ("", ".", "..")
    }
    if data["units"]:
        made[PRESET] = option_path("units", min(data["units"]))
    return made


def _check_targets(data: dict[str, Any], findings: Findings) -> None:
    files = {path: option_path("files", path) for path in data["files"]}
    links = {path: option_path("links", path) for path in data["links"]}
    dirs = {path: option_path("dirs", path) for path in data["dirs"]}
    for path, option in _derived(data).items():
        if path in files:
            findings.report(
                files[path],
                f"`{path}` is written twice",
                "as a file here",
                others=((option, "and made from this"),),
                facts={"target": path},
            )
        else:
            files[path] = option
    check_paths(findings, {"dir": dirs, "file": files, "link": links})
    for path, entry in sorted(data["links"].items()):
        target = entry["target"]
        if not target or has_control(target) or len(target.encode()) > LONGEST_TARGET:
            findings.report(
                option_path("links", path, "target"),
                f"The link `{printable(path)}` points nowhere a link can point",
                f"`{printable(target[:60])}` is empty, has a control character "
                f"or is longer than {LONGEST_TARGET} bytes",
            )
    for room in ("files", "dirs"):
        for path, entry in sorted(data[room].items()):
            for field in ("owner", "group"):
                if not good_owner(entry.get(field, "root")):
                    findings.report(
                        option_path(room, path, field),
                        f"`{printable(entry[field])}` is neither an account nor a number",
                        f"the {field} of `{printable(path)}`",
                    )


def _check_texts(data: dict[str, Any], findings: Findings) -> None:
    for room in ("files", "snippets"):
        for name, entry in sorted(data[room].items()):
            text = "".join([*texts_of(entry), entry.get("unless") or ""])
            if "\0" in text or not _encodable(text):
                findings.report(
                    option_path(room, name, "text"),
                    f"The text of `{printable(name)}` holds a NUL byte or is no valid Unicode",
                    "this text cannot be written by a shell script",
                )
    for name, entry in sorted(data["snippets"].items()):
        phase = entry.get("phase", "post")
        bad = [p for p in entry.get("on-change", ()) if has_control(p) or not p.startswith("/")]
        if has_control(name) or not name or name in PHASES or phase not in PHASES:
            findings.report(
                option_path("snippets", name),
                f"`{printable(name)}` is no name for a snippet",
                "named here",
            )
        if has_control(entry.get("description", "")):
            findings.report(
                option_path("snippets", name, "description"),
                f"The description of snippet `{printable(name)}` is not one line",
                "this text",
            )
        for path in bad:
            findings.report(
                option_path("snippets", name, "on-change"),
                f"`{printable(path)}` is no absolute path",
                "named here",
            )


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _check_units(data: dict[str, Any], findings: Findings) -> None:
    for name, entry in sorted(data["units"].items()):
        path = option_path("units", name)
        wrong = unit_fault(name)
        if wrong:
            findings.report(path, f"`{printable(name)}` {wrong}", "named here", help=FULL_NAME)
        own = f"{UNIT_FOLDER}/{name}"
        for room in ("files", "links"):
            if entry["state"] == "mask" and own in data[room]:
                findings.report(
                    path,
                    f"The unit `{name}` is both written and masked",
                    "masked here",
                    others=((option_path(room, own), "written here"),),
                    facts={"unit": name},
                )


def _check_packages(names: list[str], findings: Findings) -> None:
    for name in sorted(set(names)):
        if not name or any(c not in PACKAGE_LETTERS for c in name) or name[0] in "+-.":
            findings.report(
                option_path("packages"),
                f"`{printable(name)}` is no name of a Debian package",
                "wanted here",
                facts={"package": name},
            )
