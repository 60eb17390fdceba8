"""sshd reads every option back, people come in with their keys, and host keys are made once."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from .conftest import build, vcfg
from .pairs import Pair, found_first, named
from .sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from .conftest import Applied

KEY_FILES = ".ssh/authorized_keys .ssh/authorized_keys2 /etc/ssh/authorized_keys.d/%u"

#: What `sshd -T` says to the options of `configs/openssh.vcfg`.
READ_BACK = {
    "permit-root-login": ["permitrootlogin forced-commands-only"],
    "allow-empty-passwords": ["permitemptypasswords yes"],
    "password-authentication": ["passwordauthentication no"],
    "challenge-response-authentication": ["kbdinteractiveauthentication yes"],
    "port-number": ["port 2222"],
    "listen-addresses": ["listenaddress 127.0.0.1:2222", "listenaddress [::1]:2222"],
    "gateway-ports": ["gatewayports clientspecified"],
    "allow-tcp-forwarding": ["allowtcpforwarding local"],
    "allow-agent-forwarding": ["allowagentforwarding no"],
    "x11-forwarding": ["x11forwarding yes"],
    "print-last-log": ["printlastlog no"],
    "accepted-environment": ["acceptenv LANG", "acceptenv LC_*"],
    "subsystems": [
        "subsystem echo /bin/cat",
        "subsystem sftp /usr/lib/openssh/sftp-server -l INFO",
    ],
    "log-level": ["loglevel VERBOSE"],
    "pid-file": ["pidfile /run/sshd/own.pid"],
    "extra-content": ["maxauthtries 3"],
    "public-key-authentication": ["pubkeyauthentication yes"],
    "use-pam": ["usepam yes"],
    "authorized-keys": [f"authorizedkeysfile {KEY_FILES}"],
}

#: Options that sshd itself does not know, each with the test that shows their effect.
ELSEWHERE = {
    "enable": "test_sshd_reads_every_option_back",
    "package": "test_sshd_reads_every_option_back",
    "generate-host-keys": "test_host_keys_are_made_once",
    "forget-image-host-keys": "test_host_keys_are_made_once",
}


@pytest.fixture(scope="module")
def server(applied_root: Callable[[str], Applied]) -> Iterator[Sandbox]:
    """The machine of `configs/openssh.vcfg`, with host keys."""
    with applied_root("openssh").sandbox() as box:
        box.run("ssh-keygen -A")
        yield box


def test_sshd_reads_every_option_back(server: Sandbox) -> None:
    told = server.run("sshd -T").lines
    for option, lines in READ_BACK.items():
        assert [line for line in lines if line not in told] == [], option
    assert server.run("sshd -t").said == ""


def test_what_is_off_is_read_back_too(server: Sandbox, tmp_path: Path) -> None:
    """Of the options that are on in the configuration above."""
    (tmp_path / "main.vcfg").write_text(
        'import "openssh.vcfg"\n'
        "openssh { enable = true, public-key-authentication = false, use-pam = false,\n"
        "  permit-root-login = true, gateway-ports = true, allow-tcp-forwarding = false }\n"
    )
    server.put("/tmp/off", sshd_config(build(tmp_path / "main.vcfg", tmp_path / "out").plan))
    told = server.run("sshd -T -f /tmp/off").lines
    assert {
        "pubkeyauthentication no",
        "usepam no",
        "permitrootlogin yes",
        "gatewayports yes",
        "allowtcpforwarding no",
    } <= set(told)


def test_no_option_is_forgotten() -> None:
    listed = json.loads(vcfg("options", "--all", "--format", "json").stdout)["options"]
    names = {each["path"].split(".")[1] for each in listed if each["path"].startswith("openssh.")}
    assert names == {*READ_BACK, *ELSEWHERE}
    assert all(name in globals() for name in ELSEWHERE.values())


def sshd_config(plan: dict[str, list[dict[str, str]]]) -> str:
    """The text of sshd's file in a plan."""
    [text] = [each["text"] for each in plan["files"] if each["path"] == "/etc/ssh/sshd_config"]
    return text


