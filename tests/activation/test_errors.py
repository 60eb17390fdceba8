"""The disk says no: exit 5 or a refusal, nothing lost, and the next run finishes."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest

from .box import script_of, tree
from .crash import copy

if TYPE_CHECKING:
    from .box import Box

pytestmark = [pytest.mark.root, pytest.mark.slow]

SECOND: dict[str, Any] = {
    "files": {
        "/etc/one": {"text": "new\n", "mode": "0600"},
        "/etc/theirs": {"text": "ours\n"},
        "/srv/deep/er": {"text": "x\n", "owner": "500", "group": "500"},
    },
    "dirs": {"/var/lib/app": {"mode": "2750", "owner": "500"}},
    "links": {"/etc/link": {"target": "one"}},
    "users": {"app": {"uid": 500, "create-home": True, "home": "/srv/app"}},
    "groups": {"app": {"gid": 500}},
}
FIRST: dict[str, Any] = {"files": {"/etc/one": {"text": "old\n"}, "/etc/two": {"text": "2\n"}}}

CALLS = {
    "rename": "renameat2,rename,renameat",
    "write": "write",
    "mkdir": "mkdir,mkdirat",
    "chown": "fchownat,chown,lchown",
    "chmod": "fchmodat,chmod",
    "link": "symlink,symlinkat",
    "unlink": "unlinkat,unlink",
}


def prepared(box: Box) -> None:
    """A root with an earlier configuration and a file of somebody else."""
    (box.root / "etc").mkdir()
    (box.root / "etc/theirs").write_text("theirs\n")
    for name in ("passwd", "group"):
        (box.root / "etc" / name).write_text("")
    (box.root / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
    (box.root / "etc/group").write_text("root:x:0:\n")
    assert box.run(script_of(FIRST)).code == 0


def without_copies(box: Box) -> dict[str, str]:
    """The tree but for copies, of which a run that failed may have made more."""
    found = tree(box.root)
    return {path: said for path, said in found.items() if "vcfg/backup" not in path}


@pytest.mark.needs("strace")
@pytest.mark.parametrize("error", ["ENOSPC", "EIO", "EROFS"])
@pytest.mark.parametrize("call", sorted(CALLS))
def test_a_call_that_fails(box: Box, call: str, error: str) -> None:
    """The first one of each process, and a later one."""
    prepared(box)
    saved = box.folder / "saved"
    copy(box.root, saved)
    assert box.run(script_of(SECOND)).code == 0
    right = without_copies(box)
    kinds = set()
    for when in ("1", "2", "3+"):
        shutil.rmtree(box.root)
        copy(saved, box.root)
        script = box.script(script_of(SECOND))
        inject = f"inject={CALLS[call]}:error={error}:when={when}"
        trace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "signal=none", "-e", inject]
        only = ["-P", f"{box.root}/etc"] if call == "write" else []
        ran = box.command(*trace, *only, "dash", str(script), f"--root={box.root}")
        kinds.add(ran.code)
        assert ran.code in {0, 1, 3, 5, 6}, ran.err
        if ran.code in {1, 3}:
            assert (box.root / "etc/one").read_text() == "old\n"
        assert (box.root / "etc/one").read_text() in {"old\n", "new\n"}
        again = box.run(script_of(SECOND))
        assert again.code == 0, again.err
        assert without_copies(box) == right
        kept = [path.read_text() for path in (box.root / "var/lib/vcfg/backup").iterdir()]
        assert "theirs\n" in kept
    assert kinds & {3, 5} or call in {"write", "unlink"}
