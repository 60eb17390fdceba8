"""QEMU reads back what a childhurd is given; nothing boots, as there is no image of the Hurd."""

from __future__ import annotations

import json
import re
import shlex
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from .conftest import vcfg

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
    "name": ask("query-name"),
    "memory": ask("query-memory-size-summary"),
    "disks": ask("query-block"),
    "network": ask("human-monitor-command", **{"command-line": "info network"}),
    "forwards": ask("human-monitor-command", **{"command-line": "info usernet"}),
}))
"""


@pytest.fixture(scope="module")
def box(applied_root: Callable[[str], Applied]) -> Iterator[Sandbox]:
    """The machine with three childhurds, nothing running."""
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


def test_a_guest_with_everything_its_own_way(box: Sandbox) -> None:
    """Every option that QEMU gets, none of them the default."""
    with running(box, "hurd-vm49.service") as guest:
        assert guest["memory"]["base-memory"] == 256 * 1024 * 1024
        assert guest["name"]["name"] == "the third"
        [disk] = [each for each in guest["disks"] if "inserted" in each]
        assert disk["inserted"]["file"] == "/srv/the third/hurd.img"
        assert disk["inserted"]["image"]["virtual-size"] == 2 * 1024**3
        assert "model=e1000" in guest["network"]
        [line] = [each for each in guest["forwards"].splitlines() if "HOST_FORWARD" in each]
        assert line.split()[-3] == "22"
        assert len(listening(box)) == 1


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


MAKE = "/usr/local/lib/childhurd/make-secrets"

HOST_KEYS = [
    f"etc/ssh/ssh_host_{kind}_key{end} {mode}"
    for kind in ("ecdsa", "ed25519", "rsa")
    for end, mode in (("", 600), (".pub", 644))
]


def secrets(box: Sandbox, folder: str) -> list[str]:
    """The secrets in a folder: path, mode and time of each."""
    return box.run(f"cd {folder} && find . -type f -printf '%P %m %T@\\n' | sort").lines


def test_secrets_are_made_once(box: Sandbox) -> None:
    """Three pairs of host keys, the private ones for root alone; a second run keeps them."""
    box.run(f"{MAKE} /etc/childhurd")
    first = secrets(box, "/etc/childhurd")
    assert [line.rpartition(" ")[0] for line in first] == HOST_KEYS
    box.run(f"{MAKE} /etc/childhurd")
    assert secrets(box, "/etc/childhurd") == first
    assert box.run("stat -c '%a %U' /etc/childhurd").out == "700 root\n"
    assert box.run("ls -d /etc/childhurd*").out == "/etc/childhurd\n"


def test_guests_that_share_secrets_take_turns(box: Sandbox) -> None:
    """Both start at boot, and each would make them."""
    box.run(f"{MAKE} /srv/shared & {MAKE} /srv/shared & wait")
    assert [line.rpartition(" ")[0] for line in secrets(box, "/srv/shared")] == HOST_KEYS


def test_no_half_of_the_secrets_stays(box: Sandbox) -> None:
    """Where making them fails, the next start makes all."""
    box.put("/srv/bin/ssh-keygen", "#!/bin/sh\n>$3/etc/ssh/ssh_host_rsa_key\nexit 1\n")
    box.run("chmod 755 /srv/bin/ssh-keygen")
    assert box.run(f"PATH=/srv/bin:$PATH {MAKE} /srv/half", check=False).code == 1
    assert secrets(box, "/srv/half") == []
    box.run(f"{MAKE} /srv/half")
    assert [line.rpartition(" ")[0] for line in secrets(box, "/srv/half")] == HOST_KEYS
    assert box.run("ls -d /srv/half*").out == "/srv/half\n"


#: Stands in for Guix: makes a pair of keys where it is told, notes what it was asked.
GUIX = """#!/bin/sh
echo "$*" >>/srv/guix.log
case $2 in
--generate-key)
    echo secret >"$GUIX_CONFIGURATION_DIRECTORY/signing-key.sec"
    (umask 022; echo public >"$GUIX_CONFIGURATION_DIRECTORY/signing-key.pub") ;;
