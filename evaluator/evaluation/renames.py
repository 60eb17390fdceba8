"""Old names at run time: definitions are handed to the new name, reads are led there.

A definition keeps its site, strength, order and conditions; it gets another path and a note
about the name it was written with. What is matched is what is written: no condition is asked and
no value computed to find out where a definition goes.
"""

from __future__ import annotations

from evaluator.definitions.definition import Definition, Note
from evaluator.definitions.old_names import filled
from evaluator.definitions.renames import is_star
from evaluator.diagnostics.model import Stop
from evaluator.evaluation.slots import Slots
from evaluator.options.shapes import MISSING, path_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.evaluation.env import Env
    from evaluator.evaluation.scope import Scope
    from evaluator.evaluation.world import World
    from evaluator.options.shapes import Former, Rename

    Node = tuple[Any, ...]
    Path = tuple[Any, ...]
    Parts = dict[str, list[Definition]]

# Values of these types speak about their parts: one definition alone is not to be converted.
PARTED = ("record", "map", "ordered", "union", "any", "keyed", "choice")


class Match:
    """A definition that an old name leads to, and its path from where the name begins."""

    __slots__ = ("definition", "path")

    def __init__(self, definition: Definition, path: Path) -> None:
        self.definition = definition
        self.path = path


def readdress(scope: Scope, parts: Parts) -> None:
    """Hand what is defined by old names to the new ones; old names are no keys of anything."""
    for rename in scope.shape.renames or ():
        found = [take(scope.world, parts, path) for path, _type in rename.olds]
        if not any(found):
            continue
        if rename.target is None:
            removed = [(scope, rename, match) for matches in found for match in matches]
            scope.world.removed.extend(removed)
        elif rename.by is None:
            for match in found[0]:
                insert(parts, moved(scope, rename, match, rename.olds[0][0]))
        else:
            from evaluator.evaluation.former_values import converted

            for definition in converted(scope, rename, found):
                insert(parts, definition)
    for name in scope.shape.former or ():
        left = parts.pop(name, None)
        if left is not None:
            _refuse_unseen(scope, name, left)


def _refuse_unseen(scope: Scope, name: str, left: list[Definition]) -> None:
    """Report what only a computed value says about an old name that is followed further out."""
    from evaluator.evaluation.removal_errors import unseen_former

    for definition in left:
        known = id(definition.statement)
        if known in scope.world.moved or known in scope.world.declared.refused:
            continue
        if not _is_opened(definition):
            unseen_former(scope, name, definition)


def _is_opened(definition: Definition) -> bool:
    """Whether a definition is a block whose statements were looked at one by one."""
    statement = definition.statement
    return (
        definition.value is MISSING
        and definition.index == len(definition.path())
        and (statement[0] == "block" or (statement[0] == "def" and statement[9][0] == "record"))
    )


def take(world: World, parts: Parts, pattern: Path) -> list[Match]:
    """Take what an old name leads to out of a level's parts."""
    matches: list[Match] = []
    for head in [pattern[0]] if isinstance(pattern[0], str) else list(parts):
        definitions = parts.get(head)
        if not definitions:
            continue
        kept = [
            each for each in definitions if not _collect(world, each, pattern[1:], (head,), matches)
        ]
        if len(kept) < len(definitions):
            parts[head] = kept
            if not kept:
                del parts[head]
    return matches


def _collect(
    world: World, definition: Definition, pattern: Path, walked: Path, out: list[Match]
) -> bool:
    """Note what of a definition the rest of an old name leads to; whether that is all of it."""
    path, index = definition.path(), definition.index
    while pattern and definition.value is MISSING and index < len(path):
        if not is_star(pattern[0]) and pattern[0] != path[index]:
            return False
        walked, pattern, index = (*walked, path[index]), pattern[1:], index + 1
    if not pattern:
        definition = definition.part(definition.value)
        definition.index = index
        out.append(Match(definition, walked))
        world.moved.add(id(definition.statement))
        return True
    if definition.value is not MISSING:
        return False
    statement = definition.statement
    items = statement[9] if statement[0] == "block" else ()
    if statement[0] == "def" and statement[9][0] == "record":
        items = statement[9][3]
    if items:
        contexts = world.open_contexts(items, definition.context)
        for inner, at in world.spread(items).entries:
            _collect(world, definition.inner(inner, contexts[at]), pattern, walked, out)
    return False


