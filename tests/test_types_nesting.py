"""Every type in every other: what is written comes out, as definition, default and entry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests.configured import values

if TYPE_CHECKING:
    from collections.abc import Iterator

DECLARED = """
record R { option v: string = "d" option w: int = 1 }
choice C { option a: string option b: int }
type P = string(matches: r"[a-z]+") from int by "n" where length(value) < 9
type T = map(T) | string
type U = "u" | 5
"""


class Typed(NamedTuple):
    """A type, a value as it is written, the same in JSON, and declarations it needs."""

    type: str
    written: str
    json: Any
    declared: str = ""


INNERMOST = [
    Typed("string", '"x"', "x"),
    Typed("int", "3", 3),
    Typed("bool(any: true)", "true", True),
    Typed("U", "5", 5),
    Typed("R", '{ v = "q" }', {"v": "q", "w": 1}),
    Typed("C", '{ a = "z" }', {"a": "z"}),
    Typed("P", "5", "n"),
    Typed("P", '"ab"', "ab"),
    Typed("T", '{ t = "s" }', {"t": "s"}),
    Typed("any", "[1, { a = 2 }]", [1, {"a": 2}]),
]


def wrapped(inner: Typed, name: str) -> Iterator[Typed]:
    """The type inside each type that holds others; `name` is free for a declaration."""
    kind, written, json, declared = inner
    yield Typed(f"list({kind})", f"[{written}]", [json], declared)
    yield Typed(f"set({kind})", f"[{written}]", [json], declared)
    yield Typed(f"map({kind})", f"{{ k = {written} }}", {"k": json}, declared)
    entries = [{"name": "k", "value": json}]
    yield Typed(f"ordered({kind})", f"{{ k = {written} }}", entries, declared)
    yield Typed(f"once({kind})", written, json, declared)
    if not kind.endswith("?"):
        yield Typed(f"{kind}?", written, json, declared)
    record = f"record {name}R {{ option f: {kind} }}\n"
    yield Typed(f"{name}R", f"{{ f = {written} }}", {"f": json}, declared + record)
    choice = f"choice {name}C {{ option f: {kind} option g: int }}\n"
    yield Typed(f"{name}C", f"{{ f = {written} }}", {"f": json}, declared + choice)
    keyed = f"record {name}K {{ option n: string option f: {kind} }}\n"
    element = f'[{{ n = "k1", f = {written} }}]'
    entry = [{"n": "k1", "f": json}]
    yield Typed(f'keyed({name}K, on: "n")', element, entry, declared + keyed)
    sparse = f"record {name}M {{ option f: maybe({kind}) option g: maybe(int) }}\n"
    yield Typed(f"{name}M", f"{{ f = {written} }}", {"f": json}, declared + sparse)
    if kind not in ("any", "any?", "once(any)") and "type " not in declared:
        converted = f"type {name}V = {kind} from mode by {written}\n"
        yield Typed(f"{name}V", written, json, declared + converted)
        yield Typed(f"list({name}V)", "[0o644]", [json], declared + converted)


@pytest.mark.parametrize("inner", INNERMOST, ids=lambda each: f"{each.type} {each.written}")
def test_every_type_in_every_other(inner: Typed) -> None:
    cases = [
        Typed(outer.type, outer.written, outer.json, outer.declared)
        for at, middle in enumerate(wrapped(inner, "A"))
        for outer in wrapped(middle, f"B{at}")
    ]
    declared: dict[str, None] = {}
    lines: list[str] = []
    wanted: dict[str, Any] = {}
    for at, case in enumerate(cases):
        declared.update(dict.fromkeys(case.declared.splitlines()))
        lines += [
            f"option a{at}: {case.type}",
            f"a{at} = {case.written}",
            f"option b{at}: {case.type} = {case.written}",
            f"option c{at}: map({case.type}) = {{}}",
            f"c{at}.m = {case.written}",
        ]
        wanted |= {f"a{at}": case.json, f"b{at}": case.json, f"c{at}": {"m": case.json}}
    assert values("\n".join([DECLARED, *declared, *lines])) == wanted
