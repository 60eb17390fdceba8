"""`extend type`, `record`, `choice`, `service`; and what a second declaration is told."""

from __future__ import annotations

import pytest

from tests.configured import configured, error, labels, lines, values

BASE = """
type Scheme = "none" | "sasl" where value != "bad"
record Os { option name: string = "linux" }
record Net from Os { option mask: int = 24 }
choice Disk { option image: string }
choice Store from Disk { option tape: string }
service host {
  option scheme: Scheme? = "none"
  option schemes: list(Scheme) = []
  option os: map(Os) = {}
  option net: Net = {}
  option disk: Disk = { image = "x" }
  option store: Store = { image = "x" }
}
service board { accepts notes: list(string) = [] }
"""


def test_a_type_grows_wherever_it_is_used() -> None:
    text = """
        import "./base.vcfg" as base
        extend type base.Scheme = "gssapi" | "bad" | 5
        host { scheme = "gssapi", schemes = ["gssapi", 5, "none"] }
    """
    found = values(text, base=BASE)["host"]
    assert (found["scheme"], found["schemes"]) == ("gssapi", ["gssapi", 5, "none"])
    finding = error(text + 'host.schemes = ["bad"]', base=BASE)
    assert "does not hold" in finding.message
    assert "did you mean" in error(text + 'force host.scheme = "gsapi"', base=BASE).message


def test_what_is_built_from_a_record_or_choice_grows_with_it() -> None:
    text = """
        import "./base.vcfg" as base
        extend record base.Os {
          option locked: bool = false
          assert not self.locked or self.name != "linux" else "#{self.name} is never locked"
        }
        extend choice base.Disk { option ceph: string }
        host { net.locked = true, net.name = "hurd", store.ceph = "pool", os.a {} }
    """
    found = values(text, base=BASE)["host"]
    assert found["net"] == {"name": "hurd", "mask": 24, "locked": True}
    assert found["os"] == {"a": {"name": "linux", "locked": False}}
    assert found["store"] == {"ceph": "pool"}
    finding = error(text + "host.enable = true\nhost.os.a.locked = true", base=BASE)
    assert finding.message.endswith("linux is never locked")


def test_a_service_grows_by_options_definitions_checks_and_contributions() -> None:
    text = """
        import "./base.vcfg"
        extend service host {
          let prefix = "host"
          option port: int = 80
          default scheme = "sasl"
          when self.port > 1 { extend board { notes = ["#{prefix} #{self.port}"] } }
          assert self.port < 100
        }
        host { enable = true, port = 81 }
    """
    found = values(text, base=BASE)
    assert (found["host"]["scheme"], found["host"]["port"]) == ("sasl", 81)
    assert found["board"]["notes"] == ["host 81"]
    finding = error(text + "force host.port = 100", base=BASE)
    assert finding.code == "assertion-failed"


def test_a_service_with_instances_grows_for_each_of_them() -> None:
    text = """
        import "./base.vcfg"
        service tunnel.* { option port: int = 1 }
        extend service tunnel.* {
          option mtu: int = self.port * 10
          extend board { notes = ["#{key} #{self.mtu}"] }
        }
        tunnel.a { enable = true }
        tunnel.b { enable = true, port = 2 }
    """
    found = values(text, base=BASE)
    assert found["tunnel"]["b"] == {"enable": True, "port": 2, "mtu": 20}
    assert found["board"]["notes"] == ["a 10", "b 20"]


def test_two_files_extend_the_same() -> None:
    one = 'import "./base.vcfg" as base\nextend record base.Os { option a: int = 1 }'
    two = 'import "./base.vcfg" as b\nextend record b.Os { option b: int = self.a + 1 }'
    main = 'import "./one.vcfg"\nimport "./two.vcfg"\nhost.os.x {}'
    found = values(main, base=BASE, one=one, two=two)
    assert found["host"]["os"]["x"] == {"name": "linux", "a": 1, "b": 2}
    clash = error(main, base=BASE, one=one, two=two.replace("b: int = self.a + 1", "a: int = 2"))
    assert clash.code == "declared-twice"
    assert [site[0] for site in lines(clash)] == ["two.vcfg", "one.vcfg"]


def test_a_name_of_a_plain_import_is_found_with_its_fix() -> None:
    finding = error('import "./base.vcfg"\nextend record Os { option a: int = 1 }\n', base=BASE)
    assert finding.code == "unknown-type"
    assert [text for text, _site in labels(finding)] == [
        "not declared in this file", "declared here", "imported without a name",
    ]  # fmt: skip
    assert [edit.text for edit in finding.help[0].edits] == [" as base", "base."]


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ('extend type base.Scheme = "sasl"', "declared-twice"),
        ("extend type base.Scheme = string", "bad-declaration"),
        ('extend type base.Schem = "x"', "unknown-type"),
        ('extend type base.Os = "x"', "unknown-type"),
        ("extend record base.Disk { option x: int }", "bad-declaration"),
        ("extend choice base.Os { option x: int }", "bad-declaration"),
        ("extend record base.Os { option name: int }", "declared-twice"),
        ("extend choice base.Disk { option image: int }", "declared-twice"),
        ("extend choice base.Disk { computed x: int = 1 }", "bad-declaration"),
        ("extend service hots { option x: int = 1 }", "unknown-target"),
        ("extend service host { option enable: bool = true }", "declared-twice"),
        ("extend record base.Os { option a: string = self.nam }", "unknown-option"),
        ("extend record base.Os { nam = 1 }", "unknown-option"),
    ],
)
def test_what_cannot_grow(statement: str, code: str) -> None:
    result = configured(f'import "./base.vcfg" as base\n{statement}\n', base=BASE)
    assert result.codes() == [code]


# Declared twice


@pytest.mark.parametrize(
    ("first", "again", "notes", "help"),
    [
        (
            "option a: int = 1", "option a: int = 2",
            ("both are of type `int`", "both have a default: 1 and 2"), "write `default a = 2`",
        ),
        (
            "record R { option a: int", "computed a: string }",
            ("the types do not merge: `int` first, `string` again", "one says `option`"),
            "remove one of them",
        ),
        (
            'record R { option a: "x" | "y"',
            'option a: "x" | "z" }',
            ("the types do not merge",),
            "extend type",
        ),
        ("record A {}", "record A {}", ("written once",), "extend record A { option … }"),
        ("choice A { option x: int }", "choice A {}", ("written once",), "extend choice A"),
        ("service a {}", "service a {}", ("written once",), "extend service a"),
        ('type A = "x"', 'type A = "y"', ("written once",), "extend type A"),
        ("record A {}", "type A = int", ("written once",), "another name"),
    ],
)  # fmt: skip
def test_a_second_declaration_is_told_what_clashes(
    first: str, again: str, notes: tuple[str, ...], help: str
) -> None:
    finding = error(f"{first}\n{again}\n")
    assert finding.code == "declared-twice"
    for wanted, note in zip(notes, finding.notes, strict=True):
        assert wanted in note
    assert help in finding.help[0].text
