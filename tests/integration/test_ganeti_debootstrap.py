"""A cluster makes instances with instance-debootstrap: from a kept system, with hooks.

The kept system is a handful of the root's own files, so that nothing is fetched; disks are
files behind loop devices. Partitions need the device mapper, which is out of reach.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .cluster import ADD, booted, make_cluster

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .conftest import Applied
    from .sandbox import Sandbox

CACHE = "/var/cache/ganeti-instance-debootstrap/cache-bookworm-amd64.tar"

#: What the provider needs of a system: a `passwd` that runs, and /etc/network.
KEEP = rf"""
set -eu
modules=/usr/lib/x86_64-linux-gnu/security
libraries=$(ldd /usr/bin/passwd /bin/true $modules/pam_unix.so $modules/pam_permit.so \
  $modules/pam_deny.so | grep -o '/[^ ]*' | grep -v : | xargs readlink -f | sort -u)
linked=$(ldd /usr/bin/passwd $modules/pam_unix.so | grep -o '/lib[^ ]*' | grep -v : | sort -u)
mkdir -p {CACHE.rpartition("/")[0]} /tmp/empty/etc/network
tar -c -f {CACHE} -C /tmp/empty etc/network -C / bin sbin lib lib64 usr/bin/passwd bin/true \
  usr/lib64 $modules etc/passwd etc/shadow etc/group etc/login.defs etc/pam.d etc/security \
  $libraries $(for each in $linked; do echo /usr$each; done) 2>/tmp/tar.log
"""

LOOPS = """
mknod -m 660 /dev/loop-control c 10 237
for n in $(seq 0 63); do mknod -m 660 /dev/loop$n b 7 $n; done
"""


@pytest.fixture(scope="module")
def cluster(applied_root: Callable[[str], Applied]) -> Iterator[Sandbox]:
    """A running cluster that keeps an unpacked system."""
    with booted(applied_root("ganeti-debootstrap")) as box:
        box.run(LOOPS)
        box.run(KEEP)
        make_cluster(box)
        yield box
        box.run("losetup -a | grep almacenamiento | cut -d: -f1 | xargs -r losetup -d", check=False)


def log_of(cluster: Sandbox, instance: str) -> str:
    """What the provider's scripts printed while the instance was made."""
    return cluster.run(f"cat /var/log/ganeti/os/add-*{instance}*").out


def inside(cluster: Sandbox, instance: str, path: str) -> str:
    """A file on the disk of an instance."""
    disk = f"/srv/ganeti/almacenamiento/{instance}/*"
    return cluster.run(f"debugfs -R 'cat {path}' {disk} 2>/dev/null").out


def test_a_hook_of_ones_own(cluster: Sandbox) -> None:
    """A16: its words are in the log, and it saw the instance through its environment."""
    cluster.run(f"{ADD} -o debootstrap+hola uno.example.com", timeout=120)
    said = log_of(cluster, "uno")
    assert "¡Hola mundo!" in said
    assert inside(cluster, "uno.example.com", "/etc/hostname") == "uno.example.com\n"
    seen = inside(cluster, "uno.example.com", "/etc/hook")
    told = dict(line.split("=", 1) for line in seen.splitlines() if "=" in line)
    assert told["SUITE"] == "bookworm"
    assert told["PARTITION_STYLE"] == "none"
    assert told["EXTRA_PKGS"].startswith("acpi-support-base,udev,linux-image-amd64")
    assert told["BLOCKDEV"] == told["FSYSDEV"]
    assert told["INSTANCE_NAME"] == "uno.example.com"


def test_the_hooks_that_come_along(cluster: Sandbox) -> None:
    """The network is written; without a partition there is no boot loader, and that is said."""
    cluster.run(f"{ADD} -o debootstrap+plain dos.example.com", timeout=120)
    assert "no partition, so no place for a boot loader" in log_of(cluster, "dos")
    written = inside(cluster, "dos.example.com", "/etc/network/interfaces")
    assert written == "auto lo\niface lo inet loopback\n\nauto eth0\niface eth0 inet dhcp\n"


def test_text_in_place_of_settings(cluster: Sandbox) -> None:
    """A variant whose file is written as it is."""
    cluster.run(f"{ADD} -o debootstrap+text tres.example.com", timeout=120)
    assert "Hola desde aquí" in log_of(cluster, "tres")


def test_a_partition_needs_the_device_mapper(cluster: Sandbox) -> None:
    """Why the default variant cannot be tried here; the setting arrives all the same."""
    refused = cluster.run(f"{ADD} -o debootstrap+default cuatro.example.com", check=False)
    assert refused.code != 0
    assert "kpartx" in log_of(cluster, "cuatro") + refused.err


def test_a_failing_hook_fails_the_instance(cluster: Sandbox) -> None:
    refused = cluster.run(f"{ADD} -o debootstrap+broken cinco.example.com", check=False)
    assert refused.code != 0
    assert "exited with return code 3" in log_of(cluster, "cinco") + refused.err
