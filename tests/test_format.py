"""The canonical layout: cases, and what must hold for every text there is or could be."""

from __future__ import annotations

import random
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluator.diagnostics.model import Sink
from evaluator.formatting import layout
from evaluator.formatting.canonical import canonical
from evaluator.formatting.reading import read
from evaluator.source import Source
from evaluator.syntax.parse import parse_uncached
from tests.spec_pages import SPEC, cases, rewrite

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from evaluator.formatting.reading import Reading
    from tests.spec_pages import Case

ROOT = Path(__file__).resolve().parent.parent
CASES = ROOT / "tests" / "cases" / "format"
FILES = sorted(
    path
    for folder in ("modules", "spec", "tests")
    for path in (ROOT / folder).rglob("*.vcfg")
)  # fmt: skip
PAGES = sorted([*SPEC.glob("*.md"), *(SPEC / "errors").glob("*.md")])


def formatted(text: str) -> str:
    """The canonical text of what is well-formed."""
    sink = Sink()
    new = canonical(Source("text", "text", text), sink)
    assert new is not None, [each.message for each in sink.diagnostics]
    return new


def tree_of(text: str) -> object:
    return parse_uncached(Source("text", "text", text), Sink())


def is_well_formed(text: str) -> bool:
    return tree_of(text) is not None


# Cases


@pytest.mark.parametrize("case", sorted(CASES.glob("*/before.vcfg")), ids=lambda p: p.parent.name)
def test_a_case_comes_out_as_it_should(case: Path, expect: Callable[[Path, str], None]) -> None:
    with case.open(newline="", encoding="utf-8") as stream:
        before = stream.read()
    after = formatted(before)
    expect(case.with_name("after.vcfg"), after)
    holds(before)


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("", ""),
        ("\n \t\n", ""),
        ("\ufeffa = 1", "a = 1\n"),
        ("a = 1\r\n\r\n\r\nb = 2\r\n", "a = 1\n\nb = 2\n"),
        ("# only this", "# only this\n"),
        ("a = 1  # x  \n\n", "a = 1  # x\n"),
        ("a = 1, b = 2", "a = 1\nb = 2\n"),
        ("a{ b=1,c=2 }", "a { b = 1, c = 2 }\n"),
        ("a { b = 1\n}", "a {\n  b = 1\n}\n"),
        ("a {\n\n}", "a {}\n"),
        ("a {\n# x\n}", "a {\n  # x\n}\n"),
        ("a = [1,2,]", "a = [1, 2]\n"),
        ("a = [1,\n2]", "a = [\n  1,\n  2,\n]\n"),
        ("a = [\n]", "a = []\n"),
        ("a = [f(1), g(2)\n]", "a = [\n  f(1),\n  g(2),\n]\n"),
        ("a = f( b , c : 1, )", "a = f(b, c: 1)\n"),
        ("a = f(\nb, c)", "a = f(\n  b,\n  c,\n)\n"),
        ("a = - 1 - - b . c [ 0 ]", "a = -1 - -b.c[0]\n"),
        ("a = not (b) and c..d", "a = not (b) and c..d\n"),
        ("option * : T ? | 'x'".replace("'", '"'), 'option *: T? | "x"\n'),
        ("option a: int( 1 .. ,  .. 5)", "option a: int(1.., ..5)\n"),
        ("a . * . b\n= 1", "a.*.b = 1\n"),
        ("when a { b = 1 } else when c{d=1}", "when a { b = 1 } else when c { d = 1 }\n"),
        ("when a { b = 1 }\nelse {}", "when a {\n  b = 1\n} else {}\n"),
        ("type A = T where each(value)else b", "type A = T where each (value) else b\n"),
        ("assert a\n\n\n  else  b", "assert a\n  else b\n"),
        ('import\n"x"\nas y', 'import "x"\n  as y\n'),
    ],
)
def test_small_ones(written: str, wanted: str) -> None:
    assert formatted(written) == wanted
    holds(written)


def test_a_line_of_a_hundred_characters_fits() -> None:
    for kind, opened in (
        ("a { b = 1, #c = 2 }", "a {\n  b = 1\n"),
        ("a = [1, #]", "a = [\n  1,\n"),
    ):
        fits = kind.replace("#", "x" * (101 - len(kind)))
        assert len(fits) == 100
        assert formatted(fits) == f"{fits}\n"
        assert formatted(fits.replace("x", "xx", 1)).startswith(opened)


