"""ifupdown and systemd-networkd set up the same host, for real; `ip` says what came of it.

Bridges, addresses and routes are made in the sandbox's own network. This kernel may have no
VLANs and no bonds, so what is written about those is judged by parsers only.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from .conftest import HERE, build
from .lenses import lens_errors
from .sandbox import TARGET, Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from .conftest import Applied, Outputs

NETWORKD = "/usr/lib/systemd/systemd-networkd"

#: Its directory, which its unit makes otherwise.
RUNTIME = "install -d -o systemd-network -g systemd-network /run/systemd/netif"

#: Cards besides `eth0`, which every sandbox has, each with its other end.
CARDS = ("eth1", "eth2", "eth3", "eth4")

#: Interfaces with the addresses they are to have, those of the link left out.
ADDRESSES = {
    "br0": ["10.9.0.1/16", "192.168.1.201/24", "2001:db8::201/64"],
    "eth0": [],
    "eth1": [],
    "eth2": ["10.2.0.5/24"],
    "eth3": [],
    "eth4": ["2001:db8:4::4/64"],
    "guests": [],
    "lan": ["192.168.122.1/24"],
    "stp0": ["192.168.123.1/24"],
}

#: Routes with a router or a number of their own: destination, router, interface, metric.
ROUTES = [
    ("10.20.0.0/16", "192.168.1.253", "br0", 50),
    ("10.21.0.0/16", None, "br0", None),
    ("2001:db8:20::/48", "2001:db8::2", "br0", 1024),
    ("default", "10.2.0.1", "eth2", 300),
    ("default", "192.168.1.254", "br0", None),
    ("default", "2001:db8::1", "br0", 1024),
]


@pytest.fixture(scope="module", params=["ifupdown", "networkd"])
def backend(request: pytest.FixtureRequest) -> str:
    """What sets the host up."""
    return str(request.param)


@pytest.fixture(scope="module")
def host(backend: str, applied_root: Callable[[str], Applied]) -> Iterator[Sandbox]:
    """The host of `configs/network.vcfg`, set up by the backend."""
    with applied_root(f"network-{backend}").sandbox() as box:
        plug_in(box)
        if backend == "ifupdown":
            box.run("mkdir -p /run/network; ifup -a", timeout=120)
            yield box
        else:
            box.run(f"systemd-machine-id-setup; {RUNTIME}")
            with box.daemon(NETWORKD):
                box.wait("ip route | grep -q 'default via 192.168.1.254'")
                box.wait("ip -6 route | grep -q '2001:db8:20::/48'")
                box.wait("ip route | grep -q 'default via 10.2.0.1'")
                yield box


def plug_in(box: Sandbox) -> None:
    """Give the machine its cards, none of them up, and settings of its network to write to."""
    box.run("ip link set eth0 down")
    for card in CARDS:
        box.run(f"ip link add {card} type veth peer name {card}p; ip link set {card}p up")
    # The switch of IPv6 is written through /proc/sys, which is read-only here otherwise.
    box.run("mkdir /run/own; mount -t proc proc /run/own")
    box.run("mount --bind /run/own/sys/net /proc/sys/net")


def links(box: Sandbox) -> dict[str, dict[str, Any]]:
    """What `ip` knows of each link, with its addresses."""
    return {each["ifname"]: each for each in json.loads(box.run("ip -json -d address").out)}


def test_addresses(host: Sandbox) -> None:
    found = links(host)
    for name, expected in ADDRESSES.items():
        has = [
            f"{a['local']}/{a['prefixlen']}"
            for a in found[name]["addr_info"]
            if a["scope"] != "link"
        ]
        assert sorted(has) == expected, name
        assert "UP" in found[name]["flags"], name


def test_addresses_of_the_link(host: Sandbox) -> None:
    """On every interface with an address, on `eth3` alone, and on none that guests share."""
    host.wait("ip -6 address show dev eth3 | grep -q 'inet6 fe80'")
    with_one = {
        name
        for name, link in links(host).items()
        if name in ADDRESSES and any(a["scope"] == "link" for a in link["addr_info"])
    }
    assert {"eth3", "br0", "eth4"} <= with_one
    assert not with_one & {"eth0", "eth1", "guests"}


def test_routers_are_believed_where_they_may_be(host: Sandbox) -> None:
    """The kernel believes nobody on `eth2`; networkd never lets it, and listens itself."""
    assert host.read("/proc/sys/net/ipv6/conf/eth2/accept_ra") == "0\n"


def test_routes(host: Sandbox) -> None:
    found = [
        (route["dst"], route.get("gateway"), route["dev"], route.get("metric"))
        for family in "46"
        for route in json.loads(host.run(f"ip -json -{family} route").out)
    ]
    for route in ROUTES:
        assert route in found, found


def test_links(host: Sandbox) -> None:
    """Ports, frames and hardware addresses."""
    found = links(host)
    assert {name for name, link in found.items() if link.get("master") == "br0"} == {"eth0", "eth1"}
    assert {name: found[name]["mtu"] for name in ("br0", "eth2", "eth4")} == {
        "br0": 1400,
        "eth2": 1300,
        "eth4": 1500,
    }
    assert found["eth2"]["address"] == "52:54:00:12:34:56"


def test_bridges(host: Sandbox) -> None:
    """What the kernel's bridges were told; times are in hundredths of a second."""
    data = {
        name: link["linkinfo"]["info_data"]
        for name, link in links(host).items()
        if link.get("linkinfo", {}).get("info_kind") == "bridge"
    }
    assert sorted(data) == ["br0", "guests", "lan", "stp0"]
    told = {name: (each["stp_state"], each["forward_delay"]) for name, each in data.items()}
    assert told == {"br0": (0, 0), "guests": (0, 0), "lan": (0, 0), "stp0": (1, 200)}
    assert (data["lan"]["ageing_time"], data["lan"]["priority"]) == (1000, 4096)


