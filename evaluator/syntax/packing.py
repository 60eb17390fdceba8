"""Parse tables as a text to ship, `grammar/tables.json`, so that nobody waits for Lark.

The text says of which grammar they are. States are numbered in the order in which they are
reached from the first one, terminals in alphabetical order: one grammar has one text. What
may follow a rule is the same in many states, so a row is two lists: of its shifts, and of its
reductions with the number of a set of terminals.

    python -m evaluator.syntax.packing     writes the text anew after the grammar was changed
"""

from __future__ import annotations

import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

NAME = "tables.json"


def pack(tables: dict[str, Any], grammar: str) -> str:
    """The text of tables; `grammar` is the fingerprint of what they are of."""
    rows, gotos = tables["rows"], tables["gotos"]
    order = _reached(rows, gotos, tables["start"])
    number = {state: index for index, state in enumerate(order)}
    terminals = sorted({term for row in rows for term in row})
    index = {term: at for at, term in enumerate(terminals)}
    sets: dict[tuple[int, ...], int] = {}
    states = []
    for state in order:
        shifts: list[int] = []
        follow: dict[int, list[int]] = {}
        for term, act in sorted(rows[state].items()):
            if act >= 0:
                shifts += (index[term], number[act])
            else:
                follow.setdefault(act, []).append(index[term])
        reductions: list[int] = []
        for act, terms in sorted(follow.items()):
            reductions += (act, sets.setdefault(tuple(terms), len(sets)))
        targets = {symbol: number[to] for symbol, to in sorted(gotos[state].items())}
        states.append(
            [tables["entries"][state], tables["modes"][state], shifts, reductions, targets]
        )
    lists = {
        "terminals": [terminals],
        "sets": list(sets),
        "states": states,
        "rules": tables["rules"],
    }
    parts = [f'"grammar": {json.dumps(grammar)}']
    for key in ("words", "signs", "hard", "patterns"):
        parts.append(f'"{key}": {json.dumps(tables[key])}')
    for key in ("start", "end"):
        parts.append(f'"{key}": {number[tables[key]]}')
    for key, lines in lists.items():
        listed = ",\n".join([json.dumps(line, separators=(",", ":")) for line in lines])
        parts.append(f'"{key}": [\n{listed}\n]')
    return "{\n" + ",\n".join(parts) + "\n}\n"


def unpack(text: str, grammar: str) -> dict[str, Any] | None:
    """Tables as `compiling` describes them; None if they are of another grammar."""
    data: dict[str, Any] = json.loads(text)
    if data["grammar"] != grammar:
        return None
    terminals = data["terminals"][0]
    sets = [[terminals[at] for at in terms] for terms in data["sets"]]
    rows: list[dict[str, int]] = []
    for _, _, shifts, reductions, _ in data["states"]:
        row: dict[str, int] = {}
        for at in range(0, len(reductions), 2):
            row.update(dict.fromkeys(sets[reductions[at + 1]], reductions[at]))
        for at in range(0, len(shifts), 2):
            row[terminals[shifts[at]]] = shifts[at + 1]
        rows.append(row)
    states = data["states"]
    return {
        "rows": rows,
        "gotos": [state[4] for state in states],
        "entries": [state[0] for state in states],
        "modes": [state[1] for state in states],
        **{key: data[key] for key in ("rules", "words", "signs", "hard", "patterns")},
        **{key: data[key] for key in ("start", "end")},
    }


def _reached(rows: list[dict[str, int]], gotos: list[dict[str, int]], start: int) -> list[int]:
    """States as they are reached; what `compiling` made unreachable is left out."""
    order = [start]
    seen = {start}
    for state in order:
        targets = [rows[state][term] for term in sorted(rows[state])]
        targets += [gotos[state][symbol] for symbol in sorted(gotos[state])]
        for target in targets:
            if target >= 0 and target not in seen:
                seen.add(target)
                order.append(target)
    return order


def main() -> None:
    """Write the text for the grammar as it is now."""
    import os

    from evaluator import resources
    from evaluator.syntax.compiling import compile_grammar
    from evaluator.syntax.tables import grammar_fingerprint

    grammar = resources.text("grammar", "vcfg.lark")
    text = pack(compile_grammar(grammar), grammar_fingerprint(grammar))
    with open(os.path.join(resources.path("grammar"), NAME), "w", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    main()
