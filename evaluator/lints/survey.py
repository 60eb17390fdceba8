"""Every statement and expression of a configuration with what surrounds it, without values.

The same walk that checks names and paths, listened to: which definition leads to which place,
under which conditions and strengths; which options are read, and in what role; which
expressions compare or decide. What it would report was reported before and is dropped here.
"""

from __future__ import annotations

from evaluator.definitions.check import Checker
from evaluator.definitions.spread import lets_of
from evaluator.diagnostics.model import Sink
from evaluator.lints.inference import Inference
from evaluator.lints.reads import Reads, add_words
from evaluator.names.lexical import Expressions
from evaluator.names.load import Module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.definitions.places import Place
    from evaluator.names.lexical import Lexical
    from evaluator.options.shapes import Declarations, Service
    from evaluator.source import Source

    Node = tuple[Any, ...]
    # A condition and whether it, or its opposite, holds.
    Guard = tuple[Node, bool]

# What reading an option there is good for.
ROLES = {
    "assert": "check", "warn": "check", "option": "default", "let": "let", "when": "when",
    "for": "for", "typedecl": "check", "def": "value", "block": "value",
}  # fmt: skip


class Written:
    """A definition as it is written: where it leads, and what stands around it."""

    __slots__ = ("guards", "node", "outer", "path", "place", "scope", "start")

    def __init__(
        self, node: Node, place: Place, start: Place, scope: Lexical, path: tuple[Any, ...],
        guards: tuple[Guard, ...], outer: tuple[Node, ...],
    ) -> None:  # fmt: skip
        self.node = node
        self.place = place
        self.start = start
        self.scope = scope
        self.path = path
        self.guards = guards
        self.outer = outer

    @property
    def source(self) -> Source:
        """The file it stands in."""
        return self.scope.source


class Decision:
    """A condition of `when` or `if`, and the conditions it stands under."""

    __slots__ = ("condition", "guards", "scope", "word")

    def __init__(
        self, condition: Node, scope: Lexical, guards: tuple[Guard, ...], word: str
    ) -> None:
        self.condition = condition
        self.scope = scope
        self.guards = guards
        self.word = word


class Survey(Checker):
    """One walk over modules; what it gathers is read by the lints.

    `base` is the survey of modules before these, as all hosts of a fleet have them. Of the modules
    in `named`, by identity, only what others can name is looked at: the `let`s of the file.
    """

    def __init__(
        self,
        declared: Declarations,
        modules: list[Module],
        base: Survey | None = None,
        named: frozenset[int] = frozenset(),
    ) -> None:
        super().__init__(modules, declared, Sink())
        watch = Watch(self)
        watch.options = self.expressions.options
        watch.declares = self.expressions.declares
        self.expressions = watch
        self.inference = Inference(declared.root, watch)
        self.reads = Reads(self.inference)
        self.definitions: list[Written] = []
        self.decisions: list[Decision] = []
        self.comparisons: list[tuple[Node, Lexical]] = []
        # Words of statements about other configurations, such as variants.
        self.foreign: set[str] = set()
        self.role = ""
        self.is_extending = False
        self._is_testing = False
        self._guards: tuple[Guard, ...] = ()
        self._outer: tuple[Node, ...] = ()
        self._branches: dict[int, Guard] = {}
        if base is not None:
            self._take_over(base, watch)
        for module in modules:
            if id(module) in named:
                self.lets(module)
                continue
            self.module(module)
            for test in tests_of(module.items):
                inner = Module(module.source, test[4])
                inner.outer = module
                self._is_testing = True
                self.module(inner, "test")
                self._is_testing = False

    def lets(self, module: Module) -> None:
        """Look at what other files can name of one."""
        scope = self.expressions.scope_of(module.items, self.file_scope(module))
        for item in lets_of(module).values():
            self.statement(item, self.root, scope, None)

    def _take_over(self, base: Survey, watch: Watch) -> None:
        """Begin with what another survey found."""
        self.definitions = [*base.definitions]
        self.decisions = [*base.decisions]
        self.comparisons = [*base.comparisons]
        self.foreign = {*base.foreign}
        self.reads.take_over(base.reads)
        known = base.inference.watch
        watch.let_scopes, watch.ranges = {**known.let_scopes}, {**known.ranges}

    def statement(
        self, item: Node, place: Place | None, scope: Lexical, service: Service | None
    ) -> None:
        """Remember what surrounds the statement while it is looked at."""
        tag = item[0]
        if tag not in KNOWN:
            add_words(item, self.reads.words)
            if tag != "host":
                add_words(item, self.foreign)
        before = self.role, self.is_extending, self._outer
        self.role = ROLES.get(tag, self.role)
        self.is_extending = self.is_extending or tag == "extend"
        if tag == "when":
            self.enter(item, scope)
        elif tag == "for":
            self.reads.shallow.add(id(item[4]))
        super().statement(item, place, scope, service)
        self.role, self.is_extending, self._outer = before

    def enter(self, item: Node, scope: Lexical) -> None:
        """Note a `when`, and under which condition each of its branches stands."""
        self.decisions.append(Decision(item[3], scope, self._guards, "when"))
        if item[4]:
            self._branches[id(item[4])] = (item[3], True)
        if item[5]:
            self._branches[id(item[5])] = (item[3], False)

    def block(
        self, items: tuple[Node, ...], place: Place | None, scope: Lexical, service: Service | None
    ) -> None:
        """A branch of a `when` stands under its condition."""
        guards = self._guards
        branch = self._branches.get(id(items)) if items else None
        if branch is not None:
            self._guards = (*guards, branch)
        super().block(items, place, scope, service)
        self._guards = guards

    def define(
        self, node: Node, place: Place | None, scope: Lexical, service: Service | None
    ) -> None:
        """What stands in a definition is surrounded by it."""
        outer = self._outer
        self._outer = (*outer, node)
        super().define(node, place, scope, service)
        self._outer = outer

    def may_define(self, node: Node, end: Place, start: Place, scope: Lexical) -> None:
        """Note a definition whose path leads somewhere; what a test tries out is none."""
        super().may_define(node, end, start, scope)
        if self._is_testing:
            return
        self.definitions.append(
            Written(node, end, start, scope, self.full(node[4]), self._guards, self._outer[:-1])
        )


