"""Mounts, swap, PAM, temporary files, accounts, presets and binary formats, by real programs."""

from __future__ import annotations

import configparser
import json
import shlex
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .conftest import Applied
    from .sandbox import Sandbox

UNITS = "/etc/systemd/system"


@pytest.fixture(scope="module")
def applied(applied_root: Callable[[str], Applied]) -> Applied:
    """The base services by themselves."""
    return applied_root("base")


@pytest.fixture(scope="module")
def machine(applied: Applied) -> Iterator[Sandbox]:
    """Their machine, nothing running."""
    with applied.sandbox() as box:
        yield box


def unit(box: Sandbox, name: str) -> configparser.ConfigParser:
    """A unit as written; a key that repeats keeps its last line."""
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(box.read(f"{UNITS}/{name}"))
    return parser


PLACES = {
    "/srv/my-disks": "mount",
    "/srv/50% of @home": "mount",
    "/srv/größe.d": "automount",
    "/srv/.hidden": "mount",
    "/dev/hugepages": "mount",
    "/var/swap/swap-file": "swap",
    "/dev/disk/by-label/swap": "swap",
}


@pytest.mark.parametrize("place", PLACES)
def test_units_have_the_names_systemd_gives_them(machine: Sandbox, place: str) -> None:
    """The file is there under the escaped name, and names the place."""
    kind = PLACES[place]
    escape = f"systemd-escape --path --suffix={kind} -- {shlex.quote(place)}"
    name = machine.run(escape).out.rstrip("\n")
    section, key = ("Swap", "What") if kind == "swap" else (kind.capitalize(), "Where")
    assert unit(machine, name)[section][key].replace("%%", "%") == place
    back = machine.run(f"systemd-escape --unescape --path -- {shlex.quote(name.rsplit('.', 1)[0])}")
    assert back.out.rstrip("\n") == place


def test_nothing_is_written_for_what_systemd_mounts(applied: Applied, machine: Sandbox) -> None:
    """The automount of the binary formats is systemd's own and stays switched on."""
    paths = [each["path"] for each in applied.outputs.plan["files"]]
    assert not [path for path in paths if "binfmt_misc" in path]
    state = machine.run("systemctl --root=/ is-enabled proc-sys-fs-binfmt_misc.automount").out
    assert state == "static\n"
    assert "/etc/fstab" not in paths


def test_the_kernel_takes_a_mount(machine: Sandbox) -> None:
    """What the unit says, given to mount(8)."""
    mount = unit(machine, r"srv-50\x25\x20of\x20\x40home.mount")["Mount"]
    where = mount["Where"].replace("%%", "%")
    machine.run(f"mount -t {mount['Type']} -o {mount['Options']} {mount['What']} '{where}'")
    assert machine.run(f"stat -f -c '%T %b' '{where}'").out == "tmpfs 2048\n"
    assert machine.run(f"stat -c %a '{where}'").out == "750\n"


def test_a_swap_file_is_made(machine: Sandbox) -> None:
    """The program of its unit, which systemd starts when the file is missing; its folder too."""
    service = unit(machine, r"make-var-swap-swap\x2dfile.service")
    assert service["Unit"]["ConditionPathExists"] == "!/var/swap/swap-file"
    machine.run(f"umask {service['Service']['UMask']}; {service['Service']['ExecStart']}")
    assert machine.run("stat -c %a /var/swap").out == "700\n"
    assert machine.run("stat -c '%a %s' /var/swap/swap-file").out == "600 1048576\n"
    assert machine.run("tail -c +4087 /var/swap/swap-file | head -c 10").out == "SWAPSPACE2"


def test_temporary_files_are_made(machine: Sandbox) -> None:
    """Modes and owners by systemd-tmpfiles; the others need a place that is not there."""
    said = machine.run("systemd-tmpfiles --create --prefix=/run /etc/tmpfiles.d/vcfg.conf").said
    assert said == ""
    assert machine.run("stat -c '%A %U:%G' /run/copies").out == "drwxr-s--- copier:kvm\n"
    assert (
        machine.run("cat /run/copies/greeting; stat -c %a /run/copies/greeting").out == "hello640\n"
    )
    assert machine.run("readlink /run/copies.link").out == "/srv/my-disks\n"
    assert (
        machine.run("systemd-tmpfiles --create --prefix=/srv /etc/tmpfiles.d/vcfg.conf").said == ""
    )
    assert machine.run("stat -c '%a %U' /srv/my-disks/images").out == "711 root\n"


