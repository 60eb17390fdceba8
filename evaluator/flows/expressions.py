"""Expressions over flows: as the language reads them, with every branch taken."""

from __future__ import annotations

from evaluator.definitions.spread import bindings, lets_of
from evaluator.flows.builtins import call as call_builtin
from evaluator.flows.cells import Cell
from evaluator.flows.patterns import ANY, NOTHING, UNKNOWN, common, hole, joined, shown
from evaluator.flows.values import CLEAN, EMPTY, FALSE, Flow, either, noted_if_bare, united
from evaluator.names.builtin_names import BUILTIN_NAMES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.flows.run import Run
    from evaluator.flows.values import Taint
    from evaluator.names.load import Module

    Node = tuple[Any, ...]

# A line of a text that is longer says little about where in it an option stands.
LONG_LINE = 70


class Env:
    """Names around an expression; `let`s are looked at when somebody asks for them."""

    __slots__ = ("found", "guard", "here", "is_certain", "key", "lets", "module", "names", "parent")

    def __init__(self, parent: Env | None, module: Module) -> None:
        self.parent = parent
        self.module = module
        self.lets: dict[str, Node] = {}
        self.names: dict[str, Flow] = {}
        self.found: dict[str, Flow] = {}
        # `self`, `key`, and what the conditions around it depend on.
        self.here: Cell | None = parent.here if parent else None
        self.key: Flow = parent.key if parent else EMPTY
        self.guard: Taint = parent.guard if parent else CLEAN
        self.is_certain: bool = parent.is_certain if parent else True

    def inside(self, items: tuple[Node, ...]) -> Env:
        """The scope of a block: one more where it has `let`s."""
        lets = bindings(items)
        if not lets:
            return self
        inner = Env(self, self.module)
        inner.lets = lets
        return inner

    def binding(self, names: tuple[str, ...], flows: tuple[Flow, ...]) -> Env:
        """The scope of a loop or function."""
        inner = Env(self, self.module)
        inner.names = dict(zip(names, flows, strict=False))
        return inner

    def under(self, taint: Taint) -> Env:
        """The scope under a condition."""
        inner = Env(self, self.module)
        inner.guard = united(self.guard, taint)
        inner.is_certain = False
        return inner


def of_module(module: Module) -> Env:
    """The scope of a file."""
    outer = of_module(module.outer) if module.outer is not None else None
    env = Env(outer, module)
    env.lets = lets_of(module)
    return env


def value(node: Node, env: Env, run: Run) -> Flow:
    """What an expression may come to."""
    tag = node[0]
    if tag in LITERALS:
        return Flow(texts=frozenset((LITERALS[tag](node[3]),)))
    known = KINDS.get(tag)
    return known(node, env, run) if known is not None else EMPTY


def _interp(node: Node, env: Env, run: Run) -> Flow:
    flows = [
        Flow(texts=frozenset((part,))) if isinstance(part, str) else value(part, env, run)
        for part in node[3]
    ]
    texts = [run.reader.texts(each) for each in flows]
    if not any(["\n" in part for part in node[3] if isinstance(part, str)]):
        return Flow(united(*[run.reader.deep(each) for each in flows]), joined(texts))
    # In a text of several lines an option is known by the line it stands in.
    taints = []
    for at, flow in enumerate(flows):
        taint = run.reader.deep(flow)
        if taint:
            line = _line(node[3], texts, at)
            taints.append(noted_if_bare(taint, line) if line else taint)
    return Flow(united(*taints), UNKNOWN)


def _line(parts: tuple[Any, ...], texts: list[Any], at: int) -> str:
    """The line around a hole; nothing where it is all there is, or a long one."""
    line = shown(common(texts[at] or UNKNOWN))
    for before in range(at - 1, -1, -1):
        part = parts[before]
        said = part if isinstance(part, str) else shown(common(texts[before] or UNKNOWN))
        line = said.rpartition("\n")[2] + line
        if "\n" in said:
            break
    for after in range(at + 1, len(parts)):
        part = parts[after]
        said = part if isinstance(part, str) else shown(common(texts[after] or UNKNOWN))
        line += said.partition("\n")[0]
        if "\n" in said:
            break
    line = line.strip()
    bare = shown(common(texts[at] or UNKNOWN))
    return "" if line in (bare, f'"{bare}"') or len(line) > LONG_LINE else line


def _name(node: Node, env: Env, run: Run) -> Flow:
    found = lookup(node[3], env, run)
    if found is not None:
        return found
    if node[3] == "config":
        return Flow(cells=(run.store.root,))
    if node[3] == "self" and env.here is not None:
        return Flow(cells=(env.here,))
    return env.key if node[3] == "key" else EMPTY


def lookup(name: str, env: Env, run: Run) -> Flow | None:
    """What a name is bound to; None where it is not bound."""
    scope: Env | None = env
    while scope is not None:
        if name in scope.names:
            return scope.names[name]
        if name in scope.lets:
            if name not in scope.found:
                scope.found[name] = EMPTY
                scope.found[name] = _let(scope.lets[name], scope, run)
            return scope.found[name]
        scope = scope.parent
    return None


def _let(node: Node, env: Env, run: Run) -> Flow:
    if node[5] is not None:
        return Flow(functions=((node, env),))
    return value(node[6], env, run)


