"""What a configuration names and nothing brings: units, and files that are watched."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from evaluator.plan.known_units import ELSEWHERE, known_units
from evaluator.plan.named_units import Known
from evaluator.plan.unit_names import is_unit_name

if TYPE_CHECKING:
    from tests.conftest import RunVcfg

ROOT = Path(__file__).resolve().parent.parent


def test_the_known_units_are_units() -> None:
    assert [name for name in known_units() if not is_unit_name(name)] == []
    assert set(ELSEWHERE.values()) <= known_units()
    assert not set(ELSEWHERE) & known_units()


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("opnssh.service", "ssh.service"),
        ("openssh-server.service", "ssh.service"),
        ("virtlogd.sokcet", ""),  # no name of a unit, which is told elsewhere
        ("virtlogdd.socket", "virtlogd.socket"),
        ("virtlogd.socket", ""),
        ("timer.target", "timers.target"),
        ("networkd.service", "systemd-networkd.service"),
        ("systemd-reslved.service", "systemd-resolved.service"),
        ("dmup.service", "dump.service"),
        ("dump.timer", ""),  # another kind
        ("web-2.service", ""),  # one of several, of which web-1 is ours
        ("gety@tty1.service", "getty@.service"),
        ("getty@tty1.service", ""),
        ("rebalance.service", ""),  # a package may bring it
        ("nightly.service", ""),  # somebody said so
        ("lump.service", ""),  # begins otherwise
        ("abc.service", ""),  # too short for slips
        ("srv-date.mount", ""),  # made from fstab
    ],
)
def test_units_that_are_nearly_others(name: str, near: str) -> None:
    files: dict[str, Any] = {
        f"/etc/systemd/system/{each}.service": {} for each in ("dump", "web-1", "abd")
    }
    files["/etc/systemd/system/srv-data.mount"] = {}
    known = Known({"files": files, "links": {}}, {"needed": ["nightly.service"]})
    assert known.near(name) == near


def told(vcfg: RunVcfg, folder: Path, text: str) -> list[str]:
    """Line, column and code of each finding of a configuration without errors."""
    file = folder / "main.vcfg"
    file.write_text(text)
    done = vcfg("check", "--errors=concise", file)
    assert done.status == 0, done.out
    found = [line.split(":", 3) for line in done.out.splitlines()]
    return [f"{row}:{column} {rest.split('[')[1].split(']')[0]}" for _, row, column, rest in found]


def test_a_unit_that_is_enabled_and_nearly_another(vcfg: RunVcfg, tmp_path: Path) -> None:
    text = (
        'import "systemd.vcfg"\n'
        'systemd.enabled = ["virtlogd.socket", "fstrim.timer", "nightly.service"]\n'
        'systemd.masked = ["opnssh.service"]\n'
    )
    assert told(vcfg, tmp_path, text) == ["3:18 unknown-unit"]
    assert told(vcfg, tmp_path, text + 'checks.unknown-unit = "off"\n') == []


def test_what_units_name_is_told_where_it_is_written(vcfg: RunVcfg, tmp_path: Path) -> None:
    text = """
import "systemd.vcfg"
systemd.units."dump.service" {
  after = ["network.target", "libvrtd.service"]
  unit.PartOf = "%i.service netwrk.target"
  service.ExecStart = "/bin/true"
}
systemd.units."dump.timer" {
  wanted-by = ["timer.target"]
  timer { OnCalendar = "daily", Unit = "dmup.service" }
}
systemd.drop-ins."ssh.service".unit.Wants = ["chrnoy.service", "own.target"]
systemd.drop-ins."shs-agent.service".unit.Wants = "other.service"
"""
    assert told(vcfg, tmp_path, text) == [
        f"{place} unknown-unit" for place in ("4:11", "5:17", "9:15", "10:40", "12:45")
    ]


def test_what_starts_no_unit(vcfg: RunVcfg, tmp_path: Path) -> None:
    text = """
