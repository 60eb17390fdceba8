"""`activate` on a real Debian root: both targets, twice, and its look at the packages."""

from __future__ import annotations

import hashlib
import os
import stat
from typing import TYPE_CHECKING

import pytest

from .conftest import CONFIGURATIONS
from .sandbox import TARGET, Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .conftest import Applied


@pytest.fixture(params=list(CONFIGURATIONS))
def applied(request: pytest.FixtureRequest, applied_root: Callable[[str], Applied]) -> Applied:
    """Each configuration in turn."""
    return applied_root(request.param)


def changed_tree(upper: Path) -> dict[str, str]:
    """What an overlay's upper directory holds: kind, mode, owner, content of every path."""
    tree = {}
    for folder, directories, files in os.walk(upper):
        for name in (*directories, *files):
            path = os.path.join(folder, name)
            state = os.lstat(path)
            if stat.S_ISREG(state.st_mode):
                with open(path, "rb") as stream:
                    content = hashlib.sha256(stream.read()).hexdigest()
            elif stat.S_ISLNK(state.st_mode):
                content = os.readlink(path)
            else:
                content = f"{state.st_rdev}"
            kind = stat.filemode(state.st_mode)
            short = os.path.relpath(path, upper)
            tree[short] = f"{kind} {state.st_uid}:{state.st_gid} {content}"
    return tree


def test_second_run_has_nothing_to_do(applied: Applied) -> None:
    """It says so, and no file, not even a time stamp, is another afterwards."""
    assert "nothing to do" not in applied.first.out
    assert "nothing to do" in applied.second.out
    assert applied.second_run_changed == []


def test_inside_gives_the_same_root(
    applied: Applied, debian_root: Path, change_directory: Callable[[], Path]
) -> None:
    """A builder that has already chrooted gets byte for byte what `--root=` gives."""
    change = change_directory()
    with Sandbox([debian_root], target=change, lower=[debian_root]) as builder:
        # a file: what comes through a pipe cannot be kept, to go back to
        builder.put(f"{TARGET}/var/lib/activate", applied.outputs.activate)
        builder.run(f"chroot {TARGET} sh /var/lib/activate --inside --packages=check")
        builder.run(f"rm {TARGET}/var/lib/activate")
    assert changed_tree(change / "upper") == changed_tree(applied.layers[0])


def test_settled_root_has_nothing_pending(applied: Applied) -> None:
    """Seen from inside, `--check` finds nothing to change."""
    with applied.sandbox() as box:
        box.put("/tmp/activate", applied.outputs.activate)
        box.run("sh /tmp/activate --inside --check")


def test_packages_are_checked(
    applied_root: Callable[[str], Applied], debian_root: Path, change_directory: Callable[[], Path]
) -> None:
    """With a package gone the script names it, exits 3 and changes nothing."""
    outputs = applied_root("libvirt-tls").outputs
    assert "libvirt-clients" in outputs.packages
    change = change_directory()
    with Sandbox([debian_root], target=change, lower=[debian_root]) as builder:
        builder.run(f"dpkg --root={TARGET} --force-depends --remove libvirt-clients")
        before = changed_tree(change / "upper")
        builder.put("/tmp/activate", outputs.activate)
        refused = builder.run(f"sh /tmp/activate --root={TARGET} --packages=check", check=False)
        assert refused.code == 3
        assert "libvirt-clients" in refused.err
        assert changed_tree(change / "upper") == before
