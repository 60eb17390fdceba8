"""QEMU reads back what a childhurd is given; nothing boots, as there is no image of the Hurd."""

from __future__ import annotations

import json
import shlex
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from .conftest import refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .conftest import Applied
    from .sandbox import Sandbox

IMAGE = "/var/lib/childhurd/hurd.img"
DISK = 5000 * 1024 * 1024
AS_THE_UNIT = "setpriv --reuid childhurd --regid kvm --init-groups env TMPDIR=/tmp"

#: Asks QEMU over its socket; the answers as one JSON object.
ASK = """
import json, socket, sys
link = socket.socket(socket.AF_UNIX)
link.connect(sys.argv[1])
lines = link.makefile("rw")
lines.readline()
def ask(command, **arguments):
    print(json.dumps({"execute": command, "arguments": arguments}), file=lines, flush=True)
    while True:
        answer = json.loads(lines.readline())
        if "event" not in answer:
            return answer["return"]
ask("qmp_capabilities")
print(json.dumps({
    "memory": ask("query-memory-size-summary"),
    "disks": ask("query-block"),
    "network": ask("human-monitor-command", **{"command-line": "info network"}),
    "forwards": ask("human-monitor-command", **{"command-line": "info usernet"}),
}))
"""


@pytest.fixture(scope="module")
def box(applied_root: Callable[[str], Applied]) -> Iterator[Sandbox]:
    """The machine with two childhurds, nothing running."""
    with applied_root("guests").sandbox() as machine:
        machine.put("/tmp/ask.py", ASK)
        yield machine


def command(box: Sandbox, unit: str) -> str:
    """The command line of a unit, as systemd would start it on a machine without KVM."""
    lines = box.read(f"/etc/systemd/system/{unit}").splitlines()
    [line] = [each for each in lines if each.startswith("ExecStart=")]
    return line.removeprefix("ExecStart=").removesuffix(" $KVM")


@contextmanager
def running(box: Sandbox, unit: str) -> Iterator[dict[str, Any]]:
    """The guest of a unit, stopped before its first instruction; what QEMU says of it."""
    link = f"/tmp/{unit}.qmp"
    added = f"-display none -S -qmp unix:{link},server=on,wait=off"
    with box.daemon(f"{AS_THE_UNIT} {command(box, unit)} {added}") as log:
        box.wait(f"test -S {link} || ! cat {log}")
        yield json.loads(box.run(f"python3 /tmp/ask.py {link}").out)


def listening(box: Sandbox) -> list[int]:
    """Ports on which something listens at 127.0.0.1."""
    found = box.run("ss -Hltn src 127.0.0.1").lines
    return sorted(int(line.split()[3].rpartition(":")[2]) for line in found)


def test_qemu_has_what_was_written(box: Sandbox) -> None:
    with running(box, "hurd-vm.service") as guest:
        assert guest["memory"]["base-memory"] == 1024 * 1024 * 1024
        [disk] = [each for each in guest["disks"] if "inserted" in each]
        assert disk["inserted"]["image"]["virtual-size"] == DISK
        # What is written goes to a passing file, which QEMU puts below /var/tmp.
        assert disk["inserted"]["backing_file"] == IMAGE
        assert "/var/tmp/" in disk["inserted"]["file"]
        assert "model=rtl8139" in guest["network"]
        for host, inside in ((11004, 1004), (10022, 2222), (15900, 5900)):
            [line] = [each for each in guest["forwards"].splitlines() if f" {host} " in each]
            assert line.split()[-3] == str(inside)
        assert listening(box) == [10022, 11004, 15900]


def test_two_guests_run_side_by_side(box: Sandbox) -> None:
    with running(box, "hurd-vm.service"), running(box, "hurd-vm2.service") as second:
        assert second["memory"]["base-memory"] == 512 * 1024 * 1024
        assert listening(box) == [10022, 11004, 12022, 13004, 15900, 17900]


def test_an_image_written_to_is_for_one_guest(box: Sandbox) -> None:
    """Why such a configuration is refused."""
    with running(box, "hurd-vm.service"):
        writing = command(box, "hurd-vm2.service").replace("--snapshot ", "")
        tried = box.run(f"{AS_THE_UNIT} {writing} -display none -S", check=False, timeout=20)
        assert (tried.code, "lock" in tried.said) == (1, True)


