"""What holds for every configuration, tried on generated ones.

The sets are those that are held against the peer (tests/peer); the seeds here are their own.
"""

from __future__ import annotations

import random
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest

from evaluator.diagnostics.model import ERROR, Sink, Stop
from evaluator.evaluation.export import export
from evaluator.files import Disk
from evaluator.fleet.configure import Settings, configure
from evaluator.inspect.paths import locate
from evaluator.options.shapes import path_text
from tests.configured import FOLDER, MAIN
from tests.peer.generate import Maker, generate
from tests.peer.judge import alike, forced, option_paths, world_of
from tests.peer.mistakes import Mistake
from tests.random_expressions import configuration

if TYPE_CHECKING:
    from evaluator.diagnostics.model import Diagnostic
    from tests.peer.model import Node, Set

SEEDS = range(500_000, 500_040)


def values_of(set_: Set) -> tuple[Any, list[str]]:
    """Everything as data, and what a run over it reports."""
    world, sink = world_of(set_)
    data = export(world)
    return data, [each.message for each in sink.diagnostics if each.severity == ERROR]


@pytest.mark.parametrize("seed", SEEDS)
def test_without_places_to_fill_the_order_of_files_and_statements_is_all_one(seed: int) -> None:
    rng = random.Random(seed)
    set_ = Maker(seed, placed=True).make()
    turned = deepcopy(set_)
    for file in turned["files"]:
        rng.shuffle(file["imports"])
        rng.shuffle(file["items"])
    before, after = values_of(set_), values_of(turned)
    assert before[1] == after[1] == []
    assert alike(before[0], after[0])


@pytest.mark.parametrize("seed", SEEDS)
def test_a_definition_that_loses_changes_nothing(seed: int) -> None:
    maker = Maker(seed)
    set_ = maker.make()
    rng = random.Random(seed)
    options = [
        item
        for at, file in enumerate(set_["files"])
        for item in file["items"]
        if item[0] == "option"
        and item[3][0] != "choice"
        and not any([at in f.get("disable", []) for f in set_["files"]])
    ]
    file = set_["files"][0]["items"]
    losers: list[Node] = []
    for option in rng.sample(options, min(4, len(options))):
        path, type_ = option[2], option[3]
        is_block = type_[0] in ("map", "record", "any")
        value: Node = ["rec", []] if is_block or type_[0] == "opt" else maker.value(type_, [])
        if type_[0] == "opt":
            value = ["lit", None]
        file.append(["def", 1, None, path, value])
        wrong: Node = rng.choice((["lit", "lost"], ["op", "/", ["lit", 1], ["lit", 0]], value))
        losers.append(
            ["def", rng.choice((None, 3, 1000)), None, path, value if is_block else wrong]
        )
    before = values_of(set_)
    with_losers = deepcopy(set_)
    for loser in losers:
        rng.choice(with_losers["files"])["items"].append(loser)
    after = values_of(with_losers)
    assert before[1] == after[1] == []
    assert alike(before[0], after[0])


def finding_of(each: Diagnostic) -> tuple[str, str | None]:
    """What makes two findings the same; a circle may be entered anywhere."""
    return each.code, None if each.code == "cycle" else each.path


@pytest.mark.parametrize("seed", range(500_000, 500_080))
def test_a_check_finds_what_any_evaluation_finds(seed: int) -> None:
    set_ = generate(seed * 4 + 3) if seed % 2 else Mistake(seed).set
    world, sink = world_of(set_)
    export(world)
    checked = {finding_of(each) for each in sink.diagnostics if each.severity == ERROR}
    for path in option_paths(set_):
        world, sink = world_of(set_)
        try:
            forced(locate(world, path_text(path)).value())
        except Stop:
            assert sink.has_errors()
        found = {finding_of(each) for each in sink.diagnostics if each.severity == ERROR}
        # That somebody asked for what is not there is no finding about the configuration.
        assert found <= {*checked, ("unknown-option", None)}, path


@pytest.mark.parametrize("seed", range(150))
def test_every_evaluation_ends_with_a_value_or_a_finding(seed: int) -> None:
    text, names = configuration(seed)
    sink = Sink()
    world = configure(MAIN, Settings(Disk({MAIN: text}), (), FOLDER), sink)
    assert world is not None, [each.message for each in sink.diagnostics]
    data = export(world)
    assert sink.has_errors() or set(names) <= data.keys()
