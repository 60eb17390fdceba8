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
    records = {record.label: _object(record.shape) for record in declared.records}
    if records:
        document["$defs"] = records
    return document


def _label(declared: Declarations) -> None:
    """Give records of one name labels that differ: the name and a number, in module order."""
    taken: dict[str, int] = {}
    for record in declared.records:
        number = taken[record.name] = taken.get(record.name, 0) + 1
        record.label = record.name if number == 1 else f"{record.name}-{number}"


def _object(shape: Shape) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    for name, member in shape.members.items():
        properties[name] = _object(member) if isinstance(member, Shape) else _option(member)
    rest: Any = _option(shape.any) if shape.any is not None else False
    # What a disabled service lacks is no mistake, so nothing is required.
    return {"type": "object", "properties": properties, "additionalProperties": rest}


def _option(option: Option) -> dict[str, Any]:
    inner = option.type.json_schema()
    doc = option.doc()
    return {"description": doc, **inner} if doc else inner
