"""After a token that does not fit: say what is wrong, find a place to go on, go on."""

from __future__ import annotations

from evaluator.syntax import errors
from evaluator.syntax.expected import accepted
from evaluator.syntax.failure import Failure, first_on_line, looks_like_statement
from evaluator.syntax.habits import recognize
from evaluator.syntax.lexer import next_token
from evaluator.syntax.machine import END

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.diagnostics.model import Diagnostic, Sink
    from evaluator.source import Source
    from evaluator.syntax.habits.habit import Habit
    from evaluator.syntax.machine import Machine

MOST = 20
_MOST_STOPS = 500  # habits are told once, however often they stop the machine
_MOST_SKIPPED = 200_000  # tokens looked at for a place to go on


def report(source: Source, sink: Sink, machine: Machine, *, complete: bool) -> None:
    """Put everything wrong with the text into the sink; `machine` has just stopped."""
    nul = source.text.find("\0")
    if nul >= 0:
        sink.report(errors.not_text(source, nul))
        return
    found: list[Diagnostic] = []
    groups: dict[str, list[Habit]] = {}
    stops = 0
    told_to = 0  # what has been told is not read again, even if a later habit began before it
    while not complete and len(found) < MOST and stops < _MOST_STOPS:
        stops += 1
        failure = Failure(source, machine)
        habit = recognize(failure)
        if habit is not None or not _follows_reserved_word(machine):
            if habit is None:
                found.append(errors.unexpected(failure))
            elif habit.group in groups:
                groups[habit.group].append(habit)
            else:
                same = [habit]
                if habit.group:
                    groups[habit.group] = same
                found.append(errors.habit(source, same))
            if habit is not None:
                # told of the same words already, and less well
                told = (habit.start, habit.end)
                machine.problems = [each for each in machine.problems if each[1:3] != told]
            if habit is not None and _repair(machine, habit):
                told_to = machine.position = max(machine.position, told_to)
                complete = machine.run() is not None
                continue
        if not _resume(machine, failure):
            break
        told_to = machine.position
        complete = machine.run() is not None
    for same in groups.values():
        errors.complete_group(source, same, found)
    machine.problems.sort(key=lambda one: one[1])
    for kind, start, end, facts in machine.problems[:MOST]:
        found.append(errors.problem(source, kind, start, end, facts))
    found.sort(key=errors.place)
    for diagnostic in found[:MOST]:
        sink.report(diagnostic)


def _follows_reserved_word(machine: Machine) -> bool:
    """Whether the token before was refused already; what does not fit after it is no news."""
    for kind, _, end, _ in machine.problems[-1:]:
        return kind == "reserved-word" and end == machine.last_end
    return False


def _repair(machine: Machine, habit: Habit) -> bool:
    """Let the machine have read what was meant; False if that does not fit either."""
    if habit.offers is None:
        return False
    if habit.since is not None:
        keep = len(machine.starts)
        while keep and machine.starts[keep - 1] >= habit.since:
            keep -= 1
        del machine.states[keep + 1 :], machine.values[keep:], machine.starts[keep:]
    for term, spelling in habit.offers:
        if term not in accepted(machine):
            return False
        _shift(machine, term, spelling, habit.start, habit.end)
    machine.position = habit.go_on
    if habit.offers and habit.go_on > machine.found_end:
        machine.last_end = habit.go_on
    return True


def _shift(machine: Machine, term: str, value: str, start: int, end: int) -> None:
    """What the loop does with one token."""
    tables = machine.tables
    while True:
        act = tables.rows[machine.states[-1]][term]
        if act >= 0:
            machine.states.append(act)
            machine.values.append(value)
            machine.starts.append(start)
            machine.last_end = end
            return
        origin, size, slots, action = tables.rules[act]
        keep = len(machine.states) - size
        first = machine.starts[keep - 1] if size else machine.last_end
        parts = machine.values[keep - 1 :] if size else []
        del machine.states[keep:], machine.values[keep - 1 :], machine.starts[keep - 1 :]
        for slot in slots:
            parts.insert(slot, None)
        result = parts[0] if action is None else action(parts, first, machine.last_end, machine)
        machine.values.append(result)
        machine.starts.append(first)
        machine.states.append(tables.gotos[machine.states[-1]][origin])


def _resume(machine: Machine, failure: Failure) -> bool:
    """Drop the broken statement and move to the next one; False if there is none."""
    text = machine.text
    error = failure.start
    if failure.swallowed is not None:
        machine.found_start = failure.swallowed
    position, shrunk = _back_to_items(machine)
    if failure.term in ("RBRACE", "RSQB", "RPAR") and failure.opener is None:
        machine.position = failure.end
        return True
    in_braces = "LBRACE" in (machine.tables.entries[state] for state in machine.states)
    depth = 0
    is_first = first_on_line(text, position)
    for _ in range(_MOST_SKIPPED):
        term, start, end = next_token(text, position, machine.tables)
        if term == END:
            return False
        fresh = start > error or shrunk
        is_first = is_first or text.find("\n", position, start) >= 0
        if fresh and not depth and is_first and looks_like_statement(text, start):
            break
        is_first = False
        if term in ("LPAR", "LSQB", "LBRACE"):
            depth += 1
        elif term in ("RPAR", "RSQB", "RBRACE") and depth:
            depth -= 1
        elif term == "RBRACE" and fresh and in_braces:
            break
        position = end
    else:
        return False
    machine.position = machine.last_end = start
    return True


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
