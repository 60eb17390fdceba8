"""`former` and `alias`: definitions keep everything but their path; reads are led on."""

from __future__ import annotations

import json
from random import Random
from typing import TYPE_CHECKING

import pytest

from evaluator.diagnostics.model import Sink, Stop
from evaluator.evaluation.export import export_value
from evaluator.inspect.paths import locate
from evaluator.inspect.provenance import trace
from evaluator.inspect.why import why
from tests.configured import configured, error, labels, lines, values

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import RunVcfg

SERVICE = """
service web {
  option port: int = 1
  option names: list(string) = []
  former listen to port
  former hosts to names
  alias aka to names
}
"""


def warnings(text: str) -> list[str]:
    """Codes of the warnings of a configuration without errors."""
    result = configured(text)
    assert [each.message for each in result.errors()] == []
    return [each.code for each in result.findings]


# Definitions


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("web.listen = 2", 2),
        ("web { listen = 2 }", 2),
        ("web = { listen = 2 }", 2),
        ("let w = { listen = 2 } web = w", 2),
        ("default web.listen = 2", 2),
        ("default web.listen = 2 web.port = 3", 3),
        ("force web.listen = 2 web.port = 3", 2),
        ("web { force listen = 2 port = 3 }", 2),
        ("force web { listen = 2 } web.port = 3", 2),
        ("when false { web.listen = 2 }", 1),
        ("web { when true { listen = 2 } }", 2),
        ("for i in [2] { web.listen = i }", 2),
        ("web.listen = 2 web.port = 2", 2),
    ],
)
def test_a_definition_keeps_strength_and_conditions(written: str, wanted: int) -> None:
    assert values(SERVICE + written + "\n")["web"] == {
        "enable": False,
        "names": [],
        "port": wanted,
    }


def test_a_definition_keeps_its_place_and_order() -> None:
    text = """
        web.names = ["2"]
        web.hosts = ["3"]
        web { names = ["4"], first hosts = ["1"], aka = ["5"] }
        last web.hosts = ["7"]
        web.aka = ["6"]
    """
    assert values(SERVICE + text)["web"]["names"] == ["1", "2", "3", "4", "5", "6", "7"]


def test_module_order_counts_for_definitions_by_old_names() -> None:
    text = 'import "./web.vcfg"\nimport "./more.vcfg"\nweb.hosts = ["3"]\nweb.names = ["4"]\n'
    more = 'web.names = ["1"]\nweb.hosts = ["2"]\n'
    assert values(text, web=SERVICE, more=more)["web"]["names"] == ["1", "2", "3", "4"]


def test_a_conflict_shows_the_lines_and_the_old_name() -> None:
    finding = error(SERVICE + "web.listen = 2\nweb.port = 3\n")
    assert finding.code == "conflicting-definitions"
    texts = [text for text, _site in labels(finding)]
    assert "2 here, through `web.listen`, the former name of `web.port`" in texts
    assert [line for _file, line in lines(finding)][:2] == [9, 10]


def test_a_wrong_value_is_shown_where_it_is_written() -> None:
    finding = error(SERVICE + 'web.listen = "x"\n')
    assert (finding.code, finding.path) == ("type-mismatch", "web.port")
    assert lines(finding)[0][1] == 9


def test_use_of_a_former_name_is_a_warning_with_an_edit() -> None:
    result = configured(SERVICE + "web.listen = 2\n")
    (finding,) = result.findings
    assert finding.code == "former-name"
    (edit,) = finding.help[0].edits
    source, start, end = edit.span
    assert (source.text[start:end], edit.text) == ("listen", "port")


def test_the_edit_takes_the_whole_path_and_keys_as_they_stand() -> None:
    text = """
        record R { option x: int = 0 }
        option new.m: map(R) = {}
        former old.m.*.y to new.m.*.x
        for k in ["a"] { old.m."#{k}!".y = 1 }
    """
    (finding,) = configured(text).findings
    (edit,) = finding.help[0].edits
    source, start, end = edit.span
    assert source.text[start:end] == 'old.m."#{k}!".y'
    assert edit.text == 'new.m."#{k}!".x'
    assert values(text) == {"new": {"m": {"a!": {"x": 1}}}}


