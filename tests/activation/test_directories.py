"""Directories that a configuration asks for no more: those behind links of somebody else go as
well, and one that only holds something looks as if nobody had ever spoken of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from .box import SHELLS, facts, script_of, tree, watched

if TYPE_CHECKING:
    from .box import Box

pytestmark = pytest.mark.root

NOTHING: dict[str, Any] = {}

# where links lead, and what is wanted behind them
PLACES: dict[str, tuple[dict[str, str], dict[str, Any]]] = {
    "a directory deep below it": (
        {"etc/by": "nowhere"},
        {"dirs": {"/etc/by/a/b": {}}},
    ),
    "the link itself": (
        {"etc/by": "nowhere"},
        {"dirs": {"/etc/by": {"mode": "0750"}}},
    ),
    "several are missing": (
        {"etc/by": "./one//two/./three/"},
        {"files": {"/etc/by/file": {"text": "x\n"}}},
    ),
    "the place is sorted before the link": (
        {"etc/by": "../etc/a/b"},
        {"files": {"/etc/by/file": {"text": "x\n"}}, "dirs": {"/etc/by/c": {}}},
    ),
    "a link below a link": (
        {"etc/by": "other", "etc/other": "z/y"},
        {"files": {"/etc/by/deep/file": {"text": "x\n"}}},
    ),
    "the place is named, too": (
        {"etc/by": "a"},
        {"files": {"/etc/a/file": {"text": "x\n"}, "/etc/by/other": {"text": "x\n"}}},
    ),
    "two links lead there": (
        {"etc/by": "z/y", "etc/other": "z/w"},
        {"files": {"/etc/by/file": {"text": "x\n"}, "/etc/other/file": {"text": "x\n"}}},
    ),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("shell", SHELLS)
def test_what_was_made_behind_a_link_goes(box: Box, shell: tuple[str, ...], place: str) -> None:
    links, wanted = PLACES[place]
    box.shell = shell
    (box.root / "etc").mkdir()
    for path, target in links.items():
        (box.root / path).symlink_to(target)
    empty = tree(box.root)
    script = script_of(wanted)
    assert box.run(script).code == 0
    made = tree(box.root, times=True)
    assert box.run(script).out == "nothing to do\n"
    assert box.run(script, "--verify").code == 0
    assert tree(box.root, times=True) == made
    assert box.run(script_of(NOTHING)).code == 0
    assert box.run(script_of(NOTHING)).out == "nothing to do\n"
    assert [path for path in tree(box.root) if not path.startswith("var")] == list(empty)
    assert box.run(script).code == 0
    assert box.run(script, "--uninstall").code == 0
    assert tree(box.root) == empty


def test_what_others_put_there_stays(box: Box) -> None:
    (box.root / "etc").mkdir()
    (box.root / "etc/by").symlink_to("nowhere")
    script = script_of({"files": {"/etc/by/deep/file": {"text": "x\n"}}})
    assert box.run(script).code == 0
    (box.root / "etc/nowhere/theirs").write_text("x")
    ran = box.run(script, "--uninstall")
    assert (ran.code, "not empty, stays: directory /etc/nowhere" in ran.out + ran.err) == (0, True)
    assert sorted(path for path in tree(box.root) if "nowhere" in path) == [
        "etc/nowhere",
        "etc/nowhere/theirs",
    ]


@pytest.mark.parametrize("shell", SHELLS)
def test_a_directory_that_only_holds_something_now(box: Box, shell: tuple[str, ...]) -> None:
    box.shell = shell
    (box.root / "srv/theirs").mkdir(parents=True)
    (box.root / "srv/theirs").chmod(0o750)
    empty = tree(box.root)
    look = {"mode": "2775", "group": "4711"}
    declared = script_of({"dirs": {"/srv/theirs": look, "/srv/ours": look}})
    files = {f"/srv/{name}/file": {"text": "x\n"} for name in ("theirs", "ours")}
    holding = script_of({"files": files})
    for _ in range(2):
        assert box.run(declared).code == 0
        assert tree(box.root)["srv/theirs"] == "drwxrwsr-x 0:4711"
        assert box.run(holding).out.startswith(
            "give back owner and mode of /srv/ours\ngive back owner and mode of /srv/theirs\n"
        )
        assert box.run(holding).out == "nothing to do\n"
        now = tree(box.root)
        assert now["srv/theirs"] == "drwxr-x--- 0:0"
        assert now["srv/ours"] == "drwxr-xr-x 0:0"
    assert box.run(declared).code == 0
    assert box.run(declared, "--uninstall").code == 0
    assert tree(box.root) == empty


def test_a_directory_that_somebody_gave_away_stays_theirs(box: Box) -> None:
    declared = script_of({"dirs": {"/srv/ours": {"mode": "2775"}}})
    assert box.run(declared).code == 0
    (box.root / "srv/ours").chmod(0o711)
    assert box.run(script_of({"files": {"/srv/ours/file": {"text": "x\n"}}})).code == 0
    assert tree(box.root)["srv/ours"] == "drwx--x--x 0:0"


def test_two_names_of_one_directory(box: Box) -> None:
    """Made by the one, filled by the other, it only holds something; then it goes."""
    (box.root / "etc/a").mkdir(parents=True)
    (box.root / "etc/a/up").symlink_to("..")
    empty = tree(box.root)
    look = {"mode": "1777", "group": "4711"}
    assert box.run(script_of({"dirs": {"/etc/a/up/b": look}})).code == 0
    other = script_of({"dirs": {"/etc/b/c": {}}})
    ran = box.run(other)
    assert "remove directory" not in ran.out
    assert tree(box.root)["etc/b"] == "drwxr-xr-x 0:0"
    assert box.run(other).out == "nothing to do\n"
    assert box.run(other, "--uninstall").code == 0
    assert tree(box.root) == empty


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("target", ["elsewhere", "nowhere"])
def test_a_link_of_ours_by_another_name_gives_way(
    box: Box, shell: tuple[str, ...], target: str
) -> None:
    """It was called /lib/x, lies in /usr/lib, and is wanted as a directory there."""
    box.shell = shell
    (box.root / "usr/lib/elsewhere").mkdir(parents=True)
    (box.root / "usr/lib/elsewhere").chmod(0o700)
    (box.root / "lib").symlink_to("usr/lib")
    empty = tree(box.root, memory=False)
    link = script_of({"links": {"/lib/x": {"target": target}}})
    wishes: list[dict[str, Any]] = [
        {"dirs": {"/usr/lib/x": {"mode": "0750"}}},
        {"files": {"/usr/lib/x/file": {"text": "x\n"}}},
    ]
    for wanted in wishes:
        assert box.run(link).code == 0
        script = script_of(wanted)
        checked = box.run(script, "--check")
        assert "replace by a directory /usr/lib/x\n" in checked.out, checked.err
        ran = box.run(script)
        assert (ran.code, ran.out.count("\n")) == (0, checked.out.count("\n")), ran.err
        made = box.root / "usr/lib/x"
        assert made.is_dir()
        assert not made.is_symlink()
        assert facts(box.root / "usr/lib/elsewhere").startswith("drwx------")
        assert not (box.root / "usr/lib/nowhere").exists()
        assert box.run(script).out == "nothing to do\n"
        assert box.run(script, "--verify").code == 0
        assert box.run(script_of(NOTHING)).code == 0
        found = tree(box.root, memory=False)
        assert {path for path in found if not path.startswith("var")} == set(empty)


def test_a_link_of_somebody_else_is_still_followed(box: Box) -> None:
    (box.root / "usr/lib/elsewhere").mkdir(parents=True)
    (box.root / "lib").symlink_to("usr/lib")
    assert box.run(script_of({"links": {"/lib/x": {"target": "nowhere"}}})).code == 0
    (box.root / "usr/lib/x").unlink()
    (box.root / "usr/lib/x").symlink_to("elsewhere")
    assert box.run(script_of({"dirs": {"/usr/lib/x": {"mode": "0750"}}})).code == 0
    assert (box.root / "usr/lib/x").is_symlink()


SHARED = {"mode": "2775", "group": "4711"}
FILE = {"text": "x\n"}

# what is there, by its mode; what was wanted before, what is wanted now
HANDED_DOWN: dict[str, tuple[dict[str, int], dict[str, Any], dict[str, Any]]] = {
    "below one of others": ({"srv": 0o2775}, NOTHING, {"files": {"/srv/a/b/file": FILE}}),
    "in the place of a file of ours": (
        {"srv": 0o2775},
        {"files": {"/srv/a": FILE}},
        {"files": {"/srv/a/b/file": FILE}},
    ),
    "in the place of a link of ours": (
        {"srv": 0o2775},
        {"links": {"/srv/a": {"target": "b"}}},
        {"dirs": {"/srv/a/b/c": {}}},
    ),
    "below one that is made": (
        {"srv": 0o755},
        NOTHING,
        {"dirs": {"/srv/a": SHARED}, "files": {"/srv/a/b/file": FILE}},
    ),
    "below one that is made in the place of a file": (
        {"srv": 0o755},
        {"files": {"/srv/a": FILE}},
        {"dirs": {"/srv/a": SHARED}, "files": {"/srv/a/b/file": FILE}},
    ),
    "below one that gets the bit": (
        {"srv": 0o755},
        NOTHING,
        {"dirs": {"/srv": SHARED}, "files": {"/srv/a/b/file": FILE}},
    ),
    "below one that gets it back": (
        {"srv": 0o2775},
        {"dirs": {"/srv": {"mode": "0755"}}},
        {"files": {"/srv/a/b/file": FILE}},
    ),
    "through a link of others": (
        {"srv": 0o755},
        NOTHING,
        {"dirs": {"/srv/a": SHARED}, "files": {"/by/c/file": FILE}},
    ),
}


@pytest.mark.parametrize("case", HANDED_DOWN)
@pytest.mark.parametrize("shell", SHELLS)
def test_where_groups_are_handed_down(box: Box, shell: tuple[str, ...], case: str) -> None:
    """What is made there is root's as everywhere, and a kill could leave nothing behind."""
    assert watched(script_of(NOTHING)) != script_of(NOTHING)  # which is what every run is asked
    there, before, now = HANDED_DOWN[case]
    box.shell = shell
    for path, mode in there.items():
        (box.root / path).mkdir()
        (box.root / path).chmod(mode)
    (box.root / "by").symlink_to("srv/a/b")
    empty = tree(box.root)
    assert box.run(script_of(before)).code == 0
    ran = box.run(script_of(now))
    assert (ran.code, ran.err) == (0, "")
    assert tree(box.root)["srv/a/b"] == "drwxr-xr-x 0:0"
    assert box.run(script_of(now), "--uninstall").code == 0
    assert tree(box.root) == empty
