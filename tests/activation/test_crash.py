"""Killed at any moment, then run again or followed by another: the same as if nothing happened.

A sample of the moments is looked at each time. All of them, in all shells, take minutes:
`VCFG_EVERY_CRASH=1 make test ARGS="-k test_crash"`.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from tests.plans import EVERYTHING

from .box import SHELLS, script_of, tree
from .crash import MACHINE, copy, states

if TYPE_CHECKING:
    from pathlib import Path

    from .box import Box

pytestmark = [
    pytest.mark.root,
    pytest.mark.skipif(platform.machine() != MACHINE, reason=f"knows calls of {MACHINE} only"),
]

EVERY = bool(os.environ.get("VCFG_EVERY_CRASH"))

DATABASES = {
    "passwd": "root:x:0:0:root:/root:/bin/bash\nann:x:7:7::/:/bin/sh\nzoe:x:8:8::/:/bin/sh\n",
    "group": "root:x:0:\nann:x:7:\nzoe:x:8:\nkvm:x:104:\ndisk:x:6:ann\n",
    "shadow": "root:*:::::::\nann:*:::::::\nzoe:*:::::::\n",
    "gshadow": "root:*::\nkvm:!::\n",
}
STATE = "var/lib/vcfg/state"
OLD_DATABASES = {f"etc/{name}-" for name in DATABASES}
ACCOUNTS = {f"etc/{name}" for name in DATABASES} | OLD_DATABASES

# What a command prints is a secret on every machine.
OLD_KEY = {"secret": {"command": ["echo", "the old key"]}}
NEW_KEY = {"secret-text": ["key=", {"command": ["echo", "the new key"]}, "\n"]}

FIRST: dict[str, Any] = {
    "files": {
        "/etc/key": {"text": OLD_KEY},
        "/etc/key-goes": {"text": OLD_KEY},
        "/etc/stays": {"text": "same\n"},
        "/etc/changes": {"text": "old\n"},
        "/etc/goes": {"text": "old\n"},
        "/etc/mode": {"text": "m\n", "mode": "0644"},
        "/etc/secret": {"text": "old secret\n", "mode": "0600"},
        "/etc/stock": {"text": "ours instead of stock\n"},
        "/etc/file-then-dir": {"text": "x\n"},
        "/srv/dir-then-file/a": {"text": "x\n"},
        "/srv/only-first/deep/er": {"text": "x\n"},
        "/etc/file-then-link": {"text": "x\n"},
    },
    "links": {"/etc/link-then-file": {"target": "stays"}, "/etc/relinked": {"target": "one"}},
    "groups": {"app": {"gid": 500, "members": ["ann"]}},
    "users": {"app": {"uid": 500}},
    "snippets": {"tell": {"text": "true\n", "on-change": ["/etc/changes"]}},
}
SECOND: dict[str, Any] = {
    "files": {
        "/etc/key": {"text": NEW_KEY, "mode": "0640", "group": "app"},
        "/etc/key-comes": {"text": NEW_KEY},
        "/etc/stays": {"text": "same\n"},
        "/etc/changes": {"text": "new\n" * 3000},
        "/etc/mode": {"text": "m\n", "mode": "0600", "owner": "app", "group": "kvm"},
        "/etc/secret": {"text": "new secret\n", "mode": "0640", "group": "app"},
        "/etc/taken": {"text": "over somebody's\n"},
        "/etc/file-then-dir/x": {"text": "x\n"},
        "/srv/dir-then-file": {"text": "x\n"},
        "/srv/only-second/deep/er": {"text": "x\n"},
        "/etc/link-then-file": {"text": "x\n"},
        "/etc/gone": {"manage": "absent"},
    },
    "links": {"/etc/file-then-link": {"target": "stays"}, "/etc/relinked": {"target": "two"}},
    "dirs": {"/var/lib/app": {"mode": "2770", "owner": "app", "group": "kvm"}},
    "groups": {"app": {"gid": 500}, "more": {}},
    "users": {"app": {"uid": 500, "groups": ["kvm"], "home": "/srv/app", "create-home": True}},
    "snippets": {"tell": {"text": "true\n", "on-change": ["/etc/changes"]}},
}
PAIRS = {"one after another": (FIRST, SECOND), "everything": ({}, EVERYTHING)}


class Trial:
    """Two configurations on one root: how each ends when nobody interferes."""

    def __init__(self, box: Box, before: dict[str, Any], after: dict[str, Any]) -> None:
        self.box = box
        self.before = script_of(before)
        self.after = script_of(after)
        (box.root / "etc").mkdir(mode=0o755)
        for name, text in DATABASES.items():
            self.put(name, text, 0o640 if "shadow" in name else 0o644)
        for name in ("stock", "taken", "gone"):
            self.put(name, f"somebody's {name}\n", 0o644)
        self.first = self.then(self.before)
        self.start = self.keep("start")
        self.second = self.then(self.after)
        self.back = self.then(self.before)

    def put(self, name: str, text: str, mode: int) -> None:
        """A file in /etc that was there before us."""
        path = self.box.root / "etc" / name
        path.write_text(text)
        path.chmod(mode)

    def then(self, script: str) -> dict[str, str]:
        """The tree after a run of a script; when that fails, what it said."""
        ran = self.box.run(script, "--packages=skip")
        if ran.code:
            return {"": ran.err}
        found = tree(self.box.root)
        # its lines, each for itself: a file may be as it was before, an account as afterwards
        if found.pop(STATE, None):
            lines = (self.box.root / STATE).read_text().splitlines()
            found |= {f"{STATE}: {line}": "" for line in lines}
        return found

    def keep(self, name: str) -> Path:
        """A copy of the root as it is."""
        copy(self.box.root, self.box.folder / name)
        return self.box.folder / name

    def restore(self, state: Path) -> None:
        """Make the root what it was."""
        shutil.rmtree(self.box.root)
        copy(state, self.box.root)

    def crashed(self, script: str) -> list[Path]:
        """Every state a run of this script goes through, from `start`."""
        self.restore(self.start)
        copies = self.box.folder / "states"
        shutil.rmtree(copies, ignore_errors=True)
        copies.mkdir()
        where = [*self.box.shell, str(self.box.script(script)), f"--root={self.box.root}"]
        code, found = states(self.box.guarded([*where, "--packages=skip"]), self.box.root, copies)
        assert code == 0
        return found

    def faults(self, state: Path) -> list[str]:
        """What is wrong with a state, and with what follows from it."""
        self.restore(state)
        found = self.torn(tree(state)) + self.exposed(state)
        again = self.then(self.after)
        found += [f"again: {each}" for each in differences(again, self.second)]
        self.restore(state)
        back = self.then(self.before)
        found += [f"back: {each}" for each in differences(back, self.first, self.back)]
        return found

    def torn(self, now: dict[str, str]) -> list[str]:
        """Files and links in place are the old ones or the new ones."""
        return [
            f"torn: {path} {now.get(path)}"
            for path in {**self.first, **self.second}
            if not path.startswith("var/lib/vcfg") and path not in ACCOUNTS
            if self.first.get(path, "-") == "-" or not self.first[path].startswith("d")
            if not self.second.get(path, "").startswith("d")
            if now.get(path) not in (self.first.get(path), self.second.get(path))
        ]

    def exposed(self, state: Path) -> list[str]:
        """Staging directories and the memory are closed to others, and so is all with a secret."""
        closed = [*state.rglob(".vcfg-stage"), *state.glob("var/lib/vcfg")]
        wrong = [f"open: {path}" for path in closed if path.stat().st_mode & 0o77]
        for path in state.rglob("*"):
            if path.is_symlink() or not path.is_file() or not set(closed).isdisjoint(path.parents):
                continue
            if path.stat().st_mode & 0o7 and re.search(rb"the \w+ key", path.read_bytes()):
                wrong.append(f"shows a secret: {path}")
        return wrong


def differences(now: dict[str, str], *wanted: dict[str, str]) -> list[str]:
    """Where a tree is none of the wanted ones; copies that are kept may be more."""
    paths = {path for each in (now, *wanted) for path in each}
    return [
        f"{path} is {now.get(path)}, not {wanted[0].get(path)}"
        for path in sorted(paths)
        if not path.startswith("var/lib/vcfg/backup") and path not in OLD_DATABASES
        if now.get(path) not in [each.get(path) for each in wanted]
    ]


def sample(found: list[Path], step: int) -> list[Path]:
    """All states, or as many as there is time for in every run of the tests."""
    return found if EVERY else found[step // 2 :: step]


@pytest.mark.slow
@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("shell", SHELLS if EVERY else SHELLS[:1])
def test_a_crash_is_survived(box: Box, shell: tuple[str, ...], pair: str) -> None:
    box.shell = shell
    trial = Trial(box, *PAIRS[pair])
    found = trial.crashed(trial.after)
    assert len(found) > 60
    wrong = {state.name: trial.faults(state) for state in sample(found, 9)}
    assert {name: faults for name, faults in wrong.items() if faults} == {}


# What is changed in the script, and what comes into being where that does harm.
MUTANTS = {
    "no journal": ("    _write_memory pending journal\n", "", "srv/only-second"),
    "no staging places": ("printf 'stage\\t%s\\n' \"$line\"", ":", "etc/.vcfg-stage"),
    "homes made in place": (
        '_make_home "$2" "$4" "$home_uid:${rest%%:*}"',
        '_make_one "$2" "$4" "$home_uid:${rest%%:*}"',
        "srv/app",
    ),
    "files written in place": (
        'mv -f -- "$@" ./ 2>/dev/null || _move_over_loops "$@"',
        'cp -fP -- "$@" ./ && rm -f -- "$@"',
        "etc/.vcfg-stage",
    ),
}


@pytest.mark.slow
def test_careless_scripts_are_caught(box: Box) -> None:
    """The control: what these tests are for is what they find."""
    trial = Trial(box, *PAIRS["one after another"])
    right = trial.after
    for mutant, (careful, careless, sign) in MUTANTS.items():
        assert careful in right
        trial.after = right.replace(careful, careless)
        found = trial.crashed(trial.after)
        torn = any(trial.torn(tree(state)) for state in found)
        after = [state for state in found if (state / sign).exists()]
        assert torn or trial.faults(after[0]), mutant
