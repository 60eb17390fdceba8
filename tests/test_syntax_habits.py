"""Mistakes people bring along from elsewhere: one sentence each, with the edit where simple."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.test_syntax_errors import edited, findings, places

CHOICE = "A choice between two values is written `if"
WHEN = "Statements under a condition stand in `when"
LOOP = "What is repeated stands in `for x in list"
FUNCTION = "A function has a name, and is declared as `let f(x)"
BOUND = "A name is bound to a value with `let`"
PATH = "The parts of a path are joined by `.`"
BLOCK = "A block is addressed by a path"
TYPE_PARTS = "The parts of a type stand in `( )`"
SIDE = "Two values stand side by side"
NO_TYPE = "An option needs a type: `option name: type = default`"
DEFAULT = "The default of an option stands after `=`"
TRUTH = "`#` begins a comment; a truth value is written `"
TEXT = 'A text of several lines stands in `"""`'
INDENTED = "Values are given with `=`; blocks stand in `{ }` and lists in `[ ]`"


@pytest.mark.parametrize(
    ("text", "told", "better"),
    [
        # Parts of statements and values
        ('assert c, "msg"\na = 1', "The message of an `assert`", 'assert c else "msg"\na = 1'),
        ('option b: string default "x"\na = 1', DEFAULT, 'option b: string = "x"\na = 1'),
        ("option b: int default 3", DEFAULT, "option b: int = 3"),
        ("x = when a.b { 3 }\ny = 1", "`when` stands around", "when a.b { x = 3 }\ny = 1"),
        ("x = a === b", "Values are compared with `==`", "x = a == b"),
        ("x = a !== b", "Values are compared with `!=`", "x = a != b"),
        ("x = a in (1, 2)\ny = 1", "The items of a list", "x = a in [1, 2]\ny = 1"),
        ("option d: (int | string)? = 1", "Alternatives of a", "option d: int | string | null = 1"),
        ("option d: (int | string)", "Alternatives of a type", "option d: int | string"),
        ("a = #f\nb = 1", TRUTH, "a = false\nb = 1"),
        (
            "option a: bool = #t\noption b: bool = 1",
            TRUTH,
            "option a: bool = true\noption b: bool = 1",
        ),
        ("a = #t", TRUTH, "a = true"),
        ("x11-forwarding? = true", "Names do not end with `?`", "x11-forwarding = true"),
        ("option a-b?: bool = true", "Names do not end with `?`", "option a-b: bool = true"),
        ('a = f"b {c}"\nd = 1', "Every string can have holes", 'a = "b #{c}"\nd = 1'),
        # Conditions, choices, loops
        ('x = "a" if true else "b"', CHOICE, 'x = if true then "a" else "b"'),
        ("x = [1, 2 + 3 if a == 2 else 3]", CHOICE, "x = [1, if a == 2 then 2 + 3 else 3]"),
        ("a = f(b if c else d, e)", CHOICE, "a = f(if c then b else d, e)"),
        ("a = x ? 1 : 2", CHOICE, "a = if x then 1 else 2"),
        ('a = [x == 1 ? "b" : "c"]', CHOICE, 'a = [if x == 1 then "b" else "c"]'),
        ("a = if x { 1 } else { 2 }", CHOICE, "a = if x then 1 else 2"),
        ("a = if (x) 1 else 2", "`then` stands between", "a = if (x) then 1 else 2"),
        (
            "a = if x then 1 elif y then 2 else 3",
            "Another choice follows as `else if",
            "a = if x then 1 else if y then 2 else 3",
        ),
        ("if c { a = 1 }", WHEN, "when c { a = 1 }"),
        ("if (c) { a = 1 } else { b = 2 }", WHEN, "when (c) { a = 1 } else { b = 2 }"),
        ("if c then { a = 1 }", WHEN, "when c { a = 1 }"),
        ("when c then { a = 1 }", "`{` follows the condition at once", "when c { a = 1 }"),
        ("when c { } else if d { }", WHEN, "when c { } else when d { }"),
        ("when c { } elif d { }", "Another condition", "when c { } else when d { }"),
        ("when c { }\nelseif d { }", "Another condition", "when c { }\nelse when d { }"),
        (
            "when c { } elsif (d) { } else { a = 1 }",
            "Another condition",
            "when c { } else when (d) { } else { a = 1 }",
        ),
        ("for (x in y) { a = 1 }", "`for` takes no parentheses", "for x in y { a = 1 }"),
        ("for (const x of y.z) { }", "`for` takes no parentheses", "for x in y.z { }"),
        ("for (x, y in z()) { }", "`for` takes no parentheses", "for x, y in z() { }"),
        ("for x of y { }", LOOP, "for x in y { }"),
        ("for x = 1 to 5 { }", LOOP, "for x in 1..5 { }"),
        ("foreach x in y { }", LOOP, "for x in y { }"),
        ("a = [x for x in y]", "A list made from another", "a = [for x in y: x]"),
        ("a = [x * 2 for x in y if x > 1]", "A list made", "a = [for x in y if x > 1: x * 2]"),
        (
            "a = [for x, y in z : x if y > 3] b = 1",
            "The condition of a list stands before",
            "a = [for x, y in z if y > 3: x] b = 1",
        ),
        # Names and functions
        ("f = x: x + 1", FUNCTION, "let f(x) = x + 1"),
        ("f = x: y: x + y", FUNCTION, "let f(x, y) = x + y"),
        ("let f = x => x + 1", FUNCTION, "let f(x) = x + 1"),
        ("f = lambda x, y: x + y", FUNCTION, "let f(x, y) = x + y"),
        ("f = (x, y) => x + y", FUNCTION, "let f(x, y) = x + y"),
        ("f = () -> 1", FUNCTION, "let f() = 1"),
        ("f = x -> x", FUNCTION, "let f(x) = x"),
        ("f = { x, y }: x", FUNCTION, "let f(x, y) = x"),
        ("fn f(x) = x + 1", FUNCTION, "let f(x) = x + 1"),
        ("function f(x, y) { return x + y; }", FUNCTION, "let f(x, y) = x + y"),
        ("var x = 1", BOUND, "let x = 1"),
        ("a { const x = 1 }", BOUND, "a { let x = 1 }"),
        ("local x = 1", BOUND, "let x = 1"),
        ('string x = "a"', BOUND, 'let x = "a"'),
        ("let x: int = 1", "A name bound with `let` has no type", "let x = 1"),
        ("let mut x = 1", "`let` takes no `mut`", "let x = 1"),
        # Nix
        ("inherit (x) a b;", "There is no `inherit`", "a = x.a b = x.b"),
        ("a = rec { b = 1 }", "There is no `rec`", "a = { b = 1 }"),
        ("a = ''\n  b ${c}\n  d\n'' e = 1", TEXT, 'a = """\n  b #{c}\n  d\n  """ e = 1'),
        ("a = [''b \"c\"'']", TEXT, 'a = ["b \\"c\\""]'),
        ("a = [1];\nb = f(2);", "A statement does not end with `;`", "a = [1]\nb = f(2)"),
        ("a = '''\nb\n''' e = 1", TEXT, 'a = """\nb\n""" e = 1'),
        ("x += 1", "`+=` gives no value", "x = 1"),
        # Files
        ('import x from "y"', "The file comes first in an `import`", 'import "y" as x'),
        ("import { x, z } from 'y'", "An `import` brings in all", 'import "y"'),
        ("from y import x", "An `import` brings in all", 'import "y"'),
        ('import ["a", "b"]', "An `import` names one file", 'import "a"\nimport "b"'),
        ('import ["a" "b"]', "An `import` names one file", 'import "a"\nimport "b"'),
        ('import "a", "b"', "An `import` names one file", 'import "a"\nimport "b"'),
        ('import("a")', "`import` is a statement", 'import "a"'),
        ("import x", "The file of an `import` is a string", 'import "x"'),
        ('include "x"', "A file is brought in with `import`", 'import "x"'),
        ("require('x')", "A file is brought in with `import`", 'import "x"'),
        # Options, types, paths
        ("option port = 80", NO_TYPE, "option port: port = 80"),
        ("service a { option b = true }", NO_TYPE, "service a { option b: bool = true }"),
        ('option b: = "c"', NO_TYPE, 'option b: string = "c"'),
        ("option port port", "The type of an option stands after `:`", "option port: port"),
        ("option a.b int = 1", "The type of an option stands after", "option a.b: int = 1"),
        ("record r { a: int }", "What a record or service has", "record r { option a: int }"),
        (
            "service r {\n## b\na: map(X) = {} }",
            "What a record or service has",
            "service r {\n## b\noption a: map(X) = {} }",
        ),
        ("test some words { }", "The title of a `test` is a string", 'test "some words" { }'),
        ("struct r { }", "A type with parts of its own", "record r { }"),
        ("option l: list[string]", TYPE_PARTS, "option l: list(string)"),
        ("option l: map<string, list<int>>", TYPE_PARTS, "option l: map(string, list(int))"),
        ("option l: [string] = []", TYPE_PARTS, "option l: list(string) = []"),
        ('networking "eth0" { a = 1 }', BLOCK, 'networking."eth0" { a = 1 }'),
        ('a { disk "x" "y" { b = 1 } }', BLOCK, 'a { disk."x"."y" { b = 1 } }'),
        ('x.y z "w" { }', BLOCK, 'x.y.z."w" { }'),
        ('a "b" = 1', PATH, 'a."b" = 1'),
        ('a["b"] = 1', PATH, 'a."b" = 1'),
        # Here-documents, templates, whole files
        (
            "a = <<EOF\n  b; c\n  EOF = 1\nEOF\nd = 1",
            TEXT,
            'a = """\n  b; c\n  EOF = 1\n"""\nd = 1',
        ),
        ("a = <<-'E'\n    b\n   c\n  E", TEXT, 'a = """\n    b\n   c\n   """'),
        ("a = {{ b.c }}", "An expression needs no `{{ }}`", "a = b.c"),
        ("a = $b", "A `$` means nothing outside strings", "a = b"),
        (
            '{\n"a": 1,\n"b": {"c": [1]}\n}',
            "A file is its statements",
            '\n"a" = 1,\n"b" = {"c" = [1]}\n',
        ),
        ("{ lib, ... }: {\n  a = 1\n}\n", "A file is its statements", "\n  a = 1\n\n"),
        ('a = {"b": 1, "c": 2}', "A value is given with `=`", 'a = {"b" = 1, "c" = 2}'),
        ("name: some words\nother: 1", "A value is given", 'name = "some words"\nother = 1'),
        ("---\na: 1\n", INDENTED, "\na = 1\n"),
    ],
)
def test_a_habit_is_told_once_with_the_edit_that_helps(text: str, told: str, better: str) -> None:
    messages = [finding.message for finding in findings(text)]
    assert len(messages) == 1, messages
    assert messages[0].startswith(told)
    assert edited(text) == better
    assert findings(better) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a = if b then 2\nc = 1", "A value that is chosen by `if` needs an `else`"),
        ("a = [if b then 2]\nc = 1", "A value that is chosen by `if` needs an `else`"),
        ("a = when b { 1 } else { 2 }", "`when` stands around statements"),
        ("with config.etc;\na = 1", "There is no `with`"),
        ("(service a\n  (b (c? #t)))\nd = 1", "Statements are not written in parentheses"),
        ("a = b if c", "A condition does not follow what it decides"),
        ("a = b if c else", CHOICE),
        ("a = if x { b = 1 } else { b = 2 }", CHOICE),
        ("if c:\n  a = 1\nelse:\n  a = 2", WHEN),
        ("when c:\n  a = 1", "The statements of a block stand in `{ }`"),
        ("for x in y:\n  a = 1\n  b = 1", "The statements of a block stand in `{ }`"),
        ("unless c { a = 1 }", "A condition that must not hold is written `when not"),
        ("while c { a = 1 }", LOOP),
        ("for (i = 0; i < 5; i++) { a = 1 }", LOOP),
        ("switch c { case 1 { a = 1 } }", "Several cases are written `when"),
        ("a = map(b, c => c + 1)", FUNCTION),
        ("a = map(b, (c) -> c + 1)", FUNCTION),
        ("function f() { a = 1 }", FUNCTION),
        ("def f(x):\n  y = x\n  return y", FUNCTION),
        ("let f = fn(x) { x }", FUNCTION),
        ("a { inherit b; }", "There is no `inherit`"),
        ('a = let b = 1; c = ["d"]; in b + c', "There is no `let … in`"),
        ("a = [let b = let c = 1; in c; in b]", "There is no `let … in`"),
        ("with x;\na = 1", "There is no `with`"),
        ("a = with x; [b, c]", "There is no `with`"),
        ("a = ''\n  ''${b}\n''", TEXT),
        ("a = <<EOF\n#{b}\nEOF", TEXT),
        ("a = <<EOF\nb", TEXT),
        ("option port", NO_TYPE),
        ("option port\noption b: int", NO_TYPE),
        ("option port { type = int }", NO_TYPE),
        ("enum X { a, b }", 'A type of several words is declared as `type name = "a" | "b"`'),
        ("a[0] = 1", "A definition gives a whole list"),
        ('a = "b" "c"', SIDE),
        ('a = "b" "c"\nd = 1', SIDE),
        ('a { b = "c" "d", e = 1 }', SIDE),
        ("a = 1 2", SIDE),
        ("a = if b then 1 2 else 3", SIDE),
        ('a = mk "b"\n', SIDE),
        ("a = some words\nb = 1", SIDE),
        ("a = %{ if b }c%{ endif }", "There are no templates"),
        ("{% if b %}\na = 1\n{% endif %}", "There are no templates"),
        ("a = {{ b | default(1) }}", "An expression needs no `{{ }}`"),
        ("[a.b]\nc = 1", "A part of a file is a block in braces"),
        ("- a\n- b: c\n", "A list is written `[a, b]`"),
        ("a:\n  - b\n  - c: d\n", INDENTED),
        ("a:\n- b\n- c\n", INDENTED),
        ("a:\n  # note\n  b:\n    c: true\n", INDENTED),
    ],
)
def test_what_no_simple_edit_helps_is_told_once(text: str, told: str) -> None:
    messages = [finding.message for finding in findings(f"{text}\n")]
    assert len(messages) == 1, messages
    assert messages[0].startswith(told)


