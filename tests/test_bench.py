"""The workloads of the bench are what they claim to be, at a small scale and without a clock."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.bench import examples, in_jsonnet, in_kcl, in_nix, in_vcfg
from tests.bench.answer import comparable, difference, expected
from tests.bench.growth import growth
from tests.bench.lives import live
from tests.bench.programs import ROOT
from tests.bench.race import Meter, Result, race
from tests.bench.sizes import SIZES, make
from tests.bench.start import programs
from tests.bench.stories import STORIES
from tests.bench.workload import FORCE, Definition, Literal, Module, Next, Option, Workload

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import RunVcfg

SCALES = {"tiny": 1.0, "host": 0.2, "large": 0.02, "dag": 0.5, "deep": 0.02, "fleet": 0.003}
SMALL = 0.01


def small(size: str, seed: int = 7) -> Workload:
    return make(size, seed, SCALES.get(size, SMALL))


def evaluated(workload: Workload, folder: Path, vcfg: RunVcfg) -> Any:
    in_vcfg.write(workload, folder)
    done = vcfg("eval", folder / in_vcfg.ROOT)
    assert done.status == 0, done.err
    return json.loads(done.out)


@pytest.mark.parametrize("size", SIZES)
def test_vcfg_gives_the_answer(size: str, vcfg: RunVcfg, tmp_path: Path) -> None:
    workload = small(size)
    answer = comparable(workload, evaluated(workload, tmp_path, vcfg))
    assert difference(comparable(workload, expected(workload)), answer) == ""


@pytest.mark.parametrize("size", SIZES)
def test_workloads_follow_from_seed_and_scale(size: str, tmp_path: Path) -> None:
    for write in (in_vcfg.write, in_nix.write, in_jsonnet.write, in_kcl.write):
        texts = []
        for number, seed in enumerate((7, 7, 8)):
            folder = tmp_path / f"{write.__module__}-{number}"
            folder.mkdir()
            write(small(size, seed), folder)
            texts.append({file.name: file.read_text() for file in folder.iterdir()})
        assert texts[0] == texts[1]
        # A chain is the same for every seed.
        assert size == "deep" or texts[0] != texts[2]


def test_sizes_are_as_large_as_they_claim() -> None:
    assert make("host").count().startswith("40 modules, 602 options")
    assert make("deep").count() == "50 modules, 5000 options, 4999 definitions"
    assert make("large", scale=0.5).count().startswith("200 modules, 3010 options")


def test_a_host_of_the_answer_differs_from_others() -> None:
    answer = expected(small("fleet"))
    assert len(answer) == 3
    assert answer["h0000"] != answer["h0001"]


def test_the_answer_by_hand() -> None:
    on, number, doubled = ("s", "on"), ("s", "number"), ("s", "next")
    module = Module(
        "m",
        [],
        [
            Option(on, "bool", Literal(value=False), rank=0),
            Option(number, "int", Literal(1), rank=1),
            Option(doubled, "int", Next(number), rank=2),
            Option(("s", "names"), "list", Literal([]), rank=3),
        ],
        [
            Definition(number, Literal(5)),
            Definition(number, Literal(6), FORCE, when=(on, False)),
            Definition(number, Literal(7), FORCE, when=(on, True)),
            Definition(("s", "names"), Literal(["b"]), place=9),
            Definition(("s", "names"), Literal(["a"]), place=8),
        ],
    )
    want = {"s": {"on": False, "number": 6, "next": 7, "names": ["a", "b"]}}
    assert expected(Workload([module])) == want


def test_a_wrong_answer_is_named() -> None:
    want = {"a": {"x": 1, "y": [1]}}
    assert difference(want, {"a": {"x": 1, "y": [1]}}) == ""
    assert difference(want, {"a": {"x": 1, "y": [2]}}) == "a.y is [2] and not [1]"
    assert difference(want, {"a": {"x": 1}}) == "a.y is missing"
    assert difference(want, {"a": {"x": 1, "y": [1], "z": 0}}) == "a.z is too much"


def test_growth_does_not_count_what_a_start_takes() -> None:
    scales = (0.25, 0.5, 1.0)
    assert growth(scales, [5 + 3 * scale for scale in scales]) == "1.00"
    assert growth(scales, [5 + 3 * scale**2 for scale in scales]) == "2.00"
    assert growth(scales, [1.0, 1.0, 1.0]) == "?"


def test_programs_are_run_and_judged(tmp_path: Path) -> None:
    """With the bare interpreter, which is there."""
    bare = programs(tmp_path)[0]
    done, wrong = Result(bare, tmp_path), Result(bare, tmp_path)
    wrong.program = type(bare)(
        "wrong", bare.write, lambda _: [*bare.command(tmp_path)[:-1], "print(1)"]
    )
    with Meter(20) as meter:
        race([done, wrong], 2, meter, lambda _, output: f"it is {output.decode().strip()}")
    assert [len(done.costs), done.problem] == [2, ""]
    assert done.median().wall > 0
    assert done.ratio(done) == (1, 1, 1)
    assert wrong.problem == "WRONG: it is 1"


@pytest.mark.parametrize("example", examples.EXAMPLES)
def test_examples_are_what_their_folders_show(example: str, vcfg: RunVcfg) -> None:
    file = ROOT / "spec" / "examples" / example / examples.EXAMPLES[example]
    done = vcfg("eval", file)
    answer = json.loads(done.out)
    assert examples.missing(example, answer) == ""
    answer["activation"]["files"].clear()
    assert examples.missing(example, answer)


@pytest.mark.root
@pytest.mark.needs("bwrap", package="bubblewrap")
@pytest.mark.parametrize("name", STORIES)
def test_stories_of_scripts_end_as_they_say(name: str, tmp_path: Path) -> None:
    """Each run of a story with the exit code it has to have, and what it costs."""
    costs: dict[str, list[float]] = {}
    live(STORIES[name], 3, "dash", tmp_path, costs)
    assert list(costs) == [run.name for run in STORIES[name].runs]
    assert all(seconds[0] > 0 for seconds in costs.values())
