"""Many hosts at once: each core evaluates a share of them.

Processes are forked when everything is loaded and checked, and each hands back what it made of
its share and what it found there. Nobody can tell from what is printed: where that is not sure,
as between hosts that read from each other what has no value, this process goes on alone.
"""

from __future__ import annotations

import os

from evaluator.cli.handing import Handing, Share, add_up
from evaluator.cli.progress import Progress, is_seen
from evaluator.diagnostics.model import Stop
from evaluator.fleet.turns import Odd, Turns
from evaluator.types.values import dump_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    from evaluator.cli.session import Session
    from evaluator.evaluation.world import World
    from evaluator.fleet.fleet import Fleet
    from evaluator.source import Source

    Made = TypeVar("Made")
    Value = Callable[[World], Made]

LEAST = 12
"""Hosts that are worth a process."""
_KILL = 9


def cores() -> int:
    """Processors this process may run on."""
    return len(os.sched_getaffinity(0))


def evaluated(
    session: Session,
    fleet: Fleet,
    worlds: list[World],
    value: Callable[[World], object],
    *,
    in_turns: bool,
) -> str:
    """JSON of all hosts by name, in the order given; stops where a host has no value.

    `in_turns`: whether `value` is the whole configuration.
    """
    turns = Turns(fleet, worlds if in_turns else [])

    def text(world: World) -> str:
        return f"\n  {dump_json(world.place[1])}: {body(world)}"

    def body(world: World) -> str:
        try:
            return turns.text(world, "\n  ")
        except Odd:
            pass  # It has to be evaluated by itself.
        return dump_json(value(world)).replace("\n", "\n  ")

    return "{" + ",".join(made_of(session, fleet, worlds, text)) + "\n}"


def made_in_turns(
    session: Session,
    fleet: Fleet,
    worlds: list[World],
    make: Callable[[World, dict[str, Any]], Made],
    sources: tuple[Source, ...] = (),
) -> list[Made]:
    """As `made_of`, of configurations and their data; what hosts share is evaluated once."""
    from evaluator.cli.verb_build import evaluated as evaluated_alone

    turns = Turns(fleet, worlds)

    def made(world: World) -> Made:
        try:
            return turns.made(world, make)
        except Odd:
            pass  # It has to be evaluated by itself.
        return make(world, evaluated_alone(world))

    return made_of(session, fleet, worlds, made, sources)


def made_of(
    session: Session,
    fleet: Fleet,
    worlds: list[World],
    value: Value[Made],
    sources: tuple[Source, ...] = (),
    *,
    is_shared: bool = True,
) -> list[Made]:
    """What is made of each host, in the order given; stops with the first that stops.

    `sources` are files that findings may speak of beside those of modules. Only this process
    works where the hosts are not to be shared.
    """
    count = min(cores(), len(worlds) // LEAST) if is_shared else 1
    size = -(-len(worlds) // max(count, 1))
    own, *others = [worlds[at : at + size] for at in range(0, len(worlds), size)]
    seen = is_seen(session.arguments.option("errors"))
    with Progress(len(worlds), 1 + len(others), is_seen=seen) as progress:
        if not others:
            return _whole(_made(own, value, progress))
        handing = Handing(fleet, sources)
        children: list[Child] = []
        try:
            for share in others:
                progress.process += 1
                children.append(Child(handing, share, value, progress))
            progress.process = 0
            made: list[Made] = _whole(_made(own, value, progress))
            shares = _answers(handing, Share(made, is_stopped=False), own, children)
        finally:
            for child in children:
                child.end()
        if shares is None:
            progress.forget_others()
            return made + _whole(_made(worlds[size:], value, progress))
    for each in shares[1:]:
        handing.take(each)
    parts: list[list[Made]] = [_whole(each) for each in shares]
    return [one for part in parts for one in part]


def _made(worlds: list[World], value: Value[Made], progress: Progress) -> Share:
    made: list[Made] = []
    for world in worlds:
        try:
            made.append(value(world))
        except Stop:
            return Share(made, is_stopped=True)
        progress.step()
    return Share(made, is_stopped=False)


def _whole(share: Share) -> list[Any]:
    """The values of a share; stops where it did."""
    if share.is_stopped:
        raise Stop
    return share.values


def _answers(
    handing: Handing, own: Share, worlds: list[World], children: list[Child]
) -> list[Share] | None:
    """All shares, up to one that stopped; None if one process has to do it."""
    if not handing.look(own, worlds):
        return None
    shares = [own]
    for child in children:
        data = child.answer()
        if data is None:
            return None
        shares.append(handing.unpack(data))
        if shares[-1].is_stopped:
            break
    return shares if add_up(shares) else None


class Child:
    """A process that was forked for a share of the hosts."""

    __slots__ = ("_number", "_pipe")

    def __init__(
        self, handing: Handing, worlds: list[World], value: Value[Made], progress: Progress
    ) -> None:
        self._pipe, writing = os.pipe()
        self._number = os.fork()
        if self._number:
            os.close(writing)
            return
        status = 1
        try:
            os.close(self._pipe)
            share = _made(worlds, value, progress)
            answer = handing.pack(share) if handing.look(share, worlds) else None
            if answer is not None:
                with open(writing, "wb") as stream:
                    stream.write(answer)
                status = 0
        finally:
            os._exit(status)

    def answer(self) -> bytes | None:
        """What it hands back; None if it does not."""
        # Whoever is interrupted here leaves nothing open that `end` would close again.
        pipe, self._pipe = self._pipe, -1
        with open(pipe, "rb") as stream:
            data = stream.read()
        _process, status = os.waitpid(self._number, 0)
        self._number = 0
        return None if status else data

    def end(self) -> None:
        """End it, if nobody has heard what it has to say."""
        if self._pipe >= 0:
            os.close(self._pipe)
        if self._number:
            try:
                os.kill(self._number, _KILL)
                os.waitpid(self._number, 0)
            except (ProcessLookupError, ChildProcessError):
                # It was heard of in the moment in which we were interrupted.
                self._number = 0
