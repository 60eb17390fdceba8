"""Hosts checked and built in turn: the findings, plans and origins that each has by itself."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from evaluator.cli import shares
from evaluator.fleet import turns
from tests.bench import in_vcfg, sizes
from tests.test_turns import COUNT, ODD, SPECIAL
from tests.test_turns import fleet as fleet_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from evaluator.evaluation.world import World
    from tests.conftest import RunVcfg

# What the hosts of the other tests have is put into files, so that it has origins.
PLANNED = """
import "cron.vcfg"
etc.files.plain { text = "all the same\\n", mode = 0o600 }
etc.files.sizes.text = "#{config.size} #{config.web.port}\\n"
etc.files.tags.text = join(config.tags, " ")
for name, guest in config.guests {
  etc.files."guests/#{name}" { text = "#{guest.memory}\\n", mode = 0o640 }
}
when config.web.enable { cron.files.web.jobs.web { schedule = "5 4 * * *", command = "/bin/true" } }
default etc.files.mode.mode = if config.size > 3 then 0o600 else 0o644
etc.files.mode.text = "#{config.box.size}\\n"
"""
ITEMS = [
    'etc.files.own.text = "#{key}\\n"',
    "force etc.files.plain.mode = 0o640",
    'force etc.files.plain.text = "mine\\n"',
    "remove etc.files.sizes",
    'tags = [key, "b"], etc.files.own.text = config.text',
    'cron.files.own.jobs.own { schedule = "1 2 * * *", command = "/bin/false" }',
    'force etc.files."guests/first".mode = 0o600',
    'force guests.first.memory = 6, etc.files.twin.text = "x"',
    "etc.files.mode.mode = 0o700",
    'etc.links.l.target = "../nowhere"',
    'activation.snippets.s { text = "true", on-change = ["/etc/guests/fist"] }',
]
WRONG = [
    'etc.files."../up".text = "x"',
    'etc.files."a/b".text = "x", etc.files.a.text = "y"',
    "assert config.size > 3",
]


class Twice:
    """A command where hosts take turns, and where each is evaluated by itself."""

    def __init__(self, folder: Path, vcfg: RunVcfg, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.vcfg = vcfg
        self.monkeypatch = monkeypatch
        # Hosts that came out of a turn.
        self.taken = 0
        made = turns.Turns.made

        def counted(of: turns.Turns, world: World, make: Callable[[World, Any], Any]) -> Any:
            found = made(of, world, make)
            self.taken += 1
            return found

        monkeypatch.setattr(turns.Turns, "made", counted)
        monkeypatch.setattr(shares, "cores", lambda: 1)

    def compare(self, text: str) -> int:
        """Both have to say and make the same; the status of building it."""
        main = self.folder / "main.vcfg"
        main.write_text(text)
        build: list[str] = ["-o", str(self.folder / "out")]
        more: list[str]
        for verb, more in (("check", []), ("build", build)):
            answers = []
            for least in (turns.LEAST, 10**9):
                with self.monkeypatch.context() as patch:
                    patch.setattr(turns, "LEAST", least)
                    ran = self.vcfg(verb, main, "--errors", "json", *more)
                out = self.folder / "out"
                made = {path: path.read_text() for path in out.rglob("*") if path.is_file()}
                for path in made:
                    path.unlink()
                answers.append((ran, made))
            assert answers[0] == answers[1]
        return answers[0][0].status


@pytest.fixture
def twice(tmp_path: Path, vcfg: RunVcfg, monkeypatch: pytest.MonkeyPatch) -> Twice:
    return Twice(tmp_path, vcfg, monkeypatch)


def test_what_hosts_say(twice: Twice) -> None:
    blocks = [each for each in [*ITEMS, *SPECIAL] if "assert" not in each]
    assert twice.compare(PLANNED + fleet_of(blocks)) == 0
    assert twice.taken == 2 * (len(blocks) + COUNT)


@pytest.mark.parametrize("block", WRONG)
def test_what_is_wrong_with_a_plan_is_found_in_a_turn(block: str, twice: Twice) -> None:
    assert twice.compare(PLANNED + fleet_of([block, *ITEMS[:3]])) == 1
    assert twice.taken == 2 * (4 + COUNT)


@pytest.mark.parametrize("block", ODD)
def test_what_is_odd_is_told_as_ever(block: str, twice: Twice) -> None:
    twice.compare(PLANNED + fleet_of([block, ITEMS[0]]))


def test_what_many_hosts_say(twice: Twice) -> None:
    random = Random(5)
    for _ in range(2):
        blocks = ["\n".join(random.sample(ITEMS, 2) + random.sample(SPECIAL, 1)) for _ in range(10)]
        twice.compare(PLANNED + fleet_of(blocks))
    assert twice.taken > 30


def test_a_host_with_variants_takes_no_turn(twice: Twice) -> None:
    variant = "variant big { size = 9 }\n"
    twice.compare(PLANNED + variant + fleet_of([SPECIAL[0]]))
    assert twice.taken == 0


def test_hosts_of_the_bench(twice: Twice) -> None:
    workload = sizes.make("fleet", 3, 0.01)
    for module in workload.modules:
        (twice.folder / f"{module.name}.vcfg").write_text(in_vcfg.text_of(module))
    main = f'import "./{workload.modules[0].name}.vcfg"\nimport "etc.vcfg"\n'
    main += 'etc.files.a.text = "a"\n'
    for name, own in workload.hosts.items():
        main += f"host {name} {{\n" + "\n".join(map(in_vcfg.definition, own)) + "\n}\n"
    assert twice.compare(main) == 0
    assert twice.taken == 2 * len(workload.hosts)
