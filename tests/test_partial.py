"""A plan is judged by what is right while something else of the configuration is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Ran, RunVcfg

WRONG = """\
import "activation.vcfg"
activation.files."/etc/x".text = "a"
activation.files."/etc/x".text = "b"
activation.files."/etc/passwd".text = "b"
activation.files."/etc/y/../z".text = "b"
activation.files."/etc/k/b".text = "b"
activation.files."/etc/k".text = "b"
activation.snippets.a { text = "true", after = ["zzz"] }
activation.snippets.b { text = "true", after = ["c"] }
activation.snippets.c { text = "true", after = ["b"] }
activation.users.Ana {}
activation.users.ben.groups = ["nobodys"]
activation.cron.nightly.jobs.a { schedule = "61 * * * *", command = "date +%F" }
activation.cron.weekly.jobs.a { schedule = "1 * * * *", command = "date +%F" }
"""


def found(vcfg: RunVcfg, folder: Path, text: str) -> list[str]:
    """Line and code of each finding."""
    (folder / "main.vcfg").write_text(text)
    done = vcfg("check", "--errors=concise", folder / "main.vcfg")
    assert done.status == 1
    lines = [line.partition("main.vcfg:")[2] for line in done.out.splitlines()]
    return [f"{line.split(':')[0]} {line.split('[')[1].split(']')[0]}" for line in lines]


def test_all_that_is_wrong_is_told_in_one_run(vcfg: RunVcfg, tmp_path: Path) -> None:
    assert found(vcfg, tmp_path, WRONG) == [
        "2 conflicting-definitions",
        "4 bad-plan",
        "5 bad-plan",
        "6 bad-plan",
        "8 unknown-target",
        "10 order-cycle",
        "11 type-mismatch",
        "13 type-mismatch",
        "14 bad-plan",
    ]


def test_what_was_said_is_not_said_again(vcfg: RunVcfg, tmp_path: Path) -> None:
    text = """\
import "activation.vcfg"
activation.snippets.a.phase = "post"
activation.links."/etc/l" {}
activation.links."/etc/x" { target = 5 }
activation.units."a.service".state = "start"
activation.cron."x.y".jobs.a { schedule = "soon", command = "true" }
activation.snippets.b { text = "true", after = ["a"], on-change = ["/etc/passwd"] }
"""
    told = found(vcfg, tmp_path, text)
    assert "bad-plan" not in " ".join(told)
    assert [each.split()[0] for each in told] == ["2", "3", "4", "5", "6"]


def test_what_a_service_says_of_an_entry_is_not_said_of_the_file_it_makes(
    vcfg: RunVcfg, tmp_path: Path
) -> None:
    text = """\
import "etc.vcfg"
etc.files."/etc/foo".text = "a"
etc.files."passwd".text = "a"
etc.files."bar" { text = "a" }
etc.files."bar/b" { text = "a" }
"""
    assert found(vcfg, tmp_path, text) == ["2 assertion-failed", "3 bad-plan", "5 bad-plan"]


def test_what_the_wrong_part_would_have_made_is_not_missed(
    vcfg: RunVcfg, tmp_path: Path
) -> None:  # fmt: skip
    """Where it is not known which entries there are, nothing is concluded from them."""
    text = """\
import "activation.vcfg"
for name in ["a", 1 / 0] { activation.snippets."#{name}".text = "true" }
activation.snippets.b { text = "true", after = ["a"] }
"""
    assert found(vcfg, tmp_path, text) == ["2 evaluation-failed"]


@pytest.mark.parametrize("command", ["check", "build"])
@pytest.mark.parametrize("variant", ["", "variant rescue { }\n"])
def test_what_another_host_leaves_without_a_value_is_not_called_absent(
    command: str, variant: str, vcfg: RunVcfg, tmp_path: Path
) -> None:
    text = (
        """\
import "etc.vcfg"
option addr: cidr
etc.files."app.conf".text = "x"
for _, o in hosts { etc.files."#{address(o.addr)}".text = "x" }
activation.snippets.foo { text = "true", on-change = ["/etc/app.conf"] }
host b { addr = "10.0.0.300/24" }
host c { addr = "10.0.0.3/24" }
"""
        + variant
    )
    (tmp_path / "main.vcfg").write_text(text)
    out = ["-o", str(tmp_path / "out")] if command == "build" else []
    done = vcfg(command, tmp_path / "main.vcfg", *out, "--errors=concise")
    assert done.status == 1
    assert [line.split("main.vcfg:")[1].split(":")[0] for line in _told(done)] == ["6"]


def _told(done: Ran) -> list[str]:
    return [line for line in (done.out + done.err).splitlines() if "main.vcfg:" in line]
