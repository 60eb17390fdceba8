"""`ids.lock`: reading, extending and writing it, and what builds and checks make of it."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

import pytest

from evaluator.plan.ids import PEOPLE_IDS, SYSTEM_IDS, Lock, extend, fill, read_lock, wishes
from tests.plans import build

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import RunVcfg

FIRST = "# vcfg-ids 1\n"


def plan(**activation: Any) -> dict[str, Any]:
    return build(activation)[0]


def people(*names: str, **numbers: int) -> dict[str, Any]:
    """A plan with users and their groups."""
    users: dict[str, Any] = {name: {} for name in names}
    users |= {name: {"uid": uid} for name, uid in numbers.items()}
    return plan(users=users, groups={name: {} for name in users})


def locked(text: str, *plans: dict[str, Any], is_complete: bool = True) -> list[str]:
    """The lines of a lock after it was extended."""
    lock, damages = read_lock(FIRST + text)
    assert damages == []
    assert extend(lock, wishes(list(plans)), is_complete=is_complete) == []
    return [line for line in lock.text().splitlines() if line[0] != "#"]


def test_numbers_are_given_in_the_ranges_and_are_the_same_for_user_and_group() -> None:
    lines = locked("", people("gnt"), plan(users={"ana": {"system": False, "group": "gnt"}}))
    words = {tuple(line.split()[:2]): int(line.split()[2]) for line in lines}
    assert words["group", "gnt"] == words["user", "gnt"] in SYSTEM_IDS
    assert words["user", "ana"] in PEOPLE_IDS
    assert len(words) == 3


def test_the_order_of_accounts_and_hosts_does_not_matter() -> None:
    names = [f"a{n}" for n in range(200)]
    wanted = locked("", people(*names))
    for seed in range(5):
        random.Random(seed).shuffle(names)
        assert locked("", people(*names[:90]), people(*names[50:])) == wanted
    assert wanted == sorted(wanted)
    assert len({line.split()[2] for line in wanted}) == 200


def test_branches_rarely_take_the_same_number() -> None:
    base = [f"a{n}" for n in range(20)]
    text = "".join(f"{line}\n" for line in locked("", people(*base)))
    clashes = 0
    for n in range(100):
        one = {*locked(text, people(*base, f"b{n}"))}
        two = {*locked(text, people(*base, f"c{n}"))}
        both = read_lock(FIRST + "".join(f"{line}\n" for line in one | two))[1]
        clashes += bool(both)
    assert clashes <= 3


def test_a_number_is_never_given_again() -> None:
    text = "".join(f"{line}\n" for line in locked("", people("old", "kept")))
    gone = locked(text, people("kept"))
    assert [line.endswith(" removed") for line in gone] == [False, True, False, True]
    full = "".join(f"{line}\n" for line in gone)
    number = gone[1].split()[2]
    many = locked(full, people("kept", *(f"a{n}" for n in range(len(SYSTEM_IDS) - 2))))
    assert [line for line in many if number in line.split()] == [gone[1], gone[3]]
    assert locked(full, people("kept", "old")) == text.splitlines()
    assert locked(text, people("kept"), is_complete=False) == text.splitlines()


def test_a_full_range_is_told() -> None:
    names = [f"a{n}" for n in range(len(SYSTEM_IDS) + 1)]
    left = extend(Lock(), wishes([people(*names)]), is_complete=True)
    assert [(wish.kind, wish.name) for wish in left] == [("group", "a99"), ("user", "a99")]


def test_numbers_of_the_configuration_come_first() -> None:
    """Also before somebody who sorts earlier and would get it by his name."""
    free = locked("", people("aaa"))[0].split()[2]
    assert f"user zzz {free}" in locked("", people("aaa", zzz=int(free)))


def test_what_packages_make_is_not_ours_to_number() -> None:
    made = plan(
        users={"kvm": {}, "gnt": {"groups": ["kvm"]}},
        groups={"kvm": {}, "gnt": {}},
        **{"foreign-users": ["kvm"], "foreign-groups": ["kvm", "sudo"]},
    )
    assert [line.split()[1] for line in locked("user kvm 600 removed\n", made)] == [
        "gnt", "gnt", "kvm",
    ]  # fmt: skip


def test_a_plan_takes_its_numbers_and_its_hash_tells_them() -> None:
    one, two, three = people("gnt"), people("gnt"), people("gnt")
    fill(read_lock(FIRST + "user gnt 641\ngroup gnt 642\nuser other 1\n")[0], one)
    fill(read_lock(FIRST + "user gnt 641\ngroup gnt 642\n")[0], two)
    fill(read_lock(FIRST + "user gnt 643\ngroup gnt 642\n")[0], three)
    assert (one["users"][0]["uid"], one["groups"][0]["gid"]) == (641, 642)
    assert one == two
    assert len({each["input"] for each in (people("gnt"), one, three)}) == 3


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        ("", "does not begin", ""),
        ("user a 1\n", "does not begin", "user a 1"),
        (FIRST + "user a 1", "was cut", "user a 1"),
        (FIRST + "user a 1\nuser a 2\n", "two lines", "user a 2"),
        (FIRST + "user a 1\nuser b 1\n", "1 is the number of two users", "user b 1"),
        (FIRST + "user a 1\nuser b 1 removed\n", "number of two", "user b 1 removed"),
        (FIRST + "<<<<<<< HEAD\nuser a 1\n", "no line of a lock", "<<<<<<< HEAD"),
        (FIRST + "user a 1 gone\n", "no line of a lock", "user a 1 gone"),
        (FIRST + "user a 1 removed x\n", "no line of a lock", "user a 1 removed x"),
        (FIRST + "user  a 1\n", "no line of a lock", "user  a 1"),
        (FIRST + "user a\n", "no line of a lock", "user a"),
        (FIRST + "users a 1\n", "no line of a lock", "users a 1"),
        (FIRST + "user A 1\n", "no line of a lock", "user A 1"),
        (FIRST + "user a 1\r\n", "is no number", "user a 1\r"),
        (FIRST + "user a 01\n", "`01` is no number", "user a 01"),
        (FIRST + "user a -1\n", "`-1` is no number", "user a -1"),
        (FIRST + "user a \u0661\n", "is no number", "user a \u0661"),
        (FIRST + "user a 4294967295\n", "is no number", "user a 4294967295"),
        (FIRST + "user a " + "9" * 5000 + "\n", "is no number", "user a " + "9" * 5000),
    ],
)
def test_damage_is_told_with_its_place(text: str, message: str, place: str) -> None:
    _, damages = read_lock(text)
    assert [message in each.message for each in damages] == [True]
    assert text[damages[0].start : damages[0].end] == place


def test_all_damage_is_told_at_once() -> None:
    text = "user a 1\nx\nuser b 1\ncut"
    assert len(read_lock(text)[1]) == 4


def test_comments_empty_lines_and_any_order_are_fine() -> None:
    lock, damages = read_lock(FIRST + "user b 2\n\n# by hand\ngroup a 1 removed\n")
    assert damages == []
    assert [line for line in lock.text().splitlines() if line[0] != "#"] == [
        "group a 1 removed", "user b 2",
    ]  # fmt: skip


@pytest.mark.parametrize("seed", range(20))
def test_what_is_written_is_read_again_and_noise_never_breaks_the_reader(seed: int) -> None:
    dice = random.Random(seed)
    lock = Lock()
    extend(lock, wishes([people(*(f"a{n}" for n in range(30)))]), is_complete=True)
    text = lock.text()
    again, damages = read_lock(text)
    assert (again.text(), damages) == (text, [])
    for _ in range(50):
        at = dice.randrange(len(text))
        noisy = (
            text[:at] + dice.choice(["", "\n", "\0", "user", " ", "9", "\u2028"]) + text[at + 1 :]
        )
        for damage in read_lock(noisy)[1]:
            assert 0 <= damage.start <= damage.end <= len(noisy)


# ---- the command line

CONFIGURATION = """import "account.vcfg"

