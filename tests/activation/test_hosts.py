"""Whose root it is: a script of another host changes nothing, unless the new name is accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from evaluator.emit.activate import render_activate

from .box import SHELLS, plan_of, script_of, tree

if TYPE_CHECKING:
    from .box import Box

SKIP = "--ownership=skip"
ONE: dict[str, Any] = {"files": {"/etc/one": {"text": "1\n"}}}
TWO: dict[str, Any] = {"files": {"/etc/two": {"text": "2\n"}}}
MODES = [
    (),
    ("--check",),
    ("--diff",),
    ("--uninstall",),
    ("--uninstall", "--check"),
    ("--rollback",),
    ("--packages=install",),
]


@pytest.mark.parametrize("shell", SHELLS)
def test_a_root_of_another_host_is_refused(box: Box, shell: tuple[str, ...]) -> None:
    """A fleet brings the wrong script to an image as soon as to a machine."""
    box.shell = shell
    assert box.run(script_of(ONE, "hv1"), SKIP).code == 0
    # a second generation, so that there is a way back
    assert box.run(render_activate(plan_of(ONE, "hv1") | {"input": "2"}), SKIP).code == 0
    before = tree(box.root, times=True)
    other = script_of(TWO, "hv2")
    for words in MODES:
        ran = box.run(other, SKIP, *words)
        assert ran.code == 3, words
        assert "this root was set up as another host, hv1; this script is for hv2" in ran.err
        assert ran.out == ""
        assert tree(box.root, times=True) == before
    # what only tells of the root is the same for every script
    assert box.run(other, SKIP, "--verify").code == 0
    assert box.run(other, SKIP, "--generations").code == 0
    assert box.run(other, SKIP, "--check", "--rename").code == 2
    assert box.run(other, SKIP, "--rename").code == 0
    assert box.run(other, SKIP).code == 0
    assert box.run(script_of(ONE, "hv1"), SKIP).code == 3


def test_packages_are_not_installed_for_another_host(box: Box) -> None:
    """The root is looked at first: they would come before everything else."""
    assert box.run(script_of(ONE, "hv1"), SKIP).code == 0
    dpkg = box.root / "var/lib/dpkg"
    dpkg.mkdir(parents=True)
    (dpkg / "status").write_text("")
    ran = box.run(script_of({"packages": ["hello"]}, "hv2"), SKIP, "--packages=install")
    assert (ran.code, ran.out) == (3, "")
    assert "another host" in ran.err


def test_an_image_without_a_name_becomes_anybody(box: Box) -> None:
    """What all hosts have in common, for an image that is copied; with a name it is one host's."""
    assert box.run(script_of(ONE, ""), SKIP).code == 0
    assert box.run(script_of(TWO, "hv2"), SKIP).code == 0
    ran = box.run(script_of(ONE, ""), SKIP)
    assert ran.code == 3
    assert "another host, hv2; this script is for none by name" in ran.err


def test_a_run_that_died_tells_its_host(box: Box) -> None:
    """A fresh root has no state yet, and one that is renamed has that of its old name."""
    (box.root / "stop").mkdir()
    stopped = {"snippets": {"stop": {"text": "[ ! -e $VCFG_ROOT/stop ]\n", "phase": "files"}}}
    assert box.run(script_of({**ONE, **stopped}, "hv1"), SKIP).code == 5
    assert box.run(script_of(TWO, "hv2"), SKIP).code == 3
    assert box.run(script_of({**TWO, **stopped}, "hv2"), SKIP, "--rename").code == 5
    (box.root / "stop").rmdir()
    assert box.run(script_of({**TWO, **stopped}, "hv2"), SKIP).code == 0
    assert not (box.root / "etc/one").exists()


def test_a_rename_that_died_goes_either_way(box: Box) -> None:
    """The name that was accepted is, and what was there can come back."""
    stopped = {"snippets": {"stop": {"text": "exit 1\n", "phase": "files"}}}
    assert box.run(script_of(ONE, "hv1"), SKIP).code == 0
    for script in (script_of(TWO, "hv2"), script_of(ONE, "hv1")):
        assert box.run(script_of({**TWO, **stopped}, "hv2"), SKIP, "--rename").code == 5
        assert box.run(script, SKIP).code == 0
        assert box.run(script_of(ONE, "hv1"), SKIP, "--rename").code == 0
