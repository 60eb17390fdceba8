"""Variants: named additions to a configuration, gathered from all its modules."""

from __future__ import annotations

from evaluator.diagnostics.model import Diagnostic, Help, Label
from evaluator.diagnostics.suggest import nearest
from evaluator.names.load import Module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.diagnostics.model import Sink
    from evaluator.source import Span

    Node = tuple[Any, ...]


class Variant:
    """One variant: the blocks that make it, in module order, and the one it starts from."""

    __slots__ = ("_modules", "blocks", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self._modules: list[Module] | None = None
        self.blocks: list[tuple[Module, Node]] = []

    def base(self) -> str | None:
        """Name of the variant it starts from."""
        for _module, node in self.blocks:
            if node[4] is not None:
                return str(node[4])
        return None

    def modules(self) -> list[Module]:
        """Its blocks as modules of one more configuration, the same wherever it is started from."""
        if self._modules is None:
            self._modules = []
            for file, node in self.blocks:
                module = Module(file.source, node[5])
                module.outer = file
                self._modules.append(module)
        return self._modules


def gather_variants(modules: list[Module], sink: Sink) -> dict[str, Variant]:
    """Every variant of some modules by name, checked; one may be written in several blocks."""
    found: dict[str, Variant] = {}
    for module in modules:
        _collect(module.items, module, found, sink)
    _check_bases(found, sink)
    return found


def _collect(
    items: tuple[Node, ...], module: Module, found: dict[str, Variant], sink: Sink
) -> None:
    for item in items:
        if item[0] == "section":
            _collect(item[4], module, found, sink)
        elif item[0] == "variant":
            written = [each for each in item[3:5] if each is not None]
            computed = [each for each in written if not isinstance(each, str)]
            if computed:
                _computed_name(sink, module, computed[0])
                continue
            found.setdefault(item[3], Variant(item[3])).blocks.append((module, item))


def chain(variants: dict[str, Variant], name: str) -> list[Variant]:
    """A variant and what it starts from, that first; circles were reported and are cut."""
    found: dict[str, Variant] = {}
    at: str | None = name
    while at is not None and at in variants and at not in found:
        found[at] = variants[at]
        at = variants[at].base()
    return [*reversed(found.values())]


def _span(module: Module, node: Node) -> Span:
    """The head of a variant, before its block."""
    source = module.source
    end = source.text.find("{", node[1])
    while end > node[1] and source.text[end - 1].isspace():
        end -= 1
    return source, node[1], max(end, node[1] + 1)


def _check_bases(found: dict[str, Variant], sink: Sink) -> None:
    for variant in found.values():
        bases = [(module, node) for module, node in variant.blocks if node[4] is not None]
        for module, node in bases:
            if node[4] not in found:
                _unknown_base(sink, module, node, sorted(found))
            elif node[4] != bases[0][1][4]:
                _two_bases(sink, variant, bases[0], (module, node))
    settled: set[str] = set()
    for name in found:
        walked: dict[str, None] = {}
        at: str | None = name
        while at is not None and at in found and at not in walked and at not in settled:
            walked[at] = None
            at = found[at].base()
        settled.update(walked)
        if at in walked:
            names = [*walked]
            names = names[names.index(at) :]
            first = names.index(next(each for each in found if each in names))
            _circle(sink, [found[each] for each in (*names[first:], *names[:first])])


def _unknown_base(sink: Sink, module: Module, node: Node, known: list[str]) -> None:
    others = [each for each in known if each != node[3]]
    sink.report(
        Diagnostic(
            "unknown-name",
            f"there is no variant `{node[4]}` to start from",
            (Label(_span(module, node), "starts from it", primary=True),),
            notes=("variants: " + ", ".join([f"`{each}`" for each in others]),) if others else (),
            help=tuple([Help(f"did you mean `{each}`?") for each in nearest(node[4], others)[:1]]),
            facts={"name": node[4]},
        )
    )


def _two_bases(
    sink: Sink, variant: Variant, first: tuple[Module, Node], other: tuple[Module, Node]
) -> None:
    sink.report(
        Diagnostic(
            "bad-declaration",
            f"the variant `{variant.name}` starts from two others",
            (
                Label(_span(*other), f"here from `{other[1][4]}`", primary=True),
                Label(_span(*first), f"here from `{first[1][4]}`"),
            ),
            help=(Help("let one of these start from the other"),),
        )
    )


def _circle(sink: Sink, circle: list[Variant]) -> None:
    names = [each.name for each in circle]
    sites = [
        next((module, node) for module, node in each.blocks if node[4] is not None)
        for each in circle
    ]
    sink.report(
        Diagnostic(
            "cycle",
            "variants start from each other in a circle: " + " → ".join([*names, names[0]]),
            tuple(
                [
                    Label(_span(*site), f"`{name}`", primary=at == 0)
                    for at, (name, site) in enumerate(zip(names, sites, strict=True))
                ]
            ),
            help=(Help("let one of them start from the configuration itself"),),
            facts={"cycle": names},
        )
    )


def _computed_name(sink: Sink, module: Module, node: Node) -> None:
    sink.report(
        Diagnostic(
            "structure-depends-on-value",
            "the name of a variant is written, not computed",
            (Label((module.source, node[1], node[2]), "computed", primary=True),),
            help=(Help("write one block for each variant"),),
        )
    )