def moved(scope: Scope, rename: Rename, match: Match, pattern: Path) -> Definition:
    """The definition as one of the new name, `index` behind the first component of it."""
    target = filled(pattern, match.path, rename.target or ())
    definition = match.definition
    old = path_text((*scope.path(), *match.path))
    new = path_text((*scope.path(), *target))
    what = "an alias" if rename.is_alias else "the former name"
    note = Note(f"through `{old}`, {what} of `{new}`", ())
    return addressed(definition, target, note)


def addressed(definition: Definition, target: Path, note: Note, given: Any = MISSING) -> Definition:
    """A definition at another path, with the rest of its own behind it.

    `given` is a value that takes the place of the written one; so does one that came as data.
    """
    statement = definition.statement
    if given is MISSING:
        given = definition.value
    rest = definition.path()[definition.index :] if given is MISSING else ()
    path = (*target, *rest)
    if statement[0] == "remove":
        statement = (*statement[:3], path, statement[4], note)
    elif given is MISSING:
        statement = (*statement[:4], path, *statement[5:10], note)
    else:
        _source, start, end = definition.span()
        value = ("given", start, end, given)
        statement = ("def", *statement[1:4], path, *statement[5:9], value, note)
    return Definition(
        statement, 1, definition.context, definition.strength, definition.order,
        definition.source, definition.module,
    )  # fmt: skip


def insert(parts: Parts, definition: Definition) -> None:
    """Put a definition where it would stand if it had been written with the new name."""
    found = parts.setdefault(definition.path()[0], [])
    at = len(found)
    for index, other in enumerate(found):
        if other.module > definition.module or (
            other.source is definition.source and other.statement[1] > definition.statement[1]
        ):
            at = index
            break
    found.insert(at, definition)


def read_former(
    scope: Slots, former: Former, written: str, env: Env | None, node: Node | None
) -> Any:
    """What is read through an old name; nothing comes into being by it."""
    if former.rename is None:
        if node is not None and node[0] == "index":
            from evaluator.evaluation.errors import unknown_slot

            unknown_slot(scope, written, env, node)
        return FormerGroup(scope, former, written)
    owner, name = led(scope, former, written, env, node)
    return _part(scope.world, owner, name, env, node)


def _part(world: World, owner: Any, name: str, env: Env | None, node: Node | None) -> Any:
    """One component further on the way that a new name goes."""
    if isinstance(owner, Slots):
        return owner.get(name, env, node)
    if isinstance(owner, dict) and name in owner:
        return owner[name]
    if env is not None and node is not None:
        from evaluator.evaluation.expressions import field

        return field(owner, name, node, env)
    from evaluator.evaluation.removal_errors import nothing_behind

    nothing_behind(world, name, owner)


def led(
    scope: Slots,
    former: Former,
    written: str,
    env: Env | None = None,
    node: Node | None = None,
) -> tuple[Any, str]:
    """The slot that an old name, found in a scope, stands for; `written` is the key that a last
    `*` of it was, or its name."""
    rename = former.rename
    if rename is None or rename.target is None:
        raise Stop  # Reported before evaluation.
    walked = [written]
    base: Any = scope
    for _step in range(former.depth - 1):
        walked.insert(0, base.name)
        base = base.parent
    for pattern, _type in rename.olds:
        if pattern[-1] == former.name or is_star(pattern[-1]):
            target = filled(pattern, tuple(walked), rename.target)
            for part in target[:-1]:
                base = _part(scope.world, base, part, env, node)
            return base, target[-1]
    raise AssertionError(former.name)


class FormerGroup(Slots):
    """The beginning of an old path as somebody reads on; it holds nothing itself."""

    __slots__ = ("former",)

    def __init__(self, parent: Any, former: Former, name: str) -> None:
        super().__init__(parent.world, parent, name, None, [])
        self.former = former

    def names(self) -> list[str]:
        """None: nothing is kept by old names."""
        return []

    def former_at(self, name: str) -> Former | None:
        """The old name that follows by this name."""
        return self.former.former_at(name)

    def definitions_of(self, name: str) -> list[Definition]:
        """None: they were handed on."""
        return []

    def force(self, name: str, env: Env | None, node: Node | None) -> Any:
        """One component further."""
        inner = self.former.former_at(name)
        if inner is None:
            from evaluator.evaluation import errors

            errors.unknown_slot(self, name, env, node)
        if inner.rename is None:
            return FormerGroup(self, inner, name)
        return read_former(self, inner, name, env, node)
