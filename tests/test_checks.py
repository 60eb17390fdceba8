"""What checks and warnings count as; annotations; examples; what is deprecated."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from evaluator.diagnostics.model import Sink
from evaluator.evaluation.examples import check_examples
from evaluator.files import Disk
from evaluator.fleet.configure import Settings, configure
from tests.configured import configured, labels, values

if TYPE_CHECKING:
    from tests.configured import Configured
    from tests.conftest import RunVcfg

CHECKED = """
record Tls {
  option cert: path? = null
  @id("tls-without-cert")
  assert self.cert != null else "#{key} has no certificate"
  @id("loud")
  warn "loud"
}
option tls: map(Tls) = {}
option new: int = 0
former old to new
tls.a {}
""".replace(
    '  @id("loud")\n  when self.cert == null { warn "loud" }\n', '  @id("loud") warn "loud"\n'
)


def counted(text: str) -> list[tuple[str, str]]:
    """Codes and severities of all findings, sorted."""
    return sorted([(each.code, each.severity) for each in configured(CHECKED + text).findings])


@pytest.mark.parametrize(
    ("definitions", "wanted"),
    [
        ("", [("assertion-failed", "error"), ("warned", "warning")]),
        (
            'checks."tls-without-cert" = "warn"',
            [("assertion-failed", "warning"), ("warned", "warning")],
        ),
        ('checks."tls-without-cert" = "off"', [("warned", "warning")]),
        ('checks { loud = "off", tls-without-cert = "off" }', []),
        ('checks { loud = "error", tls-without-cert = "off" }', [("warned", "error")]),
        ('checks { warned = "off", assertion-failed = "off" }', []),
        (
            'checks { warned = "off", loud = "warn", assertion-failed = "warn" }',
            [("assertion-failed", "warning"), ("warned", "warning")],
        ),
        (
            'default checks.loud = "off" checks { loud = "warn", assertion-failed = "off" }',
            [("warned", "warning")],
        ),
        ('when config.new == 0 { checks { loud = "off", assertion-failed = "off" } }', []),
    ],
)  # fmt: skip
def test_what_a_check_counts_as(definitions: str, wanted: list[tuple[str, str]]) -> None:
    assert counted(definitions + "\n") == wanted


@pytest.mark.parametrize(
    ("level", "wanted"), [("off", []), ("error", ["error"]), ("warn", ["warning"])]
)
def test_what_a_warning_counts_as(level: str, wanted: list[str]) -> None:
    text = f'option new: int = 0\nformer old to new\nold = 1\nchecks.former-name = "{level}"\n'
    assert [each.severity for each in configured(text).findings] == wanted


def test_keys_that_nothing_answers_to() -> None:
    text = 'checks { tls-without-cer = "off", type-mismatch = "off", a-b-c = "warn" }\n'
    found = [each for each in configured(CHECKED + text).findings if each.code == "unknown-check"]
    assert [each.path for each in found] == [
        "checks.a-b-c",
        "checks.tls-without-cer",
        "checks.type-mismatch",
    ]
    assert found[1].help[0].text == "did you mean `tls-without-cert`?"


def test_checks_is_only_there_where_somebody_speaks_of_it() -> None:
    assert values("option a: int = 1\n") == {"a": 1}
    data = values('option a: int = 1\nchecks.warned = "off"\n')
    assert data == {"a": 1, "checks": {"warned": "off"}}
    data = values('option a: int = 1\ntest "t" { checks.warned = "off" }\n')
    assert data == {"a": 1}
    data = values("option checks: int = 1\nchecks = 2\n")
    assert data == {"checks": 2}


def test_a_level_that_does_not_exist() -> None:
    assert configured('checks.warned = "silent"\n').codes() == ["type-mismatch"]


def test_facts_of_a_check() -> None:
    finding = configured(CHECKED).errors()[0]
    assert finding.facts["id"] == "tls-without-cert"
    assert finding.facts["options"] == ["tls.a.cert"]
    assert finding.path == "tls.a"


@pytest.mark.parametrize("way", ["config.disks[other]", "disks[other]"])
def test_an_entry_is_looked_at_without_its_neighbors(way: str) -> None:
    """By its key too; the map it lies in was not looked at, nor what else is in it."""
    text = f"""record Disk {{
  option device: string
  for other in keys(config.disks) {{
    assert other >= key or {way}.device != self.device
  }}
}}
option disks: map(Disk) = {{}}
let disks = config.disks
disks.root.device = "/dev/sda"
disks.swap.device = "/dev/sdb"
disks.tmp.device = "/dev/sda"
"""
    [finding] = configured(text).findings
    read = [line for said, (_file, line) in labels(finding) if said == "it looks at this"]
    assert sorted(set(read)) == [9, 11]


def test_checks_run_though_something_else_failed() -> None:
    text = """
        option a: int = "x"
        option b: int = 1
        assert config.b == 2
        assert config.a == 2
    """
    assert configured(text).codes() == ["assertion-failed", "type-mismatch"]


def test_codes_of_lints_count_too(vcfg: RunVcfg, tmp_path: Path) -> None:
    file = tmp_path / "main.vcfg"
    file.write_text("let a = 1\noption b: int = 1\nassert config.b == 1\n")
    assert "unused-name" in vcfg("check", str(file)).out
    file.write_text(file.read_text() + 'checks.unused-name = "off"\n')
    assert "unused-name" not in vcfg("check", str(file)).out
    file.write_text(file.read_text().replace("off", "error"))
    assert vcfg("check", str(file)).status == 1


def test_each_instance_speaks_for_itself() -> None:
    text = """
        record R { option n: int = 0  assert self.n > 0 else "n is #{self.n}" }
        option l: list(R) = [{}, { n = 1 }, {}]
        option m: map(map(R)) = {}
        option o: R? = null
        m.a.b {}
        o {}
    """
    assert [each.message for each in configured(text).errors()] == [
        "`l[0]`: n is 0",
        "`l[2]`: n is 0",
        "`m.a.b`: n is 0",
        "`o`: n is 0",
    ]


# Annotations


@pytest.mark.parametrize(
    ("annotation", "code"),
    [
        ('@exmaple("a")', "unknown-annotation"),
        ('@id("x")', "misplaced-statement"),
        ('@hidden("all")', "bad-declaration"),
        ("@hidden(1)", "bad-declaration"),
        ("@internal(1)", "bad-declaration"),
        ("@since(1)", "bad-declaration"),
        ('@since("1", "2")', "bad-declaration"),
        ('@since(text: "1")', "bad-declaration"),
        ('@deprecated("")', "bad-declaration"),
        ("@deprecated", "bad-declaration"),
        ("@default-text", "bad-declaration"),
        ('@since("1") @since("2")', "bad-declaration"),
        ("@example", "bad-declaration"),
        ("@example(nobody)", "unknown-name"),
    ],
)
def test_an_annotation_that_means_nothing(annotation: str, code: str) -> None:
    assert configured(f"{annotation}\noption a: int = 1\n").codes() == [code]


def test_annotations_where_they_may_stand() -> None:
    text = """
        ## A record.
        @since("1") @deprecated("no") @internal record R { }
        @since("1") @deprecated("no") type T = int
        @hidden @since("1") service s {
          @example(1) @since("1") @deprecated("no") @internal @hidden("below") @default-text("one")
          option a: int = 1
          @id("x") @since("1") assert true
          @id("y") warn "x"
          @since("1") former b to a
        }
    """
    assert configured(text).errors() == []


@pytest.mark.parametrize(
    ("declaration", "paths"),
    [
        ("@example(1) option a: int = 0", []),
        ('@example("x") option a: int = 0', ["a"]),
        ("@example({ x = 1 }) option a: R = { x = 2 }", []),
        ("@example({ y = 1 }) option a: R = { x = 2 }", ["a.y"]),
        ("@example({ z = 1 }) option a: R = { x = 2 }", ["a.z"]),
        ("@example({ k { x = 1 } }) option a: map(R) = {}", []),
        ("@example([1, 2]) option a: list(port) = []", []),
        ("@example([1, 70000]) option a: list(port) = []", ["a[1]"]),
        ("@example(70000) option g.a: port = 1", ["g.a"]),
        ('service s { @example("x") option a: int = 0 }', ["s.a"]),
        ('record Q { @example("x") option a: int = 0 }', ["Q.a"]),
        ("record Q { @example(true) option *: int }", ["Q.*"]),
    ],
)
def test_examples_fit_their_options(declaration: str, paths: list[str]) -> None:
    text = 'record R { option x: int option y: string = "" }\n' + declaration + "\n"
    result = configured(text)
    check_examples(result.world)
    assert [each.path for each in result.world.sink.diagnostics] == paths


def test_examples_of_the_library_are_checked_with_its_files() -> None:
    """A run for a user's file leaves them out, so somebody has to look."""
    folder = Path(__file__).resolve().parent.parent / "modules"
    with_examples = [
        file
        for file in sorted(folder.rglob("*.vcfg"))
        if "@example" in file.read_text() and not file.name.endswith("_test.vcfg")
    ]
    assert len(with_examples) > 10
    for file in with_examples:
        sink = Sink()
        world = configure(str(file), Settings(Disk(), (), str(folder)), sink)
        assert world is not None
        check_examples(world)
        assert [each.message for each in sink.diagnostics] == []


