"""Killed at any moment, then run again or followed by another: the same as if nothing happened.

A sample of the moments is looked at each time, another one in each shell. All of them, in all
shells, take an hour: `VCFG_EVERY_CRASH=1 make test ARGS="-k test_crash"`.
"""

from __future__ import annotations

import os
import random
import re
import shutil
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests.plans import EVERYTHING

from .box import COMMANDS, SHELLS, script_of, tree
from .crash import copy, count, on_known_machine, states

if TYPE_CHECKING:
    from pathlib import Path

    from .box import Box

pytestmark = [
    pytest.mark.root,
    on_known_machine,
]

EVERY = bool(os.environ.get("VCFG_EVERY_CRASH"))

Choice = Callable[[int], set[int]]
"""Numbers of the states to look at, of so many."""

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

# Tells what it was started for, in a place that is left out of every comparison.
TOLD = "told"
TELL = 'head -n 1 "$VCFG_ROOT/etc/changes" >>"$VCFG_ROOT/told"\n'

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
    "snippets": {"tell": {"text": TELL, "on-change": ["/etc/changes"]}},
}
SECOND: dict[str, Any] = {
    "files": {
        "/etc/key": {"text": NEW_KEY, "mode": "0640", "group": "app"},
        "/etc/key-comes": {"text": NEW_KEY},
        "/etc/stays": {"text": "same\n"},
        "/etc/changes": {"text": "new\n" + "x" * 12000},
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
    "snippets": {"tell": {"text": TELL, "on-change": ["/etc/changes"]}},
}
THIRD: dict[str, Any] = {
    "files": {
        "/etc/key": {"text": "no secret any more\n", "mode": "0644"},
        "/etc/changes": {"text": "third\n"},
        "/etc/file-then-dir": {"text": "a file again\n"},
        "/srv/dir-then-file/b/c": {"text": "x\n"},
        "/etc/file-then-link": {"text": "x\n"},
        "/etc/stock": {"manage": "absent"},
    },
    "links": {"/etc/taken": {"target": "gone"}},
    "dirs": {"/srv/only-second": {"mode": "0700"}, "/etc/relinked": {}},
    "users": {"other": {"uid": 501}},
    "groups": {"other": {"gid": 501}},
    "snippets": {"tell": {"text": TELL, "on-change": ["/etc/changes"]}},
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
        self.others: list[dict[str, str]] = []

    def put(self, name: str, text: str, mode: int) -> None:
        """A file in /etc that was there before us."""
        path = self.box.root / "etc" / name
        path.write_text(text)
        path.chmod(mode)

    def then(self, script: str, *words: str) -> dict[str, str]:
        """The tree after a run of a script; when that fails, what it said."""
        ran = self.box.run(script, "--packages=skip", *words)
        if ran.code:
            return {"": ran.err}
        return self.seen()

    def seen(self) -> dict[str, str]:
        """The tree, with the lines of the state in place of its hash."""
        found = tree(self.box.root)
        found.pop(TOLD, None)
        for path in list(self.box.root.glob("var/lib/vcfg/generations/*/state")):
            found.pop(str(path.relative_to(self.box.root)))
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

    def crashed(
        self, script: str, *words: str, choice: Choice | None, start: Path | None = None
    ) -> list[Path]:
        """States that a run of this script goes through from `start`; without a choice, all."""
        copies = self.box.folder / "states"
        shutil.rmtree(copies, ignore_errors=True)
        copies.mkdir()
        where = [*self.box.shell, str(self.box.script(script)), f"--root={self.box.root}"]
        command = self.box.guarded([*where, "--packages=skip", *words])
        only = None
        if choice is not None:
            self.restore(start or self.start)
            many = count(command, self.box.root)
            assert start or many > 60
            only = choice(many)
        self.restore(start or self.start)
        code, found = states(command, self.box.root, copies, only)
        assert code == 0
        assert found
        return found

    def faults(self, state: Path) -> list[str]:
        """What is wrong with a state, and with what follows from it."""
        self.restore(state)
        found = self.torn(tree(state)) + self.exposed(state) + self.unowned(state)
        again = self.then(self.after)
        found += [f"again: {each}" for each in differences(again, self.second)]
        found += self.untold("new")
        self.restore(state)
        changed = self.text("etc/changes")
        back = self.then(self.before)
        found += [f"back: {each}" for each in differences(back, self.first, self.back)]
        found += self.untold("old") if changed != self.text("etc/changes") else []
        self.restore(state)
        other = self.then(script_of(THIRD))
        found += [f"third: {each}" for each in differences(other, *self.thirds())]
        found += self.untold("third")
        return found

    def faults_of_two(self, state: Path, chance: random.Random) -> list[str]:
        """What is wrong after the run that was to finish was killed as well."""
        second = self.box.folder / "second"
        shutil.rmtree(second, ignore_errors=True)
        copy(state, second)
        [later] = self.crashed(self.after, choice=one_of(chance), start=second)
        self.restore(later)
        again = self.then(self.after)
        return [f"twice: {each}" for each in differences(again, self.second)]

    def thirds(self) -> list[dict[str, str]]:
        """How the third configuration ends after the first alone, and after both."""
        if not self.others:
            now = self.keep("now")
            for earlier in ((), (self.after,)):
                self.restore(self.start)
                for script in earlier:
                    self.then(script)
                self.others.append(self.then(script_of(THIRD)))
            self.restore(now)
            shutil.rmtree(now)
        return self.others

    def text(self, path: str) -> str:
        """What is in a file of the root, if it is there."""
        place = self.box.root / path
        return place.read_text() if place.is_file() else ""

    def untold(self, word: str) -> list[str]:
        """A change was made, by this run or the one that died: somebody has to hear of it."""
        if TELL not in self.after or word in self.text(TOLD).split():
            return []
        return [f"nobody was told of {word}"]

    def unowned(self, state: Path) -> list[str]:
        """What came into being is listed in the state or in the journal, from the first moment."""
        memory = [state / "var/lib/vcfg" / name for name in ("state", "pending")]
        listed = "".join(path.read_text() for path in memory if path.is_file())
        start = tree(self.start)
        ours = {path for path in self.second if path not in start and ":" not in path}
        return [
            f"not listed: {path}"
            for path in sorted(ours)
            if not path.startswith(("var/lib", "etc/tell", TOLD))
            and path not in OLD_DATABASES | ACCOUNTS
            if os.path.lexists(state / path) and path != "var"
            if f"\t/{path}\n" not in listed and not is_home(path, self.after)
        ]

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


def is_home(path: str, script: str) -> bool:
    """A home stays for good, so nobody has to remember that we made it."""
    return re.search(rf"_home \S+ /{re.escape(path)} ", script) is not None


def differences(now: dict[str, str], *wanted: dict[str, str]) -> list[str]:
    """Where a tree is none of the wanted ones; copies that are kept may be more."""
    paths = {path for each in (now, *wanted) for path in each}
    return [
        f"{path} is {now.get(path)}, not {wanted[0].get(path)}"
        for path in sorted(paths)
        if not path.startswith("var/lib/vcfg/backup") and path not in OLD_DATABASES
        if now.get(path) not in [each.get(path) for each in wanted]
    ]


def sample(shell: tuple[str, ...], count: int) -> Choice | None:
    """As many states as there is time for in every run, others in each shell; or all."""
    offset = (2 * COMMANDS.index(shell) + 1) / (2 * len(COMMANDS))
    chosen = [(at + offset) / count for at in range(count)]
    return None if EVERY else lambda found: {int(found * part) for part in chosen}


def one_of(chance: random.Random) -> Choice:
    """Any state but the last few: a run may go through one less than the run before."""
    return lambda found: {chance.randrange(max(1, found - 9))}


@pytest.mark.slow
@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("shell", SHELLS)
def test_a_crash_is_survived(box: Box, shell: tuple[str, ...], pair: str) -> None:
    box.shell = shell
    trial = Trial(box, *PAIRS[pair])
    found = trial.crashed(trial.after, choice=sample(shell, 4))
    wrong = {state.name: trial.faults(state) for state in found}
    assert {name: faults for name, faults in wrong.items() if faults} == {}


@pytest.mark.slow
@pytest.mark.parametrize("shell", SHELLS)
def test_a_crash_of_the_run_that_was_to_finish(box: Box, shell: tuple[str, ...]) -> None:
    box.shell = shell
    trial = Trial(box, *PAIRS["one after another"])
    chance = random.Random(shell[0])
    many = 25 if EVERY else 2
    found = trial.crashed(trial.after, choice=lambda found: set(chance.sample(range(found), many)))
    firsts = [state.rename(box.folder / f"first-{state.name}") for state in found]
    wrong = [fault for first in firsts for fault in trial.faults_of_two(first, chance)]
    assert wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("shell", SHELLS)
def test_a_crash_of_taking_all_away(box: Box, shell: tuple[str, ...]) -> None:
    """Uninstalled at the end, or configured as if nobody had begun."""
    box.shell = shell
    trial = Trial(box, *PAIRS["one after another"])
    trial.restore(trial.start)
    trial.then(trial.after)
    applied = trial.keep("applied")
    gone = trial.then(trial.after, "--uninstall")
    anew = trial.then(trial.after)
    choice = sample(shell, 4)
    faults = []
    for state in trial.crashed(trial.after, "--uninstall", choice=choice, start=applied):
        trial.restore(state)
        again = trial.then(trial.after, "--uninstall")
        faults += [f"{state.name} gone: {each}" for each in differences(again, gone)]
        trial.restore(state)
        back = trial.then(trial.after)
        faults += [f"{state.name} back: {each}" for each in differences(back, trial.second, anew)]
    # When the memory itself has just gone, nobody knows that what it lay in was missing before.
    last = re.compile(r"\S+ (gone: var(/lib)? is|back: \S+state: place\t/var)")
    assert [fault for fault in faults if not last.match(fault)] == []


@pytest.mark.slow
@pytest.mark.parametrize("shell", SHELLS)
def test_a_crash_on_the_way_back(box: Box, shell: tuple[str, ...]) -> None:
    """Of `--rollback`: either configuration can be had afterwards."""
    box.shell = shell
    trial = Trial(box, *PAIRS["one after another"])
    trial.restore(trial.start)
    trial.then(trial.after)
    applied = trial.keep("applied")
    back = trial.then(trial.after, "--rollback")
    choice = sample(shell, 3)
    faults = []
    for state in trial.crashed(trial.after, "--rollback", choice=choice, start=applied):
        for script, wanted in ((trial.before, (trial.first, back)), (trial.after, (trial.second,))):
            trial.restore(state)
            now = trial.then(script)
            faults += [f"{state.name}: {each}" for each in differences(now, *wanted, trial.back)]
    assert faults == []


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
    box.watching = False
    trial = Trial(box, *PAIRS["one after another"])
    right = trial.after
    for mutant, (careful, careless, sign) in MUTANTS.items():
        assert careful in right
        trial.after = right.replace(careful, careless)
        found = trial.crashed(trial.after, choice=None)
        torn = any(trial.torn(tree(state)) for state in found)
        after = [state for state in found if (state / sign).exists()]
        assert torn or trial.faults(after[0]), mutant