@pytest.mark.parametrize(
    "mistake",
    [
        "a = let b = { c = 1; }; in b",
        *('x = "a" if true else "b"', "f = x: x + 1", "a = map(b, c => c)", "var x = 1"),
        *("inherit a;", "a = with b; [c]", "a = rec { }", "function f() { a = 1 }", "if c { }"),
        *("if c:\n  a = 1", "option port = 80", "option port", "option l: list[string]"),
        *("a = <<E\n}\nE", "a = ''\n}\n''", 'import x from "y"', 'include "x"', "a = {{ b }}"),
        *("a = %{ if b }", 'a "b" { }', "when c { } elif d { }", "for (x in y) { }", "a[0] = 1"),
        *(
            "a:\n  - b\n  - c",
            "a:\n  b:\n    c: 1",
            'a = "b" "c"',
            "def f(x):\n  a = x",
            "- a\n- b",
        ),
    ],
)
def test_reading_goes_on_behind_a_habit(mistake: str) -> None:
    """What follows is read as if the mistake had not been made, also inside of a block."""
    line = mistake.count("\n") + 3
    assert [place[0] for place in places(f"a {{\n{mistake}\n}}\nz = ]\n")][1:] == [line + 1]
    text = f"{mistake}\nb {{ c = 1 }}\nz = ]\n"
    assert [place[0] for place in places(text)][1:] == [line]


