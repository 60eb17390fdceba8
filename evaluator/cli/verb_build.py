"""`vcfg build FILE -o DIR`: evaluate, plan, and write every output, or nothing at all."""

from __future__ import annotations

import sys

from evaluator.cli.numbering import Numbering
from evaluator.cli.session import Session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.cli.arguments import Arguments
    from evaluator.emit.prepare import Prepared
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
    builders = list(dict.fromkeys(arguments.options.get("for", ())))
    numbering = Numbering(session, file)
    hosts = _prepared(session, worlds, builders, folder, numbering)
    if len(worlds) > 1 and len(hosts) == len(worlds):
        _check_names(worlds, hosts, session)
    code = session.finish(file, in_full=True)
    if code or not hosts:
        return code or 1
    if any([host.problems for host in hosts]):
        for line in _refusals(hosts, folder):
            print(f"vcfg: {line}", file=sys.stderr)
        return 1
    code = numbering.write() or _write(hosts, folder)
    if code == 0 and session.fleet is not None and len(hosts) > 1:
        _tell_left_over(folder, session.fleet.hosts, file)
    return code


def _prepared(
    session: Session,
    worlds: list[World],
    builders: list[str],
    folder: str,
    numbering: Numbering,
) -> list[Prepared]:
    """What is written for each host, all of them or none; findings go into their sinks."""
    from evaluator.emit.prepare import prepare

    def finish(world: World, plan: dict[str, Any]) -> Prepared:
        return prepare(plan, builders, folder, world.place[1] if len(worlds) > 1 else "")

    if numbering.is_asked_for:
        # Numbers are given when the accounts of all hosts are known.
        plans = [plan for plan in _plans(session, worlds) if plan is not None]
        if len(plans) < len(worlds):
            return []
        numbering.extend(worlds, plans)
        return list(map(finish, worlds, plans))

    def work(world: World, data: dict[str, Any]) -> Prepared | None:
        plan = plan_of(world, data)
        if plan is None:
            return None
        numbering.give(world, plan)
        return finish(world, plan)

    if session.fleet is None or len(worlds) < 2:
        made = [work(world, evaluated(world)) for world in worlds]
    else:
        from evaluator.cli.shares import made_in_turns

        made = made_in_turns(session, session.fleet, worlds, work, (numbering.source,))
    return [host for host in made if host is not None]


def _plans(session: Session, worlds: list[World]) -> list[dict[str, Any] | None]:
    """Plans of configurations that stay evaluated, each by itself, in this process."""

    def plan(world: World) -> dict[str, Any] | None:
        return plan_of(world, evaluated(world))

    if session.fleet is None:
        return [plan(world) for world in worlds]
    from evaluator.cli.shares import made_of

    return made_of(session, session.fleet, worlds, plan, is_shared=False)


def _check_names(worlds: list[World], hosts: list[Prepared], session: Session) -> None:
    """Refuse hosts with one name; what was evaluated elsewhere is evaluated for the places."""
    from evaluator.cli.alike import check_names, machine_of

    count: dict[str, int] = {}
    for host in hosts:
        count[host.host] = count.get(host.host, 0) + 1
    alike = [world for world, host in zip(worlds, hosts, strict=True) if count[host.host] > 1]
    check_names([machine_of(world, evaluated(world)) for world in alike], session.sink)


def _refusals(hosts: list[Prepared], folder: str) -> list[str]:
    """What builders cannot do, each once, with whom it is about."""
    from evaluator.diagnostics.printable import listed_hosts

    about: dict[str, list[str]] = {}
    for host in hosts:
        for problem in host.problems:
            about.setdefault(problem, []).append(host.name)
    lines = []
    for problem, names in about.items():
        place = folder if names == [""] else f"{folder}, {listed_hosts(names)}"
        lines.append(f"{place}: {problem}")
    return lines


