"""Lints of several configurations that share files, or of several hosts."""

from __future__ import annotations

from bisect import bisect_right

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.diagnostics.model import Diagnostic
    from evaluator.evaluation.world import World
    from evaluator.names.load import Module

    # Code, file and place of a finding.
    Key = tuple[str, str, int]


class Lints:
    """Of what belongs to several configurations, only what all of them agree on is said."""

    def __init__(self) -> None:
        self._told: list[dict[Key, Diagnostic]] = []
        # By file, and by identity of the statements.
        self._places: dict[str, dict[int, Places]] = {}

    def add(self, world: World, found: list[Diagnostic] | None) -> None:
        """Take what was found in a configuration; None where nobody looked."""
        if found is None:
            return
        for module in world.modules:
            places = self._places.setdefault(module.source.path, {})
            if id(module.items) not in places:
                places[id(module.items)] = Places(module)
            places[id(module.items)].holders.add(len(self._told))
        self._told.append({_key(each): each for each in found})

    def common(self) -> list[Diagnostic]:
        """What no configuration contradicts that the place of a finding belongs to."""
        out: dict[Key, Diagnostic] = {}
        for found in self._told:
            for key, finding in found.items():
                out.setdefault(key, finding)
        return [finding for key, finding in out.items() if self._is_common(key)]

    def _is_common(self, key: Key) -> bool:
        _code, path, offset = key
        holders: set[int] = set()
        for each in self._places.get(path, {}).values():
            if each.hold(offset):
                holders |= each.holders
        return all([key in self._told[number] for number in holders])


class Places:
    """Which statements of a file belong to who has it as a module: not the bodies of hosts.

    `holders` are those who have it, by number.
    """

    __slots__ = ("_ends", "_items", "_starts", "holders")

    def __init__(self, module: Module) -> None:
        self._items = module.items
        items = [item for item in module.items if item[0] not in ("host", "variant")]
        self._starts = [item[1] for item in items]
        self._ends = [item[2] for item in items]
        self.holders: set[int] = set()

    def hold(self, offset: int) -> bool:
        """Whether the statement at an offset is one of these."""
        if not self._ends or offset >= self._ends[-1]:
            return False
        at = bisect_right(self._starts, offset) - 1
        return at >= 0 and offset < self._ends[at]


def _key(finding: Diagnostic) -> Key:
    label = finding.primary()
    if label is None:
        return finding.code, "", 0
    return finding.code, label.span[0].path, label.span[1]
