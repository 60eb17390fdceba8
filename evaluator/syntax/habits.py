"""What people bring along from Nix, HCL, YAML, JSON and shells, and how it is written here.

Each habit looks at the place where parsing stopped. It says its sentence, offers an edit
where that is simple, and tells how to read on as if the edit had been made.
"""

from __future__ import annotations

import re

from evaluator.diagnostics.model import Edit
from evaluator.syntax.expected import accepted_after
from evaluator.syntax.failure import looks_like_statement
from evaluator.syntax.literals import UNITS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from evaluator.syntax.failure import Failure

    Offers = tuple[tuple[str, str], ...]

_PATH_LITERAL = re.compile(r"(?:\.{1,2}/|/|~/)[^\s;,\])}]*")
_IMPORT_TARGET = re.compile(r"[ \t]*import[ \t]+([^\s\";]+)")
_ADDRESS = re.compile(r"[0-9]+(?:\.[0-9]+){2,3}(?:[:/][0-9]+)?\Z|[0-9a-f]*:[0-9a-f:]+\Z")
_HEAD = re.compile(r"[ \t]*(?:=(?!=)|\.[A-Za-z_\"]|\{)")
_NIX = re.compile(r"(?:lib\.)?(mk[A-Z][A-Za-z]*)\b")
_NIX_WORDS = {
    "mkForce": "`force` stands before the path: `force a.b = …`",
    "mkDefault": "`default` stands before the path: `default a.b = …`",
    "mkOverride": "`priority` stands before the path: `priority 60 a.b = …`",
    "mkBefore": "`first` stands before the path: `first a.b = […]`",
    "mkAfter": "`last` stands before the path: `last a.b = […]`",
    "mkOrder": "`order` stands before the path: `order 250 a.b = […]`",
    "mkIf": "definitions that hold under a condition stand in `when … { }`",
    "mkMerge": "definitions of several places are merged anyway: write each as a statement",
    "mkOption": "an option is declared as `option name: type = default`",
    "mkEnableOption": "`service name { }` declares `name.enable` by itself",
}
_INVISIBLE = ("\u200b", "\u200c", "\u200d", "\u2060", "\ufeff")
_STRENGTHS = ("default", "force", "first", "last")


class Habit:
    """One of them, found: its sentence and place, help, edits, and how to read on.

    To read on, `drop` parts are taken off the stack, `offers` (terminal, spelling) are taken
    for read, and reading goes on at `go_on`; with `offers` None nothing can be repaired. Habits
    of one `group` in a file are told once.
    """

    __slots__ = (
        *("code", "drop", "edits", "end", "go_on"),
        *("group", "help", "message", "offers", "start"),
    )

    def __init__(
        self,
        failure: Failure,
        message: str,
        *,
        place: tuple[int, int] | None = None,
        help: str = "",
        edit: tuple[int, int, str] | None = None,
        offers: Offers | None = None,
        go_on: int | None = None,
        drop: int = 0,
        group: str = "",
        code: str = "syntax-error",
    ) -> None:
        self.code = code
        self.drop = drop
        self.message = message
        self.start, self.end = place or (failure.start, failure.end)
        self.help = help
        self.edits = (Edit(failure.span(edit[0], edit[1]), edit[2]),) if edit is not None else ()
        self.offers = offers
        self.go_on = failure.end if go_on is None else go_on
        self.group = group


def recognize(failure: Failure) -> Habit | None:
    """The habit that explains why parsing stopped here, None if there is none."""
    for look in HABITS:
        habit = look(failure)
        if habit is not None:
            return habit
    return None


def _semicolon(f: Failure) -> Habit | None:
    if f.found != ";":
        return None
    if f.opener and f.opener[0] == "[" and "COMMA" in f.accepted:
        return _sign(f, ";", "`;` does not separate the items of a list, `,` does", ",", "COMMA")
    return Habit(
        f,
        "A statement does not end with `;`: a line break or nothing is enough",
        help="leave `;` out",
        edit=(f.start, f.end, ""),
        offers=(),
        group="semicolon",
    )


