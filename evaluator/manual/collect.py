"""Every option of a set of modules as plain facts, sub-options of records included.

Read from declarations alone: nothing is evaluated, so what is listed does not depend on what
a host sets. `<name>` stands for a key of a map, `*` for an element of a list; a record that
holds itself is entered once.
"""

from __future__ import annotations

from evaluator.definitions.defaults import literal
from evaluator.inspect.rules import rules_of
from evaluator.manual.examples import without_example
from evaluator.manual.units import unit_of
from evaluator.options.shapes import MISSING, Option, Shape, path_text
from evaluator.source import site_of
from evaluator.types.containers import ListType, MapType, RecordType, SetType
from evaluator.types.unions import UnionType
from evaluator.types.values import to_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.options.shapes import Declarations, Record, Rename
    from evaluator.types.scalars import Type

    Node = tuple[Any, ...]
    Facts = dict[str, Any]

# `@hidden` alone hides the option and what is below it.
HIDES_ITSELF = ("", "self")
HIDES_BELOW = ("", "below")


def collect(declared: Declarations, *, everything: bool = False) -> list[Facts]:
    """Facts of all options, sorted by path; internal and hidden ones only with `everything`.

    The keys are those of spec/options.schema.json.
    """
    found: list[Facts] = []
    _shape(declared.root, (), None, (), everything, found)
    found.sort(key=lambda facts: facts["path"])
    return found


def _shape(
    shape: Shape, path: tuple[str, ...], service: str | None, around: tuple[Record, ...],
    everything: bool, found: list[Facts],
) -> None:  # fmt: skip
    if shape.service is not None:
        service = path_text(path)
    members: dict[str, Option | Shape] = dict(shape.members)
    if shape.any is not None:
        members["<name>"] = shape.any
    for rename in shape.renames or ():
        target = _aliased(rename, shape)
        if target is not None:
            found.append(_alias_facts(rename, target, path, service, around))
    for name, member in members.items():
        below = (*path, name)
        if isinstance(member, Shape):
            _shape(member, below, service, around, everything, found)
            continue
        facts = option_facts(member, below, service, around)
        is_shown = everything or not (facts["internal"] or facts["hidden"] in HIDES_ITSELF)
        if is_shown:
            found.append(facts)
        if not everything and facts["hidden"] in HIDES_BELOW:
            continue
        for step, record in records_in(member.type):
            if record not in around:
                inside = (*around, record)
                _shape(record.shape, (*below, *step), service, inside, everything, found)


def _aliased(rename: Rename, shape: Shape) -> Option | None:
    """The option an alias without `*` leads to; None for what is no alias, or leads to a group."""
    if not rename.is_alias or rename.target is None:
        return None
    place: Option | Shape | None = shape
    for part in rename.target:
        if not isinstance(place, Shape) or not isinstance(part, str):
            return None
        place = place.members.get(part)
    return place if isinstance(place, Option) else None


def _alias_facts(
    rename: Rename, target: Option, path: tuple[str, ...], service: str | None,
    around: tuple[Record, ...],
) -> Facts:  # fmt: skip
    """The option under its other name, declared where the alias is."""
    [(old, _type)] = rename.olds
    _path, start, end = rename.node[3]
    facts = option_facts(target, (*path, *old), service, around)
    facts["kind"] = "alias"
    facts["required"] = False
    other = path_text((*path, *(rename.target or ())))
    facts["alias_of"] = other
    facts["description"] = str(rename.node[5]) or f"Another name of `{other}`."
    facts["declared_at"] = site_of((rename.module.source, start, end))
    return facts


def records_in(type_: Type, step: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], Record]]:
    """The records inside a type, each with the placeholders that lead to it."""
    if isinstance(type_, RecordType):
        return [(step, type_.record)]
    if isinstance(type_, MapType):
        return records_in(type_.inner, (*step, "<name>"))
    if isinstance(type_, (ListType, SetType)):
        return records_in(type_.inner, (*step, "*"))
    if isinstance(type_, UnionType):
        return [each for inner in type_.alternatives for each in records_in(inner, step)]
    inner = getattr(type_, "inner", None)
    return records_in(inner, step) if inner is not None else []


