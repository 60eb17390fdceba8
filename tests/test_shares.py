"""Many hosts are evaluated by several processes; nobody can tell from what is printed."""

from __future__ import annotations

import json
import os
import shutil
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from evaluator.cli import shares
from evaluator.types.values import dump_json
from tests import test_turns

if TYPE_CHECKING:
    from pathlib import Path

    from evaluator.cli.handing import Share
    from tests.conftest import Ran, RunVcfg

VERBS = ["eval", "build", "check"]
COUNT = 7
LIBRARY = """
import "etc.vcfg"
service web {
  option port: port = 80
  option names: list(string) = []
  option table: map(int) = {}
  when self.port == 81 { warn "nobody listens there" }
  when self.port > 9990 { warn "that is far up" }
  assert self.port != 82
  option enable: bool = true
}
etc.files.motd.text = "#{config.web.port}\\n"
"""


def hosts(special: str = "", base: int = 9000) -> str:
    lines = [
        f'host h{each} {{ web.port = {base + each}, web.names = ["é{each}", "#{{key}}"] }}\n'
        for each in range(COUNT)
    ]
    return f"{LIBRARY}{''.join(lines)}{special}"


def told(ran: Ran, verb: str, *codes: str) -> list[dict[str, Any]]:
    """Findings of some codes, printed as JSON: `check` answers with them."""
    found = json.loads(ran.out if verb == "check" else ran.err)["diagnostics"]
    return [each for each in found if each["code"] in codes]


