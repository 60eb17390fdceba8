"""Which lines of the user's own files the outputs name, when the library stands in between."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from tests.conftest import RunVcfg

HOST = """\
import "virtualization/libvirt.vcfg"
import "virtualization/qemu-binfmt.vcfg"

libvirt {
  enable = true
  tls-port = 16555
}

qemu-binfmt {
  enable = true
  platforms = ["arm"]
}
"""


@pytest.fixture
def plan(vcfg: RunVcfg, tmp_path: Path) -> dict[str, Any]:
    main = tmp_path / "main.vcfg"
    main.write_text(HOST)
    built = vcfg("build", str(main), "-o", str(tmp_path / "out"))
    assert built.status == 0, built.err
    found: dict[str, Any] = json.loads((tmp_path / "out" / "plan.json").read_text())
    return found


def asked(entry: dict[str, Any]) -> list[str]:
    return [f"{place['file']}:{place['line']} {place['path']}" for place in entry["origin"]]


def of(plan: dict[str, Any], room: str, key: str, name: str) -> list[str]:
    return next(asked(entry) for entry in plan[room] if entry[key] == name)


def test_a_value_leads_to_the_option_it_is_computed_from(plan: dict[str, Any]) -> None:
    assert "main.vcfg:6 libvirt.tls-port" in of(plan, "files", "path", "/etc/libvirt/libvirtd.conf")


def test_a_unit_leads_to_what_its_conditions_asked(plan: dict[str, Any]) -> None:
    assert of(plan, "units", "name", "libvirtd.socket") == ["main.vcfg:5 libvirt.enable"]


def test_a_link_leads_to_the_loop_that_makes_it(plan: dict[str, Any]) -> None:
    """And not to all that the loops over whole maps looked at on the way."""
    assert of(plan, "links", "path", "/etc/binfmt.d/qemu-alpha.conf") == [
        "main.vcfg:10 qemu-binfmt.enable",
        "main.vcfg:11 qemu-binfmt.platforms",
    ]


def test_everything_leads_to_lines_of_the_user(plan: dict[str, Any]) -> None:
    files = {place["file"] for room in ("files", "links", "units", "users", "groups", "packages")
             for entry in plan[room] for place in entry["origin"]}  # fmt: skip
    assert files == {"main.vcfg"}


def test_each_thing_leads_to_its_own_lines(vcfg: RunVcfg, tmp_path: Path) -> None:
    """What others brought into the same map or set has nothing to do with it."""
    main = tmp_path / "main.vcfg"
    main.write_text(
        'import "account.vcfg"\nimport "openssh.vcfg"\nimport "systemd.vcfg"\n'
        "openssh.enable = true\n"
        'systemd.units."x.service" { wanted-by = ["a.target"], service.ExecStart = "/bin/true" }\n'
        'activation.packages = ["htop"]\n'
        'account.users.ana { groups = ["sudo"], initial-password = secret(name: "a") }\n'
    )
    built = vcfg("build", str(main), "-o", str(tmp_path / "out"))
    assert built.status == 0, built.err
    plan = json.loads((tmp_path / "out" / "plan.json").read_text())
    unit = 'main.vcfg:5 systemd.units."x.service"'
    assert of(plan, "files", "path", "/etc/systemd/system/x.service") == [unit]
    wants = "/etc/systemd/system/a.target.wants/x.service"
    assert of(plan, "links", "path", wants) == [f"{unit}.wanted-by"]
    assert of(plan, "units", "name", "x.service") == [f"{unit}.wanted-by"]
    assert of(plan, "packages", "name", "htop") == ["main.vcfg:6 activation.packages"]
    assert of(plan, "packages", "name", "openssh-server") == ["main.vcfg:4 openssh.enable"]
    assert of(plan, "users", "name", "ana") == ["main.vcfg:7 account.users.ana"]
    assert of(plan, "services", "name", "x.service") == [unit, f"{unit}.wanted-by"]


UNITS = """\
import "openssh.vcfg"
import "systemd.vcfg"
import "virtualization/virtlog.vcfg"