def test_packages_are_no_names_of_a_set() -> None:
    (finding,) = findings("p = with pkgs; [vim]")
    assert "packages are named by strings" in finding.help[0].text


@pytest.mark.parametrize("head", ["variable", "resource", "data", "output", "module", "provider"])
def test_blocks_of_hcl_have_a_word_of_their_own(head: str) -> None:
    (finding,) = findings(f'{head} "a" {{\n  default = 3\n}}\nb = 1\n{head} "c" {{ }}\n')
    assert finding.message.startswith(f"`{head}` blocks are those of HCL")
    assert not [each for each in finding.help if each.edits]


def test_every_mistake_of_a_block_is_told_at_once() -> None:
    """A block that is addressed by words is read to its end, as it was meant."""
    text = (
        'disk "node" "n1" {\n  name = "n"\n  count = b > 1 ? 2 : 1\n'
        "  data = <<-EOF\n    echo ${x}\n  EOF\n  force a.b \"c\" {\n  }\n  d = 'e'\n}\n"
        "a after b, c d { }\n"
    )
    assert [line for line, _ in places(text)] == [1, 3, 4, 9, 11]
    first = findings(text)[0]
    assert first.notes == ("the same on line 7",)


def test_yaml_is_told_once_for_a_file() -> None:
    text = (
        "---\nservices:\n  ssh:\n    enable: true\n    ports:\n      - 22\n"
        "name: some words here\nhosts:\n- a\n- b\n"
    )
    (finding,) = findings(text)
    assert finding.message.startswith(INDENTED)
    assert finding.notes == ("the same on lines 2, 7, 8",)


