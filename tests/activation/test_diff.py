"""`--diff`: what comes and what goes, of files, links and accounts, and never a secret.

And what `--quiet` and `--verbose` make of what is said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from .box import SHELLS, script_of, tree
from .test_uninstall import GOES, furnish, put

if TYPE_CHECKING:
    from .box import Box

SKIP = "--ownership=skip"
HASH = "$6$salt$thehash"


@pytest.mark.parametrize("shell", SHELLS)
def test_what_comes_and_what_goes(box: Box, shell: tuple[str, ...]) -> None:
    """The diff of busybox wants a /tmp that it can write, which is not to be had here."""
    box.shell = shell
    shown = shell[0] != "busybox"
    furnish(box.root)
    coming = box.run(script_of(GOES), SKIP, "--diff")
    assert coming.code == 2
    for line in (
        "+1" if shown else "/etc/one: content differs (diff cannot show how)",
        "+/etc/link -> one",
        "-/etc/was-link -> ../nowhere: at all",
        "+x" if shown else "/etc/was-link: content differs (diff cannot show how)",
        "-theirs too",
        "/etc/taken: content differs (what is there is not for everybody to read)",
    ):
        assert line in coming.out.splitlines()
    assert "-theirs\n" not in coming.out
    assert box.run(script_of(GOES), SKIP).code == 0
    before = tree(box.root, times=True)
    going = box.run(script_of(GOES), SKIP, "--uninstall", "--diff")
    assert going.code == 2
    for line in (
        "-1",
        "-/etc/link -> one",
        "+/etc/was-link -> ../nowhere: at all",
        "-x",
        "+theirs too" if shown else "/etc/gone: content differs (diff cannot show how)",
        "/etc/taken: content differs (what comes back is not for everybody to read)",
    ):
        assert line in going.out.splitlines(), going.out
    assert tree(box.root, times=True) == before


def test_no_secret_of_an_earlier_configuration_is_shown(box: Box) -> None:
    """Its script no longer says which file was one; its mode does."""
    key: dict[str, Any] = {"/etc/key": {"text": {"secret": {"command": ["echo", "hush"]}}}}
    key["/etc/key"]["mode"] = "0600"
    assert box.run(script_of({"files": key}), SKIP).code == 0
    for wanted in ({}, {"files": {"/etc/key": {"text": "no secret\n"}}}):
        ran = box.run(script_of(wanted), SKIP, "--diff")
        assert ran.code == 2
        assert "hush" not in ran.out
        assert "/etc/key: content differs" in ran.out


@pytest.mark.root
def test_accounts(box: Box) -> None:
    put(box.root / "etc/passwd", "root:x:0:0:root:/root:/bin/sh\nold:oldhash:7:7::/:/bin/sh\n")
    put(box.root / "etc/group", "root:x:0:\nold:x:7:\n")
    put(box.root / "etc/shadow", "root:*:::::::\n", 0o640)
    wanted = {
        "users": {
            "app": {"password": {"secret": {"command": ["echo", HASH]}}},
            "old": {"shell": "/bin/bash"},
        },
        "groups": {"app": {"gid": 500, "members": ["old"]}, "old": {}},
    }
    ran = box.run(script_of(wanted), "--diff")
    assert ran.code == 2, ran.err
    lines = ran.out.splitlines()
    assert "+app:x:500:old" in lines
    assert "-old:(password):7:7::/:/bin/sh" in lines
    assert "+old:(password):7:7::/:/bin/bash" in lines
    assert "/etc/shadow: an entry of app is added" in lines
    assert "oldhash" not in ran.out
    assert HASH not in ran.out


def test_binary_contents_are_not_shown(box: Box) -> None:
    (box.root / "etc").mkdir()
    (box.root / "etc/one").write_bytes(b"\0\1\2")
    (box.root / "etc/one").chmod(0o644)
    ran = box.run(script_of({"files": {"/etc/one": {"text": "1\n"}}}), SKIP, "--diff")
    assert ran.code == 2
    assert "Binary files /etc/one and /etc/one differ" in ran.out
    assert "\0" not in ran.out


def test_quiet_and_verbose(box: Box) -> None:
    put(box.root / "etc/same", "same\n")
    secret = {"secret": {"command": ["printf", "hu%s", "sh"]}}
    script = script_of({"files": {"/etc/same": {"text": "same\n"}, "/etc/key": {"text": secret}}})
    for words in (["--check"], ["--diff"]):
        ran = box.run(script, SKIP, "--quiet", *words)
        assert (ran.code, ran.out, ran.err) == (2, "", "")
    ran = box.run(script, SKIP, "--verbose")
    assert ran.code == 0
    said = ran.err.splitlines()
    assert "activate: looking at /etc" in said
    assert "activate: /etc/same was there before; it is left one day as it is now" in said
    assert "activate: this script is generation 1" in said
    assert any(line.startswith("activate: reading the secret ") for line in said)
    assert "hush" not in ran.err


def test_a_mode_alone_is_no_difference_of_contents(box: Box) -> None:
    script = script_of({"files": {"/etc/one": {"text": "1\n"}}})
    assert box.run(script, SKIP).code == 0
    (box.root / "etc/one").chmod(0o600)
    assert box.run(script, SKIP, "--diff").out == "owner or mode /etc/one\n1 change pending\n"
