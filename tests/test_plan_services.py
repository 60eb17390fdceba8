"""The list `services` of a plan: what is derived from paths and texts, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from evaluator.plan.services import restart_key, unit_of
from evaluator.plan.validate import validate_plan
from tests.plans import build

UNITS = "/etc/systemd/system"
PLAIN = "[Unit]\nDescription=A\n[Service]\nExecStart=/bin/a\n[Install]\nWantedBy=b.target\n"


def services(activation: dict[str, Any]) -> dict[str, Any]:
    """The list by name, of a configuration without findings."""
    plan, sink = build(activation)
    assert [d.message for d in sink.diagnostics] == []
    validate_plan(plan)
    assert [each["name"] for each in plan["services"]] == sorted(
        each["name"] for each in plan["services"]
    )
    return {each["name"]: each for each in plan["services"]}


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (f"{UNITS}/a.service", "a.service"),
        (f"{UNITS}/a.service.d/b.conf", "a.service"),
        (f"{UNITS}/a@.service", "a@.service"),
        (f"{UNITS}/a.service.d/b.txt", ""),
        (f"{UNITS}/service.d/b.conf", ""),
        (f"{UNITS}/a.target.wants/a.service", ""),
        (f"{UNITS}/README", ""),
        ("/etc/systemd/network/a.network", ""),
    ],
)
def test_paths_name_units(path: str, name: str) -> None:
    assert unit_of(path) == name


def test_a_unit_is_its_files_and_the_links_that_start_it() -> None:
    link = f"{UNITS}/multi-user.target.wants/a.service"
    found = services(
        {
            "files": {
                f"{UNITS}/a.service": {"text": PLAIN},
                f"{UNITS}/a.service.d/x.conf": {"text": "[Service]\nNice=1\n"},
                f"{UNITS}/gone.service": {"manage": "absent"},
                f"{UNITS}/t@.service": {"text": PLAIN},
                **{path: {"text": ""} for path in ("/etc/b", "/etc/c")},
            },
            "links": {
                link: {"target": f"{UNITS}/a.service"},
                f"{UNITS}/other.service": {"target": f"{UNITS}/a.service"},
            },
            "services": {"c.socket": {"restart-on": ["/etc/c", "/etc/b"], "protected": True}},
        }
    )
    assert list(found) == ["a.service", "c.socket", "t@.service"]
    assert found["a.service"]["files"] == [f"{UNITS}/a.service", f"{UNITS}/a.service.d/x.conf"]
    assert found["a.service"]["start-on"] == [link]
    assert found["a.service"]["when-changed"] == "restart"
    assert found["c.socket"]["restart-on"] == ["/etc/b", "/etc/c"]
    assert found["c.socket"]["when-changed"] == "nothing"
    assert found["c.socket"]["key"] == ""


@pytest.mark.parametrize(
    ("name", "wish", "expected"),
    [
        ("a.service", {}, "restart"),
        ("a.socket", {}, "restart"),
        ("a.mount", {}, "remount"),
        ("a.timer", {}, "nothing"),
        ("a.path", {}, "nothing"),
        ("a.slice", {}, "nothing"),
        ("a.target", {}, "nothing"),
        ("a.service", {"restart-if-changed": False}, "leave"),
        ("a.timer", {"restart-if-changed": False}, "nothing"),
    ],
)
def test_kinds_of_units_change_in_their_own_way(
    name: str, wish: dict[str, Any], expected: str
) -> None:
    activation = {"files": {f"{UNITS}/{name}": {"text": PLAIN}}, "services": {name: wish}}
    assert services(activation)[name]["when-changed"] == expected


def test_a_unit_may_be_reloaded_when_it_changes() -> None:
    text = PLAIN.replace("[Install]", "ExecReload=/bin/b\n[Install]")
    wish = {"a.service": {"reload-if-changed": True}}
    found = services({"files": {f"{UNITS}/a.service": {"text": text}}, "services": wish})
    assert found["a.service"]["when-changed"] == "reload"


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("Description=A", "Description=B", True),
        ("Description=A", "# only a comment", True),
        ("Description=A", "OnFailure=mail.service", True),
        ("Description=A", "After=c.service \\\n  d.service", True),
        ("WantedBy=b.target", "WantedBy=c.target", True),
        ("ExecStart=/bin/a", "ExecStart=/bin/a\nRestart=always", True),
        ("ExecStart=/bin/a", "ExecStart=/bin/b", False),
        ("ExecStart=/bin/a", "ExecStart=/bin/a \\\n  Description=x", False),
        ("Description=A", "Requires=c.service", False),
        ("ExecStart=/bin/a", "ExecStart=/bin/a\nEnvironment=A=1", False),
        ("[Unit]\nDescription=A", "[Service]\nDescription=A", False),
    ],
)
def test_the_key_holds_what_needs_a_restart(old: str, new: str, same: bool) -> None:
    path = f"{UNITS}/a.service"
    assert old in PLAIN
    changed = restart_key({path: PLAIN.replace(old, new)})
    assert (changed == restart_key({path: PLAIN})) is same


def test_a_drop_in_counts_for_what_it_holds() -> None:
    path = f"{UNITS}/a.service"
    plain = {path: PLAIN}
    assert restart_key(plain | {f"{path}.d/x.conf": "[Unit]\nAfter=b"}) == restart_key(plain)
    assert restart_key(plain | {f"{path}.d/x.conf": "[Service]\nNice=1"}) != restart_key(plain)
    assert restart_key({f"{path}.d/x.conf": "[Unit]\nAfter=b"}) == ""


def refused(activation: dict[str, Any]) -> list[tuple[str | None, int]]:
    """Messages of the findings and how many places each points at."""
    return [(d.message, len(d.labels)) for d in build(activation)[1].diagnostics]


def test_what_no_machine_can_do_is_refused() -> None:
    name = "a.service"
    own = {f"{UNITS}/{name}": {"text": PLAIN}, "/etc/x": {"text": ""}}
    assert refused({"services": {"ssh": {}}})[0][0] == "`ssh` is no name of a unit"
    for field in ("restart-on", "reload-on"):
        for path in ("etc/x", "/etc//x", "/run/x"):
            [(message, _)] = refused({"services": {name: {field: [path]}}})
            assert message is not None
            assert message.startswith(f"The path `{path}` ")
        masked = {
            "files": {"/etc/x": {"text": ""}},
            "units": {name: {"state": "mask"}},
            "services": {name: {field: ["/etc/x"]}},
        }
        assert refused(masked) == [
            (f"The unit `{name}` is masked and can be neither restarted nor reloaded", 4)
        ]
    for wish in ({"reload-on": ["/etc/x"]}, {"reload-if-changed": True}):
        assert refused({"files": own, "services": {name: wish}}) == [
            (f"The unit `{name}` cannot be reloaded: it has no `ExecReload`", 4)
        ]
    assert refused({"services": {name: {"check": ["", "a"]}}})[0][0] == (
        f"The check of `{name}` is no command"
    )
