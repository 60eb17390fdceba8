"""Actions for statements, paths, documentation and the file as a whole."""

from __future__ import annotations

from evaluator.syntax.expressions import separated

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.syntax.machine import Machine

    Node = tuple[Any, ...]

_DOCUMENTED_AND_ANNOTATED = frozenset(["typedecl", "recorddecl", "choice", "service", "option"])
_DOCUMENTED = frozenset(["let", "section", "alias", "variant"])
_ANNOTATED = frozenset(["assert", "warn", "former"])


# The file, its items, their documentation


def file(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """A whole file."""
    docs, statements = parts
    return ("file", 0, len(machine.text), "\n".join(docs or ()), statements or ())


def file_docs(parts: list[Any], start: int, end: int, machine: Machine) -> list[str]:
    """Texts of the `###` lines at the top."""
    return [_comment_text(line) for line in parts[0]]


def items(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """Statements in order."""
    return tuple(parts[0])


def item(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """A statement with its documentation and annotations behind its own fields."""
    doc, annotations = parts[0] or ("", ())
    statement: Node = parts[1]
    tag = statement[0]
    if tag in _DOCUMENTED_AND_ANNOTATED:
        return (*statement, doc, annotations)
    if tag in _ANNOTATED:
        return (*statement, annotations)
    if annotations:
        first = annotations[0]
        machine.problem("annotation-without-use", first[1], first[2], name=first[3])
    return (*statement, doc) if tag in _DOCUMENTED else statement


def decorations(parts: list[Any], start: int, end: int, machine: Machine) -> tuple[str, Node]:
    """Text of the `##` lines, and the annotations."""
    lines = [part[3] for part in parts[0] if part[0] == "doc"]
    return "\n".join(lines), tuple(part for part in parts[0] if part[0] == "annotation")


def doc(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """One `##` line, which must stand alone."""
    text = machine.text
    if text[text.rfind("\n", 0, start) + 1 : start].strip(" \t\r\ufeff"):
        machine.problem("trailing-doc", start, start + 2)
    return ("doc", start, end, _comment_text(parts[0]))


def annotation(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`@example(…)`"""
    positional, named = parts[3] or ((), ())
    return ("annotation", start, end, parts[1], positional, named)


def _comment_text(line: str) -> str:
    return line.lstrip("#").rstrip().removeprefix(" ")


def body(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """The statements between braces."""
    return parts[1] or ()


# Paths and names


def ident(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """A name whose place is needed."""
    return ("name", start, end, parts[0])


def component(part: Any) -> Any:
    """A path component: str, or an `interp` or `star` node."""
    return part[3] if part.__class__ is tuple and part[0] == "str" else part


def plain_text(part: Any, machine: Machine) -> str:
    """Text of a name or string that may have no holes."""
    if part.__class__ is tuple:
        if part[0] == "str":
            return str(part[3])
        machine.problem("hole-in-name", part[1], part[2])
        return ""
    return str(part)


def path(parts: list[Any], start: int, end: int, machine: Machine) -> tuple[Node, int]:
    """Components of a path, and where it ends."""
    return tuple([component(part) for part in separated(parts)]), end


def declared_path(parts: list[Any], start: int, end: int, machine: Machine) -> tuple[Node, int]:
    """Components of a path without holes, and where it ends."""
    return tuple([plain_text(part, machine) for part in separated(parts)]), end


def option_path(
    parts: list[Any], start: int, end: int, machine: Machine
) -> tuple[tuple[str, ...], int, int]:
    """Components of an option's path without holes, where it starts and ends."""
    return tuple([plain_text(part, machine) for part in separated(parts)]), start, end


def any_key(parts: list[Any], start: int, end: int, machine: Machine) -> str:
    """The `*` of `option *: T`."""
    return "*"


def star(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`*` in a path: every entry."""
    return ("star", start, end)


# Files and names of one file


def import_(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`default import "x.json" at a.b`"""
    strength, _, text, target = parts
    alias, at = target or (None, None)
    content = plain_text(text, machine)
    return ("import", start, end, content, text[1], text[2], alias, at, strength)


def import_as(parts: list[Any], start: int, end: int, machine: Machine) -> tuple[str, None]:
    """`as name`"""
    return parts[1], None


def import_at(parts: list[Any], start: int, end: int, machine: Machine) -> tuple[None, Node]:
    """`at a.b`"""
    return None, parts[1][0]


def disable(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`disable "x.vcfg"`"""
    text = parts[1]
    return ("disable", start, end, plain_text(text, machine), text[1], text[2])


def let(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`let f(x) = …`; its documentation comes with `item`."""
    bound = parts[1]
    return ("let", start, end, bound[3], bound[1], parts[2], parts[4])


def no_parameters(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`()`"""
    return ()


def parameters(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`(a, b)`"""
    return separated(parts[1:])


# Declarations


def typedecl(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`type T = …` with its conversions and refinements."""
    bound = parts[1]
    return (
        *("typedecl", start, end, bound[3], bound[1], parts[3]),
        *(parts[5] or (), parts[4] or ()),
    )


def clauses(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """All `from` or all `where` clauses of a type."""
    return tuple(parts[0])


def conversion(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`from T by e`"""
    return (parts[1], parts[3])


def refinement(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`where each c else "message"`"""
    return (parts[1] is not None, parts[2], parts[4])


def recorddecl(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`record R from B { }`"""
    bound = parts[1]
    return ("recorddecl", start, end, bound[3], bound[1], parts[3], parts[4])


def service(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`service a.b from R { }`"""
    where, where_end = parts[1]
    return ("service", start, end, where, where_end, parts[3], parts[4])


def section(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`section "Title" { }`"""
    return ("section", start, end, plain_text(parts[1], machine), parts[2])


def option(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`option p: T = d`; also `accepts` and `computed`."""
    kind, (where, where_start, where_end), _, type_, converted, _, default = parts
    return (
        *("option", start, end, kind, where, where_start, where_end, type_, default),
        converted,
    )


def result(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`as U by e`"""
    return (parts[1], parts[3])


def choice(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`choice C from B { }`"""
    return ("choice", *recorddecl(parts, start, end, machine)[1:])


def extend(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`extend t { }`"""
    where, where_end = parts[1]
    return ("extend", start, end, where, where_end, parts[2])


def grow(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`extend record R { }`, `extend choice C { }`, `extend service s { }`"""
    where, where_end = parts[2]
    return ("grow", start, end, parts[1], where, where_end, parts[3])


def grow_type(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`extend type T = "more"`"""
    where, where_end = parts[2]
    return ("grow", start, end, "type", where, where_end, parts[4])


# Options under other names


def target(parts: list[Any], start: int, end: int, machine: Machine) -> tuple[Node, int, int]:
    """A path in which `*` may stand for a key; where it starts and ends."""
    where = []
    for part in separated(parts):
        is_star = part.__class__ is tuple and part[0] == "star"
        where.append(part if is_star else plain_text(part, machine))
    return tuple(where), start, end


def old(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """One path after `former`, and its type where that is written."""
    return (*parts[0], parts[2])


def olds(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """All paths after `former`."""
    return separated(parts)


def former_moved(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`former a, b to c by e`"""
    return ("former", start, end, parts[1], parts[3], parts[5], None)


def former_gone(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`former a else "message"`"""
    return ("former", start, end, parts[1], None, None, parts[3])


def alias(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`alias a to b`"""
    return ("alias", start, end, parts[1], parts[3])


# Statements that hold statements


def host(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`host h { }`"""
    return ("host", start, end, component(parts[1]), parts[2])


def variant(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`variant v from w { }`"""
    base = None if parts[3] is None else component(parts[3])
    return ("variant", start, end, component(parts[1]), base, parts[4])


def test(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`test "title" { }`"""
    return ("test", start, end, plain_text(parts[1], machine), parts[2])


def when(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`when c { } else { }`"""
    return ("when", start, end, parts[1], parts[2], parts[4])


def when_declared(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`when option a.b { } else { }`"""
    return ("when", start, end, parts[2], parts[3], parts[5])


def declared(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """The path that `when option` asks for."""
    return ("declared", start, end, tuple([plain_text(part, machine) for part in separated(parts)]))


def otherwise(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """Items of an `else`; `else when` is one item."""
    branch: Node = parts[0]
    return (branch,) if branch and branch[0] == "when" else branch


def for_(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`for k, v in m { }`"""
    return ("for", start, end, parts[1], parts[3], parts[4])


# Definitions


def definition(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`force first p after a before b = value`"""
    strength, place, (where, where_end), after, before, _, value = parts
    order = place or None
    return (
        *("def", start, end, where_end, where, strength, order),
        *(after or (), before or (), value),
    )


def block(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`default p after a before b { }`"""
    strength, place, (where, where_end), after, before, contents = parts
    order = place or None
    return (
        *("block", start, end, where_end, where, strength, order),
        *(after or (), before or (), contents),
    )


def remove(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`remove p.k`, `remove p where c`"""
    return ("remove", start, end, parts[1][0], parts[3])


def default_strength(parts: list[Any], start: int, end: int, machine: Machine) -> int:
    """`default`"""
    return 1000


def force_strength(parts: list[Any], start: int, end: int, machine: Machine) -> int:
    """`force`"""
    return 50


def priority(parts: list[Any], start: int, end: int, machine: Machine) -> int:
    """`priority 60`"""
    return _within(parts[1], 1499, "priority", start, end, machine)


def first_place(parts: list[Any], start: int, end: int, machine: Machine) -> int:
    """`first`"""
    return 500


def last_place(parts: list[Any], start: int, end: int, machine: Machine) -> int:
    """`last`"""
    return 1500


def order(parts: list[Any], start: int, end: int, machine: Machine) -> int:
    """`order 250`"""
    return _within(parts[1], 999_999, "order", start, end, machine)


def _within(spelling: str, most: int, word: str, start: int, end: int, machine: Machine) -> int:
    digits = spelling.replace("_", "")
    value = int(digits) if len(digits) < 10 else most + 1
    if not 1 <= value <= most:
        machine.problem("out-of-scale", end - len(spelling), end, word=word, most=most)
        return 1000
    return value


def clause(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """Names after `after` or `before`."""
    return tuple(parts[1])


def keys(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """Names after `after` or `before`, in order."""
    return tuple([component(part) for part in separated(parts)])


# Checks


def assert_(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`assert c else "message"`"""
    return ("assert", start, end, parts[1], parts[3])


def warn(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`warn "message"`"""
    return ("warn", start, end, parts[1])


def expect(parts: list[Any], start: int, end: int, machine: Machine) -> Node:
    """`expect error "code" at p`, `expect warning "code" at p`"""
    code = parts[2]
    where = parts[4][0] if parts[4] else None
    return ("expect", start, end, plain_text(code, machine), code[1], where, parts[1])
