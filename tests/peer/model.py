"""An abstract module set: what both languages can say, as plain JSON data.

A set is `{"files": [file, …]}`, the first file is the main one; a file is
`{"imports": [number], "disable": [number], "items": [item]}`. Everything is a list whose first
element says what it is:

    items        ["option", kind, path, type, default or None]
                 ["record", name, base or None, items]     ["service", path, items]
                 ["type", name, type, conversions]         ["choice", name, items]
                 ["let", name, expression]                 ["extend", path, statements]
                 ["grow", record, options]                 ["alias", path, path]
    statements   ["def", strength, order, path, expression]
                 ["block", strength, order, path, statements]
                 ["when", condition, statements, statements or None]
                 ["for", name, list, statements]
    types        ["bool"] ["int"] ["int", low, high] ["float"] ["string"] ["string", pattern]
                 ["text"] ["port"] ["any"] ["enum", values] ["list", T] ["set", T] ["map", T]
                 ["opt", T] ["union", A, B] ["record", name] ["once", T] ["named", name]
                 ["choice", name]
    expressions  ["lit", scalar] ["list", items] ["rec", statements] ["cfg", path]
                 ["self", path] ["key"] ["value"] ["var", name] ["op", operator, a, b]
                 ["not", a] ["if", c, a, b] ["interp", parts] ["each", name, list, body]
                 ["where", name, list, c, body] ["len", list] ["has", record, key] ["or-null", a, b]

A component of a path is a name, or an expression for a computed key of a map, or `*` for every
entry of one (in definitions at the top of a file only).
"""

from __future__ import annotations

from typing import Any

Node = list[Any]
Set = dict[str, Any]

CONTAINERS = ("map", "record", "any", "choice")


def module_order(files: list[Any]) -> list[int]:
    """Files in module order: imports first, as they are written; switched off ones left out."""
    everything = _walk(files, frozenset())
    off = frozenset(target for file in everything for target in files[file].get("disable", []))
    return _walk(files, off) if off else everything


def _walk(files: list[Any], off: frozenset[int]) -> list[int]:
    order: list[int] = []
    seen = {0}

    def visit(file: int) -> None:
        for target in files[file].get("imports", []):
            if target not in seen and target not in off:
                seen.add(target)
                visit(target)
        order.append(file)

    visit(0)
    return order


class Table:
    """What a set declares: options by path, records and named types by name."""

    def __init__(self, files: list[Any], order: list[int]) -> None:
        self.options: dict[tuple[str, ...], Node] = {}
        self.records: dict[str, Node] = {}
        self.types: dict[str, Node] = {}
        self.choices: dict[str, Node] = {}
        # Options that other files add to a record.
        self.grown: dict[str, list[Node]] = {}
        for file in order:
            self._collect(files[file]["items"], ())

    def _collect(self, items: list[Node], prefix: tuple[str, ...]) -> None:
        for item in items:
            tag = item[0]
            if tag == "option":
                self.options[(*prefix, *item[2])] = item
            elif tag == "record":
                self.records[item[1]] = item
            elif tag == "type":
                self.types[item[1]] = item
            elif tag == "choice":
                self.choices[item[1]] = item
            elif tag == "grow":
                self.grown.setdefault(item[1], []).extend(item[2])
            elif tag == "service":
                self.options[(*item[1], "enable")] = _ENABLE
                self._collect(item[2], tuple(item[1]))

    def fields(self, record: str) -> dict[tuple[str, ...], Node]:
        """Options of a record, those of its base first."""
        node = self.records[record]
        found = self.fields(node[2]) if node[2] else {}
        declared = [*[each for each in node[3] if each[0] == "option"], *self.grown.get(record, [])]
        return {**found, **{tuple(each[2]): each for each in declared}}

    def bare(self, type_: Node) -> Node:
        """A type without the optional, the name and the uniqueness around it."""
        while type_[0] in ("opt", "once", "named"):
            type_ = self.types[type_[1]][2] if type_[0] == "named" else type_[1]
        return type_

    def option_length(self, path: Node) -> int:
        """How many components of a path lead to the option; 0 if it leads to a group."""
        names = [part if isinstance(part, str) else None for part in path]
        for length in range(1, len(path) + 1):
            if tuple(names[:length]) in self.options:
                return length
        return 0

    def type_at(self, path: Node) -> Node | None:
        """The type at a path, also inside an option; None for a group or an unknown path."""
        length = self.option_length(path)
        if not length:
            return None
        return self.type_below(self.options[tuple(path[:length])][3], path[length:])

    def type_below(self, type_: Node, rest: Node) -> Node | None:
        """The type that a path below a value of some type leads to."""
        if not rest:
            return type_
        bare = self.bare(type_)
        if bare[0] == "map":
            return self.type_below(bare[1], rest[1:])
        if bare[0] == "any":
            return bare
        if bare[0] in ("record", "choice"):
            fields = (
                self.fields(bare[1])
                if bare[0] == "record"
                else {tuple(each[2]): each for each in self.choices[bare[1]][2]}
            )
            for length in range(1, len(rest) + 1):
                field = fields.get(tuple(map(str, rest[:length])))
                if field is not None:
                    return self.type_below(field[3], rest[length:])
            if ("*",) in fields:
                return self.type_below(fields["*",][3], rest[1:])
        return None


_ENABLE: Node = ["option", "option", ["enable"], ["bool"], ["lit", False]]
