"""Values as other languages write them: quotes, here-documents, paths, addresses, numbers."""

from __future__ import annotations

import re

from evaluator.syntax.habits.amounts import amount_of
from evaluator.syntax.habits.habit import A_STRING, Habit, after_value, expression_end, head_text
from evaluator.syntax.literals import UNITS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.syntax.failure import Failure

_PATH_LITERAL = re.compile(r"(?:\.{1,2}/|/|~/)[^\s;,\])}]*")
_ADDRESS = re.compile(r"[0-9]+(?:\.[0-9]+){2,3}(?:[:/][0-9]+)?\Z|[0-9a-f]*:[0-9a-f:]+\Z")
_HEREDOC = re.compile(r"<<([-~]?)[ \t]*([\"']?)([A-Za-z_]\w*)\2[ \t]*\r?\n")
_INDENTED_STRING_END = re.compile(r"''(?![$'\\])|(?:''[$'\\])")
_DOLLAR = re.compile(r"\$(?:\{([A-Za-z_][\w.-]*)\}|([A-Za-z_][\w.-]*)|[({])")
_VALUE_END = re.compile(r'=[^=]*?([\w-]+|["\])])[ \t]+\Z')
_STRENGTHS = ("default", "force", "first", "last")
_NIX_HOLE = re.compile(r"\$\{([\w.-]+)\}")


def hole(f: Failure) -> Habit | None:
    """`${x}`, `$(x)` and `$x` outside of strings."""
    found = _DOLLAR.match(f.text, f.start, f.start + 300)
    if not found:
        return None
    name = found[1] or found[2]
    is_value = name is not None and "TEXT_QUOTE" in f.accepted
    return Habit(
        f,
        "A `$` means nothing outside strings; inside, an expression stands in `#{…}`",
        help='write the bare expression, or a string with a hole: `"#{name}"`',
        edit=(*found.span(), name) if is_value else None,
        offers=(("NAME", name),) if is_value else None,
        go_on=found.end(),
        certain=False,
        group="dollar",
    )


def heredoc(f: Failure) -> Habit | None:
    """`<<EOF`, `<<-EOF` and `<<~EOF`."""
    if not f.startswith("<<") or "TEXT_QUOTE" not in f.accepted:
        return None
    found = _HEREDOC.match(f.text, f.start, f.start + 200)
    if not found:
        return None
    end_line = re.compile(rf"(?m)^[ \t]*{found[3]}(?=[ \t\r]*$)").search(f.text, found.end())
    edit = None
    if end_line:
        body = f.text[found.end() : end_line.start()]
        if '"""' not in body and "#{" not in body:
            margin = _least_indent(body) if found[1] else ""
            edit = (f.start, end_line.end(), f'"""\n{body}{margin}"""')
    return Habit(
        f,
        'A text of several lines stands in `"""`, not below `<<`',
        place=(f.start, found.end(3)),
        help='write `"""` before and after it; the closing one sets the margin',
        edit=edit,
        offers=A_STRING,
        go_on=end_line.end() if end_line else len(f.text),
        group="heredoc",
    )


def _least_indent(body: str) -> str:
    """The shortest white space before a line that is not blank."""
    indents = [line[: len(line) - len(line.lstrip())] for line in body.split("\n") if line.strip()]
    return min(indents, key=len, default="")


def indented_string(f: Failure) -> Habit | None:
    """`''…''` of Nix."""
    if not f.startswith("''"):
        return None
    if f.startswith("'''"):
        return _three_quotes(f)
    position = f.start + 2
    has_escapes = False
    for found in _INDENTED_STRING_END.finditer(f.text, position):
        if len(found[0]) == 2:
            close = found.start()
            break
        has_escapes = True
    else:
        close = -1
    end = f.start + 2 if close < 0 else close + 2
    better = None if close < 0 or has_escapes else _as_text(f.text[position:close])
    return Habit(
        f,
        'A text of several lines stands in `"""`, not in two single quotes',
        place=(f.start, f.start + 2),
        help='write `"""` before and after it; the closing one sets the margin',
        edit=(f.start, end, better) if better is not None else None,
        offers=A_STRING if "PLAIN_STRING" in f.accepted else None,
        go_on=end,
        group="indented-string",
    )


def _three_quotes(f: Failure) -> Habit:
    """`'''…'''` of Python and TOML."""
    close = f.text.find("'''", f.start + 3)
    end = f.start + 3 if close < 0 else close + 3
    better = None if close < 0 else _as_text(f.text[f.start + 3 : close])
    return Habit(
        f,
        'A text of several lines stands in `"""`, not in three single quotes',
        place=(f.start, f.start + 3),
        help='write `"""` before and after it; the closing one sets the margin',
        edit=(f.start, end, better) if better is not None else None,
        offers=A_STRING if "PLAIN_STRING" in f.accepted else None,
        go_on=end,
        group="three-quotes",
    )


def _as_text(body: str) -> str | None:
    """What stands between `''` as a string or text block, None if that is not simple."""
    if '"""' in body or "#{" in body or "${" in _NIX_HOLE.sub("", body):
        return None
    if "\n" not in body:
        escaped = body.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{_with_holes(escaped)}"'
    first, _, rest = body.partition("\n")
    lines, _, last = rest.rpartition("\n")
    if first.strip() or last.strip():
        return None
    return f'"""\n{_with_holes(lines)}\n{_least_indent(lines)}"""'


def _with_holes(body: str) -> str:
    return _NIX_HOLE.sub(r"#{\1}", body)


def single_quotes(f: Failure) -> Habit | None:
    """Strings in quotes of another kind."""
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
        offers=A_STRING if "PLAIN_STRING" in f.accepted else None,
        go_on=close + 1,
    )


def path_value(f: Failure) -> Habit | None:
    """Paths without quotes."""
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
        offers=A_STRING if start == f.start else None,
        go_on=go_on,
    )


def number(f: Failure) -> Habit | None:
    """Addresses without quotes, and numbers that are none."""
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
            offers=A_STRING if "PLAIN_STRING" in f.accepted else None,
            go_on=end,
        )
    amount = amount_of(f, found)
    if amount is not None:
        return amount
    unit = found.lstrip("0123456789_.")
    message = f"`{found}` is no number"
    help_ = ""
    if unit:
        message = f"`{unit}` is no unit"
        help_ = f"units are {', '.join([f'`{known}`' for known in UNITS])}"
    offers = (("INT", "0"),) if "INT" in f.accepted else None
    return Habit(f, message, place=(f.start, end), help=help_, offers=offers, go_on=end)


def side_by_side(f: Failure) -> Habit | None:
    """`a = "b" "c"` and `a = b c`, where the second is read as a statement's beginning; `1 2`."""
    word, start = head_text(f)
    end = f.machine.last_end
    if not word:
        start, end = f.start, f.end
        if not (f.found[:1].isdigit() and after_value(f)):
            return None
    before = _VALUE_END.search(f.text[f.text.rfind("\n", 0, start) + 1 : start])
    if not before or before[1] in _STRENGTHS:
        return None
    go_on = expression_end(f, end) if word else end
    help = "`++` joins text, `[…, …]` makes a list; statements stand on lines of their own"
    if before[1][0].isalpha():
        help = f"a string stands in quotes; a function is called as `{before[1]}(…)`"
    return Habit(
        f,
        "Two values stand side by side, with nothing between them",
        place=(start, end),
        help=help,
        offers=(),
        since=start if word else None,
        go_on=go_on + 1 if f.text[go_on : go_on + 1] == "," else go_on,
    )