def test_what_is_malformed_has_no_layout() -> None:
    sink = Sink()
    assert canonical(Source("text", "text", "a = [1\nb = 2\n"), sink) is None
    assert [each.code for each in sink.diagnostics] == ["syntax-error"]


@pytest.mark.parametrize(
    ("opener", "closer"), [("a {", "}"), ("[", "]"), ("f(", ")"), ("{ a =", "}"), ("(", ")")]
)
def test_the_deepest_nesting_there_may_be(opener: str, closer: str) -> None:
    depth = 190 if "a" not in opener else 95
    inside = "" if opener == "a {" else "1"
    nested = f"{opener}\n" * depth + inside + closer * depth
    text = nested if opener == "a {" else f"a = {nested}"
    assert is_well_formed(text)
    holds(text)


def test_a_wide_file_takes_its_time_and_no_more() -> None:
    text = "a = [" + "1,\n" * 5_000 + "]\n" + "b.c { d = 1\n }\n" * 2_000
    text += 'd = """\n#{e}\n"""\n' * 1_000
    assert formatted(text).count("\n") == 5_002 + 6_000 + 3_000


# What holds for every text


def holds(before: str) -> str:
    """Format a text and see that nothing is lost and nothing is left to do."""
    after = formatted(before)
    assert formatted(after) == after
    same_tree(tree_of(before), tree_of(after), before, after)
    old, new = read(before), read(after)
    assert old is not None
    assert new is not None
    assert commented(old) == commented(new)
    tidy(new, after)
    return after


def same_tree(old: object, new: object, before: str, after: str) -> None:
    """Trees are the same but for places, which are of the same characters in both texts."""
    if isinstance(old, tuple) and isinstance(new, tuple):
        assert len(old) == len(new), (old, new)
        is_file = old[:1] == ("file",)
        for at, (mine, other) in enumerate(zip(old, new, strict=True)):
            if not (is_file and at == 2):
                same_tree(mine, other, before, after)
    elif type(old) is int and type(new) is int:
        starts = before[old : old + 1] == after[new : new + 1]
        ends = before[old - 1 : old] == after[new - 1 : new]
        assert old == new or starts or ends, (old, new)
    else:
        assert type(old) is type(new)
        assert old == new


def commented(reading: Reading) -> list[tuple[int, str]]:
    """Every comment and line of documentation with the number of the token it stands before."""
    found = []
    number = 0
    for token in reading.tokens:
        found += [(number, text) for text, _ in token.comments]
        if token.is_doc():
            found.append((number, token.text))
        number += token.text != ","
    return found


def tidy(reading: Reading, text: str) -> None:
    """White space is where it should be, strings aside."""
    for token in reversed(reading.tokens):
        if token.text[:1] in ('"', "r"):
            text = text[: token.start] + "x" * (token.end - token.start) + text[token.end :]
    assert text == "" or text.endswith("\n")
    assert not re.search(r"[ \t\r]$", text, re.MULTILINE)
    assert not re.search(r"\A\n|\n\n\n|\n\n\Z|[{(\[]\n\n|\n\n *[})\]]", text)
    assert "\t" not in re.sub("#.*", "", text)


def texts_of(path: Path) -> list[str]:
    """The configurations in a file: a page's blocks, or all of it."""
    if path.suffix == ".vcfg":
        return [path.read_text(encoding="utf-8")]
    return [block.text for case in cases(path) for block in case.blocks if block.language == "vcfg"]


