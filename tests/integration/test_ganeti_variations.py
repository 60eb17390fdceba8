"""A cluster with the remote API on a second interface and with providers of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .cluster import ADD, booted, make_cluster, process_ids, processes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .conftest import Applied
    from .sandbox import Sandbox

# The definition of the provider, which is the user's own: each script tells its variant,
# and `create` also what the variant's file holds.
PROVIDER = r"""
set -e
mkdir -p /srv/ganeti/os/personalizado
cd /srv/ganeti/os/personalizado
echo 20 >ganeti_api_version
: >parameters.list
for script in create export import rename verify; do
  printf '%s\n' '#!/bin/sh' 'cat /etc/ganeti/instance-personalizado/variants/$OS_VARIANT.conf >&2' \
    'echo "variant $OS_VARIANT" >/tmp/ran-'$script >$script
  chmod 755 $script
done
ln -s /etc/ganeti/instance-personalizado/variants/variants.list variants.list
"""


@pytest.fixture(scope="module")
def cluster(applied_root: Callable[[str], Applied]) -> Iterator[Sandbox]:
    """The running cluster."""
    with booted(applied_root("ganeti-variations"), "eth1") as box:
        box.run(PROVIDER)
        make_cluster(box)
        yield box


def test_remote_api_is_on_its_interface_only(cluster: Sandbox) -> None:
    arguments = (
        "--port=5080 --bind=0.0.0.0 --interface=eth1 --max-clients=20"
        " --ssl-key=/var/lib/ganeti/rapi.pem --ssl-cert=/var/lib/ganeti/rapi.pem"
    )
    assert processes(cluster)["ganeti-rapi"] == ("gnt-rapi", arguments)
    assert cluster.run("ss -Hltn | awk '/:5080 /{print $4}'").lines == ["10.0.0.1:5080"]


def test_watcher_finds_the_remote_api(cluster: Sandbox) -> None:
    """Told the wrong address it would start the API again, with another process id."""
    table = cluster.run("grep ganeti-watcher /etc/cron.d/ganeti").lines
    assert len(table) == 1
    command = table[0].split(None, 6)[6]
    assert command.endswith("/usr/sbin/ganeti-watcher --rapi-ip=10.0.0.1 --job-age=21600")
    before = process_ids(cluster)
    cluster.run(command)
    cluster.run(command)
    assert process_ids(cluster) == before


def test_os_list_shows_the_variants(cluster: Sandbox) -> None:
    assert cluster.run("gnt-os list --no-headers").lines == [
        "debootstrap+odd",
        "personalizado+cosa",
    ]


def test_instance_is_made_by_the_provider(cluster: Sandbox) -> None:
    """Its create script runs with the variant and can read the variant's file."""
    cluster.run(f"{ADD} -o personalizado+cosa inst1.example.com")
    assert cluster.run("cat /tmp/ran-create").out == "variant cosa\n"
    assert cluster.run("grep -l 'Esto va bien' /var/log/ganeti/os/*").out != ""
    assert cluster.run("gnt-instance list --no-headers -o name,os").lines[0].split() == [
        "inst1.example.com",
        "personalizado+cosa",
    ]


@pytest.mark.parametrize("system", ["personalizado+nope", "personalizado"])
def test_other_variants_are_refused(cluster: Sandbox, system: str) -> None:
    refused = cluster.run(f"{ADD} -o {system} inst2.example.com", check=False)
    assert refused.code != 0
    assert "variant" in refused.err


def test_variant_reads_as_it_was_meant(cluster: Sandbox) -> None:
    """Quoted for the shell that reads it: nothing in a value runs."""
    said = cluster.run(
        "cd /usr/share/ganeti/os/debootstrap; OS_API_VERSION=20 INSTANCE_NAME=i HYPERVISOR=fake"
        " DISK_COUNT=1 DISK_0_PATH=/x OS_VARIANT=odd bash -c '. ./common.sh;"
        " for v in PROXY MIRROR ARCH SUITE EXTRA_PKGS COMPONENTS CUSTOMIZE_DIR GENERATE_CACHE"
        ' CLEAN_CACHE PARTITION_STYLE; do echo "$v=${!v}"; done\''
    )
    assert said.err == ""
    assert said.lines == [
        "PROXY=http://proxy.example:3128/;id",
        "MIRROR=http://deb.example/debian?a=1&b=2",
        "ARCH=amd64",
        "SUITE=bookworm",
        "EXTRA_PKGS=curl,vim",
        "COMPONENTS=main,contrib",
        "CUSTOMIZE_DIR=/etc/ganeti/instance-debootstrap/hooks/odd",
        "GENERATE_CACHE=no",
        "CLEAN_CACHE=",
        "PARTITION_STYLE=none",
    ]


def test_hook_is_run_by_run_parts(cluster: Sandbox) -> None:
    said = cluster.run("run-parts /etc/ganeti/instance-debootstrap/hooks/odd").out
    assert said == "¡Hola mundo!\n"
