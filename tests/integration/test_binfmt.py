"""systemd-binfmt registers the emitted lines with the kernel, and programs of 30 platforms run.

The kernel keeps a table of its own for each user namespace (since 6.7), so the machine's
stays as it is. Such a namespace cannot be made inside a changed root, hence not in a sandbox.
"""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from .conftest import vcfg
from .pairs import Pair, found_first, named
from .programs import CODES, Code, elf, words

if TYPE_CHECKING:
    from collections.abc import Callable

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
            timeout=120,
            check=False,
        )


#: Gives how many arguments it has, its name among them, where others give 42.
COUNTING = Code(32, "<", 40, words("<", 0xE59D0000, 0xE3A07001, 0xEF000000), 0x5000200)


@pytest.fixture(scope="module")
def machine(
    applied_root: Callable[[str], Applied], tmp_path_factory: pytest.TempPathFactory
) -> Machine:
    """The machine with two platforms, and a program of every platform in `/mnt`."""
    applied = applied_root("guests")
    folder = tmp_path_factory.mktemp("programs")
    for name, code in {**CODES, "counting": COUNTING}.items():
        (folder / name).write_bytes(elf(code))
        (folder / name).chmod(0o755)
    found = Machine(applied.layers, tmp_path_factory.mktemp("scratch"), folder)
    tried = found.run("true")
    if tried.returncode:
        pytest.skip(f"needs a table of binary formats for each namespace: {tried.stderr}")
    return found


REGISTER = "/usr/lib/systemd/systemd-binfmt && "
TABLE = "/proc/sys/fs/binfmt_misc"
START = 'import "virtualization/qemu-binfmt.vcfg"\nqemu-binfmt.enable = true\n'


def files(configuration: str) -> dict[str, str]:
    """The files of a configuration by their names in `/etc/binfmt.d`."""
    evaluated = vcfg("eval", "-", "etc.files", text=configuration)
    assert evaluated.returncode == 0, evaluated.stderr
    return {
        name.removeprefix("binfmt.d/"): entry["text"]
        for name, entry in json.loads(evaluated.stdout).items()
    }


def put(machine: Machine, configuration: str) -> str:
    """Write the files of a configuration; the command that registers them and no others."""
    folder = machine.folder / "binfmt.d"
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for name, text in files(configuration).items():
        (folder / name).write_text(text, encoding="ascii")
    return "rm /etc/binfmt.d/* /usr/lib/binfmt.d/*; cp /mnt/binfmt.d/* /etc/binfmt.d; " + REGISTER


def registered(line: str) -> list[str]:
    """What the kernel prints of an entry that was made by this line."""
    _, name, _, offset, magic, mask, interpreter, flags = line.strip().split(":")
    assert name.startswith("qemu-")
    assert offset == ""
    return [
        "enabled",
        f"interpreter {interpreter}",
        f"flags: {''.join(flag for flag in 'POCF' if flag in flags)}",
        "offset 0",
        f"magic {magic.replace(chr(92) + 'x', '')}",
        f"mask {mask.replace(chr(92) + 'x', '')}",
    ]


def test_exactly_the_chosen_platforms_are_registered(machine: Machine) -> None:
    """A run over all folders, as at boot: the package's other files are off."""
    said = machine.run(f"{REGISTER} ls {TABLE}")
    assert (said.returncode, said.stderr) == (0, "")
    assert [name for name in said.stdout.split() if name.startswith("qemu-")] == [
        "qemu-aarch64",
        "qemu-arm",
    ]


def test_the_package_alone_registers_all_of_its_own(machine: Machine) -> None:
    """So the links of ours are what keeps the others off."""
    said = machine.run(f"rm /etc/binfmt.d/*; {REGISTER} ls {TABLE}")
    assert (said.returncode, said.stderr) == (0, "")
    assert len([name for name in said.stdout.split() if name.startswith("qemu-")]) == 29


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


