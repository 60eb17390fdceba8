"""Conversions, `once`, `maybe`, `keyed`, choices, `deferred`, types that hold themselves."""

from __future__ import annotations

from typing import Any

import pytest

from evaluator.inspect.paths import locate
from evaluator.inspect.provenance import trace
from evaluator.inspect.why import why
from tests.configured import configured, error, labels, lines, values

PORTS = """
type Ports = list(port)
  from port by [value]
  from string by [for part in split(value, ","): int(part)]
"""

# Conversions


@pytest.mark.parametrize(
    ("definitions", "wanted"),
    [
        ("", [22]),
        ("a = 80 a = [1] a = '2,3'", [80, 1, 2, 3]),
        ("first a = 80 a = [1]", [80, 1]),
        ("a = [1] first a = '5,6'", [5, 6, 1]),
        ("default a = 'not a port' a = 1", [1]),
        ("force a = '7' a = 1", [7]),
        ("when config.no { a = 'x' } a = 1", [1]),
        ("for n in [1, 2] { a = n }", [1, 2]),
        ("a = config.other", [9]),
    ],
)
def test_each_definition_is_converted_by_itself(definitions: str, wanted: list[int]) -> None:
    text = f"{PORTS}option a: Ports = 22\noption no: bool = false\noption other: port = 9\n"
    assert values(text + definitions.replace("'", '"'))["a"] == wanted


def test_a_union_of_a_converted_type() -> None:
    text = PORTS + 'option a: Ports? = null\noption b: map(Ports | bool) = {}\na = "1,2"\n'
    assert values(text + "b.x = 3 b.y = true b.z = []") == {
        "a": [1, 2],
        "b": {"x": [3], "y": True, "z": []},
    }


def test_a_bad_element_of_a_converted_value_shows_value_and_conversion() -> None:
    finding = error(PORTS + 'option a: Ports = []\na = "80,70000"\n')
    assert (finding.code, finding.path) == ("type-mismatch", "a[1]")
    assert labels(finding) == [
        ("70000 here", ("main.vcfg", 6)),
        ("converted here", ("main.vcfg", 4)),
        ("declared `Ports` here", ("main.vcfg", 5)),
    ]
    assert finding.notes == ('it was written "80,70000"',)


def test_a_conversion_that_fails_leads_to_the_definition() -> None:
    finding = error(PORTS + 'option a: Ports = []\na = "80,x"\n')
    assert finding.code == "evaluation-failed"
    assert lines(finding)[0] == ("main.vcfg", 6)


def test_what_fits_neither_the_type_nor_a_conversion() -> None:
    finding = error(PORTS + "option a: Ports = []\na = true\n")
    assert "also written as port number" in finding.message
    assert "or string" in finding.message


def test_a_list_that_is_written_keeps_the_places_of_its_elements() -> None:
    finding = error(PORTS + "option a: Ports = []\na = [1,\n70000]\n")
    assert (finding.path, lines(finding)[0]) == ("a[1]", ("main.vcfg", 7))


def test_a_default_is_converted_once_for_its_record() -> None:
    text = """
        record Range { option low: int = 0 option high: int }
        type Span = Range from int by { high = value }
        option a: Span = 5
        option b: Span
        a.low = 2
        b = 7
        default b = { high = 1 }
    """
    found = values(text)
    assert found == {"a": {"low": 2, "high": 5}, "b": {"low": 0, "high": 7}}


@pytest.mark.parametrize(
    "declaration",
    [
        "type A = list(port) from list(string) by []",
        "type A = string from ip-address by 1",
        'type A = int from string by 1 from "a" | "b" by 2',
        "record R {}\ntype A = map(int) from R by {}",
    ],
)
def test_ways_to_write_a_type_differ_by_kind(declaration: str) -> None:
    finding = error(declaration + "\n")
    assert finding.code == "bad-declaration"
    assert "cannot tell" in finding.message


def test_the_result_of_an_option_is_what_readers_see() -> None:
    text = """
        service s {
          option word: string as int by length(value) + self.more = "abc"
          option more: int = 1
          option twice: int = self.word * 2
        }
        s.word = "four"
    """
    assert values(text)["s"] == {"enable": False, "word": 5, "more": 1, "twice": 10}


