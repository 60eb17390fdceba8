"""Data files: what is read, what is refused, and that positions and values are right."""

from __future__ import annotations

import datetime as dt
import json
import math
import tomllib
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evaluator.data import form_of
from evaluator.data.nodes import LEVELS, Malformed
from evaluator.data.read import read as read_cached
from evaluator.diagnostics.model import Sink
from evaluator.source import Source

if TYPE_CHECKING:
    from pathlib import Path

Node = tuple[Any, ...]
patient = settings(max_examples=100, suppress_health_check=list(HealthCheck))


def read(form: str, text: str) -> Node:
    """The tree of a text, read without the cache; raises Malformed."""
    from evaluator.data import json_reader, toml_reader, yaml_reader

    readers = {"json": json_reader, "yaml": yaml_reader, "toml": toml_reader}
    node: Node = readers[form].read(text)
    return node


def attempt(form: str, text: str) -> tuple[Node | None, str]:
    """The tree, or why there is none; what is refused lies in the text."""
    try:
        return read(form, text), ""
    except Malformed as problem:
        found = problem
    assert 0 <= found.start <= found.end <= len(text)
    assert found.reason
    return None, found.reason


def plain(node: Node) -> Any:
    """What a tree says, as Python data."""
    if node[0] == "record":
        keys = [each[4][0] for each in node[3]]
        assert len(keys) == len(set(keys))
        return {each[4][0]: plain(each[9]) for each in node[3]}
    if node[0] == "list":
        return [plain(each) for each in node[3]]
    return None if node[0] == "null" else node[3]


def same(left: Any, right: Any) -> bool:
    """Equal in value and in kind, at every depth."""
    if type(left) is not type(right):
        return False
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list):
        return len(left) == len(right) and all(map(same, left, right))
    return bool(left == right) and (left != 0 or math.copysign(1, left) == math.copysign(1, right))


def check_places(node: Node, text: str) -> None:
    """Every node lies in the text, and a key where it is written."""
    assert 0 <= node[1] <= node[2] <= len(text)
    for each in node[3] if node[0] in ("record", "list") else ():
        check_places(each if node[0] == "list" else each[9], text)
        if node[0] == "record":
            written = text[each[1] : each[3]]
            assert written == each[4][0] or written[0] in "\"'", written


TEXT = st.text(st.characters(exclude_categories=["Cs"]))
KEYS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
LEAVES = (
    st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT
)
TREES = st.recursive(
    LEAVES, lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner), max_leaves=12
)
WITH_NULL = st.recursive(
    LEAVES | st.none(), lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner), max_leaves=12
)


