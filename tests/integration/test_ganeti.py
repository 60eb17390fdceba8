"""A whole Ganeti cluster starts from what was emitted for the seed's node.

The hypervisor is Ganeti's own `fake`, the disks are files; everything else is the real
thing: `gnt-cluster init`, the daemons, the remote API, watcher and cleaner.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .cluster import ARGUMENTS, USERS, booted, cron_jobs, make_cluster, process_ids, processes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .conftest import Applied
    from .sandbox import Sandbox

ENABLE_KVM = (
    "gnt-cluster modify --enabled-hypervisors=fake,kvm --user-shutdown=yes"
    " -H kvm:kernel_path=,initrd_path="
)

#: What `ensure-dirs` makes of the directories: mode and owners.
DIRECTORIES = {
    "/var/lib/ganeti": "755 gnt-masterd:gnt-masterd",
    "/var/lib/ganeti/queue": "750 gnt-masterd:gnt-daemons",
    "/var/lib/ganeti/queue/archive": "750 gnt-masterd:gnt-daemons",
    "/var/lib/ganeti/rapi": "750 gnt-rapi:gnt-masterd",
    "/var/log/ganeti": "770 gnt-masterd:gnt-daemons",
    "/var/log/ganeti/os": "750 root:gnt-daemons",
    "/var/log/ganeti/kvm": "750 root:gnt-daemons",
    "/var/log/ganeti/cleaner": "750 root:root",
    "/var/log/ganeti/master-cleaner": "750 gnt-masterd:gnt-masterd",
}


@pytest.fixture(scope="module")
def machine(node: Applied) -> Iterator[Sandbox]:
    """The node as it stands after booting."""
    with booted(node) as box:
        yield box


@pytest.fixture(scope="module")
def cluster(machine: Sandbox) -> Sandbox:
    """The node after `gnt-cluster init`, with all eight daemons running.

    Ganeti starts them itself, through daemon-util: six at once, kvmd when KVM is enabled
    besides `fake` and guests may shut themselves down. metad is started as Ganeti would.
    """
    make_cluster(machine)
    machine.run(ENABLE_KVM)
    machine.run("/usr/lib/ganeti/daemon-util start ganeti-metad")
    machine.wait("test -s /run/ganeti/ganeti-kvmd.pid && ss -Hltn | grep -q ':80 '")
    return machine


def test_directories_are_there_before_the_cluster(node: Applied) -> None:
    """With the owners Ganeti wants, made while the activation ran."""
    with node.sandbox() as box:
        listed = box.run(f"stat -c '%n %a %U:%G' {' '.join(DIRECTORIES)}").lines
    assert dict(line.split(" ", 1) for line in listed) == DIRECTORIES


def test_every_daemon_understands_its_arguments(machine: Sandbox) -> None:
    """Options are read from left to right, so `--help` at the end ends in 0."""
    for name in ARGUMENTS:
        variable = name.removeprefix("ganeti-").upper() + "_ARGS"
        machine.run(f". /etc/default/ganeti; {name} ${variable} --help")


def test_defaults_hold_exactly_the_arguments(machine: Sandbox) -> None:
    """What `daemon-util` will read, word for word."""
    for name, arguments in ARGUMENTS.items():
        variable = name.removeprefix("ganeti-").upper() + "_ARGS"
        said = machine.run(f'set -u; . /etc/default/ganeti; echo "${variable}"').out
        assert said == arguments + "\n"


def test_cluster_knows_itself(cluster: Sandbox) -> None:
    """The cluster was made, with this node as its master."""
    assert cluster.run("gnt-cluster getmaster").out == "nodo1.example.com\n"
    assert cluster.run("gnt-node list --no-headers -o name").lines == ["nodo1.example.com"]
    said = cluster.run("gnt-cluster info").out
    assert "Cluster name: ganeti.example.com" in said


def test_os_list_shows_the_provider(cluster: Sandbox) -> None:
    """The default OS list: debootstrap with its default variant."""
    assert cluster.run("gnt-os list --no-headers").lines == ["debootstrap+default"]
    said = cluster.run("gnt-os diagnose").out
    assert "debootstrap" in said
    assert "invalid" not in said.lower()


def test_variant_is_read_as_written(cluster: Sandbox) -> None:
    """The provider's own reader sees the values of the variant file."""
    said = cluster.run(
        "cd /usr/share/ganeti/os/debootstrap; OS_API_VERSION=20 INSTANCE_NAME=i HYPERVISOR=fake"
        " DISK_COUNT=1 DISK_0_PATH=/x OS_VARIANT=default bash -c '. ./common.sh;"
        " for v in PROXY MIRROR ARCH SUITE EXTRA_PKGS COMPONENTS CUSTOMIZE_DIR GENERATE_CACHE"
        ' CLEAN_CACHE PARTITION_STYLE PARTITION_ALIGNMENT; do echo "$v=${!v}"; done\''
    ).lines
    assert said == [
        "PROXY=",
        "MIRROR=",
        "ARCH=",
        "SUITE=stable",
        "EXTRA_PKGS=acpi-support-base,udev,linux-image-amd64,openssh-server,locales-all,grub-pc",
        "COMPONENTS=",
        "CUSTOMIZE_DIR=/etc/ganeti/instance-debootstrap/hooks/default",
        "GENERATE_CACHE=yes",
        "CLEAN_CACHE=14",
        "PARTITION_STYLE=msdos",
        "PARTITION_ALIGNMENT=2048",
    ]


