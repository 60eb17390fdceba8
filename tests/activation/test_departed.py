"""Accounts that leave the configuration: locked, unlocked exactly, deleted only when asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from .box import SHELLS, script_of, tree
from .test_accounts import DEBIAN, SKIP, database, debian, users

if TYPE_CHECKING:
    from .box import Box

STATE = "var/lib/vcfg/state"
NOBODY = script_of({})


def lines(box: Box, name: str, account: str) -> list[str]:
    """The entry of an account, as a list so that its absence can be seen."""
    return [line for line in database(box, name) if line.startswith(f"{account}:")]


def databases(box: Box) -> dict[str, list[str]]:
    return {name: database(box, name) for name in DEBIAN}


def apply(box: Box, activation: dict[str, Any]) -> str:
    """Run a configuration; what was said of it."""
    ran = box.run(script_of(activation), SKIP)
    assert ran.code == 0, ran.err
    return ran.out + ran.err


@pytest.mark.parametrize("shell", SHELLS)
def test_what_we_made_is_locked_and_unlocked_exactly(box: Box, shell: tuple[str, ...]) -> None:
    box.shell = shell
    debian(box)
    both = {
        **users(gnt={"shell": "/bin/sh", "home": "/srv/gnt", "groups": ["kvm"]}, svc={}),
    }
    apply(box, both)
    shadow = box.root / "etc/shadow"
    # somebody set a password, ages and an expiry since
    shadow.write_text(shadow.read_text().replace("gnt:!:::::::", "gnt:$6$a$b:1:2:3:4:5:22222:"))
    wanted = databases(box)
    checked = box.run(script_of(users(svc={})), SKIP, "--check")
    assert "lock user gnt, which is not wanted any more" in checked.out
    apply(box, users(svc={}))
    assert lines(box, "passwd", "gnt") == ["gnt:x:101:100::/srv/gnt:/usr/sbin/nologin"]
    assert lines(box, "shadow", "gnt") == ["gnt:!$6$a$b:1:2:3:4:5:1:"]
    assert lines(box, "group", "kvm") == ["kvm:x:104:ann"]
    assert lines(box, "group", "gnt") == ["gnt:x:100:"]
    assert lines(box, "shadow", "svc") == ["svc:!:::::::"]
    assert "locked\tgnt\t!\t22222\t/bin/sh\n" in (box.root / STATE).read_text()
    before = tree(box.root, times=True)
    ran = box.run(script_of(users(svc={})), SKIP)
    assert (ran.code, ran.out, ran.err) == (0, "nothing to do\n", "")
    assert tree(box.root, times=True) == before
    assert "unlock user gnt" in apply(box, both)
    assert databases(box) == wanted
    assert "locked" not in (box.root / STATE).read_text()


def test_an_empty_field_keeps_the_shell_from_before_the_lock(box: Box) -> None:
    debian(box)
    apply(box, users(gnt={"shell": "/bin/sh"}))
    apply(box, {})
    apply(box, users(gnt={"shell": ""}))
    assert lines(box, "passwd", "gnt") == ["gnt:x:101:100::/nonexistent:/bin/sh"]


@pytest.mark.parametrize("shell", SHELLS)
def test_what_was_done_by_hand_meanwhile_stays(box: Box, shell: tuple[str, ...]) -> None:
    box.shell = shell
    debian(box)
    apply(box, users(gnt={"shell": ""}))
    apply(box, {})
    for name, old, new in (
        ("shadow", "gnt:!::::::1:", "gnt:$6$new$x:20000::::::"),
        ("passwd", "/nonexistent:/usr/sbin/nologin\n", "/nonexistent:/bin/zsh\n"),
    ):
        path = box.root / "etc" / name
        head, _, tail = path.read_text().rpartition(old)
        assert head
        path.write_text(head + new + tail)
    assert apply(box, {}) == "nothing to do\n"
    apply(box, users(gnt={"shell": ""}))
    assert lines(box, "shadow", "gnt") == ["gnt:$6$new$x:20000::::::"]
    assert lines(box, "passwd", "gnt") == ["gnt:x:101:100::/nonexistent:/bin/zsh"]


def test_the_day_of_expiry_by_hand_is_not_ours(box: Box) -> None:
    debian(box)
    apply(box, users(gnt={}))
    apply(box, {})
    shadow = box.root / "etc/shadow"
    shadow.write_text(shadow.read_text().replace("gnt:!::::::1:", "gnt:!::::::30000:"))
    apply(box, users(gnt={}))
    assert lines(box, "shadow", "gnt") == ["gnt:!::::::30000:"]


def test_what_was_there_before_only_loses_memberships(box: Box) -> None:
    debian(box)
    apply(box, {"users": {"ann": {"groups": ["kvm", "daemon"], "shell": "/bin/bash"}}})
    wanted = databases(box)
    wanted["group"][1] = "daemon:x:1:"
    said = apply(box, {})
    assert "user ann is not wanted any more; the account was there before" in said
    assert databases(box) == wanted
    assert apply(box, {}) == "nothing to do\n"


def test_a_locked_account_that_is_not_ours_is_named(box: Box) -> None:
    """Its owner may have meant that; we say it, and change nothing."""
    debian(box)
    shadow = box.root / "etc/shadow"
    shadow.write_text("root:*:19000:0:99999:7:::\nann:!:19000:0:99999:7::1:\n")
    said = apply(box, {"users": {"ann": {}}})
    assert "user ann is locked, not by this script" in said
    assert lines(box, "shadow", "ann") == ["ann:!:19000:0:99999:7::1:"]


def test_groups_of_ours_stay_and_are_told_once(box: Box) -> None:
    debian(box)
    apply(box, {"groups": {"made": {}, "kvm": {}}})
    said = apply(box, {})
    assert "group made is not wanted any more; it stays" in said
    assert "group kvm" not in said
    assert lines(box, "group", "made") == ["made:x:100:"]
    again = box.run(NOBODY, SKIP)
    assert (again.out, again.err) == ("nothing to do\n", "")


def test_numbers_of_the_departed_are_not_used_again(box: Box) -> None:
    debian(box)
    apply(box, users(gnt={}))
    apply(box, users(other={}))
    assert lines(box, "passwd", "gnt")[0].startswith("gnt:x:101:100:")
    assert lines(box, "passwd", "other")[0].startswith("other:x:102:101:")
    assert lines(box, "group", "other") == ["other:x:101:"]


@pytest.mark.parametrize("shell", SHELLS)
def test_purge_deletes_what_we_made(box: Box, shell: tuple[str, ...]) -> None:
    box.shell = shell
    debian(box)
    start = databases(box)
    apply(
        box, users(gnt={"purge": True, "groups": ["kvm"], "home": "/srv/gnt", "create-home": True})
    )
    # by hand, in a group of somebody else's
    group = box.root / "etc/group"
    group.write_text(group.read_text().replace("daemon:x:1:", "daemon:x:1:gnt,ann"))
    start["group"][1] = "daemon:x:1:ann"
    start["passwd"].append("")
    said = apply(box, {})
    assert "delete user gnt, as its purge asked for; /srv/gnt stays" in said
    assert databases(box) == start
    assert (box.root / "srv/gnt").is_dir()
    assert "gnt" not in (box.root / STATE).read_text()
    assert apply(box, {}) == "nothing to do\n"


def test_purge_spares_groups_that_somebody_needs(box: Box) -> None:
    debian(box)
    purged: dict[str, Any] = {"purge": True}
    apply(box, users(one=purged, two=purged, three=purged))
    gid = lines(box, "group", "two")[0].split(":")[2]
    group = box.root / "etc/group"
    group.write_text(group.read_text().replace("one:x:100:", "one:x:100:ann"))
    passwd = box.root / "etc/passwd"
    passwd.write_text(passwd.read_text() + f"by-hand:x:4000:{gid}::/:/bin/sh\n")
    apply(box, {"groups": {"three": {}}})
    for name in ("one", "two", "three"):
        assert lines(box, "passwd", name) == lines(box, "shadow", name) == []
        assert len(lines(box, "group", name)) == len(lines(box, "gshadow", name)) == 1


def test_purge_never_deletes_what_was_there_before(box: Box) -> None:
    debian(box)
    apply(box, {"users": {"ann": {"purge": True}}})
    wanted = databases(box)
    apply(box, {})
    assert databases(box) == wanted


def test_a_purged_user_that_is_still_a_member_is_refused(box: Box) -> None:
    debian(box)
    apply(box, users(gnt={"purge": True}))
    before = tree(box.root, times=True)
    ran = box.run(script_of({"groups": {"kvm": {"members": ["gnt"]}}}), SKIP)
    assert ran.code == 3
    assert "user gnt, member of kvm, is neither declared nor in the root" in ran.err
    assert tree(box.root, times=True) == before


def test_an_account_can_be_left_to_others(box: Box) -> None:
    debian(box)
    apply(box, users(gnt={"shell": "/bin/sh"}, svc={"shell": "/bin/sh"}))
    wanted = databases(box)
    apply(box, users(svc={"shell": "/bin/sh"}))
    said = apply(box, {"foreign-users": ["gnt", "svc"]})
    assert "user svc is left to others from now on" in said
    assert databases(box) == wanted
    assert "user" not in (box.root / STATE).read_text()
    apply(box, {})
    assert databases(box) == wanted


def test_one_that_was_deleted_by_hand_is_forgotten(box: Box) -> None:
    debian(box)
    apply(box, users(gnt={}))
    for name, text in DEBIAN.items():
        (box.root / "etc" / name).write_text(text)
    wanted = databases(box)
    assert "lock" not in apply(box, {})
    assert databases(box) == wanted
    assert "gnt" not in (box.root / STATE).read_text()


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    ("entry", "locked"),
    [
        ("gnt::::::::", "gnt:!::::::1:"),
        ("gnt:!!:::::::", "gnt:!!::::::1:"),
        ("gnt:*:0:0:99999:7:30:40000:x", "gnt:!*:0:0:99999:7:30:1:x"),
        ("gnt:$6$a", "gnt:!$6$a"),
        ("gnt:a:b:c", "gnt:!a:b:c"),
        ("gnt:a:1:2:3:4:5:6:7:8:9", "gnt:!a:1:2:3:4:5:6:7:8:9"),
        (None, "gnt:!*::::::1:"),
    ],
)
def test_every_entry_of_shadow_can_be_locked(
    box: Box, shell: tuple[str, ...], entry: str | None, locked: str
) -> None:
    """Damaged ones too; and it comes back as it was."""
    box.shell = shell
    debian(box)
    apply(box, users(gnt={"shell": ""}))
    shadow = box.root / "etc/shadow"
    text = shadow.read_text()
    shadow.write_text(text.replace("gnt:!:::::::\n", f"{entry}\n" if entry is not None else ""))
    apply(box, {})
    assert lines(box, "shadow", "gnt") == [locked]
    apply(box, users(gnt={"shell": ""}))
    assert lines(box, "shadow", "gnt") == [entry if entry is not None else "gnt:*:::::::"]


def test_a_password_in_passwd_is_locked_there(box: Box) -> None:
    debian(box)
    apply(box, users(gnt={"shell": ""}))
    passwd = box.root / "etc/passwd"
    passwd.write_text(passwd.read_text().replace("gnt:x:", "gnt:$6$a$b:"))
    apply(box, {})
    assert lines(box, "passwd", "gnt")[0].startswith("gnt:!$6$a$b:")
    apply(box, users(gnt={"shell": ""}))
    assert lines(box, "passwd", "gnt")[0].startswith("gnt:$6$a$b:")


@pytest.mark.parametrize("lost", [["shadow"], ["passwd"], ["passwd", "shadow"]])
def test_a_half_written_lock_is_finished_or_taken_back(box: Box, lost: list[str]) -> None:
    """Databases are renamed one after the other; the journal tells what was about to happen."""
    debian(box)
    first = users(gnt={"shell": "/bin/sh"})
    apply(box, first)
    made = databases(box)
    journal = box.root / "var/lib/vcfg/pending"
    apply(box, {})
    gone = databases(box)
    state = (box.root / STATE).read_text()
    for then, wanted in (({}, gone), (first, made)):
        (box.root / STATE).write_text(state.replace("locked\t", "was-not-locked\t"))
        journal.write_text("vcfg-journal 1\nuser\tgnt\tmade\nlocked\tgnt\t-\t-\t/bin/sh\nend\n")
        for name in DEBIAN:
            text = made[name] if name in lost else gone[name]
            (box.root / "etc" / name).write_text("\n".join(text))
        apply(box, then)
        assert databases(box) == wanted


@pytest.mark.parametrize("shell", SHELLS)
def test_an_account_comes_back_after_everything_was_taken_away(
    box: Box, shell: tuple[str, ...]
) -> None:
    """Its owner shall be able to log in again, and nobody else get its number meanwhile."""
    box.shell = shell
    debian(box)
    configuration = {
        **users(ana={"system": False, "shell": "/bin/bash"}),
        "files": {"/etc/ours": {"text": "x\n"}},
    }
    apply(box, configuration)
    shadow = box.root / "etc/shadow"
    shadow.write_text(
        shadow.read_text().replace("ana:*:", "ana:$6$a$b:").replace("ana:!:", "ana:$6$a$b:")
    )
    wanted = databases(box)
    ran = box.run(script_of(configuration), SKIP, "--uninstall")
    assert ran.code == 0, ran.err
    assert "accounts that were made stay, locked" in ran.err
    assert not (box.root / "etc/ours").exists()
    assert lines(box, "shadow", "ana")[0].startswith("ana:!$6$a$b:")
    assert sorted(path.name for path in (box.root / STATE).parent.iterdir()) == ["state"]
    assert "own" not in (box.root / STATE).read_text()
    again = box.run(script_of(configuration), SKIP, "--uninstall")
    assert (again.code, again.out) == (0, "nothing to do\n")
    assert "unlock user ana" in apply(box, configuration)
    assert databases(box) == wanted


def test_a_purge_that_was_cut_short_is_finished(box: Box) -> None:
    """The next one of that name shall not inherit a password."""
    debian(box)
    apply(box, users(gnt={"purge": True, "groups": ["kvm"]}))
    passwd = box.root / "etc/passwd"
    passwd.write_text("".join(f"{each}\n" for each in database(box, "passwd") if "gnt" not in each))
    assert lines(box, "shadow", "gnt") != []
    assert "delete user gnt" in apply(box, {})
    assert lines(box, "shadow", "gnt") == lines(box, "group", "gnt") == []
    assert "gnt" not in "".join(database(box, "group") + database(box, "gshadow"))
    assert box.run(script_of({}), SKIP).out == "nothing to do\n"