account.users.ana { system = false }
account.users.gnt { uid = 500, groups = ["kvm"] }
account.groups.kvm {}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, text: str = CONFIGURATION) -> Path:
    (folder / "main.vcfg").write_text(text)
    return folder / "ids.lock"


def findings(vcfg: RunVcfg, *words: str) -> list[dict[str, Any]]:
    ran = vcfg(*words, "--errors", "json")
    assert ran.status == 1
    found: list[dict[str, Any]] = json.loads(ran.out or ran.err)["diagnostics"]
    return found


def places(finding: dict[str, Any]) -> list[str]:
    return sorted(f"{each['file']}:{each['start']['line']}" for each in finding["labels"])


def test_without_a_lock_nothing_is_numbered(vcfg: RunVcfg, folder: Path) -> None:
    lock = write(folder)
    assert vcfg("build", "main.vcfg", "-o", "out").status == 0
    assert not lock.exists()
    users = json.loads((folder / "out/plan.json").read_text())["users"]
    assert [user["uid"] for user in users] == [None, 500]


def test_a_lock_is_made_once_and_used_by_every_build(vcfg: RunVcfg, folder: Path) -> None:
    lock = write(folder)
    assert vcfg("build", "main.vcfg", "-o", "out", "--lock-ids").status == 0
    text = lock.read_text()
    assert "user gnt 500\n" in text
    assert "kvm" not in text
    before = lock.stat()
    assert vcfg("build", "main.vcfg", "-o", "out", "--lock-ids").status == 0
    assert (lock.stat().st_ino, lock.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    ran = vcfg("build", "main.vcfg", "-o", "out")
    assert (ran.status, ran.out) == (0, "")
    users = json.loads((folder / "out/plan.json").read_text())["users"]
    assert f"user ana {users[0]['uid']}\n" in text
    assert f"_user lock ana {users[0]['uid']} " in (folder / "out/activate").read_text()


@pytest.mark.parametrize("verb", [["check", "main.vcfg"], ["build", "main.vcfg", "-o", "out"]])
def test_contradictions_are_shown_at_both_places(
    verb: list[str], vcfg: RunVcfg, folder: Path
) -> None:
    lock = write(folder)
    lock.write_text(FIRST + "user gnt 501\ngroup gnt 501\nuser b 7 removed\n")
    write(folder, CONFIGURATION + "account.users.c { uid = 7 }\n")
    found = {each["message"]: each for each in findings(vcfg, *verb)}
    assert places(found["`gnt` has the uid 500 here and 501 in `ids.lock`"]) == [
        "ids.lock:2", "main.vcfg:4",
    ]  # fmt: skip
    assert places(found["The uid 7 of `c` was given to `b`"]) == ["ids.lock:4", "main.vcfg:6"]
    missing = found["The user `ana` has no number in `ids.lock`"]
    assert (missing["code"], places(missing)) == ("unlocked-account", ["main.vcfg:3"])
    assert not (folder / "out").exists()


def test_a_damaged_lock_is_never_overwritten(vcfg: RunVcfg, folder: Path) -> None:
    lock = write(folder)
    lock.write_text(FIRST + "user a 1\nuser b 1")
    found = findings(vcfg, "build", "main.vcfg", "-o", "out", "--lock-ids")
    assert [(each["code"], places(each)) for each in found] == [("bad-lock", ["ids.lock:3"])]
    assert lock.read_text() == FIRST + "user a 1\nuser b 1"
    lock.write_bytes(b"\xff")
    assert "cannot be read" in findings(vcfg, "check", "main.vcfg")[0]["message"]


FLEET = """import "account.vcfg"

host one { account.users.a { uid = 500 } }
host two { account.users.b {} }
"""


def test_hosts_share_one_lock(vcfg: RunVcfg, folder: Path) -> None:
    lock = write(folder, FLEET)
    assert vcfg("build", "main.vcfg", "-o", "out", "--lock-ids").status == 0
    text = lock.read_text()
    assert "user a 500\n" in text
    assert "user b " in text
    words = ("build", "main.vcfg", "-o", "out", "--host", "two")
    assert vcfg(*words).status == 0
    assert vcfg(*words, "--lock-ids").status == 0
    assert lock.read_text() == text


def test_hosts_that_disagree_are_shown_both(vcfg: RunVcfg, folder: Path) -> None:
    lock = write(folder, FLEET.replace("users.b {}", "users.a { uid = 501 }"))
    found = findings(vcfg, "build", "main.vcfg", "-o", "out", "--lock-ids")
    assert [places(each) for each in found] == [["main.vcfg:3", "main.vcfg:4"]]
    assert not lock.exists()


PACKAGED = """import "cron.vcfg"
import "networking.vcfg"
import "openssh.vcfg"
import "virtualization/ganeti.vcfg"
import "virtualization/libvirt.vcfg"

cron.files.a.jobs.b { schedule = "@daily", command = "/bin/true" }
openssh.enable = true
networking { interfaces.lo {}, resolver = "resolved" }
libvirt { enable = true, unix-sock-group = "libvirt" }
ganeti.enable = true
account.users.ana { groups = ["crontab", "libvirt", "netdev", "systemd-resolve"] }
"""


def test_what_packages_make_has_no_number_here(vcfg: RunVcfg, folder: Path) -> None:
    """They give the numbers; one in the lock would be told as kept with every run."""
    lock = write(folder, PACKAGED)
    built = vcfg("build", "main.vcfg", "-o", "out", "--lock-ids")
    assert built.status == 0, built.err
    entries = [line for line in lock.read_text().splitlines() if not line.startswith("#")]
    assert [line.split()[1] for line in entries] == ["ana", "ana"]