def test_an_alias_is_silent() -> None:
    assert warnings(SERVICE + 'web.aka = ["a"]\noption n: any = config.web.aka\n') == []


def test_since_is_told() -> None:
    text = 'option a: int = 0\n@since("0.3")\nformer b to a\nb = 1\n'
    assert configured(text).findings[0].message == "`b` is called `a` since 0.3"


# Shapes of paths


@pytest.mark.parametrize(
    "written",
    [
        "old.group.x = 1 old.group.y = 2",
        "old.group { x = 1 y = 2 }",
        "old { group { x = 1, y = 2 } }",
        "old.group = { x = 1, y = 2 }",
        "old { group.x = 1 when true { group { y = 2 } } }",
    ],
)
def test_a_group_by_an_old_name(written: str) -> None:
    text = "option new.x: int = 0\noption new.y: int = 0\nformer old.group to new\n"
    assert values(text + written)["new"] == {"x": 1, "y": 2}


def test_paths_are_relative_to_the_record_and_work_in_every_instance() -> None:
    text = """
        record Jail {
          option max-retry: int = 1
          option find.time: int = 1
          former maxretry to max-retry
          former findtime to find.time
        }
        record Strict from Jail { option more: int = 0 }
        option jails: map(Jail) = {}
        option one: Strict = {}
        option list: list(Jail) = [{ maxretry = 5 }]
        jails.a { maxretry = 2, findtime = 3 }
        jails.b.maxretry = 4
        jails.*.findtime = 6
        force one.maxretry = 7
    """
    data = values(text.replace("findtime = 3", "").replace("2,", "2"))
    assert data["jails"]["a"] == {"find": {"time": 6}, "max-retry": 2}
    assert data["jails"]["b"] == {"find": {"time": 6}, "max-retry": 4}
    assert data["one"] == {"find": {"time": 1}, "max-retry": 7, "more": 0}
    assert data["list"] == [{"find": {"time": 1}, "max-retry": 5}]


def test_a_star_is_about_the_entries_of_one_option() -> None:
    text = """
        record Jail { option max-retry: int = 1 }
        option jails: map(Jail) = {}
        option others: map(Jail) = {}
        former jails.*.maxretry to jails.*.max-retry
        jails.a.maxretry = 2
        option read: int = config.jails.a.maxretry
    """
    assert values(text)["jails"] == {"a": {"max-retry": 2}}
    assert error(text + "others.a.maxretry = 2\n").code == "unknown-option"


def test_a_map_that_moved() -> None:
    text = """
        record R { option x: int = 0 }
        service s { option maps: map(R) = {} }
        former things to s.maps
        things.a.x = 1
        things { b {} }
        remove things.b
        option read: int = config.things.a.x
    """
    assert values(text) == {
        "read": 1,
        "s": {"enable": False, "maps": {"a": {"x": 1}}},
    }


def test_a_read_creates_nothing() -> None:
    text = """
        record R { option x: int = 0 }
        option m: map(R) = {}
        former m.*.y to m.*.x
        option read: int = config.m.a.y
    """
    result = configured(text)
    assert result.codes() == ["unknown-field"]
    assert result.data["m"] == {}


def test_other_services_extend_by_an_old_name() -> None:
    text = """
        service web { accepts sites: list(string) = []  option own: int = 0
          former pages to sites  former mine to own }
        service blog { extend web { pages = ["blog"] }  default enable = true }
    """
    assert values(text)["web"]["sites"] == ["blog"]
    refused = text.replace('pages = ["blog"]', "mine = 1")
    assert error(refused).code == "not-accepted"


