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


def many(count: int) -> dict[str, Any]:
    """Units of one's own, every third one disabled."""
    names = [f"many{at:03}.service" for at in range(count)]
    return {
        "files": {f"/etc/systemd/system/{name}": {"text": INSTALLED} for name in names},
        "units": {
            name: {"state": "disable" if at % 3 == 0 else "enable"} for at, name in enumerate(names)
        },
    }


@pytest.mark.parametrize("shell", SHELLS)
def test_many_units_are_asked_for_and_turned_together(box: Box, shell: tuple[str, ...]) -> None:
    """More than go into one call of systemctl, and back, beside one of a package."""
    box.shell = shell
    before = systemd(box)
    wanted = many(220)
    told = settle(box, script_of(wanted))
    assert told.count("enable unit many") == 220 - 74
    assert len(list((box.root / WANTS).iterdir())) == 220 - 74
    for unit in wanted["units"].values():
        unit["state"] = "disable" if unit["state"] == "enable" else "enable"
    settle(box, script_of(wanted))
    assert len(list((box.root / WANTS).iterdir())) == 74
    assert box.run(script_of(wanted), SKIP, "--uninstall").code == 0
    assert set(tree(box.root)) == before


@pytest.mark.parametrize("shell", SHELLS)
def test_one_unit_that_is_not_there_hides_no_other(box: Box, shell: tuple[str, ...]) -> None:
    """systemctl says nothing of units after one that it does not know."""
    box.shell = shell
    systemd(box)
    wanted = many(5)
    wanted["units"]["absent.service"] = {"state": "enable"}
    ran = box.run(script_of(wanted), SKIP, "--packages=check")
    assert (ran.code, ran.out.count("enable unit")) == (0, 3)
    assert ran.err == (
        "activate: there is no unit absent.service here; it is enabled when its package brings it\n"
    )
    assert len(list((box.root / WANTS).iterdir())) == 3
    assert box.run(script_of(wanted), SKIP).out == "nothing to do\n"


@pytest.mark.parametrize("shell", SHELLS)
def test_one_unit_that_cannot_be_enabled_holds_up_no_other(
    box: Box, shell: tuple[str, ...]
) -> None:
    """systemctl enables none where it cannot enable one; only that one failed."""
    box.shell = shell
    systemd(box)
    wanted = many(5)
    text = f"{PLAIN}[Install]\nAlias=other.socket\n"
    wanted["files"]["/etc/systemd/system/many002.service"]["text"] = text
    ran = box.run(script_of(wanted), SKIP)
    assert ran.code == 6
    assert "activate: systemctl enable many002.service\n" in ran.err
    assert {path.name for path in (box.root / WANTS).iterdir()} == {
        "many001.service",
        "many004.service",
    }
    assert ran.err.count("systemctl") == 1


def test_units_of_packages_become_what_they_were_together(box: Box) -> None:
    """Those that nobody has a wish about any more, and one that somebody changed meanwhile."""
    systemd(box)
    units = box.root / "usr/lib/systemd/system"
    units.mkdir(parents=True)
    names = [f"p{at}.service" for at in range(4)]
    for name in names:
        (units / name).write_text(INSTALLED)
    wants = box.root / WANTS
    wants.mkdir()
    (wants / "p0.service").symlink_to("/usr/lib/systemd/system/p0.service")
    states = dict(zip(names, ("disable", "enable", "enable", "enable"), strict=True))
    settle(box, script_of({"units": {name: {"state": state} for name, state in states.items()}}))
    (wants / "p3.service").unlink()
    ran = box.run(script_of({"units": {"p2.service": {"state": "enable"}}}), SKIP)
    assert [line for line in ran.out.splitlines() if line.startswith("give back")] == [
        "give back: enable unit p0.service",
        "give back: disable unit p1.service",
    ]
    assert {path.name for path in wants.iterdir()} == {"p0.service", "p2.service"}