def test_a_result_that_does_not_fit_shows_what_it_was_made_from() -> None:
    finding = error('option a: string as int(5..) by length(value)\na = "x"\n')
    assert finding.message == "`a`: expected integer of at least 5, found 1"
    assert labels(finding) == [
        ('makes 1 of "x"', ("main.vcfg", 1)),
        ("from this", ("main.vcfg", 2)),
    ]


# Once


@pytest.mark.parametrize(
    ("definitions", "wanted"),
    [
        ("", 0),
        ("a = 1", 1),
        ("default a = 2 a = 1", 1),
        ("force a = 3 a = 1 a = 1", 3),
        ("when false { a = 2 } a = 1", 1),
    ],
)
def test_once_counts_what_is_left(definitions: str, wanted: int) -> None:
    assert values(f"option a: once(int) = 0\n{definitions}")["a"] == wanted


@pytest.mark.parametrize(
    "definitions", ["a = 1 a = 1", "force a = 1 force a = 2", "for n in [1, 2] { a = 1 }"]
)
def test_once_is_not_twice(definitions: str) -> None:
    finding = error(f'option a: once(int, message: "only one") = 0\n{definitions}')
    assert (finding.code, finding.notes) == ("defined-twice", ("only one",))


def test_what_a_file_says_below_a_path_is_one_definition() -> None:
    declared = "record R { option x: int = 0 option y: int = 0 }\noption r: once(R) = {}\n"
    assert values(declared + "r.x = 1 r.y = 2")["r"] == {"x": 1, "y": 2}
    finding = error('import "./other.vcfg"\n' + declared + "r.x = 1", other="r.y = 2")
    assert [site[0] for site in lines(finding)[:2]] == ["other.vcfg", "main.vcfg"]
    assert values('import "./other.vcfg"\n' + declared + "r.x = 1", other="default r { y = 2 }")[
        "r"
    ] == {"x": 1, "y": 0}


# Maybe


def test_an_absent_option_is_left_out_everywhere() -> None:
    text = """
        record R { option a: maybe(int) option b: maybe(list(int)) option c: int = 1 }
        option r: R = {}
        option keys: list(string) = keys(config.r)
        option has: list(bool) = [has(config.r, "a"), has(config.r, "b"), has(config.r, "x")]
        option json: string = render.json(config.r)
        r.b = [2]
        when config.r.c == 2 { r.a = 1 }
    """
    found = values(text)
    assert found["r"] == {"b": [2], "c": 1}
    assert found["keys"] == ["b", "c"]
    assert found["has"] == [False, True, False]
    assert '"a"' not in found["json"]


def test_reading_what_is_absent_shows_reader_and_dead_definitions() -> None:
    finding = error(
        "option a: maybe(int)\noption b: int = config.a\noption c: bool = false\n"
        "when config.c { a = 1 }\n"
    )
    assert finding.code == "missing-value"
    assert labels(finding) == [
        ("read here", ("main.vcfg", 2)),
        ("declared `maybe(int)` here", ("main.vcfg", 1)),
        ("defined here, but its condition is false", ("main.vcfg", 4)),
    ]


def test_asking_for_one_absent_option_asks_no_other() -> None:
    text = """
        service s { option a: maybe(int) option b: maybe(int) }
        when has(config.s, "a") { s.b = 1 }
        s.a = 1
    """
    assert values(text)["s"] == {"enable": False, "a": 1, "b": 1}


# Keyed

MOUNT = """
record Mount { option target: string option device: string = "none" option size: int? = null }
option mounts: keyed(Mount, on: "target") = []
"""