def test_host_keys_are_made_once(applied_root: Callable[[str], Applied], debian_root: Path) -> None:
    """Those of the image are gone; the machine makes its own, and keeps them."""
    assert list((debian_root / "etc/ssh").glob("ssh_host_*"))
    with applied_root("openssh").sandbox() as box:
        assert box.run("ls /etc/ssh/ssh_host_*", check=False).code != 0
        [command] = [
            line.removeprefix("ExecStart=")
            for line in box.read("/etc/systemd/system/ssh-host-keys.service").splitlines()
            if line.startswith("ExecStart=")
        ]
        listing = "stat -c '%a %n' /etc/ssh/ssh_host_*; sha256sum /etc/ssh/ssh_host_*"
        box.run(command)
        made = box.run(listing).lines
        assert "600 /etc/ssh/ssh_host_ed25519_key" in made
        box.run(command)
        assert box.run(listing).lines == made
        assert box.run("ls /etc/systemd/system/ssh.service.wants").lines == [
            "ssh-host-keys.service"
        ]


def test_people_come_in_with_their_keys(debian_root: Path, tmp_path: Path) -> None:
    """A real login with a key; a key with a command runs that; others stay outside."""
    with Sandbox([debian_root]) as box:
        for name in ("ana", "copies", "eva"):
            box.run(f"ssh-keygen -q -t ed25519 -N '' -C {name} -f /root/{name}")
        ana, copies = (box.read(f"/root/{name}.pub").strip() for name in ("ana", "copies"))
        (tmp_path / "main.vcfg").write_text(
            'import "openssh.vcfg"\n'
            'openssh { enable = true, permit-root-login = "prohibit-password",\n'
            f'  authorized-keys.root = "{ana}\\n"\n'
            f'  authorized-keys.root = "restrict,command=\\"echo copied\\" {copies}\\n" }}\n'
        )
        for file in build(tmp_path / "main.vcfg", tmp_path / "out").plan["files"]:
            box.put(file["path"], file["text"])
        with box.daemon("/usr/sbin/sshd -D -e"):
            box.wait("test -e /run/sshd.pid")
            assert login(box, "ana") == (0, "root here\n")
            assert login(box, "copies") == (0, "copied\n")
            assert login(box, "eva") == (255, "")


def login(box: Sandbox, name: str) -> tuple[int, str]:
    """Exit code and output of a login as root with this key."""
    said = box.run(
        f"ssh -i /root/{name} -o IdentitiesOnly=yes -o BatchMode=yes"
        " -o StrictHostKeyChecking=accept-new root@127.0.0.1 'echo root here'",
        check=False,
    )
    return said.code, said.out


START = """
import "openssh.vcfg"
openssh.enable = true
"""

TYPE = "type-mismatch"

#: What sshd refuses to start with.
REFUSED = [
    Pair("openssh.port-number = 70000", TYPE, "found 70000", "Port 70000", "Badly formatted port"),
    Pair(
        'openssh.permit-root-login = "maybe"',
        TYPE,
        '"maybe"',
        "PermitRootLogin maybe",
        'unsupported option "maybe"',
    ),
    Pair('openssh.use-pam = "on"', TYPE, '"on"', "UsePAM on", 'unsupported option "on"'),
    Pair('openssh.gateway-ports = "ask"', TYPE, '"ask"', "GatewayPorts ask", "unsupported option"),
    Pair(
        'openssh.allow-tcp-forwarding = "out"',
        TYPE,
        '"out"',
        "AllowTcpForwarding out",
        "unsupported option",
    ),
    Pair('openssh.log-level = "loud"', TYPE, '"loud"', "LogLevel LOUD", "unsupported log level"),
    Pair(
        'openssh.listen-addresses = ["10.0.0.256"]',
        TYPE,
        "10.0.0.256",
        "ListenAddress 10.0.0.256",
        "bad addr or host",
    ),
    Pair(
        'openssh.extra-content = "Foo yes"',
        "assertion-failed",
        "the keyword `Foo`",
        "Foo yes",
        "Bad configuration option: Foo",
    ),
    Pair('openssh.subsystems.sftp = ""', TYPE, "internal-sftp", "Subsystem sftp", "Missing"),
    Pair(
        'openssh.accepted-environment = ["\\"A"]',
        TYPE,
        "without quotes",
        'AcceptEnv "A',
        "invalid quotes",
    ),
]

