"""Many hosts at once: each core evaluates a share of them.

Processes are forked when everything is loaded and checked, and each hands back the text of its
share. They only serve hosts about which there is nothing to tell: as soon as there is a finding,
this process goes on alone, so that what is told and its order do not depend on the machine.
"""

from __future__ import annotations

import os

from evaluator.diagnostics.model import Stop
from evaluator.types.values import dump_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from evaluator.evaluation.world import World

    Work = Callable[[list[World]], str | None]

LEAST = 12
"""Hosts that are worth a process."""
_KILL = 9


def cores() -> int:
    """Processors this process may run on."""
    return len(os.sched_getaffinity(0))


def evaluated_in_shares(worlds: list[World], value: Callable[[World], object]) -> str | None:
    """JSON of all hosts by name, in the order given; None where one process has to do it."""
    count = min(cores(), len(worlds) // LEAST)
    if count < 2:
        return None
    size = -(-len(worlds) // count)
    own, *others = [worlds[at : at + size] for at in range(0, len(worlds), size)]

    def work(share: list[World]) -> str | None:
        found = {}
        for world in share:
            try:
                found[world.place[1]] = value(world)
            except Stop:
                return None
            if world.sink.diagnostics:
                return None
        # Hosts that these have looked at may have findings of their own.
        if any([world.sink.diagnostics for world in worlds]):
            return None
        return dump_json(found)

    return _joined(own, others, work)


def _joined(own: list[World], others: list[list[World]], work: Work) -> str | None:
    children: list[tuple[int, int]] = []
    try:
        for share in others:
            children.append(_forked(share, work))
        texts = [work(own)]
        while children and texts[-1] is not None:
            texts.append(_answer(*children.pop(0)))
    finally:
        for process, pipe in children:
            os.kill(process, _KILL)
            os.close(pipe)
            os.waitpid(process, 0)
    inner = [text[1:-2] for text in texts if text is not None]
    return "{" + ",".join(inner) + "\n}" if len(inner) == len(others) + 1 else None


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
        text = work(share)
        if text is not None:
            with open(writing, "wb") as stream:
                stream.write(text.encode("utf-8", "surrogatepass"))
            status = 0
    finally:
        os._exit(status)


def _answer(process: int, pipe: int) -> str | None:
    """The text a process hands back; None if it does not."""
    with open(pipe, "rb") as stream:
        data = stream.read()
    _process, status = os.waitpid(process, 0)
    return None if status else data.decode("utf-8", "surrogatepass")
