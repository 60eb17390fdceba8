"""Words for everything that can be wrong with a text: the findings of this room."""

from __future__ import annotations

from evaluator.diagnostics.model import Diagnostic, Edit, Help, Label
from evaluator.syntax.failure import CLOSERS, CLOSING, OPENERS, in_string, looks_like_statement
from evaluator.syntax.failure import string_start as start_of_string
from evaluator.syntax.lexer import misaligned_opener
from evaluator.syntax.machine import END, STRING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.source import Source
    from evaluator.syntax.failure import Failure
    from evaluator.syntax.habits.habit import Habit

_CODES = ("reserved-word", "nested-too-deeply")
_STRENGTHS = ("default", "force", "priority", "first", "last")


def place(diagnostic: Diagnostic) -> int:
    """Where a finding is, for sorting."""
    label = diagnostic.primary()
    return label.span[1] if label else 0


def not_text(source: Source, start: int) -> Diagnostic:
    """The file has a NUL byte: whatever it is, nobody wrote it in an editor."""
    return Diagnostic(
        "syntax-error",
        "The file contains a NUL byte and is no text",
        (Label((source, start, start + 1), "here", primary=True),),
        facts={"found": "U+0000"},
    )


def unexpected(f: Failure) -> Diagnostic:
    """A token that fits nowhere, or brackets and quotes that stay open."""
    if in_string(f):
        return _open_string(f)
    if f.term in CLOSERS:
        nothing = f.opener is None and not f.accepted.isdisjoint(("AT_SIGN", END))
        if nothing or (f.opener and OPENERS[CLOSERS[f.term]] != f.opener[0]):
            return _wrong_closer(f)
    if f.opener and _leaves_bracket_open(f):
        return _open_bracket(f)
    if f.swallowed is not None:
        return _missing_value(f, f.swallowed)
    wanted = f.wanted()
    start, end = (f.start, f.end) if f.term != END else (f.machine.last_end, f.machine.last_end)
    labels = [Label(f.span(start, end), "found here", primary=True)]
    last = f.machine.last_end
    if last and (f.is_first or f.term == END):
        # The mistake is on the line before, where something stops too early.
        labels.append(Label(f.span(last - 1, last), f"{wanted} is missing after this"))
    return Diagnostic(
        "syntax-error",
        f"Expected {wanted}, found {f.described()}",
        tuple(labels),
        facts={"expected": wanted, "found": f.found},
    )


def habit(source: Source, same: list[Habit]) -> Diagnostic:
    """A habit from elsewhere, at its first place."""
    first = same[0]
    return Diagnostic(
        first.code,
        first.message,
        (Label((source, first.start, first.end), "found here", primary=True),),
        help=(Help(first.help, first.edits, certain=first.certain),) if first.help else (),
        facts={"found": source.text[first.start : first.end]},
    )


def complete_group(source: Source, same: list[Habit], found: list[Diagnostic]) -> None:
    """Replace the finding of a group's first habit by one that speaks for them all."""
    if len(same) < 2:
        return
    single = habit(source, same[:1])
    key = (single.message, place(single))
    edits = tuple(edit for one in same for edit in one.edits)
    alike = [one for one in same[1:] if one.message == same[0].message]
    first_line = source.position(same[0].start)[0]
    lines = sorted({source.position(one.start)[0] for one in alike} - {first_line})
    listed = ", ".join(str(line) for line in lines[:8]) + (", …" if len(lines) > 8 else "")
    certain = all([one.certain for one in same])
    single.help = (Help(same[0].help, edits, certain=certain),) if same[0].help else ()
    if lines:
        single.notes = (f"the same on line{'s' if len(lines) > 1 else ''} {listed}",)
    for index, diagnostic in enumerate(found):
        if (diagnostic.message, place(diagnostic)) == key:
            found[index] = single


