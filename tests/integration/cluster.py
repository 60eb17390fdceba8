"""What the tests of Ganeti share: a node as it stands after booting, and its daemons."""

from __future__ import annotations

import re
import time
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .conftest import Applied
    from .sandbox import Sandbox

#: Makes the cluster: the hypervisor is Ganeti's own `fake`, disks are files.
INIT = (
    "gnt-cluster init --enabled-disk-templates=file"
    " --file-storage-dir=/srv/ganeti/almacenamiento --enabled-hypervisors=fake"
    " --master-netdev=eth0 --nic-parameters=mode=routed,link=eth0 ganeti.example.com"
)

#: Makes an instance whose disk is a file and which nothing starts; a system and a name follow.
ADD = (
    "gnt-instance add -t file -s 1G --no-ip-check --no-name-check --no-start"
    " --net 0:ip=192.168.1.77,mode=routed,link=eth0 --no-wait-for-sync -n nodo1.example.com"
)

#: The seed's node: what each daemon is started with.
ARGUMENTS = {
    "ganeti-noded": "--port=1811 --bind=0.0.0.0 --max-clients=20"
    " --ssl-key=/var/lib/ganeti/server.pem --ssl-cert=/var/lib/ganeti/server.pem",
    "ganeti-confd": "--port=1814 --bind=0.0.0.0",
    "ganeti-wconfd": "",
    "ganeti-luxid": "",
    "ganeti-rapi": "--port=5080 --bind=0.0.0.0 --max-clients=20"
    " --ssl-key=/var/lib/ganeti/rapi.pem --ssl-cert=/var/lib/ganeti/rapi.pem",
    "ganeti-kvmd": "",
    "ganeti-mond": "--port=1815 --bind=0.0.0.0",
    "ganeti-metad": "--port=80",
}

#: Who runs what.
USERS = {
    "ganeti-noded": "root",
    "ganeti-confd": "gnt-confd",
    "ganeti-wconfd": "gnt-masterd",
    "ganeti-luxid": "gnt-masterd",
    "ganeti-rapi": "gnt-rapi",
    "ganeti-mond": "root",
    "ganeti-kvmd": "root",
    "ganeti-metad": "gnt-metad",
}


def make_cluster(box: Sandbox, *others: Sandbox, command: str = INIT) -> None:
    """Make the cluster on this node; the other nodes are only looked at when that fails."""
    made = box.run(command, check=False, timeout=120)
    if "Cluster IP already active" in made.err:
        # Seen a few times in hundreds of runs on a busy machine: Ganeti's connection to an address
        # that nobody has was refused. The second try has to do; the log keeps what was on the wire.
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.warn(f"{made.said}\n{_wires(box, *others)}", stacklevel=2)
        made = box.run(command, check=False, timeout=120)
    assert made.code == 0, f"{made.said}\n{_wires(box, *others)}"


def _wires(*boxes: Sandbox) -> str:
    """Who has which address, and who listens where."""
    look = "hostname; ip -brief address; ip -statistics neighbour; ip route; ss -tan"
    return "\n".join(box.run(look, check=False).said for box in boxes)


@contextmanager
def booted(node: Applied, *more_interfaces: str) -> Iterator[Sandbox]:
    """The node with its name, its network and sshd, all from the emitted files."""
    with node.sandbox() as box:
        box.run("hostname -F /etc/hostname")
        for name in more_interfaces:
            box.run(f"ip link add {name} type veth peer name {name}-peer")
            box.run(f"ip link set {name}-peer up")
        for name in ("eth0", *more_interfaces):
            box.run(f"ifup {name}")
        with box.daemon("/usr/sbin/sshd -D"):
            box.wait("ss -Hltn | grep -q ':22 '")
            yield box


def processes(box: Sandbox) -> dict[str, tuple[str, str]]:
    """User and arguments of every daemon that left a process id in /run/ganeti."""
    listed = box.run(
        "for f in /run/ganeti/*.pid; do n=${f##*/}; p=$(cat $f); "
        'echo "${n%.pid}|$(ps -o user:32= -p $p)|$(tr "\\0" " " </proc/$p/cmdline)"; done'
    ).lines
    found = {}
    for line in listed:
        name, user, command = line.split("|")
        # noded and rapi are Python: what comes before the program's own path is not theirs.
        arguments = re.sub(rf"^.*?{name}(\s|$)", "", command)
        found[name] = (user.strip(), arguments.strip())
    return found


def process_ids(box: Sandbox) -> dict[str, str]:
    """Process id of every daemon of Ganeti."""
    lines = box.run("cd /run/ganeti && grep -H . *.pid").lines
    return dict(line.split(".pid:") for line in lines)


def cron_jobs(box: Sandbox, *, start: str, expected: int) -> tuple[list[str], list[str]]:
    """Let the cron daemon start at a time of day, and wait until that many jobs have ended.

    Gives the jobs as `user: command`, sorted, and what cron says about failures. With
    `start` "boot" the clock is the real one and the jobs are those of `@reboot`.
    """
    if start == "boot":
        box.run("rm -f /run/crond.reboot")
        command = "cron -f -L 15"
    else:
        # Only cron itself sees the false clock: it gives its children a fresh environment.
        library = box.run("dpkg -L libfaketime | grep '/libfaketime.so.1$'").out.strip()
        clock = f'FAKETIME="@$(date -d tomorrow +%F) {start}"'
        box.run("touch /run/crond.reboot")
        command = f"env LD_PRELOAD={library} {clock} cron -f -L 15"
    with box.syslog() as heard, box.daemon(command):
        end = time.monotonic() + 60
        while sum(" END (" in line for line in heard) < expected and time.monotonic() < end:
            time.sleep(0.1)
    started = re.findall(r"\((\S+)\) CMD \(\[\d+\] (.*)\)", "\n".join(heard))
    jobs = sorted(f"{user}: {command.split(' && ')[-1]}" for user, command in started)
    return jobs, [line for line in heard if "failed with exit status" in line]