@pytest.mark.parametrize(
    ("definitions", "wanted"),
    [
        ("", []),
        ("mounts = [{ target = 'b' }, { target = 'a' }]", ["b", "a"]),
        ("mounts = [{ target = 'b' }] first mounts = [{ target = 'a' }]", ["a", "b"]),
        ("mounts.b {} mounts = [{ target = 'a' }]", ["b", "a"]),
        ("mounts = [{ target = 'b' }] remove mounts.b", []),
        ("mounts = [{ target = 'b' }] force mounts = [{ target = 'a' }]", ["a"]),
        ("mounts = [for n in ['x', 'y']: { target = n }]", ["x", "y"]),
        ("mounts = { x = { size = 1 } }", ["x"]),
        ("let m = { target = 'z' } mounts = [m]", ["z"]),
        ("mounts = [{ let n = 'q' target = n }]", ["q"]),
        ("mounts = config.others", ["o"]),
    ],
)
def test_keyed_entries_in_first_seen_order(definitions: str, wanted: list[str]) -> None:
    others = "option others: list(Mount) = [{ target = 'o' }]\n"
    found = values((MOUNT + others + definitions).replace("'", '"'))["mounts"]
    assert [each["target"] for each in found] == wanted


def test_elements_of_one_key_are_merged() -> None:
    text = MOUNT + (
        'mounts = [{ target = "a", device = "x" }]\nmounts = [{ target = "a", size = 1 }]\n'
    )
    assert values(text)["mounts"] == [{"target": "a", "device": "x", "size": 1}]
    finding = error(text + 'mounts."a".device = "y"\n')
    assert (finding.code, finding.path) == ("conflicting-definitions", "mounts.a.device")


def test_only_the_key_of_a_written_element_is_computed_at_once() -> None:
    text = MOUNT + (
        'mounts = [{ target = "a", device = config.mounts.b.device }]\nmounts.b.device = "x"\n'
    )
    assert [each["device"] for each in values(text)["mounts"]] == ["x", "x"]


def test_a_key_that_is_a_number() -> None:
    text = """
        record Rule { option number: int option text: string = "" }
        option rules: keyed(Rule, on: "number") = [{ number = 5 }]
        rules."7".text = "seven"
        rules = [{ number = 7 }, { number = 5 }]
    """
    assert [each["number"] for each in values(text)["rules"]] == [7, 5]


def test_an_element_knows_its_place() -> None:
    text = """
        record Disk { option name: string = "sd#{index}" option size: int = 1 }
        record Named { option id: string option nr: int = index option is: string = key }
        option disks: list(Disk) = []
        option nested: list(list(Disk)) = [[{}, {}]]
        option named: keyed(Named, on: "id") = [{ id = "b" }, { id = "a" }]
        disks = [{}, { size = 2 }, {}]
        first disks = [{ name = "first" }]
        remove disks where value.size == 2
    """
    found = values(text)
    assert [each["name"] for each in found["disks"]] == ["first", "sd1", "sd2"]
    assert [each["name"] for each in found["nested"][0]] == ["sd0", "sd1"]
    assert found["named"] == [
        {"id": "b", "nr": 0, "is": "b"},
        {"id": "a", "nr": 1, "is": "a"},
    ]
    assert values("let index = 7\noption a: int = index\n")["a"] == 7
    assert error("option a: int = index\n").code == "unknown-name"


# Choices

DISK = """
record Image { option path: string = "/" option size: int = 1 }
choice Disk { option image: Image option lvm: string }
option disk: Disk = { lvm = "vg0" }
"""


@pytest.mark.parametrize(
    ("definitions", "wanted"),
    [
        ("", {"lvm": "vg0"}),
        ("disk.lvm = 'x'", {"lvm": "x"}),
        ("disk.image {}", {"image": {"path": "/", "size": 1}}),
        ("disk.image.size = 2", {"image": {"path": "/", "size": 2}}),
        ("disk.image.size = 2 default disk.lvm = 'x'", {"image": {"path": "/", "size": 2}}),
        ("disk.image.size = 2 force disk.lvm = 'x'", {"lvm": "x"}),
        ("disk = { image = { size = 2 } } disk.image.path = 'p'",
         {"image": {"path": "p", "size": 2}}),
        ("force disk = { lvm = 'a' } disk.image.size = 3", {"lvm": "a"}),
        ("when false { disk.image.size = 2 }", {"lvm": "vg0"}),
        ("disk = config.other", {"image": {"path": "/", "size": 7}}),
    ],
)  # fmt: skip
def test_strength_decides_what_is_chosen(definitions: str, wanted: Any) -> None:
    text = DISK + "option other: Disk = { image = { size = 7 } }\n" + definitions
    assert values(text.replace("'", '"'))["disk"] == wanted