def test_hooks_are_run_by_run_parts(machine: Sandbox) -> None:
    """run-parts skips odd names and files that may not be executed in silence."""
    hooks = "/etc/ganeti/instance-debootstrap/hooks/default"
    said = machine.run(f"run-parts --test {hooks}").lines
    assert said == [f"{hooks}/10-interfaces", f"{hooks}/90-grub"]
    for hook in said:
        machine.run(f"sh -n {hook}")


def test_daemons_run_with_the_emitted_arguments(cluster: Sandbox) -> None:
    """Exactly these words, as the user Debian made for each."""
    expected = {name: (user, ARGUMENTS[name]) for name, user in USERS.items()}
    assert processes(cluster) == expected


def test_remote_api_answers(cluster: Sandbox) -> None:
    """Version 2 of the API, over TLS, on the port of the configuration."""
    said = cluster.run(
        "python3 -c 'import ssl, urllib.request as u;"
        ' print(u.urlopen("https://127.0.0.1:5080/version",'
        " context=ssl._create_unverified_context()).read().decode().strip())'"
    ).out
    assert said == "2\n"


def test_monitoring_answers(cluster: Sandbox) -> None:
    """mond lists the version of its interface."""
    said = cluster.run(
        "python3 -c 'import urllib.request as u;"
        ' print(u.urlopen("http://127.0.0.1:1815/").read().decode().strip())\''
    ).out
    assert said == "[1]\n"


def test_file_storage_path_is_accepted(cluster: Sandbox) -> None:
    """Ganeti takes directories below the path, and nothing elsewhere."""
    script = (
        "import sys; sys.path.insert(0, '/usr/share/ganeti/3.0');"
        " from ganeti.storage import filestorage as f;"
        " assert not f.ComputeWrongFileStoragePaths();"
        " f.CheckFileStoragePathAcceptance(sys.argv[1])"
    )
    accept = f'python3 -c "{script}" '
    cluster.run(accept + "/srv/ganeti/almacenamiento/x")
    assert cluster.run(accept + "/srv/otro/x", check=False).code != 0


def test_cron_runs_the_jobs(cluster: Sandbox) -> None:
    """The cron daemon, its clock set just before, starts the emitted jobs; they exit 0.

    Every five minutes the watcher, at its time one cleaner, each once: Debian's own table
    is replaced, not doubled. The watcher finds nothing to start again.
    """
    before = process_ids(cluster)
    upgrade = (
        "root: [ ! -x /usr/sbin/gnt-cluster ] || { /usr/sbin/gnt-cluster upgrade --resume;"
        " status=$?; [ $status -eq 11 ] || [ $status -eq 12 ] || exit $status; }"
    )
    watcher = "root: /usr/sbin/ganeti-watcher --job-age=21600"
    for start, expected in (
        ("boot", [upgrade]),
        ("01:44:55", ["gnt-masterd: /usr/sbin/ganeti-cleaner master", watcher]),
        ("02:44:55", ["root: /usr/sbin/ganeti-cleaner node", watcher]),
    ):
        jobs, failures = cron_jobs(cluster, start=start, expected=len(expected))
        assert jobs == expected
        assert failures == []
    assert process_ids(cluster) == before


def test_watcher_and_cleaner_exit_0(cluster: Sandbox) -> None:
    """By hand too, and the watcher finds nothing to start again."""
    before = process_ids(cluster)
    cluster.run("ganeti-watcher --job-age=21600")
    cluster.run("ganeti-cleaner master", user="gnt-masterd")
    cluster.run("ganeti-cleaner node")
    assert process_ids(cluster) == before


def test_cluster_verifies(cluster: Sandbox) -> None:
    """Ganeti finds nothing wrong but what the sandbox keeps from it."""
    said = cluster.run("gnt-cluster verify --error-codes", check=False).said
    assert "Verifying node status" in said
    errors = [line for line in said.splitlines() if "ERROR" in line]
    assert [line for line in errors if "sysrq" not in line] == []
