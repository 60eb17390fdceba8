"""Run-time scopes: what a bare name is bound to while an expression is evaluated.

`owner` is the record or service `self` means; for a service it is kept as a path until
somebody asks, because the service's own scope may just be coming into being.
"""

from __future__ import annotations

from evaluator.diagnostics.model import Stop
from evaluator.options.shapes import MISSING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.evaluation.world import World
    from evaluator.source import Source

    Node = tuple[Any, ...]

RUNNING: Any = object()
FAILED: Any = object()


class Env:
    """One scope at run time."""

    __slots__ = ("key", "owner", "parent", "source", "variables", "world")

    def __init__(
        self, world: World, source: Source, owner: Any, key: str | None, variables: dict[str, Any]
    ) -> None:
        self.world = world
        self.source = source
        self.owner = owner
        self.key = key
        self.variables = variables
        self.parent: Env | None = None

    def child(self, variables: dict[str, Any]) -> Env:
        """A scope inside this one."""
        inner = Env(self.world, self.source, self.owner, self.key, variables)
        inner.parent = self
        return inner

    def lets(self, nodes: dict[str, Node]) -> Env:
        """A scope inside this one in which some `let`s hold; none is evaluated yet."""
        inner = self.child({})
        variables = inner.variables
        circular = self.world.declared.circular
        for name, node in nodes.items():
            if circular and id(node) in circular:
                variables[name] = failed = Let(node, inner)
                failed.value = FAILED
            elif node[5] is not None:
                variables[name] = Function(name, node[5], node[6], inner)
            else:
                variables[name] = Let(node, inner)
        return inner

    def find(self, name: str) -> Any:
        """What a name is bound to, MISSING if nothing; a `let` is evaluated when first asked."""
        value = self.binding(name)
        if type(value) is Let:
            return value.force()
        if type(value) is LazyRead:
            return value.scope.get(value.name)
        return value

    def binding(self, name: str) -> Any:
        """As `find`, without evaluating a `let`."""
        env: Env | None = self
        while env is not None:
            value = env.variables.get(name, MISSING)
            if value is not MISSING:
                return value
            env = env.parent
        return MISSING

    def self_scope(self) -> Any:
        """The record or service around the expression."""
        owner = self.owner
        if type(owner) is tuple:
            scope = self.world.root
            for name in owner:
                scope = scope.get(name)
            self.owner = owner = scope
        return owner


class LazyRead:
    """One name of another scope, read when somebody needs it."""

    __slots__ = ("name", "scope")

    def __init__(self, scope: Any, name: str) -> None:
        self.scope = scope
        self.name = name


class Let:
    """A `let` that is evaluated at most once, in the scope where it is written."""

    __slots__ = ("env", "name", "node", "parent", "value")

    def __init__(self, node: Node, env: Env) -> None:
        self.node = node
        self.env = env
        self.name = node[3]
        self.value = MISSING
        self.parent = None

    def force(self) -> Any:
        """Its value; a failure is remembered and not reported twice."""
        value = self.value
        if value is MISSING:
            return self._evaluate()
        if value is RUNNING:
            self.env.world.report_cycle(self, self.name, self.env, self.node)
        if value is FAILED:
            raise Stop
        world = self.env.world
        if world.reads is not None:
            world.note(self, self.name)
        return value

    def _evaluate(self) -> Any:
        from evaluator.evaluation.expressions import evaluate

        world = self.env.world
        if world.reads is not None:
            world.note(self, self.name)
        self.value = RUNNING
        world.stack.append((self, self.name, self.env, self.node))
        try:
            value = evaluate(self.node[6], self.env)
        except Stop:
            self.value = FAILED
            raise
        finally:
            world.stack.pop()
        self.value = value
        return value


class Function:
    """A `let` with parameters; it does not recurse (checked before evaluation)."""

    __slots__ = ("body", "env", "name", "parameters")
    kind = "function"

    def __init__(self, name: str, parameters: tuple[str, ...], body: Node, env: Env) -> None:
        self.name = name
        self.parameters = parameters
        self.body = body
        self.env = env


class Namespace:
    """An imported file under its alias: its `let`s by name, and nothing else of it."""

    __slots__ = ("env", "name")
    kind = "file"

    def __init__(self, name: str, env: Env) -> None:
        self.name = name
        self.env = env

    def find(self, name: str) -> Any:
        """What a `let` of the file is bound to; unknown names were reported beforehand."""
        value = self.env.variables.get(name, MISSING)
        if value is MISSING:
            raise Stop
        return value.force() if type(value) is Let else value


class Fields(dict[str, object]):
    """A `{ … }` value; remembers its statements, so that an option taking it sees their sites."""

    __slots__ = ("env", "items_")
    kind = "record"

    def __init__(self, items: tuple[Node, ...], env: Env) -> None:
        super().__init__()
        self.items_ = items
        self.env = env