def _sign(f: Failure, wrong: str, message: str, right: str, term: str) -> Habit:
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


def _equal_sign(f: Failure) -> Habit | None:
    if "EQUAL" not in f.accepted or f.term == "EQUAL":
        return None
    for wrong in (":=", "+=", "++=", "==", "<-", "->"):
        if f.startswith(wrong):
            message = f"`{wrong}` gives no value: `=` does, and definitions are merged anyway"
            if wrong in ("==", "<-", "->", ":="):
                message = f"A value is given with `=`, not with `{wrong}`"
            return _sign(f, wrong, message, "=", "EQUAL")
    if f.term == "COLON":
        return _sign(f, ":", "A value is given with `=`; `:` stands before a type", "=", "EQUAL")
    return None


def _arrow(f: Failure) -> Habit | None:
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


def _comparison(f: Failure) -> Habit | None:
    if f.term == "EQUAL" and "EQUALS" in f.accepted:
        return _sign(f, "=", "Two values are compared with `==`", "==", "EQUALS")
    return None


def _boolean_sign(f: Failure) -> Habit | None:
    for wrong, right in (("&&", "and"), ("||", "or"), ("!", "not ")):
        term = right.strip().upper()
        if f.startswith(wrong) and term in f.accepted:
            return _sign(f, wrong, f"`{wrong}` is written `{right.strip()}`", right, term)
    return None


def _ternary(f: Failure) -> Habit | None:
    if f.term == "QMARK" and "PLUS" in f.accepted:
        return Habit(f, "A choice between two values is written `if … then … else …`")
    return None


def _hole(f: Failure) -> Habit | None:
    if f.text.startswith(("${", "$("), f.start):
        return Habit(
            f,
            "A `$` means nothing outside strings; inside, an expression stands in `#{…}`",
            help='write the bare expression, or a string with a hole: `"#{name}"`',
        )
    return None


def _single_quotes(f: Failure) -> Habit | None:
    if f.startswith("''"):
        close = f.text.find("''", f.start + 2)
        end = f.start + 2 if close < 0 else close + 2
        return Habit(
            f,
            'A text of several lines stands in `"""`, not in `\'\'`',
            place=(f.start, f.start + 2),
            help='write `"""` before and after it; the closing one sets the margin',
            offers=(("PLAIN_STRING", '""'),) if "PLAIN_STRING" in f.accepted else None,
            go_on=end,
        )
    opening = f.found
    pairs = {"'": "'", "\u2018": "\u2019", "\u201c": "\u201d", "\u201d": "\u201d", "`": "`"}
    if opening not in pairs:
        return None
    line_end = f.text.find("\n", f.start)
    line_end = len(f.text) if line_end < 0 else line_end
    close = f.text.find(pairs[opening], f.start + 1, line_end)
    if close < 0:
        return Habit(f, 'Strings stand in straight double quotes: `"…"`')
    inside = f.text[f.start + 1 : close].replace("\\", "\\\\").replace('"', '\\"')
    string = f'"{inside}"'
    return Habit(
        f,
        'Strings stand in straight double quotes: `"…"`',
        place=(f.start, close + 1),
        help=f"write `{string}`",
        edit=(f.start, close + 1, string),
        offers=(("PLAIN_STRING", '""'),) if "PLAIN_STRING" in f.accepted else None,
        go_on=close + 1,
    )


def _comment(f: Failure) -> Habit | None:
    text = f.text
    start = f.start
    if f.last_entry == "SLASH" and start and text[start - 1] == "/":
        start -= 1
    if not text.startswith(("//", "/*"), start):
        return None
    if text.startswith("//", start):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        edit = (start, start + 2, "#")
    else:
        close = text.find("*/", start)
        end = len(text) if close < 0 else close + 2
        edit = None
    wrong = text[start : start + 2]
    alone = start == f.start
    return Habit(
        f,
        f"`{wrong}` begins no comment: `#` does, to the end of the line",
        place=(start, start + 2),
        help="write `#` before each line of the comment",
        edit=edit,
        offers=() if alone else None,
        go_on=end,
    )


