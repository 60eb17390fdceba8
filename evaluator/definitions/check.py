"""Everything about definitions that can be checked before any value is computed.

Walks every statement of every module once, live or not: paths are matched against the
declared options, names in expressions against what is bound, statements against the place
they stand in. A false condition or a disabled service hides no mistake from it.
"""

from __future__ import annotations

from evaluator.definitions import errors, stars
from evaluator.definitions.placement import KEPT, check_placement
from evaluator.definitions.places import (
    Typed,
    container,
    elements,
    names_below,
    place_of,
    read_place,
    shape_of,
    takes_order,
)
from evaluator.definitions.presence import is_declared
from evaluator.definitions.spread import lets_of
from evaluator.diagnostics.unchecked import leave_unchecked
from evaluator.names import errors as name_errors
from evaluator.names.lexical import PREDEFINED, Expressions, Lexical
from evaluator.options.families import target_of
from evaluator.options.shapes import Former, Option, Shape, path_text
from evaluator.types.containers import AnyType, MapType, OrderedType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.definitions.deprecation import Deprecated
    from evaluator.definitions.places import Place
    from evaluator.diagnostics.model import Sink
    from evaluator.names.load import Module
    from evaluator.options.shapes import Declarations, Service
    from evaluator.source import Source
    from evaluator.types.base import Type

    Node = tuple[Any, ...]


def check_all(
    modules: list[Module], pending: list[Module], declared: Declarations, sink: Sink
) -> list[Module]:
    """Report what is wrong with the statements of some modules; those in which something is."""
    checker = Checker(modules, declared, sink)
    checker.deprecated = deprecated_in(modules)
    faulty = []
    for module in pending:
        known = len(sink.diagnostics)
        checker.module(module)
        if len(sink.diagnostics) > known:
            faulty.append(module)
    known = len(sink.diagnostics)
    declared.circular = checker.expressions.circles()
    # Of several files that need each other's `let`s, none is in order.
    return pending if len(sink.diagnostics) > known else faulty


def deprecated_in(modules: list[Module]) -> Deprecated | None:
    """What some declaration advises against, if any does."""
    if not any(["@deprecated" in module.source.text for module in modules]):
        return None
    from evaluator.definitions.deprecation import collected

    return collected(modules)


