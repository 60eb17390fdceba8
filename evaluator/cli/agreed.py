"""Lints of several configurations that share files, or of several hosts."""

from __future__ import annotations

from bisect import bisect_left

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
        holders = self._holders([*out])
        return [
            finding
            for key, finding in out.items()
            if all([key in self._told[number] for number in holders.get(key[1:], ())])
        ]

    def _holders(self, keys: list[Key]) -> dict[tuple[str, int], set[int]]:
        """Who has the statement at the place of a finding, by file and offset."""
        offsets: dict[str, list[int]] = {}
        for path, offset in sorted({key[1:] for key in keys}):
            offsets.setdefault(path, []).append(offset)
        holders: dict[tuple[str, int], set[int]] = {}
        for path, found in offsets.items():
            for places in self._places.get(path, {}).values():
                for offset in places.among(found):
                    holders.setdefault((path, offset), set()).update(places.holders)
        return holders


class Places:
    """Which statements of a file belong to who has it as a module: not the bodies of hosts.

    `holders` are those who have it, by number.
    """

    __slots__ = ("_items", "holders")

    def __init__(self, module: Module) -> None:
        self._items = module.items
        self.holders: set[int] = set()

    def among(self, offsets: list[int]) -> list[int]:
        """Those of some offsets, in order, at which one of these statements stands."""
        found: list[int] = []
        for item in self._items:
            if item[0] not in ("host", "variant"):
                found += offsets[bisect_left(offsets, item[1]) : bisect_left(offsets, item[2])]
        return found


def _key(finding: Diagnostic) -> Key:
    label = finding.primary()
    if label is None:
        return finding.code, "", 0
    return finding.code, label.span[0].path, label.span[1]
