"""What operators do with values; kinds never change silently."""

from __future__ import annotations

from evaluator.evaluation import expression_errors as errors
from evaluator.evaluation.plain import plain
from evaluator.types.secrets import SECRETS, SecretText
from evaluator.types.values import SECRET, Duration, Size, kind_of, same

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.evaluation.env import Env

    Node = tuple[Any, ...]

QUANTITIES = {"duration": Duration, "size": Size}
TEXTS = ("string", *SECRET)
ORDERED = ("int", "float", "string", "duration", "size", "mode")


def calculate(operator: str, left: Any, right: Any, node: Node, operand: Node, env: Env) -> Any:
    """`++ + - * / %`."""
    kinds = kind_of(left), kind_of(right)
    if operator == "++":
        if kinds == ("list", "list"):
            return left + right
        if kinds == ("string", "string"):
            return left + right
        if kinds[0] in TEXTS and kinds[1] in TEXTS:
            return SecretText((left, right))
        errors.bad_operands(env, node, operator, left, right)
    numeric = kinds[0] in ("int", "float") and kinds[1] in ("int", "float")
    if numeric:
        return _number(operator, left, right, operand, env)
    if kinds[0] == kinds[1] and kinds[0] in QUANTITIES:
        if operator in "+-":
            made = QUANTITIES[kinds[0]]
            return made(int(left) + int(right) if operator == "+" else int(left) - int(right))
        if operator in "/%":
            return _number(operator, int(left), int(right), operand, env)
    if operator in "*/" and kinds[0] in QUANTITIES and kinds[1] == "int":
        return QUANTITIES[kinds[0]](_number(operator, int(left), right, operand, env))
    if operator == "*" and kinds[1] in QUANTITIES and kinds[0] == "int":
        return QUANTITIES[kinds[1]](left * int(right))
    errors.bad_operands(env, node, operator, left, right)


def _number(operator: str, left: Any, right: Any, operand: Node, env: Env) -> Any:
    if operator == "+":
        return left + right
    if operator == "-":
        return left - right
    if operator == "*":
        return left * right
    if right == 0:
        errors.division_by_zero(env, operand)
    if operator == "%":
        return left % right
    return left // right if type(left) is int and type(right) is int else left / right


def compare(operator: str, left: Any, right: Any, node: Node, env: Env) -> Any:
    """`== != < <= > >= in ..`."""
    if operator in ("==", "!="):
        left, right = plain(left, env, node), plain(right, env, node)
        if type(left) in SECRETS or type(right) in SECRETS:
            _refuse_unlike(left, right, node, env)
        equal = same(left, right)
        return equal if operator == "==" else not equal
    if operator == "in":
        return _contains(left, right, node, env)
    kinds = kind_of(left), kind_of(right)
    if operator == "..":
        if kinds != ("int", "int"):
            errors.bad_operands(env, node, operator, left, right)
        if right - left > 1_000_000:
            errors.too_long(env, node)
        return list(range(left, right + 1))
    numeric = kinds[0] in ("int", "float") and kinds[1] in ("int", "float")
    if not numeric and (kinds[0] != kinds[1] or kinds[0] not in ORDERED):
        errors.bad_operands(env, node, operator, left, right)
    if operator == "<":
        return left < right
    if operator == "<=":
        return left <= right
    if operator == ">":
        return left > right
    return left >= right


def _refuse_unlike(left: Any, right: Any, node: Node, env: Env) -> None:
    """A secret is compared with secrets, or with null where there may be none."""
    known = (*SECRET, "null")
    if kind_of(left) not in known or kind_of(right) not in known:
        errors.secret_compared(env, node, left if kind_of(left) in SECRET else right)


def _contains(left: Any, right: Any, node: Node, env: Env) -> bool:
    kind = kind_of(right)
    if kind == "list":
        wanted = plain(left, env, node)
        items = [plain(item, env, node) for item in right]
        if type(wanted) in SECRETS or any([type(item) in SECRETS for item in items]):
            for item in items:
                _refuse_unlike(wanted, item, node, env)
        return any([same(wanted, item) for item in items])
    if kind == "record" and kind_of(left) == "string":
        return left in (right.names() if hasattr(right, "names") else right)
    errors.bad_operands(env, node, "in", left, right)


def negate(value: Any, node: Node, env: Env) -> Any:
    """`-x` for numbers and quantities."""
    kind = kind_of(value)
    if kind in ("int", "float"):
        return -value
    if kind in QUANTITIES:
        return QUANTITIES[kind](-int(value))
    errors.bad_operand(env, node, "-", value)
