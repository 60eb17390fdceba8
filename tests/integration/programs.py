"""A program for every platform that QEMU emulates: it ends with 42 and does nothing else.

No compiler is needed: an ELF header, one segment, and the few instructions that load 42,
load the number of the call that ends a program, and call the kernel.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

#: Where a program lies in memory; a multiple of every machine's page.
BASE = 0x10000


class Code(NamedTuple):
    """Machine code, and what an ELF header says of it.

    `order` is `<` or `>` as in `struct`, `machine` the number of the machine; the
    instructions are given as they lie in the file.
    """

    width: int
    order: str
    machine: int
    instructions: bytes
    flags: int = 0


def elf(code: Code) -> bytes:
    """A program: header and code in one piece."""
    word = "Q" if code.width == 64 else "I"
    head, entry = (64, 56) if code.width == 64 else (52, 32)
    start = BASE + head + entry
    size = head + entry + len(code.instructions)
    little = code.order == "<"
    identity = b"\x7fELF" + bytes([code.width // 32, 1 if little else 2, 1]) + bytes(9)
    header = struct.pack(
        f"{code.order}HHI{word}{word}{word}IHHHHHH",
        *(2, code.machine, 1, start, head, 0),
        *(code.flags, head, entry, 1, 0, 0, 0),
    )
    if code.width == 64:
        segment = struct.pack(f"{code.order}IIQQQQQQ", 1, 5, 0, BASE, BASE, size, size, 4096)
    else:
        segment = struct.pack(f"{code.order}IIIIIIII", 1, 0, BASE, BASE, size, size, 5, 4096)
    return identity + header + segment + code.instructions


def words(order: str, *numbers: int) -> bytes:
    """Instructions of four bytes each."""
    return b"".join(struct.pack(f"{order}I", number) for number in numbers)


def halves(order: str, *numbers: int) -> bytes:
    """Instructions of two bytes each."""
    return b"".join(struct.pack(f"{order}H", number) for number in numbers)


def mips(width: int, order: str, call: int, flags: int = 0) -> Code:
    """MIPS; each of its three ABIs counts the calls from another number."""
    return Code(width, order, 8, words(order, 0x24020000 + call, 0x2404002A, 0x0C), flags)


def sparc(width: int, machine: int, trap: int, flags: int = 0) -> Code:
    """SPARC; the kernel is called by a trap."""
    return Code(width, ">", machine, words(">", 0x82102001, 0x9010202A, trap), flags)


_ARM = (0xE3A0002A, 0xE3A07001, 0xEF000000)
_POWER = (0x38000001, 0x3860002A, 0x44000002)
_RISC_V = words("<", 0x02A00513, 0x05D00893, 0x00000073)
_SH4 = (0xE42A, 0xE301, 0xC310)

#: By the names of the platforms; `i486` has no emulator, `x86_64` is the machine's own.
CODES = {
    "aarch64": Code(64, "<", 183, words("<", 0xD2800540, 0xD2800BA8, 0xD4000001)),
    "alpha": Code(64, "<", 0x9026, words("<", 0x201F0001, 0x221F002A, 0x00000083)),
    "arm": Code(32, "<", 40, words("<", *_ARM), 0x5000200),
    "armeb": Code(32, ">", 40, words(">", *_ARM), 0x5000200),
    "cris": Code(32, "<", 76, bytes.fromhex("4192 6fae2a000000 3de9")),
    "hexagon": Code(32, "<", 164, words("<", 0x7800C540, 0x7800CBA6, 0x5400C004), 0x67),
    "hppa": Code(32, ">", 15, words(">", 0x341A0054, 0xE4008200, 0x34140002)),
    "i386": Code(32, "<", 3, bytes.fromhex("b801000000 bb2a000000 cd80")),
    "loongarch64": Code(64, "<", 258, words("<", 0x0380A804, 0x0381740B, 0x002B0000)),
    "m68k": Code(32, ">", 4, halves(">", 0x722A, 0x7001, 0x4E40)),
    "microblaze": Code(32, ">", 0xBAAB, words(">", 0x31800001, 0x30A0002A, 0xB9CC0008)),
    "mips": mips(32, ">", 4001, 0x1000),
    "mips64": mips(64, ">", 5058),
    "mips64el": mips(64, "<", 5058),
    "mipsel": mips(32, "<", 4001, 0x1000),
    "mipsn32": mips(32, ">", 6058, 0x20),
    "mipsn32el": mips(32, "<", 6058, 0x20),
    "ppc": Code(32, ">", 20, words(">", *_POWER)),
    "ppc64": Code(64, ">", 21, words(">", *_POWER), 2),
    "ppc64le": Code(64, "<", 21, words("<", *_POWER), 2),
    "riscv32": Code(32, "<", 243, _RISC_V),
    "riscv64": Code(64, "<", 243, _RISC_V),
    "s390x": Code(64, ">", 22, bytes.fromhex("a729002a 0a01")),
    "sh4": Code(32, "<", 42, halves("<", *_SH4)),
    "sh4eb": Code(32, ">", 42, halves(">", *_SH4)),
    "sparc": sparc(32, 2, 0x91D02010),
    "sparc32plus": sparc(32, 18, 0x91D02010, 0x100),
    "sparc64": sparc(64, 43, 0x91D0206D),
    "xtensa": Code(32, "<", 94, bytes.fromhex("22a076 62a02a 005000")),
    "xtensaeb": Code(32, ">", 94, bytes.fromhex("220a76 260a2a 000500")),
}
