"""Signs that are spelt otherwise elsewhere, or stand where nothing is needed, or are missing."""

from __future__ import annotations

import re

from evaluator.syntax.expected import accepted_after
from evaluator.syntax.failure import looks_like_statement
from evaluator.syntax.habits.documents import colon_group, is_nested_yaml
from evaluator.syntax.habits.habit import A_STRING, Habit, sign

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.syntax.failure import Failure

_INVISIBLE = ("\u200b", "\u200c", "\u200d", "\u2060", "\ufeff")
_PLAIN_WORDS = re.compile(r"[ \t]*([A-Za-z][\w./-]*(?:[ \t]+[\w./-]+)+)[ \t]*\r?$", re.MULTILINE)
_OPERATOR_WORD = re.compile(r"\b(?:and|or|not|in|if|then|else)\b")


def semicolon(f: Failure) -> Habit | None:
    """`;` after statements and between the items of a list."""
    if f.found != ";":
        return None
    if f.opener and f.opener[0] == "[" and "COMMA" in f.accepted:
        return sign(f, ";", "`;` does not separate the items of a list, `,` does", ",", "COMMA")
    return Habit(
        f,
        "A statement does not end with `;`: a line break or nothing is enough",
        help="leave `;` out",
        edit=(f.start, f.end, ""),
        offers=(),
        group="semicolon",
    )


def equal_sign(f: Failure) -> Habit | None:
    """`:=`, `+=`, `<-`, `->`, `==` and `:` where a value is given."""
    if "EQUAL" not in f.accepted or f.term == "EQUAL":
        return None
    for wrong in (":=", "+=", "++=", "==", "<-", "->"):
        if f.startswith(wrong):
            message = f"`{wrong}` gives no value: `=` does, and definitions are merged anyway"
            if wrong in ("==", "<-", "->", ":="):
                message = f"A value is given with `=`, not with `{wrong}`"
            return sign(f, wrong, message, "=", "EQUAL")
    return _colon(f) if f.term == "COLON" else None


def _colon(f: Failure) -> Habit:
    """`key: value`; several bare words after it are a string, as in YAML."""
    message, group = colon_group(f)
    spaced = "=" if f.text[f.start - 1 : f.start].isspace() else " ="
    edit = None if is_nested_yaml(f) else (f.start, f.end, spaced)
    words = _PLAIN_WORDS.match(f.text, f.end, f.end + 400)
    if words is None or _OPERATOR_WORD.search(words[1]):
        return Habit(f, message, help="write `=`", edit=edit, offers=(("EQUAL", "="),), group=group)
    return Habit(
        f,
        message,
        help="write `=`, and strings in quotes",
        edit=edit,
        more_edits=((*words.span(1), f'"{words[1]}"'),) if edit else (),
        offers=(("EQUAL", "="), *A_STRING),
        go_on=words.end(1),
        group=group,
    )


def arrow(f: Failure) -> Habit | None:
    """`a => 1`, read as `=` and `>`."""
    if f.term == "MORE" and f.last_entry == "EQUAL" and f.text[f.start - 1] == "=":
        place = (f.start - 1, f.end)
        return Habit(
            f,
            "A value is given with `=`, not with `=>`",
            place=place,
            help="write `=`",
            edit=(*place, "="),
            offers=(),
            group="arrow",
        )
    return None


def comparison(f: Failure) -> Habit | None:
    """`=` between two values."""
    if f.term == "EQUAL" and "EQUALS" in f.accepted:
        return sign(f, "=", "Two values are compared with `==`", "==", "EQUALS")
    return None


def boolean_sign(f: Failure) -> Habit | None:
    """`&&`, `||` and `!`."""
    for wrong, right in (("&&", "and"), ("||", "or"), ("!", "not ")):
        term = right.strip().upper()
        if f.startswith(wrong) and term in f.accepted:
            return sign(f, wrong, f"`{wrong}` is written `{right.strip()}`", right, term)
    return None


def comma(f: Failure) -> Habit | None:
    """Items of a list and arguments without `,` between them."""
    at = f.machine.last_end
    if not f.opener or f.opener[0] not in "[(" or "COMMA" not in f.accepted:
        return None
    if not f.term or f.term in ("RPAR", "RSQB", "RBRACE", "COLON", "EQUAL", "$END", "IF", "FOR"):
        return None
    if f.is_first and looks_like_statement(f.text, f.start):
        return None
    following = accepted_after(f.machine, "COMMA")
    if "TEXT_QUOTE" not in following or f.term not in following:
        return None
    return Habit(
        f,
        "The items of a list are separated by `,`"
        if f.opener[0] == "["
        else "Arguments are separated by `,`",
        place=(f.start, f.end),
        help="put `,` between them",
        edit=(at, at, ","),
        offers=(("COMMA", ","),),
        go_on=f.start,
        group="comma",
    )


def odd_space(f: Failure) -> Habit | None:
    """White space that is none, and characters that cannot be seen."""
    if f.term or f.mode or not (f.found.isspace() or f.found in _INVISIBLE):
        return None
    return Habit(
        f,
        f"The character U+{ord(f.found):04X} looks like a space but is none",
        help="replace it by a space",
        edit=(f.start, f.end, " "),
        offers=(),
        group="odd-space",
    )


def foreign_letter(f: Failure) -> Habit | None:
    """Letters that names do not have."""
    if not f.term and not f.mode and f.found.isalpha():
        return Habit(
            f,
            "Names consist of the letters a to z, digits, `-` and `_`",
            help="other keys stand in quotes",
        )
    return None
