"""After a token that does not fit: say what is wrong, find a place to go on, go on."""

from __future__ import annotations

import re

from evaluator.syntax import errors
from evaluator.syntax.machine import CODE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.diagnostics.model import Diagnostic, Sink
    from evaluator.source import Source
    from evaluator.syntax.machine import Machine

MOST = 20
_KEY = r'(?:[A-Za-z_][A-Za-z0-9_-]*|"[^"\n]*")'
_STATEMENT = re.compile(
    r"(?:let|type|record|service|section|option|accepts|computed|extend|host|test|when|for"
    r"|import|disable|default|force|first|last|priority|remove|assert|warn|expect)"
    r'[ \t]+["A-Za-z_0-9(\[{*-]'
    r"|@[A-Za-z]"
    rf"|{_KEY}(?:\.(?:{_KEY}|\*))*[ \t]*(?:=(?!=)|\{{|(?:after|before)[ \t])"
)
_REST_OF_STRING = re.compile(r'"(?:[^"\\\n]|\\[^\n])*"?')


def report(source: Source, sink: Sink, machine: Machine, *, complete: bool) -> None:
    """Put everything wrong with the text into the sink; `machine` has just stopped."""
    found: list[Diagnostic] = []
    while not complete and len(found) < MOST:
        found.append(errors.unexpected(source, machine))
        if not resume(machine):
            break
        complete = machine.run() is not None
    for kind, start, end, facts in machine.problems:
        found.append(errors.problem(source, kind, start, end, facts))
    found.sort(key=errors.place)
    for diagnostic in found[:MOST]:
        sink.report(diagnostic)


def looks_like_statement(text: str, start: int) -> bool:
    """Whether a statement very likely begins here."""
    return _STATEMENT.match(text, start) is not None


def first_on_line(text: str, start: int) -> bool:
    """Whether only white space stands before this place on its line."""
    return not text[text.rfind("\n", 0, start) + 1 : start].strip(" \t\r\ufeff")


def resume(machine: Machine) -> bool:
    """Drop the broken statement and move to the next one; False if there is none."""
    text = machine.text
    error = machine.found_start
    position, shrunk = _back_to_items(machine)
    depth = 0
    at_file_level = machine.tables.gotos[machine.states[-1]].get("file") is not None or (
        len(machine.states) < 3 and "LBRACE" not in _entries(machine)
    )
    while True:
        term, start, end = _next_token(machine, position)
        if term == "$END":
            return False
        fresh = start > error or shrunk
        if fresh and not depth and first_on_line(text, start) and looks_like_statement(text, start):
            break
        if term in ("LPAR", "LSQB", "LBRACE"):
            depth += 1
        elif term in ("RPAR", "RSQB", "RBRACE") and depth:
            depth -= 1
        elif term == "RBRACE" and fresh and not at_file_level:
            break
        position = end
    machine.position = machine.last_end = start
    return True


def _entries(machine: Machine) -> list[str]:
    return [machine.tables.entries[state] for state in machine.states]


def _back_to_items(machine: Machine) -> tuple[int, bool]:
    """Pop the stacks to the innermost list of statements; where to look on, and if that helped."""
    gotos = machine.tables.gotos
    entries = machine.tables.entries
    keep = len(machine.states)
    while "item" not in gotos[machine.states[keep - 1]]:
        keep -= 1
    dropped = {entries[state] for state in machine.states[keep:]}
    del machine.states[keep:], machine.values[keep - 1 :], machine.starts[keep - 1 :]
    position = machine.found_start
    text = machine.text
    if "TEXT_QUOTE" in dropped:
        close = text.find('"""', position)
        position = len(text) if close < 0 else close + 3
    elif "QUOTE" in dropped:
        close = text.find("\n", position)
        position = len(text) if close < 0 else close
    return position, bool(dropped)


def _next_token(machine: Machine, position: int) -> tuple[str, int, int]:
    """A token for skipping over: what cannot be read is one character without a meaning."""
    text = machine.text
    found = machine.tables.matchers[CODE](text, position)
    if found is None:
        while position < len(text) and text[position] in " \t\r\n":
            position += 1
        return ("", position, position + 1) if position < len(text) else ("$END", position, position)
    kind = found.lastindex or 0
    start, end = found.span(kind)
    term = machine.tables.terminals[CODE][kind] or machine.tables.signs[found[kind]]
    if term == "QUOTE":
        rest = _REST_OF_STRING.match(text, start)
        end = rest.end() if rest else end
    elif term == "TEXT_QUOTE":
        close = text.find('"""', end)
        end = len(text) if close < 0 else close + 3
    return term, start, end
