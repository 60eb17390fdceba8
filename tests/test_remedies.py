"""What a finding says to do where a beginner's first attempt is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evaluator.diagnostics.model import Sink
from evaluator.files import Disk
from evaluator.fleet.configure import Settings, load
from evaluator.manual.collect import collect
from evaluator.options.declare import declare
from tests.configured import FOLDER, MAIN, configured, error, labels

if TYPE_CHECKING:
    from pathlib import Path

    from evaluator.diagnostics.model import Diagnostic
    from tests.conftest import RunVcfg

FAMILY = "service app.* { option port: port = 80 }\n"


def said(finding: Diagnostic) -> list[str]:
    """The texts of a finding's help."""
    return [each.text for each in finding.help]


def mended(text: str, finding: Diagnostic) -> str:
    """The text after the first help's edits, the last one first."""
    for edit in sorted(finding.help[0].edits, key=lambda each: -each.span[1]):
        _source, start, end = edit.span
        text = text[:start] + edit.text + text[end:]
    return text


def test_an_option_of_every_instance_is_no_option_of_the_service() -> None:
    found = error(FAMILY + "app.port = 3\n")
    assert said(found) == ["name one: `app.NAME { port = 3 }`"]
    assert ("`app` has instances", ("main.vcfg", 1)) in labels(found)
    assert configured(FAMILY + "app.x.port = 3\n").codes() == []


def test_a_value_that_names_an_instance_is_told_to_be_a_block() -> None:
    assert said(error(FAMILY + "app.shop = 3\n")) == ["write a block: `app.shop { … }`"]


def test_the_default_of_a_service_with_instances_is_no_instance() -> None:
    sink = Sink()
    modules = load(MAIN, Settings(Disk({MAIN: FAMILY}), (), FOLDER), sink)
    by_path = {each["path"]: each for each in collect(declare(modules, sink))}
    assert (by_path["app"]["default"], by_path["app"]["default_text"]) == ({}, "{}")
    assert by_path["app.<name>.enable"]["default_text"] == "false"


@pytest.mark.parametrize(
    ("declared", "written", "better"),
    [
        ("option l: list(string) = []", 'l = "a"', 'l = ["a"]'),
        ("option l: set(port) = []", "l = 80", "l = [80]"),
        ("record F { option text: string }\noption l: F", 'l = "a"', 'l.text = "a"'),
        ("record F { option n: int }\noption l: map(F)", "l.a = 1", "l.a.n = 1"),
    ],
)
def test_a_value_of_another_kind_is_mended(declared: str, written: str, better: str) -> None:
    text = f"{declared}\n{written}\n"
    found = error(text)
    assert found.code == "type-mismatch"
    assert mended(text, found) == f"{declared}\n{better}\n"
    assert configured(mended(text, found)).codes() == []


def test_nothing_is_proposed_that_would_be_refused() -> None:
    assert said(error('option l: list(int) = []\nl = "a"\n')) == []
    assert said(error("record F { option text: string }\noption l: F\nl = 1\n")) == []


def test_a_service_that_only_defines_is_no_declaration() -> None:
    text = "service web { option port: port = 80 }\n"
    found = error(text + "service web { port = 81 }\n")
    assert said(found) == ["to define its options, drop the word `service`: `web { … }`"]
    assert mended(text + "service web { port = 81 }\n", found) == text + "web { port = 81 }\n"
    found = error(text + "service web { option more: int = 1 }\n")
    assert said(found)[0].startswith("to add to it, write `extend service web")


@pytest.mark.parametrize(
    "sum_", ["config.a + config.a", "config.a ++ { y = 2 }", "merge(config.a)"]
)
def test_blocks_have_no_sum(sum_: str) -> None:
    found = error(f"option a: map(int) = {{ x = 1 }}\noption b: map(int) = {sum_}\n")
    assert "definitions of one option are merged, so define each" in said(found)[0]


@pytest.mark.parametrize("sum_", ["a // b", "config.a // { x = 1 }", "{ x = 1 } // config.b"])
def test_a_sum_of_blocks_is_no_comment(vcfg: RunVcfg, tmp_path: Path, sum_: str) -> None:
    (tmp_path / "main.vcfg").write_text(f"option a: map(int) = {sum_}\noption b: int = 1\n")
    told = vcfg("check", str(tmp_path / "main.vcfg")).out
    assert "`//` joins no blocks" in told
    assert told.count("error[") == 1


@pytest.mark.parametrize("line", ["= 80 // eighty", "= true // yes", "= x // the port, or so"])
def test_a_remark_after_a_value_is_one(vcfg: RunVcfg, tmp_path: Path, line: str) -> None:
    (tmp_path / "main.vcfg").write_text(f"let x = 1\noption a: any {line}\n")
    assert "`//` begins no comment" in vcfg("check", str(tmp_path / "main.vcfg")).out


def test_hosts_in_a_test(vcfg: RunVcfg, tmp_path: Path) -> None:
    (tmp_path / "main.vcfg").write_text(
        'option n: int = 1\nhost a {}\ntest "t" { host a { n = 3 } }\ntest "u" { hosts.a.n = 3 }\n'
    )
    told = vcfg("test", str(tmp_path / "main.vcfg")).err
    assert "what a test says holds for every host" in told
    assert "`hosts.NAME` is for reading" in told
