"""What could stand at a place, in words: "an expression", "`=` or `{`", "a name"."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.syntax.machine import Machine
    from evaluator.syntax.tables import Tables

_OPERATORS = frozenset(
    [
        *("COALESCE", "OR", "AND", "EQUALS", "DIFFERS", "AT_MOST", "AT_LEAST", "LESS", "MORE"),
        *("IN", "RANGE", "CONCAT", "PLUS", "MINUS", "STAR", "SLASH", "PERCENT"),
    ]
)
_POSTFIX = frozenset(["DOT", "LPAR", "LSQB"])
_STRINGS = frozenset(["PLAIN_STRING", "QUOTE"])
_VALUES = frozenset(
    [
        *("NAME", "INT", "FLOAT", "MODE", "DURATION", "SIZE", "RAW", "TRUE", "FALSE", "NULL"),
        *("PLAIN_STRING", "QUOTE", "TEXT_QUOTE", "LPAR", "LSQB", "LBRACE", "NOT", "MINUS", "IF"),
    ]
)
_TYPES = frozenset(
    ["NAME", "PLAIN_STRING", "QUOTE", "RAW", "INT", "FLOAT", "MINUS", "TRUE", "FALSE", "NULL"]
)
_PATH_GOES_ON = frozenset(["DOT", "AFTER", "BEFORE"])
_IN_TEXT = frozenset(["STRING_CHARS", "TEXT_CHARS", "ESCAPE", "HOLE"])
_SPOKEN = {
    "$END": "the end of the file",
    "NAME": "a name",
    "INT": "a whole number",
    "FLOAT": "a number",
    "RAW": "a string",
    "PLAIN_STRING": "a string",
    "QUOTE": "a string",
    "TEXT_QUOTE": "a text block",
    "STRING_END": '`"`',
    "TEXT_END": '`"""`',
    "DOC": "documentation",
    "FILE_DOC": "documentation",
}
_MOST = 4


def accepted(machine: Machine) -> set[str]:
    """Terminals that the machine would really shift now."""
    return _accepted(machine.states, machine.tables)


def accepted_after(machine: Machine, term: str) -> set[str]:
    """Terminals that it would shift if `term` came first; none if that cannot come."""
    states = _shifted(machine.states, term, machine.tables)
    return _accepted(states, machine.tables) if states else set()


def in_words(terms: set[str], machine: Machine) -> list[str]:
    """What the terminals are called by people, the most telling first, at most four."""
    left = set(terms)
    words: list[str] = []
    every_word = set(machine.tables.words.values())
    if "TEXT_QUOTE" in left:
        words.append("an expression")
        left -= _VALUES
        left -= {"RANGE"}
    elif {"NULL", "MINUS", "RAW"} <= left:
        words.append("a type")
        left -= _TYPES
        left -= {"RANGE"}
    if "AT_SIGN" in left:
        words.append("a statement")
        left -= every_word | _STRINGS | {"NAME", "AT_SIGN", "DOC", "FILE_DOC", "COMMA", "$END"}
    elif {"THEN", "WARN", "NAME"} <= left:
        words.append("a name")
        left -= every_word | _STRINGS | {"NAME", "STAR"}
    elif "NAME" in left:
        words.append("a name")
        left -= {*(every_word - _hard(machine)), "NAME"}
    if {"PLUS", "OR"} <= left:
        words.append("an operator")
        left -= _OPERATORS | _POSTFIX
    if left & {"EQUAL", "LBRACE"} or words:
        left -= _PATH_GOES_ON
    left -= _IN_TEXT
    spellings = {term: spelling for spelling, term in machine.tables.words.items()}
    spellings |= {term: spelling for spelling, term in machine.tables.signs.items()}
    for term in sorted(left):
        spoken = _SPOKEN.get(term)
        if spoken is None:
            spoken = f"`{spellings.get(term, term)}`"
        if spoken not in words:
            words.append(spoken)
    return words[:_MOST]


def either(words: list[str]) -> str:
    """`a`, `b` or `c`."""
    if len(words) < 2:
        return words[0] if words else "nothing"
    return f"{', '.join(words[:-1])} or {words[-1]}"


def _hard(machine: Machine) -> set[str]:
    return {machine.tables.words[word] for word in machine.tables.hard}


def _accepted(states: list[int], tables: Tables) -> set[str]:
    return {term for term in tables.rows[states[-1]] if _shifted(states, term, tables)}


def _shifted(states: list[int], term: str, tables: Tables) -> list[int] | None:
    """The stack of states after reading a terminal, None if it does not fit."""
    states = states[:]
    while True:
        act = tables.rows[states[-1]].get(term)
        if act is None:
            return None
        if act >= 0:
            states.append(act)
            return states
        origin, size, _, _ = tables.rules[act]
        if size:
            del states[-size:]
        states.append(tables.gotos[states[-1]][origin])
        if term == "$END" and states[-1] == tables.end:
            return states