def test_the_console_is_shown_by_vnc(box: Sandbox) -> None:
    """Where no display is named, as in what is emitted."""
    with box.daemon(f"{AS_THE_UNIT} {command(box, 'hurd-vm.service')} -S") as log:
        box.wait(f"grep 'VNC server running on .*:5900' {log}")


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("memory-size", "abc", "size"),
        ("memory-size", -1, "size"),
        ("net-options", ["--device", "rtl8139,netdev=a", "--netdev", "user,id=b"], "'a'"),
        ("net-options", ["--nic", "user,hostfwd=tcp::99999-:1004"], "Bad host port"),
        ("net-options", ["--nic", "user,hostfwd=tcp::11004-:99999"], "Bad guest port"),
        ("net-options", ["--nic", "user,hostfwd=sctp::11004-:1004"], "Bad protocol"),
        ("net-options", ["--netdev", "user,id=net0 ,hostfwd=tcp::11004-:1004"], "identifier"),
        ("options", [""], "drive"),
    ],
)
def test_qemu_refuses_what_we_refuse(box: Sandbox, option: str, value: Any, said: str) -> None:
    words = ["-m", str(value)] if option == "memory-size" else value
    line = f"qemu-system-i386 {shlex.join(words)} -display none -S"
    tried = box.run(line, check=False, timeout=20)
    assert (tried.code, said.lower() in tried.said.lower()) == (1, True), tried.said
    [path] = refused(
        'import "virtualization/hurd-vm.vcfg"\n'
        f"hurd-vm {{ enable = true, send-secrets = false, {option} = {json.dumps(value)} }}\n"
    )
    assert path.partition("[")[0] in ("hurd-vm", f"hurd-vm.{option}")


def disk_snippet(applied: Applied, image: str) -> str:
    """The script that gives the first guest's disk its size, for another image."""
    [snippet] = [
        each for each in applied.outputs.plan["snippets"] if each["name"] == "hurd-vm-disk"
    ]
    text = str(snippet["text"]).replace(IMAGE, image)
    return f'set -eu\nin_root() {{ "$@"; }}\n{text}'


@pytest.mark.parametrize(
    ("kind", "had", "has"),
    [("raw", "1G", DISK), ("qcow2", "1G", DISK), ("qcow2", "8G", 8 * 1024**3)],
)
def test_disks_grow_and_never_shrink(
    applied_root: Callable[[str], Applied], box: Sandbox, kind: str, had: str, has: int
) -> None:
    image = f"/srv/{had}.{kind}"
    box.run(f"qemu-img create -q -f {kind} {image} {had}")
    box.run(disk_snippet(applied_root("guests"), image))
    info = json.loads(box.run(f"qemu-img info --output=json {image}").out)
    assert info["virtual-size"] == has


def test_secrets_are_made_once(box: Sandbox) -> None:
    """Three pairs of host keys, the private ones for root alone; a second run keeps them."""
    make = "/usr/local/lib/childhurd/make-secrets /etc/childhurd"
    listing = "find /etc/childhurd -type f -printf '%P %m %T@\\n' | sort"
    box.run(make)
    first = box.run(listing).lines
    assert [line.rpartition(" ")[0] for line in first] == [
        f"etc/ssh/ssh_host_{kind}_key{end} {mode}"
        for kind in ("ecdsa", "ed25519", "rsa")
        for end, mode in (("", 600), (".pub", 644))
    ]
    box.run(make)
    assert box.run(listing).lines == first
    assert box.run("stat -c '%a %U' /etc/childhurd").out == "700 root\n"


def test_the_unit_looks_for_kvm_as_its_user(box: Sandbox) -> None:
    """Without `/dev/kvm` there is no word about it, with one the file has it."""
    lines = box.read("/etc/systemd/system/hurd-vm.service").splitlines()
    [line] = [each for each in lines if each.startswith("ExecStartPre=/bin/sh")]
    words = shlex.split(line.removeprefix("ExecStartPre="))
    box.run("install -d -o childhurd /run/hurd-vm")
    look = f"{AS_THE_UNIT} {shlex.join(words)}; cat /run/hurd-vm/kvm"
    assert box.run(look, check=False).out == ""
    box.run("touch /dev/kvm; chgrp kvm /dev/kvm; chmod 660 /dev/kvm")
    assert box.run(look).out == "KVM=--enable-kvm\n"
    box.run("rm /dev/kvm")
