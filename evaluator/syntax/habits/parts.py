"""Parts of statements and values that other languages join or mark otherwise.

Most of these read well until the next statement begins, so the place is found by looking back.
"""

from __future__ import annotations

import re

from evaluator.syntax.habits.habit import Habit, closing_bracket, expression_end, head_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.syntax.failure import Failure

_MESSAGE = re.compile(r"[ \t]*assert\b[^\n]*?([ \t]*,[ \t]*)\"[^\n]*\Z")
_DEFAULT = re.compile(r"\b(?:option|accepts|computed)\b[^=\n]*:[^=\n]*?[ \t](default)\b([^=\n]*)\Z")
_TRUTH = re.compile(r"=[ \t]*(#(t|f|true|false))[ \t]*\r?(?=\n|\Z)")
_CHOSEN = re.compile(r"[ \t]*([\w.-]+)[ \t]*=[ \t]*\Z")
_HOLE = re.compile(r"\{([\w.]+)\}")
_MARKED = re.compile(r"[ \t]*(?:(?:option|accepts|computed)[ \t]+)?[\w.-]+\Z")


def message_after_comma(f: Failure) -> Habit | None:
    """`assert c, "message"`: the message was read as a statement of its own."""
    string, start = head_text(f)
    if not string.startswith('"') or f.term in ("EQUAL", "LBRACE", "DOT"):
        return None
    line = f.text.rfind("\n", 0, start) + 1
    found = _MESSAGE.match(f.text, line, f.machine.last_end)
    if found is None or found.end(1) != start:
        return None
    return Habit(
        f,
        "The message of an `assert` follows after `else`",
        place=found.span(1),
        help="write `else`",
        edit=(*found.span(1), " else "),
        offers=(),
        since=start,
        go_on=f.start,
        group="assert-message",
    )


def default_word(f: Failure) -> Habit | None:
    """`option b: string default "x"`: read as a definition of its own."""
    found = _DEFAULT.search(f.before)
    if found is None or f.term in ("EQUAL", "LBRACE", "DOT"):
        return None
    start = f.machine.last_end - len(f.before) + found.start(1)
    if found[2].strip() and not f.is_first and f.term != "$END":
        return None
    goes_on = f.start if found[2].strip() else expression_end(f, f.start)
    return Habit(
        f,
        "The default of an option stands after `=`",
        place=(start, start + len("default")),
        help="write `=`",
        edit=(start, start + len("default"), "="),
        offers=(),
        since=start,
        go_on=goes_on,
        group="default-word",
    )


def missing_else(f: Failure) -> Habit | None:
    """`x = if c then 2`, and no `else`."""
    if "ELSE" not in f.accepted or not (
        f.is_first or f.term in ("$END", "RBRACE", "COMMA", "RSQB", "RPAR")
    ):
        return None
    machine = f.machine
    entries = [machine.tables.entries[state] for state in machine.states]
    if "THEN" not in entries:
        return None
    at = len(entries) - 1 - entries[::-1].index("THEN")
    while entries[at] != "IF" and at > 0:
        at -= 1
    start = machine.starts[at - 1]
    return Habit(
        f,
        "A value that is chosen by `if` needs an `else`",
        place=(start, machine.last_end),
        help="write `else …`, or put `when … { }` around the definition",
        offers=(("ELSE", "else"), ("NULL", "null")),
        go_on=f.start,
        group="missing-else",
    )


def when_value(f: Failure, start: int) -> Habit | None:
    """`x = when c { v }`: `when` was read as a name."""
    end = start + len("when")
    line = f.text[f.text.rfind("\n", 0, start) + 1 : start]
    if f.text[start:end] != "when" or not line.rstrip().endswith("="):
        return None
    opener = f.text.find("{", end, end + 300)
    close = closing_bracket(f, opener) if opener >= 0 else -1
    if close < 0 or "\n" in f.text[end:opener]:
        return None
    edit = None
    head = _CHOSEN.match(line)
    value = f.text[opener + 1 : close].strip()
    rest = f.text[close + 1 : close + 100].lstrip()
    if head and value and not set("={}\n") & set(value) and not rest.startswith("else"):
        condition = f.text[end:opener].strip()
        better = f"when {condition} {{ {head[1]} = {value} }}"
        edit = (start - len(line) + head.start(1), close + 1, better)
    other = re.compile(r"\s*else\s*(?=\{)").match(f.text, close + 1, close + 100)
    last = closing_bracket(f, other.end()) if other else close
    return Habit(
        f,
        "`when` stands around statements; a value is chosen by `if … then … else …`",
        place=(start, end),
        help="write `when … { }` around the definition",
        edit=edit,
        offers=(),
        since=end,
        go_on=max(close, last) + 1,
        certain=False,
        group="when-value",
    )


