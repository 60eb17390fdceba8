"""Bad values of networking and hosts-file: vcfg finds each first, then the others get a turn.

The kernel is asked through `ip` and `brctl`, as ifupdown asks it; networkd reads a file with
the bad line; the name service looks a name up in a file with the bad line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .pairs import Pair, found_first, named
from .sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

START = """
import "hosts-file.vcfg"
import "networking.vcfg"
"""

TYPE = "type-mismatch"
ASSERTED = "assertion-failed"

#: Commands that do not work.
REFUSED = [
    Pair(
        "networking.interfaces.interface-number-one.dhcp = true",
        ASSERTED,
        "at most 15 letters",
        "ip link add interface-number-one type bridge",
        "policy validation",
    ),
    Pair(
        'networking.interfaces."br/0".dhcp = true',
        ASSERTED,
        "at most 15 letters",
        "ip link add br/0 type bridge",
        "not a valid ifname",
    ),
    Pair(
        'networking.interfaces.eth0.address = "192.168.1.256/24"',
        TYPE,
        "256 is greater than",
        "ip address add 192.168.1.256/24 dev eth0",
        "prefix is expected",
    ),
    Pair(
        'networking.interfaces.eth0 = { ip = "10.0.0.1", netmask = "255.0.255.0" }',
        TYPE,
        "ones, then zeros",
        "ip address add 10.0.0.1/255.0.255.0 dev eth0",
        "prefix is expected",
    ),
    Pair(
        "networking.interfaces.eth0.mtu = 60",
        TYPE,
        "from 68",
        "ip link set dev eth0 mtu 60",
        "less than device minimum",
    ),
    Pair(
        'networking.interfaces.eth0.hardware-address = "01:00:5e:00:00:01"',
        TYPE,
        "second digit even",
        "ip link set dev eth0 address 01:00:5e:00:00:01",
        "Cannot assign requested address",
    ),
    Pair(
        'networking.interfaces.eth0 = { address = "10.0.0.1/24", gateway = "10.0.0.254" }\n'
        'networking.interfaces.eth1 = { address = "10.1.0.1/24", gateway = "10.1.0.254" }',
        ASSERTED,
        "both lead to the rest of the world",
        "ip route add default via 10.0.0.254 dev eth0 onlink &&"
        " ip route add default via 10.1.0.254 dev eth1 onlink",
        "File exists",
    ),
    Pair(
        'networking.interfaces.br1.bridge = {}\nnetworking.interfaces.br0.bridge.ports = ["br1"]',
        ASSERTED,
        "no bridge as a port",
        "brctl addbr br0 && brctl addbr br1 && brctl addif br0 br1",
        "br1 is a bridge device itself",
    ),
    Pair(
        'networking.interfaces.br0.bridge.ports = ["eth0"]\n'
        'networking.interfaces.br1.bridge.ports = ["eth0"]',
        ASSERTED,
        "`eth0` is a port of `br0` already",
        "brctl addbr br0 && brctl addbr br1 && brctl addif br0 eth0 && brctl addif br1 eth0",
        "already a member of a bridge",
    ),
    Pair(
        "networking.interfaces.br0.bridge = { stp = true, forward-delay = 1s }",
        ASSERTED,
        "from 2s to 30s",
        "brctl addbr br0 && brctl stp br0 on && brctl setfd br0 1",
        "Numerical result out of range",
    ),
    Pair(
        "networking.interfaces.br0.bridge.priority = 65536",
        TYPE,
        "from 0 to 65535",
        "ip link add br0 type bridge priority 65536",
        "invalid",
    ),
    Pair(
        'networking.interfaces.eth0.routes = [{ to = "10.0.0.0/8", via = "2001:db8::1" }]',
        ASSERTED,
        "different versions",
        "ip route replace 10.0.0.0/8 via 2001:db8::1 dev eth0",
        "inet",
    ),
    Pair(
        'networking.interfaces.eth0.routes = [{ to = "everything", via = "10.0.0.1" }]',
        TYPE,
        '"everything"',
        "ip route replace everything via 10.0.0.1 dev eth0",
        "prefix is expected",
    ),
]

#: Files of networkd with a line that it passes over.
PASSED_OVER = [
    Pair(
        'networking.interfaces.eth0.address = "999.1.1.1/24"',
        TYPE,
        "999",
        "[Network]\nAddress=999.1.1.1/24",
        "Invalid address",
    ),
    Pair(
        'networking.interfaces.eth0.gateway = "x"', TYPE, '"x"', "[Network]\nGateway=x", "Gateway"
    ),
    Pair(
        'networking.name-servers = ["10.0.0.256"]',
        TYPE,
        "10.0.0.256",
        "[Network]\nDNS=10.0.0.256",
        "DNS",
    ),
    Pair(
        'networking.search-domains = ["exa_mple..com"]',
        TYPE,
        "exa_mple",
        "[Network]\nDomains=exa_mple..com",
        "domain",
    ),
    Pair(
        "networking.interfaces.eth0.mtu = 70000",
        TYPE,
        "to 65535",
        "[Link]\nMTUBytes=99999999999",
        "MTU",
    ),
    Pair(
        'networking.interfaces.eth0.dhcp = "both"', TYPE, '"both"', "[Network]\nDHCP=both", "DHCP"
    ),
    Pair(
        'networking.interfaces.v.vlan = { id = 4095, link = "eth0" }',
        TYPE,
        "4094",
        "[NetDev]\nName=v\nKind=vlan\n[VLAN]\nId=4095",
        "VLAN",
    ),
    Pair(
        'networking.interfaces.b.bond.mode = "fast"',
        TYPE,
        '"fast"',
        "[NetDev]\nName=b\nKind=bond\n[Bond]\nMode=fast",
        "bond mode",
    ),
    Pair(
        'networking.interfaces.t.bridge = { vlan-aware = true, vlans = ["10 20"] }',
        TYPE,
        "100-199",
        "[BridgeVLAN]\nVLAN=10 20",
        "VLAN",
    ),
]

#: Lines of the hosts file that the name service passes over.
UNHEARD = [
    Pair(
        'hosts-file.entries."10.0.0.256" = ["there"]',
        ASSERTED,
        "`10.0.0.256` is none",
        "10.0.0.256 there",
    ),
    Pair(
        'hosts-file.entries.there = ["other"]',
        ASSERTED,
        "`there` is none",
        "there other",
    ),
    Pair('hosts-file.entries."10.0.0.1" = []', ASSERTED, "without a name", "10.0.0.1"),
    Pair('hosts-file.text = "there 10.0.0.1"', "warned", "passes over", "there 10.0.0.1"),
]


@pytest.fixture
def box(debian_root: Path) -> Iterator[Sandbox]:
    """A machine with two cards; a fresh one each time, since commands that work change it."""
    with Sandbox([debian_root]) as machine:
        machine.run("ip link add eth1 type veth peer name peer1; ip link set eth1 up")
        yield machine


@pytest.mark.parametrize("pair", named(REFUSED))
def test_the_kernel_refuses_what_we_refuse(box: Sandbox, pair: Pair) -> None:
    found_first(pair, START)
    tried = box.run(pair.given, check=False)
    assert tried.code != 0
    assert pair.said in tried.said


@pytest.mark.parametrize("pair", named(PASSED_OVER))
def test_networkd_passes_over_what_we_refuse(box: Sandbox, pair: Pair) -> None:
    found_first(pair, START)
    made = pair.given.startswith("[NetDev]")
    text = pair.given if made else f"[Match]\nName=eth0\n{pair.given}"
    box.put(f"/etc/systemd/network/10-bad.{'netdev' if made else 'network'}", f"{text}\n")
    said = box.run("timeout 2 /usr/lib/systemd/systemd-networkd", check=False).said
    about = [line for line in said.splitlines() if "/etc/systemd/network/10-bad" in line]
    assert any(pair.said.lower() in line.lower() for line in about), said


@pytest.mark.parametrize("pair", named(UNHEARD))
def test_names_are_not_found_on_lines_we_refuse(box: Sandbox, pair: Pair) -> None:
    found_first(pair, START)
    box.put("/etc/hosts", f"127.0.0.1 localhost\n{pair.given}\n")
    assert box.run("getent hosts there", check=False).code == 2
