"""What a file that is lost may have defined is not called missing, nor what follows from that."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from evaluator.diagnostics.model import Sink
from evaluator.evaluation.export import export
from evaluator.files import Disk
from evaluator.fleet.configure import Settings, configure, module_path
from tests.configured import FOLDER, MAIN

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import RunVcfg

GONE = 'import "./gone.vcfg"\n'
LOST = {
    "a name that is misspelt": (GONE, {}, "import-failed"),
    "a mistake of syntax": ('import "./b.vcfg"\n', {"b.vcfg": 'name = "x";\n'}, "syntax-error"),
    "data that is misspelt": ('import "./gone.json"\n', {}, "import-failed"),
    "data with a mistake": ('import "./b.json"\n', {"b.json": '{ "name" "x" }'}, "bad-data"),
}


def codes(text: str, files: dict[str, str] | None = None) -> list[str]:
    """The codes of all that is found in a configuration that may import the library."""
    texts = {MAIN: text}
    texts.update({f"{FOLDER}/{name}": each for name, each in (files or {}).items()})
    sink = Sink()
    world = configure(MAIN, Settings(Disk(texts), module_path((), {}), FOLDER), sink)
    assert world is not None
    export(world)
    return [each.code for each in sink.diagnostics]


@pytest.mark.parametrize("lost", LOST)
@pytest.mark.parametrize(
    ("told", "text"),
    [
        ("missing-value", "option a: int\n"),
        ("type-mismatch", 'option a: string? = null\noption b: string = "I am #{config.a}"\n'),
        ("type-mismatch", "option a: int? = null\noption b: int = config.a + 1\n"),
        ("type-mismatch", "option a: string? = null\noption b: string = config.a\n"),
        ("unknown-field", "option a: map(int) = {}\noption b: int = config.a.x\n"),
        ("unknown-field", 'option a: map(int) = {}\noption b: int = config.a["x"]\n'),
        ("evaluation-failed", "option a: list(int) = []\na = [1]\noption b: int = config.a[1]\n"),
        ("nothing-to-remove", "option a: map(int) = {}\nremove a.x\n"),
        ("assertion-failed", "option a: int? = null\nassert config.a != null\n"),
        ("assertion-failed", "option a: bool = false\nassert config.a\n"),
        ("assertion-failed", "option a: int? = null\nlet f(x) = config.a == x\nassert f(1)\n"),
        ("assertion-failed", 'option a: map(int) = {}\na.y = 1\nassert has(config.a, "x")\n'),
        ("assertion-failed", "option a: list(int) = []\na = [1]\nassert 5 in config.a\n"),
        ("assertion-failed", "option a: int? = null\nlet b = config.a\nassert b != null\n"),
        ("warned", 'option a: int? = null\nwhen config.a == null { warn "no a" }\n'),
    ],
)
def test_what_only_follows_from_a_lost_file_is_not_told(lost: str, told: str, text: str) -> None:
    assert codes(text) == [told]
    line, files, code = LOST[lost]
    assert codes(line + text, files) == [code]


@pytest.mark.parametrize(
    ("told", "text"),
    [
        ("type-mismatch", 'option b: int = "a" + 1\n'),
        ("type-mismatch", "option b: string = null\n"),
        ("type-mismatch", 'option a: list(int) = []\na = [1]\noption b: string = "#{config.a}"\n'),
        ("assertion-failed", "option a: int = 1\nassert config.a > 5\n"),
        ("assertion-failed", "option a: int\ndefault a = 1\nassert config.a > 5\n"),
        ("assertion-failed", "option a: int\na = 1\nassert config.a > 5\n"),
        ("assertion-failed", "option a: bool = false\na = false\nassert config.a\n"),
        ("assertion-failed", "option a: int = 1\nlet f(x) = config.a == x\nassert f(2)\n"),
        ("assertion-failed", "option a: map(int) = {}\na.x = 1\nassert config.a.x > 5\n"),
        ("warned", 'option a: int\na = 1\nwhen config.a == 1 { warn "one" }\n'),
    ],
)
def test_what_is_wrong_whatever_the_lost_file_says_is_told(told: str, text: str) -> None:
    assert sorted(codes(GONE + text)) == sorted(["import-failed", told])


@pytest.mark.parametrize("table", ['{ "hv1": {} "hv2": {} }', None])
def test_hosts_of_a_lost_table_lack_nothing(
    table: str | None, vcfg: RunVcfg, tmp_path: Path
) -> None:
    file = tmp_path / "main.vcfg"
    file.write_text("""import "t.json" as t
option name: string? = null
option octet: int
option motd: string = "I am #{config.name}, not #{hosts.hv2.name}"
for n, each in t { host "#{n}" { name = n, octet = each.octet } }
host hv1 { variant rescue { motd = "x" } }
""")
    if table is not None:
        (tmp_path / "t.json").write_text(table)
    found = json.loads(vcfg("check", file, "--errors", "json").out)["diagnostics"]
    assert [each["code"] for each in found] == ["import-failed" if table is None else "bad-data"]


def test_a_warning_of_the_library_waits_for_the_file_that_may_have_prevented_it() -> None:
    text = """import "networking.vcfg"
import "hosts-file.vcfg"
import "./addresses.vcfg"
networking.hostname = "hv1"
hosts-file.entries."10.0.0.1" = ["cluster"]
"""
    line = 'hosts-file.entries."10.0.0.2" = ["hv1"]'
    assert codes(text, {"addresses.vcfg": "\n"}) == ["warned"]
    assert codes(text, {"addresses.vcfg": line}) == []
    assert codes(text, {"addresses.vcfg": f"{line};"}) == ["syntax-error"]
