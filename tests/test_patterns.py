"""Patterns: the same answers as Python's, in a time that grows with the text only."""

from __future__ import annotations

import random
import re
import time
import warnings

import pytest

from evaluator.types.machines import Machine
from evaluator.types.patterns import BadPattern, Pattern, pattern

LENGTH = 3000


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        (r"(a+)+", "a" * LENGTH + "!"),
        (r"(a|aa)+", "a" * LENGTH + "!"),
        (r"(.*)*x", "a" * LENGTH),
        (r".*.*.*.*.*x", "a" * LENGTH),
        (r"(a|a){40}b", "a" * 40),
        (r"(?=(a+)+b)a*", "a" * LENGTH),
        (r"(a?){30}b", "a" * 30),
        (r"((a{0,20}){0,20})*b", "a" * LENGTH),
    ],
)
def test_no_pattern_hangs(text: str, subject: str) -> None:
    start = time.monotonic()
    assert not pattern(text).fits(subject)
    assert time.monotonic() - start < 5


@pytest.mark.parametrize(
    ("text", "good", "bad"),
    [
        (r"[a-z0-9]+(-[a-z0-9]+)*", "ab-cd-9", "ab--cd"),
        (r"([0-9]{1,3}\.){3}[0-9]{1,3}", "10.0.0.1", "10.0.0"),
        (r"(\S+ )*\S+", "a bc d", "a bc "),
        (r"^(a|b)+$", "abba", "abc"),
        (r"^(..)\1*$", "abab", "abac"),
        (r"([0-9a-f]{2})([:-])(?:[0-9a-f]{2}\2){4}[0-9a-f]{2}", "0:11:22:33:44:55".zfill(17), "0"),
        (r"(?i)(ab+)+", "ABabB", "ABabC"),
        (r"(\bab\b ?)+", "ab ab", "abab"),
        (r"(a(?!c)[bc])+", "abab", "abac"),
        (r"((?<=,)b|a,)+", "a,b", "b"),
        (r"[a&&b||c]+", "a&b|", "ad"),
        (r"[[a-z]+", "[a", "]"),
    ],
)
def test_common_patterns_are_taken(text: str, good: str, bad: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ready = pattern(text)
    assert ready.fits(good)
    assert not ready.fits(bad)


@pytest.mark.parametrize(
    ("text", "at", "words"),
    [
        ("ab[", 2, "unterminated character set"),
        (r"[[:alnum:]]", 1, "`[:alnum:]` is no class here"),
        (r"[^[:^space:]]", 2, "`[:^space:]` is no class here"),
        ("a(?i)", 1, "flags stand in the middle"),
        (r"(a+)+\1", None, "could take forever"),
        ("((a{0,99}){0,99}){0,99}", None, "too large"),
    ],
)
def test_what_cannot_be_used_is_told_with_its_place(text: str, at: int | None, words: str) -> None:
    with pytest.raises(BadPattern, match=re.escape(words)) as caught:
        Pattern(text)
    assert caught.value.at == at


def test_a_pattern_that_refers_back_takes_no_endless_text() -> None:
    ready = pattern(r"(.+)(.+)\1\2")
    assert ready.fits("abab")
    with pytest.raises(BadPattern, match="too long for it"):
        ready.fits("ab" * 9000)


def test_machines_agree_with_python() -> None:
    chance = random.Random(7)
    compared = 0
    while compared < 4000:
        text = _random_pattern(chance, chance.randint(1, 4))
        try:
            ready = Pattern(text)
        except BadPattern:
            continue
        machine = Machine(ready.tree)
        for _ in range(8):
            subject = "".join(chance.choices("abAB \n", k=chance.randint(0, 7)))
            wanted = re.fullmatch(text, subject) is not None
            assert (machine.fits(subject), ready.fits(subject)) == (wanted, wanted), (text, subject)
            compared += 1


def _random_pattern(chance: random.Random, depth: int) -> str:
    if depth == 0:
        return chance.choice(["a", "b", ".", "[ab]", "[^a]", r"\w", r"\b", "^", "$", "(?i:a)", " "])
    one, other = _random_pattern(chance, depth - 1), _random_pattern(chance, depth - 1)
    forms = [one + other, f"(?:{one}|{other})", f"(?={one})", f"(?!{one})", f"(?i:{one})"]
    again = [f"(?:{one}){count}" for count in ("*", "+", "?", "{1,3}", "{2}", "*?", "{0,2}?")]
    return chance.choice([*forms, *again, f"({one})", f"(?<=a){one}", f"(?<!b){one}"])