def problem(source: Source, kind: str, start: int, end: int, facts: dict[str, Any]) -> Diagnostic:
    """Something wrong that did not stop the parse; `kind` is one of `_PROBLEMS`."""
    if kind == "reserved-word":
        return _reserved(source, start, end, facts)
    message, text, help_ = _PROBLEMS[kind]
    labels = [Label((source, start, end), text.format(**facts), primary=True)]
    if kind == "chained":
        labels.append(Label((source, *facts["place"]), "the first comparison"))
    found = source.text[start:end]
    edits: tuple[Edit, ...] = ()
    if kind == "leading-zero":
        bare = found.replace("_", "")
        is_mode = not bare.strip("01234567") and len(bare) <= 5
        better = f"0o{bare.lstrip('0') or '0'}" if is_mode else bare.lstrip("0") or "0"
        facts = {**facts, "better": better}
        edits = (Edit((source, start, end), better),)
    elif kind == "unknown-escape":
        edits = (Edit((source, start, start + 1), "\\\\"),)
    elif kind == "trailing-doc":
        edits = (Edit((source, start, end), "#"),)
    elif kind == "tight-not":
        edits = (Edit((source, start, end), f"({found})"),)
    return Diagnostic(
        kind if kind in _CODES else "syntax-error",
        message.format(**facts),
        tuple(labels),
        help=(Help(help_.format(**facts), edits, certain=kind in _CERTAIN),) if help_ else (),
        facts={"found": found},
    )


# Problems whose edit is what was meant: all else would lose what is written.
_CERTAIN = ("unknown-escape", "trailing-doc")


# kind: headline, label, help
_PROBLEMS: dict[str, tuple[str, str, str]] = {
    "nested-too-deeply": (
        "Nesting is deeper than 200 levels",
        "this is the 201st level",
        "give inner parts a name with `let`",
    ),
    "leading-zero": (
        "A number does not begin with `0`",
        "unclear: a file mode or a decimal number",
        "write `{better}`; file modes begin with `0o`",
    ),
    "number-too-large": (
        "The number is too large",
        "too large",
        "whole numbers go up to 9223372036854775807",
    ),
    "not-whole": (
        "The amount is no whole number of {smallest}",
        "too fine",
        "round it",
    ),
    "mode-too-large": ("A file mode is at most `0o7777`", "too large", ""),
    "unknown-escape": (
        "`{spelling}` means nothing in a string",
        "unknown escape",
        'write `\\\\`, or `r"…"`, as it stands; there are \\n \\r \\t \\" \\\\ \\# \\u{{e9}}',
    ),
    "bad-code-point": (
        "There is no such character",
        "no character has this number",
        "write up to six hexadecimal digits: `\\u{{e9}}` is `é`",
    ),
    "short-line": (
        "The line begins before the margin of its text block",
        "the closing quotes stand {width} characters in, this line less",
        'indent the line, or move the closing `"""` to the left',
    ),
    "mixed-margin": (
        "Tabs and spaces before this line differ from those before the closing quotes",
        "not the same white space",
        'indent all lines of the block and the closing `"""` alike',
    ),
    "chained": (
        "`{first}` and `{second}` cannot follow each other",
        "a second one here",
        "compare two values at a time and join with `and`, or put parentheses",
    ),
    "minus-not": ("`-` cannot stand before `not`", "this is no number", ""),
    "tight-not": (
        "`not` binds more loosely than the operator before it",
        "belongs in parentheses",
        "put parentheses around it",
    ),
    "argument-order": (
        "An argument without a name stands before those with one",
        "after an argument with a name",
        "move it to the front",
    ),
    "no-literal-type": (
        "A type of one value is a whole number, a string without holes, or a word",
        "no type",
        "",
    ),
    "trailing-doc": (
        "Documentation (`##`) stands on a line of its own, above what it describes",
        "describes the next statement, not this one",
        "write `#` for a plain comment, or move it above the statement",
    ),
    "annotation-without-use": (
        "`@{name}` has no meaning here",
        "annotations belong to declarations, `assert` and `warn`",
        "",
    ),
    "hole-in-name": (
        "What is written here is fixed before values, so it cannot have holes",
        "has a hole",
        "",
    ),
    "out-of-scale": (
        "The number after `{word}` is 1 to {most}",
        "outside of the scale",
        "",
    ),
}