def test_accounts_of_sysusers_are_made(applied: Applied, machine: Sandbox) -> None:
    """By the activation script, in the image already."""
    assert machine.run("getent passwd watcher").out.split(":", 4)[4] == (
        "Watches over copies:/var/lib/watcher:/usr/sbin/nologin\n"
    )
    assert "watcher" in machine.run("getent group kvm").out
    assert machine.run("getent group spectators").out == "spectators:x:4242:\n"
    assert applied.second_run_changed == []


def test_presets_decide(machine: Sandbox) -> None:
    """Ours before those of Debian, what is enabled by name before patterns."""
    machine.run("systemctl --root=/ preset systemd-networkd.service copies.socket copies.service")
    states = "systemctl --root=/ is-enabled systemd-networkd.service copies.socket copies.service"
    assert machine.run(states, check=False).lines == ["disabled", "enabled", "enabled"]


ASK_PAM = r"""
import ctypes, json, resource, sys
pam = ctypes.CDLL("libpam.so.0")
conversation = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int, *[ctypes.c_void_p] * 3)
class Talk(ctypes.Structure):
    _fields_ = [("function", conversation), ("data", ctypes.c_void_p)]
talk = Talk(conversation(lambda *_: 19), None)
pam.pam_strerror.restype = ctypes.c_char_p
handle = ctypes.c_void_p()
service, user = sys.argv[1].encode(), sys.argv[2].encode()
codes = [pam.pam_start(service, user, ctypes.byref(talk), ctypes.byref(handle))]
codes += [pam.pam_authenticate(handle, 0), pam.pam_acct_mgmt(handle, 0)]
if codes[-1] == 0 and "session" in sys.argv[3:]:
    codes.append(pam.pam_open_session(handle, 0))
said = [pam.pam_strerror(handle, code).decode() for code in codes[1:]]
limits = [resource.getrlimit(each) for each in (resource.RLIMIT_MEMLOCK, resource.RLIMIT_NOFILE)]
print(json.dumps({"said": said, "limits": limits}))
"""


def ask_pam(box: Sandbox, *words: str) -> dict[str, list[object]]:
    """Authenticate, check the account, perhaps open a session; what libpam answers."""
    box.put("/tmp/ask-pam", ASK_PAM)
    found: dict[str, list[object]] = json.loads(
        box.run(shlex.join(["python3", "/tmp/ask-pam", *words])).out
    )
    return found


def test_pam_lets_in_and_keeps_out(machine: Sandbox) -> None:
    """Rules in order, controls in brackets, an argument with a blank."""
    assert ask_pam(machine, "vcfg-open", "copier")["said"] == ["Success", "Success"]
    assert ask_pam(machine, "vcfg-shut", "copier")["said"][0] == "Authentication failure"
    assert ask_pam(machine, "vcfg-listed", "copier")["said"][0] == "Success"
    assert ask_pam(machine, "vcfg-listed", "games")["said"][0] == "Authentication failure"


def test_pam_limits_a_session(machine: Sandbox) -> None:
    """In bytes, for the user of the line only."""
    found = ask_pam(machine, "vcfg-listed", "copier", "session")
    assert found["limits"][0] == [4 << 20, 4 << 20]
    other = ask_pam(machine, "vcfg-open", "copier", "session")
    assert other["limits"][0] != [4 << 20, 4 << 20]


def test_a_module_that_is_missing_keeps_everybody_out(machine: Sandbox) -> None:
    """Which is why vcfg refuses it."""
    machine.put("/etc/pam.d/vcfg-missing", "auth required pam_unxi.so\n")
    assert ask_pam(machine, "vcfg-missing", "copier")["said"][0] == "Module is unknown"


def test_a_packaged_table_of_cron_is_emptied(applied: Applied, machine: Sandbox) -> None:
    """Its jobs are timers now and would run twice."""
    assert machine.read("/etc/cron.d/ganeti") == ""
    assert [each["name"] for each in applied.outputs.plan["cron"]] == ["ganeti"]


def test_a_job_runs_as_cron_would_run_it(machine: Sandbox) -> None:
    """The command line and the variables reach the shell as they were written."""
    service = unit(machine, "cron-copies-nightly.service")["Service"]
    # systemd's own reading of quotes is C's; what is left of it here is a shell's.
    lines = machine.read(f"{UNITS}/cron-copies-nightly.service").splitlines()
    [written] = [line.partition("=")[2] for line in lines if "GREETING=" in line[:30]]
    [variable] = shlex.split(written.replace("%%", "%"))
    assert variable == "GREETING=50% of $HOME"
    words = shlex.split(service["ExecStart"].replace("$$", "$").replace("%%", "%"))
    said = machine.run(f"export {shlex.quote(variable)}; {shlex.join(words)}").out
    assert said.endswith(" 50% of $HOME\n")
    assert service["User"] == "copier"
