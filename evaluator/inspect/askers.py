"""Who asked for an element of a list, or for an entry that is made of one."""

from __future__ import annotations

from evaluator.inspect.provenance import (
    PART,
    WON,
    elements_named,
    entries_around,
    fates,
    path_of,
    read_by,
    reads_around,
    winners,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.definitions.definition import Definition
    from evaluator.evaluation.world import World


def askers(
    world: World, owner: Any, name: str, element: Any, library: set[str]
) -> list[tuple[Definition, str]]:
    """Who gave a list or set an element, through those that only hand others' elements on."""
    out: list[tuple[Definition, str]] = []
    for fate in fates(owner, name):
        given = fate.value if fate.state in (WON, PART) else None
        if not isinstance(given, list) or element not in given:
            continue
        if fate.definition.source.path not in library:
            out.append((fate.definition, path_of(owner, name)))
            continue
        deeper = [
            each
            for scope, slot in read_by(world, owner, name)
            if isinstance(held := scope.slots.get(slot), list) and element in held
            for each in askers(world, scope, slot, element, library)
        ]
        by_context = around(world, [fate.definition], library)
        out += deeper or by_context or [(fate.definition, path_of(owner, name))]
    return out


def read_by_name(
    world: World, made: list[Definition], names: tuple[str, ...]
) -> list[tuple[Any, str, list[str]]]:
    """Of what conditions and loops looked at, what has to do with an entry of these names.

    Lists with the elements that are so called, and options of entries that are.
    """
    found: list[tuple[Any, str, list[str]]] = []
    for scope, slot in reads_around(world, made, named=names) if names else ():
        elements = elements_named(scope, slot, names)
        if elements or not set(names).isdisjoint(scope.path(slot)):
            found.append((scope, slot, elements))
    return found


def around(
    world: World, made: list[Definition], library: set[str], names: tuple[str, ...] = ()
) -> list[tuple[Definition, str]]:
    """The user's own lines that conditions and loops around definitions looked at.

    First what has to do with the entry of these names that they made. Where conditions only went
    through maps, as `when any([for … in files: …])` does: what is in them, and of that first the
    entries that are called so themselves.
    """
    found: list[tuple[Definition, str]] = []
    for scope, slot, elements in read_by_name(world, made, names):
        if elements:
            found += [one for each in elements for one in askers(world, scope, slot, each, library)]
        else:
            found += [(one, path_of(scope, slot)) for one in winners(scope, slot)]
    own = [each for each in found if each[0].source.path not in library]
    for is_near in (True, False):
        for looked_at in () if own else (reads_around, entries_around):
            own = [
                (definition, path_of(scope, slot))
                for scope, slot in looked_at(world, made)
                if not is_near or not set(names).isdisjoint(scope.path(slot))
                for definition in winners(scope, slot)
                if definition.source.path not in library
            ]
            if own:
                break
    return own
