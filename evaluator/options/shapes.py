"""The static option tree.

A `Shape` is a level of it: names and what each of them is, an `Option` or a deeper
`Shape` (a group). Shapes are compiled once and shared by all instances of a record.
`bodies` are the blocks of declarations that made the level a service or a record; what
they define and check belongs to every instance.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.names.load import Module
    from evaluator.source import Source
    from evaluator.types.named import RecursiveType
    from evaluator.types.scalars import Type

    Node = tuple[Any, ...]

MISSING: Any = object()


class Body:
    """Statements of a service or record declaration, and the module they stand in."""

    __slots__ = ("items", "module", "owner")

    def __init__(self, items: tuple[Node, ...], module: Module, owner: object) -> None:
        self.items = items
        self.module = module
        self.owner = owner


class Option:
    """One declared option. `body` is where its default is evaluated; None: the module."""

    __slots__ = (
        "body", "constant", "default", "kind", "module", "name", "node", "result", "section",
        "statement", "type",
    )  # fmt: skip

    def __init__(
        self,
        name: str,
        kind: str,
        type_: Type,
        default: Node | None,
        node: Node,
        module: Module,
        body: Body | None,
        section: str,
    ) -> None:
        self.name = name
        self.kind = kind
        self.type = type_
        self.default = default
        self.node = node
        self.module = module
        self.body = body
        self.section = section
        # What readers see where the declaration says `as T by …`.
        self.result: Type | None = None
        # A literal default that fits its type, once somebody has found out; see `merge`.
        self.constant: Any = MISSING
        # The default as the weakest of definitions, so that one merge serves both.
        self.statement: Node | None = None
        if default is not None:
            start, end = node[5], node[6]
            self.statement = ("def", start, end, end, (name,), None, None, (), (), default)

    def written_type(self) -> str:
        """The type as the declaration writes it; of a service's own `enable`, its name."""
        node = self.node[7]
        if self.node[2] == self.node[6]:
            return self.type.source()
        end = node[2] if self.node[9] is None else self.node[9][0][2]
        return " ".join(self.module.source.text[node[1] : end].split())

    def meaning(self) -> str:
        """The type in words; where readers see another one, that too."""
        words = self.type.describe()
        return words if self.result is None else f"{words}, read as {self.result.describe()}"

    def read_type(self) -> Type:
        """The type of what readers see."""
        return self.result or self.type

    def is_required(self) -> bool:
        """Whether somebody has to define it."""
        return self.default is None and self.kind != "computed" and self.type.merge != "maybe"

    def doc(self) -> str:
        """The `##` text above the declaration."""
        return str(self.node[10])


class Shape:
    """A level of the option tree; `any` is the `option *` of the level.

    `former` are names that stand for others, `renames` what is done about them here; both are
    None where there are none. `is_sparse` says that some options are absent while nobody defines
    them (`maybe`).
    """

    __slots__ = (
        "any", "bodies", "former", "is_sparse", "members", "module", "name", "node", "record",
        "renames", "service",
    )  # fmt: skip

    def __init__(self, name: str) -> None:
        self.name = name
        self.members: dict[str, Option | Shape] = {}
        self.any: Option | None = None
        self.is_sparse = False
        self.former: dict[str, Former] | None = None
        self.renames: list[Rename] | None = None
        self.bodies: list[Body] = []
        self.service: Service | None = None
        self.record: Record | None = None
        self.node: Node | None = None
        self.module: Module | None = None

    def former_at(self, part: Any) -> Former | None:
        """The old name, or the beginning of one, that a path component is here."""
        if self.former is None or not isinstance(part, str) or part in self.members:
            return None
        return self.former.get(part)


class Rename:
    """A `former` or `alias`, as seen from the level below which its paths begin.

    `olds` are the paths of old names with the types they are declared with (or None), `target`
    the path of the new one, None where there is none any more. `*` in them is a `star` node.
    """

    __slots__ = ("body", "by", "is_alias", "message", "module", "node", "olds", "shape", "target")

    def __init__(self, node: Node, shape: Shape, module: Module, body: Body | None) -> None:
        self.node = node
        self.shape = shape
        self.module = module
        self.body = body
        self.is_alias = node[0] == "alias"
        self.by: Node | None = None
        self.message: Node | None = None
        self.target: tuple[Any, ...] | None = None
        self.olds: list[tuple[tuple[Any, ...], Type | None]] = []

    def moved(self, shape: Shape, length: int) -> Rename:
        """The same, with paths that begin `length` components further down."""
        other = Rename(self.node, shape, self.module, self.body)
        other.by, other.message = self.by, self.message
        other.target = None if self.target is None else self.target[length:]
        other.olds = [(path[length:], type_) for path, type_ in self.olds]
        return other