def test_names_are_asked_where_the_file_says(host: Sandbox) -> None:
    assert host.read("/etc/resolv.conf") == (
        "search example.com\nnameserver 192.168.1.252\nnameserver 10.2.0.53\n"
    )


def test_a_link_that_leads_nowhere_gives_way(
    outputs: dict[str, Outputs], debian_root: Path, change_directory: Callable[[], Path]
) -> None:
    """As systemd-resolved leaves it in an image, where nobody runs."""
    change = change_directory()
    with Sandbox([debian_root], target=change, lower=[debian_root]) as box:
        link = f"{TARGET}/etc/resolv.conf"
        box.run(f"ln -sfn ../run/systemd/resolve/stub-resolv.conf {link}")
        box.put("/tmp/activate", outputs["network-ifupdown"].activate)
        for _ in range(2):
            box.run(f"sh /tmp/activate --root={TARGET} --packages=check")
            assert box.run(f"stat -c %F {link}").out == "regular file\n"
            assert box.read(link).startswith("search example.com\n")


def test_it_goes_down_and_comes_up_again(applied_root: Callable[[str], Applied]) -> None:
    """ifdown takes back what ifup made; twice, since `ifup` again is what an operator does."""
    with applied_root("network-ifupdown").sandbox() as box:
        plug_in(box)
        for _ in range(2):
            box.run("mkdir -p /run/network; ifup br0 guests eth2")
            assert links(box)["eth0"]["master"] == "br0"
            box.run("ifdown br0 guests eth2")
            assert "br0" not in links(box)
            assert "guests" not in links(box)
            assert "10.20.0.0/16" not in box.run("ip route").out


def test_ifupdown_reads_what_stands_on_others(
    applied_root: Callable[[str], Applied], tmp_path: Path
) -> None:
    """The configuration of networkd, for ifupdown: `ifquery` gives the scripts their words."""
    built = build(
        HERE / "configs" / "network-stacked.vcfg", tmp_path, "networking.backend=ifupdown"
    )
    [text] = [
        file["text"] for file in built.plan["files"] if file["path"] == "/etc/network/interfaces"
    ]
    with applied_root("openssh").sandbox() as box:
        box.put("/etc/network/interfaces", text)
        assert lens_errors(box, {"/etc/network/interfaces": "Interfaces"}) == []
        told = box.run("ifquery bond0").lines
        assert [line for line in told if line.startswith("bond-")] == [
            "bond-slaves: eth0 eth1",
            "bond-mode: 802.3ad",
            "bond-miimon: 100",
            "bond-updelay: 200",
            "bond-downdelay: 200",
            "bond-lacp-rate: fast",
            "bond-xmit-hash-policy: layer3+4",
        ]
        assert "bridge_vlan_aware: yes" in box.run("ifquery trunk").lines
        done = box.run("ifup --no-act --verbose vlan10 bond0.20 2>&1").out
        assert "ip link add link bond0 name vlan10 type vlan id 10" in done
        assert "ip link add link bond0 name bond0.20 type vlan id 20" in done


