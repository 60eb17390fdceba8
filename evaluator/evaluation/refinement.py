"""Conditions of named types, held against the merged value or against each definition."""

from __future__ import annotations

from evaluator.diagnostics.model import Stop
from evaluator.evaluation import errors
from evaluator.evaluation.expressions import evaluate
from evaluator.evaluation.ranking import live_definitions, strongest, value_of
from evaluator.options.shapes import MISSING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.definitions.definition import Definition
    from evaluator.evaluation.slots import Slots


def merge_refined(
    owner: Slots,
    name: str,
    type_: Any,
    definitions: list[Definition],
    default: Definition | None,
    key: str | None,
) -> Any:
    """The value of a named type with conditions: that of the type inside, if all of them hold."""
    value = owner.world.resolve(owner, name, type_.inner, definitions, default, key)
    check_refinement(owner, name, type_, value, definitions, default)
    return value


def check_refinement(
    owner: Slots,
    name: str,
    type_: Any,
    value: Any,
    definitions: list[Definition],
    default: Definition | None,
) -> None:
    """Hold the conditions of a named type against the merged value, or each definition."""
    env = owner.world.module_env(type_.module)
    failed = False
    for each, predicate, message in type_.predicates:
        subjects: list[tuple[Any, list[Definition]]] = [(value, definitions)]
        if each:
            kept = strongest(live_definitions(definitions)) if definitions else []
            subjects = [
                (value_of(definition, inner), [definition])
                for definition, inner in kept
                if definition.is_whole() or definition.value is not MISSING
            ]
        for subject, sites in subjects:
            inner_env = env.child({"value": subject})
            held = evaluate(predicate, inner_env)
            if held is not True:
                found = sites or ([default] if default is not None else [])
                errors.refused_by(owner, name, type_, subject, predicate, message, inner_env, found)
                failed = True
    if failed:
        raise Stop
