"""Services that extend services: instances, targets, the order of contributions, the graph."""

from __future__ import annotations

import pytest

from evaluator.services.graph import live_edges
from tests.configured import configured, error, values

FIREWALL = "service firewall.* { accepts ports: list(port) = [] }\n"

# Instances


def test_an_instance_has_its_own_self_key_lets_and_checks() -> None:
    text = """
        service etc { accepts files: map(string) = {} }
        service site.* {
          option port: port = 80
          let line = "#{key}:#{self.port}"
          computed address: string = line
          assert self.port != 81 else "not #{key}"
          extend etc { files."#{key}" = line }
        }
        site.a.enable = true
        site.b { enable = true, port = 81 }
    """
    found = configured(text)
    assert found.data["etc"]["files"] == {"a": "a:80", "b": "b:81"}
    assert found.data["site"]["b"]["address"] == "b:81"
    assert [each.message for each in found.errors()] == ["`site.b`: not b"]
    assert found.errors()[0].path == "site.b"


def test_a_condition_in_the_body_is_asked_of_each_instance() -> None:
    text = """
        service low { accepts ports: set(port) = [] }
        service site.* {
          option port: port = 80
          when self.port < 1024 { extend low { ports = [self.port] } }
        }
        site.a.enable = true
        site.b { enable = true, port = 8080 }
        site.c.port = 81
    """
    assert values(text)["low"]["ports"] == [80]


def test_no_instance_contributes_nothing() -> None:
    text = """
        service etc { accepts files: map(string) = {} }
        service site.* { extend etc { files."#{key}" = "" } }
    """
    assert values(text) == {"etc": {"enable": False, "files": {}}, "site": {}}


def test_a_mistake_in_the_body_is_found_without_an_instance() -> None:
    text = """
        service etc { accepts files: map(string) = {} }
        service site.* { extend etc { flies.a = "" } }
    """
    assert error(text).code == "unknown-option"


def test_an_unknown_option_of_an_instance_has_a_near_name() -> None:
    finding = error("service site.* { option port: port = 80 }\nsite.a.prot = 1\n")
    assert finding.message == "there is no option `prot` in service `site.*`"
    assert "`port`" in finding.help[0].text


def test_an_instance_inside_a_service_and_below_a_group() -> None:
    text = """
        service jails {
          computed names: list(string) = [for name, _ in self.zone: name]
        }
        service jails.zone.* { option port: port = 1 }
        service net.link.* {}
        jails.zone.a.port = 2
        net.link.eth0 {}
    """
    data = values(text)
    assert data["jails"]["names"] == ["a"]
    assert data["net"] == {"link": {"eth0": {"enable": False}}}


def test_an_instance_can_be_removed_and_forced() -> None:
    text = """
        service site.* { option port: port = 80 }
        site.a.port = 1
        site.b.port = 2
        force site.b.port = 3
        remove site.a
    """
    assert values(text)["site"] == {"b": {"enable": False, "port": 3}}


def test_services_with_instances_extend_each_other_in_a_chain() -> None:
    text = """
        service etc { accepts files: map(text) = {} }
        service user.* {
          accepts keys: list(string) = []
          extend etc { files."#{key}".= }
        }
    """.replace(".=", ' = join(self.keys, ",")')
    text += """
        service login.* { extend user.root { keys = [key] } }
        user.root.enable = true
        login.b.enable = true
        login.a.enable = true
        login.off.enable = false
    """
    assert values(text)["etc"]["files"] == {"root": "a,b"}


# Targets


def test_the_only_instance_is_reached_whatever_its_key() -> None:
    text = FIREWALL + (
        "service web { extend firewall { ports = [80] } }\nweb.enable = true\nfirewall.odd {}\n"
    )
    assert values(text)["firewall"]["odd"]["ports"] == [80]


def test_an_ambiguous_target_shows_every_instance_and_the_fix() -> None:
    text = FIREWALL + (
        "service web { extend firewall { ports = [80] } }\n"
        "web.enable = true\nfirewall.a {}\nfirewall.b {}\n"
    )
    finding = error(text)
    assert finding.code == "ambiguous-target"
    assert [each.text for each in finding.labels][2:] == ["`firewall.a`", "`firewall.b`"]
    (edit,) = finding.help[1].edits
    source, start, end = edit.span
    assert source.text[:start] + edit.text + source.text[end:] == text.replace(
        "extend firewall {", "extend firewall.b {"
    )


