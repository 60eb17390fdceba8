"""`why`: the story of one value, as data and as text."""

from __future__ import annotations

from evaluator.diagnostics.model import Stop
from evaluator.evaluation.export import export_value
from evaluator.evaluation.maps import MapScope
from evaluator.evaluation.words import shown
from evaluator.inspect.askers import read_by_name
from evaluator.inspect.data_reads import data_reads
from evaluator.inspect.provenance import (
    DEFAULT,
    INACTIVE,
    LOST,
    PART,
    WON,
    entry_names,
    fates,
    leaves,
    path_of,
    reads_around,
    reads_of,
    value_text,
    winners,
)
from evaluator.options.shapes import MISSING, Option
from evaluator.source import site_of, site_text
from evaluator.types.values import display, kind_of, kind_words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evaluator.definitions.definition import Definition
    from evaluator.evaluation.world import World
    from evaluator.inspect.paths import Located
    from evaluator.inspect.provenance import (
        Condition,
        Fate,
    )
    from evaluator.source import Span


def why(world: World, located: Located) -> dict[str, Any]:
    """Everything there is to say about a value; the shape of spec/why.schema.json.

    Also where there is none because something is wrong with it.
    """
    owner, name = located.owner, located.name
    value, has_value = _value(located)
    member = owner.shape.members.get(name) if hasattr(owner, "shape") else None
    option = None
    if isinstance(member, Option):
        span = (member.module.source, member.node[5], member.node[6])
        option = {"type": member.written_type(), "kind": member.kind, "declared": site_of(span)}
    return {
        "version": 1,
        "path": located.path,
        "value": value,
        "has_value": has_value,
        "option": option,
        "definitions": [
            _fate(each) for each in _about(located, fates(owner, name), whole=not has_value)
        ],
        "computed_from": _computed_from(world, located) if has_value else [],
    }


def _value(located: Located) -> tuple[Any, bool]:
    """The value, and whether there is one; what keeps it from being one is reported already."""
    try:
        # Forces everything below, so that all of it has left its traces.
        found = located.value()
        return (kind_words(found) if kind_of(found) == "deferred" else export_value(found)), True
    except Stop:
        return None, False


def _computed_from(world: World, located: Located) -> list[dict[str, Any]]:
    """The options that were read on the way, and the values of data that has a name.

    Of an entry of the plan, a file say, its parts too, as far as somebody's own files set them:
    that one wrote all of it in one block does not tell what is in it. Its other parts are left
    out where one is computed from another.
    """
    owner, name = located.owner, located.name
    computed: list[dict[str, Any]] = []
    seen: set[str] = set()
    is_planned = isinstance(owner, MapScope) and owner.path()[:1] == ("activation",)
    for leaf_owner, leaf in leaves(owner, name):
        part = path_of(leaf_owner, leaf, world)
        if is_planned and winners(leaf_owner, leaf):
            read = _read(leaf_owner, leaf, part)
            if not read["by_library"]:
                seen.add(part)
                computed.append(read)
        computed.extend(_read_data(world, leaf_owner, leaf, seen))
        for scope, slot in reads_of(world, leaf_owner, leaf):
            key = path_of(scope, slot, world)
            if key in seen or not hasattr(scope, "path"):
                continue
            seen.add(key)
            if not (is_planned and scope is leaf_owner):
                computed.append(_read(scope, slot, key))
                computed.extend(_read_data(world, scope, slot, seen))
        computed.extend(_asked_for(world, leaf_owner, leaf, seen))
    return computed


def _asked_for(world: World, owner: Any, name: str, seen: set[str]) -> list[dict[str, Any]]:
    """What an entry is there for: the list it is an element of, and what put it into that."""
    out = []
    made = winners(owner, name)
    for scope, slot, elements in read_by_name(world, made, entry_names(owner, name)):
        givers = [
            fate.definition
            for fate in fates(scope, slot)
            if fate.state in (WON, PART) and (not elements or _gives(fate, elements))
        ]
        behind = reads_around(world, givers) if elements else []
        for at, (inner, inner_slot) in enumerate([(scope, slot), *behind]):
            key = path_of(inner, inner_slot, world)
            if key not in seen:
                seen.add(key)
                out.append(_read(inner, inner_slot, key, givers if at == 0 else None))
    return out


def _gives(fate: Fate, elements: list[str]) -> bool:
    given = fate.value
    return isinstance(given, list) and any([each in given for each in elements])


def _read_data(world: World, owner: Any, name: str, seen: set[str]) -> list[dict[str, Any]]:
    out = []
    for path, (node, span) in data_reads(world, owner, name).items():
        if path not in seen:
            seen.add(path)
            value = {"record": "{ … }", "list": "[ … ]", "null": "null"}.get(node[0])
            text = shown(node[3]) if value is None else value
            out.append(
                {"path": path, "value": text, "set_at": [site_of(span)], "by_library": False}
            )
    return out


def _about(located: Located, found: list[Fate], *, whole: bool) -> list[Fate]:
    """Of the definitions of a list or set, those that put the element there."""
    if whole:
        return found
    holder = located.owner.get(located.name)
    if not located.steps or not isinstance(holder, list):
        return found
    element = holder[int(located.steps[0])]
    return [each for each in found if isinstance(value := each.value, list) and element in value]


def _read(
    scope: Any, slot: str, path: str, givers: list[Definition] | None = None
) -> dict[str, Any]:
    """What was read, and who set it; only `givers` where not all of that matters."""
    found = winners(scope, slot) if givers is None else givers
    sites = [each.source.path for each in found]
    declared = None
    member = scope.shape.members.get(slot) if hasattr(scope, "shape") else None
    if isinstance(member, Option):
        declared = site_of((member.module.source, member.node[5], member.node[6]))
        sites = sites or [member.module.source.path]
    library = {module.source.path for module in scope.world.modules if module.shipped}
    return {
        "path": path,
        "value": value_text(scope, slot),
        "set_at": _sites([each.span() for each in found]),
        "declared": declared,
        "by_library": all([path in library for path in sites]),
    }


