"""Lints: what each family finds, and what it leaves alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from evaluator.diagnostics.model import ERROR, Sink
from evaluator.evaluation.export import export
from evaluator.files import Disk
from evaluator.fleet.configure import Settings, configure, module_path
from evaluator.inspect.provenance import trace
from evaluator.lints.registry import LINT_CODES, run_lints
from tests.configured import FOLDER, MAIN

if TYPE_CHECKING:
    from evaluator.diagnostics.model import Diagnostic
    from tests.conftest import RunVcfg

ROOT = Path(__file__).resolve().parent.parent


def linted(main: str, **files: str) -> list[Diagnostic]:
    """What the lints say about a configuration without errors."""
    texts = {MAIN: main, **{f"{FOLDER}/{name}.vcfg": text for name, text in files.items()}}
    sink = Sink()
    world = configure(MAIN, Settings(Disk(texts), (), FOLDER), sink)
    assert world is not None
    trace(world)
    export(world)
    assert [each.message for each in sink.diagnostics if each.severity == ERROR] == []
    found = Sink()
    run_lints(world, found)
    return found.diagnostics


def codes(main: str, **files: str) -> list[str]:
    return [each.code for each in linted(main, **files)]


def lines(main: str, code: str, **files: str) -> list[int]:
    """Lines at which a lint speaks."""
    found = []
    for each in linted(main, **files):
        label = each.primary()
        assert label is not None
        if each.code == code:
            found.append(label.span[0].position(label.span[1])[0])
    return sorted(found)


WEB = """service web {
  option port: port = 80
  option tls: bool = false
  option mode: "fast" | "slow" = "fast"
  option level: int = 0
  option names: list(string) = []
  option address: string? = null
}
"""

QUIET = {
    "a `let` used in a block below": "let a = 1\noption x: int = 2\nwhen true == false { x = a }\n",
    "a `let` used by another `let`": "let a = 1\nlet b = a + 1\noption x: int = b\n",
    "a `let` used in a test": 'let a = 1\noption x: int = 1\ntest "t" { x = a }\n',
    "a `let` used in the condition of a type": (
        "let a = 1\ntype T = int\n  where value > a\noption x: T = 2\n"
    ),
    "a function used in text": 'let f(x) = x\noption x: string = "a#{f(1)}"\n',
    "a condition that reads options": WEB + "when config.web.tls { web.level = 1 }\n",
    "a `let` as a switch": WEB + "let debug = false\nwhen debug { web.level = 1 }\n",
    "the same condition in two places": (
        WEB + "when config.web.tls { web.level = 1 }\nwhen config.web.tls { web.port = 81 }\n"
    ),
    "two conditions of one option": (
        WEB + 'when config.web.mode == "fast" { web.level = 1 } '
        'else when config.web.port == 80 { web.level = 2 }\n'
    ),
    "null and an optional": WEB + "when config.web.address == null { web.level = 1 }\n",
    "a value of `any`": 'option x: any = 1\noption y: bool = false\ny = config.x == "1"\n',
    "a record taken apart": (
        "record R { option a: int = 1 }\noption m: map(R) = {}\n"
        "option n: list(int) = []\nm.x.a = 2\nn = [for _, v in config.m: v.a]\n"
    ),
    "a forced value that others define": WEB + "web.port = 81\nforce web.port = 82\n",
    "a forced value that a condition defines": (
        WEB + "when config.web.tls { web.port = 81 }\nforce web.port = 82\n"
    ),
    "a default nobody contradicts": WEB + "default web.port = 81\n",
    "a place among several": WEB + 'web.names = ["a"]\nlast web.names = ["b"]\n',
    "blocks of different strength side by side": (
        WEB + "web.port = 81\nforce web { port = 82 }\n"
    ),
    "words of a command": WEB + 'web.names = ["-v", "-v"]\n',
    "numbers in a list": "option x: list(int) = []\nx = [0, 0, 0]\n",
    "a default as a block": (
        "option m: map(int) = {}\ndefault m { a = 1 }\nm.b = 2\n"
    ),
    "a forced map": "option m: map(int) = {}\nforce m = { a = 1 }\nm.b = 2\n",
}  # fmt: skip


@pytest.mark.parametrize("what", QUIET)
def test_nothing_is_said_about(what: str) -> None:
    found = [each for each in codes(QUIET[what]) if each != "dead-condition" or "let" not in what]
    assert found == []


def test_unused_names_in_blocks_and_sections() -> None:
    main = """option x: int = 1
