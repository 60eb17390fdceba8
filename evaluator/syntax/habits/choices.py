"""Conditions, choices and loops as other languages write them."""

from __future__ import annotations

import re

from evaluator.syntax.habits.habit import (
    Habit,
    after_value,
    block_end,
    closing_bracket,
    expression_end,
    expression_start,
    head_word,
    sign,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.syntax.failure import Failure

_CHOICE = "A choice between two values is written `if … then … else …`"
_WHEN = "Statements under a condition stand in `when … { }`"
_LOOP = "What is repeated stands in `for x in list { }`"
_COLON_BLOCK = re.compile(r"[^\n{]*:[ \t\r]*(?:#[^\n]*)?(?=\n|\Z)")
_ELSE_IF = ("elif", "elseif", "elsif", "elsewhen")
_SWITCHES = ("switch", "match", "case")
_LOOPS = ("while", "until", "loop", "repeat")
_EACH = ("foreach", "forEach", "for_each", "for-each")
_PARENTHESES = re.compile(
    r"\([ \t]*(?:(?:const|let|var)[ \t]+)?([A-Za-z_][\w-]*)(?:[ \t]*,[ \t]*([A-Za-z_][\w-]*))?"
    r"[ \t]+(?:in|of)[ \t]+([^\n{]+?)[ \t]*\)(?=[ \t]*\{)"
)
_COUNTED = re.compile(r"=[ \t]*([0-9]+)[ \t]*(?:to|\.\.\.?|,)[ \t]*([0-9]+)[ \t]*(?=\{)")
_COMPREHENSION = re.compile(r"(for\b[^\n\]]*?)(?:[ \t]+(if\b[^\n\]]*))?$")
_OPERANDS = frozenset(
    [
        *("NAME", "INT", "FLOAT", "MODE", "DURATION", "SIZE", "RAW", "TRUE", "FALSE", "NULL"),
        *("PLAIN_STRING", "QUOTE", "TEXT_QUOTE"),
    ]
)


def value_before_condition(f: Failure) -> Habit | None:
    """`a if c else b`."""
    if f.found != "if" or not after_value(f) or f.is_first:
        return None
    condition_end = expression_end(f, f.end, "else")
    following = f.text[condition_end : condition_end + 20].lstrip(" \t")
    before_brace = expression_end(f, f.end, "LBRACE")
    if before_brace < condition_end:
        return None  # a statement that was meant to be `when`
    start = expression_start(f)
    value = f.text[start : f.machine.last_end]
    condition = f.text[f.end : condition_end].strip()
    if not following.startswith("else"):
        entries = f.machine.tables.entries
        if {"FOR", "COLON"} <= {entries[state] for state in f.machine.states[-12:]}:
            of_list = _condition_of_list(f, condition, condition_end)
            if of_list is not None:
                return of_list
        return Habit(
            f,
            "A condition does not follow what it decides",
            help="write `when … { }` around the statement, or `if … then … else …` for the value",
            offers=(),
            go_on=condition_end,
        )
    other_start = f.text.index("else", condition_end) + 4
    end = expression_end(f, other_start)
    other = f.text[other_start:end].strip()
    better = f"if {condition} then {value} else {other}"
    return Habit(
        f,
        _CHOICE,
        help="put `if` first",
        edit=(start, end, better) if condition and other else None,
        offers=(),
        go_on=end,
    )


def _condition_of_list(f: Failure, condition: str, end: int) -> Habit | None:
    """`[for x in y: x if c]`."""
    start = expression_start(f)
    element = f.text[start : f.machine.last_end]
    opener = f.opener[1] if f.opener else start
    head, colon, between = f.text[opener + 1 : start].rpartition(":")
    if not colon or between.strip() or not head.lstrip().startswith("for"):
        return None
    head = head.strip()
    return Habit(
        f,
        "The condition of a list stands before the `:`",
        help="write `[for x in list if …: x]`",
        edit=(opener + 1, end, f"{head} if {condition}: {element}") if condition else None,
        offers=(),
        go_on=end,
    )


def ternary(f: Failure) -> Habit | None:
    """`c ? a : b`."""
    if f.term != "QMARK" or not after_value(f) or f.startswith("?."):
        return None
    colon = expression_end(f, f.end, "COLON")
    if f.text[colon : colon + 20].lstrip()[:1] != ":":
        return Habit(f, _CHOICE)
    start = expression_start(f)
    condition = f.text[start : f.machine.last_end]
    other_start = f.text.index(":", colon) + 1
    end = expression_end(f, other_start)
    first, second = f.text[f.end : colon].strip(), f.text[other_start:end].strip()
    better = f"if {condition} then {first} else {second}"
    edit = (start, end, better) if first and second and "?" not in second else None
    return Habit(f, _CHOICE, help="write it with words", edit=edit, offers=(), go_on=end)


def if_statement(f: Failure) -> Habit | None:
    """`if c { }` and, with indented lines, `if c:`."""
    if f.found != "if" or not ("AT_SIGN" in f.accepted or f.last_entry == "ELSE"):
        return None
    if _COLON_BLOCK.match(f.text, f.end, f.end + 500) and "AT_SIGN" in f.accepted:
        return Habit(
            f,
            _WHEN,
            help="write `when … { }` around the statements",
            offers=(),
            go_on=block_end(f.text, f.start),
            group="when",
        )
    habit = sign(f, "if", _WHEN, "when", "WHEN")
    habit.group = "when"
    return habit


def then_before_brace(f: Failure) -> Habit | None:
    """`when c then { }`."""
    if f.found != "then" or "LBRACE" not in f.accepted or not after_value(f):
        return None
    return Habit(
        f,
        "`{` follows the condition at once, without `then`",
        help="leave `then` out",
        edit=(f.start, f.end + f.text.startswith(" ", f.end), ""),
        offers=(),
        group="when",
    )


def colon_block(f: Failure) -> Habit | None:
    """`when c:` and `for x in y:` with indented lines below."""
    if f.term != "COLON" or "LBRACE" not in f.accepted or not after_value(f):
        return None
    if not _COLON_BLOCK.match(f.text, f.start, f.start + 500):
        return None
    entries = f.machine.tables.entries
    for index in range(len(f.machine.states) - 1, 0, -1):
        if entries[f.machine.states[index]] in ("WHEN", "FOR"):
            return Habit(
                f,
                "The statements of a block stand in `{ }`, not in indented lines",
                help="write `{` here and `}` after the last of them",
                offers=(),
                since=f.machine.starts[index - 1],
                go_on=block_end(f.text, f.start),
                group="colon-block",
            )
    return None


def else_if(f: Failure) -> Habit | None:
    """`elif` and its kin, before statements and in values."""
    if f.found in _ELSE_IF and "ELSE" in f.accepted and "NAME" not in f.accepted:
        return Habit(
            f,
            "Another choice follows as `else if … then …`",
            help="write `else if`",
            edit=(f.start, f.end, "else if"),
            offers=(("ELSE", "else"), ("IF", "if")),
        )
    word, start = head_word(f)
    if word not in _ELSE_IF or f.term in ("EQUAL", "LBRACE", "DOT"):
        return None
    end = start + len(word)
    return Habit(
        f,
        "Another condition follows as `else when … { }`",
        place=(start, end),
        help="write `else when`",
        edit=(start, end, "else when"),
        since=start,
        offers=(("WHEN", "when"),),
        go_on=f.start,
        group="else-when",
    )


def other_statement(f: Failure) -> Habit | None:
    """`unless`, `switch`, `while`: statements that do not exist here."""
    word, start = head_word(f)
    if not word or f.term in ("EQUAL", "LBRACE", "DOT", "COLON", "$END") or f.is_first:
        return None
    place = (start, start + len(word))
    if word in _EACH:
        return Habit(
            f,
            _LOOP,
            place=place,
            help="write `for`",
            edit=(*place, "for"),
            since=start,
            offers=(("FOR", "for"),),
            go_on=f.start,
            group="loop",
        )
    if word == "unless":
        return Habit(
            f,
            "A condition that must not hold is written `when not … { }`",
            place=place,
            help="write `when not (…)`",
            since=start,
            offers=(("WHEN", "when"),),
            go_on=f.start,
            group="unless",
        )
    line = f.text[f.start : f.start + 300].partition("\n")[0]
    if "{" not in line:
        return None
    if word in _LOOPS:
        return Habit(f, _LOOP, place=place, help="write the items as a list, as in `0..10`")
    if word in _SWITCHES:
        message = "Several cases are written `when … { } else when … { }`"
        return Habit(f, message, place=place, help="write a condition for each case")
    return None


def braces_in_choice(f: Failure) -> Habit | None:
    """`if c { a } else { b }` as a value, and a `then` that is missing."""
    if "THEN" not in f.accepted or "NAME" in f.accepted:  # after a dot all words may follow
        return None
    if f.term in _OPERANDS and not f.is_first:
        return Habit(
            f,
            "`then` stands between the condition and the value",
            help="write `then` before the value",
            edit=(f.start, f.start, "then "),
            offers=(("THEN", "then"),),
            go_on=f.start,
        )
    if f.term != "LBRACE":
        return None
    close = closing_bracket(f, f.start)
    other = re.compile(r"\}[ \t]*else[ \t]*\{").match(f.text, close) if close > 0 else None
    last = closing_bracket(f, other.end() - 1) if other else -1
    edit = None
    if other and last > 0:
        first, second = f.text[f.end : close].strip(), f.text[other.end() : last].strip()
        if first and second and not set("={}\n") & set(first + second):
            edit = (f.start, last + 1, f"then {first} else {second}")
    return Habit(f, _CHOICE, help="write it with words, without braces", edit=edit)


def for_head(f: Failure) -> Habit | None:
    """`for (x in y)`, `for (i = 0; …)`, `for x of y`, `for i = 1 to 9`."""
    if f.found == "of" and f.accepted <= {"IN", "COMMA"}:
        return sign(f, "of", _LOOP, "in", "IN")
    if f.term == "EQUAL" and f.accepted <= {"IN", "COMMA"}:
        found = _COUNTED.match(f.text, f.start, f.start + 300)
        if not found:
            return Habit(f, _LOOP, help="write `for i in 0..10 { }` to count")
        items = f"in {found[1]}..{found[2]}"
        return Habit(
            f,
            _LOOP,
            help=f"write `{items}`",
            edit=(*found.span(), f"{items} "),
            offers=(("IN", "in"), ("INT", found[1])),
            go_on=found.end(),
        )
    if f.term != "LPAR" or f.last_entry != "FOR":
        return None
    found = _PARENTHESES.match(f.text, f.start, f.start + 500)
    if not found:
        return Habit(f, _LOOP, help="write `for i in 0..10 { }` to count")
    first, second, items = found.groups()
    names = f"{first}, {second}" if second else first
    binders = (("NAME", first), ("COMMA", ","), ("NAME", second)) if second else (("NAME", first),)
    return Habit(
        f,
        "`for` takes no parentheses: `for x in list { }`",
        place=found.span(),
        help="leave the parentheses out",
        edit=(*found.span(), f"{names} in {items}"),
        offers=(*binders, ("IN", "in"), ("NAME", "items")),
        go_on=found.end(),
        group="for-parentheses",
    )


def comprehension(f: Failure) -> Habit | None:
    """`[x for x in y]`."""
    if f.found != "for" or not f.opener or f.opener[0] != "[" or "COMMA" not in f.accepted:
        return None
    opener = f.opener[1]
    close = closing_bracket(f, opener)
    element = f.text[opener + 1 : f.start].strip()
    parts = _COMPREHENSION.match(f.text[f.start : close].strip()) if close > 0 else None
    edit = None
    if parts and "," not in element:
        edit = (opener + 1, close, f"{parts[1]}{f' {parts[2]}' if parts[2] else ''}: {element}")
    return Habit(
        f,
        "A list made from another is written `[for x in list: x]`",
        help="put the element last, after `:`",
        edit=edit,
        offers=() if close > 0 else None,
        go_on=max(close, f.start),
    )
