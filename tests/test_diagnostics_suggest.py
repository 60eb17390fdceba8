"""Suggestions: what somebody may have meant."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluator.diagnostics.suggest import SHORT, akin, distance, nearest

OPTIONS = ["unix-sock-group", "unix-sock-dir", "tls-port", "tcp-port", "listen-tls", "max-clients"]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("unixSockGroup", ["unix-sock-group"]),
        ("UNIX_SOCK_GROUP", ["unix-sock-group"]),
        ("max-cleints", ["max-clients"]),
        ("tsl-port", ["tls-port", "tcp-port"]),
        ("listen_tsl", ["listen-tls"]),
        ("entirely-different", []),
        ("x", []),
        ("", []),
    ],
)
def test_what_is_suggested(word: str, expected: list[str]) -> None:
    assert nearest(word, OPTIONS) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("clients", ["max-clients"]),
        ("port", ["tcp-port", "tls-port"]),
        ("ports", ["tcp-port", "tls-port"]),
        ("sock-group", ["unix-sock-group"]),
        ("max-clients-total", ["max-clients"]),
        ("s", []),
        ("", []),
    ],
)
def test_a_part_of_a_name_leads_to_it(word: str, expected: list[str]) -> None:
    assert akin(word, OPTIONS) == expected


def test_a_difference_in_case_or_joints_leaves_no_doubt() -> None:
    assert nearest("tlsport", ["tlsports", "tls-port", "tlsPort"]) == ["tls-port", "tlsPort"]


def test_ties_are_alphabetical_and_the_word_itself_is_left_out() -> None:
    assert nearest("bat", ["rat", "bat", "cat", "hat"], limit=2) == ["cat", "hat"]


def test_a_letter_is_not_another_letter() -> None:
    assert nearest("a", ["b"]) == []
    assert nearest("ab", ["cd"]) == []


@pytest.mark.parametrize(
    ("left", "right", "slips"),
    [
        ("port", "port", 0),
        ("port", "prot", 1),
        ("port", "ports", 1),
        ("port", "pxrt", 1),
        ("", "ab", 2),
    ],
)
def test_distance(left: str, right: str, slips: int) -> None:
    assert distance(left, right, 5) == slips


def test_names_that_begin_with_the_part_come_first() -> None:
    assert akin("ports", ["gateway-ports", "port-number"]) == ["port-number", "gateway-ports"]


@given(st.text("abc-", max_size=8), st.text("abc-", max_size=8), st.integers(0, 8))
def test_stopping_early_changes_no_small_distance(left: str, right: str, most: int) -> None:
    full = distance(left, right, 100)
    assert distance(right, left, 100) == full
    assert min(distance(left, right, most), most + 1) == min(full, most + 1)


@given(st.text("ab-", min_size=1, max_size=6), st.lists(st.text("abAB-_", max_size=6), max_size=30))
def test_the_shortcuts_lose_nothing(word: str, candidates: list[str]) -> None:
    def rank(name: str) -> int:
        return distance(word, name.casefold().replace("_", "-"), 100)

    def joined(name: str) -> str:
        return name.casefold().replace("_", "").replace("-", "")

    names = set(candidates) - {word}
    certain = sorted(name for name in names if joined(name) == joined(word))
    slips = max(2, len(word) // 3) if len(word) > SHORT else 1
    close = sorted(
        (rank(name), name)
        for name in names
        if rank(name) <= min(slips, max(len(word), len(name)) - 1)
    )
    assert nearest(word, candidates) == (certain or [name for _, name in close])[:3]


def test_ten_thousand_names_are_no_trouble() -> None:
    words = random.Random(1)
    names = [
        "-".join(words.choices(["tls", "max", "port", "log", "dir"], k=4)) for _ in range(10_000)
    ]
    names += [f"option-{number}-of-many" for number in range(10_000)]
    started = time.process_time()
    assert nearest("opton-1234-of-many", names)[0] == "option-1234-of-many"
    assert time.process_time() - started < 2


def test_a_word_of_any_length_is_answered_at_once() -> None:
    start = time.perf_counter()
    assert nearest("a" * 100_000, ["a" * 99_999, "b"]) == []
    assert nearest("A" * 1000, ["a" * 1000]) == ["a" * 1000]
    assert time.perf_counter() - start < 1