def imported(name: str, env: Env) -> Module | None:
    """The file that a name stands for."""
    scope: Env | None = env
    while scope is not None:
        if name in scope.names or name in scope.lets:
            return None
        if scope.parent is None or scope.parent.module is not scope.module:
            found = scope.module.aliases.get(name)
            if found is not None:
                return found
        scope = scope.parent
    return None


def _attr(node: Node, env: Env, run: Run) -> Flow:
    base = node[3]
    if base[0] == "name":
        module = imported(base[3], env)
        if module is not None:
            scope = run.module_env(module)
            return lookup(node[4], scope, run) or EMPTY
    return run.reader.field(value(base, env, run), node[4])


def _index(node: Node, env: Env, run: Run) -> Flow:
    return run.reader.at(value(node[3], env, run), value(node[4], env, run))


def _call(node: Node, env: Env, run: Run) -> Flow:
    given = [value(each, env, run) for each in node[4]]
    named = {name: value(each, env, run) for name, each, _start in node[5]}
    called = node[3]
    name = _builtin(called, env, run)
    if name is not None:
        return call_builtin(name, given, named, run.reader)
    function = value(called, env, run)
    return either(
        [_applied(let, scope, given, named, run) for let, scope in function.functions]
    ).under(function.taint)


def _builtin(called: Node, env: Env, run: Run) -> str | None:
    """The builtin function that is called, if it is one."""
    if called[0] == "attr" and called[3][0] == "name" and called[3][3] == "render":
        return f"render.{called[4]}" if lookup("render", env, run) is None else None
    if called[0] == "name" and called[3] in BUILTIN_NAMES:
        return str(called[3]) if lookup(called[3], env, run) is None else None
    return None


def _applied(let: Node, scope: Env, given: list[Flow], named: dict[str, Flow], run: Run) -> Flow:
    params: tuple[str, ...] = let[5]
    flows = {**dict(zip(params, given, strict=False)), **named}
    inner = scope.binding(tuple(flows), tuple(flows.values()))
    return value(let[6], inner, run)


def _list(node: Node, env: Env, run: Run) -> Flow:
    return Flow(items=tuple([value(each, env, run) for each in node[3]]))


def _listfor(node: Node, env: Env, run: Run) -> Flow:
    over = value(node[4], env, run)
    out: list[Flow] = []
    for key, each in run.reader.turns(over, node[3]):
        flows = (each,) if len(node[3]) == 1 else (key, each)
        inner = env.binding(node[3], flows)
        taint = united(key.taint, each.exists)
        if node[5] is not None:
            condition = value(node[5], inner, run)
            if condition.is_known_as(FALSE):
                continue
            taint = united(taint, run.reader.deep(condition))
        out.append(value(node[6], inner, run).there(taint))
    return Flow(over.taint, items=tuple(out))


def _record(node: Node, env: Env, run: Run) -> Flow:
    cell = Cell(None, "", None, None)
    inner = Env(env, env.module)
    inner.guard, inner.is_certain = CLEAN, True
    run.block(node[3], cell, inner)
    return Flow(cells=(cell,))


def _if(node: Node, env: Env, run: Run) -> Flow:
    chosen = either([value(node[4], env, run), value(node[5], env, run)])
    return chosen.under(run.reader.deep(value(node[3], env, run)))


def _chain(node: Node, env: Env, run: Run) -> Flow:
    flows = [value(node[3], env, run), *[value(each, env, run) for _sign, each in node[4]]]
    if node[4][0][0] != "++":
        texts = UNKNOWN if node[4][0][0] not in ("and", "or") else NOTHING
        return Flow(united(*[run.reader.deep(each) for each in flows]), texts)
    lists = [each for each in flows if _is_list(each)]
    if lists:
        items = [item for each in flows for _number, item in run.reader.elements(each)]
        return Flow(items=tuple(items))
    taint = united(*[run.reader.deep(each) for each in flows])
    return Flow(taint, joined([run.reader.texts(each) for each in flows]))


def _is_list(flow: Flow) -> bool:
    return flow.items is not None or any([cell.is_list() or cell.items for cell in flow.cells])


def _binary(node: Node, env: Env, run: Run) -> Flow:
    left, right = value(node[4], env, run), value(node[5], env, run)
    if node[3] == "??":
        return either([left, right]).under(run.reader.head(left))
    if node[3] in ("==", "!=") and "null" in (node[4][0], node[5][0]):
        return Flow(united(run.reader.head(left), run.reader.head(right)))
    taint = united(run.reader.deep(left), run.reader.deep(right))
    if node[3] == "..":
        return Flow(items=(Flow(taint, frozenset((hole("number"),))),))
    return Flow(taint)


def _unary(node: Node, env: Env, run: Run) -> Flow:
    taint = run.reader.deep(value(node[4], env, run))
    return Flow(taint, UNKNOWN if node[3] == "-" else NOTHING)


def _octal(number: int) -> str:
    return f"{number:04o}"


def _truth(held: bool) -> str:
    return "true" if held else "false"


def _other(_value: object) -> str:
    return ANY


LITERALS: dict[str, Any] = {
    "str": str, "int": str, "float": str, "bool": _truth, "mode": _octal,
    "duration": _other, "size": _other,
}  # fmt: skip
KINDS: dict[str, Any] = {
    "interp": _interp, "name": _name, "attr": _attr, "index": _index, "call": _call,
    "list": _list, "listfor": _listfor, "record": _record, "if": _if, "chain": _chain,
    "binary": _binary, "unary": _unary,
}  # fmt: skip