def test_two_choices_show_both_sites() -> None:
    finding = error(DISK + 'disk.image.size = 2\ndisk.lvm = "x"\n')
    assert (finding.code, finding.path) == ("conflicting-kinds", "disk")
    assert labels(finding)[:2] == [
        ("chooses `image`", ("main.vcfg", 5)),
        ("chooses `lvm`", ("main.vcfg", 6)),
    ]


def test_a_mistyped_choice_is_said_once() -> None:
    result = configured(DISK.replace(' = { lvm = "vg0" }', "") + 'disk.lmv = "x"\n')
    assert result.codes() == ["unknown-option"]


def test_checks_of_a_choice_see_what_was_chosen() -> None:
    text = """
        choice C {
          option a: int
          option b: int
          assert tag(self) == "a" or self.b > 0 else "#{tag(self)} of #{key} is not positive"
        }
        option c: map(C) = {}
        c.x.a = 0
        c.y.b = 0
    """
    assert error(text).message.endswith("b of y is not positive")


def test_a_choice_in_a_disabled_service_may_be_open() -> None:
    text = "choice C { option a: int option b: int }\nservice s { option c: C }\n"
    assert values(text)["s"] == {"enable": False}
    assert error(text + "s.enable = true").code == "missing-value"


# Deferred

VM = """
record Vm { option memory: int = 1 option disks: list(string) = [] option title: string = "t" }
service vms { option base: deferred(Vm) = {} option x: Vm = {} option y: Vm = {} }
vms.x = config.vms.base
"""


@pytest.mark.parametrize(
    ("definitions", "wanted"),
    [
        ("", {"memory": 1, "disks": [], "title": "t"}),
        ("vms.base.memory = 2", {"memory": 2, "disks": [], "title": "t"}),
        ("default vms.base.memory = 2 vms.x.memory = 3",
         {"memory": 3, "disks": [], "title": "t"}),
        ("force vms.base { memory = 2 } vms.x.memory = 3",
         {"memory": 2, "disks": [], "title": "t"}),
        ("vms.base.disks = ['b'] vms.x.disks = ['x'] first vms.x.disks = ['a']",
         {"memory": 1, "disks": ["a", "b", "x"], "title": "t"}),
        ("when config.vms.y.memory == 1 { vms.base.title = 'yes' }",
         {"memory": 1, "disks": [], "title": "yes"}),
        ("vms.base = { title = 'b' }", {"memory": 1, "disks": [], "title": "b"}),
    ],
)  # fmt: skip
def test_deferred_definitions_keep_what_they_are(definitions: str, wanted: Any) -> None:
    assert values((VM + definitions).replace("'", '"'))["vms"]["x"] == wanted


def test_a_conflict_with_deferred_definitions_shows_their_own_place() -> None:
    finding = error(VM + "vms.base.memory = 2\nvms.x.memory = 3\n")
    assert sorted(lines(finding)[:2]) == [("main.vcfg", 5), ("main.vcfg", 6)]


def test_deferred_definitions_of_a_base_fit_what_is_built_from_it() -> None:
    text = """
        record Vm { option memory: int = 1 }
        record Big from Vm { option more: int = 2 }
        option base: deferred(Vm) = { memory = 5 }
        option templates: map(deferred(Vm)) = { small = { memory = 6 } }
        option big: Big = config.base
        option small: Vm = config.templates.small
    """
    found = values(text)
    assert found == {
        "big": {"memory": 5, "more": 2},
        "small": {"memory": 6},
        "templates": {},
    }


# Types that hold themselves