def test_every_known_platform_has_an_emulator_but_i486(machine: Machine) -> None:
    known = json.loads(
        vcfg(
            "eval",
            "-",
            "names",
            text='import "virtualization/qemu-binfmt/platforms.vcfg" as table\n'
            "option names: list(string) = keys(table.known)\n",
        ).stdout
    )
    there = machine.run("ls /usr/bin/qemu-*-static").stdout.split()
    brought = {Path(each).name.removeprefix("qemu-").removesuffix("-static") for each in there}
    assert set(known) - brought == {"i486"}
    assert set(CODES) == set(known) - {"i486", "x86_64"}


@pytest.fixture(scope="module")
def everything(machine: Machine) -> tuple[dict[str, str], subprocess.CompletedProcess[str]]:
    """All platforms of the table at once: our lines, and what a machine with them says."""
    text = f"{START}qemu-binfmt.platforms = {json.dumps(list(CODES))}\n"
    names = " ".join(CODES)
    script = (
        f"for name in {names}; do cat {TABLE}/qemu-$name; echo; done; "
        f"for name in {names}; do /mnt/$name; echo $name $?; done"
    )
    return files(text), machine.run(f"{put(machine, text)}{{ {script}; }}")


def test_the_kernel_has_read_every_line(
    everything: tuple[dict[str, str], subprocess.CompletedProcess[str]],
) -> None:
    """Interpreter, flags, offset, magic and mask of all 30 platforms, at the same time."""
    lines, said = everything
    assert said.stderr == ""
    assert len(lines) == len(CODES) == 30
    entries = said.stdout.split("\n\n")[:-1]
    assert {name: entry.splitlines() for name, entry in zip(CODES, entries, strict=True)} == {
        name: registered(lines[f"qemu-{name}.conf"]) for name in CODES
    }


def test_programs_of_every_platform_run(
    everything: tuple[dict[str, str], subprocess.CompletedProcess[str]],
) -> None:
    """None goes to another's emulator, though all are registered."""
    ran = everything[1].stdout.split("\n\n")[-1].splitlines()
    assert ran == [f"{name} 42" for name in CODES]


@pytest.mark.parametrize(("name", "status"), [("arm", 42), ("aarch64", 42), ("riscv64", 126)])
def test_programs_of_the_chosen_platforms_run(machine: Machine, name: str, status: int) -> None:
    said = machine.run(f"{REGISTER} /mnt/{name}")
    assert said.returncode == status, said.stderr
    if status == 126:
        assert "Exec format error" in said.stderr


def test_programs_run_where_there_is_no_emulator(machine: Machine) -> None:
    """As in a chroot or a container: the kernel has opened it before."""
    said = machine.run(f"{REGISTER} rm /usr/bin/qemu-*; /mnt/arm")
    assert said.returncode == 42, said.stderr


def test_a_program_gets_its_own_arguments(machine: Machine) -> None:
    """The flag `P` adds none that the emulator would hand on."""
    said = machine.run(f"{REGISTER} /mnt/counting a b")
    assert said.returncode == 3, said.stderr


def test_nothing_runs_once_it_is_stopped(machine: Machine) -> None:
    said = machine.run(f"{REGISTER} /usr/lib/systemd/systemd-binfmt --unregister; /mnt/arm")
    assert said.returncode == 126


ARM = "7f 45 4c 46 01 01 01 00 00 00 00 00 00 00 00 00 02 00 28 00"
MASK = "ff ff ff ff ff ff ff 00 ff ff ff ff ff ff ff ff fe ff ff ff"
EMULATOR = "/usr/bin/qemu-arm-static"


def written(
    name: str, magic: str = ARM, mask: str = MASK, emulator: str = EMULATOR, flags: str = "FP"
) -> str:
    """A platform as a configuration has it."""
    fields = {"name": name, "magic": magic, "mask": mask, "flags": flags, "interpreter": emulator}
    return f"{{ {', '.join(f'{field} = {json.dumps(text)}' for field, text in fields.items())} }}"


def line(
    name: str, magic: str = ARM, mask: str = MASK, emulator: str = EMULATOR, flags: str = "FP"
) -> str:
    """The line that would register it."""
    bytes_of = (rf"\x{field.replace(' ', chr(92) + 'x')}" for field in (magic, mask))
    return f":qemu-{name}:M::{':'.join(bytes_of)}:{emulator}:{flags}"


