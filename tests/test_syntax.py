"""Texts to trees: literals, strings, operators, statements, the caches, size and depth."""

from __future__ import annotations

import marshal
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from evaluator.diagnostics.model import Sink
from evaluator.source import Source
from evaluator.syntax import cache, parse

ROOT = Path(__file__).parent.parent


def items(text: str) -> Any:
    """Statements of a text that must be right."""
    sink = Sink()
    tree = parse.parse_uncached(Source("test.vcfg", "test.vcfg", text), sink)
    assert not sink.diagnostics, [d.message for d in sink.diagnostics]
    assert tree is not None
    assert tree[:3] == ("file", 0, len(text))
    return tree[4]


def value(text: str) -> Any:
    """Tree of an expression, without positions."""
    return bare(items(f"x = {text}")[0][-1])


def bare(node: Any) -> Any:
    """A tree without positions."""
    if not isinstance(node, tuple):
        return node
    if len(node) > 2 and isinstance(node[0], str) and type(node[1]) is int:
        return (node[0], *(bare(part) for part in node[3:]))
    return tuple(bare(part) for part in node)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5_000", ("int", 5000)),
        ("0", ("int", 0)),
        ("0.5", ("float", 0.5)),
        ("1.5e3", ("float", 1500.0)),
        ("0o644", ("mode", 0o644)),
        ("6h", ("duration", 21_600_000_000)),
        ("1.5ms", ("duration", 1500)),
        ("10min", ("duration", 600_000_000)),
        ("8GiB", ("size", 8 * 2**30)),
        ("1.5kB", ("size", 1500)),
        ("true", ("bool", True)),
        ("null", ("null",)),
        (r'r"^\d\.#{x}$"', ("str", r"^\d\.#{x}$")),
        (r'"a\n\t\"\\\#{\u{e9}"', ("str", 'a\n\t"\\#{é')),
        ('"a#{b}c"', ("interp", ("a", ("name", "b"), "c"))),
        ('"#{a}#{"#{b}"}"', ("interp", (("name", "a"), ("interp", (("name", "b"),))))),
        ('"# #"', ("str", "# #")),
        ("a.b.when", ("attr", ("attr", ("name", "a"), "b"), "when")),
        ('a."b c"', ("attr", ("name", "a"), "b c")),
        ('a."#{b}"', ("index", ("name", "a"), ("interp", (("name", "b"),)))),
        ("a[1]", ("index", ("name", "a"), ("int", 1))),
        ("f(1, k: 2,)", ("call", ("name", "f"), (("int", 1),), (("k", ("int", 2), 9),))),
        ("[1, 2,]", ("list", (("int", 1), ("int", 2)))),
        ("[]", ("list", ())),
        (
            "[for k, v in m if k: v]",
            ("listfor", ("k", "v"), ("name", "m"), ("name", "k"), ("name", "v")),
        ),
        ("if a then b else c", ("if", ("name", "a"), ("name", "b"), ("name", "c"))),
        ("((a))", ("name", "a")),
    ],
)
def test_expressions(text: str, expected: object) -> None:
    assert value(text) == expected


def sketch(node: Any) -> str:
    """An operator tree with all its parentheses."""
    match node:
        case ("name", word):
            return str(word)
        case ("unary", operator, operand):
            return f"({operator} {sketch(operand)})"
        case ("binary", operator, left, right):
            return f"({sketch(left)} {operator} {sketch(right)})"
        case ("chain", first, rest):
            return f"({sketch(first)}{''.join(f' {o} {sketch(n)}' for o, n in rest)})"
    raise AssertionError(node)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a or b and c", "(a or (b and c))"),
        ("a and b or c and d", "((a and b) or (c and d))"),
        ("not a == b and c", "((not (a == b)) and c)"),
        ("not not a", "(not (not a))"),
        ("a ?? b ?? c", "(a ?? (b ?? c))"),
        ("a or b ?? c", "((a or b) ?? c)"),
        ("a + b - c * d / e", "(a + b - (c * d / e))"),
        ("a ++ b + c ++ d", "(a ++ (b + c) ++ d)"),
        ("-a * b", "((- a) * b)"),
        ("a - -b", "(a - (- b))"),
        ("a - b - c", "(a - b - c)"),
        ("a - (b - c)", "(a - (b - c))"),
        ("a == b .. c", "(a == (b .. c))"),
        ("a in b ++ c or d", "((a in (b ++ c)) or d)"),
        ("not a in b", "(not (a in b))"),
        ("a and not b", "(a and (not b))"),
        ("a % b == c", "((a % b) == c)"),
    ],
)
def test_operators_bind_as_the_chapter_says(text: str, expected: str) -> None:
    assert sketch(value(text)) == expected


