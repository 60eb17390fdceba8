"""Hosts evaluated in turn have the values, and tell the findings, that each has by itself."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from evaluator.diagnostics.model import Stop
from evaluator.evaluation.export import export
from evaluator.fleet import turns
from evaluator.fleet.turns import Odd, Turns
from evaluator.types.values import dump_json
from tests.bench import in_vcfg, sizes
from tests.fleets import Given

if TYPE_CHECKING:
    from evaluator.evaluation.world import World

COUNT = 7
LIBRARY = """
let doubled = config.web.port * 2
let plain = 3
option role: string = "none"
option size: int = 1
option needed: int
option all: any = { size = config.size, web = config.web.port }
option other: any = config.box
option tags: list(string) = ["base"]
option names: set(string) = ["n"]
option text: text = ""
option box.size: int = config.size + 1
record Guest {
  option memory: int = config.size * 10
  option name: string = key
  option disks: list(Disk) = [{ size = config.size }]
  assert self.memory > 0
}
record Disk { option size: int, option twice: int = self.size * 2 }
option guests: map(Guest) = {}
option mounts: keyed(Mount, on: "where-at") = []
record Mount { option where-at: string, option size: int = config.size }
choice Disk-of { option file: string, option size: int }
option disk: Disk-of = { size = config.size }
option either: int | list(string) = config.size
option seconds: Seconds = "4"
type Seconds = int from string by int(value)
service web {
  option port: int = 80
  option twice: int = doubled
  option hint: string
  when self.port > 100 { extend names-of { names = ["web"] } }
  accepts listens: list(int) = []
  when self.port > 200 { extend names-of { guests.big = self.port } }
  extend names-of { guests.always = plain }
  option enable: bool = false
  assert self.port != 82
  warn self.port == 81
}
service names-of {
  accepts names: list(string) = []
  accepts guests: map(int) = {}
}
service proxy {
  option enable: bool = config.web.enable
  option of: list(string) = [for name, guest in config.guests: "#{name}=#{guest.memory}"]
  option disks: list(int) = [for name, guest in config.guests: guest.disks[0].twice]
  extend web { listens = [8080], when config.size > 2 { listens = [9090] } }
}
guests.first { memory = 5 }
when config.size > 3 { guests.more { }, tags = ["large"] }
for n in [1, 2] { guests."g#{n}".memory = config.size * n }
guests.*.name = "#{key}-#{config.role}"
mounts."/srv" { }
needed = if config.role == "none" then 1 else config.size
"""
SPECIAL = [
    "size = 4",
    'size = 5, web { enable = true, hint = "y" }',
    "web.enable = true, web.hint = key",
    'web { port = 150, enable = true, hint = "x" }',
    "web { port = 250 }",
    'role = "db", needed = 3',
    'force guests.first.memory = 6, force guests.first.name = "mine"',
    "guests.first { disks = [{ size = 1 }, { size = config.size }] }",
    "guests.own { memory = 1 }",
    "remove guests.first",
    "remove tags.base",
    'tags = [key, "#{config.size}"], names = ["m"]',
    'text = "one\\ntwo"',
    'mounts = [{ where-at = "/a" }, { where-at = "/srv", size = 9 }]',
    'disk.file = "x"',
    'either = ["a"]',
    'seconds = "9"',
    'when config.size == 1 { text = "t", role = "cond" }',
    'when config.web.enable { tags = ["enabled"] } else { tags = ["not"] }',
    "let own = config.size + 1\nbox.size = own",
    "assert config.size < 9",
    'for n in [5, 6] { guests."x#{n}".memory = n }',
    "guests.* { force memory = 8 }",
    "all = { a = 1 }",
    "default size = 2",
]  # fmt: skip
ODD = [
    'web { enable = true, port = 81, hint = "h" }',
    'web { enable = true, port = 82, hint = "h" }',
    "web.enable = true",
    "size = 0",
    "assert config.size < 1",
    "warn config.size == 1",
    'tags = ["#{hosts.h0.size}"]',
    "when config.size == 1 { size = 1 }",
    "guests.first.memory = 6",
    "guests.* { memory = 8 }",
    "needed = config.needed",
    "size = 1, size = 2",
]  # fmt: skip


def fleet(blocks: list[str]) -> str:
    hosts = [f"host h{at} {{ {block} }}\n" for at, block in enumerate(blocks)]
    rest = [f"host z{at} {{ size = {at} + 1 }}\n" for at in range(COUNT)]
    return LIBRARY.replace("needed = if", "default needed = if") + "".join(hosts + rest)


def by_itself(text: str) -> tuple[dict[str, str | None], list[tuple[str, str, object]]]:
    given = Given(text)
    found: dict[str, str | None] = {}
    for host in given.fleet.hosts:
        try:
            found[host] = dump_json(export(given.world(host)))
        except Stop:
            found[host] = None
    return found, told(given)


def told(given: Given) -> list[tuple[str, str, object]]:
    return [(each.code, each.message, each.notes) for each in given.findings()]


def in_turn(
    text: str, order: int = 1
) -> tuple[dict[str, str | None], list[tuple[str, str, object]], int]:
    """The same, and how many came out of a turn."""
    given = Given(text)
    worlds = [given.world(host) for host in given.fleet.hosts]
    shared = Turns(given.fleet, worlds)
    found: dict[str, str | None] = {}
    count = 0
    for world in worlds[::order]:
        answer = taken(shared, world)
        count += answer is not None
        if answer is None:
            try:
                answer = dump_json(export(world))
            except Stop:
                answer = None
        found[world.place[1]] = answer
    return found, told(given), count


def taken(turns_of: Turns, world: World) -> str | None:
    """What came out of a turn."""
    try:
        return turns_of.text(world, "\n")
    except Odd:
        return None


def compare(text: str) -> int:
    want, findings = by_itself(text)
    count = 0
    for order in (1, -1):
        got, also, count = in_turn(text, order)
        assert {host: got[host] for host in want} == want
        assert sorted(also, key=repr) == sorted(findings, key=repr)
    return count


@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """A turn whatever a host changes."""
    monkeypatch.setattr(turns, "MOST", 9)


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize("block", SPECIAL)
def test_what_one_host_says(block: str) -> None:
    assert compare(fleet([block])) == COUNT + 1


@pytest.mark.usefixtures("always")
def test_what_many_hosts_say_in_any_order() -> None:
    random = Random(7)
    for _ in range(4):
        blocks = [", ".join(random.sample([each for each in SPECIAL if "\n" not in each], 2))
                  for _ in range(12)]  # fmt: skip
        compare(fleet(blocks))


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize("block", ODD)
def test_what_is_odd_is_told_as_ever(block: str) -> None:
    compare(fleet([block, *SPECIAL[:3]]))


@pytest.mark.usefixtures("always")
def test_files_of_single_hosts_take_turns_too() -> None:
    """As fleets are laid out: each host imports a file of its own, which declares nothing."""
    said = [each for each in [*SPECIAL, *ODD[5:]] if "key" not in each]
    files = {"lib": LIBRARY.replace("needed = if", "default needed = if")}
    main = 'import "./lib.vcfg"\n'
    for at, text in enumerate(said):
        files[f"own{at}"] = text.replace(", ", "\n") if at % 2 and "{" not in text else text
        main += f'host h{at} {{ import "./own{at}.vcfg" }}\n'
    want, shared = Given(main, **files), Given(main, **files)
    assert len(want.fleet.groups) == 1
    worlds = [shared.world(host) for host in shared.fleet.hosts]
    taking = Turns(shared.fleet, worlds)
    count = 0
    for world in worlds:
        name = world.place[1]
        made = taken(taking, world)
        count += made is not None
        try:
            alone: str | None = dump_json(want.data(name))
        except Stop:
            alone = None
        if made is not None:
            assert made == alone
    assert count > len(said) * 0.7


def test_who_changes_most_of_it_is_evaluated_by_itself() -> None:
    assert in_turn(fleet(["size = 4"]))[2] == 0


def test_hosts_of_the_bench_take_turns() -> None:
    workload = sizes.make("fleet", 3, 0.01)
    files = {module.name: in_vcfg.text_of(module) for module in workload.modules}
    main = f'import "./{workload.modules[0].name}.vcfg"\n'
    for name, own in workload.hosts.items():
        main += f"host {name} {{\n" + "\n".join(map(in_vcfg.definition, own)) + "\n}\n"
    want = Given(main, **files)
    hosts = want.fleet.hosts
    shared = Given(main, **files)
    taking = Turns(shared.fleet, [shared.world(host) for host in hosts])
    for host in hosts:
        assert taking.text(shared.world(host), "\n") == dump_json(want.data(host))