class Both:
    """The same command by one process and by three; both answers have to be the same."""

    def __init__(self, folder: Path, vcfg: RunVcfg, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.file = folder / "main.vcfg"
        self.vcfg = vcfg
        self.monkeypatch = monkeypatch
        self.forks = 0
        # How often this process has set out to evaluate hosts in a row.
        self.begun = 0
        fork, made = os.fork, shares._made

        def counted() -> int:
            self.forks += 1
            return fork()

        def begun(*arguments: object) -> Share:
            self.begun += 1
            return made(*arguments)  # type: ignore[arg-type]

        monkeypatch.setattr(os, "fork", counted)
        monkeypatch.setattr(shares, "_made", begun)
        monkeypatch.setattr(shares, "LEAST", 1)
        monkeypatch.chdir(folder)

    def run(self, text: str, *words: str, verb: str = "eval") -> Ran:
        """The answer of one process, which that of three has to be."""
        self.file.write_text(text)
        answers = []
        for count in (1, 3):
            self.monkeypatch.setattr(shares, "cores", lambda count=count: count)
            out = self.folder / "out"
            shutil.rmtree(out, ignore_errors=True)
            self.begun = 0
            more = ("-o", "out") if verb == "build" else ()
            ran = self.vcfg(verb, "main.vcfg", *words, *more)
            made = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
            answers.append((ran, made))
        assert answers[0] == answers[1]
        return answers[0][0]

    def was_shared(self) -> bool:
        """Whether what the other two processes made and found was taken."""
        assert self.forks
        return self.begun == 1


@pytest.fixture
def both(tmp_path: Path, vcfg: RunVcfg, monkeypatch: pytest.MonkeyPatch) -> Both:
    return Both(tmp_path, vcfg, monkeypatch)


def test_hosts_are_shared_out(both: Both) -> None:
    done = both.run(hosts())
    assert both.forks == 2
    assert both.was_shared()
    answer = json.loads(done.out)
    assert list(answer) == [f"h{each}" for each in range(COUNT)]
    assert answer["h6"]["web"]["port"] == 9006
    assert answer["h6"]["web"]["names"] == ["é6", "h6"]


def test_one_path_of_all_hosts(both: Both) -> None:
    assert json.loads(both.run(hosts(), "web.port").out)["h3"] == 9003
    assert both.was_shared()


PORTS = {"warned": 81, "asserted": 82, "refused": '"no"', "missing": "config.web.table.none"}
"""What a host may say, by what comes of it."""


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("port", PORTS.values(), ids=[*PORTS])
@pytest.mark.parametrize("about", [["h0"], ["h1", "h5"], ["h4", "h5", "h6"]])
def test_what_there_is_to_tell_is_told(
    about: list[str], port: object, verb: str, both: Both
) -> None:
    blocks = [f"host {host} {{ force web.port = {port} }}\n" for host in about]
    done = both.run(hosts("".join(blocks)), "--errors", "json", verb=verb)
    assert both.was_shared()
    assert done.status == (0 if port == 81 else 1)
    # What checks say is said at the check; a definition is wrong where it stands.
    found = [about] if isinstance(port, int) else [[host] for host in about]
    for each in found:
        listed = ", ".join([f"`{host}`" for host in each])
        assert f"on host{'s' if len(each) > 1 else ''} {listed}" in done.out + done.err


@pytest.mark.parametrize("verb", VERBS)
def test_what_people_read(verb: str, both: Both) -> None:
    blocks = "host h1 { force web.port = 81 }\nhost h6 { force web.port = 81 }\n"
    done = both.run(hosts(blocks), verb=verb)
    assert both.was_shared()
    if verb == "eval":
        assert done.err == "vcfg: 1 warning; `vcfg check main.vcfg` shows it\n"
    else:
        assert "on hosts `h1`, `h6`" in done.out + done.err


@pytest.mark.parametrize("verb", VERBS)
def test_all_hosts_are_warned_of(verb: str, both: Both) -> None:
    done = both.run(hosts(base=9991), "--errors", "json", verb=verb)
    assert both.was_shared()
    [finding] = told(done, verb, "warned")
    assert finding["notes"] == []
    assert done.status == 0


def test_the_first_host_without_a_value_ends_the_answer(both: Both) -> None:
    """Of one path; hosts after it are not looked at."""
    bad = "".join([f'host h{each} {{ force web.port = "no" }}\n' for each in (3, 6)])
    done = both.run(hosts(bad), "web.port", "--errors", "json")
    assert both.was_shared()
    [finding] = told(done, "eval", "type-mismatch")
    assert finding["notes"] == ["on host `h3`"]


READING = 'host a { web.names = ["#{hosts.h6.web.port}", "#{hosts.h0.web.port}"] }\n'


def test_hosts_that_read_each_other(both: Both) -> None:
    done = both.run(hosts(READING))
    assert both.was_shared()
    assert json.loads(done.out)["a"]["web"]["names"] == ["9006", "9000"]


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("port", [81, 82])
def test_checks_of_hosts_that_read_each_other(port: int, verb: str, both: Both) -> None:
    """What a check says depends on nothing but values, so that it is found anywhere."""
    special = "".join([f"host h{each} {{ force web.port = {port} }}\n" for each in (1, 6)])
    done = both.run(hosts(READING + special), "--errors", "json", verb=verb)
    assert both.was_shared()
    [finding] = told(done, verb, "warned", "assertion-failed")
    assert finding["notes"][-1] == "on hosts `h1`, `h6`"


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(
    "special",
    [
        {"h6": 'force web.port = "no"'},
        {"a": 'web.names = ["#{hosts.h6.web.table.none}"]'},
        {"h1": "web.table.x = hosts.h6.web.table.x", "h6": "web.table.x = hosts.h1.web.table.x"},
        {"h0": "web.table.x = hosts.h5.web.table.y", "h5": "web.table.y = 1 + config.web"},
        {"h6": "web.table.x = hosts.h0.web.table.y", "h0": "web.table.y = 1 + config.web"},
    ],
)
def test_hosts_that_read_what_has_no_value(special: dict[str, str], verb: str, both: Both) -> None:
    """Who comes first is told so; one process knows who that is."""
    blocks = [f"host {name} {{ {block} }}\n" for name, block in special.items()]
    done = both.run(hosts(READING + "".join(blocks)), "--errors", "json", verb=verb)
    assert not both.was_shared()
    assert done.status == 1


@pytest.mark.parametrize("verb", VERBS)
def test_what_is_found_in_files_is_told_once(verb: str, both: Both) -> None:
    """A warning of all hosts beside those of some, and what it counts as."""
    old = '@deprecated("say port")\noption old: int = 0\n'
    (both.folder / "old.vcfg").write_text(old)
    text = 'import "./old.vcfg"\nold = 1\n' + hosts("host h5 { force web.port = 81 }\n")
    done = both.run(text, "--errors", "json", verb=verb)
    assert both.was_shared()
    found = told(done, verb, "deprecated", "warned")
    assert {each["code"]: each["notes"] for each in found} == {
        "deprecated": [],
        "warned": ["on host `h5`"],
    }

    done = both.run(text + 'host h6 { checks.deprecated = "error" }\n', verb=verb)
    assert not both.was_shared()
    assert done.status == 1


@pytest.mark.parametrize("verb", ["build", "check"])
def test_a_pattern_that_is_none_is_told_once(verb: str, both: Both) -> None:
    text = hosts('option word: string(matches: "(") = ""\nhost h5 { word = "x" }\n')
    done = both.run(text, "--errors", "json", verb=verb)
    assert len(told(done, verb, "bad-declaration")) == 1
    # `check` tries patterns before it evaluates anything, `build` in what hosts have in common.
    assert both.was_shared()


@pytest.mark.parametrize("seed", range(4))
def test_fleets_in_which_many_things_are_odd(seed: int, both: Both) -> None:
    random = Random(seed)
    known = [each for each in (*test_turns.SPECIAL, *test_turns.ODD) if "\n" not in each]
    blocks = [", ".join(random.sample(known, random.choice([0, 1, 2]))) for _ in range(12)]
    for verb in ("eval", "check"):
        both.run(test_turns.fleet(blocks), "--errors", "json", verb=verb)


def test_lints_of_hosts_and_of_what_they_share(both: Both) -> None:
    """Of what several hosts have, only what all agree on is said."""
    text = hosts(
        "let idle = 1\nhost h5 { let own = 2, let idle = 3 }\nhost h2 { web.enable = true }\n"
    )
    done = both.run(text, "--errors", "json", verb="check")
    assert both.was_shared()
    names = [each["message"] for each in told(done, "check", "unused-name")]
    assert len(names) == 3, names


def test_variants_are_checked_with_their_hosts(both: Both) -> None:
    loud = 'variant "loud" { force web.port = 81 }\n'
    wrong = 'variant "wrong" { force web.port = if key == "h3" then 82 else 83 }\n'
    text = hosts(loud + wrong.replace("key", "config.web.names[1]"))
    done = both.run(text, "--errors", "json", verb="check")
    assert both.was_shared()
    found = told(done, "check", "warned", "assertion-failed")
    notes = {each["code"]: each["notes"][-1] for each in found}
    assert notes == {
        "warned": "in variant `loud`",
        "assertion-failed": "in variant `wrong` of host `h3`",
    }
    for verb in VERBS:
        both.run(text, "--variant", "loud", "--errors", "json", verb=verb)


@pytest.mark.parametrize("verb", ["build", "check"])
def test_hosts_of_several_shares_with_one_name(verb: str, both: Both) -> None:
    special = "".join(
        [f'host h{each} {{ networking.hostname = "x" }}\n' for each in (0, 4, 6)]
        + [
            f'host h{each} {{ networking.interfaces.eth0.address = "192.0.2.{each % 2 + 1}/24" }}\n'
            for each in range(COUNT)
        ]
    )
    done = both.run('import "networking.vcfg"\n' + hosts(special), "--errors", "json", verb=verb)
    assert both.was_shared()
    found = [each["message"] for each in told(done, verb, "same-host", "same-address")]
    names = "The hosts `h0`, `h4` and `h6` have one name, `x`"
    addresses = ["`h0`, `h2`, `h4` and `h6` have one address, 192.0.2.1"]
    addresses.append("`h1`, `h3` and `h5` have one address, 192.0.2.2")
    assert names in found, done
    assert len(found) == (3 if verb == "check" else 1), found
    for each in addresses if verb == "check" else ():
        assert f"The hosts {each}" in found


def test_hosts_of_which_only_some_know_names(both: Both) -> None:
    """One that has the name of its block has no line that says so."""
    text = hosts('host h6 { import "networking.vcfg", networking.hostname = "h2" }\n')
    [finding] = told(both.run(text, "--errors", "json", verb="check"), "check", "same-host")
    assert len(finding["labels"]) == 1


@pytest.mark.parametrize("verb", ["build", "check"])
def test_accounts_without_a_number(verb: str, both: Both) -> None:
    """The lock is a file that findings speak of, too."""
    (both.folder / "ids.lock").write_text("# vcfg-ids 1\nuser alice 20001\ngroup alice 20001\n")
    users = "account.users.alice { }\nhost h1 { account.users.alice.uid = 7 }\n"
    text = 'import "account.vcfg"\n' + hosts(users + "host h5 { account.users.bob { } }\n")
    done = both.run(text, "--errors", "json", verb=verb)
    assert both.was_shared()
    assert done.status == 1
    assert "ids.lock" in done.out + done.err


def test_edits_of_what_shares_find(both: Both) -> None:
    (both.folder / "old.vcfg").write_text("former old to new\noption new: int = 0\n")
    text = 'import "./old.vcfg"\n' + hosts("host h5 { old = 1 }\nhost h0 { old = 2 }\n")
    done = both.run(text, "--diff", verb="check")
    assert both.forks
    assert done.out.count("\n+") == 3


@pytest.mark.parametrize("form", ["yaml", "toml"])
def test_other_forms(form: str, both: Both) -> None:
    assert "9006" in both.run(hosts(), "--format", form).out
    assert both.was_shared()


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
    assert not both.was_shared()
