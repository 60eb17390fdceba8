"""The grammar: no conflict, its words, and our loop beside Lark's own parser."""

from __future__ import annotations

import random
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from lark.grammar import Terminal

from evaluator import resources
from evaluator.syntax import tables as ready
from evaluator.syntax.actions import ACTIONS
from evaluator.syntax.compiling import compile_grammar
from evaluator.syntax.expected import accepted
from evaluator.syntax.machine import Machine
from evaluator.syntax.packing import NAME, pack, unpack
from evaluator.syntax.tables import grammar_fingerprint
from tests.syntax_oracle import Oracle

if TYPE_CHECKING:
    from collections.abc import Callable

    from lark.grammar import Rule

    from evaluator.syntax.tables import Tables

ROOT = Path(__file__).parent.parent
FILES = sorted(
    [
        *(ROOT / "tests/cases/survey").glob("*.vcfg"),
        *(ROOT / "tests/cases/syntax").glob("*.vcfg"),
        *(ROOT / "modules").rglob("*.vcfg"),
        *(ROOT / "spec/examples").rglob("*.vcfg"),
    ]
)
SAMPLES = {
    "NAME": ["x", "listen-tls", "_a1", "type", "after", "each"],
    "INT": ["0", "7", "1_000"],
    "FLOAT": ["0.5", "1.5e-3"],
    "MODE": ["0o644"],
    "DURATION": ["6h", "1.5s", "10min"],
    "SIZE": ["8GiB", "0.5kB"],
    "RAW": [r'r"^[a-z]\d+$"'],
    "PLAIN_STRING": ['""', '"a b"', '"#x"'],
    "QUOTE": ['"'],
    "STRING_CHARS": ["ab", "#"],
    "ESCAPE": ["\\n", "\\u{e9}"],
    "TEXT_CHARS": ["\n  a\n", '"x"', "#"],
    "FILE_DOC": ["### about\n", "###\n"],
    "DOC": ["\n## about\n", "\n##\n"],
}


@pytest.fixture(scope="module")
def oracle() -> Oracle:
    return Oracle()


@pytest.fixture(scope="module")
def tables() -> Tables:
    """Those that are shipped."""
    return ready.tables()


def test_the_shipped_tables_are_of_this_grammar(expect: Callable[[Path, str], None]) -> None:
    grammar = resources.text("grammar", "vcfg.lark")
    text = pack(compile_grammar(grammar), grammar_fingerprint(grammar))
    expect(Path(resources.path("grammar"), NAME), text)
    assert unpack(text, grammar_fingerprint(grammar + " ")) is None


def test_a_changed_grammar_is_compiled_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ready, "_ready", None)
    texts = {name: resources.text("grammar", name) for name in ("vcfg.lark", NAME)}
    texts["vcfg.lark"] += "\n// as it was before somebody packed it\n"
    monkeypatch.setattr(resources, "text", lambda _, name: texts[name])
    assert ours("a = 1", ready.tables())[4][0][4] == ("a",)


def ours(text: str, tables: Tables) -> Any:
    """Our tree of a text, None where it is refused, be it only for a reserved word."""
    machine = Machine(text, tables)
    tree = machine.run()
    return None if any(kind == "reserved-word" for kind, *_ in machine.problems) else tree


def test_strict_build_has_no_conflict_of_rules_or_tokens(oracle: Oracle) -> None:
    # Building it is the proof; a conflict would have raised.
    assert len(oracle.parser._parse_table.states) > 300


def test_strict_build_would_refuse_a_conflict() -> None:
    from lark.exceptions import GrammarError

    from evaluator.syntax.compiling import lark_parser

    with pytest.raises(GrammarError):
        lark_parser('file: a | b\na: NAME\nb: NAME\nNAME: "x"', strict=True)


def test_every_rule_has_its_action_and_no_action_is_left_over(oracle: Oracle) -> None:
    from evaluator.syntax.compiling import action_of

    assert {action_of(rule) for rule in oracle.lark.rules} - {""} == set(ACTIONS)


