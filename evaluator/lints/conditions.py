"""Conditions that are the same whatever the options are: what they guard is dead, or unguarded."""

from __future__ import annotations

from evaluator.lints import errors
from evaluator.lints.comparisons import is_never_equal
from evaluator.lints.inference import constant
from evaluator.options.shapes import MISSING
from evaluator.types.values import same

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.lints.subject import Subject
    from evaluator.lints.survey import Decision
    from evaluator.source import Source

    Node = tuple[Any, ...]
    # What is known to hold, or not to; and the condition that says so.
    Facts = dict[object, tuple[bool, Node]]


def dead_conditions(subject: Subject) -> None:
    """Report conditions that are decided by themselves or by those they stand under.

    A `let` may be a switch, so that its value is not looked at.
    """
    for decision in subject.survey.decisions:
        if not subject.is_own(decision.scope.source):
            continue
        facts: Facts = {}
        for guard, holds in decision.guards:
            _learn(guard, holds=holds, facts=facts)
        found = _decided(decision.condition, facts)
        if found is not None and not _is_told(subject, decision):
            holds, reason = found
            errors.dead_condition(subject.sink, decision, holds=holds, reason=reason)


def _is_told(subject: Subject, decision: Decision) -> bool:
    return is_never_equal(subject, decision.condition, decision.scope)


def _learn(node: Node, *, holds: bool, facts: Facts) -> None:
    """What follows from a condition that holds, or does not."""
    if node[0] == "unary" and node[3] == "not":
        _learn(node[4], holds=not holds, facts=facts)
        return
    if node[0] == "chain" and node[4][0][0] == ("and" if holds else "or"):
        for part in _parts(node):
            _learn(part, holds=holds, facts=facts)
        return
    key, positive = _key(node)
    if key is not None:
        facts.setdefault(key, (holds is positive, node))


def _decided(node: Node, facts: Facts) -> tuple[bool, Node | None] | None:
    """Whether a condition is known to hold or not, and which other says so; else None."""
    if node[0] == "bool":
        return node[3], None
    if node[0] == "unary" and node[3] == "not":
        inner = _decided(node[4], facts)
        return None if inner is None else (not inner[0], inner[1])
    if node[0] == "chain" and node[4][0][0] in ("and", "or"):
        return _chain(node, facts)
    key, positive = _key(node)
    if key is not None and key in facts:
        holds, reason = facts[key]
        return holds is positive, reason
    if node[0] == "binary":
        return _binary(node, facts)
    return None


def _chain(node: Node, facts: Facts) -> tuple[bool, Node | None] | None:
    """`and` and `or`: parts decide for themselves, or contradict each other."""
    stop = node[4][0][0] == "or"
    parts = [_decided(part, facts) for part in _parts(node)]
    for part in parts:
        if part is not None and part[0] is stop:
            return part
    if all([part is not None for part in parts]):
        return parts[0]
    inner = dict(facts)
    for part in _parts(node):
        found = _decided(part, inner)
        if found is not None and found[0] is stop:
            return found
        _learn(part, holds=not stop, facts=inner)
    return None


def _binary(node: Node, facts: Facts) -> tuple[bool, Node | None] | None:
    """Literals compared with literals, and what is known to equal another literal."""
    operator = node[3]
    if operator not in ("==", "!="):
        return None
    left, right = constant(node[4]), constant(node[5])
    if left is not MISSING and right is not MISSING:
        return same(left, right) is (operator == "=="), None
    read, value = (node[4], right) if right is not MISSING else (node[5], left)
    key = bare_key(read)
    if key is None:
        return None
    if value is MISSING:
        return (operator == "==", None) if key == bare_key(node[4]) else None
    for known, (holds, reason) in facts.items():
        is_other = isinstance(known, tuple) and known[:2] == ("equals", key)
        if is_other and holds and known != ("equals", key, *_value_key(value)):
            return operator == "!=", reason
    return None


def _parts(node: Node) -> list[Node]:
    return [node[3], *[operand for _operator, operand in node[4]]]


def _key(node: Node) -> tuple[object, bool]:
    """What a condition claims, without its positions, and whether it claims or denies that.

    None where its parts may mean different things at different places.
    """
    if node[0] == "binary" and node[3] in ("==", "!="):
        for read, written in ((node[4], node[5]), (node[5], node[4])):
            key, value = bare_key(read), constant(written)
            if key is not None and value is not MISSING:
                return ("equals", key, *_value_key(value)), node[3] == "=="
    return bare_key(node), True


def _value_key(value: object) -> tuple[str, object]:
    return type(value).__name__, value


def bare_key(node: Any) -> object:
    """A tree without its positions; None if it has names that are bound by the file."""
    if not isinstance(node, tuple):
        return node
    if not node or not isinstance(node[0], str) or len(node) < 3 or not isinstance(node[1], int):
        keys = [bare_key(part) for part in node]
    elif node[0] == "name":
        return ("name", node[3]) if node[3] in ("config", "self") else None
    elif node[0] not in ("attr", "index", "str", "binary", "unary", "int", "call", "bool"):
        return None
    elif node[0] == "call":
        if node[3][0] != "name" or node[5]:
            return None
        keys = ["call", node[3][3], *[bare_key(part) for part in node[4]]]
    else:
        keys = [node[0], *[bare_key(part) for part in node[3:]]]
    return None if any([each is None for each in keys]) else tuple(keys)


def text_of(source: Source, node: Node) -> str:
    """A condition as it is written, on one line."""
    return " ".join(source.text[node[1] : node[2]].split())