class Checker:
    """One pass over statements; `errors` words what it finds."""

    def __init__(self, modules: list[Module], declared: Declarations, sink: Sink) -> None:
        self.modules = modules
        self.declared = declared
        self.root = declared.root
        self.sink = sink
        self.expressions = Expressions(sink, self.read_path, self.value)
        self.expressions.options = declared.root.members
        self.expressions.declares = self.is_declared
        self.expressions.expected = self.expected
        self.deprecated: Deprecated | None = None
        self.bodies: dict[int, Shape] = {}
        # With a file missing, names that it may have declared are not called unknown.
        self.lost = sink.lost()
        # Path of the block being checked, so that findings name full paths.
        self.prefix: tuple[Any, ...] = ()
        for service in (*declared.services.values(), *declared.families.values()):
            self.bodies[id(service.node)] = service.shape
        for record in declared.records:
            self.bodies[id(record.node)] = record.shape

    def expected(self, value: Node, type_: Type, word: Node) -> Type | None:
        """The type that a bare word in an option's value has to fit."""
        from evaluator.definitions.expected import expected

        return expected(value, type_, word)

    def is_declared(self, path: tuple[str, ...]) -> bool:
        """What `when option` asks."""
        return is_declared(self.root, path)

    def module(self, module: Module, context: str = "file") -> None:
        """Check one file."""
        scope = self.file_scope(module)
        self.aliases(module)
        if module.placed is not None and not self.is_placed(*module.placed):
            module.items = ()  # nothing of it is for anything
        check_placement(module.items, context, module.source, self.sink)
        self.block(module.items, self.root, scope, None)

    def file_scope(self, module: Module) -> Lexical:
        """Names around the top of a file: its aliases, and the file a test stands in."""
        parent = None
        if module.outer is not None:
            around = self.file_scope(module.outer)
            lets = lets_of(module.outer)
            parent = Lexical(around, around.source, lets) if lets else around
        names: dict[str, Any] = {
            alias: None if target.value is not None else ("alias", lets_of(target))
            for alias, target in module.aliases.items()
        }
        names.update(dict.fromkeys((*module.lost, *(module.bindings or ()))))
        scope = Lexical(parent, module.source, names)
        # What a loop around a host binds; a host's own block has `key`.
        scope.is_loop = module.bindings is not None and "key" not in module.bindings
        return scope

    def is_placed(self, module: Module, statement: Node) -> bool:
        """Whether the path after `at` leads somewhere; mistakes are shown at the import."""
        start, end, path = statement[5], statement[2], statement[7]
        target = ("block", start, end, end, path, None, None, (), (), ())
        scope = Lexical(None, module.source, {})
        return self.follow(path, self.root, target, scope) is not None

    def aliases(self, module: Module) -> None:
        """Check that the names of imports are free."""
        lets = lets_of(module)
        for statement, _target in module.imports:
            alias = statement[6]
            if alias in PREDEFINED:
                name_errors.reserved_binding(self.sink, module.source, statement, alias)
            elif alias in lets:
                name_errors.alias_and_let(self.sink, module.source, statement, lets[alias], alias)

    def block(
        self, items: tuple[Node, ...], place: Place | None, scope: Lexical, service: Service | None
    ) -> None:
        """Check the statements of a block whose paths start at `place`."""
        scope = self.expressions.scope_of(items, scope)
        for item in items:
            self.statement(item, place, scope, service)

    def statement(
        self, item: Node, place: Place | None, scope: Lexical, service: Service | None
    ) -> None:
        """Check one statement, by its kind."""
        tag = item[0]
        if tag in KEPT and item[KEPT[tag]]:
            from evaluator.definitions.annotations import check_annotations

            check_annotations(self.sink, scope.source, item)
            for annotation in item[KEPT[tag]]:
                for argument in annotation[4]:
                    self.expressions.visit(argument, scope)
        if tag in ("def", "block"):
            self.define(item, place, scope, service)
        elif tag == "option":
            self.option(item, scope)
        elif tag == "section":
            for inner in item[4]:
                self.statement(inner, place, scope, service)
        elif tag == "let":
            self.expressions.let(item, scope)
        elif tag == "when":
            self.expressions.visit(item[3], scope)
            for branch in self.expressions.branches(item):
                dead = self.expressions.is_dead
                self.block(branch, None if dead else place, scope, service)
        elif tag == "for":
            self.expressions.visit(item[4], scope)
            inner = self.expressions.bind(item[3], item, scope)
            inner.is_loop = True
            self.block(item[5], place, inner, service)
        elif tag == "remove":
            self.removal(item, place, scope)
        elif tag in ("assert", "warn"):
            self.expressions.visit(item[3], scope)
            if tag == "assert" and item[4] is not None:
                self.expressions.visit(item[4], scope)
        elif tag == "service":
            self.service(item, scope)
        elif tag in ("recorddecl", "choice"):
            self.record(item, scope)
        elif tag == "grow":
            self.grown(item, scope)
        elif tag == "typedecl":
            self.type(item, scope)
        elif tag == "extend":
            self.extend(item, scope, service)
        elif tag == "former":
            for expression in item[5:7]:
                if expression is not None:
                    inner = Lexical(scope, scope.source, {})
                    inner.value = True
                    self.expressions.visit(expression, inner)
        elif tag == "host":
            # What stands in it is checked as a module of its own, with what it imports.
            if not isinstance(item[3], str):
                self.expressions.visit(item[3], scope)
            elif scope.is_turned(item[3]):
                from evaluator.definitions import loop_keys

                loop_keys.host(self.sink, scope.source, item)
        elif tag == "variant":
            self.variant(item, scope)

    def variant(self, node: Node, scope: Lexical) -> None:
        """Check what a variant adds; it cannot look at variants, of which it is one."""
        self.expressions.is_variant = True
        self.block(node[5], self.root, scope, None)
        self.expressions.is_variant = False

    def service(self, node: Node, scope: Lexical) -> None:
        """Check a service's body; its paths are below its own."""
        shape = self.bodies.get(id(node))
        if shape is None:
            return
        inner = Lexical(scope, scope.source, {})
        inner.shape, inner.key = shape, node[3][-1] == "*"
        declared = self.declared.services.get(node[3]) or self.declared.families[node[3][:-1]]
        self.prefix = node[3]
        self.block(node[6], shape, inner, declared)
        self.prefix = ()

    def record(self, node: Node, scope: Lexical) -> None:
        """Check a record's body."""
        shape = self.bodies.get(id(node))
        if shape is not None:
            inner = Lexical(scope, scope.source, {})
            inner.shape, inner.key = shape, True
            self.block(node[6], shape, inner, None)

    def grown(self, node: Node, scope: Lexical) -> None:
        """Check what is added to a declaration, as if it stood there."""
        shape = self.declared.grown.get(id(node))
        if shape is None:
            return
        service = shape.service
        inner = Lexical(scope, scope.source, {})
        inner.shape, inner.key = shape, service is None or service.is_family()
        self.prefix = () if service is None else node[4]
        self.block(node[6], shape, inner, service)
        self.prefix = ()

    def type(self, node: Node, scope: Lexical) -> None:
        """Check the conditions and conversions of a named type."""
        inner = Lexical(scope, scope.source, {})
        inner.value = True
        for _each, condition, message in node[6]:
            self.expressions.visit(condition, inner)
            if message is not None:
                self.expressions.visit(message, inner)
        for _source, expression in node[7]:
            self.expressions.visit(expression, inner)

    def option(self, node: Node, scope: Lexical) -> None:
        """Check an option's default: names, and its keys where it is a block."""
        if self.deprecated is not None:
            self.deprecated.typed(self.sink, node, scope.source, self.full(node[4]))
        default = node[8]
        if node[9] is not None:
            inner = Lexical(scope, scope.source, {})
            inner.value = True
            self.expressions.visit(node[9][1], inner)
        if default is None:
            return
        option = self.option_of(node, scope)
        if option is not None and default[0] == "record":
            self.literal(default, Typed(option, option.type), scope, None)
        else:
            if option is not None:
                self.expressions.wanted = default, option.type
            self.expressions.visit(default, scope)
            self.expressions.wanted = None

    def option_of(self, node: Node, scope: Lexical) -> Option | None:
        """The option a declaration made, if it was accepted."""
        shape: Any = scope.shape if scope.shape is not None else self.root
        for name in node[4]:
            if not isinstance(shape, Shape):
                return None
            shape = shape.any if name == "*" else shape.members.get(name)
        return shape if isinstance(shape, Option) and shape.node is node else None

    def extend(self, node: Node, scope: Lexical, service: Service | None) -> None:
        """Check an `extend`: the target exists and accepts what it is given."""
        if service is None:
            return  # Reported as misplaced.
        target, _key = target_of(self.declared, node[3])
        if target is None and self.lost is not None and not self.expressions.is_dead:
            leave_unchecked(self.lost, path_text(node[3]))
        if self.expressions.is_dead or (target is None and self.lost is not None):
            self.block(node[5], None, scope, service)
            return
        if target is None:
            errors.unknown_target(self.sink, scope.source, node, self.declared, service)
            return
        outer, self.prefix = self.prefix, node[3]
        self.block(node[5], Extended(target), scope, service)
        self.prefix = outer

    def define(
        self, node: Node, place: Place | None, scope: Lexical, service: Service | None
    ) -> None:
        """Check a definition or block: its path, then its value."""
        self.expressions.path(node[4], scope)
        if stars.has_star(node[4]):
            scope = stars.keyed(scope)
        for key in (*node[7], *node[8]):
            if not isinstance(key, str):
                self.expressions.visit(key, scope)
        end: Place | None = None
        if place is not None:
            end = self.follow(node[4], place, node, scope)
            if end is not None:
                self.may_define(node, end, place, scope)
                self.order_words(node, end, place, scope)
                if self.deprecated is not None:
                    spans = [
                        errors.part_span(scope.source, node, node[4], at)
                        for at in range(len(node[4]))
                    ]
                    path = self.full(node[4])
                    self.deprecated.follow(self.sink, scope.source, place, spans, path)
        outer, self.prefix = self.prefix, self.full(node[4])
        if node[0] == "block":
            self.inside(node[9], node, end, scope, service)
        elif node[9][0] == "record":
            self.literal(node[9], end, scope, service)
        else:
            if isinstance(end, Typed):
                self.expressions.wanted = node[9], end.type
            self.expressions.visit(node[9], scope)
            self.expressions.wanted = None
            if isinstance(end, Shape) and node[9][0] in SCALAR_NODES:
                errors.not_a_block(self.sink, scope.source, node, self.prefix, names_below(end))
                self.declared.refused.add(id(node))
        self.prefix = outer

    def full(self, path: tuple[Any, ...]) -> tuple[Any, ...]:
        """A path written in the current block, from the root."""
        return (*self.prefix, *path)

    def value(self, items: tuple[Node, ...], source: Source) -> None:
        """Check which statements stand in a `{ … }` that is a value of its own."""
        check_placement(items, "value", source, self.sink)

    def literal(
        self, value: Node, place: Place | None, scope: Lexical, service: Service | None
    ) -> None:
        """Check `{ … }` as a value: as a block where the place has options, else its names."""
        inside = container(place.type) if isinstance(place, Typed) else place
        if inside is None or place is None:
            self.expressions.visit(value, scope)
            return
        check_placement(value[3], "block", scope.source, self.sink)
        if isinstance(inside, AnyType):
            self.expressions.block(value[3], scope)
        else:
            self.block(value[3], self.settled(place), scope, service)

    def inside(
        self, items: tuple[Node, ...], node: Node, place: Place | None, scope: Lexical,
        service: Service | None,
    ) -> None:  # fmt: skip
        """Check the body of a block standing at `place`."""
        if isinstance(place, Typed):
            inside = container(place.type)
            if inside is None:
                errors.block_for_value(self.sink, scope.source, node, self.prefix, place)
                place = None
            elif isinstance(inside, AnyType):
                place = None
            else:
                place = self.settled(place)
        if place is None:
            self.expressions.block(items, scope)
            return
        self.block(items, place, scope, service)

    def settled(self, place: Place) -> Place:
        """A place seen from inside: the record's shape, or the map itself."""
        shape = shape_of(place)
        return shape if shape is not None else place

    def follow(
        self, path: tuple[Any, ...], place: Place, node: Node, scope: Lexical
    ) -> Place | None:
        """Where a written path ends; reports and returns None where it leaves the tree."""
        for index in range(len(path)):
            nearer = self.step(place, path, index, node, scope)
            if nearer is None:
                return None
            place = nearer
        return place

    def step(
        self, place: Place, path: tuple[Any, ...], index: int, node: Node, scope: Lexical
    ) -> Place | None:
        """One component further; None after a report, or where nothing is known."""
        part = path[index]
        shape = shape_of(place)
        if shape is None and isinstance(place, Typed):
            inside = container(place.type)
            if isinstance(inside, MapType):
                if isinstance(part, str) and scope.is_turned(part):
                    from evaluator.definitions import loop_keys

                    loop_keys.entry(self.sink, scope.source, node, path, index, self.prefix)
                return Typed(place.option, inside.inner)
            if inside is None:
                errors.below_value(self.sink, scope.source, node, path, index, place, self.prefix)
            return None
        if shape is None:
            return None
        former = shape.former_at(part) if shape.former is not None else None
        if former is not None:
            from evaluator.definitions import old_names

            spans = [errors.part_span(scope.source, node, path, at) for at in range(index + 1)]
            old_names.defined(self.sink, scope, former, spans, self.prefix, path[: index + 1])
            return old_names.new_place(place, former)
        if isinstance(part, tuple) and part[0] == "star":
            stars.no_entries(self.sink, scope.source, part, (*self.prefix, *path[:index]), shape)
            return None
        if not isinstance(part, str):
            errors.computed_name(self.sink, scope.source, node, part, shape)
            return None
        member = shape.members.get(part)
        if member is None and shape.any is not None:
            return Typed(shape.any, shape.any.type)
        if member is None:
            if self.may_be_lost(part, shape):
                return None
            let = scope.holder(part) if index == 0 else None
            errors.unknown_option(
                self.sink, scope.source, node, path, index, shape, self.root, self.prefix, self, let
            )
            return None
        if isinstance(place, Extended) and isinstance(member, Shape):
            return Extended(member)
        return place_of(member)

    def may_be_lost(self, name: str, shape: Shape) -> bool:
        """Whether a missing file may declare a name that nothing declares; noted there if so."""
        if self.lost is None or shape is not self.root or errors.has_near(name, shape):
            return False
        leave_unchecked(self.lost, name)
        return True

    def may_define(self, node: Node, end: Place, start: Place, scope: Lexical) -> None:
        """Who may define what: `accepts` for other services, `computed` for the declarer."""
        place: Place | None = start
        for index, part in enumerate(node[4]):
            place = self.quiet_step(place, part) if place is not None else None
            if isinstance(place, Typed):
                option = place.option
                if isinstance(start, Extended) and option.kind == "option":
                    errors.not_accepted(
                        self.sink, scope.source, node, index, option, self.full(node[4])
                    )
                if option.kind == "computed" and option.module.source is not scope.source:
                    errors.read_only(self.sink, scope.source, node, option, self.full(node[4]))
                return

    def order_words(self, node: Node, end: Place, start: Place, scope: Lexical) -> None:
        """`first`, `last` and `order` place contributions, `after` and `before` named entries."""
        ordered = node[0] == "def" and node[6] is not None
        if ordered and isinstance(end, Typed) and not takes_order(end.type):
            errors.no_order(self.sink, scope.source, node, self.full(node[4]), end)
        if node[7] or node[8]:
            place: Place | None = start
            for part in node[4][:-1]:
                place = self.quiet_step(place, part) if place is not None else None
            inside = container(place.type) if isinstance(place, Typed) else None
            if place is not None and not isinstance(inside, (OrderedType, AnyType)):
                errors.no_neighbors(self.sink, scope.source, node, self.full(node[4]))

    def quiet_step(self, place: Place, part: Any) -> Place | None:
        """As `step`, without reports."""
        shape = shape_of(place)
        if shape is None:
            return None
        if shape.former is not None:
            from evaluator.definitions import old_names

            behind = old_names.behind(place, shape, part)
            if behind is not None:
                return behind
        if not isinstance(part, str):
            return None
        member = shape.members.get(part) or shape.any
        return place_of(member) if member is not None else None

    def removal(self, node: Node, place: Place | None, scope: Lexical) -> None:
        """Check `remove`: the path leads to a key of a map or an element of a set."""
        path = node[3]
        self.expressions.path(path, scope)
        if node[4] is not None:
            inner = Lexical(scope, scope.source, {})
            inner.value = True
            self.expressions.visit(node[4], inner)
        if place is None or stars.has_star(path):
            return  # A star is reported where it stands.
        # What goes wrong with a path is worded for definitions, of which this one is empty.
        target = ("block", node[1], node[2], node[2], path, None, None, (), (), ())
        if node[4] is not None:
            end = self.follow(path, place, target, scope)
            if end is None or (isinstance(end, Typed) and elements(end.type) is not None):
                return
            errors.no_elements(self.sink, scope.source, node, self.full(path))
            return
        end = self.follow(path[:-1], place, target, scope)
        if end is None:
            return
        if isinstance(end, Typed):
            inside = container(end.type)
            if isinstance(inside, (MapType, AnyType)) or elements(end.type) is not None:
                return
        errors.cannot_remove(self.sink, scope.source, node, self.full(path))

    def read_path(self, scope: Lexical, root: str, parts: list[tuple[Any, Node]]) -> None:
        """Check a read such as `config.a.b` as far as declarations tell what is there."""
        place: Place | None = scope.shape if root == "self" else self.root
        if root in ("hosts", "variants"):
            # Which of them there are is asked later; they have the options of this one.
            if parts[0][0] is None or self.declared.are_others_unlike:
                return
            root, parts = path_text((root, parts[0][0])), parts[1:]
        for index, (name, node) in enumerate(parts):
            if place is None:
                return
            shape = shape_of(place)
            if shape is None:
                inside = container(place.type) if isinstance(place, Typed) else None
                if not isinstance(inside, MapType) or not isinstance(place, Typed):
                    return
                place = Typed(place.option, inside.inner)
                continue
            former = shape.former_at(name) if shape.former is not None else None
            if former is not None:
                from evaluator.definitions import old_names

                where = self.full(()) if root == "self" else ()
                old_names.read(self.sink, scope, former, parts[: index + 1], where)
                place = old_names.new_place(place, former)
                continue
            if name is None:
                return
            member = shape.members.get(name) or shape.any
            if member is None:
                if self.may_be_lost(name, shape):
                    return
                path = tuple(part for part, _ in parts)
                errors.unknown_read(
                    self.sink, scope.source, node, root, path, index, shape, self.root, self
                )
                return
            place = read_place(member)
        if type(place) is Former:
            from evaluator.definitions import rename_errors

            rename_errors.only_a_beginning(self.sink, scope.source, parts[-1][1], place)


class Extended(Shape):
    """A service seen by those who extend it: only what it accepts may be defined."""

    __slots__ = ()

    def __init__(self, target: Any) -> None:
        shape = target.shape if not isinstance(target, Shape) else target
        super().__init__(shape.name)
        self.members, self.former = shape.members, shape.former
        self.any = shape.any
        self.service = shape.service


SCALAR_NODES = frozenset(
    ("int", "float", "bool", "null", "mode", "duration", "size", "str", "interp", "list", "listfor")
)
