"""Imports, options and paths as other languages write them; words that are no names."""

from __future__ import annotations

import re

from evaluator.syntax.habits.habit import (
    A_STRING,
    Habit,
    closing_bracket,
    head_text,
    head_word,
    line_start,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from evaluator.syntax.failure import Failure

_IMPORT_TARGET = re.compile(r"[ \t]*import[ \t]+([^\s\";]+)")
_HEAD = re.compile(r"[ \t]*(?:=(?!=)|\.[A-Za-z_\"]|\{)")
_STRENGTHS = ("default", "force", "first", "last")
_INCLUDES = ("include", "includes", "source", "require", "use", "load", "imports", "import_file")
_STRING = r"(?:\"[^\"\\\n#]*\"|'[^'\"\\\n#]*')"
_NAME = r"[A-Za-z_](?:-?\w)*"
_IMPORT_LIST = re.compile(rf"\[\s*({_STRING}(?:[\s,]+{_STRING})*)[\s,]*\]")
_IMPORT_CALL = re.compile(rf"\([ \t]*({_STRING})[ \t]*\)")
_IMPORT_FROM = re.compile(rf"import[ \t]+(?:\*[ \t]+as[ \t]+)?({_NAME})[ \t]+from[ \t]+({_STRING})")
_IMPORT_NAMES = re.compile(rf"import[ \t]*\{{[^{{}}\n]*\}}[ \t]*from[ \t]*({_STRING})")
_FROM_IMPORT = re.compile(r"from[ \t]+([\w./\"'-]+)[ \t]+import\b[^\n]*")
_MORE_IMPORTS = re.compile(rf"[ \t]*import[ \t]+{_STRING}([ \t]*,[ \t]*){_STRING}\Z")
_LABELS = re.compile(rf"(?:(?:\"[^\"\\\n#]*\"|{_NAME})[ \t]*){{1,8}}(?=\{{|=(?![=>]))")
_LABEL = re.compile(rf"\"[^\"\\\n#]*\"|{_NAME}")
_TITLE = re.compile(r"([\w -]*\w)[ \t]*(?=\{)")
_KEY = re.compile(r"\[[ \t]*(\"[^\"\\\n#]*\")[ \t]*\]")
# The blocks of HCL that have names, and what serves their purpose here.
_HCL_BLOCKS = {
    "variable": "what others may set is declared as `option name: type = default`",
    "output": "every option can be read: `vcfg eval FILE path.to.option`",
    "resource": "a thing to run is declared as `service name { … }`, and set as `name { … }`",
    "data": 'a file of data is read by `import "FILE.json" as name`',
    "module": 'another file is imported: `import "./FILE.vcfg"`',
    "provider": "there are no providers: what a machine gets is said by the options of services",
}
_OPTIONS = {"OPTION": "option", "ACCEPTS": "accepts", "COMPUTED": "computed"}
_IN_OPTION = ("NAME", "DOT", "COLON", "option_path", "PLAIN_STRING", "word", "soft", "string")
_OPTION_TYPE = "An option needs a type: `option name: type = default`"
_TYPE_ARGUMENTS = "The parts of a type stand in `( )`, as in `list(string)`"
_TYPE_NAMES = frozenset(
    [
        *("bool", "int", "float", "string", "text", "path", "port", "mode", "duration", "size"),
        *("url", "ip-address", "schedule", "list", "set", "map", "ordered"),
    ]
)
_TYPE_AHEAD = re.compile(rf"[ \t]*({_NAME})(?![\w.-])")


def import_path(f: Failure) -> Habit | None:
    """A file without quotes."""
    line_start = f.text.rfind("\n", 0, f.start) + 1
    found = _IMPORT_TARGET.match(f.text, line_start)
    if not found or not found.start(1) <= f.start <= found.end(1):
        return None
    target = found[1].strip("<>(),")
    if not found[1].startswith((".", "/", "<", "~")) and "/" not in target:
        rest = f.text[found.end() : found.end() + 100].partition("\n")[0].strip()
        if rest or not target.replace(".", "").replace("-", "").isidentifier():
            return None
    return Habit(
        f,
        "The file of an `import` is a string",
        place=found.span(1),
        help=f'write `import "{target}"`',
        edit=(*found.span(1), f'"{target}"'),
    )


def import_form(f: Failure) -> Habit | None:
    """`import x from "y"`, `import { x } from "y"`, `import ["a", "b"]`, `import("a")`."""
    text = f.text
    line = line_start(f)
    start = line + len(text[line : f.start + 1]) - len(text[line : f.start + 1].lstrip())
    found = _IMPORT_FROM.match(text, start, start + 500)
    if found and f.start < found.end():
        edit = (start, found.end(), f"import {_quoted(found[2])} as {found[1]}")
        return _import(f, "The file comes first in an `import`", edit, start)
    found = _IMPORT_NAMES.match(text, start, start + 500)
    if found and f.start < found.end():
        message = "An `import` brings in all of a file"
        return _import(f, message, (start, found.end(), f"import {_quoted(found[1])}"), start)
    found = _FROM_IMPORT.match(text, f.start, f.start + 500)
    if found and "AT_SIGN" in f.accepted:
        edit = (f.start, found.end(), f"import {_quoted(found[1])}")
        return _import(f, "An `import` brings in all of a file", edit, None)
    if f.last_entry != "IMPORT" or f.term not in ("LSQB", "LPAR"):
        return _further_import(f)
    start = f.machine.starts[-1]
    found = _IMPORT_CALL.match(text, f.start, f.start + 500)
    if found:
        edit = (start, found.end(), f"import {_quoted(found[1])}")
        return _import(f, "`import` is a statement and takes no parentheses", edit, start)
    found = _IMPORT_LIST.match(text, f.start, f.start + 5000)
    if not found:
        return None
    files = [_quoted(one) for one in re.findall(_STRING, found[1])]
    before = text[line:start]
    between = f"\n{before}" if not before.strip() else " "
    edit = (start, found.end(), between.join(f"import {one}" for one in files))
    return _import(f, "An `import` names one file", edit, start)


def _import(f: Failure, message: str, edit: tuple[int, int, str], since: int | None) -> Habit:
    written = edit[2].partition("\n")[0]
    return Habit(
        f,
        message,
        place=edit[:2],
        help=f"write `{written}`",
        edit=edit,
        offers=(),
        since=since,
        go_on=edit[1],
        group="import-form",
    )


def _further_import(f: Failure) -> Habit | None:
    """`import "a", "b"`: the second one was read as the path of a definition."""
    found = _MORE_IMPORTS.match(f.before)
    string, start = head_text(f)
    if not found or not string.startswith('"'):
        return None
    comma = start - len(found[1])
    return Habit(
        f,
        "An `import` names one file",
        place=(start, f.machine.last_end),
        help=f"write `import {string}` after it",
        edit=(comma, start, "\nimport "),
        offers=(("IMPORT", "import"), *A_STRING),
        since=start,
        go_on=f.machine.last_end,
    )


def _quoted(name: str) -> str:
    bare = name.strip("\"'")
    return f'"{bare}"'


def include(f: Failure) -> Habit | None:
    """`include "x"`, `source "x"`, `require("x")`."""
    word, start = head_word(f)
    if word not in _INCLUDES:
        return None
    place = (start, start + len(word))
    found = _IMPORT_CALL.match(f.text, f.start, f.start + 500)
    found = found or re.compile(rf"({_STRING})").match(f.text, f.start, f.start + 500)
    if not found or f.text[found.end() : found.end() + 20].lstrip(" \t")[:1] in ("{", "="):
        return None
    file = _quoted(found[1])
    return Habit(
        f,
        "A file is brought in with `import`",
        place=place,
        help=f"write `import {file}`",
        edit=(start, found.end(), f"import {file}"),
        offers=(),
        since=start,
        go_on=found.end(),
        group="include",
    )


def option_type(f: Failure) -> Habit | None:
    """`option x = 1`, `option x`, `option x int`, `option x: = 1`, `option x { … }`."""
    entries = f.machine.tables.entries
    kind = _open_option(f)
    if not kind:
        return None
    at_colon = "COLON" in f.accepted
    at_type = f.last_entry == "COLON" and f.term == "EQUAL"
    if not at_colon and not at_type:
        return None
    if f.term == "NAME" and not f.is_first and entries[f.machine.states[-1]] != "DOT":
        return Habit(
            f,
            f"The type of an option stands after `:`: `{kind} name: type`",
            help="write `:` before the type",
            edit=(f.machine.last_end, f.machine.last_end, ":"),
            offers=(("COLON", ":"),),
            go_on=f.start,
            group="option-colon",
        )
    type_ = _type_of_default(f) if f.term == "EQUAL" else ""
    colon = "" if at_type else ":"
    offered = (("NAME", "type"),) if at_type else (("COLON", ":"), ("NAME", "type"))
    end = f.machine.last_end
    start = f.machine.starts[-1]
    return Habit(
        f,
        _OPTION_TYPE,
        place=(start, end) if f.is_first or f.term == "$END" else None,
        help=f"write `: {type_}` before `=`" if type_ else "",
        edit=(end, end, f"{colon} {type_}") if type_ else None,
        offers=None if f.term == "LBRACE" else offered,
        go_on=f.start,
        group="option-type",
    )


def _open_option(f: Failure) -> str:
    """The word that began the declaration of an option which is being read, "" if none."""
    entries = f.machine.tables.entries
    for state in f.machine.states[-2:-40:-1]:
        if entries[state] in _OPTIONS:
            return _OPTIONS[entries[state]]
        if entries[state] == "option_kind":
            return "option"
        if entries[state].removeprefix("__").partition("_star")[0] not in _IN_OPTION:
            return ""
    return ""


def _type_of_default(f: Failure) -> str:
    """The type that a literal after `=` probably has, "" if that is not plain to see."""
    literal = re.compile(r"=[ \t]*([^\s,;}]+)").match(f.text, f.end - 1, f.end + 200)
    if not literal:
        return ""
    value = literal[1]
    if value in ("true", "false"):
        return "bool"
    if value[0] == '"':
        return "string"
    if value.isdigit():
        name = f.before.rstrip(": \t")
        return "port" if name.endswith("port") else "int"
    return "mode" if value.startswith("0o") else ""


def type_arguments(f: Failure) -> Habit | None:
    """`list[string]`, `list<string>`, `[string]`."""
    text = f.text
    wants_type = {"NULL", "MINUS", "RAW"} <= f.accepted and "TEXT_QUOTE" not in f.accepted
    if wants_type and f.term == "LSQB":
        close = closing_bracket(f, f.start)
        if close < 0:
            return None
        inner = _rounded(text[f.start + 1 : close].strip())
        edit = (f.start, close + 1, f"list({inner})") if inner else None
        return Habit(
            f,
            _TYPE_ARGUMENTS,
            help=f"write `list({inner})`" if inner else "write `list(string)`",
            edit=edit,
            offers=(("NAME", "list"),),
            go_on=close + 1,
            group="type-arguments",
        )
    if f.term not in ("LSQB", "LESS") or not {"QMARK", "LPAR"} <= f.accepted:
        return None
    if "PLUS" in f.accepted:
        return None
    close = closing_bracket(f, f.start) if f.term == "LSQB" else _closing_angle(text, f.start)
    if close < 0:
        return None
    inner = _rounded(text[f.start + 1 : close])
    return Habit(
        f,
        _TYPE_ARGUMENTS,
        place=(f.start, close + 1),
        help=f"write `({inner})`",
        edit=(f.start, close + 1, f"({inner})"),
        offers=(),
        go_on=close + 1,
        group="type-arguments",
    )


def _rounded(inner: str) -> str:
    return re.sub(r"[\[<]", "(", re.sub(r"[\]>]", ")", inner))


def _closing_angle(text: str, opener: int) -> int:
    depth = 0
    for position in range(opener, min(opener + 300, len(text))):
        depth += {"<": 1, ">": -1}.get(text[position], 0)
        if not depth:
            return position
        if text[position] == "\n":
            break
    return -1


def field_type(f: Failure) -> Habit | None:
    """`port: int` in a record or service, where options are declared."""
    word, start = head_word(f)
    found = _TYPE_AHEAD.match(f.text, f.end, f.end + 80)
    if f.term != "COLON" or not word or not found or found[1] not in _TYPE_NAMES:
        return None
    entries = f.machine.tables.entries
    for index in range(len(f.machine.states) - 1, 0, -1):
        if entries[f.machine.states[index]] == "LBRACE":
            before = {entries[state] for state in f.machine.states[max(0, index - 6) : index]}
            if before.isdisjoint(("RECORD", "SERVICE")):
                return None
            break
    else:
        return None
    return Habit(
        f,
        "What a record or service has is declared with `option`",
        place=(start, start + len(word)),
        help=f"write `option {word}: {found[1]}`",
        edit=(start, start, "option "),
        offers=(("OPTION", "option"), ("NAME", word)),
        since=start,
        go_on=f.start,
        group="field-type",
    )


def type_declaration(f: Failure) -> Habit | None:
    """`struct R { }`, `class R { }`, `enum X { }`."""
    word, start = head_word(f)
    if f.term != "NAME" or word not in ("struct", "class", "object", "schema", "enum"):
        return None
    if f.text[f.end : f.end + 50].lstrip()[:1] != "{":
        return None
    place = (start, start + len(word))
    if word == "enum":
        message = 'A type of several words is declared as `type name = "a" | "b"`'
        return Habit(f, message, place=place, help=f"write `type {f.found} = …`")
    return Habit(
        f,
        "A type with parts of its own is declared with `record`",
        place=place,
        help="write `record`",
        edit=(*place, "record"),
        since=start,
        offers=(("RECORD", "record"),),
        go_on=f.start,
        group="record",
    )


def title(f: Failure) -> Habit | None:
    """`test name { }`."""
    word, _ = head_word(f)
    if word not in ("test", "section") or f.term != "NAME":
        return None
    found = _TITLE.match(f.text, f.start, f.start + 200)
    if not found:
        return None
    string = f'"{found[1]}"'
    return Habit(
        f,
        f"The title of a `{word}` is a string",
        place=found.span(1),
        help=f"write `{word} {string}`",
        edit=(*found.span(1), string),
        offers=A_STRING,
        go_on=found.end(1),
        group="title",
    )


def path_of_words(f: Failure) -> Habit | None:
    """`networking "eth0" { }`, `resource "x" "y" { }`."""
    if f.is_first or not {"EQUAL", "LBRACE"} <= f.accepted:
        return None
    start = _path_start(f)
    found = None if start < 0 else _LABELS.match(f.text, f.start, f.start + 500)
    if not found:
        return None
    labels = _LABEL.findall(found[0])
    path = ".".join(labels)
    line = f.before
    head = line[max(line.rfind(" "), line.rfind("\t"), line.rfind("{")) + 1 :].rstrip()
    is_block = f.text.startswith("{", found.end())
    if is_block and head in _HCL_BLOCKS and labels[0].startswith('"'):
        close = closing_bracket(f, found.end())
        return Habit(
            f,
            f"`{head}` blocks are those of HCL, and mean nothing here",
            place=(start, f.start + len(found[0].rstrip())),
            help=_HCL_BLOCKS[head],
            offers=(),
            since=start,
            go_on=len(f.text) if close < 0 else close + 1,
            group=f"hcl-{head}",
        )
    if any(" " in label for label in labels) or (not is_block and '"' not in path):
        return None
    message = "The parts of a path are joined by `.`"
    if is_block:
        message = "A block is addressed by a path, whose parts are joined by `.`"
    end = f.start + len(found[0].rstrip())
    return Habit(
        f,
        message,
        place=(f.start, end),
        help=f"write `{head}.{path} {'{ … }' if is_block else '= …'}`",
        edit=(f.machine.last_end, end, f".{path}"),
        offers=(("NAME", "path"),),
        since=start,
        go_on=end,
        group="path-of-words",
    )


def _path_start(f: Failure) -> int:
    """Where the path begins that was read just before; -1 if more than a path was."""
    machine = f.machine
    entries = machine.tables.entries
    for index in range(len(machine.states) - 1, 0, -1):
        if "path" in machine.tables.gotos[machine.states[index - 1]]:
            return machine.starts[index - 1]
        if entries[machine.states[index]] in ("AFTER", "BEFORE", "after", "before"):
            break
    return -1


def path_by_index(f: Failure) -> Habit | None:
    """`a["b"] = 1` and `a[0] = 1`."""
    if f.term != "LSQB" or f.is_first or not {"EQUAL", "LBRACE"} <= f.accepted:
        return None
    found = _KEY.match(f.text, f.start, f.start + 300)
    if found and f.start == f.machine.last_end:
        return Habit(
            f,
            "The parts of a path are joined by `.`",
            place=found.span(),
            help=f"write `.{found[1]}`",
            edit=(*found.span(), f".{found[1]}"),
            offers=(("DOT", "."), ("PLAIN_STRING", found[1])),
            go_on=found.end(),
            group="path-by-index",
        )
    close = closing_bracket(f, f.start)
    after = f.text[close + 1 : close + 50].lstrip(" \t")[:1]
    if close < 0 or f.start > f.machine.last_end or after not in ("=", "{", "."):
        return None
    return Habit(
        f,
        "A definition gives a whole list: its items have no paths",
        help="write `path = [ … ]`; lists of several files are joined",
        offers=(),
        go_on=close + 1,
        group="path-by-number",
    )


def reserved_head(f: Failure) -> Habit | None:
    """A word of the language where a path begins."""
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
    # The word that is written: a repair may have put another one in its place.
    start = machine.starts[-1] if machine.starts else 0
    word = f.text[start : machine.last_end] if machine.last_end - start < 20 else ""
    if word not in machine.tables.hard:
        return None
    if machine.tables.words[word] != f.last_entry:
        return None
    heads = ("EQUAL", "DOT", "LBRACE") if word in _STRENGTHS else ("EQUAL", "DOT")
    if f.term not in heads:
        return None
    place = (start, start + len(word))
    return Habit(
        f,
        f"`{word}` is a word of the language and stands in quotes where it is a name",
        place=place,
        help=f'write `"{word}"`',
        edit=(*place, f'"{word}"'),
        offers=(("PLAIN_STRING", f'"{word}"'),),
        go_on=f.start,
        since=start,
        code="reserved-word",
    )
