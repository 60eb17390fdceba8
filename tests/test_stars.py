"""`*` for every entry, `remove … where`, and `when option`."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from tests.configured import configured, error, lines, values

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import RunVcfg

GUESTS = """
record Disk { option size: int = 1 }
record Vm {
  option n: int = 1
  option tags: list(string) = []
  option disks: map(Disk) = {}
}
option guest: map(Vm) = {}
"""


def test_a_star_creates_no_entry() -> None:
    assert values(GUESTS + "guest.*.n = 2\nguest.* { tags = [key] }\n")["guest"] == {}


def test_a_star_speaks_about_entries_made_anywhere() -> None:
    text = GUESTS + 'for name in ["a", "b"] { guest."#{name}" {} }\nguest.*.n = 2\n'
    data = values(text, unused="")["guest"]
    assert {name: each["n"] for name, each in data.items()} == {"a": 2, "b": 2}


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("default guest.*.n = 2", 2),
        ("default guest.*.n = 2 guest.a.n = 3", 3),
        ("force guest.*.n = 2 guest.a.n = 3", 2),
        ("guest.*.n = 2 force guest.a.n = 3", 3),
        ("when false { guest.*.n = 2 }", 1),
        ("when config.on { guest.*.n = 2 }", 2),
        ("guest.* = { n = 4 }", 4),
        ("force guest.* { n = 4 } guest.a.n = 3", 4),
        ("for i in [4] { guest.*.n = i }", 4),
        ('guest.* { let twice = 2 when key == "a" { n = twice } }', 2),
    ],
)
def test_strength_and_conditions_of_a_star(written: str, wanted: int) -> None:
    text = GUESTS + f"option on: bool = true\nguest.a {{}}\n{written}\n"
    assert values(text)["guest"]["a"]["n"] == wanted


def test_a_star_stands_where_it_is_written() -> None:
    text = 'guest.a.tags = ["1"]\nguest.*.tags = ["2"]\nguest.a.tags = ["3"]\n'
    assert values(GUESTS + text)["guest"]["a"]["tags"] == ["1", "2", "3"]


def test_order_of_stars_beside_each_other() -> None:
    text = """
        guest.*.tags = ["1"]
        guest.a.tags = ["2"]
        last guest.*.tags = ["5"]
        guest.*.tags = ["3"]
        guest.a.tags = ["4"]
        first guest.*.tags = ["0"]
    """
    assert values(GUESTS + text)["guest"]["a"]["tags"] == ["0", "1", "2", "3", "4", "5"]


def test_the_key_of_the_last_star_counts_also_in_a_loop() -> None:
    text = """
        guest.a.disks.x {}
        for key in ["loop"] { guest.*.tags = [key] }
        guest.*.disks.* { size = length(key) }
    """
    data = values(GUESTS + text)["guest"]["a"]
    assert data["tags"] == ["a"]
    assert data["disks"] == {"x": {"size": 1}}


def test_a_condition_of_a_star_may_read_the_entries() -> None:
    text = "guest.a.n = 7\nguest.b {}\nwhen config.guest.a.n == 7 { guest.*.disks.d.size = 2 }\n"
    data = values(GUESTS + text)["guest"]
    assert [each["disks"]["d"]["size"] for each in data.values()] == [2, 2]


def test_a_conflict_shows_the_line_of_the_star() -> None:
    finding = error(GUESTS + "guest.a.n = 2\nguest.*.n = 3\n")
    assert finding.code == "conflicting-definitions"
    assert [line for _file, line in lines(finding)][:2] == [9, 10]


def test_a_removed_entry_stays_removed() -> None:
    assert values(GUESTS + "guest.a {}\nremove guest.a\nguest.*.n = 2\n")["guest"] == {}


def test_stars_in_values_of_any_type() -> None:
    text = "option s: map(any) = {}\ns.a { x = 1 }\ns.* { y = key }\n"
    assert values(text)["s"] == {"a": {"x": 1, "y": "a"}}


def test_stars_in_services_and_ordered_maps() -> None:
    text = """
        record R { option x: int = 0 }
        service web { option sites: ordered(R) = {}  sites.*.x = length(key) }
        web { sites.bb {}  sites.a after "bb" {} }
    """
    assert values(text)["web"]["sites"] == [
        {"name": "bb", "value": {"x": 2}},
        {"name": "a", "value": {"x": 1}},
    ]


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("guest.a {} remove guest.*.tags.*", "misplaced-statement"),
        ("remove guest.*", "misplaced-statement"),
        ('remove guest.*.tags where value == "a"', "misplaced-statement"),
        ("g.* = 1", "misplaced-statement"),
        ("g.a.* = 1", "type-mismatch"),
        ("guest.*.nn = 1", "unknown-option"),
    ],
)
def test_a_star_that_means_nothing(statement: str, code: str) -> None:
    result = configured(GUESTS + f"option g.a: int = 0\n{statement}\n")
    assert code in result.codes()


def test_an_error_is_expected_at_one_place(tmp_path: Path, vcfg: RunVcfg) -> None:
    file = tmp_path / "main.vcfg"
    file.write_text(GUESTS + 'test "x" { expect error "cycle" at guest.*.n }\n')
    ran = vcfg("test", file)
    assert ran.status == 1
    assert "`*` cannot stand in the path of `expect`" in ran.out + ran.err


# Removing by condition


@pytest.mark.parametrize(
    ("statements", "wanted"),
    [
        ("xs = [1, 2, 3] remove xs where value > 1", [1]),
        ("xs = [1, 2] force xs = [3, 4] remove xs where value > 0", [3, 4]),
        ("remove xs where value == 8", [9]),
        ("xs = [1, 2] when false { remove xs where value == 1 }", [1, 2]),
        ("for i in [1, 2] { remove xs where value == i } xs = [1, 2, 3]", [3]),
    ],
)
def test_remove_where(statements: str, wanted: list[int]) -> None:
    assert values(f"option xs: list(int) = [8, 9]\n{statements}\n")["xs"] == wanted


def test_remove_where_in_lists_that_may_be_null_and_in_maps() -> None:
    text = """
        option a: list(int)? = null
        option m: map(set(int)) = {}
        a = [1, 2]
        remove a where value == 1
        m.k = [1, 2]
        remove m.k where value == 2
    """
    assert values(text) == {"a": [2], "m": {"k": [1]}}


def test_remove_where_that_holds_for_nothing_is_a_warning() -> None:
    result = configured("option xs: list(int) = [1]\nremove xs where value == 2\n")
    assert result.errors() == []
    assert [each.code for each in result.findings] == ["nothing-to-remove"]


def test_remove_where_needs_a_list() -> None:
    finding = error("option m: map(int) = {}\nremove m where value == 2\n")
    assert (finding.code, finding.path) == ("type-mismatch", "m")


# Only if an option exists


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("web.port", 1),
        ("web", 1),
        ("web.enable", 1),
        ("sites.any.x", 1),
        ("sites.any.y", 2),
        ("web.port.x", 2),
        ("nginx.enable", 2),
    ],
)
def test_when_option(path: str, wanted: int) -> None:
    text = f"""
        record Site {{ option x: int = 0 }}
        option sites: map(Site) = {{}}
        service web {{ option port: port = 80 }}
        option n: int = 0
        when option {path} {{ n = 1 }} else {{ n = 2 }}
    """
    assert values(text)["n"] == wanted


def test_a_dead_branch_is_silent_about_paths_only() -> None:
    text = """
        option n: int = 0
        when option no.such {
          no.such.thing = config.no.other
          no.such { m = self.x  when config.no.y { n = 1 } }
          remove no.entry
        }
    """
    assert configured(text).codes() == ["unknown-name"]


def test_a_live_branch_is_checked_whole() -> None:
    text = "option n: int = 0\nwhen option n { when option n { m = config.k } }\n"
    assert configured(text).codes() == ["unknown-option", "unknown-option"]


def test_an_extension_of_a_service_that_may_not_exist() -> None:
    text = """
        service web { when option nginx { extend nginx { a = 1 } } else { extend other { b = 1 } } }
        service other { accepts b: int = 0  when option web { extend nowhere {} } }
    """
    assert configured(text).codes() == ["unknown-target"]


def test_when_option_inside_a_value() -> None:
    text = """
        option a: any = {}
        a = { when option nginx { x = config.nginx.x } else { x = 2 } }
    """
    assert values(text)["a"] == {"x": 2}


def test_a_file_that_is_switched_off_declares_nothing() -> None:
    text = """
        import "./other.vcfg"
        disable "./other.vcfg"
        option n: int = 0
        when option other { n = 1 } else { n = 2 }
    """
    assert values(text, other="option other: int = 0")["n"] == 2


# Generated: what is said about every entry means what it means said of each


def _pair(random: Random) -> tuple[str, str]:
    """Definitions with `*`, and the same written out for the entries there are."""
    starred: list[str] = []
    written: list[str] = []
    for _statement in range(random.randint(1, 8)):
        words = random.choice(["", "", "default ", "force ", "priority 70 "])
        tag = f'["{random.randint(0, 99)}"]'
        field, value = random.choice([("n", "1"), ("n", "2"), ("tags", tag)])
        around = random.choice(["%s", "when true { %s }", "when false { %s }"])
        keys = random.choice([["*"], ["*"], ["a"], ["b"]])
        form = random.choice(["{w}guest.{k}.{f} = {v}", "{w}guest.{k} {{ {f} = {v} }}"])
        for out, named in ((starred, keys), (written, ["a", "b"] if keys == ["*"] else keys)):
            out.extend([around % form.format(w=words, k=k, f=field, v=value) for k in named])
    return "\n".join(starred), "\n".join(written)


@pytest.mark.parametrize("seed", range(40))
def test_a_star_means_each_entry(seed: int) -> None:
    starred, written = _pair(Random(seed))
    base = GUESTS + "guest.a {}\nguest.b {}\n"
    one, other = configured(base + starred), configured(base + written)
    assert one.codes() == other.codes(), starred
    if not one.codes():
        assert one.data == other.data, starred


def test_the_key_that_a_last_star_was_is_read_through_the_old_name(
    vcfg: RunVcfg, tmp_path: Path
) -> None:
    record = "record R { option p: int = 1 } option z: map(R) = {} z.bar {} "
    text = record + "alias mm.* to z.*.p mm.foo = 6 option s: any = [config.mm.foo, config.mm.bar]"
    assert values(text)["s"] == [6, 1]
    main = tmp_path / "main.vcfg"
    main.write_text(text)
    assert vcfg("eval", main, "mm.foo").out == "6\n"
    assert vcfg("why", main, "mm.foo").out.startswith("z.foo.p = 6\n")
    assert "there is no `nix` in `z`" in vcfg("eval", main, "mm.nix").err
    former = text.replace("alias", "former")
    found = configured(former)
    assert found.data["s"] == [6, 1]
    assert {each.code for each in found.findings} == {"former-name"}


def test_every_star_of_an_old_name_is_its_own_key() -> None:
    result = values(
        "record Q { option p: int = 1 } record R { option a: map(Q) = {} }"
        " option y: map(R) = {} alias x.*.v.* to y.*.a.*.p x.c.v.d = 2"
        " option s: any = config.x.c.v.d"
    )
    assert result["s"] == 2
    assert result["y"] == {"c": {"a": {"d": {"p": 2}}}}
