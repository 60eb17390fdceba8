"""Units for Ganeti's daemons: systemd boots the node, and Ganeti's commands go through it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .cluster import ARGUMENTS, USERS, make_cluster, process_ids, processes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .conftest import Applied
    from .sandbox import Sandbox

#: kvmd ends by itself after a moment where there is no KVM, metad starts when somebody needs it.
RUNNING = sorted(set(ARGUMENTS) - {"ganeti-kvmd", "ganeti-metad"})


@pytest.fixture(scope="module")
def machine(applied_root: Callable[[str], Applied]) -> Iterator[Sandbox]:
    """The booted node, not yet part of a cluster."""
    with applied_root("ganeti-units").booted() as box:
        yield box


@pytest.fixture(scope="module")
def fresh(machine: Sandbox) -> dict[str, str]:
    """What systemd said of each unit of Ganeti before there was a cluster."""
    wanted = " ".join(f"{name}.service" for name in ARGUMENTS)
    said = machine.run(f"systemctl show -p Id,ActiveState,ConditionResult {wanted}").out
    blocks = [
        dict(line.split("=", 1) for line in each.splitlines())
        for each in said.strip().split("\n\n")
    ]
    return {each["Id"]: f"{each['ActiveState']} {each['ConditionResult']}" for each in blocks}


@pytest.fixture(scope="module")
def cluster(machine: Sandbox, fresh: dict[str, str]) -> Sandbox:
    """The node after `gnt-cluster init`, which starts the daemons through systemctl."""
    assert fresh
    make_cluster(machine)
    return machine


def active(box: Sandbox) -> list[str]:
    """The services of Ganeti that are running, but for the one that may be about to end."""
    listed = box.run("systemctl list-units --plain --no-legend --state=running 'ganeti-*.service'")
    names = [line.split()[0].removesuffix(".service") for line in listed.lines]
    return [name for name in names if name != "ganeti-kvmd"]


def all_run(box: Sandbox) -> None:
    """Wait until they do, and have written their process ids.

    Some end and are started again until the others answer them; those of the master ask the
    node daemon every ten seconds before they write theirs.
    """
    box.wait("gnt-cluster getmaster")
    written = " && ".join([f"test -s /run/ganeti/{name}.pid" for name in RUNNING])
    box.wait(
        f"! systemctl is-active {' '.join(RUNNING)} | grep -qvx active && {written}", seconds=60
    )
    assert active(box) == RUNNING


def failed(box: Sandbox) -> list[str]:
    """Units that systemd has given up."""
    return box.run("systemctl --failed --plain --no-legend").lines


def test_a_node_without_a_cluster_boots_in_peace(fresh: dict[str, str]) -> None:
    """What has nothing to do yet is passed over, not tried and failed."""
    states = {name: state.split()[0] for name, state in fresh.items()}
    assert set(states.values()) == {"inactive"}
    passed_over = {name for name, state in fresh.items() if state.endswith(" no")}
    assert passed_over == {f"{name}.service" for name in ARGUMENTS}


def test_a_cluster_is_made_through_the_units(cluster: Sandbox) -> None:
    all_run(cluster)
    assert failed(cluster) == []
    assert cluster.run("gnt-cluster getmaster").out == "nodo1.example.com\n"


def test_daemons_run_in_front_with_the_emitted_arguments(cluster: Sandbox) -> None:
    expected = {name: (USERS[name], f"-f {ARGUMENTS[name]}".strip()) for name in RUNNING}
    found = processes(cluster)
    assert {name: found[name] for name in RUNNING} == expected


def test_a_daemon_that_dies_is_started_again(cluster: Sandbox) -> None:
    """Each of them, and nobody waits for the watcher."""
    for name in RUNNING:
        before = process_ids(cluster)[name]
        cluster.run(f"kill -KILL {before}")
        cluster.wait(f"systemctl is-active -q {name} && ! grep -qx {before} /run/ganeti/{name}.pid")
    all_run(cluster)


def test_a_daemon_is_started_again_however_long_that_takes(cluster: Sandbox) -> None:
    """What the node daemon has begun outlives it, and holds the lock the next one needs."""
    cluster.run("flock /run/ganeti/ganeti-noded.pid sleep 12 &")
    before = process_ids(cluster)["ganeti-noded"]
    cluster.run(f"kill -KILL {before}")
    cluster.wait("journalctl -u ganeti-noded | grep -q 'already locked by another process'")
    cluster.wait(f"! grep -qx {before} /run/ganeti/ganeti-noded.pid")
    all_run(cluster)
    assert failed(cluster) == []


def test_ganeti_asks_systemd(cluster: Sandbox) -> None:
    """`daemon-util` starts, stops and checks by way of systemctl, arguments for once too."""
    util = "/usr/lib/ganeti/daemon-util"
    cluster.run(f"{util} stop ganeti-wconfd")
    assert cluster.run(f"{util} check ganeti-wconfd", check=False).code == 1
    said = cluster.run(f"{util} check-and-start ganeti-wconfd", check=False)
    assert (said.code, "supervised by systemd" in said.out) == (1, True)
    once = "--force-node --no-voting --yes-do-it"
    cluster.run(f"{util} start ganeti-wconfd {once}")
    cluster.wait("test -s /run/ganeti/ganeti-wconfd.pid")
    assert processes(cluster)["ganeti-wconfd"] == ("gnt-masterd", f"-f {once}")
    cluster.run("systemctl restart ganeti-wconfd")
    cluster.wait("test -s /run/ganeti/ganeti-wconfd.pid")
    assert processes(cluster)["ganeti-wconfd"] == ("gnt-masterd", "-f")


def test_metad_may_bind_its_port(cluster: Sandbox) -> None:
    """Below 1024, without being root; Ganeti starts it when an instance needs it."""
    cluster.run("/usr/lib/ganeti/daemon-util start ganeti-metad")
    cluster.wait("ss -Hltn | grep -q ':80 '")
    assert processes(cluster)["ganeti-metad"] == ("gnt-metad", "-f --port=80")
    cluster.run("systemctl stop ganeti-metad")


def test_the_name_of_the_script_reaches_them_all(cluster: Sandbox) -> None:
    """What a package upgrade calls: `ganeti` stands for every daemon, and for no script."""
    assert "/etc/systemd/system/ganeti.service" in cluster.run("systemctl cat ganeti").out
    all_run(cluster)
    before = process_ids(cluster)
    cluster.run("systemctl stop ganeti")
    assert active(cluster) == []
    cluster.run("systemctl start ganeti")
    all_run(cluster)
    after = process_ids(cluster)
    assert [name for name in RUNNING if before[name] == after[name]] == []
    assert failed(cluster) == []


def test_the_watcher_stops_an_api_that_it_does_not_find(cluster: Sandbox) -> None:
    """And leaves starting it to systemd, which was told to stop it: what the warnings say."""
    cluster.run("sed -i 's/--port=5080/--port=5081/' /etc/default/ganeti")
    cluster.run("systemctl restart ganeti-rapi")
    cluster.wait("ss -Hltn | grep -q ':5081 '")
    cluster.run("ganeti-watcher", timeout=120)
    said = cluster.read("/var/log/ganeti/watcher.log")
    assert "ganeti-rapi supervised by systemd but not running" in said
    assert active(cluster) == [name for name in RUNNING if name != "ganeti-rapi"]
    cluster.run("sed -i 's/--port=5081/--port=5080/' /etc/default/ganeti")
    cluster.run("systemctl start ganeti-rapi")
    all_run(cluster)


def test_one_daemon_alone(applied_root: Callable[[str], Applied]) -> None:
    """Without `ganeti`, without a cluster, and looked after all the same."""
    with applied_root("ganeti-alone").booted() as box:
        assert active(box) == ["ganeti-noded"]
        arguments = "-f --port=1812 --bind=0.0.0.0 --interface=eth0 --max-clients=3 --no-ssl"
        box.wait("ss -Hltn | grep -q '192.168.1.201:1812 '")
        assert processes(box) == {"ganeti-noded": ("root", arguments)}
        before = process_ids(box)["ganeti-noded"]
        box.run(f"kill -KILL {before}")
        box.wait(f"! grep -qx {before} /run/ganeti/ganeti-noded.pid")
        assert active(box) == ["ganeti-noded"]
        assert failed(box) == []