def _import_path(f: Failure) -> Habit | None:
    line_start = f.text.rfind("\n", 0, f.start) + 1
    found = _IMPORT_TARGET.match(f.text, line_start)
    if not found or not found.start(1) <= f.start <= found.end(1):
        return None
    target = found[1].strip("<>(),")
    if not found[1].startswith((".", "/", "<", "~")) and "/" not in target:
        return None
    return Habit(
        f,
        "The file of an `import` is a string",
        place=found.span(1),
        help=f'write `import "{target}"`',
        edit=(*found.span(1), f'"{target}"'),
    )


def _path_value(f: Failure) -> Habit | None:
    start = f.start
    if f.last_entry in ("DOT", "RANGE") and f.term == "SLASH":
        start -= 1 if f.last_entry == "DOT" else 2
    elif "PLAIN_STRING" not in f.accepted or "TEXT_QUOTE" not in f.accepted:
        return None
    found = _PATH_LITERAL.match(f.text, start)
    if not found or len(found[0]) < 2:
        return None
    in_imports = re.search(r"\bimports\s*=\s*\[[^\]]*\Z", f.text[max(0, f.start - 400) : f.start])
    message = "A path is a string and stands in quotes"
    help_ = f'write `"{found[0]}"`'
    if in_imports:
        message = "Files are imported by statements of their own, not by a list"
        help_ = f'write `import "{found[0]}"`'
    list_end = f.text.find("]", start)
    go_on = list_end if in_imports and list_end > 0 else found.end()
    return Habit(
        f,
        message,
        place=found.span(),
        help=help_,
        edit=None if in_imports else (*found.span(), f'"{found[0]}"'),
        offers=(("PLAIN_STRING", '""'),) if start == f.start else None,
        go_on=go_on,
    )


def _number(f: Failure) -> Habit | None:
    if f.term or f.mode or not f.found[:1].isdigit():
        return None
    found = f.found.rstrip(".:/+-") or f.found
    end = f.start + len(found)
    if _ADDRESS.match(found) or "/" in found or ":" in found:
        return Habit(
            f,
            "An address is a string and stands in quotes",
            place=(f.start, end),
            help=f'write `"{found}"`',
            edit=(f.start, end, f'"{found}"'),
            offers=(("PLAIN_STRING", '""'),) if "PLAIN_STRING" in f.accepted else None,
            go_on=end,
        )
    unit = found.lstrip("0123456789_.")
    message = f"`{found}` is no number"
    help_ = ""
    if unit:
        message = f"`{unit}` is no unit"
        near = [known for known in UNITS if known.lower().rstrip("b") == unit.lower().rstrip("b")]
        wanted = ", ".join(f"`{known}`" for known in (near or UNITS))
        help_ = f"units are {wanted}" if not near else f"did you mean {wanted}?"
    offers = (("INT", "0"),) if "INT" in f.accepted else None
    return Habit(f, message, place=(f.start, end), help=help_, offers=offers, go_on=end)


def _comma(f: Failure) -> Habit | None:
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


def _nix_function(f: Failure) -> Habit | None:
    line = f.before
    found = None
    for candidate in _NIX.finditer(line):
        found = candidate
    if not found or "{" in line[found.end() :]:
        return None
    word = found[1]
    advice = _NIX_WORDS.get(word, "conditions and strengths are words, not functions")
    start = f.machine.last_end - len(line) + found.start()
    return Habit(
        f,
        f"There is no `{word}`: {advice}",
        place=(start, start + len(found[0])),
    )


