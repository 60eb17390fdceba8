"""Whole files that are shaped otherwise: YAML, JSON, TOML, templates, files of Nix, comments."""

from __future__ import annotations

import re

from evaluator.syntax.habits.habit import Habit, block_end

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.syntax.failure import Failure

_FIRST_PART = 20_000  # characters of a file that are looked through for its notation
_YAML = re.compile(
    r'(?m)^[ \t]*[\w"][\w."-]*:[ \t]*(?:#.*)?\n(?:[ \t]*(?:#.*)?\n)*[ \t]*'
    r'(?:- |[\w"][\w."-]*:(?:\s|\Z))'
)
_JSON = re.compile(r'\s*\{\s*"[^"\n]*"\s*:')
_NIX_HEAD = re.compile(r"\{[^{}=;]*\}[ \t]*(?:@[ \t]*\w+[ \t]*)?:\s*(?P<brace>\{)?")
_REST_OF_LINE = re.compile(r"[ \t\r]*(?:#[^\n]*)?(?=\n|\Z)")
_NEXT_LINE = re.compile(r"(?:[ \t\r]*(?:#[^\n]*)?\n)+([ \t]*)(- )?")
_TOML_SECTION = re.compile(r'\[{1,2}[ \t]*([\w."-]+)[ \t]*\]{1,2}(?=[ \t\r]*(?:#[^\n]*)?(?:\n|\Z))')
_TEMPLATE = re.compile(r"\{\{-?[ \t]*(?P<value>[^{}\n]*?)[ \t]*-?\}\}|\{%[^\n]*?%\}|%\{[^}\n]*\}")
_PLAIN_NAME = re.compile(r"[A-Za-z_][\w.-]*\Z")
_IN_YAML = (
    "Values are given with `=`; blocks stand in `{ }` and lists in `[ ]`, not in indented lines"
)
WORDS_FOR_VALUES = ("true", "false", "null")
_BRACES = "A file is its statements, without braces and without a function head around them"


def colon_group(f: Failure) -> tuple[str, str]:
    """What is said about a `:` in place of `=`, and the group of habits it belongs to."""
    start = f.text[:_FIRST_PART]
    if _JSON.match(start):
        return "A value is given with `=`; `:` stands before a type", _BRACES
    if start.startswith("---") or _YAML.search(start):
        return _IN_YAML, "yaml"
    message = "A value is given with `=`; `:` stands before a type"
    return message, message


def is_nested_yaml(f: Failure) -> bool:
    """Whether parts of the file are told by indentation, so that its signs are not all."""
    return _YAML.search(f.text[:_FIRST_PART]) is not None


def yaml_block(f: Failure) -> Habit | None:
    """`key:` with its value in the lines below."""
    if f.term != "COLON" or "EQUAL" not in f.accepted or (f.opener and f.opener[0] != "{"):
        return None
    line_end = _REST_OF_LINE.match(f.text, f.end)
    following = line_end and _NEXT_LINE.match(f.text, line_end.end())
    if not following:
        return None
    line = f.text.rfind("\n", 0, f.start) + 1
    key = f.text[line : f.start].strip()
    width = len(f.text[line : f.start]) - len(f.text[line : f.start].lstrip())
    is_list = following[2] is not None
    if len(following[1]) <= width - is_list or len(key) > 200:
        return None
    return Habit(
        f,
        _IN_YAML,
        place=(f.start - len(key), f.end),
        help=f"write `{key} = [ … ]`" if is_list else f"write `{key} {{ … }}`",
        offers=(),
        since=f.start - len(key),
        go_on=block_end(f.text, f.start),
        group="yaml",
    )


def yaml_start(f: Failure) -> Habit | None:
    """`---` above the first line."""
    if not f.startswith("---") or not f.is_first or "AT_SIGN" not in f.accepted:
        return None
    message, group = colon_group(f)
    if group != "yaml":
        message = group = "`---` begins nothing: a file begins with its first statement"
    end = f.start + 3
    return Habit(
        f,
        message,
        place=(f.start, end),
        help="leave `---` out",
        edit=(f.start, end, ""),
        offers=(),
        go_on=end,
        group=group,
    )


def dash_item(f: Failure) -> Habit | None:
    """Items of a list on lines of their own."""
    if f.term == "MINUS" and f.is_first and "AT_SIGN" in f.accepted:
        return Habit(
            f,
            "A list is written `[a, b]`, not with `-` on lines of their own",
            offers=(),
            go_on=block_end(f.text, f.start),
            group="dash",
        )
    return None