def test_a_hundred_thousand_operators_are_one_flat_chain() -> None:
    node = value("a" + " + a" * 100_000)
    assert node[0] == "chain"
    assert len(node[2]) == 100_000


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ('"""one line"""', "one line"),
        ('"""\n  a\n    b\n  """', "a\n  b\n"),
        ('"""\n  a\n\n  b\n  """', "a\n\nb\n"),
        ('"""\n  a\n \t\n  b\n  """', "a\n\nb\n"),
        ('"""\n  a\n  b"""', "  a\n  b"),
        ('"""first\n  a\n  """', "first\na\n"),
        ('"""\n"""', ""),
        ('"""\n  """', ""),
        ('""""""', ""),
        ('"""\n\tx\n\t"""', "x\n"),
        ('"""  \n  x\n  """', "x\n"),
        ('"""\n  $x ${y} \\1 "q" ""\n  """', '$x ${y} \\1 "q" ""\n'),
        ('"""\r\n  a\r\n  b\r\n  """', "a\nb\n"),
    ],
)
def test_the_closing_quotes_set_the_margin(block: str, expected: str) -> None:
    assert value(block) == ("str", expected)


def test_holes_in_text_blocks_keep_their_line() -> None:
    node = value('"""\n  a #{b}\n    #{c}\n  """')
    assert node == ("interp", ("a ", ("name", "b"), "\n  ", ("name", "c"), "\n"))


INT = ("tname", "int", ())
A, B = ("name", "a"), ("name", "b")
STATEMENTS: list[tuple[str, Any]] = [
    ('import "./a.vcfg" as b', ("import", "./a.vcfg", 7, 17, "b", None, None)),
    ('default import "u.json" at a.b', ("import", "u.json", 15, 23, None, ("a", "b"), 1000)),
    ('disable "x.vcfg"', ("disable", "x.vcfg", 8, 16)),
    ("## d\nlet f(a, b,) = a", ("let", "f", 9, ("a", "b"), A, "d")),
    ("let c() = a", ("let", "c", 4, (), A, "")),
    (
        "type T = int? where a",
        ("typedecl", "T", 5, ("toptional", INT), ((False, A, None),), (), "", ()),
    ),
    (
        "type T = int where each a else b where b",
        ("typedecl", "T", 5, INT, ((True, A, B), (False, B, None)), (), "", ()),
    ),
    ("record R from m.B { }", ("recorddecl", "R", 7, "m.B", (), "", ())),
    ("service a.b from R { }", ("service", ("a", "b"), 11, "R", (), "", ())),
    ('section "T" { warn a }', ("section", "T", (("warn", A, ()),), "")),
    ("option a.x: int = b", ("option", "option", ("a", "x"), 7, 10, INT, B, None, "", ())),
    ('option "default": int', ("option", "option", ("default",), 7, 16, INT, None, None, "", ())),
    ("option after: int", ("option", "option", ("after",), 7, 12, INT, None, None, "", ())),
    ("accepts *: int", ("option", "accepts", ("*",), 8, 9, INT, None, None, "", ())),
    ("computed p: int", ("option", "computed", ("p",), 9, 10, INT, None, None, "", ())),
    ("extend etc { }", ("extend", ("etc",), 10, ())),
    ('host "#{a}" { }', ("host", ("interp", (A,)), ())),
    ('test "t" { }', ("test", "t", ())),
    ("for a, _ in b { }", ("for", ("a", "_"), B, ())),
    ("when a { } else when b { }", ("when", A, (), (("when", B, (), None),))),
    ("when a { } else { }", ("when", A, (), ())),
    (
        "priority 60 order 250 a.* after b, c before d = a",
        ("def", 25, ("a", ("star",)), 60, 250, ("b", "c"), ("d",), A),
    ),
    ("force last a { }", ("block", 12, ("a",), 50, 1500, (), (), ())),
    ("default first a = b", ("def", 15, ("a",), 1000, 500, (), (), B)),
    ('remove a."b c"', ("remove", ("a", "b c"), None)),
    ('@id("x")\nassert a', ("assert", A, None, (("annotation", "id", (("str", "x"),), ()),))),
    ("warn a", ("warn", A, ())),
    ('expect error "cycle" at a', ("expect", "cycle", 13, ("a",), "error")),
]


@pytest.mark.parametrize(("text", "expected"), STATEMENTS)
def test_statements(text: str, expected: object) -> None:
    (statement,) = items(text)
    assert bare(statement) == expected


TYPES: list[tuple[str, Any]] = [
    ("map(int)", ("tname", "map", (INT,))),
    ("m.Nic", ("tname", "m.Nic", ())),
    ("int(0..)", ("tname", "int", (("range", 0, None),))),
    ("int(-5..-1)", ("tname", "int", (("range", -5, -1),))),
    ("float(..0.5)", ("tname", "float", (("range", None, 0.5),))),
    ('string(matches: r"x")', ("tname", "string", (("arg", "matches", ("str", "x")),))),
    ('"a" | 1 | true | null', ("tunion", tuple(("tliteral", v) for v in ("a", 1, True, None)))),
    ("int | int?", ("tunion", (INT, ("toptional", INT)))),
]