def test_what_starts_a_statement_never_continues_an_expression(tables: Tables) -> None:
    starts = accepted(Machine("", tables)) - {"$END", "FILE_DOC"}
    machine = Machine("a = b ;", tables)
    assert machine.run() is None
    continues = accepted(machine) - starts - {"$END", "COMMA"}
    everything = accepted(machine)
    assert {"PLUS", "DOT", "LPAR", "LSQB", "IN", "COALESCE"} <= continues
    # Whatever may follow is one or the other; no terminal has two meanings there.
    for term in everything & starts:
        assert _starts_anew(machine, term), term
    for state, entry in enumerate(tables.entries):
        if entry in ("primary", "operand", "prefixed", "run"):
            shifted = {t for t, act in tables.rows[state].items() if act >= 0}
            assert not shifted & starts, (state, shifted & starts)


def _starts_anew(machine: Machine, term: str) -> bool:
    """Whether the terminal ends the statement before it."""
    tables = machine.tables
    states = list(machine.states)
    while (act := tables.rows[states[-1]][term]) < 0:
        origin, size, _, _ = tables.rules[act]
        del states[len(states) - size :]
        states.append(tables.gotos[states[-1]][origin])
    return "item" in tables.gotos[states[-1]]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_files_are_read_as_lark_reads_them(path: Path, oracle: Oracle, tables: Tables) -> None:
    text = path.read_text()
    tree = ours(text, tables)
    assert tree is not None
    assert tree == oracle.tree(text)


def test_generated_sentences_are_read_as_lark_reads_them(oracle: Oracle, tables: Tables) -> None:
    dice = random.Random(20)
    sentences = Sentences(oracle, dice)
    accepted_some = 0
    for _ in range(400):
        text = sentences.make()
        tree = ours(text, tables)
        assert tree == oracle.tree(text), text
        accepted_some += tree is not None
    assert accepted_some > 200


def test_broken_files_are_refused_as_lark_refuses_them(oracle: Oracle, tables: Tables) -> None:
    dice = random.Random(21)
    texts = [path.read_text() for path in FILES if path.stat().st_size < 3000]
    refused = 0
    for _ in range(400):
        text = _damaged(dice.choice(texts), dice)
        tree = ours(text, tables)
        assert tree == oracle.tree(text), text
        refused += tree is None
    assert refused > 100


def _damaged(text: str, dice: random.Random) -> str:
    """A piece of a file with one to three characters or words lost, doubled or exchanged."""
    begin = dice.randrange(len(text))
    text = text[begin : begin + dice.randrange(20, 400)]
    for _ in range(dice.randrange(1, 4)):
        at = dice.randrange(len(text) + 1)
        cut = dice.randrange(0, 4)
        extra = dice.choice(
            ["", "", "=", "}", "{", '"', '"""', "#{", " in ", "when ", ".", "1", "+"]
        )
        text = text[:at] + extra + text[at + cut :]
    return text


@pytest.mark.parametrize(
    "text",
    [
        "for x in xs { }",
        "for x inside { }",
        "a = b in c",
        "a = bin c",
        "priority 60s a = 1",
        "order = 1 order 5 b = [] order.c = 1",
        "a = 1..2",
        'a = """x""" b = """"""',
        'a = "" b = ""',
        'a = "#{"#{"x"}"}"',
        'a = "#{{ b = "}" }}"',
        "type T = int(1..) type U = int(..2) type V = int(-1..2)",
        "type T = A where each x else y where z",
        "a\r\n=\r\n1",
        "### x\n## y\nlet a = 1 ### z",
    ],
)
def test_delicate_texts_are_read_as_lark_reads_them(
    text: str, oracle: Oracle, tables: Tables
) -> None:
    assert ours(text, tables) == oracle.tree(text)