@pytest.mark.parametrize(
    "text",
    [
        "#!/usr/bin/env -S vcfg eval\na = 1",
        'a = "{{ b }} %{ if c } <<EOF ${d}"',
        'a = b."c".d',
        '"a" = 1, "b" = 2',
        "var = 1 with = 2 inherit { rec = 3 } function.def = 4 include = 5 elif { unless = 6 }",
        "a = [for x in y if x: x]",
        "a = f(x: 1, y: if b then c else d)",
    ],
)
def test_what_only_looks_like_a_habit_is_fine(text: str) -> None:
    assert findings(text) == []


WORDS = """
if c then 1 else 2 ? : elif d { } when for ( x in y ) of [ ] , => -> lambda function f def fn
return var const let mut int string inherit with ; rec '' import from include "y" option port 80
= . list < > % {{ }} {% %} --- - "a": unless foreach switch struct enum test after before $ #{
"""
PIECES = st.sampled_from([*WORDS.split(), "\n", "\n  ", "<<EOF\n", "\nEOF\n", "if c:\n"])


@settings(max_examples=300, suppress_health_check=list(HealthCheck))
@given(st.lists(PIECES, max_size=30), st.sampled_from(["", " "]))
@example(["inherit", ";", ";"], "")
@example(["if", "=", "c", "c", ";"], " ")
@example(["if", "."], "")
def test_any_habits_together_give_findings_whose_edits_can_be_applied(
    pieces: list[str], between: str
) -> None:
    text = between.join(pieces)
    for finding in findings(text):
        spans = sorted(edit.span[1:] for help_ in finding.help for edit in help_.edits)
        assert all(0 <= start <= end <= len(text) for start, end in spans)
        assert all(one[1] <= other[0] for one, other in pairwise(spans))
