"""A small machine whose power can be cut: Debian's kernel, dash and coreutils, two disks.

QEMU runs it without KVM. What the machine has flushed is in the files of its disks, what it only
has in its memory is not: killing QEMU is cutting the power. A machine that has started is saved
once and goes on from there for each cut, as starting takes longest.
"""

from __future__ import annotations

import re
import shutil
import signal
import socket
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

MODULES = ("virtio_pci", "virtio_blk", "ext4", "crc32c_generic")
SHELL = ("dash", "flock")
COREUTILS = """
base64 cat chmod chown echo head id ln mkdir mv od readlink rm rmdir sha256sum sort stat sync touch
"""
DISKS = {"root": 32, "var": 16}
PATIENCE = 300.0

# Names reach the disk every second, contents only when somebody asks for them: the worst there
# is. The machine waits for what it shall do, so that it can be saved before that.
START = """\
#!/bin/busybox sh
export PATH=/bin
busybox mount -t devtmpfs dev /dev
busybox mount -t proc proc /proc
for each in MODULES; do busybox insmod "/modules/$each"; done
echo 100000 >/proc/sys/vm/dirty_expire_centisecs
echo 100000 >/proc/sys/vm/dirty_writeback_centisecs
busybox mount -t ext4 -o commit=1,noauto_da_alloc /dev/vda /disk
busybox mount -t ext4 -o commit=1,noauto_da_alloc /dev/vdb /disk/var
busybox stty -F /dev/ttyS0 -echo
echo ready >/dev/ttyS0
read -r what </dev/ttyS0
echo started >/dev/ttyS0
. /work >/dev/ttyS0 2>&1
echo ended >/dev/ttyS0
busybox sleep 1000
"""


def kernel() -> Path:
    """The newest kernel that is installed here."""
    found = sorted(Path("/boot").glob("vmlinuz-*"))
    if not found:
        pytest.skip("needs a kernel: apt-get install linux-image-cloud-amd64")
    return found[-1]


def modules(version: str) -> list[Path]:
    """What the kernel needs to read its disks, each after those it builds on."""
    folder = Path("/lib/modules") / version
    needs = {}
    for line in (folder / "modules.dep").read_text().splitlines():
        path, _, rest = line.partition(":")
        needs[re.sub(r"\.ko.*", "", Path(path).name)] = [path, *rest.split()]
    found: list[str] = []
    for name in MODULES:
        found += [each for each in reversed(needs.get(name, [])) if each not in found]
    return [folder / each for each in found]


def _libraries(program: str) -> list[str]:
    """The shared libraries of a program, and what loads them."""
    said = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    return re.findall(r"(/\S+) \(", said)


def first_memory(folder: Path, files: dict[str, str]) -> None:
    """The memory the machine starts from: programs and more files."""
    tree = folder / "start"
    for name in ("bin", "dev", "proc", "disk", "modules", "etc"):
        (tree / name).mkdir(parents=True)
    loaded = modules(kernel().name.removeprefix("vmlinuz-"))
    for module in loaded:
        shutil.copy(module, tree / "modules")
    for program in [shutil.which(name) or name for name in [*SHELL, *COREUTILS.split(), "busybox"]]:
        shutil.copy(program, tree / "bin")
        for library in _libraries(program) if "busybox" not in program else ():
            place = tree / library[1:]
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(library, place)
    (tree / "bin/sh").symlink_to("dash")
    (tree / "init").write_text(START.replace("MODULES", " ".join(each.name for each in loaded)))
    (tree / "init").chmod(0o755)
    for name, text in files.items():
        (tree / name).write_text(text, encoding="utf-8", newline="")
    archive = folder / "start.cpio"
    pack = f"find . | cpio -o -H newc --quiet >{archive}"
    subprocess.run(["sh", "-c", pack], cwd=tree, check=True)


def disk(path: Path, content: Path, size: int) -> None:
    """A file system of so many MiB with a tree in it."""
    with path.open("wb") as file:
        file.truncate(size << 20)
    subprocess.run(["mke2fs", "-q", "-t", "ext4", "-d", str(content), str(path)], check=True)