def toml_section(f: Failure) -> Habit | None:
    """`[section]` above its keys."""
    found = _TOML_SECTION.match(f.text, f.start, f.start + 300)
    if not found or not f.is_first or "AT_SIGN" not in f.accepted:
        return None
    return Habit(
        f,
        "A part of a file is a block in braces, not the lines below a name in `[ ]`",
        place=found.span(),
        help=f"write `{found[1]} {{ … }}`",
        offers=(),
        go_on=found.end(),
        group="toml",
    )


def _line_end(text: str, position: int) -> int:
    end = text.find("\n", position)
    return len(text) if end < 0 else end


def template(f: Failure) -> Habit | None:
    """`{{ x }}`, `{% if x %}` and `%{ if x }` outside of strings."""
    start = f.start
    if f.term in ("LBRACE", "PERCENT") and f.last_entry == "LBRACE" and f.text[start - 1] == "{":
        start -= 1
    found = _TEMPLATE.match(f.text, start, start + 400)
    if not found:
        return None
    value = found["value"]
    if value is None:
        message = "There are no templates: choices are `if … then … else …`, or blocks of `when`"
        edit = None
        help_ = "write `when … { }` around statements, `if … then … else …` for a value"
    else:
        message = "An expression needs no `{{ }}`; inside of strings it stands in `#{…}`"
        is_name = _PLAIN_NAME.match(value)
        edit = (*found.span(), value) if is_name else None
        help_ = f"write `{value}`" if is_name else "write the bare expression"
    expects_value = "TEXT_QUOTE" in f.accepted or start < f.start
    return Habit(
        f,
        message,
        place=found.span(),
        help=help_,
        edit=edit,
        offers=(("NAME", "value"),) if expects_value else (),
        since=start if start < f.start else None,
        go_on=_line_end(f.text, found.end()) if value is None else found.end(),
        group="value-template" if value is not None else "template",
    )


def file_head(f: Failure) -> Habit | None:
    """Braces around the whole file, with the head of a function before them or without."""
    if f.machine.values or f.term != "LBRACE" or f.opener:
        return None
    head = _NIX_HEAD.match(f.text, f.start, f.start + 2000)
    message = _BRACES
    end = f.end
    if head:
        end = head.end()
    elif _JSON.match(f.text, f.start):
        message = 'A file is its statements, without braces around them: `"a": 1` is `a = 1`'
    return Habit(
        f,
        message,
        place=(f.start, f.end),
        help="leave the head and the braces out" if head else "leave the braces out",
        edit=(f.start, end, ""),
        offers=(),
        go_on=end,
        group=_BRACES,
    )


def file_end(f: Failure) -> Habit | None:
    """The brace that closes those around the whole file."""
    if f.term != "RBRACE" or f.opener or not f.text.lstrip("\ufeff \t\r\n").startswith("{"):
        return None
    if f.accepted.isdisjoint(("AT_SIGN", "$END")) or f.text[f.end : f.end + 200].strip():
        return None
    return Habit(
        f, _BRACES, help="leave it out", edit=(f.start, f.end, ""), offers=(), group=_BRACES
    )


def comment(f: Failure) -> Habit | None:
    """`//` and `/* */`."""
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
    if _joins_blocks(text, start):
        return Habit(
            f,
            "`//` joins no blocks, and there is no other sum of them",
            place=(start, start + 2),
            help="definitions of one option are merged: define each by a line of its own",
            offers=() if alone else None,
            go_on=end,
        )
    return Habit(
        f,
        f"`{wrong}` begins no comment: `#` does, to the end of the line",
        place=(start, start + 2),
        help="write `#` before each line of the comment",
        edit=edit,
        offers=() if alone else None,
        go_on=end,
    )


def _joins_blocks(text: str, at: int) -> bool:
    """Whether `//` stands between two names or blocks, as in Nix, and not before a remark."""
    before = text[text.rfind("\n", 0, at) + 1 : at].rstrip()
    line, _, _ = text[at:].partition("\n")
    after = line.removeprefix("//").strip()
    last = before.rpartition(" ")[2]
    named = last[-1:] in ("}", ")") or (last[:1].isalpha() and last not in WORDS_FOR_VALUES)
    word = after.replace(".", "").replace("-", "").replace("_", "")
    return (
        line.startswith("//")
        and "=" in before
        and named
        and (after.startswith("{") or ("." in after and word.isalnum()) or len(after) == 1)
    )


def trailing_doc(f: Failure) -> Habit | None:
    """Documentation or an annotation before nothing."""
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
