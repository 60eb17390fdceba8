"""JSON Schema of what `vcfg eval` prints, so that editors and other programs know it, too."""

from __future__ import annotations

from evaluator.options.shapes import Shape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.options.shapes import Declarations, Option


def schema(declared: Declarations, title: str) -> dict[str, Any]:
    """A schema of draft 2020-12; records are its definitions, by the names types refer to."""
    _label(declared)
    document: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        **_object(declared.root),
    }
    named = {record.label: _object(record.shape) for record in declared.records}
    for type_ in declared.types:
        named[type_.label] = type_.itself().json_schema()
    if named:
        document["$defs"] = named
    return document


def _label(declared: Declarations) -> None:
    """Give what has the same name labels that differ: the name and a number, in module order."""
    taken: dict[str, int] = {}
    named: list[Any] = [*declared.records, *declared.types]
    for each in named:
        number = taken[each.name] = taken.get(each.name, 0) + 1
        each.label = each.name if number == 1 else f"{each.name}-{number}"


def _choice(schema: dict[str, Any], shape: Shape) -> dict[str, Any]:
    """A choice has exactly one of its options."""
    is_choice = shape.record is not None and shape.record.node[0] == "choice"
    return {**schema, "minProperties": 1, "maxProperties": 1} if is_choice else schema


def _object(shape: Shape) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    for name, member in shape.members.items():
        if isinstance(member, Shape):
            properties[name] = _object(member)
        elif member.type.merge != "deferred":  # which nobody prints
            properties[name] = _option(member)
    rest: Any = _option(shape.any) if shape.any is not None else False
    # What a disabled service lacks is no mistake, so nothing is required.
    found = {"type": "object", "properties": properties, "additionalProperties": rest}
    return _choice(found, shape)


def _option(option: Option) -> dict[str, Any]:
    inner = option.read_type().json_schema()
    doc = option.doc()
    return {"description": doc, **inner} if doc else inner