def long_comparison(f: Failure) -> Habit | None:
    """`a === b` and `a !== b`."""
    sign = f.text[f.start - 2 : f.start]
    if f.term != "EQUAL" or sign not in ("==", "!="):
        return None
    return Habit(
        f,
        f"Values are compared with `{sign}`",
        place=(f.start - 2, f.end),
        help=f"write `{sign}`",
        edit=(f.start - 2, f.end, sign),
        offers=(),
        group="long-comparison",
    )


def items_in_parentheses(f: Failure) -> Habit | None:
    """`x in (1, 2)`."""
    if f.term != "COMMA" or not f.opener or f.opener[0] != "(" or "RPAR" not in f.accepted:
        return None
    opener = f.opener[1]
    before = f.text[max(0, opener - 20) : opener].rstrip()
    close = closing_bracket(f, opener)
    after = f.text[close + 1 : close + 20].lstrip()
    if close < 0 or after.startswith(("=>", "->", ":")):
        return None
    if not (before.endswith("=") or re.search(r"\bin\Z", before)):
        return None
    return Habit(
        f,
        "The items of a list stand in `[ ]`",
        place=(opener, close + 1),
        help="write `[` and `]`",
        edit=(opener, opener + 1, "["),
        more_edits=((close, close + 1, "]"),),
        offers=(),
        go_on=close,
        group="items",
    )


def scheme_truth(f: Failure, end: int, *, is_read: bool) -> Habit | None:
    """`#t` and `#f`, which were read as comments; what stands at `end` as the value.

    `is_read` says that this is a value already, with which nothing more can be done.
    """
    for found in _TRUTH.finditer(f.text, max(0, end - 500), end):
        if f.text[found.end() : end].strip():
            continue
        word = "true" if found[2][0] == "t" else "false"
        return Habit(
            f,
            f"`#` begins a comment; a truth value is written `{word}`",
            place=found.span(1),
            help=f"write `{word}`",
            edit=(*found.span(1), word),
            offers=() if is_read else ((word.upper(), word),),
            since=end,
            go_on=end,
            group=f"scheme-{word}",
        )
    return None


def misread(f: Failure) -> Habit | None:
    """What went wrong at a word of the language, or at the next line, that was read as a value."""
    if f.swallowed is not None:
        return scheme_truth(f, f.swallowed, is_read=False)
    if f.machine.problems and f.machine.problems[-1][0] == "reserved-word":
        start = f.machine.problems[-1][1]
        habit = when_value(f, start) or scheme_truth(f, start, is_read=True)
        if habit is not None:
            f.machine.problems.pop()
        return habit
    if f.term == "$END" and f.last_entry == "EQUAL":
        return scheme_truth(f, f.start, is_read=False)
    return None


def alternatives_in_parentheses(f: Failure) -> Habit | None:
    """`option x: (int | string)?`."""
    if f.term != "LPAR" or f.last_entry != "COLON" or not {"NAME", "NULL"} <= f.accepted:
        return None
    close = closing_bracket(f, f.start)
    if close < 0 or "[" in f.text[f.start : close] or "|" not in f.text[f.start : close]:
        return None
    end = close + 1 + f.text.startswith("?", close + 1)
    inner = f.text[f.end : close].strip()
    better = inner if end == close + 1 else f"{inner} | null"
    return Habit(
        f,
        "Alternatives of a type stand without parentheses",
        place=(f.start, end),
        help=f"write `{better}`",
        edit=(f.start, end, better),
        offers=(("NAME", "any"),),
        go_on=end,
        group="alternatives",
    )


def scheme_form(f: Failure) -> Habit | None:
    """`(service …)` where a statement begins."""
    if f.term != "LPAR" or "AT_SIGN" not in f.accepted or not f.is_first:
        return None
    close = closing_bracket(f, f.start)
    return Habit(
        f,
        "Statements are not written in parentheses as in Scheme",
        help="a service is set as `name { field = value }`, one field as `name.field = value`",
        offers=(),
        go_on=len(f.text) if close < 0 else close + 1,
        group="scheme-form",
    )


def question_mark(f: Failure) -> Habit | None:
    """`x11-forwarding?` as a name."""
    if f.term != "QMARK" or f.start != f.machine.last_end or not _MARKED.match(f.before):
        return None
    return Habit(
        f,
        "Names do not end with `?`",
        help="leave `?` out; an option that may be null has a `?` after its type",
        edit=(f.start, f.end, ""),
        offers=(),
        group="question-mark",
    )


def formatted_string(f: Failure) -> Habit | None:
    """`f"a {b}"`: the string was read as a statement of its own."""
    string, start = head_text(f)
    if not string.startswith('"') or f.term in ("EQUAL", "LBRACE", "DOT"):
        return None
    if f.text[start - 1 : start] != "f" or f.text[start - 2 : start - 1] not in " \t=([,":
        return None
    end = start + len(string)
    return Habit(
        f,
        "Every string can have holes, which are written `#{…}`",
        place=(start - 1, end),
        help="write the string without `f`, and its holes with `#`",
        edit=(start - 1, end, _HOLE.sub(r"#{\1}", string)),
        offers=(),
        since=start,
        go_on=f.start,
        group="formatted-string",
    )