--authorize) cat >>"$GUIX_CONFIGURATION_DIRECTORY/acl" ;;
esac
"""


def test_guix_gets_keys_where_it_is(box: Sandbox) -> None:
    """Once, with what this machine trusts and its own key; elsewhere it is not missed."""
    box.put("/usr/local/bin/guix", GUIX)
    box.run(
        "chmod 755 /usr/local/bin/guix; mkdir /etc/guix; echo trusted >/etc/guix/acl; "
        "echo own >/etc/guix/signing-key.pub"
    )
    for _ in range(2):
        box.run(f"{MAKE} /srv/with-guix")
    assert [line.rpartition(" ")[0] for line in secrets(box, "/srv/with-guix")] == [
        "etc/guix/acl 600",
        "etc/guix/signing-key.pub 644",
        "etc/guix/signing-key.sec 600",
        *HOST_KEYS,
    ]
    assert box.read("/srv/with-guix/etc/guix/acl") == "trusted\nown\n"
    assert box.read("/srv/guix.log") == "archive --generate-key\narchive --authorize\n"
    box.run("rm -r /usr/local/bin/guix /etc/guix")


#: Stands in for a guest that boots: greets, then writes down all that it is sent.
LISTENER = """
import socket
with socket.create_server(("127.0.0.1", 11004)) as server:
    with server.accept()[0] as link, open("/srv/received", "wb") as received:
        link.sendall(b"(secret-service-server (version 0))")
        while part := link.recv(65536):
            received.write(part)
