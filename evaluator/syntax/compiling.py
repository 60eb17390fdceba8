"""From `grammar/vcfg.lark` to parse tables as plain data; the only place that loads Lark.

The result is made of dict, list, tuple, str and int alone, so it can be stored and loaded
without executing anything. Its keys:

`rows`      per state: terminal → next state (shift, >= 0) or rule index (reduce, < 0)
`gotos`     per state: nonterminal → next state
`entries`   per state: the symbol that leads into it
`modes`     per state: which lexer goes on there: `CODE`, `STRING` or `TEXT`
`rules`     (nonterminal, size, empty slots, action name or "" for "hand the only part through"),
            last first, so that the negative numbers of `rows` index it
`patterns`  per mode: (terminal, regular expression) in the order in which they are tried
`words`     spelling → terminal, of everything that is spelt like a name
`signs`     spelling → terminal, of operators and brackets
`hard`      spellings that cannot be names
`start`, `end`  the first state, and the one in which a file is complete
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from lark import Lark
    from lark.grammar import Rule
    from lark.lexer import TerminalDef

CODE, STRING, TEXT = 0, 1, 2
START = "file"
NAME = "NAME"
END = "$END"
_STRING_TOKENS = frozenset(["STRING_CHARS", "ESCAPE", "STRING_END"])
_TEXT_TOKENS = frozenset(["TEXT_CHARS", "TEXT_END"])
_IN_STRINGS = {STRING: (*sorted(_STRING_TOKENS), "HOLE"), TEXT: (*sorted(_TEXT_TOKENS), "HOLE")}


class _NameEverywhere:
    """Makes Lark's lexer read `inside` as one name even where only `in` may stand."""

    always_accept = (NAME,)

    def process(self, stream: Any) -> Any:
        return stream


def lark_parser(grammar: str, *, strict: bool = False) -> Lark:
    """Lark's own parser of the grammar; `strict` refuses every conflict of rules or tokens."""
    from lark import Lark

    postlex: Any = _NameEverywhere()
    return Lark(
        grammar,
        parser="lalr",
        lexer="contextual",
        start=START,
        keep_all_tokens=True,
        maybe_placeholders=True,
        postlex=postlex,
        strict=strict,
    )


def compile_grammar(grammar: str) -> dict[str, Any]:
    """Tables of the grammar, as the module says."""
    lark = lark_parser(grammar)
    tables = _automaton(lark)
    terminals = {terminal.name: terminal for terminal in lark.terminals}
    words, signs = _spellings(terminals.values(), terminals[NAME])
    tables["words"] = words
    tables["signs"] = signs
    tables["hard"] = _words_of(lark.rules, "hard", terminals)
    tables["patterns"] = _patterns(terminals, words, signs)
    return tables


def slots_of(rule: Rule) -> tuple[int, ...]:
    """Where a rule's parts get empty slots: positions for `insert`, in order."""
    marks = rule.options.empty_indices
    return tuple(index for index, empty in enumerate(marks) if empty)


def action_of(rule: Rule) -> str:
    """Name of a rule's action, "" where its only part is handed through."""
    origin = str(rule.origin.name)
    if rule.alias:
        return str(rule.alias)
    if origin.startswith("__"):  # a repetition that Lark made a rule of
        return "repeat_more" if rule.expansion[0] == rule.origin else "repeat_first"
    if rule.options.expand1 and len(rule.expansion) == 1 and not slots_of(rule):
        return ""
    return origin


def _automaton(lark: Lark) -> dict[str, Any]:
    from lark.parsers.lalr_analysis import Shift

    parsing: Any = lark.parser
    table = parsing.parser._parse_table  # noqa: SLF001 — Lark has no public way to its tables
    index = {rule: number for number, rule in enumerate(lark.rules)}
    rows: list[dict[str, int]] = [{} for _ in table.states]
    gotos: list[dict[str, int]] = [{} for _ in table.states]
    entries = [""] * len(rows)
    for state, actions in table.states.items():
        for symbol, (action, target) in actions.items():
            if action is not Shift:
                rows[state][str(symbol)] = -1 - index[target]
                continue
            is_terminal = symbol == END or symbol in lark._terminals_dict  # noqa: SLF001
            (rows if is_terminal else gotos)[state][str(symbol)] = target
            entries[target] = str(symbol)
    rules = [
        (str(rule.origin.name), len(rule.expansion), slots_of(rule), action_of(rule))
        for rule in reversed(lark.rules)
    ]
    _shorten(rows, gotos, rules)
    return {
        "rows": rows,
        "gotos": gotos,
        "entries": entries,
        "modes": [_mode(row) for row in rows],
        "rules": rules,
        "start": table.start_states[START],
        "end": table.end_states[START],
    }


def _shorten(
    rows: list[dict[str, int]],
    gotos: list[dict[str, int]],
    rules: list[tuple[str, int, tuple[int, ...], str]],
) -> None:
    """Let gotos skip the states that only hand their one part through, whatever follows.

    Tokens are read after shifts, never after gotos, so no word is read differently for it.
    """
    through: dict[int, str] = {}
    for state, row in enumerate(rows):
        acts = set(row.values())
        if len(acts) == 1 and not gotos[state]:
            act = acts.pop()
            if act < 0 and rules[act][1] == 1 and not rules[act][3]:
                through[state] = rules[act][0]
    for goto in gotos:
        for symbol, target in goto.items():
            final = target
            while final in through:
                final = goto[through[final]]
            goto[symbol] = final


def _mode(row: dict[str, int]) -> int:
    if not _STRING_TOKENS.isdisjoint(row):
        return STRING
    return CODE if _TEXT_TOKENS.isdisjoint(row) else TEXT


def _spellings(
    terminals: Iterable[TerminalDef], name: TerminalDef
) -> tuple[dict[str, str], dict[str, str]]:
    words: dict[str, str] = {}
    signs: dict[str, str] = {}
    is_name = re.compile(name.pattern.to_regexp()).fullmatch
    in_strings = {terminal for group in _IN_STRINGS.values() for terminal in group}
    for terminal in terminals:
        if terminal.name in in_strings:
            continue
        if terminal.pattern.type == "str":
            spelling = terminal.pattern.value
            (words if is_name(spelling) else signs)[spelling] = terminal.name
    return words, signs


def _words_of(
    rules: Iterable[Rule], origin: str, terminals: dict[str, TerminalDef]
) -> tuple[str, ...]:
    found = [
        str(terminals[rule.expansion[0].name].pattern.value)
        for rule in rules
        if rule.origin.name == origin
    ]
    return tuple(sorted(found))


def _patterns(
    terminals: dict[str, TerminalDef], words: dict[str, str], signs: dict[str, str]
) -> tuple[tuple[tuple[str, str], ...], ...]:
    spelt = {*words.values(), *signs.values(), "SPACE"}
    in_strings = {terminal for group in _IN_STRINGS.values() for terminal in group}
    code = [t for t in terminals.values() if t.name not in spelt and t.name not in in_strings]
    code.sort(key=lambda t: (-t.priority, t.name != NAME))
    longest_first = sorted(signs, key=lambda spelling: (-len(spelling), spelling))
    signs_pattern = "|".join(re.escape(spelling) for spelling in longest_first)
    listed = [(t.name, t.pattern.to_regexp()) for t in code]
    after_name = 1 + [name for name, _ in listed].index(NAME)
    listed.insert(after_name, ("", signs_pattern))
    return (
        tuple(listed),
        *(
            tuple((name, terminals[name].pattern.to_regexp()) for name in _IN_STRINGS[mode])
            for mode in (STRING, TEXT)
        ),
    )
