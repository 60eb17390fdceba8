"""What people are told about texts that do not follow the grammar; nothing else may happen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evaluator.diagnostics.model import Sink
from evaluator.source import Source
from evaluator.syntax.parse import parse_uncached

if TYPE_CHECKING:
    from evaluator.diagnostics.model import Diagnostic
    from tests.conftest import RunVcfg

ROOT = Path(__file__).parent.parent
FILES = sorted(
    [
        *(ROOT / "tests/cases/survey").glob("*.vcfg"),
        *(ROOT / "modules").rglob("*.vcfg"),
    ]
)


def findings(text: str) -> list[Diagnostic]:
    """Findings of a text; a tree comes exactly without them."""
    source = Source("test.vcfg", "test.vcfg", text)
    sink = Sink()
    tree = parse_uncached(source, sink)
    assert (tree is None) == bool(sink.diagnostics)
    for finding in sink.diagnostics:
        primary = [label for label in finding.labels if label.primary]
        assert len(primary) == 1
        for label in finding.labels:
            assert label.span[0] is source
            assert 0 <= label.span[1] <= label.span[2] <= len(text)
        assert finding.message[0] != finding.message[0].lower() or finding.message[0] in "`@"
        assert not finding.message.endswith(".")
    return sink.diagnostics


def places(text: str) -> list[tuple[int, int]]:
    """Line and column of each finding."""
    source = Source("t", "t", text)
    return [source.position(f.labels[0].span[1]) for f in findings(text)]


def edited(text: str) -> str:
    """The text with every edit of every finding applied."""
    edits = {
        (edit.span[1], edit.span[2], edit.text)
        for finding in findings(text)
        for help_ in finding.help
        for edit in help_.edits
    }
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


@pytest.mark.parametrize(
    ("text", "better"),
    [
        ("a = 1; b { c = 2; }", "a = 1 b { c = 2 }"),
        ("a = [1; 2]", "a = [1, 2]"),
        ("a: 1\nb { c: 2 }", "a = 1\nb { c = 2 }"),
        ("a == 1", "a = 1"),
        ("a := 1", "a = 1"),
        ("a += [1]", "a = [1]"),
        ("a <- 1", "a = 1"),
        ("a => 1", "a = 1"),
        ("when a = b { }", "when a == b { }"),
        ("a = b && c || !d", "a = b and c or not d"),
        ("a = ['x', 'y\"z']", 'a = ["x", "y\\"z"]'),
        ("a = \u201cx\u201d", 'a = "x"'),
        ('a = ["x" "y"\n  "z"]', 'a = ["x", "y",\n  "z"]'),
        ("a = f(1 2)", "a = f(1, 2)"),
        ("// note\na = 1", "# note\na = 1"),
        ("import ./x.vcfg", 'import "./x.vcfg"'),
        ("import ../x/y.vcfg", 'import "../x/y.vcfg"'),
        ("import <nixpkgs>", 'import "nixpkgs"'),
        ("a = ./x", 'a = "./x"'),
        ("a = [/etc/a, /etc/b]", 'a = ["/etc/a", "/etc/b"]'),
        ("a = 10.0.0.1", 'a = "10.0.0.1"'),
        ("a = 10.0.0.0/24", 'a = "10.0.0.0/24"'),
        ("a = 0644", "a = 0o644"),
        ("a = 0644;", "a = 0o644"),
        ("a = 09", "a = 9"),
        ("if a { } else if b { }", "when a { } else when b { }"),
        ("default = 1", '"default" = 1'),
        ("default { a = 1 }", '"default" { a = 1 }'),
        ("where = 1 from.x = 2", '"where" = 1 "from".x = 2'),
        ("a = b == not c", "a = b == (not c)"),
        (r'a = "\d"', r'a = "\\d"'),
        ("option a: int ## the a\noption b: int", "option a: int # the a\noption b: int"),
        ("a\u00a0= 1", "a = 1"),
    ],
)
def test_habits_from_elsewhere_come_with_an_edit(text: str, better: str) -> None:
    assert findings(text)
    assert edited(text) == better
    assert findings(better) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a = mkForce true", "There is no `mkForce`: `force` stands before the path"),
        ('a = lib.mkDefault "x"', "There is no `mkDefault`: `default` stands before the path"),
        ("a = mkIf b true", "There is no `mkIf`: definitions that hold under a condition"),
        ("a = ${b}", "A `$` means nothing outside strings"),
        ("/* a */ b = 1", "`/*` begins no comment"),
        ("a = 1 // note", "`//` begins no comment"),
        ("imports = [ ./a.nix ./b.nix ]", "Files are imported by statements of their own"),
        ("a = ''\n  x\n''", 'A text of several lines stands in `"""`'),
        ("a = b ? c : d", "A choice between two values is written `if"),
        ("{ config, lib, ... }: { }", "A file is its statements, without braces"),
        ("a {\n  - b\n}", "A list is written `[a, b]`"),
        ("a = 5k", "`k` is no unit"),
        ("a = 8gib", "`gib` is no unit"),
        ("option a = 1", "An option needs a type"),
        ("\u00e9 = 1", "Names consist of the letters a to z"),
        ("a { ## note\n}", "Documentation (`##`) stands before what it describes"),
        ("@hidden", "An annotation stands before what it describes"),
        ("@hidden\na = 1", "`@hidden` has no meaning here"),
        ("a = force 1", "`force` stands before the path, not before the value"),
        ("let in = 1", "`in` is a word of the language and cannot be a name here"),
        ("a = b < c < d", "`<` and `<` cannot follow each other"),
        ("a = - not b", "`-` cannot stand before `not`"),
        ("a = f(b: 1, 2)", "An argument without a name stands before those with one"),
        ("type T = 1.5", "A type of one value is"),
        ('section "#{a}" { }', "What is written here is fixed before values"),
        ("priority 1500 a = 1", "The number after `priority` is 1 to 1499"),
        ("order 0 a = 1", "The number after `order` is 1 to 999999"),
        ("a = 0o77777", "A file mode is at most `0o7777`"),
        ("a = 99999999999999999999", "The number is too large"),
        ("a = 1.0e999", "The number is too large"),
        ("a = 0.5us", "The amount is no whole number of microseconds"),
        (r'a = "\u{d800}"', "There is no such character"),
        ('a = "b', "The string is not closed on its line"),
        ('a = """\n b', "The text block is never closed"),
        ('a = "#{b"', "`#{` is never closed"),
        ("a = [1, 2\nb = 3", "`[` is never closed"),
        ("a { b = 1", "`{` is never closed"),
        ("a = (1]", "`(` is closed by `)`, not by `]`"),
        ("a = 1 }", "`}` closes nothing"),
        ("a = \0", "The file contains a NUL byte and is no text"),
        ("a =\nb = 2", "Expected an expression, found the statement that begins with `b`"),
        ("a = 1 +\nb { }", "Expected an expression, found the statement that begins with `b`"),
        ("a { b = }", "Expected an expression, found `}`"),
        ("a b", "Expected `=` or `{`, found `b`"),
        ("option a: ]", "Expected a type, found `]`"),
        ("a. = 1", "Expected a name, found `=`"),
        ("let 1 = 2", "Expected a name, found `1`"),
        ("service", "Expected a name"),
        ("import 1", "found `1`"),
        ("a = if b then c", "needs an `else`"),
        ('a = "x" @', "Expected a name, found the end of the file"),
        ("a = \u2713", "found `\u2713` (U+2713)"),
        ("a = \x07", "found the character U+0007"),
    ],
)
def test_findings_say_what_is_there_and_what_fits(text: str, told: str) -> None:
    messages = [finding.message for finding in findings(text)]
    assert len(messages) == 1, messages
    assert told in messages[0]