@pytest.mark.parametrize("made", ["", "firewall.a {}\nfirewall.b {}\n"])
def test_an_inactive_extension_needs_no_target(made: str) -> None:
    text = (
        FIREWALL
        + made
        + (
            "service web { extend firewall { ports = [80] }\n"
            " when false { extend firewall.x { ports = [80] } } }\n"
        )
    )
    assert configured(text).errors() == []
    assert configured(text + "web.enable = false").errors() == []


def test_a_named_instance_that_is_not_there_has_a_near_name() -> None:
    text = FIREWALL + (
        "service web { extend firewall.iner { ports = [80] } }\n"
        "web.enable = true\nfirewall.inner {}\n"
    )
    finding = error(text)
    assert finding.code == "unknown-target"
    assert "firewall.inner" in finding.help[0].text


def test_an_extension_defines_only_what_the_target_accepts() -> None:
    text = FIREWALL + "service web { extend firewall.a { enable = true } }\n"
    assert error(text).code == "not-accepted"


def test_a_target_may_be_named_with_a_computed_key_by_its_maker() -> None:
    text = FIREWALL + (
        'for zone in ["in", "out"] { firewall."#{zone}".enable = true }\n'
        "service web { extend firewall.out { ports = [80] } }\nweb.enable = true\n"
    )
    assert values(text)["firewall"]["out"]["ports"] == [80]


def test_circles_between_services_are_named_each() -> None:
    text = """
        service a { extend b {} }
        service b { extend a {} }
        service c.* { extend d.x {} }
        service d.* { extend c {} }
        service e { extend e {} }
        service f { extend a {} }
    """
    found = configured(text).errors()
    assert sorted([each.message.partition(": ")[2] for each in found]) == [
        "a → b → a", "c.* → d.* → c.*", "e → e",
    ]  # fmt: skip


# Order


def test_contributions_stand_where_they_are_written() -> None:
    text = """
        service log { accepts names: list(string) = [] }
        log.names = ["one"]
        service a { default enable = true, extend log { names = ["two"] } }
        log.names = ["three"]
        service b { default enable = true
          extend log { names = ["four"] }
          extend log { names = ["five"], first names = ["zero"], order 1200 names = ["seven"] } }
        log.names = ["six"]
    """
    assert values(text)["log"]["names"] == [
        "zero", "one", "two", "three", "four", "five", "six", "seven",
    ]  # fmt: skip


def test_contributions_of_imports_come_first() -> None:
    other = 'service a.* { extend log { names = [key] } }\nimport "./log.vcfg"\n'
    main = 'import "./other.vcfg"\nlog.names = ["last"]\na.y.enable = true\na.x.enable = true\n'
    log = "service log { accepts names: list(string) = [] }\n"
    assert values(main, other=other, log=log)["log"]["names"] == ["x", "y", "last"]


def test_contributions_to_an_instance_follow_files_and_lines() -> None:
    text = FIREWALL + (
        "service web { default enable = true, extend firewall { ports = [1] } }\n"
        "firewall.a.ports = [2]\n"
        "service ssh { default enable = true\n"
        "  extend firewall.a { ports = [3], first ports = [0] } }\n"
    )
    assert values(text)["firewall"]["a"]["ports"] == [0, 1, 2, 3]


def test_strength_applies_to_contributions() -> None:
    text = """
        service etc.* { accepts owner: string = "root" }
        service a.* { extend etc.main { default owner = "a" } }
        service b.* { extend etc.main { owner = "b" } }
        etc.main {}
        a.x.enable = true
        b.x.enable = true
    """
    assert values(text)["etc"]["main"]["owner"] == "b"


def test_instances_that_contribute_different_values_are_a_conflict() -> None:
    text = """
        service etc { accepts owner: string = "root" }
        service a.* { extend etc { owner = key } }
        a.x.enable = true
        a.y.enable = true
    """
    assert error(text).code == "conflicting-definitions"


# The graph


def test_live_edges_lead_between_instances() -> None:
    text = (
        FIREWALL
        + """
        service etc { accepts names: list(string) = [] }
        service web.* {
          extend etc { names = [key] }
          when key == "b" { extend firewall { ports = [80] } }
        }
        service off { extend etc { names = ["off"] } }
        web.a.enable = true
        web.b.enable = true
        web.c.enable = false
        firewall.main.enable = true
    """
    )
    found = [(each.source, each.target) for each in live_edges(configured(text).world)]
    assert found == [
        (("web", "a"), ("etc",)),
        (("web", "b"), ("etc",)),
        (("web", "b"), ("firewall", "main")),
    ]
