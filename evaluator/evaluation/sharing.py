"""A variant beside its base: what the variant does not touch is taken over, not computed again.

The base has been evaluated with `reads` on, so it is known of each of its slots what it was
computed from. What the variant defines is *touched*; what was computed from something
touched, however many steps away, is computed again in the variant; every other value
without parts is the base's own. Containers are opened anew: they are cheap, and belong to
one evaluation.
"""

from __future__ import annotations

from evaluator.evaluation.choices import ChoiceScope
from evaluator.evaluation.env import FAILED, RUNNING
from evaluator.evaluation.maps import MapScope
from evaluator.evaluation.merge import resolve, resolve_option
from evaluator.evaluation.plain import LEAVES
from evaluator.evaluation.scope import Scope
from evaluator.evaluation.slots import Slots
from evaluator.options.shapes import MISSING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.evaluation.world import World
    from evaluator.options.shapes import Declarations

    Node = tuple[Any, ...]
    Path = tuple[str, ...]
    Key = tuple[int, str]


ABSENT = (MISSING, RUNNING, FAILED)


class Sharing:
    """What one variant takes over from its base; counts what it takes and what it computes."""

    __slots__ = ("_clean", "_twins", "base", "computed", "taken")

    def __init__(self, base: World, snapshot: Snapshot, touched: set[Path]) -> None:
        self.base = base
        self.taken = 0
        self.computed = 0
        self._twins: dict[int, tuple[Any, Any]] = {}
        self._clean = snapshot.clean(touched)

    def resolve_option(self, owner: Any, name: str, option: Any, definitions: Any) -> Any:
        """As the merge room's, for a slot of the variant."""
        value = self._shared(owner, name)
        return resolve_option(owner, name, option, definitions) if value is MISSING else value

    def resolve(
        self, owner: Any, name: str, type_: Any, definitions: Any, default: Any, key: Any
    ) -> Any:
        """As the merge room's, for an entry of a map in the variant."""
        value = self._shared(owner, name)
        if value is MISSING:
            return resolve(owner, name, type_, definitions, default, key)
        return value

    def _shared(self, owner: Any, name: str) -> Any:
        """The base's value of a slot that the variant leaves as it is; MISSING if there is none."""
        twin = self._twin(owner)
        if twin is not None and (id(twin), name) in self._clean:
            value = twin.slots.get(name, MISSING)
            # What failed there is tried again: it may have been stopped before it read all.
            if not any([value is each for each in ABSENT]) and _is_plain(value):
                self.taken += 1
                return value
            if isinstance(value, Slots):
                return MISSING
        self.computed += 1
        return MISSING

    def _twin(self, owner: Any) -> Any:
        """The base's scope at the same place."""
        known = self._twins.get(id(owner))
        if known is not None:
            return known[1]
        twin: Any = None
        if owner.parent is None:
            twin = self.base.root
        else:
            around = self._twin(owner.parent)
            found = around.slots.get(owner.name) if around is not None else None
            if type(found) is type(owner):
                twin = found
        self._twins[id(owner)] = (owner, twin)
        return twin


def _is_plain(value: Any) -> bool:
    """Whether a value is data through and through: what is evaluated later, as parts of the
    configuration and deferred definitions are, would be evaluated in the base."""
    if isinstance(value, list):
        return all([_is_plain(each) for each in value])
    if isinstance(value, dict):
        return all([_is_plain(each) for each in value.values()])
    return type(value) in LEAVES


def touched_paths(items: tuple[Node, ...], prefix: Path = ()) -> set[Path]:
    """Paths that some statements define or remove, as far as they are written out."""
    out: set[Path] = set()
    for item in items:
        tag = item[0]
        if tag in ("def", "block"):
            path = _written((*prefix, *item[4]))
            if tag == "def" or len(path) < len(prefix) + len(item[4]):
                out.add(path)
            else:
                out |= touched_paths(item[9], path)
        elif tag == "remove":
            out.add(_written((*prefix, *item[3][:-1])))
        elif tag == "when":
            out |= touched_paths(item[4], prefix) | touched_paths(item[5] or (), prefix)
        elif tag == "for":
            out |= touched_paths(item[5], prefix)
        elif tag == "section":
            out |= touched_paths(item[4], prefix)
    return out


