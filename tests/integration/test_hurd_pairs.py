"""Bad values of a childhurd: vcfg finds each first, then QEMU gets its turn.

QEMU runs as the unit's user. What it takes in silence is here because it does nothing, or
something else than was meant.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import pytest

from .pairs import Pair, found_first, named

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .conftest import Applied
    from .sandbox import Sandbox

START = """
import "virtualization/hurd-vm.vcfg"
hurd-vm { enable = true, send-secrets = false }
"""

TYPE = "type-mismatch"
ASSERTED = "assertion-failed"
WARNED = "warned"

NETWORK = "hurd-vm.net-options"
OPTIONS = "hurd-vm.options"


def words(option: str, code: str, message: str, arguments: str, said: str = "") -> Pair:
    """A pair whose bad value is the list of these arguments."""
    listed = ", ".join(f'"{word}"' for word in shlex.split(arguments))
    return Pair(f"{option} = [{listed}]", code, message, arguments, said)


def forward(code: str, message: str, rule: str, said: str = "") -> Pair:
    """A pair whose bad value is a port that is forwarded."""
    return words(NETWORK, code, message, f"--nic user,hostfwd={rule}", said)


#: What QEMU makes of the arguments, or `qemu-img` of a whole command.
PAIRS = [
    Pair(
        'hurd-vm.memory-size = "abc"', TYPE, "found a string", "-m abc", "Parameter 'size' expects"
    ),
    Pair("hurd-vm.memory-size = -1", TYPE, "-1", "-m -1", "Parameter 'size' expects"),
    Pair(
        "hurd-vm.memory-size = 5.5", TYPE, "a decimal number", "-m 5.5", "Parameter 'size' expects"
    ),
    Pair(
        "hurd-vm.memory-size = 1.5MB",
        *("evaluation-failed", "no whole number", "-m 1.5MB", "Parameter 'size' expects"),
    ),
    Pair("hurd-vm.memory-size = 0", TYPE, "found 0", "-m 0"),
    Pair("hurd-vm.memory-size = 5000", WARNED, "32-bit", "-m 5000"),
    Pair('hurd-vm.image = "hurd.img"', TYPE, "absolute path", "--hda hurd.img", "No such file"),
    Pair(
        "hurd-vm.disk-size = 3PiB",
        *(TYPE, "at most 2 PiB", "qemu-img create -f qcow2 /tmp/big 3P", "too large"),
    ),
    Pair(
        "hurd-vm.disk-size = -5",
        *(TYPE, "-5", "qemu-img create -f qcow2 /tmp/small -- -5", "Invalid image size"),
    ),
    Pair(
        'hurd-vm.disk-size = "big"',
        *(TYPE, '"big"', "qemu-img create -f qcow2 /tmp/big big", "Invalid image size"),
    ),
    Pair(
        "hurd-vm.id = 50",
        *(TYPE, "port 65900", "--nic user,hostfwd=tcp:127.0.0.1:65900-:5900", "Bad host port"),
    ),
    words(OPTIONS, ASSERTED, "no option `--snapshoot`", "--snapshoot", "invalid option"),
    words(OPTIONS, ASSERTED, "no option `--no-kvm`", "--snapshot --no-kvm", "invalid option"),
    Pair(f'{OPTIONS} = ["b.img"]', ASSERTED, "`b.img`", "--hda /dev/null b.img", "exists"),
    words(OPTIONS, ASSERTED, "already, from `image`", "--hda /dev/zero --hda /dev/null", "exists"),
    Pair(f'{OPTIONS} = [""]', TYPE, "not empty", "--hda /dev/null ''", "exists"),
    Pair(f'{OPTIONS} = ["--name"]', ASSERTED, "word after it", "--name --hda /dev/null"),
    words(OPTIONS, ASSERTED, "systemd would lose", "--daemonize"),
    words(OPTIONS, WARNED, "KVM is used", "--enable-kvm", "Could not access KVM"),
    words(OPTIONS, WARNED, "KVM is used", "--accel kvm", "Could not access KVM"),
    words(OPTIONS, WARNED, "KVM is used", "--machine pc,accel=kvm", "Could not access KVM"),
    words(OPTIONS, WARNED, "`memory-size`", "-m 64"),
    words(
        NETWORK,
        ASSERTED,
        "no network `a`",
        *("--device rtl8139,netdev=a --netdev user,id=b", "can't find value 'a'"),
    ),
    words(NETWORK, ASSERTED, "one `id=NAME`", "--netdev user", "Parameter 'id' is missing"),
    words(
        NETWORK,
        ASSERTED,
        "have one name",
        *("--netdev user,id=a --netdev user,id=a", "Duplicate ID 'a'"),
    ),
    words(
        NETWORK, TYPE, "without blanks", '--netdev "user,id=net0 ,net=10.1.0.0/24"', "identifier"
    ),
    forward(TYPE, "ports up to 65535", "tcp::99999-:1004", "Bad host port"),
    forward(TYPE, "ports up to 65535", "tcp::11004-:99999", "Bad guest port"),
    forward(TYPE, "ports up to 65535", "tcp::11004-:0", "Bad guest port"),
    forward(TYPE, "ports up to 65535", "sctp::11004-:1004", "Bad protocol"),
    forward(TYPE, "IPv4 addresses", "tcp:127.0.0.999:2222-:22", "Bad host address"),
    forward(TYPE, "IPv4 addresses", "tcp:localhost:2222-:22", "Bad host address"),
    forward(TYPE, "ports up to 65535", "tcp:127.0.0.1:2222", "Bad"),
    forward(ASSERTED, "port 22:", "tcp:127.0.0.1:22-:22", "Could not set up"),
    forward(
        ASSERTED,
        "one place only: 2222",
        *("tcp:127.0.0.1:2222-:22,hostfwd=tcp:127.0.0.1:2222-:23", "Could not set up"),
    ),
    forward(
        ASSERTED,
        "one place only: 2222",
        *("tcp::2222-:22,hostfwd=tcp:127.0.0.1:2222-:23", "Could not set up"),
    ),
    forward(WARNED, "every network", "tcp::2222-:22"),
]


@pytest.fixture(scope="module")
def box(applied_root: Callable[[str], Applied]) -> Iterator[Sandbox]:
    """The machine with childhurds."""
    with applied_root("guests").sandbox() as machine:
        yield machine


@pytest.mark.parametrize("pair", named(PAIRS))
def test_qemu_refuses_what_we_refuse(box: Sandbox, pair: Pair) -> None:
    found_first(pair, START)
    line = pair.given
    if not line.startswith("qemu-img "):
        line = f"timeout 1 qemu-system-i386 {line} -display none -S"
    tried = box.run(
        f"cd /tmp; setpriv --reuid childhurd --regid kvm --init-groups {line}", check=False
    )
    if pair.said:
        assert (tried.code, pair.said in tried.said) == (1, True), tried.said
    else:
        assert tried.code in (0, 124), tried.said