DEPRECATED = """
@deprecated("use int")
type Old = int
@deprecated("use Site")
record Page { option x: int = 0 }
@deprecated("use another")
service gone { option a: int = 0 }
service web {
  @deprecated("use names")
  option name: string = ""
  option g.h: int = 0
}
web.name = "own"
"""


def deprecated(text: str) -> list[str | None]:
    """Paths of what is deprecated in a file beside the declarations."""
    head = 'import "./old.vcfg"\nimport "./old.vcfg" as old\n'
    result: Configured = configured(head + text, old=DEPRECATED)
    assert result.errors() == []
    return [each.path for each in result.findings if each.code == "deprecated"]


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("", []),
        ('force web.name = "x"', ["web.name"]),
        ('web { when false { force name = "x" } }', ["web.name"]),
        ("gone.a = 1", ["gone"]),
        ("gone { a = 1 }", ["gone"]),
        ("option z: list(old.Old) = []", ["z"]),
        ("service z { option y: map(old.Page) = {} }", ["z.y"]),
        ("web.g.h = 2", []),
    ],
)
def test_what_is_deprecated(text: str, paths: list[str]) -> None:
    assert deprecated(text + "\n") == paths


# Other keys of one level, declared twice


def test_other_keys_declared_twice() -> None:
    base = "record A { option *: int }\n"
    assert values(base + "record B from A { option *: int }\noption b: B = { x = 1 }\n")
    assert configured(base + "record B from A { option *: string }\n").codes() == ["declared-twice"]


