"""`vcfg test`: what passes, what a failure tells, files and folders, the report for CI."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import RunVcfg

WEB = """service web {
  option port: port = 80
  option host: string = ""
  when self.port == 80 { warn "port 80" }
  assert self.port != 22 else "port 22"
}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def outcome(folder: Path, vcfg: RunVcfg, body: str) -> tuple[int, str]:
    """Exit code and findings of one test."""
    (folder / "main.vcfg").write_text(f'{WEB}test "t" {{\n{body}\n}}\n')
    ran = vcfg("test", "main.vcfg")
    return ran.status, ran.err


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("web.enable = true", 0),
        ('web.enable = true expect warning "warned"', 0),
        ('web.enable = true expect warning "warned" at web', 0),
        ('web.enable = true expect warning "warned" at web.port', 1),
        ('web.enable = true expect error "warned"', 1),
        ('expect warning "warned"', 1),
        ('web { enable = true, port = 22 } expect error "assertion-failed" at web', 0),
        ('web { enable = true, port = 22 } expect warning "assertion-failed" at web', 1),
        ('web.port = "x" expect error "type-mismatch" at web.port', 0),
        ('web.port = "x" expect error "type-mismatch" at web', 0),
        ('web.port = "x" expect error "type-mismatch"', 0),
        ('web.port = "x" expect error "type-mismatch" at web.host', 1),
        ('web.port = "x" web.host = 1 expect error "type-mismatch" at web.port', 1),
        ("assert true assert config.web.port == 80", 0),
        ("assert config.web.port == 81", 1),
    ],
)
def test_what_passes(body: str, status: int, vcfg: RunVcfg, folder: Path) -> None:
    assert outcome(folder, vcfg, body)[0] == status


def test_an_unmet_expectation_tells_what_happened(vcfg: RunVcfg, folder: Path) -> None:
    _status, told = outcome(
        folder, vcfg, 'web.port = "x"\nexpect error "type-mismatch" at web.host'
    )
    assert "the error `type-mismatch` at `web.host` did not happen" in told
    assert "this error happened at `web.port`" in told
    assert "what happened: `type-mismatch` at `web.port`" in told
    assert "`web.port`: expected port number" in told


def test_the_other_severity_is_told(vcfg: RunVcfg, folder: Path) -> None:
    assert (
        'write `expect warning "warned"`'
        in outcome(folder, vcfg, 'web.enable = true\nexpect error "warned"')[1]
    )


def test_a_code_that_does_not_exist(vcfg: RunVcfg, folder: Path) -> None:
    assert "did you mean `cycle`?" in outcome(folder, vcfg, 'expect error "cycel"')[1]
    assert "`vcfg explain` lists all" in outcome(folder, vcfg, 'expect error "zzzzzzz"')[1]


CONDITIONS = {
    "config.a == 1 and config.b == 3": ["`config.a == 1` is true", "`config.b == 3` is false"],
    "config.a == 2 and config.b == 2": ["`config.a == 2` is false", "`config.a` is 1"],
    "config.a == 2 or not config.c": ["`config.a == 2` is false", "`not config.c` is false"],
    "config.a == 1 and (config.b == 3 or config.a > 5)": [
        "`(config.b == 3 or config.a > 5)` is false", "`config.b == 3` is false", "`config.b` is 2",
    ],
    'starts-with(config.s, "y")': ["is false", '`config.s` is "x"'],
    "length(config.l) == 3": ["`length(config.l)` is 2"],
    "all([for n in config.l: n > 1])": ["`[for n in config.l: n > 1]` is [false, true]"],
    "3 in config.l": ["`config.l` is [1, 2]"],
    "if config.c then config.a == 2 else config.b == 1": ["`config.c` is true"],
}  # fmt: skip


@pytest.mark.parametrize("condition", CONDITIONS)
def test_parts_of_a_failed_condition(condition: str, vcfg: RunVcfg, folder: Path) -> None:
    (folder / "main.vcfg").write_text(
        "option a: int = 1\noption b: int = 2\noption c: bool = true\n"
        f'option s: string = "x"\noption l: list(int) = [1, 2]\ntest "t" {{ assert {condition} }}\n'
    )
    told = vcfg("test", "main.vcfg").err
    assert [part for part in CONDITIONS[condition] if part not in told] == []


def test_what_was_not_reached_is_not_shown(vcfg: RunVcfg, folder: Path) -> None:
    (folder / "main.vcfg").write_text(
        "option a: int = 1\noption b: int = 2\n"
        'test "t" { assert config.a == 2 and config.b == 2 }\n'
    )
    assert "`config.b` is" not in vcfg("test", "main.vcfg").err


