"""Mounts, timers, sockets and accounts under a systemd that has booted the machine."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .conftest import Applied
    from .sandbox import Sandbox


#: The mount of `/srv/50% of @home`, as a file and as `systemctl show` lists it.
MOUNT = r"srv-50\x25\x20of\x20\x40home.mount"
LISTED = MOUNT.replace("\\", r"\\")


@pytest.fixture(scope="module")
def machine(applied_root: Callable[[str], Applied]) -> Iterator[Sandbox]:
    """The machine after its boot."""
    with applied_root("base-booted").booted() as box:
        yield box


def shown(box: Sandbox, unit: str, *keys: str) -> list[str]:
    """What systemd knows about a unit, in the order of the keys."""
    lines = box.run(f"systemctl show {' '.join(f'-p {key}' for key in keys)} '{unit}'").lines
    found = dict(line.split("=", 1) for line in lines)
    return [found[key] for key in keys]


def test_mounts_are_there(machine: Sandbox) -> None:
    """Under their odd names, and the bind mount after what it shows."""
    assert shown(machine, MOUNT, "ActiveState", "Where") == [
        "active",
        "/srv/50% of @home",
    ]
    assert machine.run("stat -f -c '%T %b' '/srv/50% of @home'").out == "tmpfs 2048\n"
    assert machine.run("findmnt -no OPTIONS /srv/seen-twice").out.startswith("ro,")
    [after] = shown(machine, r"srv-seen\x2dtwice.mount", "After")
    assert LISTED in after


def test_directories_are_made_inside_a_mount(machine: Sandbox) -> None:
    """After it is mounted, so that they are in it."""
    made = machine.run("stat -c '%A %U:%G' '/srv/seen-twice/new ones'").out
    assert made == "drwxr-s--- copier:kvm\n"


def test_what_needs_a_mount_comes_after_it(machine: Sandbox) -> None:
    """And runs with its limits, read back from the process."""
    after, requires, state = shown(machine, "copies.service", "After", "Requires", "ActiveState")
    assert state == "active"
    assert LISTED in after
    assert LISTED in requires
    keys = ("LimitNOFILE", "UMask", "TimeoutStopUSec", "RestartUSec", "User")
    assert shown(machine, "copies.service", *keys) == ["512", "0077", "1.500000s", "5min", "copier"]


def test_timers_wait_for_their_times(machine: Sandbox) -> None:
    """Each has its time of the calendar, one of them two."""
    nightly = machine.run("systemctl show -p TimersCalendar cron-copies-nightly.timer").out
    assert re.findall(r"OnCalendar=([^;]*) ;", nightly) == ["Mon..Fri *-*-* 02:30:00"]
    thirteenth = machine.run("systemctl show -p TimersCalendar cron-copies-thirteenth.timer").out
    assert sorted(re.findall(r"OnCalendar=([^;]*) ;", thirteenth)) == [
        "*-*-13 00:00:00",
        "Fri *-*-* 00:00:00",
    ]
    listed = machine.run("systemctl list-timers --no-legend 'cron-*'").out
    assert listed.count(".timer") == 2


def test_a_job_runs_as_cron_would_run_it(machine: Sandbox) -> None:
    """In the home of its user, with the variables as they were written."""
    machine.run("systemctl start cron-copies-nightly.service")
    year = machine.run("date +%Y").out.strip()
    assert machine.read("/var/lib/copier/said") == (
        f'{year} 50% of $HOME, "said" \\ once in /var/lib/copier as copier with /usr/bin:/bin\n'
    )


def test_a_job_of_the_boot_has_run(machine: Sandbox) -> None:
    """Once, with nobody asking."""
    assert machine.read("/run/at-boot") == "booted\n"


def test_a_socket_answers(machine: Sandbox) -> None:
    """Its directory is of tmpfiles, the user of the answer of sysusers."""
    assert machine.run("stat -c '%A %U:%G' /run/copies/answers").out == "srw-rw---- root:kvm\n"
    script = (
        "import socket; s = socket.socket(socket.AF_UNIX); s.settimeout(10); "
        "s.connect('/run/copies/answers'); print(s.recv(99))"
    )
    assert machine.run(f'python3 -c "{script}"').out == "b'answer\\n'\n"


def test_nothing_has_failed(machine: Sandbox) -> None:
    """No unit of ours; those of Debian that need a real machine are not our business."""
    failed = machine.run("systemctl --failed --plain --no-legend").lines
    assert [line for line in failed if re.match(r"(srv|cron-|copies|answers)", line)] == []
