"""The plan: shape, order, origins, and every impossible wish reported where it was made."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from evaluator.plan.cron import cron_text, schedule_fault
from evaluator.plan.validate import BadPlan, read_plan, validate_plan
from tests.plans import EVERYTHING, SOURCE, build


def test_a_plan_follows_its_schema() -> None:
    plan, sink = build(EVERYTHING)
    assert [d.message for d in sink.diagnostics] == []
    validate_plan(plan)
    assert read_plan(json.dumps(plan)) == plan
    # Each by its place in what was evaluated: `qemu-utils`, `curl`, `curl`.
    asked = [(each["name"], each["origin"][0]["path"]) for each in plan["packages"]]
    assert asked == [("curl", "activation.packages[2]"), ("qemu-utils", "activation.packages[0]")]
    assert [file["path"] for file in plan["files"]] == ["/etc/a", "/etc/b", "/etc/c", "/etc/d"]
    assert plan["files"][0]["replaces"] == ["0" * 64, "1" * 64]
    assert plan["files"][1]["origin"] == [
        {"file": "a.vcfg", "line": 9, "path": 'activation.files."/etc/b"'},
        {"file": "node1.vcfg", "line": 2, "path": 'activation.files."/etc/b"'},
    ]
    assert [snippet["name"] for snippet in plan["snippets"]] == ["early", "first", "last"]
    assert plan["users"][0]["groups"] == ["disk", "kvm"]


def test_nothing_is_a_plan_too() -> None:
    plan, sink = build({})
    assert not sink.diagnostics
    validate_plan(plan)
    assert all(plan[key] == [] for key in ("files", "dirs", "users", "cron", "snippets"))


def test_written_order_does_not_matter() -> None:
    def backwards(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: backwards(value[key]) for key in reversed(value)}
        return value

    assert json.dumps(build(EVERYTHING)[0]) == json.dumps(build(backwards(EVERYTHING))[0])


@pytest.mark.parametrize("key", ["files", "dirs", "users", "snippets", "version", "input"])
def test_damaged_plans_are_refused(key: str) -> None:
    plan = build(EVERYTHING)[0]
    missing = {name: value for name, value in plan.items() if name != key}
    with pytest.raises(BadPlan, match=key):
        validate_plan(missing)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("path", "etc/x"), ("path", "/etc/../x"), ("path", "/etc//x"), ("path", "/etc/x/"),
        ("path", "/"), ("path", "/a\nb"), ("mode", "644"), ("mode", "0999"), ("owner", "a b"),
        ("manage", "maybe"), ("text", "a\0b"), ("replaces", ["x"]), ("surplus", 1),
        ("origin", [{"file": "x"}]),
    ],
)  # fmt: skip
def test_damaged_files_are_refused(field: str, value: object) -> None:
    plan = copy.deepcopy(build(EVERYTHING)[0])
    plan["files"][0][field] = value
    with pytest.raises(BadPlan, match=r"files\[0\]"):
        validate_plan(plan)


def test_text_that_is_no_plan() -> None:
    for text in ("", "[]", "{", "null", "7"):
        with pytest.raises(BadPlan):
            read_plan(text)


def file(path: str, **fields: Any) -> dict[str, Any]:
    return {"files": {path: {"text": "x", **fields}}}


def cron(job: dict[str, Any], name: str = "app") -> dict[str, Any]:
    return {"cron": {name: {"jobs": {"j": {"schedule": "* * * * *", "command": "true", **job}}}}}


def snippet(**entries: dict[str, Any]) -> dict[str, Any]:
    return {"snippets": {name: {"text": "true\n", **entry} for name, entry in entries.items()}}


WRONG: list[tuple[dict[str, Any], str, str]] = [
    (file("etc/x"), "bad-plan", "is not absolute"),
    (file("/"), "bad-plan", "is the root itself"),
    (file("/etc/../x"), "bad-plan", "contains `.` or `..`"),
    (file("/etc//x"), "bad-plan", "an empty component"),
    (file("/etc/x/"), "bad-plan", "an empty component"),
    (file("/etc/a\nb"), "bad-plan", "`/etc/a\\nb` contains a control character"),
    (file("/etc/a\x7f"), "bad-plan", "a control character"),
    (file("/etc/" + "\u00f1" * 128), "bad-plan", "longer than 255 bytes"),
    (file("/" + "a/" * 2000 + "a"), "bad-plan", "is longer than 3000 bytes"),
    (file("/etc/.vcfg-stage/x"), "bad-plan", "stages files"),
    *((file(f"{place}/x"), "bad-plan", f"lies in `{place}`")
      for place in ("/proc", "/sys", "/dev", "/run", "/tmp", "/var/lib/vcfg")),
    *((file(f"/etc/{name}"), "bad-plan", "account database")
      for name in ("passwd", "group", "shadow", "gshadow", "passwd-")),
    ({"files": {"/a": {"text": ""}, "/a/b": {"text": ""}}}, "bad-plan", "`/a/b` lies below `/a`"),
    ({"files": {"/a/b/c": {"text": ""}}, "links": {"/a": {"target": "x"}}},
     "bad-plan", "is a link"),
    ({"files": {"/a": {"text": ""}}, "dirs": {"/a": {}}}, "bad-plan", "both a dir and a file"),
    ({"files": {"/a": {"text": ""}}, "links": {"/a": {"target": "x"}}},
     "bad-plan", "both a file and a link"),
    ({**file("/etc/cron.d/app", text="x\n"), **cron({})}, "bad-plan", "written twice"),
    (file("/etc/x", text="a\0b"), "bad-plan", "NUL byte"),
    (file("/etc/x", text="\ud800"), "bad-plan", "no valid Unicode"),
    (file("/etc/x", owner="a b"), "bad-plan", "neither an account nor a number"),
    ({"links": {"/etc/x": {"target": ""}}}, "bad-plan", "points nowhere"),
    ({"links": {"/etc/x": {"target": "x" * 4096}}}, "bad-plan", "points nowhere"),
    ({"units": {"x" * 250 + ".service": {"state": "mask"}}}, "bad-plan", "no name of a unit"),
    ({"units": {"-rf.service": {"state": "enable"}}}, "bad-plan", "no name of a unit"),
    ({"units": {"$x.service": {"state": "enable"}}}, "bad-plan", "no name of a unit"),
    ({"users": {"A": {"group": "a"}}}, "bad-plan", "no name for a user"),
    ({"users": {"a": {"uid": 7}, "b": {"uid": 7}}},
     "bad-plan", "The uid 7 is given to `a` and to `b`"),
    ({"groups": {"a": {"gid": 7}, "b": {"gid": 7}}}, "bad-plan", "The gid 7"),
    ({"groups": {"a": {"gid": 2**32 - 1}}}, "bad-plan", "is no gid"),
    ({"groups": {"a": {"members": ["x:y"]}}}, "bad-plan", "no name of an account"),
    ({"users": {"a": {"comment": "x:y"}}}, "bad-plan", "contains a colon"),
    ({"users": {"a": {"home": "x", "create-home": True}}}, "bad-plan", "is not absolute"),
    ({"units": {"ssh": {"state": "enable"}}}, "bad-plan", "no name of a unit"),
    ({"units": {"a.service": {"state": "mask"}}, **file("/etc/systemd/system/a.service")},
     "bad-plan", "both written and masked"),
    (cron({}, "a.b"), "bad-plan", "cron would never read"),
    (cron({"schedule": "* * * *"}), "bad-plan", "has 4 fields instead of 5"),
    (cron({"schedule": "99 * * * *"}), "bad-plan", "has a minute that cron does not know"),
    (cron({"schedule": "@often"}), "bad-plan", "is none of @reboot"),
    (cron({"command": "date +%s"}), "bad-plan", "as a line end"),
    (cron({"command": "a\nb"}), "bad-plan", "not one line"),
    (cron({"user": "no one"}), "bad-plan", "no name of an account"),
    ({"cron": {"a": {"environment": {"1A": "x"}}}}, "bad-plan", "cannot set the variable"),
    ({"cron": {"a": {"extra": "\r\n"}}}, "bad-plan", "control character"),
    ({"packages": ["Curl"]}, "bad-plan", "no name of a Debian package"),
    (snippet(a={"after": ["b"]}), "unknown-target", "run after `b`, which does not exist"),
    (snippet(a={"after": ["b"]}, b={"after": ["a"]}), "order-cycle", "`a` before `b` before `a`"),
    (snippet(a={"after": ["a"]}), "order-cycle", "contradicts itself"),
    (snippet(a={"phase": "pre", "after": ["b"]}, b={}), "order-cycle", "belongs to phase `post`"),
    (snippet(a={"before": ["b"]}, b={"phase": "pre"}), "order-cycle", "belongs to phase `pre`"),
    (snippet(a={"phase": "users", "after": ["files"]}), "order-cycle", "cannot run after `files`"),
    (snippet(a={"text": "a\0"}), "bad-plan", "NUL byte"),
    (snippet(a={"on-change": ["etc"]}), "bad-plan", "no absolute path"),
]  # fmt: skip


@pytest.mark.parametrize(("activation", "code", "words"), WRONG, ids=[w for _, _, w in WRONG])
def test_the_impossible_is_reported(activation: dict[str, Any], code: str, words: str) -> None:
    plan, sink = build(activation)
    assert plan["version"] == 1
    assert [d.code for d in sink.diagnostics] == [code]
    (finding,) = sink.diagnostics
    assert words in finding.message
    assert not finding.message.endswith(".")
    label = finding.primary()
    assert label is not None
    assert label.span == (SOURCE, 4, 7)
    assert finding.path is not None
    assert finding.path.startswith("activation.")


def test_all_problems_are_reported_at_once() -> None:
    activation: dict[str, Any] = {}
    for wrong, _, _ in WRONG[:30]:
        for room, entries in wrong.items():
            activation.setdefault(room, {}).update(entries)
    assert len(build(activation)[1].diagnostics) > 20


def test_snippets_run_in_a_stable_order() -> None:
    many: dict[str, Any] = {f"s{at:03d}": {} for at in range(200)}
    many["s000"] = {"after": ["s199"]}
    many["s150"] = {"before": ["s010"]}
    names = [entry["name"] for entry in build(snippet(**many))[0]["snippets"]]
    assert names.index("s199") < names.index("s000")
    assert names.index("s150") < names.index("s010")
    assert names[:9] == [f"s{at:03d}" for at in range(1, 10)]


@pytest.mark.parametrize(
    "schedule",
    [
        "* * * * *",
        "0 0 1 1 0",
        "*/15 8-18/2 1,15 JAN-mar Mon-Fri",
        "59 23 31 12 7",
        "@reboot",
        "5\t4 * * sun",
    ],
)
def test_schedules_of_cron(schedule: str) -> None:
    assert schedule_fault(schedule) == ""


@pytest.mark.parametrize(
    "schedule",
    ["", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8",
     "a * * * *", "5-1 * * * *", "1-2-3 * * * *", "*/0 * * * *", "5/2 * * * *", ", * * * *",
     "-1 * * * *", "@", "\u0661 * * * *"],
)  # fmt: skip
def test_no_schedules_of_cron(schedule: str) -> None:
    assert schedule_fault(schedule) != ""


def test_a_cron_file_ends_with_a_line_end() -> None:
    entry = build(EVERYTHING)[0]["cron"][0]
    assert cron_text(entry) == "PATH=/bin\n# j\n*/5 1-3 * jan,feb 1 root date +\\%s\n"
    assert cron_text({**entry, "extra": "x"}).endswith("\nx\n")
    spaced = {**entry, "environment": {"A": " x ", "B": "", "C": 'say "x"'}, "jobs": []}
    assert cron_text(spaced) == 'A=" x "\nB=""\nC=say "x"\n'