def _reserved(source: Source, start: int, end: int, facts: dict[str, Any]) -> Diagnostic:
    """A hard word where a name is wanted; what to do depends on what else may stand there."""
    word, row = facts["word"], facts["row"]
    message = f"`{word}` is a word of the language and cannot be a name here"
    edits: tuple[Edit, ...] = ()
    if "TEXT_QUOTE" in row:
        help_ = "a string stands in quotes, a name is another word"
        if word in _STRENGTHS:
            message = f"`{word}` stands before the path, not before the value"
            help_ = f"write `{word} path = value`"
            edits = _before_path(source, start, end)
    elif "PLAIN_STRING" in row:
        help_ = f'write `"{word}"`'
        edits = (Edit((source, start, end), f'"{word}"'),)
    else:
        help_ = "choose another name"
    return Diagnostic(
        "reserved-word",
        message,
        (Label((source, start, end), "reserved", primary=True),),
        help=(Help(help_, edits, certain=True),),
        facts={"word": word},
    )


def _before_path(source: Source, start: int, end: int) -> tuple[Edit, ...]:
    """Move a strength from the value to the path, where that begins the same line."""
    text = source.text
    line = text.rfind("\n", 0, start) + 1
    path, sign, rest = text[line:start].partition("=")
    if not sign or rest.strip() or any([char in path for char in "{}[]()#,"]):
        return ()
    at = line + len(path) - len(path.lstrip())
    after = end
    while text[after : after + 1] in (" ", "\t") and after < len(text):
        after += 1
    if after == end:
        return ()
    word = text[start:end]
    return Edit((source, at, at), f"{word} "), Edit((source, start, after), "")


def _missing_value(f: Failure, at: int) -> Diagnostic:
    """A line stops where a value is missing, and the next one was read as that value."""
    text = f.text
    path = text[at : f.start].rstrip()
    line_end = text.rfind("\n", 0, at)
    last = len(text[:line_end].rstrip())
    return Diagnostic(
        "syntax-error",
        f"Expected an expression, found the statement that begins with `{path}`",
        (
            Label(f.span(at, at + len(path)), "a statement begins here", primary=True),
            Label(f.span(last - 1, last), "an expression is missing after this"),
        ),
        facts={"expected": "an expression", "found": path},
    )


def _open_string(f: Failure) -> Diagnostic:
    start = start_of_string(f)
    if f.mode == STRING:
        message = "The string is not closed on its line"
        end = f.start
        help_ = '`"` closes it; a text of several lines stands in `"""`'
    else:
        message = "The text block is never closed"
        end = start + 3
        help_ = '`"""` on a line of its own closes it'
    return Diagnostic(
        "syntax-error",
        message,
        (Label(f.span(start, end), "begins here", primary=True),),
        help=(Help(help_),),
        facts={"found": f.text[start:end]},
    )


def _wrong_closer(f: Failure) -> Diagnostic:
    labels = [Label(f.span(f.start, f.end), "closes nothing", primary=True)]
    message = f"`{f.found}` closes nothing"
    if f.opener:
        spelling, at = f.opener
        close = CLOSING.get(spelling, "}")
        message = f"`{spelling}` is closed by `{close}`, not by `{f.found}`"
        labels = [
            Label(f.span(f.start, f.end), f"`{close}` is missing before this", primary=True),
            Label(f.span(at, at + len(spelling)), "opened here"),
        ]
    return Diagnostic("syntax-error", message, tuple(labels), facts={"found": f.found})


def _leaves_bracket_open(f: Failure) -> bool:
    """Whether the bracket around this place was probably forgotten to be closed."""
    if f.opener is None:
        return False
    if f.term == END or (f.opener[0] == "#{" and f.term in ("QUOTE", "PLAIN_STRING")):
        return True
    return f.opener[0] != "{" and f.is_first and looks_like_statement(f.text, f.start)


def _open_bracket(f: Failure) -> Diagnostic:
    spelling, at = f.opener or ("", f.start)
    ends = {END: "the file ends", "QUOTE": "the string ends", "PLAIN_STRING": "the string ends"}
    labels = [
        Label(f.span(at, at + len(spelling)), "opened here", primary=True),
        Label(
            f.span(f.start, f.start if f.term == END else f.start + 1),
            f"{ends.get(f.term, 'a statement begins')} before `{CLOSING.get(spelling, '}')}`",
        ),
    ]
    suspect = misaligned_opener(f) if f.term == END and spelling == "{" else None
    if suspect is not None and suspect != at:
        text = "maybe this one: its `}` stands further left than its line"
        labels.append(Label(f.span(suspect, suspect + 1), text))
    return Diagnostic(
        "syntax-error", f"`{spelling}` is never closed", tuple(labels), facts={"found": f.found}
    )
