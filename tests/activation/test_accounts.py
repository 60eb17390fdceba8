"""Users and groups: the four databases, ids, memberships, owners by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from .box import SHELLS, script_of, tree

if TYPE_CHECKING:
    from .box import Box

SKIP = "--ownership=skip"
DEBIAN = {
    "passwd": "root:x:0:0:root:/root:/bin/bash\n\n# by hand\ndaemon:x:1:1:d:/:/usr/sbin/nologin\n"
    "_apt:x:100:65534::/nonexistent:/usr/sbin/nologin\nann:x:1000:1000:Ann:/home/ann:/bin/bash\n+::::::",
    "group": "root:x:0:\ndaemon:x:1:\nkvm:x:104:ann\nann:x:1000:\nnogroup:x:65534:\nshadow:x:42:\n",
    "shadow": "root:*:19000:0:99999:7:::\nann:$y$j9T$x:19000:0:99999:7:::\n",
    "gshadow": "root:*::\nkvm:!::ann\nann:!::\n",
}


def debian(box: Box) -> None:
    """A root with accounts of its own, comments and a line for NIS."""
    etc = box.root / "etc"
    etc.mkdir()
    for name, text in DEBIAN.items():
        (etc / name).write_text(text)
        (etc / name).chmod(0o640 if "shadow" in name else 0o644)


def database(box: Box, name: str) -> list[str]:
    return (box.root / "etc" / name).read_text().split("\n")


def users(**entries: dict[str, Any]) -> dict[str, Any]:
    """Users with groups of their own."""
    return {"users": entries, "groups": {name: {} for name in entries}}


@pytest.mark.parametrize("shell", SHELLS)
def test_accounts_are_added_and_the_rest_stays(box: Box, shell: tuple[str, ...]) -> None:
    box.shell = shell
    debian(box)
    script = script_of(
        {
            "groups": {
                "gnt": {"members": ["ann"]},
                "fixed": {"gid": 500},
                "people": {"system": False},
            },
            "users": {
                "gnt": {"groups": ["kvm", "fixed"], "home": "/var/lib/gnt", "comment": "Ganeti"},
                "bob": {"group": "people", "system": False, "shell": "/bin/sh", "uid": 2000},
            },
        }
    )
    ran = box.run(script, SKIP)
    assert ran.code == 0, ran.err
    assert database(box, "group") == [
        "root:x:0:", "daemon:x:1:", "kvm:x:104:ann,gnt", "ann:x:1000:", "nogroup:x:65534:",
        "shadow:x:42:", "fixed:x:500:gnt", "gnt:x:100:ann", "people:x:1001:", "",
    ]  # fmt: skip
    assert database(box, "gshadow") == [
        "root:*::", "kvm:!::ann,gnt", "ann:!::", "fixed:!::gnt", "gnt:!::ann", "people:!::", "",
    ]  # fmt: skip
    assert database(box, "passwd") == [
        *DEBIAN["passwd"].split("\n"),
        "bob:x:2000:1001::/nonexistent:/bin/sh",
        "gnt:x:101:100:Ganeti:/var/lib/gnt:/usr/sbin/nologin",
        "",
    ]
    assert database(box, "shadow")[2:] == ["bob:*:::::::", "gnt:!:::::::", ""]
    modes = {path.name: path.stat().st_mode & 0o777 for path in (box.root / "etc").iterdir()}
    assert modes["shadow"] == modes["gshadow"] == modes["shadow-"] == 0o640
    assert modes["passwd"] == modes["group"] == 0o644
    assert (box.root / "etc/passwd-").read_text() == DEBIAN["passwd"]
    before = tree(box.root, times=True)
    assert box.run(script, SKIP).out == "nothing to do\n"
    assert tree(box.root, times=True) == before


@pytest.mark.parametrize("shell", SHELLS)
def test_a_root_without_gshadow_gets_a_whole_one(box: Box, shell: tuple[str, ...]) -> None:
    box.shell = shell
    debian(box)
    (box.root / "etc/gshadow").unlink()
    with (box.root / "etc/group").open("a") as group:
        group.write("+:::\n")
    assert box.run(script_of({"groups": {"gnt": {"members": ["ann"]}}}), SKIP).code == 0
    assert database(box, "gshadow") == [
        "root:*::", "daemon:!::", "kvm:!::ann", "ann:!::", "nogroup:!::", "shadow:!::",
        "gnt:!::ann", "",
    ]  # fmt: skip


@pytest.mark.parametrize("shell", SHELLS)
def test_an_empty_first_line_stays(box: Box, shell: tuple[str, ...]) -> None:
    box.shell = shell
    debian(box)
    (box.root / "etc/group").write_text("\nroot:x:0:\n")
    assert box.run(script_of({"groups": {"gnt": {}}}), SKIP).code == 0
    assert database(box, "group") == ["", "root:x:0:", "gnt:x:100:", ""]


FIELDS = [
    ({"shell": "/bin/sh"}, "shell"),
    ({"home": "/srv/ann", "comment": "Ann"}, "comment, home"),
    ({"group": "staff", "shell": "/bin/sh"}, "group, shell"),
]


@pytest.mark.parametrize("shell", SHELLS)
def test_what_changes_of_an_account_is_told(box: Box, shell: tuple[str, ...]) -> None:
    box.shell = shell
    (box.root / "etc").mkdir()
    for fields, said in FIELDS:
        (box.root / "etc/passwd").write_text("ann:x:7:7:A:/home/ann:/bin/bash\n")
        (box.root / "etc/group").write_text("ann:x:7:\nstaff:x:50:\n")
        ran = box.run(script_of({"users": {"ann": {"group": "ann", **fields}}}), "--check")
        assert f"user ann ({said})\n" in ran.out, ran.err


@pytest.mark.parametrize("shell", SHELLS)
def test_a_name_that_stands_twice_is_told(box: Box, shell: tuple[str, ...]) -> None:
    """Its first line is the account to everybody."""
    box.shell = shell
    (box.root / "etc").mkdir()
    (box.root / "etc/passwd").write_text("ann:x:7:7:::/bin/sh\nbob:x:8:7:::/bin/sh\nann:x:9:9:::\n")
    (box.root / "etc/group").write_text("ann:x:7:\nkvm:x:5:\nkvmx:x:4:\nkvm:x:6:bob\n")
    wanted = {"groups": {"kvm": {"members": ["ann", "bob"]}}, "users": {"ann": {"uid": 7}}}
    ran = box.run(script_of(wanted))
    assert ran.code == 0, ran.err
    assert ran.err.count("more than once") == 2
    assert "group kvm stands more than once in /etc/group; its first line counts\n" in ran.err
    assert "user ann stands more than once in /etc/passwd; its first line counts\n" in ran.err
    assert database(box, "group")[1:4] == ["kvm:x:5:ann,bob", "kvmx:x:4:", "kvm:x:6:bob"]
    assert "more than once" not in box.run(script_of({"groups": {"kvmx": {}}}), "--check").err


def test_an_existing_account_keeps_its_number(box: Box) -> None:
    debian(box)
    script = script_of(
        {
            "users": {"ann": {"uid": 3000, "home": "/srv/ann", "system": False}},
            "groups": {"kvm": {"gid": 3000}},
        }
    )
    ran = box.run(script, SKIP)
    assert ran.code == 0
    assert "keeps its id 1000" in ran.err
    assert "keeps its id 104" in ran.err
    assert "ann:x:1000:1000:Ann:/srv/ann:/bin/bash" in database(box, "passwd")
    assert "ann:$y$j9T$x:19000:0:99999:7:::" in database(box, "shadow")
    assert box.run(script, SKIP).out == "nothing to do\n"


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "uid of another": ({"users": {"new": {"uid": 1000, "group": "kvm"}}}, "user id 1000"),
    "gid of another": ({"groups": {"new": {"gid": 104}}}, "group id 104"),
    "group nowhere": ({"users": {"new": {"group": "nowhere"}}}, "group nowhere"),
    "member nowhere": ({"groups": {"kvm": {"members": ["nobody-here"]}}}, "user nobody-here"),
    "other group nowhere": ({"users": {"ann": {"groups": ["nowhere"]}}}, "group nowhere"),
}


@pytest.mark.parametrize("reason", REFUSED)
def test_conflicts_are_refused(box: Box, reason: str) -> None:
    debian(box)
    before = tree(box.root, times=True)
    activation, words = REFUSED[reason]
    ran = box.run(script_of(activation), SKIP)
    assert ran.code == 3
    assert words in ran.err
    assert tree(box.root, times=True) == before


def test_only_our_memberships_are_taken_back(box: Box) -> None:
    debian(box)
    wide = {"groups": {"kvm": {"members": ["ann", "daemon", "root"]}}}
    assert box.run(script_of(wide), SKIP).code == 0
    assert "kvm:x:104:ann,daemon,root" in database(box, "group")
    narrow = {"groups": {"kvm": {"members": ["root"]}}}
    assert box.run(script_of(narrow), SKIP).code == 0
    assert "kvm:x:104:ann,root" in database(box, "group")
    assert "kvm:!::ann,root" in database(box, "gshadow")


def test_empty_roots_get_databases(box: Box) -> None:
    assert box.run(script_of(users(app={})), SKIP, SOURCE_DATE_EPOCH="864000").code == 0
    assert database(box, "passwd") == [
        "root:x:0:0:root:/root:/bin/sh",
        "app:x:100:100::/nonexistent:/usr/sbin/nologin",
        "",
    ]
    assert database(box, "shadow") == ["root:*:10::::::", "app:!:10::::::", ""]
    assert (box.root / "etc/shadow").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("lost", [["gshadow"], ["gshadow", "passwd", "shadow"], ["shadow"]])
def test_databases_half_written_by_a_dead_run_are_completed(box: Box, lost: list[str]) -> None:
    """They are renamed one after the other; what came later may be the old one."""
    debian(box)
    script = script_of(users(app={"groups": ["kvm"]}))
    assert box.run(script, SKIP).code == 0
    wanted = {name: database(box, name) for name in DEBIAN}
    for name in lost:
        (box.root / "etc" / name).write_text(DEBIAN[name])
    assert box.run(script, SKIP, "--check").code == 2
    assert box.run(script, SKIP).code == 0
    assert {name: database(box, name) for name in DEBIAN} == wanted
    assert box.run(script, SKIP).out == "nothing to do\n"


def test_the_day_is_never_zero(box: Box) -> None:
    """Zero would ask for a new password at the next login."""
    assert box.run(script_of(users(app={})), SKIP, SOURCE_DATE_EPOCH="86399").code == 0
    assert "app:!:::::::" in database(box, "shadow")


@pytest.mark.root
def test_owners_by_name_and_number(box: Box) -> None:
    debian(box)
    script = script_of(
        {
            **users(app={"home": "/srv/app", "create-home": True}),
            "files": {
                "/etc/app/a": {"text": "a", "owner": "app", "group": "kvm", "mode": "0640"},
                "/etc/app/b": {"text": "b", "owner": "4711", "group": "4712", "mode": "2755"},
                "/etc/app/c": {"text": "c"},
            },
            "dirs": {"/var/lib/app": {"owner": "app", "group": "app", "mode": "2770"}},
        }
    )
    assert box.run(script).code == 0

    def owner(path: str) -> tuple[int, int, str]:
        status = (box.root / path).stat()
        return status.st_uid, status.st_gid, f"{status.st_mode & 0o7777:o}"

    wanted = [(101, 104, "640"), (4711, 4712, "2755"), (0, 0, "644"), (101, 101, "2770")]
    paths = ["etc/app/a", "etc/app/b", "etc/app/c", "var/lib/app"]
    assert "app:x:100:" in database(box, "group")
    wanted[3] = (101, 100, "2770")
    assert [owner(path) for path in paths] == wanted
    assert owner("srv/app") == (101, 100, "700")
    import os

    os.chown(box.root / "etc/app/a", 7, 7)
    os.chown(box.root / "var/lib/app", 0, 0)
    assert box.run(script, "--check").code == 2
    assert box.run(script).code == 0
    assert [owner(path) for path in paths] == wanted
    assert box.run(script).out == "nothing to do\n"


@pytest.mark.root
@pytest.mark.parametrize("kind", ["files", "dirs"])
def test_an_unknown_owner_is_refused(box: Box, kind: str) -> None:
    script = script_of({kind: {"/etc/x": {"owner": "stranger"}}})
    ran = box.run(script)
    assert ran.code == 3
    assert "user stranger is neither declared nor in the root" in ran.err
    assert tree(box.root) == {}
    assert box.run(script, SKIP).code == 0


@pytest.mark.root
@pytest.mark.needs("unshare", package="util-linux")
@pytest.mark.needs("setpriv", package="util-linux")
def test_owners_need_rights(box: Box) -> None:
    """An ordinary user is refused only where somebody else's file would be made."""
    mine = script_of({"files": {"/etc/x": {"text": "x", "owner": "1234", "group": "1234"}}})
    other = script_of({"files": {"/etc/x": {"text": "x"}}})
    import os

    os.chown(box.root, 1234, 1234)
    for path in [box.folder, *box.folder.parents]:
        if path.stat().st_uid == 0 and path.is_relative_to("/tmp/pytest-of-root"):
            path.chmod(0o755)
    user = ["setpriv", "--reuid=1234", "--regid=1234", "--clear-groups", "sh"]
    ran = box.command(*user, box.script(other), f"--root={box.root}")
    assert ran.code == 77, ran.err
    assert tree(box.root) == {}
    assert box.command(*user, box.script(other), f"--root={box.root}", SKIP, "--check").code == 2
    assert box.command(*user, box.script(mine), f"--root={box.root}").code == 0
    assert (box.root / "etc/x").stat().st_uid == 1234


def test_reasons_to_refuse_come_last(box: Box) -> None:
    script = script_of({"files": {"/etc/x": {}, "/etc/y": {}}, "packages": ["nosuch"]})
    ran = box.run(script, "--ownership=skip", "--packages=check")
    assert ran.code == 3
    last = ran.err.rstrip("\n").split("\n")[-2:]
    assert last[0].startswith("activate: refused: ")
    assert last[1] == "activate: nothing was changed"
