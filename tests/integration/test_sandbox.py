"""The sandbox keeps its promises, or no other test of this folder may run as root."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from .sandbox import TARGET, Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def command_lines() -> list[str]:
    """Command lines of all processes of the machine, as far as they still run."""
    found = []
    for name in os.listdir("/proc"):
        if name.isdecimal():
            try:
                with open(f"/proc/{name}/cmdline", encoding="utf-8", errors="replace") as stream:
                    found.append(stream.read().replace("\0", " ").strip())
            except (FileNotFoundError, ProcessLookupError):
                continue
    return found


def test_nothing_survives(debian_root: Path) -> None:
    nap = f"sleep {100000 + os.getpid()}"
    with Sandbox([debian_root]) as box:
        box.run(f"echo changed >/etc/hostname; echo new >/vcfg-trace; setsid {nap} &")
        box.wait(f"pgrep -f '^{nap}$' >/dev/null")
        assert nap in command_lines()
    assert nap not in command_lines()
    assert not (debian_root / "vcfg-trace").exists()
    with Sandbox([debian_root]) as box:
        assert box.run("cat /etc/hostname", check=False).out != "changed\n"


def test_the_machine_is_out_of_reach(debian_root: Path, tmp_path: Path) -> None:
    """Not through the old root, not through process 1, not through the kernel's settings."""
    with Sandbox([debian_root]) as box:
        for root in ("", "/proc/1/root", "/proc/1/cwd", "/run/old"):
            assert box.run(f"test -e {root}{tmp_path}", check=False).code != 0
        assert box.run("echo 1 >/proc/sys/kernel/panic", check=False).code != 0
        assert box.run("touch /sys/kernel/trace", check=False).code != 0
        assert box.run("ls /sys/class/net").lines == ["eth0", "lo", "peer0"]
        box.run("hostname elsewhere")
    assert os.uname().nodename != "elsewhere"


def test_target_keeps_its_changes_only(
    debian_root: Path, change_directory: Callable[[], Path]
) -> None:
    change = change_directory()
    with Sandbox([debian_root], target=change, lower=[debian_root]) as box:
        box.run(f"echo in >{TARGET}/etc/marker; echo out >/etc/marker")
    assert (change / "upper" / "etc" / "marker").read_text() == "in\n"
    with Sandbox([change / "upper", debian_root]) as box:
        assert box.read("/etc/marker") == "in\n"
    assert not (debian_root / "etc" / "marker").exists()


def test_process_1_reaps(debian_root: Path) -> None:
    """Daemons end up with it; one that stays a zombie would seem alive to who stops it."""
    with Sandbox([debian_root]) as box:
        box.run("(sleep 0.1 &)")
        box.wait("! pgrep sleep >/dev/null")
        assert "Z" not in "".join(box.run("ps -A -o state=").lines)


def test_a_booted_machine_has_its_own_systemd(debian_root: Path) -> None:
    """Process 1 is systemd, what is enabled runs, and nothing is left of its control groups."""
    with Sandbox([debian_root], boot=True) as box:
        assert box.read("/proc/1/comm") == "systemd\n"
        assert box.run("systemctl is-active cron.service").out == "active\n"
        box.run("systemd-run --wait --quiet touch /run/touched && test -e /run/touched")
        groups = box.control_groups()
        assert [each for each in groups if each.exists()] != []
    assert [each for each in groups if each.exists()] == []
