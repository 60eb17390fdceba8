"""The option tree: what may be declared, what contradicts, and what is checked without values."""

from __future__ import annotations

import pytest

from evaluator.options.shapes import is_word, path_text
from tests.configured import configured, error, lines, values

MUTUAL = "{ accepts x: int = 1, extend %s { x = 1 } }"

# Declarations that contradict


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("option a: int = 1\noption a: string", "declared-twice", 2),
        ("option a: int = 1\noption a.b: int", "option-is-a-group", 2),
        ("option a.b: int = 1\noption a: int", "option-is-a-group", None),
        ("service s {}\nservice s {}", "declared-twice", 2),
        ("record R {}\nrecord R {}", "declared-twice", 2),
        ("type T = int\nrecord T {}", "declared-twice", 2),
        ("type int = string", "declared-twice", 1),
        ("record A from B {}\nrecord B from A {}", "bad-declaration", None),
        ("type A = B\ntype B = A", "bad-declaration", None),
        ("record A from Gone {}", "unknown-type", 1),
        ("\noption a: Gone", "unknown-type", 2),
        ("option a: list", "bad-declaration", 1),
        ("option a: list(int, int)", "bad-declaration", 1),
        ("option a: int(5..1)", "bad-declaration", 1),
        ("option a: bool(1..2)", "bad-declaration", 1),
        ("option a: map(int) | map(string)", "bad-declaration", 1),
        ("record R { option *: int = 1 }", "bad-declaration", 1),
        ("@depracated option a: int = 1", "unknown-annotation", 1),
        (f"service a {MUTUAL % 'b'}\nservice b {MUTUAL % 'a'}", "cycle", None),
    ],
)
def test_a_contradiction(text: str, code: str, line: int | None) -> None:
    found = [each for each in configured(text).errors() if each.code != "missing-value"]
    assert [each.code for each in found] == [code]
    assert line is None or lines(found[0])[0] == ("main.vcfg", line)


def test_an_option_declared_in_two_files_names_both() -> None:
    finding = error('import "./a.vcfg"\n\noption x: int = 1', a="\noption x: int = 1")
    assert finding.code == "declared-twice"
    assert sorted(lines(finding)) == [("a.vcfg", 2), ("main.vcfg", 3)]


@pytest.mark.parametrize("typo", ["strin", "Sahre", "lits(int)", "a.Shar"])
def test_a_type_that_does_not_exist_suggests_one_that_does(typo: str) -> None:
    finding = error(
        f'import "./a.vcfg" as a\nrecord Share {{}}\noption x: {typo} = 1', a="record Share {}"
    )
    assert (finding.code, lines(finding)[0]) == ("unknown-type", ("main.vcfg", 3))
    assert finding.help


# Records and services


def test_records_built_from_records() -> None:
    text = """
        record Base { option x: int = 1, option g.a: int = self.x, assert self.x < 9 else "#{key}" }
        record More from Base { option y: int = self.x + 1, option g.b: int = 5 }
        service s from More { option z: int = self.y + 1 }
        option m: map(More) = {}
        m.k.x = 3
        s.x = 4
    """
    assert values(text) == {
        "m": {"k": {"x": 3, "g": {"a": 3, "b": 5}, "y": 4}},
        "s": {"enable": False, "x": 4, "g": {"a": 4, "b": 5}, "y": 5, "z": 6},
    }
    finding = error(text + "m.k2.x = 9")
    assert (finding.code, finding.path) == ("assertion-failed", "m.k2")


def test_defaults_read_their_siblings_and_their_key() -> None:
    text = """
        record R { option n: string = key, option id: int, option next: int = self.id + 1 }
        option m: map(R) = {}
        m.a.id = 4
        m.b { id = 7, n = "z" }
    """
    assert values(text)["m"] == {
        "a": {"n": "a", "id": 4, "next": 5},
        "b": {"n": "z", "id": 7, "next": 8},
    }


def test_every_service_has_an_enable() -> None:
    assert values("service s {}\nservice t { option enable: bool = true }") == {
        "s": {"enable": False},
        "t": {"enable": True},
    }


# What is required


def test_required_in_what_exists_only() -> None:
    text = """
        record R { option need: int }
        service off { option need: int, option r: R = {} }
        service on { option need: int }
        option m: map(R) = {}
        on.enable = true
        m.k {}
    """
    result = configured(text)
    assert sorted([str(each.path) for each in result.errors()]) == ["m.k.need", "on.need"]
    assert {each.code for each in result.errors()} == {"missing-value"}
    assert result.data["off"] == {"enable": False, "r": {}}


def test_a_missing_value_names_its_reader_and_what_would_define_it() -> None:
    finding = error("option a: int\n\noption b: int = config.a\nwhen false { a = 3 }\n")
    assert finding.path == "a"
    assert ("main.vcfg", 1) in lines(finding)
    assert ("main.vcfg", 4) in lines(finding)
    assert "one definition exists, but its condition is false" in finding.notes


# Who may define what


def test_accepts_takes_from_services_and_option_does_not() -> None:
    text = """
        service target { accepts parts: list(int) = [], option own: int = 1 }
        service giver { extend target { parts = [2] } }
        giver.enable = true
    """
    assert values(text)["target"]["parts"] == [2]
    assert values(text + "target { parts = [1], own = 5 }")["target"] == {
        "enable": False,
        "parts": [2, 1],  # as written
        "own": 5,
    }
    bad = text.replace("parts = [2]", "parts = [2],\nown = 3")
    finding = error(bad)
    assert (finding.code, finding.path) == ("not-accepted", "target.own")
    assert lines(finding)[0] == ("main.vcfg", 4)