def test_a_finding_elsewhere_names_its_test(vcfg: RunVcfg, folder: Path) -> None:
    (folder / "web.vcfg").write_text(WEB.replace("= 80", "= 22"))
    (folder / "a_test.vcfg").write_text(
        'import "./web.vcfg"\ntest "it starts" { web.enable = true }\n'
    )
    said = vcfg("test", "a_test.vcfg").err
    assert "a_test.vcfg:2:33" in said
    assert 'in the test "it starts"' not in said
    always = "service web {\n  default enable = true"
    (folder / "web.vcfg").write_text(WEB.replace("= 80", "= 22").replace("service web {", always))
    (folder / "a_test.vcfg").write_text('import "./web.vcfg"\ntest "it starts" {}\n')
    assert 'in the test "it starts"' in vcfg("test", "a_test.vcfg").err
    assert 'in the test "t"' not in outcome(folder, vcfg, "assert false")[1]


def test_files_and_folders(vcfg: RunVcfg, folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / ".hidden").mkdir()
    for name in ("sub/b_test.vcfg", "a_test.vcfg", ".hidden/c_test.vcfg"):
        (folder / name).write_text('test "t" { assert true }\n')
    (folder / "plain.vcfg").write_text("option a: int = 1\n")
    ran = vcfg("test", ".", "sub/b_test.vcfg", "plain.vcfg")
    assert ran.out == (
        "./a_test.vcfg: 1 passed\n./sub/b_test.vcfg: 1 passed\nplain.vcfg: no tests\n"
        "2 tests passed, 0 failed\n"
    )
    assert ran.status == 0
    assert vcfg("test", "plain.vcfg").status == 1
    missing = vcfg("test", "nowhere.vcfg", "a_test.vcfg")
    assert (missing.status, missing.err) == (2, "vcfg: there is no file nowhere.vcfg\n")


def test_a_file_that_cannot_be_run(vcfg: RunVcfg, folder: Path) -> None:
    (folder / "a_test.vcfg").write_text('test "t" { assert true }\noption a: nothing\n')
    (folder / "b_test.vcfg").write_text('test "t" { assert true }\n')
    ran = vcfg("test", ".")
    assert ran.out == (
        "./a_test.vcfg: cannot be run\n./b_test.vcfg: 1 passed\n1 test passed, 1 failed\n"
    )
    assert ran.status == 1


def test_the_report_for_ci(vcfg: RunVcfg, folder: Path) -> None:
    (folder / "a_test.vcfg").write_text(
        'option a: int = 1\ntest "good" { assert true }\n'
        'test "a < b & \\"c\\"" { assert config.a > 2 }\n'
        'test "odd \\u{1}" { a = "]]>" }\n'
    )
    (folder / "b_test.vcfg").write_text('test "t" { }\nlet if = 1\n')
    ran = vcfg("test", ".", "--junit", "out.xml")
    assert ran.status == 1
    suites = ET.parse(folder / "out.xml").getroot()
    assert suites.tag == "testsuites"
    assert suites.attrib == {"tests": "4", "failures": "2", "errors": "1"}
    first, second = suites
    assert first.attrib == {
        "name": "./a_test.vcfg", "tests": "3", "failures": "2", "errors": "0", "skipped": "0",
    }  # fmt: skip
    assert [each.attrib["name"] for each in first] == ["good", 'a < b & "c"', "odd ?"]
    assert [each.attrib["line"] for each in first] == ["2", "3", "4"]
    assert [len(each) for each in first] == [0, 1, 1]
    failure = first[1][0]
    assert failure.tag == "failure"
    assert failure.attrib["type"] == "assertion-failed"
    assert "`config.a` is 1" in (failure.text or "")
    (broken,) = second
    assert broken[0].tag == "error"
    assert broken[0].attrib["type"] == "reserved-word"


def test_the_report_stays_empty_or_unwritten(vcfg: RunVcfg, folder: Path) -> None:
    (folder / "a.vcfg").write_text("option a: int = 1\n")
    assert vcfg("test", "a.vcfg", "--junit", "out.xml").status == 1
    assert len(ET.parse(folder / "out.xml").getroot()) == 0
    (folder / "b.vcfg").write_text('test "t" { assert true }\n')
    ran = vcfg("test", "b.vcfg", "--junit", os.path.join("no", "out.xml"))
    assert ran.status == 2
    assert "out.xml cannot be written: no such file or directory" in ran.err


def test_long_chains_can_be_tested(vcfg: RunVcfg, folder: Path) -> None:
    options = "".join([f"option o{at + 1}: int = config.o{at} + 1\n" for at in range(3000)])
    (folder / "a.vcfg").write_text(
        f'option o0: int = 0\n{options}test "t" {{ assert config.o3000 == 3000 }}\n'
    )
    assert vcfg("test", "a.vcfg").status == 0
