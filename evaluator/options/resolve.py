"""Type notation → types: names looked up in the module, its imports and the builtins."""

from __future__ import annotations

from evaluator.options.shapes import Record
from evaluator.types.containers import (
    AnyType,
    BrokenType,
    ListType,
    MapType,
    OptionalType,
    OrderedType,
    RecordType,
    RefinedType,
    SetType,
    unite,
)
from evaluator.types.scalars import SCALARS, Literals
from evaluator.types.values import Duration, Size

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.diagnostics.model import Sink
    from evaluator.names.load import Module
    from evaluator.types.scalars import Type

    Node = tuple[Any, ...]

WRAPPERS = {"list": ListType, "set": SetType, "map": MapType, "ordered": OrderedType}


class TypeResolver:
    """Resolves type nodes; each named type once. An unknown name is reported and is `any`."""

    def __init__(self, modules: list[Module], sink: Sink) -> None:
        self.sink = sink
        self._records: dict[tuple[int, str], Record] = {}
        self._named: dict[tuple[int, str], Node] = {}
        self._done: dict[tuple[int, str], Type] = {}
        self._running: list[tuple[int, str]] = []
        self._modules = modules
        for module in modules:
            self._collect(module, module.items)

    def _collect(self, module: Module, items: tuple[Node, ...]) -> None:
        from evaluator.options import errors

        for item in items:
            if item[0] == "section":
                self._collect(module, item[4])
            elif item[0] in ("recorddecl", "typedecl"):
                key = (id(module), item[3])
                other = self._records.get(key)
                first = other.node if other else self._named.get(key)
                if first is not None:
                    errors.declared_twice(self.sink, (item[3],), module, item, module, first)
                elif item[0] == "recorddecl":
                    self._records[key] = Record(item[3], item, module)
                else:
                    self._named[key] = item
                if item[3] in SCALARS or item[3] in WRAPPERS or item[3] == "any":
                    errors.builtin_type_declared(self.sink, module.source, item)

    def all_records(self) -> list[Record]:
        """Every record of every module, in module order."""
        return list(self._records.values())

    def resolve_all(self) -> None:
        """Resolve types that no option mentions too, so that their mistakes are found."""
        modules = {id(module): module for module in self._modules}
        for (owner, name), node in self._named.items():
            self._lookup(name, modules[owner], node)

    def record_named(self, name: str, module: Module, node: Node) -> Record | None:
        """The record behind a name after `from`; reports and returns None if there is none."""
        from evaluator.options import errors

        place, leaf = self._place(name, module)
        record = self._records.get((id(place), leaf)) if place is not None else None
        if record is None:
            errors.unknown_record(self.sink, module, node, name, self._candidates(module))
        return record

    def _place(self, name: str, module: Module) -> tuple[Module | None, str]:
        """The module a possibly dotted name points into, and the name there."""
        alias, dot, leaf = name.partition(".")
        if not dot:
            return module, name
        return module.aliases.get(alias), leaf

    def _candidates(self, module: Module) -> list[str]:
        names = [*SCALARS, *WRAPPERS, "any"]
        by_id = {id(module): ""}
        for alias, target in module.aliases.items():
            by_id.setdefault(id(target), alias + ".")
        for owner, name in [*self._records, *self._named]:
            if owner in by_id:
                names.append(by_id[owner] + name)
        return names

    def resolve(self, node: Node, module: Module) -> Type:
        """The type a type node stands for."""
        tag = node[0]
        if tag == "tname":
            return self._named_type(node, module)
        if tag == "tliteral":
            return Literals((node[3],))
        if tag == "toptional":
            return OptionalType(self.resolve(node[3], module))
        alternatives = [self.resolve(each, module) for each in node[3]]
        try:
            return unite(alternatives)
        except ValueError as problem:
            from evaluator.options import errors

            errors.bad_type(self.sink, module.source, node, str(problem))
            return BrokenType()

    def _named_type(self, node: Node, module: Module) -> Type:
        from evaluator.options import errors

        name, args = node[3], node[4]
        if name in SCALARS:
            return self._scalar(node, module)
        if name in WRAPPERS:
            inner = [each for each in args if each[0] not in ("range", "arg")]
            if len(inner) != 1 or len(args) != 1:
                errors.bad_type(
                    self.sink, module.source, node, f"`{name}` takes one type: `{name}(string)`"
                )
                return BrokenType()
            return WRAPPERS[name](self.resolve(inner[0], module))
        found = AnyType() if name == "any" else self._lookup(name, module, node)
        if args and not isinstance(found, BrokenType):
            errors.bad_type(self.sink, module.source, node, f"`{name}` takes no arguments")
        return found

    def _lookup(self, name: str, module: Module, node: Node) -> Type:
        from evaluator.options import errors

        place, leaf = self._place(name, module)
        key = (id(place), leaf)
        record = self._records.get(key)
        if record is not None:
            return RecordType(record)
        declared = self._named.get(key)
        if declared is None or place is None:
            errors.unknown_type(self.sink, module.source, node, name, self._candidates(module))
            return BrokenType()
        done = self._done.get(key)
        if done is None:
            if key in self._running:
                errors.bad_type(
                    self.sink, module.source, node, f"`{name}` is defined by itself",
                )  # fmt: skip
                return BrokenType()
            self._running.append(key)
            done = self.resolve(declared[5], place)
            if declared[6]:
                done = RefinedType(leaf, done, declared[6], place)
            self._running.pop()
            self._done[key] = done
        return done

    def _scalar(self, node: Node, module: Module) -> Type:
        from evaluator.options import errors

        ranges: list[tuple[int | None, int | None]] = []
        named: dict[str, object] = {}
        for each in node[4]:
            if each[0] == "range":
                ranges.append((each[3], each[4]))
            elif each[0] == "arg" and (literal := constant(each[4])) is not None:
                named[each[3]] = literal
            elif each[0] == "arg":
                errors.bad_type(
                    self.sink, module.source, each, f"`{each[3]}` takes a literal value"
                )
            else:
                errors.bad_type(self.sink, module.source, each, f"`{node[3]}` holds no other type")
        try:
            return SCALARS[node[3]](ranges, named)
        except ValueError as problem:
            errors.bad_type(self.sink, module.source, node, str(problem))
            return BrokenType()


def constant(node: Node) -> object | None:
    """The value of a literal argument of a type; None if it is no literal."""
    tag = node[0]
    if tag in ("str", "int", "float", "bool"):
        value: object = node[3]
        return value
    if tag == "duration":
        return Duration(node[3])
    if tag == "size":
        return Size(node[3])
    if tag == "unary" and node[3] == "-" and node[4][0] in ("int", "float"):
        negative: object = -node[4][3]
        return negative
    return None
