"""Outputs of many hosts: an index of their hashes, one file for all, folders nobody wants."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from evaluator.cli import shares

if TYPE_CHECKING:
    from tests.conftest import RunVcfg

FLEET = """\
import "etc.vcfg"

option word: string

etc.files.motd.text = "#{config.word}\\n"

for number in [10..40] {
  host "h#{number}" { word = "#{number}" }
}
"""


@pytest.fixture
def main(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "main.vcfg"
    path.write_text(FLEET.replace("[10..40]", str(list(range(10, 41)))))
    return path


def built(vcfg: RunVcfg, folder: str) -> dict[str, bytes]:
    ran = vcfg("build", "main.vcfg", "-o", folder, "--for", "ansible", "--for", "packer")
    assert ran.status == 0, ran.err
    top = Path(folder)
    return {
        str(path.relative_to(top)): path.read_bytes() for path in top.rglob("*") if path.is_file()
    }


def test_the_index(main: Path, vcfg: RunVcfg) -> None:
    """It has every file but itself; a change of one host changes its lines alone."""
    found = built(vcfg, "out")
    index = json.loads(found.pop("index.json"))
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in found.items()}
    told = {
        f"{host}/{name}": sha
        for host, outputs in index["hosts"].items()
        for name, sha in outputs.items()
    }
    assert told | index["shared"] == hashes
    assert set(index["shared"]) == {"playbook.yml"}
    assert "h10/vcfg.pkr.hcl" in told

    main.write_text(main.read_text() + 'host h12 { etc.files.issue.text = "new\\n" }\n')
    ran = vcfg("build", "main.vcfg", "-o", "out", "--for", "ansible", "--for", "packer")
    assert "out/index.json" in ran.out.splitlines()
    after = json.loads((main.parent / "out/index.json").read_text())
    assert index["hosts"]["h12"]["activate"] != after["hosts"]["h12"]["activate"]
    assert after["shared"] == index["shared"]


def test_shares_and_one_process_write_the_same(
    main: Path, vcfg: RunVcfg, monkeypatch: pytest.MonkeyPatch
) -> None:
    forks = []
    fork = os.fork

    def counted() -> int:
        forks.append(1)
        return fork()

    monkeypatch.setattr(os, "fork", counted)
    monkeypatch.setattr(shares, "cores", lambda: 2)
    several = built(vcfg, "several")
    assert forks == [1]
    monkeypatch.setattr(shares, "cores", lambda: 1)
    assert built(vcfg, "one") == several
    assert forks == [1]


def test_what_a_builder_cannot_do_is_told_once(main: Path, vcfg: RunVcfg) -> None:
    main.write_text(
        main.read_text()
        + 'activation.files."/etc/key".text = secret(name: "key")\n'
        + 'host h41 { word = "a", activation.files."/etc/more".text = secret(name: "more") }\n'
    )
    ran = vcfg("build", "main.vcfg", "-o", "out", "--for", "cloud-init")
    assert ran.status == 1
    alike, other = ran.err.splitlines()
    assert alike.startswith("vcfg: out, hosts `h10`, `h11`, `h12` and 28 more: --for cloud-init: ")
    assert other.startswith("vcfg: out, host `h41`: --for cloud-init: ")
    assert "`more`" in other
    assert "`more`" not in alike
    assert not Path("out").exists()


def test_findings_are_told_once_and_nothing_is_written(
    main: Path, vcfg: RunVcfg, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shares, "cores", lambda: 2)
    main.write_text(main.read_text() + 'host h35 { etc.files."../x".text = "" }\n')
    ran = vcfg("build", "main.vcfg", "-o", "out")
    assert ran.status == 1
    assert ran.err.count("error[") == 1
    assert not (main.parent / "out").exists()


def test_folders_of_hosts_that_are_gone(main: Path, vcfg: RunVcfg) -> None:
    """They are named at every build, and stay; a host that was not asked for is not gone."""
    built(vcfg, "out")
    (main.parent / "out/mine").mkdir()
    main.write_text(main.read_text().replace(", 40]", "]"))
    for _ in range(2):
        ran = vcfg("build", "main.vcfg", "-o", "out")
        assert "out/h40 is of a host that main.vcfg does not have; it was left alone" in ran.err
        assert ran.err.count("left alone") == 1
    assert (main.parent / "out/h40/activate").exists()
    assert "h40" not in json.loads((main.parent / "out/index.json").read_text())["hosts"]


def test_a_playbook_is_for_the_machine_it_was_made_for(main: Path, vcfg: RunVcfg) -> None:
    """Whose script it runs is no matter of what else stands in the inventory."""

    def hosts(*words: str, text: str = "") -> str:
        if text:
            main.write_text(text)
        ran = vcfg("build", "main.vcfg", "-o", "out", "--for", "ansible", *words)
        assert ran.status == 0, ran.err
        [play] = yaml.safe_load(Path("out/playbook.yml").read_text())
        return str(play["hosts"])

    assert hosts() == "all"
    assert hosts("--host", "h12") == "{{ vcfg_hosts | default('h12') }}"
    named = 'import "networking.vcfg"\nnetworking.hostname = "kvm1"\n'
    assert hosts(text=named) == "{{ vcfg_hosts | default('kvm1') }}"
    assert hosts(text='import "etc.vcfg"\netc.files.motd.text = "x"\n') == "all"