@pytest.mark.parametrize("path", [*FILES, *PAGES], ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_lost_in_what_there_is(path: Path) -> None:
    for text in texts_of(path):
        if is_well_formed(text):
            holds(text)


# Texts that could be


@cache
def statements() -> tuple[str, ...]:
    """Statements of everything there is, with what decorates them."""
    found: dict[str, None] = {}
    for path in [*FILES, *PAGES]:
        for text in texts_of(path):
            reading = read(text) if is_well_formed(text) else None
            position = 0
            for start, end in sorted(reading.places["item"].items()) if reading else ():
                if start >= position:
                    position = end
                    if end - start < 1500:
                        found[text[start:end]] = None
    return tuple(found)


GAPS = (
    " ",
    " ",
    " ",
    "\n",
    "\n",
    "\n\n",
    "\n\n\n",
    "\t",
    "  \n  ",
    " # why\n",
    "\n# so\n",
    "#x\n\n",
)
BRACKETS = frozenset("{}()[],")


def disarranged(text: str, chance: Random) -> str:
    """The same text with other white space, more comments, and commas where they may be."""
    reading = read(text)
    assert reading is not None
    items = set(reading.places["item"].values())
    lists = {end - 1 for end in reading.places["list"].values()}
    written: list[str] = []
    before = None
    for token in reading.tokens:
        gap = text[before.end if before else 0 : token.start]
        if "#" not in gap:
            gap = chance.choice(GAPS)
            if (
                before is not None
                and {before.text, token.text} & BRACKETS
                and chance.random() < 0.5
            ):
                gap = ""
        elif chance.random() < 0.3:
            gap += chance.choice(GAPS)
        if (before is not None and before.is_doc()) or token.is_doc():
            gap = f"\n{gap}\n"
        if before is not None and token.start in lists and before.text not in ",[":
            gap = chance.choice([",", ""]) + gap
        if before is not None and before.end in items and before.text != ",":
            gap = chance.choice([",", "", " ", "\n"]) + gap
        drops = token.text == "," and token.end in items and chance.random() < 0.5
        spelling = " " if drops else text[token.start : token.end]
        written += [gap, spelling]
        before = token
    new = "".join(written)
    return new.replace("\n", "\r\n") if chance.random() < 0.1 else new


@settings(max_examples=100)
@given(
    numbers=st.lists(st.integers(0, 10_000), min_size=1, max_size=4),
    seed=st.integers(0, 2**32),
    separator=st.sampled_from(["\n", "\n\n", " \n # between\n"]),
    width=st.sampled_from([100, 100, 60, 30, 10]),
)
def test_nothing_is_lost_in_what_could_be(
    numbers: list[int], seed: int, separator: str, width: int
) -> None:
    pool = statements()
    text = separator.join([pool[number % len(pool)] for number in numbers])
    mixed = disarranged(text, random.Random(seed))
    if not is_well_formed(mixed):
        pytest.fail(f"disarranged too much:\n{mixed}")
    with mock.patch.object(layout, "WIDTH", width):
        holds(text)
        holds(mixed)


TEXT_PARTS = (
    *("a", "x y", '"', "#", " ", "  ", "\t", "\n", "\n", "\n  ", "\n    ", "\r\n"),
    *("#{x}", '#{f("""\n    y\n    """)}', "#{ { a = 1\nb = 2 } }"),
)


@settings(max_examples=120)
@given(
    parts=st.lists(st.sampled_from(TEXT_PARTS), max_size=12),
    margin=st.sampled_from(["", "\n", "\n  ", "\n      ", "\n\t", "\r\n  "]),
    around=st.sampled_from(
        [("a = ", ""), ("  a { b\n= ", "}"), ("a = f(\n", ")"), ("a = [1,", "]")]
    ),
)
def test_a_text_block_says_the_same_everywhere(
    parts: list[str], margin: str, around: tuple[str, str]
) -> None:
    text = f'{around[0]}"""{"".join(parts)}{margin}"""{around[1]}'
    if is_well_formed(text):
        holds(text)


# What stands in the specification


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_examples_of_a_page_are_formatted(page: Path, pytestconfig: pytest.Config) -> None:
    stale: list[str] = []
    for case in cases(page):
        answers = {}
        for at, block in enumerate(case.blocks):
            if block.language == "vcfg" and not shows_formatting(case, at):
                text = formatted(block.text) if is_well_formed(block.text) else block.text
                if text != block.text:
                    answers[at] = text
        if answers and pytestconfig.getoption("--update"):
            rewrite(case, answers)
        else:
            stale += [f"{case.title}, should be:\n{text}" for text in answers.values()]
    if stale:
        pytest.fail(
            "\n".join([str(page), *stale, "make test ARGS=--update does it"]), pytrace=False
        )


def shows_formatting(case: Case, at: int) -> bool:
    """Whether a block is there to be formatted by what follows."""
    commands = [block for block in case.blocks if block.language == "console"]
    return case.blocks[at + 1 : at + 2] != () and (
        case.blocks[at + 1].info == "formatted"
        or any(["$ vcfg fmt" in block.text for block in commands])
    )
