"""What checks and warnings count as: the option `checks`, by id or by code."""

from __future__ import annotations

from evaluator.diagnostics.model import ERROR, WARNING, Stop

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from evaluator.diagnostics.model import Diagnostic
    from evaluator.evaluation.world import World

    Node = tuple[Any, ...]

SEVERITIES = {"error": ERROR, "warn": WARNING}
# Findings of checks are weighed when they are made, by their ids before their codes.
CHECKS = ("assertion-failed", "warned")


def levels_of(world: World) -> dict[str, str]:
    """What the configuration says about checks; empty where it says nothing."""
    levels = world.levels
    if levels is None:
        levels = {}
        # While the option itself is computed, everything counts as it stands.
        world.levels = levels
        if world.declared.core is not None:
            try:
                chosen = world.root.get("checks")
                levels.update({name: str(chosen.get(name)) for name in chosen.names()})
            except Stop:
                levels.clear()
    return levels


def id_of(statement: Node) -> str | None:
    """The `@id` of an `assert` or `warn`."""
    annotations = statement[5] if statement[0] == "assert" else statement[4]
    for annotation in annotations:
        if annotation[3] == "id" and annotation[4] and annotation[4][0][0] == "str":
            return str(annotation[4][0][3])
    return None


def level_of_check(world: World, statement: Node) -> str:
    """What a check counts as: `error`, `warn` or `off`."""
    code, usual = CHECKS[0], "error"
    if statement[0] == "warn":
        code, usual = CHECKS[1], "warn"
    levels = levels_of(world)
    if not levels:
        return usual
    name = id_of(statement)
    return levels.get(name or "", levels.get(code, usual))


def severity_of(world: World) -> Callable[[str], str]:
    """What the warnings of a code count as in a configuration: `error`, `warn` or `off`."""
    levels = levels_of(world)
    return lambda code: levels.get(code, "warn")


def weigh(world: World) -> None:
    """Let the warnings found so far count as the configuration says."""
    levels = levels_of(world)
    if not levels:
        return
    kept: list[Diagnostic] = []
    for finding in world.sink.diagnostics:
        level = None
        if finding.severity == WARNING and finding.code not in CHECKS:
            level = levels.get(finding.code)
        if level != "off":
            finding.severity = SEVERITIES.get(level or "", finding.severity)
            kept.append(finding)
    world.sink.diagnostics[:] = kept
    from evaluator.evaluation.check_ids import report_unknown

    report_unknown(world)