class Former(Shape):
    """A name that is no option: the last of an old path (`rename` is set) or on the way to one.

    `depth` is how many components of the old path lead here, `rename.shape` being where it
    begins.
    """

    __slots__ = ("depth", "rename")

    def __init__(self, name: str, depth: int) -> None:
        super().__init__(name)
        self.depth = depth
        self.rename: Rename | None = None

    def former_at(self, part: Any) -> Former | None:
        """What a component leads to; `*` takes every key."""
        inner = self.former or {}
        return inner.get(part if isinstance(part, str) else "*") or inner.get("*")


class Record:
    """A named record; `shape` is complete once all declarations are read."""

    __slots__ = ("base", "label", "module", "name", "node", "shape", "state")

    def __init__(self, name: str, node: Node, module: Module) -> None:
        self.name = name
        # How a JSON Schema calls it, where two files may each have a record of this name.
        self.label = name
        self.node = node
        self.module = module
        self.base: Record | None = None
        self.shape = Shape(name)
        self.shape.record = self
        self.state = "new"


class Service:
    """A service: its path, its declaration, the body whose `extend` blocks reach out."""

    __slots__ = ("body", "grown", "module", "node", "path", "shape")

    def __init__(
        self, path: tuple[str, ...], node: Node, module: Module, shape: Shape, body: Body
    ) -> None:
        self.path = path
        self.node = node
        self.module = module
        self.shape = shape
        self.body = body
        # What other files add by `extend service`.
        self.grown: list[Body] = []

    def all_bodies(self) -> list[Body]:
        """The declaration's body and those of its extensions, in module order of the latter."""
        return [self.body, *self.grown]

    def is_family(self) -> bool:
        """Whether this is `service x.*`: as many of it as there are keys."""
        return self.path[-1] == "*"


class Declarations:
    """Everything the modules declare: the root of the option tree and all services.

    `circular` are identities of `let` nodes that need themselves or may not be: never evaluated.
    `refused` are identities of definitions that were found to make no sense where they stand:
    left out, so that they do not hide what is wrong beside them.
    `grown` are the shapes that each `extend record`, `choice` or `service` adds to, by node.
    """

    __slots__ = (
        "are_others_unlike", "circular", "core", "disables", "families", "grown", "inherits",
        "patterned", "records", "refused", "renames", "root", "services", "types",
    )  # fmt: skip

    def __init__(self) -> None:
        self.root = Shape("")
        self.services: dict[tuple[str, ...], Service] = {}
        # Services with instances, by the path of the map that holds these.
        self.families: dict[tuple[str, ...], Service] = {}
        self.records: list[Record] = []
        # Types with a pattern, and the files that they stand in.
        self.patterned: list[tuple[str, Any]] = []
        # Named types that hold themselves: schemas refer to these by name.
        self.types: list[RecursiveType] = []
        # Old names as declared, and which level has what another one has.
        self.renames: list[Rename] = []
        self.inherits: list[tuple[Shape, Shape]] = []
        # The option `checks`, where the configuration speaks of it.
        self.core: Option | None = None
        self.circular: set[int] = set()
        # Whether other hosts may have imported, and so declare, something else.
        self.are_others_unlike = False
        self.refused: set[int] = set()
        self.grown: dict[int, Shape] = {}
        # Every `disable`, for messages about what is missing then.
        self.disables: list[tuple[Source, Node]] = []


class Element(str):
    """Name of a list's element below the list's own: written with its index, `mounts[2]`."""

    __slots__ = ("head", "number")

    head: str
    number: int

    @classmethod
    def of(cls, head: str, number: int) -> Element:
        """The element of a list that has a name itself."""
        name = cls(f"{head}[{number}]")
        name.head, name.number = head, number
        return name


def list_name(name: str) -> str:
    """Name of the list an element belongs to, however deep; any other name as it is."""
    while isinstance(name, Element):
        name = name.head
    return name


WORD = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")


def path_text(path: tuple[object, ...]) -> str:
    """A path as the language writes it; keys that are no names are quoted, `<x>` and `*` not."""
    parts = []
    for part in path:
        if not isinstance(part, str):
            parts.append("*" if isinstance(part, tuple) and part[0] == "star" else '"…"')
        elif isinstance(part, Element):
            parts.append(f"{path_text((part.head,))}[{part.number}]")
        elif part == "*" or is_word(part) or (part[:1] + part[-1:] == "<>" and is_word(part[1:-1])):
            parts.append(part)
        else:
            parts.append('"' + part.replace("\\", "\\\\").replace('"', '\\"') + '"')
    return ".".join(parts)


def is_word(text: str) -> bool:
    """Whether a key can be written without quotes after a dot."""
    return (
        bool(text)
        and WORD.issuperset(text)
        and not text[0].isdigit()
        and text[0] != "-"
        and text[-1] != "-"
        and "--" not in text
    )