@pytest.mark.parametrize("name", ["network-networkd", "network-stacked", "odd-hypervisor"])
def test_networkd_reads_every_line(name: str, applied_root: Callable[[str], Applied]) -> None:
    """It passes over what it does not understand, with a word."""
    with applied_root(name).sandbox() as box:
        assert unread(box) == []


def unread(box: Sandbox) -> list[str]:
    """Lines of our files that networkd has something against."""
    said = box.run(f"SYSTEMD_LOG_LEVEL=info timeout 3 {NETWORKD}", check=False).said
    assert "Enumeration completed" in said
    return [
        line
        for line in said.splitlines()
        if "/etc/systemd/network/" in line and "Configuring with" not in line
    ]


def test_networkd_check_notices(applied_root: Callable[[str], Applied]) -> None:
    """The judge itself: a word it does not know, and a value."""
    with applied_root("network-stacked").sandbox() as box:
        box.put("/etc/systemd/network/10-bond1.netdev", "[NetDev]\nName=bond1\nKind=bond\nX=1\n")
        box.put("/etc/systemd/network/10-eth6.network", "[Match]\nName=eth6\n[Link]\nMTUBytes=no\n")
        said = unread(box)
    assert any("Unknown key 'X'" in line for line in said)
    assert any("MTUBytes" in line or "parse" in line for line in said)


ROUTER = """[Match]
Name=peer0

[Network]
Address=192.168.7.1/24
ConfigureWithoutCarrier=yes
DHCPServer=yes
IPv6SendRA=yes

[DHCPServer]
DNS=192.168.7.53

[IPv6Prefix]
Prefix=2001:db8:7::/64
"""


@contextmanager
def router(box: Sandbox) -> Iterator[None]:
    """A router behind `eth0` that gives addresses and name servers away: another networkd."""
    box.put("/srv/router/10-peer0.network", ROUTER)
    box.run(f"systemd-machine-id-setup; {RUNTIME}")
    box.run("mkdir -p /run/netns; ip netns add router; ip link set peer0 netns router")
    inside = (
        "mount --bind /srv/router /etc/systemd/network; mount -t tmpfs tmpfs /run/systemd;"
        f" {RUNTIME}; exec {NETWORKD}"
    )
    with box.daemon(f"nsenter --net=/run/netns/router unshare -m sh -c '{inside}'"):
        box.wait("ip -n router address | grep -q 192.168.7.1/24")
        yield


def test_an_address_from_the_network(
    backend: str, applied_root: Callable[[str], Applied], tmp_path: Path
) -> None:
    """With the route and the metric; the name servers stay those of the configuration."""
    (tmp_path / "main.vcfg").write_text(
        'import "networking.vcfg"\n'
        f'networking {{ backend = "{backend}", name-servers = ["192.168.1.252"],\n'
        "  interfaces.eth0 { dhcp = true, accept-ra = true, metric = 300 } }\n"
    )
    with applied_root("openssh").sandbox() as box:
        plug_in(box)
        for file in build(tmp_path / "main.vcfg", tmp_path / "out").plan["files"]:
            box.put(file["path"], file["text"])
        with router(box):
            if backend == "ifupdown":
                box.run("mkdir -p /run/network; ifup eth0")
                assert leased(box)
                box.run("ifdown eth0")
            else:
                with box.daemon(NETWORKD):
                    assert leased(box)
        assert box.read("/etc/resolv.conf") == "nameserver 192.168.1.252\n"


def leased(box: Sandbox) -> bool:
    """Whether the lease and the advertisement of the router have come."""
    box.wait("ip -4 route | grep -q 'default via 192.168.7.1 dev eth0.* metric 300'")
    box.wait("ip -6 address show dev eth0 | grep -q 'inet6 2001:db8:7:'")
    return "inet 192.168.7." in box.run("ip -4 address show dev eth0").out


def test_networkd_starts_with_the_machine(applied_root: Callable[[str], Applied]) -> None:
    """And ifupdown, which this Debian has too, stays out of its way."""
    with applied_root("network-networkd").booted() as box:
        box.wait("ip address show dev br0 | grep -q 192.168.1.201/24", seconds=60)
        assert box.run("systemctl is-active systemd-networkd.service").out == "active\n"
        assert box.run("systemctl is-active networking.service", check=False).out == "inactive\n"
        assert "br0" in box.run("networkctl --no-pager --no-legend list").out