def test_data_is_read_by_the_type_of_the_new_name(tmp_path: Path, vcfg: RunVcfg) -> None:
    (tmp_path / "d.json").write_text('{"e": "5min", "f": "x", "g": {"h": 2}}')
    main = tmp_path / "main.vcfg"
    main.write_text(
        """import "./d.json"
        option d: duration = 1s
        option s.x: string = ""
        option n: int = 0
        former e to d
        former f to s.x
        former g.h to n
        """
    )
    data = json.loads(vcfg("eval", main).out)
    assert data == {"d": 300, "n": 2, "s": {"x": "x"}}
    found = json.loads(vcfg("check", "--errors", "json", main).out)["diagnostics"]
    edits = [[each["edits"] for each in finding["help"]] for finding in found]
    assert [bool(each[0]) for each in edits] == [True, False, False]


@pytest.mark.parametrize("head", ["k", "k.l", "m.n"])
def test_chains(head: str) -> None:
    text = f"option a: int = 0\nformer b to a\nformer {head} to b\nalias z to {head}\n"
    assert values(text + f"{head} = 3\n")["a"] == 3
    assert values(text + "z = 3\n")["a"] == 3


def test_a_chain_into_a_service() -> None:
    text = "service s { option x: int = 0  former y to x }\nformer t.u to s.y\nt.u = 5\n"
    assert values(text)["s"]["x"] == 5


# Conversions


BY = """
option tls: "on" | "off" = "off"
option seconds: int = 0
former http: bool, https: bool to tls by if value.https ?? false then "on" else "off"
former minutes: int to seconds by value * 60
"""


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("", "off"),
        ("https = true", "on"),
        ("http = true", "off"),
        ("http = true https = true", "on"),
        ('default https = true tls = "off"', "off"),
        ('force https = true tls = "off"', "on"),
        ("when false { https = true }", "off"),
        ("when false { force http = true } default https = true", "on"),
        ("default https = false https = true", "on"),
    ],
)
def test_several_old_names(written: str, wanted: str) -> None:
    assert values(BY + written + "\n")["tls"] == wanted


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("minutes = 2", 120),
        ("default minutes = 2 seconds = 3", 3),
        ("default minutes = 2 force minutes = 3", 180),
        ("for i in [2, 2] { minutes = i }", 120),
        ("when false { minutes = 2 }", 0),
    ],
)
def test_each_definition_is_converted_by_itself(written: str, wanted: int) -> None:
    assert values(BY + written + "\n")["seconds"] == wanted


def test_sites_of_all_old_names_are_kept() -> None:
    finding = error(BY + 'http = true\nhttps = true\ntls = "off"\n')
    assert finding.code == "conflicting-definitions"
    assert sorted([line for _file, line in lines(finding)][:3]) == [6, 7, 8]


def test_an_old_value_of_the_wrong_type() -> None:
    finding = error(BY + 'minutes = "x"\n')
    assert (finding.code, finding.path) == ("type-mismatch", "minutes")
    assert error(BY + "http = true\nhttp = false\n").code == "conflicting-definitions"


def test_a_conversion_of_a_record_takes_all_its_definitions() -> None:
    text = """
        record Old { option host: string = "h"  option port: int = 1 }
        option address: string = ""
        former endpoint: Old to address by "#{value.host}:#{value.port}"
        endpoint.host = "a"
        endpoint { port = 2 }
    """
    assert values(text)["address"] == "a:2"


def test_a_conversion_in_a_record_knows_itself() -> None:
    text = """
        record R {
          option unit: int = 2
          option size: int = 0
          former blocks: int to size by value * self.unit
        }
        option m: map(R) = {}
        m.a { blocks = 3, unit = 5 }
    """
    assert values(text)["m"]["a"]["size"] == 15


def test_a_conversion_that_reads_what_it_makes_is_a_circle() -> None:
    assert "cycle" in configured(BY + "minutes = config.seconds\n").codes()


# What is gone


def test_only_live_definitions_of_what_is_gone_are_errors() -> None:
    text = 'service s { option o: int = 0  former gone else "use o" }\n'
    assert values(text + "when false { s.gone = 1 }\n")["s"] == {"enable": False, "o": 0}
    finding = error(text + "s { gone = [1] }\n")
    assert finding.code == "removed-option"
    assert finding.message == "`s.gone` is gone: use o"
    assert lines(finding)[0][1] == 2


