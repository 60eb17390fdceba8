"""`why` and `show` of what the script lists by plain names, and what is told of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import RunVcfg


NAMED = """import "etc.vcfg"
import "account.vcfg"
import "profile.vcfg"

account.users.www { uid = 990 }
account.groups.staff { gid = 991 }
account.users.etc { uid = 992 }
profile.packages = ["busybox", "python3.11", "g++"]
activation.snippets.warm.text = "true"
activation.files."/srv/a" { text = "hi\\n", owner = "www" }
"""


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("www", "users.www = {"),
        ("staff", "groups.staff = {"),
        ("warm", "snippets.warm = {"),
        ("busybox", 'packages.busybox = "busybox"'),
        ("python3.11", 'packages."python3.11" = "python3.11"'),
        ("g++", 'packages."g++" = "g++"'),
    ],
)
def test_what_the_script_lists_by_a_plain_name(
    name: str, place: str, vcfg: RunVcfg, tmp_path: Path
) -> None:
    file = tmp_path / "main.vcfg"
    file.write_text(NAMED)
    assert vcfg("why", file, name).out.startswith(f"activation.{place}")
    assert vcfg("show", file, name).out.startswith(f"activation.{place.partition(' ')[0]}\n")


def test_an_option_stands_before_an_account_of_its_name(vcfg: RunVcfg, tmp_path: Path) -> None:
    file = tmp_path / "main.vcfg"
    file.write_text(NAMED)
    assert vcfg("why", file, "etc").out.startswith("etc = {")
    assert "there is no `wwww` in this configuration" in vcfg("why", file, "wwww").err


def test_why_a_file_lists_the_parts_that_were_set(vcfg: RunVcfg, tmp_path: Path) -> None:
    file = tmp_path / "main.vcfg"
    file.write_text(NAMED)
    _head, _title, told = vcfg("why", file, "/srv/a").out.partition("as your files set it\n")
    assert [line.split()[0] for line in told.splitlines()[:2]] == [
        'activation.files."/srv/a".text',
        'activation.files."/srv/a".owner',
    ]
    assert "main.vcfg:10:52)" in told
    assert "manage" not in told


def test_a_place_of_a_line_is_named_once(vcfg: RunVcfg, tmp_path: Path) -> None:
    file = tmp_path / "main.vcfg"
    file.write_text(
        "record R { option t: int = 1 }\noption all: map(R) = {}\noption a: int = 1\n"
        'for n in 1..3 { all."n#{n}" { t = n } }\n'
        "when length([for k, _ in config.all: k]) > 2 { a = 2 }\n"
    )
    told = vcfg("why", file, "a").out
    assert f"config.all: k]) is 3  ({file}:4:17)\n" in told


def test_show_prints_the_rules_of_a_type(vcfg: RunVcfg, tmp_path: Path) -> None:
    file = tmp_path / "main.vcfg"
    file.write_text(
        'type Name = string(matches: r"[a-z]+", message: "small letters")\noption a: Name = "b"\n'
    )
    assert "  rule      small letters\n" in vcfg("show", file, "a").out
    assert json.loads(vcfg("show", file, "a", "--json").out)["rules"] == ["small letters"]
    assert "begins with a small letter" in vcfg("show", "cron.files.r.jobs.n.user").out


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('import "etc.vcfg"\netc.files.motd.text = 3\n', "/etc/motd"),
        ('import "account.vcfg"\naccount.users.ana = { shell = 1, comment = "x" }\n', "ana"),
        ('import "cron.vcfg"\ncron.files.x.jobs.y.schedule = "x"\n', "/etc/cron.d/x"),
        (
            (
                'import "systemd.vcfg"\nsystemd.enabled = ["a.service"]\n'
                'systemd.masked = ["a.service"]\n'
            ),
            "a.service",
        ),
    ],
)
@pytest.mark.parametrize("more", [(), ("--json",)])
def test_why_an_entry_in_which_something_is_wrong(
    text: str, name: str, more: tuple[str, ...], vcfg: RunVcfg, tmp_path: Path
) -> None:
    file = tmp_path / "main.vcfg"
    file.write_text(text)
    ran = vcfg("why", file, name, *more)
    assert ran.status == 1
    assert "activation." in ran.out or "has no value" in ran.out, ran
    assert "error[" in ran.err
