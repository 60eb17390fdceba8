"""What is easy to get wrong in a module system, and was got wrong before: one test each.

Numbers are those of the list of traps that came out of the study of the peer.
"""

from __future__ import annotations

import pytest

from tests.configured import configured, error, lines, values

SUB = "record Sub { option x: int = 0, option y: int = 0 }\n"


def test_01_order_is_imports_first_and_siblings_as_written() -> None:
    data = values(
        'import "./a.vcfg"\nimport "./b.vcfg"\noption l: list(int) = []\nl = [9]',
        a='import "./c.vcfg"\nl = [2]',
        b="l = [3]",
        c="l = [1]",
    )
    assert data["l"] == [1, 2, 3, 9]


def test_01_keys_that_meet_are_merged_or_conflict_and_none_vanishes() -> None:
    text = "option m: any = {}\nm = { a = { x = 1 } }\nm = { a = { y = 2 } }\n"
    assert values(text)["m"] == {"a": {"x": 1, "y": 2}}
    assert error(text + "m.a.x = 5\n").code == "conflicting-definitions"


def test_02_a_condition_may_read_the_record_it_guards_a_part_of() -> None:
    text = SUB + "option s: Sub = {}\ns.x = 1\nwhen config.s.x == 1 { s = { y = 2 } }\n"
    assert values(text)["s"] == {"x": 1, "y": 2}
    text = SUB + "option s: Sub = {}\ns.x = 1\nwhen config.s.x == 1 { s.y = 2 }\n"
    assert values(text)["s"] == {"x": 1, "y": 2}


def test_03_false_conditions_do_not_hide_typos() -> None:
    assert error("option a: int = 0\nwhen false { b = 1 }\n").code == "unknown-option"


def test_04_a_false_force_does_not_raise_the_strength() -> None:
    assert values("option a: int = 0\na = 1\nwhen false { force a = 2 }\n")["a"] == 1


def test_04_losers_do_not_influence_order() -> None:
    text = "option l: list(int) = []\ndefault first l = [1]\nl = [2]\nlast l = [4]\nl = [3]\n"
    assert values(text)["l"] == [2, 3, 4]


def test_04_strength_and_order_nest_in_any_way() -> None:
    text = """
        option g.l: list(int) = []
        option g.n: int = 0
        first g { force l = [1], default n = 1 }
        force g { last l = [3], when true { l = [2] } }
        g { l = [9], n = 2 }
    """
    assert values(text)["g"] == {"l": [1, 2, 3], "n": 2}


def test_05_force_of_a_map_replaces_it_and_force_of_a_block_sinks() -> None:
    declared = "option m: map(int) = {}\noption g.a: int = 0\noption g.b: int = 0\n"
    text = declared + "m.a = 1\nforce m = { b = 2 }\ng { a = 1, b = 1 }\nforce g { b = 2 }\n"
    assert values(text) == {"m": {"b": 2}, "g": {"a": 1, "b": 2}}


def test_06_a_computed_option_counts_live_definitions_of_others_only() -> None:
    other = 'import "./owner.vcfg"\n'
    owner = "computed id: int = 1\nwhen false { id = 2 }"
    assert values(other, owner=owner)["id"] == 1
    finding = error(other + "id = 3", owner=owner)
    assert (finding.code, finding.path, lines(finding)[0]) == (
        "read-only-option",
        "id",
        ("main.vcfg", 2),
    )


def test_07_a_condition_of_a_type_sees_the_merged_value() -> None:
    text = """
        type Few = list(int) where length(value) < 3 else "too many"
        option l: Few = []
        l = [1, 2]
    """
    assert values(text)["l"] == [1, 2]
    assert error(text + "l = [3]\n").message == "`l`: too many"


def test_08_a_default_of_a_map_goes_as_a_whole_and_that_of_a_record_by_option() -> None:
    text = SUB + "option m: map(int) = { a = 1 }\noption s: Sub = { x = 5 }\nm.b = 2\ns.y = 6\n"
    assert values(text) == {"m": {"b": 2}, "s": {"x": 5, "y": 6}}


