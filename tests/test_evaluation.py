"""Fixpoint: what may read what, cycles, failures that do not spread, checks, and sheer size."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.configured import configured, error, labels, lines, values

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent

# What may read what


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("option a: int = config.b option b: int = 2", {"a": 2, "b": 2}),
        (
            "option g.on: bool = true option g.b: int = 1 when config.g.on { g { b = 2 } }",
            {"g": {"on": True, "b": 2}},
        ),
        (
            """
            record R { option a: int = 1, option b: int = 1 }
            option r: R = {}
            option c: int = 0
            r.b = config.r.a + 1
            when config.r.b == 2 { c = 5 }
            """,
            {"r": {"a": 1, "b": 2}, "c": 5},
        ),
        (
            """
            option m: map(int) = {}
            option n: map(int) = { x = 1 }
            for k, v in config.n { m."#{k}#{k}" = v }
            """,
            {"m": {"xx": 1}, "n": {"x": 1}},
        ),
        (
            "option m: map(int) = {} m.a = 1 m.b = config.m.a + 1 m.c = config.m.b + 1",
            {"m": {"a": 1, "b": 2, "c": 3}},
        ),
        (
            """
            record R { option a: int = 1, option b: int = self.a + 1 }
            option m: map(R) = {}
            m.k.a = config.m.l.b
            m.l.a = 5
            """,
            {"m": {"k": {"a": 6, "b": 7}, "l": {"a": 5, "b": 6}}},
        ),
        (
            "option l: list(int) = [1] option n: int = length(config.l) l = [2, 3]",
            {"l": [2, 3], "n": 2},
        ),
        (
            "option a: int? = null option b: int = config.a ?? 4",
            {"a": None, "b": 4},
        ),
        (
            """
            record R { option *: int, option sum: int = 0 }
            option r: R = {}
            r.q = config.r.sum + 1
            """,
            {"r": {"sum": 0, "q": 1}},
        ),
    ],
)  # fmt: skip
def test_values_may_read_any_value(text: str, wanted: object) -> None:
    assert values(text) == wanted


def test_what_nobody_reads_is_not_computed() -> None:
    assert values("let broken = 1 / 0\noption a: int = if true then 1 else broken\n") == {"a": 1}
    assert values("option a: bool = true or 1 / 0 == 1 option b: bool = false and [][0]") == {
        "a": True,
        "b": False,
    }


# Cycles


@pytest.mark.parametrize(
    ("text", "cycle"),
    [
        ("option a: int = config.a", ["a"]),
        ("option a: int = config.b\noption b: int = config.a", ["a", "b"]),
        ("option a: int = 1\nwhen config.a == 1 { a = 2 }", ["a"]),
        ("let z = config.a\noption a: int = z", ["a", "z"]),
        (
            """
            option a: bool = true
            option b: int = 1
            when config.b == 1 { a = false }
            when config.a { b = 2 }
            """,
            ["a", "b"],
        ),
        (
            "record R { option x: int = self.y option y: int = self.x }\noption r: R = {}",
            ["r.x", "r.y"],
        ),
        ('option m: map(int) = {}\nfor k, v in config.m { m."#{k}x" = v }', ["m"]),
        ('option m: map(int) = {}\nwhen has(config.m, "a") { m.b = 1 }', ["m"]),
    ],
)
def test_a_cycle_is_a_named_chain(text: str, cycle: list[str]) -> None:
    finding = error(text)
    assert finding.code == "cycle"
    assert finding.facts["cycle"] == cycle
    assert " → ".join([*cycle, cycle[0]]) in finding.message


def test_a_cycle_through_files_has_a_label_for_every_step() -> None:
    finding = error(
        'import "./b.vcfg"\noption a: int = config.b', b="option b: int = config.c\n"
        "option c: int = config.a",
    )  # fmt: skip
    found = dict(labels(finding))
    assert found == {
        "`b` needs `c`": ("b.vcfg", 1),
        "`c` needs `a`": ("b.vcfg", 2),
        "`a` needs `b`": ("main.vcfg", 2),
    }


def test_two_cycles_are_two_findings_and_readers_are_silent() -> None:
    text = """
        option a: int = config.b
        option b: int = config.a
        option c: int = config.d
        option d: int = config.c
        option e: int = config.a + config.c
        option f: int = 1
    """
    result = configured(text)
    assert result.codes() == ["cycle", "cycle"]
    assert result.data == {"f": 1}


# Failures


def test_a_failure_is_reported_once_however_many_read_it() -> None:
    readers = "\n".join([f"option r{at}: int = config.a + {at}" for at in range(20)])
    result = configured(f"option a: int = 1 / 0\n{readers}\nassert config.a == 1\n")
    assert result.codes() == ["evaluation-failed"]
    assert lines(result.errors()[0]) == [("main.vcfg", 1)]
    result = configured(f"let a = 1 / 0\n{readers.replace('config.', '')}\n")
    assert result.codes() == ["evaluation-failed"]


def test_a_map_whose_keys_cannot_be_known_ends_the_search() -> None:
    """Looking at each definition alone must not come back to where it began."""
    text = "option a: bool = 1 / 0 == 1\noption m: map(int) = if config.a then {} else { x = 1 }\n"
    assert configured(text).codes() == ["evaluation-failed"]
    assert configured(text + "when config.a { m.k = 1 }\nm.l = true\n").codes() == [
        "evaluation-failed",
        "type-mismatch",
    ]


def test_all_independent_errors_are_found_in_one_run() -> None:
    text = """
        option a: int
        option b: int = "x"
        option c: int
        unknown = 1
        a = true
        option l: list(int) = [1, "2"]
        option m: map(int) = { k = "v" }
        assert false
        assert config.c == 1
        option d: int = nowhere
        option e: int = 1
        e = 2
        e = 3
    """
    assert configured(text).codes() == sorted(
        ["type-mismatch"] * 4
        + ["missing-value", "unknown-option", "assertion-failed", "unknown-name"]
        + ["conflicting-definitions"]
    )


@pytest.mark.parametrize(
    ("expression", "part"),
    [
        ("1 / 0", "divided by zero"),
        ("5 % 0", "divided by zero"),
        ("[1][3]", "the list has 1 elements"),
        ("{ x = 1 }.y", "x"),
        ('1 + "a"', "+"),
        ("not 3", "true or false"),
        ("if 1 then 2 else 3", "true or false"),
        ("1 < true", "<"),
        ("f(1, 2)", "argument"),
        ("config.other.x", "no field `x`"),
        ("[for x in 3: x]", ""),
        ('"#{[1]}"', "cannot stand in text"),
        ("0..10000000", ""),
        ("3(4)", ""),
        ("join(1)", ""),
    ],
)
def test_an_expression_without_value(expression: str, part: str) -> None:
    finding = error(f"let f(x) = x\noption other: int = 1\n\noption a: any = {expression}\n")
    assert ("main.vcfg", 4) in lines(finding)
    assert part in " ".join([finding.message, *finding.notes, *[h.text for h in finding.help]])


# Checks


def test_checks_hold_for_what_exists_and_is_switched_on() -> None:
    text = """
        record R { option x: int = 1, assert self.x < 5 else "#{self.x} is too big" }
        service off { option r: R = {}, assert false, warn "never" }
        service on { assert self.enable, warn "always" }
        option m: map(R) = {}
        on.enable = true
        m.a.x = 4
        m.b.x = 5
        m.c.x = 6
        when false { assert false }
        when true { assert config.m.a.x == 3 else "four" }
    """
    result = configured(text)
    assert sorted([(each.message, each.path or "") for each in result.findings]) == [
        ("`m.b`: 5 is too big", "m.b"),
        ("`m.c`: 6 is too big", "m.c"),
        ("always", "on"),
        ("four", ""),
    ]
    [four] = [each for each in result.findings if each.message == "four"]
    assert "`config.m.a.x` is 4" in four.notes


def test_a_failing_assertion_reports_nothing_that_was_not_asked() -> None:
    finding = error('option m: map(int) = {}\nassert has(config.m, "x") and config.m.x == 1\n')
    assert finding.code == "assertion-failed"


# Size: in a process of its own, as people run it


def chain(count: int) -> Iterator[str]:
    """Options that each read the one before, the last declared first."""
    for at in range(count, 0, -1):
        yield f"option o{at}: int = config.o{at - 1} + 1\n"
    yield "option o0: int = 0\n"


def wide(count: int) -> Iterator[str]:
    """A map of records."""
    yield "record R { option a: int, option b: string = key, option c: bool = self.a > 1 }\n"
    yield "option m: map(R) = {}\n"
    for at in range(count):
        yield f'm.k{at} {{ a = {at}, b = "x", c = false }}\n'


def read_as(path: str, expression: str) -> str:
    """An option that reads all of another one."""
    return f"option {path}: int = {expression}\n"


NUMBERS = ", ".join([str(at) for at in range(200_000)])
SIZES = {
    "wide": ("".join(wide(20_000)) + read_as("n", "length(config.m)"), "n", 20_000),
    "list": (
        f"option l: list(int) = [{NUMBERS}]\n{read_as('n', 'length(config.l)')}",
        "n",
        200_000,
    ),
    "definitions": (
        "option l: list(int) = []\n"
        + "".join([f"l = [{at}]\n" for at in range(20_000)])
        + read_as("n", "length(config.l)"),
        "n",
        20_000,
    ),
    "deep records": (
        f"option a: any = {'{ x = ' * 90}7{' }' * 90}\n{read_as('n', 'config.a' + '.x' * 90)}",
        "n",
        7,
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
def test_large_configurations(size: str, tmp_path: Path) -> None:
    text, path, wanted = SIZES[size]
    (tmp_path / "a.vcfg").write_text(text)
    ran = evaluated(sys.executable, tmp_path / "a.vcfg", path)
    assert (ran.stdout, ran.stderr, ran.returncode) == (f"{wanted}\n", "", 0)


def evaluated(python: str, *words: str | Path) -> subprocess.CompletedProcess[str]:
    """`vcfg eval` with some interpreter and the packages of this one."""
    import lark

    packages = str(Path(lark.__file__).resolve().parent.parent)
    return subprocess.run(
        [python, "-m", "evaluator", "eval", *map(str, words)],
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{packages}"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def interpreters() -> list[tuple[str, int]]:
    """This Python, and others that run here with fewer options: each guards its stack its way."""
    out = [(sys.executable, 100_000)]
    for version in ("3.12", "3.13", "3.14"):
        home = Path("~/.pyenv/versions").expanduser()
        places = [str(each) for each in sorted(home.glob(f"{version}.*/bin/python"))]
        places.append(shutil.which(f"python{version}") or "")
        for place in filter(None, places):
            if subprocess.run([place, "-c", ""], capture_output=True, check=False).returncode == 0:
                out.append((place, 30_000))
                break
    return out


@pytest.mark.slow
@pytest.mark.parametrize(("python", "count"), interpreters())
def test_options_that_each_read_the_one_before(python: str, count: int, tmp_path: Path) -> None:
    (tmp_path / "a.vcfg").write_text("".join(chain(count)))
    ran = evaluated(python, tmp_path / "a.vcfg", f"o{count}")
    assert (ran.stdout, ran.stderr, ran.returncode) == (f"{count}\n", "", 0)


# Properties

EXAMPLES = int(os.environ.get("VCFG_EXAMPLES", "100"))

STRENGTHS = st.sampled_from(["", "default ", "force ", "priority 70 "])


DEFINITIONS = (
    """
    i = 1; i = 2; r.x = 3; r.x = 4; r.y = 5; r = { y = 6 }; o = null; o = 7; u = 8; u = "8"
    m.k = 1; m.k = 2; m.l = 3; m = {}; m = { n = 4 }; m { o = 5 }; s = ["p"]; s = ["q", "p"]