def test_a_service_that_is_off_contributes_nothing() -> None:
    text = """
        option busy: bool = true
        service target { accepts parts: list(int) = [] }
        service giver { extend target { parts = [1] } when config.busy { extend target { parts = [2] } } }
    """  # noqa: E501 - a service on one line
    assert values(text)["target"]["parts"] == []
    assert values(text + "giver.enable = true")["target"]["parts"] == [1, 2]
    assert values(text + "giver.enable = true busy = false")["target"]["parts"] == [1]


@pytest.mark.parametrize("statement", ["extend c { x = 1 }", "extend a { z = 1 }"])
def test_extending_what_is_not_there(statement: str) -> None:
    finding = error(f"service a {{ accepts x: int = 1 }}\nservice b {{\n{statement} }}")
    assert finding.code in ("unknown-target", "unknown-option")
    assert lines(finding)[0] == ("main.vcfg", 3)


@pytest.mark.parametrize("definition", ["d = 3", "force d = 3", "when false { d = 3 }"])
def test_computed_is_defined_by_its_own_file_only(definition: str) -> None:
    own = "computed d: int\noption e: int = 1\nd = config.e * 2"
    assert values('import "./a.vcfg"\ne = 4', a=own)["d"] == 8
    finding = error(f'import "./a.vcfg"\n{definition}', a="computed d: int = 1")
    assert (finding.code, finding.path) == ("read-only-option", "d")
    assert lines(finding) == [("main.vcfg", 2), ("a.vcfg", 1)]


# Definitions that match nothing


def test_every_unknown_option_is_reported_whatever_its_condition() -> None:
    text = """
        option port: int = 1
        record R { option path: string = "x" }
        option shares: map(R) = {}
        service web { option listen: int = 1 }
        when false { prot = 1 }
        prot {}
        for i in [] { shares.a.paht = "x" }
        shares = { a = { path = "y", b = 1 } }
        web { lsiten = 2 }
        let read = config.portt
        assert config.web.listne == 1
    """.replace("for i in []", "for i in [1]")
    found = configured(text).errors()
    assert [each.code for each in found if each.code != "unknown-option"] == []
    at = sorted([lines(each)[0][1] for each in found])
    assert at == [6, 7, 8, 9, 10, 11, 12]
    assert sum(bool(each.help) for each in found) >= 6


def test_a_whole_tree_is_searched_for_a_tail() -> None:
    finding = error("option services.nginx.enable: bool = false\nnginx.enable = true")
    assert any("services.nginx.enable" in each.text for each in finding.help)


@pytest.mark.parametrize(
    ("definition", "code"),
    [
        ("a.b = 1", "type-mismatch"),
        ("a { b = 1 }", "type-mismatch"),
        ("g = 1", "not-a-block"),
        ("g = [1]", "not-a-block"),
        ("let k = 3\ng = k", "not-a-block"),
        ('g."#{1}" = 1', "structure-depends-on-value"),
    ],
)
def test_definitions_of_the_wrong_shape(definition: str, code: str) -> None:
    assert error(f"option a: int = 1\noption g.h: int = 1\n{definition}").code == code


# Structure does not depend on values


@pytest.mark.parametrize(
    "statement",
    ['import "./a.vcfg"', "option x: int = 1", "service s {}", "record R {}", "type T = int"],
)
@pytest.mark.parametrize("around", ["when config.on", "for i in [1]"])
def test_structure_under_a_condition(statement: str, around: str) -> None:
    finding = error(f"option on: bool = true\n{around} {{\n{statement} }}", a="")
    assert finding.code == "structure-depends-on-value"
    assert lines(finding)[0] == ("main.vcfg", 3)
    assert around.split(maxsplit=1)[0] in finding.help[0].text


@pytest.mark.parametrize(
    "text",
    [
        'service s { import "./a.vcfg" }',
        "record R { service s {} }",
        "option a: map(int) = {}\na { option b: int = 1 }",
        "extend s { x = 1 }",
        "option a: any = 1\na = { assert true, option x: int }",
        'expect error "cycle"',
    ],
)
def test_statements_out_of_place(text: str) -> None:
    assert set(configured(text).codes()) <= {"misplaced-statement", "structure-depends-on-value"}
    assert configured(text).codes()


# Paths


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        (("a", "b-c"), "a.b-c"),
        (("a", "b c"), 'a."b c"'),
        (("a", 'q"\\'), 'a."q\\"\\\\"'),
        (("a", ""), 'a.""'),
        (("a", "1"), 'a."1"'),
        (("m", "<name>", "*"), "m.<name>.*"),
        (("m", '<"a', "<a.b>"), 'm."<\\"a"."<a.b>"'),
        (("a", "b-"), 'a."b-"'),
        (("a", "b--c"), 'a."b--c"'),
    ],
)
def test_a_path_is_written_as_the_language_does(path: tuple[str, ...], wanted: str) -> None:
    assert path_text(path) == wanted


def test_words_of_the_language_are_names_after_a_dot() -> None:
    assert is_word("after")
    text = 'option g.when: int = 1\noption "default": int = 2\noption g.type: int = config.g.when\n'
    assert values(text) == {"g": {"when": 1, "type": 1}, "default": 2}
