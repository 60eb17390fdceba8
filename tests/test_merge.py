"""Several definitions of one option: strength, order, and how each type makes one value."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.configured import configured, error, labels, lines, values

ROOT = Path(__file__).resolve().parent.parent

PAIR = "record Pair { option x: int = 1, option y: int = 2 }\n"

# Strength


@pytest.mark.parametrize(
    ("definitions", "wanted"),
    [
        ("", 0),
        ("default a = 1", 1),
        ("default a = 1 a = 2", 2),
        ("force a = 3 a = 2 default a = 1", 3),
        ("priority 49 a = 4 force a = 3", 4),
        ("priority 51 a = 4 force a = 3", 3),
        ("priority 99 a = 4 a = 3", 4),
        ("priority 1499 a = 4", 4),
        ("priority 1001 a = 5 default a = 4", 4),
        ("a = 2 a = 2", 2),
        ("priority 100 a = 2 a = 2", 2),
        ("priority 1000 a = 2 default a = 2", 2),
        ("when false { force a = 9 } a = 2", 2),
        ("when true { force a = 9 } a = 2", 9),
        ("force a = 3 when config.b { a = 2 }", 3),
    ],
)
def test_the_strongest_wins(definitions: str, wanted: int) -> None:
    assert values(f"option a: int = 0\noption b: bool = true\n{definitions}\n")["a"] == wanted


def test_the_line_of_the_user_comes_before_that_of_the_library() -> None:
    text = """