class Watch(Expressions):
    """The walk over expressions, listened to."""

    def __init__(self, survey: Survey) -> None:
        super().__init__(survey.sink, survey.read_path, survey.value)
        self.survey = survey
        # Where each `let` stands, and what a scope of binders ranges over; by identity.
        self.let_scopes: dict[int, Lexical] = {}
        self.ranges: dict[int, tuple[Lexical, Node, Lexical]] = {}

    def let(self, node: Node, scope: Lexical) -> None:
        """Remember where a `let` stands."""
        self.let_scopes[id(node)] = scope
        super().let(node, scope)

    def bind(self, names: tuple[str, ...], node: Node, scope: Lexical) -> Lexical:
        """Remember what a loop or function binds."""
        inner = super().bind(names, node, scope)
        self.ranges[id(inner)] = (inner, node, scope)
        return inner

    def visit(self, node: Node, scope: Lexical) -> None:
        """Look at an expression before its parts are visited."""
        survey = self.survey
        tag = node[0]
        survey.reads.look(node, scope, survey.role, is_extending=survey.is_extending)
        if tag == "binary":
            survey.comparisons.append((node, scope))
        elif tag == "if":
            survey.decisions.append(Decision(node[3], scope, (), "if"))
        super().visit(node, scope)

    def block(self, items: tuple[Node, ...], scope: Lexical) -> None:
        """Conditions in a `{ … }` that is a value decide too."""
        inner = self.scope_of(items, scope)
        for item in items:
            if item[0] == "when":
                self.survey.decisions.append(Decision(item[3], inner, (), "when"))
            elif item[0] == "for":
                self.survey.reads.shallow.add(id(item[4]))
        super().block(items, scope)


KNOWN = frozenset(
    (
        *("import", "disable", "let", "typedecl", "recorddecl", "choice", "service"),
        *(
            "section",
            "option",
            "extend",
            "grow",
            "test",
            "when",
            "for",
            "def",
            "block",
            "remove",
            "assert",
            "warn",
            "expect",
        ),
    )
)


def tests_of(items: tuple[Node, ...]) -> list[Node]:
    """The `test` blocks of a file, those of its sections included."""
    out: list[Node] = []
    for item in items:
        if item[0] == "test":
            out.append(item)
        elif item[0] == "section":
            out.extend(tests_of(item[4]))
    return out
