"""Machines as strangers describe them: what each asks for, as the real programs have it.

`test_system.py` and `test_activation.py` judge their files, units and accounts with those of
all other configurations; here is what only they have.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import pytest

from .conftest import ODD
from .test_system import complaints

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .conftest import Applied
    from .sandbox import Sandbox

NODE = "odd-ganeti"
DAEMONS = ("noded", "confd", "wconfd", "luxid", "rapi", "kvmd", "mond", "metad")

PATHS = """
import sys
sys.path.insert(0, "/usr/share/ganeti/3.0")
from ganeti.storage import filestorage
listed = "/etc/ganeti/file-storage-paths"
print(filestorage._LoadAllowedFileStoragePaths(listed))
print(sorted(filestorage.ComputeWrongFileStoragePaths(listed)))
"""


@pytest.fixture
def box(
    request: pytest.FixtureRequest, applied_root: Callable[[str], Applied]
) -> Iterator[Sandbox]:
    """A machine at rest, by the name of its configuration."""
    with applied_root(request.param).sandbox() as machine:
        yield machine


@pytest.fixture(scope="module")
def small(applied_root: Callable[[str], Applied]) -> Iterator[Sandbox]:
    """A booted machine whose service has words of every kind."""
    with applied_root("odd-small").booted() as machine:
        yield machine


@pytest.fixture(scope="module")
def units(applied_root: Callable[[str], Applied]) -> Iterator[Sandbox]:
    """A booted machine with templates, sockets and mounts."""
    with applied_root("odd-units").booted() as machine:
        yield machine


@pytest.fixture(scope="module")
def everything(applied_root: Callable[[str], Applied]) -> Iterator[Sandbox]:
    """A booted machine that has all services for virtual machines at once."""
    with applied_root("odd-everything").booted() as machine:
        yield machine


def started(box: Sandbox, unit: str, what: str) -> list[str]:
    """The words, or the variables, that the process of a unit was started with."""
    pid = box.run(f"systemctl show --value -p MainPID {unit}").out.strip()
    return box.read(f"/proc/{pid}/{what}").removesuffix("\0").split("\0")


@pytest.mark.parametrize("box", ["odd-hypervisor"], indirect=True)
def test_every_program_reads_its_file(box: Sandbox) -> None:
    box.run("mkdir -p /run/libvirt")
    assert box.run("libvirtd --timeout 1", check=False).code == 0
    assert box.run("virtlogd --timeout 1", check=False).code == 0
    assert box.run("sshd -t").said == ""
    assert "allowstreamlocalforwarding yes" in box.run("sshd -T -C user=ops").lines
    assert "allowstreamlocalforwarding yes" in box.run("sshd -T").lines
    assert "/etc/sudoers.d/ops: parsed OK" in box.run("visudo -c").said
    allowed = box.run("sudo -n /usr/bin/virsh --version", user="ops").out
    assert allowed == box.run("virsh --version").out


@pytest.mark.parametrize("box", ["odd-hypervisor"], indirect=True)
def test_polkit_compiles_rules_of_ones_own(box: Sandbox) -> None:
    box.run("dbus-uuidgen >/etc/machine-id; mkdir -p /run/dbus")
    with (
        box.syslog() as heard,
        box.daemon("dbus-daemon --system --nofork --nopidfile"),
        box.daemon("/usr/lib/polkit-1/polkitd --no-debug"),
    ):
        box.wait("pkaction --action-id org.libvirt.unix.manage")
    assert [line for line in heard if "Error compiling" in line] == []


@pytest.mark.parametrize("box", [NODE], indirect=True)
def test_daemons_of_ganeti_understand_their_words(box: Sandbox) -> None:
    for name in DAEMONS:
        box.run(f". /etc/default/ganeti; ganeti-{name} ${name.upper()}_ARGS --help")
    box.put("/tmp/paths.py", PATHS)
    assert box.run("python3 /tmp/paths.py").lines == [
        "['/srv/ganeti/a b', '/var/ganeti-disks', '/opt/discos/ñ']",
        "[]",
    ]


@pytest.mark.parametrize("box", [NODE], indirect=True)
def test_confd_listens_on_all_addresses_of_version_6(box: Sandbox) -> None:
    box.run("hostname -F /etc/hostname; /usr/lib/ganeti/ensure-dirs")
    box.run("head -c 20 /dev/urandom | od -An -tx1 | tr -d ' \\n' >/var/lib/ganeti/hmac.key")
    box.run(
        "chown gnt-masterd:gnt-confd /var/lib/ganeti/hmac.key; chmod 640 /var/lib/ganeti/hmac.key"
    )
    start = "setpriv --reuid gnt-confd --regid gnt-confd --init-groups ganeti-confd -f"
    with box.daemon(f"{start} --port=21814 --bind=:: --syslog=no"):
        box.wait("ss -Hlnu | grep -q '\\[::\\]:21814 \\|\\*:21814 '")


@pytest.mark.parametrize("box", [NODE], indirect=True)
def test_the_provider_reads_a_variant_with_a_plus(box: Sandbox) -> None:
    said = box.run(
        "cd /usr/share/ganeti/os/debootstrap; OS_API_VERSION=20 INSTANCE_NAME=i HYPERVISOR=fake"
        " DISK_COUNT=1 DISK_0_PATH=/x OS_VARIANT=bookworm-12.5+raid bash -c"
        ' \'. ./common.sh; echo "$SUITE $EXTRA_PKGS $COMPONENTS $CLEAN_CACHE.";'
        ' run-parts --test "$CUSTOMIZE_DIR"\''
    ).lines
    hooks = "/etc/ganeti/instance-debootstrap/hooks/bookworm-12.5+raid"
    assert said == [
        "bookworm g++,linux-image-amd64 main,non-free-firmware .",
        f"{hooks}/10-interfaces",
        f"{hooks}/90-grub",
    ]


@pytest.mark.parametrize("box", ["odd-guests"], indirect=True)
def test_qemu_takes_images_of_odd_names(box: Sandbox) -> None:
    """As the units have them: the words of systemd are those of a shell here."""
    for unit in ("hurd-vm", "hurd-vm2", "hurd-vm49"):
        [line] = [
            each.removeprefix("ExecStart=").removesuffix(" $KVM").replace("%%", "%")
            for each in box.read(f"/etc/systemd/system/{unit}.service").splitlines()
            if each.startswith("ExecStart=")
        ]
        words = shlex.split(line)
        image = shlex.quote(words[words.index("--hda") + 1])
        box.run(f"mkdir -p /srv/hurd; qemu-img create -q -f qcow2 {image} 1M")
        box.run(f"echo quit | {line} -S -display none -monitor stdio")


def test_words_reach_a_portable_service_as_they_were(small: Sandbox) -> None:
    # it is started again and again as long as its folder is missing
    small.run("systemctl stop web.service; systemctl reset-failed; mkdir -p /srv/web")
    small.run("systemctl start web.service")
    words = ['it\'s "here"', "80$80", "100%n", ""]
    assert started(small, "web.service", "cmdline")[3:] == words
    assert {"A=a b\"c'd", "B=%h $X \\n"} <= {*started(small, "web.service", "environ")}
    assert started(small, "web-side.service", "cmdline") == ["/bin/sleep", "1000"]
    assert small.run("systemctl show --value -p Description web").out == "100% web\n"


@pytest.mark.parametrize("box", ["odd-small"], indirect=True)
def test_tables_of_cron_are_read(box: Sandbox) -> None:
    assert complaints(box) == []


@pytest.mark.parametrize("box", ["odd-small"], indirect=True)
def test_ifup_understands_interfaces_by_address(box: Sandbox) -> None:
    said = " ".join(box.run("ifup --no-act --verbose lan0 2>&1").said.split())
    assert "ip addr add 192.168.77.2/255.255.255.128" in said
    assert "ip route replace 10.0.0.0/8 via 192.168.77.9 dev lan0 metric 5 table 10" in said
    assert "br-lan" in box.run("ifquery --list").lines


def test_instances_of_a_template_start_with_the_machine(units: Sandbox) -> None:
    for name in ("one", "two-2"):
        units.wait(f"systemctl -q is-active worker@{name}.service")
    described = units.run("systemctl show --value -p Description worker@two-2.service").out
    assert described == "Worker two/2\n"


def test_a_template_answers_at_its_socket(units: Sandbox) -> None:
    units.wait("systemctl -q is-active echo.socket")
    said = units.run("bash -c 'exec 3<>/dev/tcp/::1/7777; echo hello >&3; head -n 1 <&3'").out
    assert said == "hello\n"
    assert units.run("stat -c '%a %U' /run/echo.sock").out == "660 svc\n"


def test_mounts_have_the_options_that_were_written(units: Sandbox) -> None:
    total = int(units.run("awk '/MemTotal/ { print $2 }' /proc/meminfo").out)
    size = int(units.run("df --output=size -k /var/x | tail -n 1").out)
    assert abs(size - total / 10) < total / 100


def test_all_services_live_side_by_side(everything: Sandbox) -> None:
    everything.wait("ss -Hltn | grep -q '127.0.0.1:16509 '")
    said = everything.run("virsh -c qemu+tcp://127.0.0.1/system version").out
    assert "Running hypervisor: QEMU" in said
    everything.wait("systemctl -q is-active my-app.service")
    failed = everything.run("systemctl --failed --plain --no-legend").lines
    # There is no image for the guest.
    assert [line for line in failed if not line.startswith("hurd-vm3.service")] == []


def test_there_are_eight_strangers() -> None:
    assert len(ODD) == 8