def test_reading_what_is_gone() -> None:
    text = 'option o: int = 0\nformer a.b else "use o"\noption r: int = config.a.b\n'
    finding = error(text)
    assert (finding.code, finding.message) == ("removed-option", "`a.b` is gone: use o")


# Free keys


def test_old_names_are_no_keys() -> None:
    text = """
        record S {
          option port: int = 1
          option *: int | string
          former listen to port
          alias aka to port
          former gone else "no"
        }
        option s: S = {}
        s { listen = 2, other = 3, when false { gone = 1 } }
        option keys: list(string) = [for k, v in config.s: k]
    """
    data = values(text)
    assert data["s"] == {"other": 3, "port": 2}
    assert data["keys"] == ["port", "other"]


def test_other_keys_hang_on_declared_ones() -> None:
    text = """
        record S { option b: int = 0  option *: int  alias bb to b }
        option s: S = {}
        option m: map(S) = {}
        s { bb = 6, free = 7 }
        when config.s.b == 6 { s.even = 1  default s.free = 2 }
        s.more = config.s.b + config.s.even
        m.k { bb = 4  when config.m.k.b == 4 { extra = config.m.k.bb } }
    """
    data = values(text)
    assert data["s"] == {"b": 6, "even": 1, "free": 7, "more": 7}
    assert data["m"]["k"] == {"b": 4, "extra": 4}


def test_grown_declarations_have_old_names_too() -> None:
    text = """
        record R { option a: int = 0 }
        extend record R { option c: int = 1  former cc to c }
        service s { option x: int = 0 }
        extend service s { former y to x }
        option r: R = { cc = 5 }
        s.y = 3
    """
    data = values(text)
    assert (data["r"]["c"], data["s"]["x"]) == (5, 3)


def test_hosts_and_variants_take_old_names() -> None:
    text = """
        service web { option port: int = 1  former listen to port }
        former p to web.port
        host a { p = 2  variant v { force web.listen = 3 } }
        host b { web.listen = hosts.a.p + hosts.a.web.listen }
    """
    result = configured(text)
    assert [each.message for each in result.errors()] == []


# Declarations that mean nothing


@pytest.mark.parametrize(
    ("declaration", "code"),
    [
        ("former c to c", "bad-declaration"),
        ("former c to d\nformer d to c", "bad-declaration"),
        ("former c to missing", "bad-declaration"),
        ("former c to a.b", "bad-declaration"),
        ("former a to m", "declared-twice"),
        ("former c to a\nformer c to m", "declared-twice"),
        ("former c to a\nformer c.d to m", "declared-twice"),
        ("former c.d to a\nformer c to m", "declared-twice"),
        ("former a.b to m", "bad-declaration"),
        ("former m.k to a", "bad-declaration"),
        ("former c.*.d to a", "bad-declaration"),
        ("former c, d to a", "bad-declaration"),
        ("former c.x: int, d.x: int to a by value.x", "bad-declaration"),
        ("alias a to m", "declared-twice"),
        ("former c to a by no", "unknown-name"),
    ],
)
def test_a_declaration_that_means_nothing(declaration: str, code: str) -> None:
    text = f"option a: int = 0\noption m: map(int) = {{}}\n{declaration}\n"
    assert set(configured(text).codes()) == {code}


def test_what_a_computed_value_says_by_a_name_that_leads_out_of_it() -> None:
    text = """
        option g.x: int = 0
        option y: int = 0
        option z: any = { x = 1, old = 2 }
        former g.old to y
        g = config.z
    """
    assert error(text).code == "unknown-option"


def test_a_new_name_inside_a_value_of_any_type() -> None:
    text = """
        option f: any = {}
        former old.x to f.inner.x
        former n: int to f.inner.y by value + 1
        alias z to f.inner.x
        old = { x = 1 }
        n = 1
        option read: int = config.z
    """
    assert values(text) == {"f": {"inner": {"x": 1, "y": 2}}, "read": 1}
    assert configured(
        "option f: any = null\nalias z to f.x\noption r: any = config.z\n"
    ).codes() == ["type-mismatch"]


def test_the_beginning_of_old_names_is_no_value() -> None:
    text = "option a: any = {}\nformer old.x to a\noption r: any = config.old\n"
    assert set(configured(text).codes()) == {"unknown-option"}