def test_recursive_types_say_their_name_and_end() -> None:
    text = """
        type Tree = map(Tree) | string
        type Json = list(Json) | map(Json) | string | int | bool | null
        type Even = list(Even) | int where kind(value) != "int" or value % 2 == 0 else "odd"
        option tree: Tree = "leaf"
        option json: Json = null
        option even: Even = 2
    """
    found = values(text + 'tree = { a = { b = "c" } } json = [[{ a = [null] }]] even = [2, [4]]')
    assert found == {
        "tree": {"a": {"b": "c"}},
        "json": [[{"a": [None]}]],
        "even": [2, [4]],
    }
    finding = error(text + "tree = { a = { b = 3 } }")
    assert finding.message == "`tree.a.b`: expected map of `Tree` or string, found an integer"
    assert error(text + "even = [2, [3]]").path == "even[1][0]"


@pytest.mark.parametrize(
    "declaration",
    [
        "type A = A",
        "type A = A?",
        "type A = int | A",
        "type A = B type B = once(A)",
        "record A { option a: A = {} } option x: A = {}",
        "record A { option b: B = {} } record B { option a: A } option x: A = {}",
        "record A { option g.b: B = {} } record B from A {} option x: A = {}",
    ],
)
def test_what_is_itself_is_no_type(declaration: str) -> None:
    assert set(configured(declaration).codes()) == {"bad-declaration"}


# Scalars that are joined


def test_booleans_and_texts_with_a_way_of_joining() -> None:
    text = """
        option a: bool(any: true) = true
        option b: map(bool(any: true)) = {}
        option c: text(separator: ":") = "default"
        a = false
        b.x = true b.x = false
        default c = "no"
        c = "" c = "b/" first c = "a"
    """
    assert values(text) == {"a": False, "b": {"x": True}, "c": "a::b/"}


def test_refinements_of_alternatives_never_vanish() -> None:
    text = 'type Low = string where lower(value) == value\noption a: Low | {} = "x"\n'
    for other in ('"AUTO"', "ip-address", "string", "Low"):
        assert error(text.format(other)).code == "bad-declaration"
    assert error(text.format("int") + 'a = "X"').code == "type-mismatch"


def test_why_of_a_choice_with_a_definition_that_is_no_block() -> None:
    text = 'choice C { option a: int }\noption c: C = has(config, "c")\nc.a = 1\n'
    world = configured(text).world
    trace(world)
    found = why(world, locate(world, "c"))["definitions"]
    assert [each["state"] for each in found] == ["contributes", "contributes"]


@pytest.mark.parametrize(
    ("text", "circle"),
    [
        ("a = config.a", ["a"]),
        ("a = config.b\nb = config.a", ["a", "b"]),
        ("c.a = {}\nc.* = config.c.a\noption e: R = config.c.a", ["c.a"]),
    ],
)
def test_deferred_definitions_that_take_themselves(text: str, circle: list[str]) -> None:
    found = configured(f"""
        record R {{ option x: int = 0 }}
        option a: deferred(R) = {{}}
        option b: deferred(R) = {{}}
        option c: map(deferred(R)) = {{}}
        option d: R = config.a
        {text}
    """).errors()
    assert [(each.code, each.facts["cycle"]) for each in found] == [("cycle", circle)]


def test_a_conversion_that_makes_what_it_converts_has_an_end() -> None:
    found = configured("""
        type P = list(P) from port by [value]
        type Q = list(Q) from port by if value > 0 then [value - 1] else []
        option a: P = 80
        option b: Q = 80
    """).errors()
    assert [(each.code, each.path) for each in found] == [("cycle", "a")]


def test_keys_of_numbers_have_one_spelling() -> None:
    found = configured("""
        record M { option t: int }
        option m: keyed(M, on: "t") = []
        m.abc {}
        m."01" {}
        m."1" {}
        m."1_0" {}
        m." 5 " {}
        m."-3" {}
    """).errors()
    assert [(each.code, each.path) for each in found] == [
        ("type-mismatch", "m.abc"),
        ("type-mismatch", 'm."01"'),
        ("type-mismatch", 'm."1_0"'),
        ("type-mismatch", 'm." 5 "'),
    ]


def test_what_was_declared_wrongly_is_told_once() -> None:
    found = configured("""
        record M { option a: string = "" }
        option m: keyed(M, on: "b") = []
        m.x {}
        option base: deferred(Vm) = {}
        option copy: any = config.base
    """).errors()
    assert sorted([each.code for each in found]) == ["bad-declaration", "unknown-type"]
