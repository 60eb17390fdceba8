"""Type notation → types: names looked up in the module, its imports and the builtins."""

from __future__ import annotations

from evaluator.options.shapes import Record
from evaluator.types.containers import (
    AnyType,
    BrokenType,
    ListType,
    MapType,
    OrderedType,
    RecordType,
    SetType,
)
from evaluator.types.scalars import SCALARS, Literals
from evaluator.types.unions import OptionalType, unite
from evaluator.types.values import Duration, Size

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.diagnostics.model import Sink
    from evaluator.names.load import Module
    from evaluator.types.named import RecursiveType
    from evaluator.types.scalars import Type

    Node = tuple[Any, ...]
    Key = tuple[int, str]

WRAPPERS = {"list": ListType, "set": SetType, "map": MapType, "ordered": OrderedType}
# Kinds of values of types that are containers whatever is inside.
CONTAINED = {"list": ("list",), "set": ("list",), "map": ("record",), "ordered": ("record",)}
# Types that say how often, whether and how there is a value; see `special`.
SPECIAL = ("once", "maybe", "deferred", "keyed")
BUILTIN = (*SCALARS, *WRAPPERS, *SPECIAL, "any")
DECLARING = ("recorddecl", "choice", "typedecl")


class TypeResolver:
    """Resolves type nodes; each named type once. An unknown name is reported and is `any`."""

    def __init__(self, modules: list[Module], sink: Sink) -> None:
        self.sink = sink
        self.named: dict[Key, Node] = {}
        # Every `extend` of a declaration, in module order.
        self.grows: list[tuple[Module, Node]] = []
        # What `extend type` adds to a named type.
        self.grown: dict[Key, list[tuple[Module, Node]]] = {}
        # What `keyed` types are made of: where written, the record and its field.
        self.keyed: list[tuple[Module, Node, Any, str]] = []
        self._records: dict[Key, Record] = {}
        self._done: dict[Key, Type] = {}
        # Named types being resolved, and around how many containers each was begun.
        self._running: dict[Key, int] = {}
        # Named types that hold themselves.
        self.recursive: dict[Key, RecursiveType] = {}
        # Types with a pattern, and the files that they stand in.
        self.patterned: list[tuple[str, Any]] = []
        self._depth = 0
        self._bare: dict[str, Type] = {}
        self._modules = modules
        for module in modules:
            self._collect(module, module.items)
        if self.grows:
            from evaluator.options.growth import collect_types

            collect_types(self)

    def _collect(self, module: Module, items: tuple[Node, ...]) -> None:
        for item in items:
            tag = item[0]
            if tag == "section":
                self._collect(module, item[4])
            elif tag == "grow":
                self.grows.append((module, item))
            elif tag in DECLARING:
                key = (id(module), item[3])
                other = self._records.get(key)
                first = other.node if other else self.named.get(key)
                if first is not None:
                    from evaluator.options.twice import declared_twice

                    declared_twice(self.sink, (item[3],), module, item, module, first)
                elif tag == "typedecl":
                    self.named[key] = item
                else:
                    self._records[key] = Record(item[3], item, module)
                if item[3] in BUILTIN:
                    from evaluator.options import errors

                    errors.builtin_type_declared(self.sink, module.source, item)

    def all_records(self) -> list[Record]:
        """Every record and choice of every module, in module order."""
        return list(self._records.values())

    def resolve_all(self) -> None:
        """Resolve types that no option mentions too, so that their mistakes are found."""
        modules = {id(module): module for module in self._modules}
        for (owner, name), node in self.named.items():
            self.lookup(name, modules[owner], node)

    def record_at(self, name: str, module: Module) -> Record | None:
        """The record or choice that a name means in a module, if there is one."""
        place, leaf = self.place(name, module)
        return self._records.get((id(place), leaf)) if place is not None else None

    def record_named(self, name: str, module: Module, node: Node) -> Record | None:
        """The record behind a name after `from`; reports and returns None if there is none."""
        record = self.record_at(name, module)
        if record is None and module.is_lost(name):
            return None
        if record is None:
            from evaluator.options import errors

            errors.unknown_record(self.sink, module, node, name, self.candidates(module))
        elif (record.node[0] == "choice") is not (node[0] == "choice"):
            from evaluator.options import errors

            errors.base_of_other_kind(self.sink, module, node, record)
            return None
        return record

    def place(self, name: str, module: Module) -> tuple[Module | None, str]:
        """The module a possibly dotted name points into, and the name there."""
        alias, dot, leaf = name.partition(".")
        if not dot:
            return module, name
        return module.aliases.get(alias), leaf

    def candidates(self, module: Module) -> list[str]:
        """Names of types that mean something in a module."""
        names = [*BUILTIN]
        by_id = {id(module): ""}
        for alias, target in module.aliases.items():
            by_id.setdefault(id(target), alias + ".")
        for owner, name in [*self._records, *self.named]:
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
            return OptionalType(self.part(node[3], module))
        alternatives = [self.part(each, module) for each in node[3]]
        if any([isinstance(each, BrokenType) for each in alternatives]):
            return BrokenType()
        try:
            return unite(alternatives)
        except ValueError as problem:
            return self.broken(module, node, str(problem))

    def broken(self, module: Module, node: Node, reason: str) -> BrokenType:
        """Report a type that contradicts itself; what stands in for it."""
        from evaluator.options import errors

        errors.bad_type(self.sink, module.source, node, reason)
        return BrokenType()

    def part(self, node: Node, module: Module, *, is_entry: bool = False) -> Type:
        """The type of a part of another: one that has a value wherever it stands."""
        found = self.resolve(node, module)
        if found.merge == "deferred" and not is_entry:
            reason = "`deferred` is the whole type of an option, or of the entries of a map"
            return self.broken(module, node, reason)
        if found.merge == "maybe":
            reason = "`maybe` says whether an option is there, so it stands around its whole type"
            return self.broken(module, node, reason)
        return found

    def inside(self, node: Node, module: Module, *, is_entry: bool = False) -> Type:
        """The type of what a container holds; a named type may meet itself there."""
        self._depth += 1
        try:
            return self.part(node, module, is_entry=is_entry)
        finally:
            self._depth -= 1

    def _named_type(self, node: Node, module: Module) -> Type:
        name, args = node[3], node[4]
        if name in SCALARS:
            return self._scalar(node, module)
        if name in WRAPPERS:
            inner = [each for each in args if each[0] not in ("range", "arg")]
            if len(inner) != 1 or len(args) != 1:
                return self.broken(module, node, f"`{name}` takes one type: `{name}(string)`")
            is_entry = CONTAINED[name] == ("record",)
            return WRAPPERS[name](self.inside(inner[0], module, is_entry=is_entry))
        if name in SPECIAL:
            from evaluator.options.special import special_type

            return special_type(self, node, module)
        found = AnyType() if name == "any" else self.lookup(name, module, node)
        if args and not isinstance(found, BrokenType):
            return self.broken(module, node, f"`{name}` takes no arguments")
        return found

    def lookup(self, name: str, module: Module, node: Node) -> Type:
        """The type behind a declared name."""
        place, leaf = self.place(name, module)
        key = (id(place), leaf)
        record = self._records.get(key)
        if record is not None:
            if record.node[0] == "choice":
                from evaluator.types.special import ChoiceType

                return ChoiceType(record)
            return RecordType(record)
        declared = self.named.get(key)
        if place is None and module.is_lost(name):
            return BrokenType()
        if declared is None or place is None:
            from evaluator.options import errors

            errors.unknown_type(self.sink, module.source, node, name, self.candidates(module))
            return BrokenType()
        done = self._done.get(key)
        if done is None:
            if key in self._running:
                return self._itself(key, declared, place, node, module)
            self._running[key] = self._depth
            done = self._declared(leaf, declared, place, key)
            del self._running[key]
            self._done[key] = done
            if key in self.recursive:
                self.recursive[key].target = done
        return done

    def _declared(self, name: str, declared: Node, place: Module, key: Key) -> Type:
        """What a `type` declaration makes: the type, its conversions, its conditions."""
        done = self.resolve(declared[5], place)
        if key in self.grown:
            from evaluator.options.growth import grown_type

            done = grown_type(self, done, declared, place, self.grown[key])
        if not declared[6] and not declared[7]:
            return done
        # An option that is not there has nothing that could be converted or tested.
        is_maybe = done.merge == "maybe"
        if is_maybe:
            done = done.inner  # type: ignore[attr-defined]
        if declared[7]:
            from evaluator.options.special import converted_type

            done = converted_type(self, name, done, declared, place)
        if declared[6]:
            from evaluator.types.named import RefinedType

            done = RefinedType(name, done, declared[6], place)
        if is_maybe:
            from evaluator.types.special import MaybeType

            return MaybeType(done)
        return done

    def _itself(self, key: Key, declared: Node, place: Module, node: Node, module: Module) -> Type:
        """A named type met while it is being resolved: legal inside a container."""
        name = key[1]
        if self._depth <= self._running[key]:
            return self.broken(
                module, node, f"`{name}` is defined by itself, with no list or map between"
            )
        from evaluator.types.named import RecursiveType

        if key not in self.recursive:
            kinds = self._kinds(declared[5], place, [key])
            self.recursive[key] = RecursiveType(name, kinds)
        return self.recursive[key]

    def _kinds(self, node: Node, module: Module, seen: list[Key]) -> tuple[str, ...]:
        """Kinds of the values of a type that is still being resolved, read from its notation."""
        tag = node[0]
        if tag == "tliteral":
            return Literals((node[3],)).kinds
        if tag == "toptional":
            return (*self._kinds(node[3], module, seen), "null")
        if tag == "tunion":
            found = [kind for each in node[3] for kind in self._kinds(each, module, seen)]
            return tuple(dict.fromkeys(found))
        name = node[3]
        if name in CONTAINED:
            return CONTAINED[name]
        if name in SCALARS:
            return SCALARS[name]([], {}).kinds
        if name in SPECIAL:
            inner = [each for each in node[4] if each[0] not in ("range", "arg")]
            kinds = self._kinds(inner[0], module, seen) if inner else ()
            return ("list", *kinds) if name == "keyed" else kinds
        place, leaf = self.place(name, module)
        key = (id(place), leaf)
        if key in self._records:
            return ("record",)
        declared = self.named.get(key)
        if declared is None or place is None or key in seen:
            return ()
        kinds = self._kinds(declared[5], place, [*seen, key])
        for source, _expression in declared[7]:
            kinds = (*kinds, *self._kinds(source, place, [*seen, key]))
        return kinds

    def _scalar(self, node: Node, module: Module) -> Type:
        if not node[4]:
            # Without arguments one name is one type, and types do not change.
            found = self._bare.get(node[3])
            if found is None:
                found = self._bare[node[3]] = SCALARS[node[3]]([], {})
            return found
        ranges: list[tuple[int | None, int | None]] = []
        named: dict[str, object] = {}
        for each in node[4]:
            if each[0] == "range":
                ranges.append((each[3], each[4]))
            elif each[0] == "arg" and (literal := constant(each[4])) is not None:
                named[each[3]] = literal
            elif each[0] == "arg":
                self.broken(module, each, f"`{each[3]}` takes a literal value")
            else:
                self.broken(module, each, f"`{node[3]}` holds no other type")
        try:
            found = SCALARS[node[3]](ranges, named)
        except ValueError as problem:
            return self.broken(module, node, str(problem))
        if "matches" in named:
            self._watch(found, node, module)
        return found

    def _watch(self, type_: Any, node: Node, module: Module) -> None:
        """Have a pattern that is none told where it stands, when it is first tried out."""
        from evaluator.options import errors

        written = next(each[4] for each in node[4] if each[:1] + each[3:4] == ("arg", "matches"))
        type_.limits.complain = lambda problem: errors.bad_pattern(
            self.sink, module.source, written, problem
        )
        self.patterned.append((module.source.path, type_))


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
