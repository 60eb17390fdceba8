"""Files in folders whose reader passes over names, or modes, that it does not like.

`/etc/cron.d/nightly.conf` is never run and `/etc/tmpfiles.d/app` never read, and nobody says so.
Modules name their files as they have to be; this is about files that somebody lays down.
"""

from __future__ import annotations

from evaluator.plan.errors import option_path
from evaluator.plan.paths import CRON_FOLDER, UNIT_FOLDER, printable
from evaluator.plan.unit_names import is_unit_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.plan.errors import Findings

CODE = "unread-file"
PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
# By folder: who reads it, and what the names of the files end with that are read.
ENDINGS = {
    "/etc/binfmt.d": ("systemd-binfmt", (".conf",)),
    "/etc/dbus-1/session.d": ("the bus", (".conf",)),
    "/etc/dbus-1/system.d": ("the bus", (".conf",)),
    "/etc/environment.d": ("systemd", (".conf",)),
    "/etc/modprobe.d": ("modprobe", (".conf",)),
    "/etc/modules-load.d": ("systemd-modules-load", (".conf",)),
    "/etc/polkit-1/rules.d": ("polkit", (".rules",)),
    "/etc/profile.d": ("the shell", (".sh",)),
    "/etc/security/limits.d": ("pam_limits", (".conf",)),
    "/etc/ssh/ssh_config.d": ("ssh", (".conf",)),
    "/etc/ssh/sshd_config.d": ("sshd", (".conf",)),
    "/etc/sysctl.d": ("systemd-sysctl", (".conf",)),
    "/etc/systemd/network": ("systemd-networkd", (".network", ".netdev", ".link")),
    "/etc/systemd/system-preset": ("systemctl", (".preset",)),
    "/etc/sysusers.d": ("systemd-sysusers", (".conf",)),
    "/etc/tmpfiles.d": ("systemd-tmpfiles", (".conf",)),
    "/etc/udev/rules.d": ("udev", (".rules",)),
}
# By folder: who runs the programs in it, whose names are plain words.
PROGRAMS = {f"/etc/cron.{each}": "run-parts" for each in ("hourly", "daily", "weekly", "monthly")}
WORDS = "letters, digits, `_` and `-`"
WRITABLE, RUNNABLE = 0o022, 0o100


def check_unread(data: dict[str, Any], findings: Findings) -> None:
    """Warn about files that their reader passes over without a word."""
    for path, entry in sorted(data["files"].items()):
        if entry.get("manage") == "absent":
            continue
        folder, _, name = path.rpartition("/")
        # What a person reads, or what keeps an empty folder.
        if name.startswith((".", "README")):
            continue
        reason, help = _name_fault(folder, name) or _content_fault(folder, entry)
        if reason:
            findings.warn(
                option_path("files", path),
                f"{reason} `{printable(path)}`",
                "this file",
                code=CODE,
                help=help,
                facts={"target": path},
            )


def _name_fault(folder: str, name: str) -> tuple[str, str] | None:
    """Who passes over a name, and what to do; None where it is read."""
    if folder in ENDINGS:
        reader, ends = ENDINGS[folder]
        wanted = " or ".join([f"`{end}`" for end in ends])
        fits = name.endswith(ends)
        return None if fits else (f"{reader} passes over", f"let its name end with {wanted}")
    if folder == UNIT_FOLDER and not is_unit_name(name):
        return "systemd passes over", "let its name be one of a unit, `ssh.service` say"
    if folder.startswith(f"{UNIT_FOLDER}/") and folder.endswith(".d") and name[-5:] != ".conf":
        return "systemd passes over", "let its name end with `.conf`"
    reader = {CRON_FOLDER: "cron", **PROGRAMS}.get(folder, "")
    if reader and not PLAIN.issuperset(name):
        return f"{reader} passes over", f"let its name have {WORDS} only"
    if folder == "/etc/sudoers.d" and ("." in name or name.endswith("~")):
        return "sudo passes over", "let its name have no dot, and no `~` at the end"
    return None


def _content_fault(folder: str, entry: dict[str, Any]) -> tuple[str, str]:
    """The same for modes and texts; nothing where they are fine."""
    mode, text = _bits(entry.get("mode")), entry.get("text")
    if folder == CRON_FOLDER:
        if mode & WRITABLE:
            return "cron passes over", "let nobody but its owner write it: `mode = 0o644`"
        if entry.get("owner", "root") != "root":
            return "cron passes over", "let it belong to root"
        if isinstance(text, str) and text and not text.endswith("\n"):
            return "cron passes over", "let its last line end with a line end"
    if folder in PROGRAMS and not mode & RUNNABLE:
        return f"{PROGRAMS[folder]} passes over", "let it be a program: `mode = 0o755`"
    return "", ""


def _bits(mode: int | str | None) -> int:
    return 0o644 if mode is None else mode if isinstance(mode, int) else int(mode, 8)
