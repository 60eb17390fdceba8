"""Static scopes: what every bare name in an expression is bound to.

Names are lexical: `let`s, function parameters, loop binders, import aliases, builtins.
Options are only reached through `config.` and `self.`. `visit` walks an expression and
hands every chain that starts at `config` or `self` to `on_path`, so that reading an option
that does not exist is found without evaluating anything, and every `{ … }` that is a value to
`on_value`, which knows what may stand in one.
"""

from __future__ import annotations

from evaluator.names import errors
from evaluator.names.builtin_names import BUILTIN_NAMES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    from evaluator.diagnostics.model import Sink
    from evaluator.source import Source
    from evaluator.types.base import Type

    Node = tuple[Any, ...]

# A loop or function may call what it binds `key` or `value`, since that is what they mean.
RESERVED = ("config", "self", "hosts", "variants")
READ = frozenset(RESERVED)
PREDEFINED = (*RESERVED, "key", "value")


class Lexical:
    """One static scope; `names` maps to the `let` node or None (parameter, binder).

    An import's alias maps to `("alias", lets)`, the `let` nodes of that file by name.
    """

    __slots__ = ("is_loop", "key", "names", "parent", "shape", "source", "value")

    def __init__(self, parent: Lexical | None, source: Source, names: dict[str, Any]) -> None:
        self.parent = parent
        self.source = source
        self.names = names
        # Whether the names are what a loop around statements binds.
        self.is_loop = False
        self.shape: Any = parent.shape if parent else None
        self.key: bool = parent.key if parent else False
        self.value: bool = parent.value if parent else False

    def find(self, name: str) -> tuple[bool, Any]:
        """Whether a name is bound here, and the `let` it is bound to, if any."""
        scope: Lexical | None = self
        while scope is not None:
            if name in scope.names:
                return True, scope.names[name]
            scope = scope.parent
        return False, None

    def holder(self, name: str) -> tuple[Source, Node] | None:
        """The `let` that binds a name here, with its file."""
        scope: Lexical | None = self
        while scope is not None and name not in scope.names:
            scope = scope.parent
        let = scope.names[name] if scope is not None else None
        return (scope.source, let) if scope is not None and let and let[0] == "let" else None

    def is_turned(self, name: str) -> bool:
        """Whether a loop around statements binds a name here."""
        scope: Lexical | None = self
        while scope is not None:
            if name in scope.names:
                return scope.is_loop
            scope = scope.parent
        return False

    def visible(self) -> list[str]:
        """Every name bound here, for suggestions."""
        found = list(BUILTIN_NAMES)
        scope: Lexical | None = self
        while scope is not None:
            found.extend(scope.names)
            scope = scope.parent
        return found

    def functions(self) -> list[str]:
        """Every name here that can be called, for suggestions."""
        found = [name for name in BUILTIN_NAMES if name != "render"]
        scope: Lexical | None = self
        while scope is not None:
            lets = [each for each in scope.names.values() if each is not None]
            found.extend([each[3] for each in lets if each[0] == "let" and each[5] is not None])
            scope = scope.parent
        return found


