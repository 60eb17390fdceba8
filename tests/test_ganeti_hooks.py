"""The scripts that come along for new instances, run as run-parts would run them.

Mounting and chroot are replaced by programs that write down how they were called.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from evaluator import resources

HOOKS = Path(resources.path("modules")) / "virtualization" / "ganeti" / "hooks"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """The root of a new instance, as the provider hands it over."""
    root = tmp_path / "target"
    for directory in ("etc/network", "etc/default", "usr/sbin", "proc", "sys", "dev"):
        (root / directory).mkdir(parents=True)
    (root / "etc/default/grub").write_text("GRUB_TIMEOUT=5\n")
    program = root / "usr/sbin/grub-install"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    return root


def run_hook(name: str, tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a hook with stand-ins for what needs root; their calls are lines of `calls`."""
    programs = tmp_path / "programs"
    programs.mkdir(exist_ok=True)
    for program in ("mount", "umount", "chroot"):
        path = programs / program
        path.write_text(
            f'#!/bin/sh\necho "{program} $*" >>{tmp_path}/calls\n[ "$*" != "${{FAIL:-}}" ]\n'
        )
        path.chmod(0o755)
    path_of_all = f"{programs}:{os.environ['PATH']}"
    return subprocess.run(
        ["/bin/sh", str(HOOKS / name)],
        env={"PATH": path_of_all, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def calls(tmp_path: Path, target: Path) -> list[str]:
    """What the stand-ins were called with, the target's path shortened."""
    return (tmp_path / "calls").read_text().replace(str(target), "TARGET").splitlines()


def test_an_instance_with_a_card_asks_for_its_address(tmp_path: Path, target: Path) -> None:
    result = run_hook("10-interfaces", tmp_path, TARGET=str(target), NIC_COUNT="2")
    assert result.returncode == 0, result.stderr
    assert (target / "etc/network/interfaces").read_text() == (
        "auto lo\niface lo inet loopback\n\nauto eth0\niface eth0 inet dhcp\n"
    )


def test_an_instance_without_cards_has_loopback(tmp_path: Path, target: Path) -> None:
    result = run_hook("10-interfaces", tmp_path, TARGET=str(target), NIC_COUNT="0")
    assert result.returncode == 0, result.stderr
    assert (target / "etc/network/interfaces").read_text() == "auto lo\niface lo inet loopback\n"


def test_an_instance_without_ifupdown_is_refused(tmp_path: Path) -> None:
    result = run_hook("10-interfaces", tmp_path, TARGET=str(tmp_path), NIC_COUNT="1")
    assert result.returncode == 1
    assert "ifupdown" in result.stderr


def test_without_a_target_nothing_is_written(tmp_path: Path) -> None:
    result = run_hook("10-interfaces", tmp_path, NIC_COUNT="1")
    assert result.returncode != 0
    assert "the root of the new instance" in result.stderr


def test_grub_is_installed_between_mounts(tmp_path: Path, target: Path) -> None:
    result = run_hook(
        "90-grub", tmp_path, TARGET=str(target), BLOCKDEV="/dev/loop0", PARTITION_STYLE="msdos"
    )
    assert result.returncode == 0, result.stderr
    assert calls(tmp_path, target) == [
        "mount -t proc proc TARGET/proc",
        "mount -t sysfs sysfs TARGET/sys",
        "mount --bind /dev TARGET/dev",
        "chroot TARGET grub-install /dev/loop0",
        "chroot TARGET update-grub",
        "umount TARGET/dev",
        "umount TARGET/sys",
        "umount TARGET/proc",
    ]
    settings = (target / "etc/default/grub").read_text()
    assert settings.startswith("GRUB_TIMEOUT=5\n")
    assert 'GRUB_CMDLINE_LINUX_DEFAULT="console=ttyS0,115200n8 net.ifnames=0"\n' in settings


def test_a_failed_installation_leaves_nothing_mounted(tmp_path: Path, target: Path) -> None:
    result = run_hook(
        "90-grub",
        tmp_path,
        TARGET=str(target),
        BLOCKDEV="/dev/loop0",
        FAIL=f"{target} grub-install /dev/loop0",
    )
    assert result.returncode != 0
    assert calls(tmp_path, target)[-3:] == [
        "umount TARGET/dev",
        "umount TARGET/sys",
        "umount TARGET/proc",
    ]


def test_a_disk_without_partition_gets_no_boot_loader(tmp_path: Path, target: Path) -> None:
    result = run_hook(
        "90-grub", tmp_path, TARGET=str(target), BLOCKDEV="/dev/loop0", PARTITION_STYLE="none"
    )
    assert result.returncode == 0
    assert "no place for a boot loader" in result.stderr
    assert not (tmp_path / "calls").exists()


def test_an_instance_without_grub_is_refused(tmp_path: Path, target: Path) -> None:
    (target / "usr/sbin/grub-install").unlink()
    result = run_hook("90-grub", tmp_path, TARGET=str(target), BLOCKDEV="/dev/loop0")
    assert result.returncode == 1
    assert "grub-pc" in result.stderr