SOFT = (
    *("import", "disable", "type", "record", "service", "section", "extend", "host"),
    *("test", "error", "before", "after", "priority", "order", "each", "choice", "variant"),
    *("former", "alias", "to", "warning"),
)
ANYWHERE = (
    "{0} = 1",
    "{0}.{0} = 1",
    "{0} {{ {0} = 1 }}",
    "a.{0} = 1",
    "a {{ {0} {{ }} }}",
    "default {0} = 1",
    "force first {0} = []",
    "option {0}: int = 1",
    "accepts a.{0}: {0} = {{ }}",
    "computed {0}: int",
    "let {0} = {0}",
    "a = {0}.{0}",
    "a = {{ {0} = 1, {0}.b = 2 }}",
    "a = f({0}: 1)",
    "a = [for {0} in {0}: {0}]",
    "for {0} in b {{ {0} = 1 }}",
    "remove {0}.{0}",
    "a after {0} before {0} = 1",
    "b = c {0} = 1",
    "host {0} {{ }}",
)


@pytest.mark.parametrize("word", SOFT)
@pytest.mark.parametrize("pattern", ANYWHERE)
def test_soft_words_are_names_outside_their_place(
    word: str, pattern: str, oracle: Oracle, tables: Tables
) -> None:
    text = pattern.format(word)
    if text in ("host after { }", "host before { }"):
        text = f'host "{word}" {{ }}'  # here the word begins a clause of the path `host`
    tree = ours(text, tables)
    assert tree is not None
    assert tree == oracle.tree(text)


def test_the_words_are_the_ones_of_the_chapter(oracle: Oracle, tables: Tables) -> None:
    chapter = (ROOT / "spec/10-lexical.md").read_text()
    for heading, words in (("Hard words", tables.hard), ("Soft words", frozenset(SOFT))):
        block = chapter.split(f"### {heading}", 1)[1].split("```text\n", 1)[1].split("```", 1)[0]
        assert set(block.split()) == words
    assert set(tables.words) == tables.hard | set(SOFT)


def test_hard_words_are_names_after_a_dot_only(tables: Tables) -> None:
    for word in sorted(tables.hard):
        assert ours(f"a.{word} = b.{word}", tables) is not None, word
        assert ours(f'option a.{word}: int option "{word}": int', tables) is not None, word
        assert ours(f"let {word} = 1", tables) is None, word
        assert ours(f"{word} = 1", tables) is None, word


class Sentences:
    """Random texts that the grammar derives, with a budget of depth."""

    def __init__(self, oracle: Oracle, dice: random.Random) -> None:
        self.dice = dice
        self.rules: dict[str, list[Rule]] = {}
        for rule in oracle.lark.rules:
            self.rules.setdefault(str(rule.origin.name), []).append(rule)
        self.patterns = {t.name: t.pattern for t in oracle.lark.terminals}
        self.heights = self._heights()

    def make(self) -> str:
        out: list[str] = []
        self._derive("file", self.dice.randrange(8, 24), out)
        return " ".join(out)

    def _derive(self, symbol: str, budget: int, out: list[str]) -> None:
        fitting = [r for r in self.rules[symbol] if self._height(r) <= budget]
        if not fitting:
            fitting = [min(self.rules[symbol], key=self._height)]
        for part in self.dice.choice(fitting).expansion:
            if isinstance(part, Terminal):
                out.append(self._spelling(part.name))
            else:
                self._derive(str(part.name), budget - 1, out)

    def _spelling(self, terminal: str) -> str:
        samples = SAMPLES.get(terminal)
        return self.dice.choice(samples) if samples else str(self.patterns[terminal].value)

    def _height(self, rule: Rule) -> int:
        inner = [0 if isinstance(p, Terminal) else self.heights[p.name] for p in rule.expansion]
        return 1 + max(inner, default=0)

    def _heights(self) -> dict[str, int]:
        self.heights = dict.fromkeys(self.rules, 1000)
        for _ in self.rules:
            for symbol, rules in self.rules.items():
                self.heights[symbol] = min(self._height(rule) for rule in rules)
        return self.heights
