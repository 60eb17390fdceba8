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
    from evaluator.evaluation.world import World

    Node = tuple[Any, ...]


class Context:
    """One step of nesting; `kind` is base, lets, when, unless, for, enabled or star."""

    __slots__ = ("kind", "live", "node", "parent", "traced")

    def __init__(self, parent: Context | None, kind: str, node: Any) -> None:
        self.parent = parent
        self.kind = kind
        self.node = node
        self.live: list[Env] | None = None
        # The world, where it remembers who read what; then who asks has read this context.
        self.traced: World | None = parent.traced if parent is not None else None

    def envs(self) -> list[Env]:
        """Environments in which statements standing here are live."""
        if self.traced is not None:
            self.traced.note(self, "")
        envs = self.live
        if envs is None:
            envs = []
            if self.traced is not None:
                self.traced.stack.append((self, "", None, None))
                try:
                    self.fill(envs)
                finally:
                    self.traced.stack.pop()
            else:
                self.fill(envs)
            self.live = envs
        return envs

    def fill(self, envs: list[Env]) -> None:
        """Ask what decides, in each environment of what is around."""
        if self.parent is not None:
            for env in self.parent.envs():
                self._enter(env, envs)

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
    if env.world.reads is not None:
        context.traced = env.world
    return context


def narrowed(context: Context, env: Env) -> Context:
    """The part of a context that is one of its environments."""
    if context.live is not None and len(context.live) == 1:
        return context
    single = Context(context, "one", None)
    single.live = [env]
    return single
