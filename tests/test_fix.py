"""`vcfg check --fix`: certain edits are made, whole files at once, and nothing else."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from evaluator.diagnostics.fixes import Fixes
from evaluator.diagnostics.model import Edit
from evaluator.source import Source
from tests.spec_pages import SPEC, cases

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import RunVcfg

WEB = """service web {
  option port: port = 80
  option tls: bool = false
  option wait: duration = 5s
  option mode: "fast" | "slow" = "fast"
  option rights: mode = 0o644
  option name: string = ""
  option names: list(string) = []
}
"""

FIXED = {
    "web.prot = 81\n": "web.port = 81\n",
    'web.port = "81"\n': "web.port = 81\n",
    'web.wait = "7s"\n': "web.wait = 7s\n",
    "web.tls = yes\n": "web.tls = true\n",
    'web.tls = "no"\n': "web.tls = false\n",
    'web.rights = "0600"\n': "web.rights = 0o600\n",
    'web.mode = "SLOW"\n': 'web.mode = "slow"\n',
    "web.name = 7\n": 'web.name = "7"\n',
    'web.names = "a"\n': 'web.names = ["a"]\n',
    'web.name = ["a"]\n': 'web.name = "a"\n',
    "web.port = [\n  81,\n]\n": "web.port = 81\n",
    "web.port = 81;\n": "web.port = 81\n",
    "web.port: 81\n": "web.port = 81\n",
    "web.name = 'x'\n": 'web.name = "x"\n',
    "web.port = 1\nweb.port = force 81\n": "web.port = 1\nforce web.port = 81\n",
    'web.names = last ["a"]\nweb.names = ["b"]\n': 'last web.names = ["a"]\nweb.names = ["b"]\n',
    "first web.port = 81\n": "web.port = 81\n",
    "order 7 web.port = 81\n": "web.port = 81\n",
    "force web.port = 81\n": "web.port = 81\n",
    "\nlet a = 1\n\nweb.port = 81\n": "\nweb.port = 81\n",
    "web {\n  port = 81\n\n  let a = 1\n}\n": "web {\n  port = 81\n}\n",
    'web.name = "a\\d"\n': 'web.name = "a\\\\d"\n',
    'option n: str = ""\n': 'option n: string = ""\n',
    "service s { option n: integer = 1 }\n": "service s { option n: int = 1 }\n",
    "option n: str? = null\n": "option n: string? = null\n",
    "option n: string? = nil\n": "option n: string? = null\n",
    '\nlet n = "a"\nweb.name = "b ${n}"\n': '\nlet n = "a"\nweb.name = "b #{n}"\n',
    "web.mode = slow\n": 'web.mode = "slow"\n',
    'option n: "off" | "on" = off\n': 'option n: "off" | "on" = "off"\n',
    'option n: list("on" | "no") = [on]\n': 'option n: list("on" | "no") = ["on"]\n',
    "option n: int? = none\n": "option n: int? = null\n",
    "web.prt = 81\n": "web.port = 81\n",
}  # fmt: skip

# What is written, what of it changes, and into what.
CHANGED = [
    ('option n: int = 1\noption m: int = "7"\nm = 3\n', '"7"', "7"),
    ("option m: map(int) = {}\nm.games = 1\nremove m.gamse\n", "gamse", "games"),
    ('option m: map(int) = {}\nm."a.bcd" = 1\nremove m."a.bcx"\n', '"a.bcx"', '"a.bcd"'),
    ("option m: map(int) = { eth0 = 1 }\noption x: int = config.m.eth1\n", "eth1", "eth0"),
    ("let r = { name = 1 }\noption x: int = r.nmae\n", "nmae", "name"),
    ('option x: string = "a" + "b" + "c"\n', "+", "++"),
    ("service s { @exmaple(1) option x: int = 1 }\n", "exmaple", "example"),
    (
        "service s { extend tools { a = 1 } }\nservice tool { accepts a: int = 1 }\n",
        "tools",
        "tool",
    ),
]


@pytest.mark.parametrize(("written", "old", "new"), CHANGED)
def test_what_is_written_is_changed_in_place(
    written: str, old: str, new: str, vcfg: RunVcfg, folder: Path
) -> None:
    file = folder / "main.vcfg"
    file.write_text(written, encoding="utf-8")
    ran = vcfg("check", "--fix", "main.vcfg")
    assert file.read_text(encoding="utf-8") == written.replace(old, new)
    assert (ran.status, ran.out) == (0, "")


LEFT = {
    "words for a list of text": "web.names = [git, curl]\n",
    "one text that may be several": 'web.names = "git curl"\n',
    "several values for one": 'web.name = ["a", "b"]\n',
    "a list that says more than its value": 'web.name = [\n  "a", # for now\n]\n',
    "a value that is computed": "web.names = config.web.name\n",
    "a word for text that is near a builtin": "web.name = gti\n",
    "a word for text that is near a name": 'let _first = "a"\nweb.name = _frist\n',
    "a word near a builtin": "web.port = mx\n",
    "a foreign word for text": "web.name = off\n",
    "a foreign word that no type takes": "web.port = off\n",
    "a foreign word that two readings fit": 'option n: bool | "off" = off\n',
    "a foreign word in no value": "when config.web.name == off { web.tls = true }\n",
    "a near option of another kind": "web.prot = [1]\n",
    "a near option that refuses the value": "web.prot = 99999999\n",
    "a near option for a block": "web.prot { a = 1 }\n",
    "blocks of HCL": 'variable "port" {\n  default = 3\n}\nresource "a" "b" {\n  x = 1\n}\n',
    "two names that are as near": (
        "service s { option ab1: int = 1, option ab2: int = 2 }\ns.ab3 = 1\n"
    ),
    "a number without unit": "web.wait = 7\n",
    "a truth value for text": "web.name = true\n",
    "a word that is near": 'web.mode = "slwo"\n',
    "a comparison that is never true": 'when config.web.port == "80" { web.tls = true }\n',
    "two definitions that differ": "web.port = 81\nweb.port = 82\n",
    "an option that is read without `self`": (
        "service s { option a: int = 1\n option b: int = a\n }\n"
    ),
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("written", FIXED)
def test_what_is_certain_is_fixed(written: str, vcfg: RunVcfg, folder: Path) -> None:
    file = folder / "main.vcfg"
    file.write_text(WEB + written, encoding="utf-8")
    ran = vcfg("check", "--fix", "main.vcfg")
    assert file.read_text(encoding="utf-8") == WEB + FIXED[written]
    assert "in 1 file\n" in ran.err
    assert (ran.status, ran.out) == (0, "")


JOB = 'import "cron.vcfg"\n\ncron.files.a.jobs.b {{\n  schedule = "@daily"\n  command = {}\n}}\n'


@pytest.mark.parametrize(
    ("command", "better"),
    [
        ('"date +%F.%T"', r'"date +\\%F.\\%T"'),
        ('r"date +%F"', r'r"date +\%F"'),
        # A text with escapes is another than what stands there.
        ('"date \\"+%F\\""', None),
    ],
)
def test_a_percent_sign_of_cron_gets_its_backslash(
    command: str, better: str | None, vcfg: RunVcfg, folder: Path
) -> None:
    file = folder / "main.vcfg"
    file.write_text(JOB.format(command), encoding="utf-8")
    ran = vcfg("check", "--fix", "main.vcfg")
    assert file.read_text(encoding="utf-8") == JOB.format(better or command)
    assert ran.status == int(better is None)
    assert better or r"write `\\%` for a percent sign, or `\%` in a raw string" in ran.out


@pytest.mark.parametrize("what", LEFT)
def test_what_is_not_certain_is_left(what: str, vcfg: RunVcfg, folder: Path) -> None:
    file = folder / "main.vcfg"
    file.write_text(WEB + LEFT[what], encoding="utf-8")
    ran = vcfg("check", "--fix", "main.vcfg")
    assert file.read_text(encoding="utf-8") == WEB + LEFT[what]
    assert ran.err.startswith("nothing to fix\n")
    assert ran.out
    assert ran.status == int("error[" in ran.out)


def test_several_files_and_what_is_left(vcfg: RunVcfg, folder: Path) -> None:
    (folder / "web.vcfg").write_text(WEB)
    (folder / "site.vcfg").write_text("web.prot = 81;\nweb.names = [1]\n")
    (folder / "main.vcfg").write_text(
        'import "./web.vcfg"\nimport "./site.vcfg"\nlet a = 1\nweb.tls = yes\n'
    )
    ran = vcfg("check", "--fix", "main.vcfg")
    assert (folder / "site.vcfg").read_text() == 'web.port = 81\nweb.names = ["1"]\n'
    imports = 'import "./web.vcfg"\nimport "./site.vcfg"\n'
    assert (folder / "main.vcfg").read_text() == f"{imports}web.tls = true\n"
    assert ran.err == "fixed 5 in 2 files\n1 file, 3 modules: no errors\n"
    assert ran.status == 0


def test_a_diff_writes_nothing(vcfg: RunVcfg, folder: Path) -> None:
    file = folder / "main.vcfg"
    file.write_text(WEB + "web.prot = 81\n")
    ran = vcfg("check", "--diff", "main.vcfg")
    assert file.read_text() == WEB + "web.prot = 81\n"
    assert ran.status == 1
    assert "--- main.vcfg\n+++ main.vcfg\n" in ran.out
    assert "-web.prot = 81\n+web.port = 81\n" in ran.out
    file.write_text(WEB)
    assert vcfg("check", "--diff", "main.vcfg")[:2] == (0, "")


def test_a_file_keeps_its_mode_and_its_line_ends(vcfg: RunVcfg, folder: Path) -> None:
    file = folder / "main.vcfg"
    file.write_bytes((WEB + "web.prot = 81\n").replace("\n", "\r\n").encode())
    file.chmod(0o640)
    link = folder / "link.vcfg"
    link.symlink_to("main.vcfg")
    assert vcfg("check", "--fix", "link.vcfg").status == 0
    assert link.is_symlink()
    assert file.read_bytes() == (WEB + "web.port = 81\n").replace("\n", "\r\n").encode()
    assert file.stat().st_mode & 0o777 == 0o640
    assert sorted(os.listdir(folder)) == ["link.vcfg", "main.vcfg"]


def test_a_protected_file_is_named(vcfg: RunVcfg, folder: Path) -> None:
    file = folder / "main.vcfg"
    file.write_text(WEB + "web.prot = 81\n")
    file.chmod(0o444)
    ran = vcfg("check", "--fix", "main.vcfg")
    assert "vcfg: main.vcfg is left as it is: it is write-protected\n" in ran.err
    assert file.read_text() == WEB + "web.prot = 81\n"
    assert "unknown-option" in ran.out
    assert ran.status == 1


def test_the_library_is_never_changed(
    vcfg: RunVcfg, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from evaluator import resources

    library = folder / "shipped"
    library.mkdir()
    (library / "web.vcfg").write_text(WEB + "web.prot = 81\n")
    monkeypatch.setattr(resources, "path", lambda *_parts: str(library))
    (folder / "main.vcfg").write_text('import "web.vcfg"\n')
    ran = vcfg("check", "--fix", "main.vcfg")
    assert "shipped/web.vcfg is left as it is: it belongs to the library" in ran.err
    assert (library / "web.vcfg").read_text() == WEB + "web.prot = 81\n"


def test_data_and_arguments_are_not_changed(vcfg: RunVcfg, folder: Path) -> None:
    (folder / "main.vcfg").write_text(WEB + 'import "./site.json"\n')
    (folder / "site.json").write_text('{"web": {"prot": 81}}')
    ran = vcfg("check", "--fix", "main.vcfg", "--set", "web.tls=yes")
    assert (folder / "site.json").read_text() == '{"web": {"prot": 81}}'
    assert ran.status == 1


def test_standard_input_cannot_be_fixed(vcfg: RunVcfg) -> None:
    ran = vcfg("check", "--fix", "-", stdin="let a = 1\n")
    assert (ran.status, ran.out) == (2, "")
    assert "standard input" in ran.err


def test_an_import_is_added_where_imports_stand(vcfg: RunVcfg, folder: Path) -> None:
    file = folder / "main.vcfg"
    for before, after in (
        ("openssh.enable = true\n", 'import "openssh.vcfg"\n\nopenssh.enable = true\n'),
        (
            "### A host.\n\n# About it.\nopenssh.enable = true\n",
            '### A host.\n\nimport "openssh.vcfg"\n\n# About it.\nopenssh.enable = true\n',
        ),
        (
            'import "etc.vcfg"\nopenssh.enable = true\n',
            'import "etc.vcfg"\nimport "openssh.vcfg"\nopenssh.enable = true\n',
        ),
    ):
        file.write_text(before)
        ran = vcfg("check", "--fix", "main.vcfg")
        assert file.read_text() == after
        assert "error" not in ran.out


def test_a_file_beside_is_imported_with_a_dot(vcfg: RunVcfg, folder: Path) -> None:
    (folder / "web.vcfg").write_text(WEB)
    (folder / "main.vcfg").write_text('import "web.vcfg"\nweb.port = 81\n')
    assert vcfg("check", "--fix", "main.vcfg").status == 0
    assert (folder / "main.vcfg").read_text() == 'import "./web.vcfg"\nweb.port = 81\n'


def test_edits_that_meet_are_not_made_together() -> None:
    source = Source("a", "/a", "abcdef")
    fixes = Fixes()
    assert fixes.add((Edit((source, 1, 3), "X"),))
    assert not fixes.add((Edit((source, 2, 4), "Y"), Edit((source, 5, 6), "")))
    assert fixes.add((Edit((source, 1, 3), "X"), Edit((source, 3, 4), "Z")))
    assert not fixes.add((Edit((source, 3, 3), "new"),))
    assert fixes.add((Edit((source, 6, 6), "!"),))
    assert fixes.texts() == {"/a": "aXZef!"}


def test_a_text_that_would_not_parse_is_left(
    vcfg: RunVcfg, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from evaluator.definitions import wording

    monkeypatch.setattr(wording, "_quoted", lambda _name: "= {")
    file = folder / "main.vcfg"
    file.write_text(WEB + "web.prot = 81\n")
    ran = vcfg("check", "--fix", "main.vcfg")
    assert file.read_text() == WEB + "web.prot = 81\n"
    assert ran.err.startswith("nothing to fix\n")
    assert ran.status == 1


def test_an_unused_import_of_data_by_module_path_is_seen(
    vcfg: RunVcfg, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "people.yaml").write_text("a: 1\n")
    (folder / "main.vcfg").write_text('import "people.yaml" as people\noption n: int = 1\n')
    monkeypatch.setenv("VCFG_PATH", str(folder))
    assert "[unused-name]" in vcfg("check", "main.vcfg").out


def test_lints_of_shared_files_need_all_to_agree(vcfg: RunVcfg, folder: Path) -> None:
    (folder / "net.vcfg").write_text(
        "service etc { accepts files: map(string) = {} }\n"
        'service net { option a: string = "", option b: string = ""\n'
        "  extend etc { files.net = self.a }\n}\n"
    )
    (folder / "one.vcfg").write_text('import "./net.vcfg"\n')
    (folder / "two.vcfg").write_text(
        'import "./net.vcfg"\noption c: string = ""\nc = config.net.b\n'
    )
    assert "never-read" in vcfg("check", "one.vcfg").out
    assert vcfg("check", "one.vcfg", "two.vcfg").out == ""


def warned_examples() -> list[object]:
    """The examples of the chapter about lints, by title; a hole is another value than text."""
    return [
        pytest.param(case.files(), id=case.title)
        for case in cases(SPEC / "80-lints.md")
        if case.files() and case.title != "Holes of other languages"
    ]


@pytest.mark.parametrize("files", warned_examples())
def test_fixing_lints_changes_no_value(files: dict[str, str], vcfg: RunVcfg, folder: Path) -> None:
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    before = vcfg("eval", "main.vcfg")
    assert before.status == 0
    vcfg("check", "--fix", "main.vcfg")
    assert vcfg("eval", "main.vcfg") == before
    assert vcfg("check", "--fix", "main.vcfg").err.startswith("nothing to fix\n")


def test_lints_of_hosts(vcfg: RunVcfg, folder: Path) -> None:
    (folder / "main.vcfg").write_text(
        WEB
        + "let one = 1\nforce web.port = one\nforce web.wait = 6s\n"
        + "host a { web.port = 2, force web.tls = true }\n"
        + 'host b { web.mode = "slow" }\n'
    )
    ran = vcfg("check", "main.vcfg", "--errors", "concise")
    assert [line.split(": ")[0] for line in ran.out.splitlines()] == [
        "main.vcfg:12:1", "main.vcfg:13:24",
    ]  # fmt: skip
    assert "`web.wait`" in ran.out
    assert "`web.tls`" in ran.out


def test_a_name_that_a_file_beside_uses_stays(vcfg: RunVcfg, folder: Path) -> None:
    text = "let mtu = 1500\noption a: int = 1\n"
    (folder / "net.vcfg").write_text(text)
    (folder / "net_test.vcfg").write_text(
        'import "./net.vcfg" as net\ntest "t" { assert net.mtu == 1500 }\n'
    )
    assert vcfg("check", "--fix", "net.vcfg").out == ""
    assert (folder / "net.vcfg").read_text() == text
    (folder / "net_test.vcfg").unlink()
    vcfg("check", "--fix", "net.vcfg")
    assert (folder / "net.vcfg").read_text() == "option a: int = 1\n"