@pytest.mark.parametrize(("text", "expected"), TYPES)
def test_types(text: str, expected: object) -> None:
    assert bare(items(f"option x: {text}")[0][7]) == expected


def test_positions_are_offsets_of_what_was_written() -> None:
    text = "# é\nforce a.b = (x + 1) * 2"
    (node,) = items(text)
    assert text[node[1] : node[2]] == "force a.b = (x + 1) * 2"
    assert node[3] == text.index(" =")
    product = node[-1]
    assert text[product[1] : product[2]] == "(x + 1) * 2"
    assert text[product[3][1] : product[3][2]] == "(x + 1)"


def test_documentation_belongs_to_the_next_statement() -> None:
    text = "### file\n###\n###  indented\n\n## one\n@hidden\n## two\noption x: int\n## set\nx = 1"
    sink = Sink()
    tree = parse.parse_uncached(Source("t", "t", text), sink)
    assert tree is not None
    assert tree[3] == "file\n\n indented"
    assert tree[4][0][-2] == "one\ntwo"
    assert len(tree[4][0][-1]) == 1


@pytest.mark.parametrize(
    "text", ["\ufeffa = 1", "a = 1\r\nb = 2\r\n", "", "\n\n# only this", "\t a\t=\t1"]
)
def test_files_from_other_machines_are_fine(text: str) -> None:
    assert len(items(text)) == text.count("=")


def nested(levels: int) -> str:
    return "x = " + "[" * levels + "]" * levels


def test_two_hundred_levels_are_the_limit() -> None:
    assert items(nested(199))
    for text in (nested(200), nested(10_000), "x = " + "(" * 201 + "1" + ")" * 201):
        sink = Sink()
        assert parse.parse_uncached(Source("t", "t", text), sink) is None
        assert [d.code for d in sink.diagnostics] == ["nested-too-deeply"]


@pytest.mark.parametrize(
    "text",
    [
        "a = b" + ".c" * 3000,
        "a = " + "- " * 3000 + "b",
        "a = " + "not " * 3000 + "b",
        "a = b" + " ?? b" * 3000,
        "a = " + "if b then c else " * 3000 + "d",
        "when a { } else " * 3000 + "when a { }",
        "a = b" + "(1)" * 3000,
        "option a: " + "list(" * 3000 + "int" + ")" * 3000,
        "a { " * 3000 + "}" * 3000,
        "a = " + '"#{' * 3000 + "b" + '}"' * 3000,
    ],
    ids=lambda text: text[:12],
)
def test_no_kind_of_nesting_gets_past_the_limit(text: str) -> None:
    sink = Sink()
    assert parse.parse_uncached(Source("t", "t", text), sink) is None
    assert [d.code for d in sink.diagnostics] == ["nested-too-deeply"]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of its own."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("VCFG_CACHE_DIR", str(folder))
    monkeypatch.delenv("VCFG_CACHE", raising=False)
    monkeypatch.setattr(parse, "_is_pruned", False)
    return folder


def parsed(text: str) -> Any:
    sink = Sink()
    tree = parse.parse(Source("t", "t", text), sink)
    assert not sink.diagnostics
    return tree


def entry(home: Path, kind: str) -> Path:
    (found,) = [path for path in home.iterdir() if path.name.startswith(kind)]
    return found


def planted(home: Path, tree: Any) -> None:
    """Put another tree in place of the stored one, well-formed."""
    name = entry(home, "trees").name.removeprefix("trees-")
    cache.write("trees", name, marshal.dumps(tree))


OTHER = ("file", 0, 0, "from the cache", ())


def test_a_stored_tree_is_used_again(home: Path) -> None:
    tree = parsed("a = 1")
    assert parsed("a = 1") == tree
    planted(home, OTHER)
    assert parsed("a = 1") == OTHER


def test_cache_is_private(home: Path) -> None:
    parsed("a = 1")
    assert home.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in home.iterdir()} == {0o600}
    assert sorted(path.name.split("-")[0] for path in home.iterdir()) == ["pruned", "trees"]


