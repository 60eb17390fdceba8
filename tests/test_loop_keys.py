"""Entries and hosts that have the name of what a loop binds are told, whatever else is wrong."""

from __future__ import annotations

import pytest

from tests.fleets import Given

MAP = "record User { option level: int = 0 }\noption users: map(User) = {}\n"
LOOP = 'for name in ["ana", "bo"]'


def told(text: str) -> list[str]:
    given = Given(MAP + text)
    for host in given.fleet.hosts:
        given.data(host)
    return [each.message for each in given.findings() if each.code == "loop-key"]


@pytest.mark.parametrize(
    "body",
    [
        "users.name.level = 1",
        "users { name { level = 1 } }",
        "users = { name = { level = 1 } }",
        "when name == name { users.name.level = 1 }",
        "for _other in [1] { users.name { } }",
    ],
)
def test_an_entry_with_the_name_of_the_loop(body: str) -> None:
    message = "This entry is called `name` in every turn of the loop that binds `name`"
    assert told(f"{LOOP} {{ {body} }}\n") == [message]


def test_a_host_with_the_name_of_the_loop_and_what_is_in_it() -> None:
    found = told(f"{LOOP} {{ host name {{ users.name {{ }} }} }}\n")
    assert [each.split()[1] for each in found] == ["host", "entry"]


def test_it_is_told_beside_errors() -> None:
    given = Given(f"option x: int\n{LOOP} {{ host name {{ x = length(name) }} }}\n")
    given.data("name")
    assert [each.code for each in given.findings()] == ["loop-key", "conflicting-definitions"]


@pytest.mark.parametrize(
    "text",
    [
        f'{LOOP} {{ users."#{{name}}" {{ }} }}',
        f'{LOOP} {{ users."name" {{ }} }}',
        f'{LOOP} {{ host "name" {{ }} }}',
        f'{LOOP} {{ host "#{{name}}" {{ users."#{{key}}" {{ }} }} }}',
        "host key { users.key { } }",
        'let name = "ana"\nusers.name { }',
        "for level in [1] { users.ana.level = level }",
        "users.name { level = length([for name in [1]: name]) }",
    ],
)
def test_what_is_meant_is_left_alone(text: str) -> None:
    assert told(text + "\n") == []


def test_the_edit_puts_in_the_value() -> None:
    given = Given(MAP + f"{LOOP} {{ users.name {{ }} }}\n")
    given.data()
    (finding,) = [each for each in given.findings() if each.code == "loop-key"]
    assert [edit.text for edit in finding.help[0].edits] == ['"#{name}"']
    assert not finding.help[0].certain
