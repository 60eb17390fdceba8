"""Many hosts at once: each core evaluates a share of them.

Processes are forked when everything is loaded and checked, and each hands back the text of its
share. They only serve hosts about which there is nothing to tell: as soon as there is a finding,
this process goes on alone, so that what is told and its order do not depend on the machine.
"""

from __future__ import annotations

import os
import pickle

from evaluator.diagnostics.model import Stop
from evaluator.fleet.turns import Turns
from evaluator.types.values import dump_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from evaluator.evaluation.world import World
    from evaluator.fleet.fleet import Fleet

    Work = Callable[[list[World]], bytes | None]
    Made = TypeVar("Made")

LEAST = 12
"""Hosts that are worth a process."""
_KILL = 9


def cores() -> int:
    """Processors this process may run on."""
    return len(os.sched_getaffinity(0))


def evaluated(
    fleet: Fleet, worlds: list[World], value: Callable[[World], object], *, in_turns: bool
) -> str:
    """JSON of all hosts by name, in the order given; stops where a host has no value.

    `in_turns`: whether `value` is the whole configuration.
    """
    turns = Turns(fleet, worlds if in_turns else [])

    def text(world: World) -> str:
        found = turns.text(world, "\n  ")
        if found is None:
            found = dump_json(value(world)).replace("\n", "\n  ")
        return f"\n  {dump_json(world.place[1])}: {found}"

    def work(share: list[World]) -> bytes | None:
        found = _untold(share, worlds, text)
        return None if found is None else ",".join(found).encode("utf-8", "surrogatepass")

    shares = _shared_out(worlds, work)
    if shares is None:
        texts = [text(world) for world in worlds]
    else:
        texts = [share.decode("utf-8", "surrogatepass") for share in shares]
    return "{" + ",".join(texts) + "\n}"


def worked_in_shares(
    worlds: list[World], value: Callable[[World], Made | None]
) -> list[Made] | None:
    """What is made of each host, in the order given; None where one process has to do it."""

    def work(share: list[World]) -> bytes | None:
        found = _untold(share, worlds, value)
        return None if found is None or None in found else pickle.dumps(found)

    answers = _shared_out(worlds, work)
    if answers is None:
        return None
    # What is loaded comes from processes that this one has forked.
    return [made for each in answers for made in pickle.loads(each)]  # noqa: S301


def _untold(
    share: list[World], worlds: list[World], value: Callable[[World], Made]
) -> list[Made] | None:
    """The values of a share; None as soon as there is anything to tell."""
    found = []
    for world in share:
        try:
            found.append(value(world))
        except Stop:
            return None
        if world.sink.diagnostics:
            return None
    # Hosts that these have looked at may have findings of their own.
    return None if any([world.sink.diagnostics for world in worlds]) else found


def _shared_out(worlds: list[World], work: Work) -> list[bytes] | None:
    """What each share gives, the first worked on by this process; None if one gives nothing."""
    count = min(cores(), len(worlds) // LEAST)
    if count < 2:
        return None
    size = -(-len(worlds) // count)
    own, *others = [worlds[at : at + size] for at in range(0, len(worlds), size)]
    children: list[tuple[int, int]] = []
    try:
        for share in others:
            children.append(_forked(share, work))
        answers = [work(own)]
        while children and answers[-1] is not None:
            answers.append(_answer(*children.pop(0)))
    finally:
        for process, pipe in children:
            os.kill(process, _KILL)
            os.close(pipe)
            os.waitpid(process, 0)
    whole = [each for each in answers if each is not None]
    return whole if len(whole) == len(others) + 1 else None


def _forked(share: list[World], work: Work) -> tuple[int, int]:
    """A process for a share: its number, and where its answer can be read."""
    reading, writing = os.pipe()
    process = os.fork()
    if process:
        os.close(writing)
        return process, reading
    status = 1
    try:
        os.close(reading)
        answer = work(share)
        if answer is not None:
            with open(writing, "wb") as stream:
                stream.write(answer)
            status = 0
    finally:
        os._exit(status)


def _answer(process: int, pipe: int) -> bytes | None:
    """What a process hands back; None if it does not."""
    with open(pipe, "rb") as stream:
        data = stream.read()
    _process, status = os.waitpid(process, 0)
    return None if status else data
