"""The examples of foreign programs and of a childhurd, and what hands secrets to the latter."""

from __future__ import annotations

import json
import shlex
import socket
import stat
import subprocess
from functools import partial
from typing import TYPE_CHECKING

import pytest

from evaluator.cli.app import run
from tests.acceptance import ROOT, build

if TYPE_CHECKING:
    from pathlib import Path

    from tests.acceptance import Plan

EXAMPLES = ROOT / "spec" / "examples"
BINFMT = EXAMPLES / "foreign-programs"
CHILDHURD = EXAMPLES / "childhurd"
PROGRAMS = ROOT / "modules" / "virtualization" / "hurd-vm"

UNIT = "/etc/systemd/system/hurd-vm.service"


@pytest.fixture(scope="module")
def binfmt(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """The plan of the machine that runs programs of ARM."""
    return build(BINFMT / "host.vcfg", tmp_path_factory.mktemp("binfmt"))


@pytest.fixture(scope="module")
def childhurd(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """The plan of the machine with a childhurd."""
    return build(CHILDHURD / "host.vcfg", tmp_path_factory.mktemp("childhurd"))


def shown(example: Path) -> dict[str, str]:
    """The files in an example's folder `expected`, by their path on the machine."""
    folder = example / "expected"
    return {
        f"/{file.relative_to(folder)}": file.read_bytes().decode("utf-8")
        for file in folder.rglob("*")
        if file.is_file()
    }


def test_the_folders_show_what_is_built(binfmt: Plan, childhurd: Plan) -> None:
    for plan, example in ((binfmt, BINFMT), (childhurd, CHILDHURD)):
        built = {path: plan.text(path) for path in plan.files if path.startswith("/etc/")}
        assert built == shown(example)
        for path in built:
            entry = plan.files[path]
            assert (entry["mode"], entry["owner"], entry["group"]) == ("0644", "root", "root")


def matched(line: str, beginning: bytes) -> bool:
    """Whether the kernel takes a program that begins so for one of this registration."""
    empty, _name, kind, offset, magic, mask, _interpreter, _flags = line.split(":")
    assert (empty, kind, offset) == ("", "M", "")
    pairs = zip(unescaped(magic), unescaped(mask), strict=True)
    return all(
        byte & bits == wanted & bits for byte, (wanted, bits) in zip(beginning, pairs, strict=False)
    )


def unescaped(field: str) -> bytes:
    """The bytes of a field in which every one is written out."""
    return bytes(int(pair, 16) for pair in field.removeprefix("\\x").split("\\x"))


def elf(width: int, order: str, machine: int, kind: int = 2) -> bytes:
    """What a program begins with: ELF's header up to the machine."""
    head = b"\x7fELF" + bytes([width // 32, 1 if order == "little" else 2, 1]) + bytes(9)
    return head + b"".join(
        number.to_bytes(2, "little" if order == "little" else "big") for number in (kind, machine)
    )


@pytest.mark.parametrize(
    ("program", "takers"),
    [
        (elf(32, "little", 40), ["qemu-arm"]),
        (elf(32, "little", 40, kind=3), ["qemu-arm"]),
        (elf(64, "little", 183), ["qemu-aarch64"]),
        (elf(64, "little", 62), []),
        (elf(64, "little", 243), []),
        (elf(32, "big", 40), []),
        (elf(64, "little", 183, kind=4), []),
    ],
)
def test_programs_find_their_emulator(binfmt: Plan, program: bytes, takers: list[str]) -> None:
    found = [
        line.split(":")[1]
        for path in binfmt.files
        for line in binfmt.lines(path)
        if matched(line, program)
    ]
    assert found == takers


def test_the_rest_of_debians_platforms_is_off(binfmt: Plan) -> None:
    links = {each["path"]: each["target"] for each in binfmt.data["links"]}
    assert len(links) == 27
    assert set(links.values()) == {"/dev/null"}
    assert "/etc/binfmt.d/qemu-riscv64.conf" in links
    assert binfmt.names("packages") == ["qemu-user-static"]


def command(plan: Plan) -> list[str]:
    """The words of the guest's command line, without what the machine may add."""
    [line] = [each for each in plan.lines(UNIT) if each.startswith("ExecStart=")]
    words = shlex.split(line.removeprefix("ExecStart="))
    assert words.pop() == "$KVM"
    return words


FORWARDS = ",".join(
    f"hostfwd=tcp:127.0.0.1:{host}-:{inside}"
    for host, inside in ((11004, 1004), (10022, 2222), (15900, 5900))
)


def test_the_command_line_of_the_childhurd(childhurd: Plan) -> None:
    """The case A06 of the seed, held apart from the folder."""
    assert command(childhurd) == [
        "/usr/bin/qemu-system-i386",
        "-m",
        "1024",
        "--device",
        "rtl8139,netdev=net0",
        "--netdev",
        f"user,id=net0,{FORWARDS}",
        "--snapshot",
        "--hda",
        "/var/lib/childhurd/hurd.img",
        "--no-reboot",
    ]
    [snippet] = childhurd.data["snippets"]
    assert "size=5242880000\n" in snippet["text"]
    assert set(childhurd.names("packages")) == {"openssh-client", "qemu-system-x86", "qemu-utils"}


def test_a_childhurd_that_keeps_what_is_written(tmp_path: Path) -> None:
    plan = build(CHILDHURD / "stateful.vcfg", tmp_path)
    assert command(plan)[-3:] == ["--hda", "/srv/childhurd/hurd.img", "--no-reboot"]
    assert "--snapshot" not in command(plan)


def test_several_childhurds(tmp_path: Path) -> None:
    """Each has a unit, ports and arguments of its own; one writes, so its image is its own."""
    plan = build(CHILDHURD / "several.vcfg", tmp_path)
    folder = "/etc/systemd/system"
    units = {
        name: plan.text(f"{folder}/{name}.service") for name in ("hurd-vm", "hurd-vm2", "hurd-vm3")
    }
    for name, ssh in zip(units, (10022, 12022, 13022), strict=True):
        assert f"hostfwd=tcp:127.0.0.1:{ssh}-:2222" in units[name]
    assert " -m 1024 " in units["hurd-vm2"]
    assert "--display vnc=localhost:3 --hda /srv/childhurd/third.img " in units["hurd-vm3"]
    [snippet] = plan.data["snippets"]
    assert snippet["name"] == "hurd-vm3-disk"


def broken() -> list[tuple[Path, list[str]]]:
    """What the examples tell to break: the folder and the words of each command."""
    return [
        (example, shlex.split(line, comments=True)[1:])
        for example in (BINFMT, CHILDHURD)
        for line in (example / "README.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("vcfg check ")
    ]


@pytest.mark.parametrize(("example", "words"), broken(), ids=str)
def test_what_breaks_an_example_is_found(
    example: Path,
    words: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One error each, at what the command says."""
    monkeypatch.chdir(example)
    assert run([*words, "--errors", "json"]) == 1
    found = json.loads(capsys.readouterr().out)["diagnostics"]
    [error] = [each for each in found if each["severity"] == "error"]
    assert any(label["file"].startswith("--set ") for label in error["labels"])


def secrets(folder: Path) -> Path:
    """A directory of secrets: one that only its owner reads, and one with an odd name."""
    key = folder / "etc" / "ssh" / "ssh_host_key"
    key.parent.mkdir(parents=True)
    key.write_bytes(b"\x00\xffkey\n")
    key.chmod(0o600)
    odd = folder / 'a "b" \\c'
    odd.write_text("odd", encoding="utf-8")
    odd.chmod(0o644)
    return folder


def guest(listener: socket.socket, greetings: list[bytes]) -> bytes:
    """Answer each connection with its greeting, the last one to the end; what came then."""
    for greeting in greetings[:-1]:
        with listener.accept()[0] as connection:
            connection.sendall(greeting)
    with listener.accept()[0] as connection:
        connection.settimeout(20)
        connection.sendall(greetings[-1])
        return b"".join(iter(partial(connection.recv, 65536), b""))


GREETING = b"(secret-service-server (version 0))"


@pytest.mark.parametrize("before", [[], [b"", b"(something-else)"]], ids=["at once", "later"])
def test_secrets_reach_the_guest(tmp_path: Path, before: list[bytes]) -> None:
    folder = secrets(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(20)
        port = str(listener.getsockname()[1])
        with subprocess.Popen(["bash", PROGRAMS / "send-secrets", port, str(folder)]) as sender:
            received = guest(listener, [*before, GREETING])
            assert sender.wait(20) == 0
    modes = stat.S_IFREG | 0o644, stat.S_IFREG | 0o600
    assert received == (
        rb'(secrets (version 0) (files (("/a \"b\" \\c" 3 %d) ("/etc/ssh/ssh_host_key" 6 %d))))'
        % modes
        + b"odd\x00\xffkey\n"
    )


def test_without_secrets_the_guest_gets_an_empty_list(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(20)
        port = str(listener.getsockname()[1])
        nothing = str(tmp_path / "nothing")
        with subprocess.Popen(["bash", PROGRAMS / "send-secrets", port, nothing]) as sender:
            assert guest(listener, [GREETING]) == b"(secrets (version 0) (files ()))"
            assert sender.wait(20) == 0


def test_a_guest_that_never_asks(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
    ended = subprocess.run(
        ["bash", PROGRAMS / "send-secrets", port, str(tmp_path)],
        env={"PATH": "/usr/bin:/bin", "CHILDHURD_PATIENCE": "1"},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stderr == f"send-secrets: nobody asked for secrets on port {port} in 1 seconds\n"