@pytest.mark.parametrize(("name", "said"), [("arm-x", ""), ("armx", "/mnt/arm\n")])
def test_the_one_registered_last_takes_a_program(machine: Machine, name: str, said: str) -> None:
    """As our warning says; the files are read in the order of their names."""
    text = f'{START}qemu-binfmt.platforms = ["arm", {written(name, emulator="/bin/echo")}]\n'
    [warning] = json.loads(vcfg("check", "-", "--errors", "json", text=text).stdout)["diagnostics"]
    loser, winner = re.findall("`([a-z-]+)`", warning["message"])
    assert (loser, winner) == (("arm", name) if said else (name, "arm"))
    ran = machine.run(f"{put(machine, text)} /mnt/arm")
    assert ran.stdout.rpartition(" ")[2] == said, ran.stderr


def test_a_platform_written_out_is_read_as_it_is(machine: Machine) -> None:
    """All that a platform can say, none of it the default."""
    text = (
        f"{START}qemu-binfmt.platforms = [{written('x', f'{ARM} 01', f'{MASK} f0', flags='COF')}]\n"
    )
    said = machine.run(f"{put(machine, text)} cat {TABLE}/qemu-x").stdout.splitlines()
    assert said == registered(files(text)["qemu-x.conf"])
    assert said == [
        "enabled",
        f"interpreter {EMULATOR}",
        "flags: OCF",
        "offset 0",
        f"magic {ARM.replace(' ', '')}01",
        f"mask {MASK.replace(' ', '')}f0",
    ]


#: Where each option is seen again. What has no test of this file named here does not count.
SEEN = {
    "enable": test_exactly_the_chosen_platforms_are_registered,
    "platforms": test_the_kernel_has_read_every_line,
    "platforms.*.name": test_the_kernel_has_read_every_line,
    "platforms.*.magic": test_a_platform_written_out_is_read_as_it_is,
    "platforms.*.mask": test_a_platform_written_out_is_read_as_it_is,
    "platforms.*.flags": test_a_platform_written_out_is_read_as_it_is,
    "platforms.*.interpreter": test_a_platform_written_out_is_read_as_it_is,
}

#: Options that the kernel never hears of, and what does.
UNHEARD = {
    "platforms.*.family": "readers of the configuration",
    "qemu": "`packages.txt`; the other package takes the place of the first, so it is not here",
    "package": "another name of `qemu`",
    "architecture": "the activation script, below",
}


def test_no_option_is_forgotten() -> None:
    listed = json.loads(vcfg("options", "--all", "--format", "json").stdout)["options"]
    paths = {
        each["path"].removeprefix("qemu-binfmt.")
        for each in listed
        if each["path"].startswith("qemu-binfmt.")
    }
    assert paths == SEEN.keys() | UNHEARD.keys()


@pytest.mark.parametrize(("architecture", "status"), [("amd64", 0), ("arm64", 1)])
def test_the_script_looks_at_the_machine(machine: Machine, architecture: str, status: int) -> None:
    """A wrong architecture is noticed before anything is written."""
    text = f'{START}qemu-binfmt {{ architecture = "{architecture}", platforms = ["arm"] }}\n'
    path = "activation.snippets.qemu-binfmt-architecture"
    snippet = json.loads(vcfg("eval", "-", path, text=text).stdout)
    (machine.folder / "look").write_text(f"set -eu\n{snippet['text']}", encoding="ascii")
    said = machine.run("sh /mnt/look")
    assert said.returncode == status, said.stderr
    assert ("this machine is amd64" in said.stderr) == bool(status)


TYPE = "type-mismatch"
ASSERTED = "assertion-failed"

#: A magic and a mask for which a line of 1920 characters has no room.
LONG = " ".join(["01"] * 240)

#: A magic and a mask of a few bytes that are no program's.
FLAT = {"magic": "62 46 4c 54", "mask": "ff ff ff ff"}

X86_64 = "7f 45 4c 46 02 01 01 00 00 00 00 00 00 00 00 00 02 00 3e 00"


