"""Many hosts are evaluated by several processes; nobody can tell from what is printed."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from evaluator.cli import shares
from evaluator.types.values import dump_json

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Ran, RunVcfg

COUNT = 7
LIBRARY = """
service web {
  option port: port = 80
  option names: list(string) = []
  warn self.port == 81
  assert self.port != 82
  option enable: bool = true
}
"""


def hosts(special: str = "") -> str:
    lines = [
        f'host h{each} {{ web.port = {9000 + each}, web.names = ["é{each}", "#{{key}}"] }}\n'
        for each in range(COUNT)
    ]
    return f"{LIBRARY}{''.join(lines)}{special}"


class Both:
    """The same command by one process and by three; both answers have to be the same."""

    def __init__(self, folder: Path, vcfg: RunVcfg, monkeypatch: pytest.MonkeyPatch) -> None:
        self.file = folder / "main.vcfg"
        self.vcfg = vcfg
        self.monkeypatch = monkeypatch
        self.forks = 0
        usual = os.fork

        def fork() -> int:
            self.forks += 1
            return usual()

        monkeypatch.setattr(os, "fork", fork)
        monkeypatch.setattr(shares, "LEAST", 1)

    def run(self, text: str, *words: str) -> Ran:
        self.file.write_text(text)
        answers = []
        for count in (1, 3):
            self.monkeypatch.setattr(shares, "cores", lambda count=count: count)
            answers.append(self.vcfg("eval", self.file, *words))
        assert answers[0] == answers[1]
        return answers[0]


@pytest.fixture
def both(tmp_path: Path, vcfg: RunVcfg, monkeypatch: pytest.MonkeyPatch) -> Both:
    return Both(tmp_path, vcfg, monkeypatch)


def test_hosts_are_shared_out(both: Both) -> None:
    done = both.run(hosts())
    assert both.forks == 2
    answer = json.loads(done.out)
    assert list(answer) == [f"h{each}" for each in range(COUNT)]
    assert answer["h6"]["web"] == {"enable": True, "names": ["é6", "h6"], "port": 9006}


def test_one_path_of_all_hosts(both: Both) -> None:
    assert json.loads(both.run(hosts(), "web.port").out)["h3"] == 9003
    assert both.forks == 2


@pytest.mark.parametrize("port", [81, 82, "no"])
@pytest.mark.parametrize("host", ["h0", "h3", "h6"])
def test_what_there_is_to_tell_is_told(port: object, host: str, both: Both) -> None:
    written = f"{port}" if isinstance(port, int) else f'"{port}"'
    done = both.run(hosts(f"host {host} {{ force web.port = {written} }}\n"))
    assert done.err
    assert done.status == (0 if port == 81 else 1)


def test_hosts_that_read_each_other(both: Both) -> None:
    more = 'host a { web.names = ["#{hosts.h6.web.port}", "#{hosts.h0.web.port}"] }\n'
    done = both.run(hosts(more))
    assert json.loads(done.out)["a"]["web"]["names"] == ["9006", "9000"]
    done = both.run(hosts(more + "host h6 { force web.port = 82 }\n"))
    assert done.status == 1


def test_other_forms_are_printed_by_one_process(both: Both) -> None:
    both.run(hosts(), "--format", "yaml")
    assert both.forks == 0


def test_few_hosts_are_not_shared_out(both: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shares, "LEAST", 4)
    both.run(hosts())
    assert both.forks == 0


def test_a_process_that_dies_is_made_up_for(both: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    here = os.getpid()
    usual = dump_json

    def dying(value: object) -> str:
        if os.getpid() != here:
            os.abort()
        return usual(value)

    monkeypatch.setattr(shares, "dump_json", dying)
    assert len(json.loads(both.run(hosts()).out)) == COUNT
    assert both.forks == 2
