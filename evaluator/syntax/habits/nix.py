"""Words of the Nix language and of its module library."""

from __future__ import annotations

import re

from evaluator.syntax.habits.habit import (
    CLOSERS,
    MOST_TOKENS,
    OPENERS,
    Habit,
    after_value,
    expression_end,
    head_word,
)
from evaluator.syntax.lexer import tokens

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.syntax.failure import Failure

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
_INHERIT = re.compile(r"inherit[ \t]*(?:\(([^()\n]*)\))?([^;\n{}=]*);?")
_WITH_STATEMENT = re.compile(r"with[ \t]+([\w.-]+)[ \t]*(?=;)")
_WITH = re.compile(r"\bwith[ \t]+([\w.-]+)\Z")


def nix_function(f: Failure) -> Habit | None:
    """`mkIf`, `mkForce` and the other functions of the module library."""
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


def inherit(f: Failure) -> Habit | None:
    """`inherit a b;` and `inherit (x) a b;`."""
    word, start = head_word(f)
    if word != "inherit" or f.term in ("EQUAL", "LBRACE", "DOT"):
        return None
    found = _INHERIT.match(f.text, start, start + 1000)
    if found is None:
        return None
    origin = (found[1] or "").strip()
    names = found[2].split()
    written = [f"{name} = {origin}.{name}" if origin else f"{name} = {name}" for name in names]
    return Habit(
        f,
        "There is no `inherit`: each value is given by a definition of its own",
        place=found.span(),
        help=f"write `{written[0]}`" if written else "",
        edit=(*found.span(), " ".join(written)) if origin and written else None,
        offers=(),
        since=start,
        go_on=found.end(),
        group="inherit",
    )


def with_names(f: Failure) -> Habit | None:
    """`with x;` before statements or before a value."""
    found = _WITH.search(f.before) if f.found == ";" else None
    word, start = head_word(f)
    if word == "with" and f.term in ("NAME", "CONFIG", "SELF"):
        found = _WITH_STATEMENT.match(f.text, start, start + 300)
        if found is None:
            return None
    if not found:
        return None
    semicolon = f.text.index(";", f.start)
    at_value = word != "with"
    advice = f"leave it out, and write `{found[1]}.name`"
    if found[1].rpartition(".")[2] == "pkgs":
        advice = 'leave it out; packages are named by strings: `["vim", "git"]`'
    if not at_value:
        return Habit(
            f,
            "There is no `with`: names are written in full",
            place=(start, semicolon + 1),
            help=advice,
            offers=(),
            since=start,
            go_on=semicolon + 1,
            group="with",
        )
    with_start = f.machine.last_end - len(found[0])
    return Habit(
        f,
        "There is no `with`: names are written in full",
        place=(with_start, semicolon + 1),
        help=advice,
        group="with",
    )


def let_in(f: Failure) -> Habit | None:
    """`let x = 1; in …` as a value."""
    if not f.machine.problems:
        return None
    kind, start, end, facts = f.machine.problems[-1]
    if kind != "reserved-word" or facts["word"] != "let" or "TEXT_QUOTE" not in facts["row"]:
        return None
    close = _word_in(f, end)
    if close < f.start:
        return None
    # Where statements may stand, the `let` was read as a value, and what it binds as the next ones.
    is_behind = end == f.machine.last_end
    return Habit(
        f,
        "There is no `let … in`: a name is bound by a statement of its own",
        place=(start, end),
        help="write `let name = …` on a line before, and here only what follows `in`",
        offers=(),
        since=start if is_behind else None,
        go_on=close if is_behind else expression_end(f, close),
        group="let-in",
    )


def _word_in(f: Failure, start: int) -> int:
    """Where the `in` ends that belongs to a `let` that ends at `start`, -1 without one nearby."""
    depth = 0
    for count, (term, word_start, end) in enumerate(tokens(f.text, f.machine.tables, start)):
        word = f.text[word_start:end]
        depth += (term in OPENERS or word == "let") - (term in CLOSERS)
        if depth < 0 or count > MOST_TOKENS:
            break
        if word == "in":
            if not depth:
                return end
            depth -= 1
    return -1


def recursive_record(f: Failure) -> Habit | None:
    """`rec { }` as a value."""
    if f.term != "LBRACE" or not after_value(f):
        return None
    start = f.machine.starts[-1]
    if f.text[start : f.machine.last_end] != "rec":
        return None
    return Habit(
        f,
        "There is no `rec`: a record is written `{ … }`",
        place=(start, f.machine.last_end),
        help="leave `rec` out",
        edit=(start, f.start, ""),
        offers=(),
        since=start,
        go_on=f.start,
        group="rec",
    )