def test_09_a_map_is_lazy_and_keeps_no_dead_keys() -> None:
    text = """
        option m: map(int) = {}
        option has-dead: bool = has(config.m, "dead")
        m.a = config.m.b + 1
        m.b = 1
        when false { m.dead = 1 }
    """
    assert values(text) == {"m": {"a": 2, "b": 1}, "has-dead": False}


def test_10_alternatives_need_to_differ_by_kind() -> None:
    finding = error("option u: map(int) | map(string) = {}\n")
    assert (finding.code, lines(finding)[0]) == ("bad-declaration", ("main.vcfg", 1))
    assert values('option u: int | list(string) = 1\nu = ["a"]\n')["u"] == ["a"]


@pytest.mark.parametrize("type_", ["list(int)", "map(int)", "set(int)", "int?", "Sub"])
def test_11_what_has_no_default_is_required(type_: str) -> None:
    finding = error(f"{SUB}option x: {type_}\n")
    assert (finding.code, finding.path) == ("missing-value", "x")


def test_12_lists_given_to_any_are_joined() -> None:
    assert values("option a: any = []\na = [1]\na = [2]\n")["a"] == [1, 2]


def test_13_a_rename_keeps_strength_order_and_place() -> None:
    text = "option new: list(int) = []\nformer old to new\nnew = [2]\nfirst old = [1]\n"
    assert values(text)["new"] == [1, 2]
    assert values(text + "default old = [9]\n")["new"] == [1, 2]
    finding = error("option new: int\nformer old to new\nnew = 2\nold = 1\n")
    assert finding.code == "conflicting-definitions"
    assert ("main.vcfg", 4) in lines(finding)


def test_14_disabled_files_still_disable_and_circles_of_imports_end() -> None:
    data = values(
        'import "./a.vcfg"\nimport "./b.vcfg"\nimport "./c.vcfg"\noption l: list(string) = []\n'
        'disable "./a.vcfg"',
        a='import "./main.vcfg"\ndisable "./b.vcfg"\nl = ["a"]',
        b='disable "./c.vcfg"\nl = ["b"]',
        c='l = ["c"]',
    )
    assert data["l"] == []


def test_15_imports_see_no_values() -> None:
    result = configured('option on: bool = true\nwhen config.on { import "./a.vcfg" }', a="")
    assert result.codes() == ["structure-depends-on-value"]


def test_16_entries_are_sorted_by_what_they_ask_and_circles_are_named() -> None:
    text = "option s: ordered(int) = {}\ns.a after b = 1\ns.b = 2\n"
    assert [each["name"] for each in values(text)["s"]] == ["b", "a"]
    assert error(text + "s.b before c = 2\ns.c before a = 3\ns.c after a = 3").code == "order-cycle"
    assert error(text + "s.a after x = 1\n").code == "unknown-field"


def test_17_contributions_come_in_written_order_and_need_their_target_only_if_active() -> None:
    text = """
        service etc { accepts names: list(string) = [] }
        service one { extend etc { names = ["one"] } }
        service two { extend etc { names = ["two"] } }
        one.enable = true
        two.enable = true
    """
    assert values(text)["etc"]["names"] == ["one", "two"]


def test_18_elements_of_a_list_have_no_strength_to_lose() -> None:
    finding = error(SUB + "option l: list(Sub) = []\nl = [{ force x = 1 }]\n")
    assert (finding.code, lines(finding)[0]) == ("misplaced-statement", ("main.vcfg", 3))


@pytest.mark.parametrize("number", ["0", "1500", "9999", "-5", "1.5"])
def test_19_no_number_erases_definitions(number: str) -> None:
    text = f"option a: int = 0\npriority {number} a = 1\npriority {number} a = 1\n"
    with pytest.raises(AssertionError):  # it does not even parse
        configured(text)


def test_20_a_default_is_blamed_where_it_is_written() -> None:
    finding = error(
        'import "./declares.vcfg"\nimport "./other.vcfg"\n',
        declares='record R { option port: port = "http" }\noption r: R = {}',
        other="option x: int = 0",
    )
    assert (finding.code, lines(finding)[0]) == ("type-mismatch", ("declares.vcfg", 1))
