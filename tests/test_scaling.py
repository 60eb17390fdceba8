"""The work of a check grows with what is written, not with its square.

Calls are counted, not seconds: the count is the same on every machine.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import RunVcfg

FEW, MANY = 40, 160


def text(count: int) -> str:
    """Many contributions to one text."""
    return 'option l: text = ""\n' + 'l = "i"\n' * count


def lists(count: int) -> str:
    """Many contributions to one list."""
    lines = [f'l = ["i{each}"]\n' for each in range(count)]
    return "option l: list(string) = []\n" + "".join(lines)


def hosts(count: int) -> str:
    """Many hosts."""
    return "option x: int = 0\n" + "".join(
        [f"host h{each} {{ x = {each} }}\n" for each in range(count)]
    )


def forced(count: int) -> str:
    """Many hosts with a lint about each."""
    return "option x: int = 0\n" + "".join(
        [f"host h{each} {{ force x = {each} }}\n" for each in range(count)]
    )


def chain(count: int) -> str:
    """Hosts of which each looks at the one before."""
    return "option x: int = 0\nhost h0 {}\n" + "".join(
        [f"host h{each} {{ x = hosts.h{each - 1}.x + 1 }}\n" for each in range(1, count)]
    )


@pytest.mark.parametrize("written", [text, lists, hosts, forced, chain])
def test_four_times_as_much_is_about_four_times_the_work(
    written: Callable[[int], str],
    vcfg: RunVcfg,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("VCFG_CACHE", "off")  # what is known from the run before is no work
    counts = []
    for size in (FEW, FEW, MANY):  # the first run imports modules
        main = tmp_path / f"main{size}.vcfg"
        main.write_text(written(size))
        counts.append(calls_of(lambda main=main: vcfg("check", main)))  # type: ignore[misc]
    assert counts[2] < 5 * counts[1], counts


def calls_of(run: Callable[[], Any]) -> int:
    """How many functions a run calls."""
    count = 0

    def counted(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        run()
    finally:
        sys.setprofile(None)
    return count
