"""The loop: reads tokens as the state allows them, shifts and reduces, builds the tree.

It is contextual exactly as Lark's lexer and parser are: what a word is depends on what may
stand there. A machine stops at the first token that fits nowhere and keeps its stacks, so
that somebody else may say what is wrong, repair them, and let it run on.
"""

from __future__ import annotations

from sys import intern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.syntax.tables import Tables

    Problem = tuple[str, int, int, dict[str, Any]]

CODE, STRING, TEXT = 0, 1, 2
END = "$END"
BYTE_ORDER_MARK = "\ufeff"


class Machine:
    """A parse under way. `problems` are findings that did not stop it: (kind, start, end, facts).

    After `run` returned None, `found` is the terminal that did not fit ("" if nothing could be
    read there), `found_start` and `found_end` its place.
    """

    __slots__ = (
        "found",
        "found_end",
        "found_start",
        "last_end",
        "position",
        "problems",
        "shifted",
        "starts",
        "states",
        "tables",
        "text",
        "too_deep",
        "values",
    )

    def __init__(self, text: str, tables: Tables) -> None:
        self.text = text
        self.tables = tables
        self.states: list[int] = [tables.start]
        self.values: list[Any] = []
        self.starts: list[int] = []
        self.position = 1 if text.startswith(BYTE_ORDER_MARK) else 0
        self.last_end = self.position
        self.problems: list[Problem] = []
        self.too_deep = False  # reported once
        # Every token read, as (terminal, start, end), if somebody wants them.
        self.shifted: list[tuple[str, int, int]] | None = None
        self.found = ""
        self.found_start = self.found_end = 0

    def problem(self, kind: str, start: int, end: int, **facts: Any) -> None:
        """Note something wrong that does not stop the parse; `errors` puts it into words."""
        self.problems.append((kind, start, end, facts))

    def run(self) -> Any:
        """Tree of the whole text, or None at the first token that does not fit."""
        tables = self.tables
        text = self.text
        rows, gotos, rules, modes = tables.rows, tables.gotos, tables.rules, tables.modes
        words, signs, hard = tables.words, tables.signs, tables.hard
        end_state = tables.end
        match = match_code = tables.matchers[CODE]
        names = code_names = tables.terminals[CODE]
        name_index = code_names.index("NAME")
        sign_index = name_index + 1
        states, values, starts = self.states, self.values, self.starts
        shifted = self.shifted
        position = self.position
        last_end = self.last_end
        row = rows[states[-1]]
        mode = modes[states[-1]]
        while True:
            # One token. Outside strings white space and comments may come first.
            if mode:
                match, names = tables.matchers[mode], tables.terminals[mode]
            else:
                match, names = match_code, code_names
            found = match(text, position)
            if found is None:
                start, term, value = self._unmatched(position, mode)
                if not term:
                    break
                position = start
            else:
                kind = found.lastindex or 0
                start, position = found.span(kind)
                value = found[kind]
                if mode:
                    term = names[kind]
                elif kind == name_index:
                    value = intern(value)  # one text for all files, found by identity
                    term = words.get(value, "NAME")
                    if term not in row and (value not in hard or "AT_SIGN" not in row):
                        # Only in its place is it a word; a hard one is refused as a name,
                        # and where a statement could begin it is the end of sense.
                        if value in hard and "NAME" in row:
                            self.problem("reserved-word", start, position, word=value, row=row)
                        term = "NAME"
                elif kind == sign_index:
                    term = signs[value]
                else:
                    term = names[kind]
                    if term not in row and value[0] == "#":
                        continue  # a comment
            if term == "EQUAL" and not self._takes_equal(row):
                self.position, self.last_end = position, last_end
                self.found, self.found_start, self.found_end = term, start, position
                return None
            # Reduce as long as the token asks for it, then shift it.
            while True:
                try:
                    act = row[term]
                except KeyError:
                    self.position, self.last_end = position, last_end
                    self.found, self.found_start, self.found_end = term, start, position
                    return None
                if act >= 0:
                    states.append(act)
                    values.append(value)
                    starts.append(start)
                    if shifted is not None:
                        shifted.append((term, start, position))
                    last_end = position
                    row = rows[act]
                    mode = modes[act]
                    break
                origin, size, slots, action = rules[act]
                if size == 1:
                    if action is not None:
                        parts = [values[-1]]
                        for slot in slots:
                            parts.insert(slot, None)
                        values[-1] = action(parts, starts[-1], last_end, self)
                    states[-1] = state = gotos[states[-2]][origin]
                else:
                    if size:
                        parts = values[-size:]
                        first = starts[-size]
                        del values[-size:], starts[-size:], states[-size:]
                    else:
                        parts = []
                        first = last_end
                    for slot in slots:
                        parts.insert(slot, None)
                    values.append(action(parts, first, last_end, self))
                    starts.append(first)
                    state = gotos[states[-1]][origin]
                    states.append(state)
                row = rows[state]
                if state == end_state and term == END:
                    return values[-1]
        self.position, self.last_end = position, last_end
        self.found, self.found_start, self.found_end = "", start, start
        return None

    def _takes_equal(self, row: dict[str, int]) -> bool:
        """Whether `=` is going to be shifted, found out without building anything.

        It may follow an expression (`option x: T as U by e = d`), so LALR tables reduce every
        expression before they see that it does not fit; what is wrong is told from before that.
        """
        act = row.get("EQUAL")
        if act is None or act >= 0:
            return act is not None
        tables = self.tables
        rows, gotos, rules = tables.rows, tables.gotos, tables.rules
        depth = len(self.states)
        above: list[int] = []  # states that would be on top of the first `depth` ones
        while act < 0:
            origin, size, _slots, _action = rules[act]
            if size <= len(above):
                del above[len(above) - size :]
            else:
                depth -= size - len(above)
                above.clear()
            state = gotos[above[-1] if above else self.states[depth - 1]][origin]
            above.append(state)
            act = rows[state].get("EQUAL")
            if act is None:
                return False
        return True

    def _unmatched(self, position: int, mode: int) -> tuple[int, str, str]:
        """What stands where no token matches: the end of the text, or nothing we know."""
        if mode:
            return position, "", ""
        text = self.text
        size = len(text)
        while position < size and text[position] in " \t\r\n":
            position += 1
        return position, END if position == size else "", ""
