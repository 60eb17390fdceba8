"""What may depend on what: each row of the table, as a value or as a circle with its hint."""

from __future__ import annotations

from typing import Any

import pytest

from tests.configured import configured, error, values

WORKS: dict[str, tuple[str, dict[str, Any]]] = {
    "a value, a default, a condition read other options": (
        (
            "option a: int = config.b + 1\noption b: int\noption c: int = 0\n"
            "b = config.d\noption d: int = 2\nwhen config.a == 3 { c = 1 }\n"
        ),
        {"a": 3, "b": 2, "c": 1, "d": 2},
    ),
    "a condition on a group": (
        (
            "option g.a: int = 1\noption g.b: int = 2\noption c: int = 0\n"
            "when config.g == { a = 1, b = 2 } { c = 5 }\n"
        ),
        {"c": 5, "g": {"a": 1, "b": 2}},
    ),
    "a list whose parts depend on options": (
        (
            "option on: bool = true\noption l: list(int) = []\nwhen config.on { l = [1] }\n"
            "l = if config.on then [2] else []\n"
        ),
        {"l": [1, 2], "on": True},
    ),
    "a loop over an option around definitions with written names": (
        (
            "option names: list(int) = [1, 2]\noption l: list(int) = []\n"
            "for n in config.names { l = [n] }\n"
        ),
        {"l": [1, 2], "names": [1, 2]},
    ),
    "keys from another option": (
        (
            'option names: set(string) = ["a"]\noption m: map(int) = {}\n'
            'for n in config.names { m."#{n}" = 1 }\nm."x#{length(config.names)}" = 2\n'
        ),
        {"m": {"a": 1, "x1": 2}, "names": ["a"]},
    ),
    "an entry from its sibling": (
        "option m: map(int) = {}\nm.a = 1\nm.b = config.m.a + 1\n",
        {"m": {"a": 1, "b": 2}},
    ),
    "an entry's option from the sibling entry": (
        "record R { option x: int = 0 }\noption m: map(R) = {}\nm.a.x = 1\nm.b.x = config.m.a.x\n",
        {"m": {"a": {"x": 1}, "b": {"x": 1}}},
    ),
    "a condition on an inner option of the record it defines in": (
        (
            "record R { option x: int = 1, option y: int = 0 }\noption r: R = {}\n"
            "when config.r.x == 1 { r.y = 2 }\n"
        ),
        {"r": {"x": 1, "y": 2}},
    ),
    "other keys that read declared siblings": (
        (
            "record R { option x: int = 1, option *: int }\noption r: R = {}\n"
            "r.more = config.r.x + 1\nwhen config.r.x == 1 { r.again = 3 }\n"
        ),
        {"r": {"again": 3, "more": 2, "x": 1}},
    ),
    "a definition that loses may read what wins": (
        "option a: int = config.a\nforce a = 1\n",
        {"a": 1},
    ),
}


@pytest.mark.parametrize("row", WORKS)
def test_a_row_that_works(row: str) -> None:
    text, wanted = WORKS[row]
    assert values(text) == wanted


CIRCLES = {
    "two options that read each other": (
        "option a: int = config.b\noption b: int = config.a\n", ["a", "b"], "break the circle",
    ),
    "an option that reads itself": (
        "option a: int = config.a + 1\n", ["a"], "cannot be computed from itself",
    ),
    "a list that reads itself to add to it": (
        "option a: list(int) = []\na = config.a ++ [1]\n", ["a"], "joined anyway",
    ),
    "a condition on the option it defines": (
        "option a: int = 1\nwhen config.a == 1 { a = 2 }\n", ["a"], "if … then … else",
    ),
    "a condition of a key on its sibling": (
        "option m: map(int) = {}\nm.a = 1\nwhen config.m.a == 1 { m.b = 2 }\n",
        ["m"], "settled before `m.a` has a value: define `m.b` always",
    ),
    "the same in a block": (
        "option m: map(int) = {}\nm { a = 1, when config.m.a == 1 { b = 2 } }\n",
        ["m"], "settled before",
    ),
    "a key that asks whether another is there": (
        'option m: map(int) = {}\nm.a = 1\nwhen has(config.m, "a") { m.b = 2 }\n',
        ["m"], "settled before",
    ),
    "keys from the map itself": (
        'option m: map(int) = {}\nm.a = 1\nfor k, v in config.m { m."#{k}x" = v }\n',
        ["m"], "loop over something else",
    ),
    "a condition on the record it defines in": (
        ("record R { option x: int = 1, option y: int = 0 }\noption r: R = {}\n"
        "when config.r == { x = 1, y = 0 } { r.y = 2 }\n"),
        ["r.y"], "ask only for the options that decide",
    ),
    "a condition two steps away": (
        "option a: int = 1\noption b: int = config.a\nwhen config.b == 1 { a = 2 }\n",
        ["a", "b"], "break the circle",
    ),
}  # fmt: skip


@pytest.mark.parametrize("row", CIRCLES)
def test_a_row_that_is_a_circle(row: str) -> None:
    text, names, hint = CIRCLES[row]
    finding = error(text)
    assert finding.code == "cycle"
    assert finding.facts["cycle"] == names
    assert hint in finding.help[0].text
    assert all(label.span[0].text for label in finding.labels)


def test_a_circle_through_a_condition_shows_the_condition_and_the_definition() -> None:
    text = "option a: int = 1\nwhen config.a == 1 { a = 2 }\n"
    condition, definition = error(text).labels
    assert text[condition.span[1] : condition.span[2]] == "config.a"
    assert condition.text == "`a` needs `a` to know how it is defined"
    assert text[definition.span[1] : definition.span[2]] == "a"


@pytest.mark.parametrize(
    "text",
    [
        'option n: string = "a"\n"#{config.n}".x = 1\n',
        'option n: string = "a"\nservice s { option p: int = 1 }\ns."#{config.n}" = 1\n',
        'option on: bool = true\nwhen config.on { import "./x.vcfg" }\n',
        "option on: bool = true\nwhen config.on { option b: int = 1 }\n",
        "option on: bool = true\nfor n in [1] { service s {} }\n",
    ],
)
def test_structure_reads_no_value(text: str) -> None:
    codes = configured(text).codes()
    assert len(codes) == 1
    assert codes[0] in ("structure-depends-on-value", "syntax-error")


def test_a_failure_is_told_once_however_many_read_it() -> None:
    text = "option a: int = 1 / 0\n" + "".join(
        f"option b{at}: int = config.a\n" for at in range(50)
    )
    assert error(text).code == "evaluation-failed"


def test_what_lies_beside_a_circle_has_its_value() -> None:
    found = configured("option a: int = config.b\noption b: int = config.a\noption c: int = 1\n")
    assert found.codes() == ["cycle"]
    assert found.data == {"c": 1}
