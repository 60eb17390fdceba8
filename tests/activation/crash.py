"""Every state in which a killed run can leave a root: one traced run, a copy at each change.

A supervisor traces the whole process tree and looks at the root before each system call that
could change it. What it finds there is what a kill of all processes at that moment would leave
behind; so a copy of it is as good as a kill, and one run yields them all.
"""

from __future__ import annotations

import ctypes
import os
import signal
import struct
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

TRACEME, SYSCALL, SETOPTIONS, GET_SYSCALL_INFO = 0, 24, 0x4200, 0x420E
# system calls apart from signals; children too; all die with the supervisor
OPTIONS = 0x01 | 0x02 | 0x04 | 0x08 | 0x10 | 0x100000
WAIT_FOR_ALL = 0x40000000
SYSCALL_STOP = signal.SIGTRAP | 0x80
ENTRY = 1
EVENT_STOPS = (signal.SIGTRAP, signal.SIGSTOP)

# x86-64: write, open, truncate, ftruncate, rename ... lchown, utime, symlinkat, openat ...
# fchmodat, utimensat, renameat2, copy_file_range, fchmodat2; exit_group for the last state
MACHINE = "x86_64"
CHANGING = {1, 2, 20, 40, 76, 77, *range(82, 95), 132, 231, *range(257, 269), 280, 316, 326, 452}

_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
_libc.ptrace.restype = ctypes.c_long


def states(command: list[str], root: Path, copies: Path) -> tuple[int, list[Path]]:
    """Run a command; its exit code, and a copy of `root` for each state it went through."""
    found: list[Path] = []

    def keep(number: int) -> None:
        found.append(copies / f"{number:04}")
        copy(root, found[-1])

    return watch(command, root, keep), found


def watch(command: list[str], root: Path, seen: Callable[[int], None]) -> int:
    """Run a command, and call `seen` with the number of each state that `root` goes through."""
    count = 0
    last: set[tuple[str | int, ...]] = set()

    def look() -> None:
        nonlocal last, count
        now = set(_facts(root))
        if now != last:
            seen(count)
            count += 1
            last = now

    look()
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    first = subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: _ptrace(TRACEME, 0, 0, 0),  # noqa: PLW1509 one system call
    )
    first.returncode = _follow(first.pid, look)
    look()
    return first.returncode


def _facts(folder: Path | str) -> Iterator[tuple[str | int, ...]]:
    """All that a change of anything below a directory changes, without reading contents."""
    for entry in os.scandir(folder):
        seen = entry.stat(follow_symlinks=False)
        yield entry.path, seen.st_ino, seen.st_size, seen.st_mode, seen.st_uid, seen.st_gid
        if entry.is_dir(follow_symlinks=False):
            yield from _facts(entry.path)


def copy(source: Path, target: Path) -> None:
    """A tree with owners, modes and links."""
    subprocess.run(["cp", "-a", str(source), str(target)], check=True)


def _follow(first: int, look: Callable[[], None]) -> int:
    """Let the traced processes run until the last one ends; the exit code of the first."""
    os.waitpid(first, 0)
    _ptrace(SETOPTIONS, first, 0, OPTIONS)
    _ptrace(SYSCALL, first, 0, 0)
    code = -1
    while True:
        try:
            pid, status = os.waitpid(-1, WAIT_FOR_ALL)
        except ChildProcessError:
            return code
        if not os.WIFSTOPPED(status):
            if pid == first:
                code = os.waitstatus_to_exitcode(status)
            continue
        stop = os.WSTOPSIG(status)
        if stop == SYSCALL_STOP:
            if _entered(pid) in CHANGING:
                look()
            stop = 0
        elif stop in EVENT_STOPS:
            stop = 0
        _ptrace(SYSCALL, pid, 0, stop)


def _entered(pid: int) -> int:
    """Number of the system call a process is about to make, -1 when it returns from one."""
    room = ctypes.create_string_buffer(88)
    _ptrace(GET_SYSCALL_INFO, pid, len(room), ctypes.addressof(room))
    operation, number = struct.unpack_from("<B23xQ", room.raw)
    return number if operation == ENTRY else -1


def _ptrace(request: int, pid: int, address: int, data: int) -> None:
    if _libc.ptrace(request, pid, address, data) == -1:
        error = ctypes.get_errno()
        if error != 3:  # ESRCH: it died meanwhile
            raise OSError(error, f"ptrace({request:#x}): {os.strerror(error)}")
