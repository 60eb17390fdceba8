"""Runtime values: kinds, sameness, source text and JSON."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluator.syntax.units import BYTES, MICROSECONDS
from evaluator.types.secrets import Secret, SecretText
from evaluator.types.units import read_duration, read_size
from evaluator.types.values import (
    Duration,
    Mode,
    Size,
    as_text,
    display,
    dump_json,
    fingerprint,
    kind_of,
    quote,
    same,
    to_json,
    write_key,
)

SECOND = MICROSECONDS["s"]
GIB = BYTES["GiB"]

SECRET_VALUES = st.builds(Secret, st.sampled_from(("name", "file")), st.text(max_size=4))
SCALARS: st.SearchStrategy[object] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.integers(-(10**15), 10**15).map(Duration),
    st.integers(0, 2**60).map(Size),
    st.integers(0, 0o7777).map(Mode),
    SECRET_VALUES,
    st.lists(st.text(max_size=4) | SECRET_VALUES, max_size=4).map(SecretText),
)
VALUES: st.SearchStrategy[object] = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=20,
)


class Lazy:
    """Stands for what the evaluator hands in before it is forced."""

    kind = "record"


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (True, "bool"),
        (1, "int"),
        (1.0, "float"),
        ("", "string"),
        (Duration(1), "duration"),
        (Size(1), "size"),
        (Mode(1), "mode"),
        (Secret("name", "a"), "secret"),
        (SecretText(("x", Secret("name", "a"))), "secret-text"),
        (None, "null"),
        ([], "list"),
        ({}, "record"),
        (Lazy(), "record"),
    ],
)
def test_every_value_has_a_kind(value: object, kind: str) -> None:
    assert kind_of(value) == kind


def test_what_is_no_value_is_a_bug() -> None:
    with pytest.raises(TypeError, match="tuple"):
        kind_of(())


ALIKE_TO_PYTHON: list[object] = [1, 1.0, True, Duration(1), Size(1), Mode(1)]


def test_kinds_are_told_apart_where_python_sees_equal_numbers() -> None:
    for index, one in enumerate(ALIKE_TO_PYTHON):
        for other in ALIKE_TO_PYTHON[index + 1 :]:
            assert one == other
            assert not same(one, other)
            assert not same([one], [other])
            assert not same({"a": [one]}, {"a": [other]})
            assert fingerprint([one]) != fingerprint([other])


def test_sameness_looks_inside() -> None:
    assert same({"a": [1, {"b": None}], "c": 2}, {"c": 2, "a": [1, {"b": None}]})
    assert not same([1], [1, 2])
    assert not same({"a": 1}, {"b": 1})
    assert not same({"a": 1}, {"a": 1, "b": 1})
    assert not same({}, [])
    assert not same(Lazy(), Lazy())


@given(VALUES, VALUES)
def test_fingerprints_agree_with_sameness(one: object, other: object) -> None:
    assert same(one, one)
    assert (fingerprint(one) == fingerprint(other)) == same(one, other)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (False, "false"),
        (-3, "-3"),
        (1.5, "1.5"),
        (1e16, "1.0e16"),
        (1e-7, "1.0e-07"),
        (Duration(0), "0s"),
        (Duration(5 * SECOND), "5s"),
        (Duration(90 * 60 * SECOND), "90min"),
        (Duration(14 * MICROSECONDS["d"]), "14d"),
        (Duration(1_500_000), "1500ms"),
        (Duration(7), "7us"),
        (Duration(-SECOND), "-1s"),
        (Size(0), "0B"),
        (Size(1536), "1536B"),
        (Size(2097152), "2MiB"),
        (Size(5242880000), "5000MiB"),
        (Size(8 * GIB), "8GiB"),
        (Size(8 * 10**9), "8GB"),
        (Mode(0o644), "0o644"),
        (Mode(0o7), "0o007"),
        ('say "hi"\\\n', r'"say \"hi\"\\\n"'),
        ("#{hole} #1", r'"\#{hole} #1"'),
        ("\x00\u00a0\u202e", r'"\u{0}\u{a0}\u{202e}"'),
        ("¡Hola!", '"¡Hola!"'),
        ([], "[]"),
        ({}, "{}"),
        ([1, "a", [None]], '[1, "a", [null]]'),
        (
            {"a-b": 1, "a b": 2, "if": 3, "-": 4, "": 5, "type": 6},
            '{ a-b = 1, "a b" = 2, "if" = 3, "-" = 4, "" = 5, type = 6 }',
        ),
        (Lazy(), "{ … }"),
    ],
)
def test_values_are_shown_as_source(value: object, text: str) -> None:
    assert display(value, 100) == text


@pytest.mark.parametrize(
    ("value", "limit", "text"),
    [
        ("x" * 50, 10, '"xxxxxxx…"'),
        ("\n" * 50, 10, r'"\n\n\n…"'),
        (list(range(100)), 14, "[0, 1, 2, …]"),
        ({"one": 1, "two": [1, 2, 3, 4, 5, 6]}, 27, "{ one = 1, two = [1, …] }"),
        (["a" * 50, 2], 20, '["aaaaaaaaaaaa…", …]'),
        ({"a" * 50: 1}, 20, "{ … }"),
    ],
)
def test_long_values_are_cut_with_an_ellipsis(value: object, limit: int, text: str) -> None:
    assert display(value, limit) == text


@given(VALUES, st.integers(5, 80))
def test_a_shown_value_keeps_its_limit(value: object, limit: int) -> None:
    text = display(value, limit)
    assert len(text) <= limit
    assert text.isprintable()


def test_a_huge_value_is_shown_without_being_walked() -> None:
    many: list[object] = [[0] * 1000] * 1_000_000
    assert len(display(many)) <= 60


def test_keys_are_bare_where_the_language_reads_them() -> None:
    bare = ["a", "a-b", "_x1", "default_x", "service"]
    quoted = ["", "1a", "a-", "-a", "a--b", "a.b", "default", "by", "ñ", "a\n"]
    assert [write_key(key) for key in bare] == bare
    assert [write_key(key) for key in quoted] == [quote(key) for key in quoted]


def test_scalars_become_text() -> None:
    textless: list[object] = [None, [], {}, Lazy()]
    values = ["a", True, 5, 1.5, Duration(5 * SECOND), Size(GIB), Mode(0o644)]
    assert [as_text(value) for value in values] == ["a", "true", "5", "1.5", "5s", "1GiB", "0644"]
    assert [as_text(value) for value in textless] == [None] * 4


def test_json_form_of_amounts() -> None:
    value: dict[str, object] = {
        "whole": Duration(5 * SECOND),
        "part": Duration(1_500_000),
        "size": Size(2048),
        "mode": [Mode(0o770)],
    }
    assert to_json(value) == {"whole": 5, "part": 1.5, "size": 2048, "mode": ["0770"]}
    assert type(to_json(Size(1))) is int
    with pytest.raises(TypeError, match="no JSON form"):
        to_json(Lazy())


@given(VALUES)
def test_the_json_writer_writes_the_bytes_of_pythons_own(value: object) -> None:
    ours = dump_json(value)
    assert ours == json.dumps(to_json(value), indent=2, sort_keys=True, ensure_ascii=False)


def test_the_json_writer_refuses_what_json_has_no_number_for() -> None:
    for value in (float("inf"), float("nan")):
        with pytest.raises(ValueError, match="finite"):
            dump_json([value])


@given(st.integers(0, 10**17))
def test_durations_read_back_from_their_text(amount: int) -> None:
    text = display(Duration(amount))
    assert read_duration(text) == text
    number = text.rstrip("abcdefghijklmnopqrstuvwxyz")
    assert int(number) * MICROSECONDS[text[len(number) :]] == amount


@given(st.integers(0, 10**17))
def test_sizes_read_back_from_their_text(amount: int) -> None:
    text = display(Size(amount))
    assert read_size(text) == text
    number = "".join(character for character in text if character.isdigit())
    assert int(number) * BYTES[text[len(number) :]] == amount


def test_units_of_other_languages_are_understood() -> None:
    spoken = ["5m", "5 sec", "5 Days", "05h", "5", "m", "5x", "1.5h", "9" * 30 + "s"]
    read = ["5min", "5s", "5d", "5h", None, None, None, None, None]
    assert [read_duration(text) for text in spoken] == read
    sizes = ["8G", "8g", "8 gib", "8kb", "8", "8x"]
    assert [read_size(text) for text in sizes] == ["8GiB", "8GiB", "8GiB", "8kB", None, None]
