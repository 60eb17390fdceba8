"""Random roots, random configurations one after another, random kills: what is there depends on
the configuration alone.

The model (`expected`) knows nothing of the past: it lays the configuration over what belongs to
others. So every run, whatever came before it and wherever that was killed, has to end in what a
first run on the untouched root would make, and the empty configuration gives the root back.

A few roots in every run of the tests; more by `VCFG_RANDOM=1-500 make test ARGS="-k test_random"`.
"""

from __future__ import annotations

import os
import random
import signal
import stat
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from .box import COMMANDS, script_of, tree

if TYPE_CHECKING:
    from .box import Box, Ran

pytestmark = [pytest.mark.root, pytest.mark.slow]

FIRST, LAST = map(int, os.environ.get("VCFG_RANDOM", "1-12").split("-"))
NAMES = ["a", "b", "c d", "e'"]
TEXTS = ["", "x\n", "same\n", "se\u00f1or\n", "x" * 5000]
MODES = ["0644", "0600", "0755", "4711", "0000"]
DIRECTORY_MODES = ["0755", "0700", "2775", "1777"]
OWNERS = ["0", "500", "4711"]

Look = tuple[str, str, int, int]
"""Type and mode as `ls` prints them, content or target, owner, group."""
Tree = dict[str, Look]


