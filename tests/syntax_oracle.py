"""Lark's own parser of the grammar, building trees with our action table: the oracle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lark.exceptions import UnexpectedInput

from evaluator import resources
from evaluator.syntax.actions import ACTIONS
from evaluator.syntax.compiling import action_of, lark_parser, slots_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from lark.grammar import Rule

GRAMMAR = resources.text("grammar", "vcfg.lark")


class Notes:
    """What actions see of a machine: the text, and a place for problems."""

    too_deep = False

    def __init__(self) -> None:
        self.text = ""
        self.states: list[int] = []
        self.problems: list[str] = []

    def problem(self, kind: str, start: int, end: int, **facts: Any) -> None:
        self.problems.append(kind)


class Oracle:
    """`tree(text)` as Lark reads it, None where it refuses; `lark` is the strict parser.

    Lark lets hard words be names where they are no keywords; they are refused here.
    """

    def __init__(self) -> None:
        self.notes = Notes()
        self.lark = lark_parser(GRAMMAR, strict=True)
        parsing: Any = self.lark.parser
        self.parser = parsing.parser
        self.parser.parser.callbacks = {rule: self._callback(rule) for rule in self.lark.rules}
        rules = [rule for rule in self.lark.rules if rule.origin.name == "hard"]
        patterns = {t.name: str(t.pattern.value) for t in self.lark.terminals}
        self.hard = frozenset(patterns[rule.expansion[0].name] for rule in rules)
        self.reserved = False

    def tree(self, text: str) -> Any:
        self.notes.text = text
        self.notes.problems.clear()
        self.reserved = False
        try:
            result: Any = self.lark.parse(text)
        except UnexpectedInput:
            return None
        return None if self.reserved else result[2]

    def _callback(self, rule: Rule) -> Callable[[list[Any]], Any]:
        name, slots = action_of(rule), slots_of(rule)
        action = ACTIONS[name] if name else None

        def reduce(children: list[Any]) -> tuple[int, int, Any]:
            spans = [self._spanned(child) for child in children]
            start, end = (spans[0][0], spans[-1][1]) if spans else (0, 0)
            parts = [value for _, _, value in spans]
            for slot in slots:
                parts.insert(slot, None)
            value = parts[0] if action is None else action(parts, start, end, self.notes)
            return (start, end, value)

        return reduce

    def _spanned(self, child: Any) -> tuple[int, int, Any]:
        if child.__class__ is tuple:
            start, end, value = child
            return start, end, value
        if child.type == "NAME" and str(child) in self.hard:
            self.reserved = True
        return child.start_pos, child.end_pos, str(child)
