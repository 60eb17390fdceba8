"""Random databases, random accounts wanted one after another, a kill at a random state: what holds
of accounts whatever came before.

Of another kind than files: an account that was made is locked, never deleted, and an account of
somebody else keeps what was changed in it. So not all is decided by the configuration alone; what
is, is held here. More roots by `VCFG_RANDOM=1-500 make test ARGS="-k test_random"`.
"""

from __future__ import annotations

import os
import random
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from .box import COMMANDS, script_of, tree
from .crash import copy, count, on_known_machine, states

if TYPE_CHECKING:
    from .box import Box

pytestmark = [
    pytest.mark.root,
    pytest.mark.slow,
    on_known_machine,
]

FIRST, LAST = map(int, os.environ.get("VCFG_RANDOM", "1-3").split("-"))
THEIR_USERS = ["root", "ann", "zoe"]
THEIR_GROUPS = ["root", "ann", "kvm", "disk", "app"]
USERS = ["app", "bob", "eve", "ann", "zoe"]
GROUPS = ["app", "bob", "eve", "more", "kvm", "disk"]
LOCKED = ("1", "/usr/sbin/nologin")
SKIP = ("--ownership=skip", "--packages=skip")


@dataclass
class World:
    """One root, and what was there before us."""

    chance: random.Random
    box: Box
    theirs: dict[str, list[list[str]]] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    def plant(self) -> None:
        """Databases as a distribution and people leave them."""
        chance = self.chance
        users = ["root", *chance.sample(THEIR_USERS[1:], chance.randint(0, 2))]
        groups = ["root", *chance.sample(THEIR_GROUPS[1:], chance.randint(1, 4))]
        passwd = [
            f"{name}:x:{at}:{at}:{name}:/home/{name}:/bin/sh" for at, name in enumerate(users)
        ]
        group = [f"{name}:x:{at}:{self.some(users[1:])}" for at, name in enumerate(groups)]
        texts = {
            "passwd": [*passwd, *chance.choice([[], ["", "# by hand"], ["+::::::"]])],
            "group": group,
            "shadow": [f"{name}:{chance.choice(['*', '$y$x', '!'])}:19000::::::" for name in users],
        }
        if chance.random() < 0.7:
            members = {line.split(":")[0]: line.split(":")[3] for line in group}
            texts["gshadow"] = [f"{name}:!::{members[name]}" for name in groups]
        (self.box.root / "etc").mkdir()
        for name, lines in texts.items():
            chance.shuffle(lines)
            path = self.box.root / "etc" / name
            path.write_text("\n".join(lines) + chance.choice(["\n", ""]))
            path.chmod(0o640 if "shadow" in name else 0o644)
        self.theirs = self.databases()

    def some(self, names: list[str]) -> str:
        return ",".join(self.chance.sample(names, self.chance.randint(0, len(names))))

    def databases(self) -> dict[str, list[list[str]]]:
        """The fields of every line."""
        etc = self.box.root / "etc"
        return {
            name: [line.split(":") for line in (etc / name).read_text().splitlines()]
            for name in ("passwd", "group", "shadow", "gshadow")
            if (etc / name).exists()
        }

    def configuration(self) -> dict[str, Any]:
        """Accounts that can be made on this root."""
        chance = self.chance
        there = [line[0] for line in self.theirs["group"]]
        groups: dict[str, Any] = {name: {} for name in chance.sample(GROUPS, chance.randint(0, 4))}
        users = {}
        for name in chance.sample(USERS, chance.randint(0, 4)):
            user: dict[str, Any] = {"purge": True} if chance.random() < 0.3 else {}
            if chance.random() < 0.4:
                user["home"] = f"/srv/{name}"
                user["create-home"] = chance.random() < 0.5
            if chance.random() < 0.3:
                user["shell"] = "/bin/dash"
            if chance.random() < 0.3:
                user["group"] = chance.choice([*there, *groups])
            else:
                groups.setdefault(name, {})
            user["groups"] = chance.sample([*there, *groups], chance.randint(0, 2))
            users[name] = user
        return {"users": users, "groups": groups}

    def run(self, script: str, *words: str) -> str:
        """A run by some shell, which has to succeed; what it says."""
        self.box.shell = self.chance.choice(COMMANDS)
        ran = self.box.run(script, *SKIP, *words)
        self.said.append(f"{self.box.shell[0]} {' '.join(words)}: {ran.code} {ran.out}{ran.err}")
        assert ran.code == (2 if "--check" in words and ran.out != "nothing to do\n" else 0)
        return ran.out

    def kill(self, script: str) -> None:
        """Go on from a state in which a run of this script may have died."""
        self.box.shell = self.chance.choice(COMMANDS)
        here, copies = self.box.folder / "here", self.box.folder / "states"
        for place in (here, copies):
            shutil.rmtree(place, ignore_errors=True)
        copy(self.box.root, here)
        copies.mkdir()
        words = [*self.box.shell, str(self.box.script(script)), f"--root={self.box.root}", *SKIP]
        command = self.box.guarded(words)
        many = count(command, self.box.root)
        shutil.rmtree(self.box.root)
        copy(here, self.box.root)
        # The first one, too, should this run go through fewer.
        only = {0, self.chance.randrange(many)}
        code, found = states(command, self.box.root, copies, only)
        assert code == 0
        died = found[-1]
        shutil.rmtree(self.box.root)
        copy(died, self.box.root)
        self.said.append(f"killed {self.box.shell[0]} at {died.name} of {many}")
        # it may have come as far as to delete one with `purge`
        self.forget(self.databases())

    def forget(self, now: dict[str, list[list[str]]]) -> None:
        """What was deleted, or was never whole, has no number any more."""
        there = {f"{name} {line[0]}" for name in ("passwd", "group") for line in now[name]}
        self.numbers = {name: each for name, each in self.numbers.items() if name in there}

    def settle(self, wanted: dict[str, Any]) -> None:
        """One configuration, and all that holds afterwards."""
        script = script_of(wanted)
        checked = self.run(script, "--check").splitlines()
        assert self.run(script).splitlines()[:-1] == checked[:-1]
        before = tree(self.box.root, times=True)
        assert self.run(script) == "nothing to do\n"
        assert tree(self.box.root, times=True) == before
        now = self.databases()
        self.judge(now)
        self.forget(now)
        self.judge_wanted(now, wanted)
        self.judge_members(now, wanted)

    def judge(self, now: dict[str, list[list[str]]]) -> None:
        """Every account is there once, in all databases, and has the number it always had."""
        for name, lines in now.items():
            names = [line[0] for line in lines if len(line) > 2]
            assert len(names) == len(set(names)), f"{name} has an account twice"
            theirs = [line[0] for line in self.theirs.get(name, [])]
            assert [each[0] for each in lines if each[0] in theirs] == theirs, f"{name}: order"
        for name in ("passwd", "group"):
            for line in now[name]:
                if len(line) > 2 and line[2]:
                    assert self.numbers.setdefault(f"{name} {line[0]}", line[2]) == line[2]
        numbers = [line[2] for line in now["passwd"] if len(line) > 2 and line[2]]
        assert len(numbers) == len(set(numbers))
        users = {line[0] for line in now["passwd"] if len(line) > 6 and line[2]}
        assert users == {line[0] for line in now["shadow"]}

    def judge_wanted(self, now: dict[str, list[list[str]]], wanted: dict[str, Any]) -> None:
        """Who is wanted is open and as wanted; whom we made and nobody wants is locked."""
        theirs = {line[0] for line in self.theirs["passwd"]}
        passwd = {line[0]: line for line in now["passwd"]}
        shadow = {line[0]: line for line in now["shadow"]}
        for name, user in wanted["users"].items():
            assert user.get("home") in (None, passwd[name][5])
            assert user.get("shell") in (None, passwd[name][6])
            assert (shadow[name][7], passwd[name][6]) != LOCKED, f"{name} is locked"
        for name, line in passwd.items():
            if name and name not in theirs and name not in wanted["users"] and len(line) > 2:
                assert (shadow[name][7], line[6]) == LOCKED, f"{name} is open"
        for name in theirs & set(passwd):
            mine = [line for line in self.theirs["shadow"] if line[0] == name]
            assert [line for line in now["shadow"] if line[0] == name] == mine
        assert set(wanted["groups"]) <= {line[0] for line in now["group"]}

    def judge_members(self, now: dict[str, list[list[str]]], wanted: dict[str, Any]) -> None:
        """Those of others and those that are wanted, nobody else."""
        right = {line[0]: set(line[3].split(",")) for line in self.theirs["group"]}
        for name, user in wanted["users"].items():
            for group in user["groups"]:
                right.setdefault(group, set()).add(name)
        for line in now["group"]:
            assert set(line[3].split(",")) - {""} == right.get(line[0], set()) - {""}, line
        members = {line[0]: line[3] for line in now["group"]}
        for line in now.get("gshadow", []):
            assert line[3] == members[line[0]], line


@pytest.mark.parametrize("seed", range(FIRST, LAST + 1))
def test_accounts_are_what_is_wanted(box: Box, seed: int) -> None:
    world = World(random.Random(seed), box)
    world.plant()
    wishes = [world.configuration() for _ in range(3)]
    try:
        for wanted in [*wishes, wishes[0]]:
            for other in world.chance.sample(wishes, world.chance.choice([0, 1])):
                world.kill(script_of(other))
            world.settle(wanted)
        world.settle({"users": {}, "groups": {}})
    except AssertionError as wrong:
        before = {name: [":".join(line) for line in text] for name, text in world.theirs.items()}
        after = {
            name: [":".join(line) for line in text] for name, text in world.databases().items()
        }
        notes = [f"wishes: {wishes}", f"theirs: {before}", f"now: {after}", *world.said]
        wrong.add_note("\n".join(notes))
        raise
