"""Variants: what they add, what they share with their base, what is said about them."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING

import pytest

from evaluator.evaluation.sharing import touched_paths
from evaluator.source import Source
from evaluator.syntax.parse import parse
from tests.fleets import Given, variant_values

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import RunVcfg

BOOT = """
    option boot.loader: string = "grub"
    option boot.timeout: int = 5
    option title: string = "by #{config.boot.loader}"
    option wait: int = config.boot.timeout * 2
    option files: map(string) = {}
    files.title = config.title
    files.wait = "#{config.wait}"
"""


def test_a_variant_adds_definitions_and_the_base_does_not_see_them() -> None:
    given = Given(BOOT + 'variant vm { boot.loader = "direct", files.more = "x" }\n')
    assert given.data()["files"] == {"title": "by grub", "wait": "10"}
    assert given.data(variant="vm")["files"] == {
        "more": "x", "title": "by direct", "wait": "10",
    }  # fmt: skip


def test_only_what_the_variant_touches_is_computed_again() -> None:
    given = Given(BOOT + 'variant vm { boot.loader = "direct" }\n')
    given.data()
    given.data(variant="vm")
    sharing = given.world(variant="vm").sharing
    assert sharing is not None
    # boot.loader, title and files.title.
    assert sharing.computed == 3
    # wait and files.wait; boot.timeout is at its literal default, which nobody computes.
    assert sharing.taken == 2


def test_a_variant_alone_is_evaluated_alone() -> None:
    given = Given(BOOT + 'variant vm { boot.loader = "direct" }\n')
    assert given.data(variant="vm")["title"] == "by direct"
    assert given.world().root.slots == {}


def test_a_large_configuration_is_hardly_computed_again() -> None:
    lines = [
        "option o0: int = 0",
        *[f"option o{n}: int = config.o{n - 1} + 1" for n in range(1, 900)],
    ]
    lines += [f"option p{n}: int = {n} + 1" for n in range(3000)]
    given = Given("\n".join(lines) + "\nvariant v { o890 = 7 }\n")
    given.data()
    assert given.data(variant="v")["o899"] == 16
    sharing = given.world(variant="v").sharing
    assert sharing is not None
    assert (sharing.computed, sharing.taken) == (10, 3889)


@pytest.mark.parametrize("seed", range(40))
def test_sharing_is_never_seen_in_a_result(seed: int) -> None:
    text = some_configuration(random.Random(seed))
    shared = Given(text)
    shared.data()
    names = sorted(shared.fleet.variants(""))
    assert names == ["v", "w"], shared.words()
    for name in names:
        fresh = Given(text)
        assert shared.data(variant=name) == fresh.data(variant=name), text
        assert {each.code for each in fresh.findings()} <= {each.code for each in shared.findings()}
    sharing = shared.world(variant=names[0]).sharing
    assert sharing is not None
    assert sharing.taken


def some_configuration(chance: random.Random) -> str:
    """Options that read each other, conditions, loops, maps, services; and two variants."""
    lines = [
        "service etc { accepts files: map(text) = {}, accepts names: list(int) = [] }",
        "service site.* { option port: int = 1, option tags: list(int) = []",
        '  when self.port > 2 { extend etc { files."#{key}" = "port #{self.port}" } }',
        "  extend etc { names = [self.port] } }",
        "option m: map(int) = {}",
        "record R { option a: int = 0, option b: int = self.a + 1 }",
        "option r: map(R) = {}",
        "option u: R? = null",
        "option n0: int = 0",
        "let shared = config.n0 + 1",
    ]
    for at in range(1, 12):
        read = f"config.n{chance.randrange(at)}"
        more = chance.choice(
            ["1", "shared", "length(config.m)", 'config.r["x"].b', "length(keys(config.etc.files))"]
        )
        lines.append(f"option n{at}: int = {read} + {more if at > 6 else 1}")
        lines.append(f"option d{at}: int = 0")
        lines.append(f"when {read} > {chance.randrange(4)} {{ d{at} = 5 }}")
    for at in range(5):
        lines.append(f"site.s{at} {{ enable = {chance.choice(['true', 'config.n1 > 1'])} }}")
        lines.append(f"site.s{at}.port = config.n{chance.randrange(1, 6)} + {at}")
        lines.append(f"m.k{at} = config.n{chance.randrange(6)}")
        lines.append(f"r.x{at}.a = config.n{chance.randrange(6)}")
    lines.append("r.x.a = config.n2")
    lines.append('for key, value in config.r { when value.b > 2 { m."#{key}" = value.a } }')
    changes = [
        "force n0 = 7", "force n3 = 1", "force m.k1 = 9", "m.new = 3", "site.new { enable = true }",
        "force site.s1.enable = false", "r.y.a = 4", "u { a = 3 }", "remove m.k2", "force d4 = 8",
        "when config.n1 > 1 { m.added = 1 }", "force r.x.a = 5", "etc.names = [99]",
        'for x in [1, 2] { m."c#{x}" = x }', "force m = {}", 'etc.files.site = "x"',
    ]  # fmt: skip
    for name in ("v", "w"):
        lines.append(f"variant {name} {{ {' '.join(chance.sample(changes, 3))} }}")
    return "\n".join(lines) + "\n"


def test_a_failure_of_the_base_is_not_told_again() -> None:
    given = Given(
        'option a: int\noption b: int = config.a + 1\noption c: int = 1\na = "x"\n'
        'variant v { c = 2 }\nvariant w { c = "y" }\n'
    )
    for name in ("", "v", "w"):
        given.data(variant=name)
    found = given.findings()
    assert [each.code for each in found] == ["type-mismatch", "type-mismatch"]
    assert "in variant `w`" in found[1].notes


def test_a_variant_may_mend_what_fails_without_it() -> None:
    given = Given("option a: int\noption b: int = config.a + 1\nvariant v { a = 1 }\n")
    given.data()
    assert given.data(variant="v") == {"a": 1, "b": 2}
    assert [each.code for each in given.findings()] == ["missing-value"]


def test_a_variant_reaches_through_old_names() -> None:
    text = "option new.a: int = 1\noption b: int = config.new.a\nalias old.a to new.a\n"
    text += "variant v { old.a = 5 }\n"
    given = Given(text)
    given.data()
    assert given.data(variant="v")["b"] == 5


def test_what_is_evaluated_later_is_evaluated_in_the_variant() -> None:
    text = """
        record Guest { option memory: int = 1, option disks: list(int) = [] }
        option size: int = 2
        option base: deferred(Guest) = {}
        option guests: map(Guest) = {}
        option some: any = { a = config.size }
        option copy: any = config.some
        choice Disk { option image: int, option volume: int }
        option disk: Disk = { image = 1 }
        option kind: string = tag(config.disk)
        base { memory = config.size }
        guests.* = config.base
        guests.a.disks = [config.size]
        variant v { size = 5 }
        variant w { force disk = { volume = 3 } }
    """
    given = Given(text)
    given.data()
    data = given.data(variant="v")
    assert data["guests"] == {"a": {"disks": [5], "memory": 5}}
    assert data["copy"] == {"a": 5}
    assert given.data(variant="w")["kind"] == "volume"
    assert given.words() == []


def test_circles_through_variants_are_named() -> None:
    given = Given("option a: int = variants.v.b\noption b: int = 0\nvariant v { b = config.a }\n")
    given.data()
    (finding,) = given.findings()
    assert finding.code == "cycle"
    assert finding.message.endswith("b → a → b")
    assert "in variant `v`" in finding.notes


def test_services_switch_in_a_variant() -> None:
    text = """
        service etc { accepts files: map(string) = {} }
        service web { extend etc { files.web = "x" } }
        variant on { web.enable = true }
    """
    given = Given(text)
    assert given.data()["etc"]["files"] == {}
    assert given.data(variant="on")["etc"]["files"] == {"web": "x"}


def test_blocks_of_several_files_make_one_variant() -> None:
    other = 'option names: list(string) = []\nvariant v { names = ["other"] }\n'
    main = 'import "./other.vcfg"\nvariant v { names = ["main"] }\n'
    given = Given(main, other=other)
    assert given.data(variant="v")["names"] == ["other", "main"]


def test_names_of_the_file_hold_in_its_variants() -> None:
    text = "let size = 4\nlet twice(x) = x * 2\noption a: int = 0\nvariant v { a = twice(size) }\n"
    assert variant_values(text, "v")["a"] == 8


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("a.b = 1", {("a", "b")}),
        ("a { b = 1, c { d = 2 } }", {("a", "b"), ("a", "c", "d")}),
        ('a."#{config.x}".c = 1', {("a",)}),
        ("a.*.c = 1", {("a",)}),
        ("a = { b = 1 }", {("a",)}),
        ("remove a.b", {("a",)}),
        ("when true { a = 1 } else { b = 1 }", {("a",), ("b",)}),
        ("for x in [1] { a.b = x }", {("a", "b")}),
    ],
)
def test_what_statements_touch(body: str, wanted: set[tuple[str, ...]]) -> None:
    tree = parse(Source("x", "x", body), Given("").sink)
    assert tree is not None
    assert touched_paths(tree[4]) == wanted


def test_a_base_that_contains_itself_is_taken_over_all_the_same(
    tmp_path: Path, vcfg: RunVcfg
) -> None:
    file = tmp_path / "main.vcfg"
    file.write_text(
        "option sizes: map(int) = {}\noption loader: string = 'grub'\n".replace("'", '"')
        + 'variant iso { loader = "isolinux" }\n'
        + 'for name, variant in variants { sizes."#{name}" = length(variant.loader) }\n'
        + "option all: any = config\n",
        encoding="utf-8",
    )
    for words in (("eval", str(file), "all"), ("why", str(file), "all"), ("check", str(file))):
        ran = vcfg(*words)
        assert ran.status == 1
        assert "`all" in ran.out + ran.err
        assert "contains itself" in ran.out + ran.err
    assert vcfg("eval", str(file), "sizes").out == '{\n  "iso": 8\n}\n'


WATCHED = """import "systemd.vcfg"
systemd.units."f.service" {{
  restart-on = [{common}]
  wanted-by = ["multi-user.target"]
  service.ExecStart = "/bin/true"
}}
host a {{ }}
host b {{ variant rescue {{ systemd.units."f.service".restart-on = [{own}] }} }}
"""


@pytest.mark.parametrize(
    ("common", "own", "told"),
    [
        ('"/etc/nope"', "", [(3, [])]),
        ("", '"/etc/nope"', [(8, ["in variant `rescue`"])]),
        ('"/etc/nope"', '"/etc/nil"', [(3, []), (8, ["in variant `rescue`"])]),
    ],
)
def test_what_a_plan_lacks_is_told_once_at_the_lines_that_asked_for_it(
    common: str, own: str, told: list[object], vcfg: RunVcfg, tmp_path: Path
) -> None:
    file = tmp_path / "main.vcfg"
    file.write_text(WATCHED.format(common=common, own=own))
    found = json.loads(vcfg("check", file, "--errors=json").out)["diagnostics"]
    assert [each["code"] for each in found] == ["never-changes"] * len(told)
    places = [each["labels"][0] for each in found]
    assert {each["file"] for each in places} == {str(file)}
    lines = [each["start"]["line"] for each in places]
    assert [*zip(lines, [each["notes"] for each in found], strict=True)] == told