import "systemd.vcfg"
systemd.units."dump.timer".timer.OnCalendar = "daily"
systemd.units."call.socket".socket { ListenStream = 99, Accept = true }
systemd.units."look.path".path { PathExists = "/srv/a", Unit = "nightly.service" }
systemd.units."fstrim.timer".timer.OnCalendar = "daily"
systemd.units."each@.timer".timer { OnCalendar = "daily", Unit = "each@%i.service" }
"""
    assert [each.split(":")[0] for each in told(vcfg, tmp_path, text)] == ["3", "4", "5"]
    said = 'systemd.needed = ["dump.service", "call@.service", "nightly.service"]\n'
    assert told(vcfg, tmp_path, text + said) == []


def test_files_that_nothing_writes_are_watched_in_vain(vcfg: RunVcfg, tmp_path: Path) -> None:
    text = """
import "activation.vcfg"
import "cron.vcfg"
import "systemd.vcfg"
activation.files."/etc/aliases".text = "a"
activation.files."/etc/web/site-1.conf".text = "b"
activation.cron.nightly.jobs.a { schedule = "0 0 * * *", command = "true" }
activation.snippets.a { text = "true", on-change = ["/etc/aliases", "/etc/aliasses"] }
activation.snippets.b { text = "true", on-change = ["/etc/other"] }
activation.snippets.c { text = "true", on-change = ["/etc/aliases", "/etc/other"] }
activation.snippets.d { text = "true", on-change = ["/etc/web"] }
activation.snippets.e { text = "true", on-change = ["/etc/cron.d/nightly"] }
activation.snippets.f { text = "true", on-change = ["/etc/web", "/etc/web/site-2.conf"] }
activation.snippets.g { text = "true" }
activation.services."nginx.service".restart-on = ["/etc/wbe"]
systemd.drop-ins."ssh.service" { reload-on = ["/etc/aliases"], restart-on = ["/etc/alases"] }
"""
    assert [each.split(":")[0] for each in told(vcfg, tmp_path, text)] == ["8", "9", "15", "16"]


def test_the_library_may_watch_what_only_some_write(vcfg: RunVcfg) -> None:
    """libvirt has the bus look at its policies, of which this host writes none."""
    done = vcfg("check", ROOT / "spec/examples/libvirt-tls/host.vcfg")
    assert "never-changes" not in done.out
    assert done.status == 0, done.out


UNREAD = """
import "etc.vcfg"
import "account.vcfg"
etc.files {
  "cron.d/with.dot".text = "* * * * * root true\\n"
  "cron.d/open" { text = "* * * * * root true\\n", mode = 0o664 }
  "cron.d/others" { text = "* * * * * root true\\n", owner = "daemon" }
  "cron.d/no-end".text = "* * * * * root true"
  "cron.daily/backup".text = "#!/bin/sh\\n"
  "cron.daily/backup.sh" { text = "#!/bin/sh\\n", mode = 0o755 }
  "sudoers.d/old~".text = "root ALL=(ALL) ALL\\n"
  "systemd/system/my unit.service".text = "[Service]\\n"
  "systemd/system/ssh.service.d/more".text = "[Service]\\n"
  "systemd/network/10-eth0".text = "[Match]\\n"
  "tmpfiles.d/app".text = "d /run/app\\n"
  "polkit-1/rules.d/50-a.js".text = "1;\\n"
  "cron.d/fine".text = "* * * * * root true\\n"
  "cron.d/.placeholder".text = "x"
  "cron.daily/fine" { text = "#!/bin/sh\\n", mode = 0o755 }
  "sudoers.d/README.txt".text = "x"
  "tmpfiles.d/app.conf".text = "d /run/app\\n"
  "app/some.thing".text = "x"
  "systemd/system/ssh.service.d/more.conf".text = "[Service]\\n"
}
"""


def test_files_that_nobody_reads_where_they_lie(vcfg: RunVcfg, tmp_path: Path) -> None:
    found = [tuple(each.partition(":")[::2]) for each in told(vcfg, tmp_path, UNREAD)]
    assert [line for line, _rest in found] == [str(line) for line in range(5, 17)]
    assert {rest.split()[1] for _line, rest in found} == {"unread-file"}
    assert told(vcfg, tmp_path, UNREAD + 'checks.unread-file = "off"\n') == []
