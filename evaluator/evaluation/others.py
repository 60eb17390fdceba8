"""`hosts` and `variants`: other configurations, read from expressions.

Each is a scope whose slots are whole configurations; one is opened when somebody reads it,
and its options are computed when they are read, as anywhere else.
"""

from __future__ import annotations

from evaluator.diagnostics.model import Diagnostic, Help, Label, Stop
from evaluator.evaluation.slots import Slots

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, NoReturn

    from evaluator.definitions.definition import Definition
    from evaluator.evaluation.env import Env
    from evaluator.evaluation.world import World

    Node = tuple[Any, ...]


class Elsewhere(Slots):
    """Configurations by name; `word` is how the language calls them, `what` one of them."""

    __slots__ = ("keys", "open_", "what")
    is_map = False

    def __init__(
        self, world: World, word: str, what: str, keys: list[str], open_: Callable[[str], World]
    ) -> None:
        super().__init__(world, None, word, None, [])
        self.what = what
        self.keys = keys
        self.open_ = open_

    def names(self) -> list[str]:
        """Names of the configurations, sorted."""
        return self.keys

    def definitions_of(self, name: str) -> list[Definition]:
        """Nobody defines a configuration; it is written as a block of its own."""
        return []

    def path(self, name: str | None = None) -> tuple[str, ...]:
        """As it is written: `hosts.NAME`."""
        return (self.name,) if name is None else (self.name, name)

    def force(self, name: str, env: Env | None, node: Node | None) -> Any:
        """The options of a configuration."""
        if name not in self.keys:
            _unknown(self, name, env, node)
        root = self.open_(name).root
        self.slots[name] = root
        return root


class Others:
    """What `hosts` and `variants` mean in one configuration."""

    __slots__ = ("hosts", "variants")

    def __init__(self, hosts: Elsewhere, variants: Elsewhere) -> None:
        self.hosts = hosts
        self.variants = variants

    def find(self, name: str, env: Env, node: Node) -> Any:
        """The scope behind one of the two names."""
        return self.hosts if name == "hosts" else self.variants


def alone(world: World) -> Others:
    """A configuration without hosts and variants."""

    def none(name: str) -> World:
        raise AssertionError(name)

    hosts = Elsewhere(world, "hosts", "host", [], none)
    return Others(hosts, Elsewhere(world, "variants", "variant", [], none))


class Refusal:
    """Stands where options would be while it is found out which hosts there are."""

    __slots__ = ("world",)
    kind = "record"

    def __init__(self, world: World) -> None:
        self.world = world

    def find(self, name: str, env: Env, node: Node) -> Any:
        """Other configurations cannot be read either."""
        self._refuse(name, env, node)

    def get_option(self, name: str, env: Env, node: Node) -> NoReturn:
        """Refuse to read an option."""
        self._refuse(f"config.{name}", env, node)

    def names(self) -> NoReturn:
        """Refuse to list options; who asks has been told where."""
        raise Stop

    def _refuse(self, what: str, env: Env, node: Node) -> NoReturn:
        through = [
            Label((each[2].source, each[3][1], each[3][2]), f"`{each[1]}` is needed for it")
            for each in self.world.stack
            if each[2] is not None and each[3] is not None
        ]
        self.world.sink.report(
            Diagnostic(
                "structure-depends-on-value",
                f"which hosts there are cannot depend on `{what}`",
                (Label((env.source, node[1], node[2]), "read here", primary=True), *through),
                notes=("hosts are fixed before any option has a value",),
                help=(Help("take them from a `let` that reads no options"),),
                facts={"read": what},
            )
        )
        raise Stop


def _unknown(scope: Elsewhere, name: str, env: Env | None, node: Node | None) -> NoReturn:
    from evaluator.diagnostics.suggest import nearest

    if scope.world.lacks_values:
        raise Stop  # The lost file may have named it.
    labels: tuple[Label, ...] = ()
    if env is not None and node is not None:
        labels = (Label((env.source, node[1], node[2]), "read here", primary=True),)
    sink = scope.world.sink if env is None else env.world.sink
    sink.report(unknown_configuration(scope.what, name, scope.keys, labels, nearest))
    raise Stop


def unknown_configuration(
    what: str,
    name: str,
    known: list[str],
    labels: tuple[Label, ...],
    nearest: Callable[[str, list[str]], list[str]],
) -> Diagnostic:
    """No host or variant has this name."""
    listed = ", ".join([f"`{each}`" for each in known[:12]])
    more = f" and {len(known) - 12} more" if len(known) > 12 else ""
    return Diagnostic(
        "unknown-field",
        f"there is no {what} `{name}`",
        labels,
        notes=(f"{what}s: {listed}{more}" if known else f"no {what} is declared",),
        help=tuple([Help(f"did you mean `{each}`?") for each in nearest(name, known)[:1]]),
        facts={"name": name, "known": known},
    )
