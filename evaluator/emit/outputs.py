"""What a build writes: files by their path below the output folder, as bytes with a mode."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Outputs = dict[str, "Output"]


class Output:
    """One file; programs are written with mode 0755, everything else with 0644."""

    __slots__ = ("content", "mode")

    def __init__(self, content: str | bytes, mode: int = 0o644) -> None:
        self.content = content.encode() if isinstance(content, str) else content
        self.mode = mode

    def __eq__(self, other: object) -> bool:
        """The same bytes and mode."""
        return isinstance(other, Output) and (self.content, self.mode) == (
            other.content,
            other.mode,
        )

    def __hash__(self) -> int:
        return hash((self.content, self.mode))


class Built:
    """What a builder's files are made from: the plan, and the script that every builder runs.

    `is_fleet`: each of several hosts has a folder of its own, named as it is.
    """

    __slots__ = ("activate", "is_fleet", "plan")

    def __init__(self, plan: dict[str, Any], activate: str, *, is_fleet: bool = False) -> None:
        self.plan = plan
        self.activate = activate
        self.is_fleet = is_fleet


class Adapted:
    """A builder's files.

    `usage` gives the one command that uses them, from the output folder as a word for the
    shell; `notes` is what somebody who uses them has to know and cannot see. With `is_shared`
    all hosts of a fleet have the same files, which lie once, above the folders of the hosts.
    """

    __slots__ = ("is_shared", "notes", "outputs", "usage")

    def __init__(
        self,
        outputs: Outputs,
        usage: Callable[[str], str],
        notes: tuple[str, ...] = (),
        *,
        is_shared: bool = False,
    ) -> None:
        self.outputs = outputs
        self.usage = usage
        self.notes = notes
        self.is_shared = is_shared


class CannotAdapt(Exception):
    """The plan does not fit a builder; the message says why and what to do."""
