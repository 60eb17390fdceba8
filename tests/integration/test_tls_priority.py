"""GnuTLS itself judges the words of `libvirt.tls-priority`, all that we know and all it has."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from .conftest import refused, vcfg
from .sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Reads priority strings, a line each, and prints those that GnuTLS refuses.
JUDGE = """
import ctypes, sys
tls = ctypes.CDLL("libgnutls.so.30")
for line in sys.stdin.read().splitlines():
    cache, position = ctypes.c_void_p(), ctypes.c_char_p()
    if tls.gnutls_priority_init(ctypes.byref(cache), line.encode(), ctypes.byref(position)):
        print(line)
"""

# Prints every algorithm GnuTLS has, with the prefix that priority strings give it.
LISTING = """
import ctypes
tls = ctypes.CDLL("libgnutls.so.30")
kinds = {"cipher": "", "mac": "", "kx": "", "group": "GROUP-", "protocol": "VERS-", "sign": "SIGN-"}
for kind, prefix in kinds.items():
    listed, name = getattr(tls, f"gnutls_{kind}_list"), getattr(tls, f"gnutls_{kind}_get_name")
    listed.restype, name.restype = ctypes.POINTER(ctypes.c_int), ctypes.c_char_p
    numbers = listed()
    index = 0
    while numbers[index]:
        print(prefix + name(numbers[index]).decode().upper())
        index += 1
"""

TABLE = """
import "virtualization/libvirt/tls-priority.vcfg" as tls

option levels: list(string) = tls.levels
option algorithms: list(string) = tls.algorithms
option accepted: list(string) = tls.accepted
"""


@pytest.fixture(scope="module")
def box(debian_root: Path) -> Iterator[Sandbox]:
    """A machine with GnuTLS and Python."""
    with Sandbox([debian_root]) as machine:
        machine.put("/tmp/judge.py", JUDGE)
        machine.put("/tmp/list.py", LISTING)
        yield machine


@pytest.fixture(scope="module")
def table() -> Any:
    """The words we know."""
    return json.loads(vcfg("eval", "-", text=TABLE).stdout)


def judged(box: Sandbox, strings: list[str]) -> list[str]:
    """Those of the strings that GnuTLS refuses."""
    box.put("/tmp/strings", "".join(f"{each}\n" for each in strings))
    return box.run("python3 /tmp/judge.py </tmp/strings").lines


def test_every_word_we_know_is_read(box: Sandbox, table: Any) -> None:
    assert judged(box, table["levels"]) == []
    # Something must be left after a word that takes away.
    rest = "NONE:+VERS-TLS1.2:+AES-128-GCM:+ECDHE-RSA:+AEAD:+SIGN-ALL:+GROUP-ALL:+COMP-NULL"
    assert judged(box, [rest]) == []
    added = [word for word in table["accepted"] if word[0] in "+%"]
    assert judged(box, [f"{rest}:{word}" for word in added]) == []


def test_every_word_it_has_is_known(box: Sandbox, table: Any) -> None:
    assert set(box.run("python3 /tmp/list.py").lines) - set(table["algorithms"]) == set()


@pytest.mark.parametrize(
    "text",
    [
        "BOGUS",
        "",
        "NORMAL:",
        "NORMAL:+BOGUS",
        "NORMAL:%NOPE",
        "NORMAL:AES-128-GCM",
        "NORMAL,PFS",
        "NORMAL:+NONE",
    ],
)
def test_gnutls_refuses_what_we_refuse(box: Sandbox, text: str) -> None:
    assert judged(box, [text]) == [text]
    assert refused(
        'import "virtualization/libvirt.vcfg"\n'
        f"libvirt {{ enable = true, tls-priority = {json.dumps(text)} }}\n"
    ) == ["libvirt.tls-priority"]
