"""Blocks taken apart: which statement speaks about which name, and under what.

`spread(items)` is static: it looks at a block once, for all instances and hosts that
share it. Its `contexts` form a tree of `(parent index, kind, node)`; index 0 is the block
itself. Kinds: `lets` (names bound for what follows), `when` and `unless` (a condition and
its opposite), `for` (one context for each element). A statement is listed with the index
of the context it stands in; conditions are not evaluated here, so the names that are
defined never depend on values.
"""

from __future__ import annotations

from evaluator.definitions.presence import is_declared

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.names.load import Module
    from evaluator.options.shapes import Shape

    Node = tuple[Any, ...]

# Strengths are compared on this scale; smaller wins. The language's own scale is 1/100 of it.
SCALE = 100
FORCED = 50 * SCALE
PLAIN = 100 * SCALE
# A declared default is weaker than anything that can be written. Where it speaks about fields
# of records (its own leaves, or those of entries and elements in it), it is stronger the
# nearer to the root it stands: SUNK plus the depth.
SUNK = 150_000


class Spread:
    """A block: `entries` (definitions, blocks, removals), `extends`, `checks`, `expects`."""

    __slots__ = ("checks", "contexts", "entries", "expects", "extends", "root")

    def __init__(self, root: Shape | None = None) -> None:
        # What `when option` looks into.
        self.root = root
        self.contexts: list[tuple[int, str, Any]] = []
        self.entries: list[tuple[Node, int]] = []
        self.extends: list[tuple[Node, int]] = []
        self.checks: list[tuple[Node, int]] = []
        self.expects: list[Node] = []

    def has_lets(self) -> bool:
        """Whether the block binds names; then context 1 is the scope inside it."""
        return bool(self.contexts) and self.contexts[0][1] == "lets"


def spread(items: tuple[Node, ...], root: Shape | None = None) -> Spread:
    """Take a block apart; declarations in it are left to the options room.

    Of a `when option` only the branch is kept that the declarations below `root` decide for.
    """
    out = Spread(root)
    _block(items, out, 0)
    return out


def _block(items: tuple[Node, ...], out: Spread, context: int) -> None:
    """A block opens a scope of its own where it has `let`s."""
    lets = bindings(items)
    _statements(items, out, _add(out, context, "lets", lets) if lets else context)


def _statements(items: tuple[Node, ...], out: Spread, context: int) -> None:
    for item in items:
        tag = item[0]
        if tag in ("def", "block"):
            out.entries.append((item, context))
        elif tag == "remove":
            # A `*` means nothing here, and is reported where it stands.
            if not any([type(part) is tuple and part[0] == "star" for part in item[3]]):
                out.entries.append((item, context))
        elif tag == "when":
            declared = is_declared(out.root, item[3][3]) if item[3][0] == "declared" else None
            if declared is not False:
                _block(item[4], out, _add(out, context, "when", item))
            if item[5] is not None and declared is not True:
                _block(item[5], out, _add(out, context, "unless", item))
        elif tag == "for":
            _block(item[5], out, _add(out, context, "for", item))
        elif tag == "section":
            _statements(item[4], out, context)
        elif tag == "extend":
            out.extends.append((item, context))
        elif tag in ("assert", "warn"):
            out.checks.append((item, context))
        elif tag == "expect":
            out.expects.append(item)


def bindings(items: tuple[Node, ...]) -> dict[str, Node]:
    """The `let`s of a block by name, those of its sections included."""
    lets: dict[str, Node] = {}
    for item in items:
        if item[0] == "let":
            lets.setdefault(item[3], item)
        elif item[0] == "section":
            for inner in item[4]:
                if inner[0] == "let":
                    lets.setdefault(inner[3], inner)
    return lets


def lets_of(module: Module) -> dict[str, Node]:
    """The `let`s of a file; looked for once, since every host of a fleet asks for them."""
    if module.lets is None:
        module.lets = bindings(module.items)
    return module.lets


def _add(out: Spread, parent: int, kind: str, node: Any) -> int:
    out.contexts.append((parent, kind, node))
    return len(out.contexts)
