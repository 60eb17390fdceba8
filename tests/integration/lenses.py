"""Augeas lenses as judges: they know the keys and shapes that daemons pass over in silence."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .sandbox import Sandbox

#: Which lens reads a file, by the beginning and the end of its path; the first match counts.
_LENSES = (
    ("/etc/libvirt/libvirtd.conf", "", "Libvirtd"),
    ("/etc/libvirt/virtlogd.conf", "", "Virtlogd"),
    ("/etc/cron.d/", "", "Cron"),
    ("/etc/hostname", "", "Hostname"),
    ("/etc/hosts", "", "Hosts"),
    ("/etc/network/interfaces", "", "Interfaces"),
    ("/etc/resolv.conf", "", "Resolv"),
    ("/etc/ssh/sshd_config", "", "Sshd"),
    ("/etc/default/", "", "Shellvars"),
    ("/etc/ganeti/instance-debootstrap/variants/", ".conf", "Shellvars"),
    ("/etc/sudoers", "", "Sudoers"),
    # The lens does not know quotes inside of a command; systemd-analyze judges these alone.
    ("/etc/systemd/system/cron-", ".service", ""),
    ("/etc/systemd/", ".service", "Systemd"),
    ("/etc/systemd/", ".socket", "Systemd"),
    ("/etc/systemd/", ".timer", "Systemd"),
    ("/etc/systemd/network/", "", "Systemd"),
    ("/etc/systemd/resolved.conf.d/", "", "Systemd"),
    ("/etc/pam.d/", "", "Pam"),
    ("/etc/security/limits.d/", ".conf", "Limits"),
    ("/etc/tmpfiles.d/", ".conf", "Tmpfiles"),
    ("/etc/passwd", "", "Passwd"),
    ("/etc/group", "", "Group"),
    ("/etc/shadow", "", "Shadow"),
    ("/etc/gshadow", "", "Gshadow"),
)


def lens_of(path: str, text: str = "") -> str | None:
    """Name of the lens that reads a file, None where there is none.

    augtool takes a path for a pattern, in which a backslash is no letter. The lens of tmpfiles
    knows no quotes; `systemd-tmpfiles` itself reads such files in test_base_booted.py. That of
    units knows none inside of others; systemd itself does in test_odd.py.
    """
    if "\\" in path or (path.startswith("/etc/tmpfiles.d/") and '"' in text):
        return None
    if path.endswith(".service") and '\\"' in text:
        return None
    for start, end, lens in _LENSES:
        if path.startswith(start) and path.endswith(end):
            return lens
    return None


def lens_errors(box: Sandbox, lenses: Mapping[str, str]) -> list[str]:
    """What the lenses have against these files: `{path: lens}` in, augtool's lines out.

    A file that augtool did not read at all counts as an error.
    """
    transforms = " ".join(
        f"-t {shlex.quote(f'{lens}.lns incl {path}')}" for path, lens in sorted(lenses.items())
    )
    script = "load\nerrors\nmatch /augeas/files//path\n"
    lines = box.run(f"printf %s {shlex.quote(script)} | augtool --noautoload {transforms}").lines
    read = {line.partition(" = ")[2].strip('"') for line in lines if "/augeas/files/" in line}
    wrong = [
        line
        for line in lines
        if line.strip() and line.strip() != "(no errors)" and "/augeas/files/" not in line
    ]
    return wrong + [f"not read: {path}" for path in lenses if f"/files{path}" not in read]
