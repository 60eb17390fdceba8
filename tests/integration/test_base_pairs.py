"""Bad values of units, temporary files, accounts, cron tables and PAM: vcfg finds each first.

`systemd-analyze verify` prints what it passes over and still exits 0, so any word counts.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest

from .conftest import vcfg
from .pairs import Pair, found_first, named
from .sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

IMPORTS = """
import "cron.vcfg"
import "dbus.vcfg"
import "file-systems.vcfg"
import "pam.vcfg"
import "systemd.vcfg"
"""

TYPE = "type-mismatch"
ASSERTED = "assertion-failed"
WARNED = "warned"

SERVICE = 'systemd.units."bad.service".service.'
START = f'{SERVICE}ExecStart = "/bin/true"\n'
RUNS = "ExecStart=/bin/true\n"
SOCKET = 'systemd.units."bad.socket".socket.'
LISTENS = f'{SOCKET}ListenStream = "/run/bad"\n'
TIMER = 'systemd.units."bad.timer".timer.'

#: What systemd says to a section of `bad.KIND`, the first word of what it is given.
UNITS = [
    Pair(
        f'{SERVICE}ExecStart = "bin/backup"',
        ASSERTED,
        "finds no program",
        "service [Service]\nExecStart=bin/backup",
        "Neither a valid executable name nor an absolute path",
    ),
    Pair(
        f'{SERVICE}Type = "exec"',
        ASSERTED,
        "needs `ExecStart`",
        "service [Service]\nType=exec",
        "Service has no ExecStart=",
    ),
    Pair(
        f'{SERVICE}ExecStart = ["/bin/true", "/bin/false"]',
        ASSERTED,
        "more than one `ExecStart`",
        f"service [Service]\n{RUNS}ExecStart=/bin/false",
        "more than one ExecStart=",
    ),
    Pair(
        f'{START}{SERVICE}Type = "oneshot"\n{SERVICE}Restart = "always"',
        ASSERTED,
        "cannot be started again",
        f"service [Service]\n{RUNS}Type=oneshot\nRestart=always",
        "isn't allowed for Type=oneshot",
    ),
    Pair(
        f'{START}{SERVICE}Type = "dbus"',
        ASSERTED,
        "needs `BusName`",
        f"service [Service]\n{RUNS}Type=dbus",
        "no D-Bus service name",
    ),
    Pair(
        f'{START}{SERVICE}Type = "daemon"',
        ASSERTED,
        "one of simple, exec",
        f"service [Service]\n{RUNS}Type=daemon",
        "Failed to parse service type",
    ),
    Pair(
        f'{START}{SERVICE}Restart = "sometimes"',
        ASSERTED,
        "one of no, on-success",
        f"service [Service]\n{RUNS}Restart=sometimes",
        "Failed to parse service restart specifier",
    ),
    Pair(
        f'{START}{SERVICE}PrivateTmp = "maybe"',
        ASSERTED,
        "yes or no",
        f"service [Service]\n{RUNS}PrivateTmp=maybe",
        "Failed to parse",
    ),
    Pair(
        f'{START}{SERVICE}RestartSec = "soon"',
        ASSERTED,
        "span of time",
        f"service [Service]\n{RUNS}RestartSec=soon",
        "Failed to parse",
    ),
    Pair(
        f'{START}{SERVICE}UMask = "0980"',
        ASSERTED,
        "octal digits",
        f"service [Service]\n{RUNS}UMask=0980",
        "Failed to parse",
    ),
    Pair(
        f'{START}{SERVICE}KillSignal = "hard"',
        ASSERTED,
        "a signal",
        f"service [Service]\n{RUNS}KillSignal=hard",
        "Failed to parse signal name",
    ),
    Pair(
        f"{START}{SERVICE}Nice = 30",
        ASSERTED,
        "from -20 to 19",
        f"service [Service]\n{RUNS}Nice=30",
        "Nice priority out of range",
    ),
    Pair(
        f"{START}{SERVICE}OOMScoreAdjust = 2000",
        ASSERTED,
        "from -1000 to 1000",
        f"service [Service]\n{RUNS}OOMScoreAdjust=2000",
        "OOM score adjust value out of range",
    ),
    Pair(
        f'{START}{SERVICE}KillMode = "all"',
        ASSERTED,
        "one of control-group",
        f"service [Service]\n{RUNS}KillMode=all",
        "Failed to parse kill mode",
    ),
    Pair(
        f'{START}{SERVICE}Restrat = "always"',
        WARNED,
        "did you mean `Restart`?",
        f"service [Service]\n{RUNS}Restrat=always",
        "Unknown key",
    ),
    Pair(
        f'{START}systemd.units."bad.service".unit.After = "network-online"',
        ASSERTED,
        "full names",
        f"service [Unit]\nAfter=network-online\n[Service]\n{RUNS}",
        "Failed to add dependency on network-online",
    ),
    # Nobody is told of an account before the unit is started.
    Pair(
        f'{START}{SERVICE}User = "nosuch"',
        ASSERTED,
        "no user `nosuch`",
        f"service [Service]\n{RUNS}User=nosuch",
    ),
    Pair(
        f'{START}{SERVICE}Group = "nosuch"',
        ASSERTED,
        "no group `nosuch`",
        f"service [Service]\n{RUNS}Group=nosuch",
    ),
    Pair(
        f'{SOCKET}ListenStream = "0.0.0.0"',
        ASSERTED,
        "address with a port",
        "socket [Socket]\nListenStream=0.0.0.0",
        "Failed to parse address value",
    ),
    Pair(
        f'{SOCKET}ListenStream = "127.0.0.1:99999"',
        ASSERTED,
        "address with a port",
        "socket [Socket]\nListenStream=127.0.0.1:99999",
        "Failed to parse address value",
    ),
    Pair(
        f"{SOCKET}Backlog = 5",
        ASSERTED,
        "needs `ListenStream`",
        "socket [Socket]\nBacklog=5",
        "Unit has no Listen setting",
    ),
    Pair(
        f'{LISTENS}{SOCKET}SocketMode = "rw"',
        ASSERTED,
        "octal digits",
        "socket [Socket]\nListenStream=/run/bad\nSocketMode=rw",
        "Failed to parse",
    ),
    Pair(
        f'{TIMER}OnCalendar = "99:99"',
        ASSERTED,
        "a time of the calendar",
        "timer [Timer]\nOnCalendar=99:99",
        "Failed to parse calendar specification",
    ),
    Pair(
        f'{TIMER}OnCalendar = "*/5 * * * *"',
        ASSERTED,
        "schedule of cron",
        "timer [Timer]\nOnCalendar=*/5 * * * *",
        "Failed to parse calendar specification",
    ),
    Pair(
        f'{TIMER}OnBootSec = "later"',
        ASSERTED,
        "span of time",
        "timer [Timer]\nOnBootSec=later",
        "Failed to parse timer value",
    ),
    Pair(
        f"{TIMER}Persistent = true",
        ASSERTED,
        "needs a time",
        "timer [Timer]\nPersistent=yes",
        "Timer unit lacks value setting",
    ),
    Pair(
        'systemd.units."bad.path".path.MakeDirectory = true',
        ASSERTED,
        "a path to watch",
        "path [Path]\nMakeDirectory=yes",
        "Path unit lacks path setting",
    ),
    Pair(
        'systemd.units."bad.mount".mount.What = "tmpfs"\n'
        'systemd.units."bad.mount".mount.Where = "/srv/good"',
        ASSERTED,
        "`srv-good` does",
        "mount [Mount]\nWhat=tmpfs\nWhere=/srv/good",
        "doesn't match unit name",
    ),
    Pair(
        'systemd.units."bad.mount".mount.Where = "/bad"',
        ASSERTED,
        "needs `What`",
        "mount [Mount]\nWhere=/bad",
        "What= setting is missing",
    ),
    Pair(
        'systemd.units."bad.swap".swap.What = "/dev/good"',
        ASSERTED,
        "`dev-good` does",
        "swap [Swap]\nWhat=/dev/good",
        "unit name do not match",
    ),
    Pair(
        'file-systems.mounts."/dev/shm".type = "tmpfs"',
        ASSERTED,
        "mounts `/dev/shm` by itself",
        "dev-shm.mount [Mount]\nWhat=tmpfs\nWhere=/dev/shm",
        "Cannot create mount unit for API file system",
    ),
]


def line(text: str) -> str:
    """A definition of a line of tmpfiles.d(5)."""
    return f'systemd.tmpfiles = ["{text}"]'


TMPFILES = [
    Pair(line(bad), TYPE, words, bad, said)
    for bad, words, said in (
        ("y /run/x 0755 root root -", "no line of type `y`", "Unknown command type 'y'"),
        ("d run/x 0755 root root -", "no absolute path", "not absolute"),
        ("d /run/x 0980 root root -", "no file mode", "Invalid mode"),
        ("d /run/x 0755 nosuch root -", "no user `nosuch`", "Failed to resolve user 'nosuch'"),
        ("d /run/x 0755 root nosuch -", "no group `nosuch`", "Failed to resolve group 'nosuch'"),
        ("d /run/x 0755 root root old", "no age", "Invalid age"),
    )
]

SYSUSERS = [
    Pair(f'systemd.sysusers = ["{bad}"]', TYPE, words, bad, said)
    for bad, words, said in (
        ("z x -", "no line of type `z`", "Unknown command type 'z'"),
        ("u 9bad -", "no name of an account", "not a valid user or group name"),
        ("u x many", "no number", "Failed to parse UID"),
        ("m x", "a user and a group", "require a group name"),
        ("r - many", "a range of numbers", "Invalid UID range"),
    )
]

JOB = 'cron.files.bad.jobs.job.command = "true"\ncron.files.bad.jobs.job.'
DAILY = 'cron.files.bad.jobs.job.schedule = "@daily"\ncron.files.bad.jobs.job.'

#: A table's text, and what the daemon says to it; nothing where it passes over it in silence.
CRON = [
    Pair(f'{JOB}schedule = "99 * * * *"', TYPE, "99", "99 * * * * root true\n", "bad minute"),
    Pair(f'{JOB}schedule = "* * * * 9"', TYPE, "9 is", "* * * * 9 root true\n", "bad day-of-week"),
    Pair(f'{JOB}schedule = "@often"', TYPE, "@often", "@often root true\n", "bad time specifier"),
    Pair(f'{JOB}schedule = "* * * *"', TYPE, "4 fields", "* * * * root true\n", "bad day-of-week"),
    Pair(
        f'{JOB}schedule = "@daily"\ncron.files.bad.jobs.job.user = "nosuch"',
        TYPE,
        "no user `nosuch`",
        "@daily nosuch true\n",
        "bad username",
    ),
    Pair(f'{DAILY}command = ""', TYPE, "one line", "0 0 * * * root\n", "bad command"),
]

RULES = "pam.services.vcfg-bad.rules = "

#: A rule, and what libpam writes to the log when somebody asks.
PAM = [
    Pair(f'{RULES}["{bad}"]', TYPE, words, bad, said)
    for bad, words, said in (
        ("auth required pam_unxi.so", "no package", "PAM unable to dlopen(pam_unxi.so)"),
        ("authn required pam_permit.so", "cannot read", "illegal module type: authn"),
        ("auth needed pam_permit.so", "cannot read", "expecting return value"),
        ("auth [succes=1 default=ignore] pam_permit.so", "cannot read", "expecting return value"),
        ("auth required", "cannot read", "no module name supplied"),
    )
]


#: A policy, and what the bus writes to the log while it starts without it.
BUS = [
    Pair(f'dbus.policies.bad = "{bad}"', TYPE, "a document of XML", f"{bad}\n", said)
    for bad, said in (
        ("<busconfig>", "no element found"),
        ("allow everybody", "syntax error"),
        ("<busconfig/><busconfig/>", "junk after document element"),
        ("<policy/>", "Unknown element <policy> at root"),
    )
]


@pytest.fixture(scope="module")
def machine(debian_root: Path) -> Iterator[Sandbox]:
    """Debian before any configuration."""
    with Sandbox([debian_root]) as box:
        box.run("rm -f /etc/cron.d/*; : >/etc/crontab; touch /run/crond.reboot")
        yield box


@pytest.mark.parametrize("pair", named([*UNITS, *TMPFILES, *SYSUSERS, *CRON, *PAM, *BUS]))
def test_vcfg_finds_it_first(pair: Pair) -> None:
    """One finding, at the line that wrote the value."""
    found_first(pair, IMPORTS)


@pytest.mark.parametrize("pair", named(UNITS))
def test_systemd_passes_over_it(machine: Sandbox, pair: Pair) -> None:
    """`systemd-analyze verify` on a unit that holds it."""
    kind, _, text = pair.given.partition(" ")
    name = kind if "." in kind else f"bad.{kind}"
    # What a timer, a socket or a path starts has to be there.
    machine.put("/run/units/bad.service", "[Service]\nExecStart=/bin/true\n")
    machine.put(f"/run/units/{name}", f"{text}\n")
    said = machine.run(f"systemd-analyze verify --man=no /run/units/{name}", check=False).said
    machine.run("rm -r /run/units")
    assert pair.said in said
    assert bool(pair.said) == ("bad." in said or name in said), said


@pytest.mark.parametrize("pair", named(TMPFILES))
def test_systemd_tmpfiles_refuses_it(machine: Sandbox, pair: Pair) -> None:
    """A file of one line."""
    machine.put("/tmp/bad.conf", f"{pair.given}\n")
    result = machine.run("systemd-tmpfiles --create /tmp/bad.conf", check=False)
    assert result.code != 0
    assert pair.said in result.said


@pytest.mark.parametrize("pair", named(SYSUSERS))
def test_systemd_sysusers_refuses_it(machine: Sandbox, pair: Pair) -> None:
    """A file of one line."""
    machine.put("/tmp/bad.conf", f"{pair.given}\n")
    result = machine.run("systemd-sysusers --dry-run /tmp/bad.conf", check=False)
    assert result.code != 0
    assert pair.said in result.said


@pytest.mark.parametrize("pair", named(CRON))
def test_cron_passes_over_the_file(machine: Sandbox, pair: Pair) -> None:
    """What the daemon logs when it reads the table."""
    machine.put("/etc/cron.d/bad", pair.given)
    with machine.syslog() as heard, machine.daemon("cron -f -L 15"):
        end = time.monotonic() + 20
        while not any("@reboot" in each for each in heard) and time.monotonic() < end:
            time.sleep(0.05)
    machine.run("rm /etc/cron.d/bad")
    assert any(pair.said in each for each in heard), heard
    assert any("this crontab file will be ignored" in each for each in heard)


@pytest.mark.parametrize(
    ("name", "text", "more", "said"),
    [
        ("bad.name", "* * * * * nosuch true\n", "", ""),
        ("bad", "* * * * * root true", "", "Missing newline before EOF"),
        ("bad", "* * * * * root true\n", "mode = 0o666", "INSECURE MODE"),
        ("bad", "* * * * * root true\n", 'owner = "daemon"', "WRONG FILE OWNER"),
    ],
)
def test_cron_passes_over_files_of_ones_own(
    machine: Sandbox, name: str, text: str, more: str, said: str
) -> None:
    """As vcfg warns: of a name without a word, of the rest in the log."""
    file = f'import "account.vcfg"\nimport "etc.vcfg"\netc.files."cron.d/{name}" = '
    checked = vcfg(
        "check", "-", "--errors", "json", text=f"{file}{{ text = {json.dumps(text)}, {more} }}\n"
    )
    found = json.loads(checked.stdout)["diagnostics"]
    assert [each["code"] for each in found] == ["unread-file"]
    machine.put(f"/etc/cron.d/{name}", text)
    machine.run(f"chmod {666 if 'mode' in more else 644} /etc/cron.d/{name}")
    machine.run(f"chown {'daemon' if 'owner' in more else 'root'} /etc/cron.d/{name}")
    with machine.syslog() as heard, machine.daemon("cron -f -L 15"):
        end = time.monotonic() + 20
        while not any("@reboot" in each for each in heard) and time.monotonic() < end:
            time.sleep(0.05)
    machine.run(f"rm /etc/cron.d/{name}")
    about = [each for each in heard if "bad" in each]
    assert any(said in each for each in about) if said else about == []


@pytest.mark.parametrize("pair", named(PAM))
def test_pam_lets_nobody_in(machine: Sandbox, pair: Pair) -> None:
    """The answer of libpam, and what it writes to the log."""
    from .test_base import ask_pam

    machine.put("/etc/pam.d/vcfg-bad", f"{pair.given}\nauth required pam_permit.so\n")
    with machine.syslog() as heard:
        found = ask_pam(machine, "vcfg-bad", "games")
    assert found["said"][0] != "Success"
    assert any(pair.said in each for each in heard), heard


@pytest.mark.parametrize("pair", named(BUS))
def test_the_bus_starts_without_it(machine: Sandbox, pair: Pair) -> None:
    """What dbus-daemon logs when it reads the policy."""
    machine.put("/etc/dbus-1/system.d/bad.conf", pair.given)
    machine.run("dbus-uuidgen --ensure; mkdir -p /run/dbus; rm -f /run/dbus/pid")
    with machine.daemon("dbus-daemon --system --nofork") as log:
        machine.wait("test -S /run/dbus/system_bus_socket")
        said = machine.read(log)
    machine.run("rm -f /etc/dbus-1/system.d/bad.conf /run/dbus/system_bus_socket")
    assert "while parsing '/etc/dbus-1/system.d/bad.conf'" in said
    assert pair.said in said