def option_facts(
    option: Option, path: tuple[str, ...], service: str | None, around: tuple[Record, ...]
) -> Facts:
    """What a declaration says about one option."""
    notes = notes_of(option)
    default = _default(option)
    value = MISSING if default is None else constant(default)
    known = {} if value is MISSING else {"default": to_json(value)}
    return {
        **known,
        "path": path_text(path),
        "kind": option.kind,
        "type": option.written_type(),
        "meaning": option.meaning(),
        "schema": option.read_type().json_schema(),
        "unit": unit_of(option.read_type()),
        "rules": rules_of(option.type),
        "default_text": notes.get("default-text", [default_text(option)])[0],
        "required": option.is_required() and path[-1] != "<name>",
        "description": without_example(option.doc()),
        "section": option.section,
        "alias_of": None,
        "service": service,
        "record": around[-1].name if around else None,
        "declared_at": site_of((option.module.source, option.node[5], option.node[6])),
        "examples": notes.get("example", []),
        "since": notes.get("since", [None])[0],
        "deprecated": notes.get("deprecated", [None])[0],
        "internal": "internal" in notes,
        "hidden": notes["hidden"][0] if "hidden" in notes else None,
    }


def _default(option: Option) -> Node | None:
    """The default, or what a service says of its own `enable` at once."""
    if option.default is None or option.name != "enable" or option.node[2] != option.node[6]:
        return option.default
    for item in option.body.items if option.body is not None else ():
        if item[0] == "def" and item[4] == ("enable",) and literal(item[9]) is not MISSING:
            said: Node = item[9]
            return said
    return option.default


def constant(node: Node) -> Any:
    """The value of a default that reads nothing; MISSING for any other."""
    tag = node[0]
    if tag == "list":
        items = [constant(each) for each in node[3]]
        return MISSING if any([each is MISSING for each in items]) else items
    if tag == "record":
        return _fields(node[3])
    if tag == "unary" and node[3] == "-" and node[4][0] in ("int", "float"):
        return -node[4][3]
    return literal(node)


def _fields(items: tuple[Node, ...]) -> Any:
    out: dict[str, Any] = {}
    for item in items:
        if item[0] != "def" or len(item[4]) != 1 or not isinstance(item[4][0], str):
            return MISSING
        out[item[4][0]] = constant(item[9])
    return MISSING if any([each is MISSING for each in out.values()]) else out


def default_text(option: Option) -> str | None:
    """Source of the default, its lines joined unless it is a text block; None: required."""
    default = _default(option)
    if option.default is None or default is None:
        return None
    if option.node[2] == option.node[6]:
        # What comes with a service: its `enable`, or the map of its instances.
        return "{}" if option.default[0] == "record" else str(literal(default)).lower()
    text = option.module.source.text[option.default[1] : option.default[2]]
    return text if '"""' in text else " ".join(text.split())


def notes_of(option: Option) -> dict[str, list[str]]:
    """Arguments of an option's annotations by name: text as it is, other values as written."""
    found: dict[str, list[str]] = {}
    for _tag, _start, _end, name, arguments, _named in option.node[11]:
        texts = [
            str(each[3]) if each[0] == "str" and name != "example"
            else " ".join(option.module.source.text[each[1] : each[2]].split())
            for each in arguments
        ]  # fmt: skip
        found.setdefault(name, []).extend(texts or [""])
    return found


def matching(found: list[Facts], words: list[str]) -> list[Facts]:
    """Options in whose path, type or documentation every word occurs; the closest first."""
    wanted = [word.lower() for word in words]

    def rank(facts: Facts) -> tuple[int, int, str]:
        path = facts["path"].lower()
        leaf = path.rpartition(".")[2]
        return (
            sum([leaf != word for word in wanted]),
            sum([word not in path for word in wanted]),
            path,
        )

    hits = [
        facts
        for facts in found
        if all(
            [
                word in f"{facts['path']} {facts['type']} {facts['description']}".lower()
                for word in wanted
            ]
        )
    ]
    return sorted(hits, key=rank) if wanted else hits
