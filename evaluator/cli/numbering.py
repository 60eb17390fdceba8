"""`ids.lock` beside the main file: read for every build, made and extended when asked."""

from __future__ import annotations

import os

from evaluator.cli.session import STANDARD_INPUT
from evaluator.diagnostics.model import Diagnostic
from evaluator.files import Unreadable
from evaluator.plan.errors import Findings
from evaluator.plan.ids import Lock, extend, fill, read_lock, wishes
from evaluator.plan.lock_findings import DAMAGED, check_wishes, report_damage, report_full
from evaluator.source import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.cli.session import Session
    from evaluator.evaluation.world import World

LOCK = "ids.lock"


class Numbering:
    """The lock of one configuration, whether there is one or not.

    `lock` is None where nothing is numbered here: there is no file, or it is damaged.
    """

    __slots__ = ("_is_complete", "is_asked_for", "lock", "path", "source")

    def __init__(self, session: Session, file: str) -> None:
        base, arguments = session.settings.base, session.arguments
        main = os.path.join(base, STANDARD_INPUT if file == "-" else file)
        self.path = os.path.join(os.path.dirname(main), LOCK)
        self.is_asked_for = arguments.flag("lock_ids")
        # Other hosts have accounts too, which are not gone because nobody looked at them.
        self._is_complete = not arguments.option("host") and not arguments.option("variant")
        self.source = Source(os.path.relpath(self.path, base), self.path, "", "lock")
        self.lock: Lock | None = None
        if session.settings.files.exists(self.path):
            self.lock = self._read(session)
        elif self.is_asked_for:
            self.lock = Lock()

    def _read(self, session: Session) -> Lock | None:
        source = self.source
        try:
            source.text = session.settings.files.read(self.path)
        except Unreadable as problem:
            message = f"`{source.name}` cannot be read: {problem}"
            session.sink.report(Diagnostic(DAMAGED, message, ()))
            return None
        lock, damages = read_lock(source.text)
        report_damage(source, damages, session.sink)
        return None if damages else lock

    def extend(self, worlds: list[World], plans: list[dict[str, Any]]) -> None:
        """Give a number to every account of these plans; what cannot be is reported."""
        if self.lock is None:
            return
        findings = [_findings(world) for world in worlds]
        wanted = wishes(plans)
        for wish in extend(self.lock, wanted, is_complete=self._is_complete):
            report_full(wish, findings[wish.plan])
        check_wishes(self.lock, self.source, wanted, findings)
        for plan in plans:
            fill(self.lock, plan)

    def give(self, world: World, plan: dict[str, Any]) -> None:
        """Put the numbers of the lock into a plan; what it does not have is reported."""
        if self.lock is not None:
            check_wishes(self.lock, self.source, wishes([plan]), [_findings(world)])
            fill(self.lock, plan)

    def write(self) -> int:
        """Write the lock where that was asked for and its bytes change; the exit code."""
        from evaluator.cli.deliver import deliver

        if self.lock is None or not self.is_asked_for:
            return 0
        return deliver(self.lock.text(), self.path)


def _findings(world: World) -> Findings:
    from evaluator.inspect.origin import Origins

    return Findings(Origins(world).of, world.sink)