# Paths that lead nowhere


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('imports = ["./a.vcfg"]', "each file is imported"),
        ("options { a = 1 }", "`option NAME: TYPE = DEFAULT`"),
        ("config.web.nginx.port = 1", "without `config`"),
        ("rec { a = 1 }", "no `rec`"),
        ("assertions = []", "`assert CONDITION"),
        ('disabledModules = ["x"]', "`disable"),
        ("services.nginx.enable = true", "did you mean `web.nginx.enable`?"),
        ("services { nginx { port = 1 } }", "did you mean `web.nginx.port`?"),
        ("nginx.enable = true", "did you mean `web.nginx.enable`?"),
        ("web.ngnix = true", "did you mean `nginx.enable`?"),
        ("web.nginx = true", "switch it by `web.nginx.enable`"),
        ('size = { type = "int", "default" = 3 }', "`option size: int = 3`"),
    ],
)
def test_what_was_meant(text: str, words: str) -> None:
    result = configured("service web.nginx { option port: int = 1 }\n" + text + "\n")
    said = [help.text for each in result.errors() for help in each.help]
    assert any([words in each for each in said]), said


def test_nothing_is_declared_at_all() -> None:
    (finding,) = configured("web.port = 80\n").errors()
    assert "`option web.port: int`" in finding.help[0].text


def test_all_unknown_options_are_reported() -> None:
    text = "option a: int = 1\n" + "".join([f"b{at}.c = 1\n" for at in range(30)])
    assert configured(text).codes() == ["unknown-option"] * 30


@pytest.mark.parametrize(
    "asks",
    [
        'has(config.files, "a")',
        '"a" in config.files',
        "has(config.files, config.name)",
        'not has(config.files, "b") and has(config.files, "a")',
    ],
)
def test_a_check_that_asks_for_one_key_points_at_that_key(asks: str) -> None:
    [finding] = configured(
        'record File { option text: string = "" }\n'
        "option files: map(File) = {}\n"
        'option name: string = "a"\n'
        f'when {asks} {{ warn "there is an a" }}\n'
        'files.other.text = "1"\n'
        'files.a.text = "2"\n'
        "files.more { }\n"
    ).findings
    assert {line for said, (_file, line) in labels(finding) if said == "it looks at this"} == {6}


def test_a_check_that_asks_for_a_key_that_is_missing_points_at_nothing_else() -> None:
    [finding] = configured(
        "option files: map(int) = {}\noption limit: int = 1\n"
        'when config.limit > 2 and not has(config.files, "a") { warn "none" }\n'
        "files.other = 1\nlimit = 3\n"
    ).findings
    assert [line for said, (_file, line) in labels(finding) if said == "it looks at this"] == [5]
