"""Values that are put together: text, lists and sets, and values that came as data."""

from __future__ import annotations

import sys

from evaluator.definitions.spread import SCALE
from evaluator.diagnostics.model import Stop
from evaluator.evaluation import errors
from evaluator.evaluation.expressions import condition, key_of
from evaluator.evaluation.plain import plain
from evaluator.evaluation.ranking import in_order
from evaluator.evaluation.slots import Slots
from evaluator.options.shapes import Element
from evaluator.types.values import SECRET, display, kind_of, same

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.definitions.definition import Definition
    from evaluator.evaluation.ranking import Live
    from evaluator.types.scalars import Type

# Types whose values are taken as they come, once their kind and form are checked.
TAKEN = ("equal", "or", "text", "list", "set", "any")


def join_text(type_: Any, kept: Live, values: list[Any]) -> str:
    """Parts joined by a line end where the earlier part lacks one; no byte is lost.

    A separator of the type's own stands between any two parts.
    """
    if getattr(type_, "separator", None) is not None:
        parts: list[str] = [value for _definition, value in in_order(kept, values)]
        return str(type_.separator).join(parts)
    out = ""
    for _definition, value in in_order(kept, values):
        if out and not out.endswith("\n"):
            out += "\n"
        out += value
    return out


def join_list(
    owner: Slots,
    name: str,
    type_: Type,
    kept: Live,
    values: list[Any],
    definitions: list[Definition],
) -> list[Any]:
    """Elements of all kept definitions, each checked; a set's each once."""
    inner: Type = type_.inner  # type: ignore[attr-defined]
    out: list[Any] = []
    forced: list[Any] = []
    failed = False
    refuse = inner.refuse if inner.merge == "equal" else None
    for definition, value in in_order(kept, values):
        if refuse is not None and not [item for item in value if refuse(item) is not None]:
            out.extend(value)
            if definition.rank() <= 50 * SCALE:
                forced.extend(value)
            continue
        for at, item in enumerate(value):
            try:
                out.append(fit(owner, name, inner, item, definition, at, len(out)))
            except Stop:
                failed = True
                out.append(None)
            if definition.rank() <= 50 * SCALE:
                forced.append(out[-1])
    if failed:
        raise Stop
    count = len(out)
    out = _without(owner, name, out, forced, definitions)
    if type_.merge == "set":
        return unique_sorted(out)
    if len(out) != count:
        _renumber(out, name)
    return out


def _renumber(out: list[Any], name: str) -> None:
    """Let the elements that are left know their places, and so their paths."""
    for at, item in enumerate(out):
        if isinstance(item, Slots) and item.index() != at:
            item.name = Element.of(name, at)


def _without(
    owner: Slots, name: str, out: list[Any], forced: list[Any], definitions: list[Definition]
) -> list[Any]:
    """What is left after `remove`, by one or by several; forced elements stay."""
    if not any([definition.statement[0] == "remove" for definition in definitions]):
        return out
    known = {item for item in out if type(item) is str}
    for definition in definitions:
        if definition.statement[0] != "remove":
            continue
        if definition.statement[4] is not None:
            out = _unchosen(owner, name, out, forced, definition)
            continue
        if definition.index == len(definition.path()):
            continue
        for env in definition.context.envs():
            part = definition.path()[-1]
            key = part if type(part) is str else key_of(part, env)
            if key not in known:
                from evaluator.evaluation.removal_errors import nothing_to_remove_from

                nothing_to_remove_from(owner, name, key, definition, out)
            out = [item for item in out if item != key or item in forced]
    return out


def _unchosen(
    owner: Slots, name: str, out: list[Any], forced: list[Any], definition: Definition
) -> list[Any]:
    """What `remove … where` leaves: that for which its condition does not hold."""
    where = definition.statement[4]
    for env in definition.context.envs():
        holds = [condition(where, env.child({"value": item})) for item in out]
        if not any(holds):
            from evaluator.evaluation.removal_errors import nothing_chosen

            nothing_chosen(owner, name, definition, out)
        out = [
            item
            for item, is_chosen in zip(out, holds, strict=True)
            if not is_chosen or item in forced
        ]
    return out


def unique_sorted(items: list[Any]) -> list[Any]:
    """Elements of a set: each once, sorted by kind and value."""
    out: list[Any] = []
    seen: set[tuple[str, Any]] = set()
    rest: list[Any] = []
    for item in items:
        kind = kind_of(item)
        if kind in ("list", "record", "null", *SECRET):
            if not any([same(plain(item), plain(other)) for other in rest]):
                rest.append(item)
        elif (kind, item) not in seen:
            seen.add((kind, item))
            out.append((kind, item))
    rest.sort(key=lambda item: display(plain(item), sys.maxsize))
    return [item for _kind, item in sorted(out)] + rest


def fit(
    owner: Slots, name: str, type_: Type, value: Any, definition: Definition,
    at: int | None = None, index: int | None = None,
) -> Any:  # fmt: skip
    """A value that came as data, checked and wrapped for the type that expects it.

    `at` is its place in the list the definition gives, `index` its place in the merged one.
    """
    merge = type_.merge
    if merge not in TAKEN:
        place = name if index is None else Element.of(name, index)
        return owner.world.resolve(owner, place, type_, [definition.part(value, at)], None, None)
    reason = type_.refuse(value)
    if reason is not None:
        place = name if index is None else Element.of(name, index)
        site = definition if at is None else definition.element(at)
        errors.wrong_type(owner, place, type_, [(site, value, reason)])
    if merge in ("list", "set") and isinstance(value, list):
        inner: Type = type_.inner  # type: ignore[attr-defined]
        if index is not None:
            name = Element.of(name, index)
        items = [
            fit(owner, name, inner, item, definition, None, number)
            for number, item in enumerate(value)
        ]
        return unique_sorted(items) if merge == "set" else items
    return value