def before_old_names(touched: set[Path], declared: Declarations) -> set[Path]:
    """Paths cut where a former name or an alias may lead elsewhere below that level."""
    olds = set()
    for rename in declared.renames:
        node = rename.node
        for old in (node[3],) if node[0] == "alias" else node[3]:
            olds.add(old[0][0])
    if not olds:
        return touched
    out = set()
    for path in touched:
        ends = [at for at, part in enumerate(path) if part in olds]
        out.add(path[: ends[0]] if ends else path)
    return out


def _written(path: tuple[Any, ...]) -> Path:
    """The beginning of a path before its first computed part."""
    out = []
    for part in path:
        if type(part) is not str:
            break
        out.append(part)
    return tuple(out)


class _Level:
    """A scope of the base as it was found: where it lies, and its slots."""

    __slots__ = ("adds", "around", "entries", "frame", "mixes", "names", "path", "slot")

    def __init__(self, scope: Slots, path: Path, around: int) -> None:
        self.path = path
        self.around = around  # number of the level it lies in
        self.frame = (id(scope), "")
        self.names = (-id(scope), "")
        self.slot = None if scope.parent is None else (id(scope.parent), scope.name)
        # Whether a definition that goes through here may add a name, or change every name.
        self.adds = type(scope) is MapScope or _takes_any(scope)
        self.mixes = not self.adds and not _is_level(scope)
        self.entries: list[tuple[Key, Path, bool]] = []


class Snapshot:
    """What has been computed of a base, and who was computed from what; for all its variants."""

    __slots__ = ("levels", "slots", "users")

    def __init__(self, base: World) -> None:
        self.levels: list[_Level] = []
        self.slots: set[Key] = set()
        # Who has to be computed again when a slot changes.
        self.users: dict[Key, list[Key]] = {}
        self._walk(base.root, (), -1)
        for reader, inputs in (base.reads or {}).items():
            for (at, name), (scope, _name) in inputs.items():
                asked = (-at, "") if not name and isinstance(scope, Slots) else (at, name)
                self.users.setdefault(asked, []).append(reader)

    def _walk(self, scope: Slots, path: Path, around: int) -> None:
        level = _Level(scope, path, around)
        number = len(self.levels)
        self.levels.append(level)
        inside = self.users.setdefault(level.frame, [])
        inside.append(level.names)
        for name, value in scope.slots.items():
            if any([value is each for each in ABSENT]):
                continue  # What it was computed from is not known yet.
            key = (id(scope), name)
            below = (*path, name)
            self.slots.add(key)
            inside.append(key)
            if level.slot is not None:
                self.users.setdefault(level.slot, []).append(key)
            level.entries.append((key, below, isinstance(value, Slots)))
            # What lies elsewhere is walked there: `option all: any = config` has no end.
            if isinstance(value, Slots) and value.parent is scope:
                self._walk(value, below, number)

    def clean(self, touched: set[Path]) -> set[Key]:
        """Slots that stay what they are, whatever has been touched."""
        dirty = set(self._soiled(touched))
        open_ = list(dirty)
        users = self.users
        while open_:
            for user in users.get(open_.pop(), ()):
                if user not in dirty:
                    dirty.add(user)
                    open_.append(user)
        return self.slots - dirty

    def _soiled(self, touched: set[Path]) -> list[Key]:
        """What the touched paths change at once."""
        passes = {path[:end] for path in touched for end in range(len(path))}
        out: list[Key] = []
        under: list[bool] = []
        for level in self.levels:
            path = level.path
            hit = path in touched or (level.around >= 0 and under[level.around])
            under.append(hit)
            if path in passes and level.adds:
                out.append(level.names)
            elif path in passes and level.mixes:
                # What is there depends on all definitions together: a choice, a keyed list.
                out += [level.names, level.frame, *([level.slot] if level.slot else [])]
            for key, below, is_scope in level.entries:
                if hit or below in touched or (not is_scope and below in passes):
                    out.append(key)
        return out


def _is_level(scope: Any) -> bool:
    """Whether each name of a scope stands for itself."""
    return isinstance(scope, Scope) and not isinstance(scope, ChoiceScope)


def _takes_any(scope: Any) -> bool:
    return _is_level(scope) and (scope.shape.any is not None or scope.shape.is_sparse)