@dataclass
class Guest:
    """A machine that waits for what it shall do, and the disks it has then."""

    folder: Path
    # seconds from the start to the word that was waited for
    took: float = 0.0

    @classmethod
    def waiting(cls, folder: Path, tree: Path, files: dict[str, str]) -> Self:
        """Start a machine whose disks hold a tree, and save it; /var is a disk of its own.

        It has `files` in its memory; the one called `work` does what it is told in `$what`.
        """
        made = cls(folder)
        first_memory(folder, files)
        rest = folder / "rest"
        subprocess.run(["cp", "-a", str(tree), str(rest)], check=True)
        (rest / "var").rename(folder / "var")
        (rest / "var").mkdir()
        disk(folder / "root.disk", rest, DISKS["root"])
        disk(folder / "var.disk", folder / "var", DISKS["var"])
        with made.running() as process:
            made.hear("ready", process)
            made.save(process)
        for name in DISKS:
            (folder / f"{name}.disk").rename(folder / f"{name}.saved")
        return made

    @contextmanager
    def running(self, *more: str) -> Iterator[subprocess.Popen[bytes]]:
        """QEMU until the end of the block; then the power fails."""
        words = ["qemu-system-x86_64", "-accel", "tcg", "-m", "192", "-nodefaults"]
        words += ["-no-user-config", "-display", "none", "-no-reboot", "-serial", "stdio"]
        words += ["-monitor", f"unix:{self.folder / 'monitor'},server=on,wait=off"]
        words += ["-kernel", str(kernel()), "-initrd", str(self.folder / "start.cpio")]
        words += ["-append", "console=ttyS0 quiet"]
        for name in DISKS:
            # the machine is told that what was written is on the disk, and so it is
            place = self.folder / f"{name}.disk"
            words += ["-drive", f"file={place},if=virtio,format=raw,cache=writethrough"]
        (self.folder / "monitor").unlink(missing_ok=True)
        with (self.folder / "console").open("wb") as console:
            process = subprocess.Popen(
                [*words, *more], stdin=subprocess.PIPE, stdout=console, stderr=subprocess.STDOUT
            )
        try:
            yield process
        finally:
            process.send_signal(signal.SIGKILL)
            process.communicate()

    def said(self) -> str:
        """What is on the console."""
        return (self.folder / "console").read_text(errors="replace").replace("\r", "")

    def has_ended(self) -> bool:
        """Whether what it was told to do was done before the power failed."""
        return re.search(r"^ended", self.said(), re.MULTILINE) is not None

    def hear(self, word: str, process: subprocess.Popen[bytes]) -> None:
        """Wait until a line of the console begins with a word."""
        end = time.monotonic() + PATIENCE
        while not re.search(rf"^{word}", self.said(), re.MULTILINE):
            self.wait(process, end)

    def wait(self, process: subprocess.Popen[bytes], end: float) -> None:
        """A moment, of a machine that still runs, and not for good."""
        assert process.poll() is None, f"the machine ended: {process.returncode}\n{self.said()}"
        assert time.monotonic() < end, f"the machine hangs\n{self.said()}"
        time.sleep(0.01)

    def save(self, process: subprocess.Popen[bytes]) -> None:
        """Write down all that the machine has in its memory; it stops for good."""
        order = f'migrate "exec:cat >{self.folder}/memory"'
        self.ask(order, "info migrate", "status: completed", process)

    def ask(self, first: str, question: str, answer: str, process: subprocess.Popen[bytes]) -> None:
        """Tell QEMU something, then ask it until it gives an answer."""
        end = time.monotonic() + PATIENCE
        said = ""
        with socket.socket(socket.AF_UNIX) as monitor:
            monitor.settimeout(PATIENCE)
            while monitor.connect_ex(str(self.folder / "monitor")) != 0:
                self.wait(process, end)
            monitor.sendall(f"{first}\n".encode())
            while answer not in said:
                self.wait(process, end)
                monitor.sendall(f"{question}\n".encode())
                heard = monitor.recv(1 << 16).decode(errors="replace")
                assert heard, f"the machine has closed its monitor\n{self.said()}"
                said += heard
                assert "failed" not in said, said

    def cut(self, what: str, word: str, after: float) -> dict[str, Path]:
        """Let it do something and cut the power so many seconds after a word; the disks."""
        for name in DISKS:
            saved, fresh = (self.folder / f"{name}.{each}" for each in ("saved", "disk"))
            subprocess.run(["cp", "--sparse=always", str(saved), str(fresh)], check=True)
        with self.running("-incoming", f"exec:cat {self.folder}/memory") as process:
            self.ask("", "info status", "status: running", process)
            assert process.stdin is not None
            process.stdin.write(f"{what}\n".encode())
            process.stdin.flush()
            self.hear("started", process)
            started = time.monotonic()
            self.hear(word, process)
            self.took = time.monotonic() - started
            time.sleep(after)
        return {name: self.folder / f"{name}.disk" for name in DISKS}
