"""Plans that were read back: held against the published schema before anybody uses them."""

from __future__ import annotations

import json
from functools import cache

import jsonschema

from evaluator import resources

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SCHEMA = "plan.schema.json"


class BadPlan(ValueError):
    """A document is no plan; the message has one line per fault, each with its place."""


def read_plan(text: str) -> dict[str, Any]:
    """The plan in a JSON text. Raises `BadPlan` when it is none."""
    try:
        document = json.loads(text)
    except ValueError as error:
        raise BadPlan(f"not JSON: {error}") from error
    validate_plan(document)
    plan: dict[str, Any] = document
    return plan


def validate_plan(document: object) -> None:
    """Raise `BadPlan` unless the document follows `spec/plan.schema.json`."""
    faults = sorted(
        _validator().iter_errors(document), key=lambda fault: list(map(str, fault.path))
    )
    if faults:
        raise BadPlan("\n".join(f"{fault.json_path}: {fault.message}" for fault in faults))


@cache
def _validator() -> Any:
    schema = json.loads(resources.text("schemas", SCHEMA))
    return jsonschema.Draft202012Validator(schema)