def _nix_header(f: Failure) -> Habit | None:
    if f.machine.values or f.term != "LBRACE" or f.opener:
        return None
    return Habit(
        f,
        "A file is its statements, without braces and without a function head around them",
    )


def _dash_item(f: Failure) -> Habit | None:
    if f.term == "MINUS" and f.is_first and "AT_SIGN" in f.accepted:
        return Habit(f, "A list is written `[a, b]`, not with `-` on lines of their own")
    return None


def _if_statement(f: Failure) -> Habit | None:
    if f.found == "if" and ("AT_SIGN" in f.accepted or f.last_entry == "ELSE"):
        return _sign(f, "if", "Statements under a condition stand in `when … { }`", "when", "WHEN")
    return None


def _option_type(f: Failure) -> Habit | None:
    if f.term in ("EQUAL", "LBRACE") and f.accepted <= {"COLON", "DOT"} and "COLON" in f.accepted:
        line = f.before.lstrip()
        if line.startswith(("option", "accepts", "computed")):
            return Habit(f, "An option needs a type: `option name: type = default`")
    return None


def _odd_space(f: Failure) -> Habit | None:
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


def _reserved_head(f: Failure) -> Habit | None:
    machine = f.machine
    if f.found in machine.tables.hard and "AT_SIGN" in f.accepted and _HEAD.match(f.text, f.end):
        return Habit(
            f,
            f"`{f.found}` is a word of the language and stands in quotes where it is a name",
            help=f'write `"{f.found}"`',
            edit=(f.start, f.end, f'"{f.found}"'),
            offers=(("PLAIN_STRING", f'"{f.found}"'),),
            code="reserved-word",
        )
    word = machine.values[-1] if machine.values else None
    if word.__class__ is not str or word not in machine.tables.hard:
        return None
    if machine.tables.words[word] != f.last_entry:
        return None
    heads = ("EQUAL", "DOT", "LBRACE") if word in _STRENGTHS else ("EQUAL", "DOT")
    if f.term not in heads:
        return None
    start = machine.starts[-1]
    place = (start, start + len(word))
    return Habit(
        f,
        f"`{word}` is a word of the language and stands in quotes where it is a name",
        place=place,
        help=f'write `"{word}"`',
        edit=(*place, f'"{word}"'),
        offers=(("PLAIN_STRING", f'"{word}"'),),
        go_on=f.start,
        drop=1,
        code="reserved-word",
    )


def _foreign_letter(f: Failure) -> Habit | None:
    if not f.term and not f.mode and f.found.isalpha():
        return Habit(
            f,
            "Names consist of the letters a to z, digits, `-` and `_`",
            help="other keys stand in quotes",
        )
    return None


def _trailing_doc(f: Failure) -> Habit | None:
    if f.term not in ("RBRACE", "$END") or "AT_SIGN" not in f.accepted:
        return None
    entries = f.machine.tables.entries
    for index in range(1, min(len(f.machine.states), 6)):
        entry = entries[f.machine.states[-index]]
        if entry in ("AT_SIGN", "DOC", "doc", "annotation", "decorations") or (
            entry.startswith("__decorations")
        ):
            break
    else:
        return None
    at = f.machine.starts[-index]
    is_doc = f.text.startswith("##", at)
    what = "Documentation (`##`)" if is_doc else "An annotation"
    return Habit(
        f,
        f"{what} stands before what it describes, and nothing follows here",
        place=(at, at + 2),
        help="a plain comment begins with one `#`" if is_doc else "",
    )


HABITS: tuple[Callable[[Failure], Habit | None], ...] = (
    _odd_space,
    _semicolon,
    _comment,
    _nix_function,
    _nix_header,
    _reserved_head,
    _if_statement,
    _arrow,
    _equal_sign,
    _comparison,
    _boolean_sign,
    _ternary,
    _hole,
    _single_quotes,
    _import_path,
    _path_value,
    _number,
    _comma,
    _dash_item,
    _option_type,
    _foreign_letter,
    _trailing_doc,
)