""".replace(";", "\n")
    .strip()
    .splitlines()
)


@st.composite
def files(draw: st.DrawFn) -> list[str]:
    """Definitions of order-free types, spread over files."""
    definition = st.tuples(STRENGTHS, st.sampled_from(DEFINITIONS)).map("".join)
    out = []
    for _ in range(draw(st.integers(1, 4))):
        statements = draw(st.lists(definition, max_size=4))
        if draw(st.booleans()):
            statements.append("remove m.k")
        out.append("\n".join(statements))
    return out


DECLARED = """
record R { option x: int = 1, option y: int = 2 }
option i: int = 0
option r: R = { x = 10 }
option m: map(int) = { d = 0 }
option s: set(string) = []
option o: int? = null
option u: int | string = 0
"""


def outcome(texts: list[str]) -> tuple[object, list[tuple[str, str | None]]]:
    """Data and errors of some files imported in this order."""
    named = {f"f{at}": text for at, text in enumerate(texts)}
    imports = "".join([f'import "./{name}.vcfg"\n' for name in named])
    result = configured(imports + DECLARED, **named)
    return result.data, sorted([(each.code, each.path) for each in result.errors()], key=str)


@settings(max_examples=60)
@given(files(), st.randoms(use_true_random=False))
def test_the_order_of_imports_does_not_matter(texts: list[str], random: object) -> None:
    shuffled = list(texts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert outcome(texts) == outcome(shuffled)


@settings(max_examples=60)
@given(
    files(), st.sampled_from(["i = 77", "r.x = 77", "r.y = 77", 's = ["z"]', "o = 77", "u = 77"])
)
def test_a_losing_definition_changes_nothing(texts: list[str], loser: str) -> None:
    strong = "force " + loser.replace("77", "66").replace("z", "w")
    without = outcome([*texts, strong])
    assert outcome([*texts, strong, loser]) == without
    assert outcome([f"default {loser}", *texts, strong, f"when true {{ {loser} }}"]) == without


LEAVES = """
    1 0 "t" true null [] {} v self key f 2s 3MiB 0o644 1.5
    config.a config.g.b config.m config.r.x config.zz
