"""The file for systemd-sysusers: the same accounts, and nothing to do where they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from evaluator.emit.builders.sysusers import sysusers_text
from tests.activation.box import Box, plan_of, script_of, tree

if TYPE_CHECKING:
    from pathlib import Path

ACTIVATION: dict[str, Any] = {
    "groups": {"gnt": {"gid": 641}, "kvm": {"members": ["ana"]}, "people": {"gid": 20001}},
    "users": {
        "gnt": {"uid": 641, "comment": 'say "%u" \\ $x', "home": "/srv/a b", "groups": ["kvm"]},
        "ana": {"uid": 20000, "group": "people", "shell": "/bin/sh", "system": False},
        "libvirt-qemu": {"groups": ["gnt"]},
        "root": {"shell": "/bin/sh", "group": "root"},
    },
    "foreign-users": ["libvirt-qemu", "root"],
    "foreign-groups": ["kvm"],
}


def test_every_account_that_is_ours_has_a_line() -> None:
    assert sysusers_text(plan_of(ACTIVATION)).splitlines()[1:] == [
        "g gnt 641",
        "g people 20001",
        'u ana 20000:people - "/nonexistent" "/bin/sh"',
        'u gnt 641:gnt "say \\"%%u\\" \\\\ $x" "/srv/a b" -',
        "m libvirt-qemu gnt",
        "m ana kvm",
        "m gnt kvm",
    ]


@pytest.mark.root
@pytest.mark.needs("systemd-sysusers", package="systemd")
def test_systemd_makes_the_same_and_changes_nothing_afterwards(tmp_path: Path) -> None:
    numbered = {key: value for key, value in ACTIVATION.items() if key in ("users", "groups")}
    numbered["users"] = {name: numbered["users"][name] for name in ("gnt", "ana")}
    folder = tmp_path / "usr/lib/sysusers.d"
    boxes = []
    for name in ("ours", "theirs"):
        (tmp_path / name).mkdir()
        box = Box(tmp_path / name)
        folder = box.root / "usr/lib/sysusers.d"
        folder.mkdir(parents=True)
        (box.root / "etc").mkdir()
        (box.root / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
        (box.root / "etc/group").write_text("root:x:0:\nkvm:x:104:\n")
        (folder / "vcfg.conf").write_text(sysusers_text(plan_of(numbered)))
        boxes.append(box)
    ours, theirs = boxes
    done = theirs.command("systemd-sysusers", f"--root={theirs.root}")
    assert done.code == 0, done.err
    assert ours.run(script_of(numbered)).code == 0
    for name in ("passwd", "group"):
        lines = [sorted((box.root / "etc" / name).read_text().split()) for box in boxes]
        names = [{line.split(":")[0] for line in each} for each in lines]
        assert names[0] <= names[1] | {"-"}, name
    mine = {line.split(":")[0]: line for line in (ours.root / "etc/passwd").read_text().split("\n")}
    other = {
        line.split(":")[0]: line for line in (theirs.root / "etc/passwd").read_text().split("\n")
    }
    # systemd has no way to write a quotation mark into a comment that it then keeps
    assert mine["ana"].split(":")[2:4] == other["ana"].split(":")[2:4] == ["20000", "20001"]
    assert mine["gnt"].split(":")[2:4] == other["gnt"].split(":")[2:4] == ["641", "641"]
    for name in ("ana", "gnt"):
        assert mine[name].split(":")[5:] == other[name].split(":")[5:]
    before = tree(ours.root)
    done = ours.command("systemd-sysusers", f"--root={ours.root}")
    after = {path: facts for path, facts in tree(ours.root).items() if path != "etc/.pwd.lock"}
    assert (done.code, after) == (0, before), done.err
