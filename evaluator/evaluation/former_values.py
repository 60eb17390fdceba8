"""`former … by`: definitions of old names as values of the new one.

A definition of one old name is converted by itself and keeps everything it has. Several old
names are merged first, each by its own type, and what `by` makes of them counts as strong as the
strongest definition of any of them.
"""

from __future__ import annotations

from evaluator.definitions.definition import Note
from evaluator.definitions.old_names import filled
from evaluator.evaluation.context import Context, narrowed
from evaluator.evaluation.env import LazyRead
from evaluator.evaluation.expressions import evaluate
from evaluator.evaluation.renames import PARTED, addressed
from evaluator.evaluation.slots import Slots
from evaluator.options.shapes import MISSING, path_text
from evaluator.types.containers import AnyType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.definitions.definition import Definition
    from evaluator.evaluation.env import Env
    from evaluator.evaluation.renames import Match
    from evaluator.evaluation.scope import Scope
    from evaluator.options.shapes import Rename

    Node = tuple[Any, ...]
    Path = tuple[Any, ...]


def converted(scope: Scope, rename: Rename, found: list[list[Match]]) -> list[Definition]:
    """What the definitions of the old names say about the new one."""
    groups: dict[Path, list[tuple[int, Match]]] = {}
    for at, matches in enumerate(found):
        for match in matches:
            pattern = rename.olds[at][0]
            groups.setdefault(filled(pattern, match.path, rename.target or ()), []).append(
                (at, match)
            )
    out: list[Definition] = []
    for target, members in groups.items():
        type_ = rename.olds[0][1]
        if len(rename.olds) == 1 and type_ is not None and type_.merge not in PARTED:
            for _at, match in members:
                out.append(_single(scope, rename, match, target))
        else:
            out.extend(_merged(scope, rename, members, target))
    return out


def _single(scope: Scope, rename: Rename, match: Match, target: Path) -> Definition:
    old, new = path_text((*scope.path(), *match.path)), path_text((*scope.path(), *target))
    note = Note(f"through `{old}`, converted to `{new}`", ())
    return addressed(match.definition, target, note, LazyRead(_One(scope, rename, match), ""))


def _merged(
    scope: Scope, rename: Rename, members: list[tuple[int, Match]], target: Path
) -> list[Definition]:
    """One definition for each strength there is; that of the strongest live one holds."""
    value = _Several(scope, rename, members)
    out = []
    ranks = sorted({match.definition.rank() for _at, match in members})
    for rank in ranks:
        first = next(match for _at, match in members if match.definition.rank() == rank)
        names = {path_text((*scope.path(), *match.path)): None for _at, match in members}
        others = [match.definition.span() for _at, match in members if match is not first]
        said = " and ".join([f"`{name}`" for name in names])
        new = path_text((*scope.path(), *target))
        note = Note(f"through {said}, converted to `{new}`", tuple(others))
        definition = addressed(first.definition, target, note, LazyRead(value, ""))
        definition.context = _Strongest(value, rank)
        out.append(definition)
    return out


class _Strongest(Context):
    """Holds while the strongest live definition of the old names has a certain strength."""

    __slots__ = ("rank", "value")

    def __init__(self, value: _Several, rank: int) -> None:
        super().__init__(None, "merged", None)
        self.value = value
        self.rank = rank

    def envs(self) -> list[Env]:
        """The environment of the conversion, or none."""
        if self.live is None:
            live = self.value.rank()
            self.live = [self.value.env()] if live == self.rank else []
        return self.live


class _Converted:
    """What a conversion yields, computed when somebody needs it."""

    def __init__(self, scope: Scope, rename: Rename) -> None:
        self.scope = scope
        self.rename = rename

    def env(self) -> Env:
        """Where the expression after `by` is evaluated."""
        return self.scope.option_env(self.rename)

    def old(self, at: int, path: Path, definitions: list[Definition]) -> Any:
        """The value of an old name from some of its definitions."""
        owner: Slots = self.scope
        for part in path[:-1]:
            owner = Slots(self.scope.world, owner, str(part), None, [])
        type_ = self.rename.olds[at][1] or AnyType()
        name = str(path[-1])
        return self.scope.world.resolve(owner, name, type_, definitions, None, self.scope.key)

    def convert(self, value: Any) -> Any:
        """What `by` makes of a value."""
        by = self.rename.by
        return None if by is None else evaluate(by, self.env().child({"value": value}))


class _One(_Converted):
    """A single definition of an old name, converted."""

    def __init__(self, scope: Scope, rename: Rename, match: Match) -> None:
        super().__init__(scope, rename)
        self.match = match
        self.values: dict[int, Any] = {}

    def get(self, name: str, env: Env | None = None, node: Node | None = None) -> Any:
        """Its value, in one of the environments of its definition."""
        definition = self.match.definition
        if env is None:
            env = definition.context.envs()[0]
        if id(env) not in self.values:
            single = definition.part(definition.value)
            single.context = narrowed(definition.context, env)
            self.values[id(env)] = self.convert(self.old(0, self.match.path, [single]))
        return self.values[id(env)]


class _Several(_Converted):
    """The old names of a rename together, converted."""

    def __init__(self, scope: Scope, rename: Rename, members: list[tuple[int, Match]]) -> None:
        super().__init__(scope, rename)
        self.members = members
        self.value: Any = MISSING

    def rank(self) -> int | None:
        """Strength of the strongest live definition."""
        ranks = [
            match.definition.rank()
            for _at, match in self.members
            if match.definition.context.envs()
        ]
        return min(ranks, default=None)

    def get(self, name: str, env: Env | None = None, node: Node | None = None) -> Any:
        """What all live definitions make together."""
        if self.value is MISSING:
            values: dict[str, Any] = {}
            for at, (pattern, _type) in enumerate(self.rename.olds):
                own = [match for index, match in self.members if index == at]
                live = [each.definition for each in own if each.definition.context.envs()]
                value = self.old(at, own[0].path, live) if live else None
                values[str(pattern[-1])] = value
            whole = values if len(self.rename.olds) > 1 else next(iter(values.values()))
            self.value = self.convert(whole)
        return self.value