"""
TYPES = """
    int int(1..) string? text int|string any T R
    list(int) set(string) map(int) map(R) ordered(R)
"""
OPERATORS = st.sampled_from(["+", "/", "==", "and", "??", "++", "in", ".."])


@st.composite
def configurations(draw: st.DrawFn) -> str:
    """Small configurations, most of them wrong somewhere."""
    expression = st.recursive(
        st.sampled_from(
            LEAVES.split()
        ),
        lambda inner: st.one_of(
            st.tuples(inner, OPERATORS, inner)
            .map(lambda each: f"({each[0]} {each[1]} {each[2]})"),
            inner.map(lambda each: f"[{each}]"),
            inner.map(lambda each: f"{{ x = {each} }}"),
            inner.map(lambda each: f'"#{{{each}}}"'),
            inner.map(lambda each: f"f({each})"),
            inner.map(lambda each: f"keys({each})"),
            inner.map(lambda each: f"[for i in {each}: i]"),
            inner.map(lambda each: f"(if {each} then 1 else 2)"),
        ),
        max_leaves=4,
    )  # fmt: skip
    path = st.sampled_from(["a", "g.b", "g", "m", "m.k", "r", "r.x", "l", "o", "zz", "m.k.j", "u"])
    type_ = st.sampled_from(TYPES.split())
    statement = st.one_of(
        st.tuples(STRENGTHS, path, expression).map(lambda each: f"{each[0]}{each[1]} = {each[2]}"),
        st.tuples(path, path, expression).map(
            lambda each: f"{each[0]} {{ {each[1]} = {each[2]} }}"
        ),
        st.tuples(expression, path, expression).map(
            lambda each: f"when {each[0]} {{ {each[1]} = {each[2]} }}"
        ),
        st.tuples(expression, path).map(
            lambda each: f'for i in {each[0]} {{ {each[1]}."#{{i}}" = i }}'
        ),
        path.map(lambda each: f"remove {each}"),
        expression.map(lambda each: f"assert {each}"),
    )
    lines_ = [f"let v = {draw(expression)}", "let f(x) = x", "type T = int where value > 0"]
    lines_.append(f"record R {{ option x: {draw(type_)} = {draw(expression)} }}")
    for name in ("a", "g.b", "m", "r", "l", "o", "u"):
        default = draw(st.one_of(st.just(""), expression.map(lambda each: f" = {each}")))
        lines_.append(f"option {name}: {draw(type_)}{default}")
    lines_.extend(draw(st.lists(statement, max_size=6)))
    return "\n".join(lines_) + "\n"


@settings(max_examples=EXAMPLES)
@given(configurations())
def test_no_small_configuration_crashes(text: str) -> None:
    result = configured(text)
    assert json.loads(json.dumps(result.data)) == result.data
    assert all(each.message and each.labels for each in result.findings)
    if not result.errors():
        assert not set("amrlou") - set(result.data)


def test_what_a_loser_of_a_failed_option_reads_first_is_told_too() -> None:
    text = """
        option a: int = 0
        a = 1
        a = 2
        default a = config.z
        option z: int
    """
    assert configured(text).codes() == ["conflicting-definitions", "missing-value"]


def test_option_star_keeps_no_key_whose_conditions_are_false() -> None:
    text = """
        record R { option *: string, option n: int = length(keys(self)) }
        option r: R = {}
        option asked: bool = has(config.r, "dead")
        when false { r.dead = "x" }
        when true { r.live = "y" }
    """
    assert values(text) == {"r": {"live": "y", "n": 2}, "asked": False}


def test_parts_of_a_failed_entry_know_its_key() -> None:
    text = """
        record R { option title: string = key }
        option m: map(R) = {}
        m.a = "no record"
        m.a {}
        m.*.title = "entry #{key}"
    """
    assert configured(text).codes() == ["type-mismatch"]


def test_files_that_import_each_other_see_each_others_functions() -> None:
    found = values(
        'import "./b.vcfg" as b\nlet plain(x) = x\noption a: string = b.wrapped("x")',
        b='import "./main.vcfg" as other\nlet wrapped(x) = other.plain(x)\n',
    )
    assert found == {"a": "x"}