section "s" {
  let a = 1
  option y: int = 2
}
service web {
  let b = 1
  option z: int = 3
  when config.x == 1 { let c = 2, z = 4 }
}
"""
    assert lines(main, "unused-name") == [3, 7, 9]


def test_a_shared_file_may_offer_what_it_does_not_use() -> None:
    assert (
        codes('import "./units.vcfg" as u\noption x: int = u.a\n', units="let a = 1\nlet b = 2\n")
        == []
    )
    main = 'import "./units.vcfg"\n'
    assert codes(main, units="let b = 2\n") == []
    assert codes(main, units="let b = 2\noption x: int = 1\n") == ["unused-name"]


def test_an_alias_is_used_by_types_too() -> None:
    files = {"net": 'record Nic { option name: string = "" }\n'}
    assert codes('import "./net.vcfg" as net\noption n: net.Nic = {}\n', **files) == []
    assert codes('import "./net.vcfg" as net\nservice s from net.Nic {}\n', **files) == []
    assert codes('import "./net.vcfg" as net\noption n: int = 1\n', **files) == ["unused-name"]


ETC = "service etc { accepts files: map(string) = {} }\n"
READERS = {
    "self": 'extend etc { files.a = "#{self.used}#{self.other}" }',
    "a whole record": "extend etc { files.a = render.json(self) }",
    "a condition": "when self.other { extend etc { files.a = self.used } }",
    "an assertion": "extend etc { files.a = self.used }\n  assert not self.other",
    "another default": (
        "extend etc { files.a = self.used }\n  computed c: bool = self.other"
    ),
    "a computed name": 'extend etc { files.a = self.used + self."#{self.used}" }',
    "nothing that ends in anything": 'assert self.used == ""',
}  # fmt: skip


@pytest.mark.parametrize("how", READERS)
def test_an_option_is_read_by(how: str) -> None:
    body = f'option used: string = ""\n  option other: bool = false\n  {READERS[how]}'
    assert codes(f"{ETC}service web {{\n  {body}\n}}\n") == []


def test_options_that_nothing_reads() -> None:
    main = (
        f'{ETC}record Guest {{\n  option memory: int = 1\n  option title: string = ""\n}}\n'
        'service guests {\n  option guest: map(Guest) = {}\n  option path: string = ""\n'
        '  extend etc { for name, each in self.guest { files."#{name}" = "#{each.memory}" } }\n}\n'
    )
    assert lines(main, "never-read") == [4, 8]
    assert lines(main.replace("#{each.memory}", "#{render.json(each)}"), "never-read") == [8]
    loose = main + 'let f(x) = x.title\nguests.path = f({ title = "" })\n'
    assert lines(loose, "never-read") == [8]


COMPARISONS = {
    'config.web.port == "80"': True,
    "config.web.port == 80": False,
    "config.web.port != null": True,
    "config.web.address == null": False,
    'config.web.tls == "true"': True,
    '"slw" == config.web.mode': True,
    'config.web.mode != "slow"': False,
    "1 == 1.0": True,
    'length(config.web.names) == "1"': True,
    "8080 in config.web.names": True,
    '"a" in config.web.names': False,
    "(config.web.address ?? 5) == 5": False,
    "config.web == null": True,
    "(if config.web.tls then 1 else 2) == true": True,
}  # fmt: skip


@pytest.mark.parametrize("text", COMPARISONS)
def test_comparisons(text: str) -> None:
    found = codes(f"{WEB}option result: bool = false\nresult = {text}\n")
    assert found == (["never-equal"] if COMPARISONS[text] else [])


def test_a_comparison_tells_what_was_meant() -> None:
    (found,) = linted(f'{WEB}option x: bool = false\nx = config.web.mode == "fsat"\n')
    assert [(each.text, [edit.text for edit in each.edits]) for each in found.help] == [
        ('did you mean `"fast"`?', ['"fast"'])
    ]
    assert not found.help[0].certain


CONDITIONS = {
    "config.web.tls and not config.web.tls": "false",
    "config.web.tls or not config.web.tls": "true",
    "not (config.web.tls and not config.web.tls)": "true",
    'config.web.mode == "fast" and config.web.mode == "slow"': "false",
    'config.web.mode != "fast" or config.web.mode != "slow"': "true",
    "config.web.tls or true": "true",
    "config.web.port == config.web.port": "true",
    "config.web.port > 1 and config.web.port > 1": "",
    "config.web.tls": "",
    '"a" in config.web.names and "b" in config.web.names': "",
    'config.web.mode == "fast" or config.web.mode == "slow"': "",
    "config.web.tls and config.web.port == 80": "",
}


@pytest.mark.parametrize("text", CONDITIONS)
def test_conditions(text: str) -> None:
    wanted = CONDITIONS[text]
    found = linted(f"{WEB}option x: int = 0\nwhen {text} {{ x = 1 }}\n")
    assert [each.facts["always"] for each in found] == ([wanted == "true"] if wanted else [])


def test_a_condition_under_another() -> None:
    main = WEB + "option x: int = 0\nwhen config.web.tls and config.web.port == 80 {\n  %s\n}\n"
    for inner, dead in (
        ("when config.web.tls { x = 1 }", True),
        ("when config.web.port == 81 { x = 1 }", True),
        ("when config.web.port != 81 { x = 1 }", True),
        ("when config.web.level == 81 { x = 1 }", False),
        ("x = if config.web.tls then 1 else 2", False),
    ):
        assert codes(main % inner) == (["dead-condition"] if dead else [])


def test_the_second_of_two_equal_branches_is_dead() -> None:
    main = WEB + (
        "option x: int = 0\nwhen config.web.tls { x = 1 }\nelse when config.web.tls { x = 2 }\n"
    )
    assert lines(main, "dead-condition") == [11]


def test_a_needless_force_is_told_of_the_file_asked_about() -> None:
    assert codes(f"{WEB}force web.port = 81\n") == ["needless-strength"]
    assert codes(f"{WEB}force web {{ port = 81, level = 2 }}\n") == ["needless-strength"]
    assert codes(f"{WEB}force web {{ port = 81, level = 2 }}\nweb.level = 3\n") == []
    assert codes('import "./p.vcfg"\n', p=f"{WEB}force web.port = 81\n") == []


def test_a_forced_element_may_be_kept_from_being_removed() -> None:
    main = 'option x: set(string) = []\nforce x = ["a"]\n'
    assert codes(main) == ["needless-strength"]
    assert codes(main + "remove x.a\n") == []


def test_what_another_host_removes_is_no_reason_for_a_force(vcfg: RunVcfg, tmp_path: Path) -> None:
    main = tmp_path / "main.vcfg"
    declared = 'option x: set(string) = ["p"]\n'
    for own, told in (("", True), ("  remove x.p\n", False)):
        first = f'host a {{\n  force x = ["q"]\n{own}}}\n'
        main.write_text(declared + first + "host b {\n  remove x.p\n}\n")
        ran = vcfg("check", "--errors", "json", main)
        found = [each["code"] for each in json.loads(ran.out)["diagnostics"]]
        assert ("needless-strength" in found) is told, ran.out


def test_words_that_change_nothing() -> None:
    assert codes(f"{WEB}priority 100 web.port = 81\n") == ["needless-strength"]
    assert codes(f'{WEB}order 1000 web.names = ["a"]\nweb.names = ["b"]\n') == ["needless-order"]
    assert codes(f"{WEB}default web {{ default port = 81 }}\n") == ["needless-strength"]
    assert codes(f"{WEB}default web {{ priority 900 port = 81 }}\n") == ["differing-strengths"]
    nested = 'first web { first names = ["a"] }\nweb.names = ["b"]\n'
    assert codes(WEB + nested) == ["needless-order"]


def test_a_lost_default() -> None:
    main = "option m: map(int) = {}\ndefault m = { a = 1 }\n"
    assert codes(main) == []
    (found,) = linted(main + "m.b = 2\n")
    assert found.code == "lost-default"
    (edit,) = found.help[0].edits
    source, start, end = edit.span
    fixed = source.text[:start] + edit.text + source.text[end:]
    assert "default m { a = 1 }" in fixed
    assert codes(fixed) == []


def test_order_between_files() -> None:
    main = 'import "./a.vcfg"\nimport "./b.vcfg"\noption x: %s = %s\n'
    files = {"a": 'x = ["a"]\n', "b": 'x = ["b"]\n'}
    assert codes(main % ("list(string)", "[]"), **files) == ["unordered-list"]
    assert codes(main % ("set(string)", "[]"), **files) == []
    assert codes(main % ("list(string)", "[]"), a=files["a"], b='last x = ["b"]\n') == []
    twice = codes(main % ("list(string)", "[]"), a=files["a"], b='x = ["a"]\n')
    assert twice == ["repeated-element"]
    assert codes(main % ("list(string)", "[]"), a=files["a"], b='default x = ["b"]\n') == []
    importing = 'import "./a.vcfg"\nx = ["b"]\n'
    assert codes(main % ("list(string)", "[]"), a=files["a"], b=importing) == []
    assert codes(main % ("text", '""'), a='x = "a"\n', b='x = "b"\n') == ["unordered-list"]


def test_elements_that_two_definitions_give() -> None:
    main = "option x: %s = []\nx = [%s]\nx = [%s]\n"
    assert codes(main % ("list(string)", '"a", "b"', '"b"')) == ["repeated-element"]
    assert codes(main % ("set(string)", '"a", "b"', '"b"')) == []
    assert codes(main % ("list(string)", '"-o", "b"', '"-o", "c"')) == []
    assert codes(main % ("list(int)", "1", "1")) == []
    assert codes('option x: list(string) = []\ndefault x = ["a"]\nx = ["a"]\n') == []


def test_nothing_is_said_where_errors_are() -> None:
    sink = Sink()
    texts = {MAIN: "let a = 1\noption x: int = 1\nx = true\n"}
    world = configure(MAIN, Settings(Disk(texts), (), FOLDER), sink)
    assert world is not None
    export(world)
    run_lints(world, sink)
    assert [each.code for each in sink.diagnostics] == ["type-mismatch"]


def test_severity_is_asked_for() -> None:
    for word, severity in (("error", ["error"]), ("warn", ["warning"]), ("off", [])):
        sink = Sink()
        texts = {MAIN: "let a = 1\noption x: int = 1\n"}
        world = configure(MAIN, Settings(Disk(texts), (), FOLDER), sink)
        assert world is not None
        export(world)
        run_lints(world, sink, {"unused-name": word}.__getitem__)
        assert [each.severity for each in sink.diagnostics] == severity


def test_every_lint_has_a_code() -> None:
    from evaluator.diagnostics.codes import CODES

    source = (ROOT / "evaluator" / "lints" / "errors.py").read_text(encoding="utf-8")
    assert [code for code in LINT_CODES if code not in CODES or f'"{code}"' not in source] == []


LIBRARY = sorted((ROOT / "modules").rglob("*.vcfg")) + sorted(
    (ROOT / "spec" / "examples").rglob("*.vcfg")
)


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_said_about_what_is_shipped(path: Path) -> None:
    sink = Sink()
    world = configure(str(path), Settings(Disk(), module_path((), {}), str(ROOT)), sink)
    assert world is not None
    export(world)
    found = Sink()
    run_lints(world, found)
    assert [each.message for each in found.diagnostics] == []


def test_the_library_is_not_linted_with_a_host(tmp_path: Path) -> None:
    file = tmp_path / "main.vcfg"
    file.write_text('import "etc.vcfg"\nlet a = 1\netc.files.motd.text = "hi"\n')
    sink = Sink()
    world = configure(str(file), Settings(Disk(), module_path((), {}), str(tmp_path)), sink)
    assert world is not None
    export(world)
    run_lints(world, sink)
    assert [each.code for each in sink.diagnostics] == ["unused-name"]


def test_text_with_a_dot_mentions_no_name() -> None:
    main = 'let people = 1\noption s: string = "people.yaml"\n'
    assert lines(main, "unused-name") == [1]


LOOP = "option m: map(int) = {}\noption l: list(int) = []\n"


def test_what_a_loop_binds_and_does_not_use() -> None:
    main = (
        LOOP
        + 'for a, b in ["x"] { m."#{a}" = 1 }\nl = [for c in [1]: 2]\nfor _d in [1] { l = [1] }\n'
    )
    assert lines(main, "unused-name") == [3, 4]
    used = 'for a in ["x"] { m."#{a}" = 1 }\nl = [for c, d in { x = 1 } if c == "x": d]\n'
    assert codes(LOOP + used) == []
    assert lines(LOOP + "let a = [1]\nl = [for a in a: 1]\n", "unused-name") == [4]


HOLES = {
    "a let": ('let n = "x"\noption s: string = "a ${n} b"\n', "#{n}"),
    "a key": ('let n = "x"\noption m: map(int) = {}\nm."${n}" = 4\n', "#{n}"),
    "beside a hole": ('let n = "x"\noption s: string = "#{n} ${n}"\n', "#{n}"),
    "an option": ('option a: string = ""\noption s: string = "${config.a}"\n', "#{config.a}"),
    "a binder": ('option l: list(string) = [for a in ["x"]: "#{a}${a}"]\n', "#{a}"),
    "a parameter": ('let f(p) = "${p}#{p}"\noption s: string = f("x")\n', "#{p}"),
}


@pytest.mark.parametrize("what", HOLES)
def test_holes_of_other_languages(what: str) -> None:
    main, better = HOLES[what]
    (finding,) = linted(main)
    assert finding.code == "foreign-hole"
    assert finding.help[0].text == f"write `{better}`"
    assert finding.help[0].certain


NO_HOLES = {
    "nothing is bound": 'option s: string = "${HOME} ${n}"\n',
    "bound elsewhere": 'service w { let n = 1, option a: int = n }\noption s: string = "${n}"\n',
    "a shell sets it": 'let n = 1\noption i: int = n\noption s: string = "n=1; echo ${n}"\n',
    "no name": 'let n = 1\noption i: int = n\noption s: string = "${n:-1} ${#n} $${n}"\n',
}  # fmt: skip


@pytest.mark.parametrize("what", NO_HOLES)
def test_text_that_only_looks_like_a_hole(what: str) -> None:
    assert codes(NO_HOLES[what]) == []


def test_a_hole_in_a_script_is_in_doubt() -> None:
    main = 'let n = "x"\noption s: string = """\n  echo ${n}\n  """\n'
    (finding,) = linted(main)
    assert (finding.code, finding.help[0].certain) == ("foreign-hole", False)


def test_a_condition_on_what_nobody_declares_is_a_slip_only_if_it_is_near() -> None:
    text = "service openssh { option port: port = 22 }\n"
    for asked, number in [("opnssh.port", 1), ("openssh.prot", 1), ("monitoring.port", 0)]:
        found = lines(f"{text}when option {asked} {{ openssh.port = 23 }}\n", "near-key")
        assert len(found) == number
