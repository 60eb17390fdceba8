"""Which paths a plan may name, and which may stand beside each other."""

from __future__ import annotations

from evaluator.plan.errors import option_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.plan.errors import Findings

FOREIGN = ("/proc", "/sys", "/dev", "/run", "/tmp", "/var/lib/vcfg")  # noqa: S108 a rule, no file
ACCOUNT_DATABASES = ("/etc/passwd", "/etc/group", "/etc/shadow", "/etc/gshadow")
LONGEST_COMPONENT = 255
# With up to 1000 bytes for the root before it, it stays below what the kernel takes.
LONGEST_PATH = 3000
LONGEST_TARGET = 4000
STAGING = ".vcfg-stage"
# Where what no path names ends up: wishes about units, cron files, masks.
PRESET = "/etc/systemd/system-preset/10-vcfg.preset"
CRON_FOLDER = "/etc/cron.d"
UNIT_FOLDER = "/etc/systemd/system"
# Written by the activation script where it cannot set owners.
OWNERSHIP = "/usr/lib/tmpfiles.d/vcfg-ownership.conf"


def has_control(text: str) -> bool:
    """Whether a text holds a control character (C0, DEL) or half of a surrogate pair."""
    return any(c < " " or c == "\x7f" or "\ud800" <= c <= "\udfff" for c in text)


def fault(path: str) -> str:
    """What is wrong with one path, in words that continue "the path …"; "" when it is fine."""
    if not path.startswith("/"):
        return "is not absolute"
    if has_control(path):
        return "contains a control character"
    if path == "/":
        return "is the root itself"
    components = path[1:].split("/")
    if "" in components:
        return "contains an empty component (`//` or a final `/`)"
    if "." in components or ".." in components:
        return "contains `.` or `..`"
    if any(len(part.encode()) > LONGEST_COMPONENT for part in components):
        return f"has a component longer than {LONGEST_COMPONENT} bytes"
    if len(path.encode()) > LONGEST_PATH:
        return f"is longer than {LONGEST_PATH} bytes"
    if STAGING in components:
        return f"contains `{STAGING}`, where the activation script stages files"
    if path == OWNERSHIP:
        return "is the activation script's own, for builds that cannot set owners"
    for place in FOREIGN:
        if path == place or path.startswith(place + "/"):
            return f"lies in `{place}`, which does not belong to a configuration"
    return ""


def check_paths(findings: Findings, kinds: dict[str, dict[str, str]]) -> None:
    """Check all paths together. `kinds` maps file, dir and link to {path: option path}."""
    taken: dict[str, tuple[str, str]] = {}
    for kind, paths in kinds.items():
        for path, option in sorted(paths.items()):
            wrong = fault(path)
            if not wrong and kind != "dir" and path.rstrip("-") in ACCOUNT_DATABASES:
                wrong = "is an account database; `activation.users` and `.groups` write it"
            if wrong:
                findings.report(
                    option,
                    f"The path `{printable(path)}` {wrong}",
                    f"this {kind} cannot be made",
                    facts={"target": path},
                )
            elif path in taken:
                other_kind, other = taken[path]
                findings.report(
                    option,
                    f"`{path}` is both a {other_kind} and a {kind}",
                    f"a {kind} here",
                    others=((other, f"a {other_kind} here"),),
                    facts={"target": path},
                )
            else:
                taken[path] = (kind, option)
    _check_nesting(findings, taken)


def _check_nesting(findings: Findings, taken: dict[str, tuple[str, str]]) -> None:
    for path, (_, option) in taken.items():
        parent = path.rpartition("/")[0]
        while parent:
            above = taken.get(parent)
            if above is not None and above[0] != "dir":
                findings.report(
                    option,
                    f"`{path}` lies below `{parent}`, which is a {above[0]}",
                    "this needs a directory above it",
                    others=((above[1], f"a {above[0]} here"),),
                    facts={"target": path, "above": parent},
                )
                break
            parent = parent.rpartition("/")[0]


def printable(text: str) -> str:
    """A text with control characters made visible."""
    return "".join(c if not has_control(c) else repr(c)[1:-1] for c in text)


def option_of(kind: str, path: str) -> str:
    """The option of a file, dir or link: `activation.files."/etc/x"`."""
    return option_path(kind + "s", path)