def chosen(*platforms: str) -> str:
    """The definition that chooses these platforms."""
    return f"qemu-binfmt.platforms = [{', '.join(platforms)}]"


#: What a configuration has, what vcfg says of it, the line it would become, and what the
#: kernel says of that line, or the next program that is started.
PAIRS = [
    Pair(
        chosen(written("x", mask=f"{MASK} ff")),
        *(ASSERTED, "20 and 21 bytes", line("x", mask=f"{MASK} ff"), "Invalid argument"),
    ),
    Pair(
        chosen(written("x", flags="FX")),
        *(TYPE, "letters out of P, O, C and F", line("x", flags="FX"), "Invalid argument"),
    ),
    Pair(
        chosen(written("x", flags="f")),
        *(TYPE, "letters out of P, O, C and F", line("x", flags="f"), "Invalid argument"),
    ),
    Pair(
        chosen('"arm"', '"aarch64"', '"arm"'),
        *(TYPE, "more than once: arm", line("arm"), "File exists"),
    ),
    Pair(
        chosen('"vax"'),
        *(TYPE, '"vax"', line("vax", emulator="/usr/bin/qemu-vax-static"), "No such file"),
    ),
    Pair(
        chosen('"i486"'),
        *(TYPE, "i486", line("i486", emulator="/usr/bin/qemu-i486-static"), "No such file"),
    ),
    Pair(
        chosen(f'{{ name = "x", magic = "{ARM}", mask = "{MASK}" }}'),
        *(ASSERTED, "no emulator", line("x", emulator="/usr/bin/qemu-x-static"), "No such file"),
    ),
    Pair(
        chosen(written("x", LONG, LONG)),
        *(ASSERTED, "1920 characters", line("x", LONG, LONG), "Invalid argument"),
    ),
    Pair(
        chosen(written("x", emulator="/opt/a:b")),
        *(ASSERTED, "colon", line("x", emulator="/opt/a:b"), "Invalid argument"),
    ),
    Pair(
        chosen(written("x", emulator="/opt/a\nb")),
        *(TYPE, "control character", line("x", emulator="/opt/a\nb"), "No such file"),
    ),
    Pair(
        chosen(written("x", emulator="")),
        *(TYPE, "absolute path", line("x", emulator=""), "Invalid argument"),
    ),
    Pair(
        chosen(written("x", emulator="qemu-arm")),
        *(TYPE, "absolute path", line("x", emulator="qemu-arm"), "No such file"),
    ),
    Pair(chosen(written("a:b")), TYPE, "letters, digits", line("a:b"), "Invalid argument"),
    Pair(chosen(written("a/b")), TYPE, "letters, digits", line("a/b"), "Invalid argument"),
    Pair(chosen(written("n" * 251)), TYPE, "at most 200", line("n" * 251), "File name too long"),
    Pair(
        chosen(written("x", magic="")),
        *(TYPE, "pairs of small hexadecimal", ":qemu-x:M::::/bin/true:F", "Invalid argument"),
    ),
    Pair(
        chosen(written("elf", "7f 45 4c 46", "ff ff ff ff")),
        *(ASSERTED, "every machine", line("elf", "7f 45 4c 46", "ff ff ff ff")),
        "Too many levels of symbolic links",
    ),
    Pair(
        chosen(written("all", FLAT["magic"], "00 00 00 00")),
        *(ASSERTED, "this machine's own", line("all", FLAT["magic"], "00 00 00 00")),
        "Too many levels of symbolic links",
    ),
    Pair(
        chosen('"x86_64"'),
        *(ASSERTED, "this machine's own"),
        *(line("x86_64", X86_64, emulator="/usr/bin/qemu-x86_64-static"), "Too many levels"),
    ),
]


@pytest.mark.parametrize("pair", named(PAIRS))
def test_the_kernel_refuses_what_we_refuse(machine: Machine, pair: Pair) -> None:
    found_first(pair, START)
    (machine.folder / "line").write_text(pair.given, encoding="ascii")
    tried = machine.run(f"{REGISTER} cat /mnt/line >{TABLE}/register && /bin/true")
    assert tried.returncode != 0
    assert pair.said in tried.stderr, tried.stderr
