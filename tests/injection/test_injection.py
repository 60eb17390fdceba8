"""Hostile text in every option of the library: it is refused where it stands, or stays text.

The options are found in the declarations, so a new one is tried by itself. Each text is tried
alone on a small host (`hosts.py`). A text that is taken has to mean what was written:
what independent readers (`readers.py`) find in everything that is emitted is what they
find with a harmless text, with the one in the place of the other, and nothing besides.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from .hosts import HOSTS
from .strings import hostile
from .trial import REFUSED, TEXTS, faults, harmless, places

MODULES = Path(__file__).parent.parent.parent / "modules"
LONG = ("hurd-vm", "libvirt by sockets")
# What `portable` is made into; its own options are tried.
APART = {"portable-runit", "portable-systemd"}


@pytest.mark.slow
@pytest.mark.parametrize(
    "host",
    [pytest.param(host, marks=pytest.mark.nightly if host in LONG else ()) for host in HOSTS],
)
def test_nothing_is_injected(host: str) -> None:
    found: list[str] = []
    untaken: dict[str, bool] = {}
    for place in places(host):
        known = harmless(host, place)
        untaken[place.name] = known[1] is None and untaken.get(place.name, True)
        found += faults(host, place, hostile(known[0]), known)
    assert not found, "\n".join(found)
    nowhere = [name for name, is_refused in untaken.items() if is_refused and not is_known(name)]
    assert not nowhere, f"HARMLESS has nothing for {nowhere}: there, everything is refused"


def is_known(name: str) -> bool:
    """Whether it is said why a place refuses everything."""
    return any(re.fullmatch(each, name) for each in (*REFUSED, *TEXTS))


def test_every_service_of_the_library_is_on_a_host() -> None:
    found = {
        name
        for file in MODULES.rglob("*.vcfg")
        if not file.stem.endswith("_test")
        for name in re.findall(r"^service ([a-z-]+)", file.read_text(), re.MULTILINE)
    }
    about = {name for host in HOSTS.values() for name in host.about}
    assert found - about == APART
