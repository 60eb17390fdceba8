"""Secrets in the language: references that are compared, joined and refused, and never read."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluator.cli.app import run
from evaluator.diagnostics.model import Sink
from evaluator.evaluation.builtins import BUILTINS, BuiltinError
from evaluator.plan.build import build_plan
from evaluator.plan.validate import validate_plan
from evaluator.types.scalars import SCALARS
from evaluator.types.secrets import Secret, SecretText
from evaluator.types.values import display, dump_json, kind_of, quote, same
from tests.configured import configured, error, labels, values
from tests.plans import build

if TYPE_CHECKING:
    from pathlib import Path

DB = Secret("name", "hunter2")
TEXT = SecretText(("password=", DB))
TAKE = ("secret", "secret-text")


@pytest.mark.parametrize("name", [each for each in SCALARS if each not in TAKE])
@pytest.mark.parametrize("value", [DB, TEXT], ids=["secret", "secret-text"])
def test_every_other_type_refuses_them(name: str, value: object) -> None:
    assert SCALARS[name]([], {}).refuse(value) is not None
    assert SCALARS[name]([], {}).remedy(value) is None


def test_what_the_two_types_take() -> None:
    secret, text = SCALARS["secret"]([], {}), SCALARS["secret-text"]([], {})
    assert [secret.refuse(each) is None for each in (DB, TEXT, "x", None)] == [1, 0, 0, 0]
    assert [text.refuse(each) is None for each in (DB, TEXT, "x", None)] == [1, 1, 1, 0]
    assert "NUL" in (text.refuse(SecretText(("a\0", DB))) or "")


@pytest.mark.parametrize(
    "name",
    [
        *(
            "",
            ".",
            "..",
            "../db",
            "/db",
            "-x",
            ".db",
            "a b",
            " db",
            "db\n",
            "a\nb",
            "a\rb",
            "\u2028",
        ),
        *(
            "\x01",
            "$(touch x)",
            "`touch x`",
            "it's",
            '"',
            "\\",
            "%n",
            "*",
            "~",
            "#x",
            "a;b",
            "x" * 256,
        ),
    ],
)
def test_a_name_is_a_file_in_a_directory_and_nothing_to_a_shell(name: str) -> None:
    found = error(f"option a: secret = secret(name: {quote(name)})")
    assert found.code == "evaluation-failed"
    assert "letters, digits" in found.message or "given as `file" in found.message


def strings_in(value: object) -> list[str]:
    """All strings of a value: what could be written into a text."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [each for item in value for each in strings_in(item)]
    if isinstance(value, dict):
        return [each for item in value.items() for each in strings_in(list(item))]
    if isinstance(value, SecretText):
        return [part for part in value.parts if isinstance(part, str)]
    return []