class Expressions:
    """Checks the names in expressions; keeps which `let` needs which, to find circles."""

    def __init__(
        self,
        sink: Sink,
        on_path: Callable[[Lexical, str, list[tuple[Any, Node]]], None],
        on_value: Callable[[tuple[Node, ...], Source], None],
    ) -> None:
        self.sink = sink
        self.on_path = on_path
        self.on_value = on_value
        self.needs: dict[int, tuple[Source, Node, list[Node]]] = {}
        self.current: list[Node] | None = None
        # Identities of `let` nodes that cannot be evaluated; they are reported already.
        self.refused: set[int] = set()
        self.options: Mapping[str, Any] = {}
        # Whether what is checked stands in a variant.
        self.is_variant = False
        # What `when option` asks, and whether its answer has ruled out what is visited.
        self.declares: Callable[[tuple[str, ...]], bool] = _nothing
        self.is_dead = False
        # The value of an option that is visited, with its type; what type a word in it needs.
        self.wanted: tuple[Node, Type] | None = None
        self.expected: Callable[[Node, Type, Node], Type | None] = _anything

    def let(self, node: Node, scope: Lexical) -> None:
        """Check a `let`, noting which others its expression names."""
        if node[3] in PREDEFINED:
            errors.reserved_binding(self.sink, scope.source, node, node[3])
            self.refused.add(id(node))
        outer = self.current
        self.current = []
        self.needs[id(node)] = (scope.source, node, self.current)
        inner = scope if node[5] is None else self.bind(node[5], node, scope)
        self.visit(node[6], inner)
        self.current = outer

    def bind(self, names: tuple[str, ...], node: Node, scope: Lexical) -> Lexical:
        """The scope inside a loop or function, with what it binds."""
        for at, name in enumerate(names):
            if name in RESERVED:
                errors.reserved_binding(self.sink, scope.source, node, name)
            elif name in names[:at] and name != "_":
                errors.bound_twice(self.sink, scope.source, node, name)
        return Lexical(scope, scope.source, dict.fromkeys(names))

    def circles(self) -> set[int]:
        """Report `let`s that need each other, each circle once; identities of all refused nodes."""
        state: dict[int, int] = {}
        found = self.refused
        for start in self.needs:
            if start not in state:
                self._circle(start, state, found)
        return found

    def _circle(self, start: int, state: dict[int, int], found: set[int]) -> None:
        trail: list[tuple[int, int]] = [(start, 0)]
        state[start] = 1
        while trail:
            at, position = trail[-1]
            needed = self.needs[at][2]
            if position == len(needed):
                state[at] = 2
                trail.pop()
                continue
            trail[-1] = (at, position + 1)
            target = id(needed[position])
            if state.get(target) == 1:
                members = [each for each, _ in trail]
                members = members[members.index(target) :]
                found.update(members)
                errors.recursive_lets(self.sink, [self.needs[each][:2] for each in members])
            elif target in self.needs and target not in state:
                state[target] = 1
                trail.append((target, 0))

    def visit(self, node: Node, scope: Lexical) -> None:
        """Check every name in an expression."""
        tag = node[0]
        if tag in ("str", "int", "bool", "null", "float", "mode", "duration", "size"):
            return
        if tag == "name":
            self._name(node, scope)
        elif tag == "attr":
            self._chain(node, scope)
        elif tag == "index":
            self.visit(node[3], scope)
            self.visit(node[4], scope)
        elif tag == "call":
            self._call(node, scope)
        elif tag == "interp":
            for part in node[3]:
                if not isinstance(part, str):
                    self.visit(part, scope)
        elif tag == "list":
            for item in node[3]:
                self.visit(item, scope)
        elif tag == "listfor":
            self.visit(node[4], scope)
            inner = self.bind(node[3], node, scope)
            if node[5] is not None:
                self.visit(node[5], inner)
            self.visit(node[6], inner)
        elif tag == "if":
            for each in node[3:6]:
                self.visit(each, scope)
        elif tag == "chain":
            self.visit(node[3], scope)
            for _operator, operand in node[4]:
                self.visit(operand, scope)
        elif tag == "binary":
            self.visit(node[4], scope)
            self.visit(node[5], scope)
        elif tag == "unary":
            self.visit(node[4], scope)
        elif tag == "record":
            self.on_value(node[3], scope.source)
            self.block(node[3], scope)

    def block(self, items: tuple[Node, ...], scope: Lexical) -> None:
        """Check the names in a block whose keys belong to nobody."""
        scope = self.scope_of(items, scope)
        for item in items:
            tag = item[0]
            if tag == "let":
                self.let(item, scope)
            elif tag in ("def", "block"):
                self.path(item[4], scope)
                if tag == "def":
                    self.visit(item[9], scope)
                else:
                    self.block(item[9], scope)
            elif tag == "when":
                self.visit(item[3], scope)
                for branch in self.branches(item):
                    self.block(branch, scope)
            elif tag == "for":
                self.visit(item[4], scope)
                self.block(item[5], self.bind(item[3], item, scope))

    def branches(self, node: Node) -> Iterator[tuple[Node, ...]]:
        """Both branches of a `when`; while one is out that declarations decide against,
        nothing is known about any path."""
        against = None
        if node[3][0] == "declared":
            against = 5 if self.declares(node[3][3]) else 4
        outer = self.is_dead
        for at in (4, 5):
            if node[at] is not None:
                self.is_dead = outer or at == against
                yield node[at]
        self.is_dead = outer

    def scope_of(self, items: tuple[Node, ...], scope: Lexical) -> Lexical:
        """The scope inside a block: the one around it plus the block's `let`s."""
        names: dict[str, Any] = {}
        for item in items:
            inner = item[4] if item[0] == "section" else (item,)
            for each in inner:
                if each[0] == "let":
                    if each[3] in names:
                        errors.let_twice(self.sink, scope.source, each, names[each[3]], each[3])
                    names.setdefault(each[3], each)
        return Lexical(scope, scope.source, names) if names else scope

    def path(self, path: tuple[Any, ...], scope: Lexical) -> None:
        """Check the names in the holes of a path."""
        for part in path:
            if not isinstance(part, str):
                self.visit(part, scope) if part[0] == "interp" else None

    def _call(self, node: Node, scope: Lexical) -> None:
        function = node[3]
        if function[0] != "name" or function[3] in PREDEFINED:
            self.visit(function, scope)
        elif scope.find(function[3])[0]:
            self._name(function, scope)
        elif function[3] not in BUILTIN_NAMES:
            errors.unknown_function(self.sink, scope.source, function, scope.functions())
        for argument in node[4]:
            self.visit(argument, scope)
        for _name, argument, _start in node[5]:
            self.visit(argument, scope)

    def _name(self, node: Node, scope: Lexical) -> None:
        name = node[3]
        bound, let = scope.find(name)
        if bound:
            if let is not None and self.current is not None and let[0] == "let":
                self.current.append(let)
            return
        if name in PREDEFINED:
            self._predefined(node, scope, name)
        elif name not in BUILTIN_NAMES and not (name == "index" and scope.key):
            from evaluator.diagnostics.suggest import nearest

            hint = errors.FOREIGN_WORDS.get(name)
            type_ = None
            if self.wanted is not None:
                value, whole = self.wanted
                type_ = self.expected(value, whole, node)
            if scope.shape is not None and _suits(name, scope.shape.members, type_):
                hint = f"self.{name}"
            elif _suits(name, self.options, type_):
                hint = f"config.{name}"
            elif name == "name" and (scope.key or scope.find("key")[0]):
                hint = "key"
            near = [] if hint else nearest(name, [*scope.visible(), "config", "self"])
            errors.unknown_name(self.sink, scope.source, node, name, near, hint, type_)

    def _predefined(self, node: Node, scope: Lexical, name: str) -> None:
        where = None
        if name == "variants" and self.is_variant:
            where = "outside of variants"
        elif name == "self" and scope.shape is None:
            where = "inside a service or a record"
        elif name == "key" and not scope.key:
            where = "inside a record or a host"
        elif name == "value" and not scope.value:
            where = "after `where` in a type"
        if where is not None:
            errors.not_here(self.sink, scope.source, node, name, where)

    def _chain(self, node: Node, scope: Lexical) -> None:
        """`config.a.b`: hand the chain on; anything else: check what the chain starts with."""
        parts: list[tuple[Any, Node]] = []
        base = node
        while base[0] == "attr" or (base[0] == "index" and base[4][0] == "interp"):
            if base[0] == "attr":
                parts.append((base[4], base))
            else:
                self.visit(base[4], scope)
                parts.append((None, base))
            base = base[3]
        parts.reverse()
        bound, what = scope.find(base[3]) if base[0] == "name" else (True, None)
        if bound and what is not None and what[0] == "alias" and parts[0][0] is not None:
            self._member(parts[0], base[3], what[1], scope)
            return
        if not bound:
            if base[3] == "render" and len(parts) == 1:
                if f"render.{parts[0][0]}" not in BUILTIN_NAMES:
                    self._unknown_render(node, scope, str(parts[0][0]))
                return
            self._name(base, scope)
            if base[3] in READ and not self.is_dead:
                self.on_path(scope, base[3], parts)
            return
        self.visit(base, scope)

    def _member(
        self, part: tuple[Any, Node], alias: str, lets: dict[str, Node], scope: Lexical
    ) -> None:
        """`x.name`: what an imported file binds by `let`."""
        name, node = part
        let = lets.get(name)
        if let is None:
            errors.unknown_member(self.sink, scope.source, node, alias, name, list(lets))
        elif self.current is not None:
            self.current.append(let)

    def _unknown_render(self, node: Node, scope: Lexical, name: str) -> None:
        from evaluator.diagnostics.suggest import nearest

        known = [each[7:] for each in BUILTIN_NAMES if each.startswith("render.")]
        near = [f"render.{each}" for each in nearest(name, known)]
        errors.unknown_name(self.sink, scope.source, node, f"render.{name}", near, None)


def _suits(name: str, members: Mapping[str, Any], type_: Type | None) -> bool:
    """Whether an option of this name may be what is read; a service is no text or number."""
    member = members.get(name)
    if hasattr(member, "members") and type_ is not None:
        return type_.container() is not None
    return member is not None


def _nothing(path: tuple[str, ...]) -> bool:
    return False


def _anything(value: Node, type_: Type, word: Node) -> Type | None:
    return None
