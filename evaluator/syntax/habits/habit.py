"""What a habit is: a mistake people bring along from elsewhere, found at one place of a text."""

from __future__ import annotations

from evaluator.diagnostics.model import Edit
from evaluator.syntax.lexer import tokens

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from evaluator.syntax.failure import Failure

    Offers = tuple[tuple[str, str], ...]

A_STRING: Offers = (("PLAIN_STRING", '""'),)
"""Offered where some text was meant to be a string."""
BEFORE_EXPRESSION = frozenset(
    [
        *("EQUAL", "LSQB", "LPAR", "COMMA", "COLON", "HOLE", "THEN", "ELSE", "WHEN", "IF", "IN"),
        *("ASSERT", "WARN", "WHERE", "EACH"),
    ]
)
OPENERS = ("LPAR", "LSQB", "LBRACE")
CLOSERS = ("RPAR", "RSQB", "RBRACE")
MOST_TOKENS = 400  # of an expression that is looked through


class Habit:
    """One of them, found: its sentence and place, help, edits, and how to read on.

    To read on, what was read from `since` on is taken off the stack (nothing if None), `offers`
    (terminal, spelling) are taken for read, and reading goes on at `go_on`; with `offers` None
    nothing can be repaired. Habits of one `group` in a file are told once, by the first. The edits
    are `certain` where they say what was written and nothing else.
    """

    __slots__ = (
        *("certain", "code", "edits", "end", "go_on", "group"),
        *("help", "message", "offers", "since", "start"),
    )

    def __init__(
        self,
        failure: Failure,
        message: str,
        *,
        place: tuple[int, int] | None = None,
        help: str = "",
        edit: tuple[int, int, str] | None = None,
        more_edits: Sequence[tuple[int, int, str]] = (),
        offers: Offers | None = None,
        go_on: int | None = None,
        since: int | None = None,
        group: str = "",
        code: str = "syntax-error",
        certain: bool = True,
    ) -> None:
        self.certain = certain
        self.code = code
        self.since = since
        self.message = message
        self.start, self.end = place or (failure.start, failure.end)
        self.help = help
        edits = (*((edit,) if edit is not None else ()), *more_edits)
        self.edits = tuple(Edit(failure.span(start, end), text) for start, end, text in edits)
        self.offers = offers
        self.go_on = failure.end if go_on is None else go_on
        self.group = group


def sign(f: Failure, wrong: str, message: str, right: str, term: str) -> Habit:
    """A sign or word `wrong` stands here for the terminal `term`, spelt `right`."""
    end = f.start + len(wrong)
    return Habit(
        f,
        message,
        place=(f.start, end),
        help=f"write `{right.strip()}`",
        edit=(f.start, end, right),
        offers=((term, right.strip()),),
        go_on=end,
        group=message,
    )


def head_text(f: Failure) -> tuple[str, int]:
    """The path of one part with which a statement began just before, and its place; or ""."""
    machine = f.machine
    tables = machine.tables
    if len(machine.states) < 2 or "statement" not in tables.gotos[machine.states[-2]]:
        return "", 0
    start = machine.starts[-1]
    if machine.last_end - start > 200 or "EQUAL" not in f.accepted:
        return "", 0
    return f.text[start : machine.last_end], start


def head_word(f: Failure) -> tuple[str, int]:
    """The same if that part is a name."""
    word, start = head_text(f)
    return (word, start) if word.replace("-", "_").isidentifier() else ("", 0)


def after_value(f: Failure) -> bool:
    """Whether an expression could end before this place."""
    return "PLUS" in f.accepted or f.last_entry == "expr"


def line_start(f: Failure) -> int:
    """Where the line begins, at most 500 characters before this place."""
    position = f.text.rfind("\n", max(0, f.start - 500), f.start)
    return position + 1 if position >= 0 else max(0, f.start - 500)


def expression_start(f: Failure) -> int:
    """Where the expression begins whose operand was read just before."""
    machine = f.machine
    index = len(machine.states) - 1
    while index > 1 and machine.tables.entries[machine.states[index - 1]] not in BEFORE_EXPRESSION:
        index -= 1
    return machine.starts[index - 1] if index else f.start


def expression_end(f: Failure, position: int, stop: str = "") -> int:
    """Where an expression ends that goes on here: at a line end, `,`, a closing bracket.

    It also ends before the terminal `stop`, or before the word `stop`.
    """
    text = f.text
    depth = 0
    end = position
    for count, (term, start, after) in enumerate(tokens(text, f.machine.tables, position)):
        if not depth:
            if count > MOST_TOKENS or text.find("\n", end, start) >= 0:
                break
            if term in ("COMMENT", "DOC", "FILE_DOC", "COMMA", *CLOSERS) or text[start] == ";":
                break
            if stop and stop in (term, text[start:after]):
                break
        if term in OPENERS:
            depth += 1
        elif term in CLOSERS:
            depth -= 1
        end = after
        if count > 10 * MOST_TOKENS:
            break
    return end


def closing_bracket(f: Failure, opener: int) -> int:
    """The place of the bracket that closes the one at `opener`, -1 if there is none nearby."""
    depth = 0
    for count, (term, start, _) in enumerate(tokens(f.text, f.machine.tables, opener)):
        if term in OPENERS:
            depth += 1
        elif term in CLOSERS:
            depth -= 1
            if not depth:
                return start
        if count > 10 * MOST_TOKENS:
            break
    return -1


def block_end(text: str, start: int) -> int:
    """Where a block by indentation ends whose first line holds `start`.

    Lists of YAML need not be indented, and what goes on with `else` belongs to it.
    """
    line = text.rfind("\n", 0, start) + 1
    width = _indent(text, line)
    position = text.find("\n", start)
    end = len(text) if position < 0 else position
    while position >= 0:
        line = position + 1
        position = text.find("\n", line)
        body_start = line + _indent(text, line)
        body = text[body_start : body_start + 5]
        is_inside = body_start - line > width or (
            body_start - line == width and body.startswith(("- ", "else:", "elif "))
        )
        if body.strip() and not is_inside:
            break
        if body.strip():
            end = len(text) if position < 0 else position
    return end


def _indent(text: str, line: int) -> int:
    position = line
    while position < len(text) and text[position] in " \t":
        position += 1
    return position - line