# Asking


def test_why_tells_the_old_name_and_finds_by_it() -> None:
    result = configured(SERVICE + "web.listen = 2\n")
    trace(result.world)
    data = why(result.world, locate(result.world, "web.listen"))
    assert data["path"] == "web.port"
    assert data["definitions"][0]["reason"] == (
        "through `web.listen`, the former name of `web.port`"
    )


def test_asking_for_what_is_gone() -> None:
    result = configured('option o: int = 0\nformer a.b else "use o"\nformer c.d to o\n')
    assert export_value(locate(result.world, "c.d").value()) == 0
    result.world.sink = Sink()
    with pytest.raises(Stop):
        locate(result.world, "a.b")
    with pytest.raises(Stop):
        locate(result.world, "c")
    assert [each.code for each in result.world.sink.diagnostics] == [
        "removed-option",
        "unknown-option",
    ]


def test_when_option_follows_old_names() -> None:
    text = SERVICE + "option n: int = 0\nwhen option web.listen { n = 1 } else { n = 2 }\n"
    assert values(text)["n"] == 1


# Generated: what is written by old names means what it means by the new ones

TREE = """
record Vm {
  option mem: int = 0
  option tags: list(string) = []
  option disk.size: int = 0
  former m to mem
  former t to tags
  former dsize to disk.size
}
service s { option n: int = 0  option l: list(string) = []  option g.x: int = 0
  former nn to n  former ll to l  former gg to g }
option vms: map(Vm) = {}
option on: bool = true
former servers to vms
former old.s to s
former old.x to s.g.x
"""
NAMES = [
    ("s.n", ["s.nn", "old.s.n", "old.s.nn"], "int"),
    ("s.l", ["s.ll", "old.s.l", "old.s.ll"], "list"),
    ("s.g.x", ["s.gg.x", "old.x", "old.s.g.x", "old.s.gg.x"], "int"),
    ("vms.a.mem", ["vms.a.m", "servers.a.mem", "servers.a.m"], "int"),
    ("vms.b.tags", ["vms.b.t", "servers.b.t"], "list"),
    ("vms.*.tags", ["vms.*.t", "servers.*.t"], "list"),
    ("vms.b.disk.size", ["vms.b.dsize", "servers.b.dsize"], "int"),
]


def _generated(random: Random) -> tuple[str, str]:
    """A configuration by new names, and the same with some of them old."""
    pairs = []
    for _statement in range(random.randint(1, 12)):
        new, olds, kind = random.choice(NAMES)
        words = random.choice(["", "", "default ", "force ", "priority 60 "])
        if kind == "list":
            words += random.choice(["", "first ", "last ", "order 700 "])
        value = str(random.randint(1, 2)) if kind == "int" else f'["{random.randint(0, 99)}"]'
        around = random.choice(
            ["%s", "when true { %s }", "when config.on { %s }", "when false { %s }"]
        )
        blocks = random.randint(0, 2)
        names = (new, random.choice([new, *olds]))
        pairs.append([around % _written(name, words, value, blocks) for name in names])
    return "\n".join([new for new, _old in pairs]), "\n".join([old for _new, old in pairs])


def _written(path: str, words: str, value: str, blocks: int) -> str:
    """A definition, some of its names as blocks around it."""
    parts = path.split(".")
    if parts[-1] == "*" or "*" in parts[1 : blocks + 1]:
        blocks = 0
    blocks = min(blocks, len(parts) - 1)
    text = f"{words}{'.'.join(parts[blocks:])} = {value}"
    for part in reversed(parts[:blocks]):
        text = f"{part} {{ {text} }}"
    return text


@pytest.mark.parametrize("seed", range(60))
def test_old_names_mean_what_the_new_ones_mean(seed: int) -> None:
    new, old = _generated(Random(seed))
    one, other = configured(TREE + new), configured(TREE + old)
    assert one.codes() == other.codes(), f"{new}\n---\n{old}"
    if not one.codes():
        assert one.data == other.data, f"{new}\n---\n{old}"
