"""Hosts: several configurations from one file, what they share and read of each other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.fleets import Given

if TYPE_CHECKING:
    from tests.conftest import RunVcfg

TWO = """
    option address: string
    option peers: set(string) = []
    host b { address = "2" }
    host a { address = "1" }
    for name, other in hosts { peers = [other.address] }
"""


def test_every_host_has_what_stands_outside_and_its_own() -> None:
    given = Given(TWO)
    assert given.fleet.hosts == ["a", "b"]
    assert given.data("a") == {"address": "1", "peers": ["1", "2"]}
    assert given.words() == []


def test_only_what_is_read_of_another_host_is_computed() -> None:
    given = Given(
        "option a: int = 1\noption b: int = 1 / 0\nhost x { a = hosts.y.a + 1 }\nhost y {}\n"
    )
    root = given.world("x").root
    assert root.get("a") == 2
    assert "b" not in given.world("y").root.slots


def test_hosts_that_import_the_same_are_declared_and_checked_once() -> None:
    given = Given(
        'import "./all.vcfg"\n'
        'for n in 1..50 { host "h#{n}" { import "./web.vcfg" web.port = n } }\n'
        "host other {}\n",
        all="option a: int = 1\n", web="service web { option port: port }\n",
    )  # fmt: skip
    assert len(given.fleet.hosts) == 51
    assert len(given.fleet.groups) == 2
    assert given.data("h7")["web"]["port"] == 7
    assert given.data("other") == {"a": 1}


def test_a_host_block_is_checked_also_where_no_host_comes_of_it() -> None:
    given = Given('option a: int = 1\nfor n in [] { host "h#{n}" { b = 1 } }\nhost x {}\n')
    assert given.words() == ["there is no option `b` in this configuration"]


def test_statements_of_hosts_come_last_and_their_imports_before() -> None:
    given = Given(
        'import "./base.vcfg"\n'
        'host x { names = ["host"] import "./more.vcfg" }\nnames = ["file"]\n',
        base='option names: list(string) = []\nnames = ["base"]\n', more='names = ["more"]\n',
    )  # fmt: skip
    assert given.data("x")["names"] == ["base", "file", "more", "host"]


def test_names_around_and_in_a_host() -> None:
    given = Given(
        'import "./lib.vcfg" as lib\nlet base = 10\noption a: int = 0\n'
        "for n, v in { x = 1 } {\n  let more = v + base\n"
        '  host "#{n}" { import "./own.vcfg" as own  let most = more + lib.one + own.two\n'
        "    a = most } }\n",
        lib="let one = 1\n", own="let two = 2\n",
    )  # fmt: skip
    assert given.data("x")["a"] == 14
    assert given.words() == []


def test_key_is_the_name_of_the_host_in_its_block() -> None:
    given = Given(
        'record R { option t: string = key, option u: string = "" }\n'
        'option a: string = ""\noption m: map(R) = {}\n'
        'for n in ["x"] { host "h-#{n}" { let f = "#{key}!"  a = f } }\n'
        'for key in ["y"] { host "h-#{key}" { a = key } }\n'
        'host z { m.e = {}  m.*.u = key  variant v { a = key } assert key == "z" }\n'
    )
    assert given.data("h-x")["a"] == "h-x!"
    assert given.data("h-y")["a"] == "y"
    assert given.data("z")["m"] == {"e": {"t": "e", "u": "e"}}
    assert given.data("z", "v")["a"] == "z"
    assert given.words() == []


def test_what_a_host_imports_does_not_see_its_name() -> None:
    given = Given(
        'option a: string = ""\nhost x { import "./own.vcfg" }\nhost y {}\n', own="a = key\n"
    )
    assert given.words() == ["`key` means nothing here"]


def test_a_host_that_imports_under_a_name_keeps_it_in_its_variants() -> None:
    given = Given(
        'option a: int = 0\nhost x { import "./own.vcfg" as own  a = own.n\n'
        "  variant v { force a = own.n + 1 } }\nhost y {}\n",
        own="let n = 1\n",
    )
    assert (given.data("x")["a"], given.data("x", "v")["a"], given.data("x")["a"]) == (1, 2, 1)


def test_conditions_around_hosts_are_fixed_too() -> None:
    given = Given(
        "let big = false\nwhen big { host a {} } else { host b {} }\n"
        "when not big { host c {} } else when big { host d {} }\n"
    )
    assert given.fleet.hosts == ["b", "c"]


def test_which_hosts_there_are_depends_on_no_host() -> None:
    given = Given('for name, _ in hosts { host "#{name}" {} }\nhost a {}\n')
    assert [each.code for each in given.findings()] == ["structure-depends-on-value"]


def test_an_import_of_a_host_can_be_disabled() -> None:
    given = Given(
        'import "./no.vcfg"\nhost x { import "./web.vcfg" }\n',
        no='disable "./web.vcfg"\n', web="service web {}\n",
    )  # fmt: skip
    assert given.data("x") == {}
    assert given.words() == []


def test_what_all_hosts_have_is_said_once_without_names() -> None:
    given = Given('option a: int = 0\na = "x"\nhost x {}\nhost y {}\nhost z { a = "y" }\n')
    for host in given.fleet.hosts:
        given.data(host)
    found = {each.message: each.notes for each in given.findings()}
    assert [notes for notes in found.values() if any("on host" in each for each in notes)] == [
        next(notes for notes in found.values() if "on host `z`" in notes)
    ]


def test_a_host_that_lacks_something_is_shown(vcfg: RunVcfg, tmp_path: Path) -> None:
    """It may be a misspelt one, which no line of the finding would point at."""
    file = tmp_path / "main.vcfg"
    file.write_text(
        'for n in 1..2 { host "hv#{n}" { port = n } }\n'
        "option port: int\noption seen: list(int) = []\n"
        'host vh2 { seen = [1] }\nhost hv2 { seen = ["x"] }\n'
        "for _, each in hosts { seen = [each.port] }\n"
    )
    text = vcfg("check", file).out
    assert "4 | host vh2 { seen = [1] }\n  | -------- host `vh2` is written here" in text
    assert text.count("is written here") == 1
    short = vcfg("check", file, "--errors", "concise").out.splitlines()
    assert short[0].endswith("error[missing-value]: `port` has no value (on host `vh2`)")
    found = json.loads(vcfg("check", file, "--errors", "json").out)["diagnostics"]
    assert [each["facts"]["hosts"] for each in found] == [["vh2"], ["hv2"]]


def test_a_check_over_all_hosts_is_said_once() -> None:
    given = Given(
        'option a: int = 1\nassert unique([for _, h in hosts: h.a]) else "twice"\n'
        "host x {}\nhost y {}\n"
    )
    for host in given.fleet.hosts:
        given.data(host)
    assert given.words() == ["twice"]


def test_a_file_that_a_host_imports_describes_no_hosts() -> None:
    given = Given('host x { import "./inner.vcfg" }\n', inner="host lost {}\n")
    assert given.words() == ["a file that a host imports cannot describe hosts"]


def test_reading_a_host_that_is_not_there() -> None:
    given = Given("option a: int = hosts.beat.a\nhost beta { a = 1 }\nhost x {}\n")
    given.data("x")
    (finding,) = given.findings()
    assert finding.code == "unknown-field"
    assert finding.help[0].text == "did you mean `beta`?"


def test_hosts_without_any() -> None:
    given = Given("option a: int = length(hosts) + length(variants)\n")
    assert given.data() == {"a": 0}


def test_a_thousand_hosts_are_opened_as_they_are_asked_for() -> None:
    given = Given('option a: int = 0\nfor n in 1..1000 { host "h#{n}" { a = n } }\n')
    assert len(given.fleet.hosts) == 1000
    assert given.data("h999") == {"a": 999}
    assert len(given.fleet.opened()) == 1


# The command line


def test_build_writes_a_folder_for_each_host(
    vcfg: RunVcfg, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("main.vcfg").write_text(
        'import "etc.vcfg"\netc.enable = true\nfor n in ["a", "b"] {\n'
        '  host "#{n}" { etc.files.motd.text = "#{n}\\n" }\n}\n',
        encoding="utf-8",
    )
    ran = vcfg("build", "main.vcfg", "-o", "out")
    assert ran.status == 0, ran.err
    for host in ("a", "b"):
        plan = json.loads(Path("out", host, "plan.json").read_text(encoding="utf-8"))
        assert plan["host"] == host
        assert f"{host}\n" in [each["text"] for each in plan["files"]]
    one = vcfg("build", "main.vcfg", "-o", "one", "--host", "b")
    assert one.status == 0
    assert Path("one", "plan.json").exists()


def test_words_for_one_of_several(
    vcfg: RunVcfg, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("main.vcfg").write_text(TWO, encoding="utf-8")
    assert json.loads(vcfg("eval", "main.vcfg", "address").out) == {"a": "1", "b": "2"}
    assert vcfg("eval", "main.vcfg", "address", "--host", "a").out == '"1"\n'
    wrong = vcfg("eval", "main.vcfg", "--variant", "vm")
    assert (wrong.status, wrong.err) == (
        2, "vcfg: there is no variant `vm`; this file describes no variants\n",
    )  # fmt: skip
    assert vcfg("graph", "main.vcfg", "services").status == 2
    assert "hosts.b.address" in vcfg("why", "main.vcfg", "hosts.a.peers").out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("a rescue", "`a` has no variant `rescue`; host `b` has it"),
        ("a rescu", "there is no variant `rescu`; `a` has none"),
        ("b rescu", "there is no variant `rescu`; did you mean rescue?"),
    ],
)
def test_a_variant_of_another_host(words: str, said: str, vcfg: RunVcfg, tmp_path: Path) -> None:
    main = tmp_path / "main.vcfg"
    main.write_text("option x: int = 1\nhost a {}\nhost b { variant rescue { x = 2 } }\n")
    host, variant = words.split()
    ran = vcfg("eval", main, "--host", host, "--variant", variant)
    assert (ran.status, ran.err) == (2, f"vcfg: {said}\n")


def test_one_host_is_a_configuration_of_its_own(
    vcfg: RunVcfg, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("main.vcfg").write_text("option a: int = 1\nhost x { a = 2 }\n", encoding="utf-8")
    assert json.loads(vcfg("eval", "main.vcfg").out) == {"a": 2}
    assert vcfg("why", "main.vcfg", "a").status == 0


def test_a_plain_file_has_neither_hosts_nor_variants(
    vcfg: RunVcfg, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("main.vcfg").write_text("option a: int = 1\n", encoding="utf-8")
    ran = vcfg("eval", "main.vcfg", "--host", "x")
    assert (ran.status, ran.err) == (
        2, "vcfg: main.vcfg describes no hosts, so there is no host `x`\n",
    )  # fmt: skip


FLEET = 'etc.files.motd.text = "hello\\n"\nhost a {}\nhost b {}\n'


def fleet_of_two(folder: Path) -> str:
    main = folder / "fleet.vcfg"
    main.write_text('import "etc.vcfg"\n' + FLEET)
    return str(main)


def test_a_file_of_the_machine_is_asked_for_with_the_host(vcfg: RunVcfg, tmp_path: Path) -> None:
    """`hosts.a./etc/motd` would be no path."""
    main = fleet_of_two(tmp_path)
    told = vcfg("why", main, "/etc/motd")
    assert told.status == 2
    assert "say which one with --host NAME; hosts: a, b" in told.err
    assert "hosts.NAME" not in told.err
    assert vcfg("why", main, "/etc/motd", "--host", "a").status == 0
    assert "or `hosts.NAME.etc.files`" in vcfg("why", main, "etc.files").err


def test_the_command_of_one_host_is_not_told_as_that_of_all(vcfg: RunVcfg, tmp_path: Path) -> None:
    main = fleet_of_two(tmp_path)
    built = vcfg("build", main, "-o", str(tmp_path / "out"), "--for", "tree", "--for", "confext")
    told = (
        "tree, confext: this is for a alone; each of the others needs its own, "
        "from the folder of its name; hosts: b"
    )
    assert told in built.err.splitlines()
    built = vcfg("build", main, "-o", str(tmp_path / "one"), "--for", "tree", "--host", "a")
    assert "alone" not in built.err


def test_files_that_only_define_do_not_part_hosts() -> None:
    """What one host imports is checked once, and told of those who import it."""
    given = Given(
        'option a: int = 0\nhost x { import "./own.vcfg" }\nhost y { import "./own.vcfg" }\n'
        'host z { import "./more.vcfg" }\nhost w { import "./other.vcfg" }\n',
        own="a = 1\nb = 2\n",
        more="option c: int = 0\na = 3\n",
        other="when a { }\n",
    )
    assert [group.hosts for group in given.fleet.groups.values()] == [["w", "x", "y"], ["z"]]
    told = {each.message: each.notes[-1] for each in given.findings()}
    assert told["there is no option `b` in this configuration"] == "on hosts `x`, `y`"
    assert [given.data(host)["a"] for host in "xyz"] == [1, 1, 3]
    assert "c" not in given.data("w")


def test_files_of_single_hosts_may_need_each_other() -> None:
    given = Given(
        'option a: int = 0\nhost x { import "./one.vcfg" }\nhost y { import "./two.vcfg" }\n',
        one='import "./two.vcfg" as two\nlet n = two.n\na = n\n',
        two='import "./one.vcfg" as one\nlet n = one.n\n',
    )
    assert len(given.fleet.groups) == 1
    assert [each.code for each in given.findings()] == ["cycle"]


def test_hosts_are_told_what_is_deprecated() -> None:
    given = Given(
        'import "./lib.vcfg"\nhost x { a = 1 }\nhost y { import "./own.vcfg" }\n',
        lib='@deprecated("use b")\noption a: int = 0\n',
        own="a = 2\n",
    )
    assert given.words() == ["`a` is deprecated: use b"] * 2
