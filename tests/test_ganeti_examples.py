"""The examples of Ganeti: what is built from them is what their folders show, and no warnings."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

import pytest

from evaluator.cli.app import run
from tests.acceptance import ROOT, Plan, build, check

if TYPE_CHECKING:
    from pathlib import Path

EXAMPLES = ROOT / "spec" / "examples"
ALONE = ("rapi", "provider", "hook")
NODES = ("node1", "node2", "node3")


def shown(folder: Path) -> dict[str, str]:
    """The texts a folder shows, by their paths on the node."""
    return {
        f"/{each.relative_to(folder)}": each.read_bytes().decode("utf-8")
        for each in folder.rglob("*")
        if each.is_file()
    }


def texts(plan: Plan) -> dict[str, str]:
    """The files of a plan, by path."""
    return {path: str(entry["text"]) for path, entry in plan.files.items()}


def broken(example: str) -> list[list[str]]:
    """What the page of an example gives to break: the words of each `vcfg check … --set …`."""
    page = (EXAMPLES / f"ganeti-{example}" / "README.md").read_text(encoding="utf-8")
    lines = [line for line in page.splitlines() if line.startswith("vcfg check")]
    return [shlex.split(line, comments=True)[3:] for line in lines if "--set" in line]


@pytest.mark.parametrize("example", ALONE)
def test_a_node_is_what_its_folder_shows(example: str, tmp_path: Path) -> None:
    folder = EXAMPLES / f"ganeti-{example}"
    assert texts(build(folder / "node.vcfg", tmp_path)) == shown(folder / "expected")


@pytest.mark.parametrize("example", [*(f"{name}/node" for name in ALONE), "cluster/fleet"])
def test_nothing_is_found(example: str, capsys: pytest.CaptureFixture[str]) -> None:
    outcome = check(EXAMPLES / f"ganeti-{example}.vcfg", capsys)
    assert (outcome.status, outcome.findings) == (0, [])


@pytest.mark.parametrize("example", ["rapi", "provider"])
def test_what_is_worth_breaking_breaks(
    example: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(EXAMPLES / f"ganeti-{example}")
    commands = broken(example)
    assert len(commands) >= 3
    for words in commands:
        capsys.readouterr()
        run(["check", "node.vcfg", *words, "--errors", "json"])
        assert json.loads(capsys.readouterr().out)["diagnostics"] != [], words


def test_the_api_is_where_the_watcher_looks(tmp_path: Path) -> None:
    """A12, with a password for everybody."""
    plan = build(EXAMPLES / "ganeti-rapi" / "node.vcfg", tmp_path)
    assert plan.daemon_arguments("rapi")[:4] == [
        "--require-authentication",
        "--port=5080",
        "--bind=0.0.0.0",
        "--interface=eth1",
    ]
    watcher = "*/5 * * * * root /usr/sbin/ganeti-watcher --rapi-ip=10.0.0.1 --job-age=21600"
    assert watcher in plan.cron_lines("ganeti")


def test_a_fleet_is_what_its_folders_show(tmp_path: Path) -> None:
    """Of the second and third node only what differs from the first is shown."""
    folder = EXAMPLES / "ganeti-cluster"
    assert run(["build", str(folder / "fleet.vcfg"), "-o", str(tmp_path)]) == 0
    found = {node: texts(Plan.read(tmp_path / node)) for node in NODES}
    first = found["node1"]
    assert first == shown(folder / "expected" / "node1")
    for node in ("node2", "node3"):
        different = {path: text for path, text in found[node].items() if first.get(path) != text}
        assert different == shown(folder / "expected" / node)
        assert found[node].keys() == first.keys()


def test_every_node_knows_every_node(tmp_path: Path) -> None:
    run(["build", str(EXAMPLES / "ganeti-cluster" / "fleet.vcfg"), "-o", str(tmp_path)])
    hosts = {Plan.read(tmp_path / node).text("/etc/hosts") for node in NODES}
    assert len(hosts) == 1
    lines = hosts.pop().splitlines()
    for number, node in enumerate(NODES, 11):
        assert f"192.168.7.{number}\t{node}.lab.example {node}" in lines
