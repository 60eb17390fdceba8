"""Every state in which a killed run can leave a root: one traced run, a copy at each change.

A supervisor traces the whole process tree and looks at the root before each system call that
could change it. What it finds there is what a kill of all processes at that moment would leave
behind; so a copy of it is as good as a kill, and one run yields them all.
"""

from __future__ import annotations

import ctypes
import os
import platform
import signal
import struct
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from pathlib import Path

TRACEME, CONTINUE, SETOPTIONS, GET_SYSCALL_INFO = 0, 7, 0x4200, 0x420E
# children too, system calls that the filter below picks; all die with the supervisor
OPTIONS = 0x02 | 0x04 | 0x08 | 0x10 | 0x80 | 0x100000
WAIT_FOR_ALL = 0x40000000
SECCOMP_STOP = 7
SECCOMP = 3
EVENT_STOPS = (signal.SIGTRAP, signal.SIGSTOP)

# x86-64: write, pwrite64, writev, sendfile, truncate, ftruncate, rename ... symlink, chmod ...
# lchown, mknod, splice, fallocate, mkdirat ... futimesat, unlinkat ... symlinkat, fchmodat,
# renameat2, copy_file_range, fchmodat2
MACHINE = "x86_64"
on_known_machine = pytest.mark.skipif(
    platform.machine() != MACHINE, reason=f"knows calls of {MACHINE} only"
)
CHANGING = (
    *(1, 18, 20, 40, 76, 77, *range(82, 89), *range(90, 95), 133, 275, 285, *range(258, 262)),
    *(*range(263, 267), 268, 316, 326, 452),
)
WRITE = 1
# open and openat, by the place of their flags, which say whether anything may change
OPENING = {2: 1, 257: 2}
TO_WRITE = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC

_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
_libc.ptrace.restype = ctypes.c_long


def states(
    command: list[str], root: Path, copies: Path, only: Collection[int] | None = None
) -> tuple[int, list[Path]]:
    """Run a command; its exit code, and a copy of `root` for each state it went through.

    `only` are the numbers of those that are wanted: copies take longer than all else.
    """
    found: list[Path] = []

    def keep(number: int) -> None:
        if only is None or number in only:
            found.append(copies / f"{number:04}")
            copy(root, found[-1])

    return watch(command, root, keep), found


def count(command: list[str], root: Path) -> int:
    """Run a command; how many states `root` goes through, about as many each time."""
    numbers: list[int] = []
    code = watch(command, root, numbers.append)
    assert code == 0
    return len(numbers)


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
        preexec_fn=_be_traced,  # noqa: PLW1509 nothing but system calls
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
    _ptrace(CONTINUE, first, 0, 0)
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
        if status >> 16 == SECCOMP_STOP and _changes_a_file(pid):
            look()
        _ptrace(CONTINUE, pid, 0, 0 if stop in EVENT_STOPS else stop)


def _be_traced() -> None:
    """In the new process: stop where it starts its program, and before calls of the filter."""
    _ptrace(TRACEME, 0, 0, 0)
    _seal(_filter())


def _seal(program: bytes) -> None:
    """Install a filter of system calls, for this process and all it starts; needs root."""
    length = len(program) // 8
    room = ctypes.create_string_buffer(program, len(program))
    sealed = struct.pack("@HP", length, ctypes.addressof(room))
    if _libc.prctl(22, 2, ctypes.c_char_p(sealed), 0, 0) == -1:
        raise OSError(ctypes.get_errno(), "prctl")


def _filter() -> bytes:
    """Instructions for the kernel: stop before what changes something, pass over the rest."""
    load, equal, has, leave = 0x20, 0x15, 0x45, 0x06
    stop = struct.pack("<HBBI", leave, 0, 0, 0x7FF00000)
    go_on = struct.pack("<HBBI", leave, 0, 0, 0x7FFF0000)
    words = [struct.pack("<HBBI", load, 0, 0, 0)]
    for number in CHANGING:
        words += [struct.pack("<HBBI", equal, 0, 1, number), stop]
    for number, place in OPENING.items():
        words += [
            struct.pack("<HBBI", equal, 0, 4, number),
            struct.pack("<HBBI", load, 0, 0, 16 + 8 * place),
            struct.pack("<HBBI", has, 0, 1, TO_WRITE),
            stop,
            go_on,
        ]
    return b"".join([*words, go_on])


def _changes_a_file(pid: int) -> bool:
    """Whether the call that a process is about to make may: most is written into pipes."""
    room = ctypes.create_string_buffer(88)
    _ptrace(GET_SYSCALL_INFO, pid, len(room), ctypes.addressof(room))
    operation, number, first = struct.unpack_from("<B23xQQ", room.raw)
    assert operation == SECCOMP
    if number != WRITE:
        return True
    try:
        return not os.readlink(f"/proc/{pid}/fd/{first}").startswith("pipe:")
    except OSError:
        return True  # it died, or fails


def _ptrace(request: int, pid: int, address: int, data: int) -> None:
    if _libc.ptrace(request, pid, address, data) == -1:
        error = ctypes.get_errno()
        if error != 3:  # ESRCH: it died meanwhile
            raise OSError(error, f"ptrace({request:#x}): {os.strerror(error)}")
