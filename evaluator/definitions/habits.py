"""What somebody may have meant by a path that leads nowhere, beyond a slip of the keys.

Words that other module systems give a meaning, a declaration written as a value, the same
names further down in the tree.
"""

from __future__ import annotations

from evaluator.diagnostics.model import Edit, Help
from evaluator.options.shapes import Shape, path_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.source import Source

    Node = tuple[Any, ...]
    Path = tuple[Any, ...]

# Top-level words of other module systems, and what stands for them here.
ELSEWHERE = {
    "imports": 'each file is imported by a line of its own: `import "./FILE.vcfg"`',
    "require": 'each file is imported by a line of its own: `import "./FILE.vcfg"`',
    "options": "each option is declared by a line of its own: `option NAME: TYPE = DEFAULT`",
    "config": "definitions stand in a file as they are, without `config` around them",
    "rec": "there is no `rec`: names are bound by `let`, options read as `config.…` or `self.…`",
    "assertions": '`assert CONDITION else "MESSAGE"` is a statement of its own',
    "warnings": '`warn "MESSAGE"` is a statement of its own, `when` says when',
    "disabledModules": '`disable "FILE.vcfg"` is a statement of its own',
    "disabled-modules": '`disable "FILE.vcfg"` is a statement of its own',
    "freeformType": "`option *: TYPE` in a record or service takes all other keys",
    "specialisation": "`variant NAME { … }` is the same configuration with other definitions",
    "specialization": "`variant NAME { … }` is the same configuration with other definitions",
    "_module": "arguments of modules are `let`s; `import … as NAME` brings them to other files",
}
DECLARING = ("type", "description", "example", "apply", "default")
KINDS = {
    "int": "int", "float": "float", "bool": "bool", "str": "string", "interp": "string",
    "duration": "duration", "size": "size", "mode": "mode", "list": "list(string)",
    "record": "map(any)",
}  # fmt: skip
DEEPEST = 12


def habits(
    source: Source, node: Node, path: Path, index: int, shape: Shape, root: Shape
) -> list[Help]:
    """What to do about an unknown component; most certain first."""
    if node[0] not in ("def", "block"):
        return []
    out: list[Help] = []
    if shape is root and index == 0 and path[0] in ELSEWHERE:
        out.append(_elsewhere(source, node, path))
    declared = _declaration(node, path[index:])
    if declared is not None:
        out.append(Help(f"an option is declared: `{declared}`"))
    if not out:
        written = leaf(node)[index:]
        out.extend([Help(f"did you mean `{other}`?") for other in deeper(root, written)])
    if shape is root and not root.members and not out:
        type_ = KINDS.get(node[9][0], "any") if node[0] == "def" else "any"
        out.append(
            Help(
                "declare what there is to define, here or in a file that is imported: "
                f"`option {path_text(path)}: {type_}`"
            )
        )
    return out


def _elsewhere(source: Source, node: Node, path: Path) -> Help:
    word, text = str(path[0]), ELSEWHERE[str(path[0])]
    if word in ("imports", "require") and node[0] == "def" and node[9][0] == "list":
        items = node[9][3]
        if items and all([each[0] == "str" for each in items]):
            lines = "\n".join(f'import "{each[3]}"' for each in items)
            return Help(text, (Edit((source, node[1], node[2]), lines),))
    start = source.text.find(word, node[1])
    if word == "config" and len(path) > 1 and start >= 0:
        end = source.text.find(".", start) + 1
        return Help(text, (Edit((source, start, end), ""),))
    return Help(text)


def _declaration(node: Node, path: Path) -> str | None:
    """The declaration that a value looks like."""
    items = node[9] if node[0] == "block" else node[9][3] if node[9][0] == "record" else ()
    given = {
        item[4][0]: item[9]
        for item in items
        if item[0] == "def" and len(item[4]) == 1 and isinstance(item[4][0], str)
    }
    if "type" not in given or not given.keys() <= set(DECLARING):
        return None
    type_ = given["type"]
    word = type_[3] if type_[0] in ("str", "name") and isinstance(type_[3], str) else "TYPE"
    default = given.get("default")
    more = ""
    if default is not None:
        more = f" = {default[3]}" if default[0] in ("int", "float") else " = …"
    return f"option {path_text(path)}: {word}{more}"


def leaf(node: Node) -> Path:
    """The path of a statement, and on to the first thing that is defined inside it."""
    path: Path = node[4]
    for _step in range(DEEPEST):
        items = node[9] if node[0] == "block" else node[9][3] if node[9][0] == "record" else ()
        inner = next((item for item in items if item[0] in ("def", "block")), None)
        if inner is None:
            break
        node, path = inner, (*path, *inner[4])
    return path


def deeper(root: Shape, written: Path, limit: int = 2) -> list[str]:
    """Paths of the tree that end as what was written ends, the longest endings first."""
    for start in range(len(written) - 1):
        tail = written[start:]
        if not all([isinstance(part, str) for part in tail]):
            return []
        found: list[str] = []
        _look(root, (), tail, found)
        if found:
            return found[:limit]
    return []


def _look(shape: Shape, path: tuple[str, ...], tail: Path, found: list[str]) -> None:
    for name in sorted(shape.members):
        member = shape.members[name]
        here = (*path, name)
        if here[-len(tail) :] == tail:
            found.append(path_text(here))
        if isinstance(member, Shape):
            _look(member, here, tail, found)
