"""Units that `systemctl` enables: of packages, and of files that the same run brings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from .box import SHELLS, script_of, tree
from .test_crash import STATE

if TYPE_CHECKING:
    from .box import Box

pytestmark = pytest.mark.needs("systemctl", package="systemd")

SKIP = "--ownership=skip"
PLAIN = "[Service]\nExecStart=/bin/true\n"
INSTALLED = f"{PLAIN}[Install]\n#Alias=no.service\nWantedBy=multi-user.target\n"
OWN = "/etc/systemd/system/own.service"
WANTS = "etc/systemd/system/multi-user.target.wants"


def systemd(box: Box) -> set[str]:
    """A root with the directories of its package; the paths in it."""
    (box.root / "etc/systemd/system").mkdir(parents=True)
    return set(tree(box.root))


def enabled(name: str, files: dict[str, str]) -> dict[str, Any]:
    """A unit that is wanted, and files."""
    return {
        "files": {path: {"text": text} for path, text in files.items()},
        "units": {name: {"state": "enable"}},
    }


def settle(box: Box, script: str) -> str:
    """What a run says; the next one has nothing to do."""
    checked = box.run(script, SKIP, "--check")
    ran = box.run(script, SKIP)
    assert (checked.code, ran.code) == (2, 0), ran.err
    assert checked.out.splitlines()[:-1] == ran.out.splitlines()[:-1]
    before = tree(box.root, times=True)
    assert box.run(script, SKIP).out == "nothing to do\n"
    assert tree(box.root, times=True) == before
    assert box.run(script, SKIP, "--verify").code == 0
    return ran.out


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    ("name", "file"), [("own.service", "own.service"), ("own@a.service", "own@.service")]
)
def test_a_unit_of_ours_is_enabled_with_its_file(
    box: Box, shell: tuple[str, ...], name: str, file: str
) -> None:
    box.shell = shell
    before = systemd(box)
    script = script_of(enabled(name, {f"/etc/systemd/system/{file}": INSTALLED}))
    assert f"enable unit {name}\n" in settle(box, script)
    assert (box.root / WANTS / name).is_symlink()
    assert f"unit\t{name}\tenable\tdisabled\n" in (box.root / STATE).read_text()
    assert box.run(script_of({}), SKIP).code == 0
    assert set(tree(box.root, memory=False)) == before | {"var", "var/lib"}


@pytest.mark.parametrize("shell", SHELLS)
def test_uninstalled_no_link_is_left(box: Box, shell: tuple[str, ...]) -> None:
    """Of a unit that was enabled by `systemctl`, when its file goes."""
    box.shell = shell
    before = systemd(box)
    script = script_of(enabled("own.service", {OWN: INSTALLED}))
    settle(box, script)
    assert box.run(script, SKIP, "--uninstall").code == 0
    assert set(tree(box.root)) == before


def test_a_unit_whose_new_file_says_where_to_install_it(box: Box) -> None:
    assert "enable unit" not in settle(box, script_of(enabled("own.service", {OWN: PLAIN})))
    assert not (box.root / WANTS).exists()
    script = script_of(enabled("own.service", {OWN: INSTALLED}))
    assert "enable unit own.service\n" in settle(box, script)
    assert box.run(script_of({}), SKIP).code == 0
    assert not (box.root / WANTS).exists()


def test_a_file_that_is_not_read_says_nothing(box: Box) -> None:
    """The one in /etc is before that of a package."""
    files = {OWN: PLAIN, "/usr/lib/systemd/system/own.service": INSTALLED}
    assert "enable unit" not in settle(box, script_of(enabled("own.service", files)))


def test_a_unit_that_only_enables_others_is_enabled_once(box: Box) -> None:
    """systemctl calls it `indirect` before and afterwards."""
    units = box.root / "usr/lib/systemd/system"
    units.mkdir(parents=True)
    (units / "a.service").write_text(f"{PLAIN}[Install]\nAlso=a.socket\n")
    socket = "[Socket]\nListenStream=/x\n[Install]\nWantedBy=sockets.target\n"
    (units / "a.socket").write_text(socket)
    assert "enable unit a.service\n" in settle(box, script_of(enabled("a.service", {})))
    assert (box.root / "etc/systemd/system/sockets.target.wants/a.socket").is_symlink()
    changed = settle(box, script_of(enabled("a.service", {"/etc/x": "x\n"})))
    assert "enable unit" not in changed
