"""One configuration, one root, every way to bring one to the other: the same tree."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.activation.box import Box

from .carriers import WAYS, apply, result

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.root, pytest.mark.needs("bwrap", package="bubblewrap")]


@pytest.fixture(scope="module")
def wanted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    box = Box(tmp_path_factory.mktemp("wanted"))
    box.root.mkdir()
    apply(box, "root")
    return result(box.root)


@pytest.mark.parametrize("way", sorted(set(WAYS) - {"tree"}))
def test_the_same_tree_and_memory(way: str, wanted: dict[str, str], tmp_path: Path) -> None:
    assert brought(way, tmp_path) == wanted


def test_an_unpacked_tree_differs_in_memory_only(wanted: dict[str, str], tmp_path: Path) -> None:
    found = brought("tree", tmp_path)
    # What it was unpacked over is gone, so there is no copy of it; and nobody knows any more
    # which directories were missing, so none of them is ours to take away.
    generation = "var/lib/vcfg/generations/1/state"
    memory = ("var/lib/vcfg/backup", "var/lib/vcfg/state", "state", generation)
    assert without(found, memory) == without(wanted, memory)
    assert found["state"] == re.sub(
        r"(?m)^own\tp\t.*\n|(?<=\t)made(?=\t/)",
        lambda match: "" if match[0].startswith("own") else "-",
        wanted["state"],
    )


def brought(way: str, folder: Path) -> dict[str, str]:
    box = Box(folder)
    box.root.mkdir()
    apply(box, way)
    return result(box.root)


def without(found: dict[str, str], names: tuple[str, ...]) -> dict[str, str]:
    return {name: fact for name, fact in found.items() if not name.startswith(names)}
