"""What `vcfg check` does to one configuration, and what it keeps of it for the others' sake."""

from __future__ import annotations

from evaluator.diagnostics.model import ERROR, Sink

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.cli.alike import Machine
    from evaluator.cli.numbering import Numbering
    from evaluator.diagnostics.model import Diagnostic
    from evaluator.evaluation.world import World
    from evaluator.fleet.fleet import Fleet
    from evaluator.lints.subject import Common


class Judged:
    """What is left of a configuration that was checked; its findings are in its sink.

    `machine` is what it must not have in common with others, if it means a machine; `lints`
    is what the lints say, None where its findings leave no room for that.
    """

    __slots__ = ("lints", "machine")

    def __init__(self, machine: Machine | None, lints: list[Diagnostic] | None) -> None:
        self.machine = machine
        self.lints = lints


def judge(
    world: World,
    data: dict[str, Any],
    fleet: Fleet | None,
    numbering: Numbering,
    common: Common,
) -> Judged:
    """Check a configuration that was evaluated, and the variants of a host after it."""
    _check(world, data, numbering)
    lints = _lint(world, common)
    machine = None
    if fleet is not None:
        if len(fleet.hosts) > 1 and "activation" in data:
            from evaluator.cli.alike import machine_of

            machine = machine_of(world, data)
        if "variants" not in world.place:
            _check_variants(world, fleet, numbering)
    return Judged(machine, lints)


def _check(world: World, data: dict[str, Any], numbering: Numbering) -> None:
    """Look at the rest, and plan it where it means a machine; findings go to the sink."""
    from evaluator.cli.verb_build import judge_in_part, plan_from
    from evaluator.definitions.defaults import check_defaults
    from evaluator.evaluation.examples import check_examples

    check_examples(world)
    check_defaults(world.declared, world.sink)
    broken = [
        each
        for each in world.sink.diagnostics
        if each.severity == ERROR and each.code != "assertion-failed"
    ]
    if isinstance(data.get("activation"), dict):
        if broken or world.is_partial:
            judge_in_part(data["activation"], world)
        else:
            numbering.give(world, plan_from(data, world, is_judged=True))


def _lint(world: World, common: Common) -> list[Diagnostic] | None:
    """What the lints say, where the findings leave room for that."""
    from evaluator.evaluation.levels import severity_of
    from evaluator.lints.registry import may_lint, run_lints

    if world.is_partial or not may_lint(world.sink):
        return None
    found = Sink()
    run_lints(world, found, severity_of(world), common)
    return found.diagnostics


def _check_variants(world: World, fleet: Fleet, numbering: Numbering) -> None:
    """Evaluate every variant of what was checked; what its base says too is not repeated."""
    from evaluator.cli.verb_build import evaluated, plan_from
    from evaluator.evaluation.export import export

    host = world.place[1] if world.place else ""
    said = {(each.code, each.path, each.message) for each in world.sink.diagnostics}
    for name in sorted(fleet.variants(host)):
        variant = fleet.world(host, name)
        data = export(variant)
        is_whole = not (variant.is_partial or variant.sink.has_errors())
        if is_whole and isinstance(data.get("activation"), dict):
            known = len(variant.sink.diagnostics)
            plan = plan_from(data, variant)
            found = variant.sink.diagnostics[known:]
            if not said.issuperset([(each.code, each.path, each.message) for each in found]):
                # Whose lines these are about is not known of what was taken over.
                variant = fleet.traced(host, name)
                plan = plan_from(evaluated(variant), variant)
            else:
                variant.sink.take_back(known, lambda each: True)
            numbering.give(variant, plan)