@patient
@given(WITH_NULL, st.sampled_from([None, 1, "\t"]), st.booleans())
def test_json_is_what_was_written(value: Any, indent: int | str | None, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    node = read("json", text)
    assert same(plain(node), value)
    check_places(node, text)


@patient
@given(TEXT)
def test_json_accepts_nothing_that_python_refuses(text: str) -> None:
    """What is no JSON for Python is none for us; what only we refuse has a reason."""
    node, _reason = attempt("json", text)
    if node is not None:
        assert same(plain(node), json.loads(text.removeprefix("\ufeff")))


@patient
@given(st.text("{}[]\",:0123 truefalsn\\\n'", max_size=30))
def test_json_and_python_agree_on_what_looks_like_json(text: str) -> None:
    try:
        wanted = json.loads(text)
    except ValueError:
        with pytest.raises(Malformed):
            read("json", text)
        return
    node, reason = attempt("json", text)
    if node is not None:
        assert same(plain(node), wanted)
    else:
        assert "twice" in reason or "64 bits" in reason or "empty" in reason


@patient
@given(
    WITH_NULL.filter(lambda value: "\x85" not in json.dumps(value, ensure_ascii=False)),
    st.sampled_from([None, True, False]),
)
def test_yaml_is_what_was_written(value: Any, flow: bool | None) -> None:
    """Text that PyYAML writes bare, by the rules of 1.1, is the same text by those of 1.2."""
    text = yaml.safe_dump(value, default_flow_style=flow, allow_unicode=True)
    node = read("yaml", text)
    if text.count("&") == 0:
        check_places(node, text) if "? " not in text else None
    assert same(plain(node), value)


def toml(value: Any) -> str:
    """A value as TOML, in one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{quoted(key)} = {toml(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        text = repr(value)
        return text if "." in text or "e" in text else text + ".0"
    return quoted(value) if isinstance(value, str) else str(value)


def quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


@patient
@given(st.dictionaries(KEYS, TREES), st.booleans())
def test_toml_is_what_was_written(value: dict[str, Any], as_tables: bool) -> None:
    lines = []
    tables = []
    for key, each in value.items():
        if as_tables and isinstance(each, dict):
            tables.append(f"[{quoted(key)}]")
            tables += [f"{quoted(name)} = {toml(one)}" for name, one in each.items()]
        elif as_tables and isinstance(each, list) and each and all(type(e) is dict for e in each):
            for item in each:
                tables.append(f"[[{quoted(key)}]]  # one more")
                tables += [f"{quoted(name)} = {toml(one)}" for name, one in item.items()]
        else:
            lines.append(f"{quoted(key)} = {toml(each)}")
    text = "\n".join([*lines, *tables])
    assert tomllib.loads(text) == value
    node = read("toml", text)
    assert same(plain(node), value)
    check_places(node, text)


@patient
@given(st.text("[]{}=.\"'ab0 \n#,", max_size=40))
def test_toml_agrees_with_python(text: str) -> None:
    """The walk for positions ends on everything that is valid, and only on that."""
    try:
        value = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        with pytest.raises(Malformed):
            read("toml", text)
        return
    node, reason = attempt("toml", text)
    if node is not None:
        assert same(plain(node), value)
    else:
        assert reason == "a key is empty"


@patient
@given(st.text("[]{}:-?&*!|>'\"ab01 \n#,<", max_size=40))
def test_yaml_ends_with_a_value_or_a_reason(text: str) -> None:
    node, _reason = attempt("yaml", text)
    if node is not None:
        check_inside(node, len(text))


def check_inside(node: Node, length: int) -> None:
    assert 0 <= node[1] <= node[2] <= length
    for each in node[3] if node[0] == "list" else ():
        check_inside(each, length)
    for each in node[3] if node[0] == "record" else ():
        assert 0 <= each[1] <= each[3] <= length
        check_inside(each[9], length)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("yes", "yes"),
        ("on", "on"),
        ("NO", "NO"),
        ("True", True),
        ("~", None),
        ("", None),
        ("null", None),
        ("0", 0),
        ("-17", -17),
        ("+17", 17),
        ("0777", "0777"),
        ("0o777", 511),
        ("0x1F", 31),
        ("0b11", "0b11"),
        ("1_000", "1_000"),
        ("12:30:45", "12:30:45"),
        ("2024-01-01", "2024-01-01"),
        ("2024-01-01 10:00:00", "2024-01-01 10:00:00"),
        (".5", 0.5),
        ("5.", 5.0),
        ("1e3", 1000.0),
        ("00.5", "00.5"),
        ("1.2.3", "1.2.3"),
        ("5s", "5s"),
        ("=", "="),
        ("!!str 12", "12"),
        ("!!float 12", 12.0),
        ("! 12", "12"),
        ("'12'", "12"),
        ("|\n   a\n   b", "a\nb\n"),
        (">-\n  a\n  b", "a b"),
        ("[a, {b: c}]", ["a", {"b": "c"}]),
    ],
)
def test_yaml_scalars(text: str, wanted: object) -> None:
    assert same(plain(read("yaml", f"key: {text}\n")), {"key": wanted})


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", None),
        ("# nothing\n", None),
        ("---\n", None),
        ("\ufeffa: 1\r\nb: 2\r\n", {"a": 1, "b": 2}),
        ("80: a\ntrue: b\nnull: c\n1.50: d\n", {"80": "a", "true": "b", "null": "c", "1.50": "d"}),
        ("a: &x {b: 1}\nc: *x\n", {"a": {"b": 1}, "c": {"b": 1}}),
        ("- &x {b: 1, c: 2}\n- <<: *x\n  b: 3\n", [{"b": 1, "c": 2}, {"c": 2, "b": 3}]),
        (
            "- &x {a: 1}\n- &y {a: 2, b: 2}\n- {<<: [*x, *y]}",
            [{"a": 1}, {"a": 2, "b": 2}, {"a": 1, "b": 2}],
        ),
        ("'<<': 1\n", {"<<": 1}),
        ("%YAML 1.2\n---\na: 1\n...\n", {"a": 1}),
    ],
)  # fmt: skip
def test_yaml_documents(text: str, wanted: object) -> None:
    assert same(plain(read("yaml", text)), wanted)


def test_toml_documents() -> None:
    text = (
        "\ufeffat = 1979-05-27 07:32:00Z # now\r\n"
        "day = 1979-05-27\r\n"
        "mode = 0o755\r\n"
        'a.b = { c = [ 1, # one\n 2, ], \'d e\'.f = """x""""" }\r\n'
        "[[t]]\nn = 1\n[[t]]\n[t.u]\nn = 2\n"
    )
    assert plain(read("toml", text)) == {
        "at": "1979-05-27 07:32:00Z",
        "day": "1979-05-27",
        "mode": 0o755,
        "a": {"b": {"c": [1, 2], "d e": {"f": 'x""'}}},
        "t": [{"n": 1}, {"u": {"n": 2}}],
    }
    assert tomllib.loads(text[1:])["day"] == dt.date(1979, 5, 27)


REFUSED = [
    ("json", "", "the file is empty", ""),
    ("json", " \n", "the file is empty", ""),
    ("json", '{"a": 1,}', "a comma stands before `}`", ","),
    ("json", "[1, ]", "a comma stands before `]`", ","),
    ("json", "{'a': 1}", "a key stands in double quotes", "'a'"),
    ("json", "{a: 1}", "a key stands in double quotes", "a"),
    ("json", "{1: 1}", "a key stands in double quotes", "1"),
    ("json", "{\"a\": 'x'}", "text stands in double quotes", "'x'"),
    ("json", '{"a": x}', "text stands in quotes", "x"),
    ("json", '{"a": 1 "b": 2}', "`,` is missing between two values", "1"),
    ("json", '{"a" 1}', "`:` is missing after a key", '"a"'),
    ("json", '{"a": }', "a value is missing before `}`", "}"),
    ("json", "[1,,2]", "a value is missing before `,`", ","),
    ("json", '{"a": NaN}', "`NaN` is no number of JSON", "NaN"),
    ("json", '{"a": -Infinity}', "`-Infinity` is no number of JSON", "-Infinity"),
    ("json", '{"a": 012}', "`012` is no number of JSON", "012"),
    ("json", '{"a": .5}', "`.5` is no number of JSON", ".5"),
    ("json", '{"a": 0x1F}', "`0x1F` is no number of JSON", "0x1F"),
    ("json", '{"a": True}', "`True` is no value", "True"),
    ("json", '{"a": "x\ny"}', "a text is not closed on its line", '"x'),
    ("json", '{"a": "x', "a text is not closed on its line", '"x'),
    ("json", '{"a": "\t"}', "a control character stands in a text", "\t"),
    ("json", '{"a": "\\q"}', "`\\q` is no escape of JSON", "\\q"),
    ("json", '{"a": "\\u12"}', "`\\u` takes four hexadecimal digits", "\\u"),
    ("json", '"\\ud800"', "half a character stands in a text", '"\\ud800"'),
    ("json", '{"\\udc00": 1}', "half a character stands in a text", '"\\udc00"'),
    ("json", '{"a": [1, 2}', "`}` does not close `[`", "}"),
    ("json", '{"a": 1', "`{` is never closed", "{"),
    ("json", "// x\n{}", "JSON has no comments", "//"),
    ("json", '{"a": 1 # x\n}', "JSON has no comments", "#"),
    ("json", '{"a": 1} x', "something follows the value", "x"),
    ("json", '{"a": 1, "a": 2}', "the key `a` stands twice in one object", '"a"'),
    ("json", '{"": 1}', "a key is empty", '""'),
    ("json", "9223372036854775808", "an integer has more than 64 bits", "9223372036854775808"),
    ("json", "9" * 5000, "an integer has more than 64 bits", "9" * 5000),
    ("json", "1e999", "a decimal number is too large", "1e999"),
    ("json", "[" * 300, f"values are nested more than {LEVELS} levels deep", "["),
    ("yaml", "a: 1\na: 2\n", "the key `a` stands twice in one mapping", "a"),
    ("yaml", "{a: 1, 'a': 2}", "the key `a` stands twice in one mapping", "'a'"),
    ("yaml", "---\na: 1\n---\nb: 2\n", "a second document begins", "---"),
    ("yaml", "&a [*a]", "`*a` stands inside of what it refers to", "*a"),
    ("yaml", "a: *b", "nothing above is anchored as `&b`", "*b"),
    ("yaml", "a: !secret x", "the tag `!secret` means nothing here", "!secret"),
    ("yaml", "a: &x !!binary x", "the tag `!!binary` means nothing here", "!!binary"),
    ("yaml", "a: !!int x", "the tag `!!int` means nothing here", "!!int"),
    ("yaml", "a: !!python/name:os.system x", "the tag", "!!python/name:os.system"),
    ("yaml", "a: .nan", "`.nan` is no finite number", ".nan"),
    ("yaml", "a: -.inf", "`-.inf` is no finite number", "-.inf"),
    ("yaml", "a: 99999999999999999999", "an integer has more than 64 bits", "9" * 20),
    ("yaml", "? [1]\n: 2", "a key is not plain text", "["),
    ("yaml", '"": 1', "a key is empty", '""'),
    ("yaml", "<<: 1", "`<<` merges mappings", "<<"),
    ("yaml", 'a: "\\ud800"', "half a character stands in a text", '"\\ud800"'),
    ("yaml", "a: \0", "a character stands in it that no text has", "\0"),
    ("yaml", "a:\n\t- b", "a tab cannot indent", "\t"),
    ("yaml", "a: b: c", "`:` stands where no key can be", ":"),
    ("yaml", "a: [1, 2", "a bracket is never closed", ""),
    ("yaml", "a: 'x", "a quote is never closed", ""),
    ("yaml", "  a: 1\n b: 2\n", "this fits none of the levels above it", "b"),
    ("yaml", "a: @x", "a value cannot begin with this character", "@"),
    ("yaml", "- " * 300 + "a", f"values are nested more than {LEVELS} levels deep", "-"),
    ("yaml", "[" * 3000, f"values are nested more than {LEVELS} levels deep", "["),
    ("toml", "a = 1\na = 2", "the key `a` stands twice in one table", "a"),
    ("toml", "[a]\nx = 1\n[a]\n", "the key `a` stands twice in one table", "a"),
    ("toml", "a.b = 1\na = 2", "the key `a` stands twice in one table", "a"),
    ("toml", "a = {b = 1, b = 2}", "the key `b` stands twice in one table", "b"),
    ("toml", "[[a]]\n[a]\n", "the key `a` stands twice in one table", "a"),
    ("toml", "a: 1", "`=` is missing after a key", ":"),
    ("toml", "a = yes", "this is no value", "y"),
    ("toml", "a = 0644", "something follows a value", "6"),
    ("toml", "a = 'x", "a text is not closed", ""),
    ("toml", "a = [1, 2", "a bracket is never closed", ""),
    ("toml", "[a", "a header is not closed", ""),
    ("toml", "a = nan", "`nan` is no finite number", "nan"),
    ("toml", "a = -inf", "`-inf` is no finite number", "-inf"),
    ("toml", "a = 99999999999999999999", "an integer has more than 64 bits", "9" * 20),
    ("toml", "a = " + "9" * 5000, "an integer has more than 64 bits", ""),
    ("toml", '"" = 1', "a key is empty", '""'),
    ("toml", "a = " + "[" * 250 + "]" * 250, "values are nested more than", "["),
    ("toml", ".".join("a" * 250) + " = 1", "values are nested more than", "a"),
]


@pytest.mark.parametrize(("form", "text", "reason", "marked"), REFUSED)
def test_what_is_refused(form: str, text: str, reason: str, marked: str) -> None:
    with pytest.raises(Malformed) as caught:
        read(form, text)
    problem = caught.value
    assert problem.reason.startswith(reason)
    assert text[problem.start : problem.end] == marked


def test_a_remedy_is_right() -> None:
    """Where a text is offered instead, the file is one step further with it."""
    for form, text, _reason, _marked in REFUSED:
        with pytest.raises(Malformed) as caught:
            read(form, text)
        problem = caught.value
        if problem.remedy is not None:
            mended = text[: problem.start] + problem.remedy + text[problem.end :]
            assert attempt(form, mended)[1] != problem.reason


def test_aliases_do_not_explode() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    with pytest.raises(Malformed, match="aliases repeat more than"):
        read("yaml", "\n".join(lines))


def test_the_cache_remembers_a_tree(cache_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = Source("x.yaml", "/x.yaml", "a: [1, {b: remembered}]\n", "yaml")
    first = read_cached(source, Sink())
    monkeypatch.setattr("evaluator.data.yaml_reader.read", None)
    assert read_cached(source, Sink()) == first
    other = Source("x.json", "/x.json", source.text, "json")
    sink = Sink()
    assert read_cached(other, sink) is None  # the notation counts, not only the text
    assert [each.code for each in sink.diagnostics] == ["bad-data"]


def test_forms() -> None:
    names = ["a.json", "a.yaml", "a.yml", "a.toml", "a.vcfg", "json", "a.json.vcfg"]
    assert [form_of(each) for each in names] == ["json", "yaml", "yaml", "toml", None, "json", None]
