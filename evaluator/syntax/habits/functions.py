"""Functions and names as other languages declare them; here both are `let`."""

from __future__ import annotations

import re

from evaluator.syntax.habits.habit import Habit, after_value, block_end, head_word, line_start

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.syntax.failure import Failure

_FUNCTION = "A function has a name, and is declared as `let f(x) = …`"
_NAME = r"[A-Za-z_](?:-?\w)*"
_PARAMETERS = rf"{_NAME}(?:[ \t]*,[ \t]*{_NAME})*"
_LAMBDA = re.compile(
    rf"[ \t]*(?:let[ \t]+)?({_NAME})[ \t]*=[ \t]*(?:lambda[ \t]+)?"
    rf"(?:\([ \t]*({_PARAMETERS})?[ \t]*\)|\{{[ \t]*({_PARAMETERS})[ \t]*\}}|({_PARAMETERS}))"
    r"[ \t]*(?::|=>|->)[ \t]*"
)
_MORE_PARAMETERS = re.compile(rf"({_NAME})[ \t]*(?::|=>|->)[ \t]*")
_OPENS_LAMBDA = re.compile(rf"\([ \t]*(?:{_PARAMETERS})?[ \t]*\)[ \t]*(?:=>|->)")
_FUNCTION_WORDS = ("function", "func", "fun", "fn", "def", "sub", "macro")
_DECLARED = re.compile(
    rf"({_NAME})[ \t]*\([ \t]*({_PARAMETERS})?[ \t]*,?\)[ \t]*"
    r"(?:(=)|(:)[ \t\r]*(?=\n)|\{\s*return\b[ \t]*([^\n;{}]+?)[ \t]*;?\s*\})?"
)
_FUNCTION_VALUE = re.compile(r"=[ \t]*(?:function|func|fun|fn)[ \t]*\([\w \t,-]*\)\Z")
_BINDING_WORDS = ("var", "const", "local", "val", "set", "my", "auto", "define", "declare")
_TYPE_WORDS = ("int", "float", "bool", "boolean", "string", "str", "text", "path", "list", "map")
_BOUND = re.compile(rf"{_NAME}[ \t]*(?::[^=\n]*)?=(?!=)")
_TYPED_LET = re.compile(r"[ \t]*:[ \t]*[^=\n]+?[ \t]*(?==(?!=))")
_LET = re.compile(rf"\blet[ \t]+{_NAME}\Z")


def function_value(f: Failure) -> Habit | None:
    """`x: …`, `x => …`, `(x, y) -> …`, `lambda x: …`, `{ x, y }: …`, as values."""
    text = f.text
    found = _LAMBDA.match(text, line_start(f), f.start + 500)
    if (found and found.start(1) < f.start < found.end() and f.term != "EQUAL") or (
        found and f.term == "EQUAL" and f.start > text.index("=", found.end(1))
    ):
        return _named(f, found)
    start = f.start
    if f.term == "EQUAL" and f.startswith("=>") and after_value(f):
        return Habit(f, _FUNCTION, place=(start, start + 2))
    if f.term == "MORE" and start and text[start - 1] == "-" and "TEXT_QUOTE" in f.accepted:
        return Habit(f, _FUNCTION, place=(start - 1, f.end))
    if f.opener and f.opener[0] == "(" and _OPENS_LAMBDA.match(text, f.opener[1], start + 300):
        return Habit(f, _FUNCTION, place=(f.opener[1], f.opener[1] + 1))
    if f.term == "COLON" and re.search(r"\blambda[ \t]+[\w \t,]*\Z", f.before):
        return Habit(f, _FUNCTION)
    if f.term == "LBRACE" and _FUNCTION_VALUE.search(f.before):
        return Habit(f, _FUNCTION)
    return None


def _named(f: Failure, found: re.Match[str]) -> Habit:
    parameters = [found[2] or found[3] or found[4] or ""]
    end = found.end()
    more = _MORE_PARAMETERS.match(f.text, end, end + 200)
    while more:
        parameters.append(more[1])
        end = more.end()
        more = _MORE_PARAMETERS.match(f.text, end, end + 200)
    head = f"let {found[1]}({', '.join(parameters)}) = "
    before = f.text[found.start() : found.start(1)]
    start = found.start() + len(before) - len(before.lstrip())
    return Habit(
        f,
        _FUNCTION,
        place=(start, end),
        help=f"write `{head}…`",
        edit=(start, end, head),
    )


def function_statement(f: Failure) -> Habit | None:
    """`function f() { }`, `def f(x):`, `fn f(x) = …`."""
    word, start = head_word(f)
    if word not in _FUNCTION_WORDS or f.term != "NAME":
        return None
    place = (start, start + len(word))
    found = _DECLARED.match(f.text, f.start, f.start + 1000)
    if not found:
        return Habit(f, _FUNCTION, place=place)
    head = f"let {found[1]}({found[2] or ''}) = "
    help_ = f"write `{head}…`"
    if found[3]:
        edit = (*place, "let")
        offers = (("LET", "let"),)
        return Habit(
            f, _FUNCTION, place=place, help=help_, edit=edit, since=start, offers=offers,
            go_on=f.start,
        )  # fmt: skip
    if found[4]:
        end = block_end(f.text, f.start)
        return Habit(f, _FUNCTION, place=place, help=help_, since=start, offers=(), go_on=end)
    if found[5]:
        edit = (start, found.end(), head + found[5])
        return Habit(
            f, _FUNCTION, place=place, help=help_, edit=edit, since=start, offers=(),
            go_on=found.end(),
        )  # fmt: skip
    return Habit(f, _FUNCTION, place=place, help=help_)


def binding_word(f: Failure) -> Habit | None:
    """`var x = 1`, `const x = 1`, `int x = 1`."""
    word, start = head_word(f)
    is_type = word in _TYPE_WORDS
    if not is_type and word not in _BINDING_WORDS:
        return None
    if f.is_first or f.found == word or not _BOUND.match(f.text, f.start, f.start + 300):
        return None
    place = (start, start + len(word))
    name = f.found
    help_ = "write `let`"
    if is_type:
        help_ = f"write `let {name} = …`; an option is declared as `option {name}: {word} = …`"
    return Habit(
        f,
        "A name is bound to a value with `let`",
        place=place,
        help=help_,
        edit=(*place, "let"),
        since=start,
        offers=(("LET", "let"),),
        go_on=f.start,
        group="let-type" if is_type else "let",
    )


def typed_let(f: Failure) -> Habit | None:
    """`let x: int = 1` and `let mut x = 1`."""
    if f.term == "COLON" and "EQUAL" in f.accepted and _LET.search(f.before):
        found = _TYPED_LET.match(f.text, f.machine.last_end, f.start + 300)
        if found:
            return Habit(
                f,
                "A name bound with `let` has no type of its own",
                place=(f.start, found.end()),
                help="leave the type out",
                edit=(f.machine.last_end, found.end(), " "),
                offers=(),
                go_on=found.end(),
            )
    entries = f.machine.tables.entries
    word = f.machine.values[-1] if f.machine.values else None
    if f.term != "NAME" or word not in ("mut", "const", "var", "rec"):
        return None
    if entries[f.machine.states[-2]] != "LET":
        return None
    start = f.machine.starts[-1]
    return Habit(
        f,
        f"`let` takes no `{word}`: names never change",
        place=(start, start + len(word)),
        help=f"leave `{word}` out",
        edit=(start, f.start, ""),
        since=start,
        offers=(),
        go_on=f.start,
    )