"""


def lines_of(box: Sandbox, unit: str, key: str) -> list[str]:
    """The command lines of a unit under one key."""
    lines = box.read(f"/etc/systemd/system/{unit}").splitlines()
    return [each.removeprefix(f"{key}=") for each in lines if each.startswith(f"{key}=")]


def test_the_unit_makes_and_sends_secrets(box: Sandbox) -> None:
    """As systemd would run its lines, root for those with a plus."""
    [make] = [each for each in lines_of(box, "hurd-vm.service", "ExecStartPre") if MAKE in each]
    [send] = lines_of(box, "hurd-vm.service", "ExecStartPost")
    box.run(make.removeprefix("+"))
    box.put("/srv/listener.py", LISTENER)
    with box.daemon("python3 /srv/listener.py") as log:
        box.wait(f"ss -Hltn | grep 11004 || ! cat {log}")
        box.run(send.removeprefix("+"))
    received = box.read("/srv/received")
    files = box.run("find /etc/childhurd -type f | sort").lines
    listed = [
        f'("{file.removeprefix("/etc/childhurd")}" {size} {0o100000 + int(mode, 8)})'
        for file in files
        for size, mode in [box.run(f"stat -c '%s %a' {file}").out.split()]
    ]
    content = "".join(box.read(file) for file in files)
    assert received == f"(secrets (version 0) (files ({' '.join(listed)}))){content}"


def test_a_guest_that_asks_for_nothing_is_sent_nothing(box: Sandbox) -> None:
    assert lines_of(box, "hurd-vm49.service", "ExecStartPost") == []
    assert f'+{MAKE} "/srv/the third/secrets"' in lines_of(box, "hurd-vm49.service", "ExecStartPre")


@pytest.mark.parametrize(
    ("unit", "mode", "words"),
    [
        ("hurd-vm.service", "600", "childhurd cannot read /var/lib/childhurd/hurd.img"),
        ("hurd-vm.service", "444", ""),
        ("hurd-vm49.service", "444", "childhurd cannot write /srv/the third/hurd.img"),
        ("hurd-vm49.service", "666", ""),
    ],
)
def test_an_image_is_looked_at_as_qemu_will(box: Sandbox, unit: str, mode: str, words: str) -> None:
    """The unit's look and QEMU's own agree, for guests that write and for those that do not."""
    [check] = [each for each in lines_of(box, unit, "ExecStartPre") if "check-image" in each]
    [_, image, _] = shlex.split(check)
    box.run(f"chown root '{image}' && chmod {mode} '{image}'")
    looked = box.run(f"{AS_THE_UNIT} {check}", check=False)
    assert (looked.code, words in looked.err) == (1 if words else 0, True), looked.err
    started = box.run(f"timeout 2 {AS_THE_UNIT} {command(box, unit)} -S", check=False)
    assert (started.code, "Permission denied" in started.said) == (
        (1, True) if words else (124, False)
    ), started.said
    box.run(f"chown childhurd '{image}' && chmod 644 '{image}'")


def test_a_missing_image_keeps_the_unit_from_starting(box: Sandbox) -> None:
    """systemd looks for it; QEMU would give up as well."""
    unit = box.read("/etc/systemd/system/hurd-vm49.service")
    assert "\nAssertPathExists=/srv/the third/hurd.img\n" in unit
    tried = box.run("qemu-system-i386 -hda /srv/none.img -display none -S", check=False)
    assert (tried.code, "No such file" in tried.said) == (1, True)


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


#: What shows each option again: QEMU itself, a file or a script of the machine.
SEEN = {
    "enable": test_qemu_has_what_was_written,
    "image": test_a_guest_with_everything_its_own_way,
    "disk-size": test_disks_grow_and_never_shrink,
    "memory-size": test_a_guest_with_everything_its_own_way,
    "options": test_a_guest_with_everything_its_own_way,
    "id": test_two_guests_run_side_by_side,
    "net-options": test_a_guest_with_everything_its_own_way,
    "secret-root": test_a_guest_that_asks_for_nothing_is_sent_nothing,
    "send-secrets": test_a_guest_that_asks_for_nothing_is_sent_nothing,
    "others": test_two_guests_run_side_by_side,
}

#: Options that none of them hears of, and who does.
UNHEARD = {
    "os": "nobody: it is refused",
    "qemu": "`packages.txt`",
    "package": "another name of `qemu`",
}


def test_no_option_is_forgotten() -> None:
    listed = json.loads(vcfg("options", "--all", "--format", "json").stdout)["options"]
    paths = {each["path"] for each in listed if each["path"].startswith("hurd-vm.")}
    names = {path.replace("others.<name>.", "").removeprefix("hurd-vm.") for path in paths}
    assert names == SEEN.keys() | UNHEARD.keys()


@pytest.fixture(scope="module")
def tables() -> dict[str, list[str]]:
    """The options of QEMU that vcfg knows: those that stand alone, and those with a word."""
    text = (
        'import "virtualization/hurd-vm/qemu.vcfg" as qemu\n'
        "option alone: list(string) = qemu.alone\n"
        "option with-a-word: list(string) = qemu.with-a-word\n"
    )
    found: dict[str, list[str]] = json.loads(vcfg("eval", "-", text=text).stdout)
    return found


def test_qemu_knows_the_options_that_we_know(box: Sandbox, tables: dict[str, list[str]]) -> None:
    """Those that take a word say so without one; the others let the next word be heard."""
    alone, taking = (" ".join(tables[name]) for name in ("alone", "with-a-word"))
    silent = box.run(
        f"for name in {taking}; do qemu-system-i386 -$name 2>&1 | "
        "grep -q 'requires an argument' || echo $name; done"
    )
    assert silent.lines == []
    refused = box.run(
        f"for name in {alone}; do qemu-system-i386 -$name -version 2>&1 | "
        "grep -q -e invalid -e 'not supported' -e 'requires' && echo $name; done; true"
    )
    assert refused.lines == []


def test_we_know_the_options_that_qemu_knows(box: Sandbox, tables: dict[str, list[str]]) -> None:
    listed = re.findall(
        r"^--?([A-Za-z][\w-]*)(?:/-(\w+))?", box.run("qemu-system-i386 -help").out, re.MULTILINE
    )
    names = {name for pair in listed for name in pair if name}
    # Xen is in the help and not in Debian's build.
    assert {name for name in names if not name.startswith("xen")} <= {
        *tables["alone"],
        *tables["with-a-word"],
    }