#: What sshd takes and does not obey: the first of several counts.
IGNORED = Pair(
    'openssh.extra-content = "PermitRootLogin yes"',
    "warned",
    "has no effect",
    "PermitRootLogin no\nPermitRootLogin yes",
    "permitrootlogin no",
)

#: Lines of authorized keys that sshd passes over, the key of somebody who tries in `{key}`.
PASSED_OVER = [
    Pair(
        'openssh.authorized-keys.root = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 ana"',
        TYPE,
        "finds no key in the line",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 ana",
    ),
    Pair(
        'openssh.authorized-keys.root = "no-forwarding ssh-ed25519 AAAAC3NzaC1lZDI1NTE5'
        'AAAAIBEQ5UGmgk2tjuvbmSTdMX2v3jKIqxG4+5b3xCVvAWj2"',
        TYPE,
        "finds no key in the line",
        "no-forwarding {key}",
    ),
    Pair(
        'openssh.authorized-keys.root = "ssh-rsa AAAAC3NzaC1lZDI1NTE5'
        'AAAAIBEQ5UGmgk2tjuvbmSTdMX2v3jKIqxG4+5b3xCVvAWj2"',
        TYPE,
        "finds no key in the line",
        "ssh-rsa {base64}",
    ),
]


@pytest.fixture(scope="module")
def box(debian_root: Path) -> Iterator[Sandbox]:
    """A machine with host keys and a key of somebody, `/root/ana`."""
    with Sandbox([debian_root]) as machine:
        machine.run("ssh-keygen -q -t ed25519 -N '' -f /root/ana")
        yield machine


@pytest.mark.parametrize("pair", named(REFUSED))
def test_sshd_refuses_what_we_refuse(box: Sandbox, pair: Pair) -> None:
    found_first(pair, START)
    box.put("/tmp/bad", f"{pair.given}\n")
    tried = box.run("sshd -t -f /tmp/bad", check=False)
    assert tried.code == 255
    assert pair.said in tried.said


def test_sshd_takes_the_first_of_several(box: Sandbox) -> None:
    found_first(IGNORED, START)
    box.put("/tmp/twice", f"{IGNORED.given}\n")
    assert IGNORED.said in box.run("sshd -T -f /tmp/twice").lines


def test_sshd_knows_every_keyword(box: Sandbox) -> None:
    """Each word of the module's list; sshd may dislike the value, never the word."""
    text = 'import "openssh/keywords.vcfg" as words\noption known: list(string) = words.known\n'
    known = json.loads(vcfg("eval", "-", "known", text=text).stdout)
    tried = "; ".join(f"sshd -t -o '{word} x'" for word in [*known, "foo"])
    said = box.run(tried, check=False).said
    unknown = re.findall("Bad configuration option: (.*)", said)
    assert [each.strip() for each in unknown] == ["foo"]


@pytest.mark.parametrize("pair", named(PASSED_OVER))
def test_sshd_passes_over_keys_that_we_refuse(box: Sandbox, pair: Pair) -> None:
    """Who has the key cannot come in, and does when the line is right."""
    found_first(pair, START)
    key = box.read("/root/ana.pub").strip()
    settings = "-o AuthorizedKeysFile=/etc/ssh/keys -o PermitRootLogin=prohibit-password"
    line = pair.given.replace("{key}", key).replace("{base64}", key.split()[1])
    box.put("/etc/ssh/keys", f"{line}\n")
    box.run("rm -f /run/sshd.pid")
    with box.daemon(f"/usr/sbin/sshd -D -e {settings}"):
        box.wait("test -e /run/sshd.pid")
        assert login(box, "ana") == (255, "")
        box.put("/etc/ssh/keys", f"{line}\n{key}\n")
        assert login(box, "ana") == (0, "root here\n")
