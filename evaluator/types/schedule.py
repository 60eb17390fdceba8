"""The scalar type `schedule`: when a periodic job runs, in cron's notation."""

from __future__ import annotations

from evaluator.types.strings import String, limited
from evaluator.types.values import quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Schedule(String):
    """`schedule`: five cron fields, or one of the `@daily` family."""

    __slots__ = ()
    name = "schedule"
    noun = "cron schedule"

    def form(self, value: str) -> str | None:
        from evaluator.types.cron import read_schedule

        try:
            read_schedule(value)
        except ValueError as problem:
            return str(problem)
        return None

    def remedy(self, value: object) -> str | None:
        if not isinstance(value, str):
            return None
        from evaluator.types.cron import NICKNAMES

        nickname = "@" + value.strip().lstrip("@").lower()
        return quote(nickname) if nickname in NICKNAMES and nickname != value else None


def make_schedule(ranges: list[tuple[Any, Any]], named: dict[str, object]) -> Schedule:
    """`schedule` with the common arguments."""
    return Schedule(*limited(ranges, named, "schedule"))