@dataclass
class World:
    """One root, seen from outside."""

    chance: random.Random
    box: Box
    theirs: Tree = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    def plant(self) -> None:
        """Fill the root with things of others."""
        for name in ("etc", "srv"):
            (self.box.root / name).mkdir()
            (self.box.root / name).chmod(int(self.chance.choice(DIRECTORY_MODES), 8))
        for _ in range(self.chance.randint(0, 7)):
            self.plant_one()
        self.theirs = looks(self.box.root)

    def plant_one(self) -> None:
        """A file, link or directory somewhere, in a directory of others."""
        path = self.box.root / some_path(self.chance)[1:]
        kind = self.chance.random()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if kind < 0.55:
                if not path.is_symlink():
                    path.write_text(self.chance.choice(["theirs", *TEXTS]))
                    path.chmod(int(self.chance.choice(MODES), 8))
            elif kind < 0.7:
                targets = ["a", "/etc", "../../../../etc", path.name, "nowhere"]
                path.symlink_to(self.chance.choice(targets))
            else:
                path.mkdir()
                path.chmod(int(self.chance.choice(DIRECTORY_MODES), 8))
            os.lchown(path, *(int(self.chance.choice(OWNERS)) for _ in "ug"))
        except OSError:
            return  # something else is there

    def configuration(self) -> dict[str, Any]:
        """Files, links and directories that do not contradict each other."""
        wanted: dict[str, Any] = {"files": {}, "links": {}, "dirs": {}}
        taken: dict[str, bool] = {}
        for _ in range(self.chance.randint(0, 10)):
            path = some_path(self.chance)
            kind = self.chance.choice(["files", "files", "files", "links", "dirs"])
            above = any(other.startswith(path + "/") for other in taken)
            below = any(path.startswith(other + "/") and not taken[other] for other in taken)
            if path in taken or below or (above and kind != "dirs"):
                continue
            taken[path] = kind == "dirs"
            wanted[kind][path] = self.entry(kind)
        return wanted

    def entry(self, kind: str) -> dict[str, str]:
        """One thing that is wanted."""
        owner = {"owner": self.chance.choice(OWNERS), "group": self.chance.choice(OWNERS)}
        match kind:
            case "links":
                return {"target": self.chance.choice(["a", "../x", "/no where/'"])}
            case "dirs":
                return {"mode": self.chance.choice(DIRECTORY_MODES), **owner}
        if self.chance.random() < 0.15:
            return {"manage": "absent"}
        text = self.chance.choice(TEXTS)
        return {"text": text, "mode": self.chance.choice(MODES), **owner}

    def run(self, script: str, *words: str) -> Ran:
        """A run by some shell."""
        self.box.shell = self.chance.choice(COMMANDS)
        ran = self.box.run(script, *words)
        self.said.append(f"{self.box.shell[0]} {' '.join(words)}: {ran.code} {ran.out}{ran.err}")
        return ran

    def kill(self, script: str) -> None:
        """A run that loses all its processes at some moment."""
        self.box.shell = self.chance.choice(COMMANDS)
        path = self.box.script(script, "killed")
        words = self.box.guarded([*self.box.shell, str(path), f"--root={self.box.root}"])
        # the first process of its own namespace takes all others with it
        words.insert(1, "--unshare-pid")
        environment = {"PATH": os.environ["PATH"]}
        running = subprocess.Popen(
            words,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        time.sleep(self.chance.random() * 0.15)
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
        wait_for_the_dead(str(path))
        self.said.append(f"killed {self.box.shell[0]}")


def wait_for_the_dead(path: str) -> None:
    """Until no process has a word in its command line."""
    look = ["pgrep", "-f", path]
    while subprocess.run(look, stdout=subprocess.DEVNULL, check=False).returncode == 0:
        time.sleep(0.01)


def some_path(chance: random.Random) -> str:
    """An absolute path of two to four names."""
    names = [chance.choice(["etc", "srv"])]
    names += [chance.choice(NAMES) for _ in range(chance.randint(1, 3))]
    return "/" + "/".join(names)


def looks(root: Path) -> Tree:
    """All that is in a root but our memory, by absolute path."""
    found = {}
    for folder, directories, files in os.walk(root):
        for name in (*directories, *files):
            path = Path(folder) / name
            short = "/" + str(path.relative_to(root))
            if short not in {"/var", "/var/lib"} and not short.startswith("/var/lib/vcfg"):
                found[short] = look(path)
    return found


def look(path: Path) -> Look:
    seen = path.lstat()
    inside = ""
    if stat.S_ISLNK(seen.st_mode):
        inside = os.readlink(path)
    elif stat.S_ISREG(seen.st_mode):
        inside = path.read_text()
    owners = (0, 0) if stat.S_ISLNK(seen.st_mode) else (seen.st_uid, seen.st_gid)
    return stat.filemode(seen.st_mode), inside, *owners


def expected(theirs: Tree, wanted: dict[str, Any], *, displaced: bool = False) -> Tree | None:
    """The configuration over what belongs to others; None when something is in the way.

    With `displaced`, files of others in the place of directories were replaced before, by files
    of ours: those make room.
    """
    made = dict(theirs)
    if displaced:
        obstacles = {path for path in made if made[path][0][0] != "d"}
        paths = [*wanted["files"], *wanted["links"], *wanted["dirs"]]
        for path in obstacles:
            if path in wanted["dirs"] or any(each.startswith(path + "/") for each in paths):
                del made[path]
        theirs = dict(made)
    for path, entry in wanted["dirs"].items():
        if made.get(path, ("d",))[0][0] != "d":
            return None
        made[path] = made_look("d", entry)
    for path, entry in [*wanted["files"].items(), *wanted["links"].items()]:
        if path in theirs and theirs[path][0][0] == "d":
            return None
        if entry.get("manage") == "absent":
            made.pop(path, None)
        else:
            made[path] = made_look("l" if "target" in entry else "-", entry)
    for path in set(made) - set(theirs):
        above = path.rpartition("/")[0]
        while above:
            if made.setdefault(above, ("drwxr-xr-x", "", 0, 0))[0][0] != "d":
                return None
            above = above.rpartition("/")[0]
    return made


def made_look(kind: str, entry: dict[str, str]) -> Look:
    if kind == "l":
        return "lrwxrwxrwx", entry["target"], 0, 0
    bits = {"d": stat.S_IFDIR, "-": stat.S_IFREG}[kind] | int(entry["mode"], 8)
    owners = int(entry["owner"]), int(entry["group"])
    return stat.filemode(bits), entry.get("text", ""), *owners


def leads_through_a_link(theirs: Tree, wanted: dict[str, Any]) -> bool:
    """Then a path is not what it says, and the model would have to resolve it."""
    links = [path for path, look in theirs.items() if look[0][0] == "l"]
    paths = [path for kind in wanted.values() for path in kind]
    return any(path.startswith(link + "/") for link in links for path in paths) or any(
        link in wanted["dirs"] for link in links
    )


def differences(now: Tree, right: Tree) -> list[str]:
    return [
        f"{path} is {now.get(path)}, not {right.get(path)}"
        for path in sorted({*now, *right})
        if now.get(path) != right.get(path)
    ]


def settle(world: World, wanted: dict[str, Any]) -> None:
    """One configuration, and all that holds afterwards."""
    script = script_of(wanted)
    before = tree(world.box.root, times=True)
    checked = world.run(script, "--check")
    assert tree(world.box.root, times=True) == before, "--check wrote"
    ran = world.run(script)
    if ran.code in {3, 4}:
        assert checked.code == ran.code
        assert tree(world.box.root, times=True) == before, "a refusal wrote"
        if not leads_through_a_link(world.theirs, wanted):
            assert expected(world.theirs, wanted) is None, ran.err
        return
    assert ran.code == 0
    assert checked.out.splitlines()[:-1] == ran.out.splitlines()[:-1]
    assert not list(world.box.root.rglob(".vcfg-stage"))
    done = tree(world.box.root, times=True)
    assert world.run(script, "--check").code == 0
    assert world.run(script).out == "nothing to do\n"
    assert tree(world.box.root, times=True) == done, "a second run wrote"
    if not leads_through_a_link(world.theirs, wanted):
        right = expected(world.theirs, wanted) or expected(world.theirs, wanted, displaced=True)
        assert right is not None, "something in the way was overlooked"
        assert differences(looks(world.box.root), right) == []


@pytest.mark.parametrize("seed", range(FIRST, LAST + 1))
def test_the_configuration_alone_decides(box: Box, seed: int) -> None:
    world = World(random.Random(seed), box)
    world.plant()
    wishes = [world.configuration() for _ in range(3)]
    try:
        for wanted in [*wishes, wishes[0], wishes[1]]:
            for other in world.chance.sample(wishes, world.chance.choice([0, 1])):
                world.kill(script_of(other))
            settle(world, wanted)
        settle(world, {"files": {}, "links": {}, "dirs": {}})
        assert differences(looks(box.root), world.theirs) == []
    except AssertionError as wrong:
        wrong.add_note("\n".join([f"wishes: {wishes}", f"theirs: {world.theirs}", *world.said]))
        raise
