"""systemd-binfmt registers the emitted lines with the kernel, and foreign programs run.

The kernel keeps a table of its own for each user namespace (since 6.7), so the machine's
stays as it is. Such a namespace cannot be made inside a changed root, hence not in a sandbox.
"""

from __future__ import annotations

import json
import struct
import subprocess
from typing import TYPE_CHECKING, NamedTuple

import pytest

from .conftest import refused, vcfg

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .conftest import Applied

# $1 scratch directory, $2 lower layers, $3 what to run inside.
_SETUP = r"""
set -eu
R=$1/root
mount -t tmpfs tmpfs "$1"
mkdir "$1/upper" "$1/work" "$R"
mount -t overlay overlay -o "lowerdir=$2,upperdir=$1/upper,workdir=$1/work" "$R"
mount -t proc proc "$R/proc"
mount -t binfmt_misc none "$R/proc/sys/fs/binfmt_misc"
[ -e "$R/dev/null" ] || touch "$R/dev/null"
mount --bind /dev/null "$R/dev/null"
mount --bind "$4" "$R/mnt"
exec chroot "$R" sh -c "$3"
"""

NAMESPACE = ["unshare", "--user", "--map-root-user", "--mount", "--pid", "--fork"]


class Machine(NamedTuple):
    """A Debian root of a configuration, and a folder that is `/mnt` inside."""

    layers: tuple[Path, ...]
    scratch: Path
    folder: Path

    def run(self, script: str) -> subprocess.CompletedProcess[str]:
        """Run a script as its root, with a table of binary formats of its own."""
        lower = ":".join(map(str, self.layers))
        arguments = [str(self.scratch), lower, script, str(self.folder)]
        return subprocess.run(
            [*NAMESPACE, "sh", "-c", _SETUP, "_", *arguments],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


def elf(width: int, machine: int, code: bytes) -> bytes:
    """A program of a machine that stores the low end first, header and code in one piece."""
    base = 0x10000
    word = "Q" if width == 64 else "I"
    head, entry = (64, 56) if width == 64 else (52, 32)
    start = base + head + entry
    size = head + entry + len(code)
    identity = b"\x7fELF" + bytes([width // 32, 1, 1]) + bytes(9)
    header = struct.pack(
        f"<HHI{word}{word}{word}IHHHHHH",
        *(2, machine, 1, start, head, 0),
        *(0x5000200 if machine == 40 else 0, head, entry, 1, 0, 0, 0),
    )
    if width == 64:
        segment = struct.pack("<IIQQQQQQ", 1, 5, 0, base, base, size, size, 4096)
    else:
        segment = struct.pack("<IIIIIIII", 1, 0, base, base, size, size, 5, 4096)
    return identity + header + segment + code


#: Programs that end with 42 and do nothing else: load 42, load the number of exit, call.
PROGRAMS = {
    "arm": elf(32, 40, struct.pack("<III", 0xE3A0002A, 0xE3A07001, 0xEF000000)),
    "aarch64": elf(64, 183, struct.pack("<III", 0xD2800540, 0xD2800BA8, 0xD4000001)),
    "riscv64": elf(64, 243, struct.pack("<III", 0x02A00513, 0x05D00893, 0x00000073)),
}


@pytest.fixture(scope="module")
def machine(
    applied_root: Callable[[str], Applied], tmp_path_factory: pytest.TempPathFactory
) -> Machine:
    """The machine with two platforms, and programs of three in `/mnt`."""
    applied = applied_root("guests")
    folder = tmp_path_factory.mktemp("programs")
    for name, program in PROGRAMS.items():
        (folder / name).write_bytes(program)
        (folder / name).chmod(0o755)
    found = Machine(applied.layers, tmp_path_factory.mktemp("scratch"), folder)
    tried = found.run("true")
    if tried.returncode:
        pytest.skip(f"needs a table of binary formats for each namespace: {tried.stderr}")
    return found


REGISTER = "/usr/lib/systemd/systemd-binfmt && "
TABLE = "/proc/sys/fs/binfmt_misc"


def test_exactly_the_chosen_platforms_are_registered(machine: Machine) -> None:
    """A run over all folders, as at boot: the package's other files are off."""
    said = machine.run(f"{REGISTER} ls {TABLE}")
    assert (said.returncode, said.stderr) == (0, "")
    assert [name for name in said.stdout.split() if name.startswith("qemu-")] == [
        "qemu-aarch64",
        "qemu-arm",
    ]


def test_the_package_alone_registers_more(machine: Machine) -> None:
    """Without our links it tries them all, so the links are what keeps them off."""
    said = machine.run(f"rm /etc/binfmt.d/*; {REGISTER} true; ls {TABLE}; ls /usr/lib/binfmt.d")
    assert "qemu-riscv64.conf" in said.stdout.split()
    assert "qemu-riscv64" in said.stderr


def test_the_table_has_the_bytes_of_the_package(machine: Machine) -> None:
    """Every platform that Debian registers, as its own files have it."""
    text = (
        'import "virtualization/qemu-binfmt/platforms.vcfg" as table\n\n'
        "option known: map(map(string)) = table.known\n"
        "option registered: list(string) = table.registered\n"
    )
    ours = json.loads(vcfg("eval", "-", text=text).stdout)
    theirs = {}
    for line in machine.run("cat /usr/lib/binfmt.d/qemu-*.conf").stdout.splitlines():
        _, name, _, _, magic, mask, *_ = line.split(":")
        theirs[name.removeprefix("qemu-")] = (spaced(magic), spaced(mask))
    assert sorted(theirs) == ours["registered"]
    assert theirs == {
        name: (ours["known"][name]["magic"], ours["known"][name]["mask"]) for name in theirs
    }


def spaced(field: str) -> str:
    """The bytes of a registration as pairs of digits with blanks between."""
    # Two of the package's files have three bytes as letters.
    escaped = field.replace("ELF", r"\x45\x4c\x46")
    return escaped.removeprefix(r"\x").replace(r"\x", " ")


def test_the_kernel_has_read_the_line(machine: Machine) -> None:
    said = machine.run(f"{REGISTER} cat {TABLE}/qemu-aarch64").stdout.splitlines()
    assert said == [
        "enabled",
        "interpreter /usr/bin/qemu-aarch64-static",
        "flags: PF",
        "offset 0",
        "magic 7f454c460201010000000000000000000200b700",
        "mask ffffffffffffff00fffffffffffffffffeffffff",
    ]


@pytest.mark.parametrize(("name", "status"), [("arm", 42), ("aarch64", 42), ("riscv64", 126)])
def test_foreign_programs_run(machine: Machine, name: str, status: int) -> None:
    said = machine.run(f"{REGISTER} /mnt/{name}")
    assert said.returncode == status, said.stderr
    if status == 126:
        assert "Exec format error" in said.stderr


def test_nothing_runs_once_it_is_stopped(machine: Machine) -> None:
    said = machine.run(f"{REGISTER} /usr/lib/systemd/systemd-binfmt --unregister; /mnt/arm")
    assert said.returncode == 126


class Arm(NamedTuple):
    """A platform as a configuration has it."""

    name: str = "x"
    magic: str = "7f 45 4c 46 01 01 01 00 00 00 00 00 00 00 00 00 02 00 28 00"
    mask: str = "ff ff ff ff ff ff ff 00 ff ff ff ff ff ff ff ff fe ff ff ff"
    flags: str = "FP"

    def line(self, emulator: str) -> str:
        """The line that registers it."""
        magic, mask = (
            "".join(rf"\x{pair}" for pair in field.split()) for field in (self.magic, self.mask)
        )
        return f":qemu-{self.name}:M::{magic}:{mask}:{emulator}:{self.flags}"


@pytest.mark.parametrize(
    ("platform", "said"),
    [
        (Arm(mask=f"{Arm().mask} ff"), "Invalid argument"),
        (Arm(flags="FX"), "Invalid argument"),
        (Arm(name="arm"), "File exists"),
    ],
    ids=["longer mask", "unknown flag", "twice"],
)
def test_the_kernel_refuses_what_we_refuse(machine: Machine, platform: Arm, said: str) -> None:
    line = platform.line("/usr/bin/qemu-arm-static")
    (machine.folder / "line").write_text(line, encoding="ascii")
    tried = machine.run(f"{REGISTER} cat /mnt/line >{TABLE}/register")
    assert (tried.returncode, said in tried.stderr) == (1, True), tried.stderr
    written = ", ".join(f"{name} = {json.dumps(text)}" for name, text in platform._asdict().items())
    [path] = refused(f'{START} platforms = ["arm", {{ {written} }}] }}\n')
    assert path.startswith("qemu-binfmt.platforms")


START = 'import "virtualization/qemu-binfmt.vcfg"\nqemu-binfmt { enable = true,'


def test_a_missing_emulator_is_refused(machine: Machine) -> None:
    """As for i486, of which Debian has none; the kernel opens it when it registers."""
    (machine.folder / "line").write_text(Arm().line("/usr/bin/qemu-i486-static"), encoding="ascii")
    tried = machine.run(f"cat /mnt/line >{TABLE}/register")
    assert (tried.returncode, "No such file" in tried.stderr) == (1, True), tried.stderr
    assert refused(f'{START} platforms = ["i486"] }}\n') == ["qemu-binfmt.platforms[0]"]