import "networking.vcfg"
networking.hostname = "a"
etc.files.hostname.text = "b\\n"
"""
    result = configured(text, [str(ROOT / "modules")])
    (finding,) = result.errors()
    said = labels(finding)
    assert [label for label, _place in said[:2]] == ['"b\\n" here', '"a\\n" here']
    assert said[0][1][1] == 4


HANDED_ON = """
option owners: map(string) = {}
option owner: string = "root"
for _, name in config.owners { owner = name }
for name in LIST { owner = name }
owners.one = "ana"
owners.two = "eva"
"""


def test_what_a_loop_hands_on_is_shown_where_it_is_written() -> None:
    """Both values come through one line, and putting `force` there would change nothing."""
    text = HANDED_ON.replace("LIST", "[]")
    finding = error(text)
    assert finding.code == "conflicting-definitions"
    said = {label: line for label, (_file, line) in labels(finding)}
    assert said == {
        '"ana" from here': 6,
        '"eva" from here': 7,
        "given here": 4,
        "declared `string` here": 3,
    }
    assert not labels(finding)[0][0].startswith("given")
    assert finding.help[0].text.startswith("all of them come through one line")
    assert not finding.help[0].edits
    listed = error(HANDED_ON.replace("LIST", '["x", "y"]').replace("owners.", "# "))
    assert sorted(label for label, _place in labels(listed)[:2]) == ['"x" here', '"y" here']


@pytest.mark.parametrize("number", ["0", "1500", "100000"])
def test_a_priority_out_of_range(number: str) -> None:
    with pytest.raises(AssertionError, match="1 to 1499"):
        configured(f"option a: int = 0\npriority {number} a = 1\n")


def test_the_innermost_strength_counts_and_sinks_to_the_leaves() -> None:
    text = """
        option g.a: int = 0
        option g.b: int = 0
        option g.c: int = 0
        force g { a = 1, default b = 1, priority 10 c = 1 }
        g { a = 2, b = 2, force c = 2 }
    """
    assert values(text)["g"] == {"a": 1, "b": 2, "c": 1}


def test_a_losing_value_is_neither_computed_nor_checked() -> None:
    assert values('option a: int\na = 1\ndefault a = 1 / 0\npriority 500 a = "x"\n')["a"] == 1


def test_the_condition_of_a_loser_is_asked() -> None:
    finding = error("option a: int\nforce a = 1\nwhen 1 / 0 == 1 { default a = 2 }\n")
    assert (finding.code, lines(finding)[0]) == ("evaluation-failed", ("main.vcfg", 3))


@pytest.mark.parametrize(
    ("type_", "loser", "winner"),
    [("int where value > 3", "6", "2"), ("list(int) where unique(value)", "[1, 2]", "[3, 3]")],
)
def test_what_breaks_a_condition_of_a_type_is_the_winner(
    type_: str, loser: str, winner: str
) -> None:
    finding = error(f"type T = {type_}\noption a: T\na = {loser}\nforce a = {winner}\n")
    assert lines(finding) == [("main.vcfg", 4), ("main.vcfg", 1)]


# Conflicts


def test_a_conflict_shows_every_value_and_who_had_lost() -> None:
    finding = error(
        'import "./site.vcfg"\nimport "./common.vcfg"\noption a: string\na = "alpha"\n',
        site='a = "beta"\na = "alpha"',
        common='default a = "gamma"\nforce b = 1\noption b: int = 0\nb = 2',
    )
    assert finding.code == "conflicting-definitions"
    assert finding.path == "a"
    assert finding.facts["values"] == ['"beta"', '"alpha"']
    assert labels(finding) == [
        ('"beta" here', ("site.vcfg", 1)),
        ('"alpha" here', ("site.vcfg", 2)),
        ('"alpha" here', ("main.vcfg", 4)),
        ("default, has already lost", ("common.vcfg", 1)),
        ("declared `string` here", ("main.vcfg", 3)),
    ]


@pytest.mark.parametrize(
    ("strength", "help"),
    [("", "put `force`"), ("default ", "put `force`"), ("force ", "smaller `priority`")],
)
def test_a_conflict_can_be_resolved_as_it_says(strength: str, help: str) -> None:
    finding = error(f"option a: int\n{strength}a = 1\n{strength}a = 2\n")
    assert help in finding.help[0].text


def test_two_defaults_conflict_like_plain_definitions() -> None:
    assert error("option a: int = 0\ndefault a = 1\ndefault a = 2\n").code == (
        "conflicting-definitions"
    )


def test_numbers_of_two_kinds_are_two_values() -> None:
    assert error('option a: int | string\na = 1\na = "1"\n').code == "conflicting-kinds"


# Records and maps


@pytest.mark.parametrize(
    ("definitions", "wanted"),
    [
        ("", {"x": 10, "y": 2}),
        ("r.y = 5", {"x": 10, "y": 5}),
        ("r { y = 5 }", {"x": 10, "y": 5}),
        ("r = { y = 5 }", {"x": 10, "y": 5}),
        ("default r.x = 5", {"x": 5, "y": 2}),
        ("priority 1499 r.x = 5", {"x": 5, "y": 2}),
        ("r.x = 3 force r { y = 5 }", {"x": 3, "y": 5}),
        ("r.x = 3 force r = { y = 5 }", {"x": 10, "y": 5}),
        ("r.y = 5 default r { x = 4 }", {"x": 4, "y": 5}),
        ("r.y = 5 default r = { x = 4 }", {"x": 10, "y": 5}),
        ("when false { force r = { x = 4 } } r.y = 5", {"x": 10, "y": 5}),
    ],
)
def test_the_default_of_a_record_sinks_to_its_leaves(
    definitions: str, wanted: dict[str, int]
) -> None:
    assert values(f"{PAIR}option r: Pair = {{ x = 10 }}\n{definitions}\n")["r"] == wanted


@pytest.mark.parametrize(
    ("definitions", "wanted"),
    [
        ("", {"a": 1}),
        ("m.b = 2", {"b": 2}),
        ("m = { b = 2 }", {"b": 2}),
        ("m.b = 2 m.c = 3", {"b": 2, "c": 3}),
        ("m = {}", {}),
        ("when false { m.b = 2 }", {"a": 1}),
        ("m.b = 2 force m = {}", {}),
        ("m.b = 2 force m { b = 3 }", {"b": 3}),
        ("m.b = 2 force m { c = 3 }", {"b": 2, "c": 3}),
        ("m.b = 2 default m = { c = 3 }", {"b": 2}),
        ("m.b = 2 default m { c = 3 }", {"b": 2, "c": 3}),
        ("m.b = 2 default m.b = 3", {"b": 2}),
        ("remove m.a", {}),
    ],
)
def test_the_default_of_a_map_is_replaced_whole(definitions: str, wanted: dict[str, int]) -> None:
    assert values(f"option m: map(int) = {{ a = 1 }}\n{definitions}\n")["m"] == wanted


def test_maps_and_records_take_values_of_other_options() -> None:
    text = """
        option n: map(int) = { b = 2 }
        option m: map(int) = {}
        m = config.n
        m.a = 1
        for k, v in config.n { m."#{k}-#{v}" = v * 10 }
    """
    assert values(text)["m"] == {"a": 1, "b": 2, "b-2": 20}


def test_keys_are_sorted_and_conditions_decide_which_exist() -> None:
    text = """
        option c: bool = false
        option m: map(int) = {}
        m { z = 1, when config.c { a = 2 } else { b = 3 } }
        m = { y = 1, when not config.c { "a b" = 2 } }
    """
    assert list(values(text)["m"].items()) == [("a b", 2), ("b", 3), ("y", 1), ("z", 1)]


# Removal


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("option o: map(int) = {} o.a = 1 o.b = 2 remove o.a", {"b": 2}),
        ("option o: map(int) = {} remove o.a o.a = 1 o.b = 2", {"b": 2}),
        ("option o: map(int) = {} force o.a = 1 remove o.a", {"a": 1}),
        ("option o: map(int) = {} o.a = 1 when false { remove o.a }", {"a": 1}),
        ('option o: map(int) = {} o."x y" = 1 let k = "x y" remove o."#{k}"', {}),
        ('option o: set(string) = ["a", "b"] remove o.a', ["b"]),
        ('option o: list(string) = ["a", "b", "a"] remove o.a', ["b"]),
        ('option o: set(string) = [] force o = ["a"] remove o.a', ["a"]),
    ],
)
def test_remove(text: str, wanted: object) -> None:
    assert values(text)["o"] == wanted


@pytest.mark.parametrize(
    "text",
    ["option o: map(int) = {}\no.b = 1\nremove o.a", 'option o: set(string) = ["b"]\n\nremove o.a'],
)
def test_remove_of_what_is_not_there(text: str) -> None:
    finding = error(text)
    assert (finding.code, finding.path) == ("nothing-to-remove", "o.a")
    assert lines(finding)[0] == ("main.vcfg", 3)


@pytest.mark.parametrize(
    "declared",
    ["int = 1", "any = {}", "map(int) = {}", 'set(string) = ["o"]', "Pair = {}", "Pair? = null"],
)
def test_remove_of_what_is_no_entry(declared: str) -> None:
    finding = error(f"{PAIR}option o: {declared}\nremove o")
    assert (finding.code, finding.path, lines(finding)) == (
        "type-mismatch",
        "o",
        [("main.vcfg", 3)],
    )
    assert error(f"{PAIR}option o.x: {declared}\nremove o").code == "type-mismatch"


# Lists, sets, text


@pytest.mark.parametrize(
    ("definitions", "wanted"),
    [
        ("", [0]),
        ("l = []", []),
        ("l = [1] l = [2]", [1, 2]),
        ("last l = [3] l = [2] first l = [1]", [1, 2, 3]),
        ("order 600 l = [3] order 400 l = [1] first l = [2]", [1, 2, 3]),
        ("l = [1] order 1000 l = [2]", [1, 2]),
        ("l = [1] default first l = [0]", [1]),
        ("force l = [1] l = [2] force first l = [0]", [0, 1]),
        ("first g { k = [1] } l = [0]", [0]),
    ],
)
def test_lists_are_joined_in_order(definitions: str, wanted: list[int]) -> None:
    text = f"option l: list(int) = [0]\noption g.k: list(int) = []\n{definitions}\n"
    assert values(text)["l"] == wanted


def test_an_order_before_a_block_sinks_to_its_leaves() -> None:
    text = """
        option g.l: list(int) = []
        g.l = [2]
        first g { l = [1], last l = [3] }
    """
    assert values(text)["g"]["l"] == [1, 2, 3]


@pytest.mark.parametrize(
    ("definitions", "wanted"),
    [
        ('t = "a" t = "b"', "a\nb"),
        ('t = "a\\n" t = "b\\n"', "a\nb\n"),
        ('t = "a\\n\\n" t = "" t = "b"', "a\n\nb"),
        ('last t = "z" t = "b" first t = "a\\n"', "a\nb\nz"),
        ('force t = "f" t = "x"', "f"),
        ("", "d"),
    ],
)
def test_text_loses_no_byte(definitions: str, wanted: str) -> None:
    assert values(f'option t: text = "d"\n{definitions}\n')["t"] == wanted


def test_sets_are_sorted_and_hold_each_element_once() -> None:
    text = """
        option s: set(int | string) = [9]
        s = [3, 1, 20]
        s = ["b", 2, "a", 1]
    """
    assert values(text)["s"] == [1, 2, 3, 20, "a", "b"]


def test_every_wrong_element_is_found_at_its_place() -> None:
    found = configured('option l: list(int) = []\nl = [1, "x",\n true]\nl = [null]\n').errors()
    assert [(each.path, lines(each)[0][1]) for each in found] == [
        ("l[1]", 2),
        ("l[2]", 3),
        ("l[3]", 4),
    ]


def test_elements_that_are_records() -> None:
    text = f"{PAIR}option l: list(Pair) = []\nl = [{{ x = 3 }}]\nl = [{{}}]\n"
    assert values(text)["l"] == [{"x": 3, "y": 2}, {"x": 1, "y": 2}]


# Ordered maps


def test_named_order() -> None:
    text = """
        option o: ordered(int) = {}
        o.c = 1
        o.a after c = 2
        o.b before c, a = 3
        o.d = 4
        o.d after a { }
    """.replace("o.d after a { }", "")
    assert values(text)["o"] == [
        {"name": "b", "value": 3},
        {"name": "c", "value": 1},
        {"name": "a", "value": 2},
        {"name": "d", "value": 4},
    ]


def test_named_order_from_several_places() -> None:
    text = f"""
        {PAIR}
        option o: ordered(Pair) = {{}}
        o.a after b {{ x = 1 }}
        o.b after c {{ }}
        o.c.x = 5
        o.a before d {{ y = 3 }}
        o.d.x = 7
        when false {{ o.c after a {{ }} }}
    """
    assert [each["name"] for each in values(text)["o"]] == ["c", "b", "a", "d"]


def test_a_circle_in_the_order_names_its_statements() -> None:
    finding = error(
        'import "./b.vcfg"\noption o: ordered(int) = {}\no.a after c = 1\no.b after a = 2\n',
        b="o.c after b = 3",
    )
    assert (finding.code, finding.path) == ("order-cycle", "o")
    assert set(lines(finding)) == {("main.vcfg", 3), ("main.vcfg", 4), ("b.vcfg", 1)}


def test_a_neighbor_that_does_not_exist() -> None:
    finding = error("option o: ordered(int) = {}\no.alpha = 1\no.b after alhpa = 2\n")
    assert (finding.path, lines(finding)[0]) == ("o.b", ("main.vcfg", 3))
    assert "alhpa" in finding.message


def test_a_long_ordered_map() -> None:
    chain = [f"o.k{at} after k{at - 1} = {at}" if at else "o.k0 = 0" for at in range(1500)]
    chain.reverse()
    found = values("option o: ordered(int) = {}\n" + "\n".join(chain))["o"]
    assert [each["value"] for each in found] == list(range(1500))


# Null and unions


@pytest.mark.parametrize(
    ("definitions", "wanted"),
    [
        ("", None),
        ("a = 1", 1),
        ("a = null", None),
        ("a = null a = null", None),
        ("a = 1 force a = null", None),
        ("default a = null a = 1", 1),
    ],
)
def test_null_or_a_value(definitions: str, wanted: int | None) -> None:
    assert values(f"option a: int? = null\n{definitions}\n")["a"] == wanted


def test_null_against_a_value() -> None:
    finding = error("option a: int? = null\na = 1\na = null\n")
    assert finding.code == "conflicting-kinds"
    assert lines(finding)[:2] == [("main.vcfg", 2), ("main.vcfg", 3)]


def test_an_optional_record_comes_into_being_by_a_definition() -> None:
    text = f"{PAIR}option r: Pair? = null\noption s: Pair? = null\ns.x = 4\n"
    assert values(text) == {"r": None, "s": {"x": 4, "y": 2}}


@pytest.mark.parametrize(
    ("definitions", "wanted"),
    [
        ("", "x"),
        ("u = [1] u = [2]", [1, 2]),
        ("u = { x = 4 }", {"x": 4, "y": 2}),
        ("u.x = 4 u.y = 5", {"x": 4, "y": 5}),
        ('u.x = 4 force u = "s"', "s"),
        ("default u = [3] u.x = 1", {"x": 1, "y": 2}),
    ],
)
def test_the_kind_of_the_strongest_chooses(definitions: str, wanted: object) -> None:
    text = f'{PAIR}option u: string | list(int) | Pair = "x"\n{definitions}\n'
    assert values(text)["u"] == wanted


def test_kinds_that_contradict() -> None:
    finding = error(f'{PAIR}option u: string | Pair = "x"\nu.x = 1\nu = "s"\n')
    assert finding.code == "conflicting-kinds"
    assert lines(finding)[:2] == [("main.vcfg", 3), ("main.vcfg", 4)]


def test_a_kind_that_fits_no_alternative() -> None:
    finding = error("option u: string | list(int) = []\nu = 3\n")
    assert (finding.code, lines(finding)[0]) == ("type-mismatch", ("main.vcfg", 2))


# Values of any type


@pytest.mark.parametrize(
    ("definitions", "wanted"),
    [
        ("a = [1]", [1]),
        ("a = { x = 1, y = [null] }", {"x": 1, "y": [None]}),
        ("a = { x = 1 } a = { x = 1 }", {"x": 1}),
        ("a = [1] first a = [0] default a = [9]", [0, 1]),
        ("a.x.y = [1] a { x = { y = [2] } }", {"x": {"y": [1, 2]}}),
        ("a.x = 1 default a.x = 2 force a.z = 3", {"x": 1, "z": 3}),
    ],
)
def test_any(definitions: str, wanted: object) -> None:
    assert values(f"option a: any\n{definitions}\n")["a"] == wanted


@pytest.mark.parametrize(
    ("definitions", "code"),
    [
        ("a = 1 a = 2", "conflicting-definitions"),
        ("a = 1 a = 1.0", "conflicting-definitions"),
        ("a = [1] a = 2", "conflicting-kinds"),
        ("a = [1] a.x = 2", "conflicting-kinds"),
        ("a.x = [1] a.x.y = 2", "conflicting-kinds"),
    ],
)
def test_any_cannot_be_two_values(definitions: str, code: str) -> None:
    assert error(f"option a: any\n{definitions}\n").code == code


# Refinements and keys that any name may be


def test_a_refined_type_holds_for_the_merged_value_and_for_each() -> None:
    declared = """
        type Short = list(int) where length(value) < 3 else "#{length(value)} are too many"
        type Small = list(int) where each length(value) < 2
        option a: Short = []
        option b: Small = []
    """
    assert values(declared + "a = [1, 2] b = [1] b = [2] b = [3]")["b"] == [1, 2, 3]
    finding = error(declared + "a = [1, 2]\na = [3]")
    assert (finding.path, finding.message) == ("a", "`a`: 3 are too many")
    assert error(declared + "b = [1, 2]").path == "b"


def test_option_star_takes_names_nobody_declared() -> None:
    declared = "record R { option *: int, option y: int = 3 }\noption r: R = {}\n"
    assert values(declared + "r.q = 1 r.y = 4")["r"] == {"q": 1, "y": 4}
    assert error(declared + 'r.q = "x"').path == "r.q"


# Found by sets whose merge the peer computed (tests/peer)


def test_blocks_of_any_merge_whatever_their_strength() -> None:
    text = """
        option weak: any = {}
        option whole: any = {}
        weak = {}
        priority 1499 weak { x = 1 }
        whole = { y = 1 }
        force whole = { x = 1 }
        default whole.z = 1
    """
    assert values(text) == {"weak": {"x": 1}, "whole": {"x": 1}}


def test_the_default_of_a_map_outranks_the_defaults_inside_its_records() -> None:
    text = """
        record Inner { option f: int = 1 }
        record Outer { option inner: Inner = { f = 5 } }
        option map: map(Outer) = { a = { inner.f = 2 } }
        option list: list(Outer) = [{ inner.f = 2 }]
    """
    data = values(text)
    assert data["map"]["a"]["inner"]["f"] == data["list"][0]["inner"]["f"] == 2


def test_what_is_said_about_every_entry_ranks_no_map() -> None:
    text = """
        record Vm { option memory: int = 1, option title: string = "" }
        option weak: map(Vm) = { declared = {} }
        option strong: map(Vm) = {}
        default weak = { b = {} }
        weak.*.memory = 2
        strong.a {}
        force strong = { b = { title = "b" } }
        default strong.*.memory = 2
        strong.*.title = "every"
    """
    data = values(text)
    assert data["weak"] == {"b": {"memory": 2, "title": ""}}
    assert data["strong"] == {"b": {"memory": 2, "title": "b"}}