def _write(hosts: list[Prepared], folder: str) -> int:
    """Write all outputs, print what changed and how it is used; the exit code."""
    from evaluator.emit.prepare import write_prepared
    from evaluator.emit.write import CannotWrite

    try:
        written = write_prepared(hosts, folder)
    except CannotWrite as problem:
        print(f"vcfg: {problem}", file=sys.stderr)
        return 2
    for path in written:
        print(path)
    if not written:
        print(f"{folder} is up to date", file=sys.stderr)
    notes = [note for host in hosts for note in host.notes]
    for line in dict.fromkeys([*hosts[0].told, *_tell_of_others(hosts), *notes]):
        print(line, file=sys.stderr)
    return 0


def _tell_of_others(hosts: list[Prepared]) -> list[str]:
    """That a command is of one host only, where the others need their own."""
    own = [
        first.partition(":")[0]
        for first, *rest in zip(*[host.told for host in hosts], strict=True)
        if any([each != first for each in rest])
    ]
    if not own:
        return []
    from evaluator.cli.several import listed

    others = listed("host", [host.name for host in hosts[1:]])
    alone = f"{', '.join(own)}: this is for {hosts[0].name} alone"
    return [f"{alone}; each of the others needs its own, from the folder of its name; {others}"]


def _tell_left_over(folder: str, names: list[str], file: str) -> None:
    """Name the folders of hosts that are gone; nobody but their owner removes them."""
    import os

    from evaluator.emit.prepare import left_over

    for name in left_over(folder, names):
        place = os.path.join(folder, name)
        print(f"{place} is of a host that {file} does not have; it was left alone", file=sys.stderr)


def plan_of(world: World, data: dict[str, Any]) -> dict[str, Any] | None:
    """The plan of an evaluated configuration; None, with a finding, where there is none."""
    from evaluator.diagnostics.model import Diagnostic, Help

    if world.is_partial or world.sink.has_errors():
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


def evaluated(world: World) -> dict[str, Any]:
    """The whole configuration, with what was computed from what."""
    from evaluator.evaluation.export import export
    from evaluator.inspect.provenance import trace

    trace(world)
    data: dict[str, Any] = export(world)
    return data


def plan_from(data: dict[str, Any], world: World, *, is_judged: bool = False) -> dict[str, Any]:
    """The plan of an evaluated, traced configuration; what no machine can have is reported.

    `is_judged`: only for that.
    """
    from evaluator.cli.alike import name_of
    from evaluator.evaluation.levels import severity_of
    from evaluator.fleet.configure import inputs_hash
    from evaluator.inspect.origin import Origins
    from evaluator.plan.build import build_plan
    from evaluator.plan.partial import comes_from, refused_entries

    origin, sink = Origins(world).of, world.sink
    known = len(sink.diagnostics)
    refused = refused_entries(sink.diagnostics)
    plan = build_plan(
        data["activation"],
        host=name_of(data, world),
        input_hash=inputs_hash(world),
        origin=origin,
        sink=sink,
        severity=severity_of(world),
        is_judged=is_judged,
        systemd=data.get("systemd"),
    )
    if refused:
        sink.take_back(known, lambda each: comes_from(each, refused, origin))
    return plan


def judge_in_part(activation: dict[str, Any], world: World) -> None:
    """Report what no machine can have of a configuration in which something else is wrong."""
    from evaluator.diagnostics.model import Sink, Stop
    from evaluator.inspect.origin import Origins
    from evaluator.plan.build import build_plan
    from evaluator.plan.partial import independent, judgeable

    origins = Origins(world)

    def known_origin(path: str) -> list[dict[str, Any]]:
        before = len(world.sink.diagnostics)
        try:
            return origins.of(path)
        except Stop:
            # it has no value, which was told
            world.sink.take_back(before, lambda each: True)
            return []

    found = Sink()
    part = judgeable(activation)
    build_plan(part, host="", input_hash="", origin=known_origin, sink=found, is_judged=True)
    for each in independent(found.diagnostics, world.sink.diagnostics, known_origin):
        world.sink.report(each)