def _reason(fate: Fate) -> str:
    """Why it wins or loses, and by which other name it came."""
    note = fate.definition.note()
    said = [fate.reason, *([note.text] if note is not None else [])]
    return "; ".join([each for each in said if each])


def _fate(fate: Fate) -> dict[str, Any]:
    source, start, end = fate.definition.span()
    text = " ".join(source.text[start:end].split())
    value = fate.value
    return {
        "state": fate.state,
        "reason": _reason(fate),
        "strength": fate.strength,
        "order": fate.definition.order,
        "value": None if value is MISSING else shown(value),
        "written": text if len(text) <= 200 else text[:199] + "…",
        "site": site_of(fate.definition.span()),
        "conditions": [_condition(each) for each in fate.conditions],
    }


def _condition(condition: Condition) -> dict[str, Any]:
    return {
        "text": condition.text,
        "holds": condition.holds,
        "site": site_of(condition.span),
        "operands": [
            {
                "text": each.text,
                "value": each.value,
                "set_at": _sites(each.set_at),
            }
            for each in condition.operands
        ],
    }


def _sites(spans: list[Span]) -> list[dict[str, Any]]:
    """Places, each once: what a loop writes stands at one, however many turns it has."""
    found: list[dict[str, Any]] = []
    for span in spans:
        site = site_of(span)
        if site not in found:
            found.append(site)
    return found


def _at(site: dict[str, Any] | None) -> str:
    return site_text(site["file"], site["line"], site["column"]) if site else ""


def _in_brackets(sites: str) -> str:
    return f"  ({sites})" if sites else ""


def _order(order: int | None) -> str:
    """The place of a contribution among the others, if it asked for one."""
    words = {None: "", 500: " first", 1500: " last"}
    return words.get(order, f" order {order}")


HOLDS = {True: "holds", False: "does not hold", None: "not asked"}
MARKS = {"won": "✓", "contributes": "+", "lost": "✗", "inactive": "·", "default": "✓"}


def render_why(data: dict[str, Any], *, everything: bool = False) -> str:
    """The story for people; options left at their defaults are only counted, unless asked."""
    lines = []
    value = data["value"]
    if not data["has_value"]:
        lines.append(f"{data['path']} has no value: see the findings")
    elif isinstance(value, str) and "\n" in value:
        lines.append(f"{data['path']} =")
        lines.extend("  | " + line for line in value.split("\n"))
    else:
        lines.append(f"{data['path']} = {display(value, limit=200)}")
    option = data["option"]
    if option:
        lines.append(
            f"  {option['kind']} of type {option['type']}, declared {_at(option['declared'])}"
        )
    lines.append("")
    lines.append("Definitions, strongest first")
    for fate in sorted(data["definitions"], key=lambda each: each["state"] == INACTIVE):
        lines.extend(_fate_lines(fate, has_value=data["has_value"]))
    if not data["definitions"]:
        lines.append("  none")
    computed = data["computed_from"]
    if computed:
        lines.append("")
        lines.extend(_computed_lines(computed, everything=everything))
    return "\n".join(lines) + "\n"


def _fate_lines(fate: dict[str, Any], *, has_value: bool) -> list[str]:
    word = {
        LOST: "lost", INACTIVE: "inactive", DEFAULT: "default", "won": "wins",
        "contributes": "contributes",
    }[fate["state"]]  # fmt: skip
    mark = MARKS[fate["state"]]
    if fate["state"] == "won" and not has_value:
        mark, word = "!", "strongest"
    shown_value = fate["value"] if fate["value"] is not None else fate["written"]
    if len(shown_value) > 60:
        shown_value = shown_value[:59] + "…"
    head = (
        f"  {mark} {word:11} {_at(fate['site'])}  {fate['strength']}"
        f"{_order(fate['order'])}  {shown_value}"
    )
    out = [head]
    if fate["reason"]:
        out.append(f"      {fate['reason']}")
    for condition in fate["conditions"]:
        holds = HOLDS[condition["holds"]]
        out.append(f"      when {condition['text']}: {holds}  ({_at(condition['site'])})")
        for operand in condition["operands"]:
            sites = ", ".join(_at(site) for site in operand["set_at"])
            out.append(f"        {operand['text']} is {operand['value']}{_in_brackets(sites)}")
    return out


def _computed_lines(computed: list[dict[str, Any]], *, everything: bool) -> list[str]:
    """What the user's files set first, then what the library set, then how much is left."""
    own = [each for each in computed if each["set_at"] and not each["by_library"]]
    library = [each for each in computed if each["set_at"] and each["by_library"]]
    rest = [each for each in computed if not each["set_at"]]
    # Of the library's options that nobody set there may be hundreds.
    told = [each for each in rest if everything or not each["by_library"]]
    out: list[str] = []
    for title, group in (
        ("Computed from, as your files set it", own),
        ("Computed from, as the library sets it", library),
        ("Computed from, at its default", told),
    ):
        if group:
            out.append(title)
            width = min(max([len(each["path"]) for each in group]), 48)
            for each in group:
                sites = ", ".join(_at(site) for site in each["set_at"])
                sites = sites or f"declared {_at(each['declared'])}"
                out.append(f"  {each['path']:{width}} = {each['value']}  ({sites})")
    left = len(rest) - len(told)
    if left:
        out.append(f"and from {left} option{'' if left == 1 else 's'} left at the default")
    return out
