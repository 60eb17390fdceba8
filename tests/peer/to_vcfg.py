"""An abstract module set as `.vcfg` files."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.peer.model import Node, Set

NAME = re.compile(r"[a-z][a-z0-9-]*")
STRENGTHS = {50: "force ", 1000: "default "}
DECLARING = ("record", "type", "choice")
ORDERS = {500: "first ", 1500: "last "}


def file_name(number: int) -> str:
    """How the file of a number is called."""
    return f"f{number}.vcfg" if number else "main.vcfg"


def files_of(set_: Set) -> dict[str, str]:
    """Texts of all files by name."""
    homes = {
        item[1]: number
        for number, file in enumerate(set_["files"])
        for item in file["items"]
        if item[0] in DECLARING
    }
    texts = {}
    for number, file in enumerate(set_["files"]):
        _prefix.update({name: f"m{at}." if at != number else "" for name, at in homes.items()})
        head = [
            f'import "./{file_name(each)}" as m{each}\n'
            for each in dict.fromkeys(file.get("imports", []))
        ]
        head += [f'disable "./{file_name(each)}"\n' for each in file.get("disable", [])]
        texts[file_name(number)] = "".join(head) + statements(file["items"], "")
    return texts


# How the file that is being written calls the types of all files.
_prefix: dict[str, str] = {}


def statements(items: list[Node], indent: str) -> str:
    """Statements, each on lines of its own."""
    return "".join([indent + statement(item, indent) + "\n" for item in items])


def statement(item: Node, indent: str) -> str:
    """One statement without a line end behind it."""
    tag = item[0]

    def body(items: list[Node]) -> str:
        return "{\n" + statements(items, indent + "  ") + indent + "}"

    if tag == "option":
        _tag, kind, path, type_, default = item
        end = "" if default is None else f" = {expression(default)}"
        return f"{kind} {dotted(path)}: {type_text(type_)}{end}"
    if tag in ("record", "service", "choice", "extend"):
        name = item[1] if isinstance(item[1], str) else dotted(item[1])
        base = f" from {_prefix[item[2]]}{item[2]}" if tag == "record" and item[2] else ""
        return f"{tag} {name}{base} {body(item[-1])}"
    if tag == "grow":
        return f"extend record {_prefix[item[1]]}{item[1]} {body(item[2])}"
    if tag == "alias":
        return f"alias {dotted(item[1])} to {dotted(item[2])}"
    if tag == "type":
        sources = [f"\n{indent}  from {type_text(a)} by {expression(b)}" for a, b in item[3]]
        return f"type {item[1]} = {type_text(item[2])}{''.join(sources)}"
    if tag == "let":
        return f"let {item[1]} = {expression(item[2])}"
    if tag == "def":
        return f"{rank(item)}{dotted(item[3])} = {expression(item[4])}"
    if tag == "block":
        return f"{rank(item)}{dotted(item[3])} {body(item[4])}"
    if tag == "when":
        other = f" else {body(item[3])}" if item[3] is not None else ""
        return f"when {expression(item[1])} {body(item[2])}{other}"
    if tag == "for":
        return f"for {item[1]} in {expression(item[2])} {body(item[3])}"
    raise ValueError(tag)


def rank(item: Node) -> str:
    """Strength and order words of a definition."""
    strength, order = item[1], item[2]
    first = "" if strength is None else STRENGTHS.get(strength, f"priority {strength} ")
    return first + ("" if order is None else ORDERS.get(order, f"order {order} "))


def dotted(path: Node) -> str:
    """A path as it is written."""
    return ".".join([component(part) for part in path])


def component(part: object) -> str:
    """One component: a name, a quoted key or a computed one."""
    if not isinstance(part, str):
        return f'"#{{{expression(part)}}}"'  # type: ignore[arg-type]
    plain = NAME.fullmatch(part) or part == "*"
    return part if plain and part not in ("default", "force") else quoted(part)


def quoted(text: str) -> str:
    """A string literal."""
    return json.dumps(text, ensure_ascii=False).replace("#{", "\\#{")


def type_text(type_: Node) -> str:
    """A type as it is written."""
    tag = type_[0]
    if tag == "int" and len(type_) == 3:
        low, high = type_[1], type_[2]
        return f"int({low}..{high})"
    if tag == "string" and len(type_) == 2:
        return f'string(matches: r"{type_[1]}")'
    if tag == "enum":
        return " | ".join([scalar(each) for each in type_[1]])
    if tag in ("list", "set", "map", "once"):
        return f"{tag}({type_text(type_[1])})"
    if tag == "opt":
        inner = type_text(type_[1])
        return f"{inner} | null" if "|" in inner and "(" not in inner else f"{inner}?"
    if tag == "union":
        return f"{type_text(type_[1])} | {type_text(type_[2])}"
    if tag in ("record", "named", "choice"):
        return _prefix[type_[1]] + str(type_[1])
    return str(tag)


def scalar(value: object) -> str:
    """A literal."""
    if isinstance(value, str):
        return quoted(value)
    return json.dumps(value)


def expression(node: Node) -> str:
    """An expression; what could be misread stands in parentheses."""
    tag = node[0]
    if tag == "lit":
        text = scalar(node[1])
        return f"({text})" if text.startswith("-") else text
    if tag == "list":
        return "[" + ", ".join([expression(each) for each in node[1]]) + "]"
    if tag == "rec":
        inner = " ".join([statement(each, "") + "," for each in node[1]])
        return "{ " + inner + " }" if inner else "{}"
    if tag in ("cfg", "self"):
        return ".".join(["config" if tag == "cfg" else "self", *map(component, node[1])])
    if tag in ("key", "value"):
        return str(tag)
    if tag == "var":
        return str(node[1])
    if tag == "not":
        return f"(not {expression(node[1])})"
    if tag == "op":
        return f"({expression(node[2])} {node[1]} {expression(node[3])})"
    if tag == "if":
        test, yes, no = map(expression, node[1:])
        return f"(if {test} then {yes} else {no})"
    if tag == "interp":
        parts = [
            quoted(each[1])[1:-1] if each[0] == "lit" else f"#{{{expression(each)}}}"
            for each in node[1]
        ]
        return '"' + "".join(parts) + '"'
    if tag == "each":
        return f"[for {node[1]} in {expression(node[2])}: {expression(node[3])}]"
    if tag == "where":
        _tag, name, items, test, inner = node
        return f"[for {name} in {expression(items)} if {expression(test)}: {expression(inner)}]"
    if tag == "len":
        return f"length({expression(node[1])})"
    if tag == "has":
        return f"has({expression(node[1])}, {quoted(node[2])})"
    if tag == "or-null":
        return f"({expression(node[1])} ?? {expression(node[2])})"
    raise ValueError(tag)
