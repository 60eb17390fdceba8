"""Every place of the library that takes a text, found in its declarations.

A place is an option, or what is inside of one: keys and values of maps, elements of lists,
fields of records, alternatives, what a type is converted from.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from evaluator.options.shapes import Option, Shape, path_text
from evaluator.types.containers import (
    AnyType,
    ListType,
    MapType,
    RecordType,
    SetType,
    Wrapper,
)
from evaluator.types.literals import AnyString
from evaluator.types.named import ConvertedType, RecursiveType
from evaluator.types.secrets import SecretTextType
from evaluator.types.strings import String
from evaluator.types.unions import UnionType
from evaluator.types.values import quote, write_key

from .hosts import ALIKE, BEFORE, ENTRIES, FIELDS, KEYS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from evaluator.options.shapes import Record
    from evaluator.types.base import Type

TEXTS = (String, SecretTextType, AnyString, AnyType)


class Place(NamedTuple):
    """`name` tells it to people; `write` makes a statement of a literal; a key has no type.

    It may stand for several that are alike, `parts`; then it writes a line for each.
    """

    name: str
    option: str
    write: Callable[[str], str]
    type: Type | None
    parts: tuple[Place, ...] = ()

    def statement(self, text: str) -> str:
        """What gives the place a text."""
        return self.write(quote(text))

    def takes(self, text: str) -> bool:
        """Whether its type does not refuse a text at first sight."""
        return self.type is None or self.type.refuse(text) is None


def merged(places: list[Place]) -> list[Place]:
    """The same with one in the place of those that are alike."""
    found: dict[tuple[object, ...], list[Place]] = {}
    for number, place in enumerate(places):
        end = re.fullmatch(ALIKE, place.name)
        found.setdefault((end[1], id(place.type)) if end else (number,), []).append(place)
    return [all_of(parts) for parts in found.values()]


def all_of(parts: list[Place]) -> Place:
    """All of some places at once."""
    if len(parts) == 1:
        return parts[0]

    def write(text: str) -> str:
        return "\n".join([part.write(text) for part in parts])

    return parts[0]._replace(write=write, parts=tuple(parts))


def bare(type_: Type) -> Type:
    """The type inside of what only says more about it."""
    while isinstance(type_, Wrapper) and not isinstance(type_, ConvertedType):
        type_ = type_.inner
    return type_.itself() if isinstance(type_, RecursiveType) else type_


class Walk:
    """The way through declarations; `around` are the records it is inside of."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data

    def shape(
        self,
        shape: Shape,
        names: tuple[str, ...],
        keys: tuple[str, ...],
        around: tuple[Record, ...],
    ) -> Iterator[Place]:
        """Places below a level; `names` has `<name>` where `keys` has the key of an entry."""
        for name, member in shape.members.items():
            below, real = (*names, name), (*keys, name)
            if isinstance(member, Shape):
                yield from self.shape(member, below, real, around)
            elif member.kind != "computed":
                yield from self.option(member.type, below, real, around)

    def option(
        self, type_: Type, names: tuple[str, ...], keys: tuple[str, ...], around: tuple[Record, ...]
    ) -> Iterator[Place]:
        """Places of an option that can be reached by its path."""
        type_ = bare(type_)
        path, name = path_text(keys), ".".join(names)
        if isinstance(type_, RecordType):
            if type_.record not in around:
                yield from self.shape(type_.record.shape, names, keys, (*around, type_.record))
        elif isinstance(type_, UnionType) and any(
            isinstance(each, RecordType) for each in type_.alternatives
        ):
            for each in type_.alternatives:
                yield from self.option(each, names, keys, around)
        elif isinstance(type_, MapType):
            yield from self.entries(bare(type_.inner), names, keys, around)
        elif isinstance(type_, (ListType, SetType)):
            yield from values(type_, name, name, lambda text: f"{path} = {text}", around)
        else:
            yield from values(type_, name, name, lambda text: f"force {path} = {text}", around)

    def entries(
        self, inner: Type, names: tuple[str, ...], keys: tuple[str, ...], around: tuple[Record, ...]
    ) -> Iterator[Place]:
        """The keys of a map, then what is in each of its entries of one form."""
        path, name = path_text(keys), ".".join(names)
        entry = ENTRIES.get(name, sample(inner))
        sign = " " if entry.startswith("{") else " = "
        yield Place(f"{name}, a key", name, lambda text: f"{path}.{text}{sign}{entry}", None)
        if not isinstance(inner, RecordType):
            yield from below(inner, name, name, lambda part: f"force {path}.{part}", around)
        elif inner.record not in around:
            within = (*around, inner.record)
            for key in self.known(keys):
                yield from self.shape(inner.record.shape, (*names, "<name>"), (*keys, key), within)

    def known(self, keys: tuple[str, ...]) -> list[str]:
        """Keys of the entries that a host has."""
        place: Any = self.data
        for key in keys:
            place = place.get(key) if isinstance(place, dict) else None
        return sorted(place) if isinstance(place, dict) else []