@pytest.mark.parametrize("damage", ["torn", "flipped", "empty", "nonsense", "odd"])
def test_a_damaged_entry_is_as_if_absent(home: Path, damage: str) -> None:
    tree = parsed("a = 1")
    path = entry(home, "trees")
    data = bytearray(path.read_bytes())
    if damage == "torn":
        data = data[: len(data) // 2]
    elif damage == "flipped":
        data[-3] ^= 255
    elif damage == "empty":
        data.clear()
    elif damage == "nonsense":
        data = bytearray(b"hello")
    if damage == "odd":
        cache.write("trees", path.name.removeprefix("trees-"), marshal.dumps(["not", "it"]))
    else:
        path.write_bytes(data)
    assert parsed("a = 1") == tree
    assert parsed("b = 2")[4][0][4] == ("b",)


def test_entries_that_others_could_have_written_are_ignored(home: Path) -> None:
    tree = parsed("a = 1")
    planted(home, OTHER)
    entry(home, "trees").chmod(0o620)
    assert parsed("a = 1") == tree
    planted(home, OTHER)
    home.chmod(0o770)
    assert parsed("a = 1") == tree
    home.chmod(0o700)
    assert parsed("a = 1") == OTHER


def test_links_in_the_cache_are_not_followed(home: Path, tmp_path: Path) -> None:
    tree = parsed("a = 1")
    planted(home, OTHER)
    path = entry(home, "trees")
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    assert parsed("a = 1") == tree


def test_foreign_entries_are_ignored(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = parsed("a = 1")
    planted(home, OTHER)
    somebody = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: somebody)
    assert parsed("a = 1") == tree


def test_another_version_has_its_own_entries(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = parsed("a = 1")
    planted(home, OTHER)
    for module, name, other in (
        (parse, "__version__", "9.9.9"),
        (sys, "version", "3.99"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(parse, "_own_fingerprint", None)
            patch.setattr(module, name, other)
            assert parsed("a = 1") == tree
    assert parsed("a = 1") == OTHER


@pytest.mark.parametrize("where", ["file/cache", "file", "/proc/nowhere"])
def test_a_cache_that_cannot_be_written_does_no_harm(
    home: Path, tmp_path: Path, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("VCFG_CACHE_DIR", str(tmp_path / where))
    assert parsed("a = 1")[4]
    assert (tmp_path / "file").read_text() == "in the way"


def test_the_cache_can_be_switched_off(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VCFG_CACHE", "off")
    assert parsed("a = 1")[4]
    assert not home.exists()


def test_the_cache_is_found_by_the_rules_of_the_desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/somebody")
    monkeypatch.delenv("VCFG_CACHE_DIR")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert cache.folder() == "/home/somebody/.cache/vcfg"
    monkeypatch.setenv("XDG_CACHE_HOME", "/var/tmp/x")
    assert cache.folder() == "/var/tmp/x/vcfg"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.delenv("HOME")
    assert cache.folder() is None


def test_old_entries_are_pruned(home: Path) -> None:
    parsed("a = 1")
    now = time.time()
    os.utime(entry(home, "trees"), (now - 61 * 86400, now - 61 * 86400))
    (home / "something-else").write_text("")
    os.utime(home / "something-else", (0, 0))
    cache.prune(now)
    assert sorted(path.name.split("-")[0] for path in home.iterdir()) == ["pruned", "something"]


def test_pruning_is_done_once_a_day(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed("a = 1")
    now = time.time()
    old = entry(home, "trees")
    os.utime(old, (0, 0))
    cache.prune_daily(now + 3600)
    assert old.exists()
    monkeypatch.setenv("VCFG_CACHE", "off")
    cache.prune_daily(now + 90_000)
    assert old.exists()
    monkeypatch.delenv("VCFG_CACHE")
    cache.prune_daily(now + 90_000)
    assert not old.exists()


WARM = """
import sys
before = set(sys.modules)
sys.path[:0] = [{root!r}]
from evaluator.source import Source
from evaluator.diagnostics.model import Sink
from evaluator.syntax.parse import parse
assert parse(Source("t", "t", "a = 1"), Sink())[4]
print(*sorted(set(sys.modules) - before))
"""


def test_a_warm_parse_loads_neither_lexer_nor_lark(home: Path) -> None:
    parsed("a = 1")
    command = [sys.executable, "-S", "-E", "-c", WARM.format(root=str(ROOT))]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    ours = [name for name in loaded if name.startswith("evaluator")]
    assert "evaluator.syntax.parse" in ours
    assert "evaluator.syntax.machine" not in ours
    heavy = {"re", "lark", "dataclasses", "enum", "typing", "pathlib", "json", "hashlib"}
    assert not heavy & set(loaded)


@pytest.mark.slow
def test_time_grows_no_faster_than_the_text() -> None:
    unit = (ROOT / "tests/cases/survey/libvirt.vcfg").read_text() + "\n"
    small, large = (unit * (size // len(unit)) for size in (500_000, 10_000_000))
    items(small)
    spent = []
    for text in (small, large):
        before = time.process_time()
        items(text)
        spent.append(time.process_time() - before)
    assert spent[1] < 60 * spent[0]