openssh.enable = true
virtlog.enable = true
systemd {
  enabled = ["mine.service"]
  units."one.timer" { wanted-by = ["timers.target"], timer.OnCalendar = "daily" }
  units."two.timer" { wanted-by = ["timers.target"], timer.OnCalendar = "daily" }
}
"""


def test_an_enabled_unit_leads_to_who_named_it_and_to_no_other(
    vcfg: RunVcfg, tmp_path: Path
) -> None:
    """One loop over a list that many fill makes the entries of all of them."""
    main = tmp_path / "main.vcfg"
    main.write_text(UNITS)
    built = vcfg("build", str(main), "-o", str(tmp_path / "out"), "--for", "confext")
    assert built.status == 0, built.err
    plan = json.loads((tmp_path / "out" / "plan.json").read_text())
    wanted = 'systemd.units."{}.timer".wanted-by'
    assert {entry["name"]: asked(entry) for entry in plan["units"]} == {
        "mine.service": ["main.vcfg:8 systemd.enabled"],
        "one.timer": [f"main.vcfg:9 {wanted.format('one')}"],
        "ssh.service": ["main.vcfg:5 openssh.enable"],
        "two.timer": [f"main.vcfg:10 {wanted.format('two')}"],
        "virtlogd-admin.socket": ["main.vcfg:6 virtlog.enable"],
        "virtlogd.socket": ["main.vcfg:6 virtlog.enable"],
    }
    told = "without `enable` of unit `virtlogd.socket`, main.vcfg:6 (virtlog.enable)"
    assert told in built.out + built.err


def test_why_leads_an_enabled_unit_back_to_who_named_it(vcfg: RunVcfg, tmp_path: Path) -> None:
    main = tmp_path / "main.vcfg"
    main.write_text(UNITS)
    for path in ('activation.units."virtlogd.socket"', 'activation.units."virtlogd.socket".state'):
        told = vcfg("why", str(main), path).out
        assert "virtlog.enable = true" in told
        assert "virtualization/virtlog.vcfg" in told
        assert "openssh" not in told
    told = vcfg("why", str(main), 'activation.units."one.timer".state').out
    assert 'systemd.units."one.timer".wanted-by' in told
    assert "two.timer" not in told


def test_what_a_map_being_there_brings_leads_to_its_entries(vcfg: RunVcfg, tmp_path: Path) -> None:
    """Nothing but that there is a job was asked."""
    main = tmp_path / "main.vcfg"
    main.write_text(
        'import "cron.vcfg"\n'
        'cron.files.backup.jobs.nightly { schedule = "@daily", command = "/bin/true" }\n'
    )
    built = vcfg("build", str(main), "-o", str(tmp_path / "out"))
    assert built.status == 0, built.err
    plan = json.loads((tmp_path / "out" / "plan.json").read_text())
    assert of(plan, "packages", "name", "cron") == ["main.vcfg:2 cron.files.backup"]


def test_a_service_is_asked_for_by_its_files_links_and_wishes(
    vcfg: RunVcfg, tmp_path: Path
) -> None:
    main = tmp_path / "main.vcfg"
    main.write_text(
        'import "systemd.vcfg"\n'
        'systemd.units."x.service".service.ExecStart = "/bin/true"\n'
        'systemd.units."x.service".wanted-by = ["a.target"]\n'
        'activation.services."x.service".restart-on = ["/etc/x"]\n'
        'activation.services."y.service".restart-on = ["/etc/x"]\n'
    )
    built = vcfg("build", str(main), "-o", str(tmp_path / "out"))
    assert built.status == 0, built.err
    plan = json.loads((tmp_path / "out" / "plan.json").read_text())
    assert [place.split()[0] for place in of(plan, "services", "name", "x.service")] == [
        "main.vcfg:2",
        "main.vcfg:3",
        "main.vcfg:4",
    ]
    assert [place.split()[0] for place in of(plan, "services", "name", "y.service")] == [
        "main.vcfg:5"
    ]


def test_a_directory_of_a_mount_leads_to_that_mount(vcfg: RunVcfg, tmp_path: Path) -> None:
    main = tmp_path / "main.vcfg"
    main.write_text(
        'import "file-systems.vcfg"\n'
        'file-systems.mounts."/srv/a" { device = "/dev/sda1", type = "ext4" }\n'
        'file-systems.mounts."/srv/b" { device = "/dev/sda2", type = "ext4" }\n'
    )
    built = vcfg("build", str(main), "-o", str(tmp_path / "out"))
    assert built.status == 0, built.err
    plan = json.loads((tmp_path / "out" / "plan.json").read_text())
    assert [place.split()[0] for place in of(plan, "dirs", "path", "/srv/b")] == ["main.vcfg:3"]
