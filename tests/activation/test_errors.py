"""The disk says no: exit 5 or a refusal, nothing lost, and the next run finishes."""

from __future__ import annotations

import hashlib
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
    "mkdir": "mkdir,mkdirat",
    "chown": "fchownat,chown,lchown",
    "chmod": "fchmodat,chmod",
    "link": "symlink,symlinkat",
    "unlink": "unlinkat,unlink",
    "flush": "syncfs",
}
NOT_MET = -1
WAYS = {"open": "openat", "write": "write,copy_file_range"}
COPY = hashlib.sha256(b"theirs\n").hexdigest()
MEMORY = ["pending.tmp", "changed", "backup.index.tmp", f"backup/{COPY}.tmp", "state.tmp"]
GENERATIONS = ["next/activate", "next/sum", "current.tmp"]
# Each that a run writes, and the directory from which it does.
WRITTEN = {
    **{f"var/lib/vcfg/{name}": "var/lib/vcfg" for name in MEMORY},
    **{f"etc/.vcfg-stage/{name}": "etc" for name in ("group", "passwd", "passwd-", "pid")},
    "etc/.vcfg-stage/one": "etc/.vcfg-stage",
    "srv/deep/.vcfg-stage/er": "srv/deep/.vcfg-stage",
    **{f"var/lib/vcfg/generations/{name}": "var/lib/vcfg" for name in GENERATIONS},
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


class Trial:
    """The second configuration on a root of the first, at first on one that does as it is told."""

    def __init__(self, box: Box) -> None:
        self.box = box
        prepared(box)
        self.saved = box.folder / "saved"
        copy(box.root, self.saved)
        assert box.run(script_of(SECOND)).code == 0
        self.right = without_copies(box)

    def fails(self, calls: str, error: str, *more: str, when: str = "1+") -> int:
        """With calls that fail, what the run ends with; the next one finishes."""
        box = self.box
        shutil.rmtree(box.root)
        copy(self.saved, box.root)
        script = box.script(script_of(SECOND))
        trace = ["strace", "-f", "-qq", "-o", "/dev/stderr", "-e", "signal=none", *more]
        trace += ["-e", f"trace={calls}", "-e", f"inject={calls}:error={error}:when={when}"]
        ran = box.command(*trace, "dash", str(script), f"--root={box.root}", "--sync=yes")
        assert ran.code in {0, 1, 3, 5, 6}, ran.err
        if ran.code in {1, 3}:
            assert without_copies(box) == tree(self.saved)
        assert (box.root / "etc/one").read_text() in {"old\n", "new\n"}
        again = box.run(script_of(SECOND))
        assert again.code == 0, again.err
        assert without_copies(box) == self.right
        kept = [path.read_text() for path in (box.root / "var/lib/vcfg/backup").iterdir()]
        assert "theirs\n" in kept
        return ran.code if "(INJECTED)" in ran.err else NOT_MET


@pytest.mark.needs("strace")
@pytest.mark.parametrize("error", ["ENOSPC", "EIO", "EROFS"])
@pytest.mark.parametrize("call", sorted(CALLS))
def test_a_call_that_fails(box: Box, call: str, error: str) -> None:
    """The first one, and the second one of a process that makes more than one."""
    trial = Trial(box)
    assert trial.fails(CALLS[call], error, when="1") == 5
    assert trial.fails(CALLS[call], error, when="2") in {0, 5, NOT_MET}


@pytest.mark.needs("strace")
@pytest.mark.parametrize("way", sorted(WAYS))
def test_files_that_cannot_be_written(box: Box, way: str) -> None:
    """Whichever it is, it is told, whatever shell or tool it was that noticed."""
    trial = Trial(box)
    codes = {}
    for path, place in WRITTEN.items():
        # by the name that the kernel knows, and by the one it is opened with
        names = [f"{box.root}/{path}", f"./{path.removeprefix(place)[1:]}"]
        only = [word for each in names for word in ("-P", each)]
        codes[path] = trial.fails(WAYS[way], "ENOSPC", *only)
    # before it is written to, it is looked at by the same name
    seen_before = {"etc/.vcfg-stage/one": 3} if way == "open" else {}
    assert codes == dict.fromkeys(WRITTEN, 5) | seen_before
