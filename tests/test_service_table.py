"""The table of files, units and what happens: made from the library, held beside its page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.acceptance import build

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "spec" / "activation" / "live.md"
START = "<!-- made by tests/test_service_table.py -->\n"
END = "<!-- end -->\n"

#: Besides everything the library has: the other ways to do the network.
MORE = """
import "{root}/tests/cases/graph/everything.vcfg"
import "etc.vcfg"
import "virtualization/libvirt-guests.vcfg"

libvirt-guests.enable = true
networking {{ backend = "networkd", resolver = "resolved" }}
dbus.policies.x = "<busconfig/>"
etc.files {{ {files} }}
"""
READ = ("default/cron", "nftables.conf", "rsyslog.d/x.conf", "chrony/chrony.conf")
#: What the checks of the library are, by their program.
CHECKS = {"/usr/sbin/sshd": "after `sshd -t`", "/bin/sh": "if no job waits or runs"}
READ_BY_SYSTEMD = ("journald", "timesyncd")


def services(folder: Path, text: str) -> list[dict[str, Any]]:
    """What the plan of a configuration says of its services."""
    file = folder / "host.vcfg"
    file.write_text(text)
    return list(build(file, folder / "out").data["services"])


def rows(listed: list[dict[str, Any]]) -> set[str]:
    """A line for each unit that watches a file."""
    found = set()
    for each in listed:
        for verb in ("reload", "restart"):
            watched = ", ".join(f"`{path}`" for path in each[f"{verb}-on"])
            if not watched:
                continue
            after = f", {CHECKS[each['check'][0]]}" if each["check"] else ""
            found.add(f"| {watched} | `{each['name']}` | {verb}{after} |")
    return found


def test_the_table_is_what_the_library_does(
    tmp_path: Path, expect: Callable[[Path, str], None]
) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    everything = (ROOT / "tests" / "cases" / "graph" / "everything.vcfg").read_text()
    files = [*READ, *(f"systemd/{name}.conf" for name in READ_BY_SYSTEMD), "sysctl.d/x.conf"]
    named = ", ".join(f'"{name}".text = "\\n"' for name in [*files, "modules-load.d/x.conf"])
    listed = services(tmp_path / "a", everything)
    listed += services(tmp_path / "b", MORE.format(root=ROOT, files=named))
    made = sorted(rows(listed), key=lambda row: row.split("|")[2])
    table = "\n".join(["| files | unit | what happens |", "|---|---|---|", *made, ""])
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(START)
    expect(PAGE, before + START + table + END + rest.partition(END)[2])