def test_one_run_shows_all_independent_errors() -> None:
    text = "a =\nb = 2\nc { d: 1 }\ne = [1, 2\nf = (3 ]\ng = 'x'\nh = 5k\nlet as = 1\ni = 7\n"
    assert [line for line, _ in places(text)] == [2, 3, 4, 5, 6, 7, 8]


def test_one_habit_is_told_once_with_all_its_places() -> None:
    (finding,) = findings("a = 1;\nb = 2;\nc = 3;\n")
    assert finding.notes == ("the same on lines 2, 3",)
    assert len(finding.help[0].edits) == 3


def test_a_value_missing_at_the_end_of_a_line_is_shown_there() -> None:
    text = "a {\n  b =\n}\n"
    (finding,) = findings(text)
    second = finding.labels[1]
    assert text[second.span[1]] == "="
    assert second.text == "an expression is missing after this"


def test_an_open_bracket_is_shown_where_it_was_opened() -> None:
    text = "a = f(1,\n  2\nb = 3\n"
    (finding,) = findings(text)
    assert [text[label.span[1]] for label in finding.labels] == ["(", "b"]


def test_the_brace_that_was_probably_forgotten_is_shown() -> None:
    text = "a {\n  b {\n    c = 1\n}\nd = 2\n"
    (finding,) = findings(text)
    assert [finding.labels[0].span[1], finding.labels[2].span[1]] == [2, 8]


