"""Under what a definition holds: the conditions, loops and `let`s around it.

A context answers with the environments in which its statements are live: none if a
condition is false, several below a `for`. It asks its conditions when somebody wants a
value, never to learn which names are defined.
"""

from __future__ import annotations

from evaluator.evaluation.expressions import condition, elements

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.evaluation.env import Env

    Node = tuple[Any, ...]


class Context:
    """One step of nesting; `kind` is base, lets, when, unless, for, enabled or star."""

    __slots__ = ("kind", "live", "node", "parent")

    def __init__(self, parent: Context | None, kind: str, node: Any) -> None:
        self.parent = parent
        self.kind = kind
        self.node = node
        self.live: list[Env] | None = None

    def envs(self) -> list[Env]:
        """Environments in which statements standing here are live."""
        envs = self.live
        if envs is None:
            envs = []
            if self.parent is not None:
                for env in self.parent.envs():
                    self._enter(env, envs)
            self.live = envs
        return envs

    def _enter(self, env: Env, out: list[Env]) -> None:
        kind = self.kind
        if kind == "lets":
            out.append(env.lets(self.node))
        elif kind == "when":
            if condition(self.node[3], env):
                out.append(env)
        elif kind == "unless":
            if not condition(self.node[3], env):
                out.append(env)
        elif kind == "enabled":
            if env.self_scope().get("enable", env, self.node):
                out.append(env)
        elif kind == "star":
            out.append(env.child({"key": self.node}))
        else:
            for binding in elements(self.node[3], self.node[4], env):
                out.append(env.child(binding))


def base(env: Env) -> Context:
    """The context of statements nothing surrounds."""
    context = Context(None, "base", None)
    context.live = [env]
    return context


def narrowed(context: Context, env: Env) -> Context:
    """The part of a context that is one of its environments."""
    if context.live is not None and len(context.live) == 1:
        return context
    single = Context(context, "one", None)
    single.live = [env]
    return single