def values(
    type_: Type, name: str, option: str, write: Callable[[str], str], around: tuple[Record, ...]
) -> Iterator[Place]:
    """Places inside of a value that is written as a whole."""
    type_ = bare(type_)
    if isinstance(type_, TEXTS):
        yield Place(name, option, write, type_)
    elif isinstance(type_, ConvertedType):
        yield from values(type_.inner, name, option, write, around)
        for other in {id(each.type): each.type for each in type_.by_kind.values()}.values():
            yield from values(other, name, option, write, around)
    elif isinstance(type_, UnionType):
        for each in type_.alternatives:
            yield from values(each, name, option, write, around)
    elif isinstance(type_, (ListType, SetType)):
        before = BEFORE.get(name, "")
        yield from values(
            type_.inner, f"{name}[]", option, lambda t: write(f"[{before}{t}]"), around
        )
    elif isinstance(type_, MapType):
        inner = ENTRIES.get(name, sample(type_.inner))
        yield Place(f"{name}, a key", option, lambda t: write(f"{{ {t} = {inner} }}"), None)
        yield from below(type_.inner, name, option, lambda part: write(f"{{ {part} }}"), around)
    elif isinstance(type_, RecordType) and type_.record not in around:
        yield from fields(type_.record, name, option, write, (*around, type_.record))


def below(
    type_: Type, name: str, option: str, write: Callable[[str], str], around: tuple[Record, ...]
) -> Iterator[Place]:
    """Places in the values of a map, each below one key; `write` takes `KEY = VALUE`."""
    for number, key in enumerate(KEYS.get(name, ("sample",))):

        def written(text: str, key: str = key) -> str:
            return write(f"{write_key(key)} = {text}")

        yield from values(type_, f"{name}.{key if number else '<name>'}", option, written, around)


def fields(
    record: Record, name: str, option: str, write: Callable[[str], str], around: tuple[Record, ...]
) -> Iterator[Place]:
    """Places in a record that is written as a whole."""
    for field, member in record.shape.members.items():
        if isinstance(member, Option) and member.kind != "computed":

            def written(text: str, field: str = field) -> str:
                given = {**FIELDS.get(record.name, {}), field: text}
                return write(
                    "{ " + ", ".join(f"{write_key(key)} = {it}" for key, it in given.items()) + " }"
                )

            yield from values(member.type, f"{name}.{field}", option, written, around)


def sample(type_: Type) -> str:
    """Some value of a type that is not about a text."""
    type_ = bare(type_)
    if isinstance(type_, UnionType):
        return sample(type_.alternatives[0])
    if isinstance(type_, ConvertedType):
        return sample(type_.inner)
    if isinstance(type_, (ListType, SetType)):
        return f"[{sample(type_.inner)}]"
    if isinstance(type_, (MapType, RecordType)):
        return "{}"
    return '"sample"' if isinstance(type_, TEXTS) else "1"
