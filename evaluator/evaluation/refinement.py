"""Conditions of named types, held against the merged value or against each definition."""

from __future__ import annotations

from evaluator.diagnostics.model import Stop
from evaluator.evaluation import errors
from evaluator.evaluation.expressions import condition
from evaluator.evaluation.ranking import BLOCK, live_definitions, strongest, value_of

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
    """The value of a named type with conditions: that of the type inside, if all of them hold.

    Conditions of types that this one is made from hold as well; all see converted values.
    """
    conditions = []
    inner = type_
    while True:
        if inner.merge == "refined":
            conditions.append(inner)
        elif inner.merge == "converted":
            from evaluator.evaluation.conversion import converted

            definitions, default = converted(owner, name, inner, definitions, default, key)
        else:
            break
        inner = inner.inner
    value = owner.world.resolve(owner, name, inner, definitions, default, key)
    held = True
    for each in reversed(conditions):
        for is_each, predicate, message in each.predicates:
            subjects: list[tuple[Any, list[Definition]]] = [(value, [])]
            if is_each:
                subjects = _subjects(owner, name, inner, definitions, default, key)
            for subject, sites in subjects:
                env = owner.world.module_env(each.module).child({"value": subject})
                if not condition(predicate, env):
                    held = False
                    errors.refused_by(
                        owner, name, each, subject, predicate, message, env,
                        sites or _counting(definitions, default),
                    )  # fmt: skip
    if not held:
        raise Stop
    return value


def _counting(definitions: list[Definition], default: Definition | None) -> list[Definition]:
    """The definitions that a merged value comes from; the default where there is none.

    Blocks count whatever their strength, which is that of the values inside.
    """
    live = live_definitions(definitions)
    if not live:
        return [default] if default is not None else []
    best = [definition for definition, _env in strongest(live)]
    return [each for each, _env in live if each in best or not each.is_whole()]


def _subjects(
    owner: Slots,
    name: str,
    inner: Any,
    definitions: list[Definition],
    default: Definition | None,
    key: str | None,
) -> list[tuple[Any, list[Definition]]]:
    """What each definition that counts says by itself; the default where there is none."""
    live = live_definitions(definitions)
    if not live and default is not None:
        live = [(default, default.context.envs()[0])]
    out: list[tuple[Any, list[Definition]]] = []
    for definition, env in strongest(live) if live else ():
        value = value_of(definition, env)
        if value is BLOCK or inner.container() is not None:
            value = owner.world.resolve(owner, name, inner, [definition], None, key)
        out.append((value, [definition]))
    return out
