"""The one table of actions: name of a rule or alias in the grammar → what builds its part.

Our loop and, in tests, Lark's own run the same table.
"""

from __future__ import annotations

from evaluator.syntax import expressions, literals, operators, statements, strings
from evaluator.syntax import type_expressions as types

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from evaluator.syntax.machine import Machine


def _repeat_first(parts: list[Any], start: int, end: int, machine: Machine) -> list[Any]:
    return parts


def _repeat_more(parts: list[Any], start: int, end: int, machine: Machine) -> list[Any]:
    """Grow the list, which nobody else holds yet."""
    grown: list[Any] = parts[0]
    grown.extend(parts[1:])
    return grown


def _part(parts: list[Any], start: int, end: int, machine: Machine) -> Any:
    return parts[0]


ACTIONS: dict[str, Callable[[list[Any], int, int, Any], Any]] = {
    "repeat_first": _repeat_first,
    "repeat_more": _repeat_more,
    "after": statements.clause,
    "alias": statements.alias,
    "annotation": statements.annotation,
    "any_key": statements.any_key,
    "arguments": expressions.arguments,
    "assert": statements.assert_,
    "attribute": expressions.attribute,
    "before": statements.clause,
    "binders": expressions.binders,
    "block": statements.block,
    "body": statements.body,
    "call": expressions.call,
    "choice": statements.choice,
    "conditional": expressions.conditional,
    "conversion": statements.conversion,
    "conversions": statements.clauses,
    "declared": statements.declared,
    "declared_path": statements.declared_path,
    "decorations": statements.decorations,
    "default_strength": statements.default_strength,
    "definition": statements.definition,
    "disable": statements.disable,
    "doc": statements.doc,
    "dotted": types.dotted,
    "duration": literals.duration,
    "elements": expressions.elements,
    "escape": strings.escape,
    "expect": statements.expect,
    "extend": statements.extend,
    "false": literals.false,
    "file": statements.file,
    "file_docs": statements.file_docs,
    "first_place": statements.first_place,
    "float": literals.floating,
    "for": statements.for_,
    "force_strength": statements.force_strength,
    "former_gone": statements.former_gone,
    "former_moved": statements.former_moved,
    "grow": statements.grow,
    "grow_service": statements.grow,
    "grow_type": statements.grow_type,
    "host": statements.host,
    "ident": statements.ident,
    "import": statements.import_,
    "import_as": statements.import_as,
    "import_at": statements.import_at,
    "index": expressions.index,
    "integer": literals.integer,
    "item": statements.item,
    "items": statements.items,
    "keys": statements.keys,
    "last_place": statements.last_place,
    "let": statements.let,
    "list": expressions.list_,
    "listfor": expressions.listfor,
    "literal_type": types.literal_type,
    "mode": literals.mode,
    "name": expressions.name,
    "named_argument": expressions.named_argument,
    "named_type": types.named_type,
    "no_parameters": statements.no_parameters,
    "null": literals.null,
    "number": literals.number,
    "old": statements.old,
    "olds": statements.olds,
    "operator": operators.operator,
    "option": statements.option,
    "option_path": statements.option_path,
    "optional": types.optional,
    "order": statements.order,
    "otherwise": statements.otherwise,
    "parameters": statements.parameters,
    "parenthesized": expressions.parenthesized,
    "path": statements.path,
    "plain_string": strings.plain_string,
    "prefix": operators.operator,
    "prefixed": operators.prefixed,
    "priority": statements.priority,
    "quoted_string": strings.quoted_string,
    "range": types.range_,
    "range_below": types.range_below,
    "raw_string": strings.raw_string,
    "record": expressions.record,
    "recorddecl": statements.recorddecl,
    "refinement": statements.refinement,
    "refinements": statements.clauses,
    "remove": statements.remove,
    "result": statements.result,
    "run": operators.run,
    "section": statements.section,
    "service": statements.service,
    "size": literals.size,
    "star": statements.star,
    "starred_path": statements.declared_path,
    "string_chars": _part,
    "string_hole": strings.hole,
    "string_parts": strings.string_parts,
    "target": statements.target,
    "test": statements.test,
    "text": strings.text,
    "text_chars": strings.text_chars,
    "text_hole": strings.hole,
    "text_parts": strings.text_parts,
    "true": literals.true,
    "type_arguments": types.type_arguments,
    "type_option": types.type_option,
    "typedecl": statements.typedecl,
    "union": types.union,
    "variant": statements.variant,
    "warn": statements.warn,
    "when": statements.when,
    "when_declared": statements.when_declared,
}
