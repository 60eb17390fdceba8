"""`vcfg build FILE -o DIR`: evaluate, plan, and write every output, or nothing at all."""

from __future__ import annotations

import os
import shlex
import sys

from evaluator.cli.session import Session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.cli.arguments import Arguments
    from evaluator.evaluation.world import World


def answer(arguments: Arguments) -> int:
    """Write the outputs; prints the paths whose bytes changed."""
    folder = arguments.option("output")
    if not folder:
        print("vcfg: `vcfg build` needs a folder to write to: -o DIR", file=sys.stderr)
        return 2
    session = Session(arguments)
    file = arguments.word("FILE")
    worlds = session.worlds(file)
    plans = [(folder_of(world, folder, len(worlds)), plan_of(world)) for world in worlds]
    code = session.finish(file, in_full=True)
    if code or not plans:
        return code or 1
    from evaluator.emit.outputs import CannotAdapt
    from evaluator.emit.write import CannotWrite

    builders = list(dict.fromkeys(arguments.options.get("for", ())))
    try:
        told = _told(plans, builders)
        written = [path for place, plan in plans for path in _write(place, plan or {}, builders)]
    except CannotAdapt as problem:
        print(f"vcfg: {problem}", file=sys.stderr)
        return 1
    except CannotWrite as problem:
        print(f"vcfg: {problem}", file=sys.stderr)
        return 2
    for path in written:
        print(path)
    if not written:
        print(f"{folder} is up to date", file=sys.stderr)
    for line in told:
        print(line, file=sys.stderr)
    return 0


def _told(plans: list[tuple[str, dict[str, Any] | None]], builders: list[str]) -> list[str]:
    """How to use what builders get, from the first host's folder, and what is to be known.

    Raises `CannotAdapt` with what every host and builder has against it, before a byte is written.
    """
    from evaluator.emit.outputs import CannotAdapt
    from evaluator.emit.write import adapted, render_outputs

    lines: dict[str, None] = {}
    problems = []
    for number, (place, plan) in enumerate(plans if builders else ()):
        outputs = render_outputs(plan or {})
        for builder in builders:
            try:
                found = adapted(plan or {}, outputs, builder)
            except CannotAdapt as problem:
                problems.append(f"{place}: --for {builder}: {problem}")
                continue
            if number == 0:
                lines[f"{builder}: {found.usage(shlex.quote(place))}"] = None
            lines |= dict.fromkeys(f"{builder}: note: {note}" for note in found.notes)
    if problems:
        raise CannotAdapt("\nvcfg: ".join(problems))
    return list(lines)


def _write(place: str, plan: dict[str, Any], builders: list[str]) -> list[str]:
    """Write all outputs of one host; the paths whose bytes changed."""
    from evaluator.emit.write import adapted, render_outputs, write_outputs

    outputs = render_outputs(plan)
    for builder in builders:
        outputs |= adapted(plan, outputs, builder).outputs
    return [str(each) for each in write_outputs(outputs, place)]


def folder_of(world: World, folder: str, count: int) -> str:
    """Where outputs go: each of several hosts has a folder of its own."""
    return os.path.join(folder, world.place[1]) if count > 1 else folder


def plan_of(world: World) -> dict[str, Any] | None:
    """The plan of a configuration; None, with a finding, where there is nothing to plan."""
    from evaluator.diagnostics.model import Diagnostic, Help
    from evaluator.evaluation.export import export
    from evaluator.inspect.provenance import trace

    trace(world)
    data = export(world)
    if world.sink.has_errors():
        return None
    if not isinstance(data.get("activation"), dict):
        world.sink.report(
            Diagnostic(
                "bad-plan",
                "this configuration puts nothing on a machine",
                (),
                help=(Help('import what does, for example `import "etc.vcfg"`'),),
            )
        )
        return None
    return plan_from(data, world)


def plan_from(
    data: dict[str, Any], world: World, *, is_judged: bool = False
) -> dict[str, Any] | None:
    """The plan of an evaluated, traced configuration; what no machine can have is reported.

    `is_judged`: only for that.
    """
    from evaluator.evaluation.levels import severity_of
    from evaluator.fleet.configure import inputs_hash
    from evaluator.inspect.origin import origin
    from evaluator.plan.build import build_plan

    host = data.get("networking", {}).get("hostname") or ""
    if not host and world.place[:1] == ("hosts",):
        host = world.place[1]
    return build_plan(
        data["activation"],
        host=host,
        input_hash=inputs_hash(world),
        origin=lambda path: origin(world, path),
        sink=world.sink,
        severity=severity_of(world),
        is_judged=is_judged,
    )
