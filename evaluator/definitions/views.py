"""Levels of the option tree that one option has for itself.

What `former jails.*.maxretry to …` says holds for the entries of `jails`, not for every value
of their record. So the option gets a type whose record has a level of its own.
"""

from __future__ import annotations

from evaluator.options.shapes import Option
from evaluator.types.containers import MapType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.options.shapes import Shape


def copied(thing: Any) -> Any:
    """A shallow copy of an object with slots."""
    other = object.__new__(type(thing))
    for kind in type(thing).__mro__:
        for slot in getattr(kind, "__slots__", ()):
            if hasattr(thing, slot):
                setattr(other, slot, getattr(thing, slot))
    return other


def own_level(shape: Shape) -> Shape:
    """A level with the same options that can be given old names of its own."""
    own: Shape = copied(shape)
    own.members = dict(shape.members)
    own.former = None if shape.former is None else dict(shape.former)
    own.renames = None if shape.renames is None else list(shape.renames)
    return own


def below_option(
    owner: Shape, name: str, path: tuple[Any, ...]
) -> tuple[Shape, tuple[Any, ...]] | None:
    """The level of the record that an option holds, and what of the path is left there.

    None where the path does not lead into a record; a map is entered by `*` only.
    """
    option = owner.members[name]
    if not isinstance(option, Option):
        return None
    found = _entered(option.type, path)
    if found is None:
        return None
    type_, level, rest = found
    own: Option = copied(option)
    own.type = type_
    owner.members[name] = own
    return level, rest


def _entered(type_: Any, path: tuple[Any, ...]) -> tuple[Any, Shape, tuple[Any, ...]] | None:
    """A type with a record of its own where the path leads, that record's level, the rest."""
    if getattr(type_, "record", None) is not None and not isinstance(type_, MapType):
        own = copied(type_)
        own.record = copied(type_.record)
        own.record.shape = own_level(type_.record.shape)
        own.record.shape.record = own.record
        return own, own.record.shape, path
    by_kind = type_.by_kind if hasattr(type_, "alternatives") else None
    inner = by_kind.get("record") if by_kind is not None else getattr(type_, "inner", None)
    if inner is None:
        return None
    if isinstance(type_, MapType):
        if not path or isinstance(path[0], str):
            return None
        path = path[1:]
    found = _entered(inner, path)
    if found is None:
        return None
    own = copied(type_)
    if by_kind is None:
        own.inner = found[0]
    else:
        own.by_kind = {**by_kind, "record": found[0]}
        own.alternatives = [found[0] if each is inner else each for each in type_.alternatives]
    return own, found[1], found[2]