ARGUMENTS: st.SearchStrategy[object] = st.recursive(
    st.sampled_from([DB, TEXT, "a", ",", 1, True, None]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b"]), inner),
    max_leaves=5,
)


@given(st.sampled_from(sorted(BUILTINS)), st.lists(ARGUMENTS, max_size=3))
def test_no_function_makes_text_of_a_secret(name: str, arguments: list[Any]) -> None:
    """Whatever they are given: a text that comes out holds nothing of what refers to one."""
    try:
        result = BUILTINS[name].call(arguments, {})
    except BuiltinError:
        return
    assert "hunter2" not in " ".join(strings_in(result))
    if isinstance(result, str) and name in ("join", "lines"):
        assert not any(kind_of(each) in TAKE for each in arguments[0])


@given(st.lists(st.sampled_from(["", "a", "b\n", DB, Secret("file", "/x"), TEXT]), max_size=6))
def test_text_with_secrets_is_kept_in_its_shortest_parts(parts: list[object]) -> None:
    made = SecretText(parts)
    assert "" not in made.parts
    kinds = [isinstance(part, str) for part in made.parts]
    assert (True, True) not in pairwise(kinds)
    halves = SecretText([SecretText(parts[:3]), SecretText(parts[3:])])
    assert same(made, halves)
    assert hash(made) == hash(halves)


def test_how_they_are_shown() -> None:
    assert display(DB) == 'secret(name: "hunter2")'
    assert display(TEXT) == '"password=#{secret(name: "hunter2")}"'
    assert display([DB], 12) == "[secret(na…]"
    assert json.loads(dump_json({"a": [DB]})) == {"a": [{"secret": {"name": "hunter2"}}]}


def test_definitions_agree_when_references_do() -> None:
    main = 'import "./other.vcfg"\noption a: secret\na = secret(name: "x")\n'
    assert values(main, other='a = secret(name: "x")')["a"] == {"secret": {"name": "x"}}
    found = error(main, other='a = secret(file: "/x")')
    assert found.code == "conflicting-definitions"
    assert [text for text, _ in labels(found)][:2] == [
        'secret(file: "/x") here',
        'secret(name: "x") here',
    ]


def test_sets_and_elements() -> None:
    data = values(
        'option s: set(secret) = [secret(name: "b"), secret(name: "a"), secret(name: "b")]\n'
        'option i: bool = secret(name: "a") in config.s\n'
        'option d: list(secret) = dedup([secret(name: "b"), secret(name: "b")])\n'
    )
    assert data["s"] == [{"secret": {"name": "a"}}, {"secret": {"name": "b"}}]
    assert data["i"] is True
    assert len(data["d"]) == 1


def test_a_secret_decides_by_its_kind() -> None:
    data = values(
        "type Word = secret | int\n"
        "type Text = secret-text from int by string(value)\n"
        'option a: Word = secret(name: "x")\n'
        "option b: Text = 5\n"
        "option k: string = kind(config.a)\n"
        "option c: secret? = null\n"
        'option o: once(secret) = secret(name: "x")\n'
    )
    assert data["k"] == "secret"
    assert data["b"] == "5"


@pytest.mark.parametrize(
    "broken",
    [
        'x."#{s}" = "a"', 'remove y."#{s}"', 'y = ["#{s}"]', "x.a = s", 'assert s == "a"',
        'assert s < "a"', 'assert matches("#{s}", "a")', 'assert s in ["a"]', 'assert "a" in [s]',
        'assert "a" in "#{s}"', 'let t = s ++ ["a"]\nx.a = t', 'warn "#{s}"', 'x.a = "#{[s]}"',
        'assert false else "#{s}"', 'x.a = "a" ++ s', 'x.a = { a = "b" }[s]', "x.a = s.a",
        "for each in s { x.a = each }", 'when s { x.a = "b" }',
    ],
)  # fmt: skip
def test_where_they_cannot_be(broken: str) -> None:
    result = configured(
        'let s = secret(name: "hunter2")\n'
        'option x: map(string) = {}\noption y: set(string) = ["b"]\n' + broken
    )
    assert [each.code for each in result.errors() if each.code != "assertion-failed"], broken
    for each in result.findings:
        assert each.message.count("hunter2") == each.message.count('secret(name: "hunter2")')


def test_any_value_may_be_one_and_stays_one() -> None:
    data = values(
        'let s = secret(name: "x")\n'
        "option settings: any = {}\n"
        'settings = { user = "a", password = s, more = [s] }\n'
        "option text: secret-text = lines([\n"
        "  for key in ['user', 'password']: '#{key}=#{config.settings[key]}'\n"
        "])\n".replace("'", '"')
    )
    assert data["settings"]["more"] == [{"secret": {"name": "x"}}]
    assert data["text"] == {"secret-text": ["user=a\npassword=", {"name": "x"}, "\n"]}
    found = error('option a: any = secret(name: "x")\noption b: string = config.a\n')
    assert found.code == "type-mismatch"


def test_a_plan_holds_parts() -> None:
    plan, sink = build(
        {
            "files": {
                "/a": {"text": {"secret": {"command": ["pass", "a"]}}},
                "/b": {"text": {"secret-text": ["x", {"file": "/k"}]}, "mode": "0640"},
                "/c": {"text": {"secret": {"name": "c"}}, "manage": "absent"},
            }
        }
    )
    assert not sink.diagnostics
    validate_plan(plan)
    files = {file["path"]: file for file in plan["files"]}
    assert files["/a"]["parts"] == [{"command": ["pass", "a"]}]
    assert files["/b"]["parts"] == ["x", {"file": "/k"}]
    assert (files["/a"]["mode"], files["/b"]["mode"]) == ("0600", "0640")
    assert files["/c"]["text"] == ""
    assert "text" not in files["/a"]


@pytest.mark.parametrize(
    ("level", "severity"), [("error", ["error"]), ("warn", ["warning"]), ("off", [])]
)
def test_what_a_readable_secret_counts_as(level: str, severity: list[str]) -> None:
    sink = Sink()
    activation = {"files": {"/a": {"text": {"secret": {"name": "a"}}, "mode": "0604"}}}
    build_plan(
        activation, host="", input_hash="", origin=lambda _: [], sink=sink,
        severity=lambda _: level,
    )  # fmt: skip
    assert [(each.code, each.severity) for each in sink.diagnostics] == [
        ("readable-secret", each) for each in severity
    ]


@pytest.mark.parametrize(
    "path",
    ["/etc/systemd/system/a.service", "/usr/lib/systemd/user/a.service.d/x.conf"],
)
def test_a_unit_holds_no_secret(path: str) -> None:
    sink = build({"files": {path: {"text": {"secret-text": ["x", {"name": "a"}]}}}})[1]
    assert [each.code for each in sink.diagnostics] == ["bad-plan"]
    assert sink.diagnostics[0].facts["target"] == path


HOST = """\
import "etc.vcfg"
import "secrets.vcfg"

let db = secret(name: "db")
etc.files.a {{ text = "password=#{{db}}\\n", mode = 0o644 }}
secrets.files.b.source = secret(file: "{folder}/db")
secrets.files.c.source = secret(command: ["touch", "{folder}/ran"])
etc.files.d.text = "x"

test "one that fails" {{
  assert config.etc.files.a.text == db
  assert config.etc.files.a.text == "x"
}}
"""


def asked(folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """All that every verb says and writes about a configuration."""
    host, out = str(folder / "host.vcfg"), folder / "out"
    forms = ("json", "text", "yaml", "toml")
    for words in (
        *[["eval", host, "--format", form] for form in forms],
        *[["check", host, "--errors", form] for form in ("text", "concise", "json", "github")],
        ["why", host, "etc.files.a.text"], ["why", host, "/etc/a"],
        ["why", "--json", host, "/etc/secrets/b"],
        ["show", host, "secrets.files.b.source"], ["options", host, "--format", "json"],
        ["test", host, "--junit", str(folder / "junit.xml")], ["graph", host, "options"],
        ["build", host, "-o", str(out)],
    ):  # fmt: skip
        assert run(words) in (0, 1), words
    said = capsys.readouterr()
    written = [*sorted(out.iterdir()), folder / "junit.xml"]
    return said.out + said.err + "".join([path.read_text() for path in written])


def test_nothing_reads_a_secret_before_the_script(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """All that is said and written is the same whether there is a secret; no command runs."""
    (tmp_path / "host.vcfg").write_text(HOST.format(folder=tmp_path))
    monkeypatch.setenv("VCFG_SECRETS", str(tmp_path))
    without = asked(tmp_path, capsys)
    (tmp_path / "db").write_text("correct horse\n")
    with_it = asked(tmp_path, capsys)
    assert 'secret(name: "db")' in without
    assert "correct horse" not in with_it
    # the second build finds its files as they are to be
    assert with_it.splitlines()[-200:] == without.splitlines()[-200:]
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "declared", ["secret", "secret?", "list(secret)", "map(secret)", "once(secret)"]
)
def test_a_secret_that_is_written_down_is_not_shown(declared: str) -> None:
    written = {"list(secret)": '["hunter2"]', "map(secret)": '{ a = "hunter2" }'}
    found = error(f"option a: {declared} = {written.get(declared, chr(34) + 'hunter2' + chr(34))}")
    shown = [found.message, *found.notes, *[label.text for label in found.labels]]
    shown += [help.text for help in found.help] + [json.dumps(found.facts)]
    assert "hunter2" not in " ".join(shown)
    assert "`secret(name:" in " ".join(shown)


def test_an_entry_of_defaults_alone_was_asked_for_by_who_made_it(tmp_path: Path) -> None:
    (tmp_path / "host.vcfg").write_text('import "secrets.vcfg"\n\nsecrets.files.token {}\n')
    assert run(["build", str(tmp_path / "host.vcfg"), "-o", str(tmp_path / "out")]) == 0
    plan = json.loads((tmp_path / "out" / "plan.json").read_text())
    origin = [{"file": "host.vcfg", "line": 3, "path": "secrets.files.token"}]
    assert plan["files"][0]["origin"] == origin


def test_a_secret_is_asked_for_by_the_line_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "host.vcfg").write_text(
        'import "account.vcfg"\nimport "etc.vcfg"\naccount.users.ana {\n  system = false\n'
        '  comment = "Ana"\n  groups = ["adm"]\n  shell = "/bin/sh"\n  password = secret(name: "a")'
        '\n}\netc.files.b {\n  owner = "root"\n  mode = 0o600\n  text = "x=" ++ secret(name: "b")\n'
        '  group = "root"\n}\n'
    )
    assert run(["build", str(tmp_path / "host.vcfg"), "-o", str(tmp_path / "out")]) == 0
    script = (tmp_path / "out" / "activate").read_text()
    assert "'host.vcfg:8 (account.users.ana.password)' name a\n" in script
    assert "'host.vcfg:13 (etc.files.b.text)' name b\n" in script