def test_lines_left_of_the_margin_are_shown_one_by_one() -> None:
    text = 'a = """\n    b\n  c\n\td\n    """\n'
    assert [f.message.split()[0] for f in findings(text)] == ["The", "Tabs"]
    assert places(text) == [(3, 1), (4, 1)]


def test_at_most_twenty_are_told() -> None:
    assert len(findings("a = ]\n" * 100)) == 20


def test_holes_of_shells_are_plain_text_in_strings() -> None:
    assert findings('a = "${x} $(y)" b = """\n  ${z}\n  """') == []


@pytest.mark.parametrize(
    ("word", "meant"), [("yes", "true"), ("off", "false"), ("True", "true"), ("nil", "null")]
)
def test_foreign_words_for_values_are_names_that_nobody_bound(
    word: str, meant: str, vcfg: RunVcfg, tmp_path: Path
) -> None:
    file = tmp_path / "a.vcfg"
    file.write_text(f"service a {{ option x: bool? = null }}\na.x = {word}\n")
    ran = vcfg("eval", file)
    assert ran.status == 1
    assert f"did you mean `{meant}`?" in ran.err


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(st.text())
def test_any_text_gives_a_tree_or_findings(text: str) -> None:
    findings(text)


PIECES = st.sampled_from(
    [
        *(
            "a",
            "b.c",
            "=",
            "{",
            "}",
            "[",
            "]",
            "(",
            ")",
            ",",
            ".",
            ":",
            '"',
            '"""',
            "#{",
            "#",
            "##",
        ),
        *("1", "5s", "0o7", "when", "else", "let", "option", "in", "for", "if", "then", "not", "-"),
        *(
            "default",
            "import",
            "after",
            "\n",
            " ",
            ";",
            "'",
            "\\",
            "//",
            "*",
            "@",
            "|",
            "?",
            "..",
            "+",
        ),
        *("\r\n", "\ufeff", "\0", "\u00e9", "type", "where", "each", "force", "priority", "host"),
    ]
)


@settings(max_examples=300, suppress_health_check=list(HealthCheck))
@given(st.lists(PIECES, max_size=40), st.sampled_from(["", " "]))
def test_any_tokens_give_a_tree_or_findings(pieces: list[str], between: str) -> None:
    findings(between.join(pieces))


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(FILES), st.floats(0, 1), st.floats(0, 1))
def test_any_piece_of_a_file_gives_a_tree_or_findings(path: Path, low: float, high: float) -> None:
    text = path.read_text()
    findings(text[: int(len(text) * high)])
    findings(text[int(len(text) * low) :])


@settings(max_examples=100, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=300))
def test_any_bytes_give_a_tree_or_findings(data: bytes) -> None:
    findings(data.decode("latin-1"))
    findings(data.decode("utf-8", "replace"))


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    [
        *("(", "[", "{a ", "a = [", ";", "@", '"', '"#{', "'", "#", "a ", "a.", "- ", "not "),
        *(
            "a = 1 // x\n",
            "if a then ",
            '"""',
            "\\",
            "list(",
            "1 ",
            "[1 # x\n",
            "a = mkForce true ",
        ),
    ],
)
def test_a_megabyte_of_anything_ends_soon(piece: str) -> None:
    repeated = piece * (300_000 // len(piece))
    findings(repeated)
    findings("a = " + repeated)


AMOUNTS = {
    "option d: duration\nd = 5m": ("write `5min`", True),
    "option d: duration = 3sec": ("write `3s`", True),
    "option d: duration? = 2hours": ("write `2h`", True),
    "service s { option d: duration = 1day }": ("write `1d`", True),
    "service s { option wait: duration = 1s }\ns.wait = 5M": ("write `5min`", True),
    "option s: size\ns = 5M": ("write `5MiB`", False),
    "option s: size\ns = 8G": ("write `8GiB`", False),
    "option s: size = 512M": ("write `512MiB`", False),
    "option l: list(size) = [64Mi]": ("write `64MiB`", False),
    "a = 5m": ("write `5min` for a time, `5MiB` for a size", False),
    "a = 8G": ("write `8GiB`", False),
    "a = 3sec": ("write `3s`", True),
    "option a: any = 5m": ("write `5min` for a time, `5MiB` for a size", False),
}  # fmt: skip


@pytest.mark.parametrize("text", AMOUNTS)
def test_an_amount_in_units_of_elsewhere(text: str) -> None:
    (finding,) = findings(text)
    (help_,) = finding.help
    assert (help_.text, help_.certain and bool(help_.edits)) == AMOUNTS[text]
