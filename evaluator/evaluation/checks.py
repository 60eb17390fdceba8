"""`assert` and `warn`: run after values, for everything that exists and is switched on."""

from __future__ import annotations

from evaluator.diagnostics.model import Stop
from evaluator.evaluation import errors
from evaluator.evaluation.expressions import condition, evaluate, text_of
from evaluator.evaluation.words import shown
from evaluator.options.shapes import path_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.evaluation.context import Context
    from evaluator.evaluation.env import Env

    Node = tuple[Any, ...]

SHOWN = 6


def run_checks(checks: list[tuple[Node, Context]], path: tuple[str, ...]) -> None:
    """Run some checks standing in one service or record instance; all speak, none stops."""
    for statement, context in checks:
        try:
            for env in context.envs():
                run_check(statement, env, path_text(path))
        except Stop:
            continue


def run_check(statement: Node, env: Env, path: str) -> None:
    """One check in one environment."""
    if statement[0] == "warn":
        message = statement[3]
        errors.warned(env, statement, text_of(evaluate(message, env), message, env), path)
        return
    if condition(statement[3], env):
        return
    message = None
    if statement[4] is not None:
        message = text_of(evaluate(statement[4], env), statement[4], env)
    errors.assertion_failed(env, statement, message, operands(statement[3], env), path)


def operands(node: Node, env: Env) -> list[tuple[Node, str]]:
    """The values that were read by a condition, for the reader of its failure."""
    found: list[tuple[Node, str]] = []
    seen: set[str] = set()

    def look(part: Node) -> None:
        tag = part[0]
        if tag in ("attr", "name", "call", "index"):
            text = env.source.text[part[1] : part[2]]
            if text not in seen and len(found) < SHOWN:
                seen.add(text)
                try:
                    found.append((part, shown(evaluate(part, env))))
                except Stop:
                    return
        elif tag == "chain":
            look(part[3])
            for _operator, operand in part[4]:
                look(operand)
        elif tag == "binary":
            look(part[4])
            look(part[5])
        elif tag == "unary":
            look(part[4])
        elif tag == "if":
            for each in part[3:6]:
                look(each)

    look(node)
    return found
