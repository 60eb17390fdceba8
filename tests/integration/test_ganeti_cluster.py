"""Three nodes of one description are booted, wired together, and become a cluster over SSH."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from .cluster import make_cluster

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .conftest import Applied
    from .sandbox import Sandbox

NODES = ("node1", "node2", "node3")

INIT = (
    "gnt-cluster init --enabled-disk-templates=file,diskless"
    " --file-storage-dir=/srv/ganeti/disks --enabled-hypervisors=fake --master-netdev=eth0"
    " --nic-parameters=mode=routed,link=eth0 cluster.lab.example"
)

Machines = dict[str, "Sandbox"]


@pytest.fixture(scope="module")
def machines(applied_root: Callable[[str], Applied]) -> Iterator[Machines]:
    """The booted nodes on one network, each from its own `activate`."""
    with ExitStack() as stack:
        boxes = {
            name: stack.enter_context(applied_root(f"cluster/{name}").booted()) for name in NODES
        }
        first = boxes["node1"]
        for name in NODES[1:]:
            first.connect(boxes[name])
        yield boxes


@pytest.fixture(scope="module")
def cluster(machines: Machines) -> Machines:
    """The cluster, made as the page of the example says."""
    first = machines["node1"]
    make_cluster(first, *(machines[name] for name in NODES[1:]), command=INIT)
    # Until a node has joined, root's own key counts: what ssh-copy-id does.
    key = first.read("/root/.ssh/id_rsa.pub")
    for name in NODES[1:]:
        machines[name].put("/root/.ssh/authorized_keys", key)
        machines[name].run("chmod 700 /root/.ssh; chmod 600 /root/.ssh/authorized_keys")
    first.run("gnt-node add --no-ssh-key-check node2", timeout=120)
    first.run("gnt-node add --no-ssh-key-check --master-capable=no node3", timeout=120)
    return machines


def test_names_of_all_nodes_resolve_on_all_nodes(machines: Machines) -> None:
    for box in machines.values():
        for number, name in enumerate(NODES, 11):
            address = f"192.168.7.{number}"
            assert box.run(f"getent ahostsv4 {name}").out.split()[0] == address
            assert box.run(f"getent ahostsv4 {name}.lab.example").out.split()[0] == address


def test_nodes_hear_each_other(machines: Machines) -> None:
    for box in machines.values():
        for name in NODES:
            said = box.run(f"timeout 5 bash -c 'head -c 4 </dev/tcp/{name}/22'").out
            assert said == "SSH-"


def test_all_three_are_in_the_cluster(cluster: Machines) -> None:
    fields = "name,role,master_capable"
    listed = cluster["node1"].run(f"gnt-node list --no-headers -o {fields} --separator=,").lines
    assert listed == [
        "node1.lab.example,M,Y",
        "node2.lab.example,C,Y",
        "node3.lab.example,R,N",
    ]


def test_each_node_runs_what_it_should(cluster: Machines) -> None:
    """The master's daemons on the first, those of every node everywhere."""
    everywhere = {"ganeti-noded", "ganeti-mond"}
    for name, more in (
        ("node1", {"ganeti-confd", "ganeti-wconfd", "ganeti-luxid", "ganeti-rapi"}),
        ("node2", {"ganeti-confd"}),
        ("node3", set()),
    ):
        box = cluster[name]
        for daemon in everywhere | more:
            box.wait(f"systemctl is-active -q {daemon}")
        assert box.run("systemctl --failed --plain --no-legend").lines == []


def test_the_cluster_verifies(cluster: Machines) -> None:
    said = cluster["node1"].run("gnt-cluster verify --error-codes", check=False, timeout=120).said
    errors = [line for line in said.splitlines() if "ERROR" in line and "sysrq" not in line]
    assert errors == []


def test_the_master_reaches_every_node_over_ssh(cluster: Machines) -> None:
    said = cluster["node1"].run("gnt-cluster command hostname", timeout=120).out
    for name in NODES:
        assert f"node: {name}.lab.example\n{name}\n" in said


def test_an_instance_is_made_on_another_node(cluster: Machines) -> None:
    card = "0:ip=192.168.7.77,mode=routed,link=eth0"
    cluster["node1"].run(
        "gnt-instance add -t diskless --no-install --no-start --no-ip-check --no-name-check"
        f" --net {card} -o debootstrap+bookworm -n node2 one.lab.example",
        timeout=120,
    )
    assert cluster["node1"].run("gnt-os list --no-headers").lines == ["debootstrap+bookworm"]
    listed = cluster["node1"].run("gnt-instance list --no-headers -o name,pnode").lines
    assert [line.split() for line in listed] == [["one.lab.example", "node2.lab.example"]]


def test_another_node_takes_over(cluster: Machines) -> None:
    """The daemons of the master stop here and start there, by their units."""
    cluster["node2"].run("gnt-cluster master-failover", timeout=120)
    assert cluster["node2"].run("gnt-cluster getmaster").out == "node2.lab.example\n"
    for daemon in ("ganeti-wconfd", "ganeti-luxid", "ganeti-rapi"):
        cluster["node2"].wait(f"systemctl is-active -q {daemon}")
        cluster["node1"].wait(f"! systemctl is-active -q {daemon}")
    assert cluster["node1"].run("systemctl --failed --plain --no-legend").lines == []
